"""Several releases by one random strategy, each attacked anew: what they come to together."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from reid.evaluation.risk_of_people import RiskOfPeople
from reid.metrics.estimate import Estimate
from reid.metrics.groups import is_apart
from reid.metrics.intervals import sidak_level
from reid.metrics.several import over_releases
from reid.metrics.who import listed

_ESTIMATE: Final = {"value", "low", "high"}
_DIFFERENCES: Final = ("more_by_both", "lost_differences")  # from -1 to 1; else an interval is a rate's
_TOLD: Final = ("rank_1", "eer", "auc")
_POINTS: Final = 200
_LEVEL: Final = 0.95
#: By what the entries of a list are known, whose place differs from release to release.
_KNOWN_BY: Final = (("amount",), ("by", "label"), ("person",))


def over_all_releases(blocks: Sequence[Mapping[str, Any]], people: RiskOfPeople | None) -> dict[str, Any]:
    """Return one block for several releases of a strategy.

    Parameters
    ----------
    blocks : sequence of mappings
        Blocks of ``report.json``, one for each release, made from the same people.
    people : RiskOfPeople or None
        What all releases come to for each person; None where nobody is ranked.

    Returns
    -------
    dict
        A block of the same form. Each measure is the mean over the releases and has the interval of
        :func:`~reid.metrics.several.over_releases`; the attacker is the one that speaks for most releases;
        whatever weakened one of them is named. Of amounts, groups and people, those that every release tells
        of. ``releases`` tells what each showed, and is null where there is only one.

    Notes
    -----
    A measure that some releases lack is the mean of the others, and its ``n_releases`` says of how many.
    What could not be tried on some releases tells, as ``why_fewer``, why not; ``why_none`` stays null as
    long as one release is left.

    What follows from joined numbers is never joined itself but found again: the rates of people are each
    person's mean, and only then sorted; groups lie apart where the joined intervals do; and see
    :func:`joined_verdict` for the channels.
    """
    if len(blocks) == 1:
        return dict(blocks[0])
    apart = ("curves", "claims", "releases")
    rest = [{name: part for name, part in block.items() if name not in apart} for block in blocks]
    scale = _Scale.of(blocks)
    merged: dict[str, Any] = _together(rest, "", scale)
    if merged.get("channels"):
        told = [block["channels"] for block in blocks if block.get("channels")]
        merged["channels"] |= joined_verdict(told, merged["channels"]["by_channel"])
    if merged.get("further") and people is not None:
        who = merged["further"]["who"]
        who["rank_1_of_people"] = listed(people.rank_1)
        if "groups" in who:
            who["groups"] = _held_apart(who["groups"])
    merged |= {"claims": blocks[0]["claims"], "curves": {"cmc": _mean_cmc(blocks), "det": _mean_det(blocks)}}
    each = {name: [block[name] and block[name]["value"] for block in blocks] for name in _TOLD}
    merged["releases"] = {"n": len(blocks), "attackers": [block["attacker"] for block in blocks], **each}
    return merged


def joined_verdict(told: Sequence[Mapping[str, Any]], by_channel: Mapping[str, Any]) -> dict[str, Any]:
    """Return which channel carries the risk over several releases, and which confounds name people.

    Parameters
    ----------
    told : sequence of mappings
        ``channels`` of the block of each release.
    by_channel : mapping
        By channel, what is already joined.

    Returns
    -------
    dict
        ``by_channel``, ``attributed_to``, ``as_much`` and ``confounds``.

    Notes
    -----
    One rule: what is said of a release, yes or no, is said of all where more than half of them say it, and a
    release in which a channel shows nothing says no. So a channel names people ``beyond_chance``, and the
    risk is attributed at all. All else follows: ``confounds`` are the channels beyond chance that are no
    behaviour; the risk is ``attributed_to`` the channel with the most credit on the mean, where one that
    shows nothing has none; ``as_much`` are those that had as much, or the most, in some release.
    """
    half = len(told) / 2
    found = {}
    for channel, each in by_channel.items():
        own = [one["by_channel"][channel] for one in told if channel in one["by_channel"]]
        beyond = sum(one["beyond_chance"] for one in own) > half
        credit = sum(one["credit"] for one in own) / len(told)
        found[channel] = each | {"beyond_chance": beyond, "credit": credit}
    carriers = [one["attributed_to"] for one in told if one["attributed_to"] is not None]
    carries = len(carriers) > half
    carrier = max(found, key=lambda channel: found[channel]["credit"]) if carries else None
    equals = {name for one in told for name in one["as_much"]} | set(carriers)
    return {
        "by_channel": found,
        "attributed_to": carrier,
        "as_much": [name for name in found if carries and name in equals and name != carrier],
        "confounds": [
            name for name, each in found.items() if each["beyond_chance"] and not each["behaviour"]
        ],
    }


def _held_apart(groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Say anew of joined groups whether their intervals meet, each among those of its column."""
    rates = [Estimate(**{end: each["rank_1"][end] for end in ("value", "low", "high")}) for each in groups]
    return [
        dict(each)
        | {
            "apart": is_apart(
                rate, [other for one, other in zip(groups, rates, strict=True) if one["by"] == each["by"]]
            )
        }
        for each, rate in zip(groups, rates, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Between what limits a measure lies, and at what level its interval holds, by where it stands."""

    n_releases: int
    n_people: int
    level_of_maximum: float
    level_of_risk: float
    level_of_groups: float

    @classmethod
    def of(cls, blocks: Sequence[Mapping[str, Any]]) -> Self:
        n_rungs = len(blocks[0].get("threats", {"rungs": {}})["rungs"])
        return cls(
            len(blocks),
            max(block["n_people"] for block in blocks),
            sidak_level(_LEVEL, max(len(block["attackers"]) for block in blocks)),
            sidak_level(_LEVEL, max(n_rungs, 1)),
            sidak_level(_LEVEL, max((_most_groups(block) for block in blocks), default=1)),
        )

    def within(self, place: str) -> tuple[float, float]:
        if any(name in place for name in _DIFFERENCES):
            return -1.0, 1.0
        if place.endswith("bits"):
            return 0.0, float(np.log2(max(self.n_people, 2)))
        return (1.0, float(self.n_people)) if "/anonymity_set/" in place else (0.0, 1.0)

    def level(self, place: str) -> float:
        if place.startswith("/maximum/"):
            return self.level_of_maximum
        if place.startswith("/further/who/groups/"):
            return self.level_of_groups
        return self.level_of_risk if place.startswith("/threats/risk/") else _LEVEL


def _together(parts: Sequence[Any], place: str, scale: _Scale) -> Any:
    """Return what the same part of several blocks comes to."""
    held = [part for part in parts if part is not None]
    match held[0] if held else None:
        case Mapping() as first if set(first) >= _ESTIMATE:
            return _mean(held, place, scale)
        case Mapping():
            tried = [part for part in held if part.get("why_none") is None] or held
            names = dict.fromkeys(key for part in tried for key in part)
            found: Any = {
                key: _together([part.get(key) for part in tried], f"{place}/{key}", scale) for key in names
            }
            if len(tried) < len(held):
                found["why_fewer"] = next(part["why_none"] for part in held if part.get("why_none"))
        case list() if any(isinstance(one, str) for part in held for one in part):
            found = _sentences(one for part in held for one in part)
        case list():  # one value each for the same places
            found = [_together(row, place, scale) for row in _of_the_same(held)]
        case bool():
            found = all(held)
        case int():
            found = max(held)
        case float():
            found = float(np.mean(held))
        case _:
            found = Counter(held).most_common(1)[0][0] if held else None
    return found


def _of_the_same(lists: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """Return what the lists hold of the same: what is known by a name where all have it, else by place."""
    every = [one for each in lists for one in each]
    for names in _KNOWN_BY:
        if every and all(isinstance(one, Mapping) and one.keys() >= set(names) for one in every):
            named = [_by_name(each, names) for each in lists]
            return [
                [each[name] for each in named] for name in named[0] if all(name in each for each in named)
            ]
    return zip(*lists, strict=False)


def _by_name(entries: Iterable[Mapping[str, Any]], names: Sequence[str]) -> dict[tuple[Any, ...], Any]:
    """Return entries by what they are known by; of those that share it, the first, second, ... apart."""
    found: dict[tuple[Any, ...], Any] = {}
    seen: Counter[tuple[Any, ...]] = Counter()
    for entry in entries:
        name = tuple(entry[part] for part in names)
        found[*name, seen[name]] = entry
        seen[name] += 1
    return found


def _most_groups(block: Mapping[str, Any]) -> int:
    """Return how many groups of one column a block tells of, 1 for none."""
    groups = ((block.get("further") or {}).get("who") or {}).get("groups", ())
    return max(Counter(each["by"] for each in groups).values(), default=1)


def _sentences(several: Iterable[str]) -> list[str]:
    """Return each sentence once; of those that differ in a number alone, the first."""
    found: dict[str, str] = {}
    for sentence in several:
        found.setdefault(re.sub(r"[0-9]+([.,][0-9]+)*", "#", sentence), sentence)
    return list(found.values())


def _mean(parts: Sequence[Mapping[str, Any]], place: str, scale: _Scale) -> dict[str, Any]:
    """Return the mean of a measure, with its interval; its deviation, where one is given, is averaged.

    Of the largest of several rates each release's own is averaged: an attacker may well take, of several that
    are about as strong, the one that does best on the release at hand.
    """
    level = scale.level(place)
    estimates = [Estimate(part["value"], part["low"], part["high"], level) for part in parts]
    beside = {
        key: _together([part.get(key) for part in parts], f"{place}/{key}", scale)
        for key in parts[0]
        if key not in _ESTIMATE
    }
    fewer = {"n_releases": len(parts)} if len(parts) < scale.n_releases else {}
    return over_releases(estimates, within=scale.within(place)).as_dict() | beside | fewer


def _mean_cmc(blocks: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    each = [block["curves"]["cmc"] for block in blocks if block["curves"]["cmc"] is not None]
    if not each:
        return None
    rank = each[0]["rank"]
    rates = [np.interp(rank, one["rank"], one["rate"]) for one in each]
    return {"rank": rank, "rate": np.mean(rates, axis=0).tolist()}


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
