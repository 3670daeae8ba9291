"""Lists of coded segments and of codes as spreadsheets: MAXQDA, ATLAS.ti, Taguette, kept by hand."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from cgutils.data.errors import CgutilsError, CollectionError, Problem
from cgutils.data.reading import read_cells
from cgutils.exchange.qda.archives import Archive, open_archive
from cgutils.exchange.qda.headings import COLUMN_OF, columns_of, plain_heading
from cgutils.exchange.qda.memos import clean
from cgutils.exchange.qda.segments import ROW, DocumentLog, QdaFile, Segment
from cgutils.exchange.qda.textparts import NO_CODE

SEGMENTS, CODES = "list of coded segments", "list of codes"
MAX_ROWS, MAX_COLUMNS, HEADING_WITHIN = 200_000, 100, 10
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-?8|utf-?16|us-ascii)""", re.IGNORECASE)
_CELL_ERRORS = {"#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#N/A", "#NULL!", "#NUM!"}
Rows = list[tuple[int, list[str]]]


def read_csv_segments(path: Path) -> QdaFile:
    """Read a CSV (comma, semicolon or tab) with one coded segment a row, or a list of codes."""
    heading, rows, table = read_cells(path, path.name, COLUMN_OF)
    if table.problems:
        raise CollectionError(table.problems)
    found = _read(path.name, heading, rows)
    found.remarks += ["encoding"] if any("1252" in note.found for note in table.notes) else []
    return found


def read_xlsx_segments(path: Path) -> QdaFile:
    """Read the first sheet with known headings of an Excel workbook.

    Parameters
    ----------
    path : Path
        The ``.xlsx``.

    Returns
    -------
    QdaFile
        One segment for each row and code.

    Raises
    ------
    CgutilsError
        Where it is no workbook, is not safe to unpack, or no sheet has the headings.
    CollectionError
        Where cells hold formulas or errors; all are listed.
    """
    with open_archive(path, "an Excel workbook (.xlsx)") as archive:
        _check_parts(archive)
    with warnings.catch_warnings():
        # Styles that openpyxl does not know are no matter here.
        warnings.simplefilter("ignore", UserWarning)
        try:
            book = openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        except Exception as error:
            raise _unreadable(path, error) from error
        try:
            for sheet in book.worksheets:
                found = _sheet(path, sheet)
                if found is not None:
                    return _read(path.name, *found)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, SyntaxError) as error:
            raise _unreadable(path, error) from error
        finally:
            book.close()
    raise _no_headings(path.name, [])


def _unreadable(path: Path, error: Exception) -> CgutilsError:
    said = str(error).split("\n", 1)[0][:80] or type(error).__name__
    return CgutilsError(
        f"{path.name}: this is not a readable Excel workbook ({said}). Open it in a spreadsheet and save it "
        "again as .xlsx."
    )


def _check_parts(archive: Archive) -> None:
    # Whatever library parses them: no part of a workbook declares a document type.
    for name in archive.names:
        if name.lower().endswith((".xml", ".rels")):
            data = archive.read(name).replace(b"\0", b"")
            if _DECLARES.search(data) or _ENCODING.search(data[:200]):
                raise CgutilsError(
                    f"{archive.name}: {name} declares a document type, entities or an unusual encoding, "
                    "which no spreadsheet program writes. It is not read, and nothing was written."
                )


def _sheet(path: Path, sheet: Any) -> tuple[list[str], Rows] | None:
    heading: list[str] = []
    rows: Rows = []
    problems = []
    cells = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS)
    for line, row in enumerate(cells, 1):
        texts = [_text(cell.value) for cell in row]
        if not heading:
            if len(columns_of(texts)) >= 2 and "code" in columns_of(texts):
                heading = texts
            elif line > HEADING_WITHIN:
                return None
            continue
        for cell, name in zip(row, heading, strict=False):
            if getattr(cell, "data_type", "") == "f" or _text(cell.value) in _CELL_ERRORS:
                said = f"a formula or an error in cell {cell.coordinate} ({_text(cell.value)[:40]})"
                fix = "Copy the column and paste its values only."
                problems.append(Problem(path.name, line, name, said, "text or a number", fix))
        rows.append((line, texts))
    if len(rows) >= MAX_ROWS:
        raise CgutilsError(f"{path.name}: more than {MAX_ROWS:,} rows. Split the list.")
    if problems:
        raise CollectionError(problems)
    return (heading, rows) if heading else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    # Excel keeps what XML cannot hold as _x000D_ and the like.
    return re.sub(r"_x000D_", "", str(value)).strip()


