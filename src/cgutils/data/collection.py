"""The collection: everything under ``data/raw``, read and checked once, all problems reported together."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cgutils.data.checking import typed
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.errors import CollectionError, Problem
from cgutils.data.fields import TableSpec
from cgutils.data.framework import Case, Framework
from cgutils.data.handing import handed_on, packed, stock
from cgutils.data.loading import Parts, check_parts, read_parts
from cgutils.data.named import chosen_cases
from cgutils.data.phases import RATED, no_earlier, split_phases
from cgutils.data.project import Project, find_project
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES


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
    earlier_ratings, earlier_adjudication : DataFrame
        Of cases with phases, the rows of all phases but the last, with ``phase`` after ``case_id``; the last
        phase stands in ``ratings`` and ``adjudication``, so that whatever compares cases rests on it.

    See Also
    --------
    cgutils.at_phase : The collection as at an earlier phase.
    cgutils.trajectory : The scores of every phase.
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
    earlier_ratings: pd.DataFrame = field(default_factory=partial(no_earlier, "ratings"))
    earlier_adjudication: pd.DataFrame = field(default_factory=partial(no_earlier, "adjudication"))

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute; whoever records what a run depends on is told of tables."""
        if not name.startswith("_"):
            sys.audit("cgutils.table", name)
            if name.removeprefix("earlier_") in RATED and any(
                case.phases for case in object.__getattribute__(self, "cases").values()
            ):
                # Which phase is the last stands in case.yaml.
                sys.audit("cgutils.table", "cases")
        return object.__getattribute__(self, name)

    def framework_of(self, case_id: str) -> Framework:
        """Return the framework by which a case is coded."""
        return self.frameworks[self.cases[case_id].framework]

    @property
    def frameworks_in_use(self) -> dict[str, Framework]:
        """The frameworks by which a case is coded, by id; others wait to be used or read through."""
        used = {case.framework for case in self.cases.values()}
        return {name: framework for name, framework in self.frameworks.items() if name in used}


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
    CgutilsError
        Where ``case_ids`` is no list of ids, or empty.
    """
    project = find_project(path)
    chosen = chosen_cases(case_ids)
    with _loading(project):
        content = handed_on(project) if chosen is None else None
        return Collection(root=project.root, **(content or _checked(read_parts(project, chosen))))


def load_to_hand_on(project: Project) -> tuple[Collection, bytes | None]:
    """Read and check everything under ``data/raw``, for this process and others.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    tuple of Collection and bytes
        What `load_collection` gives, and the same packed (see `cgutils.data.handing`); None where a file was
        changed while it was read.

    Raises
    ------
    CollectionError
        As `load_collection`.
    """
    with _loading(project):
        before = stock(project.raw)
        parts = read_parts(project)
        content = _checked(parts)
        return Collection(root=project.root, **content), packed(project, before, parts.read, content)


@contextmanager
def _loading(project: Project) -> Iterator[None]:
    """Tell that the files which are opened now make up the collection; report those that cannot be."""
    sys.audit("cgutils.load", True)
    try:
        yield
    except OSError as error:
        where = Path(error.filename or project.raw)
        name = where.relative_to(project.root) if where.is_relative_to(project.root) else where
        found = error.strerror or "unreadable"
        problem = Problem(name.as_posix(), found=found, fix="Make the folder readable.")
        raise CollectionError([problem]) from error
    finally:
        sys.audit("cgutils.load", False)


def _checked(parts: Parts) -> dict[str, Any]:
    """Check what was read, and give the parts of a collection."""
    problems, notes = check_parts(parts)
    if problems:
        raise CollectionError(problems)
    tables = {spec.name: _stack(parts.case_tables, spec) for spec in CASE_TABLES}
    last = {case_id: case.phase_ids[-1] for case_id, case in parts.cases.items() if case.phases}
    tables |= split_phases(tables, last)
    return {
        "frameworks": parts.frameworks,
        "cases": parts.cases,
        **tables,
        **{spec.name: typed(parts.tables[spec.name], spec) for spec in COLLECTION_TABLES},
        "context": {
            topic: {
                spec.name: typed(tables[spec.name], spec) for spec in CONTEXT_TABLES if spec.name in tables
            }
            for topic, tables in parts.context.items()
        },
        "notes": tuple(sorted(set(notes), key=str)),
    }


def _stack(case_tables: Mapping[str, Mapping[str, pd.DataFrame]], spec: TableSpec) -> pd.DataFrame:
    # Stacked first: giving types takes as long for one row as for a thousand.
    frames = {case_id: case_tables[case_id][spec.name] for case_id in sorted(case_tables)}
    stacked = typed(pd.concat(frames.values(), ignore_index=True), spec)
    owners = [case_id for case_id, frame in frames.items() for _ in range(len(frame))]
    stacked.insert(0, "case_id", pd.Series(owners, index=stacked.index, dtype="str"))
    return stacked
