"""What a cell of a filled-in sheet means: choices in either language, numbers, lists, and what is refused."""

from __future__ import annotations

import difflib
import re

from cgutils.data.errors import Problem
from cgutils.data.escaping import UNWRITABLE
from cgutils.data.files import restored
from cgutils.data.reading import MAX_CELL
from cgutils.exchange.cells import DATE, FAULT, FORMULA, NUMBER, PERCENT, TEXT, Cell, squeezed
from cgutils.exchange.sheet_layout import Column

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
# A group of thousands never begins with 0.
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+")
_BETWEEN = re.compile(r"\s*[,;\n]\s*")
_SHOWN = 12
# What is kept exactly as the source prints it.
_AS_PRINTED = frozenset({"as_printed", "reported", "reported_number"})


class Refused(Exception):  # noqa: N818 - it is told to the person, not raised to the top
    """A cell that cannot be read: what was found, what is allowed, what to do."""

    def __init__(self, found: str, allowed: str, fix: str) -> None:
        super().__init__(found)
        self.found, self.allowed, self.fix = found, allowed, fix

    def problem(self, file: str, row: int, column: str, cell: str) -> Problem:
        """Make the problem of a cell."""
        return Problem(file, row, column, self.found, self.allowed, self.fix, cell=cell)


def cell_text(cell: Cell, column: Column, language: str) -> str | None:
    """Read a cell.

    Parameters
    ----------
    cell : Cell
        What stands in it.
    column : Column
        The column that it belongs to.
    language : {"en", "id"}
        Language in which choices are named to the person.

    Returns
    -------
    str or None
        The value as a table holds it: an id for a choice, plain digits with a decimal point for a number,
        blanks in place of control characters; None where there is nothing but blanks.

    Raises
    ------
    Refused
        For a formula, a fault, a date or percentage that the program made of something else, a number that
        may mean two things or is not as it was printed, a choice that is not on the list.
    """
    _refuse_kinds(cell, column)
    text = cell.text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or len(text.strip()) > MAX_CELL:
        raise Refused("a text that is too long or holds a NUL character", "text", "Shorten or retype it.")
    # As in a CSV: no figure or document can hold them.
    text = UNWRITABLE.sub(" ", text).strip()
    if not text:
        return None
    if cell.kind == TEXT:
        text = restored(text)
    if column.choices:
        return _chosen(text, column, language)
    if column.kind == "number" and cell.kind == TEXT:
        return number_text(text)
    if column.kind == "list":
        return ";".join(part for part in _BETWEEN.split(text) if part) or None
    return text


def number_text(text: str) -> str:
    """Read a number that stands as text, a decimal comma included.

    Examples
    --------
    >>> number_text("80,6"), number_text("154425")
    ('80.6', '154425')

    Raises
    ------
    Refused
        Where a mark may separate thousands or decimals.
    """
    if _GROUPED.fullmatch(text):
        digits = re.sub(r"[.,]", "", text)
        raise Refused(
            f"the text {text}, in which the mark may separate thousands or decimals",
            "a number without a thousands separator",
            f"Write {digits} if it is a whole number; otherwise give the cell the format Number and type it "
            "again.",
        )
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _refuse_kinds(cell: Cell, column: Column) -> None:
    if cell.kind == FORMULA:
        fix = "Copy the cell and insert it again as a value (paste special)."
        raise Refused(f"a formula ({cell.text[:40]})", "a value", fix)
    if cell.kind == FAULT:
        raise Refused(f"the fault {cell.text[:20]}", "a value", "Type the value.")
    if cell.kind == DATE:
        raise Refused(
            f"a date ({cell.text}), which programs make of entries such as 4-5 or 2024-11",
            "text or a number",
            "Give the cell the format Text and type the entry again.",
        )
    if cell.kind == PERCENT:
        number = column.kind == "number"
        fix = f"Give the cell the format {'Number' if number else 'Text'} and type it again"
        raise Refused(
            f"a number in the format of a percentage ({cell.text})",
            "a plain number" if number else "text",
            f"{fix}{', with percent as the unit' if number else ''}.",
        )
    if cell.kind == NUMBER and column.name in _AS_PRINTED:
        raise Refused(
            f"the number {cell.text}; programs do not keep how it is printed, such as the last 0 of 71.50",
            "text",
            "Give the cell the format Text and type it as the source prints it.",
        )


def _chosen(text: str, column: Column, language: str) -> str:
    if squeezed(text) in column.unclear:
        ids = column.unclear[squeezed(text)]
        found = f"{text[:60]}, which names {' as well as '.join(ids)}, in the project or in this workbook"
        fix = "Write the id of the one that is meant, or give them back the names that they had."
        raise Refused(found, ", ".join(ids), fix)
    known = {squeezed(name): value for name, value in column.aliases.items()}
    for value, labels in column.choices.items():
        known |= {squeezed(name): value for name in (value, *labels.values())}
    if squeezed(text) in known:
        return known[squeezed(text)]
    shown = [labels[language] for labels in column.choices.values()]
    close = difflib.get_close_matches(text, shown, 1)
    fix = f"Did you mean {close[0]}?" if close else "Choose from the list of the cell."
    more = f" ... ({len(shown)} in all)" if len(shown) > _SHOWN else ""
    raise Refused(text[:60], ", ".join(shown[:_SHOWN]) + more, fix)
