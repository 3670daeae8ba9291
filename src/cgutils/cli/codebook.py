"""The codebook for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgutils.cli.base import Language, ProjectOption, app, told


@app.command()
def codebook(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="File to write: .qdc, .qdpx, .csv or .xlsx (MAXQDA).")
    ],
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Framework (needed where the project has several).")
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of names and descriptions.")] = Language.en,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="qdc, qdpx, taguette, qualcoder, maxqda or csv (default: by the ending of OUT).",
        ),
    ] = None,
    sources: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Text that goes into a .qdpx (may be repeated)."),
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Write the codebook for a program for qualitative data analysis, to code with it from the start.

    Besides the indicators it has codes for direction and kind of evidence: put them on the same passage, and
    the import reads them. REFI-QDA (.qdc, .qdpx) is read by NVivo, ATLAS.ti, MAXQDA and QualCoder; Taguette
    and QualCoder have lists of their own (--format).
    """
    with told():
        from cgutils.data.framework import load_framework  # noqa: PLC0415
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.exchange.qda.codebook_files import write_codebook_file  # noqa: PLC0415

        chosen = load_framework(find_project(project), framework)
        write_codebook_file(out, chosen, language.value, form, sources or [])
        typer.echo(f"{out}: {chosen.framework_id}, {len(chosen.indicators)} indicators")
