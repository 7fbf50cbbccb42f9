"""What can be told of a registered part from its class alone: text, parameters, notation."""

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of a part."""

    name: str
    type: str
    default: str | None  #: as it would be written; none where it must be given
    meaning: str  #: its documentation comment

    def as_dict(self) -> dict[str, str | None]:
        """Return the parameter as it stands in JSON."""
        return dataclasses.asdict(self)


def parameters_of(part: type[Any]) -> tuple[Parameter, ...]:
    """Return the settings of a part, in the order in which it declares them."""
    if not dataclasses.is_dataclass(part):
        return ()
    written = _fields_as_written(part)
    found = []
    for field in dataclasses.fields(part):
        if not field.init:
            continue
        kind, meaning = written.get(field.name, (str(field.type), ""))
        default = None
        if field.default is not dataclasses.MISSING:
            default = repr(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            default = repr(field.default_factory())
        found.append(Parameter(field.name, kind, default, meaning))
    return tuple(found)


def notation_of(part: type[Any]) -> str:
    """Return how a part is written, every parameter named."""
    given = [f"{setting.name}={setting.default or '...'}" for setting in parameters_of(part)]
    return f"{part.name}({', '.join(given)})" if given else str(part.name)


def _fields_as_written(part: type[Any]) -> dict[str, tuple[str, str]]:
    """Return the type and the ``#:`` comment of each field, parents first."""
    fields: dict[str, tuple[str, str]] = {}
    for owner in reversed(part.__mro__):
        if dataclasses.is_dataclass(owner):
            fields.update(_fields_in(textwrap.dedent(inspect.getsource(owner))))
    return fields


def _fields_in(source: str) -> Iterator[tuple[str, tuple[str, str]]]:
    lines = source.splitlines()
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    for statement in body.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            kind = ast.unparse(statement.annotation)
            yield (
                statement.target.id,
                (kind, _comment_at(lines, statement.lineno - 1, (statement.end_lineno or 0) - 1)),
            )


def _comment_at(lines: list[str], first: int, last: int) -> str:
    """Return the ``#:`` comment at the end of a statement, else the one above it, else the one below."""
    _, marked, beside = lines[last].partition("#:")
    if marked:
        return beside.strip()
    start, stop = first, last + 1
    while start > 0 and lines[start - 1].strip().startswith("#:"):
        start -= 1
    while stop < len(lines) and lines[stop].strip().startswith("#:"):
        stop += 1
    of_next = stop < len(lines) and bool(lines[stop].strip())  # no blank line: it is about what follows
    found = lines[start:first] or ([] if of_next else lines[last + 1 : stop])
    return " ".join(line.strip().removeprefix("#:").strip() for line in found)
