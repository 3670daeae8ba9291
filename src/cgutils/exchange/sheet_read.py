"""Reading a filled-in workbook, in either language: a case, its tables, and where everything stood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from cgutils.data.errors import Problem
from cgutils.data.framework import Case, Framework
from cgutils.data.phases import RATED
from cgutils.data.project import LANGUAGES
from cgutils.data.reading import MAX_CELL
from cgutils.exchange.cells import Cell, Sheet, column_letters, squeezed
from cgutils.exchange.sheet_cells import Refused, cell_text
from cgutils.exchange.sheet_form import (
    SheetCase,
    filled,
    headings,
    hidden_parts,
    merged,
    missing_columns,
    outside,
)
from cgutils.exchange.sheet_layout import (
    Column,
    Field,
    Layout,
    Terms,
    case_fields,
    layouts,
    phase_layout,
    sheet_title,
    sheet_words,
)
from cgutils.exchange.sheet_phases import PHASES, phase_titles

NEEDED_SHEETS = ("case", "evidence", "ratings")


def read_case(
    sheets: Iterable[Sheet],
    file: str,
    frameworks: Mapping[str, Framework],
    terms: Terms,
    cases: Mapping[str, Case] = MappingProxyType({}),
) -> SheetCase:
    """Read the sheets of a workbook as a case.

    Parameters
    ----------
    sheets : iterable of Sheet
        As `cgutils.exchange.workbook.read_workbook` gives them.
    file : str
        Name of the workbook, for messages.
    frameworks : mapping of str to Framework
        Those of the project.
    terms : mapping
        Words for the values of the schemas, by language.
    cases : mapping of str to Case
        Those of the project; a phase may be named as it is there, although the workbook renames it.

    Returns
    -------
    SheetCase
        Its ``problems`` are those of single cells and sheets; what must hold beyond them is not checked here.
    """
    read = SheetCase(file)
    sheets = tuple(sheets)
    found = _match(sheets, read)
    if "case" in found:
        _read_fields(found["case"], case_fields(frameworks, terms), read)
    framework = frameworks.get(read.case.get("framework") or "")
    if framework is None:
        return read
    if PHASES in found:
        read.tables[PHASES] = _read_table(found[PHASES], phase_layout(terms), read)
    standing = cases.get(read.case.get("case_id") or "")
    before = {p.id: p.title.model_dump() for p in (standing.phases if standing else ())}
    # A workbook without the sheet says nothing of phases: they stay as they are in the project.
    phases = phase_titles(read.tables[PHASES]) if PHASES in found else before
    for layout in layouts(framework, terms, phases, before):
        if layout.name in found and layout.name != PHASES:
            read.tables[layout.name] = _read_table(found[layout.name], layout, read)
    named = any(frame["phase"].notna().any() for name, frame in read.tables.items() if name in RATED)
    if PHASES not in found and not phases and named:
        _missing(PHASES, sheets, read)
    return read


def _match(sheets: tuple[Sheet, ...], read: SheetCase) -> dict[str, Sheet]:
    names = {
        squeezed(known): (table, language)
        for table, titles in sheet_words()["sheets"].items()
        for language, known in (("en", table), *titles.items())
    }
    found: dict[str, Sheet] = {}
    spoken: list[str] = []
    for sheet in sheets:
        table, language = names.get(squeezed(sheet.name), ("", ""))
        if table in {"guide", "lists"}:
            continue
        if not table or table in found:
            if sheet.cells:
                read.notes.append(
                    Problem(
                        file=f"{read.file}, sheet {sheet.name}",
                        found="a sheet of another name",
                        fix="It was not read.",
                    )
                )
            continue
        found[table] = sheet
        read.titles[table] = sheet.name
        spoken.append(language)
        if sheet.hidden and sheet.cells:
            read.notes.append(Problem(read.at(table), found="a hidden sheet", fix="It was read as well."))
    read.language = max(LANGUAGES, key=spoken.count)
    for table in NEEDED_SHEETS:
        if table not in found:
            _missing(table, sheets, read)
    return found


def _missing(table: str, sheets: Iterable[Sheet], read: SheetCase) -> None:
    read.missed.add(table)
    title = sheet_title(table)
    others = [sheet.name for sheet in sheets if sheet.cells and sheet.name not in read.titles.values()]
    read.problems.append(
        Problem(
            read.file,
            found=f"no sheet {title['en']}",
            allowed=f"the sheets of `cgutils sheet`, named {title['en']} or {title['id']}",
            fix=_renamed(others, title) or "Put it back, or begin with a new workbook.",
        )
    )


def _renamed(others: Iterable[str], title: Mapping[str, str]) -> str:
    """Ask whether a sheet of another name is the one that is missing, such as ``Bukti (2)``."""
    near = [name for name in others if any(squeezed(known) in squeezed(name) for known in title.values())]
    if len(near) != 1:
        return ""
    language = max(title, key=lambda language: squeezed(title[language]) in squeezed(near[0]))
    return f"If it is the sheet {near[0]}, name this {title[language]}."


def _read_fields(sheet: Sheet, fields: tuple[Field, ...], read: SheetCase) -> None:
    known = {
        squeezed(name): entry
        for entry in fields
        for name in (entry.column.name, *entry.column.heading.values())
    }
    rows = sorted({row for row, _ in sheet.cells})
    seen: set[str] = set()
    for row in rows:
        head = sheet.cells.get((row, 1))
        entry = known.get(squeezed(head.text)) if head is not None else None
        if entry is None or entry.column.name in seen:
            continue
        seen.add(entry.column.name)
        for number, path in enumerate(entry.paths, 2):
            read.places["case", path] = (row, f"{column_letters(number)}{row}")
            read.case[path] = _value(sheet, (row, number), entry.column, "case", path, read)
    merged(sheet, 2, range(2, 4), "case", read)
    read.problems += [
        Problem(
            read.at("case"),
            found=f"no row {entry.column.heading[read.language]}",
            allowed="all rows of the sheet, with their names in column A",
            fix="Put the row back.",
        )
        for entry in fields
        if entry.column.required and entry.column.name not in seen
    ]


def _read_table(sheet: Sheet, layout: Layout, read: SheetCase) -> pd.DataFrame:
    at, heads = headings(sheet, layout, read)
    columns = {number: column for number, column in heads.items() if column is not None}
    for number, column in columns.items():
        read.places[layout.name, column.name] = (number, column.heading[read.language])
    missing_columns(layout, columns, at, read)
    merged(sheet, at + 1, columns, layout.name, read)
    rows: dict[int, dict[str, str | None]] = {}
    for row in sorted({row for row, _ in sheet.cells if row > at}):
        given = [number for number in columns if filled(sheet.cells.get((row, number)))]
        explained = [number for number in given if _is_help(sheet.cells[row, number], columns[number])]
        # Sorting takes the row of explanations along, wherever it then stands.
        if explained == given:
            continue
        values = {
            column.name: _value(sheet, (row, number), column, layout.name, column.name, read)
            for number, column in columns.items()
            if number not in explained
        }
        if explained:
            read.problems.append(_typed_over(read.at(layout.name), row, explained, columns, read.language))
        else:
            rows[row] = values
    outside(sheet, at, heads, layout.name, read)
    hidden_parts(sheet, rows, columns, layout.name, read)
    frame = pd.DataFrame(list(rows.values()), index=pd.Index(list(rows), dtype="int64"), dtype="object")
    frame = frame.reindex(columns=list(layout.spec.columns)).astype("object")
    return frame.where(frame.notna(), None)


def _value(
    sheet: Sheet, place: tuple[int, int], column: Column, table: str, name: str, read: SheetCase
) -> str | None:
    cell = sheet.cells.get(place)
    if cell is None:
        return None
    try:
        return cell_text(cell, column, read.language)
    except Refused as refused:
        where = f"{column_letters(place[1])}{place[0]}"
        read.problems.append(refused.problem(read.at(table), place[0], column.heading[read.language], where))
        # Kept as it stands, so that nothing is reported that merely follows from a blank.
        return cell.text.strip()[:MAX_CELL].replace("\0", "") or None


def _is_help(cell: Cell, column: Column) -> bool:
    return squeezed(cell.text) in {squeezed(text) for text in column.help.values()}


def _typed_over(
    file: str, row: int, explained: Sequence[int], columns: Mapping[int, Column], language: str
) -> Problem:
    """Say that a row holds entries beside explanations of columns: which of them is meant is not known."""
    names = ", ".join(columns[number].heading[language] for number in explained)
    return Problem(
        file,
        row,
        None,
        f"entries beside explanations of columns ({names})",
        "a row of entries, or one of explanations",
        "Clear the cells of this row that still hold an explanation.",
        cell=f"{column_letters(explained[0])}{row}",
    )
