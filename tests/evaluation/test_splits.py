"""Who is attacked with what: nothing shared, nothing backwards in time."""

from itertools import pairwise

import polars as pl
import pytest

from reid.errors import LeakError, ParameterError, TooFewError, UnknownNameError
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import (
    People,
    Split,
    choose_people,
    make_split,
    n_shared,
    random_split,
    require_disjoint,
    separation_of,
)
from reid.events.table import EventTable
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from tests.attackers.people import typists

NAMES = tuple(f"p{number:03d}" for number in range(80))
Sessions = dict[str, tuple[int, ...]]


def log(
    sizes: Sessions,
    *,
    trials: int = 0,
    sittings: dict[tuple[str, int], int] | None = None,
    step_us: int = 100_000,
) -> EventTable:
    """Return a log of ``sizes[subject]`` presses per session, each session cut into equal ``trials``."""
    rows = [
        {
            "subject_id": subject,
            "session_id": f"{subject}-{session}",
            "time_us": step_us * place,
            "event": "key_down",
            "key": "KeyA",
            "trial": place * trials // size if trials else None,
            "sitting": sittings and sittings[subject, session],
        }
        for subject, sessions in sizes.items()
        for session, size in enumerate(sessions)
        for place in range(size)
    ]
    return EventTable.from_frame(pl.DataFrame(rows, infer_schema_length=None))


def split_of(events: EventTable, **settings: object) -> Split:
    chosen = SplitSettings(**settings)  # type: ignore[arg-type]
    return make_split(events, choose_people(events.subjects, chosen), chosen)


def groups(samples: SampleTable, subject: str) -> list[list[int]]:
    return samples.frame.filter(subject_id=subject)["pieces"].to_list()


def sessions(samples: SampleTable, subject: str) -> list[list[int]]:
    """Return the sessions, as rows of the sessions table, on which each sample of a person draws."""
    session = samples.pieces.frame["session"].to_list()
    return [sorted({session[piece] for piece in group}) for group in groups(samples, subject)]


def rows(samples: SampleTable, subject: str) -> list[tuple[int, int]]:
    """Return the first event of each sample of a person and the one past its last."""
    starts, stops = samples.pieces.bounds()
    return [(int(starts[group].min()), int(stops[group].max())) for group in groups(samples, subject)]


def test_sixty_people_are_a_population_half_of_it_background() -> None:
    assert choose_people(NAMES[:59], SplitSettings()).regime == "closed-set"
    people = choose_people(NAMES[:60], SplitSettings())
    assert (people.regime, len(people.background), len(people.enrolled)) == ("population", 30, 30)
    assert set(people.background) | set(people.enrolled) == set(NAMES[:60])


def test_who_is_background_follows_from_seed_and_name_alone() -> None:
    settings = SplitSettings(seed=3)
    people = choose_people(NAMES, settings)
    assert choose_people(NAMES[::-1], settings) == people
    assert choose_people(NAMES, SplitSettings(seed=4)) != people
    fewer = choose_people(
        tuple(name for name in NAMES if name != people.enrolled[0]), SplitSettings(seed=3, background=40)
    )
    assert fewer.background == people.background


def test_asking_for_background_people_asks_for_a_population() -> None:
    people = choose_people(NAMES[:12], SplitSettings(background=5))
    assert (people.regime, len(people.background)) == ("population", 5)


