"""What holds among the ratings of one case, phase by phase: completeness, rules, settled disagreements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

import pandas as pd

from cgutils.data.checking import records
from cgutils.data.drafts import finished, ranges
from cgutils.data.errors import Problem
from cgutils.data.framework import Case, Framework
from cgutils.data.phases import RATED
from cgutils.data.rules import check_rules

Tables = Mapping[str, pd.DataFrame]
# Up to so many rows with the same slip are told one by one.
_SINGLY = 3


def check_ratings(
    case: Case,
    framework: Framework,
    tables: Tables,
    files: Mapping[str, str],
    damaged: Set[str] = frozenset(),
) -> tuple[list[Problem], list[Problem]]:
    """Check the ratings of one case and what was settled on.

    Parameters
    ----------
    case : Case
        The case; its phases are judged one by one.
    framework : Framework
        Its codebook.
    tables : mapping of str to DataFrame
        Its tables as text, index = line in the file.
    files : mapping of str to str
        How messages name each of them.
    damaged : set of str
        Files with problems of their own; what may only follow from these is not reported.

    Returns
    -------
    problems, notes : list of Problem
        Problems stop the load; notes are told.
    """
    problems = _confidence(tables["ratings"], files["ratings"])
    misplaced = {name: _phases(case, tables[name], files[name]) for name in RATED}
    problems += [problem for found in misplaced.values() for problem in found]
    # A row that names no phase of the case may belong to any.
    damaged = damaged | {files[name] for name, found in misplaced.items() if found}
    notes: list[Problem] = []
    for phase, part in _by_phase(case, tables):
        found, said = _check_phase(phase, framework, part, files, damaged)
        problems += found
        notes += said
    return problems, notes


def _phases(case: Case, frame: pd.DataFrame, file: str) -> list[Problem]:
    """Find rows that name no phase of the case, or a phase though the case has none."""
    known = case.phase_ids
    wrong: dict[str | None, list[int]] = {}
    for line, cell in zip(frame.index.tolist(), frame["phase"].tolist(), strict=True):
        if cell not in known if known else cell is not None:
            wrong.setdefault(cell, []).append(line)
    allowed = ", ".join(known) or "blank, as case.yaml names no phases"
    fix = "Name a phase of case.yaml." if known else "Leave it blank, or name the phases in case.yaml."
    problems = []
    for cell, lines in wrong.items():
        found = "a blank cell" if cell is None else cell
        if len(lines) > _SINGLY:  # a column that was left out or filled all the way down
            found = f"{found} in {len(lines)} rows ({ranges(lines)})"
        told = lines if len(lines) <= _SINGLY else lines[:1]
        problems += [Problem(file, line, "phase", found, allowed, fix) for line in told]
    return problems


def _by_phase(case: Case, tables: Tables) -> Iterator[tuple[str, dict[str, pd.DataFrame]]]:
    if not case.phases:
        yield "", dict(tables)
        return
    for phase in case.phase_ids:
        own = {name: tables[name][tables[name]["phase"] == phase] for name in RATED}
        yield phase, {**tables, **own}


def _check_phase(
    phase: str, framework: Framework, tables: Tables, files: Mapping[str, str], damaged: Set[str]
) -> tuple[list[Problem], list[Problem]]:
    known = {indicator.indicator_id for indicator in framework.indicators}
    evidence, ratings, adjudication = (
        tables[name][tables[name]["indicator_id"].isin(known)] for name in ("evidence", *RATED)
    )
    readable = files["adjudication"] not in damaged
    problems, notes = check_rules(finished(evidence), ratings, adjudication, dict(files), readable)
    if files["ratings"] in damaged:
        return problems, notes
    problems += _incomplete(framework, tables["ratings"], files["ratings"], phase)
    if phase and tables["ratings"].empty:
        fix = "Every indicator is taken as not assessed in it."
        notes.append(Problem(files["ratings"], None, "phase", f"no row for {phase}", fix=fix))
    if readable:
        needless, open_ones = _disagreements(tables, files, {note.row for note in notes}, phase)
        return problems + needless, notes + open_ones
    return problems, notes


def _incomplete(framework: Framework, ratings: pd.DataFrame, file: str, phase: str) -> list[Problem]:
    problems = []
    rated: dict[str, set[str]] = {}
    for coder, indicator_id in zip(ratings["coder_id"], ratings["indicator_id"], strict=True):
        rated.setdefault(coder, set()).add(indicator_id)
    for coder, given in sorted(rated.items()):
        for indicator in framework.indicators:
            if indicator.indicator_id not in given:
                problems.append(
                    Problem(
                        file,
                        None,
                        "indicator_id",
                        f"no row for {indicator.indicator_id} by {coder}{_in(phase)}",
                        f"one row for each indicator and coder{' of a phase' if phase else ''}",
                        "Add it; leave the level blank if the indicator was not assessed.",
                    )
                )
    return problems


def _confidence(ratings: pd.DataFrame, file: str) -> list[Problem]:
    problems = []
    for line, row in records(ratings):
        where = (file, line, "confidence")
        if row["level"] is not None and row["confidence"] is None:
            problems.append(
                Problem(*where, "a blank cell beside a level", "low, medium, high", "Fill it in.")
            )
        if row["level"] is None and row["confidence"] is not None:
            found = f"{row['confidence']} beside a blank level"
            problems.append(Problem(*where, found, "blank", "Give a level, or leave out the confidence."))
    return problems


def _disagreements(
    tables: Tables, files: Mapping[str, str], breached: set[int | None], phase: str
) -> tuple[list[Problem], list[Problem]]:
    ratings = tables["ratings"]
    levels: dict[str, tuple[set[str], bool]] = {}
    for line, row in records(ratings):
        found, breach = levels.get(row["indicator_id"], (set(), False))
        levels[row["indicator_id"]] = (found | {row["level"] or "blank"}, breach or line in breached)
    settled = dict(zip(tables["adjudication"]["indicator_id"], tables["adjudication"].index, strict=True))
    needless = [
        Problem(
            files["adjudication"],
            int(line),
            "indicator_id",
            f"{indicator}, {'on which the coders agree' if indicator in levels else 'which no coder rated'}"
            f"{_in(phase)}",
            "indicators on which coders disagree or a coder's level breaks a rule",
            "Remove the row, or correct the ratings.",
        )
        for indicator, line in settled.items()
        for found, breach in [levels.get(indicator, (set(), False))]
        if len(found) < 2 and not breach
    ]
    open_ones = [
        Problem(
            files["adjudication"],
            found=f"no row for {indicator}{_in(phase)}, on which the coders disagree "
            f"({', '.join(sorted(found))})",
            fix=f"It is scored as an interval over {_span(found)} until a row settles it.",
        )
        for indicator, (found, _) in levels.items()
        if len(found) > 1 and indicator not in settled
    ]
    return needless, open_ones


def _span(given: set[str]) -> str:
    return "all levels, as a coder gave none," if "blank" in given else "these levels"


def _in(phase: str) -> str:
    return f" in phase {phase}" if phase else ""
