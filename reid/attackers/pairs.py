"""Trees that learn from pairs of samples whether both are of one person.

A class per person would not scale to many people, nor know anybody who was not there to learn from. A
pair is described by how far its two sides lie apart in each count-shrunk feature.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

from reid.attackers.learner import Learner
from reid.attackers.learning import sessions_of_pieces, sliding_windows
from reid.attackers.lookout import Lookout
from reid.attackers.pooled_trees import with_a_column
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import Shrinkage
from reid.errors import ParameterError
from reid.samples.table import SampleTable
from reid.typing import BoolArray, Float32Array, IntArray

_SEEDS: Final = 2**32  # what scikit-learn accepts
_SIZES: Final = (1, 2, 4)  # pieces on the side of the probe
_MOST_PAIRS: Final = 20_000  # of either kind
_PAIRS_AT_ONCE: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTrees:
    """Extremely randomised trees that tell pairs of one person from pairs of two.

    Learnt on as many pairs of either kind of the people to learn from: a run of pieces against
    everything else that is known of its own, or of another, person.
    """

    name: ClassVar[str] = "pair-trees"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "strokes"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_features: int = 400  #: features that are used: those that tell people apart most reliably
    n_trees: int = 200  #: trees in the forest
    seed: int = 0  #: of the choice of pairs and of the random splits

    def __post_init__(self) -> None:
        _check_at_least(self, n_features=1, n_trees=1, seed=0)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledPairs":
        """Learn on pairs of the people of ``train``; see :class:`~reid.attackers.protocol.Attacker`."""
        forest = ExtraTreesClassifier(
            self.n_trees, min_samples_leaf=5, random_state=self.seed % _SEEDS, n_jobs=1
        )
        lookout = Lookout.on(self.features, self.without, train)
        return enrolled_pairs(Learner(forest), lookout, train, gallery, self.n_features, self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairBoosting:
    """Gradient boosting that tells pairs of one person from pairs of two, each tree mending the last."""

    name: ClassVar[str] = "pair-boosting"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    features: str = "strokes"  #: the set of features
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_features: int = 200  #: features that are used: those that tell people apart most reliably
    n_rounds: int = 150  #: trees, one after the other
    seed: int = 0  #: of the choice of pairs

    def __post_init__(self) -> None:
        _check_at_least(self, n_features=1, n_rounds=1, seed=0)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledPairs":
        """Learn on pairs of the people of ``train``; see :class:`~reid.attackers.protocol.Attacker`."""
        boosting = HistGradientBoostingClassifier(
            max_iter=self.n_rounds, max_leaf_nodes=15, early_stopping=False, random_state=self.seed % _SEEDS
        )
        lookout = Lookout.on(self.features, self.without, train)
        return enrolled_pairs(Learner(boosting), lookout, train, gallery, self.n_features, self.seed)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledPairs:
    """The judge of pairs, with the templates of the enrolled people."""

    lookout: Lookout
    shrinkage: Shrinkage
    used: IntArray  #: places of the features that are used
    judge: Learner
    people: tuple[str, ...]
    templates: Float32Array  #: (n_people, n_used)
    known: BoolArray  #: whether anything was seen of each person

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the log odds that probe and template are of one person."""
        seen = self.lookout.features(probes)
        shrunk = self.shrinkage.applied(seen)[:, self.used]
        scores = np.empty((len(shrunk), len(self.people)))
        step = max(_PAIRS_AT_ONCE // max(len(self.people), 1), 1)
        for start in range(0, len(shrunk), step):
            some = shrunk[start : start + step]
            apart = np.abs(some[:, None, :] - self.templates[None, :, :]).reshape(
                some.shape[0] * len(self.people), self.used.size
            )
            scores[start : start + step] = self.judge.log_odds(with_a_column(apart)).reshape(len(some), -1)
        scores[seen.counts.sum(axis=1) == 0] = np.nan
        scores[:, ~self.known] = np.nan
        caveats = self.judge.caveats()
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids), caveats=caveats)


