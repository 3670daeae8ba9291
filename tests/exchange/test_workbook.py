"""Reading workbooks: the same values that openpyxl reads, and a clear refusal of everything else."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

import hostile

from cgutils.data.errors import CgutilsError
from cgutils.exchange.cells import (
    DATE,
    FAULT,
    FORMULA,
    NUMBER,
    PERCENT,
    TEXT,
    Cell,
    column_letters,
    escaped,
    plain,
    position,
    unescaped,
)
from cgutils.exchange.workbook import read_workbook
from support import snapshot


@pytest.mark.parametrize("make", hostile.KINDS, ids=lambda make: make.__name__)
def test_what_is_no_workbook_of_a_case_is_refused(make, tmp_path):
    path = tmp_path / "case.xlsx"
    make(path)
    before = snapshot(tmp_path)
    with pytest.raises(CgutilsError) as caught:
        read_workbook(path)
    said = str(caught.value)
    assert said.startswith("case.xlsx: ") and hostile.KINDS[make] in said
    assert "\n" not in said and len(said) < 400
    assert snapshot(tmp_path) == before


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CgutilsError, match=r"none\.xlsx: could not be read \(No such file or directory\)"):
        read_workbook(tmp_path / "none.xlsx")


@pytest.mark.parametrize("encoding", ["hex", "foo-8", "shift_jis", "utf-7", "idna"])
def test_an_encoding_that_no_workbook_has_is_said(encoding, tmp_path):
    sheet = f'<?xml version="1.0" encoding="{encoding}"?>{hostile.rows("")}'
    path = hostile.workbook(tmp_path / "case.xlsx", sheet)
    with pytest.raises(CgutilsError, match=r"case\.xlsx: xl/worksheets/sheet1\.xml cannot be read"):
        read_workbook(path)


def test_a_range_of_all_cells_costs_nothing(tmp_path):
    hostile.huge_merge(tmp_path / "x.xlsx")
    (sheet,) = read_workbook(tmp_path / "x.xlsx")
    assert sheet.merged == ["A1:XFD1048576"] and sheet.cells == {}


def made(tmp_path: Path, fill) -> Path:
    book = openpyxl.Workbook()
    fill(book.active)
    book.save(tmp_path / "x.xlsx")
    return tmp_path / "x.xlsx"


@pytest.mark.parametrize(
    ("value", "shown", "cell"),
    [
        ("a text", "General", Cell(TEXT, "a text")),
        ("  two\nlines ", "@", Cell(TEXT, "  two\nlines ")),
        ("2", "General", Cell(TEXT, "2")),
        (2, "General", Cell(NUMBER, "2")),
        (2.0, "0.00", Cell(NUMBER, "2")),
        (0.1, "General", Cell(NUMBER, "0.1")),
        (-154425, "#,##0", Cell(NUMBER, "-154425")),
        (1e21, "General", Cell(NUMBER, "1000000000000000000000")),
        (True, "General", Cell(TEXT, "true")),
        (0.8069, "0.00%", Cell(PERCENT, "80.69%")),
        (3, '0 "days"', Cell(NUMBER, "3")),
        (3, "[Red]0;[Blue]-0", Cell(NUMBER, "3")),
        (dt.date(2024, 5, 4), "yyyy-mm-dd", Cell(DATE, "2024-05-04")),
        (dt.date(2024, 5, 4), "d-mmm", Cell(DATE, "2024-05-04")),
        (dt.datetime(2024, 5, 4, 9, 30), "General", Cell(DATE, "2024-05-04 09:30")),
        ("=SUM(A2:A9)", "General", Cell(FORMULA, "=SUM(A2:A9)")),
        ("#N/A", "General", Cell(FAULT, "#N/A")),
    ],
)
def test_values(value, shown, cell, tmp_path):
    def fill(sheet):
        sheet["C4"] = value
        if shown != "General":
            sheet["C4"].number_format = shown

    (sheet,) = read_workbook(made(tmp_path, fill))
    assert sheet.cells == {(4, 3): cell}


def test_dates_counted_from_1904(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = dt.date(2024, 5, 4)
    book.save(tmp_path / "x.xlsx")
    assert read_workbook(tmp_path / "x.xlsx")[0].cells == {(1, 1): Cell(DATE, "2024-05-04")}


def test_what_is_hidden_or_merged_is_known(tmp_path):
    def fill(sheet):
        sheet["A1"], sheet["B3"] = "x", "y"
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.merge_cells("A5:B6")
        other = sheet.parent.create_sheet("Second")
        other.sheet_state = "hidden"

    first, second = read_workbook(made(tmp_path, fill))
    assert (first.hidden_rows, first.hidden_columns, first.merged) == ({3}, {2}, ["A5:B6"])
    assert (first.hidden, second.hidden, second.name) == (False, True, "Second")


def test_forms_that_other_programs_write(tmp_path):
    # Rich text in pieces, phonetic hints, text within the cell, cells without a reference.
    strings = (
        f'<sst xmlns="{hostile.MAIN}"><si><r><t>ko</t></r><r><t xml:space="preserve">ta </t></r>'
        "<rPh><t>never</t></rPh></si></sst>"
    )
    sheet = hostile.rows(
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>in</t></is></c><c/><c t="str"><v>s</v></c></row>'
        '<row r="4"><c r="B4" t="d"><v>2024-05-04</v></c></row>'
    )
    (read,) = read_workbook(hostile.workbook(tmp_path / "x.xlsx", sheet, strings))
    assert {place: cell.text for place, cell in read.cells.items()} == {
        (1, 1): "kota ",
        (1, 2): "in",
        (1, 4): "s",
        (4, 2): "2024-05-04",
    }


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_can_stand_in_a_cell(text):
    safe = escaped(text)
    assert unescaped(safe) == text
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in safe)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_digits_name_the_number(value):
    text = plain(value)
    assert float(text) == value and "e" not in text and not text.endswith(".0")


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_places(row, column):
    assert position(f"{column_letters(column)}{row}") == (row, column)


@pytest.mark.parametrize("text", ["", "A0", "A1048577", "XFE1", "1A", "a1", "A1:B2", "AAAA1"])
def test_what_is_no_place(text):
    with pytest.raises(ValueError, match="is no cell"):
        position(text)
