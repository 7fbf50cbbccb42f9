"""The attacker that speaks for all is never chosen by those for whom it speaks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import log_softmax

from reid.attackers import ScoreMatrix
from reid.evaluation.choice import (
    FOLDS,
    as_shares,
    chosen_by_crossfit,
    chosen_by_rehearsal,
    surprise,
)
from reid.seeding import hashed_order
from reid.typing import FloatArray

N_PEOPLE = 10
PEOPLE = tuple(f"p{number}" for number in range(N_PEOPLE))
ORDER = [PEOPLE[place] for place in hashed_order(PEOPLE, 0, "choice of attacker")]
FIRST_FOLD = set(ORDER[0::FOLDS])


def naming(right: set[str], *, place: int = N_PEOPLE - 1) -> ScoreMatrix:
    """Return scores, one probe a person, that name ``right`` and put everybody else at ``place``."""
    scores = np.zeros((N_PEOPLE, N_PEOPLE))
    for row, person in enumerate(PEOPLE):
        others = [column for column in range(N_PEOPLE) if column != row]
        scores[row, others] = np.arange(N_PEOPLE - 1, 0, -1)
        scores[row, row] = N_PEOPLE if person in right else N_PEOPLE - 0.5 - place
    return ScoreMatrix(scores, PEOPLE, PEOPLE)


def test_a_fold_is_never_served_by_the_attacker_that_only_knows_that_fold() -> None:
    """``insider`` names the first fold and one more, ``other`` names as many among the rest."""
    insider = naming(FIRST_FOLD | set(ORDER[1:2]))
    other = naming({ORDER[2], ORDER[3]})
    name, (headline,) = chosen_by_crossfit([{"insider": insider, "other": other}])
    rows = [PEOPLE.index(person) for person in FIRST_FOLD]
    named_right = headline.scores.argmax(axis=1) == np.arange(N_PEOPLE)
    assert not named_right[rows].any()  # the insider would have named them
    assert name in {"insider", "other"}


def test_one_attacker_speaks_for_all_releases_chosen_by_what_it_does_on_all() -> None:
    """On the first release one attacker is a little better, on the second the other is much better."""
    some, most, all_ = set(ORDER[::2]), set(ORDER[1:]), set(ORDER)
    first = {"steady": naming(some), "shaky": naming(most)}
    second = {"steady": naming(all_), "shaky": naming(set())}
    name, headlines = chosen_by_crossfit([first, second])
    assert name == "steady"
    assert [headline.scores.tolist() for headline in headlines] == [
        first["steady"].scores.tolist(),
        second["steady"].scores.tolist(),
    ]
    assert chosen_by_crossfit([first])[0] == "shaky"


def test_ties_of_rank_one_are_not_broken_by_the_folds_own_people() -> None:
    """Both name one person outside each fold alike; only the first fold's own places differ."""
    close_inside = naming(set(), place=N_PEOPLE - 1)
    scores = close_inside.scores.copy()
    for person in FIRST_FOLD:
        row = PEOPLE.index(person)
        scores[row, row] = 8.5  # second place
    close_inside = ScoreMatrix(scores, PEOPLE, PEOPLE)
    close_outside = naming(set(), place=N_PEOPLE - 2)
    scores = close_outside.scores.copy()
    for person in FIRST_FOLD:
        row = PEOPLE.index(person)
        scores[row, row] = 0.5
    close_outside = ScoreMatrix(scores, PEOPLE, PEOPLE)
    _, (headline,) = chosen_by_crossfit([{"inside": close_inside, "outside": close_outside}])
    rows = [PEOPLE.index(person) for person in FIRST_FOLD]
    places = (headline.scores[rows] > headline.scores[rows, rows][:, None]).sum(axis=1)
    assert places.tolist() == [N_PEOPLE - 1] * len(rows)


def test_one_attacker_that_is_best_everywhere_speaks_with_its_own_scores() -> None:
    best, worse = naming(set(PEOPLE)), naming(set(PEOPLE[:3]))
    name, (headline,) = chosen_by_crossfit([{"worse": worse, "best": best}])
    assert name == "best"
    assert headline is best


def test_a_single_attacker_needs_no_choice() -> None:
    only = naming(set())
    assert chosen_by_crossfit([{"only": only}]) == ("only", [only])


