"""How the sheets of a case look, and the guide that comes first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.worksheet.worksheet import Worksheet

from cgutils.data.files import neutral
from cgutils.data.framework import Framework
from cgutils.exchange.cells import LONGEST_TEXT, column_letters, escaped
from cgutils.exchange.sheet_layout import Field, Layout, sheet_title, sheet_words

# Beyond so many digits a spreadsheet rounds.
EXACT_DIGITS = 15
_DIGITS = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_TALLEST = 400
_TOP = Alignment(vertical="top", wrap_text=True)
HEADING: dict[str, Any] = {
    "font": Font(name="Calibri", bold=True, color="FFFFFF"),
    "fill": PatternFill("solid", fgColor="1F4E5F"),
    "alignment": Alignment(vertical="center", wrap_text=True),
}
HELP: dict[str, Any] = {
    "font": Font(name="Calibri", italic=True, color="595959", size=9),
    "fill": PatternFill("solid", fgColor="EDEDED"),
    "alignment": _TOP,
}
LOCKED_TEXT: dict[str, Any] = {"font": Font(name="Calibri", color="404040", size=9), "alignment": _TOP}
ENTRY: dict[str, Any] = {"alignment": _TOP, "protection": Protection(locked=False)}
_BIG: dict[str, Any] = {"font": Font(name="Calibri", bold=True, size=16, color="1F4E5F"), "alignment": _TOP}
_BOLD: dict[str, Any] = {"font": Font(name="Calibri", bold=True, color="1F4E5F"), "alignment": _TOP}
_PLAIN: dict[str, Any] = {"alignment": _TOP}


def put(sheet: Worksheet, row: int, column: int, text: str, look: dict[str, Any]) -> None:
    """Write a text into a cell, never a formula.

    Raises
    ------
    ValueError
        Where the text is longer than a cell can hold.
    """
    cell = sheet.cell(row, column)
    safe = escaped(neutral(text.replace("\r\n", "\n").replace("\r", "\n")))
    if len(safe) > LONGEST_TEXT:
        raise ValueError(
            f"found {len(safe):,} characters in one cell ({text[:40]!r} ...); allowed: {LONGEST_TEXT:,}"
        )
    if safe:
        cell.value = safe
        # Else openpyxl takes a text such as #N/A for an error.
        cell.data_type = "s"
    for name, value in look.items():
        setattr(cell, name, value)


def put_value(sheet: Worksheet, row: int, column: int, text: str | None, kind: str) -> None:
    """Write a value that a person may change: a number as a number, everything else as text.

    Raises
    ------
    ValueError
        Where the text is longer than a cell can hold.
    """
    number = _number(text) if text is not None and kind in {"integer", "number"} else None
    if number is None:
        put(sheet, row, column, text or "", ENTRY)
    else:
        cell = sheet.cell(row, column, number)
        for name, value in ENTRY.items():
            setattr(cell, name, value)
    if kind not in {"integer", "number"}:
        # As text, so that 4-5 does not turn into a date.
        sheet.cell(row, column).number_format = "@"


def set_width(
    sheet: Worksheet, column: int, width: int, look: dict[str, Any] | None = None, kind: str = "string"
) -> None:
    """Give a column its width and, with ``look``, the form of cells that are still empty."""
    dimension = sheet.column_dimensions[column_letters(column)]
    dimension.width = width
    for name, value in (look or {}).items():
        setattr(dimension, name, value)
    if look and kind not in {"integer", "number"}:
        dimension.number_format = "@"


def set_heights(sheet: Worksheet) -> None:
    """Give each row the height that its texts need; not every program works it out on opening."""
    widths = {letters: dimension.width for letters, dimension in sheet.column_dimensions.items()}
    for row in sheet.iter_rows():
        if sheet.row_dimensions[row[0].row].height is not None:
            continue
        needed = 1
        for cell in row:
            if isinstance(cell.value, str):
                # Letters of a line: the width counts digits, and words leave gaps at its end.
                line = max(4.0, widths.get(cell.column_letter, 8.0) * 1.15)
                needed = max(needed, sum(1 + int(len(part) / line) for part in cell.value.split("\n")))
        if needed > 1:
            sheet.row_dimensions[row[0].row].height = min(_TALLEST, 3 + 13 * needed)


def protect(sheet: Worksheet) -> None:
    """Keep headings from being changed by mistake; there is no password, and rows stay free."""
    protection = sheet.protection
    protection.sheet = True
    for name in (
        "formatCells",
        "formatColumns",
        "formatRows",
        "insertRows",
        "deleteRows",
        "sort",
        "autoFilter",
    ):
        setattr(protection, name, False)  # False: not forbidden
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def fill_guide(
    sheet: Worksheet,
    framework: Framework,
    fields: Iterable[Field],
    tables: Iterable[Layout],
    language: str,
    file: str,
) -> None:
    """Write the guide: how to code, levels, rules, and what each column holds."""
    for column, width in enumerate((24, 30, 96), 1):
        set_width(sheet, column, width)
    lines = [
        *_how_to(framework, language, file),
        *_codebook(framework, language),
        *_columns(fields, tables, language),
    ]
    for row, (look, *texts) in enumerate(lines, 1):
        if texts and len(texts) == 1:
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=3)
            sheet.row_dimensions[row].height = 24 if look is _BIG else 3 + 13 * (1 + len(texts[0]) // 155)
        for column, text in enumerate(texts, 1):
            put(sheet, row, column, text, look)


def _how_to(framework: Framework, language: str, file: str) -> Iterator[tuple[Any, ...]]:
    words = sheet_words()["guide"]
    yield _BIG, words["title"][language]
    yield _PLAIN, f"{getattr(framework.title, language)}. {words['ratings_note'][language]}"
    yield (_PLAIN,)
    yield _BOLD, words["steps_title"][language]
    for number, step in enumerate(words["steps"], 1):
        yield _PLAIN, f"{number}. {step[language].format(file=file)}"
    yield (_PLAIN,)
    yield _BOLD, words["hints_title"][language]
    for hint in words["hints"]:
        yield _PLAIN, f"• {hint[language]}"
    yield (_PLAIN,)


def _codebook(framework: Framework, language: str) -> Iterator[tuple[Any, ...]]:
    words = sheet_words()["guide"]
    yield _BOLD, words["levels_title"][language]
    for level in framework.levels:
        yield _PLAIN, str(level.level), getattr(level.label, language), getattr(level.meaning, language)
    yield (_PLAIN,)
    yield _BOLD, words["rules_title"][language]
    for rule in framework.rules:
        yield _PLAIN, f"{rule.id}. {getattr(rule.text, language)}"
    yield (_PLAIN,)


def _columns(fields: Iterable[Field], tables: Iterable[Layout], language: str) -> Iterator[tuple[Any, ...]]:
    yield _BOLD, sheet_words()["guide"]["columns_title"][language]
    for field in fields:
        column = field.column
        yield _PLAIN, sheet_title("case")[language], column.caption(language), column.help[language]
    for table in tables:
        for column in table.columns:
            choices = ", ".join(texts[language] for texts in column.choices.values())
            shown = f" [{choices}]" if column.choices and column.name != "indicator_id" else ""
            yield _PLAIN, table.titles[language], column.caption(language), column.help[language] + shown


def _number(text: str) -> float | int | None:
    """Give the number that a cell can hold without loss, or None."""
    if not _DIGITS.fullmatch(text) or len(text.strip("+-0.")) > EXACT_DIGITS:
        return None
    number = float(text)
    return int(number) if number.is_integer() else number
