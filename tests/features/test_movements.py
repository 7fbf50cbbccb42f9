"""What strokes are like, given how far they go: by hand, and by a loop over strokes."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reid.features.movements import KINDS, QUANTITIES, Movements
from reid.features.pointer import strokes_of
from reid.samples.cutting import cut, cut_finer
from reid.samples.table import SampleTable
from reid.synthetic.pointer_oracle import read_strokes
from tests.attackers.people import pointers
from tests.features.test_pointer_features import pointer_log
from tests.features.typing_logs import samples_of


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**32))
@example(seed=60508)  # holds a stroke that ends where it began
def test_means_and_slopes_agree_with_a_straight_line_through_the_strokes(seed: int) -> None:
    samples = samples_of(pointer_log(seed, n_people=2, n_strokes=40))
    ready = Movements().fit(samples)
    table = ready.features(samples)
    strokes = strokes_of(cut(samples.pieces.events))
    column = strokes.column
    moving_s = column("duration_s") - column("longest_step_s") + column("step_q50_s")
    arriving_s = np.nan_to_num(column("rest_at_press_s"))
    of_strokes = {
        "pause_before_log": np.log(column("pause_before_s") + 0.005),
        "duration_log": np.log(moving_s + arriving_s + 0.005),
        "offset_share": column("offset_mean_px") / column("chord_px"),
        "hold_log": np.log(column("hold_s") + 0.005),
    }
    bits = np.log2(column("chord_px") / 16 + 1)
    assert table.names
    for place, usual in enumerate(ready.usual):
        for row in range(len(samples)):
            own = np.arange(strokes.offsets[row], strokes.offsets[row + 1])
            own = own[np.isin(column("kind")[own], KINDS[usual.kind])]
            own = own[np.isfinite(of_strokes[usual.quantity][own]) & (column("chord_px")[own] > 0)]
            assert table.counts[row, 2 * place] == own.size
            if own.size < 3:
                continue
            x = bits[own] - usual.middle_bits
            y = (of_strokes[usual.quantity][own] - np.polyval(usual.curve[::-1], x)) / usual.sd
            slope, _ = np.polyfit(x, np.clip(y, -4, 4), 1)
            assert table.values[row, 2 * place] == pytest.approx(np.clip(y, -4, 4).mean(), abs=1e-5)
            assert table.values[row, 2 * place + 1] == pytest.approx(slope, rel=1e-3, abs=1e-5)
            assert table.counts[row, 2 * place + 1] == pytest.approx(((x - x.mean()) ** 2).sum(), rel=1e-4)


def test_a_sample_of_parts_sees_the_strokes_that_cross_them() -> None:
    whole = SampleTable.singly(cut(pointers(4, n_sessions=2)))
    finer, origin = cut_finer(whole.pieces, 5)
    groups = [(subject, np.flatnonzero(origin == row)) for row, subject in enumerate(whole.subject_ids)]
    parts = SampleTable.of_groups(finer, [(subject, own.tolist()) for subject, own in groups])
    ready = Movements().fit(whole)
    assert ready == Movements().fit(parts)
    of_whole, of_parts = ready.features(whole), ready.features(parts)
    np.testing.assert_array_equal(of_whole.values, of_parts.values)
    np.testing.assert_array_equal(of_whole.counts, of_parts.counts)
    durations = of_whole.names.index("click_duration_log_sd")
    apart = ready.features(parts.split_up()).counts[:, durations]
    of_row = np.bincount(origin, apart)
    assert np.all(of_row < of_whole.counts[:, durations])
    assert np.all(of_row >= of_whole.counts[:, durations] - 4)


def test_nothing_is_seen_of_a_stroke_that_reaches_out_of_the_sample() -> None:
    finer, origin = cut_finer(cut(pointers(2, n_sessions=1)), 4)
    first = [int(np.flatnonzero(origin == row)[0]) for row in range(2)]
    # The first and the third part do not follow one another: what crosses the second is not theirs.
    apart = SampleTable.of_groups(finer, [("s001", [first[0], first[0] + 2])])
    singly = SampleTable.of_groups(finer, [("s001", [first[0]]), ("s001", [first[0] + 2])])
    ready = Movements().fit(SampleTable.singly(finer))
    means = [place for place, name in enumerate(ready.features(apart).names) if not name.endswith("per_bit")]
    together = ready.features(apart).counts[0, means]
    np.testing.assert_array_equal(together, ready.features(singly).counts[:, means].sum(axis=0))


def test_quantities_are_those_that_synthetic_strokes_are_drawn_from() -> None:
    events = pointers(6, n_sessions=2)
    samples = samples_of(events)
    drawn = read_strokes(events)
    seen = strokes_of(samples.pieces)
    table = Movements().fit(samples).features(samples)
    assert len(seen.values) == len(drawn.values)
    for place, name in ((0, "pause_before_log"), (2, "offset_share"), (3, "hold_log")):
        means = np.bincount(drawn.session, drawn.values[:, place]) / 40
        found = table.values[:, table.names.index(f"click_{name}_sd")]
        assert abs(np.corrcoef(means, found)[0, 1]) > 0.97  # left is positive here, right is there


def test_each_feature_belongs_to_the_channel_of_its_quantity() -> None:
    samples = samples_of(pointers(3, n_sessions=1))
    table = Movements().fit(samples).features(samples)
    channels = dict(zip(table.names, table.channels, strict=True))
    for quantity, channel in QUANTITIES.items():
        assert channels[f"click_{quantity}_sd"] == channels[f"click_{quantity}_sd_per_bit"] == channel
