"""What stands on the page, from a report: chosen and worded, nothing computed."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reid.events.quality import FAULTS
from reid.figures.labels import plain
from reid.reports.adequacy import adequacy_table, warning
from reid.reports.amounts import amounts_table
from reid.reports.channels import channel_table
from reid.reports.further import further_table
from reid.reports.games import games_table
from reid.reports.machine import machine_table
from reid.reports.modalities import modalities
from reid.reports.retuning import retuning_table
from reid.reports.scaled import scaled_words
from reid.reports.threats import threat_table
from reid.reports.who import who_table
from reid.reports.wording import (
    NOT_MEASURED,
    SEPARATION,
    answer,
    chance_words,
    fraction,
    is_raw,
    label,
    named_blocks,
    percent,
)

Report = Mapping[str, Any]

_SETTING_NAMES: Final[dict[str, str]] = {
    "regime": "regime",
    "background": "background people",
    "gallery_sessions": "sessions enrolled per person",
    "held_out_sessions": "last sessions held out as probes",
    "probe_sessions": "sessions pooled in one probe",
    "sample": "what one sample is",
    "modality": "input devices",
    "without": "channels left out",
    "seed": "seed",
    "strategy": "strategy",
    "releases": "releases of a random strategy",
    "effort": "effort of the attackers",
    "population": "people to whom rank-1 is carried over",
}
#: What an absent setting means, where that is not "none".
_WHEN_ABSENT: Final[dict[str, str]] = {"attackers": "all", "gallery_sessions": "the first half"}


def page_view(report: Report) -> dict[str, Any]:
    """Return what the template fills in: strings and lists of strings, not yet escaped."""
    headline, blocks = report["headline"], named_blocks(report)
    return {
        "answer": answer(report),
        "not_trustworthy": warning(report),
        "adequacy": adequacy_table(report),
        "headline_label": label(headline),
        "scaled": [scaled_words(name, block) for name, block in blocks.items() if block.get("scaled")],
        "weakened_by": [_point(text) for text in headline["weakened_by"]],
        "weakened_elsewhere": [
            (name, [plain(text) for text in block["weakened_by"]])
            for name, block in blocks.items()
            if block["weakened_by"] and block["weakened_by"] != headline["weakened_by"]
        ],
        "not_tested": [_point(text) for text in report["not_tested"]],
        "separations": _separations(blocks),
        "all_independent": all(block["independent"] for block in blocks.values()),
        "leaky": _leaky(report),
        "rows": [_table_row(name, block) for name, block in blocks.items()],
        "drawn": [text for name, block in blocks.items() if (text := _drawn(name, block))],
        "attackers": [_attackers(name, block) for name, block in blocks.items()],
        "modalities": [found for name, block in blocks.items() if (found := modalities(name, block))],
        "threats": [table for name, block in blocks.items() if (table := threat_table(name, block))],
        "retuned": [table for name, block in blocks.items() if (table := retuning_table(name, block))],
        "further": further_table(blocks),
        "who": [table for name, block in blocks.items() if (table := who_table(name, block))],
        "claims": [
            (name, [(plain(claim["statement"], 400), plain(claim["source"])) for claim in block["claims"]])
            for name, block in blocks.items()
            if not is_raw(block)
        ],
        "data": _data(report["source"]),
        "faults": _faults(report["source"]["quality"]),
        "machines": [table for name, block in blocks.items() if (table := machine_table(name, block))],
        "channels": [table for name, block in blocks.items() if (table := channel_table(name, block))],
        "amounts": [table for name, block in blocks.items() if (table := amounts_table(name, block))],
        "games": [table for name, block in blocks.items() if (table := games_table(name, block))],
        "failures": [text for name, block in blocks.items() if (text := _failures(name, block))],
        "settings": sorted(_settings(report["settings"])),
        "has_ranks": any(block["rank_1"] is not None for block in blocks.values()),
        "has_own_thresholds": any(
            each.get("eer_per_person") is not None
            for block in blocks.values()
            for each in block["attackers"].values()
        ),
        "has_many": bool(report["results"]),
        "why_no_reference": _why_no_reference(report),
    }


def _point(text: object) -> str:
    """Return a sentence or phrase with a capital first letter, for a list."""
    shown = plain(text, 400)
    return f"{shown[:1].upper()}{shown[1:]}"


def _table_row(name: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of the table of numbers."""
    among = block["rank_1_among"]
    return {
        "label": name,
        "is_raw": is_raw(block),
        "attacker": plain(block["attacker"], 60),
        "rank_1": percent(block["rank_1"]),
        "rank_10": percent(block["rank_10"]),
        "among": [percent(among[size]) for size in ("2", "10", "50")],
        "eer": percent(block["eer"]),
        "eer_per_person": percent(block["eer_per_person"]),
        "auc": fraction(block["auc"]),
        "people": f"{block['n_people']:,}",
        "probes": f"{block['n_probes']:,}",
        "chance": chance_words(block["chance"]),
    }


def _drawn(name: str, block: Mapping[str, Any]) -> str | None:
    """Return what each release of a random strategy showed."""
    drawn = block["releases"]
    if drawn is None:
        return None
    rate, words = ("rank_1", "a rank-1") if block["rank_1"] is not None else ("auc", "an AUC")
    each = [NOT_MEASURED if value is None else f"{100 * value:.1f} %" for value in drawn[rate]]
    return (
        f"{name} draws noise, so {drawn['n']} releases were drawn and each was attacked anew; they showed "
        f"{words} of {', '.join(each)}. The numbers are their means; the intervals also hold how much "
        "releases differ, so they are for one more release on other people."
    )


