"""The formats in which recordings are handed out."""

from reid.events.formats.aalto import Aalto
from reid.events.formats.balabit import Balabit
from reid.events.formats.cmu import Cmu
from reid.events.formats.ducktrack import DuckTrack
from reid.events.formats.evdev import Evtest, LibinputRecord
from reid.events.formats.klicke import Klicke
from reid.events.formats.kmt import Kmt
from reid.events.formats.mapping import TableMapping
from reid.events.formats.openadapt import OpenAdapt
from reid.events.formats.own import Own
from reid.events.formats.protocol import DeclaringFormat, Format, Published, WritingFormat
from reid.events.formats.rrweb import Rrweb
from reid.events.formats.sapimouse import SapiMouse
from reid.events.formats.table import Table
from reid.registry import Registry

__all__ = [
    "FORMATS",
    "Aalto",
    "Balabit",
    "Cmu",
    "DeclaringFormat",
    "DuckTrack",
    "Evtest",
    "Format",
    "Klicke",
    "Kmt",
    "LibinputRecord",
    "OpenAdapt",
    "Own",
    "Published",
    "Rrweb",
    "SapiMouse",
    "Table",
    "TableMapping",
    "WritingFormat",
]

FORMATS: Registry[Format] = Registry(
    "format",
    (
        Aalto,
        Balabit,
        Cmu,
        Klicke,
        Kmt,
        SapiMouse,
        DuckTrack,
        OpenAdapt,
        Rrweb,
        Evtest,
        LibinputRecord,
        Own,
        Table,
    ),
)
