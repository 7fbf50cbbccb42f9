"""The published table of Killourhy & Maxion (DSN 2009), met with plain detectors and our measures."""

import io
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from reid.metrics.measures import measure_comparisons
from reid.typing import FloatArray

N_TRAIN, N_IMPOSTOR = 200, 5
PUBLISHED = {
    "scaled Manhattan": (0.0962, 0.0694),
    "Manhattan": (0.1529, 0.0925),
    "Euclidean": (0.1706, 0.0952),
    "Mahalanobis": (0.1101, 0.0645),
}


def similarity(detector: str, train: FloatArray, samples: FloatArray) -> FloatArray:
    offset = samples - train.mean(axis=0)
    if detector == "scaled Manhattan":
        return -(np.abs(offset) / np.abs(train - train.mean(axis=0)).mean(axis=0)).sum(axis=1)
    if detector == "Manhattan":
        return -np.abs(offset).sum(axis=1)
    if detector == "Euclidean":
        return -(offset**2).sum(axis=1)
    inverse = np.linalg.pinv(np.cov(train.T))
    return -np.einsum("ij,jk,ik->i", offset, inverse, offset)


@pytest.fixture(scope="module")
def repetitions(real_data: Path) -> dict[str, FloatArray]:
    archive = next((real_data / "cmu").glob("*.zip"))
    with zipfile.ZipFile(archive) as packed:
        member = next(name for name in packed.namelist() if name.endswith(".csv"))
        table = pl.read_csv(io.BytesIO(packed.read(member)))
    features = table.columns[3:]
    people = table["subject"].unique().sort()
    return {name: table.filter(pl.col("subject") == name).select(features).to_numpy() for name in people}


@pytest.mark.parametrize("detector", PUBLISHED)
def test_published_error_rates_come_out_to_the_fourth_digit(
    detector: str, repetitions: dict[str, FloatArray]
) -> None:
    score, claimed, maker = [], [], []
    for person, own in repetitions.items():
        for other, theirs in repetitions.items():
            samples = own[N_TRAIN:] if other == person else theirs[:N_IMPOSTOR]
            score.append(similarity(detector, own[:N_TRAIN], samples))
            claimed += [person] * len(samples)
            maker += [other] * len(samples)
    genuine = np.array(claimed) == np.array(maker)
    rng = np.random.default_rng(0)
    measures = measure_comparisons(np.concatenate(score), claimed, maker, genuine, rng=rng, n_replicates=100)
    own_eer = measures.eer_per_person
    assert own_eer is not None
    assert measures.eer_per_person_sd is not None
    assert (round(own_eer.value, 4), round(measures.eer_per_person_sd, 4)) == PUBLISHED[detector]
    assert own_eer.low < own_eer.value < own_eer.high
    assert (measures.n_people, measures.n_genuine, measures.n_impostor) == (51, 51 * 200, 51 * 250)
