"""The rules of the codebook that a machine can check: R2, R7 and R10."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cgutils.data.checking import records, split_ids
from cgutils.data.errors import Problem

# Indicator, direction and kind of each item of evidence.
Register = dict[str, list[str]]


@dataclass(frozen=True)
class Breach:
    """A rule that a level breaks: what was found and what the rule allows.

    ``open_to_adjudication`` says whether a level that is settled on takes care of it.
    """

    rule: str
    found: str
    allowed: str
    fix: str
    open_to_adjudication: bool = True


def breaches(level: int | None, directions: Iterable[str], kinds: Iterable[str]) -> list[Breach]:
    """Check one level against the evidence that it cites.

    Parameters
    ----------
    level : int or None
        Level 0 to 3; None for not assessed.
    directions, kinds : iterable of str
        Direction and kind of each cited item, in the same order.

    Returns
    -------
    list of Breach
        Empty where the rules are kept.

    Notes
    -----
    R2: a level cites evidence that counts, a blank cites none; overruled items do not count. R7: level 0
    rests on hindering evidence only, level 3 on enabling evidence only. R10: level 3 needs at least two
    enabling items, one of them a figure or a fact.

    Examples
    --------
    >>> [b.rule for b in breaches(3, ["enabling", "enabling"], ["judgement", "judgement"])]
    ['R10']
    >>> breaches(3, ["enabling", "enabling"], ["judgement", "fact"])
    []
    """
    items = [(d, k) for d, k in zip(directions, kinds, strict=True)]
    if level is None:
        if items:
            found = f"evidence for a blank level ({len(items)} cited)"
            return [Breach("R2", found, "no evidence", _BLANK, open_to_adjudication=False)]
        return []
    if not items:
        found = f"level {level} without evidence"
        return [Breach("R2", found, "at least one evidence item", _CITE, open_to_adjudication=False)]
    counted = [(d, k) for d, k in items if d != "overruled"]
    if not counted:
        found = f"level {level} on overruled evidence only"
        return [Breach("R2", found, "at least one item that is not overruled", _CITE)]
    broken = [*_one_sided(level, [d for d, _ in counted])]
    if level == 3:
        broken += _thin_praise([k for d, k in counted if d == "enabling"])
    return broken


_BLANK = "Give a level, or leave out the evidence."
_CITE = "Cite what the level rests on, or leave the level blank (not assessed)."


def _one_sided(level: int, directions: list[str]) -> list[Breach]:
    side = {0: "hindering", 3: "enabling"}.get(level)
    if side is None:
        return []
    other = sorted({d for d in directions if d != side})
    if not other:
        return []
    found = f"level {level} on {' and '.join(other)} evidence"
    return [Breach("R7", found, f"{side} evidence only", "Rate 1 or 2, or correct the evidence cited.")]


def _thin_praise(kinds: list[str]) -> list[Breach]:
    if len(kinds) >= 2 and {"figure", "fact"} & set(kinds):
        return []
    said = f"{len(kinds)} enabling item{'' if len(kinds) == 1 else 's'} ({', '.join(kinds) or 'none'})"
    allowed = "two independent enabling items or more, one of them a figure or a fact"
    return [Breach("R10", f"level 3 on {said}", allowed, "The cap is 2.")]


def check_rules(
    evidence: pd.DataFrame,
    ratings: pd.DataFrame,
    adjudication: pd.DataFrame,
    files: dict[str, str],
    readable: bool = True,
) -> tuple[list[Problem], list[Problem]]:
    """Check all levels of one case.

    Parameters
    ----------
    evidence, ratings, adjudication : DataFrame
        Tables of the case as text, index = line in the file.
    files : dict of str to str
        Name of each of the three files for messages.
    readable : bool
        Whether the adjudication could be read; where not, nothing is said of a breach that it may settle.

    Returns
    -------
    problems, notes : list of Problem
        A coder's breach that the adjudication of the indicator settles is a note (the rating is kept as
        it was given); every other breach is a problem.
    """
    settled = set(adjudication["indicator_id"])
    problems: list[Problem] = []
    notes: list[Problem] = []
    columns = (evidence[name] for name in ("evidence_id", "indicator_id", "direction", "kind"))
    register: Register = {item: facts for item, *facts in zip(*columns, strict=True)}
    for line, row in records(ratings):
        for problem, is_open in _row_problems(files["ratings"], line, row, register):
            if is_open and row["indicator_id"] in settled:
                notes.append(problem)
            elif readable or not is_open:
                problems.append(problem)
    for line, row in records(adjudication):
        problems += [problem for problem, _ in _row_problems(files["adjudication"], line, row, register)]
    return problems, notes


def _row_problems(
    file: str, line: int, row: dict[str, Any], register: Register
) -> list[tuple[Problem, bool]]:
    """Find the breaches of one row, each with whether adjudication may settle it."""
    cited: list[str] = [item for item in split_ids(row["evidence_ids"]) if item in register]
    foreign = [item for item in cited if register[item][0] != row["indicator_id"]]
    problems = [
        Problem(
            file,
            line,
            "evidence_ids",
            f"{item}, which is evidence for {register[item][0]}",
            f"evidence for {row['indicator_id']}",
            "Cite evidence for the indicator that is rated, or correct the register.",
            "R2",
        )
        for item in foreign
    ]
    if foreign or len(cited) != len(split_ids(row["evidence_ids"])):
        # What is cited is wrong already; the level cannot be judged on it.
        return [(problem, False) for problem in problems]
    level = None if row["level"] is None else int(row["level"])
    found = breaches(level, [register[item][1] for item in cited], [register[item][2] for item in cited])
    return [
        (Problem(file, line, "level", b.found, b.allowed, b.fix, b.rule), b.open_to_adjudication)
        for b in found
    ]
