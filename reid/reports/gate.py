"""Whether a report lets a release go: it can be trusted, and its risk is low enough."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, UnknownNameError
from reid.evaluation.plan import NO_STRATEGY
from reid.figures.labels import plain
from reid.metrics.intervals import sidak_level
from reid.metrics.measures import GALLERY_SIZES
from reid.metrics.people_needed import people_needed
from reid.reports.wording import is_raw, nothing_compared, plain_percent
from reid.study.exposure import AMONG, comparisons_of
from reid.study.finished import FinishedStudy
from reid.study.recommend import USUAL_RISK

ALL: Final = "all"  #: accepts whatever weakens a report
_LEVEL: Final = 0.95
_SURE: Final = 0.975  # one side of an interval of 95 %
_MOST_ADVISED: Final = 100_000  # people; more are no advice


def refusals(
    report: Mapping[str, Any],
    *,
    risk: float = USUAL_RISK,
    among: int = AMONG,
    accepted: Sequence[str] = (),
    worst: Mapping[str, float] | None = None,
) -> list[str]:
    """Return why a release must not go, one line each; empty where it may.

    Parameters
    ----------
    report : mapping
        A report as in ``schema.json``; its headline is judged.
    risk : float
        Largest share of people who may be named at first guess, above 0 and below 1. The upper end of
        the headline's 95 % interval must not lie above, nor that of its strongest threat; nor may a tenth of
        the people be named more often.
    among : int
        How many people stand on the list: a longer one, on which each is harder to find, makes nothing safer.
        Where fewer were attacked, all of them.
    accepted : sequence of str
        What may weaken the report: any text that its sentence holds, or ``all``.
    worst : mapping, optional
        Rate of the worst decile among so many, where it is known; else that among all who were attacked.

    Raises
    ------
    ParameterError
        The risk is no share of people, the number of people is none of those that reports tell of, or an
        accepted text is empty.
    """
    if not 0 < risk < 1:
        raise ParameterError.of("--risk", must="lie between 0 and 1", found=risk)
    if among not in GALLERY_SIZES:
        known = " or ".join(map(str, GALLERY_SIZES))
        raise ParameterError.of("--among", must=f"be {known}", found=among)
    if not all(text.strip() for text in accepted):
        raise ParameterError.of("--accept", must=f"hold words of a weakness, or {ALL!r}", found="none")
    headline = report["headline"]
    return [
        *_undecided(report),
        *_untrusted(report.get("adequacy")),
        *(
            f"weakened, and not accepted: {plain(text, 400)}"
            for text in headline["weakened_by"]
            if not any(part == ALL or part.casefold() in text.casefold() for part in accepted)
        ),
        *_risky(headline, risk, among, worst),
    ]


def study_refusals(
    study: FinishedStudy,
    strategy: str | None = None,
    *,
    risk: float = USUAL_RISK,
    among: int = AMONG,
    accepted: Sequence[str] = (),
) -> tuple[list[str], float | None]:
    """Return why a release by one strategy of a study must not go, and the largest upper end of its risk.

    Parameters
    ----------
    study : FinishedStudy
        Whose cells of the strategy are judged, on every input, under every threat and with every seed. The
        best of several strategies may be the luckiest, so its upper end must hold for all of them at once.
    strategy : str, optional
        As written; may be absent where the study has one alone.
    risk, among, accepted
        As of :func:`refusals`.

    Raises
    ------
    ParameterError
        The study has several strategies and none is named.
    UnknownNameError
        The strategy is none of the study's.
    """
    texts = list(dict.fromkeys(cell["strategy"] for cell in study.cells))
    released = [text for text in texts if text != NO_STRATEGY]
    if strategy is None:
        if len(released) != 1:
            advice = "Name it with --with."
            found = ", ".join(plain(text, 100) for text in released) or "none"
            raise ParameterError.of("the strategy", must="be one", found=found, advice=advice)
        (strategy,) = released
    strategy = str(parse_strategy(strategy))
    if strategy not in released:
        raise UnknownNameError.of("strategy of the study", strategy, released)
    judged = [(n, cell) for n, cell in enumerate(study.cells, 1) if cell["strategy"] == strategy]
    simultaneous = _ends_of_all(study, among, len(released)) if len(released) > 1 else {}
    reasons: list[str] = []
    ends: list[float | None] = []
    for number, cell in judged:
        report = study.report_of(number)
        place = f"{cell['input']}, {cell['threat']}, seed {cell['seed']}: " if len(judged) > 1 else ""
        if report is None:
            reasons.append(f"{place}its attack found nothing, so nothing is known of the risk")
            ends.append(None)
            continue
        worst = study.worst_decile(number, among)
        each = refusals(report, risk=risk, among=among, accepted=accepted, worst=worst)
        high = upper_end(report["headline"], among)
        if high is not None and high <= risk < simultaneous.get(number, high):
            shown = f"the risk may be as large as {plain_percent(simultaneous[number])}"
            advice = "attack this one alone on other people"
            each.append(
                f"as the best of {len(released)} strategies it may be the luckiest: {shown}; {advice}"
            )
        reasons += [f"{place}{reason}" for reason in each]
        ends.append(upper_end(report["headline"], among))
    known = [end for end in ends if end is not None]
    return reasons, max(known) if len(known) == len(ends) else None


def _ends_of_all(study: FinishedStudy, among: int, n: int) -> dict[int, float]:
    """Return the upper end of the risk of each cell, where those of so many strategies hold all at once."""
    level = sidak_level(_LEVEL, n)
    return {
        cell.cell: cell.risk(np.ones(cell.person.size, dtype=np.bool_), level).high
        for compared in comparisons_of(study, among=among)
        for cell in compared.cells
    }


def upper_end(headline: Mapping[str, Any], among: int = AMONG) -> float | None:
    """Return the upper end of the risk, or of the strongest threat's; None where it is not known."""
    rates = _rates(headline, among)
    return max(float(rate["high"]) for rate in rates) if rates else None


