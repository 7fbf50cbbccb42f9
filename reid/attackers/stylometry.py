"""Stylometry: who writes like this, by runs of successive key presses."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

from reid.attackers.lookout import opening, require_channels, typical_size
from reid.attackers.normalisation import s_norm, same_person
from reid.attackers.protocol import ScoreMatrix
from reid.errors import BlindError, ParameterError
from reid.features.keystream import keystreams
from reid.samples.table import PieceTable, SampleTable
from reid.typing import BoolArray, FloatArray

_N_BUCKETS: Final = 2**18
_SPACE: Final = "\uf8ff"  # a letter that nobody types
_LONGEST: Final = 10  # presses in a run
_MOST_OTHERS: Final = 4000  # samples of other people that a template is held against


@dataclass(frozen=True, slots=True, kw_only=True)
class Stylometry:
    """Runs of 1 to 5 successive presses, counted and weighed by how few samples hold them (TF-IDF).

    A press is the character it produced; where the log names none, the physical key or its class. So
    runs hold spelling, punctuation, function words with the spaces around them, topic, and habits of
    correction and of shifting. Gallery and probe of one text share its topic, which says nothing about
    another text. Compared by cosine, normalised by a cohort. What was typed is nowhere kept: runs are
    counted under a hash, and no run has a name. Withheld with the channel ``content``.

    References
    ----------
    .. [1] Stamatatos (2009). A survey of modern authorship attribution methods. JASIST 60(3).
    """

    name: ClassVar[str] = "stylometry"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    without: tuple[str, ...] = ()  #: channels withheld from it: without content, nothing is left
    n_longest: int = 5  #: presses in the longest run, 1 to 10
    n_nearest: int = 100  #: people of the cohort by whom a score is normalised

    def __post_init__(self) -> None:
        if not 1 <= self.n_longest <= _LONGEST:
            raise ParameterError.of("n_longest", must=f"be from 1 to {_LONGEST}", found=self.n_longest)
        if self.n_nearest < 2:  # noqa: PLR2004  a spread needs two
            raise ParameterError.of("n_nearest", must="be at least 2", found=self.n_nearest)

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledStylometry":
        """Learn on ``train`` which runs are rare; see :class:`~reid.attackers.protocol.Attacker`."""
        require_channels(self.without)
        if "content" in self.without:
            raise BlindError.of(
                "the attacker",
                must="see at least one feature",
                found="none",
                advice="Withhold fewer channels.",
            )
        counted = run_counts(train, self.n_longest)
        if np.unique(counted.indices).size <= self.n_longest:  # one run of each length
            must, found = "press two different keys or more", "the same key throughout"
            raise BlindError.of("the people to learn from", must=must, found=found)
        weights = TfidfTransformer(sublinear_tf=True).fit(counted)
        everybody = gallery.pooled()
        templates, known = _vectors(everybody, self.n_longest, weights)
        opened = opening(train, typical_size(gallery))
        nearby, of_cohort = _vectors(opened, self.n_longest, weights)
        spread = np.unique(np.linspace(0, len(train) - 1, min(len(train), _MOST_OTHERS)).astype(np.int64))
        others, of_others = _vectors(train.take(spread), self.n_longest, weights)
        among = _cosines(templates, known, others, of_others)
        maker = np.array(train.subject_ids, dtype=object)[spread]
        among[np.array(gallery.subjects, dtype=object)[:, None] == maker] = np.nan
        same = same_person(gallery.subjects, opened.subjects)[:, of_cohort]
        cohort = nearby[np.flatnonzero(of_cohort)]
        return EnrolledStylometry(
            weights, gallery.subjects, templates, known, cohort, among, same, self.n_longest, self.n_nearest
        )


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledStylometry:
    """Weights of runs, with the templates of the enrolled people and of the cohort."""

    weights: TfidfTransformer
    people: tuple[str, ...]
    templates: sp.csr_matrix  #: (n_people, n_buckets), rows of unit length
    known: BoolArray  #: whether any press was seen of each person
    cohort: sp.csr_matrix  #: templates of the people learnt from
    among: FloatArray  #: templates against samples of other people: (n_people, n_others)
    same: BoolArray  #: where both are of one person: (n_people, n_cohort)
    n_longest: int
    n_nearest: int

    def score(self, probes: SampleTable) -> ScoreMatrix:
        """Compare by normalised cosine."""
        vectors, seen = _vectors(probes, self.n_longest, self.weights)
        raw = _cosines(vectors, seen, self.templates, self.known)
        against = _cosines(vectors, seen, self.cohort, np.ones(self.cohort.shape[0], dtype=bool))
        scores = s_norm(raw, against, self.among, self.same, self.n_nearest)
        return ScoreMatrix(scores, self.people, tuple(probes.subject_ids))


def run_counts(samples: SampleTable, n_longest: int) -> sp.csr_matrix:
    """Count the runs of 1 to ``n_longest`` presses of each sample; none crosses from piece to piece.

    Returns
    -------
    csr_matrix of shape (n_samples, n_buckets), float64
        Runs by hash. Different runs may share a bucket; which runs they are is not kept.
    """
    pieces = samples.pieces
    counts = pieces.remembered(("runs of presses", n_longest), lambda: _of_pieces(pieces, n_longest))
    offsets, members = samples.membership()
    pooling = sp.csr_matrix((np.ones(members.size), members, offsets), shape=(len(samples), counts.shape[0]))
    return sp.csr_matrix(pooling @ counts)


def _of_pieces(pieces: PieceTable, n_longest: int) -> sp.csr_matrix:
    """Return the counts of every piece; letter case counts, since it is chosen by the writer."""
    hashing = HashingVectorizer(
        analyzer="char",
        ngram_range=(1, n_longest),
        n_features=_N_BUCKETS,
        alternate_sign=False,
        norm=None,
        lowercase=False,
    )
    # The vectoriser takes two spaces for one, though typing two is a habit.
    return sp.csr_matrix(hashing.transform([text.replace(" ", _SPACE) for text in keystreams(pieces)]))


def _vectors(
    samples: SampleTable, n_longest: int, weights: TfidfTransformer
) -> tuple[sp.csr_matrix, BoolArray]:
    """Return weighed runs as rows of unit length, and which samples hold any."""
    counted = run_counts(samples, n_longest)
    return weights.transform(counted), np.asarray(np.diff(counted.indptr) > 0)


def _cosines(
    rows: sp.csr_matrix, of_rows: BoolArray, columns: sp.csr_matrix, of_columns: BoolArray
) -> FloatArray:
    """Return the cosine of each row with each column; NaN where either holds nothing."""
    cosines = np.asarray((rows @ columns.T).toarray(), dtype=np.float64)
    cosines[~of_rows] = np.nan
    cosines[:, ~of_columns] = np.nan
    return cosines
