"""Handing a collection that was read and checked on to the kernels of the same run.

Reading and checking takes a tenth of a second for three cases and twelve seconds for a thousand, and every
kernel would do it again. What is handed on is taken only where every file that it was read from is there
with the same content, and no other; otherwise the kernel reads for itself.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cgutils.data.project import Project

# Names the file; set by a run for its own kernels, as nobody else's pickle is to be trusted.
CHECKED_VARIABLE = "CGUTILS_CHECKED"


def stock(raw: Path) -> dict[str, bytes]:
    """Take the checksum of every table and YAML file below a folder, by relative name; of a folder, none."""
    return {name: b"" if name.endswith("/") else _checksum(raw / name) for name in _names(raw)}


def packed(
    project: Project, before: dict[str, bytes], read: Iterable[Path], content: dict[str, Any]
) -> bytes | None:
    """Pack what was read.

    Parameters
    ----------
    project : Project
        The project.
    before : dict of str to bytes
        Its `stock` from before anything was read.
    read : iterable of Path
        The files that it was read from.
    content : dict
        What was made of them.

    Returns
    -------
    bytes or None
        For a file that `CHECKED_VARIABLE` names; None where something was changed in the meantime, so that
        nobody knows what was read.
    """
    if stock(project.raw) != before:
        return None
    names = sorted({path.relative_to(project.raw).as_posix() for path in read})
    key = {name: before[name] for name in names}
    return pickle.dumps((sorted(before), key, pickle.dumps(content, protocol=5)), protocol=5)


def handed_on(project: Project) -> dict[str, Any] | None:
    """Take what was handed on; None where nothing was, or where it is not what stands in the project."""
    place = os.environ.get(CHECKED_VARIABLE)
    if not place:
        return None
    try:
        names, key, content = pickle.loads(Path(place).read_bytes())  # noqa: S301
        if names != _names(project.raw):
            return None
        # Whoever records what a kernel reads sees these files opened, as if they were read in earnest.
        if any(_checksum(project.raw / name) != checksum for name, checksum in key.items()):
            return None
        return dict(pickle.loads(content))  # noqa: S301
    except (OSError, pickle.PickleError, EOFError, ValueError, TypeError, AttributeError, ImportError):
        return None


def _checksum(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _names(raw: Path) -> list[str]:
    """List what reading looks at below a folder, so that a new one is noticed; locks and the like are not."""
    found = []
    for folder, folders, files in os.walk(raw):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(folder).relative_to(raw).as_posix()
        found += [f"{here}/{name}/" for name in folders]
        found += [f"{here}/{name}" for name in files if _counts(name)]
    return sorted(name.removeprefix("./") for name in found)


def _counts(name: str) -> bool:
    return name.lower().endswith((".csv", ".yaml", ".yml")) and not name.startswith((".", "~"))
