"""Executing one notebook, in a process of its own.

papermill does the executing. Around it stand a kernel that is certainly this Python, a notebook that is not
lost when the kernel dies, and an account of what happened that does not rest on papermill's: papermill takes
``sys.exit()`` for success, an error that a cell announces by its tag for a failure, and marks all cells
completed after a time-out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

from cgutils.execution.importing import skip_unused_imports, without_collecting
from cgutils.execution.normalise import (
    error_output,
    give_ids,
    machine_paths,
    normalise,
    stderr_lines,
    to_text,
)
from cgutils.execution.source import tags
from cgutils.execution.task import Cause, Failure, Outcome, Task
from cgutils.execution.warm import engine as warm

Found = tuple[Failure | None, Mapping[str, Any] | None]
_MARKER = "papermill-error-cell-tag"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PLACE = re.compile(r"Cell In\[\d+\], line (\d+)")
_LAST_SECONDS = 5.0


def start_worker() -> None:
    """Prepare a worker process: interrupts are not for it, an end is orderly, it ends with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)
    threading.Thread(target=_follow_parent, daemon=True).start()
    skip_unused_imports()
    with without_collecting():
        import_engine()


def import_engine() -> None:
    """Import what executes notebooks; where that fails, each notebook that needs it tells why."""
    with suppress(Exception):
        warm.warm_engine()


def execute(task: Task) -> Outcome:
    """Execute one notebook, and once more where its kernel did not start.

    Parameters
    ----------
    task : Task
        The notebook and what it needs.

    Returns
    -------
    Outcome
        The normalised notebook, whole or as far as it came, and why it came no further.
    """
    outcome = _attempt(task)
    if outcome.failure is not None and outcome.failure.cause is Cause.NO_KERNEL:
        # Two kernels that start at the same moment may be given the same port. No cell has run, so trying
        # again changes nothing but the port.
        outcome = _attempt(task)
    return outcome


def _attempt(task: Task) -> Outcome:
    started = time.perf_counter()
    kept: list[Any] = []
    error: Exception | None = None
    try:
        _papermill(task, kept)
    except Exception as caught:
        # Whatever it is, it is reported together with the notebook.
        error = caught
    if not kept:
        return Outcome(task.name, seconds=time.perf_counter() - started, failure=_no_kernel(task, error))
    notebook = kept[0]
    notebook["cells"] = [cell for cell in notebook["cells"] if _MARKER not in tags(cell)]
    failure, failed = _account(notebook, error, task)
    normalise(notebook, task.rules)
    if failure is None:
        failure, failed = _shown_paths(notebook, task)
    notes = tuple(
        f"cell [{_number(notebook, cell)}] wrote to stderr: {line}" for cell, line in stderr_lines(notebook)
    )
    if failure is not None and failed is not None:
        _mark(notebook, failed, failure)
    return Outcome(task.name, to_text(notebook), time.perf_counter() - started, failure, notes)


def _papermill(task: Task, kept: list[Any]) -> None:
    import nbformat  # noqa: PLC0415
    import papermill  # noqa: PLC0415

    # papermill warns of what was checked before; the client's errors come back as exceptions.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    source = json.loads(task.source)
    give_ids(source)
    # The notebook goes in as an object and comes out through the engine: a path would be taken for a template
    # (braces in the name of a folder), and a file would hold nothing when the kernel dies.
    papermill.execute_notebook(
        nbformat.reads(json.dumps(source), as_version=4),
        None,
        parameters=task.parameters,
        engine_name=warm.ENGINE,
        request_save_on_cell_execute=False,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        cwd=task.folder,
        start_timeout=task.start_timeout,
        execution_timeout=task.cell_timeout,
        iopub_timeout=task.cell_timeout,
        kernel_manager_class=_kernel_manager(task.environment.get("IPYTHONDIR")),
        environment=task.environment,
        kept=kept,
    )


