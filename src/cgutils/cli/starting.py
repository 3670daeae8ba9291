"""Verbs with which one begins: ``new`` and ``new-case``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgutils.cli.base import ProjectOption, app, as_typed, told


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is not there yet.")],
) -> None:
    """Make a project of your own: codebook, an invented example case, notebooks, README in two languages.

    Nothing that exists is overwritten.
    """
    with told():
        from cgutils.data.starting import new_project  # noqa: PLC0415

        made = new_project(folder)
        typer.echo(f"Made {made.root.name}: read its README.md (English, bahasa Indonesia). Next:")
        typer.echo(f"  cd {as_typed(folder)}")
        typer.echo('  cgutils new-case kota-x --title "..."')


@app.command("new-case")
def add_case(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="Its id, such as kota-x.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="Its title.")],
    short_title: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Its name in figures (default: from the id, kota-x: Kota X)."),
    ] = None,
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Its codebook (default: that of the other cases).")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="ID", help="Id of its source (default: the id of the case).")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Add the folder of a case, with a valid case.yaml and tables that hold nothing but their headings."""
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.data.starting import new_case  # noqa: PLC0415

        place = find_project(project)
        for path in new_case(
            place, case_id, title, short_title=short_title, framework=framework, source=source
        ):
            typer.echo(f"written: {path.relative_to(place.root).as_posix()}")
        typer.echo(f"Next: cgutils sheet {case_id}.xlsx, or fill in the tables by hand.")
