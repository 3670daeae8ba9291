"""A document as a workbook: a sheet for each table and figure, numbers as numbers, no text that could run."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from cgutils.data.files import neutral
from cgutils.exchange.out import blocks
from cgutils.exchange.out.blocks import Document, Figure, Items, Table
from cgutils.exchange.out.measure import PAGE, shares
from cgutils.exchange.zipped import repack_office

_FONT = "Calibri"
_BOLD, _NOTE = Font(name=_FONT, bold=True), Font(name=_FONT, italic=True, size=10)
_PLAIN, _GROUP = Font(name=_FONT), Font(name=_FONT, bold=True, italic=True)
_THICK, _THIN = Side(style="medium"), Side(style="thin")
_RIGHT = Alignment(horizontal="right", vertical="top", wrap_text=True, indent=1)
_PIXELS_PER_INCH = 96
# Points of a line, and the number of columns up to which a page stands upright.
_LINE, UPRIGHT = 15, 5
# A cell holds at most this many letters, an emoji being two; the longest reason of a rating is far below.
LONGEST = 32_000
# Understood in either language.
CUT = " […]"


def write_xlsx(document: Document) -> bytes:
    """Write a document as a workbook.

    Parameters
    ----------
    document : Document
        What it holds; its registers become tables as well.

    Returns
    -------
    bytes
        The same for the same document. Texts that a spreadsheet would take for a formula begin with an
        apostrophe; what is longer than a cell holds ends in ``[…]``.
    """
    book = Workbook()
    contents = book.active
    contents.title = document.words["contents"]
    _text_sheet(book.create_sheet(document.words["text"]), document)
    shown: list[Table | Figure] = [b for b in document.blocks if isinstance(b, Table | Figure)]
    shown += document.registers
    alts: dict[int, tuple[str, str]] = {}
    for block in shown:
        sheet = book.create_sheet(document.label(block.key))
        if isinstance(block, Table):
            _table(sheet, document, block)
        else:
            _figure(sheet, document, block)
            alts[len(alts) + 1] = (document.label(block.key), block.alt)
    _contents(contents, document, shown)
    for sheet in book:
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    book.properties.creator = "cgutils"
    book.properties.title = document.title
    book.properties.language = document.language
    stream = io.BytesIO()
    book.save(stream)

    def settle(name: str, content: bytes) -> bytes:
        found = re.fullmatch(r"xl/drawings/drawing(\d+)\.xml", name)
        return _named(content, *alts[int(found[1])]) if found else content

    return repack_office(stream.getvalue(), settle)


def _named(content: bytes, name: str, alt: str) -> bytes:
    # The library names every picture "Image 1" and gives it no words.
    words = f'<xdr:cNvPr id="1" name={quoteattr(name)} descr={quoteattr(alt)}'
    pattern = re.compile(r"<(xdr:)?cNvPr\b[^>]*?(?=/?>)")
    text = content.decode("utf-8")
    return pattern.sub(lambda found: words.replace("xdr:", found[1] or ""), text, count=1).encode("utf-8")


def _contents(sheet: Any, document: Document, shown: Sequence[Table | Figure]) -> None:
    _put(sheet, 1, 1, document.title, _BOLD, wrap=False)
    _put(sheet, 2, 1, document.subtitle, wrap=False)
    _put(sheet, 3, 1, document.words["decimals"], _NOTE, wrap=False)
    for row, block in enumerate(shown, 5):
        label = document.label(block.key)
        _put(sheet, row, 1, label).hyperlink = Hyperlink(ref=f"A{row}", location=f"'{label}'!A1")
        _put(sheet, row, 2, block.title)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 90


def _text_sheet(sheet: Any, document: Document) -> None:
    sheet.column_dimensions["A"].width = 90
    row = 1
    for block in document.blocks:
        lines = []
        if isinstance(block, blocks.Heading):
            lines = [(block.text, _BOLD)]
        elif isinstance(block, blocks.Paragraph):
            lines = [(document.plain(block.parts), _PLAIN)]
        elif isinstance(block, Items):
            lines = [(document.plain(entry), _PLAIN) for entry in block.entries]
        for text, font in lines:
            _put(sheet, row, 1, text, font)
            row += 1
    _fit_rows(sheet, 1, row - 1, 1)


def _table(sheet: Any, document: Document, block: Table) -> None:
    _put(sheet, 1, 1, f"{document.label(block.key)}. {block.title}", _BOLD, wrap=False)
    # Many columns go on a page on its side.
    page = PAGE * (1.4 if len(block.columns) > UPRIGHT else 1.0)
    for place, (column, share) in enumerate(zip(block.columns, shares(block, page), strict=True), 1):
        cell = _put(sheet, 3, place, column.heading, _BOLD, right=column.numeric)
        cell.border = Border(top=_THICK, bottom=_THIN)
        sheet.column_dimensions[get_column_letter(place)].width = max(8, round(share * page, 1))
    row = 4
    for line in block.lines():
        if isinstance(line, str):
            _put(sheet, row, 1, line, _GROUP, wrap=False)
        else:
            for place, (cell, column) in enumerate(zip(line, block.columns, strict=True), 1):
                _cell(sheet, row, place, cell, right=column.numeric)
        row += 1
    for place in range(1, len(block.columns) + 1):
        below = sheet.cell(row - 1, place)
        below.border = Border(top=below.border.top, bottom=_THICK)
    _notes(sheet, row, document, block.notes, max(1, len(block.columns)))
    _fit_rows(sheet, 3, row - 1, len(block.columns))
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape" if len(block.columns) > UPRIGHT else "portrait"


def _figure(sheet: Any, document: Document, block: Figure) -> None:
    _put(sheet, 1, 1, f"{document.label(block.key)}. {block.title}", _BOLD, wrap=False)
    sheet.column_dimensions["A"].width = PAGE
    _notes(sheet, 2, document, block.notes, 1)
    alt = f"{document.words['alternative']}: {block.alt}"
    _put(sheet, 3, 1, alt, _NOTE)
    sheet.row_dimensions[3].height = _LINE * _lines(alt, PAGE)
    picture = Image(io.BytesIO(block.png))
    picture.width, picture.height = (round(size * _PIXELS_PER_INCH) for size in (block.width, block.height))
    sheet.add_image(picture, "A5")


def _notes(sheet: Any, row: int, document: Document, notes: Sequence[str], columns: int) -> None:
    if not notes:
        return
    text = f"{document.words['note']} {' '.join(notes)}"
    _put(sheet, row, 1, text, _NOTE)
    width = sum(_width(sheet, place) for place in range(1, columns + 1))
    if columns > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    sheet.row_dimensions[row].height = _LINE * _lines(text, width)


def _fit_rows(sheet: Any, first: int, last: int, columns: int) -> None:
    # Not every program finds the height of wrapped cells itself.
    for row in range(first, last + 1):
        cells = [(place, sheet.cell(row, place).value) for place in range(1, columns + 1)]
        alone = len([text for _, text in cells if text is not None]) == 1 and columns > 1
        texts = [(place, text) for place, text in cells if isinstance(text, str) and not alone]
        lines = max((_lines(text, _width(sheet, place)) for place, text in texts), default=1)
        sheet.row_dimensions[row].height = _LINE * lines


def _lines(text: str, width: float) -> int:
    # A line loses some letters where a word does not fit.
    return sum(math.ceil(max(1, len(line)) / max(4.0, width * 0.92)) for line in text.split("\n"))


def _width(sheet: Any, place: int) -> float:
    return float(sheet.column_dimensions[get_column_letter(place)].width)


def _cell(sheet: Any, row: int, place: int, cell: blocks.Cell, *, right: bool) -> None:
    if cell.value is None:
        _put(sheet, row, place, cell.text, right=right)
        return
    made = sheet.cell(row, place, cell.value)
    made.number_format, made.font = cell.pattern, _PLAIN
    made.alignment = _RIGHT


def _fitting(text: str) -> str:
    """Cut a text to what a cell holds, and mark it where something is left out."""
    units = text.encode("utf-16-le", errors="surrogatepass")
    if len(units) <= 2 * LONGEST:
        return text
    # Half of a pair at the end is no letter.
    return units[: 2 * (LONGEST - len(CUT))].decode("utf-16-le", errors="ignore") + CUT


def _put(
    sheet: Any,
    row: int,
    place: int,
    text: str,
    font: Font = _PLAIN,
    *,
    wrap: bool = True,
    right: bool = False,
) -> Any:
    cell = sheet.cell(row, place)
    # As text whatever it begins with; the library would make a formula of it.
    cell.value = neutral(_fitting(text))
    cell.data_type = "s"
    cell.font = font
    cell.alignment = _RIGHT if right else Alignment(wrap_text=wrap, vertical="top", horizontal="left")
    return cell
