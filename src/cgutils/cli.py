"""The command line: thin verbs over the library. Whatever is heavy is imported when a verb needs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgutils.data.errors import CgutilsError

if TYPE_CHECKING:
    from cgutils.data.project import Project
    from cgutils.execution.plan import Run
    from cgutils.execution.run import RunResult

PROBLEM, WRONG_USE, INTERRUPTED = 1, 2, 130
TRIALS = "trials"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Run, check and compare a collection of collaborative-governance case studies.",
)


class Language(StrEnum):
    """Languages in which labels exist."""

    en = "en"
    id = "id"


ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder of the project (default: found from here)."),
]


def _version(value: bool) -> None:
    if value:
        from cgutils import __version__  # noqa: PLC0415

        typer.echo(f"cgutils {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


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
    with _told():
        from cgutils.data.project import find_project  # noqa: PLC0415

        started = time.perf_counter()
        values = _values(parameter or [])
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
    with _told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.execution.verify_report import verify_aloud  # noqa: PLC0415

        same = verify_aloud(find_project(project), workers, report).same
    if not same:
        raise typer.Exit(PROBLEM)


@app.command()
def check(project: ProjectOption = None) -> None:
    """Check the collection and say what it holds, without running anything."""
    with _told():
        from cgutils.data.collection import load_collection  # noqa: PLC0415
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.execution.plan import make_plan  # noqa: PLC0415
        from cgutils.execution.report import counts  # noqa: PLC0415

        place = find_project(project)
        collection = load_collection(place.root)
        make_plan(place)
        for note in collection.notes:
            typer.echo(f"note: {note}")
        typer.echo(counts(collection))


@app.command()
def locate(
    source_file: Annotated[
        Path, typer.Argument(metavar="SOURCE_FILE", help="A .txt, .md, .docx or .pdf file.")
    ],
    case: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only the passages of this case (may be repeated).")
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of the words that are printed.")] = Language.en,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead, all sources included.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Find the passages behind the evidence in your own copy of a source.

    The project publishes fingerprints of the passages, not their text. Each item is said to be verbatim
    (every letter and digit), found (at least 80 % of its fingerprint), probable (25 to 80 %) or not found,
    with the line, paragraph or page and the beginning of the text, taken from your file. PDF files need the
    extra cgutils[pdf].

    The exit code is 0 whenever the file could be searched, whatever was found, and 1 where it could not be
    read.
    """
    with _told():
        from cgutils.exchange.documents import read_document  # noqa: PLC0415

        # Before all else: a file that cannot be read is said at once.
        document = read_document(source_file)
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.exchange.findings import finding_lines, findings_json  # noqa: PLC0415
        from cgutils.exchange.locating import locate_passages  # noqa: PLC0415
        from cgutils.exchange.register import read_evidence  # noqa: PLC0415
        from cgutils.present.labels import Labels  # noqa: PLC0415

        evidence = read_evidence(find_project(project), case)
        results = locate_passages(document, evidence)
        if as_json:
            typer.echo(findings_json(document, results))
            return
        for line in finding_lines(document, results, evidence["fingerprint"], Labels(language.value)):
            typer.echo(line)


@app.command()
def fingerprint(
    passages: Annotated[
        Path,
        typer.Argument(
            metavar="PASSAGES.csv", help="Columns evidence_id and passage; kept outside the project."
        ),
    ],
    case: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this case (may be repeated).")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Write the fingerprints of passages into evidence.csv; the passages themselves are stored nowhere.

    A passage that reads none withholds the fingerprint of its item, as for confidential material. Nothing is
    written where any row cannot be used, and nothing but the column fingerprint changes.
    """
    with _told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.exchange.findings import change_line  # noqa: PLC0415
        from cgutils.exchange.register import write_fingerprints  # noqa: PLC0415

        for change in write_fingerprints(find_project(project), passages, case):
            typer.echo(change_line(change))


def _values(given: list[str]) -> dict[str, str]:
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


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except CgutilsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(PROBLEM) from error
    except KeyboardInterrupt:
        typer.echo("Interrupted. Copies that were complete are kept; nothing is half written.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
