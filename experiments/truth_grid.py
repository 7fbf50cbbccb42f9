"""Does the headline reach the best possible rank-1, whatever the people, the data and the noise?

People are drawn from a law that is known, over a grid of their number, how much they differ, how much each
types and what noise is put on the times. Each log is audited by the line-up of every audit, and beside its
headline stands how often the right person is named by the attack that knows the laws of people and of
noise, though not the people, whom it meets in the same enrolled sessions as the audit:

``here``  on the very same releases, galleries and probes;
``best``  in the mean over people of the law, among as many enrolled: what the audit's interval is about.

On raw logs that attack is the exact likelihood ratio. On a grid and under noise it sums over all places
where the true times may lie, in the closed form of many keystrokes; its own posterior tells how often it
should be right, which the last column holds against how often it was (``calibration``, mean over the people
of ``best``: 0 where its probabilities are exact). A cell is *covered* where the headline's 95 % interval
holds what is possible, *near* where the headline lies at most 0.03 below it, *above* where the whole
interval lies above it, which can only be chance (1 in 40 against ``best``) or a fault, and *short* else.

    python experiments/truth_grid.py [--regime closed-set] [--people N,...] [--identity X,...]
        [--keystrokes N,...] [--noise STRATEGY;...] [--attacker NAME] [--seed N] [--jobs N] [-o FILE.csv]

Same seed, same bits, however many jobs. Exits with 1 where less than 90 % of the cells are covered or near.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
from scipy.special import softmax

from experiments.truth_sizes import sessions_of
from reid.anonymizers.strategies import parse_strategy
from reid.anonymizers.time_grid import TimeGrid
from reid.anonymizers.time_jitter import TimeJitter
from reid.errors import ParameterError, ReidError
from reid.evaluation.by_regime import audit_by_regime
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import NO_STRATEGY, AuditPlan, attacked_logs
from reid.evaluation.settings import SplitSettings
from reid.evaluation.spent import Spent
from reid.evaluation.splits import choose_people, make_split
from reid.events.table import EventTable
from reid.metrics.identification import rank_1_among, ranks
from reid.parallel import parallel_map
from reid.seeding import Streams
from reid.synthetic.blurred_oracle import Blur, blurred_evidence, shown_typing
from reid.synthetic.evidence import Evidence, log_likelihood_ratios, named_right
from reid.synthetic.oracle import evidence_of, latency_sums
from reid.synthetic.truth import TruthSettings, generate, truth_law
from reid.typing import FloatArray, Progress, silent

T = TypeVar("T")
PEOPLE = (60, 150, 400)
IDENTITY = (0.15, 0.4, 1.0)
KEYSTROKES = (50, 150)
NOISES = (NO_STRATEGY, "time-grid(step_ms=40)", "time-grid(step_ms=100)", "time-jitter(bound_ms=25)")
N_SESSIONS = 6
N_DRAWN = 500  # people of the law by whom `best` is estimated
LARGEST_GAP = 0.03
SHARE_WANTED = 0.9
COVERED, NEAR, SHORT, ABOVE = "covered", "near", "short", "above"


@dataclass(frozen=True, slots=True)
class Best:
    """The best possible rank-1 under a law, among so many enrolled people."""

    rank_1: float
    standard_error: float  # over the people who are probed
    calibration: float  # how often it was right, less how often it should be by its own posterior


NOT_YET = Best(np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One audit beside what is possible."""

    people: int
    enrolled: int
    identity: float
    keystrokes: int
    noise: str
    headline: float
    low: float
    high: float
    attacker: str
    here: float  # best possible rank-1 on the same releases, galleries and probes
    of_law: Best

    def verdict(self, possible: float) -> str:
        if self.low <= possible <= self.high:
            return COVERED
        if self.low > possible:
            return ABOVE
        return NEAR if possible - self.headline <= LARGEST_GAP else SHORT

    def row(self) -> dict[str, object]:
        """Return the cell as a row of a table."""
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "of_law"}
        best = {
            "best": self.of_law.rank_1,
            "best_error": self.of_law.standard_error,
            "calibration": self.of_law.calibration,
        }
        verdicts = {"against_here": self.verdict(self.here), "against_best": self.verdict(self.of_law.rank_1)}
        return own | best | verdicts


def blur_of(noise: str) -> Blur | None:
    """Return what a strategy does to times, None where it does nothing."""
    if noise == NO_STRATEGY:
        return None
    strategy = parse_strategy(noise)
    if isinstance(strategy, TimeGrid) and strategy.rounding == "floor":
        return Blur.grid(strategy.step_us)
    bound_ms = strategy.bound_ms if isinstance(strategy, TimeJitter) else None
    if bound_ms is not None and strategy == TimeJitter(bound_ms=bound_ms):  # anew for each event, in order
        return Blur.jitter(1000 * bound_ms)
    must = "be none, a time-grid that floors or a time-jitter of uniform noise for each event"
    raise ParameterError.of("noise", must=must, found=noise)


