"""Is rank-1 of a thousand people foretold by two hundred of them?

    python experiments/scaling.py SOURCE [--background N] [--gallery-sessions N] [--probe-sessions N]
        [--fit N] [--draws N] [--truth]

Attacks the people of SOURCE once by the discriminant. Then, draw by draw, takes some of the enrolled people
as if only they had been measured, and foretells rank-1 among all. Prints for each law and for their mean the
mean absolute error, the error that all draws share, and how often the 90 % interval holds what was found.
With ``--truth``, the same for the best possible attack on people whose law is known.
"""

import argparse
from pathlib import Path

import numpy as np

from reid.evaluation.attack import run_attack
from reid.evaluation.lineup import LineUp
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Split, choose_people, make_split
from reid.events.reading import read_events
from reid.metrics.extrapolation import Extrapolation, extrapolate
from reid.metrics.identification import rank_1_curve, ranks
from reid.metrics.intervals import person_weights
from reid.seeding import Streams
from reid.synthetic.evidence import log_likelihood_ratios
from reid.synthetic.oracle import draw_sums, evidence_of
from reid.synthetic.truth import TRUTH_SIZES, TruthSettings, truth_law
from reid.typing import FloatArray, IntArray

ATTACKER = "discriminant"
LEVEL = 0.90
N_TRUTH, N_TRUTH_PROBES = 1000, 2


def split_of(source: Path, settings: SplitSettings) -> Split:
    events = read_events(source)
    return make_split(events, choose_people(events.subjects, settings), settings)


def attacked(split: Split) -> tuple[FloatArray, IntArray]:
    """Return scores and truth of everybody against everybody."""
    matrix = run_attack(split, LineUp.of([ATTACKER])).headline
    return matrix.scores, matrix.truth()


def change_by_the_others(split: Split, scores: FloatArray, n_fit: int) -> float:
    """Return how much scores change at most where only some people are enrolled, in units of their spread."""
    few = split.gallery.subjects[:n_fit]
    some = make_few(split, few)
    alone = run_attack(some, LineUp.of([ATTACKER])).headline
    rows = np.flatnonzero(np.isin(split.probes.subject_ids, few))
    return float(np.abs(alone.scores - scores[rows][:, : len(few)]).max() / scores.std())


def make_few(split: Split, few: tuple[str, ...]) -> Split:
    """Return the split with only some of the people enrolled and probed."""
    return Split(
        train=split.train,
        gallery=split.gallery.of_people(few),
        probes=split.probes.of_people(few),
        regime=split.regime,
        separation=split.separation,
        nearest=split.nearest,
        people_left_out=0,
        sessions_at_hand=split.sessions_at_hand,
    )


def best_attack(law: TruthSettings) -> tuple[FloatArray, IntArray]:
    """Return the exact log likelihood ratios of people drawn from a known law, and the truth."""
    sums = draw_sums(law, Streams(0, ("scaling",)), range(N_TRUTH))
    evidence = evidence_of(sums, truth_law(law))
    n_gallery = law.n_sessions // 2
    first = range(0, N_TRUTH * law.n_sessions, law.n_sessions)
    galleries = [range(start, start + n_gallery) for start in first]
    probes = [[start + n_gallery + number] for start in first for number in range(N_TRUTH_PROBES)]
    scores = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(galleries))
    return scores, np.repeat(np.arange(N_TRUTH), N_TRUTH_PROBES)


def foretold(scores: FloatArray, truth: IntArray, n_fit: int, draw: int) -> Extrapolation:
    """Return what some of the people foretell of all."""
    rng = Streams(0, ("scaling", n_fit))(draw)
    kept = np.sort(rng.choice(scores.shape[1], n_fit, replace=False))
    rows = np.flatnonzero(np.isin(truth, kept))
    own = np.searchsorted(kept, truth[rows]).astype(np.int64)
    all_of_them = np.array([scores.shape[1]])
    return extrapolate(scores[np.ix_(rows, kept)], own, all_of_them, rng=rng, level=LEVEL)


def show(scores: FloatArray, truth: IntArray, n_fit: int, n_draws: int) -> None:
    """Print how well all draws foretell what was found among all."""
    n_people = scores.shape[1]
    rates = rank_1_curve(*ranks(scores, truth), n_people, np.array([n_fit, n_people]), person_weights(truth))
    print(f"rank-1 among {n_fit}: {rates[0]:.3f}; among {n_people:,}: {rates[1]:.3f}")
    found = [foretold(scores, truth, n_fit, draw) for draw in range(n_draws)]
    ends = [one.last() for one in found]
    held = sum(one.low <= rates[1] <= one.high for one in ends)
    width = np.mean([one.high - one.low for one in ends])
    print("law              mean absolute error  mean error  spread of it")
    values = {law: [one.by_law[law][-1] for one in found] for law in found[0].by_law}
    values["mean of the laws"] = [one.value for one in ends]
    for law, each in values.items():
        error = np.array(each) - rates[1]
        print(f"{law:<17}{np.abs(error).mean():19.4f}  {error.mean():+10.4f}  {error.std(ddof=1):12.4f}")
    print(f"90 % interval: holds it in {held} of {n_draws} draws, {width:.3f} wide\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--background", type=int, default=500)
    parser.add_argument("--gallery-sessions", type=int, default=10)
    parser.add_argument("--probe-sessions", type=int, default=5)
    parser.add_argument("--fit", type=int, default=200, help="people taken for all that were measured")
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--truth", action="store_true", help="also people whose law is known")
    options = parser.parse_args()
    settings = SplitSettings(
        regime="population",
        background=options.background,
        gallery_sessions=options.gallery_sessions,
        probe_sessions=options.probe_sessions,
    )
    split = split_of(options.source, settings)
    scores, truth = attacked(split)
    change = change_by_the_others(split, scores, options.fit)
    print(f"{ATTACKER}; a score changes by the other people enrolled by at most {change:.1e} of the spread")
    show(scores, truth, options.fit, options.draws)
    for law in TRUTH_SIZES if options.truth else ():
        print(f"best possible attack, identity {law.identity}")
        show(*best_attack(law), options.fit, options.draws)


if __name__ == "__main__":
    main()
