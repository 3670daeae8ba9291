"""What importing a case would change in a project: checked as a whole, shown, written whole or not at all.

Whatever a case comes from (a workbook, software for qualitative analysis), this is the one way by which it
enters ``data/raw``.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cgutils.data.casefiles import UNWRITTEN, case_yaml, empty_table, table_text
from cgutils.data.checking import check_frame
from cgutils.data.errors import CgutilsError, Problem
from cgutils.data.files import write_all
from cgutils.data.fingerprint import WITHHELD
from cgutils.data.framework import Bilingual, Case
from cgutils.data.loading import Parts, check_parts, read_parts
from cgutils.data.project import Project, is_id
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from cgutils.data.yamlfiles import check_model
from cgutils.exchange.case_changes import as_spelt, case_changes, merged_table, table_changes

# Rows that come from outside are numbered from here in tables that the whole collection shares.
OUTSIDE = 10_000_000
_SPECS = {spec.name: spec for spec in CASE_TABLES}
_SHARED = {spec.name: spec for spec in COLLECTION_TABLES if spec.name in {"coders", "sources"}}


@dataclass(frozen=True)
class CaseDraft:
    """A case that is to enter the project.

    Parameters
    ----------
    case_id : str
        Its id.
    case : mapping
        Keys of ``case.yaml`` that are said; others stay as they are.
    tables : mapping of str to DataFrame
        Tables that are said, as text with all columns, missing cells as None; the index numbers the rows for
        messages. Others stay as they are. Of ``coders`` and ``sources`` no row is ever taken away.
    unread : set of str
        Tables (and ``case``) of which something could not be read; what may only follow from that is not
        reported.
    """

    case_id: str
    case: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    unread: Set[str] = frozenset()


@dataclass(frozen=True)
class CasePlan:
    """What an import would do.

    Parameters
    ----------
    is_new : bool
        Whether the case is not there yet.
    destroys : bool
        Whether anything that stands there would be changed or taken away.
    changes : tuple of str
        One line for each change.
    files : mapping of Path to bytes
        What would be written.
    problems, notes : tuple of Problem
        Problems forbid it; notes are told. Files are named relative to the project.
    standing : bool
        Whether the problems are those of the case as it stands, which cannot be compared.
    """

    is_new: bool
    destroys: bool
    changes: tuple[str, ...]
    files: Mapping[Path, bytes]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    standing: bool = False

    def write(self) -> None:
        """Write all files or none.

        Raises
        ------
        CgutilsError
            Where the case may not be written, or a file could not be.
        """
        if self.problems:
            raise CgutilsError("a case with problems is not written")
        write_all(self.files)


def plan_case(project: Project, draft: CaseDraft) -> CasePlan:
    """Check a draft within the project, and work out what it would change.

    Parameters
    ----------
    project : Project
        The project; nothing is written.
    draft : CaseDraft
        The case.

    Returns
    -------
    CasePlan
    """
    parts = read_parts(project)
    folder = f"data/raw/cases/{draft.case_id}"
    if not is_id(draft.case_id):
        found, allowed = draft.case_id or "a blank cell", "a lower-case id such as forum-1 or kota_x"
        problem = Problem("case.yaml", None, "case_id", found, allowed, "Write an id.")
        return CasePlan(True, False, (), {}, (problem,), ())
    known = parts.problems
    if any(_repeats(name, frame) for name, frame in parts.case_tables.get(draft.case_id, {}).items()):
        known = check_parts(parts)[0]
    standing = [problem for problem in known if problem.file.startswith(f"{folder}/")]
    exists = (project.root / folder).exists()
    if exists and standing:
        # What cannot be read cannot be compared, and would be lost unseen.
        return CasePlan(False, True, (), {}, tuple(standing), (), standing=True)
    before = set(check_parts(parts)[0])
    old = parts.cases.get(draft.case_id)
    old_case = old.model_dump(mode="json", exclude_unset=True) if old else {}
    case_data = _said(old_case, draft.case)
    case, found_here = check_model(case_data, f"{folder}/case.yaml", Case)
    if case is None and "case" in draft.unread:
        found_here = []
    frames = _frames(parts, draft)
    after, notes = _checked(parts, draft, case or _stand_in(case_data), frames, folder, found_here)
    # What is wrong elsewhere already is not the fault of this case.
    problems = tuple(p for p in after if p not in before or p.file.startswith(f"{folder}/"))
    changes, files = _changes(project, parts, draft, case_data, old_case, frames)
    return CasePlan(
        not exists,
        any(destroys for destroys, _ in changes),
        tuple(line for _, line in changes),
        {} if problems else files,
        problems,
        tuple(
            note
            for note in notes
            # Of a stand-in nothing is told.
            if note.file.startswith(f"{folder}/") and (case or not note.file.endswith("/case.yaml"))
        ),
    )


def _repeats(name: str, frame: pd.DataFrame) -> bool:
    """Say whether rows cannot be told apart, as where they do not say their phase."""
    return bool(frame.duplicated(list(_SPECS[name].key)).any())


def _said(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is said in the place of what stands there, key by key."""
    order = [name for name in Case.model_fields if name in old or name in new]
    out: dict[str, Any] = {}
    for name in [*order, *(name for name in new if name not in order)]:
        value = new.get(name, old.get(name))
        if name == "phases" and not value:
            continue  # a case without phases names none
        out[name] = dict(value) if isinstance(value, Mapping) else value
    return out


