"""Writing files: whole or not at all, and the same bytes for the same content."""

from __future__ import annotations

import csv
import io
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgutils.data import files as files_module
from cgutils.data.errors import CgutilsError
from cgutils.data.files import neutral, restored, write_all, write_bytes, write_csv, write_text
from support import snapshot


def no_space(*_: Any) -> None:
    raise OSError(28, "No space left on device")


def interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize("existed", [True, False])
def test_a_failure_leaves_the_old_file_and_nothing_else(
    step: str, existed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "table.csv"
    if existed:
        target.write_bytes(b"old")
    before = snapshot(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os if step == "fsync" else Path, step, no_space)
        with pytest.raises(CgutilsError) as caught:
            write_bytes(target, b"new")
    assert snapshot(tmp_path) == before
    assert str(caught.value) == (
        f"table.csv: could not be written in {tmp_path} (No space left on device). "
        "Nothing was changed; free some space or choose a folder that you may write to."
    )


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write_text(tmp_path / "table.csv", "old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_text(target, "new")
    assert snapshot(tmp_path) == {"table.csv": b"old"}


@pytest.mark.parametrize("failing", ["one.csv", "two.csv", "new/three.csv"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_of_several_files_all_are_written_or_none(
    failing: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {tmp_path / name: name.encode() for name in ("one.csv", "two.csv", "new/three.csv")}
    (tmp_path / "one.csv").write_bytes(b"old one")
    (tmp_path / "new").mkdir()
    before = snapshot(tmp_path)
    replace, failed = Path.replace, []

    def fail(self: Path, target: Path) -> Path:
        # Only once: what was there is put back by the same means.
        if Path(target) == tmp_path / failing and not failed:
            failed.append(target)
            raise error
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(CgutilsError if isinstance(error, OSError) else KeyboardInterrupt):
            write_all(files)
    assert failed and snapshot(tmp_path) == before
    write_all(files)
    assert {path: path.read_bytes() for path in files} == files


def test_a_folder_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "mkstemp", refuse)
        with pytest.raises(
            CgutilsError, match=r"^table\.csv: could not be written in .*\(Permission denied\)\. "
        ):
            write_csv(pd.DataFrame({"a": [1]}), tmp_path / "table.csv")
    assert snapshot(tmp_path) == {}


def test_a_file_that_another_program_has_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {tmp_path / name: b"new" for name in ("first.csv", "second.csv")}
    for path in files:
        path.write_bytes(b"old")
    replace_file = Path.replace

    def locked(part: Path, target: Path) -> Path:
        if Path(target).name == "second.csv":  # as Windows does while Excel shows it
            raise PermissionError(13, "Permission denied")
        return replace_file(part, target)

    before = snapshot(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", locked)
        with pytest.raises(
            CgutilsError, match=r"Nothing was changed; close the file in other programs \(Excel"
        ):
            write_all(files)
    assert snapshot(tmp_path) == before


def test_a_path_that_windows_finds_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    target = tmp_path / ("x" * 250)
    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    monkeypatch.setattr(files_module, "WINDOWS", True)
    with pytest.raises(CgutilsError, match=f"its path has {len(str(target))} characters: move the project"):
        write_bytes(target, b"new")
    with pytest.raises(CgutilsError, match="free some space"):
        write_bytes(tmp_path / "short.csv", b"new")


@pytest.mark.parametrize("place", ["taken/table.csv", "folder"])
def test_a_place_that_is_taken(place: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"a file")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_bytes(b"x")
    before = snapshot(tmp_path)
    with pytest.raises(CgutilsError, match="could not be written"):
        write_bytes(tmp_path / place, b"new")
    assert snapshot(tmp_path) == before


def test_missing_folders_are_made_and_old_files_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "table.csv"
    assert write_text(target, "one") == target
    assert write_text(str(target), "two") == target
    assert snapshot(tmp_path / "a" / "b") == {"table.csv": b"two"}


@pytest.mark.skipif(os.name == "nt", reason="file modes are those of POSIX")
def test_modes(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        target = write_text(tmp_path / "table.csv", "one")
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        target.chmod(0o604)
        write_text(target, "two")
        assert stat.S_IMODE(target.stat().st_mode) == 0o604
    finally:
        os.umask(before)


def test_text_is_utf_8_with_plain_line_ends(tmp_path: Path) -> None:
    assert write_text(tmp_path / "x", "é\r\nñ\n").read_bytes() == "é\nñ\n".encode()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333"),
        (2 / 3 * 100, "66.6666667"),
        (-0.0, "0"),
        (1e-12, "1e-12"),
        (-0.5, "-0.5"),
        (143516.0, "143516"),
        (1234567891.0, "1234567891"),
        (-(2.0**53) + 1, "-9007199254740991"),
        (np.float64(2e15), "2000000000000000"),
        (2.0**53, "9.00719925e+15"),
        (1234567891.5, "1.23456789e+09"),
        (float("inf"), "inf"),
        (1.0, "1"),
        (float("nan"), ""),
        (np.float64(0.25), "0.25"),
        (None, ""),
        (pd.NA, ""),
        (pd.NaT, ""),
        (3, "3"),
        (True, "True"),
        ((), ""),
        (("a-1", "a-2"), "a-1;a-2"),
        (["a-1"], "a-1"),
        (("=1", "b"), "'=1;b"),
        ("", ""),
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+62 811", "'+62 811"),
        ("+62", "+62"),
        ("-", "'-"),
        ("- item", "'- item"),
        ("-1.5e3", "-1.5e3"),
        ("@name", "'@name"),
        ("\tx", "'\tx"),
        ("\r=x", '"\'\n=x"'),
        ("a\r\nb\rc", '"a\nb\nc"'),
        ("a=b", "a=b"),
        ("a,b", '"a,b"'),
        ('say "a"', '"say ""a"""'),
        ("Jawa é", "Jawa é"),
    ],
)
def test_cells(value: object, cell: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"first": ["x"], "second": pd.Series([value], dtype="object")})
    assert write_csv(frame, tmp_path / "x.csv").read_bytes().decode() == f"first,second\nx,{cell}\n"


def test_a_frame_is_written_in_its_order_without_its_index(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"b": pd.array([2, None], dtype="Int64"), "=a": [0.5, np.nan], "c": ["x", None]}, index=[7, 3]
    )
    assert write_csv(frame, tmp_path / "x.csv").read_bytes() == b"b,'=a,c\n2,0.5,x\n,,\n"
    assert write_csv(frame.iloc[:0], tmp_path / "x.csv").read_bytes() == b"b,'=a,c\n"


@given(st.text())
def test_no_text_is_left_that_a_spreadsheet_would_run(text: str) -> None:
    safe = neutral(text)
    assert safe in {text, "'" + text}
    if safe[:1] in {"=", "@", "\t", "\r", "\n"}:
        pytest.fail(f"{safe!r} would be run")
    if safe[:1] in {"+", "-"}:
        float(safe)
    assert restored(safe) == text


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), st.floats())
    )
)
def test_what_is_written_reads_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float]]
) -> None:
    frame = pd.DataFrame(rows, columns=["text", "number"]).astype({"text": "object", "number": "float64"})
    path = write_csv(frame, tmp_path_factory.getbasetemp() / "round-trip.csv")
    _, *read = csv.reader(io.StringIO(path.read_bytes().decode(), newline=""))
    plain = [text.replace("\r\n", "\n").replace("\r", "\n") for text, _ in rows]
    assert [cells[0] for cells in read] == [neutral(text) for text in plain]
    for cells, (_, number) in zip(read, rows, strict=True):
        if np.isnan(number):
            assert cells[1] == ""
        else:
            assert float(cells[1]) == pytest.approx(number, rel=1e-8)


@pytest.mark.parametrize("write", [write_text, lambda path, text: write_bytes(path, text.encode())])
def test_the_same_content_gives_the_same_bytes(write: Callable[[Path, str], Path], tmp_path: Path) -> None:
    assert (
        write(tmp_path / "a", "x\ny\n").read_bytes()
        == write(tmp_path / "b", "x\ny\n").read_bytes()
        == b"x\ny\n"
    )


def test_files_are_written_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "a/b/new.csv"
    old.write_bytes(b"old")
    third = tmp_path / "third.csv"
    before = snapshot(tmp_path)
    replace = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if Path(target).name == third.name:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(CgutilsError, match=r"third\.csv: could not be written"):
            write_all({old: b"1", new: b"2", third: b"3"})
    assert snapshot(tmp_path) == before
    write_all({old: b"1", new: b"2", third: b"3"})
    assert [path.read_bytes() for path in (old, new, third)] == [b"1", b"2", b"3"]
