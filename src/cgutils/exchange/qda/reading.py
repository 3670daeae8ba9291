"""Reading a file of a program for qualitative data analysis, whichever it is."""

from __future__ import annotations

from pathlib import Path

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.databases import MAGIC, open_database
from cgutils.exchange.qda.qualcoder import read_qualcoder
from cgutils.exchange.qda.refi import read_refi_archive, read_refi_xml
from cgutils.exchange.qda.segments import QdaFile
from cgutils.exchange.qda.taguette import read_taguette

ALLOWED = (
    "a REFI-QDA project (.qdpx, .qde) or codebook (.qdc), a QualCoder project (its folder .qda or the file "
    "data.qda), a Taguette project (project.sqlite3), or a list of coded segments (.csv, .tsv, .xlsx)"
)
QUALCODER_FILE = "data.qda"
_TEXTS = (".csv", ".tsv", ".txt")


def read_qda(path: Path | str) -> QdaFile:
    """Read coded segments from what a program for qualitative data analysis wrote.

    Parameters
    ----------
    path : Path or str
        A file, or the folder of a QualCoder project. What it holds decides how it is read, not its name.

    Returns
    -------
    QdaFile
        Segments, codes, and how positions were read.

    Raises
    ------
    CgutilsError
        Where it is none of the known formats, is damaged, or is not safe to read. Nothing is written.
    """
    place = Path(path)
    try:
        if place.is_dir():
            inside = place / QUALCODER_FILE
            if not inside.is_file():
                raise CgutilsError(f"{place.name}: a folder without {QUALCODER_FILE}. Name {ALLOWED}.")
            return read_qualcoder(inside)
        with place.open("rb") as stream:
            head = stream.read(512)
        return _read(place, head)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CgutilsError(f"{place}: could not be read ({reason}). Check the name of the file.") from error


def _read(path: Path, head: bytes) -> QdaFile:
    if head.startswith(b"PK"):
        return _read_archive(path)
    if head.startswith(MAGIC):
        with open_database(path, {}, "a database") as database:
            taguette = database.has("highlights") and database.has("documents")
        return read_taguette(path) if taguette else read_qualcoder(path)
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if text.startswith(b"<") and path.suffix.lower() not in _TEXTS:
        return read_refi_xml(path)
    if path.suffix.lower() in _TEXTS:
        from cgutils.exchange.qda.spreadsheets import read_csv_segments  # noqa: PLC0415

        return read_csv_segments(path)
    found = "an empty file" if not head else "none of the known formats"
    raise CgutilsError(f"{path.name}: {found}. Name {ALLOWED}.")


def _read_archive(path: Path) -> QdaFile:
    from cgutils.exchange.qda.archives import open_archive  # noqa: PLC0415

    with open_archive(path, "an archive") as archive:
        workbook = any(name.lower() == "xl/workbook.xml" for name in archive.names)
    if workbook:
        from cgutils.exchange.qda.spreadsheets import read_xlsx_segments  # noqa: PLC0415

        return read_xlsx_segments(path)
    return read_refi_archive(path)
