"""A case that goes through a workbook comes back as it was: every value, any letter, either language."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from sheet_support import edit, plan, tables_of, write_sheet

from cgutils.data.casefiles import case_yaml, table_text
from cgutils.data.collection import load_collection
from cgutils.data.escaping import UNWRITABLE
from cgutils.data.files import write_text
from cgutils.data.framework import Case
from cgutils.data.loading import read_parts
from cgutils.data.project import find_project
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from cgutils.exchange.cells import TEXT, Cell, unescaped
from cgutils.exchange.sheet_cells import cell_text
from cgutils.exchange.sheet_layout import Column, case_fields, layouts, sheet_words
from cgutils.exchange.sheet_phases import LANGUAGES, PHASE_SPEC
from cgutils.present.labels import words
from support import MINIMAL, ROOT, copy_of, snapshot

# What a table can hold: no half of a surrogate pair, no control characters, no outer blanks.
CELL = (
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        st.text(
            st.sampled_from("=+-@'\t\r\n\"ae_x0A5F ;,\u0301\u200f\u05d0\u0627😀👩‍👩‍👧\x0b\x85\u2028\ufeff"),
            min_size=1,
        ),
        st.sampled_from(
            ["#N/A", "TRUE", "1/2", "4-5", "007", "1e5", "_x000D_", "x005F_", "'", "''=1", "-0.5"]
        ),
    )
    .map(lambda text: UNWRITABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip())
    .filter(bool)
)
SPECS = {spec.name: spec for spec in CASE_TABLES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case_id", ["banjar", "sako", "sampang"])
def test_the_cases_of_the_collection(case_id, language, tmp_path):
    path = write_sheet(ROOT, tmp_path / f"{case_id}.xlsx", language)
    found = plan(ROOT, path)
    assert (found.problems, found.plan.changes, found.plan.files) == ((), (), {})
    # Into a project that knows neither the case nor its coders and sources.
    other = copy_of(ROOT, tmp_path / "other")
    shutil.rmtree(other / "data/raw/cases")
    shutil.rmtree(other / "data/raw/context")
    for name in ("coders", "sources", "timeline"):
        heading = (other / f"data/raw/{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        write_text(other / f"data/raw/{name}.csv", f"{heading}\n")
    plan(other, path).plan.write()
    ours, theirs = tables_of(ROOT, case_id), tables_of(other, case_id)
    for table in SPECS:
        assert theirs[table] == ours[table], table
    for table, column in (("coders", "coder_id"), ("sources", "source_id")):
        known = {row[column] for row in theirs[table]}
        assert theirs[table] == [row for row in ours[table] if row[column] in known] != []
    assert load_collection(other).cases[case_id] == load_collection(ROOT).cases[case_id]


@given(st.data(), st.sampled_from(LANGUAGES))
@settings(max_examples=12, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_any_text_in_any_free_cell(data, language):
    with tempfile.TemporaryDirectory() as folder:
        project = copy_of(MINIMAL, Path(folder) / "project")
        raw = project / "data/raw"
        parts = read_parts(find_project(project))
        for name, spec in SPECS.items():
            frame = parts.case_tables["alpha"][name].copy()
            for column, facts in spec.columns.items():
                if facts["kind"] == "string" and not facts["values"] and not facts["pattern"]:
                    frame[column] = pd.Series(
                        [data.draw(CELL) for _ in frame.index], index=frame.index, dtype="object"
                    )
            write_text(raw / f"cases/alpha/{name}.csv", table_text(frame, spec))
        case = parts.cases["alpha"].model_dump(mode="json")
        for key in ("title", "short_title", "place", "policy_field", "public_problem"):
            case[key] = {"en": data.draw(CELL), "id": data.draw(CELL)}
        case |= {"period": data.draw(CELL), "informants": {"stated_total": 7, "note": case["title"]}}
        write_text(raw / "cases/alpha/case.yaml", case_yaml(case))
        before = tables_of(project, "alpha")
        path = write_sheet(project, Path(folder) / "alpha.xlsx", language)
        found = plan(project, path)
        assert [str(problem) for problem in found.problems] == []
        assert found.plan.changes == ()
        shutil.rmtree(raw / "cases/alpha")
        plan(project, path).plan.write()
        for row in before["evidence"]:
            row["fingerprint"] = row["fingerprint"] or "none"  # a new item publishes nothing of its passage
        assert tables_of(project, "alpha") == before
        again = read_parts(find_project(project)).cases["alpha"]
        assert again == Case.model_validate(case)


@given(CELL, st.sampled_from(LANGUAGES))
def test_any_text_in_a_cell(text, language):
    from cgutils.exchange.sheet_style import put_value

    sheet = openpyxl.Workbook().active
    put_value(sheet, 1, 1, text, "string")
    cell = sheet["A1"]
    assert cell.data_type == "s" and not cell.value.startswith(("=", "@"))
    column = Column("rationale", {"en": "", "id": ""}, {"en": "", "id": ""}, {}, "string", False)
    assert cell_text(Cell(TEXT, unescaped(cell.value)), column, language) == text


@pytest.mark.parametrize(("text", "read"), [("a\x0bb", "a b"), ("\x1fa\x0c", "a"), ("\x0b", None)])
def test_control_characters_are_read_as_blanks(text, read):
    column = Column("rationale", {"en": "", "id": ""}, {"en": "", "id": ""}, {}, "string", False)
    assert cell_text(Cell(TEXT, text), column, "en") == read


def test_the_same_case_gives_the_same_bytes(tmp_path):
    first = write_sheet(ROOT, tmp_path / "sako.xlsx").read_bytes()
    assert write_sheet(ROOT, tmp_path / "sako.xlsx").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "sako.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = archive.read("docProps/core.xml").decode()
    assert properties.count("2000-01-01T00:00:00Z") == 2
    other = write_sheet(ROOT, tmp_path / "other.xlsx", "id", case="sako").read_bytes()
    assert other != first


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_a_workbook_is_made(language, project, tmp_path):
    book = openpyxl.load_workbook(
        write_sheet(project, tmp_path / "gamma.xlsx", language, coders=["ana", "eka"])
    )
    titles = {name: texts[language] for name, texts in sheet_words()["sheets"].items()}
    assert book.sheetnames == [*titles.values()]
    assert [sheet.title for sheet in book if sheet.sheet_state == "hidden"] == [titles["lists"]]
    assert all(sheet.protection.sheet for sheet in book)
    ratings = book[titles["ratings"]]
    assert ratings.freeze_panes == "B3" and ratings.column_dimensions["A"].width > 20
    assert ratings["A1"].protection.locked and not ratings["C3"].protection.locked
    rated = [[cell.value for cell in row] for row in ratings.iter_rows(min_row=3)]
    assert [(row[0], row[1]) for row in rated] == [
        (f"{code} {label}", coder)
        for coder in ("ana", "eka")
        for code, label in (
            [("S1", "Trust"), ("S2", "Means"), ("P1", "Talks"), ("O1", "Result")]
            if language == "en"
            else [("S1", "Kepercayaan"), ("S2", "Sarana"), ("P1", "Dialog"), ("O1", "Hasil")]
        )
    ]
    assert all(row[2] is None for row in rated)
    assert rated[1][7:10] == (
        ["Means.", "None.", "Ample."] if language == "en" else ["Sarana.", "Tidak ada.", "Cukup."]
    )
    # Every column with choices has its list, and the list holds the words of the language.
    lists = book[titles["lists"]]
    offered = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in lists.columns}
    assert offered["direction"] == [
        words()[key][language] for key in ("enabling", "hindering", "mixed", "overruled")
    ]
    assert offered["level"] == ["0", "1", "2", "3"]
    ruled = {str(rule.sqref) for rule in ratings.data_validations.dataValidation}
    assert ruled == {"A3:A2000", "C3:C2000", "D3:D2000"}
    guide = "\n".join(str(cell.value) for row in book[titles["guide"]] for cell in row if cell.value)
    assert (
        "cgutils import gamma.xlsx" in guide
        and ("Cite evidence." if language == "en" else "Rujuk bukti.") in guide
    )


def test_headings_and_choices_name_one_thing_each(real):
    framework = next(iter(real.frameworks.values()))
    for layout in layouts(framework, words()):
        for language in LANGUAGES:
            headings = [column.caption(language).casefold() for column in layout.columns]
            assert len(set(headings)) == len(headings), layout.name
        for column in layout.columns:
            names = [label.casefold() for texts in column.choices.values() for label in set(texts.values())]
            assert len(set(names)) == len(names), (layout.name, column.name)
    for language in LANGUAGES:
        names = [field.column.heading[language] for field in case_fields(real.frameworks, words())]
        assert len(set(names)) == len(names)


def test_every_column_has_its_words(real):
    known = sheet_words()["columns"]
    shared = (spec for spec in COLLECTION_TABLES if spec.name in {"coders", "sources"})
    specs = [*CASE_TABLES, PHASE_SPEC, *shared]
    used = set()
    for spec in specs:
        for column in spec.columns:
            name = f"{spec.name}.{column}" if f"{spec.name}.{column}" in known else column
            assert set(known[name]) == {"en", "id", "help"}, name
            used.add(name)
    assert used == set(known)
    paths = {field.column.name for field in case_fields(real.frameworks, words())}
    assert paths == set(sheet_words()["case_fields"])


def test_either_language_and_technical_names_are_read(project, tmp_path):
    path = write_sheet(project, tmp_path / "alpha.xlsx", "id")
    edit(
        path, {"Bukti": {"A1": "evidence_id", "C1": "DIRECTION", "C3": "enabling", "B3": "S1", "B4": "trust"}}
    )
    edit(path, {"Bukti": {"B5": "Means", "B6": "P1 Talks", "B7": "  p1   dialog "}})
    assert plan(project, path).plan.changes == () and plan(project, path).problems == ()


def test_columns_may_be_moved_and_rows_sorted(project, tmp_path):
    path = write_sheet(project, tmp_path / "alpha.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Evidence"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    turned = [row[::-1] for row in (rows[0], *rows[:1:-1])]
    sheet.delete_rows(1, len(rows))
    for number, row in enumerate(turned, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    book.save(path)
    found = plan(project, path)
    assert (found.problems, found.plan.changes) == ((), ())


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case_id", ["sako", "banjar"])
def test_through_libreoffice(case_id, language, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = write_sheet(ROOT, tmp_path / f"{case_id}.xlsx", language)
    before = snapshot(tmp_path)
    profile = (tmp_path / "profile").as_uri()
    command = [soffice, "--headless", "--norestore", f"-env:UserInstallation={profile}", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    saved = tmp_path / "out" / path.name
    assert saved.read_bytes() != before[path.name]
    found = plan(ROOT, saved)
    assert [str(problem) for problem in found.problems] == []
    assert found.plan.changes == ()
