import stat
from pathlib import Path

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from reid.events.parquet import read_event_file
from reid.events.table import EventTable
from reid.synthetic.oracle import best_scores, named_right
from reid.synthetic.samples import SAMPLE_NAME, SAMPLE_SETTINGS, main, sample_events, write_samples


def test_the_sample_log_is_what_its_command_makes(project: Path) -> None:
    kept = EventTable.concat(read_event_file(project / "data_samples" / SAMPLE_NAME))
    made = sample_events()
    assert_frame_equal(kept.frame, made.frame)
    assert_frame_equal(kept.sessions, made.sessions)
    assert not kept.quality.rows_left_out


def test_the_sample_log_is_small_and_holds_forty_people_with_four_sessions(project: Path) -> None:
    assert (project / "data_samples" / SAMPLE_NAME).stat().st_size < 1_000_000
    sessions = sample_events().sessions
    assert sessions["subject_id"].n_unique() == 40
    assert sessions["subject_id"].value_counts()["count"].unique().to_list() == [4]


def test_the_best_possible_attack_names_as_many_as_the_readme_says(project: Path) -> None:
    gallery = [[4 * person, 4 * person + 1] for person in range(40)]
    probes = [[4 * person + later] for person in range(40) for later in (2, 3)]
    scores = best_scores(sample_events(), SAMPLE_SETTINGS, gallery, probes)
    n_right = round(named_right(scores, np.repeat(np.arange(40), 2)).sum())
    assert f"in {n_right} of {len(probes)} probes" in (project / "data_samples" / "README.md").read_text()


def test_the_same_command_writes_the_same_bytes_readable_by_everyone(tmp_path: Path) -> None:
    once, again = (write_samples(tmp_path / name) for name in ("once", "again"))
    assert once.read_bytes() == again.read_bytes()
    assert stat.S_IMODE(once.stat().st_mode) == 0o644


def test_a_folder_that_is_a_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("")
    assert main([str(tmp_path / "taken")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_without_a_folder_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("Usage:")
