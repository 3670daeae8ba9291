"""A workbook with faults: one small file for each failure, and exactly what the person is told.

Each file of ``sheets/`` lists edits of the workbook of the made-up case alpha, and every line of the message.
"""

from __future__ import annotations

import sys
from pathlib import Path

import openpyxl
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))

from sheet_support import edit, lines, plan, write_sheet

from cgutils.data.errors import CgutilsError
from support import MINIMAL, copy_of, snapshot

FAILURES = sorted((Path(__file__).parent / "sheets").glob("*.yaml"))


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("sound")
    return write_sheet(copy_of(MINIMAL, folder / "project"), folder / "alpha.xlsx").read_bytes()


@pytest.mark.parametrize("failure", FAILURES, ids=lambda path: path.stem)
def test_message(failure, sound, project, tmp_path):
    said = yaml.safe_load(failure.read_text(encoding="utf-8"))
    path = tmp_path / "alpha.xlsx"
    path.write_bytes(sound)
    edit(path, said["edits"])
    before = snapshot(project)
    found = plan(project, path)
    assert lines(found.problems) == said["lines"] != []
    assert found.plan.files == {}
    assert all(problem.found and problem.fix for problem in found.problems)
    assert snapshot(project) == before


def test_there_is_a_file_for_each_kind_of_cell():
    assert {"formula", "fault", "date_in_page", "percentage", "merged"} <= {path.stem for path in FAILURES}


def test_what_is_hidden_is_read_and_told(project, tmp_path):
    path = edit(
        write_sheet(project, tmp_path / "alpha.xlsx"), {"Evidence": {"hide_row": 4, "hide_column": "I"}}
    )
    found = plan(project, path)
    assert (found.problems, found.plan.changes) == ((), ())
    assert [str(note) for note in found.notes][:2] == [
        "alpha.xlsx, sheet Evidence: found hidden row 4. Read as well.",
        "alpha.xlsx, sheet Evidence: found hidden columns I. Read as well.",
    ]


