from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.stats import multivariate_normal

from reid.errors import ParameterError, TooFewError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.evidence import log_likelihood_ratios, named_right
from reid.synthetic.pointer_oracle import (
    StrokeTable,
    best_pointer_rank_1,
    best_pointer_scores,
    drawn_strokes,
    evidence_of_strokes,
    read_strokes,
)
from reid.synthetic.pointer_truth import (
    MIDDLE_DIFFICULTY,
    POINTER_SIZES,
    PointerLaw,
    PointerSettings,
    draw_strokes,
    fitts_us,
    generate_pointer,
    pointer_law,
)

PLAN = PointerSettings(n_people=5, n_sessions=4, n_strokes=6, identity=0.7)
DRIFTING = replace(PLAN, drift=0.3)
STREAMS = Streams(5)


def test_quantities_by_hand() -> None:
    # 500 ms of rest, then 120 px to the right in 16 ms by one report at half the time, 30 px below the
    # line: a quarter of the way to the right. 120 px are 2 bits.
    frame = pl.DataFrame(
        {
            "subject_id": ["a"] * 4,
            "session_id": ["1"] * 4,
            "time_us": [0, 508_000, 516_000, 606_000],
            "event": ["move", "move", "button_down", "button_up"],
            "x_px": [100.0, 160.0, 220.0, 220.0],
            "y_px": [100.0, 130.0, 100.0, 100.0],
            "button": [None, None, "left", "left"],
        }
    )
    strokes = read_strokes(EventTable.from_frame(frame))
    np.testing.assert_array_equal(strokes.session, [0])
    np.testing.assert_allclose(strokes.difficulty, [2])
    factor = 16_000 / fitts_us(np.array([2.0]))[0]
    np.testing.assert_allclose(strokes.values, [[np.log(500_000), np.log(factor), 0.25, np.log(90_000)]])


@pytest.mark.parametrize("size", [POINTER_SIZES[0], POINTER_SIZES[-1]], ids=["least", "most"])
def test_quantities_read_off_a_log_are_those_that_were_drawn(size: PointerSettings) -> None:
    plan = replace(size, n_people=40)
    read = read_strokes(generate_pointer(plan, STREAMS))
    drawn = drawn_strokes(plan, STREAMS, range(40))
    np.testing.assert_array_equal(read.session, drawn.session)
    np.testing.assert_allclose(read.difficulty, drawn.difficulty)
    times = [0, 1, 3]
    np.testing.assert_allclose(read.values[:, times], drawn.values[:, times], atol=2e-4)
    off_px = (read.values[:, 2] - drawn.values[:, 2]) * 40 * (2**drawn.difficulty - 1)
    assert np.abs(off_px).max() < 0.5
    assert np.sqrt((off_px**2).mean()) < 0.08
    # Beside how strokes of one person differ, rounding is nothing.
    assert (read.values[:, 2] - drawn.values[:, 2]).std() < 0.02 * np.sqrt(pointer_law(plan).within[2, 2])


@pytest.mark.parametrize("plan", [PLAN, DRIFTING], ids=["steady", "drifting"])
@pytest.mark.parametrize("n_probe_sessions", [1, 2])
def test_ratios_agree_with_the_density_of_all_quantities_stacked(
    plan: PointerSettings, n_probe_sessions: int
) -> None:
    gallery = [[4 * person, 4 * person + 1] for person in range(5)]
    probes = [[4 * person + 2, 4 * person + 3][:n_probe_sessions] for person in range(5)]
    slow = np.array([[_slow_ratio(plan, probe, enrolled) for enrolled in gallery] for probe in probes])
    np.testing.assert_allclose(_unrounded_scores(plan, gallery, probes), slow, rtol=1e-7, atol=1e-7)
    logged = best_pointer_scores(generate_pointer(plan, STREAMS), plan, gallery, probes)
    np.testing.assert_allclose(logged, slow, rtol=0.01, atol=0.05)


