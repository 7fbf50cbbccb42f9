"""The formats in which recordings are handed out."""

from reid.events.formats.aalto import Aalto
from reid.events.formats.cmu import Cmu
from reid.events.formats.protocol import Format
from reid.registry import Registry

__all__ = ["FORMATS", "Aalto", "Cmu", "Format"]

FORMATS: Registry[Format] = Registry("format", (Aalto, Cmu))