def test_a_sheet_of_another_name_is_told(project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Claims": {"title": "My notes", "A4": "x"}})
    assert "alpha.xlsx, sheet My notes: found a sheet of another name. It was not read." in lines(
        plan(project, path).notes
    )


def test_a_renamed_sheet_is_recognised_and_hides_nothing_else(project, tmp_path):
    path = write_sheet(project, tmp_path / "gamma.xlsx", "id", case="gamma", coders=["ana"])
    book = openpyxl.load_workbook(path)
    ratings = book["Penilaian"]
    for row in range(3, 6):
        ratings.cell(row=row, column=6).value = "gamma-001"
    ratings["C4"].value = 7
    book["Bukti"].title = "Bukti (2)"
    book.save(path)
    told = lines(plan(project, path).problems)
    assert (
        "gamma.xlsx: found no sheet Evidence; allowed: the sheets of `cgutils sheet`, named Evidence or "
        "Bukti. If it is the sheet Bukti (2), name this Bukti."
    ) in told
    # Ratings cite what could not be read; that is no problem of theirs.
    assert not any("gamma-001" in line for line in told)
    assert any("cell C4, column level: found 7" in line for line in told)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (143517, "143517"),
        ("143517", "143517"),
        (" 80,69 ", "80.69"),
        ("80.6", "80.6"),
        (80.69, "80.69"),
        (1e6, "1000000"),
        ("-0,5", "-0.5"),
    ],
)
def test_numbers_as_people_write_them(value, read, project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Quantities": {"E3": value}})
    found = plan(project, path)
    assert found.problems == ()
    (file,) = found.plan.files.values()
    assert file.decode().splitlines()[1].split(",")[4] == read


@pytest.mark.parametrize(
    ("cell", "value", "column", "read"),
    [
        ("D3", 2025, 3, "2025"),  # a year typed as a number
        ("F3", "  persons\u00a0", 5, "persons"),
        ("G3", "=1+1", 6, "formula"),
        ("G3", "'=1+1", 6, "'=1+1"),
        ("G3", "about\r\nhalf", 6, '"about'),
    ],
)
def test_texts_as_people_write_them(cell, value, column, read, project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Quantities": {cell: value}})
    found = plan(project, path)
    if read == "formula":
        assert "a formula (=1+1)" in lines(found.problems)[0]
        return
    assert found.problems == ()
    if found.plan.files:
        (file,) = found.plan.files.values()
        assert file.decode().splitlines()[1].split(",")[column] == read
    else:
        assert read == "persons"  # the blanks around it are no change


def test_a_number_of_informants_that_no_computer_reads(project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Case": {"B12": "9" * 5_000}})
    (line,) = lines(plan(project, path).problems)
    assert "cell B12, column number of informants: found '999" in line and line.endswith("Correct it.")


ACTOR = ("dinas", "Office", "Dinas", "state", "Leads.", "Memimpin.", "no", "named")


def actors(project, path):
    """The workbook of alpha and the columns of its actors by heading."""
    book = openpyxl.load_workbook(write_sheet(project, path))
    return book, book["Actors"]


def test_a_row_over_the_explanations_is_not_lost(project, tmp_path):
    path = tmp_path / "alpha.xlsx"
    book, sheet = actors(project, path)
    headings, explanation = [cell.value for cell in sheet[1]], sheet[2][-1].value
    for column, value in enumerate(ACTOR, 1):
        sheet.cell(2, column).value = value
    book.save(path)
    found = plan(project, path)
    assert lines(found.problems) == [
        "alpha.xlsx, sheet Actors, cell I2: found entries beside explanations of columns (remark (English), "
        "remark (Indonesian), lines); allowed: a row of entries, or one of explanations. Clear the cells of "
        "this row that still hold an explanation."
    ]
    # Cleared, it is a row as any other, and what is wrong in it is told.
    for column in range(len(ACTOR) + 1, len(headings) + 1):
        sheet.cell(2, column).value = None
    book.save(path)
    found = plan(project, path)
    assert found.problems == () and [b"\ndinas," in data for data in found.plan.files.values()] == [True]
    sheet["D2"] = "no such type"
    sheet.cell(2, len(headings)).value = explanation
    book.save(path)
    told = lines(plan(project, path).problems)
    assert len(told) == 2 and "cell D2, column type: found no such type" in told[0]


def test_the_explanations_may_be_sorted_along_or_copied(project, tmp_path):
    path = tmp_path / "alpha.xlsx"
    book, sheet = actors(project, path)
    texts = [cell.value for cell in sheet[2]]
    for column, text in enumerate(texts, 1):
        sheet.cell(2, column).value = sheet.cell(3, column).value
        sheet.cell(3, column).value = text
        # Of a part of them nothing is an entry either.
        sheet.cell(30, column).value = text if column % 2 else None
    book.save(path)
    found = plan(project, path)
    assert (found.problems, found.plan.changes) == ((), ())


@pytest.mark.parametrize(
    ("sheet", "cell", "column"),
    [
        ("Quantities", "G3", "as printed"),
        ("Claims", "D3", "reported"),
        ("Claims", "E3", "reported number"),
    ],
)
def test_a_number_as_printed_is_text(sheet, cell, column, project, tmp_path):
    value = {"value": 71.5, "format": "0.00"}
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {sheet: {cell: value}})
    told = [line for line in lines(plan(project, path).problems) if f"cell {cell}, " in line]
    assert told == [
        f"alpha.xlsx, sheet {sheet}, cell {cell}, column {column}: found the number 71.5; programs do not "
        "keep how it is printed, such as the last 0 of 71.50; allowed: text. Give the cell the format Text "
        "and type it as the source prints it."
    ]


def test_a_level_as_text_and_lists_with_commas(project, tmp_path):
    path = edit(
        write_sheet(project, tmp_path / "alpha.xlsx"),
        {"Ratings": {"C3": "3", "F3": "alpha-001,alpha-002", "F4": "alpha-001\nalpha-002", "D3": " HIGH "}},
    )
    found = plan(project, path)
    assert (found.problems, found.plan.changes) == ((), ())


def test_rows_in_which_nothing_is_filled_in(project, tmp_path):
    path = write_sheet(project, tmp_path / "gamma.xlsx", "id", coders=["ana", "budi"])
    book = openpyxl.load_workbook(path)
    case, coders, evidence, ratings = (book[name] for name in ("Kasus", "Pengode", "Bukti", "Penilaian"))
    for row in range(4, 14):
        case.cell(row, 2).value = case.cell(row, 2).value or "Gamma"
        case.cell(row, 3).value = "Gamma" if row not in (9, 10, 11, 12) else None
    case["B10"], case["B11"], case["B12"] = "gamma", "teks lengkap", None
    coders["C3"].value = coders["D3"].value = "Ana"
    for column, value in enumerate(
        ["gamma-001", "S1 Kepercayaan", "mendukung", "fakta", "gamma", None, None, None, "It is.", "Ada."], 1
    ):
        evidence.cell(3, column).value = value
    for column, value in ((3, 2), (4, "sedang"), (5, "Satu fakta."), (6, "gamma-001")):
        ratings.cell(3, column).value = value
    book["Sumber"]["C3"] = "Gamma"
    book.save(path)
    found = plan(project, path)
    assert lines(found.problems) == []
    assert lines(found.notes) == [
        "gamma.xlsx, sheet Penilaian: found 3 rows in which nothing is filled in. Taken as not assessed.",
        "gamma.xlsx, sheet Penilaian: found no level and no reason by budi. These rows were left out.",
    ]
    found.plan.write()
    written = (project / "data/raw/cases/gamma/ratings.csv").read_text(encoding="utf-8").splitlines()
    assert written[1:] == [
        "trust,ana,2,medium,Satu fakta.,gamma-001",
        *(f"{name},ana,,,Tidak dinilai; dikosongkan dalam lembar.," for name in ("means", "talks", "result")),
    ]
    assert plan(project, path).plan.changes == ()


def test_one_language_for_both(project, tmp_path):
    path = edit(
        write_sheet(project, tmp_path / "alpha.xlsx"),
        {"Evidence": {"I3": None, "J4": None}, "Case": {"C4": None}, "Quantities": {"C3": None}},
    )
    assert len(plan(project, path).problems) == 4
    found = plan(project, path, untranslated=True)
    assert found.problems == ()
    assert lines(found.notes)[:4] == [
        f"alpha.xlsx, sheet {place}: found a blank cell. The text of the other language was used."
        for place in ("Case, cell C4", "Evidence, cell I3", "Evidence, cell J4", "Quantities, cell C3")
    ]
    evidence = next(data for file, data in found.plan.files.items() if file.name == "evidence.csv").decode()
    assert "Anggota pernah bertemu.,Anggota pernah bertemu." in evidence


def test_a_text_too_long_for_a_cell_is_not_cut(project, tmp_path):
    table = project / "data/raw/cases/alpha/evidence.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("There is no money.", "x" * 40_000), encoding="utf-8")
    with pytest.raises(CgutilsError, match=r"evidence\.csv: found 40,000 characters in one cell"):
        write_sheet(project, tmp_path / "alpha.xlsx")


def test_a_text_of_the_case_or_of_the_codebook_too_long_for_a_cell_is_not_cut(project, tmp_path):
    facts = project / "data/raw/cases/alpha/case.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("en: Alpha", f"en: {'x' * 40_000}", 1), encoding="utf-8")
    with pytest.raises(CgutilsError, match=r"^case\.yaml: found 40,000 characters in one cell .* Shorten it"):
        write_sheet(project, tmp_path / "alpha.xlsx")
    facts.write_text(text, encoding="utf-8")
    book = project / "data/raw/frameworks/mini.yaml"
    text = book.read_text(encoding="utf-8")
    # The one stands in the guide, the other beside the ratings.
    for words in ("Weak.", "Ample."):
        book.write_text(text.replace(words, "x" * 40_000), encoding="utf-8")
        with pytest.raises(CgutilsError, match=r"^frameworks/mini\.yaml: found 40,000 characters"):
            write_sheet(project, tmp_path / "alpha.xlsx")


def test_a_case_with_problems_is_not_written_into_a_workbook(project, tmp_path):
    table = project / "data/raw/cases/alpha/evidence.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("mixed", "x").replace("enabling", "y", 1), encoding="utf-8"
    )
    with pytest.raises(CgutilsError, match=r"evidence\.csv, row 2, column direction: found y"):
        write_sheet(project, tmp_path / "alpha.xlsx")
