"""What keyboard and pointer tell of a person, each alone and together."""

from typing import Any, Final

from reid.attackers import BOTH, KEYBOARD, POINTER, ScoreMatrix
from reid.evaluation.blocks import in_short
from reid.evaluation.speaking import AttackOutcome
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import paired_difference
from reid.metrics.measures import difference_of_error_rates
from reid.metrics.pairs import PairScores
from reid.seeding import Streams
from reid.typing import FloatArray

_REPLICATES: Final = 200


def modalities_block(outcome: AttackOutcome, seed: int) -> dict[str, Any]:
    """Measure who speaks for the keyboard, for the pointer and for both, on the same probes.

    Parameters
    ----------
    outcome : AttackOutcome
        Of attackers on both; ``both`` is its headline.
    seed : int
        Of the bootstrap over people.

    Returns
    -------
    dict
        ``keyboard``, ``pointer`` and ``both``: the attacker and its rates in short; ``better_alone``: which
        of the two has the higher rank-1; ``more_by_both``: what both have over each alone.
    """
    spoken = {
        modality: {"attacker": name} | in_short(matrix, seed)
        for modality, (name, matrix) in outcome.by_modality.items()
    }
    better = max((KEYBOARD, POINTER), key=lambda modality: spoken[modality]["rank_1"]["value"])
    both = outcome.by_modality[BOTH][1]
    more = {
        modality: difference(both, outcome.by_modality[modality][1], seed) for modality in (KEYBOARD, POINTER)
    }
    return spoken | {"better_alone": better, "more_by_both": more}


def difference(more: ScoreMatrix, less: ScoreMatrix, seed: int) -> dict[str, Any]:
    """Return by how much the rates of who sees more differ from those of who sees less."""
    truth = more.truth()
    rng = Streams(seed, ("bootstrap",))("modalities")
    sides = [PairScores.of_matrix(matrix.scores, truth) for matrix in (more, less)]
    rates = difference_of_error_rates(*sides, rng=rng, n_replicates=_REPLICATES)
    return {
        "rank_1": paired_difference(_hits(more), _hits(less), truth).as_dict(),
        "eer": rates["eer"].as_dict() if "eer" in rates else None,
        "auc": rates["auc"].as_dict() if "auc" in rates else None,
    }


def _hits(matrix: ScoreMatrix) -> FloatArray:
    return rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)
