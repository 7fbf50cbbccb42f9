import numpy as np
import polars as pl
import pytest
from scipy.stats import multivariate_normal, norm

from reid.errors import ParameterError, TooFewError
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.evidence import log_likelihood_ratios, named_right
from reid.synthetic.oracle import (
    LatencySums,
    best_rank_1,
    best_scores,
    draw_sums,
    evidence_of,
    latency_sums,
)
from reid.synthetic.truth import (
    TRUTH_SIZES,
    TruthLaw,
    TruthSettings,
    dd_component,
    draw_typing,
    generate,
    truth_law,
)

PLAN = TruthSettings(n_people=5, n_sessions=4, n_keystrokes=9, identity=0.6)
DRIFTING = TruthSettings(n_people=5, n_sessions=4, n_keystrokes=9, identity=0.6, drift=0.3)
STREAMS = Streams(5)


def test_sums_by_hand() -> None:
    plan = TruthSettings(n_letters=4)
    frame = pl.DataFrame(
        {
            "subject_id": ["a"] * 6,
            "session_id": ["1"] * 6,
            "time_us": [0, 50, 100, 150, 160, 300],  # E, Space over T (rollover), T released last
            "event": ["key_down", "key_up", "key_down", "key_down", "key_up", "key_up"],
            "key": ["KeyE", "KeyE", "KeyT", "Space", "Space", "KeyT"],
        }
    )
    sums = latency_sums(EventTable.from_frame(frame), plan)
    # components: E, T, A, O, Space, letter>letter, letter>whitespace, whitespace>letter
    np.testing.assert_array_equal(sums.counts, [[1, 1, 0, 0, 1, 1, 1, 0]])
    expected = [[np.log(50), np.log(200), 0, 0, np.log(10), np.log(100), np.log(50), 0]]
    np.testing.assert_allclose(sums.totals, expected)


def test_sums_are_those_of_what_was_typed() -> None:
    sums = latency_sums(generate(PLAN, STREAMS), PLAN)
    exact = _unrounded_sums(PLAN)
    np.testing.assert_array_equal(sums.counts, exact.counts)
    np.testing.assert_allclose(sums.totals, exact.totals, rtol=1e-6)


@pytest.mark.parametrize("plan", [PLAN, DRIFTING], ids=["steady", "drifting"])
@pytest.mark.parametrize("n_probe_sessions", [1, 2])
def test_ratios_agree_with_the_density_of_all_latencies_stacked(
    plan: TruthSettings, n_probe_sessions: int
) -> None:
    gallery = [[4 * person, 4 * person + 1] for person in range(5)]
    probes = [[4 * person + 2, 4 * person + 3][:n_probe_sessions] for person in range(5)]
    scores = best_scores(generate(plan, STREAMS), plan, gallery, probes)
    slow = np.array([[_slow_ratio(plan, probe, enrolled) for enrolled in gallery] for probe in probes])
    np.testing.assert_allclose(scores, slow, rtol=1e-3, atol=2e-3)  # the slow one has not rounded


@pytest.mark.parametrize("plan", [PLAN, DRIFTING], ids=["steady", "drifting"])
def test_the_slow_oracle_sees_a_law_that_is_thirty_percent_off(plan: TruthSettings) -> None:
    off = TruthSettings(
        n_people=5, n_sessions=4, n_keystrokes=9, identity=1.3 * plan.identity, drift=plan.drift
    )
    gallery, probes = [[0, 1], [4, 5]], [[2], [6]]
    events = generate(plan, STREAMS)
    right, wrong = best_scores(events, plan, gallery, probes), best_scores(events, off, gallery, probes)
    assert np.abs(right - wrong).max() > 0.05


def test_rounding_to_microseconds_changes_no_ratio_that_matters() -> None:
    plan = TruthSettings(n_people=60, n_sessions=4, identity=TRUTH_SIZES[-1].identity)
    gallery = [[4 * person, 4 * person + 1] for person in range(60)]
    probes = [[4 * person + later] for person in range(60) for later in (2, 3)]
    rounded = best_scores(generate(plan, STREAMS), plan, gallery, probes)
    evidence = evidence_of(_unrounded_sums(plan), truth_law(plan))
    exact = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))
    close = exact > exact.max(axis=1, keepdims=True) - 20  # the rest is out of the race
    assert np.abs(rounded - exact)[close].max() < 0.01
    np.testing.assert_array_equal(rounded.argmax(axis=1), exact.argmax(axis=1))


def test_a_session_without_keys_says_nothing() -> None:
    law = truth_law(DRIFTING)
    nothing = np.zeros((1, law.mean.size))
    evidence = evidence_of(LatencySums(nothing, nothing), law)
    assert not evidence.precision.any()
    assert not evidence.vector.any()
    np.testing.assert_allclose(log_likelihood_ratios(evidence, evidence), 0, atol=1e-12)


