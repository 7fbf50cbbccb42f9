"""Votes of single strokes."""

import numpy as np
import pytest

from reid.attackers.stroke_votes import StrokeVotes, columns_seen
from reid.errors import BlindError, ParameterError
from reid.features import FEATURES
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import divided, pointers, typists


def test_a_score_is_the_mean_over_the_strokes_whoever_they_are_pooled_with() -> None:
    events = pointers(6, identity=1.0)
    gallery, probes = divided(events, events.subjects, 2)
    ready = StrokeVotes(n_trees=20).enrol(gallery.split_up(), gallery)
    single = ready.score(probes).scores
    groups = [("s001", [2]), ("s001", [2, 3])]
    alone, both = ready.score(SampleTable.of_groups(probes.pieces, groups)).scores
    np.testing.assert_allclose(alone, single[0])
    np.testing.assert_allclose(both, single[:2].mean(axis=0), atol=0.05)  # sessions differ by few strokes


def test_what_a_withheld_channel_tells_is_not_looked_at() -> None:
    events = pointers(4)
    ready = FEATURES.make("strokes").fit(SampleTable.singly(cut(events)))
    every, fewer = columns_seen(ready, ()), columns_seen(ready, ("device", "schedule"))
    assert set(fewer) < set(every)
    assert "points_per_s" in every
    assert "points_per_s" not in fewer
    assert not {"start_x_px", "end_y_px"} & set(every)  # where on the screen is off by default


def test_a_log_without_strokes_shows_it_nothing() -> None:
    events = typists(4)
    gallery, _ = divided(events, events.subjects, 2)
    with pytest.raises(BlindError, match="pointer events"):
        StrokeVotes().enrol(gallery.split_up(), gallery)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ParameterError, match="n_trees must be at least 1"):
        StrokeVotes(n_trees=0)
