"""What is wrong with an input, said so that the person at the keyboard can mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong (or was read with a remark), and where.

    Parameters
    ----------
    file : str
        Path relative to the project, with forward slashes.
    row : int or None
        Line in the file, the heading being line 1; None where the whole file is meant.
    column : str or None
        Heading of the column, or the dotted path of a YAML key.
    found : str
        What stands there.
    allowed : str
        What may stand there.
    fix : str
        What to do about it.
    rule : str or None
        Codebook rule that is broken (``"R7"``), where one is.
    cell : str or None
        Cell of a workbook (``"F12"``), which is then named instead of the row.
    """

    file: str
    row: int | None = None
    column: str | None = None
    found: str = ""
    allowed: str = ""
    fix: str = ""
    rule: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.cell is not None:
            place += f", cell {self.cell}"
        elif self.row is not None:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        if self.rule:
            place += f", rule {self.rule}"
        parts = [
            f"found {self.found}" if self.found else "",
            f"allowed: {self.allowed}" if self.allowed else "",
        ]
        said = "; ".join(part for part in parts if part)
        return f"{place}: {said}" + (f". {self.fix}" if self.fix else "")


class CgutilsError(Exception):
    """An error that is told to the person at the keyboard without a traceback."""


class CollectionError(CgutilsError):
    """The collection cannot be used as it is; ``problems`` lists every reason.

    Parameters
    ----------
    problems : iterable of Problem
        All that was found, not only the first.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_place))
        count = len(self.problems)
        heading = f"{count} problem{'' if count == 1 else 's'} found"
        super().__init__("\n".join([heading, *(f"  {problem}" for problem in self.problems)]))


def _place(problem: Problem) -> tuple[str, int, str, str, str]:
    return (problem.file, problem.row or 0, problem.cell or "", problem.column or "", problem.found)
