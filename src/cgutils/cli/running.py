"""Verbs that run the collection: ``run`` and ``verify``."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgutils.cli.base import PROBLEM, WRONG_USE, Language, ProjectOption, app, taken_apart, told

if TYPE_CHECKING:
    from cgutils.data.project import Project
    from cgutils.execution.journal import Due
    from cgutils.execution.plan import Run
    from cgutils.execution.progress import Clock, Said, Teller
    from cgutils.execution.run import RunResult

TRIALS = "trials"
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="Run on a Dask cluster (tcp://host:8786) instead; needs cgutils[cluster]."
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Say it as JSON, one event a line.")]


@app.command()
def run(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="Only these cases.")] = None,
    language: Annotated[
        Language | None, typer.Option(help="Run in this language.", show_default=False)
    ] = None,
    notebook: Annotated[str | None, typer.Option(metavar="NAME", help="Only this notebook.")] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another value for a parameter; the copies go to trials/."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Notebooks at a time (default: one for each processor)."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what is up to date.")] = False,
    scheduler: SchedulerOption = None,
    quiet: QuietOption = False,
    as_json: JsonOption = False,
    project: ProjectOption = None,
) -> None:
    """Run the notebooks that are out of date and show the scores; of all, unless cases or one are named.

    A notebook is out of date where anything that it was seen to read has changed since it was run: data, its
    own source, modules, parameters, versions. Why is said for each.
    """
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.execution.progress import Said  # noqa: PLC0415

        started = time.perf_counter()
        values = values_of(parameter or [])
        place = find_project(project)
        runs = _chosen(place, cases or [], language, notebook, values)
        said = Said.JSON if as_json else Said.QUIET if quiet else Said.LINES
        wish = _Wish(workers, scheduler, said, values, language or Language.en, force)
        results = _run(place, runs, wish, started)
    if any(result.failure is not None for result in results):
        raise typer.Exit(PROBLEM)


@app.command()
def verify(
    workers: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Notebooks at a time (default: one for each processor)."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write verification.md and verification.json into this folder."),
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Run everything again in a temporary copy and compare it with the stored results.

    Tables are compared cell by cell, executed notebooks output by output, figures by their data and
    description, never by their pixels. Nothing in the project is written. The status is 0 only if nothing
    differs.
    """
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.execution.verify_report import verify_aloud  # noqa: PLC0415

        same = verify_aloud(find_project(project), workers, report).same
    if not same:
        raise typer.Exit(PROBLEM)


def values_of(given: list[str]) -> dict[str, str]:
    """Take NAME=VALUE apart."""
    return taken_apart(given, "NAME=VALUE", "--parameter")


def _chosen(
    place: Project, cases: list[str], language: Language | None, notebook: str | None, values: dict[str, str]
) -> tuple[Run, ...]:
    from cgutils.execution.errors import RunError  # noqa: PLC0415
    from cgutils.execution.plan import make_plan, select_runs  # noqa: PLC0415

    plan = make_plan(place)
    try:
        return select_runs(place, plan, cases, language.value if language else None, notebook, values)
    except RunError as error:
        # The plan is in order, so it is what was typed that does not fit.
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_USE) from error


@dataclass(frozen=True)
class _Wish:
    """How the person wants it."""

    workers: int | None
    scheduler: str | None
    said: Said
    values: dict[str, str]
    language: Language
    force: bool

    @property
    def trial(self) -> bool:
        from cgutils.execution.plan import NAMING  # noqa: PLC0415

        # Other values give other results: they must not replace those of the collection.
        return bool(set(self.values) - set(NAMING))


