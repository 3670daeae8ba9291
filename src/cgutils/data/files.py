"""Writing files whole or not at all, with the same bytes for the same content."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from pathlib import Path

import pandas as pd

from cgutils.data.errors import CgutilsError

# A spreadsheet runs a cell that begins so as a formula; numbers are let through.
_FORMULA = re.compile(r"^[=+\-@\t\r\n]")
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
FLOAT_DIGITS = 9


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
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    except OSError as error:
        raise _cannot_write(target, error) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if flush:
                os.fsync(stream.fileno())
        _copy_mode(target, Path(name))
        Path(name).replace(target)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _cannot_write(target, error) from error
        raise
    return target


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
    leading apostrophe. Missing values are blank cells. Line ends within a cell become ``\n``.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(neutral(str(name)) for name in frame.columns)
    for row in frame.itertuples(index=False, name=None):
        writer.writerow(_cell(value) for value in row)
    return write_text(path, out.getvalue(), flush)


def neutral(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula.

    Examples
    --------
    >>> neutral("=1+1"), neutral("-0.5"), neutral("- item")
    ("'=1+1", '-0.5', "'- item")
    """
    if _FORMULA.match(text) and not _NUMBER.match(text):
        return "'" + text
    return text


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return neutral(";".join(str(item) for item in value))
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float):
        number = f"{value:.{FLOAT_DIGITS}g}"
        return "0" if number == "-0" else number
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
    return CgutilsError(
        f"{target.name}: could not be written in {target.parent} ({reason}). "
        "Nothing was changed; free some space or choose a folder that you may write to."
    )