@pytest.mark.parametrize(
    ("subjects", "settings", "message"),
    [
        (("a",), SplitSettings(), "the source must hold at least 2 people; found 1"),
        ((), SplitSettings(), "the source must hold at least 2 people; found 0"),
        (
            NAMES[:10],
            SplitSettings(background=9),
            "must have 4 people as background and 2 more; found 10 people, 9",
        ),
        (
            NAMES[:10],
            SplitSettings(background=90),
            "must have 4 people as background and 2 more; found 10 people, 90",
        ),
        (NAMES[:5], SplitSettings(regime="population"), "found 5 people, 2 of them background"),
    ],
)
def test_too_few_people_are_an_error_that_says_so(
    subjects: tuple[str, ...], settings: SplitSettings, message: str
) -> None:
    with pytest.raises(TooFewError, match=message):
        choose_people(subjects, settings)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"regime": "open-set"}, UnknownNameError, "Unknown regime 'open-set'"),
        ({"regime": "closed-set", "background": 9}, ParameterError, "--background must stand with"),
        ({"background": 3}, ParameterError, "--background must be at least 4; found 3"),
        ({"gallery_sessions": 0}, ParameterError, "--gallery-sessions must be at least 1; found 0"),
        ({"probe_sessions": 0}, ParameterError, "--probe-sessions must be at least 1; found 0"),
        ({"seed": -1}, ParameterError, "--seed must be at least 0; found -1"),
        ({"sample": "events=9", "probe_sessions": 2}, ParameterError, "a probe must be a piece or pooled"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    settings: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        SplitSettings(**settings)  # type: ignore[arg-type]


def test_the_first_half_of_the_sessions_rounded_up_is_enrolled() -> None:
    split = split_of(log({"a": (4, 4, 4, 4, 4), "b": (4, 4), "c": (4, 4, 4)}))
    assert sessions(split.gallery, "a") == [[0, 1, 2]]
    assert sessions(split.probes, "a") == [[3], [4]]
    assert sessions(split.gallery, "b") == [[5]]
    assert sessions(split.probes, "b") == [[6]]
    assert sessions(split.gallery, "c") == [[7, 8]]
    assert sessions(split.train, "c") == [[7], [8]]  # the closed set learns on its gallery
    assert (split.regime, split.people_left_out, split.sessions_at_hand) == ("closed-set", 0, 5)


def test_sessions_are_pooled_in_probes_and_an_incomplete_last_probe_is_dropped() -> None:
    split = split_of(log({"a": (4,) * 6, "b": (4,) * 5}), gallery_sessions=1, probe_sessions=2)
    assert sessions(split.probes, "a") == [[1, 2], [3, 4]]
    assert sessions(split.probes, "b") == [[7, 8], [9, 10]]


def test_people_with_too_few_sessions_are_left_out_and_counted() -> None:
    split = split_of(log({"a": (4,) * 3, "b": (4,), "c": (4,) * 3, "d": (4,) * 2}), gallery_sessions=2)
    assert split.gallery.subjects == split.probes.subjects == ("a", "c")
    assert split.people_left_out == 2


def test_too_few_people_with_enough_sessions_are_an_error_that_says_so() -> None:
    with pytest.raises(TooFewError, match="at least 2 people with 5 sessions each; found 1"):
        split_of(log({"a": (4,) * 5, "b": (4,) * 4}), gallery_sessions=3, probe_sessions=2)


def test_trials_stand_in_for_sessions_where_people_have_one() -> None:
    split = split_of(log({"a": (12,), "b": (12,)}, trials=3))
    assert (groups(split.gallery, "a"), groups(split.probes, "a")) == ([[0, 1]], [[2]])
    assert split.separation == "trial"
    split = split_of(log({"a": (12,), "b": (12,)}, trials=6), gallery_sessions=1, probe_sessions=2)
    assert groups(split.probes, "b") == [[7, 8], [9, 10]]


def test_a_single_recording_without_trials_is_enrolled_by_its_first_half() -> None:
    split = split_of(log({"a": (5,), "b": (8,)}))
    assert split.separation == "within"
    assert (rows(split.gallery, "a"), rows(split.probes, "a")) == ([(0, 3)], [(3, 5)])
    assert (rows(split.gallery, "b"), rows(split.probes, "b")) == ([(5, 9)], [(9, 13)])


def test_trials_of_a_session_never_stand_on_both_sides_where_people_have_several() -> None:
    split = split_of(log({"a": (12, 12), "b": (12, 12)}, trials=3), sample="trial", gallery_sessions=2)
    assert groups(split.gallery, "a") == [[0, 1]]
    assert groups(split.probes, "a") == [[3], [4], [5]]
    assert (split.separation, split.nearest) == (
        "trial",
        "session",
    )  # what was asked for, and what it came to


def test_trials_cannot_be_asked_for_where_the_source_marks_none() -> None:
    with pytest.raises(
        ParameterError, match="--sample trial must meet a source that marks trials; found none"
    ):
        split_of(log({"a": (4, 4), "b": (4, 4)}), sample="trial")


@pytest.mark.parametrize("sample", ["events=4", "seconds=0.4"])
def test_cuts_keep_whole_sessions_on_one_side_and_are_probes_of_their_own(sample: str) -> None:
    split = split_of(log({"a": (8, 8, 8), "b": (8, 8)}), sample=sample)
    assert groups(split.gallery, "a") == [[0, 1, 2, 3]]
    assert groups(split.probes, "a") == [[4], [5]]
    assert groups(split.probes, "b") == [[8], [9]]
    assert split.separation == "session"


def test_cuts_of_a_single_recording_are_within_it() -> None:
    split = split_of(log({"a": (12,), "b": (8,)}), sample="events=4")
    assert (groups(split.gallery, "a"), groups(split.probes, "a")) == ([[0, 1]], [[2]])
    assert split.separation == "within"


@pytest.mark.parametrize(
    "settings",
    [{}, {"gallery_sessions": 1, "probe_sessions": 2}, {"sample": "events=16"}, {"sample": "seconds=2"}],
)
def test_gallery_lies_before_probes_and_nothing_is_shared(settings: dict[str, object]) -> None:
    split = split_of(typists(12), **settings)
    for subject, enrolled in split.gallery.frame.iter_rows():
        probes = groups(split.probes, subject)
        assert max(enrolled) < min(probes[0])
        assert all(max(one) < min(next_one) for one, next_one in pairwise(probes))
    require_disjoint(split.gallery, split.probes, within=False)
    assert split.separation == "sitting"


@pytest.mark.parametrize("n_sessions", [2, 3, 6])
def test_the_closed_set_learns_on_its_gallery_and_on_all_of_it(n_sessions: int) -> None:
    split = split_of(typists(6, n_sessions=n_sessions))
    for subject in split.gallery.subjects:
        learnt = [piece for group in groups(split.train, subject) for piece in group]
        assert [sorted(learnt)] == groups(split.gallery, subject)
        assert sessions(split.train, subject) == [[one] for one in sessions(split.gallery, subject)[0]]


def test_the_population_learns_on_other_people_from_samples_as_long_as_a_probe() -> None:
    split = split_of(typists(14), background=8, gallery_sessions=2, probe_sessions=2)
    assert split.regime == "population"
    assert not set(split.train.subjects) & set(split.gallery.subjects)
    assert len(split.train.subjects) == 8
    assert split.train.frame["pieces"].list.len().unique().to_list() == [2]


def test_background_people_with_a_single_probe_say_nothing() -> None:
    people = People(("a", "b", "c", "d", "e"), ("x", "y"))
    sizes: Sessions = {"a": (4,), **dict.fromkeys("bcde", (4, 4)), "x": (4, 4), "y": (4, 4)}
    assert make_split(log(sizes), people, SplitSettings()).train.subjects == ("b", "c", "d", "e")
    with pytest.raises(
        TooFewError, match="the background must have at least 4 people with 2 probes each; found 3"
    ):
        make_split(log(sizes | {"b": (4,)}), people, SplitSettings())


def test_sharing_a_session_is_a_leak() -> None:
    pieces = cut(log({"a": (8, 8), "b": (8, 8)}), "events=4")
    gallery = SampleTable.of_groups(pieces, [("a", [0]), ("b", [4])])
    probes = SampleTable.of_groups(pieces, [("a", [1]), ("b", [6])])
    require_disjoint(gallery, probes, within=True)
    with pytest.raises(LeakError, match="must share no session; found 1 shared"):
        require_disjoint(gallery, probes, within=False)
    with pytest.raises(LeakError, match="must share no piece; found 2 shared"):
        require_disjoint(gallery, gallery, within=True)


def test_a_random_split_leaks_and_keeps_every_size() -> None:
    split = split_of(typists(12, n_sessions=8), gallery_sessions=4, probe_sessions=2)
    leaked = random_split(split, 0)
    assert leaked.probes.subject_ids == split.probes.subject_ids
    for side in ("gallery", "probes"):
        old, new = getattr(split, side).frame["pieces"], getattr(leaked, side).frame["pieces"]
        assert new.list.len().to_list() == old.list.len().to_list()
    backwards = sum(
        max(enrolled) > min(piece for one in groups(leaked.probes, subject) for piece in one)
        for subject, enrolled in leaked.gallery.frame.iter_rows()
    )
    assert backwards >= 10
    both = pl.concat([leaked.gallery.frame, leaked.probes.frame]).explode("pieces")
    assert both.is_unique().all()
    assert both.height == len(split.gallery.pieces)
    assert random_split(split, 0).gallery.frame.equals(leaked.gallery.frame)
    assert not random_split(split, 1).gallery.frame.equals(leaked.gallery.frame)


def test_a_random_split_of_whole_sessions_cannot_leak_one() -> None:
    leaked = random_split(split_of(typists(12), regime="population", background=4), 0)
    assert n_shared(leaked.gallery, leaked.probes, "session") == 0
    cut = random_split(split_of(typists(12), sample="events=12"), 0)
    assert n_shared(cut.gallery, cut.probes, "session") > 12


def test_a_random_split_of_cuts_puts_one_session_on_both_sides() -> None:
    leaked = random_split(split_of(typists(12), sample="events=12"), 0)
    with pytest.raises(LeakError):
        require_disjoint(leaked.gallery, leaked.probes, within=False)


@pytest.mark.parametrize(
    ("sittings", "wanted"),
    [
        ((0, 0, 1, 1), "sitting"),
        ((0, 1, 1, 2), "session"),
        ((0, 1, 1, 1), "session"),
        ((None, None, None, None), "session"),
        ((0, None, 1, 2), "session"),
    ],
    ids=["apart", "one shared", "several shared", "unknown", "one unknown"],
)
def test_separation_is_what_every_comparison_is_known_to_cross(
    sittings: tuple[int | None, ...], wanted: str
) -> None:
    known = {(subject, place): sitting for subject in "ab" for place, sitting in enumerate(sittings)}
    split = split_of(log({"a": (4,) * 4, "b": (4,) * 4}, sittings=known))  # type: ignore[arg-type]
    assert split.separation == wanted


def test_separation_is_that_of_the_nearest_comparison_of_anybody() -> None:
    sittings = {("a", 0): 0, ("a", 1): 1, ("b", 0): 0, ("b", 1): 0}
    pieces = cut(log({"a": (4, 4), "b": (4, 4)}, sittings=sittings))
    gallery = SampleTable.of_groups(pieces, [("a", [0]), ("b", [2])])
    probes = SampleTable.of_groups(pieces, [("a", [1]), ("b", [3])])
    assert separation_of(gallery, probes.of_people("a")) == "sitting"
    assert separation_of(gallery, probes) == "session"
    assert separation_of(gallery, gallery) == "trial"


def test_the_last_sessions_are_probes_and_all_before_them_enrolled() -> None:
    split = split_of(log({"a": (4,) * 5, "b": (4,) * 3, "c": (4,) * 2}), held_out_sessions=2)
    assert split.people_left_out == 1
    sizes = {subject: len(members) for subject, members in split.gallery.frame.iter_rows()}
    whole = dict(split.probes.frame.group_by("subject_id").len().iter_rows())
    assert whole == {"a": 2, "b": 2}
    assert sizes["a"] == 3 * sizes["b"]


def test_sessions_are_divided_in_one_way() -> None:
    with pytest.raises(ParameterError, match="sessions must be divided in one way"):
        SplitSettings(gallery_sessions=2, held_out_sessions=2)
