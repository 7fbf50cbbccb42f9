import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from reid.events.event_file import read_event_file, read_metadata
from reid.events.table import EventTable
from reid.synthetic.evidence import named_right
from reid.synthetic.oracle import best_scores
from reid.synthetic.pointer_oracle import best_pointer_scores
from reid.synthetic.samples import (
    KEYBOARD_NAME,
    KEYBOARD_SETTINGS,
    POINTER_NAME,
    POINTER_SETTINGS,
    keyboard_sample,
    main,
    pointer_sample,
    write_samples,
)

GALLERY = [[4 * person, 4 * person + 1] for person in range(40)]
PROBES = [[4 * person + later] for person in range(40) for later in (2, 3)]

each_sample = pytest.mark.parametrize(
    ("name", "make"), [(KEYBOARD_NAME, keyboard_sample), (POINTER_NAME, pointer_sample)]
)


@each_sample
def test_the_sample_log_is_what_its_command_makes(
    project: Path, name: str, make: Callable[[], EventTable]
) -> None:
    kept = EventTable.concat(read_event_file(project / "data_samples" / name))
    made = make()
    assert_frame_equal(kept.frame, made.frame)
    assert_frame_equal(kept.sessions, made.sessions)
    assert not kept.quality.rows_left_out


@each_sample
def test_the_sample_log_is_small_and_holds_forty_people_with_four_sessions(
    project: Path, name: str, make: Callable[[], EventTable]
) -> None:
    assert (project / "data_samples" / name).stat().st_size < 1_000_000
    sessions = make().sessions
    assert sessions["subject_id"].n_unique() == 40
    assert sessions["subject_id"].value_counts()["count"].unique().to_list() == [4]


def test_the_sample_log_says_that_nobody_stands_behind_it(project: Path) -> None:
    for name, generator in ((KEYBOARD_NAME, "truth"), (POINTER_NAME, "pointer truth")):
        metadata = read_metadata(project / "data_samples" / name)
        assert (metadata["synthetic"], metadata["generator"]) == (True, generator)


def test_the_best_possible_attack_names_as_many_as_the_readme_says(project: Path) -> None:
    readme = " ".join((project / "data_samples" / "README.md").read_text().split())
    keyboard = best_scores(keyboard_sample(), KEYBOARD_SETTINGS, GALLERY, PROBES)
    pointer = best_pointer_scores(pointer_sample(), POINTER_SETTINGS, GALLERY, PROBES)
    for scores, words in ((keyboard, "in {} of 80 probes"), (pointer, "{} of 80 for the pointer")):
        n_right = round(named_right(scores, np.repeat(np.arange(40), 2)).sum())
        assert words.format(n_right) in readme


def test_the_same_command_writes_the_same_bytes_readable_by_everyone(tmp_path: Path) -> None:
    once, again = (write_samples(tmp_path / name) for name in ("once", "again"))
    assert [path.name for path in once] == [KEYBOARD_NAME, POINTER_NAME]
    for first, second in zip(once, again, strict=True):
        assert first.read_bytes() == second.read_bytes()
        assert stat.S_IMODE(first.stat().st_mode) == 0o644


def test_a_folder_that_is_a_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert main([str(tmp_path / "taken")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_without_a_folder_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("Usage:")
