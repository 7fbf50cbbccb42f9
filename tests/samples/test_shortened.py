"""The first so many keystrokes, or strokes, of samples."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import ParameterError, UnknownNameError
from reid.events.table import EventTable
from reid.samples.cutting import cut, cut_finer
from reid.samples.shortened import KEYSTROKES, STROKES, UnitRows, shortened
from reid.samples.table import PieceTable, SampleTable
from tests.attackers.people import divided, pointers, typists

LOG = typists(3, n_sessions=4, n_keystrokes=30)


def presses_seen(samples: SampleTable) -> list[int]:
    """Count keys going down in each sample, row by row."""
    frame, (starts, stops) = samples.pieces.events.frame, samples.pieces.bounds()
    is_down = (frame["event"] == "key_down").to_numpy()
    return [
        sum(int(is_down[starts[piece] : stops[piece]].sum()) for piece in members)
        for members in samples.frame["pieces"].to_list()
    ]


def test_an_auto_repeat_is_no_keystroke_of_its_own() -> None:
    kinds = ["key_down", "key_down", "key_down", "key_up", "key_up", "key_down"]
    frame = pl.DataFrame(
        {
            "subject_id": ["a"] * 6,
            "session_id": ["x"] * 6,
            "time_us": [0, 30, 40, 60, 70, 90],
            "event": kinds,
            "key": ["KeyA", "KeyA", "KeyB", "KeyA", "KeyB", "KeyA"],
        }
    )
    pieces = cut(EventTable.from_frame(frame))
    units = UnitRows.of(pieces, KEYSTROKES)
    assert units.rows.tolist() == [0, 2, 5]
    assert units.held_by(SampleTable.singly(pieces)).tolist() == [3]


@given(st.integers(1, 130), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_a_sample_keeps_its_first_units_and_ends_before_the_next(n_units: int, n_parts: int) -> None:
    gallery, probes = divided(LOG, LOG.subjects, 3)
    finer, whole = cut_finer(gallery.pieces, n_parts)
    tables = [
        SampleTable.of_groups(
            finer,
            [
                (person, np.flatnonzero(np.isin(whole, members)).tolist())
                for person, members in side.frame.iter_rows()
            ],
        )
        for side in (gallery, probes)
    ]
    less, rest = shortened(tables, 0, n_units, UnitRows.of(finer, KEYSTROKES))
    assert less.pieces is rest.pieces
    assert presses_seen(less) == [min(n_units, held) for held in presses_seen(tables[0])]
    assert presses_seen(rest) == presses_seen(tables[1])
    assert less.subject_ids == tables[0].subject_ids
    for whole_sample, left in zip(rows_of(tables[0]), rows_of(less), strict=True):
        assert left == whole_sample[: len(left)]  # nothing but the end is gone
        after = whole_sample[len(left) :][:1]
        assert all(is_press(LOG, row) or row in set(finer.bounds()[0].tolist()) for row in after)


def rows_of(samples: SampleTable) -> list[list[int]]:
    starts, stops = samples.pieces.bounds()
    return [
        [row for piece in members for row in range(starts[piece], stops[piece])]
        for members in samples.frame["pieces"].to_list()
    ]


def is_press(log: EventTable, row: int) -> bool:
    return bool(log.frame["event"][row] == "key_down")


def test_strokes_are_cut_off_where_the_next_begins() -> None:
    pieces = cut(pointers(2, n_strokes=12))
    samples, units = SampleTable.singly(pieces), UnitRows.of(pieces, STROKES)
    (less,) = shortened([samples], 0, 3, units)
    held = UnitRows.of(less.pieces, STROKES).held_by(less)
    assert held.tolist() == [3] * len(samples)
    assert less.pieces.bounds()[1].tolist() == units.rows[units.offsets[:-1] + 3].tolist()


def test_other_samples_of_the_same_pieces_are_shortened_with_them() -> None:
    gallery, _ = divided(LOG, LOG.subjects, 3)
    singly = gallery.split_up()
    less, single = shortened([gallery, singly], 0, 35, UnitRows.of(gallery.pieces, KEYSTROKES))
    assert presses_seen(less) == [35] * 3
    assert presses_seen(single) == [30, 5] * 3  # the third session of each is gone


def test_nonsense_is_refused() -> None:
    pieces: PieceTable = cut(LOG)
    with pytest.raises(UnknownNameError, match="Unknown unit 'words'"):
        UnitRows.of(pieces, "words")
    with pytest.raises(ParameterError, match="n_units must be at least 1; found 0"):
        shortened([SampleTable.singly(pieces)], 0, 0, UnitRows.of(pieces, KEYSTROKES))
