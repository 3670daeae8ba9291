"""Verbs for a case that comes from elsewhere: ``sheet``, ``codebook`` and ``import``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgutils.cli.base import PROBLEM, Language, ProjectOption, app, as_typed, check_name, taken_apart, told
from cgutils.data.errors import CgutilsError

if TYPE_CHECKING:
    from cgutils.data.project import Project
    from cgutils.exchange.qda.importing import Options

SPREADSHEETS = (".ods", ".fods", ".xls", ".xlsm", ".xlsb", ".numbers")


@app.command()
def sheet(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK.xlsx", help="The workbook to write.")],
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Codebook (default: that of the case, or of all cases).")
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
        check_name(workbook)
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
        there = f" --project {as_typed(project)}" if project else ""
        typer.echo(f"Fill it in, then: cgutils import {as_typed(workbook)}{again}{there}")


@app.command()
def codebook(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="File to write: .qdc, .qdpx, .csv or .xlsx (MAXQDA).")
    ],
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Framework (default: that of the cases).")
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
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.data.single_files import load_framework  # noqa: PLC0415
        from cgutils.exchange.qda.codebook_files import write_codebook_file  # noqa: PLC0415

        check_name(out)
        chosen = load_framework(find_project(project), framework)
        write_codebook_file(out, chosen, language.value, form, sources or [])
        typer.echo(f"{out}: {chosen.framework_id}, {len(chosen.indicators)} indicators")


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A workbook of `cgutils sheet` (.xlsx); or, with --case, coded segments: REFI-QDA (.qdpx, "
            ".qde), QualCoder (.qda), Taguette (.sqlite3), or a list of them (.csv, .xlsx).",
        ),
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Workbook: change a case that is in the project already.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Workbook: say what would change, and write nothing.")
    ] = False,
    untranslated: Annotated[
        bool,
        typer.Option(
            "--untranslated",
            help="Workbook: where a text stands in one language only, use it for the other as well.",
        ),
    ] = False,
    case: Annotated[
        str | None, typer.Option(metavar="ID", help="Segments: the case that they are evidence of.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Segments: what codes, documents and coders are here (default: FILE-mapping.csv).",
        ),
    ] = None,
    document: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=SOURCE", help="Segments: source of a document, or ignore (may be repeated)."
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Segments: only this document or case of the file (may be repeated)."
        ),
    ] = None,
    coder: Annotated[
        str | None, typer.Option(metavar="ID", help="Segments: who coded, where the file does not say.")
    ] = None,
    language: Annotated[
        Language | None,
        typer.Option(help="Segments: language of the comments, and of this report.", show_default=False),
    ] = None,
    keep_text: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Segments: write the passages here, outside the project."),
    ] = None,
    fingerprints: Annotated[
        bool,
        typer.Option("--fingerprints", help="Segments: give new items the fingerprint of their passage."),
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Segments: take this document although positions fit badly."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Segments: print the report as JSON.")] = False,
    project: ProjectOption = None,
) -> None:
    """Bring a coded case into the project: a workbook, or segments coded in another program.

    Everything is checked first, all problems are listed at once, and the case is written whole or not at all.
    What a workbook would change in a case that is there already is shown, and done only with --replace.
    Segments (with --case) become evidence. Codes are recognised by the id, code or label of an indicator;
    where one is not, a mapping file with guesses is written and nothing is imported: fill in its column use,
    and run the same command again. Importing the same file again changes nothing. The text of the passages
    stays out of the project, and ratings are never made: what is blank (direction, kind, summaries) is
    listed by `cgutils check`.
    """
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415

        if not file.exists():
            raise CgutilsError(f"{file}: there is no such file. Check its name.")
        of_workbook = {"--replace": replace, "--dry-run": dry_run, "--untranslated": untranslated}
        of_segments = {
            "--mapping": mapping,
            "--document": document,
            "--only": only,
            "--coder": coder,
            "--language": language,
            "--keep-text": keep_text,
            "--fingerprints": fingerprints,
            "--accept": accept,
            "--json": as_json,
        }
        place = find_project(project)
        if case is None:
            _check_workbook(file, of_segments)
            _import_sheet(place, file, replace=replace, dry_run=dry_run, untranslated=untranslated)
            return
        _refuse(of_workbook, "goes with a workbook, that is, without --case")
        from cgutils.exchange.qda.importing import Options  # noqa: PLC0415

        options = Options(
            mapping=mapping,
            documents=taken_apart(document or [], "NAME=SOURCE", "--document", last=True),
            only=tuple(only or ()),
            coder=coder,
            language=language.value if language else None,
            keep_text=keep_text,
            fingerprints=fingerprints,
            accept=tuple(accept or ()),
        )
        _import_segments(place, file, case, options, language or Language.en, as_json=as_json)


def _check_workbook(file: Path, of_segments: Mapping[str, object]) -> None:
    if file.suffix.lower() in SPREADSHEETS:
        raise CgutilsError(
            f"{file.name}: is a spreadsheet of another format. Open it, save it as .xlsx (Excel) and "
            "import that."
        )
    if file.suffix.lower() != ".xlsx":
        raise CgutilsError(
            f"{file.name or file}: is no workbook (.xlsx). Coded segments of another program need the case "
            "that they are evidence of: --case ID."
        )
    _refuse(of_segments, "goes with coded segments, that is, with --case")


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Refuse options that would otherwise be passed over."""
    given = [name for name, value in options.items() if value]
    if given:
        raise CgutilsError(f"{', '.join(given)}: {why}.")


def _import_segments(
    place: Project, file: Path, case: str, options: Options, language: Language, *, as_json: bool
) -> None:
    from cgutils.exchange.qda.importing import import_segments  # noqa: PLC0415
    from cgutils.exchange.qda.report import report_json, report_lines  # noqa: PLC0415
    from cgutils.present.labels import Labels  # noqa: PLC0415

    report = import_segments(place, file, case, options)
    if as_json:
        typer.echo(report_json(report))
        return
    for line in report_lines(report, Labels(language.value)):
        typer.echo(line)


def _import_sheet(place: Project, path: Path, *, replace: bool, dry_run: bool, untranslated: bool) -> None:
    from cgutils.data.errors import CollectionError  # noqa: PLC0415
    from cgutils.exchange.sheet_import import plan_sheet  # noqa: PLC0415
    from cgutils.present.labels import words  # noqa: PLC0415

    found = plan_sheet(place, path, words(), untranslated)
    for note in found.notes:
        typer.echo(f"note: {note}")
    if found.problems:
        raise CollectionError(found.problems)
    plan = found.plan
    typer.echo(f"{path.name}: case {found.case_id}{' (new)' if plan.is_new else ''}")
    for change in plan.changes:
        typer.echo(f"  {change}")
    if not plan.changes:
        typer.echo("Nothing changes.")
    elif dry_run:
        typer.echo("Nothing was written (--dry-run).")
    elif plan.destroys and not replace:
        typer.echo("Nothing was written: this changes what is there. To do it: --replace.", err=True)
        raise typer.Exit(PROBLEM)
    else:
        plan.write()
        names = [made.relative_to(place.root).as_posix() for made in plan.files]
        typer.echo(f"Written: {', '.join(names)}. Next: cgutils run")
