"""Divide people into background and enrolled, and their pieces into gallery and probes."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from reid.errors import LeakError, TooFewError
from reid.evaluation.dividing import divide, gallery_units, has_one_session_each, too_few_attacked, unit_of
from reid.evaluation.settings import FEWEST_FOR_POPULATION, SplitSettings
from reid.events.table import EventTable
from reid.samples.table import SampleTable
from reid.seeding import Streams, hashed_order

#: What can lie between a person's gallery and probes, from far to near.
SEPARATIONS: Final = ("sitting", "session", "trial", "within")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """How a log was divided, in figures."""

    regime: str
    separation: str  #: the unit of which gallery and probes are made, or what is known to lie between
    nearest: str  #: what lies between the nearest gallery and probe of one person, from the data
    n_background: int  #: people to learn from
    n_attacked: int
    people_left_out: int  #: enrolled people without enough sessions for both sides
    sessions_at_hand: int  #: units of the person with the most, of which gallery and probes are made


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

    def in_figures(self) -> Division:
        """Return how the log was divided, without its pieces."""
        return Division(
            regime=self.regime,
            separation=self.separation,
            nearest=self.nearest,
            n_background=len(self.train.subjects),
            n_attacked=len(self.gallery),
            people_left_out=self.people_left_out,
            sessions_at_hand=self.sessions_at_hand,
        )


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
    unit = unit_of(events, settings)
    divided = divide(events, people.enrolled, settings, unit, regime=people.regime)
    if len(divided.gallery_of) < 2:  # noqa: PLR2004  one person cannot be mistaken for another
        raise too_few_attacked(settings, unit, len(divided.gallery_of))
    gallery, probes = divided.gallery(), divided.probes()
    if people.background:
        train = divided.background(people.background, settings)
    else:
        units = gallery_units(divided.gallery_of, divided.units_of, settings)
        train = SampleTable.of_groups(divided.pieces, units)
    require_disjoint(gallery, probes, within=unit in {"half", "trial"} and has_one_session_each(events))
    nearest = "within" if unit == "half" else separation_of(gallery, probes)
    return Split(
        train,
        gallery,
        probes,
        people.regime,
        "trial" if unit == "trial" else nearest,
        nearest,
        len(people.enrolled) - len(divided.gallery_of),
        divided.at_hand,
    )


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
