"""Compare the audit with the best possible attack, on people whose law is known.

For each of five sizes of identity a population is generated and audited in the population regime.
The best possible rank-1 is that of the exact likelihood ratio under the true law, on the very same
galleries and probes.
"""

import argparse

import numpy as np

from reid.evaluation.audit import audit
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.seeding import Streams
from reid.synthetic.evidence import named_right
from reid.synthetic.oracle import best_scores
from reid.synthetic.truth import TRUTH_SIZES, TruthSettings, generate


def compared(settings: TruthSettings, seed: int, n_jobs: int) -> tuple[float, dict[str, object]]:
    """Return the best possible rank-1 and the audit's headline, on the same people."""
    events = generate(settings, Streams(seed, ("truth sizes",)))
    report = audit(events, regime="population", seed=seed, n_jobs=n_jobs).report
    asked = SplitSettings(regime="population", seed=seed)
    split = make_split(events, choose_people(events.subjects, asked), asked)
    galleries, probes = (side.frame["pieces"].to_list() for side in (split.gallery, split.probes))
    scores = best_scores(events, settings, galleries, probes)  # a piece is a session, so rows agree
    own = np.searchsorted(split.gallery.subjects, split.probes.subject_ids)
    return float(np.mean(named_right(scores, own))), report["headline"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    print("identity   best  headline             interval  short by  attacker          maximum  by")
    for settings in TRUTH_SIZES:
        best, found = compared(settings, options.seed, options.jobs)
        rank_1, maximum = found["rank_1"], found["maximum"]
        interval = f"{rank_1['low']:.3f} to {rank_1['high']:.3f}"
        print(
            f"{settings.identity:8.2f}  {best:.3f}  {rank_1['value']:8.3f}  {interval:>19}"
            f"  {best - rank_1['value']:+8.3f}  {found['attacker']:16}  {maximum['rank_1']['value']:7.3f}"
            f"  {maximum['attacker']}",
            flush=True,
        )


if __name__ == "__main__":
    main()