def _rates(headline: Mapping[str, Any], among: int) -> list[Mapping[str, float]]:
    """Return the risk and that of the strongest threat; none where one of them is not told.

    Among fewer people than asked for, all are listed: who is named among more is named among them.
    """
    threats = (headline.get("threats") or {"risk": None})["risk"]
    told = [headline, threats] if threats else [headline]
    if headline["rank_1"] is None:
        return []
    if headline["n_people"] <= among:
        return [each["rank_1"] for each in told]
    rates = [each.get("rank_1_among", {}).get(str(among)) for each in told]
    return [] if None in rates else rates


def _undecided(report: Mapping[str, Any]) -> list[str]:
    """Return a line where several releases stand behind a headline that is none of theirs."""
    if is_raw(report["headline"]) and report["results"]:
        return ["the headline is the raw log's: audit the release alone to have it judged"]
    return []


def _untrusted(adequacy: Mapping[str, Any] | None) -> list[str]:
    if adequacy is None:
        return ["whether its attackers could have succeeded was not checked"]
    reasons = dict.fromkeys(plain(reason, 400) for reason in adequacy["reasons"])
    if adequacy["trustworthy"] and not reasons:
        return []
    return [f"not trustworthy: {reason}" for reason in reasons] or ["not trustworthy"]


def _risky(
    headline: Mapping[str, Any], risk: float, among: int, worst: Mapping[str, float] | None
) -> list[str]:
    if headline["rank_1"] is None:
        return ["nobody was looked for among others, so there is no risk to be named to judge"]
    if nothing_compared(headline):
        return ["every comparison failed, so nothing is known of the risk"]
    listed = min(among, headline["n_people"])
    allowed = plain_percent(risk, up=False)
    if 1 / listed >= risk:
        by_luck = plain_percent(1 / listed)
        return [f"blind guessing among {listed} people names {by_luck}, which is not below {allowed}"]
    rates = _rates(headline, among)
    if not rates:
        return [f"the risk among {among} people is not told: audit again with this version"]
    reasons = []
    high, value = (max(float(rate[end]) for rate in rates) for end in ("high", "value"))
    if high > risk:
        found = f"the risk among {listed} people may be as large as {plain_percent(high)}"
        found = f"{found} (upper end of the 95 % interval), above {allowed}"
        reasons.append(f"{found}; {_advice(value, risk, headline['n_people'])}")
    decile = worst or ((headline.get("further") or {}).get("who") or {}).get("worst_decile")
    if decile is not None and decile["value"] > risk:
        often = plain_percent(decile["value"])
        reasons.append(f"a tenth of the people are named in {often} of their probes or more, above {allowed}")
    return reasons


def _advice(value: float, risk: float, n_people: int) -> str:
    """Say how many people would show the risk to be low enough, were it as measured."""
    fewest = people_needed(risk, confidence=_SURE)
    if n_people < fewest:
        return f"showing less takes {fewest} people, even if none is named, and {n_people} were attacked"
    if value >= risk:
        return "more people would not show less, since as many are named as measured"
    n_found = 0
    while (needed := people_needed(risk, n_found=n_found, confidence=_SURE)) < _MOST_ADVISED:
        if n_found >= value * needed:
            return f"if it is as measured, it takes about {needed} people, and {n_people} were attacked"
        n_found += 1 + n_found // 20
    return "so close to the line no number of people to speak of would show it"
