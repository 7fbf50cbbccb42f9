"""What does each attacker add to the fusion of all?

    python experiments/what_each_adds.py SOURCE [--background N] [--closed-set] [--gallery-sessions N]
        [--probe-sessions N] [--sample SAMPLE] [--attacker NAME ...]

Attacks once by the default line-up, and by further attackers that are named, then learns the weights of the
fusion anew without each of them. Prints the rank-1 of each alone, its weight, what the fusion loses without
it (paired difference, 95 % interval over people), and the seconds that it took.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from reid.attackers import DEFAULT_ATTACKERS, POINTER_ATTACKERS, ScoreMatrix
from reid.attackers.fusion import Fusion, FusionWeights
from reid.evaluation.attack import run_attack
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import modalities_in
from reid.evaluation.settings import SplitSettings
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import choose_people, make_split
from reid.events.reading import read_events
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import paired_difference
from reid.typing import FloatArray


def attacked(source: Path, settings: SplitSettings, further: Sequence[str]) -> AttackOutcome:
    """Attack by the default line-up and by those named."""
    events = read_events(source)
    split = make_split(events, choose_people(events.subjects, settings), settings)
    held = modalities_in(events)
    names = [
        *(DEFAULT_ATTACKERS if "keyboard" in held else ()),
        *(POINTER_ATTACKERS if "pointer" in held else ()),
    ]
    return run_attack(split, LineUp.of(list(dict.fromkeys([*names, *further])), modalities=held))


def fused(outcome: AttackOutcome, names: Sequence[str]) -> tuple[FusionWeights, ScoreMatrix]:
    """Fuse some of the attackers, by what the rehearsals teach of these alone."""
    weights = FusionWeights.learn([{name: one[name] for name in names} for one in outcome.rehearsed], names)
    return weights, weights.combined(outcome.scores)


def hits(matrix: ScoreMatrix) -> FloatArray:
    return rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--background", type=int)
    parser.add_argument("--closed-set", action="store_true")
    parser.add_argument("--gallery-sessions", type=int)
    parser.add_argument("--probe-sessions", type=int, default=1)
    parser.add_argument("--sample", default="session")
    parser.add_argument("--attacker", action="append", default=[])
    options = parser.parse_args()
    settings = SplitSettings(
        regime="closed-set" if options.closed_set else "population",
        background=options.background,
        gallery_sessions=options.gallery_sessions,
        probe_sessions=options.probe_sessions,
        sample=options.sample,
    )
    outcome = attacked(options.source, settings, options.attacker)
    names = [name for name in outcome.scores if name != Fusion.name]
    weights, together = fused(outcome, names)
    truth = together.truth()
    all_hits = hits(together)
    print(f"fusion of all: rank-1 {all_hits.mean():.3f} over {truth.size} probes; chosen: {outcome.attacker}")
    print("alone  weight  the fusion loses without it    seconds  attacker")
    for (name, weight), spread in zip(weights.weights, spreads(outcome, names), strict=True):
        _, rest = fused(outcome, [one for one in names if one != name])
        lost = paired_difference(all_hits, hits(rest), truth)
        took = outcome.seconds[name]
        print(
            f"{hits(outcome.scores[name]).mean():5.3f}  {weight * spread:6.2f}"
            f"  {lost.value:+7.4f} ({lost.low:+.4f} to {lost.high:+.4f})  {took:7.1f}  {name}",
            flush=True,
        )


def spreads(outcome: AttackOutcome, names: Sequence[str]) -> list[float]:
    """Return the standard deviation of each attacker's scores, so that weights can be compared."""
    return [float(np.nanstd(outcome.scores[name].scores)) for name in names]


if __name__ == "__main__":
    main()
