"""`reid list` tells of everything that is registered."""

import json
from dataclasses import dataclass
from typing import ClassVar

import pytest

from reid.cli.listing import REGISTRY_OF, described
from reid.registry import Registry
from tests.cli.conftest import Run


@dataclass(frozen=True, slots=True)
class Blur:
    """Blur what is sharp.

    Twice, if need be.
    """

    name: ClassVar[str] = "blur"
    radius_ms: float  #: how far, above 0
    #: how often,
    #: one after the other
    rounds: int = 2


def test_everything_about_a_part_is_read_from_its_class() -> None:
    record = described(Registry("filter", (Blur,)), "blur")
    assert record == {
        "name": "blur",
        "kind": "filter",
        "about": "Blur what is sharp.\n\nTwice, if need be.",
        "written": "blur(radius_ms=..., rounds=2)",
        "parameters": [
            {"name": "radius_ms", "type": "float", "default": None, "meaning": "how far, above 0"},
            {"name": "rounds", "type": "int", "default": "2", "meaning": "how often, one after the other"},
        ],
    }


@pytest.mark.parametrize("kind", REGISTRY_OF)
def test_each_part_has_its_line_and_its_page(run_reid: Run, kind: str) -> None:
    parts = json.loads(run_reid("list", kind, "--json").out)["parts"]
    assert parts
    lines = run_reid("list", kind).out.splitlines()
    assert [line.split()[0] for line in lines] == list(parts)
    for name, summary in parts.items():
        assert summary
        assert "\n" not in summary
        page = run_reid("list", kind, name)
        assert page.code == 0
        assert page.out.startswith(f"{name}  (")
        record = json.loads(run_reid("list", kind, name, "--json").out)
        assert record["about"].startswith(summary)
        assert [setting for setting in record["parameters"] if not setting["meaning"]] == []


def test_a_feature_set_tells_names_and_channels(run_reid: Run) -> None:
    families = json.loads(run_reid("list", "features", "content", "--json").out)["families"]
    assert {family["channel"] for family in families} == {"content"}
    assert "key_share:KeyE" in [name for family in families for name in family["names"]]


def test_quiet_prints_nothing(run_reid: Run) -> None:
    assert run_reid("list", "formats", "--quiet").out == ""