def enrolled_pairs(
    judge: Learner, lookout: Lookout, train: SampleTable, gallery: SampleTable, n_features: int, seed: int
) -> EnrolledPairs:
    """Teach the judge on pairs of ``train`` and make the templates of ``gallery``."""
    pieces, person = lookout.pieces(train)
    shrinkage = Shrinkage.learn(pieces, person)
    reliable = np.argsort(-shrinkage.between / shrinkage.within, kind="stable")[:n_features]
    used = np.sort(reliable).astype(np.int64)
    probes, templates = sides(person, sessions_of_pieces(train))
    left_sides, right_sides = (
        shrinkage.applied(pieces.pooled(runs.offsets, runs.members))[:, used] for runs in (probes, templates)
    )
    left, right, same = pairs(probes, templates, np.random.default_rng(seed))
    judge.fit(with_a_column(np.abs(left_sides[left] - right_sides[right])), same)
    seen = lookout.features(gallery.pooled())
    return EnrolledPairs(
        lookout,
        shrinkage,
        used,
        judge,
        gallery.subjects,
        shrinkage.applied(seen)[:, used],
        seen.counts.sum(axis=1) > 0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of pieces: whose they are, and of which unit (of a template: which unit is left out)."""

    offsets: IntArray
    members: IntArray
    owner: IntArray
    unit: IntArray


def sides(person: IntArray, session: IntArray) -> tuple[Runs, Runs]:
    """Return runs as long as probes, and for each unit of a person everything else of that person.

    Units are sessions; halves, where a person has one session of several pieces.
    """
    unit = _units(person, session)
    offsets, members, owners = [np.zeros(1, dtype=np.int64)], [], []
    for size in _SIZES:
        more, those, owner = sliding_windows(person, unit, size)
        offsets.append(more[1:] + offsets[-1][-1])
        members.append(those)
        owners.append(owner)
    starts = np.concatenate(offsets)
    pieces = np.concatenate(members)
    probes = Runs(starts, pieces, np.concatenate(owners), unit[pieces[starts[:-1]]])
    rest: list[IntArray] = []
    owner_of_rest: list[int] = []
    left_out: list[int] = []
    for number in np.unique(person):
        own = np.flatnonzero(person == number)
        units = np.unique(unit[own])
        for one in units if units.size > 1 else []:
            rest.append(own[unit[own] != one])
            owner_of_rest.append(int(number))
            left_out.append(int(one))
    if not rest:  # nobody has two units: whole people stand against each other and their own runs
        rest = [np.flatnonzero(person == number) for number in np.unique(person)]
        owner_of_rest = np.unique(person).tolist()
        left_out = [-1] * len(rest)
    bounds = np.concatenate([[0], np.cumsum([part.size for part in rest])]).astype(np.int64)
    templates = Runs(bounds, np.concatenate(rest), np.array(owner_of_rest), np.array(left_out))
    return probes, templates


def _units(person: IntArray, session: IntArray) -> IntArray:
    """Return the number of each piece's session; two for the halves of a person's only session."""
    unit = session * 2
    for number in np.unique(person):
        own = np.flatnonzero(person == number)
        if np.unique(session[own]).size == 1:
            unit[own[own.size // 2 :]] += 1
    return unit


def pairs(probes: Runs, templates: Runs, rng: np.random.Generator) -> tuple[IntArray, IntArray, BoolArray]:
    """Draw as many pairs of one person as of two: each run with other units of its person, and of another.

    Returns
    -------
    left, right : int64 arrays of shape (n_pairs,)
        Rows of ``probes`` and ``templates``.
    same : bool array of shape (n_pairs,)
        Whether both are of one person.
    """
    own_template = {
        (owner, unit): row
        for row, (owner, unit) in enumerate(
            zip(templates.owner.tolist(), templates.unit.tolist(), strict=True)
        )
    }
    matched = np.array(
        [
            own_template.get((owner, unit), own_template.get((owner, -1), -1))
            for owner, unit in zip(probes.owner.tolist(), probes.unit.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    rows = np.flatnonzero(matched >= 0)
    if rows.size > _MOST_PAIRS:
        rows = np.sort(rng.choice(rows, _MOST_PAIRS, replace=False))
    other = rng.integers(0, templates.owner.size, rows.size)
    for _ in range(100):  # until nobody is drawn against themselves
        clash = templates.owner[other] == probes.owner[rows]
        if not clash.any():
            break
        other[clash] = rng.integers(0, templates.owner.size, int(clash.sum()))
    apart = templates.owner[other] != probes.owner[rows]
    left = np.concatenate([rows, rows[apart]])
    right = np.concatenate([matched[rows], other[apart]])
    return left, right, np.arange(left.size) < rows.size


def _check_at_least(attacker: object, **least: int) -> None:
    for name, bound in least.items():
        if getattr(attacker, name) < bound:
            raise ParameterError.of(name, must=f"be at least {bound}", found=getattr(attacker, name))
