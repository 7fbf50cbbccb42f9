"""Options about the source become what the readers take."""

from pathlib import Path

import pytest

from reid.cli.sources import reading_settings
from reid.errors import ParameterError, ReidError
from reid.events.formats.mapping import TableMapping

TOML = """
time_unit = "s"
keys = "keycode"
[columns]
subject_id = "user"
session_id = "login"
[events]
d = "key_down"
"""


def test_no_option_leaves_the_format_to_be_recognised() -> None:
    assert reading_settings() == {"strict": False, "max_faults": 0.01}


def test_what_a_format_alone_understands_is_passed_on_as_it_is() -> None:
    assert reading_settings(task="all", typists=Path("who.csv")) == {
        "strict": False, "max_faults": 0.01, "task": "all", "typists": Path("who.csv"),
    }  # fmt: skip


def test_options_win_over_the_mapping_file(tmp_path: Path) -> None:
    file = tmp_path / "company.toml"
    file.write_text(TOML)
    settings = reading_settings(
        map_file=file,
        columns=["session_id=day", "time_us = t"],
        event_words=["u=key_up"],
        time_unit="ms",
        unsorted=True,
    )
    assert settings["format"] == "table"
    assert settings["mapping"] == TableMapping(
        columns={"subject_id": "user", "session_id": "day", "time_us": "t"},
        events={"d": "key_down", "u": "key_up"},
        time_unit="ms",
        keys="keycode",
        in_order=False,
    )


@pytest.mark.parametrize(
    "given",
    [
        {"columns": ["subject_id"]},
        {"columns": ["=user"]},
        {"columns": ["subject_id=a", "subject_id=b"]},
        {"columns": ["person=user"]},
        {"event_words": ["down=pressed"]},
        {"time_unit": "minutes"},
        {"clock": "sundial"},
        {"keys": "qwerty"},
        {"format_name": "aalto", "time_unit": "ms"},
    ],
    ids=str,
)
def test_a_mapping_that_makes_no_sense_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ReidError) as refusal:
        reading_settings(**given)  # type: ignore[arg-type]
    assert "\n" not in str(refusal.value)


def test_a_mapping_stands_with_tables_only() -> None:
    with pytest.raises(ParameterError, match="--format"):
        reading_settings(format_name="cmu", unsorted=True)
