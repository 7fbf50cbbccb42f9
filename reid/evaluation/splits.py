"""Divide people into background and enrolled, and their pieces into gallery and probes."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from reid.errors import LeakError, ParameterError, TooFewError
from reid.evaluation.settings import FEWEST_FOR_POPULATION, SplitSettings
from reid.events.schema import POINTER_EVENTS
from reid.events.table import EventTable
from reid.samples.cutting import cut, cut_finer, halves
from reid.samples.table import PieceTable, SampleTable
from reid.seeding import Streams, hashed_order
from reid.typing import IntArray

#: What can lie between a person's gallery and probes, from far to near.
SEPARATIONS: Final = ("sitting", "session", "trial", "within")
_PLURAL: Final = {"session": "sessions", "trial": "trials"}  # cuts and halves are called pieces

#: Pointer events of a part, some 15 strokes: few sessions of a person are long enough to learn from parts.
_POINTER_EVENTS_PER_PART: Final = 400
_MOST_POINTER_PARTS: Final = 12_000  # of the whole log, which is what the features of all of them take
_PIECES_TO_LEARN_FROM, _MOST_PARTS = 4, 3  # of a person's gallery, and of one session of it

UnitsOf = dict[str, list[list[int]]]


@dataclass(frozen=True, slots=True)
class People:
    """Who lends data to learn from, and who is attacked."""

    background: tuple[str, ...]  #: empty in the closed set
    enrolled: tuple[str, ...]

    @property
    def regime(self) -> str:
        """``population`` or ``closed-set``."""
        return "population" if self.background else "closed-set"

    def without(self, aside: Collection[str]) -> "People":
        """Return the same with some of the enrolled left aside."""
        return People(self.background, tuple(one for one in self.enrolled if one not in aside))


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """What an attacker learns from, whom it knows, and what it must name."""

    train: SampleTable  #: background people, samples as long as a probe; in the closed set the gallery's own
    gallery: SampleTable  #: one sample per enrolled person
    probes: SampleTable
    regime: str
    separation: str  #: the unit of which gallery and probes are made, or what is known to lie between
    nearest: str  #: what lies between the nearest gallery and probe of one person, from the data
    people_left_out: int  #: enrolled people without enough sessions for both sides
    sessions_at_hand: int  #: units of the person with the most, of which gallery and probes are made


def choose_people(subjects: tuple[str, ...], settings: SplitSettings) -> People:
    """Draw the background by a seeded hash of each id, so that it does not depend on the order of files.

    Raises
    ------
    TooFewError
        Fewer than two people would be left to tell apart.
    """
    n_people = len(subjects)
    if n_people < 2:  # noqa: PLR2004  one person cannot be mistaken for another
        raise TooFewError.of("the source", must="hold at least 2 people", found=n_people)
    regime = settings.regime
    if regime is None:
        asked = settings.background is not None
        regime = "population" if asked or n_people >= FEWEST_FOR_POPULATION else "closed-set"
    if regime == "closed-set":
        return People((), tuple(sorted(subjects)))
    n_background = n_people // 2 if settings.background is None else settings.background
    if n_people - n_background < 2 or n_background < 4:  # noqa: PLR2004  folds of two people
        found = f"{n_people} people, {n_background} of them background"
        advice = "Choose a smaller --background, or --regime closed-set."
        raise TooFewError.of(
            "the population regime", must="have 4 people as background and 2 more", found=found, advice=advice
        )
    order = hashed_order(subjects, settings.seed, "background")
    background = sorted(subjects[place] for place in order[:n_background])
    return People(tuple(background), tuple(sorted(set(subjects) - set(background))))


def make_split(events: EventTable, people: People, settings: SplitSettings) -> Split:
    """Cut the events and divide the pieces; gallery before probes in time, nothing shared between them.

    Raises
    ------
    TooFewError
        Too few people have enough sessions for both sides.
    LeakError
        Gallery and probes would share a session (a trial, where people have one session).
    """
    unit = _unit(events, settings)
    pieces, units_of = _pieces(events, people, settings, unit)
    gallery_of, probes_of, people_left_out, at_hand = _divide(pieces, units_of, people, settings, unit)
    if len(gallery_of) < 2:  # noqa: PLR2004  one person cannot be mistaken for another
        needed = f"have at least 2 people with {_needed(settings)} {_PLURAL.get(unit, 'pieces')} each"
        advice = "Lower --gallery-sessions or --probe-sessions, or cut finer with --sample."
        raise TooFewError.of("the people attacked", must=needed, found=len(gallery_of), advice=advice)
    gallery = SampleTable.of_groups(pieces, sorted(gallery_of.items()))
    probes = SampleTable.of_groups(
        pieces, [(subject, group) for subject, groups in sorted(probes_of.items()) for group in groups]
    )
    if people.background:
        train = SampleTable.of_groups(pieces, _background_groups(units_of, people.background, settings))
        if len(train.subjects) < 4:  # noqa: PLR2004  folds of two people
            must = "have at least 4 people with 2 probes each"
            raise TooFewError.of("the background", must=must, found=len(train.subjects))
    else:
        train = SampleTable.of_groups(pieces, _gallery_units(gallery_of, units_of, settings))
    require_disjoint(gallery, probes, within=unit in {"half", "trial"} and _has_one_session_each(events))
    nearest = "within" if unit == "half" else separation_of(gallery, probes)
    separation = "trial" if unit == "trial" else nearest
    return Split(train, gallery, probes, people.regime, separation, nearest, people_left_out, at_hand)


def random_split(split: Split, seed: int) -> Split:
    """Deal the same pieces to gallery and probes at random, person by person.

    The split of much published work, which leaks where sessions are cut: pieces of one session then stand on
    both sides. Pieces that are whole sessions cannot, and only their order in time is lost. It shows by
    how much such a number is inflated and is never a headline.
    """
    streams = Streams(seed, ("random split",))
    gallery_of = dict(split.gallery.frame.iter_rows())
    probe_groups: dict[str, list[list[int]]] = {}
    for subject, group in split.probes.frame.iter_rows():
        probe_groups.setdefault(subject, []).append(group)
    gallery: list[tuple[str, list[int]]] = []
    probes: list[tuple[str, list[int]]] = []
    for subject, groups in sorted(probe_groups.items()):
        together = np.array(gallery_of[subject] + [piece for group in groups for piece in group])
        dealt = streams(subject).permutation(together)
        n_gallery = len(gallery_of[subject])
        gallery.append((subject, sorted(dealt[:n_gallery].tolist())))
        start = n_gallery
        for group in groups:
            probes.append((subject, sorted(dealt[start : start + len(group)].tolist())))
            start += len(group)
    pieces = split.gallery.pieces
    new_gallery = SampleTable.of_groups(pieces, gallery)
    train = split.train if split.regime == "population" else new_gallery.split_up()
    return replace(split, train=train, gallery=new_gallery, probes=SampleTable.of_groups(pieces, probes))


def require_disjoint(gallery: SampleTable, probes: SampleTable, *, within: bool) -> None:
    """Refuse gallery and probes of one person that share a session (``within``: that share a piece).

    Raises
    ------
    LeakError
        They share one.
    """
    name = "piece" if within else "session"
    if shared := n_shared(gallery, probes, name):
        advice = "Comparisons within one session measure the hour, not the person."
        raise LeakError(f"Gallery and probes must share no {name}; found {shared} shared. {advice}")


def n_shared(gallery: SampleTable, probes: SampleTable, what: str) -> int:
    """Return how many of a person's sessions or pieces, ``what``, stand on both sides; over all people."""
    sides = []
    for side in (gallery, probes):
        single = side.frame.explode("pieces").rename({"pieces": "piece"})
        sessions = side.pieces.frame["session"].gather(single["piece"])
        sides.append(single.with_columns(session=sessions).select("subject_id", what).unique())
    return sides[0].join(sides[1], on=["subject_id", what]).height


