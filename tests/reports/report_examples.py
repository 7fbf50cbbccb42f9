"""Reports made for layout only: every number here stands for one and is no result."""

from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

Report = dict[str, Any]

STRATEGIES = (
    "time-grid(step_ms=16)",
    "time-grid(step_ms=100)",
    "time-jitter(bound_ms=25)",
    "time-jitter(bound_ms=125)",
    "delay-mix(bound_ms=50)",
    "delay-mix(bound_ms=100)",
    "drop-release",
    "key-classes",
    "time-grid(step_ms=100) | key-classes",
    "delay-mix(bound_ms=100) | drop-release | key-classes",
    "time-grid(step_ms=250) | delay-mix(bound_ms=100) | drop-release | key-classes",
    "time-grid(step_ms=1000)",
)
RISKS = (0.860, 0.553, 0.786, 0.147, 0.7412, 0.66, 0.361, 0.81, 0.42, 0.21, 0.031, 0.0263)


def estimate(value: float, n_people: int = 1000, *, sd: float | None = None) -> dict[str, float]:
    """Return a number with a Wilson interval."""
    z = 1.959964
    middle = (value + z * z / (2 * n_people)) / (1 + z * z / n_people)
    half = z / (1 + z * z / n_people) * np.sqrt(value * (1 - value) / n_people + z * z / (4 * n_people**2))
    low, high = float(max(0.0, min(value, middle - half))), float(min(1.0, max(value, middle + half)))
    spread = {} if sd is None else {"sd": sd}
    return {"value": value, "low": low, "high": high, **spread}


def further(rank_1: float, n_people: int) -> Report:
    """Return the further measures of a block, each between guessing and its rank-1."""

    def between(guessing: float, sure: float, *, rate: bool = True) -> dict[str, float]:
        value = guessing + rank_1 * (sure - guessing)
        found = estimate(value, n_people) if rate else {"value": value, "low": 0.9 * value, "high": value}
        return {**found, "chance": guessing}

    most = float(np.log2(n_people))
    criterion = {
        "risk": between(0.0, 1.0), "attack": estimate(rank_1, n_people), "control": estimate(0.0, n_people),
    }  # fmt: skip
    return {
        "fnir_at_fpir": {"0.1": between(1.0, 0.0), "0.01": None},
        "one_to_one": between(1 / n_people, 1.0),
        "unlinkability": {
            "d_sys": between(0.0, 1.0), "p_value": 0.005,
            "local": {"fmr": [0.01, 0.1], "d": [rank_1, 0.0]},
        },
        "information": {
            "bits": between(0.0, most, rate=False), "leakage_bits": between(0.0, most, rate=False),
            "anonymity_set": {
                "median": between(n_people, 1.0, rate=False),
                "worst_decile": between(n_people, 1.0, rate=False),
            },
        },
        "bayes": {"security_of_easiest_pairs": between(1.0, 0.0), "least_error_from_scores": None},
        "criteria": {"singling_out": criterion, "linkability": criterion, "inference": None},
        "who": {
            "worst_decile": between(0.0, 1.0), "always_found": between(1 / n_people, 1.0),
            "never_found": between(1 - 1 / n_people, 0.0), "rank_1_of_people": [1.0, rank_1, 0.0],
            "groups": [_group("own", 30), _group(None, 12)],
        },
    }  # fmt: skip


def _group(label: str | None, n_people: int) -> Report:
    return {
        "by": "group", "label": label, "n_people": n_people, "n_probes": 2 * n_people,
        "rank_1": estimate(0.5, n_people), "apart": False, "is_small": n_people < 20,
    }  # fmt: skip


