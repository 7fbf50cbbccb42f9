"""Measures beside ranks and error rates: what else an attack's scores tell of the risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from reid.metrics.assignment import one_to_one
from reid.metrics.bayes import bayes_security, leakage_bits, least_error
from reid.metrics.criteria import Criterion, inference, linking, singling_out
from reid.metrics.estimate import Estimate
from reid.metrics.information import Information, information
from reid.metrics.open_set import FALSE_POSITIVE_RATES, missed_at
from reid.metrics.unlinkability import Unlinkability, unlinkability_of_matrix
from reid.metrics.who import Who, spread_over_people
from reid.typing import Array, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class FurtherMeasures:
    """What stands beside ranks and error rates; None where the data cannot tell."""

    fnir_at_fpir: Mapping[float, Estimate | None]  #: by false-positive identification rate
    unlinkability: Unlinkability
    information: Information
    leakage_bits: Estimate
    bayes_security: Estimate | None
    least_error: Estimate | None
    singling_out: Criterion
    linking: Criterion | None
    inference: Criterion | None
    one_to_one: Estimate
    who: Who

    def as_dict(self) -> dict[str, Any]:
        """Return the measures as they stand in ``report.json``."""
        security, error = self.bayes_security, self.least_error
        linked, inferred = self.linking, self.inference
        return {
            "fnir_at_fpir": {
                f"{rate:g}": one and one.with_chance() for rate, one in self.fnir_at_fpir.items()
            },
            "unlinkability": self.unlinkability.as_dict(),
            "information": self.information.as_dict() | {"leakage_bits": self.leakage_bits.with_chance()},
            "bayes": {
                "security_of_easiest_pairs": security and security.with_chance(),
                "least_error_from_scores": error and error.with_chance(),
            },
            "criteria": {
                "singling_out": self.singling_out.as_dict(),
                "linkability": linked and linked.as_dict(),
                "inference": inferred and inferred.as_dict(),
            },
            "one_to_one": self.one_to_one.with_chance(),
            "who": self.who.as_dict(),
        }


def further_measures(
    scores: FloatArray,
    truth: IntArray,
    rank_1: Estimate,
    *,
    rng: np.random.Generator,
    secret: Array | None = None,
    level: float = 0.95,
) -> FurtherMeasures:
    """Measure what ranks and error rates leave open, from the same scores.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Higher is more alike; NaN is a failed comparison and ranks last.
    truth : int64 array of shape (n_probes,)
        Column of the probe's own person; -1 leaves the probe out.
    rank_1 : Estimate
        Of the same attack.
    rng : numpy.random.Generator
        Draws people and permutations.
    secret : array of shape (n_people,), optional
        Of each enrolled person, such as a group; what is inferred of it is measured too.
    level : float
        Of the intervals.

    Raises
    ------
    TooFewError
        Fewer than two people are enrolled, or there is no probe.
    """
    return FurtherMeasures(
        fnir_at_fpir={
            rate: missed_at(scores, truth, rate, rng=rng, level=level) for rate in FALSE_POSITIVE_RATES
        },
        unlinkability=unlinkability_of_matrix(scores, truth, rng=rng, level=level),
        information=information(scores, truth, level=level),
        leakage_bits=leakage_bits(rank_1, scores.shape[1]),
        one_to_one=one_to_one(scores, truth, rng=rng, level=level),
        bayes_security=bayes_security(scores, truth, level=level),
        least_error=least_error(scores, truth, 1 - rank_1.value, level=level),
        singling_out=singling_out(scores, truth, level=level),
        linking=linking(scores, truth, level=level),
        inference=None if secret is None else inference(scores, truth, secret, level=level),
        who=spread_over_people(scores, truth, rng=rng, level=level),
    )
