"""What is asked for by name: cases that are there or not, codebooks whose files nobody would read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from cgutils.data.errors import CgutilsError, Problem


def chosen_cases(case_ids: Iterable[str] | None) -> frozenset[str] | None:
    """Check which cases are asked for; None is all of them.

    Raises
    ------
    CgutilsError
        Where it is one text instead of several, holds something that is no text, or nothing.

    Examples
    --------
    >>> chosen_cases(None), chosen_cases(["banjar"])
    (None, frozenset({'banjar'}))
    """
    if case_ids is None:
        return None
    if isinstance(case_ids, str):
        found = repr(case_ids[:80])
        raise CgutilsError(f"case_ids: found the text {found}; allowed: a list of ids. Write [{found}].")
    chosen: list[object] = [*case_ids] if isinstance(case_ids, Iterable) else [case_ids]
    wrong = [case_id for case_id in chosen if not isinstance(case_id, str)]
    if wrong:
        found = ", ".join(repr(case_id)[:80] for case_id in wrong)
        raise CgutilsError(f"case_ids: found {found}; allowed: a list of ids, such as ['banjar'].")
    if not chosen:
        raise CgutilsError("case_ids: found no case. Name at least one, or leave case_ids out for all cases.")
    return frozenset(map(str, chosen))


def unknown_cases(folder: Path, name: str, case_ids: Iterable[str]) -> list[Problem]:
    """Find the cases that are asked for and have no folder (``name`` is how messages name that of all)."""
    there = sorted(path.name for path in (folder.iterdir() if folder.is_dir() else ()) if path.is_dir())
    problems = []
    for case_id in sorted(set(case_ids).difference(there)):
        close = difflib.get_close_matches(case_id, there, 1)
        allowed = ", ".join(there) if len(there) <= 20 else f"one of the {len(there)} folders"
        fix = f"Did you mean {close[0]}?" if close else "Name a case that is there."
        problems.append(Problem(name, None, None, f"no case {case_id[:80]}", allowed, fix))
    return problems


def misnamed_codebooks(folder: Path, name: str) -> list[Problem]:
    """Find files that look like codebooks and are not read, such as ``x.yml``."""
    # Which case counts is up to the file system.
    read = {*folder.glob("*.yaml")}
    return [
        Problem(
            f"{name}/{path.name}",
            found=f"a codebook whose name ends in {path.suffix}",
            allowed="names that end in .yaml",
            fix=f"Rename it to {path.stem}.yaml.",
        )
        for path in sorted(folder.glob("*.[yY]*[mM][lL]"))
        if path.suffix.lower() in {".yml", ".yaml"} and path not in read and path.name[0] not in ".~"
    ]
