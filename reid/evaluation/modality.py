"""Keyboard, pointer, or both: what an attack may look at, and what a log holds."""

from typing import Final

import polars as pl

from reid.attackers import BOTH, modality_of
from reid.errors import TooFewError, UnknownNameError
from reid.events.schema import KEY_EVENTS, POINTER_EVENTS
from reid.events.table import EventTable

__all__ = ["BOTH", "MODALITIES", "modalities_in", "modality_of", "of_modality"]

_EVENTS_OF: Final = {"keyboard": KEY_EVENTS, "pointer": POINTER_EVENTS}
MODALITIES: Final = (*_EVENTS_OF, BOTH)


def modalities_in(events: EventTable) -> tuple[str, ...]:
    """Return which of ``keyboard`` and ``pointer`` a log holds events of."""
    kinds = set(events.frame["event"].unique())
    return tuple(name for name, own in _EVENTS_OF.items() if not kinds.isdisjoint(own))


def of_modality(events: EventTable, modality: str) -> EventTable:
    """Return the events that an attack may look at; sessions without any are dropped.

    Raises
    ------
    UnknownNameError
        The modality is not known.
    TooFewError
        The log holds no event of it.
    """
    if modality not in MODALITIES:
        raise UnknownNameError.of("modality", modality, MODALITIES)
    held = modalities_in(events)
    if modality == BOTH or held == (modality,):
        return events
    if modality not in held:
        must, found = f"hold {modality} events", f"only those of the {' and '.join(held) or 'empty log'}"
        raise TooFewError.of("the source", must=must, found=found, advice="Leave out --modality.")
    return events.with_frame(events.frame.filter(pl.col("event").is_in(_EVENTS_OF[modality])))
