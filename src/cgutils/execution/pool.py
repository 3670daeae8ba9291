"""The pool of worker processes: a dead one takes no other run along, an interrupt leaves none running."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager

from cgutils.execution.task import Cause, Failure, Outcome, Task
from cgutils.execution.worker import execute, start_worker

_POLL_SECONDS = 0.5
_GRACE_SECONDS = 5.0


def worker_count(tasks: int, workers: int | None = None) -> int:
    """Return how many workers to start: as asked or one for each processor, never more than tasks."""
    return max(1, min(tasks, workers or os.cpu_count() or 1))


def execute_all(
    tasks: Sequence[Task], workers: int | None = None, function: Callable[[Task], Outcome] = execute
) -> Generator[Outcome]:
    """Execute tasks in worker processes.

    Parameters
    ----------
    tasks : sequence of Task
        What to execute.
    workers : int, optional
        How many processes; one for each processor where it is not given.
    function : callable, optional
        What a worker does with a task.

    Yields
    ------
    Outcome
        As each is done; the order is not that of the tasks. A task whose worker died is tried once more
        alone, for the death of one process ends a pool with all that is in it.
    """
    undone = []
    with closing(_in_pool(tasks, worker_count(len(tasks), workers), function)) as outcomes:
        for task, outcome in outcomes:
            if outcome is None:
                undone.append(task)
            else:
                yield outcome
    for task in undone:
        with closing(_in_pool((task,), 1, function)) as outcomes:
            for _, outcome in outcomes:
                yield outcome or Outcome(task.name, failure=Failure(Cause.WORKER_DIED))


def _in_pool(
    tasks: Sequence[Task], workers: int, function: Callable[[Task], Outcome]
) -> Generator[tuple[Task, Outcome | None]]:
    others = set(multiprocessing.active_children())
    # Spawned, not forked: a fork of a process with threads may hang, and Windows and macOS cannot.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=start_worker)
    done = False
    try:
        with _interrupts_ignored():
            futures = {pool.submit(function, task): task for task in tasks}
        pending = set(futures)
        while pending:
            # Waiting in short steps: an endless wait does not notice Ctrl-C on Windows.
            ready, pending = wait(pending, _POLL_SECONDS, FIRST_COMPLETED)
            for future in ready:
                broken = isinstance(future.exception(), BrokenProcessPool)
                yield futures[future], None if broken else future.result()
        done = True
    finally:
        if done:
            pool.shutdown()
        else:
            _stop(pool, others)


def _stop(pool: ProcessPoolExecutor, others: set[multiprocessing.process.BaseProcess]) -> None:
    children = [child for child in multiprocessing.active_children() if child not in others]
    pool.shutdown(wait=False, cancel_futures=True)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + _GRACE_SECONDS
    for child in children:
        child.join(max(0.0, deadline - time.monotonic()))
        if child.is_alive():
            child.kill()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    # A process inherits this, so that Ctrl-C while a worker is still importing ends it without a traceback.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