def block(strategy: str = "none", rank_1: float = 0.879, n_people: int = 1000, **changes: Any) -> Report:
    """Return a full block whose curves go through its numbers."""
    eer = float(np.clip(0.4 * (1 - rank_1) ** 0.8, 0.0, 0.45))
    ranks = np.unique(np.geomspace(1, n_people, 60).round())
    share = np.log(ranks) / max(np.log(n_people), 1e-9)
    rates = rank_1 + (1 - rank_1) * (1 - (1 - share) ** (1 + 3 * rank_1))
    fmr = np.geomspace(1e-5, 1.0, 80)
    with np.errstate(divide="ignore", invalid="ignore"):
        fnmr = ndtr(2 * ndtri(eer) - ndtri(fmr)) if eer > 0 else np.zeros_like(fmr)
    among = {
        str(k): estimate(float(np.interp(np.log(n_people / k) + 0.1, [0, 7], [rank_1, 1.0])), n_people)
        if k <= n_people
        else None
        for k in (2, 10, 50)
    }
    made: Report = {
        "strategy": strategy,
        "attacker": "fusion",
        "chosen_on": "background people", "independent": True,
        "n_people": n_people,
        "n_probes": n_people,
        "chance": 1 / n_people,
        "separation": "session",
        "nearest_separation": "session",
        "weakened_by": [],
        "rank_1": estimate(rank_1, n_people),
        "rank_10": estimate(float(np.interp(10, ranks, rates)), n_people),
        "rank_1_among": among,
        "eer": estimate(eer, n_people),
        "eer_per_person": None,
        "auc": estimate(1 - eer * 0.6, n_people),
        "tmr_at_fmr": {"0.01": {**estimate(1 - eer, n_people), "chance": 0.01}, "0.001": None},
        "further": further(rank_1, n_people),
        "claims": [],
        "releases": None,
        "attackers": {
            "discriminant": {
                "rank_1": estimate(rank_1 * 0.96, n_people), "eer": estimate(eer, n_people), "auc": None,
            },
            "fusion": {"rank_1": estimate(rank_1, n_people), "eer": eer, "auc": 1 - 0.6 * eer},
            "scaled-manhattan": {
                "rank_1": estimate(rank_1 * 0.4, n_people),
                "eer": estimate(min(1.0, 2 * eer), n_people),
                "auc": None,
            },
        },
        "maximum": {"attacker": "fusion", "rank_1": estimate(rank_1, n_people), "interval": "simultaneous"},
        "failures": {"comparisons": 0, "people_left_out": 0},
        "curves": {
            "cmc": {"rank": ranks.tolist(), "rate": rates.tolist()},
            "det": {"fmr": fmr.tolist(), "fnmr": fnmr.tolist()},
        },
    }  # fmt: skip
    if "time-grid" in strategy:
        statement = "Every time is a multiple of the grid's step from the session's start."
        made["claims"] = [{"kind": "grid", "statement": statement, "source": ""}]
    return {**made, **changes}


def report(
    strategies: tuple[str, ...] = (), *, n_people: int = 1000, raw: float = 0.879, **changes: Any
) -> Report:
    """Return a report on the raw log, on one release beside it, or on several."""
    risks = dict(zip(STRATEGIES, RISKS, strict=True))
    of_raw = block(rank_1=raw, n_people=n_people)
    releases = [block(name, risks.get(name, 0.3) * raw, n_people) for name in strategies]
    made: Report = {
        "schema_version": 1,
        "source": {
            "format": "aalto",
            "fingerprint": "blake2b:2f1c9a",
            "people": n_people + 500,
            "sessions": 15 * (n_people + 500),
            "events": 1463 * (n_people + 500),
            "quality": {
                "rows_read": 1463 * (n_people + 500) + 7,
                "rows_left_out": 7,
                "by_kind": {"release_before_press": 6, "unreadable_time": 1},
                "first": {
                    "release_before_press": {"file": 3, "row": 9},
                    "unreadable_time": {"file": 1203, "row": 14},
                },
            },
        },
        "settings": {
            "regime": "population", "background": 500, "gallery_sessions": 10, "probe_sessions": 5,
            "sample": "session", "modality": "keyboard", "without": [], "seed": 0,
            "strategy": strategies[0] if len(strategies) == 1 else list(strategies) or "none", "releases": 1,
        },
        "headline": releases[0] if len(releases) == 1 else of_raw,
        "reference": of_raw if len(releases) == 1 else None,
        "reference_why_none": None if len(releases) == 1 else "The headline is the raw log's.",
        "results": releases if len(releases) > 1 else [],
        "leaky": None,
        "not_tested": [
            "Attackers that undo the release before they compare.",
            "Several releases of the same people linked with each other.",
            "People met again on another day or keyboard: every session here belongs to one sitting.",
        ],
    }  # fmt: skip
    return {**made, **changes}


