"""How much has to be seen of a person: rank-1 against what a probe holds, and against what is enrolled."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from reid.attackers import Attacker
from reid.errors import ReidError
from reid.evaluation.modality import modalities_in
from reid.evaluation.plan import AuditPlan
from reid.evaluation.speaking import AttackOutcome, best_alone
from reid.evaluation.splits import Split
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import proportion_over_people
from reid.parallel import parallel_map
from reid.samples.shortened import KEYSTROKES, STROKES, UnitRows, shortened
from reid.samples.table import SampleTable
from reid.typing import Array, BoolArray, FloatArray, IntArray

_FEWEST: Final = {KEYSTROKES: 10, STROKES: 5}
_HOLDING: Final = 0.75  # of the samples must hold an amount for it to be asked for
_SHORT: Final = 0.85  # of the median sample; with more, nothing to speak of is cut off
_STEPS: Final = (1, 2, 5)  # of each power of ten
_US_PER_MINUTE: Final = 60_000_000


def amounts_block(split: Split, outcome: AttackOutcome, plan: AuditPlan, strategy: str) -> dict[str, Any]:
    """Attack with ever more of the probe to see, all that is enrolled at hand; and the other way round.

    Parameters
    ----------
    split : Split
        Of the log that was attacked.
    outcome : AttackOutcome
        Of that attack, for who attacks here.
    plan : AuditPlan
        Of the audit.
    strategy : str
        Of the log, as written.

    Returns
    -------
    dict
        ``attacker``; how it was chosen, ``chosen_on``; ``unit``: ``keystrokes`` or ``strokes``; ``chance``;
        for ``probe`` and ``gallery`` the
        points of a curve, each with the ``amount`` of units that is left of that side (None for all), what
        that comes to in medians (``held``), rank-1 of the people who hold that much, and ``rank_1_of_same``:
        of those who hold the largest amount, who are the same at every point. A point at which the attack
        could not be made says ``why_none``.

    Raises
    ------
    BlindError
        No attacker of ours was there.

    Notes
    -----
    Each sample is cut to its first keystrokes or strokes. One that holds fewer keeps what it has and stays
    enrolled, so chance is the same at every point, but its person does not count there. An amount is asked
    for where three in four of the samples hold it and the median one holds clearly more. The attacker learns
    as in the attack itself: taught by samples as short as those met, none did better. In the closed set it
    learns from what is enrolled.

    The attacker is the one that speaks for all where it scores by itself, since a fusion would have to
    rehearse for each amount; else that of its members which did best in the rehearsals. So the rate with all
    to see is this attacker's and no headline.
    """
    name, chosen_on = best_alone(outcome, tuple(plan.attackers.singles))
    attacker = plan.attackers.singles[name]
    unit = KEYSTROKES if "keyboard" in modalities_in(split.gallery.pieces.events) else STROKES
    of_split = _Shortening.of(split, unit)
    asked: list[tuple[str, int | None]] = [
        (side, amount) for side in _PLACES for amount in (*of_split.amounts(side), None)
    ]

    def seen(point: tuple[str, int | None]) -> _Seen | str:
        try:
            return of_split.attacked(*point, attacker)
        except ReidError as error:
            return str(error)

    found = parallel_map(
        seen, asked, n_jobs=plan.n_jobs, share_memory=True, stage="amounts", progress=plan.told(strategy)
    )
    split.gallery.pieces.forget()
    points: dict[str, list[dict[str, Any]]] = {side: [] for side in _PLACES}
    for (side, amount), one in zip(asked, found, strict=True):
        points[side].append(of_split.point(side, amount, one))
    return {
        "attacker": name,
        "chosen_on": chosen_on,
        "unit": unit,
        "chance": 1 / len(split.gallery),
        **points,
    }


def scale_of_amounts(most: int, fewest: int) -> tuple[int, ...]:
    """Return 1, 2 and 5 times the powers of ten, from ``fewest`` to ``most``.

    Examples
    --------
    >>> scale_of_amounts(230, 10)
    (10, 20, 50, 100, 200)
    """
    found, power = [], 1
    while power <= most:
        found += [step * power for step in _STEPS if fewest <= step * power <= most]
        power *= 10
    return tuple(found)


_PLACES: Final = {"probe": 2, "gallery": 1}  # among the tables of a split
_HELD: Final = (KEYSTROKES, STROKES, "minutes", "sessions")


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What an attack with so much to see came to."""

    hits: FloatArray  # (n_probes,)
    held: FloatArray  # (n_samples of the side, 4): keystrokes, strokes, minutes, sessions


