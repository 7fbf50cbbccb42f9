"""What every attacker must keep, whichever is registered."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.anonymizers.strategies import parse_strategy
from reid.attackers import ATTACKERS, Attacker, ScoreMatrix
from reid.attackers.discriminant import Discriminant
from reid.attackers.distances import Euclidean, Mahalanobis, Manhattan, OutlierCount, ScaledManhattan
from reid.attackers.full_covariance import FullCovariance
from reid.attackers.fusion import Fusion
from reid.attackers.likelihood import LikelihoodRatio
from reid.attackers.nearest_neighbours import NearestNeighbours
from reid.attackers.one_class import AutoAssociative, KMeans, OneClassSvm
from reid.attackers.pairs import PairBoosting, PairTrees
from reid.attackers.pohmm import Pohmm
from reid.attackers.pooled_trees import PooledTrees
from reid.attackers.practised_trees import PractisedTrees
from reid.attackers.scikit import SklearnClasses, SklearnPairs
from reid.attackers.stroke_votes import StrokeVotes
from reid.attackers.stylometry import Stylometry
from reid.attackers.trees import ExtraTrees
from reid.attackers.two_covariance import TwoCovariance
from reid.errors import TooFewError
from reid.evaluation.modality import modality_of
from reid.events.table import EventTable
from reid.features.table import CHANNELS
from reid.metrics.identification import rank_k_hits, ranks
from reid.registry import written
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.seeding import Streams
from tests.attackers.people import divided, pointers, typists, with_pointer_session, writers

MEMBERS: tuple[Attacker, ...] = (ScaledManhattan(), LikelihoodRatio(), ExtraTrees(n_trees=60))
EXAMPLES: tuple[Attacker, ...] = (
    Discriminant(),
    TwoCovariance(),
    LikelihoodRatio(),
    ScaledManhattan(),
    Manhattan(),
    Manhattan(longest_sd=3),
    Euclidean(),
    Euclidean(normed=True),
    Mahalanobis(),
    OutlierCount(),
    OneClassSvm(),
    KMeans(),
    AutoAssociative(n_rounds=20),
    NearestNeighbours(),
    Pohmm(),
    ExtraTrees(n_trees=60),
    PooledTrees(features="rhythm", n_trees=60),
    PractisedTrees(n_trees=60),
    PairTrees(features="rhythm", n_trees=60),
    PairBoosting(features="rhythm", n_rounds=60),
    StrokeVotes(n_trees=40),
    FullCovariance(),
    Stylometry(),
    SklearnClasses(path="sklearn.svm.SVC", settings="kernel='linear'"),
    SklearnPairs(path="sklearn.linear_model.LogisticRegression", settings="C=0.1, max_iter=1000"),
    Fusion(members=MEMBERS),
)
LOOKS_AT_KEYS = [one for one in EXAMPLES if modality_of(one) == "keyboard"]
N_PEOPLE, N_ENROLLED = 36, 14
SAME = {"rtol": 1e-4, "atol": 1e-4}  # the discriminant multiplies in single precision


@dataclass(frozen=True)
class Scene:
    train: SampleTable
    gallery: SampleTable
    probes: SampleTable

    def attacked_by(self, attacker: Attacker) -> ScoreMatrix:
        return attacker.enrol(self.train, self.gallery).score(self.probes)


def scene(attacker: Attacker, events: EventTable, n_enrolled: int = N_ENROLLED) -> Scene:
    """Return an attack on the first people of a log, who are their own background in the closed set."""
    enrolled = events.subjects[:n_enrolled]
    gallery, probes = divided(events, enrolled, 2)
    if attacker.closed_set_only:
        return Scene(gallery.split_up(), gallery, probes)
    background = events.subjects[N_ENROLLED:]
    return Scene(SampleTable.singly(gallery.pieces).of_people(background), gallery, probes)


@cache
def gross_differences(attacker: Attacker) -> EventTable:
    return someone(attacker, identity=3.0 if modality_of(attacker) == "keyboard" else 2.0)


def someone(attacker: Attacker, **settings: Any) -> EventTable:
    """Return a log of what the attacker looks at."""
    if isinstance(attacker, Stylometry):
        settings.pop("identity", None)
        return writers(N_PEOPLE, **settings)
    make = typists if modality_of(attacker) == "keyboard" else pointers
    return make(N_PEOPLE, **settings)


def rank_1(matrix: ScoreMatrix) -> float:
    return float(np.mean(rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)))


every = pytest.mark.parametrize("attacker", EXAMPLES, ids=lambda one: one.name)


def test_every_registered_attacker_is_under_contract() -> None:
    assert {example.name for example in EXAMPLES} == set(ATTACKERS)


@pytest.mark.parametrize("name", ATTACKERS)
def test_the_written_form_makes_the_attacker_again(name: str) -> None:
    example = next(one for one in EXAMPLES if one.name == name)
    attacker = ATTACKERS.make(name if isinstance(example, Fusion) else written(example))
    assert ATTACKERS.make(written(attacker)) == attacker


@every
def test_same_data_give_the_same_bits(attacker: Attacker) -> None:
    events = someone(attacker, n_sessions=3)
    once, again = (scene(attacker, events).attacked_by(attacker).scores for _ in range(2))
    np.testing.assert_array_equal(once, again)


@every
def test_columns_are_the_enrolled_people_and_rows_the_probes(attacker: Attacker) -> None:
    attack = scene(attacker, gross_differences(attacker))
    matrix = attack.attacked_by(attacker)
    assert matrix.people == attack.gallery.subjects
    assert list(matrix.probe_people) == attack.probes.subject_ids
    assert matrix.scores.dtype == np.float64


@every
def test_a_probe_scores_the_same_alone_and_in_any_order(attacker: Attacker) -> None:
    attack = scene(attacker, gross_differences(attacker))
    ready = attacker.enrol(attack.train, attack.gallery)
    together = ready.score(attack.probes).scores
    order = np.random.default_rng(0).permutation(len(attack.probes))
    np.testing.assert_allclose(ready.score(attack.probes.take(order)).scores, together[order], **SAME)
    for row in (0, 5):
        alone = ready.score(attack.probes.take(np.array([row]))).scores
        np.testing.assert_allclose(alone[0], together[row], **SAME)


@pytest.mark.parametrize("attacker", [one for one in EXAMPLES if one.independent], ids=lambda one: one.name)
def test_an_independent_score_does_not_depend_on_who_else_is_enrolled(attacker: Attacker) -> None:
    many, few = (scene(attacker, gross_differences(attacker), n) for n in (N_ENROLLED, 6))
    of_many = attacker.enrol(many.train, many.gallery).score(few.probes)
    of_few = few.attacked_by(attacker)
    assert of_few.people == of_many.people[:6]
    np.testing.assert_allclose(of_few.scores, of_many.scores[:, :6], **SAME)


@every
def test_people_who_differ_grossly_are_named(attacker: Attacker) -> None:
    assert rank_1(scene(attacker, gross_differences(attacker)).attacked_by(attacker)) > 0.9


@every
def test_shuffled_labels_leave_chance(attacker: Attacker) -> None:
    """Sessions are dealt out anew, so that a person's gallery and probes come from different people."""
    named = []
    for seed in range(3):
        attack = scene(attacker, shuffled(gross_differences(attacker), seed))
        named.append(rank_1(attack.attacked_by(attacker)))
    assert np.mean(named) < 4 / N_ENROLLED  # by chance 1 / N_ENROLLED


