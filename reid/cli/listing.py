"""``reid list``: what is at hand, and everything about one part of it."""

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from reid.cli.options import JsonOption, QuietOption
from reid.cli.output import aligned, show_json, show_text
from reid.errors import UnknownNameError

if TYPE_CHECKING:
    from reid.registry import Registry

#: Where the registry of each kind stands.
REGISTRY_OF = {
    "formats": ("reid.events.formats", "FORMATS"),
    "attackers": ("reid.attackers", "ATTACKERS"),
    "features": ("reid.features", "FEATURES"),
    "strategies": ("reid.anonymizers", "ANONYMIZERS"),
    "metrics": ("reid.utility", "METRICS"),
}

#: What a metric of utility says of itself, and how that is headed.
_TOLD_OF_METRICS = {"definition": "Definition", "better": "Better", "needs": "Needs", "source": "Source"}

KindArgument = Annotated[str, typer.Argument(metavar="|".join(REGISTRY_OF), show_default=False)]
NameArgument = Annotated[
    str | None, typer.Argument(metavar="NAME", help="Tell everything about this one.", show_default=False)
]


def list_parts(
    kind: KindArgument, name: NameArgument = None, *, quiet: QuietOption = False, as_json: JsonOption = False
) -> None:
    """List what is at hand.

    Formats, attackers, features, strategies or metrics of utility, one line each; with NAME everything about
    that one.
    """
    if kind not in REGISTRY_OF:
        raise UnknownNameError.of("list", kind, REGISTRY_OF)
    module, attribute = REGISTRY_OF[kind]
    registry: Registry[Any] = getattr(import_module(module), attribute)
    if name is not None:
        record = described(registry, name)
        if kind == "features":
            from reid.cli.feature_families import families_of  # noqa: PLC0415  compiles kernels

            record["families"] = families_of(registry[name]())
        if as_json:
            show_json(record)
        else:
            show_text(_told(record), quiet=quiet)
        return
    summaries = {part: registry.summary(part) for part in registry}
    if as_json:
        show_json({"kind": kind, "parts": summaries})
    else:
        show_text(aligned(list(summaries.items())), quiet=quiet)


def described(registry: "Registry[Any]", name: str) -> dict[str, Any]:
    """Return everything that can be told of one registered part.

    Raises
    ------
    UnknownNameError
        No part has this name.
    """
    from reid.cli.parameters import notation_of, parameters_of, text_of  # noqa: PLC0415  only needed here

    part = registry[name]
    record: dict[str, Any] = {
        "name": name,
        "kind": registry.kind,
        "about": text_of(part),
        "written": name if registry.kind == "format" else notation_of(part),
        "parameters": [parameter.as_dict() for parameter in parameters_of(part)],
    }
    if hasattr(part, "independent"):
        record["independent"] = part.independent
    return record | {word: getattr(part, word) for word in _TOLD_OF_METRICS if hasattr(part, word)}


def _told(record: dict[str, Any]) -> str:
    """Lay out what :func:`described` found for reading."""
    blocks = [f"{record['name']}  ({record['kind']})", record["about"], f"Written: {record['written']}"]
    if "definition" in record:
        blocks.append(aligned([(head, record[word]) for word, head in _TOLD_OF_METRICS.items()]))
    settings = [
        (
            setting["name"],
            setting["type"],
            "must be given" if setting["default"] is None else f"default {setting['default']}",
            setting["meaning"],
        )
        for setting in record["parameters"]
    ]
    if settings:
        blocks.append("Parameters:\n" + aligned(settings, indent="  "))
    if "families" in record:
        rows = [
            (family["family"], family["channel"], f"{len(family['names'])}", f"as in {family['names'][0]}")
            for family in record["families"]
        ]
        lead = (
            "Features on a small made-up log: name, channel, how many. Which keys are listed follows the log."
        )
        blocks.append(f"{lead}\n{aligned(rows, indent='  ')}")
    return "\n\n".join(blocks)
