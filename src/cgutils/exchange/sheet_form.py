"""The form of a filled-in sheet: where its headings are, and what does not belong below them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cgutils.data.errors import Problem
from cgutils.exchange.cells import Cell, Sheet, column_letters, position, squeezed
from cgutils.exchange.sheet_layout import Column, Layout, rubric_headings

_HEADING_WITHIN = 10
_SHOWN = 20


@dataclass
class SheetCase:
    """What a workbook says of a case.

    Parameters
    ----------
    file : str
        Name of the workbook.
    language : {"en", "id"}
        Language of its tabs.
    case : dict
        Values of the sheet Case by dotted path, blank ones as None.
    tables : dict of str to DataFrame
        Tables that have a sheet, as text; index = row in the sheet.
    places : dict
        (table or "case", column or path) to (column number or row, heading), to name a cell.
    titles : dict of str to str
        Table to the title of its sheet in this workbook.
    missed : set of str
        Tables whose sheet is needed and not there.
    merged : list of tuple
        Sheet, first row and column, last row and column of cells that are merged.
    problems, notes : list of Problem
        What cannot be read, and what was read with a remark.
    """

    file: str
    language: str = "en"
    case: dict[str, str | None] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    merged: list[tuple[str, int, int, int, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def at(self, table: str) -> str:
        """Name a sheet for messages."""
        return f"{self.file}, sheet {self.titles[table]}"


def headings(sheet: Sheet, layout: Layout, read: SheetCase) -> tuple[int, dict[int, Column | None]]:
    """Find the row of headings: the column behind each number, None for one that is for reading only."""
    known: dict[str, Column | None] = {
        squeezed(name): None for texts in rubric_headings().values() for name in texts.values()
    }
    for entry in layout.columns:
        known |= {squeezed(name): entry for name in (entry.name, *entry.heading.values())}
    best: dict[int, str] = {}
    at = 1
    for row in range(1, _HEADING_WITHIN + 1):
        texts = {
            number: cell.text for (r, number), cell in sheet.cells.items() if r == row and cell.text.strip()
        }
        if sum(squeezed(text) in known for text in texts.values()) > sum(
            squeezed(t) in known for t in best.values()
        ):
            at, best = row, texts
    heads: dict[int, Column | None] = {}
    for number, text in sorted(best.items()):
        column = known.get(squeezed(text))
        twice = column is not None and column in heads.values()
        if squeezed(text) in known and not twice:
            heads[number] = column
            continue
        names = [entry.heading[read.language] for entry in layout.columns]
        close = difflib.get_close_matches(text, names, 1)
        read.problems.append(
            Problem(
                read.at(layout.name),
                at,
                text[:60],
                "a heading a second time" if twice else "an unknown heading",
                ", ".join(names),
                f"Did you mean {close[0]}?"
                if close and not twice
                else "Restore the heading or remove the column.",
                cell=f"{column_letters(number)}{at}",
            )
        )
        heads[number] = None
    return at, heads


def missing_columns(layout: Layout, columns: Mapping[int, Column], at: int, read: SheetCase) -> None:
    """Report the headings that are not there."""
    present = {column.name for column in columns.values()}
    facts = layout.spec.columns
    read.problems += [
        Problem(
            read.at(layout.name),
            at,
            column.heading[read.language],
            "no such heading",
            "the headings of `cgutils sheet`",
            "Put the column back.",
        )
        for column in layout.columns
        if column.name not in present and facts[column.name]["heading"]
    ]


def filled(cell: Cell | None) -> bool:
    """Say whether a cell holds more than blanks."""
    return cell is not None and bool(cell.text.strip())


def merged(sheet: Sheet, first: int, columns: Iterable[int], table: str, read: SheetCase) -> None:
    """Report merged cells, of which only the first holds a value."""
    used = set(columns)
    for reference in sheet.merged[:_SHOWN]:
        start, _, end = reference.partition(":")
        try:
            (top, left), (bottom, right) = position(start), position(end or start)
        except ValueError:
            continue
        if bottom >= first and any(left <= number <= right for number in used):
            read.merged.append((read.at(table), top, left, bottom, right))
            read.problems.append(
                Problem(
                    read.at(table),
                    top,
                    None,
                    "merged cells",
                    "one value in each cell",
                    "Unmerge them and fill each row.",
                    cell=reference[:20],
                )
            )


def outside(sheet: Sheet, at: int, heads: Mapping[int, Any], table: str, read: SheetCase) -> None:
    """Report entries that stand below no heading and would be lost."""
    stray: dict[int, int] = {}
    for row, number in sorted(sheet.cells):
        if row > at and number not in heads and filled(sheet.cells[row, number]):
            stray.setdefault(number, row)
    read.problems += [
        Problem(
            read.at(table),
            row,
            None,
            f"an entry in a column without heading ({sheet.cells[row, number].text.strip()[:40]})",
            "entries below a heading",
            "Remove it or move it to another sheet.",
            cell=f"{column_letters(number)}{row}",
        )
        for number, row in stray.items()
    ]


def hidden_parts(
    sheet: Sheet, rows: Iterable[int], columns: Iterable[int], table: str, read: SheetCase
) -> None:
    """Tell that hidden rows and columns were read."""
    hidden = sorted(sheet.hidden_rows & set(rows))
    if hidden:
        listed = ", ".join(map(str, hidden[:10])) + (" ..." if len(hidden) > 10 else "")
        found = f"hidden row{'' if len(hidden) == 1 else 's'} {listed}"
        read.notes.append(Problem(read.at(table), found=found, fix="Read as well."))
    letters = ", ".join(column_letters(number) for number in sorted(sheet.hidden_columns & set(columns)))
    if letters:
        read.notes.append(Problem(read.at(table), found=f"hidden columns {letters}", fix="Read as well."))