@pytest.mark.parametrize("plan", [PLAN, DRIFTING], ids=["steady", "drifting"])
def test_the_slow_oracle_sees_a_law_that_is_thirty_percent_off(plan: PointerSettings) -> None:
    gallery, probes = [[0, 1], [4, 5]], [[2], [6]]
    slow = np.array([[_slow_ratio(plan, probe, enrolled) for enrolled in gallery] for probe in probes])
    drawn = drawn_strokes(plan, STREAMS, range(5))
    law = pointer_law(plan)
    wider = replace(law, within=1.3 * law.within)
    for off in (
        pointer_law(replace(plan, identity=1.3 * plan.identity)),
        wider,
        replace(law, mean=law.mean + 1),
    ):
        evidence = evidence_of_strokes(drawn, 20, off)
        scores = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))
        assert np.abs(scores - slow).max() > 0.05


def test_rounding_changes_who_is_named_next_to_never() -> None:
    plan = replace(POINTER_SIZES[2], n_people=100)
    gallery = [[4 * person, 4 * person + 1] for person in range(100)]
    probes = [[4 * person + later] for person in range(100) for later in (2, 3)]
    rounded = best_pointer_scores(generate_pointer(plan, STREAMS), plan, gallery, probes)
    exact = _unrounded_scores(plan, gallery, probes)
    close = exact > exact.max(axis=1, keepdims=True) - 10  # the rest is out of the race
    assert np.abs(rounded - exact)[close].max() < 0.3
    assert np.mean(rounded.argmax(axis=1) == exact.argmax(axis=1)) >= 0.98


def test_a_session_without_strokes_says_nothing() -> None:
    none = StrokeTable(np.empty(0, dtype=np.int64), np.empty(0), np.empty((0, 4)))
    evidence = evidence_of_strokes(none, 1, pointer_law(DRIFTING))
    assert not evidence.precision.any()
    assert not evidence.vector.any()
    np.testing.assert_allclose(log_likelihood_ratios(evidence, evidence), 0, atol=1e-12)


def test_without_identity_nobody_is_named_better_than_by_chance() -> None:
    plan = PointerSettings(n_sessions=2, n_strokes=5, identity=0.0)
    rate = best_pointer_rank_1(plan, STREAMS, n_enrolled=10, n_gallery_sessions=1, n_populations=2)
    assert rate.rank_1 == pytest.approx(0.1)


def test_the_best_rate_agrees_with_a_generated_population_and_grows_with_identity() -> None:
    rates = []
    for identity in (0.3, 0.9):
        plan = PointerSettings(n_people=100, n_strokes=20, identity=identity)
        rate = best_pointer_rank_1(plan, STREAMS, n_enrolled=100, n_gallery_sessions=2, n_populations=6)
        gallery = [[4 * person, 4 * person + 1] for person in range(100)]
        probes = [[4 * person + later] for person in range(100) for later in (2, 3)]
        scores = best_pointer_scores(generate_pointer(plan, Streams(77)), plan, gallery, probes)
        found = named_right(scores, np.repeat(np.arange(100), 2)).reshape(100, 2).mean(axis=1)
        error = np.hypot(found.std() / 10, rate.standard_error)
        assert abs(found.mean() - rate.rank_1) < 4 * error
        rates.append(rate.rank_1)
    assert rates[0] + 0.3 < rates[1]


def test_pooled_probes_are_named_more_often_and_drift_hides_people() -> None:
    plan = PointerSettings(n_strokes=20, identity=0.5)

    def rate(settings: PointerSettings, n_probe_sessions: int) -> float:
        return best_pointer_rank_1(
            settings,
            STREAMS,
            n_enrolled=80,
            n_gallery_sessions=2,
            n_probe_sessions=n_probe_sessions,
            n_populations=4,
        ).rank_1

    assert rate(plan, 1) + 0.05 < rate(plan, 2)
    assert rate(replace(plan, drift=0.5), 1) + 0.05 < rate(plan, 1)


def test_the_five_sizes_go_from_a_tenth_to_nearly_all() -> None:
    rates = [
        best_pointer_rank_1(size, STREAMS, n_enrolled=200, n_gallery_sessions=2, n_populations=2).rank_1
        for size in POINTER_SIZES
    ]
    assert 0.06 < rates[0] < 0.15
    assert 0.95 < rates[-1] < 1
    assert np.all(np.diff(rates) > 0.05)