def test_two_people_can_be_crossfitted() -> None:
    scores = ScoreMatrix(np.eye(2), ("a", "b"), ("a", "b"))
    assert chosen_by_crossfit([{"x": scores, "y": ScoreMatrix(-np.eye(2), ("a", "b"), ("a", "b"))}])[0] == "x"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.just(float("nan")), st.integers(-3, 3).map(float)), min_size=1, max_size=12))
def test_shares_keep_the_order_and_the_failures(values: list[float]) -> None:
    scores = np.array(values)
    shares = as_shares(scores)
    np.testing.assert_array_equal(np.isnan(shares), np.isnan(scores))
    known = scores[~np.isnan(scores)]
    for score, share in zip(scores, shares, strict=True):
        if not np.isnan(score):
            assert share == pytest.approx(np.mean(known < score))


def matrix(scores: FloatArray) -> ScoreMatrix:
    people = tuple(f"p{number}" for number in range(scores.shape[1]))
    return ScoreMatrix(scores, people, people[: len(scores)])


def scene(**strengths: float) -> dict[str, ScoreMatrix]:
    rng = np.random.default_rng(2)
    return {
        name: matrix(rng.normal(size=(20, 20)) + strength * np.eye(20))
        for name, strength in strengths.items()
    }


def test_surprise_is_the_cross_entropy_under_the_best_factor() -> None:
    """One rehearsal teaches its own factor; a slight pull aside, no other factor surprises less."""
    scores = scene(only=2.0)
    losses = [
        -np.mean(np.diag(log_softmax(factor * scores["only"].scores, axis=1)))
        for factor in np.linspace(0, 5, 501)
    ]
    assert surprise("only", [scores]) == pytest.approx(min(losses), abs=1e-3)


def test_a_stronger_attacker_is_less_surprised_and_a_blind_one_as_much_as_by_guessing() -> None:
    by_strength = [surprise("one", [scene(one=strength)] * 2) for strength in (0, 1, 2, 4, 8)]
    assert by_strength == sorted(by_strength, reverse=True)
    assert by_strength[0] == pytest.approx(np.log(20), abs=0.2)


def test_failed_comparisons_surprise() -> None:
    strong = scene(one=6.0)
    failing = strong["one"].scores.copy()
    failing[10:] = np.nan
    assert surprise("one", [{"one": matrix(failing)}]) > 1 + surprise("one", [strong])
    nothing = surprise("one", [{"one": matrix(np.full((8, 8), np.nan))}])
    assert nothing == pytest.approx(np.log(8))


def test_the_attacker_that_names_most_in_the_rehearsals_is_chosen() -> None:
    assert chosen_by_rehearsal(["weak", "strong"], [scene(weak=1.0, strong=4.0)] * 2) == "strong"
    assert chosen_by_rehearsal(["strong", "weak"], [scene(weak=1.0, strong=4.0)] * 2) == "strong"


def test_among_attackers_that_name_as_many_the_least_surprised_is_chosen() -> None:
    scenes = [scene(strong=9.0, stronger=16.0)] * 2
    assert all(np.all(one.scores.argmax(axis=1) == one.truth()) for one in scenes[0].values())
    assert chosen_by_rehearsal(["strong", "stronger"], scenes) == "stronger"


def test_the_first_speaks_where_nothing_was_rehearsed() -> None:
    assert chosen_by_rehearsal(["weak", "strong"], []) == "weak"


def test_probes_of_people_who_are_not_enrolled_do_not_take_part_in_the_choice() -> None:
    rng = np.random.default_rng(5)
    people = tuple(f"p{number}" for number in range(8))
    makers = (*people, "nobody", *people, "nobody")
    right = np.array([[maker == person for person in people] for maker in makers], dtype=float)
    scores = {
        "strong": ScoreMatrix(right + 0.1 * rng.normal(size=right.shape), people, makers),
        "weak": ScoreMatrix(rng.normal(size=right.shape), people, makers),
    }
    name, (headline,) = chosen_by_crossfit([scores])
    assert name == "strong"
    np.testing.assert_array_equal(headline.scores, scores["strong"].scores)


def test_the_same_people_met_in_several_releases_are_no_more_people() -> None:
    """Two people against one tell little, however many releases show the very same ones."""
    luckier = {"luckier": naming(set(ORDER[:6])), "surer": naming(set(ORDER[2:7]), place=1)}
    assert chosen_by_rehearsal(["luckier", "surer"], [luckier]) == "surer"
    assert chosen_by_rehearsal(["luckier", "surer"], [luckier] * 30) == "surer"