def declared() -> Report:
    """Return a report on a publisher's own list of comparisons: no rank measures, spread over people."""
    nothing: Report = {
        "rank_1": None, "rank_10": None, "rank_1_among": {"2": None, "10": None, "50": None}, "chance": 0.5,
        "attacker": "scaled-manhattan", "chosen_on": "declared", "independent": False, "separation": "trial",
        "nearest_separation": "trial",
        "maximum": {
            "attacker": "scaled-manhattan", "rank_1": None, "auc": estimate(0.96, 51),
            "interval": "simultaneous",
        },
        "further": None,
        "comparisons": {"genuine": 10_200, "impostor": 12_750},
        "eer": estimate(0.113, 51), "eer_per_person": estimate(0.0962, 51, sd=0.0694),
        "attackers": {
            "scaled-manhattan": {"rank_1": None, "eer": estimate(0.113, 51), "auc": estimate(0.96, 51)},
            "euclidean": {
                "rank_1": None, "eer": 0.2, "auc": None, "eer_per_person": estimate(0.17, 51, sd=0.09),
            },
        },
    }  # fmt: skip
    made = report(n_people=51)
    headline = {**made["headline"], **nothing}
    headline["curves"] = {"cmc": None, "det": headline["curves"]["det"]}
    return {**made, "headline": headline}


def of_a_pointer() -> Report:
    """Return a report on a pointer log, with and without what tells the device."""
    made = report(n_people=44, raw=0.8523)

    def beside(rank_1: float) -> Report:
        return {"rank_1": estimate(rank_1, 44), "eer": estimate(0.05, 44), "auc": estimate(0.99, 44)}

    device = {
        "attacker": "fusion", "step_ms": 110.0, "as_is": beside(0.8523), "without": beside(0.8),
        "at_common_rate": beside(0.75), "with_position": None,
        "at_like_rates": {"n_people": 40, "n_aside": 4, "rates": beside(0.71)},
    }  # fmt: skip
    settings = {**made["settings"], "modality": "pointer"}
    return {**made, "headline": {**made["headline"], "device": device}, "settings": settings}


def of_both_devices() -> Report:
    """Return a report on a log of keys and pointer, each alone and both together."""
    made = report(n_people=44, raw=0.9523)

    def speaking(attacker: str, rank_1: float) -> Report:
        rates = {"rank_1": estimate(rank_1, 44), "eer": estimate(0.05, 44), "auc": estimate(0.99, 44)}
        return {"attacker": attacker, **rates}

    def more(value: float) -> Report:
        return {
            "rank_1": {"value": value, "low": value - 0.06, "high": value + 0.06},
            "eer": None,
            "auc": None,
        }

    modalities = {
        "keyboard": speaking("discriminant", 0.79), "pointer": speaking("fusion", 0.82),
        "both": speaking("fusion", 0.9523), "better_alone": "pointer",
        "more_by_both": {"keyboard": more(0.16), "pointer": more(0.13)},
    }  # fmt: skip
    settings = {**made["settings"], "modality": "both"}
    return {**made, "headline": {**made["headline"], "modalities": modalities}, "settings": settings}


