"""How a foreign table says what the event table says: columns, units, words."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Self

from reid.errors import ParameterError, SourceError, UnknownNameError
from reid.events.codes import SCHEMES
from reid.events.schema import EVENT_COLUMNS, EVENTS, SESSION_COLUMNS

#: Columns that a foreign column can be named for.
TARGETS: Final = tuple({**EVENT_COLUMNS, **SESSION_COLUMNS})
#: Microseconds in a unit of time; ``iso`` is a date and time as text.
UNITS_US: Final = MappingProxyType({"s": 1_000_000.0, "ms": 1000.0, "us": 1.0, "ns": 0.001, "iso": 1.0})
CLOCKS: Final = ("auto", "session", "unix")

#: Event words that need no mapping, in small letters: our own and those of browsers.
KNOWN_EVENTS: Final = MappingProxyType({
    **{event: event for event in EVENTS},
    "keydown": "key_down", "keyup": "key_up",
    "mousemove": "move", "mousedown": "button_down", "mouseup": "button_up",
    "pointermove": "move", "pointerdown": "button_down", "pointerup": "button_up",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """What the columns and words of a foreign table mean. The default is our own names and units.

    Written as TOML, the fields are the keys, ``columns`` and ``events`` are tables::

        time_unit = "ms"
        clock = "unix"
        keys = "keycode"

        [columns]
        subject_id = "user"
        session_id = "login"
        time_us = "timestamp"

        [events]
        d = "key_down"
        u = "key_up"

    Where every row is of one kind, and no column says so, ``event = "move"`` names it.
    """

    columns: Mapping[str, str] = field(default_factory=dict)  #: our name -> name in the source
    events: Mapping[str, str] = field(default_factory=dict)  #: word in the source -> our event
    event: str | None = None  #: one of our events, that every row is; then no column is read for it
    time_unit: str = "us"  #: ``s``, ``ms``, ``us``, ``ns`` or ``iso`` (date and time as text)
    clock: str = "auto"  #: times start with the ``session`` or in 1970 (``unix``); ``auto`` looks at them
    keys: str = "code"  #: ``code`` (W3C), ``keycode`` (browsers), ``windows-vk``, ``evdev`` or ``name``
    in_order: bool = True  #: rows of a session stand in order of time; else they are sorted

    def __post_init__(self) -> None:
        for target in self.columns:
            if target not in TARGETS:
                raise UnknownNameError.of("column of the event table", target, TARGETS)
        for event in self.events.values():
            if event not in EVENTS:
                raise UnknownNameError.of("event", str(event), EVENTS)
        if self.event is not None and self.event not in EVENTS:
            raise UnknownNameError.of("event", str(self.event), EVENTS)
        if self.event is not None and (self.events or "event" in self.columns):
            advice = "Leave out event, or the column and the words for it."
            found = "a mapping of a column or of words beside it"
            raise ParameterError.of("event", must="be all that is said of events", found=found, advice=advice)
        for kind, name, known in (
            ("time unit", self.time_unit, UNITS_US),
            ("clock", self.clock, CLOCKS),
            ("key scheme", self.keys, SCHEMES),
        ):
            if name not in known:
                raise UnknownNameError.of(kind, str(name), known)

    def source_name(self, target: str) -> str:
        """Return the name that the source gives to one of our columns."""
        return self.columns.get(target, target)

    @classmethod
    def from_options(
        cls,
        columns: Iterable[str] = (),
        events: Iterable[str] = (),
        *,
        time_unit: str = "us",
        clock: str = "auto",
        keys: str = "code",
        in_order: bool = True,
    ) -> Self:
        """Make a mapping of texts ``ours=theirs`` (columns) and ``theirs=ours`` (events).

        Raises
        ------
        ParameterError
            A text has no ``=``.
        UnknownNameError
            A name is none of ours.

        Examples
        --------
        >>> mapping = TableMapping.from_options(["subject_id=user"], ["d=key_down"], time_unit="ms")
        >>> mapping.columns["subject_id"], mapping.events["d"]
        ('user', 'key_down')
        """
        return cls(
            columns=dict(_pair("column", text, "subject_id=user") for text in columns),
            events=dict(_pair("event", text, "press=key_down") for text in events),
            time_unit=time_unit,
            clock=clock,
            keys=keys,
            in_order=in_order,
        )

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a mapping from a small TOML file.

        Raises
        ------
        SourceError
            The file cannot be read, is no TOML, or a value has the wrong type.
        UnknownNameError
            A name is none of ours.
        """
        try:
            settings = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            found = (
                error.strerror if isinstance(error, OSError) and error.strerror else "a mistake in its syntax"
            )
            raise SourceError.of(path.name, must="be a TOML file", found=found) from None
        kinds = {
            "columns": dict,
            "events": dict,
            "event": str,
            "time_unit": str,
            "clock": str,
            "keys": str,
            "in_order": bool,
        }
        for name, value in settings.items():
            if name not in kinds:
                raise UnknownNameError.of("setting of a mapping", name, kinds)
            words = value.values() if isinstance(value, dict) else ()
            if not isinstance(value, kinds[name]) or not all(isinstance(word, str) for word in words):
                must = f"hold {name} as {kinds[name].__name__}"
                raise SourceError.of(path.name, must=must, found=type(value).__name__)
        return cls(**settings)


def _pair(kind: str, text: str, example: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not (sign and left.strip() and right.strip()):
        raise ParameterError.of(f"a {kind}", must=f"be written like {example}", found=repr(text[:80]))
    return left.strip(), right.strip()
