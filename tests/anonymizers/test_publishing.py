"""What leaves the house, and what stays behind."""

import json
import string

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.anonymizers import Identity, Release, TimeJitter
from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.pseudonyms import FreshNames
from reid.anonymizers.publishing import KEY_COLUMNS, publish, release_metadata
from reid.errors import EventError, ParameterError, UnknownNameError
from reid.events.quality import Quality
from reid.events.schema import SESSION
from reid.seeding import Streams
from tests.anonymizers.logs import made_up_log

PEOPLE = {f"p{number:02}": (30, 20, 25) for number in range(12)}
LOG = made_up_log(2, PEOPLE)


def test_the_key_names_every_session_once_and_only_the_key_does() -> None:
    release = anonymize(LOG, "none")
    assert release.key is not None
    assert tuple(release.key.columns) == KEY_COLUMNS
    assert_frame_equal(release.key.select(SESSION), LOG.sessions.select(SESSION), check_row_order=False)
    assert release.key["released_session_id"].n_unique() == LOG.sessions.height
    assert release.key["released_subject_id"].is_sorted()


def test_sessions_of_a_person_keep_their_order() -> None:
    release = anonymize(LOG, "none")
    assert release.key is not None
    joined = release.events.sessions.join(
        release.key.select(
            pl.col("released_session_id").alias("session_id"),
            pl.col("session_id").alias("old"),
            pl.col("subject_id").alias("old_person"),
        ),
        on="session_id",
        maintain_order="left",
    )
    old = LOG.sessions.select(pl.col("session_id").alias("old"), pl.col("session_order").alias("old_order"))
    joined = joined.join(old, on="old", maintain_order="left")
    assert joined["session_order"].to_list() == joined["old_order"].to_list()
    assert joined["session_order"].to_list() == [0, 1, 2] * len(PEOPLE)


def test_the_order_of_people_is_a_new_random_one() -> None:
    orders = set()
    for _ in range(5):
        key = anonymize(LOG, "none").key
        assert key is not None
        orders.add(tuple(key["subject_id"].unique(maintain_order=True)))
    assert len(orders) == 5  # 12! orders: twice the same never happens
    assert tuple(sorted(PEOPLE)) not in orders


def test_what_points_back_to_the_source_is_dropped_or_counted_anew() -> None:
    release = anonymize(LOG, "none")
    sessions, frame = release.events.sessions, release.events.frame
    for name in ("start_us", "screen_w", "screen_h", "layout", "group"):
        assert sessions[name].null_count() == sessions.height
    assert frame["char"].null_count() == frame.height
    assert sessions["sitting"].to_list() == [0, 0, 1] * len(PEOPLE)
    firsts = frame.group_by(SESSION).agg(pl.col("press", "trial").drop_nulls().min())
    assert set(firsts["press"]) == {0}
    assert set(firsts["trial"]) == {0}
    assert frame["trial"].max() == 1
    assert release.events.quality == Quality()


def test_tasks_are_relabelled_one_to_one_within_a_release() -> None:
    release = anonymize(LOG, "none", seed=1)
    plain = publish(Release(LOG), Streams(1).under("publish"))
    assert_frame_equal(plain.events.frame, release.events.frame)
    old = LOG.frame["task"].value_counts()["count"].sort()
    new = release.events.frame["task"].value_counts()["count"].sort()
    assert new.to_list() == old.to_list()


def test_characters_stay_only_when_asked_for() -> None:
    kept = anonymize(LOG, "none", keep_char=True).events.frame["char"]
    assert kept.drop_nulls().unique().to_list() == ["q"]


def test_a_release_is_for_measurement_wherever_a_seed_had_a_hand_in_it() -> None:
    strategy = TimeJitter(bound_ms=5)
    assert not anonymize(LOG, strategy).seeded
    assert anonymize(LOG, strategy, seed=0).seeded
    assert anonymize(LOG, Identity(), seed=0).seeded  # the names are drawn from the seed
    seeded_noise = strategy.apply(LOG, Streams(0))
    assert publish(seeded_noise, Streams.from_system()).seeded


def test_metadata_tells_how_but_not_when_where_or_from_what() -> None:
    strategy = "time-grid(step_ms=100) | key-classes"
    from reid.anonymizers.strategies import parse_strategy

    metadata = release_metadata(anonymize(LOG, strategy), parse_strategy(strategy))
    assert set(metadata) == {"strategy", "claims", "redacted", "for_measurement_only", "reid_version"}
    assert metadata["strategy"] == strategy
    assert [claim["kind"] for claim in metadata["claims"]] == ["grid", "masked-keys"]
    assert json.loads(json.dumps(metadata)) == metadata


def test_bad_calls_are_refused() -> None:
    with pytest.raises(ParameterError, match="seed must be 0 or more"):
        anonymize(LOG, "none", seed=-1)
    with pytest.raises(UnknownNameError):
        anonymize(LOG, "nothing")
    with pytest.raises(EventError, match="at least one person"):
        anonymize([], "none")
    with pytest.raises(EventError, match="whole people"):
        anonymize([LOG, LOG], "none")


def draw(source: list[str], count: int) -> list[str]:
    return FreshNames(source).draw(np.random.default_rng(0), count)


def test_new_names_share_nothing_with_those_of_the_source() -> None:
    trigrams = [a + b + c for a in "bcdf" for b in "bcdfghjklm" for c in "nprst"]
    source = [*trigrams, "17", "b", "x", "Anna", *string.ascii_uppercase]
    for name in draw(source, 2_000):
        assert not any(old in name or name in old for old in source)


def test_a_name_within_a_longer_one_of_the_source_is_not_given() -> None:
    (first,) = draw([], 1)
    assert draw([f"0-{first}-0"], 1) != [first]
    assert draw([f"zz{first}"], 1) != [first]
    assert draw([first], 1) != [first]


def test_names_are_never_given_twice() -> None:
    names = FreshNames([])
    rng = np.random.default_rng(0)
    assert not set(names.draw(rng, 500)) & set(names.draw(np.random.default_rng(0), 500))


def test_a_source_that_leaves_no_room_is_refused() -> None:
    letters = "bcdfghjkmnpqrstvwxzl"
    with pytest.raises(ParameterError, match="leave room"):
        draw([a + b + c for a in letters for b in letters for c in letters], 1)
