"""The whole line: from a log to a report, the same bits however it is run."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reid.errors import BlindError, LeakError, ReidError
from reid.evaluation.audit import Audit, audit
from reid.events.formats import Published
from reid.events.reading import ReadSource
from reid.events.table import EventTable
from reid.reports.schema import check_report
from tests.attackers.people import typists, with_pointer_session
from tests.evaluation.test_splits import log

LIGHT = ("manhattan", "likelihood-ratio", "fusion")
RATES = ("rank_1", "rank_10", "eer", "auc")
Report = dict[str, Any]


def renamed(events: EventTable) -> EventTable:
    """Return the log under ids that could not be anything else in a report."""
    return events.renamed(lambda subject: f"source-pseudonym-{subject}")


@cache
def closed() -> Audit:
    return audit(renamed(typists(24)))


@cache
def population() -> Audit:
    return audit(renamed(typists(40)), regime="population")


@cache
def light(**options: Any) -> Report:
    return audit(typists(24), attackers=LIGHT, **options).report


def bits(report: Report) -> str:
    return json.dumps(report, sort_keys=True, allow_nan=False)


every_kind = pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: closed().report, id="closed set"),
        pytest.param(lambda: population().report, id="population"),
        pytest.param(lambda: light(strategies=("drop-release",)), id="one strategy"),
        pytest.param(lambda: light(strategies=("drop-release", "key-classes")), id="several strategies"),
        pytest.param(lambda: light(split="random"), id="random split"),
        pytest.param(lambda: light(background=8), id="background"),
        pytest.param(lambda: light(sample="events=30"), id="cuts"),
        pytest.param(lambda: declared_report(()), id="declared list"),
    ],
)


@cache
def declared_report(strategies: tuple[str, ...] = ()) -> Report:
    events = typists(24)
    path = Path(_FOLDER[0]) / "list.csv"
    declared_list(events).write_csv(path)
    return audit(events, comparisons=path, attackers=LIGHT, strategies=strategies).report


_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER[:] = [tmp_path_factory.mktemp("lists")]


def declared_list(events: EventTable) -> pl.DataFrame:
    """Return a list: two sessions enrolled, the third compared with its person and with the next one."""
    people = events.subjects
    rows = []
    for subject, other in zip(people, (*people[1:], people[0]), strict=True):
        rows += [("gallery", subject, f"{subject}-{number}", None, None) for number in (1, 2)]
        rows += [
            ("probe", subject, f"{subject}-3", claimed, claimed == subject) for claimed in (subject, other)
        ]
    names = ("role", "subject_id", "session_id", "claimed_id", "genuine")
    return pl.DataFrame(rows, schema=names, orient="row")


@every_kind
def test_a_report_follows_its_schema(make: Callable[[], Report]) -> None:
    check_report(make())


@every_kind
def test_a_report_names_nobody(make: Callable[[], Report]) -> None:
    text = bits(make())
    ids = {*typists(40).subjects, *typists(40).sessions["session_id"], "source-pseudonym"}
    assert not [one for one in ids if one in text]


@every_kind
def test_intervals_hold_their_values(make: Callable[[], Report]) -> None:
    report = make()
    for block in [report["headline"], report["reference"], report["leaky"], *report["results"]]:
        for rate in (block[name] for name in RATES if block and block[name]):
            assert 0 <= rate["low"] <= rate["value"] <= rate["high"] <= 1


@pytest.mark.parametrize("finished", [closed, population])
def test_people_who_differ_are_recognised(finished: Callable[[], Audit]) -> None:
    headline = finished().report["headline"]
    assert headline["rank_1"]["value"] > 0.5
    assert headline["rank_1"]["low"] > 2 * headline["chance"]
    assert headline["auc"]["value"] > 0.9
    assert headline["separation"] == "sitting"


def test_counts_in_the_report_are_those_of_the_source() -> None:
    report = population().report
    events = typists(40)
    assert report["source"]["people"] == 40
    assert report["source"]["sessions"] == 160
    assert report["source"]["events"] == len(events)
    assert (report["headline"]["n_people"], report["headline"]["n_probes"]) == (20, 40)
    assert report["settings"]["background"] == 20
    assert report["headline"]["rank_1_among"]["50"] is None
    assert report["headline"]["chosen_on"] == "background people"
    assert "cross-fitting" in closed().report["headline"]["chosen_on"]


def test_the_strongest_of_all_is_at_least_as_strong_as_each() -> None:
    for report in (closed().report, population().report):
        headline = report["headline"]
        highest = max(one["rank_1"]["value"] for one in headline["attackers"].values())
        assert headline["maximum"]["rank_1"]["value"] == pytest.approx(highest)
        assert headline["maximum"]["rank_1"]["low"] <= highest <= headline["maximum"]["rank_1"]["high"]


@pytest.mark.parametrize("options", [{}, {"background": 10}], ids=["closed set", "population"])
@pytest.mark.parametrize("again", ["same", "two workers", "people turned", "parts"])
def test_the_same_bits_come_out(again: str, options: dict[str, Any]) -> None:
    events = typists(24)
    attackers = ("scaled-manhattan", "discriminant", "extra-trees(n_trees=20)", "fusion")
    options = options | {"attackers": attackers, "strategies": ("time-jitter(bound_ms=20)",)}
    n_jobs = 2 if again == "two workers" else 1
    if again == "people turned":
        rows = pl.concat([events.frame.filter(subject_id=subject) for subject in reversed(events.subjects)])
        events = EventTable.from_frame(rows, events.sessions[::-1])
    elif again == "parts":
        people = events.subjects
        events = EventTable.concat([events.of_people(people[15:]), events.of_people(people[:15])])
    assert bits(audit(events, n_jobs=n_jobs, **options).report) == _once(bool(options.get("background")))


@cache
def _once(population: bool) -> str:
    attackers = ("scaled-manhattan", "discriminant", "extra-trees(n_trees=20)", "fusion")
    options: dict[str, Any] = {"background": 10} if population else {}
    options |= {"attackers": attackers, "strategies": ("time-jitter(bound_ms=20)",)}
    return bits(audit(typists(24), **options).report)


def test_another_seed_gives_other_noise_and_other_background() -> None:
    first, second = (
        light(background=10, seed=seed, strategies=("time-jitter(bound_ms=200)",)) for seed in (0, 1)
    )
    assert first["headline"]["rank_1"] != second["headline"]["rank_1"]
    assert first["reference"]["rank_1"] != second["reference"]["rank_1"]


def test_without_a_strategy_the_raw_log_is_the_headline() -> None:
    report = light()
    assert report["headline"]["strategy"] == "none"
    assert (report["reference"], report["results"]) == (None, [])
    assert report["reference_why_none"]
    assert (report["settings"]["strategy"], report["settings"]["releases"]) == (None, 0)


def test_with_one_strategy_the_release_is_the_headline_and_the_raw_log_its_reference() -> None:
    report = light(strategies=("drop-release",))
    assert report["headline"]["strategy"] == "drop-release"
    assert report["headline"]["claims"]
    assert report["reference"] == light()["headline"]
    assert report["results"] == []
    assert (report["settings"]["strategy"], report["settings"]["releases"]) == ("drop-release", 3)


def test_with_several_strategies_the_raw_log_is_the_headline_and_each_has_a_block() -> None:
    report = light(strategies=("drop-release", "key-classes"))
    assert report["headline"] == light()["headline"]
    assert [block["strategy"] for block in report["results"]] == ["drop-release", "key-classes"]
    assert report["results"][0] == light(strategies=("drop-release",))["headline"]
    assert report["reference"] is None
    assert report["settings"]["strategies"] == ["drop-release", "key-classes"]


def test_a_strategy_that_takes_all_timing_takes_most_of_the_risk() -> None:
    report = light(strategies=("time-grid(step_ms=60000) | drop-release | key-classes",))
    assert report["headline"]["auc"]["value"] < 0.7 < report["reference"]["auc"]["value"]


def test_the_strategy_that_does_nothing_leaves_the_numbers_of_the_raw_log() -> None:
    report = light(strategies=("none",))
    for name in RATES:
        assert report["headline"][name] == report["reference"][name]


def test_without_content_no_attacker_sees_a_key() -> None:
    events = typists(24)
    masked = events.with_frame(
        events.frame.with_columns(key=pl.lit("Unidentified").cast(events.frame.schema["key"]))
    )
    hidden = audit(events, attackers=LIGHT, without=["content"]).report["headline"]
    shown = audit(masked, attackers=LIGHT).report["headline"]
    assert hidden["weakened_by"][1] == "the channel 'content' was withheld from the attackers"
    assert [hidden[name] for name in RATES] == [
        audit(masked, attackers=LIGHT, without=["content"]).report["headline"][name] for name in RATES
    ]
    assert shown["attackers"]["manhattan"] == hidden["attackers"]["manhattan"]
    assert hidden["rank_1"] != light()["headline"]["rank_1"]


def test_a_random_split_stands_beside_the_headline_and_changes_nothing_in_it() -> None:
    report, plain = light(split="random"), light()
    assert report["headline"] == plain["headline"]
    assert plain["leaky"] is None
    assert report["leaky"]["split"] == "random"
    assert report["leaky"]["rank_1"] != report["headline"]["rank_1"]
    both = light(split="random", strategies=("drop-release",))
    assert both["leaky"]["strategy"] == both["headline"]["strategy"] == "drop-release"


def test_a_declared_list_is_measured_by_error_rates_alone() -> None:
    report = declared_report()
    headline = report["headline"]
    assert headline["rank_1"] is None
    assert headline["auc"]["value"] > 0.8
    assert headline["n_probes"] == 48
    assert headline["separation"] == "sitting"
    assert set(headline["attackers"]) == set(LIGHT)
    assert report["settings"]["comparisons"] == "file"
    released = declared_report(("drop-release",))
    assert released["reference"]["auc"] == headline["auc"]
    assert released["headline"]["strategy"] == "drop-release"


def test_another_log_can_be_the_background_though_it_uses_the_same_names() -> None:
    events, others = typists(12), typists(14, seed=2)
    report = audit(events, background_from=others, attackers=LIGHT).report
    assert report["settings"]["regime"] == "population"
    assert (report["settings"]["background"], report["headline"]["n_people"]) == (14, 12)
    assert report["source"]["people"] == 12
    assert report["headline"]["rank_1"]["value"] > 0.5
    assert "background/" not in bits(report)


def test_the_source_cannot_be_its_own_background() -> None:
    with pytest.raises(LeakError, match="other people than the source; found 96 shared recordings"):
        audit(typists(24), background_from=typists(24), attackers=LIGHT)


def test_a_part_of_the_source_under_other_names_is_no_background_either() -> None:
    part = renamed(typists(24).of_people(["s003", "s007"]))
    others = EventTable.concat([typists(14, seed=2), part])
    with pytest.raises(LeakError, match="other people than the source; found 8 shared recordings"):
        audit(typists(24), background_from=others, attackers=LIGHT)


def test_a_source_that_was_read_is_named_by_format_and_fingerprint() -> None:
    read = ReadSource(typists(24), "cmu", "blake2b:00", lambda: None)
    report = audit(read, attackers=["manhattan"]).report
    assert (report["source"]["format"], report["source"]["fingerprint"]) == ("cmu", "blake2b:00")


def test_the_published_list_of_a_source_is_used() -> None:
    events = typists(24)
    listed = declared_list(events)
    read = ReadSource(events, "cmu", "blake2b:00", lambda: Published(events, listed))
    report = audit(read, attackers=LIGHT, comparisons="published").report
    assert report["headline"]["auc"] == declared_report()["headline"]["auc"]
    assert report["settings"]["comparisons"] == "published"


def test_the_largest_auc_of_all_stands_beside_that_of_a_declared_list() -> None:
    headline = declared_report()["headline"]
    largest = max(found["auc"]["value"] for found in headline["attackers"].values())
    most = headline["maximum"]
    assert most["auc"]["value"] == largest == headline["attackers"][most["attacker"]]["auc"]["value"]
    assert most["auc"]["low"] <= largest <= most["auc"]["high"]


def test_a_list_may_hold_sessions_of_nobody_known() -> None:
    events = typists(24)
    listed = declared_list(events).with_columns(maker_known=pl.col("genuine"))
    read = ReadSource(events, "balabit", "blake2b:00", lambda: Published(events, listed))
    headline = audit(read, attackers=LIGHT, comparisons="published").report["headline"]
    known = declared_report()["headline"]
    assert headline["auc"]["value"] == known["auc"]["value"]
    assert headline["n_people"] == known["n_people"]


def test_failed_comparisons_are_counted_and_no_crash() -> None:
    events = with_pointer_session(typists(24), "s001")
    headline = audit(events, attackers=LIGHT).report["headline"]
    assert headline["failures"]["comparisons"] == 24
    assert headline["n_probes"] == 48 - 1 + 1  # three of five sessions of s001 are enrolled


def test_times_stand_beside_the_report_and_not_in_it() -> None:
    finished = closed()
    assert finished.run["seconds"]["audit"] > 0
    assert "seconds" not in finished.report


def test_progress_is_told_of_every_step() -> None:
    told: list[tuple[str, int, int]] = []
    audit(
        typists(24),
        attackers=LIGHT,
        strategies=["drop-release"],
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )
    assert {stage for stage, _, _ in told} >= {"attacking", "drop-release: attacking"}
    assert all(0 <= done <= total for _, done, total in told)


MANY = {"strategies": ["drop-release", "drop-release()"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regime": "open"}, "Unknown regime 'open'"),
        ({"split": "leaky"}, "Unknown split 'leaky'"),
        ({"without": ["keys"]}, "Unknown channel 'keys'"),
        ({"without": ["hold", "flight", "content", "schedule"]}, "at least one feature"),
        ({"attackers": ["svm"]}, "Unknown attacker 'svm'"),
        ({"attackers": ["extra-trees"], "regime": "population"}, "These need --regime closed-set"),
        ({"strategies": ["time-grit"]}, "Did you mean 'time-grid'"),
        ({"strategies": ["time-grid"]}, "step_ms"),
        (MANY, "--with must name different strategies"),
        ({"n_jobs": 0}, "--jobs must be 1 or more"),
        ({"sample": "words=3"}, "sample must be session, trial, events=N, strokes=N or seconds=N"),
        ({"sample": "trial"}, "--sample trial must meet a source that marks trials"),
        ({"sample": "events=100000"}, "Ask for shorter samples"),
        ({"background": 23}, "4 people as background and 2 more"),
        ({"background": 2}, "--background must be at least 4"),
        ({"background": 8, "regime": "closed-set"}, "--background must stand with"),
        ({"gallery_sessions": 4}, "at least 2 people with 5 sessions each; found 0"),
        ({"probe_sessions": 9}, "at least 2 people with 10 sessions each; found 0"),
        ({"seed": -5}, "--seed must be at least 0"),
        ({"comparisons": "published"}, "meet a source whose publisher declares a list; found none"),
        ({"comparisons": "absent.csv"}, "absent.csv must be a"),
        ({"comparisons": "absent.csv", "regime": "closed-set"}, "--comparisons must stand alone"),
        ({"comparisons": "absent.csv", "split": "random"}, "--comparisons must stand alone"),
        ({"comparisons": "absent.csv", "sample": "events=9"}, "--comparisons must stand alone"),
        ({"comparisons": "absent.csv", "probe_sessions": 2}, "--comparisons must stand alone"),
    ],
)
def test_a_wrong_option_is_one_clear_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ReidError) as caught:
        audit(typists(24), **{"attackers": ("manhattan",)} | options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not [one for one in typists(24).subjects if one in str(caught.value)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"background": 5}, "bring the only background"),
        ({"regime": "closed-set"}, "bring the only background"),
    ],
)
def test_a_background_log_brings_the_only_background(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ReidError, match=message):
        audit(typists(12), background_from=typists(14, seed=2), **options)


@pytest.mark.parametrize(
    ("events", "message"),
    [
        (lambda: typists(1), "hold at least 2 people; found 1"),
        (lambda: typists(4, n_sessions=1).of_people(["s001"]), "hold at least 2 people; found 1"),
        (lambda: log({"a": (1,), "b": (1,)}), "found"),
        (lambda: log({"a": (4,), "b": (4, 4)}), "at least 2 people with 2 sessions each; found 1"),
    ],
)
def test_a_source_that_is_too_small_is_one_clear_line(events: Callable[[], EventTable], message: str) -> None:
    with pytest.raises(ReidError, match=message) as caught:
        audit(events())
    assert "\n" not in str(caught.value)


def test_a_source_without_keys_is_one_clear_line_for_who_looks_at_keys_and_names_nobody_else() -> None:
    rows = [
        {
            "subject_id": subject,
            "session_id": f"{session}",
            "time_us": time,
            "event": "move",
            "x_px": 1.0,
            "y_px": 2.0,
        }
        for subject in "abc"
        for session in range(4)
        for time in range(3)
    ]
    at_rest = EventTable.from_frame(pl.DataFrame(rows))
    for options in ({"attackers": ("manhattan",)}, {"modality": "keyboard"}):
        with pytest.raises(ReidError) as caught:
            audit(at_rest, **options)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)
    headline = audit(at_rest).report["headline"]
    assert headline["rank_1"]["low"] <= 1 / 3


@pytest.mark.parametrize("size", [4, 6])
def test_hardly_any_typing_names_nobody(size: int) -> None:
    report = audit(log({"a": (size,) * 4, "b": (size,) * 4, "c": (size,) * 4})).report
    check_report(report)
    assert report["headline"]["rank_1"]["low"] <= 1 / 3


def test_any_seed_that_is_a_whole_number_will_do() -> None:
    options = {"attackers": ["extra-trees(n_trees=5)"], "regime": "closed-set"}
    assert audit(typists(12), seed=2**60, **options).report["settings"]["seed"] == 2**60  # type: ignore[arg-type]


def test_an_attacker_that_sees_nothing_is_named_and_the_others_go_on() -> None:
    events = typists(12, n_sessions=4)
    seeing = "discriminant(features='content')"
    report = audit(events, attackers=["manhattan", seeing], without=["hold", "flight"]).report
    headline = report["headline"]
    assert set(headline["attackers"]) == {seeing}
    assert "the attacker 'manhattan' saw nothing to learn from and was left out" in headline["weakened_by"]
    with pytest.raises(BlindError, match="at least one feature"):
        audit(events, attackers=["manhattan", "euclidean"], without=["hold", "flight"])
