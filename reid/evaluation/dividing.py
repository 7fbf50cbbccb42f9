"""Cut a log into pieces, and divide those of each person into what is enrolled and what is probed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reid.errors import ParameterError, TooFewError
from reid.evaluation.settings import SplitSettings
from reid.events.schema import POINTER_EVENTS
from reid.events.table import EventTable
from reid.samples.cutting import cut, cut_finer, halves
from reid.samples.table import PieceTable, SampleTable
from reid.typing import IntArray

_PLURAL: Final = {"session": "sessions", "trial": "trials"}  # cuts and halves are called pieces

#: Pointer events of a part, some 15 strokes: few sessions of a person are long enough to learn from parts.
_POINTER_EVENTS_PER_PART: Final = 400
_MOST_POINTER_PARTS: Final = 12_000  # of the whole log, which is what the features of all of them take
_PIECES_TO_LEARN_FROM, _MOST_PARTS = 4, 3  # of a person's gallery, and of one session of it

UnitsOf = dict[str, list[list[int]]]


@dataclass(frozen=True, slots=True, eq=False)
class Divided:
    """Pieces of people, and which of them are enrolled and which are probed."""

    pieces: PieceTable
    units_of: UnitsOf  #: of everybody, each unit as the pieces that it holds, in time
    gallery_of: dict[str, list[int]]  #: pieces of each person who has enough of them
    probes_of: dict[str, list[list[int]]]  #: pieces of each probe of the same people
    at_hand: int  #: units of the person with the most

    def gallery(self) -> SampleTable:
        """Return one sample per person, sorted by person."""
        return SampleTable.of_groups(self.pieces, sorted(self.gallery_of.items()))

    def probes(self) -> SampleTable:
        """Return the probes, sorted by person and in time."""
        ordered = sorted(self.probes_of.items())
        return SampleTable.of_groups(self.pieces, [(who, one) for who, groups in ordered for one in groups])

    def background(self, subjects: Collection[str], settings: SplitSettings) -> SampleTable:
        """Return all that these people did, as samples as long as a probe.

        Raises
        ------
        TooFewError
            Fewer than four of them have two such samples.
        """
        train = SampleTable.of_groups(self.pieces, _background_groups(self.units_of, subjects, settings))
        if len(train.subjects) < 4:  # noqa: PLR2004  folds of two people
            must = "have at least 4 people with 2 probes each"
            raise TooFewError.of("the background", must=must, found=len(train.subjects))
        return train


def divide(
    events: EventTable, subjects: Collection[str], settings: SplitSettings, unit: str, *, regime: str
) -> Divided:
    """Cut the events, and divide the pieces of ``subjects``: gallery before probes in time.

    Parameters
    ----------
    events : EventTable
        Of these people, and perhaps of others.
    subjects : collection of str
        Who is attacked.
    settings : SplitSettings
        What was asked for.
    unit : str
        What gallery and probes are counted in: ``session``, ``trial`` or ``half``.
    regime : str
        ``population`` or ``closed-set``.
    """
    pieces, units_of = _pieces(events, regime, settings, unit)
    gallery_of, probes_of, at_hand = _divide(pieces, units_of, subjects, settings, unit)
    return Divided(pieces, units_of, gallery_of, probes_of, at_hand)


def too_few_attacked(settings: SplitSettings, unit: str, n_people: int) -> TooFewError:
    """Return what to raise where too few people have enough sessions for gallery and probes."""
    must = f"have at least 2 people with {_needed(settings)} {_PLURAL.get(unit, 'pieces')} each"
    advice = "Lower --gallery-sessions or --probe-sessions, or cut finer with --sample."
    return TooFewError.of("the people attacked", must=must, found=n_people, advice=advice)


def has_one_session_each(events: EventTable) -> bool:
    """Say whether nobody recorded a second session."""
    return bool(events.sessions["subject_id"].is_unique().all())


def unit_of(events: EventTable, settings: SplitSettings) -> str:
    """Return what gallery and probes are counted in: ``session``, ``trial`` or ``half``."""
    has_trials = events.frame["trial"].null_count() < len(events)
    if settings.sample == "trial":
        if not has_trials:
            advice = "Use --sample session, events=N or seconds=N."
            raise ParameterError.of(
                "--sample trial", must="meet a source that marks trials", found="none", advice=advice
            )
        return "trial"
    if not has_one_session_each(events):
        return "session"
    return "trial" if has_trials and not settings.cuts_sessions else "half"


def _pieces(
    events: EventTable, regime: str, settings: SplitSettings, unit: str
) -> tuple[PieceTable, UnitsOf]:
    """Return the pieces, and each person's units in time, each as the pieces that it holds.

    In the closed set an attacker learns how much a person varies from the gallery alone. Where that
    would be a piece or a few, whole sessions and halves are cut finer; sessions of a pointer always are.
    """
    if settings.cuts_sessions:
        pieces = cut(events, settings.sample)
        whole = np.arange(len(pieces))
    else:
        whole_pieces = halves(events) if unit == "half" else cut(events, unit)
        n_parts: int | IntArray = pointer_parts(whole_pieces)
        if np.max(n_parts) == 1 and regime == "closed-set" and unit != "trial":
            n_parts = min(_MOST_PARTS, -(-_PIECES_TO_LEARN_FROM // _typical_gallery(events, settings, unit)))
        pieces, whole = cut_finer(whole_pieces, n_parts)
    numbered = pieces.frame.with_row_index("piece").with_columns(unit=pl.Series(whole, dtype=pl.Int64))
    by = pl.col("session").cast(pl.Int64) if unit == "session" else pl.col("unit")
    units = numbered.sort("subject_id", "order").group_by("subject_id", by.alias("by"), maintain_order=True)
    by_person = units.agg("piece").group_by("subject_id", maintain_order=True).agg("piece")
    return pieces, dict(by_person.iter_rows())


def pointer_parts(pieces: PieceTable) -> IntArray:
    """Return into how many parts to cut each piece, by the pointer events in it: int64, (n_pieces,)."""
    is_pointer = pieces.events.frame["event"].is_in(POINTER_EVENTS).to_numpy()
    so_far = np.concatenate([[0], np.cumsum(is_pointer)])
    starts, stops = pieces.bounds()
    parts = (so_far[stops] - so_far[starts]) / _POINTER_EVENTS_PER_PART
    coarser = max(parts.sum() / _MOST_POINTER_PARTS, 1.0)
    return np.asarray(np.maximum(np.rint(parts / coarser), 1), dtype=np.int64)


def _typical_gallery(events: EventTable, settings: SplitSettings, unit: str) -> int:
    """Return how many units are enrolled of the median person."""
    n_units = 2 if unit == "half" else int(np.median(events.sessions.group_by("subject_id").len()["len"]))
    return max(settings.n_enrolled(n_units), 1)


def _needed(settings: SplitSettings) -> int:
    probed = max(settings.probe_sessions, settings.held_out_sessions or 1)
    return (settings.gallery_sessions or 1) + probed


def _divide(
    pieces: PieceTable, units_of: UnitsOf, subjects: Collection[str], settings: SplitSettings, unit: str
) -> tuple[dict[str, list[int]], dict[str, list[list[int]]], int]:
    """Return gallery pieces and probes of each person who has enough, and the most units of one."""
    gallery_of: dict[str, list[int]] = {}
    probes_of: dict[str, list[list[int]]] = {}
    most = 0
    several_sessions = (
        pieces.frame.group_by("subject_id").agg(pl.col("session").n_unique())["session"].max() != 1
    )
    session_of = pieces.frame["session"].to_list()
    for subject in subjects:
        units = units_of.get(subject, [])
        most = max(most, len(units))
        n_gallery = settings.n_enrolled(len(units))
        gallery = [piece for members in units[:n_gallery] for piece in members]
        rest = units[n_gallery:]
        if unit == "trial" and several_sessions:
            enrolled_sessions = {session_of[piece] for piece in gallery}
            rest = [members for members in rest if session_of[members[0]] not in enrolled_sessions]
        probes = _grouped(rest, settings)
        if gallery and probes:
            gallery_of[subject], probes_of[subject] = gallery, probes
    return gallery_of, probes_of, most


def _grouped(units: list[list[int]], settings: SplitSettings) -> list[list[int]]:
    """Pool runs of ``probe_sessions`` units into probes; an incomplete last run is dropped."""
    if settings.cuts_sessions:
        return [[piece] for members in units for piece in members]
    size = settings.probe_sessions
    runs = (units[start : start + size] for start in range(0, len(units) - size + 1, size))
    return [[piece for members in run for piece in members] for run in runs]


def _background_groups(
    units_of: UnitsOf, background: Collection[str], settings: SplitSettings
) -> list[tuple[str, list[int]]]:
    """Return samples as long as a probe from all that the background people did, two or more of each."""
    groups = []
    for subject in background:
        own = _grouped(units_of.get(subject, []), settings)
        if len(own) > 1:  # one sample alone says nothing about a person's spread
            groups += [(subject, group) for group in own]
    return groups


def gallery_units(
    gallery_of: dict[str, list[int]], units_of: UnitsOf, settings: SplitSettings
) -> list[tuple[str, list[int]]]:
    """Return the gallery of each person as the samples of which it was made."""
    groups = []
    for subject, gallery in sorted(gallery_of.items()):
        enrolled = set(gallery)
        if settings.cuts_sessions:
            groups += [(subject, [piece]) for piece in gallery]
        else:
            groups += [(subject, members) for members in units_of[subject] if enrolled.issuperset(members)]
    return groups
