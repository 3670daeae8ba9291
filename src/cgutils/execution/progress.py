"""What a run says while it goes on: lines, a bar in a terminal, JSON for machines, or nothing.

JSON is one object a line on stdout, with the key ``event``: ``plan`` (runs with the reasons and results of
each), ``run`` (one is done), ``removed`` (results that nothing makes any more), ``end``. Keys may be added,
none will change its meaning.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgutils.data.project import Project
from cgutils.execution.lock import FOLDER

if TYPE_CHECKING:
    from cgutils.execution.run import RunResult

SHOWN = 3
_SECONDS = "seconds.json"


class Said(StrEnum):
    """How much is said, and in which form."""

    LINES = "lines"
    QUIET = "quiet"
    JSON = "json"


class Clock:
    """Estimates the time left from how long the same runs took before on this machine.

    Parameters
    ----------
    project : Project
        Where earlier times are kept, out of the way of what is published.
    names : iterable of str
        The runs to come.
    """

    def __init__(self, project: Project, names: Iterable[str]) -> None:
        self._path = project.root / FOLDER / _SECONDS
        self._before = _read(self._path)
        self._left = set(names)
        self._now: dict[str, float] = {}
        self._started = time.monotonic()

    def expected(self, name: str) -> float | None:
        """Return how long a run took the last time; None where it was not run here."""
        return self._before.get(name)

    def done(self, result: RunResult) -> float | None:
        """Count a run as done; returns the seconds that are left, None where nothing is known."""
        name = result.run.name
        self._left.discard(name)
        self._now[name] = result.seconds
        passed, spent = time.monotonic() - self._started, sum(self._now.values())
        average = spent / len(self._now)
        work = sum(self._before.get(left, average) for left in self._left)
        return work * passed / spent if spent > 0 else None

    def keep(self) -> None:
        """Keep the times for the next run."""
        from cgutils.data.errors import CgutilsError  # noqa: PLC0415
        from cgutils.data.files import write_text  # noqa: PLC0415

        seconds = {name: round(value, 2) for name, value in sorted({**self._before, **self._now}.items())}
        try:
            write_text(self._path, json.dumps(seconds, indent=0), flush=False)
        except CgutilsError:
            # They only make an estimate better.
            return


class Teller:
    """Says what happens.

    Parameters
    ----------
    said : Said
        How.
    clock : Clock
        Estimates the time left.
    """

    def __init__(self, said: Said, clock: Clock) -> None:
        self._said, self._clock = said, clock

    def plan(
        self, why: Mapping[str, list[str]], kept: Iterable[str], outputs: Mapping[str, list[str]]
    ) -> None:
        """Say which runs are to be made, why, and which are not."""
        kept = sorted(kept)
        if self._said is Said.JSON:
            runs = {
                name: {"reasons": reasons, "outputs": outputs.get(name, [])} for name, reasons in why.items()
            }
            emit("plan", runs=runs, up_to_date=kept)
        elif self._said is Said.LINES:
            for name, reasons in why.items():
                print(f"{name}: {_short(reasons)}")
            if kept and why:
                print(f"Up to date: {len(kept)} of {len(kept) + len(why)} notebooks")

    def run(self, result: RunResult, done: int, total: int) -> None:
        """Say that a run is done."""
        left = self._clock.done(result)
        if self._said is Said.JSON:
            failure = None if result.failure is None else result.message
            emit(
                "run",
                name=result.run.name,
                done=done,
                total=total,
                seconds=round(result.seconds, 2),
                seconds_left=None if left is None else round(left, 1),
                failure=failure,
            )
        elif self._said is Said.LINES:
            print(progress_line(result, done, total, left), flush=True)

    def removed(self, names: list[str], stuck: list[str]) -> None:
        """Say which results of earlier runs were removed, as nothing makes them any more, and which not."""
        if (names or stuck) and self._said is Said.JSON:
            emit("removed", results=names, not_removed=stuck)
        elif names and self._said is Said.LINES:
            print(f"Removed, as no run makes them any more: {_short(names)}.")
        if stuck and self._said is not Said.JSON:
            said = f"No run makes them any more, but they could not be removed: {_short(stuck)}."
            print(f"{said} Close them in other programs; the next run tries again.", file=sys.stderr)

    def end(self, **facts: Any) -> None:
        """Say how it ended, to machines; people are told by the summary."""
        if self._said is Said.JSON:
            emit("end", **facts)

    def status(self) -> Any:
        """Give a context in which a terminal shows that something goes on."""
        if self._said is Said.LINES and sys.stdout.isatty():
            from rich.console import Console  # noqa: PLC0415

            return Console(stderr=True).status("Running")
        return nullcontext()


def progress_line(result: RunResult, done: int, total: int, left: float | None = None) -> str:
    """Say that a notebook is done: ``[2/7] 01-case-study-banjar  3.1 s, about 8 s left``."""
    failed = "  FAILED" if result.failure is not None else ""
    rest = f", about {left:.0f} s left" if left is not None and done < total else ""
    return f"[{done}/{total}] {result.run.name}  {result.seconds:.1f} s{rest}{failed}"


def nothing_line(n_runs: int, seconds: float) -> str:
    """Say that nothing is out of date."""
    what = "the notebook is" if n_runs == 1 else f"all {n_runs} notebooks are"
    return f"Nothing to do: {what} up to date; --force runs them all the same. It took {seconds:.1f} s."


def emit(event: str, **facts: Any) -> None:
    """Write one event as a line of JSON to stdout, in ASCII: the console may hold no other letters."""
    print(json.dumps({"event": event, **facts}), flush=True)


def _short(reasons: list[str]) -> str:
    more = len(reasons) - SHOWN
    return "; ".join(reasons[:SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _read(path: Path) -> dict[str, float]:
    try:
        found = json.loads(path.read_bytes())
        return {str(name): float(value) for name, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
