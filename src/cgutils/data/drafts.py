"""Evidence that is not finished: what an import could not know, listed until somebody fills it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from cgutils.data.checking import split_ids
from cgutils.data.errors import Problem
from cgutils.data.schemas import SPECS

DRAFT_COLUMNS = {
    name: facts["allowed"] for name, facts in SPECS["evidence"].columns.items() if facts["draft"]
}
_CITING = ("ratings", "adjudication")


def check_drafts(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, str]
) -> tuple[list[Problem], list[Problem]]:
    """Find the blank cells of evidence that is not finished.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of one case as text, index = line in the file.
    files : mapping of str to str
        How messages name each of them.

    Returns
    -------
    problems, notes : list of Problem
        A blank in an item that a rating or the adjudication cites is a problem, one for each cell. The
        others are drafts: one note for each column, with all its rows.
    """
    evidence = tables["evidence"]
    citing: dict[str, str] = {}
    for name in _CITING:
        for cell in tables[name]["evidence_ids"]:
            citing.update({item: citing.get(item, f"{name}.csv") for item in split_ids(cell)})
    problems, notes = [], []
    for column, allowed in DRAFT_COLUMNS.items():
        blank = evidence.loc[evidence[column].isna(), "evidence_id"]
        cited = blank[blank.isin(citing.keys())]
        problems += [
            Problem(
                files["evidence"],
                int(str(line)),
                column,
                "a blank cell",
                allowed,
                f"Fill it in; {citing[item]} cites {item}.",
            )
            for line, item in cited.items()
        ]
        drafts = blank.drop(cited.index)
        if len(drafts):
            cells = "1 blank cell, row" if len(drafts) == 1 else f"{len(drafts)} blank cells, rows"
            rows = ranges(int(str(line)) for line in drafts.index)
            fix = "Fill in before a rating cites the item; until then it is shown with a dash."
            notes.append(Problem(files["evidence"], None, column, f"{cells} {rows}", allowed, fix))
    return problems, notes


def finished(evidence: pd.DataFrame) -> pd.DataFrame:
    """Leave out drafts: the rules of the codebook can be checked on finished items only."""
    return evidence[evidence[list(DRAFT_COLUMNS)].notna().all(axis=1)]


def ranges(numbers: Iterable[int]) -> str:
    """Write numbers in order, runs of them short.

    Examples
    --------
    >>> ranges([2, 3, 4, 7, 9, 10])
    '2-4, 7, 9, 10'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    said = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(said)
