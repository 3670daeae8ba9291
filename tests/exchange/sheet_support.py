"""Helpers of the tests of workbooks: a small project, its workbook, and edits as a person makes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from cgutils.data.errors import Problem
from cgutils.data.loading import read_parts
from cgutils.data.project import find_project
from cgutils.exchange.sheet_import import SheetPlan, plan_sheet
from cgutils.exchange.sheet_making import make_sheet
from cgutils.present.labels import words


def write_sheet(project: Path, path: Path, language: str = "en", **options: Any) -> Path:
    """Write the workbook of a case."""
    made = make_sheet(find_project(project), path.name, words(), language, **options)
    path.write_bytes(made.data)
    return path


def plan(project: Path, path: Path, untranslated: bool = False) -> SheetPlan:
    """Plan the import of a workbook."""
    return plan_sheet(find_project(project), path, words(), untranslated)


def edit(path: Path, edits: Mapping[str, Mapping[str, Any]]) -> Path:
    """Change cells as ``{sheet: {cell: value}}``; ``merge``, ``hide_row`` and ``hide_column`` name ranges."""
    book = openpyxl.load_workbook(path)
    for sheet, cells in edits.items():
        page = book[sheet]
        if cells == "remove":
            book.remove(page)
            continue
        for cell, value in cells.items():
            if cell == "title":
                page.title = value
            elif cell == "merge":
                page.merge_cells(value)
            elif cell == "hide_row":
                page.row_dimensions[value].hidden = True
            elif cell == "hide_column":
                page.column_dimensions[value].hidden = True
            elif isinstance(value, Mapping):
                page[cell].value = value["value"]
                page[cell].number_format = value["format"]
            else:
                page[cell].value = value
                if isinstance(value, str) and not value.startswith(("=", "#")):
                    page[cell].data_type = "s"
    book.save(path)
    return path


def lines(problems: tuple[Problem, ...]) -> list[str]:
    """What is told, line by line."""
    return sorted(str(problem) for problem in problems)


def tables_of(project: Path, case_id: str) -> dict[str, list[dict[str, Any]]]:
    """The tables of a case and of the whole collection as rows of text."""
    parts = read_parts(find_project(project))
    if parts.problems:
        raise AssertionError("\n".join(map(str, parts.problems)))
    frames: dict[str, pd.DataFrame] = {**parts.case_tables[case_id], **parts.tables}
    return {name: frame.to_dict("records") for name, frame in frames.items()}
