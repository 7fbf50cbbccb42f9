"""Other people's programs, each timed inside a process of its own.

``REID_BENCH_PEERS`` names further Pythons (separated as in PATH) whose packages may need other versions than
ours; this one is asked first. A script in ``peer_scripts/`` does the work there, as ``rounds.py`` there says.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.harness import LEAST_S, Missing, Times, processor_s

PYTHONS = "REID_BENCH_PEERS"
SCRIPTS = Path(__file__).parent / "peer_scripts"
_ASKING = "import sys; from importlib.util import find_spec; sys.exit(find_spec(sys.argv[1]) is None)"


def python_with(package: str) -> str:
    """Return the first Python that can import a package.

    Raises
    ------
    Missing
        None can.
    """
    named = [one for one in os.environ.get(PYTHONS, "").split(os.pathsep) if one]
    for python in (sys.executable, *named):
        asked = subprocess.run([python, "-c", _ASKING, package], check=False, capture_output=True)
        if asked.returncode == 0:
            return python
    raise Missing(f"{package} is not installed")


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer that has loaded, read its data and run once."""

    process: "subprocess.Popen[str]"

    def round(self) -> dict[str, Any]:
        """Let it work once more; return ``seconds`` of processor time and what else it tells.

        Raises
        ------
        Missing
            It ended.
        """
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.told()

    def told(self) -> dict[str, Any]:
        """Return the next answer."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise Missing("a peer ended before it was asked to")
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise Missing(f"a peer failed: {answer['failed']}")
        return answer


@contextmanager
def peer(package: str, script: str, *arguments: str | Path | int) -> Iterator[Peer]:
    """Start a script beside a package, wait until it is ready, and end it afterwards.

    Parameters
    ----------
    package
        What must be importable, as in ``import package``.
    script
        File name in ``peer_scripts/``.
    arguments
        Handed on as text.

    Raises
    ------
    Missing
        The package is nowhere, or the script failed.
    """
    command = [python_with(package), "-W", "ignore", str(SCRIPTS / script), *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            one = Peer(process)
            one.told()
            yield one
        finally:
            process.kill()


def beside(one: Peer, ours: Callable[[], object], rounds: int) -> tuple[Times, Times, dict[str, Any]]:
    """Time a peer and our work in turn, ours after a run that compiles.

    Returns
    -------
    Times, Times
        Of the peer and of ours.
    dict
        What the peer told in the last round.
    """
    ours()
    repeats = max(1, round(LEAST_S / max(processor_s(ours), LEAST_S / 1000)))
    theirs_s, ours_s, answer = [], [], {}
    for number in range(rounds):
        if number % 2:
            ours_s.append(processor_s(ours, repeats))
        answer = one.round()
        theirs_s.append(float(answer["seconds"]))
        if not number % 2:
            ours_s.append(processor_s(ours, repeats))
    return Times(tuple(theirs_s)), Times(tuple(ours_s)), answer
