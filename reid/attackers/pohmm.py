"""The partially observable hidden Markov model: rhythm with moods, key by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.attackers.lookout import opening, typical_size
from reid.attackers.normalisation import t_norm
from reid.attackers.pohmm_learning import Levels, Relevance, fitted_to, learn_everybody
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.typed_runs import TypedRuns, TypingSlots
from reid.errors import ParameterError
from reid.kernels.pohmm import PohmmModel, run_log_likelihoods
from reid.samples.table import SampleTable
from reid.seeding import hashed_order
from reid.typing import FloatArray, IntArray

_ROUNDS_ON_A_PERSON: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pohmm:
    """Hidden Markov model of key events whose keys are seen: log-likelihood ratio per event to everybody's.

    A typist is in one of a few hidden states; the way from state to state, how long a key is held and
    how long after the one before it goes down depend on the state and on the keys. Timings are
    log-normal (shifted, so that zero can be seen). Everybody's model is learnt on background people; that of
    a person starts there and moves by how much was seen of the person, its timings, its keys and its
    digraphs, instead of being learnt from nothing as in [1]_. Where keys are masked, the classes are
    what is seen.

    References
    ----------
    .. [1] Monaco, Tappert (2018). The partially observable hidden Markov model and its application to
       keystroke dynamics. Pattern Recognition 76, 449-462.
    """

    name: ClassVar[str] = "pohmm"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    without: tuple[str, ...] = ()  #: channels withheld from it
    n_states: int = 2  #: hidden states
    n_keys: int = 45  #: most frequent keys to tell apart
    n_rounds: int = 25  #: of learning everybody's model
    n_cohort: int = 100  #: most people of the background who are a cohort
    n_nearest: int = 20  #: people of the cohort by whom a score is normalised

    def __post_init__(self) -> None:
        limits = {"n_states": 1, "n_keys": 0, "n_rounds": 1, "n_cohort": 2, "n_nearest": 2}
        for name, least in limits.items():
            if getattr(self, name) < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=getattr(self, name))

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledPohmm":
        """Learn everybody's model, then move it; see :class:`~reid.attackers.protocol.Attacker`."""
        slots = TypingSlots.on(train, self.without, self.n_keys)
        runs = slots.runs(train.pieces)
        seen = runs.of_runs(np.unique(train.membership()[1]))
        everybody = learn_everybody(seen, slots, self.n_states, self.n_rounds)
        whole = opening(train, typical_size(gallery))
        drawn = sorted(hashed_order(whole.subjects, 0, "cohort")[: self.n_cohort])
        cohort = whole.take(np.array(drawn, dtype=np.int64))
        enrolled, others = (_models(everybody, slots, samples) for samples in (gallery.pooled(), cohort))
        return EnrolledPohmm(slots, everybody, gallery.subjects, enrolled, others, self.n_nearest)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledPohmm:
    """Everybody's model, with those of the enrolled people and of the cohort."""

    slots: TypingSlots
    everybody: PohmmModel
    people: tuple[str, ...]
    enrolled: Sequence[PohmmModel | None]  #: none of a person of whom nothing is known
    cohort: Sequence[PohmmModel | None]
    n_nearest: int

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by log-likelihood ratio per event, in the scale of the probe's ratios to the cohort."""
        runs = self.slots.runs(probes.pieces)
        offsets, members = probes.membership()
        used, place = np.unique(members, return_inverse=True)
        owner = np.repeat(np.arange(len(probes)), np.diff(offsets))
        seen = _Probes(runs.of_runs(used), place, owner, len(probes))
        against = seen.log_likelihoods(self.everybody)
        raw, of_cohort = (
            np.stack([seen.ratios(model, against) for model in models], axis=1)
            for models in (self.enrolled, self.cohort)
        )
        return ScoreMatrix(t_norm(raw, of_cohort, self.n_nearest), self.people, tuple(probes.subject_ids))


@dataclass(frozen=True, slots=True, eq=False)
class _Probes:
    """The runs of probes, each run once, and which of them make which probe."""

    runs: TypedRuns
    place: IntArray  #: run of each member of a probe: (n_members,)
    owner: IntArray  #: probe of each member: (n_members,)
    n_probes: int

    def log_likelihoods(self, model: PohmmModel) -> FloatArray:
        runs = self.runs
        return run_log_likelihoods(runs.key, runs.slot, runs.value, runs.offsets, model)

    def ratios(self, model: PohmmModel | None, against: FloatArray) -> FloatArray:
        """Return the log-likelihood ratio per event of each probe; NaN where nothing is known."""
        if model is None:
            return np.full(self.n_probes, np.nan)
        n_events = np.bincount(self.owner, self.runs.known()[self.place], minlength=self.n_probes)
        of_run = (self.log_likelihoods(model) - against)[self.place]
        total = np.bincount(self.owner, of_run, minlength=self.n_probes)
        return np.asarray(np.where(n_events > 0, total / np.maximum(n_events, 1), np.nan))


def _models(everybody: PohmmModel, slots: TypingSlots, samples: SampleTable) -> list[PohmmModel | None]:
    """Return the model of each sample's person."""
    runs, levels, relevance = slots.runs(samples.pieces), Levels.of(slots), Relevance()
    models: list[PohmmModel | None] = []
    for members in samples.frame["pieces"]:
        own = runs.of_runs(members.to_numpy().astype(np.int64))
        known = own.known().any()
        models.append(fitted_to(everybody, own, levels, relevance, _ROUNDS_ON_A_PERSON) if known else None)
    return models
