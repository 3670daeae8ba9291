"""Importing coded segments of other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgutils.cli.base import Language, ProjectOption, app, told


@app.command("import-qda")
def import_qda(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="REFI-QDA (.qdpx, .qde), QualCoder (.qda), Taguette (.sqlite3), or a list of segments "
            "(.csv, .xlsx).",
        ),
    ],
    case: Annotated[str, typer.Option(metavar="ID", help="Case that the segments are evidence of.")],
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="What codes, documents and coders are here (default: FILE-mapping.csv)."
        ),
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=SOURCE", help="Source of a document, or ignore (may be repeated)."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this document or case of the file (may be repeated)."),
    ] = None,
    coder: Annotated[
        str | None, typer.Option(metavar="ID", help="Who coded, where the file does not say.")
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="Language of the comments, and of this report.", show_default=False),
    ] = None,
    keep_text: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Write the passages into this file, outside the project."),
    ] = None,
    fingerprints: Annotated[
        bool, typer.Option("--fingerprints", help="Give new items the fingerprint of their passage.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Take this document although positions fit badly."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    project: ProjectOption = None,
) -> None:
    """Import coded segments of another program as evidence of a case.

    Codes are recognised by the id, code or label of an indicator. Where one is not, a mapping file with
    guesses is written and nothing is imported: fill in its column use, and run the same command again.
    Importing the same file again changes nothing. The text of the passages stays out of the project, and
    ratings are never made: what is blank (direction, kind, summaries) is listed by `cgutils check`.
    """
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.exchange.qda.importing import Options, import_segments  # noqa: PLC0415
        from cgutils.exchange.qda.report import report_json, report_lines  # noqa: PLC0415
        from cgutils.present.labels import Labels  # noqa: PLC0415

        options = Options(
            mapping=mapping,
            documents=_pairs(document or []),
            only=tuple(only or ()),
            coder=coder,
            language=language.value if language else None,
            keep_text=keep_text,
            fingerprints=fingerprints,
            accept=tuple(accept or ()),
        )
        report = import_segments(find_project(project), path, case, options)
        if as_json:
            typer.echo(report_json(report))
            return
        for line in report_lines(report, Labels((language or Language.en).value)):
            typer.echo(line)


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for text in given:
        name, equals, source = text.rpartition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not of the form NAME=SOURCE", param_hint="--document")
        pairs[name] = source
    return pairs
