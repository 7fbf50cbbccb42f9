"""What the README tells newcomers to type works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
SAMPLES = PROJECT / "data_samples"
README = (PROJECT / "README.md").read_text()


def blocks(language: str, text: str = README) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like the project's, in which blocks find what earlier ones wrote."""
    place = tmp_path_factory.mktemp("readme")
    shutil.copytree(SAMPLES, place / "data_samples")
    return place


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    beside_python = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{beside_python}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONWARNINGS", None)
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=600
    )


@pytest.mark.parametrize("block", blocks("sh"), ids=lambda block: block.splitlines()[0][:40])
def test_a_shell_block_works(block: str, folder: Path) -> None:
    ended = _run(["bash", "-euo", "pipefail", "-c", block], folder)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.splitlines()[0][:40])
def test_a_python_block_works(block: str, folder: Path) -> None:
    ended = _run([sys.executable, "-c", block], folder)
    assert ended.returncode == 0, ended.stderr


def test_blocks_are_found() -> None:
    assert blocks("sh", "a\n```sh\nls\nls -l\n```\nb\n```sh\npwd\n```\n") == ["ls\nls -l\n", "pwd\n"]
    assert len(blocks("sh")) >= 5
    assert len(blocks("python")) >= 1


def test_every_link_to_a_file_leads_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (PROJECT / target).exists()] == []
