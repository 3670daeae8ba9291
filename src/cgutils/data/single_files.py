"""One framework or one case by itself, whatever state the rest of the project is in."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.framework import Case, Framework
from cgutils.data.project import Project
from cgutils.data.yamlfiles import load_yaml, read_yaml


def neutral_case(path: Path, name: str) -> tuple[Case | None, bool]:
    """Read a ``case.yaml`` that has problems, with neutral values in place of what is wrong.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How messages name it.

    Returns
    -------
    Case or None
        None where the file does not say the codebook.
    bool
        Whether sources and phases stand as they are written too, so that the tables can be checked.
    """
    data, _ = read_yaml(path, name)
    if not isinstance(data, dict):
        return None, False
    both = {"en": "-", "id": "-"}
    case: dict[str, Any] = dict.fromkeys(
        ("title", "short_title", "place", "policy_field", "public_problem"), both
    )
    case |= {"case_id": path.parent.name, "framework": "none", "period": "-", "sources": ["none"]}
    case |= {"source_extent": "full", "informants": {"stated_total": None, "note": both}}
    # Phases may be left out; where they are wrong, nothing is known of those that the tables name.
    needed = {"framework", "sources", *({"phases"} & set(data))}
    written = set()
    for key in (*case, "phases"):
        try:
            Case.model_validate({**case, key: data[key]})
        except (KeyError, ValidationError):
            continue
        case[key] = data[key]
        written.add(key)
    if "framework" not in written:
        return None, False
    return Case.model_validate(case), needed <= written


def load_framework(project: Project, framework_id: str | None = None) -> Framework:
    """Read one framework of a project, whatever state the rest of the project is in.

    Parameters
    ----------
    project : Project
        The project.
    framework_id : str, optional
        Its id; without it, the one by which the cases are coded (see `choose_framework`).

    Returns
    -------
    Framework

    Raises
    ------
    CgutilsError
        Where there is no such framework, or several to choose from.
    CollectionError
        Where its file cannot be used.
    """
    known = {path.stem: path for path in sorted(project.raw.glob("frameworks/*.yaml"))}
    path = known[choose_framework(known, _used(project), framework_id)]
    framework, problems = load_yaml(path, path.relative_to(project.root).as_posix(), Framework)
    if framework is None:
        raise CollectionError(problems)
    return framework


def choose_framework(known: Iterable[str], used: Iterable[str], asked: str | None = None) -> str:
    """Choose the framework that is asked for, or else the only one, or the only one that is in use.

    Parameters
    ----------
    known : iterable of str
        Frameworks of the project.
    used : iterable of str
        Those by which its cases are coded.
    asked : str, optional
        What the user named.

    Returns
    -------
    str

    Raises
    ------
    CgutilsError
        Where there is no such framework, or several to choose from.
    """
    known = list(known)
    candidates = known if len(known) == 1 else sorted(set(used) & set(known))
    if asked in known:
        return str(asked)
    if asked is None and len(candidates) == 1:
        return candidates[0]
    said = "no framework is named" if asked is None else f"there is no framework {asked[:80]!r}"
    raise CgutilsError(f"{said}; known: {', '.join(known) or 'none'}. Name one with --framework.")


def _used(project: Project) -> set[str]:
    """Name the frameworks of the cases whose ``case.yaml`` can be read."""
    paths = project.raw.glob("cases/*/case.yaml")
    cases = (load_yaml(path, path.name, Case)[0] for path in paths)
    return {case.framework for case in cases if case is not None}


def load_case(project: Project, case_id: str) -> Case:
    """Read the ``case.yaml`` of one case, whatever state the rest of the project is in.

    Raises
    ------
    CgutilsError
        Where there is no such case.
    CollectionError
        Where its file cannot be used.
    """
    known = {path.parent.name: path for path in sorted(project.raw.glob("cases/*/case.yaml"))}
    if case_id not in known:
        raise CgutilsError(
            f"there is no case {case_id[:80]!r}; known: {', '.join(known) or 'none'}. Make the folder of "
            "the case with its case.yaml first."
        )
    case, problems = load_yaml(known[case_id], known[case_id].relative_to(project.root).as_posix(), Case)
    if case is None:
        raise CollectionError(problems)
    return case
