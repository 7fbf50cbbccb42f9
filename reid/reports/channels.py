"""Which channel gives people away: a table, sentences, and the bars of a figure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from reid.figures.channels import ChannelPanel
from reid.figures.labels import drawable, plain
from reid.figures.risk import Rate
from reid.figures.sheets import channels_sheet
from reid.figures.style import Look, Size
from reid.reports.risks import few_of
from reid.reports.shown import Cell, Shown, Table
from reid.reports.wording import fraction, is_raw, percent

_MOST: Final = 3  # logs whose bars stand beneath each other
CAPTION: Final = (
    "Share of people named correctly at first guess by one attacker who sees one channel alone (left), and "
    "all but it (right), with 95 % intervals over people. Dotted: blind guessing. Dashed: 9 %, the "
    "threshold of "
    "EMA Policy 0070 and Health Canada for clinical data. An asterisk marks what is "
    "no behaviour: a machine, a task or an hour can name somebody by it. The last two rows leave no channel "
    "out: everybody's times on one clock, and a split that leaks sessions (dagger), which is no result."
)


def channel_table(name: str, block: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a block's table and sentences; None where it was not taken apart by channel."""
    found = block.get("channels")
    if found is None:
        return None
    clock = found["at_common_clock"]
    rows = [
        {
            "name": plain(channel, 60),
            "about": plain(each["about"], 200),
            "alone": _rank_1(each["alone"]),
            "alone_auc": "nothing to see" if each["alone"] is None else fraction(each["alone"]["auc"]),
            "without": _rank_1(each["without"]),
            "lost": _lost(each["lost_differences"]),
            "suffices": _share(each["people"]["alone_suffices"]),
            "lost_people": _share(each["people"]["lost_without"]),
        }
        for channel, each in found["by_channel"].items()
    ]
    return {
        "label": name,
        "rows": rows,
        "all": _rank_1(found["all"]),
        "random_split": _rank_1(found["random_split"]),
        "clock_ms": f"{clock['step_ms']:.3g} ms",
        "at_clock": _rank_1(clock["all"]),
        "device_at_clock": None if clock["device"] is None else _rank_1(clock["device"]),
        "device_on_no_clock": None
        if clock["device_on_no_clock"] is None
        else _rank_1(clock["device_on_no_clock"]),
        "verdicts": [*_verdicts(found), *_people(found["people"])],
    }


def channels_shown(
    blocks: Mapping[str, Mapping[str, Any]], looks: Mapping[str, Look], chance: float | None, size: Size
) -> Shown | None:
    """Draw what each channel gives; None where nothing was taken apart by channel.

    Parameters
    ----------
    blocks : mapping of label to mapping
        Of ``report.json``, the raw log first.
    looks : mapping of label to Look
        One for each.
    chance : float or None
        Rank-1 of blind guessing.
    size : Size
        The sheet.
    """
    found = channel_panels(blocks)
    if found is None:
        return None
    channels, panels = found
    rows: list[tuple[Cell, ...]] = [
        (
            panel.title,
            name,
            " ".join(channel.split()),
            *((None,) * 3 if bar is None else (bar.value, bar.low, bar.high)),
        )
        for panel in panels
        for name, bars in panel.bars.items()
        for channel, bar in zip(channels, bars, strict=False)
    ]
    table = Table(("panel", "strategy", "channel", "rank_1", "low", "high"), tuple(rows))
    kept = [name for name in few_of(blocks, _MOST) if name in panels[0].bars] or list(panels[0].bars)[:_MOST]
    caption = CAPTION
    if len(kept) < len(panels[0].bars):
        caption += f" {len(panels[0].bars) - len(kept)} more releases are in the data, not in the drawing."
    shown = [
        replace(
            panel,
            bars={name: bars for name, bars in panel.bars.items() if name in kept},
            marked={name: rate for name, rate in panel.marked.items() if name in kept},
        )
        for panel in panels
    ]
    drawn = channels_sheet(channels, shown, looks, chance, size)
    return Shown(
        "channels", "Which channel gives people away", f"{taken_apart(blocks)}.", caption, table, drawn
    )