def _no_headings(name: str, heading: list[str]) -> CgutilsError:
    seen = f"; found: {', '.join(cell for cell in heading[:8] if cell)}" if heading else ""
    return CgutilsError(
        f"{name}: no headings of coded segments{seen}. Needed are a column for the code (Code, Kode, Tag) "
        "and one for the document (Document name, Dokumen) or the text (Segment, Kutipan)."
    )


def _read(name: str, heading: list[str], rows: Rows) -> QdaFile:
    columns = columns_of(heading)
    if "code" not in columns:
        raise _no_headings(name, heading)
    if "text" not in columns and "document" not in columns:
        return _code_list(name, columns, rows)
    found = QdaFile(name, SEGMENTS)
    several = plain_heading(heading[columns["code"]]) in {"codes", "tags", "nodes", "kode-kode"}
    found.add(_segments(found, columns, rows, several))
    counts = Counter(segment.document for segment in found.segments)
    found.documents = [
        DocumentLog(name, count, ("no_positions",), None, "none") for name, count in counts.items()
    ]
    found.codes = dict.fromkeys((segment.code for segment in found.segments), "")
    return found


def _code_list(name: str, columns: dict[str, int], rows: Rows) -> QdaFile:
    found = QdaFile(name, CODES)
    for _, cells in rows:
        path = _path(columns, cells, _cell(columns, cells, "code"))
        if path:
            found.codes.setdefault(path, _cell(columns, cells, "memo"))
    return found


def _segments(found: QdaFile, columns: dict[str, int], rows: Rows, several: bool) -> Iterator[Segment]:
    passages = _Passages()
    groups: dict[str, set[str]] = defaultdict(set)
    for _, cells in rows:
        groups[_cell(columns, cells, "document")].add(_cell(columns, cells, "group"))
    for _, cells in rows:
        if not any(cells):
            continue
        get = {column: _cell(columns, cells, column) for column in columns}
        codes = re.split(r"[\n;]" if several else r"\n", get["code"])
        paths = dict.fromkeys(path for code in codes if (path := _path(columns, cells, code.strip())))
        if not paths:
            found.skipped[NO_CODE] += 1
        document = get.get("document", "") or found.name
        if len(groups[document]) > 1:
            document = f"{get.get('group', '')} > {document}"
        place, key = passages.place(document, get)
        text = get.get("text", "")
        memo = [get.get("memo", ""), *(f"{key}: {get[key]}" for key in ("direction", "kind") if get.get(key))]
        said = "\n".join(part for part in memo if part)
        for path in paths:
            yield Segment(
                document,
                None,
                None,
                text or None,
                path,
                get.get("coder", ""),
                said,
                ROW,
                place=place,
                key=key,
            )


class _Passages:
    """Tells the passages of a list apart, and numbers those of one place."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], dict[str, int]] = {}

    def place(self, document: str, get: Mapping[str, str]) -> tuple[str, str]:
        """Give the place of a passage, and its key.

        A row that comes between changes the numbers, and those in a column ``No.``: only page, position and
        text tell for good which passage it is.
        """
        spot = _spot(get)
        place = spot or (f"no. {get['id']}" if get.get("id") else "")
        words = clean(unicodedata.normalize("NFC", get.get("text", "")))
        numbers = self._numbers.setdefault((document, place), {})
        among = numbers.setdefault(words, len(numbers) + 1)
        key = f"{spot}\n{words}" if words else ""
        if not place:
            return f"passage {among}", key
        return f"{place} ({among})" if among > 1 else place, key


def _spot(get: Mapping[str, str]) -> str:
    page = f"page {get['page']}" if get.get("page") else ""
    span = "-".join(dict.fromkeys(get[key] for key in ("start", "end") if get.get(key)))
    return ", ".join(part for part in (page, span) if part)


def _path(columns: dict[str, int], cells: list[str], code: str) -> tuple[str, ...]:
    parts = (_cell(columns, cells, "parent"), code, _cell(columns, cells, "subcode"))
    return tuple(" ".join(part.split()) for part in parts if part) if code else ()


def _cell(columns: dict[str, int], cells: list[str], column: str) -> str:
    at = columns.get(column)
    return cells[at].strip() if at is not None and at < len(cells) else ""
