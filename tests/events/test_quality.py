import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import EventError
from reid.events.quality import FAULTS, Fault, Note, Quality

FAULT = st.builds(
    Fault, st.sampled_from(sorted(FAULTS)), st.integers(1, 9), st.integers(0, 5), st.integers(0, 9)
)
QUALITY = st.builds(
    lambda rows, faults: Quality(rows, tuple(faults)),
    st.integers(0, 100),
    st.lists(FAULT, max_size=4, unique_by=lambda fault: fault.kind),
)


def counts(quality: Quality) -> dict[str, int]:
    return {fault.kind: fault.count for fault in quality.faults}


@given(QUALITY, QUALITY)
@settings(max_examples=60, deadline=None)
def test_together_rows_and_faults_add_up_by_kind(one: Quality, other: Quality) -> None:
    both = one.plus(other)
    assert both.rows_read == one.rows_read + other.rows_read
    kinds = {**counts(one), **counts(other)}
    assert counts(both) == {kind: counts(one).get(kind, 0) + counts(other).get(kind, 0) for kind in kinds}
    first = {fault.kind: (fault.file, fault.row) for fault in (*other.faults, *one.faults)}
    assert {fault.kind: (fault.file, fault.row) for fault in both.faults} == first


@given(QUALITY)
@settings(max_examples=40, deadline=None)
def test_the_record_survives_its_dictionary(quality: Quality) -> None:
    assert Quality.from_dict(quality.as_dict()) == quality


def test_one_row_in_a_hundred_is_allowed_and_two_are_not() -> None:
    Quality(100, (Fault("clock_back", 1, 0, 7),)).require(0.01)
    with pytest.raises(EventError, match=r"2 of 100 rows left out: 2 clock_back \(first: file 3, row 7\)"):
        Quality(100, (Fault("clock_back", 2, 3, 7),)).require(0.01)


def test_strictness_allows_no_fault_at_all() -> None:
    Quality(100).require(0)
    with pytest.raises(EventError, match="--strict"):
        Quality(10**9, (Fault("clock_back", 1, 0, 7),)).require(0)


def test_notes_add_up_survive_and_are_no_faults() -> None:
    one = Quality(10, (), (Note("clock_wrapped", 1, 3, 7),))
    other = Quality(5, (), (Note("further_recording", 2, 0, 0), Note("clock_wrapped", 1, 1, 1)))
    both = one.plus(other)
    assert both.notes == (Note("clock_wrapped", 2, 3, 7), Note("further_recording", 2, 0, 0))
    assert Quality.from_dict(both.as_dict()) == both
    assert both.rows_left_out == 0
    both.require(0.0)
    assert "notes" not in Quality(10).as_dict()