@dataclass(frozen=True, slots=True, eq=False)
class _Shortening:
    """A split, of which one side is shortened."""

    tables: tuple[SampleTable, SampleTable, SampleTable]  # train, gallery, probes
    unit: str
    units: UnitRows
    n_held: dict[str, IntArray]  # units of each sample of a side

    @classmethod
    def of(cls, split: Split, unit: str) -> "_Shortening":
        units = UnitRows.of(split.gallery.pieces, unit)
        tables = split.train, split.gallery, split.probes
        held = {side: units.held_by(tables[place]) for side, place in _PLACES.items()}
        return cls(tables, unit, units, held)

    def amounts(self, side: str) -> tuple[int, ...]:
        held = self.n_held[side]
        most = min(np.quantile(held, 1 - _HOLDING, method="inverted_cdf"), _SHORT * np.median(held))
        return scale_of_amounts(int(most), _FEWEST[self.unit])

    def attacked(self, side: str, amount: int | None, attacker: Attacker) -> _Seen:
        place = _PLACES[side]
        tables = self.tables if amount is None else shortened(self.tables, place, amount, self.units)
        train, gallery, probes = tables
        matrix = attacker.enrol(train, gallery).score(probes)
        truth = matrix.truth()
        hits = rank_k_hits(*ranks(matrix.scores, truth), len(matrix.people), 1)
        if amount is not None:
            gallery.pieces.forget()
        return _Seen(hits, held_by(tables[place]))

    def point(self, side: str, amount: int | None, found: _Seen | str) -> dict[str, Any]:
        amounts = self.amounts(side)
        same = self._holding(side, amounts[-1] if amounts else 0)
        holding = self._holding(side, amount or 0)
        made: dict[str, Any] = {
            "amount": amount,
            **_counted("people", "probes", self._person(holding)),
            **_counted("same_people", "same_probes", self._person(same)),
        }
        if isinstance(found, str):
            return made | {"why_none": found, "held": None, "rank_1": None, "rank_1_of_same": None}
        medians = np.median(found.held[self._samples(side, same)], axis=0).tolist()
        return made | {
            "why_none": None,
            "held": {
                name: None if np.isnan(value) else value for name, value in zip(_HELD, medians, strict=True)
            },
            "rank_1": self._rate(found.hits, holding),
            "rank_1_of_same": self._rate(found.hits, same),
        }

    def _holding(self, side: str, amount: int) -> BoolArray:
        """Say of each probe whether it, or the gallery of its person, holds an amount: (n_probes,)."""
        holds = self.n_held[side] >= amount
        if side == "probe":
            return holds
        of_person = dict(zip(self.tables[_PLACES[side]].subject_ids, holds.tolist(), strict=True))
        return np.array([of_person[person] for person in self._people()])

    def _samples(self, side: str, probes: BoolArray) -> BoolArray:
        """Return the samples of a side that stand for some probes."""
        if side == "probe":
            return probes
        people = set(self._person(probes).tolist())
        return np.array([person in people for person in self.tables[_PLACES[side]].subject_ids])

    def _people(self) -> list[str]:
        return self.tables[_PLACES["probe"]].subject_ids

    def _person(self, probes: BoolArray) -> Array:
        return np.array(self._people(), dtype=object)[probes]

    def _rate(self, hits: FloatArray, probes: BoolArray) -> dict[str, float]:
        person = np.unique(self._person(probes), return_inverse=True)[1]
        return proportion_over_people(hits[probes], person).as_dict()


def held_by(samples: SampleTable) -> FloatArray:
    """Return what samples hold: float64, (n_samples, 4): keystrokes, strokes, minutes and sessions.

    Keystrokes, or strokes, are NaN where the log has none. Minutes run from the first to the last event of
    each piece, pauses within it included.
    """
    pieces = samples.pieces
    starts, stops = pieces.bounds()
    time_us = pieces.events.frame["time_us"].to_numpy()
    minutes = (time_us[stops - 1] - time_us[starts]) / _US_PER_MINUTE
    session = pieces.frame["session"].to_numpy()
    offsets, members = samples.membership()
    bounds: Sequence[tuple[int, int]] = list(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True))
    modalities = modalities_in(pieces.events)
    nothing = np.full(len(samples), np.nan)
    return np.stack(
        [
            UnitRows.of(pieces, KEYSTROKES).held_by(samples) if "keyboard" in modalities else nothing,
            UnitRows.of(pieces, STROKES).held_by(samples) if "pointer" in modalities else nothing,
            [float(minutes[members[first:after]].sum()) for first, after in bounds],
            [np.unique(session[members[first:after]]).size for first, after in bounds],
        ],
        axis=1,
    )


def _counted(people: str, probes: str, person: Array) -> dict[str, int]:
    return {people: len(set(person.tolist())), probes: int(person.size)}