def evidence_in(events: EventTable, law: TruthSettings, noise: str) -> Evidence:
    """Return what the sessions of a log, released with this noise, say about the people."""
    blur = blur_of(noise)
    if blur is None:
        return evidence_of(latency_sums(events, law), truth_law(law))
    return blurred_evidence(shown_typing(events, law, blur), law)


def best_of_law(law: TruthSettings, noise: str, sizes: Sequence[int], seed: int) -> dict[int, Best]:
    """Estimate the best possible rank-1 of people among all sets of so many that hold them.

    ``law.n_people`` are drawn; each has as many enrolled sessions as in an audit, and one probe.
    """
    n_gallery = (law.n_sessions + 1) // 2
    law = replace(law, n_sessions=n_gallery + 1)
    streams = Streams(seed, ("truth grid", "best", law.n_keystrokes, str(law.identity)))
    events = generate(law, streams)
    if noise != NO_STRATEGY:
        strategy = parse_strategy(noise)
        events = strategy.fit([events]).apply(events, streams.under(noise)).events
    evidence = evidence_in(events, law, noise)
    first = range(0, law.n_people * law.n_sessions, law.n_sessions)
    gallery = evidence.pooled([range(start, start + n_gallery) for start in first])
    probes = evidence.pooled([[start + n_gallery] for start in first])
    scores, own = log_likelihood_ratios(probes, gallery), np.arange(law.n_people)
    better, tied = ranks(scores, own)
    found = {}
    for size in sizes:
        hits = rank_1_among(better, tied, law.n_people, size)
        assert hits is not None  # nobody's gallery is larger than there are people
        error = float(hits.std(ddof=1) / np.sqrt(law.n_people))
        found[size] = Best(float(hits.mean()), error, calibration(scores, size))
    return found


def calibration(scores: FloatArray, size: int) -> float:
    """Return how often people among so many were named, less how often they should be by the posterior."""
    misses = []
    for start in range(0, len(scores) - size + 1, size):
        among = scores[start : start + size, start : start + size]
        misses.append(named_right(among, np.arange(size)) - softmax(among, axis=1).max(axis=1))
    return float(np.mean(misses))


def cells_of(
    law: TruthSettings, noises: Sequence[str], regime: str, seed: int, attackers: Sequence[str] = ()
) -> list[Cell]:
    """Audit people of a law, raw and with each noise, beside the best possible on the same releases."""
    streams = Streams(seed, ("truth grid", law.n_people, law.n_keystrokes, str(law.identity)))
    events = generate(law, streams)
    settings = SplitSettings(regime=regime, seed=seed)
    people = choose_people(events.subjects, settings)
    plan = AuditPlan(
        settings=settings,
        people=people,
        releases=tuple(parse_strategy(noise) for noise in noises if noise != NO_STRATEGY),
        attackers=LineUp.of(attackers, seed=seed),
        adequacy="none",
        named=tuple(attackers),
        without=(),
        n_releases=1,
        progress=silent,
    )
    report, _ = audit_by_regime(events, plan, Spent())
    shown = [report["headline"], report["reference"], *report["results"]]
    blocks = {block["strategy"]: block for block in shown if block is not None}
    found = []
    for log in attacked_logs(events, plan):
        if log.strategy not in noises:
            continue
        block, split = blocks[log.strategy], make_split(log.events, people, settings)
        evidence = evidence_in(log.events.of_people(people.enrolled), law, log.strategy)
        of_enrolled = log.events.sessions["subject_id"].is_in(people.enrolled).to_numpy()
        place = np.cumsum(of_enrolled) - 1  # of a session among those of the people enrolled
        galleries, probes = (
            evidence.pooled([place[sessions] for sessions in sessions_of(side)])
            for side in (split.gallery, split.probes)
        )
        scores = log_likelihood_ratios(probes, galleries)
        own = np.searchsorted(split.gallery.subjects, split.probes.subject_ids)
        found.append(
            Cell(
                people=law.n_people,
                enrolled=len(people.enrolled),
                identity=law.identity,
                keystrokes=law.n_keystrokes,
                noise=log.strategy,
                headline=block["rank_1"]["value"],
                low=block["rank_1"]["low"],
                high=block["rank_1"]["high"],
                attacker=block["attacker"],
                here=float(named_right(scores, own).mean()),
                of_law=NOT_YET,
            )
        )
    return found


def laws_of(
    people: Sequence[int], identity: Sequence[float], keystrokes: Sequence[int]
) -> list[TruthSettings]:
    return [
        TruthSettings(n_people=n, n_sessions=N_SESSIONS, n_keystrokes=length, identity=size)
        for size, length, n in product(identity, keystrokes, people)
    ]


