"""Cells of a workbook: their kinds, their places, and how their texts stand in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

TEXT, NUMBER, DATE, PERCENT, FORMULA, FAULT = "text", "number", "date", "percent", "formula", "fault"
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
LONGEST_TEXT = 32_767
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Cell:
    """One cell that is not empty.

    Parameters
    ----------
    kind : str
        TEXT, NUMBER, DATE (a number shown as a date), PERCENT (a number shown with %), FORMULA or FAULT
        (``#N/A``).
    text : str
        The text; a number in plain decimal digits; a date as ISO 8601; a percentage as shown; a formula with
        its ``=``.
    """

    kind: str
    text: str


@dataclass
class Sheet:
    """One sheet: its cells by (row, column), both counted from 1.

    Parameters
    ----------
    name : str
        As its tab shows it.
    hidden : bool
        Whether it is hidden.
    cells : dict of (int, int) to Cell
        All that are not empty.
    merged : list of str
        Ranges of merged cells, as ``A3:B5``.
    hidden_rows, hidden_columns : set of int
        Rows and columns that are not shown.
    """

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def column_letters(column: int) -> str:
    """Name a column as a spreadsheet does.

    Examples
    --------
    >>> column_letters(1), column_letters(28)
    ('A', 'AB')
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def position(reference: str) -> tuple[int, int]:
    """Give row and column of a cell.

    Examples
    --------
    >>> position("AB7")
    (7, 28)

    Raises
    ------
    ValueError
        Where it names no cell.
    """
    match = _REFERENCE.fullmatch(reference)
    column = 0
    for letter in match[1] if match else "":
        column = column * 26 + ord(letter) - 64
    row = int(match[2]) if match else 0
    if not (0 < row <= MAX_ROWS and 0 < column <= MAX_COLUMNS):
        raise ValueError(f"{reference[:20]!r} is no cell")
    return row, column


def escaped(text: str) -> str:
    """Write a text as a cell holds it: what XML cannot hold as ``_x000B_``.

    Examples
    --------
    >>> escaped("a" + chr(11)), escaped("_x0041_")
    ('a_x000B_', '_x005F_x0041_')
    """
    return _CONTROL.sub(lambda found: f"_x{ord(found[0]):04X}_", _LOOKS_ESCAPED.sub("_x005F_", text))


def unescaped(text: str) -> str:
    """Take back what `escaped` did; half a surrogate pair, which no text holds, stays as it stands."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(character, text)


def plain(value: float) -> str:
    """Write a number in decimal digits, as short as it can be told apart.

    Examples
    --------
    >>> plain(154425.0), plain(0.1), plain(1e21)
    ('154425', '0.1', '1000000000000000000000')
    """
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def squeezed(text: str) -> str:
    """Give a text without the differences that nobody sees: case, runs of blanks, the mark of a heading."""
    return " ".join(text.rstrip("* ").split()).casefold()