def shuffled(events: EventTable, seed: int) -> EventTable:
    """Return the log with every session under the name of somebody drawn at random, as many each."""
    rng = np.random.default_rng(seed)
    dealt = pl.Series("subject_id", rng.permutation(events.sessions["subject_id"].to_numpy()))
    rows = np.repeat(np.arange(len(dealt)), np.diff(events.session_bounds()))
    frame = events.frame.with_columns(dealt.gather(rows))
    sessions = events.sessions.with_columns(dealt, session_order=pl.lit(None))
    return EventTable.from_frame(frame, sessions)


@every
def test_a_probe_without_anything_to_see_is_a_failed_comparison(attacker: Attacker) -> None:
    events = with_pointer_session(gross_differences(attacker), "s001")
    attack = scene(attacker, events)
    scores = attack.attacked_by(attacker).scores
    failed = np.isnan(scores).all(axis=1)
    assert np.flatnonzero(failed).tolist() == [2]  # the last session of the first person
    assert not np.isnan(scores[~failed]).any()


@every
def test_somebody_enrolled_with_nothing_to_see_harms_nobody_else(attacker: Attacker) -> None:
    events = gross_differences(attacker)
    attack = scene(attacker, with_pointer_session(events, "s001"))
    groups = dict(attack.gallery.frame.iter_rows())
    groups["s001"] = [4]  # the session with three moves only
    probes = attack.probes.of_people(set(groups) - {"s001"})
    gallery = SampleTable.of_groups(attack.gallery.pieces, sorted(groups.items()))
    train = gallery.split_up() if attacker.closed_set_only else attack.train
    matrix = Scene(train, gallery, probes).attacked_by(attacker)
    assert rank_1(matrix) > 0.9


