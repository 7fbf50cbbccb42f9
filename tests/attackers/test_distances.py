"""The classical detectors of keystroke dynamics, by hand and by a slow oracle."""

import numpy as np
import pytest

from reid.attackers.distances import Euclidean, Manhattan, OutlierCount, spread_of
from reid.errors import ParameterError
from reid.samples.table import SampleTable
from tests.attackers.people import divided, typists

FEATURES = "latencies(n_keys=4, n_digraphs=4)"


def attacked(attacker: Manhattan | Euclidean | OutlierCount) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return scores, probes' features and templates of a small attack."""
    events = typists(20, n_sessions=4)
    gallery, probes = divided(events, events.subjects[:4], 2)
    train = SampleTable.singly(gallery.pieces).of_people(events.subjects[4:])
    enrolled = attacker.enrol(train, gallery)
    seen = enrolled.lookout.features(probes).values.astype(np.float64)
    return enrolled.score(probes).scores, seen, enrolled.templates


def test_the_normed_distance_is_divided_by_the_lengths_of_what_both_show() -> None:
    scores, probes, templates = attacked(Euclidean(features=FEATURES, normed=True))
    for row, probe in enumerate(probes):
        for column, template in enumerate(templates):
            both = ~np.isnan(probe) & ~np.isnan(template)
            plain = np.sum((probe[both] - template[both]) ** 2) * probe.size / both.sum()
            lengths = np.linalg.norm(probe[both]) * np.linalg.norm(template[both])
            assert scores[row, column] == pytest.approx(-plain / lengths)


def test_a_filter_that_leaves_nothing_out_changes_nothing() -> None:
    plain, *_ = attacked(Manhattan(features="latencies"))
    filtered, *_ = attacked(Manhattan(features="latencies", longest_sd=1e9))
    np.testing.assert_allclose(filtered, plain, rtol=1e-4)  # single precision
    strict, *_ = attacked(Manhattan(features="latencies", longest_sd=0.1))
    assert not np.allclose(strict, filtered)


def test_outliers_are_counted() -> None:
    scores, probes, _ = attacked(OutlierCount(features=FEATURES, bound_sd=1e-9))
    np.testing.assert_allclose(scores, -probes.shape[1])  # every feature lies beyond nothing
    none, *_ = attacked(OutlierCount(features=FEATURES, bound_sd=1e9))
    assert not none.any()


def test_the_spread_is_that_of_what_was_seen() -> None:
    deviation = np.array([[1.0, 3.0, np.nan], [-1.0, np.nan, np.nan], [4.0, -3.0, np.nan]])
    np.testing.assert_allclose(spread_of(deviation, 1, lost=0), [2.0, 3.0, 0.0])
    np.testing.assert_allclose(spread_of(deviation, 2, lost=1), [3.0, np.sqrt(18.0), 0.0])


@pytest.mark.parametrize("make", [lambda: Manhattan(longest_sd=0), lambda: OutlierCount(bound_sd=-1)])
def test_a_bound_of_nothing_is_refused(make: type) -> None:
    with pytest.raises(ParameterError, match="above 0"):
        make()
