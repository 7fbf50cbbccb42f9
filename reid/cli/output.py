"""What reaches the terminal: results on stdout; progress and one-line errors on stderr."""

from __future__ import annotations

import json
import os
import signal
import sys
import warnings
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NoReturn

from typer.exceptions import TyperException

from reid.errors import DeclarationError, ReidError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reid.typing import Progress  # brings numpy, which `reid --help` does without

EXIT_BUG = 1
EXIT_REFUSED = 2
EXIT_INTERRUPTED = 130
EXIT_ENDED = 143
EXIT_BROKEN_PIPE = 1  # as Python itself ends, and Typer


def debugging() -> bool:
    """Whether REID_DEBUG=1 asks for tracebacks and warnings."""
    return os.environ.get("REID_DEBUG") == "1"


def show_text(text: str, *, quiet: bool = False) -> None:
    """Print a result for people, unless it is not wanted."""
    if not quiet:
        print(text)  # noqa: T201  the one place that prints text


def show_json(record: dict[str, Any]) -> None:
    """Print a result as one JSON object."""
    print(json.dumps(record, indent=2, allow_nan=False))  # noqa: T201  the one place that prints JSON


def aligned(rows: Sequence[Sequence[str]], *, indent: str = "") -> str:
    """Return rows of cells as lines whose columns line up.

    Examples
    --------
    >>> print(aligned([("people", "40"), ("sessions", "160")]))
    people    40
    sessions  160
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = ([cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows)
    return "\n".join((indent + "  ".join(cells)).rstrip() for cells in padded)


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Progress]:
    """Give a progress callback that draws a bar with the time left, on a terminal only."""
    from reid.typing import silent  # noqa: PLC0415  brings numpy

    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console  # noqa: PLC0415  takes as long as all of `reid --help`
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        shown: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in shown:
                for earlier in shown.values():
                    bar.update(earlier, visible=False)
                shown[stage] = bar.add_task(stage)
            bar.update(shown[stage], completed=done, total=total or None, visible=True)

        yield report


@contextmanager
def reported_errors() -> Iterator[None]:
    """End the program with one line on stderr where an expected failure, or a bug, ends the block.

    Exit codes: 2 for what the user can mend, 130 for Ctrl-C, 143 when asked to end, 1 for a bug.
    ``REID_DEBUG=1`` lets everything through, for its traceback.
    """
    signal.signal(signal.SIGTERM, _asked_to_end)
    if not debugging():
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")  # worker processes start with their own filters
    try:
        yield
        if sys.stdout is not None:  # closed by whoever started us
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has left. Python flushes once more at exit, so give it a place to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_BROKEN_PIPE) from None
    except KeyboardInterrupt:
        _end(EXIT_INTERRUPTED, "Interrupted.")
    except Exception as error:
        if debugging():
            raise
        code, message = _told(error)
        _end(code, *(message.split("\n") if isinstance(error, DeclarationError) else [message]))


def _asked_to_end(_signal: int, _frame: object) -> NoReturn:
    """Unwind as Ctrl-C does, so that half a file of raw events is removed."""
    raise SystemExit(EXIT_ENDED)


def _told(error: Exception) -> tuple[int, str]:
    """Return exit code and message. A bug is named by type alone: its text may hold what people typed."""
    if isinstance(error, ReidError):
        return EXIT_REFUSED, f"reid: {error}"
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        advice = f" See '{context.command_path} --help'." if context else ""
        return EXIT_REFUSED, f"reid: {error.format_message().rstrip('.')}.{advice}"
    if isinstance(error, OSError):
        name = PurePath(str(error.filename)).name + " " if error.filename else ""
        reason = error.strerror or type(error).__name__
        advice = "Free some space there, or choose another place with -o."
        return EXIT_REFUSED, f"reid: files must be readable and writable; found: {name}{reason}. {advice}"
    if isinstance(error, MemoryError):
        advice = "Take fewer people, or a machine with more memory."
        return EXIT_REFUSED, f"reid: the work must fit in memory; found: it does not. {advice}"
    kind = type(error).__name__
    return EXIT_BUG, f"reid: this should not happen ({kind}). Set REID_DEBUG=1 to see where, and report it."


def _end(code: int, *messages: str) -> None:
    for message in messages:
        line = "".join(letter if letter.isprintable() else " " for letter in message)
        if sys.stderr is not None:  # closed by whoever started us
            sys.stderr.write(" ".join(line.split()) + "\n")
    raise SystemExit(code)
