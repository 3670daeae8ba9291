"""Checking one table against its schema, and turning text into typed columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from pandera.errors import SchemaErrors
from pandera.pandas import DataFrameSchema

from cgutils.data.errors import Problem
from cgutils.data.fields import Table, TableSpec
from cgutils.data.reading import read_table
from cgutils.data.row_rules import row_notes, row_problems


def load_table(
    path: Path, name: str, spec: TableSpec, whole_key: bool = False
) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """Read and check one table.

    Parameters
    ----------
    path : Path
        The CSV file.
    name : str
        How messages name it.
    spec : TableSpec
        What it should hold.
    whole_key : bool, default False
        As `check_frame` takes it.

    Returns
    -------
    frame : DataFrame
        Text as it stands in the file (missing as None), index = line in the file; only rows that keep
        the schema, so that later checks do not stumble over them.
    problems, notes : list of Problem
        What is wrong, and what was read differently.
    """
    columns = spec.columns
    headings = {column: facts["heading"] for column, facts in columns.items()}
    numbers = frozenset(column for column, facts in columns.items() if facts["decimals"])
    raw = read_table(path, name, headings, numbers)
    frame, problems = check_frame(raw.frame, name, spec, raw.problems, whole_key)
    return frame, problems, [*raw.notes, *row_notes(frame, name, spec.name)]


def check_frame(
    frame: pd.DataFrame,
    name: str,
    spec: TableSpec,
    known: Iterable[Problem] = (),
    whole_key: bool = False,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Check a table of text against its schema.

    Parameters
    ----------
    frame : DataFrame
        All columns of the schema, cells as text, missing ones as None; index = line in the file.
    name : str
        How messages name the file.
    spec : TableSpec
        What it should hold.
    known : iterable of Problem
        What was found on reading; the same cell is not reported again.
    whole_key : bool, default False
        Whether the sparse columns of the key have to be filled, as in a case with phases. Rows in which they
        are blank are then kept for `check_ratings`, which tells that: they only seem to stand there twice.

    Returns
    -------
    frame : DataFrame
        The rows that keep the schema.
    problems : list of Problem
        The known ones, and what was found here.
    """
    known = list(known)
    said = {(problem.row, problem.column) for problem in known}
    checked = [p for p in _schema_problems(frame, name, spec) if (p.row, p.column) not in said]
    problems = [*known, *checked, *_duplicates(frame, name, spec, whole_key)]
    sound = _without(frame, problems)
    found = row_problems(sound, name, spec.name)
    return _without(sound, found), problems + found


