"""``reid audit --in-parts``: a folder of parts, of any number of people."""

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.errors import ParameterError

if TYPE_CHECKING:
    from reid.evaluation.audit import Audit

_SAID_ANYWAY = {"regime": "population", "modality": "keyboard"}  # of what is done in any case


def audited_in_parts(source: Path, asked: dict[str, Any], reading: dict[str, Any]) -> "Audit":
    """Audit a folder of parts.

    Raises
    ------
    ReidError
        An option was given that needs all people at once, or the folder cannot be audited so.
    """
    from reid.evaluation.audit import audit as audit_events  # noqa: PLC0415  scikit-learn takes 2 s
    from reid.evaluation.streamed import audit_in_parts  # noqa: PLC0415
    from reid.events.parts import PartFolder  # noqa: PLC0415

    possible = inspect.signature(audit_in_parts).parameters
    usual = inspect.signature(audit_events).parameters
    for name, value in asked.items():
        if name not in possible and value not in (usual[name].default, _SAID_ANYWAY.get(name)):
            option = f"--{name.replace('_', '-')}"
            raise ParameterError.of("--in-parts", must=f"stand without {option}", found="both")
    if told := sorted(set(reading) - {"strict", "max_faults"}):
        advice = "Convert the source first: reid convert SOURCE -o FOLDER --parts."
        raise ParameterError.of(
            "--in-parts", must="meet a folder of parts", found=f"--{told[0]}", advice=advice
        )
    folder = PartFolder.open(source)
    folder.quality.require(0.0 if reading["strict"] else reading["max_faults"])
    return audit_in_parts(folder, **{name: value for name, value in asked.items() if name in possible})
