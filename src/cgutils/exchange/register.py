"""Keeping the fingerprints of the evidence register; the passages stay with whoever looks after it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cgutils.data.errors import CgutilsError, CollectionError, Problem
from cgutils.data.files import csv_text, write_all
from cgutils.data.fingerprint import WITHHELD
from cgutils.data.project import Project
from cgutils.data.reading import read_table
from cgutils.exchange.fingerprints import make_fingerprint

PASSAGE_COLUMNS = {"evidence_id": True, "passage": True}
# The whole table is rewritten, so that all its columns have to be known here; a test holds them to the
# schema.
EVIDENCE_COLUMNS = {
    name: name not in {"section", "page", "locator", "actors", "fingerprint"}
    for name in (
        "evidence_id",
        "indicator_id",
        "direction",
        "kind",
        "source_id",
        "section",
        "page",
        "locator",
        "summary_en",
        "summary_id",
        "actors",
        "fingerprint",
    )
}


@dataclass(frozen=True)
class Change:
    """What was done to the fingerprints of one case.

    Parameters
    ----------
    case_id : str
        The case.
    new, changed, unchanged, withheld, without : tuple of str
        Evidence ids that got their first fingerprint, another one, the same one, ``none``; those left without
        any.
    """

    case_id: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    withheld: tuple[str, ...]
    without: tuple[str, ...]


def read_evidence(project: Project, cases: list[str] | None = None) -> pd.DataFrame:
    """Read the evidence tables of a project, without checking what else they hold.

    Parameters
    ----------
    project : Project
        The project.
    cases : list of str, optional
        Only these cases; without it all.

    Returns
    -------
    DataFrame
        Columns case_id and those of ``evidence.csv``, all text, ``""`` for missing; in the order of the
        files.

    Raises
    ------
    CollectionError
        Where a table cannot be read.
    CgutilsError
        Where there is no such case, or none at all.
    """
    return _joined(_read(project, cases))


def write_fingerprints(
    project: Project, passages: Path, cases: list[str] | None = None
) -> tuple[Change, ...]:
    """Make fingerprints from passages and write them into the evidence tables.

    Parameters
    ----------
    project : Project
        The project.
    passages : Path
        CSV with the columns evidence_id and passage; a passage ``none`` withholds the fingerprint of that
        item.
    cases : list of str, optional
        Only these cases; rows of others are refused like unknown ids.

    Returns
    -------
    tuple of Change
        One for each case that has a row. Nothing but the column ``fingerprint`` changes.

    Raises
    ------
    CollectionError
        Where a row cannot be used, or two items have one id; all such rows are listed, and nothing is
        written.
    CgutilsError
        Where a table cannot be written; then none is changed.
    """
    read = _read(project, cases)
    twice = _twice(project, read)
    if twice:
        raise CollectionError(twice)
    evidence = _joined(read)
    wanted = _fingerprints(passages, dict(zip(evidence["evidence_id"], evidence["fingerprint"], strict=True)))
    changes, files = [], {}
    for case_id, path, table in read:
        old = dict(zip(table["evidence_id"], table["fingerprint"], strict=True))
        change = _change(case_id, old, wanted)
        if not set(old) & set(wanted):
            continue
        changes.append(change)
        if change.new or change.changed or change.withheld:
            cells = [str(wanted.get(item, cell)) for item, cell in old.items()]
            files[path] = csv_text(table.assign(fingerprint=cells)).encode("utf-8")
    write_all(files)
    return tuple(changes)


def _read(project: Project, cases: list[str] | None) -> list[tuple[str, Path, pd.DataFrame]]:
    return [
        (case_id, path, _table(path, path.relative_to(project.root).as_posix(), EVIDENCE_COLUMNS))
        for case_id, path in _tables(project, cases)
    ]


def _joined(read: list[tuple[str, Path, pd.DataFrame]]) -> pd.DataFrame:
    frames = []
    for case_id, _, table in read:
        frame = table.copy()
        frame.insert(0, "case_id", case_id)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _twice(project: Project, read: list[tuple[str, Path, pd.DataFrame]]) -> list[Problem]:
    """Find evidence ids that stand twice: of two items with one id neither can get a fingerprint."""
    first: dict[str, str] = {}
    problems = []
    for _, path, table in read:
        file = path.relative_to(project.root).as_posix()
        for row, item in table["evidence_id"].items():
            if item in first:
                found = f"{item or 'a blank cell'} a second time (first in {first[item]})"
                fix = "Give it another id, or remove one of the two rows."
                problems.append(Problem(file, int(str(row)), "evidence_id", found, "each once", fix))
            first.setdefault(item, f"{file}, row {row}")
    return problems


def _tables(project: Project, cases: list[str] | None) -> Iterator[tuple[str, Path]]:
    found = {path.parent.name: path for path in sorted(project.raw.glob("cases/*/evidence.csv"))}
    if not (cases or found):
        raise CgutilsError(
            "data/raw/cases: there is no case with evidence in this project. Begin one with `cgutils sheet`."
        )
    for case_id in cases or found:
        if case_id not in found:
            raise CgutilsError(f"there is no case {case_id!r}; known: {', '.join(found) or 'none'}")
        yield case_id, found[case_id]


def _table(path: Path, name: str, columns: dict[str, bool]) -> pd.DataFrame:
    read = read_table(path, name, columns, frozenset())
    if read.problems:
        raise CollectionError(read.problems)
    frame = read.frame
    return frame.where(frame.notna(), "").astype("str")


def _fingerprints(path: Path, current: dict[str, str]) -> dict[str, str]:
    if not path.is_file():
        raise CgutilsError(
            f"{path}: there is no such file. Name a CSV with the columns evidence_id and passage."
        )
    table = _table(path, path.name, PASSAGE_COLUMNS)
    problems: list[Problem] = []
    made: dict[str, str] = {}
    for row, item, passage in table[list(PASSAGE_COLUMNS)].itertuples(name=None):
        problem = _row_problem(item, passage, current, made)
        if problem:
            problems.append(Problem(path.name, row, *problem))
            continue
        try:
            made[item] = WITHHELD if passage == WITHHELD else make_fingerprint(item, passage).cell
        except CgutilsError as error:
            problems.append(
                Problem(path.name, row, "passage", str(error), "a sentence or two", "Nothing was written.")
            )
    if problems:
        raise CollectionError(problems)
    return made


def _row_problem(
    item: str, passage: str, current: dict[str, str], made: dict[str, str]
) -> tuple[str, str, str, str] | None:
    if item not in current:
        close = difflib.get_close_matches(item, current, 1)
        fix = f"Did you mean {close[0]}?" if close else "Correct the id or remove the row."
        return "evidence_id", item or "a blank cell", "an evidence id of the cases that are worked on", fix
    if item in made:
        return "evidence_id", f"{item} a second time", "each once", "Remove one of the two rows."
    if not passage:
        return "passage", "a blank cell", "the wording of the source, or none", "Fill it in."
    if current[item] == WITHHELD != passage:
        fix = "Blank its cell in evidence.csv first if it may be published."
        return "evidence_id", f"{item}, which is withheld on purpose", "items that are not withheld", fix
    return None


def _change(case_id: str, old: dict[str, str], wanted: dict[str, str]) -> Change:
    ours = {item: wanted[item] for item in old if item in wanted}
    fresh = {item: cell for item, cell in ours.items() if cell != WITHHELD}
    return Change(
        case_id,
        new=tuple(item for item in fresh if not old[item]),
        changed=tuple(item for item, cell in fresh.items() if old[item] not in {"", cell}),
        unchanged=tuple(item for item, cell in ours.items() if old[item] == cell),
        withheld=tuple(item for item in ours if item not in fresh and old[item] != WITHHELD),
        without=tuple(item for item in old if not old[item] and item not in ours),
    )
