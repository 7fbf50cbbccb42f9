"""How many exact discrete Laplace numbers a second, beside OpenDP and beside floating point?

    python experiments/dp_sampler_ratio.py [--draws N] [--rounds N]

Prints for some scales the numbers per second of the sampler behind `dp-times`, seeded and from the operating
system; of the difference of two of NumPy's geometric numbers, which is the same law but for the holes of
floating point; and of OpenDP's sampler, where it is installed (pip install opendp), on a hundredth of
as many. Processor time of the fastest of several rounds, one thread, without compiling.
"""

import argparse
import importlib
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np

from reid.anonymizers.laplace_noise import laplace_noise
from reid.seeding import Streams

SCALES = (3, 1_000, 1_000_000, 10**9)


def per_second(draw: Callable[[], object], count: int, rounds: int) -> float:
    draw()  # compiles
    times = []
    for _ in range(rounds):
        start = time.process_time()
        draw()
        times.append(time.process_time() - start)
    return count / min(times)


def opendp_sampler(scale: int, count: int) -> Callable[[], object] | None:
    try:
        dp = importlib.import_module("opendp.prelude")
    except ImportError:
        return None
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    measurement, zeros = dp.m.make_laplace(*space, scale=float(scale)), [0] * count
    return lambda: measurement(zeros)


def two_geometric(rng: np.random.Generator, scale: int, count: int) -> np.ndarray:
    success = -np.expm1(-1 / scale)
    return rng.geometric(success, count) - rng.geometric(success, count)


def measure(scale: int, count: int, rounds: int) -> None:
    scales = np.full(count, scale)
    speeds: dict[str, float] = {}
    for name, streams in (("seeded", Streams(0)), ("system", Streams.from_system())):
        rng = streams("noise")
        speeds[f"exact, {name}"] = per_second(lambda rng=rng: laplace_noise(rng, scales), count, rounds)
    rng = Streams(0)("noise")
    speeds["two geometric"] = per_second(lambda: two_geometric(rng, scale, count), count, rounds)
    theirs = opendp_sampler(scale, count // 100)
    if theirs is not None:
        speeds[f"OpenDP {version('opendp')}"] = per_second(theirs, count // 100, rounds)
    told = "  ".join(f"{name} {speed / 1e6:.2f}" for name, speed in speeds.items())
    print(f"scale {scale:>10}, million numbers a second:  {told}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    for scale in SCALES:
        measure(scale, arguments.draws, arguments.rounds)


if __name__ == "__main__":
    main()
