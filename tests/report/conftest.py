"""Documents about made-up cases, put together once, without pictures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from report_support import incomplete_project

import support
from cgutils.data.collection import load_collection
from cgutils.exchange.out.blocks import Document
from cgutils.report.document import make_document

Make = Callable[..., Document]


@pytest.fixture(autouse=True)
def _agg() -> None:
    mpl.use("Agg")


@cache
def _made(root: Path, language: str, case_id: str) -> Document:
    return make_document(load_collection(root), language, case_id, pictures=())


@pytest.fixture(scope="session")
def made() -> Make:
    """``made("id", "alpha")``: a document of the two made-up cases."""
    return lambda language, case_id="", root=support.MINIMAL: _made(root, language, case_id)


@pytest.fixture
def incomplete(tmp_path: Path) -> Path:
    """A project of one case: one coder, half the indicators blank, no actors, quantities or bibliography."""
    return incomplete_project(tmp_path / "own")
