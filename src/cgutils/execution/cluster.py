"""Executing tasks on a Dask cluster: from the processes of a laptop to the nodes of Slurm."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cgutils.data.errors import CgutilsError
from cgutils.execution.parcel import Delivery, Origin, execute_parcel, pack, prepare, this_origin
from cgutils.execution.task import Cause, Failure, Outcome, Task

CONNECT_SECONDS = 20
_POLL_SECONDS = 0.5


@contextmanager
def workers_prepared(scheduler: str) -> Iterator[None]:
    """Have the workers of a scheduler import what they need, while this process prepares the tasks.

    Parameters
    ----------
    scheduler : str
        Its address.

    Raises
    ------
    CgutilsError
        As `execute_on`.
    """
    client = _connect(scheduler)
    try:
        # Whoever lets go of them has them cancelled.
        started = [client.submit(prepare, pure=False, workers=[worker]) for worker in client.nthreads()]
        yield
        del started
    finally:
        client.close()


def execute_on(scheduler: str, tasks: Sequence[Task], files: Mapping[str, Path]) -> Generator[Delivery]:
    """Execute tasks on the workers of a scheduler.

    Parameters
    ----------
    scheduler : str
        Its address, such as ``tcp://127.0.0.1:8786``.
    tasks : sequence of Task
        What to execute.
    files : mapping of str to Path
        The inputs of the project, by relative name.

    Yields
    ------
    Delivery
        As each is done; the order is not that of the tasks. A task whose worker is lost goes to another one.

    Raises
    ------
    CgutilsError
        Where the extra is not installed, or nobody answers at the address.
    """
    client = _connect(scheduler)
    try:
        # A task of its own, on which the others depend: it is sent to a worker once, and made again if lost.
        packed = client.submit(_same, pack(files), pure=False)
        with client.get_executor(pure=False) as executor:
            yield from execute_in(executor, tasks, packed, this_origin())
    finally:
        client.close()


def execute_in(executor: Executor, tasks: Sequence[Task], packed: Any, origin: Origin) -> Generator[Delivery]:
    """Execute tasks in any executor whose workers share nothing with this process.

    Parameters
    ----------
    executor : Executor
        Of `concurrent.futures`, or what speaks its language.
    tasks : sequence of Task
        What to execute.
    packed : bytes
        The inputs (see `pack`), or a future of the executor that becomes them.
    origin : Origin
        Of this process.

    Yields
    ------
    Delivery
        As each is done.
    """
    names: dict[Future[Delivery], str] = {
        executor.submit(execute_parcel, task, packed, origin): task.name for task in tasks
    }
    pending = set(names)
    try:
        while pending:
            # In short steps: an endless wait does not notice Ctrl-C on Windows.
            ready, pending = wait(pending, _POLL_SECONDS, FIRST_COMPLETED)
            for future in sorted(ready, key=names.__getitem__):
                yield _result(future, names[future])
    finally:
        for future in pending:
            future.cancel()


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415
    except ImportError as error:
        raise CgutilsError(
            "--scheduler needs Dask: python -m pip install -c constraints.txt -e '.[cluster]'"
        ) from error
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise CgutilsError(
            f"--scheduler {scheduler}: no scheduler answers ({error or type(error).__name__}). Start one "
            "with `dask scheduler`, and workers with `dask worker ADDRESS`."
        ) from error


def _result(future: Future[Delivery], name: str) -> Delivery:
    error = future.exception()
    if error is None:
        return future.result()
    failure = Failure(Cause.WORKER_DIED, str(error), type(error).__name__)
    return Delivery(Outcome(name, failure=failure))


def _same(content: bytes) -> bytes:
    return content
