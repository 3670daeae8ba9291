"""What the tests of the exchange share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from support import ROOT

SOURCES = ROOT.parent / "shared" / "sources"


@pytest.fixture(scope="session")
def source() -> Callable[[str], Path]:
    """Gives the text of a source, which is not published with the project."""

    def find(name: str) -> Path:
        path = SOURCES / f"{name}.txt"
        if not path.is_file():
            pytest.skip(f"the text of {name} is not published and not here")
        return path

    return find
