"""Which attackers run under which names."""

import pytest

from reid.attackers import DEFAULT_ATTACKERS
from reid.errors import ParameterError, ReidError, UnknownNameError
from reid.evaluation.lineup import LineUp


def test_every_family_and_their_fusion_run_where_none_is_named() -> None:
    lineup = LineUp.of(())
    assert [*lineup.singles, "fusion"] == list(DEFAULT_ATTACKERS)
    assert (lineup.fused, lineup.only_fusion) == (True, False)


def test_attackers_of_the_closed_set_stay_at_home() -> None:
    lineup = LineUp.of(())
    assert "extra-trees" in lineup.fitting("closed-set").singles
    assert "extra-trees" not in lineup.fitting("population").singles
    with pytest.raises(
        ParameterError, match=r"background people; found extra-trees\. These need --regime closed-set"
    ):
        LineUp.of(["extra-trees"]).fitting("population")


def test_two_settings_of_one_attacker_run_side_by_side() -> None:
    lineup = LineUp.of(["discriminant(ridge=0.5)", "discriminant"])
    assert list(lineup.singles) == ["discriminant(ridge=0.5)", "discriminant"]
    assert not lineup.fused


def test_fusion_alone_fuses_what_is_not_shown() -> None:
    lineup = LineUp.of(["fusion"])
    assert len(lineup.singles) >= 2
    assert (lineup.fused, lineup.only_fusion) == (True, True)


def test_one_attacker_left_is_not_fused() -> None:
    assert not LineUp.of(["manhattan", "extra-trees", "fusion"]).fitting("population").fused


def test_channels_and_seed_reach_every_attacker() -> None:
    lineup = LineUp.of((), without=("hold",), seed=5)
    assert all(one.without == ("hold",) for one in lineup.singles.values())  # type: ignore[attr-defined]
    assert lineup.singles["extra-trees"].seed == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("discriminent", UnknownNameError, "Did you mean 'discriminant'"),
        ("discriminant(rigde=1)", UnknownNameError, "Did you mean 'ridge'"),
        ("discriminant(ridge=2)", ParameterError, "ridge must lie above 0 and up to 1; found 2"),
        ("discriminant(ridge='x')", ParameterError, "ridge of discriminant must be of type float"),
        ("discriminant(0.5)", ParameterError, "be written name"),
        ("extra-trees(n_trees=0)", ParameterError, "n_trees must be at least 1; found 0"),
        ("extra-trees(seed=-1)", ParameterError, "seed must be at least 0; found -1"),
        ("likelihood-ratio(n_nearest=0)", ParameterError, "n_nearest must be at least 2; found 0"),
        ("two-covariance(n_factors=0)", ParameterError, "n_factors must be at least 1; found 0"),
        ("manhattan(without=5)", ParameterError, "without of manhattan must be of type tuple"),
        ("manhattan(without='hold')", ParameterError, "without of manhattan must be of type tuple"),
        ("fusion(members=('manhattan', 'euclidean'))", ReidError, "members"),
    ],
)
def test_a_wrong_attacker_is_one_clear_line(text: str, error: type[ReidError], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        LineUp.of([text])
    assert "\n" not in str(caught.value)


def test_fusion_needs_two_to_weigh() -> None:
    with pytest.raises(ParameterError, match="fusion must have two attackers to weigh; found one"):
        LineUp.of(["fusion", "manhattan"])
