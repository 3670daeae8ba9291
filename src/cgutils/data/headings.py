"""The heading of a CSV: how its cells are separated, which columns it names, and what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection

from cgutils.data.errors import Problem

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BLANK = r'(?:(?:[ ,;\t]|"")*(?:\r\n|\r|\n))*'
_LEAD = re.compile(rf'\ufeff?{_BLANK}(?P<sep>[ "]*sep=[^\r\n]{{0,5}}(?:\r\n|\r|\n){_BLANK})?', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")


def without_lead(text: str) -> tuple[str, int, str]:
    r"""Leave out what stands before the heading: blank rows, and the line that tells Excel the separator.

    Parameters
    ----------
    text : str
        A whole CSV.

    Returns
    -------
    text : str
        The same from the heading on.
    lines : int
        How many lines were left out.
    said : str
        What they are, for a note; blank where there are none.

    Examples
    --------
    >>> without_lead("sep=;\na;b\n"), without_lead("a;b\n")
    (('a;b\n', 1, 'the line sep= before the heading'), ('a;b\n', 0, ''))
    """
    lead = _LEAD.match(text)
    if lead is None or not lead.end():
        return text, 0, ""
    lines = len(_LINE_END.findall(lead.group()))
    said = "the line sep=" if lead["sep"] else f"{lines} blank line{'' if lines == 1 else 's'}"
    return text[lead.end() :], lines, f"{said} before the heading" if lines else ""


def delimiter_of(text: str, columns: Collection[str]) -> str:
    """Tell by the known columns in its first line how a text separates its cells."""
    first = [*text.lstrip("\ufeff").splitlines(), ""][0]

    def known(delimiter: str) -> int:
        return sum(cell.strip(' "').lower() in columns for cell in first.split(delimiter))

    return max(DELIMITERS, key=known)


def heading_names(cells: list[str]) -> list[str]:
    """Give the headings of the cells of the first row, in lower case."""
    return [cell.strip().lstrip("\ufeff").lower() for cell in cells]


def heading_problems(heading: list[str], name: str, columns: dict[str, bool], line: int = 1) -> list[Problem]:
    """Say what is wrong with the heading of a file of known columns, and whether they must be there."""
    problems = []
    for position, column in enumerate(heading, 1):
        if column and column not in columns:
            close = difflib.get_close_matches(column, columns, 1)
            fix = f"Did you mean {close[0]}?" if close else "Remove the column or correct its heading."
            problems.append(Problem(name, line, column, "an unknown column", ", ".join(columns), fix))
        elif column and column in heading[: position - 1]:
            problems.append(
                Problem(name, line, column, "the column twice", "each column once", "Remove one of them.")
            )
        elif not column:
            problems.append(
                Problem(
                    name,
                    line,
                    f"number {position}",
                    "a column without heading",
                    ", ".join(columns),
                    "Remove the column or give it its heading.",
                )
            )
    problems += [
        Problem(name, line, column, "no such column", ", ".join(columns), "Add the column.")
        for column, required in columns.items()
        if required and column not in heading
    ]
    return problems
