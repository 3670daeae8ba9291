"""Verbs that carry results out: ``export`` and ``cite``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cgutils.cli.base import Language, ProjectOption, app, check_name, told


class Format(StrEnum):
    """Formats of a document."""

    docx = "docx"
    xlsx = "xlsx"
    latex = "latex"
    html = "html"
    jsonld = "jsonld"


class Citing(StrEnum):
    """Forms of a reference."""

    text = "text"
    bibtex = "bibtex"


@app.command()
def export(
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="The case; without it the comparison alone.")
    ] = None,
    to: Annotated[Format, typer.Option(help="Format of the document.")] = Format.docx,
    language: Annotated[Language, typer.Option(help="Language of the document.")] = Language.en,
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.docx",
            help="A faculty's Word file: its pages, headers and text stay, its styles are used. The text "
            "goes in place of a paragraph {{cgutils}}, or to the end.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="File or folder to write to (default: exports/ in the project)."),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Another scoring option, such as aggregation=minimum."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there and differs.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Write tables, figures and method of a case and of the comparison for Word, Excel, LaTeX or a browser.

    With a case, the annotated ratings and a COREQ checklist are added. jsonld gives the annotations as W3C
    Web Annotations. Word asks to bring lists and numbers up to date when it
    opens the document: say yes.
    """
    with told():
        from cgutils.cli.running import values_of  # noqa: PLC0415
        from cgutils.data.collection import load_collection  # noqa: PLC0415
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.report import exporting  # noqa: PLC0415
        from cgutils.report.citing import missing_references  # noqa: PLC0415

        options = exporting.options_from(values_of(parameter or []))
        place = find_project(project)
        wish = exporting.Wish(to.value, language.value, case or "", template, options)
        target = out or place.root / exporting.FOLDER
        if out is None or target.is_dir():
            target /= exporting.file_name(wish)
        check_name(target)
        collection = load_collection(place.root)
        written = exporting.export(collection, wish, target, overwrite=overwrite)
        shown = target.relative_to(place.root) if target.is_relative_to(place.root) else target
        more = f" and {len(written) - 1} more" if len(written) > 1 else ""
        typer.echo(f"Written: {shown.as_posix()}{more}" if written else f"Unchanged: {shown.as_posix()}")
        for note in missing_references(collection, wish.language, wish.case_id):
            typer.echo(f"note: {note}", err=True)


@app.command()
def cite(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...", help="Only these cases.")] = None,
    form: Annotated[Citing, typer.Option("--format", help="References as text, or BibTeX.")] = Citing.text,
    language: Annotated[Language, typer.Option(help="Language of the words around them.")] = Language.en,
    project: ProjectOption = None,
) -> None:
    """Say how to cite the collection, the framework and the cases; what is not stated is not guessed."""
    with told():
        from cgutils.data.collection import load_collection  # noqa: PLC0415
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.present.labels import labels  # noqa: PLC0415
        from cgutils.report.citing import citation_lines, citations  # noqa: PLC0415

        collection = load_collection(find_project(project).root)
        words = labels(collection, language.value)
        found = citations(collection, words, cases or [])
        for line in citation_lines(found, words, bibtex=form is Citing.bibtex):
            typer.echo(line)
