"""A study as one TOML file: read, checked whole, written."""

import json
import os
import tomllib
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Self

from reid.attackers import ATTACKERS, BOTH, KEYBOARD, POINTER
from reid.errors import DeclarationError, ReidError, SourceError, UnknownNameError
from reid.evaluation.checks import EFFORTS
from reid.evaluation.lineup import EFFORTS as HOW_HARD
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import NO_STRATEGY
from reid.evaluation.settings import SplitSettings
from reid.evaluation.threats import INFORMED, rungs_of
from reid.events.formats import FORMATS, TableMapping
from reid.events.reading import MAX_FAULTS
from reid.features.table import CHANNELS
from reid.study.grids import GridPoint, expand
from reid.study.usefulness import is_file, named_purpose

_READING: Final = ("format", "task", "typists", "map", "strict", "max_faults")
_DIVIDING: Final = (
    "regime",
    "background",
    "gallery_sessions",
    "held_out_sessions",
    "probe_sessions",
    "sample",
)
MODALITIES: Final = (KEYBOARD, POINTER, BOTH)
#: Parts of an input that name a file, besides its source.
FILES: Final = ("typists", "map", "background_from")
#: Parts that name recordings, which may lie elsewhere than the study and what says how to read them.
RECORDED: Final = ("source", "typists", "background_from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A log, how it is read, and how its people are divided.

    Files are named from the study's own folder; recordings from another, where one is given.
    """

    source: str  #: path of the log
    name: str = ""  #: in tables; the source's own, without its ending, if absent
    format: str | None = None  #: recognised if absent
    task: str | None = None  #: whose cards were typed in (kmt)
    typists: str | None = None  #: file: who typed the foreign cards (kmt)
    map: str | None = None  #: file: columns, units and words of a table
    strict: bool = False  #: refuse a source with any row at fault
    max_faults: float = MAX_FAULTS  #: largest share of rows at fault
    regime: str | None = None  #: ``population`` or ``closed-set``
    background: int | None = None  #: people from whom the attacker learns
    background_from: str | None = None  #: another log, all of whose people are background
    gallery_sessions: int | None = None  #: enrolled per person
    held_out_sessions: int | None = None  #: a person's last, probed
    probe_sessions: int = 1  #: pooled in one probe
    sample: str = "session"  #: what one sample is
    modality: str = "both"  #: what the attackers may look at
    comparisons: str | None = None  #: ``published``, instead of a regime

    @property
    def label(self) -> str:
        """Its name in tables."""
        return self.name or Path(self.source).stem

    def found_in(self, data: Path) -> Self:
        """Return the input with its recordings named from a folder of data, wherever the study lies."""
        paths = {name: getattr(self, name) for name in RECORDED}
        found: dict[str, Any] = {name: path and str((data / path).absolute()) for name, path in paths.items()}
        return replace(self, **found)

    def reading(self, folder: Path) -> dict[str, Any]:
        """Return what the reader is told, files as paths."""
        told: dict[str, Any] = {"strict": self.strict, "max_faults": self.max_faults}
        told |= {name: getattr(self, name) for name in ("format", "task") if getattr(self, name) is not None}
        if self.typists is not None:
            told["typists"] = folder / self.typists
        if self.map is not None:
            told["mapping"] = TableMapping.from_toml(folder / self.map)
            told.setdefault("format", "table")
        return told

    def dividing(self) -> dict[str, Any]:
        """Return how people and sessions are divided, as the keyword arguments of an audit."""
        return {name: getattr(self, name) for name in (*_DIVIDING, "modality", "comparisons")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Everything that is declared before anything is run."""

    name: str = "study"
    question: str = ""  #: what the study shall answer, for readers
    inputs: tuple[Input, ...]
    strategies: tuple[str, ...] = ()  #: as in ``time-grid(step_ms=[16, 50])``, which is two
    threats: tuple[str, ...] = (INFORMED,)  #: presets or rungs
    attackers: tuple[str, ...] = ()  #: that attack together; every family if none is named
    effort: str = "fixed"  #: how hard they try: ``adaptive`` re-tunes them for every log
    without: tuple[str, ...] = ()  #: channels withheld from them
    purposes: tuple[str, ...] = ()  #: for which the releases shall be of use
    seeds: tuple[int, ...] = (0,)
    releases: int = 3  #: of a strategy that draws noise
    adequacy: str = "quick"  #: how closely it is looked whether the attackers could have succeeded
    folder: Path = field(default=Path(), compare=False)  #: from which files are named

    def points(self) -> list[GridPoint]:
        """Return every strategy of every grid, in the order declared."""
        return [point for text in self.strategies for point in expand(text)]

    @classmethod
    def read(cls, path: Path, data: Path | None = None) -> Self:
        """Read a study and check all of it.

        Parameters
        ----------
        path : Path
            The declaration.
        data : Path, optional
            Folder from which recordings are named; that of the declaration if absent.

        Raises
        ------
        SourceError
            The file cannot be read, or is no TOML.
        DeclarationError
            It has faults; each has a line, with its place.
        """
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SourceError.of(path.name, must="be readable", found=reason) from error
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "something else"
            raise SourceError.of(path.name, must="be TOML", found=reason) from error
        return cls.checked(found, path.parent, data)

    @classmethod
    def checked(cls, found: Mapping[str, Any], folder: Path, data: Path | None = None) -> Self:
        """Return the study that a mapping declares.

        Parameters
        ----------
        found : mapping
            As TOML gives it.
        folder : Path
            From which its files are named.
        data : Path, optional
            From which recordings are named instead.

        Raises
        ------
        DeclarationError
            There are faults; each has a line, with its place.
        """
        faults: list[str] = []
        inputs: list[Input] = []
        listed = found.get("inputs")
        if not isinstance(listed, list) or not listed:
            faults.append("inputs: must be one or more tables [[inputs]], each with a source; found none.")
        else:
            for number, one in enumerate(listed, 1):
                place = f"inputs[{number}]"
                if not isinstance(one, dict):
                    faults.append(f"{place}: must be a table; found something else.")
                    continue
                told, wrong = _fitting(Input, one, f"{place}.")
                faults += wrong
                if "source" in told:
                    one_input = Input(**told)
                    inputs.append(one_input if data is None else one_input.found_in(data))
                    faults += _faults_of_input(inputs[-1], folder, place)
        rest = {name: value for name, value in found.items() if name != "inputs"}
        told, wrong = _fitting(cls, rest, "", leave_out=("inputs", "folder"))
        study = cls(inputs=tuple(inputs), folder=folder, **told)
        faults += [*wrong, *study._faults()]
        if faults:
            raise DeclarationError.of(dict.fromkeys(faults))
        return study

    def _faults(self) -> Iterator[str]:
        """Yield what is wrong with everything but each single input."""
        names = [one.label for one in self.inputs]
        for twice in sorted({name for name in names if names.count(name) > 1}):
            yield f"inputs: names must differ; found {twice!r} twice. Give one of them a name."
        yield from self._faults_of_strategies()
        attackers = _each("attackers", self.attackers, ATTACKERS.make)
        yield from attackers or _told("attackers", lambda: LineUp.of(self.attackers))
        yield from _each("threats", self.threats, rungs_of)
        yield from _each("purposes", self.purposes, lambda purpose: named_purpose(purpose, self.folder))
        yield from _each("without", self.without, lambda channel: _require("channel", channel, CHANNELS))
        yield from _told("effort", lambda: _require("effort", self.effort, HOW_HARD))
        yield from _told("adequacy", lambda: _require("adequacy", self.adequacy, EFFORTS))
        if self.releases < 1:
            yield f"releases: must be 1 or more; found {self.releases}."
        for name in ("threats", "seeds", "strategies", "attackers", "purposes", "without"):
            values = getattr(self, name)
            if len(set(values)) < len(values):
                yield f"{name}: must differ; found one twice."
            if name in {"threats", "seeds"} and not values:
                yield f"{name}: must be one or more; found none."
        yield from (f"seeds: must be 0 or more; found {seed}." for seed in self.seeds if seed < 0)

    def _faults_of_strategies(self) -> Iterator[str]:
        texts: list[str] = []
        for number, text in enumerate(self.strategies, 1):
            try:
                texts += [str(one.strategy) for one in expand(text)]
            except ReidError as error:
                yield f"strategies[{number}]: {error}"
        if NO_STRATEGY in texts:
            yield f"strategies: must change the log; found {NO_STRATEGY}, with which all are compared anyway."
        for twice in dict.fromkeys(text for text in texts if texts.count(text) > 1):
            yield f"strategies: must differ; found {twice} twice."

    def written(self, folder: Path) -> str:
        """Return the study as TOML whose files are named from ``folder``.

        Reading it again gives the same study; what stands at its default is left out.
        """
        purposes = tuple(
            _named_from(folder, self.folder / one) if is_file(one) else one for one in self.purposes
        )
        told = _told_of(replace(self, purposes=purposes))
        lines = [f"{name} = {_toml(value)}" for name, value in told if name not in {"inputs", "folder"}]
        for one in self.inputs:
            files: dict[str, Any] = {
                name: _named_from(folder, self.folder / getattr(one, name))
                for name in ("source", *FILES)
                if getattr(one, name) is not None
            }
            moved = replace(one, **files)
            lines += ["", "[[inputs]]", *(f"{name} = {_toml(value)}" for name, value in _told_of(moved))]
        return "\n".join(lines).strip() + "\n"


def _named_from(folder: Path, path: Path) -> str:
    """Return a path as seen from a folder, so that what is written holds no place of a machine above both."""
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.resolve().as_posix()


def _toml(value: object) -> str:
    """Return a value as TOML, which writes it as JSON does, but for the one sign that it must escape."""
    if isinstance(value, tuple):
        if not value:
            return "[]"
        return "[\n" + "".join(f"    {_toml(one)},\n" for one in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _told_of(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield name and value of the fields that do not stand at their default."""
    for each in fields(part):
        value = getattr(part, each.name)
        if value != each.default and value is not None:
            yield each.name, value


def _fitting(
    kind: type[Any], found: Mapping[str, Any], place: str, leave_out: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Return the entries that have a field and a fitting type, and what is wrong with the others."""
    hints = typing.get_type_hints(kind)
    known: dict[str, Field[Any]] = {each.name: each for each in fields(kind) if each.name not in leave_out}
    told: dict[str, Any] = {}
    faults = []
    for name, value in found.items():
        if name not in known:
            names = (*known, "inputs") if "inputs" in leave_out else tuple(known)
            faults.append(f"{place}{name}: {UnknownNameError.of('key', name, names)}")
            continue
        fitted = _fitted(value, hints[name])
        if fitted is None:
            must = _words_of(hints[name])
            faults.append(f"{place}{name}: must be {must}; found {json.dumps(value, default=str)[:80]}.")
            continue
        told[name] = fitted
    for name, each in known.items():
        if each.default is MISSING and each.default_factory is MISSING and name not in found:
            faults.append(f"{place}{name}: must be given; found nothing.")
    return told, faults


def _fitted(value: Any, hint: Any) -> Any:
    """Return the value as its field holds it; None where the type does not fit."""
    if isinstance(hint, types.UnionType):
        hint = next(one for one in typing.get_args(hint) if one is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        if not isinstance(value, list):
            return None
        items = [_fitted(one, inner) for one in value]
        return None if any(one is None for one in items) else tuple(items)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, bool) is not (hint is bool):
        return None
    return value if isinstance(value, hint) else None


def _words_of(hint: Any) -> str:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
    if isinstance(hint, types.UnionType):
        hint = next(one for one in typing.get_args(hint) if one is not types.NoneType)
    if typing.get_origin(hint) is tuple:
        return f"a list, each {words[typing.get_args(hint)[0]]}"
    return words[hint]


def _faults_of_input(one: Input, folder: Path, place: str) -> Iterator[str]:
    for name in ("source", *FILES):
        path = getattr(one, name)
        if path is not None and not (folder / path).exists():
            elsewhere = ", or give its folder to reid run --data" if name in RECORDED else ""
            advice = f"Mend its path{elsewhere}."
            yield f"{place}.{name}: must be there; found no {Path(path).name}. {advice}"
            continue
        if name == "map" and path is not None:
            yield from _told(f"{place}.map", lambda: one.reading(folder))
    if one.format is not None:
        yield from _told(f"{place}.format", lambda: _require("format", one.format or "", FORMATS))
    yield from _told(f"{place}.modality", lambda: _require("modality", one.modality, MODALITIES))
    yield from _told(place, lambda: SplitSettings(**{name: getattr(one, name) for name in _DIVIDING}))
    if one.comparisons is not None:
        known = ("published",)
        yield from _told(
            f"{place}.comparisons", lambda: _require("comparisons", one.comparisons or "", known)
        )


def _require(kind: str, name: str, known: Iterable[str]) -> None:
    """Refuse a word that is not known."""
    if name not in known:
        raise UnknownNameError.of(kind, name, known)


def _each(place: str, texts: Sequence[str], check: Callable[[str], object]) -> list[str]:
    """Return what a check refuses of several texts, each with its place."""
    faults = []
    for number, text in enumerate(texts, 1):
        try:
            check(text)
        except ReidError as error:
            faults.append(f"{place}[{number}]: {error}")
    return faults


def _told(place: str, check: Callable[[], object]) -> Iterator[str]:
    """Yield what a check refuses, with its place."""
    try:
        check()
    except ReidError as error:
        yield f"{place}: {error}"
