"""The codebook as files that other programs import."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import openpyxl

from cgutils.data.errors import CgutilsError
from cgutils.data.files import neutral, write_bytes
from cgutils.data.framework import Framework
from cgutils.exchange.documents import read_document
from cgutils.exchange.qda.codebook import Code, codebook
from cgutils.exchange.qda.refi_writing import write_codebook, write_project
from cgutils.exchange.zipped import repack_office

FORMATS = ("qdc", "qdpx", "csv", "taguette", "qualcoder", "maxqda")
_BY_SUFFIX = {".qdc": "qdc", ".qdpx": "qdpx", ".csv": "csv", ".xlsx": "maxqda"}
_SUFFIX = {
    "qdc": ".qdc",
    "qdpx": ".qdpx",
    "maxqda": ".xlsx",
    "csv": ".csv",
    "taguette": ".csv",
    "qualcoder": ".csv",
}
_DATE = datetime(2000, 1, 1)


def write_codebook_file(
    out: Path, framework: Framework, language: str, form: str | None = None, sources: Sequence[Path] = ()
) -> Path:
    """Write the codebook of a framework for another program.

    Parameters
    ----------
    out : Path
        File to write. One that exists and is not the same is left alone.
    framework : Framework
        The framework.
    language : {"en", "id"}
        Language of names and descriptions.
    form : str, optional
        ``qdc`` and ``qdpx`` (REFI-QDA), ``taguette``, ``qualcoder``, ``maxqda``, ``csv`` (for people);
        without it the ending of ``out`` decides.
    sources : sequence of Path, optional
        Texts (``.txt``, ``.md``, ``.docx``, ``.pdf``) that go into a ``.qdpx``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CgutilsError
        Where the format is not known or cannot hold texts, a text cannot be read, or the file exists.
    """
    if form is not None and form not in FORMATS:
        raise CgutilsError(f"--format: found {form!r}; allowed: {', '.join(FORMATS)}.")
    chosen = form or _BY_SUFFIX.get(out.suffix.lower())
    if chosen is None:
        raise CgutilsError(
            f"{out.name}: no format is known for this ending. Allowed: {', '.join(sorted(_BY_SUFFIX))}; or "
            f"name one with --format: {', '.join(FORMATS)}."
        )
    if out.suffix.lower() != _SUFFIX[chosen]:
        raise CgutilsError(
            f"{out.name}: the format {chosen} is a {_SUFFIX[chosen]} file. Write {out.stem}{_SUFFIX[chosen]}."
        )
    if sources and chosen != "qdpx":
        raise CgutilsError(
            f"{out.name}: only a .qdpx can hold texts. Write {out.stem}.qdpx, or leave them out."
        )
    data = _made(chosen, framework, language, _texts(sources))
    if out.exists() and (not out.is_file() or out.read_bytes() != data):
        raise CgutilsError(f"{out}: this exists already and is left as it is. Choose another name.")
    return write_bytes(out, data)


def _made(form: str, framework: Framework, language: str, texts: Mapping[str, str]) -> bytes:
    codes = codebook(framework, language)
    if form == "qdpx":
        return write_project(getattr(framework.title, language), codes, texts)
    if form == "csv":
        return _plain(framework, language)
    makers: dict[str, Callable[[Sequence[Code]], bytes]] = {
        "qdc": write_codebook,
        "taguette": taguette_csv,
        "qualcoder": qualcoder_csv,
        "maxqda": maxqda_xlsx,
    }
    return makers[form](codes)


def taguette_csv(codes: Sequence[Code]) -> bytes:
    """Make the list of tags that Taguette imports; levels of a tag are parted by a full stop."""
    rows = [(".".join(code.path), code.description) for code in codes if code.codable]
    return _csv([("tag", "description"), *rows])


def qualcoder_csv(codes: Sequence[Code]) -> bytes:
    """Make the list of codes that QualCoder imports: ``category>>code`` and a memo, without a heading."""
    return _csv([(">>".join(code.path), code.description) for code in codes if code.codable])


def maxqda_xlsx(codes: Sequence[Code]) -> bytes:
    """Make the list of codes that MAXQDA imports: ``Code`` with levels parted by ``>``, and ``Memo``."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Codes"
    sheet.append(["Code", "Memo"])
    for code in codes:
        if code.codable:
            sheet.append([neutral(" > ".join(code.path)), neutral(code.description)])
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 70, 90
    book.properties.creator, book.properties.created = "cgutils", _DATE
    out = io.BytesIO()
    book.save(out)
    return repack_office(out.getvalue(), compressed=False)


def _plain(framework: Framework, language: str) -> bytes:
    heading = ("dimension_id", "dimension", "indicator_id", "code", "label_en", "label_id")
    rows = [
        (
            dimension.dimension_id,
            getattr(dimension.label, language),
            indicator.indicator_id,
            indicator.code,
            indicator.label.en,
            indicator.label.id,
            *(getattr(getattr(indicator, name), language) for name in ("definition", "low", "high")),
        )
        for dimension in framework.dimensions
        for indicator in dimension.indicators
    ]
    return _csv([(*heading, "definition", "level_0", "level_3"), *rows])


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")


def _texts(sources: Sequence[Path]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sources:
        if path.stem in texts:
            raise CgutilsError(f"{path.name}: two texts are called {path.stem!r}. Rename one of them.")
        texts[path.stem] = "\n".join(read_document(path).parts)
    return texts
