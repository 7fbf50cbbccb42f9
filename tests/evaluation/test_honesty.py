"""Every setting below full strength is named."""

from dataclasses import replace

import pytest

from reid.evaluation.honesty import blinded, failing, faulty, untested, weaknesses
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Split, choose_people, make_split
from tests.attackers.people import typists
from tests.evaluation.test_splits import log


def named(split: Split | None = None, **settings: object) -> list[str]:
    chosen = SplitSettings(**settings)  # type: ignore[arg-type]
    events = typists(12, n_sessions=6)
    split = split or make_split(events, choose_people(events.subjects, chosen), chosen)
    return weaknesses(chosen, split.in_figures(), chosen_attackers=(), without=())


def test_full_strength_has_no_weakness() -> None:
    assert named(probe_sessions=3) == []


def test_probes_that_could_be_longer_are_named() -> None:
    assert named() == ["each probe holds 1 session, though up to 3 could be pooled"]
    assert named(probe_sessions=2) == ["each probe holds 2 sessions, though up to 3 could be pooled"]


def test_a_smaller_gallery_is_named() -> None:
    assert named(gallery_sessions=2, probe_sessions=4) == [
        "only 2 of up to 6 sessions of a person are enrolled"
    ]
    assert named(gallery_sessions=4, probe_sessions=2) == []


def test_cut_samples_are_named() -> None:
    assert named(sample="events=20") == ["each probe is cut to events = 20"]


def test_few_background_people_are_named() -> None:
    assert named(background=5, probe_sessions=3) == ["the attackers learnt on only 5 background people"]


def test_trials_are_counted_as_trials() -> None:
    settings = SplitSettings(gallery_sessions=1)
    events = log({"a": (12,), "b": (12,)}, trials=4)
    split = make_split(events, choose_people(events.subjects, settings), settings)
    assert weaknesses(settings, split.in_figures(), chosen_attackers=(), without=()) == [
        "only 1 of up to 4 trials of a person are enrolled",
        "each probe holds 1 trial, though up to 3 could be pooled",
    ]


def test_what_the_user_withheld_is_named() -> None:
    settings = SplitSettings(probe_sessions=3)
    events = typists(12, n_sessions=6)
    split = make_split(events, choose_people(events.subjects, settings), settings)
    assert weaknesses(
        settings, split.in_figures(), chosen_attackers=["manhattan"], without=["hold", "content"]
    ) == [
        "only the attackers named were run: manhattan",
        "the channel 'hold' was withheld from the attackers",
        "the channel 'content' was withheld from the attackers",
    ]


@pytest.mark.parametrize(
    ("separation", "gap"),
    [("session", "another day"), ("trial", "another session"), ("within", "two parts of one recording")],
)
def test_what_lies_too_near_is_not_tested(separation: str, gap: str) -> None:
    assert gap in untested(separation, any_release=False, regime="population")[0]
    far = untested("sitting", any_release=False, regime="population")
    assert not any(gap in sentence for sentence in far)


def test_a_release_and_a_closed_set_leave_more_untested() -> None:
    plain = untested("sitting", any_release=False, regime="population")
    released = untested("sitting", any_release=True, regime="population")
    closed = untested("sitting", any_release=False, regime="closed-set")
    assert set(plain) < set(released)
    assert set(closed) - set(plain) == {
        "people who are not enrolled (every probe is of someone known)",
        "attackers who also learn on recordings of other people",
    }


def test_weaknesses_follow_from_the_regime_of_the_split() -> None:
    events = typists(12, n_sessions=6)
    settings = SplitSettings(background=5, probe_sessions=3)
    split = make_split(events, choose_people(events.subjects, settings), settings)
    assert named(split=replace(split, regime="closed-set"), probe_sessions=3) == []


def test_people_who_could_not_be_attacked_are_named() -> None:
    settings = SplitSettings(gallery_sessions=2)
    events = log({"a": (12,) * 3, "b": (12,), "c": (12,) * 3})
    split = make_split(events, choose_people(events.subjects, settings), settings)
    assert weaknesses(settings, split.in_figures(), chosen_attackers=(), without=()) == [
        "1 of 3 people have too few sessions to be attacked"
    ]


def test_failed_comparisons_are_named() -> None:
    assert failing(0, 100) == []
    assert failing(25, 100) == ["25.0 % of the comparisons failed, so nobody can be named by them"]
    assert failing(1, 10_000)[0].startswith("fewer than 0.1 % of the comparisons failed")


def test_rows_at_fault_and_blind_attackers_are_named() -> None:
    assert faulty(0.01) == []
    assert faulty(0.034) == ["3.4 % of the source's rows were at fault and left out"]
    assert blinded(["manhattan"]) == ["the attacker 'manhattan' saw nothing to learn from and was left out"]


def test_the_machine_is_untested_unless_it_was_looked_at() -> None:
    asked = {"any_release": False, "regime": "closed-set"}
    sentence = "how much of it is the machine: the same keyboard and clock stand on both sides"
    assert sentence in untested("session", **asked)
    assert sentence not in untested("session", **asked, device_looked_at=True)


def test_the_wording_is_untested_until_somebody_reads_it() -> None:
    asked: dict[str, object] = {"any_release": False, "regime": "population"}
    sentence = "the wording of what was typed (stylometry)"
    assert sentence in untested("session", **asked)  # type: ignore[arg-type]
    assert sentence not in untested("session", **asked, wording_looked_at=True)  # type: ignore[arg-type]
