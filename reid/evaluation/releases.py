"""Several releases by one random strategy, each attacked anew: what they come to together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from reid.metrics.estimate import Estimate
from reid.metrics.several import over_releases

_ESTIMATE: Final = {"value", "low", "high"}
_DIFFERENCES: Final = {"more_by_both", "lost_differences"}  # from -1 to 1; else an interval is a rate's
_TOLD: Final = ("rank_1", "eer", "auc")
_POINTS: Final = 200


def over_all_releases(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one block for several releases of a strategy.

    Parameters
    ----------
    blocks : sequence of mappings
        Blocks of ``report.json``, one for each release, made from the same people.

    Returns
    -------
    dict
        A block of the same form. Each measure is the mean over the releases and has the interval of
        :func:`~reid.metrics.several.over_releases`; the attacker is the one that speaks for most releases;
        whatever weakened one of them is named. ``releases`` tells what each showed, and is null where there
        is only one.
    """
    if len(blocks) == 1:
        return dict(blocks[0])
    curves = {"cmc": _mean_cmc(blocks), "det": _mean_det(blocks)}
    claims = blocks[0]["claims"]
    apart = ("curves", "claims", "maximum", "releases")
    rest = [{name: part for name, part in block.items() if name not in apart} for block in blocks]
    merged: dict[str, Any] = _together(rest, "")
    merged |= {"claims": claims, "curves": curves, "maximum": _maximum(blocks)}
    told = {name: [block[name] and block[name]["value"] for block in blocks] for name in _TOLD}
    merged["releases"] = {"n": len(blocks), "attackers": [block["attacker"] for block in blocks], **told}
    return merged


def _together(parts: Sequence[Any], name: str) -> Any:
    """Return what the same part of several blocks comes to."""
    held = [part for part in parts if part is not None]
    match held[0] if held else None:
        case Mapping() as first if set(first) >= _ESTIMATE:
            return _mean(held, name)
        case Mapping():
            names = dict.fromkeys(key for part in held for key in part)
            below = {key: name if name in _DIFFERENCES else key for key in names}
            return {key: _together([part.get(key) for part in held], below[key]) for key in names}
        case list():  # of sentences
            found: Any = list(dict.fromkeys(one for part in held for one in part))
        case bool():
            found = all(held)
        case int():
            found = max(held)
        case float():
            found = float(np.mean(held))
        case _:
            found = Counter(held).most_common(1)[0][0] if held else None
    return found


def _mean(parts: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return the mean of a measure, with its interval; its deviation, where one is given, is averaged."""
    estimates = [Estimate(part["value"], part["low"], part["high"]) for part in parts]
    within = (-1.0, 1.0) if name in _DIFFERENCES else (0.0, 1.0)
    if any(part["high"] > within[1] or part["low"] < within[0] for part in parts):
        within = (-np.inf, np.inf)  # no rate: bits, or people
    beside = {
        key: _together([part.get(key) for part in parts], key) for key in parts[0] if key not in _ESTIMATE
    }
    return over_releases(estimates, within=within).as_dict() | beside


def _maximum(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the attacker with the largest mean rate; of each release its own largest rate is averaged.

    The mean of the largest is at least the largest mean: an attacker may well take, of several that are
    about as strong, the one that does best on the release at hand.
    """
    each = [block["maximum"] for block in blocks if block["maximum"] is not None]
    largest: dict[str, Any] | None = _together(each, "maximum")
    return largest


def _mean_cmc(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    each = [block["curves"]["cmc"] for block in blocks if block["curves"]["cmc"] is not None]
    if not each:
        return None
    return {"rank": each[0]["rank"], "rate": np.mean([one["rate"] for one in each], axis=0).tolist()}


def _mean_det(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return the mean of the curves: at each rate of false matches the mean rate of false non-matches."""
    each = [block["curves"]["det"] for block in blocks if block["curves"]["det"] is not None]
    if not each:
        return None
    at = np.unique(np.concatenate([one["fmr"] for one in each]))
    at = at[np.unique(np.linspace(0, at.size - 1, _POINTS).round().astype(np.int64))]
    found = []
    for one in each:
        order = np.lexsort((-np.array(one["fnmr"]), one["fmr"]))
        found.append(np.interp(at, np.array(one["fmr"])[order], np.array(one["fnmr"])[order]))
    return {"fmr": at.tolist(), "fnmr": np.mean(found, axis=0).tolist()}