def grid(
    laws: Sequence[TruthSettings],
    noises: Sequence[str],
    regime: str,
    *,
    attackers: Sequence[str] = (),
    n_drawn: int = N_DRAWN,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> list[Cell]:
    """Return all cells: those of a law together, in the order of the laws and noises."""
    big_first = sorted(laws, key=lambda law: -law.n_people * law.n_keystrokes)
    audited = parallel_map(
        lambda law: cells_of(law, noises, regime, seed, attackers),
        big_first,
        n_jobs=n_jobs,
        stage="logs audited",
        progress=progress,
    )
    of_law = dict(zip(big_first, audited, strict=True))
    cells = [cell for law in laws for cell in of_law[law]]
    sizes = sorted({cell.enrolled for cell in cells})
    kinds = list(dict.fromkeys(replace(law, n_people=max(n_drawn, *sizes)) for law in laws))
    asked = list(product(kinds, noises))
    possible = parallel_map(
        lambda task: best_of_law(*task, sizes, seed),
        asked,
        n_jobs=n_jobs,
        stage="laws solved",
        progress=progress,
    )
    best = {
        (kind.identity, kind.n_keystrokes, noise): found
        for (kind, noise), found in zip(asked, possible, strict=True)
    }
    return [
        replace(cell, of_law=best[cell.identity, cell.keystrokes, cell.noise][cell.enrolled])
        for cell in cells
    ]


HEADING = (
    "people identity keys  noise                     headline             interval   here   best     +-"
    "  short by  on the same  of the law  calibration  attacker"
)


def line(cell: Cell) -> str:
    interval = f"{cell.low:.3f} to {cell.high:.3f}"
    return (
        f"{cell.people:6d} {cell.identity:8.2f} {cell.keystrokes:4d}  {cell.noise:<24}  {cell.headline:8.3f}"
        f"  {interval:>19}  {cell.here:.3f}  {cell.of_law.rank_1:.3f}  {cell.of_law.standard_error:.3f}"
        f"  {cell.here - cell.headline:+8.3f}  {cell.verdict(cell.here):<11}"
        f"  {cell.verdict(cell.of_law.rank_1):<10}  {cell.of_law.calibration:+11.3f}"
        f"  {cell.attacker.partition('(')[0]}"
    )


def summary(cells: Sequence[Cell]) -> tuple[str, float]:
    """Return what the cells come to, and the smaller share of those that reach what is possible."""
    lines, shares = [], []
    for against in ("here", "best"):
        possible = [cell.here if against == "here" else cell.of_law.rank_1 for cell in cells]
        told = [cell.verdict(value) for cell, value in zip(cells, possible, strict=True)]
        shares.append(sum(word in {COVERED, NEAR} for word in told) / len(cells))
        counts = ", ".join(f"{told.count(word)} {word}" for word in (COVERED, NEAR, SHORT, ABOVE))
        lines.append(f"{against}: {shares[-1]:.0%} of {len(cells)} cells covered or near ({counts})")
    gaps = np.array([cell.here - cell.headline for cell in cells])
    within = int(np.count_nonzero(gaps <= LARGEST_GAP))
    lines.append(
        f"here less headline: mean {gaps.mean():+.4f}, from {gaps.min():+.3f} to {gaps.max():+.3f};"
        f" at most {LARGEST_GAP} in {within} of {len(cells)}, whatever the interval"
    )
    return "\n".join(lines), min(shares)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--regime", choices=["population", "closed-set"], default="population")
    parser.add_argument("--people", type=listed(int, ","), default=PEOPLE, help="numbers of people")
    parser.add_argument("--identity", type=listed(float, ","), default=IDENTITY, help="how much they differ")
    parser.add_argument("--keystrokes", type=listed(int, ","), default=KEYSTROKES, help="of a session")
    parser.add_argument("--noise", type=listed(noise_of, ";"), default=NOISES, help="strategies, or none")
    parser.add_argument("--attacker", action="append", help="instead of the line-up of every audit")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("-o", type=Path, help="also write the rows to this CSV file")
    options = parser.parse_args()
    laws = laws_of(options.people, options.identity, options.keystrokes)
    cells = grid(
        laws,
        options.noise,
        options.regime,
        attackers=options.attacker or (),
        seed=options.seed,
        n_jobs=options.jobs,
        progress=lambda stage, done, total: print(f"{stage}: {done} of {total}", file=sys.stderr),
    )
    print(HEADING)
    print("\n".join(line(cell) for cell in cells))
    if options.o:
        pl.DataFrame([cell.row() for cell in cells]).write_csv(options.o)
    text, share = summary(cells)
    print(text)
    sys.exit(share < SHARE_WANTED)


def listed(kind: Callable[[str], T], mark: str) -> Callable[[str], tuple[T, ...]]:
    """Return what reads several values parted by a mark."""

    def values(text: str) -> tuple[T, ...]:
        return tuple(kind(one) for one in text.split(mark))

    return values


def noise_of(text: str) -> str:
    """Return a strategy as the report writes it."""
    try:
        blur_of(text)
        return text if text == NO_STRATEGY else str(parse_strategy(text))
    except ReidError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    main()
