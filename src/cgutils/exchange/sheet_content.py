"""What goes into a workbook: a case as it stands in the project, or the rows with which a new one begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from cgutils.data.casefiles import empty_table
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.framework import Framework
from cgutils.data.loading import Parts
from cgutils.data.schemas import SPECS
from cgutils.exchange.sheet_phases import PHASES, phase_rows
from cgutils.exchange.sheet_write import CaseContent

FIRST_CODER = "coder-a"


def case_content(parts: Parts, case_id: str, coders: Sequence[str] = ()) -> CaseContent:
    """Collect a case of the project.

    Parameters
    ----------
    parts : Parts
        The project as read.
    case_id : str
        The case.
    coders : sequence of str
        Coders for whom a row for each indicator (and phase) is added; where nobody has rated yet, one is made
        up. Phases that nobody has rated yet get the rows of everybody.

    Returns
    -------
    CaseContent

    Raises
    ------
    CollectionError
        Where a file of the case has problems: what could not be read would be missing in the workbook.
    """
    folder = f"data/raw/cases/{case_id}/"
    shared = ("data/raw/coders.csv", "data/raw/sources.csv")
    problems = [p for p in parts.problems if p.file.startswith(folder) or p.file in shared]
    if problems:
        raise CollectionError(problems)
    case = parts.cases[case_id]
    if case.framework not in parts.frameworks:
        raise CgutilsError(
            f"{folder}case.yaml: no codebook {case.framework!r} in data/raw/frameworks. Add it there."
        )
    tables = dict(parts.case_tables[case_id])
    wanted = coders or (() if len(tables["ratings"]) else (FIRST_CODER,))
    framework = parts.frameworks[case.framework]
    tables["ratings"] = _with_open_rows(tables["ratings"], framework, wanted, case.phase_ids)
    named = {*tables["ratings"]["coder_id"], *tables["coder_items"]["coder_id"]}
    tables["coders"] = _chosen(parts.tables["coders"], "coder_id", named, kind="human")
    tables["sources"] = _chosen(
        parts.tables["sources"], "source_id", case.sources, field="title", status="stated"
    )
    facts = case.model_dump(mode="json", exclude_unset=True)
    tables[PHASES] = phase_rows(facts.get(PHASES, ()))
    return CaseContent(facts, tables)


def new_content(parts: Parts, case_id: str, framework: Framework, coders: Sequence[str] = ()) -> CaseContent:
    """Prepare a workbook for a case that is not in the project yet.

    Parameters
    ----------
    parts : Parts
        The project as read.
    case_id : str
        Id that the case is to have; "" where it is left to the person.
    framework : Framework
        Its codebook.
    coders : sequence of str
        Who rates; one coder is made up where none is named.

    Returns
    -------
    CaseContent
        With a row for each indicator and coder, and a first row of coders and sources.
    """
    source = case_id or "source-1"
    case: dict[str, Any] = {
        "case_id": case_id or None,
        "framework": framework.framework_id,
        "sources": [source],
    }
    wanted = tuple(coders) or (FIRST_CODER,)
    tables = {
        "ratings": _with_open_rows(empty_table(SPECS["ratings"]), framework, wanted),
        "coders": _chosen(parts.tables["coders"], "coder_id", wanted, kind="human"),
        "sources": _chosen(parts.tables["sources"], "source_id", [source], field="title", status="stated"),
    }
    return CaseContent(case, tables)


def _with_open_rows(
    ratings: pd.DataFrame, framework: Framework, coders: Iterable[str], phases: Iterable[str] = ()
) -> pd.DataFrame:
    wanted, known = list(dict.fromkeys(coders)), list(dict.fromkeys(ratings["coder_id"]))
    there = set(zip(ratings["indicator_id"], ratings["coder_id"], ratings["phase"], strict=True))
    rated = set(ratings["phase"])
    rows = [
        {"indicator_id": indicator.indicator_id, "coder_id": coder, "phase": phase}
        for phase in tuple(phases) or (None,)
        for coder in (wanted if phase is None or phase in rated else dict.fromkeys([*known, *wanted]))
        for indicator in framework.indicators
        if (indicator.indicator_id, coder, phase) not in there
    ]
    return _joined(ratings, pd.DataFrame(rows, columns=list(ratings.columns), dtype="object"))


def _chosen(table: pd.DataFrame, column: str, names: Iterable[str], **first: str) -> pd.DataFrame:
    """Take the rows of these names; one that has none yet begins with a row to be filled in."""
    names = list(dict.fromkeys(names))
    missing = [{column: name, **first} for name in names if name not in set(table[column])]
    added = pd.DataFrame(missing, columns=list(table.columns), dtype="object")
    return _joined(table[table[column].isin(names)], added)


def _joined(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    frame = pd.concat([first, second], ignore_index=True).astype("object")
    return frame.where(frame.notna(), None)
