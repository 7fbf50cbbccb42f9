"""What one attack on one log comes to: a block of ``report.json``."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reid.attackers import ScoreMatrix
from reid.evaluation.groups import groups_of, secret_of
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import Split
from reid.metrics.curves import cmc_curve, det_curve
from reid.metrics.further import further_measures
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import maximum_over_attackers, sidak_level
from reid.metrics.measures import measure, measure_comparisons
from reid.seeding import Streams
from reid.typing import BoolArray, FloatArray, IntArray

POINTS_PER_CURVE = 200  #: of a curve in a report, at most
_REPLICATES_IN_SHORT = 100


def identification_block(
    outcome: AttackOutcome, split: Split, numbers: Mapping[str, int], *, seed: int
) -> dict[str, Any]:
    """Measure the chosen attacker in full, and every attacker in short; ``numbers`` are those of people."""
    matrix = outcome.headline
    truth = matrix.truth()
    rng = Streams(seed, ("bootstrap",))("headline")
    measured = measure(matrix.scores, truth, list(matrix.probe_people), list(matrix.people), rng=rng)
    block = measured.as_dict()
    block["failures"]["people_left_out"] += split.people_left_out
    draws = Streams(seed, ("bootstrap",))("further")
    secret = secret_of(split.gallery.pieces.events, matrix.people)
    further = further_measures(matrix.scores, truth, measured.rank_1, rng=draws, secret=secret)
    told = further.as_dict()
    if groups := groups_of(matrix, split.probes, numbers):
        told["who"]["groups"] = groups
    hits = {name: _rank_1_hits(each) for name, each in outcome.scores.items()}
    strongest, maximum = maximum_over_attackers(list(hits.values()), truth, chance=1 / len(matrix.people))
    tried = {"retuning": dict(outcome.retuning)} if outcome.retuning else {}
    return (
        block
        | tried
        | {
            "attacker": outcome.attacker,
            "chosen_on": outcome.chosen_on,
            "independent": outcome.independent,
            "n_probes": len(matrix.probe_people),
            "separation": split.separation,
            "nearest_separation": split.nearest,
            "attackers": {name: in_short(each, seed) for name, each in outcome.scores.items()},
            "maximum": {
                "attacker": list(hits)[strongest],
                "rank_1": maximum.as_dict(),
                "interval": "simultaneous",
            },
            "further": told,
            "curves": {
                "cmc": cmc_points(*ranks(matrix.scores, truth), len(matrix.people), truth),
                "det": _det(*_pairs(matrix)),
            },
        }
    )


def comparison_block(
    scores: Mapping[str, FloatArray],
    claimed: Sequence[str],
    makers: Sequence[str],
    genuine: BoolArray,
    *,
    chosen: tuple[str, FloatArray, str],
    seed: int,
) -> dict[str, Any]:
    """Measure a declared list of comparisons; there is no gallery to rank in, so rates of rank are null.

    Parameters
    ----------
    scores : mapping of str to float64 array of shape (n_comparisons,)
        Scores by attacker.
    claimed, makers : sequences of str
        Person claimed and person who made the sample.
    genuine : bool array of shape (n_comparisons,)
        Whether they are the same.
    chosen : tuple
        Name, scores and how it was chosen, of the attacker that speaks for all.
    seed : int
        Of the bootstrap over people.
    """
    short: dict[str, Any] = {}
    measured = {}
    for name, each in (*scores.items(), ("", chosen[1])):
        rng = Streams(seed, ("bootstrap",))("headline")
        measured[name] = measure_comparisons(each, list(claimed), list(makers), genuine, rng=rng).as_dict()
        if name:
            rates = {rate: measured[name][rate] for rate in ("eer", "eer_per_person", "auc")}
            short[name] = {"rank_1": None} | rates
    block = measured[""]
    known = ~np.isnan(chosen[1])
    of_list = list(claimed), list(makers), genuine
    return block | {
        "attacker": chosen[0],
        "chosen_on": chosen[2],
        "n_probes": len(genuine),
        "chance": 0.5,
        "rank_1": None,
        "rank_10": None,
        "rank_1_among": {"2": None, "10": None, "50": None},
        "attackers": short,
        "maximum": _largest_auc(scores, of_list, seed),
        "further": None,
        "curves": {"cmc": None, "det": _det(chosen[1][known & genuine], chosen[1][known & ~genuine])},
    }


def _largest_auc(
    scores: Mapping[str, FloatArray], of_list: tuple[list[str], list[str], BoolArray], seed: int
) -> dict[str, Any]:
    """Return the largest AUC of all attackers, with an interval that holds for the choice.

    Where the attacker that speaks for each person is chosen on the others, scores of several attackers
    stand side by side, which can tell less than the best of them alone.
    """
    level = sidak_level(0.95, len(scores))
    found = {}
    for name, each in scores.items():
        rng = Streams(seed, ("bootstrap",))("largest")
        found[name] = measure_comparisons(each, *of_list, rng=rng, level=level).as_dict()["auc"]
    largest = max(found, key=lambda name: found[name]["value"])
    low, high = (max(one[end] for one in found.values()) for end in ("low", "high"))
    auc = {"value": found[largest]["value"], "low": low, "high": high}
    return {"attacker": largest, "rank_1": None, "auc": auc, "interval": "simultaneous"}


def _rank_1_hits(matrix: ScoreMatrix) -> FloatArray:
    return rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)


def in_short(matrix: ScoreMatrix, seed: int) -> dict[str, Any]:
    """Return rank-1, EER and AUC of one attacker, with intervals from few replicates."""
    rng = Streams(seed, ("bootstrap",))("in short")
    people = list(matrix.people)
    scores, truth = matrix.scores, matrix.truth()
    measured = measure(
        scores, truth, list(matrix.probe_people), people, rng=rng, n_replicates=_REPLICATES_IN_SHORT
    )
    return {
        rate: estimate for rate, estimate in measured.as_dict().items() if rate in ("rank_1", "eer", "auc")
    }


def _pairs(matrix: ScoreMatrix) -> tuple[FloatArray, FloatArray]:
    """Return genuine and impostor scores without failed comparisons."""
    truth = matrix.truth()
    is_genuine = np.zeros(matrix.scores.shape, dtype=bool)
    is_genuine[np.arange(truth.size), truth] = True
    known = ~np.isnan(matrix.scores)
    return matrix.scores[is_genuine & known], matrix.scores[~is_genuine & known]


def cmc_points(better: IntArray, tied: IntArray, n_people: int, own: IntArray) -> dict[str, Any]:
    """Return the curve of cumulative match rates at some ranks, as it stands in ``report.json``."""
    curve = cmc_curve(better, tied, n_people, own)
    kept: IntArray = np.unique(np.geomspace(1, n_people, POINTS_PER_CURVE).round().astype(np.int64)) - 1
    return {"rank": curve.rank[kept].tolist(), "rate": curve.rate[kept].tolist()}


def _det(genuine: FloatArray, impostor: FloatArray) -> dict[str, Any] | None:
    if not genuine.size or not impostor.size:
        return None
    curve = det_curve(genuine, impostor).thinned(POINTS_PER_CURVE)
    return {"fmr": curve.fmr.tolist(), "fnmr": curve.fnmr.tolist()}
