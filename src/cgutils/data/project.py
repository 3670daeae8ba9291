"""Where a project is: the folder that holds ``data/raw``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from cgutils.data.errors import CgutilsError

PROJECT_VARIABLE = "CGUTILS_PROJECT"
PROCESSED_VARIABLE = "CGUTILS_PROCESSED"
ID_PATTERN = r"[a-z0-9]+(?:[-_][a-z0-9]+)*"
LONGEST_ID = 80
# Of all that a reader sees; the first is the one that files and copies are in where none is named.
LANGUAGES = ("en", "id")
_ID = re.compile(ID_PATTERN)
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
# Windows keeps these for devices, whatever ending follows: no file or folder can be named so there.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)


@dataclass(frozen=True)
class Project:
    """The folders of one project.

    Parameters
    ----------
    root : Path
        Folder that holds ``data/raw`` and ``notebooks``.
    raw, processed, notebooks : Path
        Input tables, output tables and figures, notebook sources.
    """

    root: Path
    raw: Path
    processed: Path
    notebooks: Path


def is_id(text: str) -> bool:
    """Say whether ``text`` is a lower-case snake or kebab id, safe as a file name on every system.

    Examples
    --------
    >>> is_id("kota-x"), is_id("../x"), is_id("Kota X"), is_id("con")
    (True, False, False, False)
    """
    return _ID.fullmatch(text) is not None and len(text) <= LONGEST_ID and text not in DEVICES


def windows_refuses(name: str) -> bool:
    """Say whether Windows cannot have a file or folder of this name.

    Examples
    --------
    >>> windows_refuses("nul"), windows_refuses("Con.txt"), windows_refuses("a. "), windows_refuses("kota-x")
    (True, True, True, False)
    """
    bare = name.partition(".")[0].rstrip().lower()
    return bare in DEVICES or name != name.rstrip(". ") or bool(_NOT_IN_NAMES.search(name))


def find_project(start: Path | str | None = None) -> Project:
    """Find the project to work on.

    Parameters
    ----------
    start : Path or str, optional
        Folder of the project, or any folder or file inside it. Without it, in this order: the
        environment variable ``CGUTILS_PROJECT``, the working folder and the folders above it, the clone
        that the library was installed from.

    Returns
    -------
    Project
        ``processed`` is ``data/processed`` unless the environment variable ``CGUTILS_PROCESSED`` names
        another folder (the tests use it so that no reference file is rewritten).

    Raises
    ------
    CgutilsError
        Where the folder that is named does not exist, or no folder with ``data/raw`` is found.
    """
    given = start or os.environ.get(PROJECT_VARIABLE)
    first = Path(given).expanduser().resolve() if given else Path.cwd()
    if not first.exists():
        # The project around it is not the one that was meant.
        origin = "option --project" if start else f"the environment variable {PROJECT_VARIABLE}"
        raise CgutilsError(f"{first}: there is no such folder. Correct its name ({origin}).")
    folders = [first, *first.parents]
    if not given:
        # A notebook started from anywhere still finds the clone that an editable install points to.
        folders.append(Path(__file__).resolve().parents[3])
    for folder in folders:
        if (folder / "data" / "raw").is_dir():
            return _project(folder)
    raise CgutilsError(
        f"no project found: there is no folder data/raw in {first} or above it. Start inside the project, "
        f"name its folder (option --project, or the environment variable {PROJECT_VARIABLE}), or make one "
        "with `cgutils new my-project`."
    )


def _project(root: Path) -> Project:
    processed = os.environ.get(PROCESSED_VARIABLE)
    return Project(
        root=root,
        raw=root / "data" / "raw",
        processed=Path(processed) if processed else root / "data" / "processed",
        notebooks=root / "notebooks",
    )
