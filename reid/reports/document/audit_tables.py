"""The tables of an audit as blocks: chosen and worded elsewhere, set in order here."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from reid.reports.document.blocks import (
    Block,
    Bullets,
    Cell,
    Group,
    Heading,
    Paragraph,
    Row,
    Table,
    Terms,
    rows_of,
)
from reid.reports.wording import NOT_MEASURED

View = Mapping[str, Any]

_SIZES: Final = ("2", "10", "50")


def numbers(view: View) -> Iterator[Block]:
    """Yield the rates of each log, by the attacker that speaks for all."""
    number = Cell.of
    if view["has_ranks"]:
        learnt = "" if view["all_independent"] else "; the attacker had still learnt on all who are enrolled"
        sizes = [
            place for place in range(len(_SIZES)) if any(_told(row["among"][place]) for row in view["rows"])
        ]
        heads = [f"rank-1 among {_SIZES[place]}" for place in sizes]
        fewer = (
            f" Among {', '.join(_SIZES[place] for place in sizes)}: had the list held only so many people, "
            f"drawn at random{learnt}."
            if sizes
            else ""
        )
        yield Table(
            ("log", "attacker", "people; chance", "rank-1", "in first ten", *heads),
            (Group(tuple(
                Row((
                    Cell(row["label"]), Cell(row["attacker"]), Cell(f"{row['people']}; {row['chance']}"),
                    number(row["rank_1"]), number(row["rank_10"]),
                    *(number(row["among"][place]) for place in sizes),
                ), strong=row["is_raw"], about=row["label"])
                for row in view["rows"]
            )),),
            f"Looking for a person among many, by {_whose(view)}. In brackets: 95 % intervals over people."
            f"{fewer}",
        )  # fmt: skip
    yield Table(
        ("log", "attacker", "probes", "EER, one threshold", "EER, mean per person", "AUC"),
        (Group(tuple(
            Row((
                Cell(row["label"]), Cell(row["attacker"]), number(row["probes"]), number(row["eer"]),
                number(row["eer_per_person"]), number(row["auc"]),
            ), strong=row["is_raw"], about=row["label"])
            for row in view["rows"]
        )),),
        f"Comparing one to one, by {_whose(view)}.",
    )  # fmt: skip
    for text in view["drawn"]:
        yield Paragraph(text)


def attackers(view: View) -> Iterator[Block]:
    """Yield what each attacker achieved."""
    number = Cell.of
    own = view["has_own_thresholds"]
    yield Heading("All attackers", 3, "attackers")
    yield Paragraph(
        "No attacker is the strongest everywhere, so several were tried on each log. The one in bold speaks "
        "for all of them. Where the choice was made by cross-fitting, each part of the people is spoken for "
        "by the attacker that did best on the others, and the bold one by itself can differ from the answer "
        "of the first page, which never saw the people it is about."
    )
    groups = []
    for block in view["attackers"]:
        most = block["maximum"]
        largest = (
            f" Largest of all: {most[0]}, {most[1]}; this interval holds for all attackers at once."
            if most
            else ""
        )
        rows = tuple(
            Row(
                (
                    Cell(row["name"]),
                    number(row["rank_1"]),
                    number(row["eer"]),
                    *([number(row["eer_per_person"])] * own),
                    number(row["auc"]),
                ),
                strong=row["is_chosen"],
            )
            for row in block["rows"]
        )
        note = f"Chosen on: {block['chosen_on']}.{largest}"
        groups.append(Group(rows, block["label"], block["label"], note))
    errors = ("EER, one threshold", "EER, mean per person") if own else ("EER",)
    yield Table(("attacker", "rank-1", *errors, "AUC"), tuple(groups), "What each attacker achieved.")


def threats(view: View) -> Iterator[Block]:
    """Yield what attackers achieve who know more or less, and do more or less."""
    number = Cell.of
    if view["threats"]:
        yield Heading("Who the attacker is", 3, "threats")
        yield Paragraph(
            "The same people, met in the same release, by attackers who know more or less of the protection "
            "and do more or less about it. Whoever knows more may ignore it, so the risk is the largest of "
            "them; its interval holds for all at once."
        )
        told: dict[tuple[str, str], None] = {}
        groups = []
        why_none: dict[tuple[str, str], list[str]] = {}
        for table in view["threats"]:
            rows = []
            for row in table["rows"]:
                told.setdefault((row["name"], row["sentence"]))
                if row["why_none"]:
                    why_none.setdefault((row["name"], row["why_none"]), []).append(table["label"])
                else:
                    rows.append((row["name"], *map(number, (row["rank_1"], row["eer"], row["auc"]))))
            risk = table["risk"]
            note = f"Risk: {risk[1]}, by the attacker called \u201c{risk[0]}\u201d." if risk else ""
            groups.append(Group(rows_of(rows), table["label"], table["label"], note))
        yield Terms(tuple((name, (sentence,)) for name, sentence in told), short=True)
        columns = ("attacker", "rank-1", "EER, one threshold", "AUC")
        yield Table(columns, tuple(groups), "Rates by what the attacker knows and does.")
        for (name, reason), labels in why_none.items():
            where = "" if len(labels) == len(groups) else f" on {', '.join(labels)}"
            yield Paragraph(f"{reason.rstrip('.')}.", opening=f"Not tried, {name}{where}:")
    if view["retuned"]:
        yield Heading("Attackers re-tuned for each log", 3, "retuned")
        yield Paragraph(
            "Features and settings that were tried in rehearsals, on people or sessions that are not tested, "
            "and those that did best there. The rate is that of the rehearsals; it chose, and is no result."
        )
        yield _listed(
            ("family", "settings tried", "picked", "rank-1 rehearsed", "joined the attack"),
            ("name", "n_tried", "picked", "rank_1", "joined"),
            [table | {"note": " ".join(table["kept"])} for table in view["retuned"]],
            "Settings tried and picked.",
        )
    if view["games"]:
        yield from _games(view)


def modalities(view: View) -> Iterator[Block]:
    """Yield what keyboard and pointer give away alone and together."""
    if not view["modalities"]:
        return
    yield Heading("Keyboard, pointer and both", 3, "modalities")
    yield Paragraph(
        "Attackers on the keys, attackers on the pointer, and all of them with those that watch the hand go "
        "from one to the other, on the same probes. Who speaks for one device alone was chosen in "
        "rehearsals; both together are the headline."
    )
    yield _listed(
        ("what is seen", "attacker", "rank-1", "EER, one threshold", "AUC"),
        ("label", "attacker", "rank_1", "eer", "auc"),
        [table | {"note": table["verdict"]} for table in view["modalities"]],
        "Rates by input device.",
    )


def further(view: View) -> Iterator[Block]:
    """Yield other measures of the same scores."""
    found = view["further"]
    if not found:
        return
    yield Heading("More measures", 3, "further")
    yield Paragraph(
        f"The same scores, by {_whose(view)}, asked other questions. In brackets: 95 % intervals over people."
    )
    measured = [row for row in found["rows"] if any(map(_told, row["cells"]))]
    if len(found["logs"]) <= _SIDE_BY_SIDE:
        rows = tuple(
            Row((Cell(row["name"]), *map(Cell.of, row["cells"])), note=row["meaning"]) for row in measured
        )
        yield Table(("measure", *found["logs"]), (Group(rows),), "More measures, by log.")
    else:
        yield Terms(tuple((row["name"], (row["meaning"],)) for row in measured), short=True)
        for start in range(0, len(measured), _SIDE_BY_SIDE):
            some = measured[start : start + _SIDE_BY_SIDE]
            lines = tuple(
                Row((Cell(log), *(Cell.of(row["cells"][place]) for row in some)), about=log)
                for place, log in enumerate(found["logs"])
            )
            names = tuple(row["name"] for row in some)
            yield Table(("log", *names), (Group(lines),), f"More measures: {', '.join(names)}.")
    if missing := [row["name"] for row in found["rows"] if row not in measured]:
        yield Paragraph(f"Not measured on any log: {', '.join(missing)}.")


_SIDE_BY_SIDE: Final = 4  # columns of numbers that fit beside each other on a page


def _told(text: str) -> bool:
    """Say whether a cell holds a number."""
    return text != NOT_MEASURED


def _whose(view: View) -> str:
    """Return by whom rates are that stand with a log, so that no ladder is mistaken for them."""
    if view["threats"]:
        return (
            "the attacker that speaks for each log and is informed of the protection (others, under "
            "\u201cWho the attacker is\u201d, may achieve more)"
        )
    return "the attacker that speaks for each log"


def machines(view: View) -> Iterator[Block]:
    """Yield how much of it is the machine."""
    if not view["machines"]:
        return
    yield Heading("How much of it is the machine", 3, "machine")
    yield Paragraph(
        "A pointer's clock, its polling rate and the screen can name the machine instead of the person. So "
        "the attack was repeated with less of them to see, and with more. What is lost on the way need not "
        "all have been the machine's: coarser data also shows less of the person."
    )
    groups = []
    for table in view["machines"]:
        rows = []
        for row in table["rows"]:
            rates = (row["rank_1"], row["auc"]) if view["has_ranks"] else (row["auc"],)
            empty = ("nothing is left to see", *[""] * (len(rates) - 1))
            shown = empty if row["auc"] is None else tuple(map(Cell.of, rates))
            rows.append((row["seen"], Cell.of(row["people"]), *shown))
        groups.append(Group(rows_of(rows), f"{table['label']}, by {table['attacker']}", table["label"]))
    columns = ("what the attacker sees", "people", *(["rank-1"] * view["has_ranks"]), "AUC")
    yield Table(columns, tuple(groups), "The same attack with less, or more, of the machine to see.")


def adequacy(view: View) -> Iterator[Block]:
    """Yield whether the attackers could have succeeded."""
    found = view["adequacy"]
    if not found:
        return
    yield Heading("Could the attackers have succeeded?", 3, "adequacy")
    outcome = (
        "No check failed." if found["trustworthy"] else "They failed: these numbers are not to be trusted."
    )
    yield Paragraph(
        "An attack that could not have succeeded says nothing of protection. So the attackers were held to "
        "one whose success is known, and had to find a signal of identity that was planted into the very log "
        f"they attacked. {outcome}"
    )
    if found["limits"]:
        yield Paragraph(found["limits"])
    rows = rows_of([(row["name"], row["label"], row["outcome"], row["sentence"]) for row in found["rows"]])
    yield Table(("check", "log", "outcome", "what was found"), (Group(rows),), "Checks of the attackers.")


def data_and_settings(view: View) -> tuple[tuple[tuple[str, tuple[str, ...]], ...], ...]:
    """Return the pairs of words on the source, and those on the settings."""
    return tuple(tuple((name, (value,)) for name, value in view[part]) for part in ("data", "settings"))


def faults(view: View) -> Block:
    """Return what was wrong with the source."""
    if not view["faults"]:
        return Bullets(("No row was at fault.",))
    rows = rows_of([(kind, Cell.of(count), meaning) for kind, count, meaning in view["faults"]])
    caption = "Rows left out because they were at fault; nothing was repaired."
    return Table(("fault", "rows", "meaning"), (Group(rows),), caption)


def _games(view: View) -> Iterator[Block]:
    yield Heading("Four games against the release", 3, "games")
    yield Paragraph(
        "One attacker on its own played the first three, so its rates can lie below those above. Nobody was "
        "enrolled from a session in which they were met. In the last, each session was shown either "
        "protected or not, to a detector taught on other people: where it succeeds, having used the tool is "
        "itself a mark. Chance of an AUC is 0.5."
    )
    groups = []
    for table in view["games"]:
        rows: list[tuple[str | Cell, ...]] = []
        for row in table["rows"]:
            name = f"{row['name']}: {row['question']}{_not_in_all(row)}"
            if row["why_none"]:
                rows.append((name, f"not played: {row['why_none']}", "", "", "", ""))
            else:
                rates = (Cell.of(row["value"]), row["chance"], Cell.of(row["auc"]))
                rows.append((name, row["attacker"], row["measure"], *rates))
        chosen = table["chosen_on"]
        note = f"Who played the first three was chosen thus: {chosen}." if chosen else ""
        groups.append(Group(rows_of(rows), table["label"], table["label"], note))
    columns = ("game", "played by", "measure", "value", "chance", "AUC")
    yield Table(columns, tuple(groups), "Games against each release.")


def _not_in_all(row: View) -> str:
    return f" (not in every release: {row['why_fewer']})" if row["why_fewer"] else ""


def _listed(columns: tuple[str, ...], keys: tuple[str, ...], tables: Any, caption: str) -> Table:
    """Return tables of rows of one kind under each other; rates stand in columns of numbers."""
    rates = {"rank_1", "eer", "auc", "n_tried"}
    groups = tuple(
        Group(
            rows_of(
                [[Cell.of(row[key]) if key in rates else row[key] for key in keys] for row in table["rows"]]
            ),
            table["label"],
            table["label"],
            table.get("note", ""),
        )
        for table in tables
    )
    return Table(columns, groups, caption)
