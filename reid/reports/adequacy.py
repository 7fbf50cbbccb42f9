"""Whether an audit can be trusted, as a warning and as a table of the page."""

from collections.abc import Mapping
from typing import Any, Final

from reid.figures.labels import plain
from reid.reports.wording import RAW, RAW_LABEL

_PASSED: Final[Mapping[bool | None, str]] = {True: "passed", False: "failed", None: "no verdict"}

_QUICK: Final = (
    "For the planted signal one quick attacker was asked and not a fusion, which would have to rehearse and "
    "attack anew: that it was found shows that it can be seen, not that a fusion would weigh it rightly "
    "(--adequacy full asks everybody)."
)


def warning(report: Mapping[str, Any]) -> str | None:
    """Return why the answer is not to be trusted, in one sentence; None where it is, or was not checked."""
    adequacy = report.get("adequacy")
    if adequacy is None or adequacy["trustworthy"]:
        return None
    reasons = dict.fromkeys(plain(reason, 400).rstrip(".") for reason in adequacy["reasons"])
    return f"Not trustworthy: {'; '.join(reasons)}."


def adequacy_table(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what was asked of the attackers and how they answered; None where nothing was."""
    adequacy = report.get("adequacy")
    if adequacy is None:
        return None
    rows = [
        {
            "name": plain(check["name"], 60),
            "label": RAW_LABEL if check["strategy"] == RAW else plain(check["strategy"]),
            "outcome": _PASSED[check["passed"]],
            "sentence": plain(check["sentence"], 400),
        }
        for check in adequacy["checks"]
    ]
    limits = _QUICK if adequacy["effort"] == "quick" else None
    return {"trustworthy": adequacy["trustworthy"], "limits": limits, "rows": rows}
