"""Likelihood ratio, feature by feature: Gaussian people, Gaussian observations, counts taken exactly."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reid.attackers.lookout import Lookout, opening, typical_size
from reid.attackers.normalisation import s_norm, same_person, usual_variance
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage
from reid.errors import ParameterError
from reid.features.table import FeatureTable
from reid.kernels.likelihood import gaussian_log_likelihood_ratios
from reid.samples.table import SampleTable
from reid.typing import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelihoodRatio:
    """Sum over keys and digraphs of the log-likelihood ratio "this person" against "someone else".

    The features are taken as independent given the person, which they are not; the ratio is
    therefore a score, not a weight of evidence, and is normalised by a cohort.
    """

    name: ClassVar[str] = "likelihood-ratio"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "log-latencies"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_nearest: int = 100  #: people of the cohort by whom a score is normalised

    def __post_init__(self) -> None:
        if self.n_nearest < 2:  # noqa: PLR2004  a spread needs two
            raise ParameterError.of("n_nearest", must="be at least 2", found=self.n_nearest)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledLikelihoodRatio":
        """Learn the variances on ``train``; see :class:`~reid.attackers.protocol.Attacker`."""
        lookout = Lookout.on(self.features, self.without, train)
        law = Shrinkage.learn(*lookout.pieces(train))
        cohort = opening(train, typical_size(gallery))
        enrolled = Posterior.of(lookout.features(gallery.pooled()), law)
        return EnrolledLikelihoodRatio(
            lookout,
            law,
            gallery.subjects,
            enrolled,
            cohort.subjects,
            Posterior.of(lookout.features(cohort), law),
            self.n_nearest,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What samples say of each person's own deviations: Gaussian, by conjugacy."""

    mean: FloatArray  #: (n_people, n_features)
    variance: FloatArray  #: (n_people, n_features)

    @classmethod
    def of(cls, features: FeatureTable, law: Shrinkage) -> "Posterior":
        """Update the law of people by a person's observations."""
        deviation, count = _observed(features, law)
        trust = count / (count + law.within / law.between)
        return cls(trust * deviation, law.between * (1 - trust))


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledLikelihoodRatio:
    """The law of people with what is known of the enrolled and of the cohort."""

    lookout: Lookout
    law: Shrinkage
    people: tuple[str, ...]
    enrolled: Posterior
    cohort_people: tuple[str, ...]
    cohort: Posterior
    n_nearest: int

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by normalised log-likelihood ratio."""
        deviation, count = _observed(self.lookout.features(probes), self.law)
        templates = self.enrolled.mean, np.ones_like(self.enrolled.mean)
        among_templates = self._ratios(*templates, self.cohort)
        raw = self._ratios(deviation, count, self.enrolled)
        against_cohort = self._ratios(deviation, count, self.cohort)
        same = same_person(self.people, self.cohort_people)
        among_templates[same] = np.nan
        within_cohort = self._ratios(self.cohort.mean, np.ones_like(self.cohort.mean), self.cohort)
        usual = usual_variance([within_cohort], self.n_nearest)
        scores = s_norm(raw, against_cohort, among_templates, same, self.n_nearest, usual=usual)
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))

    def _ratios(self, deviation: FloatArray, count: FloatArray, people: Posterior) -> FloatArray:
        return gaussian_log_likelihood_ratios(
            deviation, count, people.mean, people.variance, self.law.within, self.law.between
        )


def _observed(features: FeatureTable, law: Shrinkage) -> tuple[FloatArray, FloatArray]:
    """Return mean deviations from the average person and their counts; deviation 0 where unseen."""
    count = features.counts[:, law.kept].astype(np.float64)
    deviation = np.where(count > 0, features.values[:, law.kept] - law.mean, 0.0)
    return deviation.astype(np.float64), count
