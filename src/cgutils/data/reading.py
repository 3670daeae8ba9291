"""Reading a CSV as people really write it, and saying what was read differently.

Excel in Indonesia and most of Europe writes semicolons, decimal commas, a byte-order mark or Windows-1252.
These are read, with a note. What cannot be read for certain is a problem, never a guess.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cgutils.data.decimals import decimal_points, is_decimal_comma
from cgutils.data.errors import Problem
from cgutils.data.escaping import UNWRITABLE
from cgutils.data.files import restored
from cgutils.data.headings import DELIMITERS, delimiter_of, heading_names, heading_problems, without_lead

if TYPE_CHECKING:
    from _csv import Reader

MAX_BYTES = 50_000_000
MAX_CELL = 100_000
_BOM_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass
class RawTable:
    """A table as text, before its columns are checked.

    Parameters
    ----------
    frame : DataFrame
        All cells as text without outer blanks and without the apostrophe that guards a formula (see
        `cgutils.data.files.neutral`), missing ones as None; the index is the line in the file
        (heading = 1), the columns are those that the schema names.
    notes : list of Problem
        What was read differently from the standard form.
    problems : list of Problem
        What could not be read.
    """

    frame: pd.DataFrame
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_table(path: Path, name: str, columns: dict[str, bool], numbers: frozenset[str]) -> RawTable:
    """Read one CSV file as text.

    Parameters
    ----------
    path : Path
        File to read.
    name : str
        How messages name the file (relative to the project).
    columns : dict of str to bool
        Known columns and whether the heading must be there.
    numbers : frozenset of str
        Columns that hold numbers, in which a decimal comma is read as a decimal point.

    Returns
    -------
    RawTable
        With an empty frame where the file cannot be read at all.
    """
    table = RawTable(pd.DataFrame(columns=list(columns), dtype="object"))
    decoded = _decode(path, name, table)
    if decoded is None:
        return table
    rows = _split(decoded[0], name, columns, table)
    if rows is None:
        return table
    delimiter, first, heading, body = rows
    table.problems += heading_problems(heading, name, columns, first)
    if table.problems:
        return table
    table.frame = _frame(heading, body, name, columns, table)
    problems, notes = decimal_points(table.frame, name, numbers, delimiter)
    table.problems += problems
    table.notes += notes
    return table


def read_cells(
    path: Path, name: str, known: Iterable[str]
) -> tuple[list[str], list[tuple[int, list[str]]], RawTable]:
    """Read a CSV of any columns, such as another program exports.

    Parameters
    ----------
    path, name : Path, str
        File to read, and how messages name it.
    known : iterable of str
        Headings by which the separator is recognised, in lower case.

    Returns
    -------
    heading : list of str
        In lower case.
    rows : list of (int, list of str)
        The line in the file, and the cells as many as there are.
    table : RawTable
        Its notes and problems; where there are problems, nothing else is there.
    """
    table = RawTable(pd.DataFrame())
    decoded = _decode(path, name, table)
    rows = None if decoded is None else _split(decoded[0], name, dict.fromkeys(known, False), table)
    return ([], [], table) if rows is None else (rows[2], rows[3], table)


class Form(NamedTuple):
    """How a CSV is written; the heading is in lower case."""

    heading: tuple[str, ...] = ()
    encoding: str = "utf-8"
    delimiter: str = ","
    decimal_comma: bool = False


def form_of(path: Path, known: Collection[str], numbers: Collection[str]) -> Form:
    """Find out how a CSV is written.

    Parameters
    ----------
    path : Path
        File to read.
    known, numbers : collection of str
        Headings by which the separator is recognised, in lower case, and those of columns with numbers.

    Returns
    -------
    Form
        The standard form without a heading where the file cannot be read.
    """
    decoded = _decode(path, path.name, RawTable(pd.DataFrame()))
    if decoded is None or not decoded[0].strip():
        return Form()
    text, encoding = without_lead(decoded[0])[0], decoded[1]
    delimiter = delimiter_of(text, known)
    rows = _rows(text, delimiter)
    try:
        heading = tuple(heading_names(next(rows, [])))
        places = [place for place, name in enumerate(heading) if name in numbers]
        # Most tables have no such column, and need not be taken apart.
        cells = (row[place] for row in rows for place in places if place < len(row)) if places else ()
        return Form(heading, encoding, delimiter, any(map(is_decimal_comma, cells)))
    except csv.Error:
        return Form()


def _decode(path: Path, name: str, table: RawTable) -> tuple[str, str] | None:
    """Read a file as text, and say its encoding; None where that cannot be done, which the table is told."""
    try:
        if path.stat().st_size > MAX_BYTES:
            table.problems.append(too_large(name, path.stat().st_size, MAX_BYTES))
            return None
        data = path.read_bytes()
    except OSError as error:
        table.problems.append(
            Problem(name, found=error.strerror or "unreadable", fix="Make the file readable.")
        )
        return None
    if data.startswith(_BOM_UTF16):
        return _try(data, "utf-16", name, table, "read as UTF-16")
    if data.startswith(b"\xef\xbb\xbf"):
        table.notes.append(Problem(name, found="a byte-order mark", fix="It was left out when reading."))
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _try(
            data, "windows-1252", name, table, f"no valid UTF-8 from line {line}; read as Windows-1252"
        )


def _try(data: bytes, encoding: str, name: str, table: RawTable, said: str) -> tuple[str, str] | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        table.problems.append(
            Problem(
                name,
                found="text in an unknown encoding",
                allowed="UTF-8 (or Windows-1252, UTF-16)",
                fix='Save it again as "CSV UTF-8".',
            )
        )
        return None
    table.notes.append(
        Problem(name, found=said, fix='Check letters with accents; save as "CSV UTF-8" to be sure.')
    )
    return text, encoding


def _split(
    text: str, name: str, columns: dict[str, bool], table: RawTable
) -> tuple[str, int, list[str], list[tuple[int, list[str]]]] | None:
    if "\x00" in text:
        table.problems.append(
            Problem(name, found="a NUL character", allowed="text", fix='Save it again as "CSV UTF-8".')
        )
        return None
    text, skipped, said = without_lead(_shown(text, name, table))
    if not text.strip(' ,;"\t\r\n\ufeff'):
        table.problems.append(
            Problem(
                name,
                found="an empty file",
                allowed=f"a heading row: {','.join(columns)}",
                fix="Add the heading.",
            )
        )
        return None
    if said:
        table.notes.append(Problem(name, found=said, fix="Left out when reading."))
    delimiter = delimiter_of(text, columns)
    if delimiter != ",":
        said = f"columns separated by {DELIMITERS[delimiter]}"
        table.notes.append(Problem(name, found=said, fix="It was read so; the standard form is a comma."))
    reader = _rows(text, delimiter)
    body: list[tuple[int, list[str]]] = []
    last = skipped
    try:
        for cells in reader:
            # Rows are named by the line on which they begin, as an editor shows it.
            body.append((last + 1, [cell.strip() for cell in cells]))
            last = skipped + reader.line_num
    except csv.Error as error:
        table.problems.append(
            Problem(
                name,
                row=last + 1,
                found=f"a row that does not end properly ({error})",
                allowed="whole rows, with every opening quote closed",
                fix="Double a quote inside a quoted cell; restore the file if it was cut off.",
            )
        )
        return None
    return delimiter, skipped + 1, heading_names(body[0][1]), body[1:]


def _shown(text: str, name: str, table: RawTable) -> str:
    """Put blanks in place of control characters, such as Word's line breaks within a paragraph."""
    first = UNWRITABLE.search(text)
    if first is None:
        return text
    row = len(re.split(r"\r\n|\r|\n", text[: first.start()]))
    text, count = UNWRITABLE.subn(" ", text)
    said = f"{count} control character{'' if count == 1 else 's'}" + (", the first" if count > 1 else "")
    said += f" in line {row}"
    table.notes.append(Problem(name, found=said, fix="Read as a blank."))
    return text


