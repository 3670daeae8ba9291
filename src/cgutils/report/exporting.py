"""From a collection to the files of one format, made whole before any of them is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from cgutils.analysis.options import ScoringOptions
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.files import write_all
from cgutils.exchange.out.packing import read_template
from cgutils.report.annotations import annotations_json
from cgutils.report.document import make_document

FORMATS = ("docx", "xlsx", "latex", "html", "jsonld")
ENDINGS = {"latex": "tex"}
PICTURES = {"docx": "png", "xlsx": "png", "html": "svg", "latex": "pdf"}
COMPARISON = "comparison"
FOLDER = "exports"


@dataclass(frozen=True)
class Wish:
    """What is to be exported.

    Parameters
    ----------
    to : str
        One of `FORMATS`.
    language : {"en", "id"}
        Language of the document.
    case_id : str
        The case that it is about; "" for the comparison alone.
    template : Path or None
        A faculty's Word file, for ``docx`` alone.
    options : ScoringOptions
        How it is scored.
    """

    to: str
    language: str
    case_id: str = ""
    template: Path | None = None
    options: ScoringOptions = field(default_factory=ScoringOptions)


def file_name(wish: Wish) -> str:
    """Name the file of a wish: ``kota-x-id.docx``."""
    return f"{wish.case_id or COMPARISON}-{wish.language}.{ENDINGS.get(wish.to, wish.to)}"


def make_files(collection: Collection, wish: Wish, name: str) -> dict[str, bytes]:
    """Make the files of a wish in memory.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    wish : Wish
        What is wanted.
    name : str
        Name of the main file; LaTeX keeps its pictures in a folder named after it.

    Returns
    -------
    dict of str to bytes
        By path relative to the folder of the main file, which comes last.

    Raises
    ------
    CgutilsError
        For an unknown case, format or language, a template that cannot be used, or scoring options where
        nothing is scored.
    """
    if wish.to not in FORMATS:
        raise CgutilsError(f"format: found {wish.to!r}; allowed: {', '.join(FORMATS)}.")
    if wish.template is not None and wish.to != "docx":
        raise CgutilsError(f"a template is a Word file and serves docx alone, found --to {wish.to}.")
    if wish.to == "jsonld" and wish.options != ScoringOptions():
        raise CgutilsError(
            "--to jsonld: annotations hold ratings and evidence, which no scoring option changes. Leave out "
            "--parameter."
        )
    # Before all that takes time: a template that cannot be used is said at once.
    template = read_template(wish.template) if wish.template is not None else None
    if wish.to == "jsonld":
        return {name: annotations_json(collection, wish.language, wish.case_id)}
    document = make_document(collection, wish.language, wish.case_id, wish.options, [PICTURES[wish.to]])
    # Each writer is imported when it is needed: a reader of HTML does not wait for Word.
    if wish.to == "docx":
        from cgutils.exchange.out.docx import write_docx  # noqa: PLC0415

        return {name: write_docx(document, template)}
    if wish.to == "xlsx":
        from cgutils.exchange.out.xlsx import write_xlsx  # noqa: PLC0415

        return {name: write_xlsx(document)}
    if wish.to == "html":
        from cgutils.exchange.out.html import write_html  # noqa: PLC0415

        return {name: write_html(document)}
    from cgutils.exchange.out.latex import write_latex  # noqa: PLC0415

    folder = f"{Path(name).stem}-figures"
    text, pictures = write_latex(document, folder)
    return {**{f"{folder}/{picture}": data for picture, data in pictures.items()}, name: text}


def export(collection: Collection, wish: Wish, target: Path, *, overwrite: bool = False) -> list[Path]:
    """Write the files of a wish.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    wish : Wish
        What is wanted.
    target : Path
        The main file.
    overwrite : bool
        Replace files that are there and differ; a document may have been worked on.

    Returns
    -------
    list of Path
        What was written; empty where everything was there already.

    Raises
    ------
    CgutilsError
        As `make_files`; where a file is there that would change, unless ``overwrite``; where one cannot be
        written. Nothing is written then, pictures included.
    """
    ending = f".{ENDINGS.get(wish.to, wish.to)}"
    if target.suffix.lower() != ending:
        raise CgutilsError(f"{target.name}: the name of a file for --to {wish.to} ends in {ending}.")
    if wish.to == "latex" and not target.stem.replace("-", "").replace("_", "").replace(".", "").isalnum():
        # TeX reads the name of the folder of pictures; blanks and signs in it would be commands.
        raise CgutilsError(f"{target.name}: for LaTeX name the file with letters, digits, - and _ alone.")
    made = make_files(collection, wish, target.name)
    changed = {
        target.parent / name: data for name, data in made.items() if _differs(target.parent / name, data)
    }
    there = [path.name for path in changed if path.exists()]
    if there and not overwrite:
        raise CgutilsError(
            f"{', '.join(there)}: there already, with other content; it may have been worked on. "
            "Name another file (--out), or add --overwrite. Nothing was written."
        )
    write_all(changed)
    return [*changed]


def options_from(values: Mapping[str, str]) -> ScoringOptions:
    """Make scoring options from texts.

    Parameters
    ----------
    values : mapping of str to str
        Option to value, such as ``{"aggregation": "minimum"}``.

    Returns
    -------
    ScoringOptions

    Raises
    ------
    CgutilsError
        For an unknown option, a value that is no number where one is needed, or one that is not allowed.
    """
    known = {
        entry.name: entry.default
        for entry in fields(ScoringOptions)
        if isinstance(entry.default, str | float)
    }
    unknown = [name for name in values if name not in known]
    if unknown:
        raise CgutilsError(f"parameter {', '.join(unknown)}: unknown; allowed: {', '.join(known)}.")
    made: dict[str, str | float] = {}
    for name, value in values.items():
        try:
            made[name] = float(value) if isinstance(known[name], float) else value
        except ValueError:
            raise CgutilsError(f"parameter {name}: found {value!r}; allowed: a number such as 0.5.") from None
    return ScoringOptions(**made)  # type: ignore[arg-type]


def _differs(path: Path, data: bytes) -> bool:
    try:
        return path.read_bytes() != data
    except FileNotFoundError:
        return True
    except OSError as error:
        raise CgutilsError(
            f"{path.name}: cannot be written there ({error.strerror}). Name another file."
        ) from error
