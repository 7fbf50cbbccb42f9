"""The benchmarks' own arithmetic: fits, fairness, and what a comparison of two runs says."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.bench import __main__ as command
from tests.bench import harness
from tests.bench.harness import Figure, Missing, Times, geometric, growth, power_law, ratio, timed
from tests.bench.peers import beside, peer, python_with
from tests.bench.saved_runs import BASELINE, compared, load, machine, save, slower, table

STEADY = Figure("this beside that", 2.0, (1.9, 2.1), limit=3.0)


def test_an_exact_power_is_found_with_no_width() -> None:
    slope, half_width = power_law([10, 100, 1000], [3.0, 300.0, 30_000.0])
    assert slope == pytest.approx(2.0)
    assert half_width == pytest.approx(0.0, abs=1e-6)


def test_the_interval_of_a_fit_is_that_of_the_textbook() -> None:
    # Logarithms -1, 0, 1 and 0, 1, 1: slope 1/2; residuals -1/6, 1/3, -1/6, whose squares sum to 1/6.
    e = 2.718281828459045
    slope, half_width = power_law([1, e, e * e], [1.0, e, e])
    assert slope == pytest.approx(0.5)
    assert half_width == pytest.approx(12.7062 * (1 / 12) ** 0.5, rel=1e-4)


def test_growth_takes_the_fastest_round_of_each_size() -> None:
    times = [Times((size / 10.0, size * 7.0)) for size in (1, 2, 4, 8)]
    figure = growth("features over people", [1, 2, 4, 8], times, limit=1.05)
    assert figure.value == pytest.approx(1.0)
    assert figure.met is True


def test_sizes_in_geometric_steps_hold_both_ends() -> None:
    assert geometric(100, 1600, 5) == [100, 200, 400, 800, 1600]


def test_a_ratio_lies_within_its_spread() -> None:
    figure = ratio("a beside b", Times((4.0, 3.0)), Times((1.0, 2.0)))
    assert figure.value == 3.0
    assert figure.spread == (1.5, 4.0)


def test_times_of_parts_add_up_round_by_round() -> None:
    assert Times.sum_of([Times((1.0, 2.0)), Times((10.0, 20.0))]) == Times((11.0, 22.0))
    assert Times((10.0, 20.0)).each(10) == Times((1.0, 2.0))


@pytest.mark.parametrize(
    ("value", "limit", "at_most", "met"),
    [
        (2.0, 2.0, True, True),
        (2.1, 2.0, True, False),
        (2.1, 2.0, False, True),
        (1.9, 2.0, False, False),
        (2.0, None, True, None),
        (float("nan"), 2.0, True, False),
        (float("nan"), 2.0, False, False),
    ],
)
def test_a_limit_is_kept_on_its_own_side(
    value: float, limit: float | None, at_most: bool, met: bool | None
) -> None:
    assert Figure("x", value, (value, value), limit, at_most).met is met


def test_works_are_timed_in_turn_after_one_untimed_run(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(harness, "LEAST_S", 1e-9)  # no repeats
    taken = timed({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, rounds=3)
    assert done == [*"aabb", *"ab", *"ba", *"ab"]  # to compile, to see how long one takes; then three rounds
    assert [len(times.seconds) for times in taken.values()] == [3, 3]


def test_short_work_is_repeated_and_its_time_is_that_of_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("time.process_time", lambda: clock[0])

    def work() -> None:
        clock[0] += harness.LEAST_S / 4

    taken = timed({"short": work}, rounds=2)["short"]
    assert taken.seconds == pytest.approx([harness.LEAST_S / 4] * 2)
    assert clock[0] == pytest.approx(harness.LEAST_S * (1 / 4 + 1 / 4 + 2))


def test_a_slowed_figure_is_found_only_beyond_both_spreads() -> None:
    assert slower(STEADY, Figure("", 2.6, (2.2, 3.0))) == pytest.approx(1.3)
    assert slower(STEADY, Figure("", 2.6, (2.05, 3.0))) is None
    assert slower(STEADY, Figure("", 1.0, (0.9, 1.1))) is None


def test_where_more_is_better_less_is_slower() -> None:
    before = Figure("", 1000.0, (900.0, 1100.0), at_most=False)
    assert slower(before, Figure("", 500.0, (400.0, 600.0), at_most=False)) == pytest.approx(2.0)
    assert slower(before, Figure("", 2000.0, (1900.0, 2100.0), at_most=False)) is None


def test_a_change_too_small_to_matter_is_not_told() -> None:
    assert slower(Figure("", 2.0, (2.0, 2.0)), Figure("", 2.05, (2.05, 2.05))) is None


def test_a_comparison_names_what_changed_and_how() -> None:
    before = {("m", "a"): STEADY, ("m", "b"): STEADY, ("m", "gone"): STEADY}
    now = {
        ("m", "a"): Figure("a", 4.0, (3.9, 4.1)),
        ("m", "b"): Figure("b", 1.0, (0.9, 1.1)),
        ("m", "new"): STEADY,
    }
    assert compared(before, now) == [
        "SLOWER 2.00 times: m: a (2 before, 4 now)",
        "faster 2.00 times: m: b (2 before, 1 now)",
    ]


def test_a_saved_run_comes_back_and_names_no_place(tmp_path: Path) -> None:
    path = tmp_path / "bench" / "latest.json"
    run = {("m", STEADY.name): STEADY, ("other", "x"): Figure("x", 1.0, (1.0, 1.0))}
    save(run, path)
    assert load(path) == run
    assert str(Path.home()) not in path.read_text("utf-8")
    assert str(Path(__file__).parents[2]) not in path.read_text("utf-8")


def test_saving_part_of_the_modules_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "latest.json"
    save({("m", "old"): Figure("old", 1.0, (1.0, 1.0)), ("n", "x"): Figure("x", 1.0, (1.0, 1.0))}, path)
    save({("m", "new"): Figure("new", 1.0, (1.0, 1.0))}, path)
    assert set(load(path)) == {("m", "new"), ("n", "x")}


def test_a_run_that_was_never_saved_is_empty(tmp_path: Path) -> None:
    assert load(tmp_path / "none.json") == {}


def test_the_machine_is_told_by_kind() -> None:
    assert set(machine()) == {"processor", "cores", "python", "numpy", "numba", "polars", "scikit-learn"}


def test_a_table_says_what_is_kept_and_what_not() -> None:
    told = table([STEADY, Figure("far", 7.0, (6.0, 8.0), 6.5), Figure("seen", 1234.0, (1.0, 2000.0))])
    rows = [" ".join(line.split()) for line in told.splitlines()]
    assert rows == [
        "this beside that 2 1.9 to 2.1 <= 3 met",
        "far 7 6 to 8 <= 6.5 NOT MET",
        "seen 1,234 1 to 2,000",
    ]


def module(*yielded: Figure | Missing, then: Exception | None = None) -> Any:
    def figures(rounds: int) -> Iterator[Figure | Missing]:
        assert rounds == 2
        yield from yielded
        if then is not None:
            raise then

    return SimpleNamespace(__doc__="What it measures.", figures=figures)


def test_a_module_that_fails_or_misses_its_peer_leaves_the_rest_running(
    capsys: pytest.CaptureFixture[str],
) -> None:
    modules = {
        "broken": module(then=ZeroDivisionError("no time at all")),
        "alone": module(STEADY, then=Missing("somebody is not installed")),
        "partly": module(Missing("another is not installed"), STEADY),
    }
    run, failed = command.measured(modules, rounds=2)
    assert failed == ["broken"]
    assert run == {("alone", STEADY.name): STEADY, ("partly", STEADY.name): STEADY}
    told = capsys.readouterr()
    assert "not measured: somebody is not installed" in told.out
    assert "not measured: another is not installed" in told.out
    assert "no time at all" in told.err


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return how to run the command over some modules, each time with the same file to save to."""

    def run(modules: dict[str, Any], *options: str) -> int:
        monkeypatch.setattr(command, "discovered", lambda: modules)
        saving = ("--save", str(tmp_path / "run.json"), "--rounds", "2")
        monkeypatch.setattr("sys.argv", ["bench", *saving, *options])
        monkeypatch.setenv(harness.EFFORT, harness.Effort.USUAL)
        return command.main()

    return run


