"""The cells of a workbook (.xlsx) as plain values, with what a reader has to know of each.

Read by hand rather than with openpyxl: that library builds a cell for every cell of a merged range, which a
hostile file makes millions of, gives no word of a formula once it has a value, and loses texts such as
``x005F_``. Written by Excel, LibreOffice or openpyxl, a workbook reads the same here.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import Any
from xml.sax import SAXException

from cgutils.data.errors import CgutilsError
from cgutils.exchange.cells import (
    DATE,
    FAULT,
    FORMULA,
    NUMBER,
    PERCENT,
    TEXT,
    Cell,
    Sheet,
    plain,
    position,
    unescaped,
)
from cgutils.exchange.package import Elements, open_package

MAX_CELLS = 60_000
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENTS = {9, 10}
# What a number format shows as it stands: quoted text, escaped marks, colours and conditions.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """Read the sheets of a workbook.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` file.

    Returns
    -------
    tuple of Sheet
        In the order of the tabs.

    Raises
    ------
    CgutilsError
        Where it cannot be read, or not within the bounds.
    """
    with open_package(path) as package:
        kinds = package.relations("").values()
        main = [part for kind, part in kinds if kind == "officeDocument" and part in package.parts]
        book = _Book()
        if main and main[0].endswith(".xml"):
            package.read(main[0], book)
        if not book.sheets:
            raise CgutilsError(
                f"{path.name}: inside, this is no workbook (.xlsx). "
                "Save it as .xlsx in a spreadsheet program."
            )
        relations = package.relations(main[0])
        formats, strings = _Formats(), _Strings()
        for kind, part in relations.values():
            if kind == "styles":
                package.read(part, formats)
            if kind == "sharedStrings":
                package.read(part, strings)
        sheets: list[Sheet] = []
        for name, relation, hidden in book.sheets:
            kind, part = relations.get(relation, ("", ""))
            if kind == "worksheet":
                sheets.append(Sheet(name, hidden))
                room = MAX_CELLS - sum(len(sheet.cells) for sheet in sheets)
                package.read(part, _Cells(sheets[-1], formats, strings.texts, book.from_1904, room))
        return tuple(sheets)


class _Book(Elements):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, name: str, attrs: Any) -> None:
        if name == "sheet":
            relation = next((attrs[key] for key in attrs.keys() if key.rpartition(":")[2] == "id"), "")  # noqa: SIM118
            self.sheets.append(
                (unescaped(attrs.get("name", "")), relation, attrs.get("state", "visible") != "visible")
            )
        elif name == "workbookPr":
            self.from_1904 = attrs.get("date1904") in {"1", "true"}


class _Formats(Elements):
    """Which styles of cells show a number as a date or a percentage."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._inside = False
        self.kinds: list[str] = []

    def start(self, name: str, attrs: Any) -> None:
        if name == "numFmt":
            self._codes[int(attrs.get("numFmtId", "0"))] = attrs.get("formatCode", "")
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            self.kinds.append(self._kind(int(attrs.get("numFmtId", "0"))))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def _kind(self, number: int) -> str:
        code = _LITERAL.sub("", self._codes.get(number, "")).lower().replace("general", "")
        if number in _PERCENTS or "%" in code:
            return PERCENT
        dated = number in _DATES or (number in self._codes and any(letter in code for letter in "dmyhs"))
        return DATE if dated else NUMBER

    def of(self, style: str) -> str:
        """Say as what a cell of this style shows its number."""
        return self.kinds[int(style)] if style and int(style) < len(self.kinds) else NUMBER


class _Texts(Elements):
    """Collects the text of strings; how they are to be pronounced (rPh) is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[str] = []
        self._listens = False
        self._phonetic = 0

    def start(self, name: str, attrs: Any) -> None:
        if name == "rPh":
            self._phonetic += 1
        self._listens = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        if name == "rPh":
            self._phonetic -= 1
        self._listens = False

    def characters(self, content: str) -> None:
        if self._listens:
            self._pieces.append(content)

    def taken(self) -> str:
        """Give what was collected, and begin anew."""
        text = unescaped("".join(self._pieces))
        self._pieces.clear()
        return text


class _Strings(_Texts):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.texts.append(self.taken())


class _Cells(_Texts):
    """Fills a sheet with what its part says."""

    def __init__(
        self, sheet: Sheet, formats: _Formats, strings: list[str], from_1904: bool, room: int
    ) -> None:
        super().__init__()
        self._room = room
        self._sheet, self._formats, self._strings = sheet, formats, strings
        self._first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
        self._row = self._column = 0
        self._type = self._style = ""
        self._value = self._formula = ""
        self._has_formula = False
        self._takes = ""

    def start(self, name: str, attrs: Any) -> None:
        super().start(name, attrs)
        if name == "c":
            self._begin(attrs)
        elif name == "row":
            self._row, self._column = int(attrs.get("r", self._row + 1)), 0
            if attrs.get("hidden") in {"1", "true"}:
                self._sheet.hidden_rows.add(self._row)
        elif name in {"v", "f"}:
            self._takes = name
            self._has_formula |= name == "f"
        elif name == "mergeCell":
            self._sheet.merged.append(attrs.get("ref", ""))
        elif name == "col" and attrs.get("hidden") in {"1", "true"}:
            last = min(int(attrs["max"]), int(attrs["min"]) + 1_000)
            self._sheet.hidden_columns.update(range(int(attrs["min"]), last + 1))

    def end(self, name: str) -> None:
        super().end(name)
        if name in {"v", "f"}:
            self._takes = ""
        elif name == "c":
            self._finish()

    def characters(self, content: str) -> None:
        super().characters(content)
        if self._takes == "v":
            self._value += content
        elif self._takes == "f":
            self._formula += content

    def _begin(self, attrs: Any) -> None:
        place = attrs.get("r")
        self._row, self._column = position(place) if place else (self._row, self._column + 1)
        self._type, self._style = attrs.get("t", "n"), attrs.get("s", "")
        self._value = self._formula = ""
        self._has_formula = False
        self._pieces.clear()

    def _finish(self) -> None:
        cell = self._cell()
        if cell is None or not (cell.text or cell.kind == FORMULA):
            return
        if len(self._sheet.cells) >= self._room:
            raise SAXException(f"more than {MAX_CELLS:,} cells")
        self._sheet.cells[self._row, self._column] = cell

    def _cell(self) -> Cell | None:
        value = self._value
        if self._has_formula:
            return Cell(FORMULA, f"={self._formula}" if self._formula else value)
        if self._type == "inlineStr":
            return Cell(TEXT, self.taken())
        if self._type == "str":
            return Cell(TEXT, unescaped(value))
        return self._plain_cell(value) if value.strip() else None

    def _plain_cell(self, value: str) -> Cell:
        if self._type == "s":
            at = int(value)
            if not 0 <= at < len(self._strings):
                raise ValueError("a cell points to a text that is not there")
            return Cell(TEXT, self._strings[at])
        if self._type == "b":
            return Cell(TEXT, "true" if value.strip() == "1" else "false")
        if self._type in {"d", "e"}:
            return Cell(DATE if self._type == "d" else FAULT, value)
        return self._number(float(value))

    def _number(self, value: float) -> Cell:
        if not isfinite(value):
            raise ValueError("a number without end")
        text = plain(value)
        kind = self._formats.of(self._style)
        if kind == DATE:
            try:
                moment = self._first + timedelta(days=value)
            except OverflowError:
                return Cell(DATE, text)
            return Cell(
                DATE, moment.date().isoformat() if value == int(value) else moment.isoformat(" ", "minutes")
            )
        return Cell(kind, f"{plain(round(value * 100, 10))}%" if kind == PERCENT else text)
