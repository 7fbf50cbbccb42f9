"""Whether a report lets a release go: it can be trusted, and its risk is low enough."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from reid.errors import ParameterError
from reid.figures.labels import plain
from reid.reports.wording import is_raw, nothing_compared, plain_percent

#: Threshold for publishing clinical data (EMA Policy 0070, Health Canada's guidance on PRCI).
USUAL_RISK: Final = 0.09
ALL: Final = "all"  #: accepts whatever weakens a report


def refusals(
    report: Mapping[str, Any], *, risk: float = USUAL_RISK, accepted: Sequence[str] = ()
) -> list[str]:
    """Return why a release must not go, one line each; empty where it may.

    Parameters
    ----------
    report : mapping
        A report as in ``schema.json``; its headline is judged.
    risk : float
        Largest share of people who may be named at first guess, above 0 and below 1. The upper end of
        the headline's 95 % interval must not lie above, nor that of its strongest threat.
    accepted : sequence of str
        What may weaken the report: any text that its sentence holds, or ``all``.

    Raises
    ------
    ParameterError
        The risk is no share of people, or an accepted text is empty.
    """
    if not 0 < risk < 1:
        raise ParameterError.of("--risk", must="lie between 0 and 1", found=risk)
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
        *_risky(headline, risk),
    ]


def upper_end(headline: Mapping[str, Any]) -> float | None:
    """Return the upper end of the rank-1, or of the strongest threat's; None where nobody is ranked."""
    threats = (headline.get("threats") or {"risk": None})["risk"]
    rates = [headline["rank_1"], threats and threats["rank_1"]]
    ends = [float(rate["high"]) for rate in rates if rate is not None]
    return max(ends) if ends and headline["rank_1"] is not None else None


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


def _risky(headline: Mapping[str, Any], risk: float) -> list[str]:
    high = upper_end(headline)
    if high is None:
        return ["nobody was looked for among others, so there is no risk to be named to judge"]
    if nothing_compared(headline):
        return ["every comparison failed, so nothing is known of the risk"]
    if high <= risk:
        return []
    found, allowed = plain_percent(high), plain_percent(risk, up=False)
    return [f"the risk may be as large as {found} (upper end of the 95 % interval), above {allowed}"]
