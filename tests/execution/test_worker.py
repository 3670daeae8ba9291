"""A kernel that does not start is tried once more; whatever else happens is reported as it is."""

from __future__ import annotations

from typing import Any

import pytest

from cgutils.execution import worker
from cgutils.execution.task import Cause, Failure, Outcome

NO_KERNEL = Outcome("case", failure=Failure(Cause.NO_KERNEL, "address in use"))
DONE = Outcome("case", notebook="{}")


def attempts(monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> list[object]:
    left, tried = list(outcomes), list[object]()

    def attempt(task: Any) -> Outcome:
        tried.append(task)
        return left.pop(0)

    monkeypatch.setattr(worker, "_attempt", attempt)
    return tried


def test_a_kernel_that_did_not_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = attempts(monkeypatch, NO_KERNEL, DONE)
    assert worker.execute("task") == DONE  # type: ignore[arg-type]
    assert tried == ["task", "task"]


def test_it_is_tried_twice_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = attempts(monkeypatch, NO_KERNEL, NO_KERNEL, DONE)
    assert worker.execute("task") == NO_KERNEL  # type: ignore[arg-type]
    assert len(tried) == 2


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.NO_KERNEL])
def test_what_happened_while_cells_ran_is_not_run_again(
    monkeypatch: pytest.MonkeyPatch, cause: Cause
) -> None:
    failed = Outcome("case", failure=Failure(cause))
    tried = attempts(monkeypatch, failed, DONE)
    assert worker.execute("task") == failed  # type: ignore[arg-type]
    assert len(tried) == 1
