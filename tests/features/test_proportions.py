"""Timings and how they stand to each other."""

import numpy as np

from reid.features.proportions import Proportions
from reid.features.table import FeatureTable
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import typists


def made(times: float = 1.0) -> FeatureTable:
    samples = SampleTable.singly(cut(typists(4, n_sessions=2)))
    ready = Proportions().fit(samples)
    timings = ready.timings.features(samples)
    faster = FeatureTable(timings.values * np.float32(times), timings.counts, timings.names, timings.channels)
    return ready.of_timings(faster)


def columns(table: FeatureTable, begins: str) -> np.ndarray:
    return table.values[:, [name.startswith(begins) for name in table.names]]


def test_ud_is_dd_less_the_first_hold_and_uu_adds_the_second() -> None:
    table = made()
    by_name = {name: table.values[:, place] for place, name in enumerate(table.names)}
    digraphs = [name.removeprefix("dd_us:") for name in table.names if name.startswith("dd_us:")]
    assert digraphs
    for digraph in digraphs:
        dd, ud, uu = (by_name[f"{kind}_us:{digraph}"] for kind in ("dd", "ud", "uu"))
        known = ~np.isnan(ud)
        assert (dd[known] > ud[known]).all()  # by the hold
        assert (np.isnan(uu) >= np.isnan(ud)).all()
        step = by_name[f"hold_step:{digraph}"]
        first, second = dd - ud, uu - ud
        np.testing.assert_allclose(step, np.log(second / first), rtol=0.02, atol=0.02)


def test_proportions_stay_when_everything_gets_faster() -> None:
    usual, faster = made(), made(0.7)
    for kind in ("relative_hold:", "relative_dd:", "hold_step:", "dd_step:"):
        assert columns(usual, kind).size
        np.testing.assert_allclose(columns(faster, kind), columns(usual, kind), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(columns(faster, "hold_us:"), 0.7 * columns(usual, "hold_us:"), rtol=1e-5)


def test_the_middle_timing_of_a_sample_is_the_unit() -> None:
    table = made()
    for kind in ("relative_hold:", "relative_dd:"):
        np.testing.assert_allclose(np.nanmedian(columns(table, kind), axis=1), 1.0, rtol=1e-5)


def test_what_was_not_seen_has_no_count_and_no_value() -> None:
    table = made()
    np.testing.assert_array_equal(np.isnan(table.values), table.counts == 0)