def channel_panels(blocks: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[ChannelPanel]] | None:
    """Return rows and panels of the figure, from the blocks that were taken apart; None without any."""
    taken = {name: block["channels"] for name, block in blocks.items() if block.get("channels")}
    if not taken:
        return None
    held = {channel: each for found in taken.values() for channel, each in found["by_channel"].items()}
    rows = [drawable(channel, 24) + " *" * (not each["behaviour"]) for channel, each in held.items()]
    rows += ["nothing, but\none clock for all", "nothing, but\nrandom split \N{DAGGER}"]

    def bars(side: str) -> dict[str, list[Rate | None]]:
        return {
            name: [_bar(found["by_channel"].get(channel, {}).get(side)) for channel in held]
            for name, found in taken.items()
        }

    together = {name: float(found["all"]["rank_1"]["value"]) for name, found in taken.items()}
    panels = [
        ChannelPanel(title="This channel alone", bars=bars("alone"), marked={}),
        ChannelPanel(
            title="All but this channel",
            bars={
                name: [*left, _bar(taken[name]["at_common_clock"]["all"]), _bar(taken[name]["random_split"])]
                for name, left in bars("without").items()
            },
            marked=together,
            marked_name="lines: all channels",
        ),
    ]
    return rows, panels


def taken_apart(blocks: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what the figure shows, in words."""
    said = []
    for name, block in blocks.items():
        if block.get("channels"):
            each = block["channels"]["by_channel"].items()
            parts = [f"{plain(channel, 60)} {_rank_1(one['alone'])}" for channel, one in each]
            said.append(f"{name}{' ' if is_raw(block) else ', released: '}alone: {', '.join(parts)}")
    return "; ".join(said)


def _bar(rates: Mapping[str, Any] | None) -> Rate | None:
    return None if rates is None else Rate(*(float(rates["rank_1"][end]) for end in ("value", "low", "high")))


def _rank_1(rates: Mapping[str, Any] | None) -> str:
    return "nothing to see" if rates is None else percent(rates["rank_1"])


def _share(rate: Mapping[str, float] | None) -> str:
    return "nobody is named" if rate is None else percent(rate)


def _lost(lost: Mapping[str, Any] | None) -> str:
    """Return a paired difference in percentage points."""
    if lost is None:
        return "nothing is left"
    value, low, high = (100 * lost["rank_1"][end] for end in ("value", "low", "high"))
    return f"{value:+.1f} ({low:+.1f} to {high:+.1f})".replace("-", "\N{MINUS SIGN}")


def _verdicts(found: Mapping[str, Any]) -> list[str]:
    """Return which channel carries most, and which confounds name people by themselves."""
    carrier = found["attributed_to"]
    if carrier is None:
        return ["No channel names people beyond chance, and neither do all of them together."]
    said = [f"Most of the risk is carried by the channel {plain(carrier, 60)}."]
    if equals := ", ".join(plain(channel, 60) for channel in found["as_much"]):
        said = [
            f"Most of the risk is carried by {plain(carrier, 60)}; as much, within the interval, by {equals}."
        ]
    for channel in found["confounds"]:
        each = found["by_channel"][channel]
        said.append(
            f"Confound: {plain(channel, 60)} ({plain(each['about'], 200)}) is no behaviour, and alone names "
            "people beyond chance: "
            f"{_rank_1(each['alone'])}."
        )
    if not found["confounds"]:
        said.append("No channel that is no behaviour names people beyond chance by itself.")
    return said


def _people(people: Mapping[str, Any]) -> list[str]:
    """Return how many are named, and how many of them whatever is left out."""
    if people["whatever_is_left_out"] is None:
        return ["Nobody is named in most of their probes."]
    said = (
        f"{percent(people['named'])} of the people are named in most of their probes. Of these, "
        f"{percent(people['whatever_is_left_out'])} still are whichever single channel is left out, and "
        f"{percent(people['by_no_channel_alone'])} are so by no channel alone."
    )
    return [said]
