"""Checks that need more than one table: references between tables, and what holds within a case."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set

import pandas as pd

from cgutils.data.casefiles import UNWRITTEN
from cgutils.data.checking import records, split_ids
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.drafts import check_drafts
from cgutils.data.errors import Problem
from cgutils.data.fields import TableSpec
from cgutils.data.framework import Bilingual, Case, Framework
from cgutils.data.rating_checks import check_ratings
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from cgutils.data.unique_ids import check_coder_ids, check_unique_ids

Tables = Mapping[str, pd.DataFrame]
_DIGITS = re.compile(r"\d+")


def check_references(
    frameworks: Mapping[str, Framework],
    cases: Mapping[str, Case],
    collection: Tables,
    case_tables: Mapping[str, Tables],
    context: Mapping[str, Tables],
    damaged: Set[str] = frozenset(),
    all_cases: bool = True,
) -> list[Problem]:
    """Check that every id that a table names exists where it should.

    Parameters
    ----------
    frameworks, cases : mapping
        By id.
    collection, case_tables, context : mapping
        Tables as text, index = line in the file.
    damaged : set of str
        Files with problems of their own. An id that is not found in one of them may stand in what could
        not be read, so that nothing is said about it.
    all_cases : bool
        Whether ``cases`` are all cases, so that one which is not among them does not exist.

    Returns
    -------
    list of Problem
        One for each id that leads nowhere, and for each evidence id used in two cases.

    Notes
    -----
    The tables of a case may name the sources that its ``case.yaml`` lists, and the indicators of its own
    framework; the tables of the context may name those of the whole collection, that is, of every framework
    by which a case is coded.
    """
    unread = {name.split("/")[2] for name in damaged if not name.endswith(".csv")}
    every = all_cases and "cases" not in unread
    used = {case.framework for case in cases.values()} if every else set(frameworks)
    shared: dict[str, set[str] | None] = {
        "coders": _ids(collection["coders"], "coder_id", "data/raw/coders.csv", damaged),
        "sources": _ids(collection["sources"], "source_id", "data/raw/sources.csv", damaged),
        "cases": set(cases) if every else None,
        "indicators": None
        if "frameworks" in unread
        else {i.indicator_id for f in frameworks.values() if f.framework_id in used for i in f.indicators},
    }
    problems: list[Problem] = []
    for spec in COLLECTION_TABLES:
        problems += _resolve(collection[spec.name], f"data/raw/{spec.name}.csv", spec, shared)
    for case_id, tables in case_tables.items():
        problems += _unlisted_sources(cases[case_id], shared["sources"])
        framework = frameworks.get(cases[case_id].framework)
        known = {
            **shared,
            "evidence": _ids(tables["evidence"], "evidence_id", _case_file(case_id, "evidence"), damaged),
            "actors": _ids(tables["actors"], "actor_id", _case_file(case_id, "actors"), damaged),
            "sources": set(cases[case_id].sources),
            "indicators": {i.indicator_id for i in framework.indicators} if framework else None,
        }
        for spec in CASE_TABLES:
            problems += _resolve(tables[spec.name], _case_file(case_id, spec.name), spec, known)
    for topic, tables in context.items():
        files = {spec.name: f"data/raw/context/{topic}/{spec.name}.csv" for spec in CONTEXT_TABLES}
        known = dict(shared)
        for target, column in (("problems", "problem_id"), ("recommendations", "recommendation_id")):
            known[target] = _ids(tables.get(target), column, files[target], damaged)
        for spec in CONTEXT_TABLES:
            if spec.name in tables:
                problems += _resolve(tables[spec.name], files[spec.name], spec, known)
    return problems + check_coder_ids(collection["coders"]) + check_unique_ids(case_tables, context)


def check_case(
    case: Case, framework: Framework, tables: Tables, damaged: Set[str] = frozenset()
) -> tuple[list[Problem], list[Problem]]:
    """Check what holds within one case: complete ratings, settled disagreements, rules of the codebook.

    Parameters
    ----------
    case : Case
        The case.
    framework : Framework
        Its codebook.
    tables : mapping of str to DataFrame
        Its tables as text, index = line in the file.
    damaged : set of str
        Files with problems of their own; what may only follow from these is not reported.

    Returns
    -------
    problems, notes : list of Problem
        Problems stop the load; notes are told.
    """
    files = {spec.name: _case_file(case.case_id, spec.name) for spec in CASE_TABLES}
    problems = _changes(tables["coder_items"], files["coder_items"])
    blanks, drafts = check_drafts(tables, files)
    problems += blanks
    found, notes = check_ratings(case, framework, tables, files, damaged)
    return problems + found, [*notes, *drafts, *_unwritten(case)]


def _unwritten(case: Case) -> list[Problem]:
    values = {name: getattr(case, name) for name in type(case).model_fields}
    values["informants.note"] = case.informants.note
    file = f"data/raw/cases/{case.case_id}/case.yaml"
    notes = []
    for name, value in values.items():
        texts = (value.en, value.id) if isinstance(value, Bilingual) else (value,)
        unwritten = [text for text in texts if text in UNWRITTEN.values()]
        if unwritten:  # both languages are one thing to do
            notes.append(Problem(file, None, name, unwritten[0], fix="Write it."))
    return notes


def _unlisted_sources(case: Case, listed: set[str] | None) -> list[Problem]:
    # A project without sources.csv is fine; one that lists its sources lists them all.
    file = f"data/raw/cases/{case.case_id}/case.yaml"
    return [
        Problem(file, None, "sources", source, ", ".join(sorted(listed)), "Add the source to sources.csv.")
        for source in case.sources
        if listed and source not in listed
    ]


def _case_file(case_id: str, table: str) -> str:
    return f"data/raw/cases/{case_id}/{table}.csv"


def _ids(frame: pd.DataFrame | None, column: str, file: str, damaged: Set[str]) -> set[str] | None:
    if file in damaged:
        return None
    return set() if frame is None else set(frame[column].dropna())


def _resolve(
    frame: pd.DataFrame, file: str, spec: TableSpec, known: Mapping[str, set[str] | None]
) -> list[Problem]:
    problems = []
    for column, facts in spec.columns.items():
        target = facts["references"]
        if not target:
            continue
        choices = known[target]
        for line, cell in frame[column].dropna().items():
            where = (file, int(str(line)), column)
            items = split_ids(cell)
            if choices is not None:
                problems += [_unknown(where, item, target, choices) for item in items if item not in choices]
            problems += [
                Problem(*where, f"{item} twice", "each id once", "Remove one of them.")
                for item, count in (Counter(items).items() if len(set(items)) < len(items) else ())
                if count > 1
            ]
    return problems


def _unknown(where: tuple[str, int, str], item: str, target: str, known: Iterable[str]) -> Problem:
    choices = sorted(known)
    # Another number is another item, not a slip of the pen.
    wanted = _DIGITS.sub("", item)
    close = difflib.get_close_matches(item, [c for c in choices if _DIGITS.sub("", c) != wanted], 1)
    allowed = ", ".join(choices) if len(choices) <= 20 else f"one of the {len(choices)} {target}"
    allowed = allowed or f"none, since {target} has no rows"
    fix = f"Did you mean {close[0]}?" if close else f"Correct it, or add it to the {target}."
    return Problem(*where, f"{item}, which is not among the {target}", allowed, fix)


def _changes(items: pd.DataFrame, file: str) -> list[Problem]:
    problems = []
    for line, row in records(items):
        where = (file, line)
        if (row["change"] == "dropped") != (row["evidence_id"] is None):
            problems.append(
                Problem(
                    *where,
                    "evidence_id",
                    row["evidence_id"] or "a blank cell",
                    "blank for a dropped item, else the item of the register",
                    "Correct the row.",
                )
            )
        if row["change"] != "kept" and row["reason"] is None:
            problems.append(Problem(*where, "reason", "a blank cell", "why it was changed", "Fill it in."))
    return problems