def test_a_module_that_was_slowed_down_is_found(ran: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran({"m": module(STEADY)}) == 0
    capsys.readouterr()
    slowed = Figure(STEADY.name, 2.8, (2.7, 2.9), STEADY.limit)
    assert ran({"m": module(slowed)}, "--strict") == 1
    assert "SLOWER 1.40 times: m: this beside that (2 before, 2.8 now)" in capsys.readouterr().out


def test_the_exit_code_says_that_a_module_failed(ran: Any) -> None:
    assert ran({"m": module(STEADY), "broken": module(then=ValueError("x"))}) == 1


def test_a_limit_that_is_missed_fails_only_if_asked_to(ran: Any) -> None:
    missed = {"m": module(Figure("far", 7.0, (6.0, 8.0), 6.5))}
    assert ran(missed) == 0
    assert ran(missed, "--strict") == 1


def test_a_slow_module_runs_when_named_or_asked_for() -> None:
    modules: Any = {"fast": SimpleNamespace(), "long": SimpleNamespace(SLOW=True)}
    assert list(command.chosen(modules, [], harness.Effort.USUAL)) == ["fast"]
    assert list(command.chosen(modules, [], harness.Effort.SLOW)) == ["fast", "long"]
    assert list(command.chosen(modules, ["long"], harness.Effort.USUAL)) == ["long"]


def test_every_benchmark_is_found_and_says_in_a_line_what_it_measures() -> None:
    for name, found in command.discovered().items():
        assert callable(found.figures), name
        assert found.__doc__, name


def test_what_is_committed_as_a_baseline_can_be_read() -> None:
    assert all(isinstance(figure, Figure) for figure in load(BASELINE).values())
    if BASELINE.exists():
        assert set(json.loads(BASELINE.read_text("utf-8"))) == {"machine", "figures"}


def test_a_peer_is_missed_with_a_word() -> None:
    with pytest.raises(Missing, match="no_such_package is not installed"):
        python_with("no_such_package")


def test_a_peer_works_once_for_each_round_in_its_own_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rounds = (Path(__file__).parent / "peer_scripts" / "rounds.py").read_text("utf-8")
    (tmp_path / "rounds.py").write_text(rounds, "utf-8")
    work = "print('noise'); return {'answer': sum(range(int(sys.argv[1])))}"
    script = f"import sys\nfrom rounds import serve\ndef work():\n    {work}\nserve(lambda: work)\n"
    (tmp_path / "adding.py").write_text(script, "utf-8")
    monkeypatch.setattr("tests.bench.peers.SCRIPTS", tmp_path)
    with peer("json", "adding.py", 1000) as one:
        assert one.round()["answer"] == 499_500
        theirs, ours, answer = beside(one, lambda: None, 3)
    assert (len(theirs.seconds), len(ours.seconds), answer["answer"]) == (3, 3, 499_500)


def test_a_peer_that_fails_is_missed_and_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rounds = (Path(__file__).parent / "peer_scripts" / "rounds.py").read_text("utf-8")
    (tmp_path / "rounds.py").write_text(rounds, "utf-8")
    (tmp_path / "wrong.py").write_text("from rounds import serve\nserve(lambda: 1 / 0)\n", "utf-8")
    monkeypatch.setattr("tests.bench.peers.SCRIPTS", tmp_path)
    with pytest.raises(Missing, match="ZeroDivisionError"), peer("json", "wrong.py"):
        pass
