"""Reading everything under ``data/raw`` as text, and checking it as a whole."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from cgutils.data.checking import load_table
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.crosschecks import check_case, check_references
from cgutils.data.errors import Problem
from cgutils.data.fields import TableSpec
from cgutils.data.framework import Case, Framework
from cgutils.data.framework_checks import check_frameworks
from cgutils.data.named import misnamed_codebooks, unknown_cases
from cgutils.data.project import DEVICES, Project, is_id
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from cgutils.data.single_files import neutral_case
from cgutils.data.yamlfiles import load_yaml

Tables = dict[str, pd.DataFrame]


@dataclass
class Parts:
    """What stands under ``data/raw``, as text, before it is checked as a whole.

    Parameters
    ----------
    frameworks, cases : dict
        By id; a case by the name of its folder.
    tables : dict of str to DataFrame
        The tables of the whole collection; index = line in the file (heading = 1).
    case_tables, context : dict of str to dict
        The tables of each case and of each context topic, likewise.
    problems, notes : list of Problem
        What is wrong with single files, and what was read differently from how it stands.
    whole : bool
        Whether all cases were read; of others, nothing is checked.
    unusable, unusable_tables : dict
        Cases whose ``case.yaml`` has a problem, with neutral values in place of what is wrong, and their
        tables: they are checked with the others, so that the one file does not hide what is wrong in those.
    read : list of Path
        The files that were read.
    """

    frameworks: dict[str, Framework]
    cases: dict[str, Case]
    tables: Tables
    case_tables: dict[str, Tables]
    context: dict[str, Tables]
    problems: list[Problem]
    notes: list[Problem]
    whole: bool = True
    unusable: dict[str, Case] = field(default_factory=dict)
    unusable_tables: dict[str, Tables] = field(default_factory=dict)
    read: list[Path] = field(default_factory=list)

    @property
    def used(self) -> list[str]:
        """The frameworks by which the cases are coded, each once."""
        return list(dict.fromkeys(case.framework for case in self.cases.values()))


def read_parts(project: Project, case_ids: frozenset[str] | None = None) -> Parts:
    """Read everything under ``data/raw``.

    Parameters
    ----------
    project : Project
        The project.
    case_ids : frozenset of str, optional
        Only these cases; all where it is not given.

    Returns
    -------
    Parts
        What could be read, with the problems of what could not.
    """
    loading = _Loading(project.root, case_ids)
    frameworks = _frameworks(loading, project.raw / "frameworks")
    _unknown_tables(loading, project.raw, COLLECTION_TABLES)
    tables = {spec.name: loading.table(project.raw, spec) for spec in COLLECTION_TABLES}
    cases, case_tables = _cases(loading, project.raw / "cases", frameworks)
    context = _context(loading, project.raw / "context")
    found = (frameworks, cases, tables, case_tables, context, loading.problems, loading.notes)
    return Parts(*found, case_ids is None, loading.unusable, loading.unusable_tables, loading.read)


def check_parts(parts: Parts) -> tuple[list[Problem], list[Problem]]:
    """Check what was read as a whole: references between tables, and what holds within each case.

    Parameters
    ----------
    parts : Parts
        As `read_parts` gives it; it is left as it is.

    Returns
    -------
    problems, notes : list of Problem
        Those of the parts and those found here.
    """
    problems, notes = list(parts.problems), list(parts.notes)
    cases = {**parts.unusable, **parts.cases}
    case_tables = {**parts.unusable_tables, **parts.case_tables}
    problems += check_references(
        parts.frameworks,
        cases,
        parts.tables,
        case_tables,
        parts.context,
        _files(problems),
        all_cases=parts.whole,
    )
    problems += check_frameworks(parts.frameworks, _files(problems))
    damaged = _files(problems)
    for case_id, tables in case_tables.items():
        case = cases[case_id]
        if case.framework in parts.frameworks:
            found, said = check_case(case, parts.frameworks[case.framework], tables, damaged)
            problems += found
            notes += said
    return problems, notes


def _files(problems: Iterable[Problem]) -> frozenset[str]:
    return frozenset(problem.file for problem in problems)


@dataclass
class _Loading:
    """What has been read so far, and what was wrong with it."""

    root: Path
    case_ids: frozenset[str] | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    read: list[Path] = field(default_factory=list)
    unusable: dict[str, Case] = field(default_factory=dict)
    unusable_tables: dict[str, Tables] = field(default_factory=dict)

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    @property
    def damaged(self) -> frozenset[str]:
        return _files(self.problems)

    def table(self, folder: Path, spec: TableSpec, whole_key: bool = False) -> pd.DataFrame:
        path = folder / f"{spec.name}.csv"
        if not path.is_file():
            if spec.required:
                self.problems.append(Problem(self.name(path), found="no such file", fix="Add the table."))
            return _no_rows(spec)
        self.read.append(path)
        frame, problems, notes = load_table(path, self.name(path), spec, whole_key)
        self.problems += problems
        self.notes += notes
        return frame


@cache
def _no_rows(spec: TableSpec) -> pd.DataFrame:
    return pd.DataFrame(columns=list(spec.columns), dtype="object")


def _frameworks(loading: _Loading, folder: Path) -> dict[str, Framework]:
    found: dict[str, Framework] = {}
    loading.problems += misnamed_codebooks(folder, loading.name(folder))
    for path in sorted(folder.glob("*.yaml")):
        name = loading.name(path)
        loading.read.append(path)
        framework, problems = load_yaml(path, name, Framework)
        loading.problems += problems
        if framework is None:
            continue
        if framework.framework_id != path.stem:
            wanted = f"{path.stem}, the name of the file"
            loading.problems.append(
                Problem(name, None, "framework_id", framework.framework_id, wanted, "Make them agree.")
            )
            continue
        found[framework.framework_id] = framework
    if not found and not loading.problems:
        wanted = "at least one .yaml file"
        loading.problems.append(
            Problem(loading.name(folder), None, None, "no framework", wanted, "Add a codebook.")
        )
    return found


def _cases(
    loading: _Loading, folder: Path, frameworks: Mapping[str, Framework]
) -> tuple[dict[str, Case], dict[str, Tables]]:
    cases: dict[str, Case] = {}
    tables: dict[str, Tables] = {}
    unusable = {name.rpartition("/")[0] for name in loading.damaged}
    for path in _folders(loading, folder, "case"):
        if loading.case_ids is not None and path.name not in loading.case_ids:
            continue
        name = loading.name(path / "case.yaml")
        loading.read.append(path / "case.yaml")
        case, problems = load_yaml(path / "case.yaml", name, Case)
        stand_in, to_check = (None, False) if case is not None else neutral_case(path / "case.yaml", name)
        # A codebook that cannot be used is reported once, not again for every case that names it.
        known = {} if loading.name(folder.parent / "frameworks") in unusable else frameworks
        problems += _case_problems(case or stand_in, path.name, name, known)
        loading.problems += problems
        _unknown_tables(loading, path, CASE_TABLES)
        # Where nothing is known of the phases, a row without one may be of any.
        phased = bool(case.phases) if case else not to_check or bool(stand_in and stand_in.phases)
        frames = {spec.name: loading.table(path, spec, phased) for spec in CASE_TABLES}
        if case is not None:
            # Known by its folder: an id that does not agree is said once and hides nothing else.
            cases[path.name] = case.model_copy(update={"case_id": path.name})
            tables[path.name] = frames
        elif stand_in is not None and to_check:
            loading.unusable[path.name] = stand_in.model_copy(update={"case_id": path.name})
            loading.unusable_tables[path.name] = frames
    loading.problems += unknown_cases(folder, loading.name(folder), loading.case_ids or ())
    if not cases and not loading.problems:
        loading.problems.append(
            Problem(
                loading.name(folder),
                found="no case",
                allowed="one folder for each case, with a case.yaml",
                fix="Add the folder of a case.",
            )
        )
    return cases, tables


def _case_problems(
    case: Case | None, folder: str, name: str, frameworks: Mapping[str, Framework]
) -> list[Problem]:
    if case is None:
        return []
    problems = []
    if case.case_id != folder:
        problems.append(
            Problem(
                name, None, "case_id", case.case_id, f"{folder}, the name of the folder", "Make them agree."
            )
        )
    if frameworks and case.framework not in frameworks:
        problems.append(
            Problem(name, None, "framework", case.framework, ", ".join(frameworks), "Name one of them.")
        )
    return problems


def _context(loading: _Loading, folder: Path) -> dict[str, Tables]:
    topics: dict[str, Tables] = {}
    for path in _folders(loading, folder, "context topic"):
        _unknown_tables(loading, path, CONTEXT_TABLES)
        topics[path.name] = {
            spec.name: loading.table(path, spec)
            for spec in CONTEXT_TABLES
            if (path / f"{spec.name}.csv").is_file()
        }
    return topics


def _unknown_tables(loading: _Loading, folder: Path, specs: Iterable[TableSpec]) -> None:
    # A table whose name is misspelt would otherwise be left out without a word.
    known = [f"{spec.name}.csv" for spec in specs]
    for path in sorted(folder.glob("*.[cC][sS][vV]")):
        if path.name in known or path.name.startswith((".", "~")):
            continue
        close = difflib.get_close_matches(path.name.lower(), known, 1)
        fix = f"Did you mean {close[0]}?" if close else "Rename the file, or move it elsewhere."
        loading.problems.append(
            Problem(loading.name(path), found="an unknown table", allowed=", ".join(known), fix=fix)
        )


def _folders(loading: _Loading, folder: Path, what: str) -> Iterable[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name.startswith("."):
            continue
        if is_id(path.name):
            yield path
            continue
        loading.problems.append(
            Problem(
                loading.name(path),
                found=f"a {what} folder with this name",
                allowed="lower-case letters, digits, - and _"
                + (", no name that Windows keeps for a device" if path.name in DEVICES else ""),
                fix="Rename the folder.",
            )
        )