def _stand_in(data: Mapping[str, Any]) -> Case | None:
    """Make a case whose missing texts are placeholders, so that its tables can be checked all the same."""
    filled = dict(data)
    for name, info in Case.model_fields.items():
        if info.annotation is Bilingual:
            filled[name] = UNWRITTEN
    # Rows of ratings are held against the phases whose ids are known.
    ids = [phase.get("id") for phase in data.get("phases") or ()]
    known = [name for name in dict.fromkeys(ids) if isinstance(name, str) and is_id(name)]
    filled.pop("phases", None)
    if len(known) > 1:
        filled["phases"] = [{"id": name, "title": UNWRITTEN} for name in known]
    filled |= {
        "period": "?",
        "source_extent": "full",
        "informants": {"stated_total": None, "note": UNWRITTEN},
    }
    return check_model(filled, "", Case)[0]


def _frames(parts: Parts, draft: CaseDraft) -> dict[str, pd.DataFrame]:
    """Give the tables as they would be, shared ones with the rows from outside below the standing ones."""
    old = parts.case_tables.get(draft.case_id, {})
    frames = {name: draft.tables.get(name, old.get(name, empty_table(spec))) for name, spec in _SPECS.items()}
    evidence = frames["evidence"].copy()
    # Nothing of a passage is published unless somebody asks for it; a blank takes no fingerprint away.
    known = (
        dict(zip(old["evidence"]["evidence_id"], old["evidence"]["fingerprint"], strict=True)) if old else {}
    )
    standing = [known.get(item, WITHHELD) for item in evidence["evidence_id"]]
    evidence["fingerprint"] = [
        cell if cell is not None else before
        for cell, before in zip(evidence["fingerprint"], standing, strict=True)
    ]
    frames["evidence"] = evidence.astype("object").where(evidence.notna(), None)
    for name, spec in _SHARED.items():
        frames[name] = merged_table(parts.tables[name], draft.tables.get(name), spec, OUTSIDE)
    return frames


def _checked(
    parts: Parts,
    draft: CaseDraft,
    case: Case | None,
    frames: Mapping[str, pd.DataFrame],
    folder: str,
    known: list[Problem],
) -> tuple[list[Problem], list[Problem]]:
    problems = [problem for problem in parts.problems if not problem.file.startswith(f"{folder}/")] + known
    unread = [Problem(_file(name, folder), found="unread") for name in sorted(draft.unread)]
    good: dict[str, pd.DataFrame] = {}
    phased = bool((case and case.phases) or draft.case.get("phases"))
    for name, spec in {**_SPECS, **_SHARED}.items():
        file = _file(name, folder)
        good[name], found = check_frame(frames[name].copy(), file, spec, whole_key=phased)
        problems += found
    tables = {**parts.tables, **{name: good[name] for name in _SHARED}}
    cases, case_tables = dict(parts.cases), dict(parts.case_tables)
    if case is not None:
        cases[draft.case_id] = case
        # Put last: of an id that two cases use, the one that comes second is told.
        case_tables.pop(draft.case_id, None)
        case_tables[draft.case_id] = {name: good[name] for name in _SPECS}
    whole = Parts(parts.frameworks, cases, tables, case_tables, parts.context, problems + unread, [])
    found, notes = check_parts(whole)
    if case is not None and case.framework not in parts.frameworks:
        allowed = ", ".join(parts.frameworks)
        found.append(
            Problem(f"{folder}/case.yaml", None, "framework", case.framework, allowed, "Name one of them.")
        )
    return [problem for problem in found if problem not in unread], notes


def _changes(
    project: Project,
    parts: Parts,
    draft: CaseDraft,
    case: Mapping[str, Any],
    old_case: Mapping[str, Any],
    frames: Mapping[str, pd.DataFrame],
) -> tuple[list[tuple[bool, str]], dict[Path, bytes]]:
    folder = project.raw / "cases" / draft.case_id
    changes = case_changes(old_case, case)
    files: dict[Path, bytes] = {}
    if changes:
        files[folder / "case.yaml"] = case_yaml(case).encode()
    for name, spec in {**_SPECS, **_SHARED}.items():
        shared = name in _SHARED
        path = (project.raw if shared else folder) / f"{name}.csv"
        old = parts.tables[name] if shared else parts.case_tables.get(draft.case_id, {}).get(name)
        old = empty_table(spec) if old is None else old
        found = table_changes(spec, old, frames[name]) if name in draft.tables else []
        changes += found
        if found or (not old_case and spec.required and not shared):
            files[path] = table_text(as_spelt(spec, old, frames[name]), spec).encode()
    return changes, files


def _file(name: str, folder: str) -> str:
    if name in _SHARED:
        return f"data/raw/{name}.csv"
    return f"{folder}/{name}.yaml" if name == "case" else f"{folder}/{name}.csv"
