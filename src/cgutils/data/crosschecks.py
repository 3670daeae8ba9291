"""Checks that need more than one table: references between tables, and what holds within a case."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import pandas as pd

from cgutils.data.checking import split_ids
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.errors import Problem
from cgutils.data.fields import TableSpec
from cgutils.data.framework import Case, Framework
from cgutils.data.rules import check_rules
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES

Tables = Mapping[str, pd.DataFrame]


def check_references(
    frameworks: Mapping[str, Framework],
    cases: Mapping[str, Case],
    collection: Tables,
    case_tables: Mapping[str, Tables],
    context: Mapping[str, Tables],
) -> list[Problem]:
    """Check that every id that a table names exists where it should.

    Parameters
    ----------
    frameworks, cases : mapping
        By id.
    collection, case_tables, context : mapping
        Tables as text, index = line in the file.

    Returns
    -------
    list of Problem
        One for each id that leads nowhere, and for each evidence id used in two cases.

    Notes
    -----
    The tables of a case may name the sources that its ``case.yaml`` lists, and the indicators of its own
    framework; the tables of the context may name those of the whole collection.
    """
    shared = {
        "coders": _ids(collection["coders"], "coder_id"),
        "sources": _ids(collection["sources"], "source_id"),
        "cases": set(cases),
        "indicators": {i.indicator_id for f in frameworks.values() for i in f.indicators},
    }
    problems: list[Problem] = []
    for spec in COLLECTION_TABLES:
        problems += _resolve(collection[spec.name], f"data/raw/{spec.name}.csv", spec, shared)
    for case_id, tables in case_tables.items():
        problems += _unlisted_sources(cases[case_id], shared["sources"])
        framework = frameworks.get(cases[case_id].framework)
        known = {
            **shared,
            "evidence": _ids(tables["evidence"], "evidence_id"),
            "actors": _ids(tables["actors"], "actor_id"),
            "sources": set(cases[case_id].sources),
            "indicators": {i.indicator_id for i in framework.indicators} if framework else set(),
        }
        for spec in CASE_TABLES:
            problems += _resolve(tables[spec.name], _case_file(case_id, spec.name), spec, known)
    for topic, tables in context.items():
        known = {
            **shared,
            "problems": _ids(tables.get("problems"), "problem_id"),
            "recommendations": _ids(tables.get("recommendations"), "recommendation_id"),
        }
        for spec in CONTEXT_TABLES:
            if spec.name in tables:
                problems += _resolve(
                    tables[spec.name], f"data/raw/context/{topic}/{spec.name}.csv", spec, known
                )
    return problems + _evidence_in_two_cases(case_tables)


def check_case(case: Case, framework: Framework, tables: Tables) -> tuple[list[Problem], list[Problem]]:
    """Check what holds within one case: complete ratings, settled disagreements, rules of the codebook.

    Parameters
    ----------
    case : Case
        The case.
    framework : Framework
        Its codebook.
    tables : mapping of str to DataFrame
        Its tables as text, index = line in the file.

    Returns
    -------
    problems, notes : list of Problem
        Problems stop the load; notes are told.
    """
    files = {spec.name: _case_file(case.case_id, spec.name) for spec in CASE_TABLES}
    problems = _incomplete(framework, tables["ratings"], files["ratings"])
    problems += _confidence(tables["ratings"], files["ratings"])
    broken, notes = check_rules(tables["evidence"], tables["ratings"], tables["adjudication"], files)
    admitted = {(note.row, note.file) for note in notes}
    needless, open_ones = _disagreements(tables, files, {row for row, _ in admitted})
    return problems + broken + needless + _changes(
        tables["coder_items"], files["coder_items"]
    ), notes + open_ones


def _unlisted_sources(case: Case, listed: set[str]) -> list[Problem]:
    # A project without sources.csv is fine; one that lists its sources lists them all.
    file = f"data/raw/cases/{case.case_id}/case.yaml"
    return [
        Problem(file, None, "sources", source, ", ".join(sorted(listed)), "Add the source to sources.csv.")
        for source in case.sources
        if listed and source not in listed
    ]


def _case_file(case_id: str, table: str) -> str:
    return f"data/raw/cases/{case_id}/{table}.csv"


def _ids(frame: pd.DataFrame | None, column: str) -> set[str]:
    return set() if frame is None else set(frame[column].dropna())


def _resolve(frame: pd.DataFrame, file: str, spec: TableSpec, known: Mapping[str, set[str]]) -> list[Problem]:
    problems = []
    for column, facts in spec.columns.items():
        target = facts["references"]
        if not target:
            continue
        for line, cell in frame[column].dropna().items():
            for item in split_ids(cell):
                if item not in known[target]:
                    problems.append(_unknown(file, int(str(line)), column, item, target, known[target]))
    return problems


def _unknown(file: str, line: int, column: str, item: str, target: str, known: Iterable[str]) -> Problem:
    choices = sorted(known)
    close = difflib.get_close_matches(item, choices, 1)
    allowed = ", ".join(choices) if len(choices) <= 20 else f"one of the {len(choices)} {target}"
    fix = f"Did you mean {close[0]}?" if close else f"Correct it, or add it to the {target}."
    return Problem(
        file, line, column, f"{item}, which is not among the {target}", allowed or f"no {target} exist", fix
    )


def _evidence_in_two_cases(case_tables: Mapping[str, Tables]) -> list[Problem]:
    owner: dict[str, str] = {}
    problems = []
    for case_id, tables in case_tables.items():
        for line, item in tables["evidence"]["evidence_id"].items():
            if owner.setdefault(item, case_id) != case_id:
                problems.append(
                    Problem(
                        _case_file(case_id, "evidence"),
                        int(str(line)),
                        "evidence_id",
                        f"{item}, which case {owner[item]} uses already",
                        "ids that are unique in the whole collection",
                        f"Begin it with the case: {case_id}-001.",
                    )
                )
    return problems


def _incomplete(framework: Framework, ratings: pd.DataFrame, file: str) -> list[Problem]:
    problems = []
    for coder, rows in ratings.groupby("coder_id", sort=True):
        for indicator in framework.indicators:
            if indicator.indicator_id not in set(rows["indicator_id"]):
                problems.append(
                    Problem(
                        file,
                        None,
                        "indicator_id",
                        f"no row for {indicator.indicator_id} by {coder}",
                        "one row for each indicator and coder",
                        "Add it; leave the level blank if the indicator was not assessed.",
                    )
                )
    return problems


def _confidence(ratings: pd.DataFrame, file: str) -> list[Problem]:
    return [
        Problem(
            file,
            int(str(line)),
            "confidence",
            "a blank cell beside a level",
            "low, medium, high",
            "Fill it in.",
        )
        for line, row in ratings.iterrows()
        if row["level"] is not None and row["confidence"] is None
    ]


def _disagreements(
    tables: Tables, files: Mapping[str, str], breached: set[int | None]
) -> tuple[list[Problem], list[Problem]]:
    ratings = tables["ratings"]
    levels = {
        str(indicator): (set(rows["level"].fillna("blank")), bool(breached & set(rows.index)))
        for indicator, rows in ratings.groupby("indicator_id", sort=False)
    }
    settled = dict(zip(tables["adjudication"]["indicator_id"], tables["adjudication"].index, strict=True))
    needless = [
        Problem(
            files["adjudication"],
            int(line),
            "indicator_id",
            f"{indicator}, on which the coders agree",
            "indicators on which coders disagree or a coder's level breaks a rule",
            "Remove the row, or correct the ratings.",
        )
        for indicator, line in settled.items()
        if len(levels.get(indicator, ({"", " "}, False))[0]) == 1 and not levels[indicator][1]
    ]
    open_ones = [
        Problem(
            files["adjudication"],
            found=f"no row for {indicator}, on which the coders disagree ({', '.join(sorted(found))})",
            fix="It is scored as an interval over these levels until a row settles it.",
        )
        for indicator, (found, _) in levels.items()
        if len(found) > 1 and indicator not in settled
    ]
    return needless, open_ones


def _changes(items: pd.DataFrame, file: str) -> list[Problem]:
    problems = []
    for line, row in items.iterrows():
        where = (file, int(str(line)))
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
