"""Numbers of a whole audit, kept so that a changed result is noticed.

Where a change is meant, renew them with ``python -m tests.golden.test_report`` and look at the difference.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from reid.evaluation.audit import audit
from reid.seeding import Streams
from reid.synthetic.truth import TruthSettings, generate

KEPT = Path(__file__).parent / "report.json"
TOLERANCE = 1e-6
PEOPLE = TruthSettings(n_people=40, n_sessions=4, n_keystrokes=100, n_letters=8, identity=0.5)
AUDITS: dict[str, dict[str, Any]] = {
    "closed set": {"regime": "closed-set", "attackers": ["scaled-manhattan", "discriminant", "fusion"]},
    "population": {"regime": "population"},
    "released": {"regime": "population", "strategies": ["delay-mix(bound_ms=100) | key-classes"]},
}


def found(name: str) -> dict[str, Any]:
    report = audit(generate(PEOPLE, Streams(20261)), **AUDITS[name]).report
    report["headline"].pop("curves")  # long, and follow from the same scores
    (report["reference"] or {}).pop("curves", None)
    written: dict[str, Any] = json.loads(json.dumps(report))
    return written


def differences(kept: Any, now: Any, place: str = "report") -> list[str]:
    """List where two reports differ: numbers by more than the tolerance, anything else at all."""
    if isinstance(kept, dict) and isinstance(now, dict):
        lists = [
            differences(kept.get(name), now.get(name), f"{place}.{name}") for name in sorted({*kept, *now})
        ]
        return [one for each in lists for one in each]
    if isinstance(kept, list) and isinstance(now, list) and len(kept) == len(now):
        lists = [
            differences(*pair, f"{place}[{number}]")
            for number, pair in enumerate(zip(kept, now, strict=True))
        ]
        return [one for each in lists for one in each]
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (kept, now))
    same = math.isclose(kept, now, rel_tol=0, abs_tol=TOLERANCE) if numbers else kept == now
    return [] if same else [f"{place}: {kept!r} became {now!r}"]


@pytest.mark.parametrize("name", AUDITS)
def test_the_report_is_as_it_was(name: str) -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))[name]
    changed = differences(kept, found(name))
    assert not changed, "\n".join(changed)


def test_differences_are_seen() -> None:
    assert differences({"a": [1.0, "x"], "b": None}, {"a": [1.0 + 1e-8, "x"], "b": None}) == []
    assert differences({"a": [1.0]}, {"a": [1.0 + 1e-4]}) == ["report.a[0]: 1.0 became 1.0001"]
    assert differences({"a": [1]}, {"a": [1, 2]}) == ["report.a: [1] became [1, 2]"]
    assert differences({}, {"a": True}) == ["report.a: None became True"]


def renew() -> None:
    text = json.dumps({name: found(name) for name in AUDITS}, indent=1, sort_keys=True)
    KEPT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    renew()
    sys.stdout.write(f"{KEPT.name} is renewed; look at its difference before it is kept\n")
