"""How surely people can be re-identified from keystroke and pointer logs, and what protects them.

The names below do what the commands of ``reid`` do. They are imported when first used, so that
``import reid`` alone costs nothing.

Examples
--------
>>> import reid
>>> [name for name in reid.ANONYMIZERS if name.startswith("delay")]
['delay-mix']
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reid.anonymizers import ANONYMIZERS
    from reid.anonymizers.anonymizing import anonymize
    from reid.anonymizers.release import Claim, Release
    from reid.attackers import ATTACKERS
    from reid.errors import ReidError
    from reid.evaluation.audit import audit
    from reid.events.formats import FORMATS
    from reid.events.quality import Quality
    from reid.events.reading import read_events
    from reid.events.table import EventTable
    from reid.features import FEATURES
    from reid.metrics.estimate import Estimate
    from reid.seeding import Streams
    from reid.study.comparing import compare

    __version__: str

__all__ = [
    "ANONYMIZERS",
    "ATTACKERS",
    "FEATURES",
    "FORMATS",
    "Claim",
    "Estimate",
    "EventTable",
    "Quality",
    "ReidError",
    "Release",
    "Streams",
    "__version__",
    "anonymize",
    "audit",
    "compare",
    "read_events",
]

_MODULE_OF = {
    "ANONYMIZERS": "reid.anonymizers",
    "ATTACKERS": "reid.attackers",
    "FEATURES": "reid.features",
    "FORMATS": "reid.events.formats",
    "Claim": "reid.anonymizers.release",
    "Estimate": "reid.metrics.estimate",
    "EventTable": "reid.events.table",
    "Quality": "reid.events.quality",
    "Release": "reid.anonymizers.release",
    "ReidError": "reid.errors",
    "Streams": "reid.seeding",
    "anonymize": "reid.anonymizers.anonymizing",
    "audit": "reid.evaluation.audit",
    "compare": "reid.study.comparing",
    "read_events": "reid.events.reading",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name == "__version__":
        value: object = import_module("importlib.metadata").version("reid-risk")
    elif name in _MODULE_OF:
        value = getattr(import_module(_MODULE_OF[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=None)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
