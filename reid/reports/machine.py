"""How much of a pointer's risk is the machine, as a table."""

from collections.abc import Mapping
from typing import Any

from reid.figures.labels import plain
from reid.reports.wording import fraction, percent


def machine_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a block's table of the same attack with less, or more, of the machine to see.

    Parameters
    ----------
    name : str
        Label of the block.
    block : mapping
        Of ``report.json``.

    Returns
    -------
    dict or None
        ``label``, ``attacker`` and ``rows`` of what was seen of how many people, rank-1 and AUC; None where
        it was not measured.
    """
    device = block.get("device")
    if device is None:
        return None
    n_people, alike = block["n_people"], device["at_like_rates"]
    step = f"{device['step_ms']:g} ms"
    rows = [
        _row("all that the headline sees of the pointer", n_people, device["as_is"]),
        _row("without what tells of clock, polling rate and screen", n_people, device["without"]),
        _row(f"with everybody's moves at one rate, {step} apart", n_people, device["at_common_rate"]),
        _row("also where on the screen the pointer was", n_people, device["with_position"]),
    ]
    if alike is not None:
        seen = f"only people whose pointer is reported about equally often ({alike['n_aside']} left aside)"
        rows.insert(3, _row(seen, alike["n_people"], alike["rates"]))
    return {
        "label": name,
        "attacker": plain(device["attacker"], 60),
        "rows": rows,
    }


def _row(seen: str, n_people: int, rates: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return one line; no rates where nothing was left to see."""
    return {
        "seen": seen,
        "people": f"{n_people:,}",
        "rank_1": None if rates is None else percent(rates["rank_1"]),
        "auc": None if rates is None else fraction(rates["auc"]),
    }
