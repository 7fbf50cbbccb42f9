"""Features that need keyboard and pointer together."""

import numpy as np
import polars as pl
import pytest

from reid.errors import ParameterError, TooFewError
from reid.features import FEATURES, Homing
from reid.features.handovers import TO_KEYS_COLUMNS, TO_POINTER_COLUMNS, ways_to_keys, ways_to_pointer
from reid.features.table import CHANNELS, FeatureTable
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import pointers, typists
from tests.features.form_logs import form_log


def features_of(samples: SampleTable) -> FeatureTable:
    return Homing().fit(samples).features(samples)


def test_it_is_found_by_name() -> None:
    assert FEATURES.make("homing(n_bins=4)") == Homing(n_bins=4)


def test_every_way_is_counted_once() -> None:
    pieces = cut(form_log(0))
    to_keys, to_pointer = ways_to_keys(pieces), ways_to_pointer(pieces)
    assert to_keys.columns == TO_KEYS_COLUMNS
    assert to_pointer.columns == TO_POINTER_COLUMNS
    assert np.diff(to_keys.offsets).tolist() == [4] * len(pieces)
    assert np.diff(to_pointer.offsets).tolist() == [3] * len(pieces)  # the last field ends the session


def test_homing_times_are_those_of_the_person() -> None:
    seen = features_of(SampleTable.singly(cut(form_log(1, n_sessions=6))).pooled())
    homing = seen.values[:, seen.names.index("to_keys_homing_s_arsinh")]
    np.testing.assert_allclose(0.01 * np.sinh(homing), [0.2, 0.3, 0.4, 0.5], rtol=0.1)
    assert seen.counts[:, seen.names.index("to_keys_homing_s_arsinh")].tolist() == [24] * 4


def test_channels_are_known_and_shares_add_up() -> None:
    seen = features_of(SampleTable.singly(cut(form_log(2))))
    assert set(seen.channels) <= set(CHANNELS)
    assert {"homing", "hold", "flight", "path", "schedule"} == set(seen.channels)
    of_homing = [at for at, name in enumerate(seen.names) if name.startswith("to_pointer_homing_s_share:")]
    np.testing.assert_allclose(seen.values[:, of_homing].sum(axis=1), 1, rtol=1e-6)


def test_pooled_pieces_are_the_weighted_mean_of_their_pieces() -> None:
    single = SampleTable.singly(cut(form_log(3)))
    ready = Homing().fit(single)
    pieces, together = ready.features(single), ready.features(single.pooled())
    numbers = single.pooled().membership()
    expected = pieces.pooled(*numbers)
    np.testing.assert_allclose(together.values, expected.values, rtol=1e-5, equal_nan=True)
    np.testing.assert_array_equal(together.counts, expected.counts)


def test_how_much_is_typed_between_two_fields_shows_nowhere() -> None:
    log = form_log(4)
    inner = pl.col("press") % 3 == 1  # the second of the three presses in each field
    frame = log.frame.filter(~inner.fill_null(value=False))
    fewer = log.with_frame(frame)
    one, other = (ways_to_keys(cut(events)).column("homing_s") for events in (log, fewer))
    np.testing.assert_array_equal(one, other)
    assert not [name for name in features_of(SampleTable.singly(cut(log))).names if "typing" in name]


@pytest.mark.parametrize("make", [typists, pointers])
def test_a_log_of_one_device_is_one_clear_line(make: object) -> None:
    with pytest.raises(TooFewError, match="must hold a key press that follows a pointer event"):
        Homing().fit(SampleTable.singly(cut(make(4))))  # type: ignore[operator]


def test_no_bins_are_refused() -> None:
    with pytest.raises(ParameterError, match="n_bins"):
        Homing(n_bins=0)
