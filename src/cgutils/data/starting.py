"""Beginning: a project of one's own, and a case in it. Nothing that exists is overwritten."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from cgutils.data.casefiles import UNWRITTEN, case_yaml, empty_table, table_text
from cgutils.data.dictionary import write_descriptions
from cgutils.data.errors import CgutilsError, CollectionError, Problem
from cgutils.data.files import holds_something, write_all, write_bytes
from cgutils.data.framework import Case
from cgutils.data.loading import Parts, read_parts
from cgutils.data.project import DEVICES, LONGEST_ID, Project, find_project, is_id, windows_refuses
from cgutils.data.schemas import CASE_TABLES, SPECS
from cgutils.data.single_files import choose_framework
from cgutils.data.yamlfiles import check_model

# Two sources of the original collection have a notebook each; without these sources they say nothing.
LEFT_OUT = ("03-partnerships", "04-voter-education")
RULES = "sanitize.cfg"


def new_project(folder: Path | str) -> Project:
    """Make a project of one's own, with an invented case that shows how one looks.

    Parameters
    ----------
    folder : Path or str
        A folder that does not exist yet, or is empty.

    Returns
    -------
    Project
        With frameworks, coders, sources and the example under ``data/raw``, the notebooks that do not need
        the sources of the original collection, README and .gitignore.

    Raises
    ------
    CgutilsError
        Where the folder holds anything, or cannot be written; nothing is left half made.
    """
    target = Path(folder).expanduser().resolve()
    if windows_refuses(target.name):
        raise CgutilsError(
            f"{target.name}: Windows cannot have a folder of this name. Choose another one, for example "
            "my-project."
        )
    if holds_something(target):
        raise CgutilsError(
            f"{target.name}: is there already and is not empty; nothing is overwritten. Choose another name."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part"))
    except OSError as error:
        raise _not_made(target, error) from error
    try:
        for name, data in _start_files():
            write_bytes(part / name, data)
        write_descriptions(find_project(part))
        part.chmod(0o755)
        if target.exists():
            target.rmdir()
        part.rename(target)
    except OSError as error:
        raise _not_made(target, error) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return find_project(target)


def new_case(
    project: Project,
    case_id: str,
    title: str,
    *,
    short_title: str | None = None,
    framework: str | None = None,
    source: str | None = None,
) -> list[Path]:
    """Make the folder of a case: a valid ``case.yaml`` and tables with nothing but their headings.

    Parameters
    ----------
    project : Project
        The project.
    case_id : str
        Its id and the name of its folder.
    title : str
        Its title; it stands for both languages until somebody translates it.
    short_title : str, optional
        Its name in tables and figures; made from the id where it is not given (kota-x: Kota X).
    framework : str, optional
        Its codebook; needed where the project has several.
    source : str, optional
        Id of its source; the id of the case where it is not given. A source that is not in ``sources.csv``
        is added there, unless the project lists no sources of the cases that it has.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    CgutilsError
        Where the case exists, an id is none, a title cannot be used, or the codebook is unknown; nothing is
        written.
    """
    source = source or case_id
    bad = [name for name in (case_id, source) if not is_id(name)]
    if bad:
        allowed = f"lower-case letters and digits, joined by single - or _, at most {LONGEST_ID}"
        if bad[0] in DEVICES:
            allowed += ", and no name that Windows keeps for a device (con, nul, com1 ...)"
        raise CgutilsError(f"found {bad[0]!r}; allowed: {allowed}. Write it so.")
    if not title.strip():
        raise CgutilsError("the title is blank. Give the case a title.")
    folder = project.raw / "cases" / case_id
    if folder.exists():
        raise CgutilsError(f"data/raw/cases/{case_id}: is there already; nothing is overwritten.")
    parts = read_parts(project)
    named = case_id.replace("-", " ").replace("_", " ").title()
    short = named if short_title is None else short_title
    case: dict[str, Any] = {
        "case_id": case_id,
        "framework": choose_framework(parts.frameworks, parts.used, framework),
        "title": _both(title.strip()),
        "short_title": _both(short.strip()),
        **{name: dict(UNWRITTEN) for name in ("place", "policy_field", "public_problem")},
        "period": UNWRITTEN["en"],
        "sources": [source],
        "source_extent": "full",
        "informants": {"stated_total": None, "note": dict(UNWRITTEN)},
    }
    _, problems = check_model(case, f"data/raw/cases/{case_id}/case.yaml", Case)
    if problems:  # such as a blank short title
        raise CollectionError(problems)
    written = {folder / "case.yaml": case_yaml(case).encode()}
    for spec in CASE_TABLES:
        written[folder / f"{spec.name}.csv"] = table_text(empty_table(spec), spec).encode()
    listed = set(parts.tables["sources"]["source_id"])
    # A project without sources.csv is fine; one that lists its sources lists them all.
    lists_all = bool(listed) or not (parts.cases or parts.unusable)
    if source not in listed and (lists_all or _damaged_sources(parts)):
        written[project.raw / "sources.csv"] = _with_source(parts, source, title.strip())
    write_all(written)
    return list(written)


def _start_files() -> Iterator[tuple[str, bytes]]:
    """Give the files of a new project by their names."""
    start = files("cgutils").joinpath("start")
    with_folder = Path(str(start)) / "project"
    for path in sorted(with_folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(with_folder).as_posix(), path.read_bytes()
    yield ".gitignore", start.joinpath("gitignore.txt").read_bytes()
    for path in sorted(_shared("notebooks", "notebooks").glob("*")):
        numbered = path.suffix == ".ipynb" and path.name[:2].isdigit() and path.stem not in LEFT_OUT
        if numbered or path.name == RULES:
            yield f"notebooks/{path.name}", path.read_bytes()
    for path in sorted(_shared("frameworks", "data/raw/frameworks").glob("*.yaml")):
        yield f"data/raw/frameworks/{path.name}", path.read_bytes()


def _shared(packed: str, in_clone: str) -> Path:
    """Find what the collection and a new project share: packed with the library, or in the clone."""
    folder = Path(str(files("cgutils").joinpath("start", packed)))
    if folder.is_dir():
        return folder
    folder = Path(__file__).resolve().parents[3] / in_clone
    if folder.is_dir():
        return folder
    raise CgutilsError("this installation of cgutils lacks the files of a new project. Install it again.")


def _damaged_sources(parts: Parts) -> list[Problem]:
    return [problem for problem in parts.problems if problem.file == "data/raw/sources.csv"]


def _with_source(parts: Parts, source: str, title: str) -> bytes:
    damaged = _damaged_sources(parts)
    if damaged:
        raise CollectionError(damaged)
    spec = SPECS["sources"]
    row = {"source_id": source, "field": "title", "value": title, "status": "stated"}
    added = pd.DataFrame([row], columns=list(spec.columns), dtype="object")
    return table_text(pd.concat([parts.tables["sources"], added]), spec).encode()


def _both(text: str) -> dict[str, str]:
    return {"en": text, "id": text}


def _not_made(target: Path, error: OSError) -> CgutilsError:
    reason = error.strerror or type(error).__name__
    return CgutilsError(
        f"{target.name}: could not be made in {target.parent} ({reason}). Choose another folder."
    )
