"""Verbs for a case that comes from elsewhere: ``sheet`` and ``import``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgutils.cli.base import PROBLEM, Language, ProjectOption, app, told
from cgutils.data.errors import CgutilsError

if TYPE_CHECKING:
    from cgutils.data.project import Project


@dataclass(frozen=True)
class Request:
    """What was asked of an importer.

    Parameters
    ----------
    path : Path
        The file.
    project : Project
        Where the case goes.
    replace : bool
        Whether a case that stands there may be changed.
    dry_run : bool
        Whether nothing is to be written.
    untranslated : bool
        Whether a text in one language may serve for both.
    """

    path: Path
    project: Project
    replace: bool
    dry_run: bool
    untranslated: bool


@app.command()
def sheet(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK.xlsx", help="The workbook to write.")],
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Codebook (default: that of the case, or the only one).")
    ] = None,
    case: Annotated[
        str | None, typer.Option(metavar="ID", help="The case (default: the name of the workbook).")
    ] = None,
    coder: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Who rates: a row for each indicator (may be repeated)."),
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of headings, lists and guide.")] = Language.en,
    project: ProjectOption = None,
) -> None:
    """Write a workbook in which a case can be coded, with the codebook beside every rating.

    A case that is in the project already stands in it as it is. A file that exists is not overwritten.
    """
    with told():
        from cgutils.data.files import write_bytes  # noqa: PLC0415
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.exchange.sheet_making import make_sheet  # noqa: PLC0415
        from cgutils.present.labels import words  # noqa: PLC0415

        place = find_project(project)
        if workbook.suffix.lower() != ".xlsx":
            raise CgutilsError(f"{workbook.name}: the name of a workbook ends in .xlsx.")
        if workbook.exists():
            raise CgutilsError(
                f"{workbook.name}: is there already, and is not overwritten. Choose another name."
            )
        made = make_sheet(
            place, workbook.name, words(), language.value, case=case, framework=framework, coders=coder or []
        )
        write_bytes(workbook, made.data)
        known = "as it stands in the project" if made.known else "to be filled in"
        typer.echo(
            f"{workbook.name}: case {made.case_id or '(no id yet)'}, {known}; codebook {made.framework}."
        )
        again = " --replace" if made.rated else ""
        typer.echo(f"Fill it in, then: cgutils import {workbook.name}{again}")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A workbook of `cgutils sheet` (.xlsx).")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Change a case that is in the project already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")
    ] = False,
    untranslated: Annotated[
        bool,
        typer.Option(
            "--untranslated", help="Where a text stands in one language only, use it for the other as well."
        ),
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Bring a coded case into the project.

    Everything is checked first, all problems are listed at once with sheet and cell, and the case is written
    whole or not at all. What an import would change in a case that is there already is shown, and done only
    with --replace.
    """
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415

        importer = importer_for(file)
        importer(Request(file, find_project(project), replace, dry_run, untranslated))


Importer = Callable[[Request], None]


def importer_for(file: Path) -> Importer:
    """Find what reads a file: the first importer for its suffix.

    Raises
    ------
    CgutilsError
        Where there is no such file, or nothing reads files of its kind.
    """
    if not file.exists():
        raise CgutilsError(f"{file}: there is no such file. Check its name.")
    found = [importer for suffixes, importer in IMPORTERS if file.suffix.lower() in suffixes]
    if not found:
        known = ", ".join(suffix for suffixes, _ in IMPORTERS for suffix in suffixes)
        raise CgutilsError(f"{file.name}: files of this kind are not imported. Allowed: {known}.")
    return found[0]


def _import_sheet(request: Request) -> None:
    from cgutils.data.errors import CollectionError  # noqa: PLC0415
    from cgutils.exchange.sheet_import import plan_sheet  # noqa: PLC0415
    from cgutils.present.labels import words  # noqa: PLC0415

    found = plan_sheet(request.project, request.path, words(), request.untranslated)
    for note in found.notes:
        typer.echo(f"note: {note}")
    if found.problems:
        raise CollectionError(found.problems)
    plan = found.plan
    typer.echo(f"{request.path.name}: case {found.case_id}{' (new)' if plan.is_new else ''}")
    for change in plan.changes:
        typer.echo(f"  {change}")
    if not plan.changes:
        typer.echo("Nothing changes.")
    elif request.dry_run:
        typer.echo("Nothing was written (--dry-run).")
    elif plan.destroys and not request.replace:
        typer.echo("Nothing was written: this changes what is there. To do it: --replace.", err=True)
        raise typer.Exit(PROBLEM)
    else:
        plan.write()
        names = [path.relative_to(request.project.root).as_posix() for path in plan.files]
        typer.echo(f"Written: {', '.join(names)}. Next: cgutils run")


# What reads which files, the first that fits; an importer of another kind is one more line.
IMPORTERS: Sequence[tuple[tuple[str, ...], Importer]] = (((".xlsx",), _import_sheet),)