def _without(frame: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    bad = {problem.row for problem in problems}
    return frame[~frame.index.isin(bad)] if bad else frame


def typed(frame: pd.DataFrame, spec: TableSpec) -> pd.DataFrame:
    """Give the columns of a checked table their types.

    Parameters
    ----------
    frame : DataFrame
        As `load_table` returns it.
    spec : TableSpec
        Its schema.

    Returns
    -------
    DataFrame
        integer as ``Int64``, number as ``float64``, list as tuple of str, the rest as text with ``""`` for
        missing; index 0, 1, 2 ...
    """
    # All columns at once: to set them one by one takes as long again as to read the file.
    content = {
        str(column): _convert(cells.tolist(), spec.columns[str(column)]["kind"])
        for column, cells in frame.items()
    }
    return pd.DataFrame(content, index=pd.RangeIndex(len(frame)))


def records(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Go through a table of text: the line in the file, and the cells by column (missing as None)."""
    # DataFrame.iterrows would turn a missing cell into NaN, which is not None.
    columns = [str(column) for column in frame.columns]
    for line, *cells in zip(frame.index.tolist(), *(frame[name].tolist() for name in columns), strict=True):
        yield line, dict(zip(columns, cells, strict=True))


def split_ids(cell: Any) -> tuple[str, ...]:
    """Split a list in a cell at its semicolons; a missing cell gives an empty tuple.

    Examples
    --------
    >>> split_ids("a-1; a-2"), split_ids(None)
    (('a-1', 'a-2'), ())
    """
    if cell is None or pd.isna(cell):
        return ()
    return tuple(part.strip() for part in str(cell).split(";") if part.strip())


def _convert(cells: list[Any], kind: str) -> pd.Series:
    if kind == "integer":
        return pd.to_numeric(pd.Series(cells, dtype="object")).astype("Int64")
    if kind == "number":
        return pd.to_numeric(pd.Series(cells, dtype="object")).astype("float64")
    if kind == "list":
        return pd.Series([split_ids(cell) for cell in cells], dtype="object")
    text = [cell if isinstance(cell, str) else "" if pd.isna(cell) else str(cell) for cell in cells]
    return pd.Series(text, dtype="str")


def _schema_problems(frame: pd.DataFrame, name: str, spec: TableSpec) -> list[Problem]:
    if frame.empty:
        return []
    columns = spec.columns
    lists = [column for column, facts in columns.items() if facts["kind"] == "list"]
    for column in [*lists, *(c for c in ("locator", "remedy_locator", "page") if c in frame)]:
        # Said to be objects, since pandas would otherwise turn a missing cell into NaN.
        cells = [";".join(split_ids(cell)) or None for cell in frame[column]]
        frame[column] = pd.Series(cells, index=frame.index, dtype="object")
    if all(_fits(frame[column], facts) for column, facts in columns.items()):
        return []
    try:
        _checks(spec.schema).validate(frame.astype("object"), lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        return [_problem(name, case, columns) for case in cases.to_dict("records")]
    return []


def _fits(cells: pd.Series, facts: dict[str, Any]) -> bool:
    """Say whether a column is in order, by the facts that its checks were declared with.

    The checks themselves take a hundred times as long, and say more: they are asked where something is wrong.
    """
    given = set(cells.tolist())
    if None in given:
        if facts["required"]:
            return False
        given.remove(None)
    if facts["values"]:
        return given <= set(facts["values"])
    if facts["pattern"]:
        matches = re.compile(facts["pattern"]).fullmatch
        return all(matches(cell) for cell in given)
    return True


@cache
def _checks(schema: type[Table]) -> DataFrameSchema:
    # Without types: the reader gives text only, and asking for the type of each cell takes most of a load.
    full = schema.to_schema()
    return full.update_columns({name: {"dtype": None} for name in full.columns})


def _problem(name: str, case: dict[str, Any], columns: dict[str, dict[str, Any]]) -> Problem:
    column = str(case["column"])
    facts = columns.get(column, {"allowed": "", "values": (), "pattern": ""})
    line = None if pd.isna(case["index"]) else int(case["index"])
    if case["check"] == "not_nullable":
        return Problem(name, line, column, "a blank cell", facts["allowed"], "Fill it in.")
    found = str(case["failure_case"])
    return Problem(name, line, column, _short(found), facts["allowed"], _advice(column, found, facts))


def _advice(column: str, found: str, facts: dict[str, Any]) -> str:
    if column == "level":
        return "Choose a level of the codebook, or leave the cell blank if the source does not address it."
    lower = found.lower()
    if lower != found and (lower in facts["values"] or re.fullmatch(facts["pattern"], lower)):
        return "Ids and codes are written in lower case."
    if not found.isascii() and re.fullmatch(facts["pattern"], _western(found)):
        return f"Write {_western(found)}, with the digits 0 to 9."
    if re.search(r"[0-9]{16}", found) and re.fullmatch(facts["pattern"], re.sub(r"[0-9]{15,}", "1", found)):
        return "A number has at most 15 digits before the point and 15 after it."
    return "Correct the cell."


def _western(text: str) -> str:
    return "".join(str(unicodedata.decimal(mark, mark)) for mark in text)


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _duplicates(frame: pd.DataFrame, name: str, spec: TableSpec, whole_key: bool) -> list[Problem]:
    first: dict[tuple[str, ...], int] = {}
    problems = []
    needed = [whole_key or column not in spec.sparse for column in spec.key]
    cells_of = (frame[column].tolist() for column in spec.key)
    for line, *cells in zip(frame.index.tolist(), *cells_of, strict=True):
        if any(cell is None and need for cell, need in zip(cells, needed, strict=True)):
            continue
        # A sparse column is part of the key where it is filled.
        values = tuple("" if cell is None else str(cell) for cell in cells)
        if values in first:
            problems.append(
                Problem(
                    name,
                    line,
                    " + ".join(name for name, value in zip(spec.key, values, strict=True) if value),
                    f"{' + '.join(filter(None, values))} a second time (first in row {first[values]})",
                    "each once",
                    "Give it another id, or remove one of the two rows.",
                )
            )
        first.setdefault(values, line)
    return problems
