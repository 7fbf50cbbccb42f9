"""Attackers crippled on purpose: in how many audits does the check of adequacy notice?

Fifty line-ups of one attacker each are spoilt in ten ways (it looks at the wrong features, a channel is
withheld from it, it has three trees, does not scale, learns on four people, learns under wrong names, mixes
up whom it enrolled, gives everybody one score, points the wrong way, keeps one direction) and each is
audited on some people and on a release of them. A sound line-up of several attackers is audited fifty times
in the same way, on other people each time. Every crippled attacker must be called untrustworthy, and every
sound line-up trustworthy. Run as ``python experiments/crippled_attackers.py``, or with ``--source LOG`` on
people drawn from a log.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl

from reid.anonymizers.strategies import parse_strategy
from reid.attackers import ATTACKERS, KEYBOARD, POINTER, Attacker, EnrolledAttacker, ScoreMatrix
from reid.evaluation.by_regime import audit_by_regime
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import AuditPlan
from reid.evaluation.settings import SplitSettings
from reid.evaluation.spent import Spent
from reid.evaluation.splits import choose_people
from reid.events.reading import read_source
from reid.events.schema import KEY_EVENTS
from reid.events.table import EventTable
from reid.samples.table import SampleTable
from reid.seeding import Streams, hashed_order
from reid.synthetic.truth import TruthSettings, generate
from reid.typing import silent

SOUND = ("scaled-manhattan", "likelihood-ratio", "two-covariance", "discriminant", "fusion")
SOUND_AT_POINTER = ("discriminant(features='strokes', ridge=0.6, sliding=True)", "full-covariance", "fusion")
STRATEGIES = ("time-grid(step_ms=100)", "key-classes", "drop-release", "delay-mix(bound_ms=50)", "none")
STRATEGIES_AT_POINTER = ("pixel-grid(step_px=8)", "time-grid(step_ms=50)", "fixed-rate(hz=20)", "none")
PER_KIND = 5
Learner = Callable[[SampleTable], SampleTable]
Spoiler = Callable[[ScoreMatrix], ScoreMatrix]


@dataclass(frozen=True, slots=True)
class Crippled:
    """An attacker of which what it learns from, or what it says, is spoilt."""

    name: ClassVar[str] = "crippled"
    independent: ClassVar[bool] = True
    closed_set_only: ClassVar[bool] = False

    sound: Attacker
    learning: Learner = lambda train: train
    saying: Spoiler = lambda scores: scores

    def enrol(self, train: SampleTable, gallery: SampleTable) -> "EnrolledCripple":
        return EnrolledCripple(self.sound.enrol(self.learning(train), gallery), self.saying)


@dataclass(frozen=True, slots=True)
class EnrolledCripple:
    enrolled: EnrolledAttacker
    saying: Spoiler

    def score(self, probes: SampleTable) -> ScoreMatrix:
        return self.saying(self.enrolled.score(probes))


def few_people(train: SampleTable) -> SampleTable:
    return train.of_people(train.subjects[:4])


def wrong_names(train: SampleTable) -> SampleTable:
    names = np.random.default_rng(0).permutation(np.array(train.subject_ids, dtype=object))
    return SampleTable(train.pieces, train.frame.with_columns(pl.Series("subject_id", names.tolist())))


def mixed_up(matrix: ScoreMatrix) -> ScoreMatrix:
    columns = np.random.default_rng(0).permutation(len(matrix.people))
    return replace(matrix, scores=matrix.scores[:, columns])


def one_score(matrix: ScoreMatrix) -> ScoreMatrix:
    return replace(matrix, scores=np.zeros_like(matrix.scores))


def pointing_the_wrong_way(matrix: ScoreMatrix) -> ScoreMatrix:
    return replace(matrix, scores=-matrix.scores)


def cripplings(modality: str) -> dict[str, Attacker]:
    """Return the ten ways to spoil an attack on keys or on the pointer."""
    made = ATTACKERS.make
    if modality == POINTER:
        sound = made(SOUND_AT_POINTER[0])
        kinds = {
            "wrong features": made("discriminant(features='strokes', without=('path', 'device'))"),
            "a channel withheld": made("discriminant(features='strokes', without=('path',))"),
            "three trees": made("pair-trees(n_trees=3)"),
            "no scaling": made("euclidean(features='movements')"),
            "one direction": made("discriminant(features='strokes', n_dims=1)"),
        }
    else:
        sound = made("discriminant")
        kinds = {
            "wrong features": made("discriminant(features='content')"),
            "a channel withheld": made("discriminant(without=('flight',))"),
            "three trees": made("pair-trees(features='rhythm', n_trees=3)"),
            "no scaling": made("euclidean"),
            "one direction": made("discriminant(n_dims=1)"),
        }
    return kinds | {
        "four people to learn from": Crippled(sound, learning=few_people),
        "learnt under wrong names": Crippled(sound, learning=wrong_names),
        "gallery mixed up": Crippled(sound, saying=mixed_up),
        "one score for all": Crippled(sound, saying=one_score),
        "pointing the wrong way": Crippled(sound, saying=pointing_the_wrong_way),
    }


def audited(events: EventTable, lineup: LineUp, strategy: str, seed: int) -> dict[str, Any]:
    """Return the adequacy of an audit by a line-up."""
    settings = SplitSettings(regime="population", seed=seed)
    plan = AuditPlan(
        settings=settings,
        people=choose_people(events.subjects, settings),
        releases=() if strategy == "none" else (parse_strategy(strategy),),
        attackers=lineup,
        named=tuple(lineup.singles),
        modality=modality_of_log(events),
        without=(),
        n_releases=1,
        progress=silent,
    )
    found: dict[str, Any] = audit_by_regime(events, plan, Spent())[0]["adequacy"]
    return found


def modality_of_log(events: EventTable) -> str:
    """Return which device a log is attacked by: the keyboard where there are keys."""
    return KEYBOARD if events.frame["event"].is_in(KEY_EVENTS).any() else POINTER


def people(log: EventTable | None, n_people: int, seed: int) -> EventTable:
    """Return people drawn from a log, or made up."""
    if log is None:
        settings = TruthSettings(n_people=n_people, n_sessions=6, n_keystrokes=100, n_letters=8, identity=0.6)
        return generate(settings, Streams(seed, ("crippled attackers",)))
    order = hashed_order(log.subjects, seed, "crippled attackers")
    return log.of_people(sorted(log.subjects[place] for place in order[:n_people]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=100, help="people of each audit (default 100)")
    parser.add_argument("--each", type=int, default=PER_KIND, help="audits of each crippling (default 5)")
    parser.add_argument("--source", type=Path, help="draw the people from this log")
    arguments = parser.parse_args()
    log = read_source(arguments.source).events if arguments.source else None
    caught = trusted = n_sound = 0
    at_pointer = log is not None and modality_of_log(log) == POINTER
    kinds = cripplings(POINTER if at_pointer else KEYBOARD)
    strategies = STRATEGIES_AT_POINTER if at_pointer else STRATEGIES
    for number in range(arguments.each):
        events, strategy = people(log, arguments.people, number), strategies[number % len(strategies)]
        for kind, attacker in kinds.items():
            found = audited(events, LineUp({kind: attacker}, fused=False), strategy, number)
            caught += not found["trustworthy"]
            failed = sorted({check["name"] for check in found["checks"] if check["passed"] is False})
            print(f"{kind:<26} {strategy:<24} {', '.join(failed) or 'NOT CAUGHT'}", flush=True)
    for number in range(arguments.each * len(kinds)):
        events = people(log, arguments.people, 1000 + number)
        strategy = strategies[number % len(strategies)]
        found = audited(events, LineUp.of(SOUND_AT_POINTER if at_pointer else SOUND), strategy, number)
        n_sound, trusted = n_sound + 1, trusted + found["trustworthy"]
        print(f"{'sound':<26} {strategy:<24} {'; '.join(found['reasons']) or 'trustworthy'}", flush=True)
    n_crippled = arguments.each * len(kinds)
    print(f"crippled: caught {caught} of {n_crippled}; sound: trusted {trusted} of {n_sound}")
    sys.exit(caught < n_crippled or trusted < n_sound)


if __name__ == "__main__":
    main()