def test_without_identity_nobody_is_named_better_than_by_chance() -> None:
    plan = TruthSettings(n_people=10, n_sessions=2, identity=0.0)
    rate = best_rank_1(plan, STREAMS, n_enrolled=10, n_gallery_sessions=1, n_populations=2)
    assert rate.rank_1 == pytest.approx(0.1)
    assert rate.standard_error == pytest.approx(0)


def test_a_tie_counts_by_expectation() -> None:
    scores = np.array([[1.0, 1.0, 0.0], [1.0, 2.0, 0.0], [3.0, 1.0, 3.0]])
    np.testing.assert_allclose(named_right(scores, np.array([0, 0, 2])), [0.5, 0.0, 0.5])


def test_one_dimension_agrees_with_numerical_integration() -> None:
    between_sd, within_sd, n_gallery, n_probe, n_people = 0.5, 1.0, 6.0, 3.0, 12
    law = TruthLaw(
        ("one",), np.array([2.0]), np.array([[between_sd]]), np.zeros((1, 1)), np.array([within_sd**2])
    )
    rng = np.random.default_rng(4)
    n_draws = 3000
    hits = np.empty(n_draws)
    for draw in range(n_draws):
        person = 2.0 + between_sd * rng.standard_normal(n_people)
        counts = np.append(np.full(n_people, n_gallery), n_probe)[:, None]
        mean = np.append(person, person[0])[:, None]
        totals = counts * mean + np.sqrt(counts) * within_sd * rng.standard_normal(counts.shape)
        evidence = evidence_of(LatencySums(counts, totals), law)
        people, probe = (evidence.pooled([[row] for row in rows]) for rows in (range(n_people), [n_people]))
        hits[draw] = named_right(log_likelihood_ratios(probe, people), np.array([0]))[0]
    expected = _one_dimension(between_sd, within_sd, n_gallery, n_probe, n_people)
    error = np.sqrt(expected * (1 - expected) / n_draws)
    assert abs(hits.mean() - expected) < 4 * error
    assert abs(hits.mean() - 1.3 * expected) > 4 * error


@pytest.mark.parametrize("plan", [PLAN, DRIFTING], ids=["steady", "drifting"])
def test_sums_drawn_at_once_have_the_law_of_sums_of_a_log(plan: TruthSettings) -> None:
    many = TruthSettings(
        n_people=1500, n_sessions=1, n_keystrokes=30, identity=plan.identity, drift=plan.drift
    )
    drawn, logged = draw_sums(many, Streams(1), range(1500)), _unrounded_sums(many, Streams(2))
    law = truth_law(many)
    spread = [
        (sums.totals - sums.counts * law.mean) / np.sqrt(sums.counts.mean(axis=0)) for sums in (drawn, logged)
    ]
    np.testing.assert_allclose(drawn.counts.mean(axis=0), logged.counts.mean(axis=0), rtol=0.06)
    ratio = spread[0].var(axis=0) / spread[1].var(axis=0)
    assert np.all(np.abs(np.log(ratio)) < 5 * np.sqrt(4 / 1500))


def test_the_best_rate_agrees_with_a_generated_population_and_grows_with_identity() -> None:
    rates = []
    for identity in (0.2, 0.6):
        plan = TruthSettings(n_people=100, n_sessions=4, identity=identity)
        rate = best_rank_1(plan, STREAMS, n_enrolled=100, n_gallery_sessions=2, n_populations=6)
        gallery = [[4 * person, 4 * person + 1] for person in range(100)]
        probes = [[4 * person + later] for person in range(100) for later in (2, 3)]
        scores = best_scores(generate(plan, Streams(77)), plan, gallery, probes)
        found = named_right(scores, np.repeat(np.arange(100), 2)).reshape(100, 2).mean(axis=1)
        error = np.hypot(found.std() / 10, rate.standard_error)
        assert abs(found.mean() - rate.rank_1) < 4 * error
        rates.append(rate.rank_1)
    assert rates[0] + 0.3 < rates[1]


def test_pooled_probes_are_named_more_often() -> None:
    plan = TruthSettings(n_sessions=4, identity=0.3)
    single, double = (
        best_rank_1(
            plan, STREAMS, n_enrolled=80, n_gallery_sessions=2, n_probe_sessions=n_sessions, n_populations=4
        )
        for n_sessions in (1, 2)
    )
    assert single.rank_1 + 0.05 < double.rank_1