def _attackers(name: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attackers of one block, the strongest first."""

    def strength(item: tuple[str, Mapping[str, Any]]) -> tuple[float, float, str]:
        rank, eer = item[1]["rank_1"], item[1]["eer"]
        error = eer["value"] if isinstance(eer, Mapping) else eer
        return (-rank["value"] if rank else 1.0, 1.0 if error is None else error, item[0])

    most = block["maximum"]
    return {
        "label": name,
        "chosen_on": plain(block["chosen_on"], 120),
        "rows": [
            {
                "name": plain(attacker, 60),
                "is_chosen": attacker == block["attacker"],
                "rank_1": percent(found["rank_1"]),
                "eer": percent(found["eer"]),
                "eer_per_person": percent(found.get("eer_per_person")),
                "auc": fraction(found["auc"]),
            }
            for attacker, found in sorted(block["attackers"].items(), key=strength)
        ],
        "maximum": None if most is None else _maximum(most),
    }


def _maximum(most: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return whose rate is the largest and that rate: rank-1, or AUC where nobody is ranked."""
    name, auc = plain(most["attacker"], 60), most.get("auc")
    if most["rank_1"] is not None:
        return name, percent(most["rank_1"])
    return None if auc is None else (name, f"an AUC of {fraction(auc)}")


def _separations(blocks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what lies between gallery and probe, once where it is the same everywhere."""
    said = {name: _separation(block) for name, block in blocks.items()}
    if len(set(said.values())) == 1:
        return [next(iter(said.values()))]
    return [f"{name}: {words}" for name, words in said.items()]


def _separation(block: Mapping[str, Any]) -> str:
    """Return what in fact lies between gallery and probe, and the unit where that is another."""
    words = SEPARATION[block["nearest_separation"]]
    if block["separation"] == "trial" != block["nearest_separation"]:
        return f"Each probe is made of trials (repetitions). {words}"
    return words


def _leaky(report: Report) -> str | None:
    """Return the warning about a random split, where one was asked for, and whether it leaks."""
    leaky = report.get("leaky")
    if leaky is None:
        return None
    shared = leaky.get("shared_sessions")
    shown = (
        f"would have shown a rank-1 of {percent(leaky['rank_1'])} ({label(leaky)}; chance: "
        f"{chance_words(leaky['chance'])})"
    )
    if shared == 0:
        return (
            f"A random split {shown}: the pieces are whole sessions, dealt at random to gallery and probes, "
            "so none stands on both sides and none leaks. Only their order in time is lost; what this adds "
            "is shown and is not counted."
        )
    told = "" if shared is None else f"; {shared:,} sessions stand on both sides"
    return (
        f"A leaky split {shown}: gallery and probes drawn at random from the same sessions, so that the "
        f"attacker meets the very hour it learnt from{told}. This overstates recognition and is shown only "
        "to make the inflation visible."
    )


def _why_no_reference(report: Report) -> str | None:
    """Return why a release stands without the raw log beside it."""
    if report["reference"] is not None or is_raw(report["headline"]):
        return None
    return plain(report.get("reference_why_none") or "No reason was given.", 400)


def _data(source: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the counts of the source."""
    counts = [(name, f"{source[name]:,}") for name in ("people", "sessions", "events")]
    quality = source["quality"]
    read = quality.get("rows_read")
    left_out = f"{quality['rows_left_out']:,}" + (f" of {read:,} read" if read is not None else "")
    names = [
        ("format", plain(source["format"], 60)),
        ("fingerprint", plain(source["fingerprint"] or "none", 100)),
    ]
    return [*counts, ("rows left out", left_out), *names]


def _faults(quality: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what was wrong with the source, by kind, with its meaning."""
    return [
        (plain(kind, 60).replace("_", " "), f"{count:,}", FAULTS.get(kind, ""))
        for kind, count in sorted(quality["by_kind"].items())
    ]


def _failures(name: str, block: Mapping[str, Any]) -> str | None:
    """Return what could not be measured in a block, where anything could not."""
    counted = [
        f"{plain(kind, 60).replace('_', ' ')}: {count:,}"
        for kind, count in block["failures"].items()
        if count
    ]
    return f"{name}: {', '.join(counted)}" if counted else None


def _settings(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Give every setting in words, nested ones under the name of their parent."""
    for key in settings:
        if key == "strategy" and settings.get("strategies"):
            continue  # the list says it all
        if key == "held_out_sessions" and settings[key] is None:
            continue
        if key == "gallery_sessions" and settings.get("held_out_sessions"):
            continue  # all before those held out
        name = before + _SETTING_NAMES.get(key, plain(key, 60).replace("_", " "))
        value = settings[key]
        if isinstance(value, Mapping):
            yield from _settings(value, f"{name}: ")
        else:
            yield name, _setting(value, _WHEN_ABSENT.get(key, "none"))


def _setting(value: object, when_absent: str) -> str:
    """Return one setting in words."""
    if value is None or value in ([], ()):
        return when_absent
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(plain(part) for part in value[:20]) + ("; …" if len(value) > 20 else "")  # noqa: PLR2004
    return f"{value:,}" if isinstance(value, int) else plain(value)
