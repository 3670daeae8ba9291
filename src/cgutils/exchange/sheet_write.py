"""Writing a case as a workbook to be filled in: guide, case, evidence, ratings and the other tables."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cgutils.data.checking import records
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Framework
from cgutils.exchange.cells import column_letters
from cgutils.exchange.sheet_layout import (
    RUBRIC,
    Column,
    Layout,
    Terms,
    case_fields,
    layouts,
    rubric_headings,
    sheet_title,
    sheet_words,
)
from cgutils.exchange.sheet_phases import PHASES, phase_titles
from cgutils.exchange.sheet_style import (
    ENTRY,
    HEADING,
    HELP,
    LOCKED_TEXT,
    fill_guide,
    protect,
    put,
    put_value,
    set_heights,
    set_width,
)
from cgutils.exchange.zipped import repack_office

HEADING_ROW, HELP_ROW, FIRST_ROW = 1, 2, 3
# Lists and formats reach so far below the heading.
LAST_ROW = 2_000
_NEVER = datetime(2000, 1, 1)


@dataclass(frozen=True)
class CaseContent:
    """What is written into a workbook.

    Parameters
    ----------
    case : mapping
        Keys of ``case.yaml`` as far as they are known.
    tables : mapping of str to DataFrame
        Tables by name as text, missing cells as None; phases, coders and sources among them.
    """

    case: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class _Lists:
    """Where each list of choices stands, as a reference that a cell can point to."""

    sheet: Worksheet
    places: dict[tuple[str, ...], str]
    language: str

    def reference(self, column: Column) -> str:
        labels = tuple(texts[self.language] for texts in column.choices.values())
        if labels not in self.places:
            letters = column_letters(len(self.places) + 1)
            put(self.sheet, 1, len(self.places) + 1, column.name, HEADING)
            for row, label in enumerate(labels, 2):
                put(self.sheet, row, len(self.places) + 1, label, LOCKED_TEXT)
            self.places[labels] = f"'{self.sheet.title}'!${letters}$2:${letters}${len(labels) + 1}"
        return self.places[labels]


def case_workbook(
    content: CaseContent,
    framework: Framework,
    frameworks: Iterable[str],
    terms: Terms,
    language: str,
    file: str,
) -> bytes:
    """Write a case as a workbook.

    Parameters
    ----------
    content : CaseContent
        What stands in it.
    framework : Framework
        Gives the indicators with their rubric, levels and rules.
    frameworks : iterable of str
        Ids of all frameworks of the project.
    terms : mapping
        Words for the values of the schemas, by language.
    language : {"en", "id"}
        Language of guide, headings and lists.
    file : str
        Name of the workbook, for the guide.

    Returns
    -------
    bytes
        An ``.xlsx`` file; the same for the same content.

    Raises
    ------
    CgutilsError
        Where a text is longer than a cell can hold.
    """
    book = Workbook()
    book.properties.creator = "cgutils"
    book.properties.created = _NEVER
    guide = book.active
    guide.title = sheet_title("guide")[language]
    tables = layouts(framework, terms, phase_titles(content.tables.get(PHASES)))
    fields = case_fields(frameworks, terms)
    case_sheet = book.create_sheet(sheet_title("case")[language])
    sheets = [book.create_sheet(table.titles[language]) for table in tables]
    lists = _Lists(book.create_sheet(sheet_title("lists")[language]), {}, language)
    codebook = f"frameworks/{framework.framework_id}.yaml"
    with _long_texts(codebook):
        fill_guide(guide, framework, fields, tables, language, file)
    with _long_texts("case.yaml"):
        _fill_case(case_sheet, content.case, fields, lists)
    for sheet, table in zip(sheets, tables, strict=True):
        with _long_texts("case.yaml" if table.name == PHASES else f"{table.name}.csv"):
            _fill_table(sheet, table, content.tables.get(table.name), lists)
        if table.name == "ratings":
            with _long_texts(codebook):
                _fill_rubric(sheet, table, content.tables.get(table.name), framework, language)
    lists.sheet.sheet_state = "hidden"
    for sheet in book.worksheets:
        protect(sheet)
        set_heights(sheet)
    out = io.BytesIO()
    book.save(out)
    return repack_office(out.getvalue(), _growing)


@contextmanager
def _long_texts(file: str) -> Iterator[None]:
    """Name the file of a text that no cell holds."""
    try:
        yield
    except ValueError as error:
        raise CgutilsError(f"{file}: {error}. Shorten it: a cell of a workbook holds no more.") from error


def _fill_case(sheet: Worksheet, case: Mapping[str, Any], fields: Iterable[Any], lists: _Lists) -> None:
    language, phrases = lists.language, sheet_words()["phrases"]
    heads = ("entry", "english", "indonesian", "explanation")
    for column, (name, width) in enumerate(zip(heads, (26, 48, 48, 60), strict=True), 1):
        text = phrases[name][language]
        put(sheet, HEADING_ROW, column, text[:1].upper() + text[1:], HEADING)
        set_width(sheet, column, width)
    for row, field in enumerate(fields, HEADING_ROW + 1):
        put(sheet, row, 1, field.column.caption(language), HEADING)
        put(sheet, row, 4, field.column.help[language], HELP)
        for column, path in enumerate(field.paths, 2):
            put_value(sheet, row, column, _shown(_at(case, path), field.column, language), field.column.kind)
        if not field.bilingual:
            put(sheet, row, 3, "", HELP)
        if field.column.choices:
            _choose(sheet, lists.reference(field.column), f"B{row}", language)
    sheet.freeze_panes = "B2"


def _fill_table(sheet: Worksheet, layout: Layout, table: pd.DataFrame | None, lists: _Lists) -> None:
    language = lists.language
    for number, column in enumerate(layout.columns, 1):
        put(sheet, HEADING_ROW, number, column.caption(language), HEADING)
        put(sheet, HELP_ROW, number, column.help[language], HELP)
        set_width(sheet, number, _width(column), ENTRY, column.kind)
        if column.choices:
            letters = column_letters(number)
            place = f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}"
            _choose(sheet, lists.reference(column), place, language)
    for row, (_, cells) in enumerate(records(table) if table is not None else (), FIRST_ROW):
        for number, column in enumerate(layout.columns, 1):
            shown = _shown(cells.get(column.name), column, language)
            put_value(sheet, row, number, shown, column.kind)
    sheet.freeze_panes = f"B{FIRST_ROW}"


def _fill_rubric(
    sheet: Worksheet, layout: Layout, table: pd.DataFrame | None, framework: Framework, language: str
) -> None:
    first = len(layout.columns) + 1
    for number, name in enumerate(RUBRIC, first):
        text = rubric_headings()[name][language]
        put(sheet, HEADING_ROW, number, text[:1].upper() + text[1:], HEADING)
        put(sheet, HELP_ROW, number, "", HELP)
        set_width(sheet, number, 44)
    known = {indicator.indicator_id: indicator for indicator in framework.indicators}
    for row, (_, cells) in enumerate(records(table) if table is not None else (), FIRST_ROW):
        indicator = known.get(cells["indicator_id"])
        for number, name in enumerate(RUBRIC, first):
            if indicator is not None:
                put(sheet, row, number, getattr(getattr(indicator, name), language), LOCKED_TEXT)


def _choose(sheet: Worksheet, reference: str, place: str, language: str) -> None:
    rule = DataValidation(type="list", formula1=f"={reference}", allow_blank=True, showErrorMessage=True)
    said = {"en": "Choose from the list.", "id": "Pilihlah dari daftar."}[language]
    rule.errorTitle, rule.error = "cgutils", said
    rule.add(place)
    sheet.add_data_validation(rule)


def _shown(value: Any, column: Column, language: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return ";".join(map(str, value))
    text = str(value)
    return column.choices[text][language] if text in column.choices else text


def _at(case: Mapping[str, Any], path: str) -> Any:
    value: Any = case
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _width(column: Column) -> int:
    if column.name.startswith(("summary", "statement", "rationale", "reason", "remark", "description")):
        return 52
    if column.name == "indicator_id":
        return 40
    return 30 if column.name.startswith(("name", "label", "role", "subject", "value_")) else 20


def _growing(name: str, part: bytes) -> bytes:
    # The height of a row is what its texts need, not what somebody chose: it still grows with them.
    return part.replace(b' customHeight="1"', b"") if name.startswith("xl/worksheets/") else part
