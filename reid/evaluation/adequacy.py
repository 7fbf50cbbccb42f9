"""Whether attackers could have succeeded: only then does their failure speak of protection."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from reid.attackers import Attacker, ScoreMatrix
from reid.attackers.learner import UNCONVERGED
from reid.errors import BlindError
from reid.evaluation.attack import attempt
from reid.evaluation.checks import (
    EFFORTS,
    HEALTH,
    KNOWN_SUCCESS,
    LESS_INFORMED,
    MORE_THAN_RAW,
    PLANTED_SIGNAL,
    YARDSTICKS,
    Check,
    devices_of,
)
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import NO_STRATEGY, AttackedLog, AuditPlan
from reid.evaluation.seeking import checks_of_planted
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import Split
from reid.metrics.estimate import Estimate
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import mean_over_people, paired_difference, proportion_over_people, sidak_level
from reid.typing import FloatArray

_LEVEL: Final = 0.99  # of all comparisons within a check at once: an alarm must seldom be a false one
_MOST_FAILED: Final = 0.5  # share of failed comparisons beyond which an attacker said nothing


def verdict(checks: Sequence[Check], effort: str) -> dict[str, Any]:
    """Return whether an audit can be trusted, why not, and all that was checked.

    It can where no check failed, and a success of its attackers was seen: on the raw log or a release,
    as large as the yardstick's, or on a signal that was planted.
    """
    reasons = [check.sentence for check in checks if check.passed is False]
    if not any(check.passed for check in checks if check.name in {KNOWN_SUCCESS, PLANTED_SIGNAL}):
        reasons.append("nothing shows that the attackers could have succeeded")
    return {
        "trustworthy": not reasons,
        "reasons": reasons,
        "effort": effort,
        "checks": [check.as_dict() for check in checks],
    }


def adequacy_of(
    checks: Sequence[Check], blocks: Sequence[Mapping[str, Any]], plan: AuditPlan
) -> dict[str, Any] | None:
    """Return the report's entry: the verdict on all that was attacked; None where nothing was asked."""
    if plan.adequacy == EFFORTS[0]:
        return None
    return verdict([*checks, *checks_of_blocks(blocks)], plan.adequacy)


def checks_of_attack(
    attacked: Sequence[tuple[AttackedLog, Split]], outcomes: Sequence[AttackOutcome], plan: AuditPlan
) -> list[Check]:
    """Question those who attacked one log, or all releases of one strategy.

    Parameters
    ----------
    attacked : sequence of tuple
        Each log with its division.
    outcomes : sequence of AttackOutcome
        What came of each.
    plan : AuditPlan
        Of the audit; its ``adequacy`` says how much is asked.
    """
    if plan.adequacy == EFFORTS[0]:
        return []
    log = attacked[0][0]
    checks = [
        *(_against_yardsticks(attacked, outcomes, plan)),
        *(_health(log.strategy, outcome) for outcome in outcomes),
    ]
    if log.place or not (plan.releases or plan.given is not None):  # the headline's kind of log
        checks.extend(checks_of_planted(*attacked[0], outcomes[0], plan))
    return checks


def checks_of_blocks(blocks: Sequence[Mapping[str, Any]]) -> Iterator[Check]:
    """Question finished blocks, the raw log's first: nobody should do better by knowing less."""
    raw = blocks[0]
    for block in blocks[1:]:
        rate, strategy = block["rank_1"], block["strategy"]
        more = rate["low"] > raw["rank_1"]["high"]
        sentence = (
            "more people are named in the release than in the raw log beyond the intervals: either the "
            "release carries people's identity from session to session, or the attack on the raw log was weak"
            if more
            else "no more people are named in the release than in the raw log, within the intervals"
        )
        figures = {"rank_1": _ends(rate), "raw_rank_1": _ends(raw["rank_1"])}
        yield Check(MORE_THAN_RAW, strategy, sentence, figures, passed=not more)
        rungs = (block.get("threats") or {"rungs": {}})["rungs"]
        less = {name: rungs[name]["rank_1"] for name in ("ignorant", "lazy") if name in rungs}
        known = {name: one for name, one in less.items() if one is not None}
        if known:
            ahead = [name for name, one in known.items() if one["low"] > rate["high"]]
            sentence = (
                f"the attacker who learns on the release names fewer people than one who is {ahead[0]}, "
                "beyond the intervals: it did not learn what was there"
                if ahead
                else "the attacker who learns on the release loses to none who knows less"
            )
            figures = {"informed": _ends(rate)} | {name: _ends(one) for name, one in known.items()}
            yield Check(LESS_INFORMED, strategy, sentence, figures, passed=not ahead)


def yardsticks(plan: AuditPlan) -> Mapping[str, Attacker]:
    """Return the yardsticks for what the attackers look at, by name, with what is withheld from all."""
    texts = [text for device in devices_of(plan) for text in YARDSTICKS[device]]
    return LineUp.of(texts, without=plan.without, seed=plan.settings.seed).singles


