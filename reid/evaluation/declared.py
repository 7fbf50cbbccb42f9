"""Attack a declared list of comparisons."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reid.attackers import Attacker
from reid.evaluation.attack import FOLDS, as_shares, run_attack
from reid.evaluation.blocks import comparison_block
from reid.evaluation.comparisons import Comparisons
from reid.evaluation.splits import Split, separation_of
from reid.metrics.verification import area_under_curve
from reid.seeding import hashed_order
from reid.typing import FloatArray, Progress, silent


def attack_declared(
    listed: Comparisons, attackers: Sequence[Attacker], *, seed: int, n_jobs: int = 1, progress: Progress = silent
) -> dict[str, Any]:
    """Return the block of a declared list: what is learnt is learnt on its gallery alone."""
    gallery, probes = listed.gallery, listed.probes
    genuine_probes = np.unique(listed.probe[listed.genuine])
    separation = separation_of(gallery, probes.take(genuine_probes))
    split = Split(gallery.split_up(), gallery, probes, "closed-set", separation, 0, 0)
    outcome = run_attack(split, attackers, n_jobs=n_jobs, progress=progress)
    column = {person: number for number, person in enumerate(gallery.subjects)}
    claimed = np.array([column[person] for person in listed.claimed])
    scores = {name: matrix.scores[listed.probe, claimed] for name, matrix in outcome.scores.items()}
    chosen = _crossfit_choice(scores, listed)
    block = comparison_block(scores, listed.claimed, listed.makers, listed.genuine, chosen=chosen, seed=seed)
    return block | {"separation": separation}


def _crossfit_choice(scores: dict[str, FloatArray], listed: Comparisons) -> tuple[str, FloatArray, str]:
    """Choose for each fold of claimed people the attacker that tells the others' comparisons best."""
    chosen_on = "the other people, by cross-fitting"
    names = list(scores)
    if len(names) == 1:
        return names[0], scores[names[0]], chosen_on
    claimed = np.array(listed.claimed)
    people = listed.gallery.subjects
    order = [people[place] for place in hashed_order(people, 0, "choice of attacker")]
    shares = {name: as_shares(each) for name, each in scores.items()}
    choice: dict[str, int] = dict.fromkeys(names, 0)
    headline = np.full(claimed.size, np.nan)
    for start in range(FOLDS):
        inside = np.isin(claimed, order[start::FOLDS])
        outside = ~inside if (listed.genuine & ~inside).any() and (~listed.genuine & ~inside).any() else inside | True
        best = max(names, key=lambda name: _auc(scores[name], listed, outside))  # noqa: B023  used at once
        headline[inside] = shares[best][inside]
        choice[best] += int(inside.sum())
    used = [name for name in names if choice[name]]
    if len(used) == 1:
        return used[0], scores[used[0]], chosen_on
    return max(used, key=lambda name: choice[name]), headline, chosen_on


def _auc(scores: FloatArray, listed: Comparisons, which: np.ndarray) -> float:
    known = which & ~np.isnan(scores)
    return area_under_curve(scores[known & listed.genuine], scores[known & ~listed.genuine])