def _run(place: Project, runs: tuple[Run, ...], wish: _Wish, started: float) -> tuple[RunResult, ...]:
    from cgutils.execution.journal import find_due  # noqa: PLC0415
    from cgutils.execution.outdated import outputs_of  # noqa: PLC0415
    from cgutils.execution.plan import EXECUTED  # noqa: PLC0415
    from cgutils.execution.progress import Clock, Teller  # noqa: PLC0415

    executed = place.notebooks / EXECUTED
    due = find_due(place, runs, wish.force or wish.trial)
    todo = tuple(run for run in runs if run.name in due.why)
    clock = Clock(place, due.why)
    teller = Teller(wish.said, clock)
    if wish.trial:
        executed = place.root / TRIALS
        place = replace(place, processed=executed / "processed")
    else:
        teller.plan(due.why, due.kept, {run.name: outputs_of(run, due.then) for run in todo})
    if todo:
        return _make(place, todo, wish, due, teller, clock, executed, started)
    _nothing(place, due, wish.said, len(runs), teller, started)
    teller.end(results=[], seconds=round(time.perf_counter() - started, 2))
    return ()


def _nothing(place: Project, due: Due, said: Said, n_runs: int, teller: Teller, started: float) -> None:
    from cgutils.execution.journal import is_settled, remove_leftovers, settle  # noqa: PLC0415
    from cgutils.execution.plan import make_plan  # noqa: PLC0415

    # The last run may have been cut off when all was done but the manifest, or a copy been deleted since.
    if not is_settled(place, due, make_plan(place)) and settle(place, due, ()) is not None:
        teller.removed(*remove_leftovers(place))
    if said.value == "lines":
        from cgutils.execution.progress import nothing_line  # noqa: PLC0415

        typer.echo(nothing_line(n_runs, time.perf_counter() - started))


def _make(
    place: Project,
    todo: tuple[Run, ...],
    wish: _Wish,
    due: Due,
    teller: Teller,
    clock: Clock,
    executed: Path,
    started: float,
) -> tuple[RunResult, ...]:
    # First of all: they import while the collection is checked.
    with _prepared(wish.scheduler):
        from cgutils.execution.importing import skip_unused_imports, without_collecting  # noqa: PLC0415

        skip_unused_imports(others=wish.scheduler is None)
        with without_collecting():
            from cgutils.data.collection import load_to_hand_on  # noqa: PLC0415
            from cgutils.data.dictionary import write_descriptions  # noqa: PLC0415
            from cgutils.execution import report  # noqa: PLC0415
            from cgutils.execution.journal import note_done, remove_leftovers, settle  # noqa: PLC0415
            from cgutils.execution.run import run_collection  # noqa: PLC0415
        collection, checked = load_to_hand_on(place)
        if not wish.trial:
            write_descriptions(place)
        before = report.stamps(place.processed)

        def tell(result: RunResult, done: int, total: int) -> None:
            if result.path is not None and not wish.trial:
                note_done(place, result, due.state)
            teller.run(result, done, total)

        with teller.status():
            results = run_collection(
                place,
                todo,
                wish.workers,
                tell,
                executed=executed,
                scheduler=wish.scheduler,
                expected=clock.expected,
                checked=checked,
            )
    clock.keep()
    n_files = report.written(before, report.stamps(place.processed))
    if not wish.trial and settle(place, due, results) is not None:
        teller.removed(*remove_leftovers(place))
    folders = (_short(executed, place.root), _short(place.processed, place.root))
    seconds = time.perf_counter() - started
    if wish.said.value == "lines":
        console = report.plain_console()
        table, notes = report.score_table(collection, wish.language.value)
        # A trial has other scores than the collection; its own notebooks show them.
        console.print(*([] if wish.trial else [table]), "\n".join(notes), sep="\n")
        console.print(report.summary(results, n_files, folders, seconds))
    teller.end(
        results=[{"name": result.run.name, "failure": result.message or None} for result in results],
        seconds=round(seconds, 2),
    )
    for result in results:
        for said in (*(f"note: {result.run.name}: {note}" for note in result.notes), result.message):
            if said and (result.failure is not None or wish.said.value == "lines"):
                typer.echo(said, err=True)
    return results


def _prepared(scheduler: str | None) -> AbstractContextManager[None]:
    if scheduler is None:
        from cgutils.execution.warm.client import warm_parent  # noqa: PLC0415

        return warm_parent()
    from cgutils.execution.cluster import workers_prepared  # noqa: PLC0415

    return workers_prepared(scheduler)


def _short(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