def _against_yardsticks(
    attacked: Sequence[tuple[AttackedLog, Split]], outcomes: Sequence[AttackOutcome], plan: AuditPlan
) -> Iterator[Check]:
    """Hold those who speak for all to a yardstick, on the same probes."""
    strategy = attacked[0][0].strategy
    rulers = yardsticks(plan)
    level = sidak_level(_LEVEL, 2 * len(rulers))
    headlines = [outcome.headline for outcome in outcomes]
    for name, ruler in rulers.items():
        try:
            ruled = [
                outcome.scores[name]
                if name in outcome.scores and plan.attackers.singles.get(name) == ruler
                else _scores_of({name: ruler}, split, plan, strategy)[name]
                for (_, split), outcome in zip(attacked, outcomes, strict=True)
            ]
        except BlindError:
            sentence = f"the yardstick {name} saw nothing, so that no success is known"
            yield Check(KNOWN_SUCCESS, strategy, sentence, {"yardstick": name}, passed=None)
            continue
        more = _paired(paired_difference, _hits, headlines, ruled, level)
        bits = _paired(mean_over_people, _bits_left, headlines, ruled, level)
        behind = more.high < 0 or (more.value < 0 and bits.low > 0)
        words = (
            f"the attack names fewer people than the yardstick {name} does, beyond the interval: its "
            "attackers are weak, or were weakened"
            if behind
            else f"the attack is as strong as the yardstick {name}, or stronger, within the interval"
        )
        about = {"yardstick": name, "attacker": outcomes[0].attacker}
        rates = {"rank_1": _rate(headlines).as_dict(), "yardstick_rank_1": _rate(ruled).as_dict()}
        differences = {"more_rank_1": more.as_dict(), "more_bits_left": bits.as_dict()}
        yield Check(KNOWN_SUCCESS, strategy, words, about | rates | differences, passed=not behind)


def _health(strategy: str, outcome: AttackOutcome) -> Check:
    """Look for signs that attackers broke: no scores, one score for all, worse than guessing."""
    failed = float(np.isnan(outcome.headline.scores).mean())
    tells = {name: _tells_apart(matrix) for name, matrix in outcome.scores.items()}
    level = sidak_level(_LEVEL, 2 * len(tells))
    below = [name for name, matrix in outcome.scores.items() if _below_chance(matrix, level)]
    spoken = outcome.scores.get(outcome.attacker, outcome.headline)
    unconverged = any(caveat.startswith(UNCONVERGED) for caveat in spoken.caveats)
    wrong = []
    if failed > _MOST_FAILED:
        wrong.append(f"{100 * failed:.0f} % of its comparisons failed")
    if not _tells_apart(outcome.headline) and any(tells.values()):
        wrong.append("it gives everybody the same score where others tell people apart")
    if unconverged:
        wrong.append("its learning did not converge")
    sentence = f"the attacker {outcome.attacker}: {', '.join(wrong)}" if wrong else ""
    if below:
        worse = f"worse than blind guessing, beyond the interval: {', '.join(below)}"
        sentence = f"{sentence}; {worse}" if sentence else worse
    figures = {
        "attacker": outcome.attacker,
        "share_failed": failed,
        "tells_nobody_apart": [name for name, told in tells.items() if not told],
        "below_chance": below,
        "converged": not unconverged,
    }
    return Check(
        HEALTH, strategy, sentence or "the attackers show no sign of a fault", figures, passed=not sentence
    )


def _tells_apart(matrix: ScoreMatrix) -> bool:
    """Tell whether any probe resembles one person more than another."""
    known = ~np.isnan(matrix.scores)
    highest = np.where(known, matrix.scores, -np.inf).max(axis=1)
    lowest = np.where(known, matrix.scores, np.inf).min(axis=1)
    return bool((highest > lowest).any())


def _below_chance(matrix: ScoreMatrix, level: float) -> bool:
    truth = matrix.truth()
    person = truth[truth >= 0]
    if np.unique(person).size < 2:  # noqa: PLR2004  one person has no spread
        return False
    better, tied = ranks(matrix.scores, truth)
    others = max(len(matrix.people) - 1, 1)
    # A failed comparison ranks last without having been judged.
    behind = np.where(better > others, 0.5, (better + 0.5 * tied) / others) - 0.5
    hits = proportion_over_people(_hits(matrix), person, level=level)
    missed = bool(np.isnan(matrix.scores[truth >= 0, person]).any())
    few = hits.high < 1 / len(matrix.people) and not missed
    return few or mean_over_people(behind, np.zeros_like(behind), person, level=level).low > 0


def _scores_of(
    attackers: Mapping[str, Attacker], split: Split, plan: AuditPlan, strategy: str
) -> Mapping[str, ScoreMatrix]:
    told = plan.told("yardstick" if strategy == NO_STRATEGY else f"{strategy}, yardstick")
    lineup = LineUp(attackers, fused=False)
    return attempt(split, lineup, n_jobs=plan.n_jobs, progress=told).voices.scores


def _hits(matrix: ScoreMatrix) -> FloatArray:
    return rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)


def _bits_left(matrix: ScoreMatrix) -> FloatArray:
    """Return the logarithm to base 2 of each probe's place of the right person: (n_probes,)."""
    better, tied = ranks(matrix.scores, matrix.truth())
    return np.asarray(np.log2(1 + better + 0.5 * tied))


def _paired(
    difference: Any, measure: Any, ours: Sequence[ScoreMatrix], theirs: Sequence[ScoreMatrix], level: float
) -> Estimate:
    """Return the difference of a measure of the same probes, over people and all releases."""
    person = np.concatenate([matrix.truth()[matrix.truth() >= 0] for matrix in ours])
    sides = [np.concatenate([measure(matrix) for matrix in side]) for side in (ours, theirs)]
    found: Estimate = difference(*sides, person, level=level)
    return found


def _rate(matrices: Sequence[ScoreMatrix]) -> Estimate:
    person = np.concatenate([matrix.truth()[matrix.truth() >= 0] for matrix in matrices])
    return proportion_over_people(np.concatenate([_hits(matrix) for matrix in matrices]), person)


def _ends(rate: Mapping[str, float]) -> dict[str, float]:
    return {end: rate[end] for end in ("value", "low", "high")}
