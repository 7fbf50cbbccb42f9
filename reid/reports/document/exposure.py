"""Whom nothing here protects: people, groups and channels of an audit, and the three questions of WP216."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reid.reports.document.blocks import Block, Cell, Group, Heading, Paragraph, Row, Table, rows_of
from reid.reports.wording import percent

View = Mapping[str, Any]

_CRITERIA: Final = {
    "singling_out": (
        "singling out",
        "Can one person be set apart? How often the single best match is the right person.",
    ),
    "linkability": (
        "linkability",
        "Can two records of one person be tied together? How often both lead to the same name.",
    ),
    "inference": (
        "inference",
        "Can something be learnt of a person? How often the group of the best match is the right one.",
    ),
}


def people(view: View) -> Iterator[Block]:
    """Yield how risk is spread over people."""
    if not view["who"]:
        yield Paragraph("How risk is spread over people was not measured.")
        return
    yield Paragraph(
        "How risk is spread over people. People stand under numbers of this report: person 1 is found most "
        "often, and among equals most clearly."
    )
    groups = tuple(
        Group(
            rows_of([(words, Cell.of(share), Cell.of(by_luck)) for words, share, by_luck in table["spread"]]),
            table["label"],
            table["label"],
        )
        for table in view["who"]
    )
    yield Table(("over all people", "share", "by chance"), groups, "How often people are named.")
    for table in view["who"]:
        if table["groups"]:
            rows = rows_of(
                [
                    (
                        row["name"],
                        *(Cell.of(row[key]) for key in ("people", "probes", "rank_1")),
                        row["notes"],
                    )
                    for row in table["groups"]
                ]
            )
            columns = ("group", "people", "probes", "rank-1", "note")
            group = Group(rows, about=table["label"], note=" ".join(table["cautions"]))
            yield Table(columns, (group,), f"Groups of people, {table['label']}.")
    for table in view["who"]:
        if table["people"]:
            rows = rows_of(
                [
                    (row["name"], Cell.of(row["rank_1"]), row["most"], row["suffices"], row["needed"])
                    for row in table["people"]
                ]
            )
            note = (
                "By the attacker of the channels, which is not the one that speaks for all. More people "
                "stand in report.json."
            )
            columns = (
                "person",
                "rank-1, all channels",
                "most by",
                "each alone suffices",
                "not named without",
            )
            group = Group(rows, about=table["label"], note=note)
            yield Table(columns, (group,), f"The most exposed people, {table['label']}.")


def channels(view: View) -> Iterator[Block]:
    """Yield which channels give people away."""
    if not view["channels"]:
        return
    yield Heading("Which channel gives people away", 3, "channels")
    yield Paragraph(
        "One attacker was shown one channel at a time, and all but one, on the same probes. Lost without it: "
        "in percentage points, paired over people. The last two columns are shares of the people who are "
        "named in most of their probes: for how many this channel alone suffices, and how many are no longer "
        "named without it."
    )
    keys = ("alone", "alone_auc", "without", "lost", "suffices", "lost_people")
    groups = []
    for table in view["channels"]:
        rows = tuple(
            Row(
                (Cell(row["name"]), *(Cell.of(row[key]) for key in keys)),
                about=table["label"],
                note=row["about"],
            )
            for row in table["rows"]
        )
        title = f"{table['label']}, all channels: {table['all']}"
        groups.append(Group(rows, title, table["label"], _clocks(table)))
    columns = (
        "channel", ("alone: "
                   "rank-1"), "alone: AUC", "all but it: rank-1", "lost without it", "alone suffices for",
        "not named without it",
    )  # fmt: skip
    yield Table(columns, tuple(groups), "Risk by channel.")


def amounts(view: View) -> Iterator[Block]:
    """Yield how much has to be seen of a person."""
    if not view["amounts"]:
        return
    yield Heading("How much has to be seen of a person", 3, "amounts")
    yield Paragraph(
        "One attacker was shown less: of the recordings looked for, or of those enrolled, only the first "
        "keystrokes or strokes. Whoever holds fewer stays enrolled, so that chance is the same everywhere, "
        "but does not count there. The last column is of those who hold the largest amount: the same people "
        "in every row. This attacker is one of those above; with all to see, its rate is its own and not the "
        "answer of this page."
    )
    groups = []
    for table in view["amounts"]:
        for side in table["sides"]:
            chosen = f"; chosen: {table['chosen_on']}" if table["chosen_on"] else ""
            title = f"{table['label']}, {table['attacker']}: {side['seen']}; chance {table['chance']}{chosen}"
            rows: list[tuple[str | Cell, ...]] = []
            for row in side["rows"]:
                name = ", ".join(text for text in (row["amount"], row["other"]) if text)
                if row["why_fewer"]:
                    name += f" (not in every release: {row['why_fewer']})"
                if row["why_none"]:
                    rows.append((name, f"not tried: {row['why_none']}", "", "", "", ""))
                else:
                    keys = ("minutes", "sessions", "people", "rank_1", "rank_1_of_same")
                    rows.append((name, *(Cell.of(row[key]) for key in keys)))
            note = (
                f"The same people: {side['rows'][0]['same_people']}. Minutes and sessions are their medians."
            )
            groups.append(Group(rows_of(rows), title, table["label"], note))
    columns = (
        "what is seen", "minutes", "sessions", "people who hold it", "their rank-1", "same people: rank-1",
    )  # fmt: skip
    yield Table(columns, tuple(groups), "Risk by how much is seen.")


def three_questions(blocks: Mapping[str, Mapping[str, Any]]) -> Iterator[Block]:
    """Yield singling out, linkability and inference of each log, as far as they were measured."""
    yield Heading("Three questions of data-protection law", anchor="criteria")
    yield Paragraph(
        "Opinion 05/2014 (WP216) of the Article 29 Working Party asks of a release whether a person can be "
        "singled out, whether records of one person can be linked, and whether something can be inferred. "
        "Each is an attack's rate beyond a control's, scaled so that 0 % is no better than the control and "
        "100 % is certain. The opinion asks more than these numbers can tell, and an answer of 0 % is no "
        "proof."
    )
    if any(block.get("threats") for block in blocks.values()):
        yield Paragraph(
            "The attacker asked here is informed of the protection; others, under \u201cWho the attacker "
            "is\u201d, may achieve more."
        )
    rows: dict[str, list[Row]] = {}
    each = {name: (block.get("further") or {}).get("criteria", {}) for name, block in blocks.items()}
    for key in _CRITERIA:
        if not any(measured.get(key) for measured in each.values()):
            reason = (
                "" if key != "inference" else ": it takes a group of each person, which the log does not tell"
            )
            yield Paragraph(f"was measured on no log{reason}.", opening=f"{_CRITERIA[key][0].capitalize()}")
            continue
        lines = rows[key] = []
        for name, measured in each.items():
            one = measured.get(key)
            cells = [Cell.of(percent(one and one[part])) for part in ("risk", "attack", "control")]
            lines.append(Row((Cell(name), *cells), about=name))
    groups = tuple(
        Group(tuple(lines), f"{_CRITERIA[key][0]}: {_CRITERIA[key][1]}") for key, lines in rows.items()
    )
    if groups:
        columns = ("log", "beyond the control", "attack", "control")
        yield Table(columns, groups, "The three criteria, with 95 % intervals over people.")


def _clocks(table: Mapping[str, Any]) -> str:
    """Return what is said under the channels of one log."""
    device = table["device_at_clock"]
    alone = f", and by the channel device alone {device}" if device else ""
    shaken = table["device_on_no_clock"]
    other = (
        f" With all times shaken by up to half a tick of it, so that they lie on no clock, by device alone: "
        f"{shaken}; what it gives above that is the clock's, and the rest another trait of the machine's, or "
        "behaviour that shows in it."
        if shaken
        else ""
    )
    return (
        f"{' '.join(table['verdicts'])} With all times on one clock, that of the coarsest machine "
        f"({table['clock_ms']}): {table['at_clock']}{alone}.{other} {table['random_split']}"
    )