@every
def test_withholding_every_channel_is_a_clear_error(attacker: Attacker) -> None:
    attack = scene(attacker, gross_differences(attacker))
    with pytest.raises(TooFewError, match="at least one feature"):
        attack.attacked_by(withheld(attacker, tuple(CHANNELS)))


def withheld(attacker: Attacker, channels: tuple[str, ...]) -> Attacker:
    if isinstance(attacker, Fusion):
        return replace(attacker, members=tuple(withheld(member, channels) for member in attacker.members))
    assert "without" in {field.name for field in fields(attacker)}  # type: ignore[arg-type]
    return replace(attacker, without=channels)  # type: ignore[type-var]


@every
def test_the_order_of_people_in_the_source_does_not_matter(attacker: Attacker) -> None:
    events = gross_differences(attacker)
    backwards = pl.concat([events.frame.filter(subject_id=subject) for subject in reversed(events.subjects)])
    turned = EventTable.from_frame(backwards, events.sessions[::-1])
    scores = [scene(attacker, one).attacked_by(attacker).scores for one in (events, turned)]
    np.testing.assert_array_equal(*scores)


def without_time(events: EventTable) -> EventTable:
    return events.with_frame(events.frame.with_columns(time_us=pl.lit(0, pl.Int64)))


def without_releases(events: EventTable) -> EventTable:
    return events.with_frame(events.frame.filter(pl.col("event") == "key_down"))


def with_dropped_releases(events: EventTable) -> EventTable:
    return parse_strategy("drop-release").fit([events]).apply(events, Streams(0)).events


@pytest.mark.parametrize("released", [without_time, without_releases, with_dropped_releases])
@pytest.mark.parametrize("attacker", LOOKS_AT_KEYS, ids=lambda one: one.name)
def test_a_release_that_took_nearly_everything_is_still_attacked(
    attacker: Attacker, released: Callable[[EventTable], EventTable]
) -> None:
    matrix = scene(attacker, released(typists(N_PEOPLE, n_sessions=3))).attacked_by(attacker)
    assert not np.isinf(matrix.scores).any()
    assert rank_1(matrix) <= 1


@pytest.mark.parametrize("attacker", LOOKS_AT_KEYS, ids=lambda one: one.name)
def test_half_a_second_of_typing_is_no_crash(attacker: Attacker) -> None:
    """Too little is seen of anybody for most features."""
    events = typists(N_PEOPLE, n_sessions=3)
    short = cut(events, "events=4")
    singly = SampleTable.singly(short)
    first = (
        singly.frame.with_row_index("row")
        .group_by("subject_id", maintain_order=True)
        .agg(pl.col("row").head(3))
    )
    groups = dict(first.iter_rows())
    enrolled = {subject: groups[subject] for subject in events.subjects[:N_ENROLLED]}
    gallery = SampleTable.of_groups(short, [(subject, rows[:2]) for subject, rows in enrolled.items()])
    probes = SampleTable.of_groups(short, [(subject, rows[2:]) for subject, rows in enrolled.items()])
    others = [(subject, [row]) for subject in events.subjects[N_ENROLLED:] for row in groups[subject]]
    train = gallery.split_up() if attacker.closed_set_only else SampleTable.of_groups(short, others)
    matrix = Scene(train, gallery, probes).attacked_by(attacker)
    assert matrix.scores.shape == (N_ENROLLED, N_ENROLLED)
    assert not np.isinf(matrix.scores).any()
