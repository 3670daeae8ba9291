"""What all tests share: the helpers in ``support.py``, reproducible property tests, the collections."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

# The helpers are imported by name whichever way pytest imports the test modules.
sys.path.insert(0, str(Path(__file__).parent))

import support
from cgutils.data.collection import Collection, load_collection

settings.register_profile("same-every-time", derandomize=True, database=None, deadline=None)
settings.load_profile("same-every-time")


@pytest.fixture(scope="session")
def real() -> Collection:
    """The collection of this project."""
    return load_collection(support.ROOT)


@pytest.fixture(scope="session")
def minimal() -> Collection:
    """The two made-up cases of ``tests/data/minimal``."""
    return load_collection(support.MINIMAL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the two made-up cases that a test may spoil."""
    return support.copy_of(support.MINIMAL, tmp_path / "project")
