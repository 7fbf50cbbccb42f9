"""What ``reid inspect`` says of machines and of sessions under a claim."""

import json
from pathlib import Path

from tests.cli.conftest import Run

HEADING = "record timestamp,client timestamp,button,state,x,y\n"
MOVES = HEADING + "".join(f"{n / 100},{n / 100},NoButton,Move,{n},7\n" for n in range(100))


def test_each_persons_machine_is_told_and_no_name(run_reid: Run, tmp_path: Path) -> None:
    for kind, who, name in (("training", "zoe", 1), ("training", "adam", 2), ("test", "zoe", 3)):
        (tmp_path / f"{kind}_files" / who).mkdir(parents=True)
        (tmp_path / f"{kind}_files" / who / f"session_{name}").write_text(MOVES)
    told = run_reid("inspect", tmp_path)
    assert (told.code, told.err) == (0, "")
    for text in (
        "person 2", "clock 10", "polling 100 Hz", "reach 100 x 8",
        "1 further sessions under a claim, 100 events", "unlabelled session: 1 times",
    ):  # fmt: skip
        assert text in told.out
    record = json.loads(run_reid("inspect", tmp_path, "--json").out)
    assert [machine["person"] for machine in record["machines"]] == [1, 2]
    assert "zoe" not in told.out + json.dumps(record)
