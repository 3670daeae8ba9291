"""Bad input: one small file for each failure, and exactly what the person at the keyboard is told.

Each ``tests/data/<topic>/<failure>.csv`` (or ``.yaml``) takes the place of one file of the two made-up cases
in ``tests/data/minimal``. The text file beside it names that file, then gives every line of the message, in
which ``*`` stands for the wording of the library that checks YAML. The whole message is compared, so that
nothing that merely follows from a problem slips in as a second one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from cgutils.data import loading
from support import FIXTURES, MINIMAL, refused

FAILURES = sorted(path for path in FIXTURES.glob("*/*.*") if path.suffix in {".csv", ".yaml"})


def read_once(read: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """Read a file anew only where it is not byte for byte the one of the sound project (to save time)."""
    known: dict[tuple[Any, ...], tuple[Any, ...]] = {}

    def remember(path: Path, name: str, spec: Any, *more: Any) -> tuple[Any, ...]:
        sound = MINIMAL / name
        if not (path.is_file() and sound.is_file() and path.read_bytes() == sound.read_bytes()):
            return read(path, name, spec, *more)
        if (name, *more) not in known:
            known[name, *more] = read(path, name, spec, *more)
        first, *rest = known[name, *more]
        return (copy(first), *([*part] for part in rest))

    return remember


@pytest.fixture(scope="module", autouse=True)
def sound_files_are_read_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_table", "load_yaml"):
            patch.setattr(loading, name, read_once(getattr(loading, name)))
        yield


def spoil(project: Path, failure: Path) -> list[str]:
    """Put the failure into the project; return the lines of the message."""
    target, *lines = failure.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    sound = project / "data" / "raw" / target
    assert sound.read_bytes() != failure.read_bytes()
    shutil.copyfile(failure, sound)
    return lines


def name(failure: Path) -> str:
    return failure.relative_to(FIXTURES).with_suffix("").as_posix()


@pytest.mark.parametrize("failure", FAILURES, ids=name)
def test_message(failure: Path, project: Path) -> None:
    expected = spoil(project, failure)
    lines = refused(project)

    assert len(lines) == len(expected), lines
    for line, wanted in zip(lines, expected, strict=True):
        assert re.fullmatch(re.escape(wanted).replace(r"\*", ".+"), line), line


def test_problems_of_several_files_are_reported_together(project: Path) -> None:
    chosen = ["ratings/level_4", "evidence/unknown_direction", "coder_items/unknown_change"]
    chosen += ["yaml/unknown_key", "coders/duplicated_coder", "context/count_in_words"]
    expected = [line for failure in FAILURES if name(failure) in chosen for line in spoil(project, failure)]

    assert len(expected) == len(chosen)
    assert sorted(refused(project)) == sorted(expected)


def test_the_same_problem_is_said_once(project: Path) -> None:
    ratings = project / "data/raw/cases/alpha/ratings.csv"
    text = ratings.read_text(encoding="utf-8")
    assert text.count("alpha-002") == 2
    ratings.write_text(text.replace("alpha-001;alpha-002", "alpha-009;alpha-009"), encoding="utf-8")

    lines = refused(project)

    rows = [line.partition(": ")[0] for line in lines if "alpha-009, which is not among" in line]
    assert rows == [f"data/raw/cases/alpha/ratings.csv, row {row}, column evidence_ids" for row in (2, 3)]
