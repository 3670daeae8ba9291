"""What the cells of a row say together, and what only looks like a date or a range."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from cgutils.data.errors import Problem

# A formula reads these as functions of its own; Python's words, by which it is taken apart, as well.
FORMULA_WORDS = frozenset({"sum", "count", "abs", *keyword.kwlist})
_RANGE = re.compile(r"(L?)([0-9]+)-(L?)([0-9]+)")
_LOCATORS = ("locator", "remedy_locator")
# Some theses number their pages by chapter: 3-1 is the first page of the third.
_BY_CHAPTER = " A page numbered by chapter stands in section, with a point, as 3.1; leave page blank."
# Line, column, what was found, what is allowed, what to do.
Said = tuple[int, str, str, str, str]


def row_problems(frame: pd.DataFrame, name: str, table: str) -> list[Problem]:
    """Check the rows of a table that keep its schema.

    Parameters
    ----------
    frame : DataFrame
        Cells as text, missing ones as None, index = line in the file.
    name : str
        How messages name the file.
    table : str
        Which table it is.

    Returns
    -------
    list of Problem
        Ranges that run backwards, dates that no calendar has, quantities that are missing and have a value or
        that no formula can name, types of actors of which none is named and one is.
    """
    said = [*_ranges(frame), *_RULES.get(table, _nothing)(frame)]
    return [Problem(name, line, *rest) for line, *rest in said]


def row_notes(frame: pd.DataFrame, name: str, table: str) -> list[Problem]:
    """Find what deserves a look: numbers that are said to be given and are not there.

    A source may give a number in words or as a range, which is no single value.
    """
    if table != "quantities":
        return []
    fix = "A formula takes it as missing; give the number, or the status missing."
    return [
        Problem(name, line, "value", f"a blank cell beside the status {status}", fix=fix)
        for line, value, status in _cells(frame, "value", "status")
        if value is None and status in ("reported", "counted")
    ]


def completed(first: str, last: str) -> int:
    """Read the end of a range, which may leave out the digits that it shares with the beginning.

    Examples
    --------
    >>> completed("1149", "50"), completed("50", "2"), completed("98", "102")
    (1150, 52, 102)
    """
    return int(first[: max(len(first) - len(last), 0)] + last)


def _ranges(frame: pd.DataFrame) -> Iterator[Said]:
    for column in (name for name in (*_LOCATORS, "page") if name in frame.columns):
        for line, cell in _cells(frame, column):
            for part in cell.split(";") if cell and "-" in cell else ():
                found = _RANGE.fullmatch(part.strip().rpartition(" ")[2])
                if found is None:
                    continue
                mark, first, _, last = found.groups()
                # Pages are often shortened (1149-50); numbers of lines are not.
                if (int(last) if mark else completed(first, last)) < int(first):
                    fix = f"Write {mark}{last}-{mark}{first}, or correct it."
                    if column == "page":
                        fix += _BY_CHAPTER
                    yield line, column, found.group(), "ranges from the first to the last", fix


def _nothing(_: pd.DataFrame) -> Iterator[Said]:
    yield from ()


def _quantities(frame: pd.DataFrame) -> Iterator[Said]:
    for line, name, value, status in _cells(frame, "quantity_id", "value", "status"):
        if status == "missing" and value is not None:
            fix = "Correct the value or the status."
            yield (
                line,
                "value",
                f"{value} beside the status missing",
                "blank where the source gives none",
                fix,
            )
        if name in FORMULA_WORDS:
            fix = f"Write another id, such as {name}_1."
            yield line, "quantity_id", name, "an id that means nothing else in a formula", fix


def _timeline(frame: pd.DataFrame) -> Iterator[Said]:
    for line, cell in _cells(frame, "date"):
        days = cell.split("/")
        wrong = [day for day in days if not _in_the_calendar(day)]
        for day in wrong:
            yield (
                line,
                "date",
                day,
                "a date of the calendar, as 2024, 2024-11 or 2024-11-27",
                "Correct the date.",
            )
        # A month may end within itself: 2024-11-05/2024-11.
        common = min(map(len, days))
        if not wrong and days[-1][:common] < days[0][:common]:
            yield line, "date", cell, "an end that is no earlier than the start", "Correct the dates."


def _in_the_calendar(text: str) -> bool:
    year, month, day = [*map(int, text.split("-")), 1, 1][:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _actors(frame: pd.DataFrame) -> Iterator[Said]:
    rows = [*_cells(frame, "type", "status")]
    named = {kind for _, kind, status in rows if status == "named"}
    for line, kind, status in rows:
        if status == "none_named" and kind in named:
            found = f"none_named, though another row names one of type {kind}"
            fix = "Remove this row, or correct the type or status of the other."
            yield line, "status", found, "one or the other for each type", fix


def _cells(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    """Go through some columns: the line in the file and their cells (missing as None)."""
    return zip(frame.index.tolist(), *(frame[column].tolist() for column in columns), strict=True)


_RULES: dict[str, Callable[[pd.DataFrame], Iterator[Said]]] = {
    "actors": _actors,
    "quantities": _quantities,
    "timeline": _timeline,
}
