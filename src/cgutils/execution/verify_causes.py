"""From a changed cell of a table back to the rows of the inputs that it is made from."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cgutils.data.project import Project
from cgutils.execution.manifest import RAW

INDEX = "index"
_CASES = ("case_id", "case_a", "case_b")
_Table = list[dict[str, str]]


class Causes:
    """The inputs of a project, asked for the rows that a result depends on.

    Parameters
    ----------
    project : Project
        The project; files that cannot be read are left out, for this only explains.
    changed : collection of str
        Names of the inputs that have changed since the manifest was written.
    """

    def __init__(self, project: Project, changed: Collection[str] = ()) -> None:
        self._raw = project.raw
        self._changed = changed
        self._table = cache(_table)
        self._indicators = _indicators(project.raw)

    def said(self, row: Mapping[str, str], case_id: str | None = None) -> str:
        """Say what a row depends on.

        Parameters
        ----------
        row : mapping of str to str
            The cells that identify the row.
        case_id : str, optional
            The case that the whole table is about, where no column says so.

        Returns
        -------
        str
            ``depends on cases/banjar/ratings.csv rows 12-13 (changed)``, row 1 being the heading; inputs that
            have not changed are named only where none has. Empty where nothing is found.
        """
        found = self.rows(row, case_id)
        if not found:
            folders = tuple(f"{RAW}/cases/{case}/" for case in _cases(row, case_id))
            names = [name for name in self._changed if name.startswith(folders)] if folders else []
            return f"depends on {', '.join(_short(name) for name in names)} (changed)" if names else ""
        changed = {name: lines for name, lines in found.items() if name in self._changed}
        mark = " (changed)" if changed else ""
        said = [f"{_short(name)} {_numbers(lines)}{mark}" for name, lines in (changed or found).items()]
        return f"depends on {'; '.join(said)}"

    def rows(self, row: Mapping[str, str], case_id: str | None = None) -> dict[str, list[int]]:
        """Find the rows of the inputs that agree with a row of a result in all columns that identify it.

        Parameters
        ----------
        row : mapping of str to str
            The cells that identify the row. A dimension stands for its indicators.
        case_id : str, optional
            See `said`.

        Returns
        -------
        dict of str to list of int
            Rows, the heading being row 1, by the name of the input, sorted.
        """
        cases = _cases(row, case_id)
        wanted = {name: {value} for name, value in row.items() if name not in _CASES}
        dimension = wanted.pop("dimension_id", None)
        if dimension:
            wanted.setdefault("indicator_id", self._indicators.get(dimension.pop(), set()))
        if not wanted:
            return {}
        found = {}
        for path in sorted(self._raw.rglob("*.csv")):
            place = path.relative_to(self._raw)
            if place.parts[0] == "cases" and place.parts[1] not in cases:
                continue
            lines = [
                number
                for number, line in enumerate(self._table(path), 2)
                if line.keys() >= wanted.keys()
                and all(line[name] in values for name, values in wanted.items())
                and (not cases or line.get("case_id", "") in {"", *cases})
            ]
            if lines:
                found[f"{RAW}/{place.as_posix()}"] = lines
        return found


def _cases(row: Mapping[str, str], case_id: str | None) -> set[str]:
    return {row[name] for name in _CASES if name in row} or ({case_id} if case_id else set())


def _short(name: str) -> str:
    return name.removeprefix(f"{RAW}/")


def _table(path: Path) -> _Table:
    try:
        text = path.read_text(encoding="utf-8")
        return [
            {name: value or "" for name, value in row.items() if name}
            for row in csv.DictReader(io.StringIO(text, newline=""))
        ]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def _indicators(raw: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {INDEX: set()}
    for path in sorted((raw / "frameworks").glob("*.yaml")):
        try:
            dimensions: Iterable[Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["dimensions"]
            for dimension in dimensions:
                ids = {indicator["indicator_id"] for indicator in dimension["indicators"]}
                found.setdefault(dimension["dimension_id"], set()).update(ids)
                if dimension["in_index"]:
                    found[INDEX] |= ids
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError):
            continue
    return found


def _numbers(lines: Iterable[int]) -> str:
    """Write row numbers: ``row 4``, ``rows 4-6, 9``."""
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][-1] + 1:
            spans[-1][1:] = [line]
        else:
            spans.append([line])
    said = ", ".join("-".join(map(str, span)) for span in spans)
    return f"row{'' if len(spans) == 1 and len(spans[0]) == 1 else 's'} {said}"