def _has_one_session_each(events: EventTable) -> bool:
    return bool(events.sessions["subject_id"].is_unique().all())


def _unit(events: EventTable, settings: SplitSettings) -> str:
    """Return what gallery and probes are counted in: ``session``, ``trial`` or ``half``."""
    has_trials = events.frame["trial"].null_count() < len(events)
    if settings.sample == "trial":
        if not has_trials:
            advice = "Use --sample session, events=N or seconds=N."
            raise ParameterError.of(
                "--sample trial", must="meet a source that marks trials", found="none", advice=advice
            )
        return "trial"
    if not _has_one_session_each(events):
        return "session"
    return "trial" if has_trials and not settings.cuts_sessions else "half"


def _pieces(
    events: EventTable, people: People, settings: SplitSettings, unit: str
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
        if np.max(n_parts) == 1 and people.regime == "closed-set" and unit != "trial":
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
    pieces: PieceTable, units_of: UnitsOf, people: People, settings: SplitSettings, unit: str
) -> tuple[dict[str, list[int]], dict[str, list[list[int]]], int, int]:
    """Return gallery pieces and probes of each enrolled person, how many lack them, most units of one."""
    gallery_of: dict[str, list[int]] = {}
    probes_of: dict[str, list[list[int]]] = {}
    most = 0
    several_sessions = (
        pieces.frame.group_by("subject_id").agg(pl.col("session").n_unique())["session"].max() != 1
    )
    session_of = pieces.frame["session"].to_list()
    for subject in people.enrolled:
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
    return gallery_of, probes_of, len(people.enrolled) - len(gallery_of), most


def _grouped(units: list[list[int]], settings: SplitSettings) -> list[list[int]]:
    """Pool runs of ``probe_sessions`` units into probes; an incomplete last run is dropped."""
    if settings.cuts_sessions:
        return [[piece] for members in units for piece in members]
    size = settings.probe_sessions
    runs = (units[start : start + size] for start in range(0, len(units) - size + 1, size))
    return [[piece for members in run for piece in members] for run in runs]


def _background_groups(
    units_of: UnitsOf, background: tuple[str, ...], settings: SplitSettings
) -> list[tuple[str, list[int]]]:
    """Return samples as long as a probe from all that the background people did, two or more of each."""
    groups = []
    for subject in background:
        own = _grouped(units_of.get(subject, []), settings)
        if len(own) > 1:  # one sample alone says nothing about a person's spread
            groups += [(subject, group) for group in own]
    return groups


def _gallery_units(
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


def separation_of(gallery: SampleTable, probes: SampleTable) -> str:
    """Return what lies between every person's gallery and probes, from the pieces themselves.

    ``sitting`` where every genuine comparison is known to cross sittings, ``session`` where it crosses
    sessions, else ``trial``.
    """
    for column, name in (("sitting", "sitting"), ("session", "session")):
        known, probed = (_placed(side, column) for side in (gallery, probes))
        both_known = not known[column].null_count() and not probed[column].null_count()
        if both_known and not known.join(probed, on=["subject_id", column]).height:
            return name
    return "trial"


def _placed(side: SampleTable, column: str) -> pl.DataFrame:
    """Return the distinct pairs of person and sitting (or session) that a side draws on."""
    single = side.frame.explode("pieces")
    return single.select("subject_id", side.pieces.frame[column].gather(single["pieces"])).unique()
