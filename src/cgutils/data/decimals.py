"""Decimal signs: a comma is read as a point with a note, and what may be a thousands separator is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd

from cgutils.data.errors import Problem

_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
# Such a group is decimals to one reader and thousands to another; thousands never begin with 0.
_GROUP = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def is_decimal_comma(text: str) -> bool:
    """Say whether a cell is a number with a comma.

    Examples
    --------
    >>> is_decimal_comma("71,45"), is_decimal_comma("71.45")
    (True, False)
    """
    return _COMMA.fullmatch(text.strip()) is not None


def decimal_points(
    frame: pd.DataFrame, name: str, numbers: frozenset[str], delimiter: str
) -> tuple[list[Problem], list[Problem]]:
    """Write the decimal commas of a table as points; refuse what may mean thousands.

    Parameters
    ----------
    frame : DataFrame
        Cells as text, missing ones as None, index = line in the file; it is changed in place.
    name : str
        How messages name the file.
    numbers : frozenset of str
        Columns that hold numbers.
    delimiter : str
        What separates the cells of the file.

    Returns
    -------
    problems, notes : list of Problem
        Numbers that are not certain, and how many were read differently.

    Notes
    -----
    Beside semicolons a comma is the decimal sign and a point before three digits is suspect; beside commas it
    is the reverse. Beside tabs both are suspect, since spreadsheets of every country write those. A number
    that can only have a decimal comma makes the point suspect whatever the separator.
    """
    cells = [
        (line, column, value)
        for column in sorted(numbers & set(frame.columns))
        for line, value in zip(frame.index.tolist(), frame[column].tolist(), strict=True)
        if value is not None
    ]
    suspect = _suspect(delimiter, {value for *_, value in cells})
    problems = []
    changed = 0
    for line, column, value in cells:
        if suspect(value):
            problems.append(_ambiguous(name, line, column, value, suspect))
        elif _COMMA.fullmatch(value):
            frame.loc[line, column] = value.replace(",", ".")
            changed += 1
    said = f"{changed} number{'' if changed == 1 else 's'} with a decimal comma"
    return problems, [Problem(name, found=said, fix="Read as decimal points.")] if changed else []


def _suspect(delimiter: str, values: set[str]) -> Callable[[str], bool]:
    signs = {",": ",", ";": "."}.get(delimiter, ".,")
    if any(_COMMA.fullmatch(value) and not (_GROUP.fullmatch(value) and "," in signs) for value in values):
        signs += "."
    return lambda value: _GROUP.fullmatch(value) is not None and any(sign in signs for sign in value)


def _ambiguous(name: str, line: int, column: str, value: str, suspect: Callable[[str], bool]) -> Problem:
    digits = re.sub(r"[.,]", "", value)
    other = value.translate({ord("."): ",", ord(","): "."})
    decimals = (
        "save the file with commas between the columns and with decimal points"
        if suspect(other)
        else f"write {other}"
    )
    return Problem(
        name,
        line,
        column,
        f"{value}, which may mean thousands or decimals in this file",
        "a plain number without a thousands separator",
        f"Write {digits} if it is a whole number; otherwise {decimals}.",
    )