def by_channel() -> Report:
    """Return a report on one release in which the raw log and the release are taken apart by channel."""
    made = report(STRATEGIES[1:2], n_people=120)
    raw = {"hold": (0.68, 0.81), "flight": (0.72, 0.83), "schedule": (0.07, 0.92), "device": (0.22, None)}
    released = {"hold": (0.3, 0.41), "flight": (0.32, 0.33), "schedule": (0.06, 0.5)}
    reference = {**made["reference"], "channels": _channels(raw, 0.91)}
    return {
        **made,
        "reference": reference,
        "headline": {**made["headline"], "channels": _channels(released, 0.5)},
    }


def _channels(rates: dict[str, tuple[float, float | None]], together: float) -> Report:
    def beside(rank_1: float | None) -> Report | None:
        rest = {"eer": estimate(0.05, 120), "auc": estimate(0.99, 120)}
        return None if rank_1 is None else {"rank_1": estimate(rank_1, 120), **rest}

    def lost(rest: float | None) -> Report | None:
        if rest is None:
            return None
        less = {"value": together - rest, "low": together - rest - 0.05, "high": together - rest + 0.05}
        return {"rank_1": less, "eer": None, "auc": less}

    share = estimate(0.4, 100)
    people = {"alone_suffices": share, "lost_without": share, "most_credit": None}
    each = {
        channel: {
            "about": "what it is", "behaviour": channel in {"hold", "flight"}, "alone": beside(alone),
            "without": beside(rest), "lost_differences": lost(rest), "beyond_chance": alone > 0.1,
            "credit": alone / 2, "people": people,
        }
        for channel, (alone, rest) in rates.items()
    }  # fmt: skip
    return {
        "attacker": "discriminant on every-channel", "chance": 1 / 120, "all": beside(together),
        "by_channel": each, "attributed_to": "flight", "as_much": ["hold"],
        "confounds": ["device"] if "device" in rates else [],
        "people": {"named": share, "whatever_is_left_out": share, "by_no_channel_alone": share},
        "random_split": beside(0.95),
        "at_common_clock": {
            "step_ms": 16.0, "all": beside(0.8), "device": beside(0.05), "device_on_no_clock": beside(0.01),
        },
        "listed": [
            {"person": 1, "rank_1": 1.0, "most_credit": list(rates)[:1], "alone_suffices": list(rates),
             "lost_without": []},
            {"person": 2, "rank_1": 0.25, "most_credit": [], "alone_suffices": [], "lost_without": []},
        ],
    }  # fmt: skip


def by_amount() -> Report:
    """Return a report on one release in which less was shown of the raw log and of the release."""
    made = report(STRATEGIES[1:2], n_people=200)
    return {
        **made,
        "reference": {**made["reference"], "amounts": _amounts(0.96)},
        "headline": {**made["headline"], "amounts": _amounts(0.8)},
    }


def _amounts(rank_1: float) -> Report:
    def points(most: float, untried: str | None) -> list[Report]:
        found: list[Report] = []
        for amount in (10, 20, 50, 100, 200, None):
            seen = amount or most
            held = {
                "keystrokes": float(seen),
                "strokes": None,
                "minutes": seen / 250,
                "sessions": seen // 50 + 1.0,
            }
            rate = estimate(rank_1 * (1 - 6 / (6 + seen)), 200)
            found.append({
                "amount": amount, "people": 200, "probes": 200, "same_people": 176, "same_probes": 176,
                "why_none": None, "held": held, "rank_1": rate, "rank_1_of_same": rate,
            })  # fmt: skip
        if untried:
            found[0] |= {"why_none": untried, "held": None, "rank_1": None, "rank_1_of_same": None}
        return found

    return {
        "attacker": "discriminant", "unit": "keystrokes", "chance": 1 / 200,
        "probe": points(244.0, None), "gallery": points(484.5, "nothing was left to see"),
    }  # fmt: skip


