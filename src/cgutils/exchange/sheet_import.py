"""From a filled-in workbook to a plan for the project, with every message at the cell that it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cgutils.data.errors import Problem
from cgutils.data.loading import read_parts
from cgutils.data.project import LANGUAGES, Project
from cgutils.exchange.case_plan import OUTSIDE, CaseDraft, CasePlan, plan_case
from cgutils.exchange.cells import column_letters, position
from cgutils.exchange.sheet_form import SheetCase
from cgutils.exchange.sheet_layout import SHARED, Terms, sheet_words
from cgutils.exchange.sheet_phases import PHASES, phase_entries
from cgutils.exchange.sheet_read import read_case
from cgutils.exchange.workbook import read_workbook

# More digits are no number of people, and Python refuses to read thousands of them.
_WHOLE = re.compile(r"\d{1,9}")
_JUDGED = ("level", "confidence", "rationale", "evidence_ids")


@dataclass(frozen=True)
class SheetPlan:
    """What importing a workbook would do.

    Parameters
    ----------
    case_id : str
        The case.
    plan : CasePlan
        Changes and files; its problems and notes are those below, in the terms of the project's files.
    problems, notes : tuple of Problem
        In the terms of the workbook: sheet, cell, heading.
    """

    case_id: str
    plan: CasePlan
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def plan_sheet(project: Project, path: Path, terms: Terms, untranslated: bool = False) -> SheetPlan:
    """Read a workbook, check it within the project, and work out what it would change.

    Parameters
    ----------
    project : Project
        The project; nothing is written.
    path : Path
        The workbook.
    terms : mapping
        Words for the values of the schemas, by language.
    untranslated : bool, default False
        Whether a text that stands in one language only is used for the other as well.

    Returns
    -------
    SheetPlan

    Raises
    ------
    CgutilsError
        Where the file is no workbook or cannot be read within the bounds.
    """
    sheets = read_workbook(path)
    parts = read_parts(project)
    read = read_case(sheets, path.name, parts.frameworks, terms, parts.cases)
    if untranslated:
        _translate(read)
    if "ratings" in read.tables:
        _open_ratings(read)
    case_id = read.case.get("case_id") or ""
    unread = frozenset(
        name for name in read.titles for problem in read.problems if problem.file == read.at(name)
    )
    case, tables = _nested(read.case), dict(read.tables)
    if PHASES in tables:
        case[PHASES] = phase_entries(tables.pop(PHASES))
    unread = frozenset("case" if name == PHASES else name for name in unread)
    # What a missing sheet would hold is not known, so that nothing is said of what refers to it.
    unread |= read.missed - {PHASES}
    plan = plan_case(project, CaseDraft(case_id, case, tables, unread))
    placed = [_in_sheet(problem, read, case_id) for problem in plan.problems]
    told = plan.problems if plan.standing else [p for p in placed if not _follows(p, read)]
    problems = [*read.problems, *told]
    notes = [*read.notes, *(_in_sheet(note, read, case_id) for note in plan.notes)]
    if problems:
        plan = replace(plan, files={})
    return SheetPlan(case_id, plan, tuple(problems), tuple(notes))


def _nested(values: Mapping[str, str | None]) -> dict[str, Any]:
    """Turn dotted paths into the keys of ``case.yaml``; a blank that may not be one is left out."""
    case: dict[str, Any] = {}
    for path, text in values.items():
        *parents, name = path.split(".")
        inner = case
        for parent in parents:
            inner = inner.setdefault(parent, {})
        value: Any = text
        if path == "sources" and text is not None:
            value = [part for part in text.split(";") if part]
        elif path == "informants.stated_total":
            value = int(text) if text is not None and _WHOLE.fullmatch(text) else text
        if value is not None or path == "informants.stated_total":
            inner[name] = value
    return case


def _translate(read: SheetCase) -> None:
    """Use the text of one language for the other where only one is given, and say where."""
    for path in [path for path in read.case if path.endswith(".en")]:
        other = f"{path[:-3]}.id"
        copied = _one_for_both(read.case, path, other)
        if copied:
            read.notes.append(_copied(read.at("case"), read.places["case", copied][1]))
    for table, frame in read.tables.items():
        pairs = [(name, f"{name[:-3]}_id") for name in frame.columns if f"{name[:-3]}_id" in frame.columns]
        for english, indonesian in (pair for pair in pairs if pair[0].endswith("_en")):
            for row in frame.index:
                cells: dict[str, str | None] = dict(frame.loc[row, [english, indonesian]])
                copied = _one_for_both(cells, english, indonesian)
                if copied:
                    frame.loc[row, copied] = cells[copied]
                    number = read.places.get((table, copied), (0, ""))[0]
                    read.notes.append(_copied(read.at(table), f"{column_letters(number)}{row}"))


def _one_for_both(values: dict[str, str | None], english: str, indonesian: str) -> str | None:
    for blank, given in ((english, indonesian), (indonesian, english)):
        if values.get(blank) is None and values.get(given) is not None:
            values[blank] = values[given]
            return blank
    return None


def _copied(place: str, cell: str) -> Problem:
    return Problem(place, found="a blank cell", fix="The text of the other language was used.", cell=cell)


def _open_ratings(read: SheetCase) -> None:
    """Read rows of ratings in which nothing is filled in: not assessed, or a coder who rated nothing."""
    frame = read.tables["ratings"]
    blank = frame[list(_JUDGED)].isna().all(axis=1)
    # A coder may have rated some phases and not others.
    who = frame["coder_id"].where(frame["phase"].isna(), frame["coder_id"] + " in phase " + frame["phase"])
    idle = [name for name, rows in frame.groupby(who) if blank[rows.index].all()]
    frame = frame[~(blank & (frame["coder_id"].isna() | who.isin(idle)))].copy()
    open_rows = [row for row in frame.index if blank[row]]
    frame.loc[open_rows, "rationale"] = sheet_words()["phrases"]["left_blank"][read.language]
    read.tables["ratings"] = frame
    if idle:
        found = f"no level and no reason by {', '.join(map(str, idle))}"
        read.notes.append(Problem(read.at("ratings"), found=found, fix="These rows were left out."))
    if open_rows:
        found = f"{len(open_rows)} row{'' if len(open_rows) == 1 else 's'} in which nothing is filled in"
        read.notes.append(Problem(read.at("ratings"), found=found, fix="Taken as not assessed."))


def _follows(problem: Problem, read: SheetCase) -> bool:
    """Say whether a problem merely follows from one that was found on reading."""
    if PHASES in read.missed and problem.column in {
        heading for (_, name), (_, heading) in read.places.items() if name == "phase"
    }:
        return True
    if problem.cell is None:
        # A column without heading is blank all the way down; that of the phase need not be there.
        blank = problem.row is not None and problem.found == "a blank cell" and problem.column != "phase"
        return blank and problem.file not in {
            read.at(name) for name in ("case", PHASES) if name in read.titles
        }
    if any((known.file, known.cell) == (problem.file, problem.cell) for known in read.problems):
        return True
    row, column = position(problem.cell)
    return problem.found.startswith("a blank cell") and any(
        problem.file == file and top <= row <= bottom and left <= column <= right
        for file, top, left, bottom, right in read.merged
    )


def _in_sheet(problem: Problem, read: SheetCase, case_id: str) -> Problem:
    """Say a problem of a file of the project at the cell of the workbook that it comes from."""
    folder = f"data/raw/cases/{case_id}/"
    name = problem.file.removeprefix(folder).removeprefix("data/raw/").rpartition(".")[0]
    if name == "case" or problem.file == "case.yaml":
        return _in_fields(problem, read)
    row = problem.row
    if name in SHARED and row is not None:
        if row < OUTSIDE:
            return problem
        row -= OUTSIDE
    if name not in read.titles or "/" in name:
        return problem
    columns = (problem.column or "").split(" + ")
    number = read.places.get((name, columns[0]), (0, ""))[0]
    headings = [read.places.get((name, column), (0, column))[1] for column in columns]
    cell = f"{column_letters(number)}{row}" if row is not None and number else None
    fix = problem.fix
    if problem.found == "a blank cell" and columns[0].endswith(("_en", "_id")):
        fix = _WRITE_BOTH
    found = _FIRST.sub(lambda first: f"first in row {int(first[1]) % OUTSIDE}", problem.found)
    return replace(
        problem,
        file=read.at(name),
        row=row,
        column=" + ".join(headings) or None,
        cell=cell,
        found=found,
        fix=fix,
    )


_FIRST = re.compile(r"first in row (\d+)")
_WRITE_BOTH = "Fill it in, or import with --untranslated to use the text of the other language."


def _in_phases(problem: Problem, read: SheetCase) -> Problem:
    """Say a problem of an entry of phases at its row in the sheet."""
    parts = (problem.column or "").split(".")
    if len(parts) < 3:
        return replace(problem, file=read.at(PHASES), column=None)
    number, heading = read.places.get((PHASES, "_".join(parts[2:])), (0, parts[2]))
    row = int(read.tables[PHASES].index[int(parts[1])])
    cell = f"{column_letters(number)}{row}" if number else None
    blank = problem.found == "no such key"
    return replace(
        problem,
        file=read.at(PHASES),
        row=row,
        cell=cell,
        column=heading,
        found="a blank cell" if blank else problem.found,
        allowed="a text" if blank and parts[2] == "title" else problem.allowed,
        fix=(_WRITE_BOTH if parts[2] == "title" else "Fill it in.") if blank else problem.fix,
    )


def _in_fields(problem: Problem, read: SheetCase) -> Problem:
    path = problem.column or ""
    if path.split(".")[0] == PHASES and PHASES in read.titles:
        return _in_phases(problem, read)
    if "case" not in read.titles:
        return replace(problem, file=read.file)
    tries: Iterable[str] = (path, f"{path}.en", path.rpartition(".")[0])
    place = next((read.places["case", known] for known in tries if ("case", known) in read.places), None)
    found, allowed, fix = problem.found, problem.allowed, problem.fix
    if found == "no such key":
        found, allowed = "a blank cell", "a text"
        fix = _WRITE_BOTH if path.endswith(tuple(f".{language}" for language in LANGUAGES)) else "Fill it in."
    return replace(
        problem,
        file=read.at("case"),
        row=place[0] if place else None,
        cell=place[1] if place else None,
        column=_field_heading(path, read.language),
        found=found,
        allowed=allowed,
        fix=fix,
    )


def _field_heading(path: str, language: str) -> str | None:
    words = sheet_words()["case_fields"]
    entry = next((words[name] for name in (path, path.rpartition(".")[0]) if name in words), None)
    return entry[language] if entry else path or None
