"""One run at a time in a project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cgutils.data.errors import CgutilsError
from cgutils.data.project import Project

FOLDER = ".cgutils"


@contextmanager
def project_lock(project: Project) -> Iterator[Path]:
    """Hold the lock of a project; gives the folder that belongs to whoever holds it.

    Parameters
    ----------
    project : Project
        The project that is about to be written to.

    Raises
    ------
    CgutilsError
        Where another process holds it, with the id of that process, or where the project cannot be written.

    Notes
    -----
    The operating system gives the lock back when its process ends in whatever way, so that there are no stale
    locks; the file with the process id only informs.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415

    folder = project.root / FOLDER
    pid = folder / "run.pid"
    lock = FileLock(folder / "run.lock")
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        lock.acquire(timeout=0)
    except Timeout:
        raise CgutilsError(
            f"another run is under way in this project (process {_read(pid)}). "
            "Wait until it has ended, or end it."
        ) from None
    except OSError as error:
        raise not_writable(project, error) from error
    try:
        try:
            pid.write_text(str(os.getpid()), encoding="utf-8")
        except OSError as error:
            raise not_writable(project, error) from error
        yield folder
        pid.unlink(missing_ok=True)
    finally:
        lock.release()


def not_writable(project: Project, error: OSError) -> CgutilsError:
    """Say that nothing can be run in a folder that cannot be written to, or on a full disk."""
    return CgutilsError(f"{project.root}: cannot be written to ({error.strerror}); nothing was run")


def _read(pid: Path) -> str:
    try:
        return pid.read_text(encoding="utf-8").strip() or "unknown"
    except OSError:
        return "unknown"