def with_games() -> Report:
    """Return a report on one release against which the four games were played, one of them in vain."""
    made = report(STRATEGIES[1:2])
    return {**made, "headline": {**made["headline"], "games": _games("discriminant", None)}}


def _games(attacker: str, untried: str | None) -> Report:
    def game(measure: str | None, chance: float | None, value: float, why_none: str | None = None) -> Report:
        rate = None if why_none else estimate(value)
        return {
            "question": "is it found?", "attacker": attacker, "measure": measure, "chance": chance,
            "value": rate, "auc": rate, "why_none": why_none,
        }  # fmt: skip

    twice = "two releases must be made by a strategy that can be repeated; found one made elsewhere."
    return {
        "protected against true": game("rank-1", 1 / 1000, 0.31),
        "protected twice": game(None, None, 0.0, untried or twice),
        "two protected people": game("rank-1 among two", 0.5, 0.93),
        "tool against none": game("balanced accuracy", 0.5, 0.999),
    }


HOSTILE = (
    '<script>alert("x")</script>\u202e\u200b $\\frac{1}{0}$ &amp; ]]> --> \u5b57\U0001f9ff\ud800 '
    + "ж" * 10_000
)


def _spoken_by(attacker: str) -> Report:
    """Return a block of keyboard, pointer and both in which one attacker speaks for each."""
    found = dict(of_both_devices()["headline"]["modalities"])
    return found | {
        device: {**found[device], "attacker": attacker} for device in ("keyboard", "pointer", "both")
    }


def hostile() -> Report:
    """Return a report whose free strings try to break the page."""
    made = report((STRATEGIES[0], STRATEGIES[1]))
    for part in (made["headline"], *made["results"]):
        part["strategy"] = HOSTILE if part is not made["headline"] else "none"
        part["attacker"] = HOSTILE
        part["weakened_by"] = [HOSTILE]
        part["chosen_on"] = HOSTILE
        part["device"] = {**of_a_pointer()["headline"]["device"], "attacker": HOSTILE}
        part["channels"] = _channels({HOSTILE: (0.5, 0.5)}, 0.5) | {"attributed_to": HOSTILE}
        part["channels"]["confounds"] = [HOSTILE]
        part["amounts"] = _amounts(0.5) | {"attacker": HOSTILE}
        part["amounts"]["gallery"][0]["why_none"] = HOSTILE
        part["games"] = _games(HOSTILE, HOSTILE)
        part["modalities"] = _spoken_by(HOSTILE)
        part["claims"] = [{"kind": HOSTILE, "statement": HOSTILE, "source": HOSTILE}]
        part["attackers"] = {HOSTILE: part["attackers"]["fusion"]}
        part["maximum"]["attacker"] = HOSTILE
    made["not_tested"] = [HOSTILE]
    made["source"]["format"] = HOSTILE
    made["settings"] = {HOSTILE: HOSTILE, "nested": {HOSTILE: [HOSTILE]}}
    return made


EXAMPLES: dict[str, Report] = {
    "none": report(),
    "one": report(STRATEGIES[1:2]),
    "several": report(STRATEGIES[:5]),
    "twelve": report(STRATEGIES),
    "closed set of 44": report(STRATEGIES[1:2], n_people=44, raw=0.8523),
    "168,000 people": report(STRATEGIES[8:9], n_people=168_000, raw=0.642),
    "zero risk": report(STRATEGIES[10:11], headline=block(STRATEGIES[10], 0.0)),
    "certain": report(raw=1.0, n_people=44),
    "declared": declared(),
    "pointer": of_a_pointer(),
    "by channel": by_channel(),
    "by amount": by_amount(),
    "games": with_games(),
    "keyboard and pointer": of_both_devices(),
    "leaky": report(leaky={**block(rank_1=0.928, n_people=51), "split": "random"}, n_people=51, raw=0.821),
    "hostile": hostile(),
}
