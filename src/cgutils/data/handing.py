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


def packed(project: Project, read: Iterable[Path], content: dict[str, Any]) -> bytes:
    """Pack what was read.

    Parameters
    ----------
    project : Project
        The project.
    read : iterable of Path
        The files that it was read from, below ``data/raw``.
    content : dict
        What was made of them.

    Returns
    -------
    bytes
        For a file that `CHECKED_VARIABLE` names.
    """
    key = {path.relative_to(project.raw).as_posix(): _checksum(path) for path in sorted(set(read))}
    return pickle.dumps((_names(project.raw), key, pickle.dumps(content, protocol=5)), protocol=5)


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
    """List all files below a folder, so that a new one is noticed."""
    return sorted(
        os.path.join(os.path.relpath(folder, raw), name)  # noqa: PTH118
        for folder, _, files in os.walk(raw)
        for name in files
    )
