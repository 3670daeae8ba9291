"""What begins before the command line is imported: nothing, the warm parent, or the end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import cgutils.__main__ as start
import cgutils.cli
from support import ROOT


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was begun, in order."""
    order: list[str] = []

    @contextmanager
    def parent() -> Iterator[None]:
        order.append("parent")
        yield
        order.append("ended")

    monkeypatch.setattr(start, "_warm_parent", parent)
    monkeypatch.setattr(cgutils.cli, "main", lambda: order.append("line"))
    return order


@pytest.mark.parametrize(
    ("words", "due", "warm"),
    [
        ("run", True, True),
        ("run", None, False),
        ("run --force", None, True),
        ("run --quiet --force sako", None, True),
        ("run sako", None, False),
        ("verify", None, True),
        ("verify --report x", None, True),
        ("run --force --help", None, False),
        ("verify --help", None, False),
        ("run --force --scheduler tcp://127.0.0.1:1", None, False),
        ("run --force --scheduler=tcp://127.0.0.1:1", None, False),
        ("check --force", None, False),
        ("", None, False),
    ],
)
def test_the_warm_parent_begins_where_kernels_are_certain(
    words: str, due: bool | None, warm: bool, begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["cgutils", *words.split()])
    monkeypatch.setattr(start, "_is_due", lambda _: due)
    start.main()
    assert begun == (["parent", "line", "ended"] if warm else ["line"])


def test_where_nothing_is_due_nothing_begins(begun: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cgutils", "run", "--quiet"])
    monkeypatch.setattr(start, "_is_due", lambda words: words != ["--quiet"])
    start.main()
    assert begun == []


def test_a_wrong_word_is_told_though_the_warm_parent_has_begun() -> None:
    command = [sys.executable, "-m", "cgutils", "run", "--force", "nowhere", "--project", str(ROOT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2 and "no case 'nowhere'" in done.stderr