def _rows(text: str, delimiter: str) -> Reader:
    csv.field_size_limit(MAX_CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _frame(
    heading: list[str],
    body: list[tuple[int, list[str]]],
    name: str,
    columns: dict[str, bool],
    table: RawTable,
) -> pd.DataFrame:
    lines, cells = [], []
    for line, row in body:
        if not any(row):
            continue
        if len(row) != len(heading):
            wanted = f"{len(heading)} cells, as in the heading"
            fix = "Look for a missing or surplus separator, or a cell that needs quotes."
            table.problems.append(Problem(name, line, None, f"{len(row)} cells", wanted, fix))
            continue
        lines.append(line)
        cells.append([restored(cell) for cell in row])
    given = dict(zip(heading, zip(*cells, strict=True), strict=True)) if cells else {}
    # By column, each said to hold objects: pandas would turn None into NaN where it may choose.
    blank = [None] * len(lines)
    content = {name: [cell or None for cell in given[name]] if name in given else blank for name in columns}
    return pd.DataFrame(content, index=pd.Index(lines, dtype="int64"), dtype="object")


def too_large(name: str, size: int, limit: int) -> Problem:
    """Say that a file is larger than what is read."""
    return Problem(
        name,
        found=f"{size:,} bytes",
        allowed=f"at most {limit:,} bytes",
        fix="Check that it is the right file; split it if it is.",
    )
