"""The formats in which recordings are handed out."""

from reid.events.formats.aalto import Aalto
from reid.events.formats.cmu import Cmu
from reid.events.formats.mapping import TableMapping
from reid.events.formats.own import Own
from reid.events.formats.protocol import Format
from reid.events.formats.table import Table
from reid.registry import Registry

__all__ = ["FORMATS", "Aalto", "Cmu", "Format", "Own", "Table", "TableMapping"]

FORMATS: Registry[Format] = Registry("format", (Aalto, Cmu, Own, Table))
