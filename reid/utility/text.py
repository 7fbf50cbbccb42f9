"""Whether the text that was typed can still be read."""

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from reid.anonymizers.keyboard_layouts import LAYOUTS, UNKNOWN
from reid.anonymizers.typed_text import TypedLog
from reid.errors import ParameterError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.kernels.subsequence import common_length
from reid.typing import FloatArray, IntArray
from reid.utility.paired import PairedLogs

_Texts = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedText:
    """Text as it stands after corrections, the same in the release.

    Where the release names characters, the text is that of the characters; else, in both logs, what the keys
    give on a layout, since a release without characters is read so. Lines end where a person may have gone
    on elsewhere, as at a click. Texts are compared in memory and never shown.
    """

    name: ClassVar[str] = "typed-text"
    definition: ClassVar[str] = (
        "Length of the longest common subsequence of the raw and the released text, of the longer one"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Bakkelund (2009), An LCS-based string metric"
    needs: ClassVar[str] = "keys or characters that write"
    layout: str = "us"  #: which character a key gives: us, de or fr

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ParameterError.of("layout", must=f"be one of {', '.join(LAYOUTS)}", found=repr(self.layout))

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return the share of each person's text that is left."""
        with_char = logs.released.frame["char"].null_count() < len(logs.released)
        released = self._texts(logs.released, with_char=with_char)
        raw = self._texts(logs.raw, with_char=with_char)
        if not any(raw.values()):  # only characters tell what was typed, and they are gone
            raw = self._texts(logs.raw, with_char=True)
        common, longer = np.zeros(len(logs.people)), np.zeros(len(logs.people))
        number = {name: place for place, name in enumerate(logs.people)}
        for session in raw.keys() | released.keys():
            one, other = raw.get(session, ""), released.get(session, "")
            person = number[session[0]]
            common[person] += len(one) if one == other else common_length(_points(one), _points(other))
            longer[person] += max(len(one), len(other))
        wrote = np.zeros(len(logs.people), dtype=np.bool_)
        wrote[[number[subject] for (subject, _), text in raw.items() if text]] = True
        share: FloatArray = np.divide(common, longer, out=np.full(common.size, np.nan), where=wrote)
        return share

    def _texts(self, log: EventTable, *, with_char: bool) -> _Texts:
        """Return the text of each session that has any key, without characters that are not known."""
        frame = log.frame if with_char else log.frame.with_columns(char=pl.lit(None, dtype=pl.String))
        typed = TypedLog.of(EventTable(frame, log.sessions), self.layout)
        bounds = log.session_bounds()
        names = list(log.sessions.select(SESSION).iter_rows())
        lines: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for version in typed.versions():
            if version.is_final:
                row = typed.row[version.written_by[0]]
                session = int(np.searchsorted(bounds, row, side="right")) - 1
                lines[names[session]].append(version.text.replace(UNKNOWN, ""))
        return {session: "\n".join(line for line in found if line) for session, found in lines.items()}


def _points(text: str) -> IntArray:
    return np.array([ord(letter) for letter in text], dtype=np.int64)
