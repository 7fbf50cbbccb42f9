"""Named sets of interchangeable parts, and the one notation in which they are written.

A part is written ``name(parameter=value, ...)``; parts are chained by ``|``. The same text works
on the command line, in a settings file and as the ``repr`` of a report.
"""

import ast
import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from reid.errors import ParameterError, UnknownNameError


class Named(Protocol):
    """A part that carries the name under which users write it."""

    name: ClassVar[str]


PartT = TypeVar("PartT")
_MOST_SHOWN = 200  # letters of a wrong text that a message repeats


class Registry(Mapping[str, type[PartT]], Generic[PartT]):
    """The parts of one kind by name, in the order in which they were listed."""

    def __init__(self, kind: str, parts: tuple[type[Any], ...]) -> None:
        self.kind = kind
        self._parts: dict[str, type[PartT]] = {part.name: part for part in parts}
        if len(self._parts) != len(parts):
            raise ParameterError.of(f"{kind} names", must="differ", found=[part.name for part in parts])

    def __getitem__(self, name: str) -> type[PartT]:
        if name not in self._parts:
            raise UnknownNameError.of(self.kind, name, self._parts)
        return self._parts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def make(self, text: str) -> PartT:
        """Return the part that ``text`` describes, such as ``"time-grid(step_ms=100)"``.

        Raises
        ------
        UnknownNameError
            The name, or the name of a parameter, is not known.
        ParameterError
            The text is not of the form ``name(parameter=value)`` or a value makes no sense.
        """
        name, arguments = parse_part(text)
        part = self[name]
        known = [field.name for field in dataclasses.fields(part) if field.init]  # type: ignore[arg-type]
        for argument in arguments:
            if argument not in known:
                raise UnknownNameError.of(f"parameter of {name}", argument, known)
        missing = [
            field.name
            for field in dataclasses.fields(part)  # type: ignore[arg-type]
            if field.init
            and field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
            and field.name not in arguments
        ]
        if missing:
            must = f"name {', '.join(missing)}"
            example = ", ".join(f"{argument}=..." for argument in missing)
            raise ParameterError.of(
                f"{self.kind} {name}", must=must, found=repr(text), advice=f"Write {name}({example})."
            )
        _check_types(name, part, arguments)
        return part(**arguments)

    def summary(self, name: str) -> str:
        """Return the first line of the part's docstring."""
        return (self[name].__doc__ or "").strip().splitlines()[0]


def _check_types(name: str, part: type[Any], arguments: dict[str, Any]) -> None:
    """Refuse a text where a number belongs, and the like, before the part does arithmetic on it."""
    hints = typing.get_type_hints(part)
    for argument, value in arguments.items():
        accepted = _accepted(hints.get(argument))
        wrong_bool = isinstance(value, bool) and bool not in accepted
        also = (int,) if float in accepted else ()
        if accepted and (wrong_bool or not isinstance(value, (*accepted, *also))):
            kinds = [kind.__name__ for kind in accepted if kind is not types.NoneType]
            must = f"be of type {' or '.join(kinds)}"
            raise ParameterError.of(f"{argument} of {name}", must=must, found=repr(value))


def _accepted(hint: Any) -> tuple[type, ...]:
    """Return the types of values that a type hint allows: those of ``float | None`` are two."""
    if isinstance(hint, types.UnionType):
        return tuple(kind for member in typing.get_args(hint) for kind in _accepted(member))
    kind = typing.get_origin(hint) or hint  # tuple of tuple[str, ...]
    return (kind,) if isinstance(kind, type) else ()


def parse_part(text: str) -> tuple[str, dict[str, Any]]:
    """Split ``"time-grid(step_ms=100)"`` into its name and its parameters.

    Examples
    --------
    >>> parse_part("time-grid(step_ms=100)")
    ('time-grid', {'step_ms': 100})
    >>> parse_part("drop-release")
    ('drop-release', {})
    """
    name, bracket, rest = text.strip().partition("(")
    name = name.strip()
    if not bracket:
        return name, {}
    try:
        call = ast.parse(f"part({rest}", mode="eval").body
        if not isinstance(call, ast.Call) or call.args or any(word.arg is None for word in call.keywords):
            raise ValueError(text)  # noqa: TRY301  one message for every wrong shape
        if not isinstance(call.func, ast.Name):  # part(...)(...): the first brackets would be lost
            raise ValueError(text)  # noqa: TRY004, TRY301  one message for every wrong shape
        arguments = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
        if len(arguments) < len(call.keywords):
            raise ValueError(text)  # noqa: TRY301  a parameter twice: neither value can be meant
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        must = "be written name(parameter=value, ...), each parameter once"
        raise ParameterError.of("a part", must=must, found=repr(text[:_MOST_SHOWN])) from None
    return name, arguments


def split_chain(text: str) -> list[str]:
    """Split a chain at each ``|`` that stands outside brackets and quotes.

    Examples
    --------
    >>> split_chain("time-grid(step_ms=100) | key-classes")
    ['time-grid(step_ms=100)', 'key-classes']
    """
    parts, depth, quote, start = [], 0, "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "|" and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts]


def written(part: Any, *, whole: bool = False) -> str:
    """Return the text from which :meth:`Registry.make` makes this part again.

    Parameters that stand at their default are left out unless the ``whole`` is asked for.
    """
    shown = []
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if field.init and (whole or value != field.default):
            shown.append(f"{field.name}={value!r}")
    return f"{part.name}({', '.join(shown)})" if shown else str(part.name)
