"""The published table of Killourhy & Maxion (DSN 2009), met by auditing the archive as downloaded."""

from pathlib import Path

import pytest

from reid.evaluation.audit import audit
from reid.events.reading import read_source

#: Mean over people of their equal error rate, and its standard deviation.
PUBLISHED = {
    "scaled-manhattan": (0.0962, 0.0694),
    "manhattan": (0.1529, 0.0925),
    "euclidean": (0.1706, 0.0952),
    "manhattan(longest_sd=3)": (0.1360, 0.0828),
    "euclidean(normed=True)": (0.2153, 0.1187),
    "outlier-count": (0.1022, 0.0767),
    "mahalanobis": (0.1101, 0.0645),
    "nearest-neighbours(features='latencies', scaling='own', order=2, k=1)": (0.0996, 0.0642),
}


@pytest.fixture(scope="module")
def archive(real_data: Path) -> Path:
    return next((real_data / "cmu").glob("*.zip"))


def test_the_published_error_rates_come_out_of_the_audit_to_the_fourth_digit(archive: Path) -> None:
    source = read_source(archive)
    for name, published in PUBLISHED.items():
        headline = audit(source, comparisons="published", attackers=[name]).report["headline"]
        own = headline["eer_per_person"]
        assert (round(own["value"], 4), round(own["sd"], 4)) == published, name
        assert own["low"] < own["value"] < own["high"]
        assert headline["n_people"] == 51
        assert headline["separation"] == "sitting"
