"""Every stroke of the pointer votes for who made it."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from reid.attackers.lookout import Lookout
from reid.attackers.protocol import ScoreMatrix
from reid.attackers.shrinkage import sums_by_person
from reid.errors import BlindError, ParameterError
from reid.features.pointer import strokes_of
from reid.features.pointer_layout import ReadyPointer
from reid.features.table import ReadyExtractor
from reid.samples.table import SampleTable
from reid.typing import Float32Array, IntArray

_SEEDS: Final = 2**32  # what scikit-learn accepts
_LEAST_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class StrokeVotes:
    """Extremely randomised trees on single strokes; the mean log share over a probe's strokes.

    For the closed set: a class per person is learnt from the strokes of the gallery, up to ``n_strokes`` of
    each person, all people with the same weight.
    """

    name: ClassVar[str] = "stroke-votes"
    independent: ClassVar[bool] = False
    closed_set_only: ClassVar[bool] = True

    features: ClassVar[str] = "strokes"
    without: tuple[str, ...] = ()  #: channels withheld from it
    n_trees: int = 100  #: trees in the forest
    n_strokes: int = 3000  #: most strokes of one person that are learnt from
    seed: int = 0  #: of the strokes that are learnt from, where there are too many, and of the splits

    def __post_init__(self) -> None:
        for name, least in (("n_trees", 1), ("n_strokes", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ParameterError.of(name, must=f"be at least {least}", found=getattr(self, name))

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledStrokeVotes":
        """Learn one class per person; see :class:`~reid.attackers.protocol.Attacker`."""
        ready = Lookout.on(self.features, self.without, train).extractor
        columns = columns_seen(ready, self.without)
        if not columns:
            must, advice = "see at least one feature", "Withhold fewer channels."
            raise BlindError.of("the attacker", must=must, found="none", advice=advice)
        strokes, owner = _strokes(gallery, columns)
        if np.unique(owner).size < 2:  # noqa: PLR2004  nobody to be mistaken for
            must, found = "see strokes of at least two people", f"strokes of {np.unique(owner).size}"
            raise BlindError.of("the attacker", must=must, found=found)
        person = gallery.subject_numbers()[owner]
        rng = np.random.default_rng(self.seed)
        chosen = np.concatenate(
            [_some(np.flatnonzero(person == number), self.n_strokes, rng) for number in np.unique(person)]
        )
        weight = 1 / np.bincount(person[chosen])[person[chosen]]
        forest = ExtraTreesClassifier(
            self.n_trees, min_samples_leaf=3, random_state=self.seed % _SEEDS, n_jobs=1
        )
        warnings.filterwarnings("ignore", "The number of unique classes is greater than 50%", UserWarning)
        forest.fit(strokes[chosen], person[chosen], weight)
        return EnrolledStrokeVotes(columns, gallery.subjects, forest)


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledStrokeVotes:
    """The forest, which knows the enrolled people."""

    columns: tuple[str, ...]
    people: tuple[str, ...]
    forest: Any

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by the mean over a probe's strokes of the log of the share of trees."""
        strokes, owner = _strokes(probes, self.columns)
        n_votes = np.bincount(owner, minlength=len(probes))
        scores = np.full((len(probes), len(self.people)), np.nan)  # also of people without a stroke
        if owner.size:
            votes = np.log(self.forest.predict_proba(strokes) + _LEAST_SHARE)
            sums = sums_by_person(votes, owner, len(probes))
            scores[:, self.forest.classes_] = sums / np.maximum(n_votes, 1)[:, None]
        scores[n_votes == 0] = np.nan
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))


def columns_seen(ready: ReadyExtractor, without: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a stroke that a set of features uses and whose channel is not withheld."""
    blocks = ready.means if isinstance(ready, ReadyPointer) else ()
    return tuple(
        block.column for block in blocks if block.family == "stroke" and block.channel not in without
    )


def _strokes(samples: SampleTable, columns: tuple[str, ...]) -> tuple[Float32Array, IntArray]:
    """Return the strokes of the samples, far-off values drawn together, and the sample of each."""
    observed = strokes_of(samples.pieces)
    offsets, members = samples.membership()
    sample = np.repeat(np.arange(len(samples)), np.diff(offsets))
    sizes = np.diff(observed.offsets)[members]
    owner = np.repeat(sample, sizes)
    first = np.repeat(observed.offsets[:-1][members] - (np.cumsum(sizes) - sizes), sizes)
    rows = first + np.arange(owner.size)
    places = [observed.columns.index(name) for name in columns]
    return np.arcsinh(observed.values[:, places][rows]).astype(np.float32), owner


def _some(rows: IntArray, most: int, rng: np.random.Generator) -> IntArray:
    return rows if rows.size <= most else np.sort(rng.choice(rows, most, replace=False))
