"""Verbs of those who check: ``check``, ``locate`` and ``fingerprint``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cgutils.cli.base import Language, ProjectOption, app, told


@app.command()
def check(project: ProjectOption = None) -> None:
    """Check the collection, its claims included, and say what it holds, without running anything."""
    with told():
        from cgutils.analysis.claims import audit  # noqa: PLC0415
        from cgutils.data.collection import load_collection  # noqa: PLC0415
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.execution.plan import make_plan  # noqa: PLC0415
        from cgutils.execution.report import counts  # noqa: PLC0415

        place = find_project(project)
        collection = load_collection(place.root)
        audit(collection)
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
    with told():
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
    with told():
        from cgutils.data.project import find_project  # noqa: PLC0415
        from cgutils.exchange.findings import change_line  # noqa: PLC0415
        from cgutils.exchange.register import write_fingerprints  # noqa: PLC0415

        for change in write_fingerprints(find_project(project), passages, case):
            typer.echo(change_line(change))
