"""What the sources of a package import, and which of it the rooms table forbids."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Rooms by row, highest first; a row imports only rows beneath it. The last row is the foundation.
ROWS: tuple[frozenset[str], ...] = (
    frozenset({"__main__"}),
    frozenset({"cli"}),
    frozenset({"reports"}),
    frozenset({"figures", "study"}),
    frozenset({"evaluation"}),
    frozenset({"attackers", "utility"}),
    frozenset({"anonymizers"}),
    frozenset({"features"}),
    frozenset({"samples", "synthetic"}),
    frozenset({"events", "metrics"}),
    frozenset({"kernels"}),
    frozenset({"errors", "typing", "seeding", "registry", "made_with", "parallel", "storage"}),
)
FOUNDATION = ROWS[-1]

#: The only rooms that may import a library.
FENCES: dict[str, frozenset[str]] = {
    "numba": frozenset({"kernels"}),
    "sklearn": frozenset({"attackers", "utility", "anonymizers"}),
    "matplotlib": frozenset({"figures"}),
    "typer": frozenset({"cli"}),
    "rich": frozenset({"cli"}),
    "joblib": frozenset({"parallel"}),
    "dask": frozenset({"parallel"}),
    "distributed": frozenset({"parallel"}),
    "pickle": frozenset(),
    "cloudpickle": frozenset(),
    "dill": frozenset(),
    "shelve": frozenset(),
    "marshal": frozenset(),
}

NAMELESS = frozenset({"utils", "util", "core", "common", "helpers", "helper", "misc"})


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module and the line on which it is."""

    module: str
    line: int


def imports_of(source: str, module: str = "", *, is_package: bool = False) -> Iterator[Import]:
    """Yield every module that ``source`` imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
                base = ".".join([*kept, *([node.module] if node.module else [])])
            yield Import(base, node.lineno)
            yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in {
            "import_module",
            "__import__",
            "importlib.import_module",
        }:
            for argument in node.args[:1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Import(argument.value, node.lineno)


def room_of(module: str) -> str:
    """Return the room of ``reid.room.module``; the empty text for the public face itself."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "reid" else ""


def row_of(room: str) -> int:
    """Return the row of a room, 0 for the highest; -1 where no row names it."""
    return next((number for number, rooms in enumerate(ROWS) if room in rooms), -1)


def forbidden_imports(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """Return what ``source`` imports against the rooms table and the fences, one text per import."""
    room = room_of(module)
    if not room:  # the public face opens every room, lazily
        return []
    if row_of(room) < 0:
        return [f"{module}: the room {room!r} stands in no row"]
    found = set()
    for imported in imports_of(source, module, is_package=is_package):
        library, other = imported.module.split(".")[0], room_of(imported.module)
        if library in FENCES and room not in FENCES[library]:
            found.add(
                f"{module}:{imported.line}: {library} belongs in {sorted(FENCES[library]) or 'no room'}"
            )
        if imported.module == "reid":
            found.add(f"{module}:{imported.line}: a room goes through no public face")
        if other and row_of(other) >= 0 and other != room and not _may_import(room, other):
            found.add(f"{module}:{imported.line}: {room} may not know {other}")
    return sorted(found)


def unsafe_loads(source: str) -> list[int]:
    """Return the lines that would run code found in a file."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = _called(node)
            allows = any(
                word.arg == "allow_pickle"
                and not (isinstance(word.value, ast.Constant) and word.value.value is False)
                for word in node.keywords
            )
            if allows or called in {
                "joblib.load",
                "pickle.load",
                "pickle.loads",
                "eval",
                "exec",
                "yaml.load",
            }:
                lines.append(node.lineno)
    return lines


def undocumented(source: str) -> list[str]:
    """Return the names of public functions, classes and methods, and ``module``, that lack a docstring."""
    tree = ast.parse(source)
    missing = [] if ast.get_docstring(tree) else ["module"]

    def visit(owner: ast.Module | ast.ClassDef, prefix: str) -> None:
        for node in owner.body:
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) and not node.name.startswith("_"):
                if not ast.get_docstring(node):
                    missing.append(prefix + node.name)
                if isinstance(node, ast.ClassDef):
                    visit(node, f"{prefix}{node.name}.")

    visit(tree, "")
    return missing


def module_name(path: Path, root: Path) -> str:
    """Return the dotted name of a source file under ``root``."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _may_import(room: str, other: str) -> bool:
    if room in FOUNDATION:
        return other in FOUNDATION
    return row_of(other) > row_of(room)


def _called(node: ast.Call) -> str:
    names: list[str] = []
    place: ast.expr = node.func
    while isinstance(place, ast.Attribute):
        names.insert(0, place.attr)
        place = place.value
    return ".".join([place.id, *names]) if isinstance(place, ast.Name) else ".".join(names)
