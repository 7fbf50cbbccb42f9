"""What joint features are made of: each way of the hand from the pointer to the keys, and back."""

from typing import Final

import numpy as np

from reid.features.pointer import Observations
from reid.features.presses import event_arrays
from reid.kernels.handovers import handovers
from reid.kernels.keystroke import pair_presses
from reid.samples.cutting import runs_within
from reid.samples.strokes import pointer_rows
from reid.samples.table import PieceTable

#: Of a way from the pointer to the keys; see :func:`~reid.kernels.handovers.handovers`.
TO_KEYS_COLUMNS: Final = (
    "homing_s", "clicked", "clicks", "since_button_s", "moved_after_button_px", "moves_after_button",
    "pointing_s", "first_hold_s", "first_dd_s",
)  # fmt: skip
#: Of a way from the keys to the pointer.
TO_POINTER_COLUMNS: Final = (
    "homing_s", "homing_from_release_s", "last_hold_s", "last_dd_s", "begins_with_button", "first_step_s",
    "first_step_px", "until_button_s",
)  # fmt: skip


def ways_to_keys(pieces: PieceTable) -> Observations:
    """Return one row per way from the pointer to the keys, with :data:`TO_KEYS_COLUMNS`."""
    return _ways(pieces)[0]


def ways_to_pointer(pieces: PieceTable) -> Observations:
    """Return one row per way from the keys to the pointer, with :data:`TO_POINTER_COLUMNS`."""
    return _ways(pieces)[1]


def _ways(pieces: PieceTable) -> tuple[Observations, Observations]:
    def make() -> tuple[Observations, Observations]:
        starts, stops, runs = runs_within(pieces)
        time_us, event, _, press = event_arrays(pieces.events)
        if press.size:
            press = np.unique(press, return_inverse=True)[1]
        n_presses = int(press.max()) + 1 if press.size else 0
        rows, hold_us, _ = pair_presses(time_us, event, press, starts, stops, n_presses)
        begins = np.full(time_us.size, -1, dtype=np.int64)
        begins[rows] = np.arange(rows.size)
        where = pointer_rows(pieces.events)
        to_keys, key_offsets, to_pointer, pointer_offsets = handovers(
            time_us, event, where.x_px, where.y_px, begins, hold_us, starts, stops
        )
        return (
            Observations(TO_KEYS_COLUMNS, to_keys, key_offsets[runs]),
            Observations(TO_POINTER_COLUMNS, to_pointer, pointer_offsets[runs]),
        )

    return pieces.remembered("ways between pointer and keys", make)