def _kernel_manager(folder: str | None) -> type:
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict  # noqa: PLC0415
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager  # noqa: PLC0415

    from cgutils.execution.warm.notebook import WarmKernelManager  # noqa: PLC0415

    class ThisPython(KernelSpecManager):  # type: ignore[misc]
        """Knows one kernel, this Python, whatever is installed under the name ``python3``."""

        def get_kernel_spec(self, kernel_name: str) -> Any:
            return KernelSpec(name=kernel_name, resource_dir=RESOURCES, **get_kernel_dict())

    class ThisPythonManager(WarmKernelManager):
        """Starts kernels of this Python; what they leave behind when all is killed lies in one folder."""

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.kernel_spec_manager = ThisPython(data_dir=self.data_dir)
            if folder is not None:
                self.connection_file = str(Path(folder) / f"kernel-{uuid4().hex}.json")

    return ThisPythonManager


def _account(notebook: Any, error: Exception | None, task: Task) -> Found:
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["source"].strip()]
    for cell in cells:
        output = error_output(cell)
        if output is not None:
            cause = Cause.INTERRUPTED if output["ename"] == "KeyboardInterrupt" else Cause.ERROR
            failure = _failure(notebook, cell, cause, str(output["evalue"]), str(output["ename"]))
            return replace(failure, line=_raising_line(cell, output) or failure.line), cell
    begun = [cell for cell in cells if _was_begun(cell)]
    if error is not None and not begun:
        return _no_kernel(task, error), None
    if error is not None and type(error).__name__ != "PapermillExecutionError":
        cell = begun[-1]
        causes = {"CellTimeoutError": Cause.TIMEOUT, "DeadKernelError": Cause.KERNEL_DIED}
        causes["KernelEndedError"] = Cause.KERNEL_DIED
        cause = causes.get(type(error).__name__, Cause.OTHER)
        message, name = (str(error), type(error).__name__) if cause is Cause.OTHER else ("", "")
        if cause is Cause.TIMEOUT:
            message = f"{task.cell_timeout} s"
        elif cause is Cause.KERNEL_DIED and type(error).__name__ == "KernelEndedError":
            message = str(error)
        return _failure(notebook, cell, cause, message, name), cell
    left = [cell for cell in cells if not _was_begun(cell)]
    if left:
        return _failure(notebook, left[0], Cause.NOT_RUN), left[0]
    return None, None


def _shown_paths(notebook: Any, task: Task) -> Found:
    for cell, what in machine_paths(notebook, task.forbidden):
        return _failure(notebook, cell, Cause.PATH, f"the {what}"), cell
    return None, None


def _was_begun(cell: Mapping[str, Any]) -> bool:
    return bool(cell["metadata"].get("papermill", {}).get("start_time"))


def _no_kernel(task: Task, error: Exception | None) -> Failure:
    if isinstance(error, RuntimeError):
        return Failure(Cause.NO_KERNEL, f"{error}; limit {task.start_timeout} s")
    return Failure(Cause.OTHER, str(error), type(error).__name__)


def _failure(
    notebook: Any, cell: Mapping[str, Any], cause: Cause, message: str = "", error: str = ""
) -> Failure:
    first = next((line for line in cell["source"].splitlines() if line.strip()), "")
    return Failure(cause, message, error, _number(notebook, cell), first.strip())


def _raising_line(cell: Mapping[str, Any], output: Mapping[str, Any]) -> str:
    place = _PLACE.search(_COLOUR.sub("", "\n".join(output["traceback"])))
    lines = cell["source"].splitlines()
    return lines[int(place[1]) - 1].strip() if place and int(place[1]) <= len(lines) else ""


def _number(notebook: Any, cell: Mapping[str, Any]) -> int:
    """Return the number that the cell has or would have had in brackets."""
    number = 0
    for other in notebook["cells"]:
        if other["cell_type"] == "code" and other["source"].strip():
            number += 1
        if other is cell:
            break
    return number


def _mark(notebook: Any, cell: Mapping[str, Any], failure: Failure) -> None:
    position = next(index for index, other in enumerate(notebook["cells"]) if other is cell)
    said = f"**Stopped at the next cell:** {failure.cause.value}."
    note = {"cell_type": "markdown", "id": "stopped-here", "metadata": {}, "source": said}
    notebook["cells"].insert(position, note)


def _end(*_: object) -> NoReturn:
    # What libraries say of a kernel that is ended on purpose is of no use to anybody.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    raise SystemExit(1)


def _follow_parent() -> None:
    parent = parent_process()
    if parent is None:
        return
    parent.join()
    # The kernel is shut down on the way out; what hangs is cut off.
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_LAST_SECONDS)
    os._exit(1)
