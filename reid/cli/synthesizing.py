"""``reid synthesize``: logs of people who do not exist."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from reid.cli import options
from reid.cli.output import progress_bar, show_json, show_text

PeopleOption = Annotated[int, typer.Option("--people", metavar="N", help="How many people.")]
SessionsOption = Annotated[int, typer.Option("--sessions", metavar="N", help="Sessions of each person.")]
KeysOption = Annotated[
    int | None,
    typer.Option("--keys", metavar="N", help="Keys in a session; 200 without --minutes."),
]
MinutesOption = Annotated[
    float | None, typer.Option("--minutes", metavar="M", help="Length of a session instead, in minutes.")
]
DoingOption = Annotated[
    str,
    typer.Option("--modality", metavar="keyboard|pointer|both", help="What people do; both: by turns."),
]
PlaceOption = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="DIR", help="Folder for the event tables.", show_default=False),
]


def synthesize(
    out: PlaceOption,
    *,
    people: PeopleOption = 100,
    sessions: SessionsOption = 4,
    keys: KeysOption = None,
    minutes: MinutesOption = None,
    modality: DoingOption = "keyboard",
    seed: options.SeedOption = 0,
    quiet: options.QuietOption = False,
    as_json: options.JsonOption = False,
) -> None:
    """Make logs of people who do not exist.

    Their laws are fitted to aggregates of real logs, for trying the program out and for load. No truth is
    claimed: what protects these people need not protect people. Any other command reads the folder.
    """
    from reid.synthetic.realistic import RealisticSettings  # noqa: PLC0415  polars takes longer than parsing
    from reid.synthetic.writing import write_people  # noqa: PLC0415

    settings = RealisticSettings(
        n_people=people, n_sessions=sessions, n_keys=keys, minutes=minutes, modality=modality
    )
    with progress_bar(quiet=quiet) as progress:
        written = write_people(settings, out, seed, progress=progress)
    if as_json:
        show_json({"out": out.name, **asdict(written)})
        return
    text = f"{written.people} synthetic people, {written.sessions} sessions, {written.events} events: {out}"
    show_text(text, quiet=quiet)
