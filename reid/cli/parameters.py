"""What can be told of a registered part from its class alone: text, parameters, notation."""

import ast
import dataclasses
import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from reid.registry import written

_ROLE = re.compile(r":\w+:`~?([^`]+)`")


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
    sources = _fields_as_written(part)
    found: list[Parameter] = []
    for field in dataclasses.fields(part):
        if not field.init:
            continue
        kind, meaning = sources.get(field.name, (str(field.type), ""))
        nested = _nested(field)
        if nested is not None:
            found.append(Parameter(field.name, kind, f"{kind}()", meaning or text_of(nested).splitlines()[0]))
            within = parameters_of(nested)
            found += [dataclasses.replace(inner, name=f"{field.name}.{inner.name}") for inner in within]
            continue
        default = None
        if field.default is not dataclasses.MISSING:
            default = _shown(field.default)
        elif field.default_factory is not dataclasses.MISSING:
            default = _shown(field.default_factory())
        found.append(Parameter(field.name, kind, default, meaning))
    return tuple(found)


def text_of(part: type[Any]) -> str:
    """Return the docstring of a part, and of the settings that it holds as one value."""
    texts = [_plain(inspect.cleandoc(part.__doc__ or ""))]
    if dataclasses.is_dataclass(part):
        nested = {field.name: _nested(field) for field in dataclasses.fields(part) if field.init}
        texts += [f"{name}: {text_of(kind)}" for name, kind in nested.items() if kind is not None]
    return "\n\n".join(texts)


def notation_of(part: type[Any]) -> str:
    """Return how a part is written, every parameter named."""
    settings = [setting for setting in parameters_of(part) if "." not in setting.name]
    given = [f"{setting.name}={setting.default or '...'}" for setting in settings]
    return f"{part.name}({', '.join(given)})" if given else str(part.name)


def _shown(value: object) -> str:
    """Return a default as users would write it: parts by their notation, not by their class."""
    if isinstance(value, tuple) and value:
        return f"({', '.join(map(_shown, value))}{',' if len(value) == 1 else ''})"
    return written(value) if dataclasses.is_dataclass(value) and hasattr(value, "name") else repr(value)


def _plain(text: str) -> str:
    """Return documentation text without the roles of its markup, as in ``:data:`~reid.typing.silent```."""
    return _ROLE.sub(lambda role: role[1].rpartition(".")[2], text)


def _nested(field: "dataclasses.Field[Any]") -> type[Any] | None:
    """Return the class of a field whose value is a set of settings, but no part with a name of its own."""
    value = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    is_settings = (
        dataclasses.is_dataclass(value) and not isinstance(value, type) and not hasattr(value, "name")
    )
    return type(value) if is_settings else None


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
        return _plain(beside.strip())
    start, stop = first, last + 1
    while start > 0 and lines[start - 1].strip().startswith("#:"):
        start -= 1
    while stop < len(lines) and lines[stop].strip().startswith("#:"):
        stop += 1
    of_next = stop < len(lines) and bool(lines[stop].strip())  # no blank line: it is about what follows
    found = lines[start:first] or ([] if of_next else lines[last + 1 : stop])
    return _plain(" ".join(line.strip().removeprefix("#:").strip() for line in found))
