"""Re-tune attackers for the log at hand, on people or sessions that are not tested."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from reid.attackers import KEYBOARD, POINTER, Attacker, ScoreMatrix, modality_of
from reid.evaluation.choice import chosen_by_rehearsal, rehearsed_rate
from reid.evaluation.speaking import Scores

RETUNED: Final = "re-tuned"  #: how the name of an attacker ends whose settings were chosen for the log
_OF: Final[Mapping[str, str]] = {KEYBOARD: "", POINTER: " on the pointer"}


@dataclass(frozen=True, slots=True, eq=False)
class Retuned:
    """One family of attackers after its settings were tried."""

    name: str  #: under which it stands in the line-up
    tried: Mapping[str, float]  #: rank-1 in the rehearsals, by attacker as it is written
    usual: tuple[str, ...]  #: of those tried, the ones that attack in any case
    picked: str  #: whose settings suit the log best
    unit: float  #: spread of the picked one's scores in the rehearsals
    #: for each rehearsal, scores by the settings that the *other* people rehearsed on would have picked
    rehearsed: tuple[ScoreMatrix, ...]

    def scored(self, matrix: ScoreMatrix) -> ScoreMatrix:
        """Return scores by the picked settings in the unit of the rehearsals."""
        return replace(matrix, scores=matrix.scores / self.unit)

    def as_dict(self, *, joined: bool) -> dict[str, Any]:
        """Return what was tried as it stands in ``report.json``."""
        return {
            "picked": self.picked,
            "joined": joined,
            "usual": list(self.usual),
            "rank_1": dict(self.tried),
        }


def family_of(attacker: Attacker) -> str:
    """Return the name under which an attacker's family is re-tuned."""
    where = _OF.get(modality_of(attacker), " on both")
    return f"{attacker.name}{where}, {RETUNED}"


def retuned(
    usual: Mapping[str, Attacker], variants: Mapping[str, Attacker], rehearsed: Sequence[Scores]
) -> list[Retuned]:
    """Choose for each family the settings that did best in rehearsals.

    What a family achieves by being re-tuned is rehearsed too: each half of the people is attacked by the
    settings that the other half would have picked, so that a lucky choice promises nothing.

    Parameters
    ----------
    usual : mapping of str to Attacker
        Those that attack in any case, by name as written.
    variants : mapping of str to Attacker
        Other settings to try.
    rehearsed : sequence of mappings
        Scores of all of them in each rehearsal, NaN where one saw nothing; of the same people throughout.

    Returns
    -------
    list of Retuned
        One for each family of which a variant saw something in every rehearsal.
    """
    families: dict[str, list[str]] = {}
    for name, attacker in {**usual, **variants}.items():
        if all(not np.isnan(scene[name].scores).all() for scene in rehearsed):
            families.setdefault(family_of(attacker), []).append(name)
    return [
        _of_family(name, names, usual, rehearsed)
        for name, names in families.items()
        if not set(names) <= set(usual)  # there is something to try
    ]


def _of_family(
    name: str, names: Sequence[str], usual: Collection[str], rehearsed: Sequence[Scores]
) -> Retuned:
    scenes = [{one: scene[one] for one in names} for scene in rehearsed]
    units = {one: _unit(scene[one] for scene in scenes) for one in names}
    picked = chosen_by_rehearsal(names, scenes)
    if len(scenes) > 1:
        found = []
        for place, scene in enumerate(scenes):
            others = [one for number, one in enumerate(scenes) if number != place]
            choice = chosen_by_rehearsal(names, others)
            found.append(replace(scene[choice], scores=scene[choice].scores / units[choice]))
    else:
        found = [_by_halves(names, scenes[0], units)]
    tried = {one: rehearsed_rate([scene[one] for scene in scenes]) for one in names}
    own = tuple(one for one in names if one in usual)
    return Retuned(name, tried, own, picked, units[picked], tuple(found))


def _by_halves(names: Sequence[str], scene: Scores, units: Mapping[str, float]) -> ScoreMatrix:
    """Score each half of the people probed by what the other half would have picked."""
    first = scene[names[0]]
    people = sorted(set(first.probe_people))
    scores = np.full(first.scores.shape, np.nan)
    in_half = [np.isin(first.probe_people, people[start::2]) for start in (0, 1)]
    for own, other in (in_half, in_half[::-1]):
        if not own.any():
            continue
        seen = np.flatnonzero(other if other.any() else own)
        choice = chosen_by_rehearsal(names, [{one: scene[one].of_probes(seen) for one in names}])
        scores[own] = scene[choice].scores[own] / units[choice]
    return replace(first, scores=scores)


def _unit(matrices: Iterable[ScoreMatrix]) -> float:
    """Return the spread of all scores, by which settings can take each other's place; 1 for none."""
    known = np.concatenate([matrix.scores[~np.isnan(matrix.scores)] for matrix in matrices])
    spread = float(known.std()) if known.size else 0.0
    return spread if spread > 0 else 1.0