def test_who_ignores_that_components_hang_together_is_right_less_often() -> None:
    plan = TruthSettings(n_sessions=3, n_letters=12, identity=0.4)
    law = truth_law(plan)
    own_sd = np.sqrt(np.diag(law.root @ law.root.T))
    naive = TruthLaw(law.components, law.mean, np.diag(own_sd), law.drift, law.within)
    gallery, probes = [[3 * p, 3 * p + 1] for p in range(200)], [[3 * p + 2] for p in range(200)]
    hits = np.zeros(2)
    for population in range(4):
        sums = draw_sums(plan, Streams(population), range(200))
        for column, known in enumerate((law, naive)):
            evidence = evidence_of(sums, known)
            scores = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))
            hits[column] += named_right(scores, np.arange(200)).sum()
    assert hits[0] > hits[1] + 10


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_enrolled": 1, "n_gallery_sessions": 1}, "enrolled people must be at least 2"),
        ({"n_enrolled": 5, "n_gallery_sessions": 0}, "gallery sessions must be at least 1"),
        ({"n_enrolled": 5, "n_gallery_sessions": 4}, "sessions left for probes must be at least 1"),
        ({"n_enrolled": 5, "n_gallery_sessions": 1, "n_populations": 1}, "populations must be at least 2"),
        ({"n_enrolled": 5, "n_gallery_sessions": 1, "n_probe_sessions": 0}, "sessions of a probe must be"),
    ],
)
def test_too_few_of_anything_is_refused(arguments: dict[str, int], words: str) -> None:
    with pytest.raises(TooFewError, match=words):
        best_rank_1(PLAN, STREAMS, **arguments)


def test_a_log_of_other_keys_is_refused() -> None:
    events = generate(TruthSettings(n_people=2, n_sessions=2, n_letters=8), STREAMS)
    with pytest.raises(ParameterError, match="keys must be those of the settings"):
        latency_sums(events, TruthSettings(n_letters=4))


def test_a_log_with_latencies_of_nothing_is_refused() -> None:
    raw = generate(PLAN, STREAMS)
    floored = raw.with_frame(raw.frame.with_columns(pl.col("time_us") // 1_000_000 * 1_000_000))
    with pytest.raises(ParameterError, match="latencies must be above 0 us"):
        latency_sums(floored, PLAN)


def _unrounded_sums(plan: TruthSettings, streams: Streams = STREAMS) -> LatencySums:
    law = truth_law(plan)
    typing = draw_typing(plan, streams, range(plan.n_people))
    pairs = dd_component(typing.keys[..., :-1], typing.keys[..., 1:], plan.n_letters + 1)
    counts = np.zeros((plan.n_people * plan.n_sessions, law.mean.size))
    totals = np.zeros_like(counts)
    for where, values in ((typing.keys, typing.log_hold), (pairs, typing.log_dd)):
        for component in range(law.mean.size):
            here = where == component
            counts[:, component] += here.sum(axis=-1).ravel()
            totals[:, component] += np.where(here, values, 0).sum(axis=-1).ravel()
    return LatencySums(counts, totals)


def _slow_ratio(plan: TruthSettings, probe: list[int], enrolled: list[int]) -> float:
    """Write all latencies in one vector with its full covariance, under one person and under two."""
    law = truth_law(plan)
    between, drift = law.root @ law.root.T, law.drift @ law.drift.T
    typing = draw_typing(plan, STREAMS, range(plan.n_people))

    def observations(rows: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        values, components, sessions = [], [], []
        for row in rows:
            person, session = divmod(row, plan.n_sessions)
            keys = typing.keys[person, session]
            pairs = dd_component(keys[:-1], keys[1:], plan.n_letters + 1)
            values += [typing.log_hold[person, session], typing.log_dd[person, session]]
            components += [keys, pairs]
            sessions += [np.full(2 * len(keys) - 1, row)]
        return np.concatenate(values), np.concatenate(components), np.concatenate(sessions)

    def log_density(values: np.ndarray, components: np.ndarray, sessions: np.ndarray) -> float:
        covariance = between[np.ix_(components, components)] + np.diag(law.within[components])
        covariance += drift[np.ix_(components, components)] * (sessions[:, None] == sessions)
        return float(multivariate_normal(law.mean[components], covariance).logpdf(values))

    together = log_density(*observations(enrolled + probe))
    return together - log_density(*observations(enrolled)) - log_density(*observations(probe))


def _one_dimension(
    between_sd: float, within_sd: float, n_gallery: float, n_probe: float, n_people: int
) -> float:
    """Chance that no other gallery mean, drawn back to the centre, lies nearer to the probe's mean.

    With equal counts the most probable person is the one whose posterior mean is nearest.
    """
    gallery_var = between_sd**2 + within_sd**2 / n_gallery
    back = between_sd**2 / gallery_var
    sd = np.sqrt(back) * between_sd  # of posterior means
    noise_var = between_sd**2 * (1 - back) + within_sd**2 / n_probe  # of the probe around its own
    grid = np.linspace(-8, 8, 801)
    own = sd * grid[:, None]
    distance = np.sqrt(noise_var) * grid[None, :]
    probe = own + distance
    nearer = norm.cdf((probe + np.abs(distance)) / sd) - norm.cdf((probe - np.abs(distance)) / sd)
    weight = norm.pdf(grid) * (grid[1] - grid[0])
    return float(weight @ (1 - nearer) ** (n_people - 1) @ weight)
