"""How fast is the partially observable hidden Markov model, beside the package ``pohmm`` of its author?

    python experiments/pohmm_ratio.py SOURCE [--people N] [--rounds N] [--peer PYTHON]

SOURCE is anything that ``reid inspect`` reads, such as the Aalto archive. Prints keystrokes per second
of learning everybody's model (all rounds of expectation maximisation), of learning one person's from
nothing, of fitting everybody's to a person and of one comparison; processor time of the fastest of
several rounds, without compiling. With ``--peer``, an interpreter in whose environment ``pohmm`` is
installed, also how long that package takes to learn two hidden states from the keystrokes of one person.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import reid
from reid.attackers.pohmm import Pohmm
from reid.attackers.pohmm_learning import Levels, Relevance, fitted_to, learn_everybody
from reid.attackers.typed_runs import TypedRuns, TypingSlots
from reid.kernels.pohmm import run_log_likelihoods
from reid.samples.cutting import cut
from reid.samples.table import SampleTable

PEER = """
import json, sys, time
try:
    import pandas
    from pohmm import Pohmm
except ImportError:
    print(json.dumps(None))
    sys.exit()
runs = [pandas.DataFrame(run) for run in json.load(open(sys.argv[1]))]
seconds = []
emissions = [("duration", "lognormal"), ("tau", "lognormal")]
for _ in range(2):
    model = Pohmm(n_hidden_states=2, init_spread=2, emissions=emissions, smoothing="freq")
    start = time.process_time()
    model.fit_df(runs)
    seconds.append(time.process_time() - start)
print(json.dumps([min(seconds), model.n_iter_performed_]))
"""


def fastest_s(work: Callable[[], object], rounds: int) -> float:
    work()  # compiles
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def peer_s(python: Path, runs: TypedRuns) -> tuple[float, int] | None:
    """Return how long the peer learns from the runs, and its rounds; None where it is not installed."""
    tables = []
    for first, past in zip(runs.offsets[:-1], runs.offsets[1:], strict=True):
        value = np.exp(runs.value[first:past])
        complete = ~np.isnan(value).any(axis=1)
        columns = {
            "event": [f"key{number}" for number in runs.key[first:past][complete]],
            "duration": value[complete, 0].tolist(),
            "tau": value[complete, 1].tolist(),
        }
        tables.append(columns)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.json"
        path.write_text(json.dumps([table for table in tables if table["event"]]))
        command = [str(python), "-c", PEER, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  as told
    if done.returncode:
        print(f"the peer failed: {done.stderr.strip().splitlines()[-1]}")
        return None
    answer = json.loads(done.stdout.splitlines()[-1])
    return None if answer is None else (float(answer[0]), int(answer[1]))


def measure(source: Path, n_people: int, rounds: int, peer: Path | None) -> None:
    events = reid.read_events(source)
    events = events.of_people(events.subjects[:n_people])
    train = SampleTable.singly(cut(events))
    attacker = Pohmm()
    slots = TypingSlots.on(train, (), attacker.n_keys)
    runs, levels = slots.runs(train.pieces), Levels.of(slots)
    everybody = learn_everybody(runs, slots, attacker.n_states, attacker.n_rounds)
    of_first = train.of_people(events.subjects[:1]).membership()[1]
    own = runs.of_runs(of_first)
    works: dict[str, tuple[int, Callable[[], object]]] = {
        "learning everybody's": (
            runs.key.size,
            lambda: learn_everybody(runs, slots, attacker.n_states, attacker.n_rounds),
        ),
        "learning one person's": (
            own.key.size,
            lambda: learn_everybody(own, slots, attacker.n_states, attacker.n_rounds),
        ),
        "fitting to a person": (own.key.size, lambda: fitted_to(everybody, own, levels, Relevance(), 3)),
        "one comparison": (
            runs.key.size,
            lambda: run_log_likelihoods(runs.key, runs.slot, runs.value, runs.offsets, everybody),
        ),
    }
    print(f"{len(events.subjects)} people, {runs.key.size} keystrokes, {own.key.size} of the first person")
    speed = {}
    for name, (n_keystrokes, work) in works.items():
        seconds = fastest_s(work, rounds)
        speed[name] = n_keystrokes / seconds
        print(f"{name:22s} {1000 * seconds:9.2f} ms {speed[name]:12.0f} keystrokes/s")
    if peer is None:
        return
    answer = peer_s(peer, own)
    if answer is None:
        print("no peer to run beside: pohmm is not installed there, or failed")
        return
    seconds, n_rounds = answer
    of_peer = own.key.size / seconds
    ratio = speed["learning one person's"] / of_peer
    print(
        f"{'pohmm, one person':22s} {1000 * seconds:9.2f} ms {of_peer:12.0f} keystrokes/s, {n_rounds} rounds"
    )
    print(f"learning one person's ({attacker.n_rounds} rounds and more) is {ratio:.0f} times as fast")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=Path, metavar="PYTHON")
    arguments = parser.parse_args()
    measure(arguments.source, arguments.people, arguments.rounds, arguments.peer)


if __name__ == "__main__":
    main()
