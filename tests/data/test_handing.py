"""A collection that is handed on is the one that would be read, or it is not taken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest

import support
from cgutils.data import collection as module
from cgutils.data.collection import Collection, load_collection, load_to_hand_on
from cgutils.data.errors import CollectionError
from cgutils.data.handing import CHECKED_VARIABLE
from cgutils.data.loading import Parts
from cgutils.data.project import find_project


def packed_of(project: Path) -> bytes:
    packed = load_to_hand_on(find_project(project))[1]
    assert packed is not None
    return packed


@pytest.fixture
def kept(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is handed on for ``project``."""
    path = tmp_path / "checked"
    path.write_bytes(packed_of(project))
    monkeypatch.setenv(CHECKED_VARIABLE, str(path))
    return path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """An entry for each time that the tables are read in earnest."""
    times: list[int] = []
    real = module.read_parts

    def counted(*arguments: object) -> object:
        times.append(1)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "read_parts", counted)
    return times


def frames(value: object) -> list[pd.DataFrame]:
    """All frames in a part of a collection, in order."""
    if isinstance(value, pd.DataFrame):
        return [value]
    return [frame for part in value.values() for frame in frames(part)] if isinstance(value, dict) else []


def assert_same(one: Collection, other: Collection) -> None:
    for field in fields(Collection):
        left, right = getattr(one, field.name), getattr(other, field.name)
        for a, b in zip(frames(left), frames(right), strict=True):
            pd.testing.assert_frame_equal(a, b, check_exact=True)
            # The order in memory decides in which order numbers are added up.
            for x, y in zip(a._mgr.blocks, b._mgr.blocks, strict=True):
                assert str(x.mgr_locs) == str(y.mgr_locs)
                if hasattr(x.values, "flags"):
                    assert x.values.flags.c_contiguous == y.values.flags.c_contiguous
        if not frames(left):
            assert left == right


@pytest.mark.parametrize("project", [support.ROOT, support.MINIMAL], ids=["real", "minimal"])
def test_it_is_what_would_be_read(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[int]
) -> None:
    first, packed = load_to_hand_on(find_project(project))
    assert packed is not None
    fresh = load_collection(project)
    path = tmp_path / "checked"
    path.write_bytes(packed)
    monkeypatch.setenv(CHECKED_VARIABLE, str(path))
    assert len(read) == 2
    taken = load_collection(project)
    assert len(read) == 2
    assert_same(first, fresh)
    assert_same(taken, fresh)
    # Each has its own: what a notebook does to one is not seen in another.
    assert load_collection(project).ratings is not taken.ratings


def test_it_serves_a_copy_of_the_project_elsewhere(
    kept: Path, project: Path, tmp_path: Path, read: list[int]
) -> None:
    copy = support.copy_of(project, tmp_path / "copy")
    assert load_collection(copy).root == copy and not read


def _edit(project: Path) -> None:
    table = next((project / "data" / "raw" / "cases").glob("*/ratings.csv"))
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")


def _gone(project: Path) -> None:
    (project / "data" / "raw" / "context" / "partnerships" / "quantities.csv").unlink()


@pytest.mark.parametrize("change", [_edit, _gone])
def test_after_any_change_the_tables_are_read(
    change: Callable[[Path], None], kept: Path, project: Path, read: list[int]
) -> None:
    load_collection(project)
    assert not read
    change(project)
    load_collection(project)
    assert read


@pytest.mark.parametrize("name", ["later/", "x.csv", "alpha/ratings.yml", "alpha/case.YAML"])
def test_what_is_new_and_would_be_looked_at_is_noticed(
    name: str, kept: Path, project: Path, read: list[int]
) -> None:
    path = project / "data" / "raw" / "cases" / name
    path.mkdir() if name.endswith("/") else path.touch()
    with suppress(CollectionError):
        load_collection(project)
    assert read


@pytest.mark.parametrize(
    "name", ["alpha/.~lock.ratings.csv#", "alpha/~$ratings.csv", ".DS_Store", "../datapackage.json", "a.txt"]
)
def test_what_other_programs_leave_there_changes_nothing(
    name: str, kept: Path, project: Path, read: list[int]
) -> None:
    (project / "data" / "raw" / "cases" / name).touch()
    load_collection(project)
    assert not read


def test_nothing_is_handed_on_where_a_file_is_changed_while_it_is_read(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module._checked

    def meanwhile(parts: Parts) -> dict[str, object]:
        _edit(project)
        return real(parts)

    monkeypatch.setattr(module, "_checked", meanwhile)
    collection, packed = load_to_hand_on(find_project(project))
    assert packed is None and len(collection.cases) == 2


def test_what_has_become_wrong_is_reported(kept: Path, project: Path) -> None:
    shutil.rmtree(project / "data" / "raw" / "frameworks")
    with pytest.raises(CollectionError):
        load_collection(project)


def test_a_choice_of_cases_is_read(kept: Path, project: Path, read: list[int]) -> None:
    case = next(iter(load_collection(project).cases))
    assert [*load_collection(project, [case]).cases] == [case] and read


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x05N.", None], ids=repr)
def test_a_damaged_or_missing_file_is_not_taken(
    content: bytes | None, kept: Path, project: Path, read: list[int]
) -> None:
    kept.unlink() if content is None else kept.write_bytes(content)
    load_collection(project)
    assert read


def test_half_a_file_is_not_taken(kept: Path, project: Path, read: list[int]) -> None:
    kept.write_bytes(kept.read_bytes()[:-100])
    load_collection(project)
    assert read


_SEEN = """
import json, sys
opened, loading = [], []
def hook(event, arguments):
    if event == "cgutils.load":
        loading.append(1) if arguments[0] else loading.clear()
    elif event == "open" and loading:
        opened.append(str(arguments[0]))
sys.addaudithook(hook)
from cgutils.data.collection import load_collection
load_collection(sys.argv[1])
print(json.dumps([opened, sorted(name for name in sys.modules if name.startswith("cgutils"))]))
"""


def test_whoever_records_sees_the_same_files_and_modules(kept: Path, project: Path) -> None:
    seen = []
    for handed in ("", str(kept)):
        command = [sys.executable, "-c", _SEEN, str(project)]
        environment = {**os.environ, CHECKED_VARIABLE: handed}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        opened, modules = json.loads(done.stdout)
        raw = str(project / "data" / "raw")
        seen.append((sorted({name for name in opened if name.startswith(raw)}), modules))
    assert seen[0] == seen[1] and seen[0][0]
