"""A purpose for which a log is released: which metrics count, and how much."""

import math
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from reid.errors import ParameterError, SourceError, UnknownNameError
from reid.registry import written
from reid.utility import METRICS, Metric

COMBINATIONS: Final = ("mean", "minimum")  #: how metrics become one number
_SUFFIX: Final = ".toml"
_KINDS: Final[dict[str, type]] = {"about": str, "combine": str, "metrics": dict}
_LONGEST: Final = 80  # letters of a wrong word that a message repeats
_PACKAGED: Final = files("reid.utility") / "purposes"
#: Names of the purposes that come with the package.
PURPOSES: Final = tuple(
    sorted(each.name.removesuffix(_SUFFIX) for each in _PACKAGED.iterdir() if each.name.endswith(_SUFFIX))
)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Metrics with their weights, and how they become one number."""

    name: str
    metrics: tuple[tuple[Metric, float], ...]  #: each with its weight, above 0
    about: str = ""  #: one sentence for readers
    #: ``mean``: the mean by weights; ``minimum``: the least of the metrics, whatever their weights.
    combine: str = "mean"

    def __post_init__(self) -> None:
        if self.combine not in COMBINATIONS:
            close = get_close_matches(self.combine, COMBINATIONS, n=1)
            advice = f"Did you mean {close[0]!r}?" if close else ""
            raise ParameterError.of(
                f"combine of {self.name}",
                must=f"be {' or '.join(COMBINATIONS)}",
                found=repr(self.combine[:_LONGEST]),
                advice=advice,
            )
        if not self.metrics:
            must = "name one or more metrics"
            raise ParameterError.of(f"purpose {self.name}", must=must, found="none")
        wrong = [weight for _, weight in self.metrics if not (math.isfinite(weight) and weight > 0)]
        if wrong:
            must = "be finite and above 0"
            raise ParameterError.of(f"weights of {self.name}", must=must, found=wrong[0])
        if len({str(written(metric, whole=True)) for metric, _ in self.metrics}) < len(self.metrics):
            raise ParameterError.of(f"purpose {self.name}", must="name each metric once", found="one twice")


def purpose_of(name: str | Path) -> Purpose:
    """Return a purpose of the package by its name, or one of a user's own by its file.

    Parameters
    ----------
    name : str or Path
        One of :data:`PURPOSES`; or a TOML file, whose name ends with ``.toml``::

            about = "Find out whether people are in a hurry."
            combine = "mean"

            [metrics]
            input-speed = 2
            "pause-structure(shortest_ms=500)" = 1

    Raises
    ------
    UnknownNameError
        No purpose, metric, parameter or setting has this name; the nearest one is named.
    SourceError
        The file cannot be read, is no TOML, or a value has the wrong type.
    ParameterError
        A value makes no sense, or no metric is named.
    """
    if isinstance(name, Path) or str(name).lower().endswith(_SUFFIX):
        path = Path(name)
        return _parsed(_bytes_of(path), path.name, path.stem)
    if name not in PURPOSES:
        raise UnknownNameError.of("purpose", name, PURPOSES)
    return _parsed((_PACKAGED / f"{name}{_SUFFIX}").read_bytes(), f"{name}{_SUFFIX}", name)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        found = error.strerror or "no file"
        raise SourceError.of(path.name, must="be a TOML file that can be read", found=found) from None


def _parsed(content: bytes, file: str, name: str) -> Purpose:
    try:
        settings = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise SourceError.of(file, must="be a TOML file", found="a mistake in its syntax") from None
    for key, value in settings.items():
        if key not in _KINDS:
            raise UnknownNameError.of(f"setting of {file}", key, _KINDS)
        if not isinstance(value, _KINDS[key]):
            must = f"hold {key} as {'a table' if key == 'metrics' else 'text'}"
            raise SourceError.of(file, must=must, found=type(value).__name__)
    metrics = tuple(
        (_metric(text, file), _weight(text, weight, file))
        for text, weight in settings.get("metrics", {}).items()
    )
    return Purpose(name, metrics, settings.get("about", ""), settings.get("combine", "mean"))


def _metric(text: str, file: str) -> Metric:
    try:
        return METRICS.make(text)
    except UnknownNameError as error:
        raise UnknownNameError(f"{file}: {error}") from None
    except ParameterError as error:
        raise ParameterError(f"{file}: {error}") from None


def _weight(text: str, weight: Any, file: str) -> float:
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        advice = (
            f'Write "{text[:_LONGEST]}" = 1.'
            if not isinstance(weight, dict)
            else "Quote names with brackets."
        )
        raise SourceError.of(
            file, must="give each metric a number", found=type(weight).__name__, advice=advice
        )
    return float(weight)