def test_who_ignores_that_quantities_hang_together_is_right_less_often() -> None:
    plan = PointerSettings(n_sessions=3, n_strokes=20, identity=0.8)
    law = pointer_law(plan)
    naive = PointerLaw(
        law.mean,
        np.diag(np.sqrt(np.diag(law.root @ law.root.T))),
        np.zeros((5, 5)),
        np.diag(np.diag(law.within)),
    )
    gallery, probes = [[3 * p, 3 * p + 1] for p in range(200)], [[3 * p + 2] for p in range(200)]
    hits = np.zeros(2)
    for population in range(5):
        drawn = drawn_strokes(plan, Streams(population), range(200))
        for column, known in enumerate((law, naive)):
            evidence = evidence_of_strokes(drawn, 600, known)
            scores = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))
            hits[column] += named_right(scores, np.arange(200)).sum()
    assert hits[0] > hits[1] + 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_enrolled": 1, "n_gallery_sessions": 1}, "enrolled people must be at least 2"),
        ({"n_enrolled": 5, "n_gallery_sessions": 4}, "sessions left for probes must be at least 1"),
    ],
)
def test_too_few_of_anything_is_refused(arguments: dict[str, int], words: str) -> None:
    with pytest.raises(TooFewError, match=words):
        best_pointer_rank_1(PLAN, STREAMS, **arguments)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.with_columns(pl.col("time_us") // 10_000 * 10_000),
        lambda frame: frame.filter(pl.col("event") != "move"),
        lambda frame: frame.filter(pl.col("event") == "move"),
        lambda frame: frame.filter(pl.col("event") != "button_up"),
        lambda frame: frame.with_columns(x_px=pl.lit(5, dtype=pl.Float32), y_px=pl.lit(5, dtype=pl.Float32)),
        lambda frame: frame[:-1],
        lambda frame: frame[:-2],
        lambda frame: frame[1:],
    ],
    ids=["gridded", "clicks", "moves", "no releases", "one place", "cut", "moves last", "no rest"],
)
def test_a_log_that_is_not_raw_is_refused(change: object) -> None:
    raw = generate_pointer(PLAN, STREAMS)
    with pytest.raises(ParameterError, match="the log must be a raw one of this generator"):
        read_strokes(raw.with_frame(change(raw.frame)))


def _unrounded_scores(plan: PointerSettings, gallery: list[list[int]], probes: list[list[int]]) -> np.ndarray:
    drawn = drawn_strokes(plan, STREAMS, range(plan.n_people))
    evidence = evidence_of_strokes(drawn, plan.n_people * plan.n_sessions, pointer_law(plan))
    return log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))


def _slow_ratio(plan: PointerSettings, probe: list[int], enrolled: list[int]) -> float:
    """Write all quantities in one vector with its full covariance, under one person and under two."""
    law = pointer_law(plan)
    between, drift = law.root @ law.root.T, law.drift @ law.drift.T
    strokes = draw_strokes(plan, STREAMS, range(plan.n_people))
    bits = strokes.difficulty() - MIDDLE_DIFFICULTY

    def log_density(rows: list[int]) -> float:
        values, design, session, stroke = [], [], [], []
        for row in rows:
            person, number = divmod(row, plan.n_sessions)
            for place in range(plan.n_strokes):
                for quantity in range(4):
                    values.append(strokes.values[person, number, place, quantity])
                    slope = bits[person, number, place] if quantity == 1 else 0.0
                    design.append([*np.eye(4)[quantity], slope])
                    session.append(row)
                    stroke.append((row, place))
        x = np.array(design)
        same_session = np.equal.outer(session, session)
        same_stroke = np.array([[one == other for other in stroke] for one in stroke])
        quantity = np.tile(np.arange(4), len(stroke) // 4)
        covariance = x @ between @ x.T + same_session * (x @ drift @ x.T)
        covariance += same_stroke * law.within[np.ix_(quantity, quantity)]
        return float(multivariate_normal(x @ law.mean, covariance).logpdf(values))

    return log_density(enrolled + probe) - log_density(enrolled) - log_density(probe)
