"""Runs of presses name who wrote them, and nothing of what was written is kept."""

from pathlib import Path

import numpy as np
import pytest

from reid.anonymizers.strategies import parse_strategy
from reid.attackers.stylometry import Stylometry, run_counts
from reid.errors import BlindError, ParameterError
from reid.evaluation.masking import without_content
from reid.evaluation.modality import of_modality
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.events.reading import read_source
from reid.events.table import EventTable
from reid.metrics.identification import rank_k_hits, ranks
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.seeding import Streams
from tests.attackers.people import divided, typists, writers
from tests.features.test_keystream import typed

A, B, SPACE = ("KeyA", "a"), ("KeyB", "b"), ("Space", " ")


def test_runs_of_every_length_are_counted() -> None:
    samples = SampleTable.singly(cut(typed([A, B, A, B])))
    assert sorted(run_counts(samples, 2).data.tolist()) == [1, 2, 2, 2]  # ba, a, b, ab
    assert run_counts(samples, 4).sum() == 4 + 3 + 2 + 1


def test_two_spaces_are_not_taken_for_one() -> None:
    one, two = (SampleTable.singly(cut(typed([A, *spaces, A]))) for spaces in ([SPACE], [SPACE, SPACE]))
    assert run_counts(one, 1).sum() == 3
    assert run_counts(two, 1).sum() == 4


def test_no_run_crosses_from_piece_to_piece() -> None:
    samples = SampleTable.singly(cut(typed([A, A], [B, B]))).pooled()
    assert run_counts(samples, 2).sum() == 2 * (2 + 1)


def test_counts_of_a_sample_are_those_of_its_pieces() -> None:
    singly = SampleTable.singly(cut(typed([A, B, A], [B, B], [A])))
    apart, together = (run_counts(samples, 3).toarray() for samples in (singly, singly.pooled()))
    np.testing.assert_array_equal(apart.sum(axis=0), together[0])


def _rank_1(events: EventTable, without: tuple[str, ...] = ()) -> float:
    attacker = Stylometry(without=without)
    gallery, probes = divided(events, events.subjects, 2)
    matrix = attacker.enrol(gallery.split_up(), gallery).score(probes)
    return float(np.mean(rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)))


def test_timing_says_nothing() -> None:
    events = writers(12)
    on_grid = parse_strategy("time-grid(step_ms=1000000)").fit([events]).apply(events, Streams(0)).events
    assert _rank_1(on_grid) == _rank_1(events) > 0.9
    assert _rank_1(typists(24, identity=3.0)) < 0.25


def test_a_log_with_one_key_leaves_nothing_to_read() -> None:
    with pytest.raises(BlindError, match="press two different keys or more; found the same key throughout"):
        _rank_1(without_content(writers(6)))


def test_without_content_nothing_is_left() -> None:
    with pytest.raises(BlindError, match="at least one feature"):
        _rank_1(writers(6), ("content",))


def test_other_channels_leave_it_as_it_was() -> None:
    assert _rank_1(writers(6), ("hold", "flight")) == _rank_1(writers(6))


@pytest.mark.parametrize("settings", [{"n_longest": 0}, {"n_longest": 11}, {"n_nearest": 1}])
def test_a_senseless_setting_is_one_clear_line(settings: dict[str, int]) -> None:
    with pytest.raises(ParameterError, match=r"must be .*; found") as caught:
        Stylometry(**settings)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_writers_of_essays_are_named_by_their_second_halves(real_data: Path) -> None:
    """KLiCKe: one essay each, so the topic helps too."""
    archive = real_data / "klicke" / "klicke.zip"
    if not archive.is_file():
        pytest.skip("klicke.zip is not among the real recordings")
    events = of_modality(read_source(archive).events, "keyboard")
    settings = SplitSettings(regime="closed-set")
    split = make_split(events, choose_people(events.subjects, settings), settings)
    matrix = Stylometry().enrol(split.train, split.gallery).score(split.probes)
    assert np.mean(matrix.scores.argmax(axis=1) == matrix.truth()) > 0.85
