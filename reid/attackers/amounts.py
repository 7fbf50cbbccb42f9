"""What an attacker looks at, and how much of it each sample holds."""

from dataclasses import replace
from typing import Final

import numpy as np

from reid.attackers.protocol import Attacker, ScoreMatrix
from reid.features.handovers import ways_to_keys, ways_to_pointer
from reid.features.presses import presses_of
from reid.kernels.pointer import MOVE
from reid.registry import parse_part
from reid.samples.table import PieceTable, SampleTable
from reid.typing import FloatArray, IntArray

#: Sets of features that look at the pointer alone, and at both or the hand's way between them.
POINTER_FEATURES: Final = ("strokes", "antal-39", "movements")
JOINT_FEATURES: Final = ("homing", "every-channel")

KEYBOARD, POINTER, BOTH = "keyboard", "pointer", "both"


def modality_of(attacker: Attacker) -> str:
    """Return whether an attacker looks at the ``keyboard``, at the ``pointer``, or at ``both`` together."""
    name, _ = parse_part(getattr(attacker, "features", ""))
    if name in JOINT_FEATURES:
        return BOTH
    return POINTER if name in POINTER_FEATURES else KEYBOARD


def observations_in(samples: SampleTable, modality: str) -> FloatArray:
    """Count what a sample holds of a modality: float64, (n_samples,).

    Of the keyboard presses, of the pointer its events, of both the hand's ways from one to the other.
    """
    offsets = samples.pieces.remembered(("amounts", modality), lambda: _of_pieces(samples.pieces, modality))
    starts, members = samples.membership()
    summed = np.concatenate([[0], np.cumsum(np.diff(offsets)[members])])
    return np.asarray(np.diff(summed[starts]), dtype=np.float64)


def counted(matrix: ScoreMatrix, attacker: Attacker, probes: SampleTable) -> ScoreMatrix:
    """Return the scores with the number of observations that each probe held for the attacker."""
    return replace(matrix, observations=observations_in(probes, modality_of(attacker)))


def _of_pieces(pieces: PieceTable, modality: str) -> IntArray:
    """Return where each piece's observations begin, if all stood in one row: int64, (n_pieces + 1,)."""
    if modality == KEYBOARD:
        return presses_of(pieces).offsets
    if modality == BOTH:
        return ways_to_keys(pieces).offsets + ways_to_pointer(pieces).offsets
    is_pointer = pieces.events.frame["event"].to_physical().to_numpy() >= MOVE
    so_far = np.concatenate([[0], np.cumsum(is_pointer)])
    starts, stops = pieces.bounds()
    return np.concatenate([[0], np.cumsum(so_far[stops] - so_far[starts])]).astype(np.int64)
