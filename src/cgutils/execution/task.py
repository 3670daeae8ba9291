"""What goes to a worker and what comes back: plain data, so that any executor can carry it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cgutils.execution.parameter import Value


class Cause(Enum):
    """Why a notebook was not executed to its end."""

    ERROR = "a cell raised an error"
    INTERRUPTED = "the cell was interrupted"
    TIMEOUT = "a cell took longer than allowed"
    KERNEL_DIED = "the kernel died"
    NO_KERNEL = "the kernel did not start"
    NOT_RUN = "a cell was not run"
    PATH = "an output shows a path of this machine"
    WORKER_DIED = "the process that executed the notebook died"
    NOT_WRITTEN = "the executed copy could not be written"
    OTHER = "the notebook could not be executed"


@dataclass(frozen=True)
class Failure:
    """What went wrong, and where.

    Parameters
    ----------
    cause : Cause
        What kind of failure it is.
    message : str
        The error's own words, or what was found.
    error : str
        Name of the error.
    cell : int or None
        Number of the cell as the executed copy shows it (``[5]``).
    line : str
        The line that raised the error; the first line of the cell where that is not known.
    """

    cause: Cause
    message: str = ""
    error: str = ""
    cell: int | None = None
    line: str = ""

    def __str__(self) -> str:
        place = f"cell [{self.cell}] `{self.line}`: " if self.cell is not None else ""
        said = ": ".join(part for part in (self.error, self.message) if part)
        return f"{place}{self.cause.value}" + (f" ({said})" if said else "")


@dataclass(frozen=True)
class Task:
    """One notebook to execute.

    Parameters
    ----------
    name : str
        Name of the run.
    source : str
        The notebook as JSON text.
    parameters : dict of str to value
        Checked values.
    folder : str
        Working folder of the kernel.
    environment : dict of str to str
        Environment variables set for the kernel.
    rules : tuple of (str, str)
        Sanitising rules.
    forbidden : dict of str to str
        Folders that no output may show, and what each is.
    cell_timeout, start_timeout : int
        Seconds that one cell, and the start of the kernel, may take.
    """

    name: str
    source: str
    parameters: dict[str, Value]
    folder: str
    environment: dict[str, str] = field(default_factory=dict)
    rules: tuple[tuple[str, str], ...] = ()
    forbidden: dict[str, str] = field(default_factory=dict)
    cell_timeout: int = 600
    start_timeout: int = 60


@dataclass(frozen=True)
class Outcome:
    """What a worker made of a task.

    Parameters
    ----------
    name : str
        Name of the run.
    notebook : str or None
        The executed notebook as JSON text, whole or as far as it came.
    seconds : float
        How long it took.
    failure : Failure or None
        Why it was not executed to its end.
    notes : tuple of str
        What was written to stderr.
    """

    name: str
    notebook: str | None = None
    seconds: float = 0.0
    failure: Failure | None = None
    notes: tuple[str, ...] = ()
