"""Named numbers that tell people apart, with the number of observations behind each."""

from reid.features.content import Content
from reid.features.every_channel import EveryChannel
from reid.features.homing import Homing
from reid.features.latencies import Latencies
from reid.features.log_latencies import LogLatencies
from reid.features.machine import Machine
from reid.features.movements import Movements
from reid.features.outline import Outline
from reid.features.pointer_antal import Antal39
from reid.features.pointer_strokes import Strokes
from reid.features.rhythm import Rhythm
from reid.features.table import Extractor
from reid.registry import Registry

__all__ = [
    "FEATURES",
    "Antal39",
    "Content",
    "EveryChannel",
    "Extractor",
    "Homing",
    "Latencies",
    "LogLatencies",
    "Machine",
    "Movements",
    "Outline",
    "Rhythm",
    "Strokes",
]

FEATURES: Registry[Extractor] = Registry(
    "feature set",
    (
        Rhythm,
        Outline,
        Latencies,
        LogLatencies,
        Content,
        Strokes,
        Antal39,
        Movements,
        Homing,
        Machine,
        EveryChannel,
    ),
)
