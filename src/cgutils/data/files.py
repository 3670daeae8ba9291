"""Writing files whole or not at all, with the same bytes for the same content."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cgutils.data.errors import CgutilsError

# A spreadsheet runs a cell that begins so as a formula; numbers are let through.
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n]")
_QUOTED = re.compile(r"^'+[=+\-@\t\r\n]")
_NUMBER = re.compile(r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$")
FLOAT_DIGITS = 9
# Below it a float names every whole number, so that none is cut to the digits above.
_EXACT = 2**53
WINDOWS = os.name == "nt"
# Most programs on Windows take no longer path; the part that is written aside has a longer name.
_LONGEST_PATH, _PART_LENGTH = 259, len(".12345678.part")


def holds_something(target: Path) -> bool:
    """Say whether a name is taken: by a file, or by a folder that is not empty."""
    return target.exists() and (not target.is_dir() or any(target.iterdir()))


def write_bytes(path: Path | str, data: bytes, flush: bool = True) -> Path:
    """Write ``data`` to ``path`` whole or not at all.

    A temporary file beside the target is written, flushed and renamed, so that an interruption leaves
    either the old file or the new one.

    Parameters
    ----------
    path : Path or str
        Target; missing folders are made.
    data : bytes
        The whole content.
    flush : bool
        Whether it is to be on the disk before the name is, so that even a power cut leaves no empty file.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    CgutilsError
        Where the folder cannot be written or the disk is full; the old file is untouched.
    """
    write_all({Path(path): data}, flush)
    return Path(path)


def write_all(files: Mapping[Path, bytes], flush: bool = True) -> None:
    """Write several files, each whole, all of them or none.

    All are written beside their targets first and renamed only then, so that a full disk or a folder that may
    not be written leaves everything as it was.

    Parameters
    ----------
    files : mapping of Path to bytes
        Target to content, in the order of renaming; missing folders are made.
    flush : bool
        See `write_bytes`.

    Raises
    ------
    CgutilsError
        Where one cannot be written; none is changed.
    """
    parts: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    made = {folder for target in files for folder in target.parents if not folder.exists()}
    try:
        for target, data in files.items():
            parts[target] = _part(target, data, flush)
        for target, part in parts.items():
            try:
                old = target.read_bytes() if len(files) > 1 and target.is_file() else None
                part.replace(target)
            except OSError as error:
                raise _cannot_write(target, error) from error
            before[target] = old
    except BaseException:
        for part in parts.values():
            part.unlink(missing_ok=True)
        for target, old in before.items():
            _restore(target, old)
        for folder in sorted(made, key=lambda folder: len(folder.parts), reverse=True):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise


def _part(target: Path, data: bytes, flush: bool = True) -> Path:
    """Write the content beside its target; give the name of that file."""
    name = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if flush:
                os.fsync(stream.fileno())
        _copy_mode(target, Path(name))
    except BaseException as error:
        if name:
            Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(target, error) from error
        raise
    return Path(name)


def _restore(target: Path, data: bytes | None) -> None:
    if data is None:
        target.unlink(missing_ok=True)
    else:
        _part(target, data).replace(target)


def write_text(path: Path | str, text: str, flush: bool = True) -> Path:
    r"""Write ``text`` as UTF-8 with ``\n`` line ends, whole or not at all (see `write_bytes`)."""
    return write_bytes(path, text.replace("\r\n", "\n").encode("utf-8"), flush)


def write_csv(frame: pd.DataFrame, path: Path | str, flush: bool = True) -> Path:
    r"""Write a frame as CSV: UTF-8, comma, decimal point, ``\n``, floats to 9 significant digits.

    Parameters
    ----------
    frame : DataFrame
        Any frame; its index is left out, its order is kept.
    path : Path or str
        Target (see `write_bytes`).
    flush : bool
        See `write_bytes`.

    Returns
    -------
    Path
        The target.

    Notes
    -----
    A text cell that a spreadsheet would run as a formula (it begins with ``= + - @`` and is no number) gets a
    leading apostrophe. Whole numbers below 2^53 are written in full. Missing values are blank cells. Line
    ends within a cell become ``\n``.
    """
    return write_text(path, csv_text(frame), flush)


def csv_text(frame: pd.DataFrame) -> str:
    """Give the text that `write_csv` writes."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(neutral(str(name)) for name in frame.columns)
    for row in frame.itertuples(index=False, name=None):
        writer.writerow(_cell(value) for value in row)
    return out.getvalue()


def neutral(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula; `restored` takes this back.

    Examples
    --------
    >>> neutral("=1+1"), neutral("-0.5"), neutral("- item")
    ("'=1+1", '-0.5', "'- item")
    """
    if _FORMULA.match(text) and not _NUMBER.match(text):
        return "'" + text
    return text


def restored(text: str) -> str:
    """Take back what `neutral` did.

    Examples
    --------
    >>> restored("'=1+1"), restored("''=1+1"), restored("'tis")
    ('=1+1', "'=1+1", "'tis")
    """
    return text[1:] if _QUOTED.match(text) else text


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return neutral(";".join(str(item) for item in value))
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        return f"{value:.{FLOAT_DIGITS}g}"
    # A bare carriage return would end the row for a reader, and the writer does not quote it.
    return neutral(str(value).replace("\r\n", "\n").replace("\r", "\n"))


def _copy_mode(target: Path, part: Path) -> None:
    # mkstemp makes private files; a published table is readable like any other file of the folder.
    if os.name == "nt":
        return
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)
        return
    mask = os.umask(0)
    os.umask(mask)
    part.chmod(0o666 & ~mask)


def _cannot_write(target: Path, error: OSError) -> CgutilsError:
    reason = error.strerror or type(error).__name__
    fix = "free some space or choose a folder that you may write to."
    if isinstance(error, PermissionError):
        # Windows: Excel and Word lock what they show.
        fix = f"close the file in other programs (Excel, Word), or {fix.removeprefix('free some space or ')}"
    elif WINDOWS and len(str(target)) + _PART_LENGTH > _LONGEST_PATH:
        fix = (
            f"its path has {len(str(target))} characters: move the project into a folder with a shorter path."
        )
    return CgutilsError(
        f"{target.name}: could not be written in {target.parent} ({reason}). Nothing was changed; {fix}"
    )
