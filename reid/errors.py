"""Errors a caller is expected to meet, and the words they use.

Every message says what must hold, what was found and what to do next, in one line: a line for each fault
where a whole file is judged.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Self

_MOST_SHOWN = 80  # letters of an unknown name that a message repeats


class ReidError(Exception):
    """Base of every expected failure; anything else is a bug in this package."""


class ParameterError(ReidError, ValueError):
    """A setting or an array has a value that makes no sense."""

    @classmethod
    def of(cls, name: str, *, must: str, found: object, advice: str = "") -> Self:
        """Say what must hold, what was found and what to do next."""
        return cls(f"{name} must {must}; found {found}. {advice}".rstrip())


class UnknownNameError(ReidError, LookupError):
    """A name is not among the known ones."""

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> Self:
        """Name the closest match, then all of them."""
        names = sorted(known)
        name = name[:_MOST_SHOWN]
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        return cls(f"Unknown {kind} {name!r}.{hint} Known: {', '.join(names)}.")


class SourceError(ReidError):
    """A file or archive cannot be read as what it is said to be."""

    @classmethod
    def of(cls, place: str, *, must: str, found: object, advice: str = "") -> Self:
        """Say what must hold, what was found and what to do next."""
        return cls(f"{place} must {must}; found {found}. {advice}".rstrip())


class EventError(SourceError):
    """Rows do not make a valid event table; the message lists all faults at once."""


class DeclarationError(ReidError):
    """A declared study cannot be run; the message has one line for each fault, all of them."""

    @classmethod
    def of(cls, faults: Iterable[str]) -> Self:
        """List the faults, one line each."""
        return cls("\n".join(" ".join(fault.split()) for fault in faults))


class TooFewError(ReidError):
    """There are not enough people, sessions or comparisons to say anything."""

    @classmethod
    def of(cls, what: str, *, must: str, found: object, advice: str = "") -> Self:
        """Say what must hold, what was found and what to do next."""
        return cls(f"{what} must {must}; found {found}. {advice}".rstrip())


class BlindError(TooFewError):
    """An attacker sees nothing of what it could learn from."""


class LeakError(ReidError):
    """A comparison would be made within one session, or learnt from the people it tests."""


class ClusterError(ReidError):
    """A cluster cannot be reached, or cannot do the work as this machine would."""

    @classmethod
    def of(cls, what: str, *, must: str, found: object, advice: str = "") -> Self:
        """Say what must hold, what was found and what to do next."""
        return cls(f"{what} must {must}; found {found}. {advice}".rstrip())


class OutputError(ReidError):
    """A result cannot be written where it was asked for."""
