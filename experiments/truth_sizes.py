"""Compare the audit with the best possible attack, on people whose law is known.

For each of five sizes of identity a population is generated and audited in the population regime.
The best possible rank-1 is that of the exact likelihood ratio under the true law, on the very same
galleries and probes.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from reid.evaluation.audit import audit
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.events.table import EventTable
from reid.samples.table import SampleTable
from reid.seeding import Streams
from reid.synthetic.evidence import named_right
from reid.synthetic.oracle import best_scores
from reid.synthetic.pointer_oracle import best_pointer_scores
from reid.synthetic.pointer_truth import POINTER_SIZES, PointerSettings, generate_pointer
from reid.synthetic.truth import TRUTH_SIZES, TruthSettings, generate
from reid.typing import FloatArray

Law = TruthSettings | PointerSettings


def compared(law: Law, seed: int, n_jobs: int) -> tuple[float, dict[str, object]]:
    """Return the best possible rank-1 and the audit's headline, on the same people."""
    streams = Streams(seed, ("truth sizes",))
    events = generate_pointer(law, streams) if isinstance(law, PointerSettings) else generate(law, streams)
    report = audit(events, regime="population", seed=seed, n_jobs=n_jobs).report
    asked = SplitSettings(regime="population", seed=seed)
    split = make_split(events, choose_people(events.subjects, asked), asked)
    scores = best_possible(events, law, sessions_of(split.gallery), sessions_of(split.probes))
    own = np.searchsorted(split.gallery.subjects, split.probes.subject_ids)
    return float(np.mean(named_right(scores, own))), report["headline"]


def best_possible(
    events: EventTable, law: Law, galleries: Sequence[Sequence[int]], probes: Sequence[Sequence[int]]
) -> FloatArray:
    """Return the exact log likelihood ratios under the law."""
    if isinstance(law, PointerSettings):
        return best_pointer_scores(events, law, galleries, probes)
    return best_scores(events, law, galleries, probes)


def sessions_of(samples: SampleTable) -> list[list[int]]:
    """Return the rows in the table of sessions of which each sample is made."""
    session = samples.pieces.frame["session"].to_list()
    return [sorted({session[piece] for piece in members}) for members in samples.frame["pieces"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modality", choices=["keyboard", "pointer"], default="keyboard")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    print("identity   best  headline             interval  short by  attacker          maximum  by")
    for law in TRUTH_SIZES if options.modality == "keyboard" else POINTER_SIZES:
        best, found = compared(law, options.seed, options.jobs)
        rank_1, maximum = found["rank_1"], found["maximum"]
        interval = f"{rank_1['low']:.3f} to {rank_1['high']:.3f}"
        names = (found["attacker"].partition("(")[0], maximum["attacker"].partition("(")[0])
        print(
            f"{law.identity:8.2f}  {best:.3f}  {rank_1['value']:8.3f}  {interval:>19}"
            f"  {best - rank_1['value']:+8.3f}  {names[0]:16}  {maximum['rank_1']['value']:7.3f}  {names[1]}",
            flush=True,
        )


if __name__ == "__main__":
    main()
