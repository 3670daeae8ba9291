"""Verbs that run the collection: ``run`` and ``verify``."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgutils.cli.base import PROBLEM, WRONG_USE, Language, ProjectOption, app, told

if TYPE_CHECKING:
    from cgutils.data.project import Project
    from cgutils.execution.plan import Run
    from cgutils.execution.run import RunResult

TRIALS = "trials"


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
    project: ProjectOption = None,
) -> None:
    """Run the notebooks and show the scores; all of them unless cases or a notebook are named."""
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415

        started = time.perf_counter()
        values = values_of(parameter or [])
        place = find_project(project)
        runs = _chosen(place, cases or [], language, notebook, values)
        results = _run(place, runs, workers, values, language or Language.en, started)
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
    values = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not of the form NAME=VALUE", param_hint="--parameter")
        values[name] = value
    return values


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


def _run(
    place: Project,
    runs: tuple[Run, ...],
    workers: int | None,
    values: dict[str, str],
    language: Language,
    started: float,
) -> tuple[RunResult, ...]:
    from cgutils.data.collection import load_collection  # noqa: PLC0415
    from cgutils.data.dictionary import write_descriptions  # noqa: PLC0415
    from cgutils.execution import report  # noqa: PLC0415
    from cgutils.execution.manifest import write_manifest  # noqa: PLC0415
    from cgutils.execution.plan import NAMING  # noqa: PLC0415
    from cgutils.execution.run import EXECUTED, run_collection  # noqa: PLC0415

    collection = load_collection(place.root)
    if not set(values) - set(NAMING):
        write_descriptions(place)
    executed = place.notebooks / EXECUTED
    if set(values) - set(NAMING):
        # Other values give other results: they must not replace those of the collection.
        executed = place.root / TRIALS
        place = replace(place, processed=executed / "processed")
    console, before = report.plain_console(), report.stamps(place.processed)

    def tell(result: RunResult, done: int, total: int) -> None:
        console.print(report.progress_line(result, done, total))

    with console.status("Running") if console.is_terminal else nullcontext():
        results = run_collection(place, runs, workers, tell, executed=executed)
    n_files = report.written(before, report.stamps(place.processed))
    write_manifest(place, results)
    table, notes = report.score_table(collection, language.value)
    # A trial has other scores than the collection; its own notebooks show them.
    console.print(*([table] if executed.name == EXECUTED else []), "\n".join(notes), sep="\n")
    folders = (_short(executed, place.root), _short(place.processed, place.root))
    console.print(report.summary(results, n_files, folders, time.perf_counter() - started))
    for result in results:
        for said in (*(f"note: {result.run.name}: {note}" for note in result.notes), result.message):
            if said:
                typer.echo(said, err=True)
    return results


def _short(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
