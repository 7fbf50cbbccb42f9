"""How cost grows: features and a whole streamed audit over people, kernels over events."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reid.evaluation.settings import SplitSettings
from reid.evaluation.streamed.logs import KnownPeople, streamed_log
from reid.evaluation.streamed.plan import planned
from reid.evaluation.streamed.projecting import learn, points_of
from reid.events.parts import PartFolder
from reid.synthetic.realistic import RealisticSettings
from reid.synthetic.writing import write_people
from tests.bench.harness import Effort, Figure, Times, effort, geometric, growth, run_alone, timed

GROWN = {Effort.QUICK: (100, 400), Effort.USUAL: (500, 4_000), Effort.SLOW: (2_000, 40_000)}
BACKGROUND = 60
MOST_EXPONENT, MOST_MEMORY = 1.05, 1.1


def figures(rounds: int) -> Iterator[Figure]:
    """Make features of more and more people, a part at a time; and compare peak memory."""
    sizes = geometric(*GROWN[effort()], 4)
    times: list[Times] = []
    peaks = []
    with tempfile.TemporaryDirectory() as place:
        for size in sizes:
            folder = Path(place) / str(size)
            write_people(RealisticSettings(n_people=size + BACKGROUND, n_sessions=6, n_keys=54), folder)
            times.append(features_of(folder, min(rounds, 3)))
            asked = ("--in-parts", "--attacker", "discriminant", "--background", str(BACKGROUND))
            command = [sys.executable, "-m", "reid", "audit", str(folder), "-o", f"{place}/out {size}"]
            peaks.append(run_alone([*command, *asked, "--adequacy", "none", "--quiet"]).peak_gb)
    title = f"exponent of features over {sizes[0]:,} to {sizes[-1]:,} people, a part at a time"
    yield growth(title, sizes, times, limit=MOST_EXPONENT)
    more = peaks[-1] / peaks[0]
    title = f"peak memory of a streamed audit of {sizes[-1]:,} people / of {sizes[0]:,}"
    yield Figure(title, more, (more, more), note=f"{peaks[0]:.2f} and {peaks[-1]:.2f} GB")


def features_of(folder: Path, rounds: int) -> Times:
    """Time the way from parts to one point for each template and probe."""
    plan = planned(PartFolder.open(folder), SplitSettings(background=BACKGROUND), attackers=["discriminant"])
    log = streamed_log(plan, KnownPeople.read(plan))
    learnt, _ = learn(log, plan)
    return timed({"": lambda: points_of(log, learnt, plan)}, rounds)[""]
