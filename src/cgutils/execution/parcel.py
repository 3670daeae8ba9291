"""A task that travels: with all that it reads, and back with all that it made, as bytes.

Whoever executes it needs this library in the same environment, and neither the project nor a common folder.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from cgutils.data.errors import CgutilsError
from cgutils.data.project import PROCESSED_VARIABLE, PROJECT_VARIABLE, Project
from cgutils.execution.importing import skip_unused_imports
from cgutils.execution.inventory import (
    NOTEBOOKS,
    PROCESSED,
    RAW,
    checksums,
    environment,
    files_below,
    library_files,
)
from cgutils.execution.outdated import environment_words
from cgutils.execution.record import Recorded, recorded, start_recording
from cgutils.execution.task import Cause, Failure, Outcome, Task
from cgutils.execution.warm.child import BYTE_CODE
from cgutils.execution.warm.client import NotWarmError, address
from cgutils.execution.worker import execute, import_engine

_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Origin:
    """What the results depend on beside the inputs: whoever executes must have the same."""

    library: str
    environment: Mapping[str, object]


@dataclass(frozen=True)
class Delivery:
    """What comes back.

    Parameters
    ----------
    outcome : Outcome
        What became of the task.
    outputs : dict of str to bytes
        The files that it wrote, by name relative to the processed folder.
    read, loaded, written : tuple of str
        Files of the project by relative name (see `Recorded`).
    modules : tuple of str
        Files of the library that were read.
    tables : tuple of str
        See `Recorded`.
    """

    outcome: Outcome
    outputs: dict[str, bytes] = field(default_factory=dict)
    read: tuple[str, ...] = ()
    loaded: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()


def this_origin() -> Origin:
    """Describe this process."""
    sums = "".join(f"{sha}  {name}\n" for name, sha in checksums(library_files()).items())
    return Origin(hashlib.sha256(sums.encode()).hexdigest(), environment())


def pack(files: Mapping[str, Path]) -> bytes:
    """Pack files by their relative names; the same files give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _DATE), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def prepare() -> None:
    """Import what executing a notebook needs; done once in each process."""
    skip_unused_imports()
    with suppress(NotWarmError):
        # First of all: the warm parent of this worker imports while the worker does so itself.
        address()
    import_engine()


def execute_parcel(task: Task, packed: bytes, origin: Origin) -> Delivery:
    """Execute a task in a folder of its own.

    Parameters
    ----------
    task : Task
        The task; its folders are replaced.
    packed : bytes
        What `pack` made of the inputs.
    origin : Origin
        Of whoever sends it.

    Returns
    -------
    Delivery
        With a failure where library or environment differ: the results would not be the same.
    """
    here = this_origin()
    if differs := _differences(origin, here):
        failure = Failure(Cause.OTHER, f"the worker differs: {'; '.join(differs)}")
        return Delivery(Outcome(task.name, failure=failure))
    prepare()
    with tempfile.TemporaryDirectory(prefix="cgutils-task-", ignore_cleanup_errors=True) as name:
        root = Path(name).resolve() / "project"
        scratch = Path(name).resolve() / "ipython"
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(root)
        project = Project(root, root / RAW, root / PROCESSED, root / NOTEBOOKS)
        project.processed.mkdir(parents=True, exist_ok=True)
        start_recording(scratch)
        variables = {
            PROJECT_VARIABLE: str(root),
            PROCESSED_VARIABLE: str(project.processed),
            "IPYTHONDIR": str(scratch),
        }
        own = {str(project.processed): "processed folder", str(root): "project folder"}
        outcome = execute(
            replace(
                task,
                folder=str(project.notebooks),
                environment={**task.environment, **variables, BYTE_CODE: ""},
                forbidden={**own, **task.forbidden},
            )
        )
        return _deliver(outcome, project, recorded(scratch))


def unpack(project: Project, delivery: Delivery) -> Recorded:
    """Write what came back where it belongs.

    Parameters
    ----------
    project : Project
        The project that the task is of.
    delivery : Delivery
        What came back.

    Returns
    -------
    Recorded
        As if it had been executed here.

    Raises
    ------
    CgutilsError
        Where a file cannot be written, or has a name that leads out of the folder.
    """
    from cgutils.data.files import write_bytes  # noqa: PLC0415
    from cgutils.execution.inventory import library_folder  # noqa: PLC0415

    for name, content in sorted(delivery.outputs.items()):
        path = PurePosixPath(name)
        # A backslash and a drive mean something on Windows, whichever system sent them.
        there = PureWindowsPath(name)
        if not path.parts or there.drive or there.root or ".." in there.parts:
            raise CgutilsError(
                f"a worker sent a file named {name!r}, which leads out of the folder of results"
            )
        write_bytes(project.processed / path, content)

    def here(names: tuple[str, ...]) -> tuple[Path, ...]:
        return tuple(_place(project, name) for name in names)

    modules = tuple(library_folder().resolve() / name for name in delivery.modules)
    return Recorded(
        (*here(delivery.read), *modules), here(delivery.loaded), delivery.tables, here(delivery.written)
    )


def _place(project: Project, name: str) -> Path:
    if name.startswith(f"{PROCESSED}/"):
        return project.processed.resolve() / name.removeprefix(f"{PROCESSED}/")
    return project.root.resolve() / name


def _deliver(outcome: Outcome, project: Project, seen: Recorded) -> Delivery:
    from cgutils.execution.reading import library_names  # noqa: PLC0415

    def names(paths: tuple[Path, ...]) -> tuple[str, ...]:
        inside = (path for path in paths if path.is_relative_to(project.root))
        return tuple(path.relative_to(project.root).as_posix() for path in inside)

    return Delivery(
        outcome,
        {name: path.read_bytes() for name, path in files_below(project.processed)},
        names(seen.read),
        names(seen.loaded),
        names(seen.written),
        tuple(sorted(library_names((*seen.read, *seen.loaded)))),
        seen.tables,
    )


def _differences(sent: Origin, here: Origin) -> list[str]:
    found = [] if sent.library == here.library else ["it has another state of the library cgutils"]
    return found + environment_words(sent.environment, here.environment)
