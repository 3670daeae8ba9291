"""Running the notebooks of the collection and keeping their executed copies."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from cgutils.data.errors import CgutilsError
from cgutils.data.handing import CHECKED_VARIABLE
from cgutils.data.project import PROCESSED_VARIABLE, PROJECT_VARIABLE, Project
from cgutils.execution.lock import not_writable, project_lock
from cgutils.execution.normalise import Rules, read_rules
from cgutils.execution.plan import EXECUTED, Run
from cgutils.execution.pool import execute_all
from cgutils.execution.record import Recorded, recorded, start_recording
from cgutils.execution.task import Cause, Failure, Outcome, Task
from cgutils.execution.warm.child import BYTE_CODE
from cgutils.execution.warm.client import warm_parent

RULES_FILE, BYTE_CODE_FOLDER = "sanitize.cfg", "bytecode"
CELL_TIMEOUT = 600
START_TIMEOUT = 120


@dataclass(frozen=True)
class RunResult:
    """What became of a run.

    Parameters
    ----------
    run : Run
        The run.
    path : Path or None
        The executed copy that was written; None where the run failed, and the copy of an earlier run stays.
    partial : Path or None
        The partly executed copy of a run that failed.
    seconds : float
        How long it took.
    failure : Failure or None
        Why it failed.
    notes : tuple of str
        What was written to stderr.
    seen : Recorded
        The files that the kernel opened to read, and those that it wrote.
    """

    run: Run
    path: Path | None = None
    partial: Path | None = None
    seconds: float = 0.0
    failure: Failure | None = None
    notes: tuple[str, ...] = ()
    seen: Recorded = field(default_factory=Recorded)

    @property
    def message(self) -> str:
        """What went wrong, in a sentence with the notebook and the partial copy; empty where nothing did."""
        if self.failure is None:
            return ""
        kept = f". As far as it came: {self.partial.name}" if self.partial else ""
        return f"{self.run.name}: {self.failure}{kept}"


Progress = Callable[[RunResult, int, int], None]


def run_collection(
    project: Project,
    runs: Iterable[Run],
    workers: int | None = None,
    progress: Progress | None = None,
    cell_timeout: int = CELL_TIMEOUT,
    executed: Path | None = None,
    scheduler: str | None = None,
    expected: Callable[[str], float | None] | None = None,
    checked: bytes | None = None,
) -> tuple[RunResult, ...]:
    """Execute runs and write their executed copies.

    Parameters
    ----------
    project : Project
        The project; its ``processed`` folder is where the notebooks write.
    runs : iterable of Run
        What to run (see `make_plan`).
    workers : int, optional
        How many notebooks at the same time; one for each processor where it is not given.
    progress : callable, optional
        Called with each result, how many are done and how many there are.
    cell_timeout : int, default 600
        Seconds that one cell may take.
    executed : Path, optional
        Folder of the executed copies; ``notebooks/executed`` where it is not given.
    scheduler : str, optional
        Address of a Dask scheduler whose workers execute the notebooks; processes of this machine do where it
        is not given.
    expected : callable, optional
        Tells how long a run is likely to take. The longest begin first.
    checked : bytes, optional
        The collection as `load_to_hand_on` packs it, so that kernels of this machine need not read and check
        it again.

    Returns
    -------
    tuple of RunResult
        Sorted by the name of the run, whatever ended first. A failed run does not end the others.

    Raises
    ------
    CgutilsError
        Where another run is under way in the project.
    """
    chosen = {run.name: run for run in sorted(runs, key=lambda run: run.name)}
    target = executed or project.notebooks / EXECUTED
    results: dict[str, RunResult] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(project_lock(project))
        if scheduler is None:
            stack.enter_context(warm_parent())
        scratch = stack.enter_context(_scratch(project, folder, target))
        longest_first = sorted(chosen.values(), key=lambda run: _length(run, target, expected), reverse=True)
        try:
            kept = _kept(scratch, checked if scheduler is None else None)
            tasks = [_task(project, run, scratch, cell_timeout, kept) for run in longest_first]
        except OSError as error:
            raise not_writable(project, error) from error
        made = _here(tasks, workers, scratch) if scheduler is None else _there(project, tasks, scheduler)
        with closing(made) as outcomes:
            for outcome, seen in outcomes:
                result = replace(_keep(chosen[outcome.name], outcome, target), seen=seen)
                results[outcome.name] = result
                if progress is not None:
                    progress(result, len(results), len(chosen))
    return tuple(results[name] for name in chosen)


def _here(tasks: list[Task], workers: int | None, scratch: Path) -> Generator[tuple[Outcome, Recorded]]:
    with closing(execute_all(tasks, workers)) as outcomes:
        for outcome in outcomes:
            yield outcome, recorded(scratch / outcome.name, scratch.parent / BYTE_CODE_FOLDER)


def _there(project: Project, tasks: list[Task], scheduler: str) -> Generator[tuple[Outcome, Recorded]]:
    from cgutils.execution.cluster import execute_on  # noqa: PLC0415
    from cgutils.execution.outdated import known_inputs  # noqa: PLC0415
    from cgutils.execution.parcel import unpack  # noqa: PLC0415

    with closing(execute_on(scheduler, tasks, known_inputs(project))) as deliveries:
        for delivery in deliveries:
            outcome = delivery.outcome
            try:
                yield outcome, unpack(project, delivery)
            except CgutilsError as error:
                yield replace(outcome, failure=Failure(Cause.NOT_WRITTEN, str(error))), Recorded()


def _length(
    run: Run, executed: Path, expected: Callable[[str], float | None] | None
) -> tuple[float, float, bool]:
    """Guess how long a run takes: as the last time, else as its executed copy is large (it holds figures).

    Where there is neither, a run about all cases takes longer than one about a single case.
    """
    seconds = expected(run.name) if expected else None
    copy = executed / f"{run.name}.ipynb"
    size = float(copy.stat().st_size) if copy.is_file() else 0.0
    return seconds or 0.0, size, run.case_id is None


@contextmanager
def _scratch(project: Project, folder: Path, executed: Path) -> Iterator[Path]:
    """Make a folder for what runs need; what a killed run left behind is removed first."""
    scratch = folder.resolve() / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    for place in (project.processed, executed):
        for left in [*place.glob(".*.part"), *place.glob("*/.*.part")]:
            with suppress(OSError):
                left.unlink()
    try:
        scratch.mkdir(parents=True)
    except OSError as error:
        raise not_writable(project, error) from error
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _kept(scratch: Path, checked: bytes | None) -> dict[str, str]:
    """Write what is handed on to the kernels; the variable that tells them."""
    if checked is None:
        return {}
    path = scratch / "checked"
    path.write_bytes(checked)
    return {CHECKED_VARIABLE: str(path)}


def _task(project: Project, run: Run, scratch: Path, cell_timeout: int, more: dict[str, str]) -> Task:
    start_recording(scratch / run.name)
    return Task(
        name=run.name,
        source=(project.notebooks / f"{run.notebook}.ipynb").read_text(encoding="utf-8"),
        parameters=dict(run.parameters),
        folder=str(project.notebooks.resolve()),
        environment={
            PROJECT_VARIABLE: str(project.root.resolve()),
            PROCESSED_VARIABLE: str(project.processed.resolve()),
            # A start-up file or a setting of the person's own IPython is no part of the collection.
            "IPYTHONDIR": str(scratch / run.name),
            BYTE_CODE: str(scratch.parent / BYTE_CODE_FOLDER),
            **more,
        },
        rules=sanitising_rules(project),
        forbidden=_forbidden(project),
        cell_timeout=cell_timeout,
        start_timeout=START_TIMEOUT,
    )


def sanitising_rules(project: Project) -> Rules:
    """Read the sanitising rules of a project; none where it has no ``sanitize.cfg``.

    Raises
    ------
    CgutilsError
        Where a pattern is no regular expression.
    """
    path = project.notebooks / RULES_FILE
    try:
        return read_rules(path.read_text(encoding="utf-8")) if path.is_file() else ()
    except re.error as error:
        found = f"{error.pattern!r} is no regular expression ({error.msg})"
        raise CgutilsError(f"{RULES_FILE}: {found}") from error


def _forbidden(project: Project) -> dict[str, str]:
    # The narrowest first: it is the one that is named.
    folders = {
        str(project.processed.resolve()): "processed folder",
        str(project.root.resolve()): "project folder",
    }
    if sys.prefix != sys.base_prefix:
        folders[sys.prefix] = "folder of the Python environment"
    folders[str(Path.home())] = "home folder"
    folders[str(Path(tempfile.gettempdir()).resolve())] = "temporary folder"
    return folders


def _keep(run: Run, outcome: Outcome, target: Path) -> RunResult:
    from cgutils.data.files import write_text  # noqa: PLC0415

    path, partial = target / f"{run.name}.ipynb", target / f"{run.name}.failed.ipynb"
    failure = outcome.failure
    try:
        if failure is None and outcome.notebook is not None:
            write_text(path, outcome.notebook)
            partial.unlink(missing_ok=True)
            return RunResult(run, path, seconds=outcome.seconds, notes=outcome.notes)
        if outcome.notebook is not None:
            write_text(partial, outcome.notebook)
            return RunResult(run, None, partial, outcome.seconds, failure, outcome.notes)
    except CgutilsError as error:
        failure = failure or Failure(Cause.NOT_WRITTEN, str(error))
    return RunResult(run, seconds=outcome.seconds, failure=failure, notes=outcome.notes)
