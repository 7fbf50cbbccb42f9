"""What tests of several rooms share: the place of real recordings, and skipping where there are none."""

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    """Root folder of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real recordings, laid out as their publishers hand them out."""
    named = os.environ.get("REID_DATA_DIR")
    if not named:
        pytest.skip("REID_DATA_DIR is not set: no real recordings to test on")
    folder = Path(named)
    if not folder.is_dir():
        pytest.skip("REID_DATA_DIR names no folder: no real recordings to test on")
    return folder
