"""A case with phases through a workbook: all of it comes back, and the phases can be changed there."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from sheet_support import edit, lines, plan, tables_of, write_sheet

from cgutils.analysis.trajectory import trajectory
from cgutils.data.casefiles import case_yaml
from cgutils.data.collection import load_collection
from cgutils.data.escaping import UNWRITABLE
from cgutils.data.loading import read_parts
from cgutils.data.project import find_project
from cgutils.exchange.sheet_phases import LANGUAGES, phase_choices, unclear_names
from support import MINIMAL, copy_of, with_phases

# A name of a phase: any text without outer blanks or control characters; formulas and marks of a heading are
# among them.
CELL = (
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1),
        st.sampled_from(
            ["=1+1", "@SUM(A1)", "'", "before", "AFTER", "a*", "*", "2019", "#N/A", "ـ😀\u0301", "a;b\nc"]
        ),
    )
    .map(lambda text: UNWRITABLE.sub(" ", text).strip())
    .filter(bool)
)
SHEETS = {"en": ("Ratings", "Phases", "Adjudication"), "id": ("Penilaian", "Fase", "Penetapan")}
CASE = "data/raw/cases/alpha"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return with_phases(copy_of(MINIMAL, tmp_path / "project"))


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return copy_of(MINIMAL, tmp_path / "plain")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_with_phases_comes_back_as_it_was(language: str, project: Path, tmp_path: Path) -> None:
    path = write_sheet(project, tmp_path / "alpha.xlsx", language)
    found = plan(project, path)
    assert (found.problems, found.plan.changes, found.plan.files) == ((), (), {})
    before, scores = tables_of(project, "alpha"), trajectory(load_collection(project))
    case = load_collection(project).cases["alpha"]
    shutil.rmtree(project / CASE)
    plan(project, path).plan.write()
    for row in before["evidence"]:
        row["fingerprint"] = row["fingerprint"] or "none"
    assert tables_of(project, "alpha") == before
    again = load_collection(project)
    assert again.cases["alpha"] == case and trajectory(again).equals(scores)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_phase_is_chosen_by_its_name_beside_the_indicator(
    language: str, project: Path, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write_sheet(project, tmp_path / "alpha.xlsx", language))
    ratings, phases, settled = (book[name] for name in SHEETS[language])
    names = ["Before", "During", "After"] if language == "en" else ["Sebelum", "Selama", "Sesudah"]
    assert ratings["C1"].value == ("Phase" if language == "en" else "Fase")
    assert [cell.value for cell in ratings["C"]][2:] == [name for name in names for _ in range(8)]
    assert [cell.value for cell in settled["B"]][2:] == names[1:]
    assert [[cell.value for cell in row] for row in phases.iter_rows(min_row=3, max_row=3)] == [
        ["before", "Before", "Sebelum"]
    ]
    assert "C3:C2000" in {str(rule.sqref) for rule in ratings.data_validations.dataValidation}


def test_rows_are_offered_for_a_phase_that_nobody_rated(project: Path, tmp_path: Path) -> None:
    path = project / CASE / "ratings.csv"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if ",before," not in line]
    path.write_text("\n".join([*kept, ""]), encoding="utf-8")
    sheet = write_sheet(project, tmp_path / "alpha.xlsx")
    rows = list(openpyxl.load_workbook(sheet)["Ratings"].iter_rows(min_row=3, values_only=True))
    assert [(row[1], row[2], row[3]) for row in rows[-8:]] == [
        (coder, "Before", None) for coder in ("ana", "budi") for _ in range(4)
    ]
    found = plan(project, sheet)
    assert (found.problems, found.plan.changes) == ((), ())
    assert any(
        "no level and no reason by ana in phase before, budi in phase before" in str(n) for n in found.notes
    )
    # One level by one coder: the other rows of that coder and phase are taken as not assessed.
    found = plan(
        project, edit(sheet, {"Ratings": {"D19": 1, "E19": "high", "F19": "Some.", "G19": "alpha-001"}})
    )
    assert found.problems == () and found.plan.changes == ("ratings.csv: 4 rows added",)


def test_another_coder_is_offered_every_phase(project: Path, tmp_path: Path) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx", coders=["eka"])
    rows = list(openpyxl.load_workbook(sheet)["Ratings"].iter_rows(min_row=3, values_only=True))
    assert [(row[1], row[2]) for row in rows[24:]] == [
        ("eka", phase) for phase in ("Before", "During", "After") for _ in range(4)
    ]


def test_a_case_gets_phases_in_its_workbook(plain: Path, tmp_path: Path) -> None:
    sheet = write_sheet(plain, tmp_path / "alpha.xlsx")
    book = openpyxl.load_workbook(sheet)["Ratings"]
    column = next(cell.column_letter for cell in book[1] if cell.value == "Phase")
    later = {f"{column}{row}": "late" for row in range(3, 11)}
    phases = {"A3": "early", "B3": "Early", "C3": "Awal", "A4": "late", "B4": "Late", "C4": "Akhir"}
    found = plan(plain, edit(sheet, {"Ratings": later, "Phases": phases, "Adjudication": {"E3": "Akhir"}}))
    assert lines(found.problems) == []
    assert "case.yaml: phases: blank -> \"['early', 'late']\"" in found.plan.changes
    found.plan.write()
    again = load_collection(plain)
    assert again.cases["alpha"].phase_ids == ("early", "late")
    assert len(again.ratings) == 16 and len(again.earlier_ratings) == 0
    assert any("no row for early" in str(note) for note in again.notes)


def test_phases_are_renamed_put_in_another_order_and_taken_away(project: Path, tmp_path: Path) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx")
    other = {
        "B3": "Earlier",
        "A4": "after",
        "B4": "After",
        "C4": "Sesudah",
        "A5": "during",
        "B5": "During",
        "C5": "Selama",
    }
    # The list in the cells of ratings still says Before, which names the phase by its id.
    found = plan(project, edit(sheet, {"Phases": other}))
    assert lines(found.problems) == []
    assert found.plan.destroys
    assert set(found.plan.changes) == {
        "case.yaml: phases: \"['before', 'during', 'after']\" -> \"['before', 'after', 'during']\"",
        "case.yaml: phases.before.title.en: 'Before' -> 'Earlier'",
    }
    none = {f"{letter}{row}": None for letter in "ABC" for row in (3, 4, 5)}
    found = plan(project, edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Phases": none}))
    blank = "column phase: found Before; allowed: an id of phases in case.yaml; blank where it names none"
    assert any(blank in line for line in lines(found.problems))


def test_ratings_may_keep_the_name_that_a_phase_had(project: Path, tmp_path: Path) -> None:
    rewritten = (
        (project / CASE / "case.yaml").read_text(encoding="utf-8").replace("en: Before", "en: Until 2020")
    )
    (project / CASE / "case.yaml").write_text(rewritten, encoding="utf-8")
    found = plan(
        project, edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Phases": {"B3": "Up to 2020"}})
    )
    assert lines(found.problems) == []
    assert found.plan.changes == ("case.yaml: phases.before.title.en: 'Until 2020' -> 'Up to 2020'",)


def test_a_workbook_without_the_sheet_leaves_the_phases(project: Path, tmp_path: Path) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx")
    ids = {
        f"C{row}": phase
        for row, phase in enumerate((p for p in ("before", "during", "after") for _ in range(8)), 3)
    }
    edits = {"Phases": "remove", "Ratings": ids, "Adjudication": {"B3": "during", "B4": "after"}}
    found = plan(project, edit(sheet, edits))
    assert (lines(found.problems), found.plan.changes) == ([], ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_sheet_the_names_are_those_of_the_project(
    language: str, project: Path, tmp_path: Path
) -> None:
    sheet = edit(write_sheet(project, tmp_path / "alpha.xlsx", language), {SHEETS[language][1]: "remove"})
    found = plan(project, sheet)
    assert (lines(found.problems), found.plan.changes) == ([], ())
    # A name that is none is told with those that are.
    (line,) = lines(plan(project, edit(sheet, {SHEETS[language][0]: {"C3": "Between"}})).problems)
    names = "Before, During, After" if language == "en" else "Sebelum, Selama, Sesudah"
    column = "phase" if language == "en" else "fase"
    assert f"cell C3, column {column}: found Between; allowed: {names}" in line


@pytest.mark.parametrize("written", ["names", "ids"])
def test_the_sheet_is_missed_where_ratings_name_phases_of_a_new_case(
    written: str, project: Path, tmp_path: Path
) -> None:
    sheet = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Phases": "remove"})
    if written == "ids":
        book = openpyxl.load_workbook(sheet)
        for cell in [*book["Ratings"]["C"][2:], *book["Adjudication"]["B"][2:]]:
            cell.value = cell.value and cell.value.lower()
        book.save(sheet)
    shutil.rmtree(project / CASE)
    assert lines(plan(project, sheet).problems) == [
        "alpha.xlsx: found no sheet Phases; allowed: the sheets of `cgutils sheet`, named Phases or Fase. "
        "Put it back, or begin with a new workbook."
    ]


def test_a_sheet_of_phases_of_another_name_is_asked_for(project: Path, tmp_path: Path) -> None:
    sheet = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Phases": {"title": "Phases (2)"}})
    shutil.rmtree(project / CASE)
    assert any(
        line.endswith("If it is the sheet Phases (2), name this Phases.")
        for line in lines(plan(project, sheet).problems)
    )


def test_names_that_two_phases_exchange_are_refused_in_ratings(project: Path, tmp_path: Path) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx", "id")
    edit(sheet, {"Fase": {"C3": "Selama", "C4": "Sebelum"}})
    found = plan(project, sheet)
    told = lines(found.problems)
    assert len(told) == 17 and found.plan.files == {}
    assert told[1] == (
        "alpha.xlsx, sheet Penilaian, cell C10, column fase: found Sebelum, which names before as well as "
        "during, in the project or in this workbook; allowed: before, during. "
        "Write the id of the one that is meant, or give them back the names that they had."
    )
    # The ids say it.
    ids = {f"C{row}": phase for row, phase in enumerate(["before"] * 8 + ["during"] * 8, 3)}
    found = plan(project, edit(sheet, {"Penilaian": ids, "Penetapan": {"B3": "during"}}))
    assert lines(found.problems) == []
    assert found.plan.changes == (
        "case.yaml: phases.before.title.id: 'Sebelum' -> 'Selama'",
        "case.yaml: phases.during.title.id: 'Selama' -> 'Sebelum'",
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"a": "One", "b": "Two"}, {}),
        ({"a": "First", "b": "Two"}, {}),
        ({"a": "Two", "b": "One"}, {"one": ("a", "b"), "two": ("b", "a")}),
        ({"c": "One", "b": "Two"}, {}),  # another id
        ({"b": "One", "c": "Three"}, {"one": ("a", "b")}),  # taken away, and its name given to the other
        ({"a": "First", "b": "Two", "c": "One"}, {"one": ("a", "c")}),  # its name given to a new one
        ({"a": "b", "b": "Two"}, {}),  # an id
    ],
)
def test_which_names_are_unclear(now: dict[str, str], expected: dict[str, tuple[str, ...]]) -> None:
    before, after = (
        {phase: {"en": title, "id": title} for phase, title in titles.items()}
        for titles in ({"a": "One", "b": "Two"}, now)
    )
    assert unclear_names(after, before) == expected


def test_ratings_without_the_column_are_not_told_as_twice(project: Path, tmp_path: Path) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx")
    book = openpyxl.load_workbook(sheet)
    book["Ratings"].delete_cols(3)
    book.save(sheet)
    (line,) = lines(plan(project, sheet).problems)
    assert "sheet Ratings, row 3, column phase: found a blank cell in 24 rows (3-26)" in line


def test_ratings_of_the_project_that_cannot_be_told_apart_are_not_replaced(
    project: Path, tmp_path: Path
) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx")
    path = project / CASE / "ratings.csv"
    pd.read_csv(path, dtype="str").drop(columns="phase").to_csv(path, index=False)
    found = plan(project, sheet)
    (line,) = lines(found.problems)
    assert line.startswith(f"{CASE}/ratings.csv, row 2, column phase: found a blank cell in 24 rows (2-25)")
    assert found.plan.files == {}


def test_all_problems_at_their_cells(project: Path, tmp_path: Path) -> None:
    sheet = write_sheet(project, tmp_path / "alpha.xlsx")
    edits = {
        "Phases": {"A3": "Before it", "C4": None},
        "Ratings": {"C11": "Between", "C12": None},
        "Adjudication": {"B3": None},
    }
    found = plan(project, edit(sheet, edits))
    assert found.plan.files == {}
    told = lines(found.problems)
    for cell in (
        "sheet Phases, cell A3, column phase id: found 'Before it'; allowed: a lower-case id",
        "sheet Phases, cell C4, column title (Indonesian): found a blank cell; allowed: a text",
        "sheet Ratings, cell C11, column phase: found Between; allowed: Before it, during, after",
        "sheet Ratings, cell C12, column phase: found a blank cell",
        "sheet Adjudication, cell B3, column phase: found a blank cell",
    ):
        assert any(line.startswith(f"alpha.xlsx, {cell}") for line in told), (cell, told)


def test_one_phase_alone_is_refused(project: Path, tmp_path: Path) -> None:
    none = {f"{letter}{row}": None for letter in "ABC" for row in (4, 5)}
    found = plan(project, edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Phases": none}))
    assert any(
        line.startswith("alpha.xlsx, sheet Phases: found one phase alone, where two or more")
        for line in lines(found.problems)
    )


@given(st.lists(CELL, min_size=6, max_size=6), st.sampled_from(LANGUAGES))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_as_the_name_of_a_phase(names: list[str], language: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = with_phases(copy_of(MINIMAL, Path(folder) / "project"))
        case = read_parts(find_project(project)).cases["alpha"].model_dump(mode="json")
        for phase, english, indonesian in zip(case["phases"], names[:3], names[3:], strict=True):
            phase["title"] = {"en": english, "id": indonesian}
        (project / CASE / "case.yaml").write_text(case_yaml(case), encoding="utf-8", newline="")
        before, facts = tables_of(project, "alpha"), read_parts(find_project(project)).cases["alpha"]
        sheet = write_sheet(project, Path(folder) / "alpha.xlsx", language)
        found = plan(project, sheet)
        assert (lines(found.problems), found.plan.changes) == ([], ())
        shutil.rmtree(project / CASE)
        plan(project, sheet).plan.write()
        for row in before["evidence"]:
            row["fingerprint"] = row["fingerprint"] or "none"
        assert tables_of(project, "alpha") == before
        assert read_parts(find_project(project)).cases["alpha"] == facts


def test_names_that_leave_it_open_which_phase_is_meant_are_not_offered() -> None:
    clear = {"a": {"en": "First", "id": "Awal"}, "b": {"en": "Second", "id": "Akhir"}}
    assert phase_choices(clear) == clear
    for unclear in (
        {"a": {"en": "Same", "id": "Awal"}, "b": {"en": "same ", "id": "Akhir"}},
        {"a": {"en": "B", "id": "Awal"}, "b": {"en": "Second", "id": "Akhir"}},
        {"a": {"en": "First"}, "b": {"en": "Second", "id": "Akhir"}},
    ):
        assert phase_choices(unclear) == {name: {"en": name, "id": name} for name in "ab"}
