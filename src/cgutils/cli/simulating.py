"""The verb ``simulate``: made-up collections to measure and to test with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgutils.cli.base import ProjectOption, app, told


@app.command()
def simulate(
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A new or empty folder.")],
    cases: Annotated[int, typer.Option(metavar="N", help="How many cases.")] = 10,
    seed: Annotated[int, typer.Option(min=0, metavar="S", help="The same seed gives the same files.")] = 1,
    project: ProjectOption = None,
) -> None:
    """Write a synthetic collection with known properties, marked as synthetic everywhere.

    It has the framework and the notebooks of the project, and can be checked and run like any other:
    cgutils run --project OUT. The true levels are in truth.csv, what else is known in SYNTHETIC.md.
    """
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.execution.simulate import Properties  # noqa: PLC0415
        from cgutils.execution.simulate import simulate as write  # noqa: PLC0415

        folder = write(find_project(project), target.resolve(), Properties(cases, seed))
    typer.echo(f"Written: {cases} synthetic case{'' if cases == 1 else 's'} in {folder}")
