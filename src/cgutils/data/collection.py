"""The collection: everything under ``data/raw``, read and checked once, all problems reported together."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cgutils.data.checking import typed
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.crosschecks import check_case, check_references
from cgutils.data.errors import CollectionError, Problem
from cgutils.data.fields import TableSpec
from cgutils.data.framework import Case, Framework
from cgutils.data.loading import Loading, folders, read_frameworks, unknown_tables
from cgutils.data.project import Project, find_project
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from cgutils.data.yamlfiles import load_yaml


@dataclass(frozen=True)
class Collection:
    """A checked collection.

    Parameters
    ----------
    root : Path
        Folder of the project.
    frameworks : mapping of str to Framework
        By ``framework_id``, sorted.
    cases : mapping of str to Case
        By ``case_id``, sorted.
    evidence, ratings, adjudication, coder_items, actors, quantities, claims, instruments, method : DataFrame
        The tables of all cases, one below the other, with ``case_id`` first; columns as in the data
        dictionary; a list in a cell is a tuple, ``level`` is ``Int64`` (missing: not assessed).
    coders, sources, timeline : DataFrame
        The tables of the whole collection.
    context : mapping of str to mapping of str to DataFrame
        Topic, then table.
    notes : tuple of Problem
        What was read differently from how it stands, and what deserves a look.
    """

    root: Path
    frameworks: Mapping[str, Framework]
    cases: Mapping[str, Case]
    evidence: pd.DataFrame
    ratings: pd.DataFrame
    adjudication: pd.DataFrame
    coder_items: pd.DataFrame
    actors: pd.DataFrame
    quantities: pd.DataFrame
    claims: pd.DataFrame
    instruments: pd.DataFrame
    method: pd.DataFrame
    coders: pd.DataFrame
    sources: pd.DataFrame
    timeline: pd.DataFrame
    context: Mapping[str, Mapping[str, pd.DataFrame]]
    notes: tuple[Problem, ...]

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute; whoever records what a run depends on is told of tables."""
        if not name.startswith("_"):
            sys.audit("cgutils.table", name)
        return object.__getattribute__(self, name)

    def framework_of(self, case_id: str) -> Framework:
        """Return the framework by which a case is coded."""
        return self.frameworks[self.cases[case_id].framework]


def load_collection(path: Path | str | None = None, case_ids: Iterable[str] | None = None) -> Collection:
    """Read and check everything under ``data/raw``.

    Parameters
    ----------
    path : Path or str, optional
        Folder of the project; without it the project is looked for (see `find_project`).
    case_ids : iterable of str, optional
        Only these cases; what is said of others is not checked. All cases where it is not given.

    Returns
    -------
    Collection
        All tables, typed.

    Raises
    ------
    CollectionError
        Where anything is wrong; its ``problems`` list everything that was found, with file, row, column,
        what was found, what is allowed, and what to do. Nothing is written.
    """
    project = find_project(path)
    chosen = None if case_ids is None else frozenset(case_ids)
    sys.audit("cgutils.load", True)
    try:
        return _load(project, chosen)
    except OSError as error:
        where = Path(error.filename or project.raw)
        name = where.relative_to(project.root) if where.is_relative_to(project.root) else where
        found = error.strerror or "unreadable"
        problem = Problem(name.as_posix(), found=found, fix="Make the folder readable.")
        raise CollectionError([problem]) from error
    finally:
        sys.audit("cgutils.load", False)


def _load(project: Project, case_ids: frozenset[str] | None) -> Collection:
    loading = Loading(project.root, case_ids)
    frameworks = read_frameworks(loading, project.raw / "frameworks")
    unknown_tables(loading, project.raw, COLLECTION_TABLES)
    collection_tables = {spec.name: loading.table(project.raw, spec) for spec in COLLECTION_TABLES}
    cases, case_tables = _cases(loading, project.raw / "cases", frameworks)
    context = _context(loading, project.raw / "context")
    loading.problems += check_references(
        frameworks,
        cases,
        collection_tables,
        case_tables,
        context,
        loading.damaged,
        all_cases=case_ids is None,
    )
    damaged = loading.damaged
    for case_id, tables in case_tables.items():
        if cases[case_id].framework in frameworks:
            framework = frameworks[cases[case_id].framework]
            problems, notes = check_case(cases[case_id], framework, tables, damaged)
            loading.problems += problems
            loading.notes += notes
    if loading.problems:
        raise CollectionError(loading.problems)
    return Collection(
        root=project.root,
        frameworks=frameworks,
        cases=cases,
        **{spec.name: _stack(case_tables, spec) for spec in CASE_TABLES},
        **{spec.name: typed(collection_tables[spec.name], spec) for spec in COLLECTION_TABLES},
        context={
            topic: {
                spec.name: typed(tables[spec.name], spec) for spec in CONTEXT_TABLES if spec.name in tables
            }
            for topic, tables in context.items()
        },
        notes=tuple(sorted(set(loading.notes), key=str)),
    )


def _cases(
    loading: Loading, folder: Path, frameworks: Mapping[str, Framework]
) -> tuple[dict[str, Case], dict[str, dict[str, pd.DataFrame]]]:
    cases: dict[str, Case] = {}
    tables: dict[str, dict[str, pd.DataFrame]] = {}
    unusable = {name.rpartition("/")[0] for name in loading.damaged}
    for path in folders(loading, folder, "case"):
        if loading.case_ids is not None and path.name not in loading.case_ids:
            continue
        case, problems = load_yaml(path / "case.yaml", loading.name(path / "case.yaml"), Case)
        # A codebook that cannot be used is reported once, not again for every case that names it.
        known = {} if loading.name(folder.parent / "frameworks") in unusable else frameworks
        problems += _case_problems(case, path.name, loading.name(path / "case.yaml"), known)
        loading.problems += problems
        unknown_tables(loading, path, CASE_TABLES)
        frames = {spec.name: loading.table(path, spec) for spec in CASE_TABLES}
        if case is not None and case.case_id == path.name:
            cases[case.case_id] = case
            tables[case.case_id] = frames
    unknown = sorted((loading.case_ids or frozenset()) - set(cases))
    if unknown and not loading.problems:
        loading.problems += [
            Problem(loading.name(folder), found=f"no case {case_id}", fix="Name a case that is there.")
            for case_id in unknown
        ]
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


def _context(loading: Loading, folder: Path) -> dict[str, dict[str, pd.DataFrame]]:
    topics: dict[str, dict[str, pd.DataFrame]] = {}
    for path in folders(loading, folder, "context topic"):
        unknown_tables(loading, path, CONTEXT_TABLES)
        topics[path.name] = {
            spec.name: loading.table(path, spec)
            for spec in CONTEXT_TABLES
            if (path / f"{spec.name}.csv").is_file()
        }
    return topics


def _stack(case_tables: Mapping[str, Mapping[str, pd.DataFrame]], spec: TableSpec) -> pd.DataFrame:
    # Stacked first: giving types takes as long for one row as for a thousand.
    frames = {case_id: case_tables[case_id][spec.name] for case_id in sorted(case_tables)}
    stacked = typed(pd.concat(frames.values(), ignore_index=True), spec)
    owners = [case_id for case_id, frame in frames.items() for _ in range(len(frame))]
    stacked.insert(0, "case_id", pd.Series(owners, index=stacked.index, dtype="str"))
    return stacked
