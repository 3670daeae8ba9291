"""What no list of allowed values can hold: ranges, dates, cells of a row that contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from cgutils.data.checking import check_frame, load_table
from cgutils.data.collection import Collection, load_collection
from cgutils.data.row_rules import FORMULA_WORDS, completed
from cgutils.data.schemas import SPECS
from cgutils.data.starting import new_project
from support import refused, said

ACTORS = "cases/alpha/actors.csv"
EVIDENCE = "cases/alpha/evidence.csv"
QUANTITIES = "cases/alpha/quantities.csv"
TIMELINE = "timeline.csv"


def change(project: Path, file: str, old: str, new: str) -> None:
    path = project / "data/raw" / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def event(project: Path, date: str) -> None:
    text = f"event_id,date,label_en,label_id,source_ids,locator\ne1,{date},A,B,alpha_2024,\n"
    (project / "data/raw" / TIMELINE).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "date",
    [
        *("2024", "2024-02", "2024-02-29", "2020/2024", "2024/2024"),
        *("2024-11/2024-11-05", "2024-11-29/2024-11", "2024-05/2024"),
    ],
)
def test_dates(date: str, project: Path) -> None:
    event(project, date)
    assert load_collection(project).timeline["date"].tolist() == [date]


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("2024-13-45", "2024-13-45"),
        ("2024-00", "2024-00"),
        ("2023-02-29", "2023-02-29"),
        ("0000", "0000"),
        ("2024/2024-13", "2024-13"),
    ],
)
def test_dates_that_no_calendar_has(date: str, found: str, project: Path) -> None:
    event(project, date)
    allowed = "a date of the calendar, as 2024, 2024-11 or 2024-11-27"
    assert refused(project) == [said(f"{TIMELINE}, row 2, column date", found, allowed, "Correct the date.")]


@pytest.mark.parametrize("date", ["2024/2020", "2024-05/2024-04", "2024-05-02/2024-05-01", "2024-05/2023"])
def test_a_span_that_ends_before_it_starts(date: str, project: Path) -> None:
    event(project, date)
    allowed = "an end that is no earlier than the start"
    assert refused(project) == [said(f"{TIMELINE}, row 2, column date", date, allowed, "Correct the dates.")]


@pytest.mark.parametrize(
    ("locator", "found", "fix"),
    [
        ("L50-L2", "L50-L2", "Write L2-L50, or correct it."),
        ("alpha_2024 L1-L3;L9-L8", "L9-L8", "Write L8-L9, or correct it."),
        ("other_1 L9-L8", "L9-L8", "Write L8-L9, or correct it."),
    ],
)
def test_lines_that_run_backwards(locator: str, found: str, fix: str, project: Path) -> None:
    change(project, QUANTITIES, ",L40,", f",{locator},")
    where = f"{QUANTITIES}, row 2, column locator"
    assert refused(project) == [said(where, found, "ranges from the first to the last", fix)]


@pytest.mark.parametrize(("page", "wrong"), [("50-20", "50-20"), ("7;57-2", "57-2"), ("1149-48", "1149-48")])
def test_pages_that_run_backwards(page: str, wrong: str, project: Path) -> None:
    change(project, EVIDENCE, ",alpha_2024,,3,", f",alpha_2024,,{page},")
    assert any(
        line.startswith(f"data/raw/{EVIDENCE}, row 2, column page: found {wrong}; ")
        for line in refused(project)
    )


def test_a_page_numbered_by_chapter_stands_in_the_section(project: Path) -> None:
    change(project, EVIDENCE, ",alpha_2024,,3,", ",alpha_2024,,3-1,")
    fix = (
        "Write 1-3, or correct it. A page numbered by chapter stands in section, with a point, as 3.1; "
        "leave page blank."
    )
    where = f"{EVIDENCE}, row 2, column page"
    assert refused(project) == [said(where, "3-1", "ranges from the first to the last", fix)]
    change(project, EVIDENCE, ",alpha_2024,,3-1,", ",alpha_2024,3.1,,")
    evidence = load_collection(project).evidence
    assert evidence["section"].iloc[0] == "3.1" and not evidence["page"].iloc[0]


@pytest.mark.parametrize("page", ["1149-50", "50-2", "98-102", "7-7", "1149;1155-1157"])
def test_pages_as_people_shorten_them(page: str, project: Path) -> None:
    change(project, EVIDENCE, ",alpha_2024,,3,", f",alpha_2024,,{page},")
    assert load_collection(project).evidence["page"].iloc[0] == page


@pytest.mark.parametrize(("first", "last", "end"), [("9", "10", 10), ("120", "3", 123), ("1", "1", 1)])
def test_the_end_of_a_range(first: str, last: str, end: int) -> None:
    assert completed(first, last) == end


def test_a_quantity_that_is_missing_has_no_value(project: Path) -> None:
    change(project, QUANTITIES, "2024,,persons,,missing", "2024,7,persons,,missing")
    assert refused(project) == [
        said(
            f"{QUANTITIES}, row 5, column value",
            "7 beside the status missing",
            "blank where the source gives none",
            "Correct the value or the status.",
        )
    ]


@pytest.mark.parametrize("status", ["reported", "counted"])
def test_a_number_that_is_given_and_not_there_is_noted(status: str, project: Path) -> None:
    # A source may give it in words or as a range.
    change(project, QUANTITIES, "2024,,persons,,missing", f"2024,,persons,30 to 40,{status}")
    notes = [str(note) for note in load_collection(project).notes if note.column == "value"]
    assert notes == [
        f"data/raw/{QUANTITIES}, row 5, column value: found a blank cell beside the status {status}. "
        "A formula takes it as missing; give the number, or the status missing."
    ]


@pytest.mark.parametrize("name", ["sum", "count", "abs", "class", "in"])
def test_a_quantity_that_no_formula_can_name(name: str, project: Path) -> None:
    assert name in FORMULA_WORDS
    change(project, QUANTITIES, "\nspoilt_2024", f"\n{name}")
    assert refused(project) == [
        said(
            f"{QUANTITIES}, row 5, column quantity_id",
            name,
            "an id that means nothing else in a formula",
            f"Write another id, such as {name}_1.",
        )
    ]


def test_of_a_type_some_are_named_or_none(project: Path) -> None:
    path = project / "data/raw" / ACTORS
    heading, first, *rest = path.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(heading.split(","), first.split(","), strict=True))
    nobody = {**cells, "actor_id": "nobody", "status": "none_named"}
    row = ",".join(nobody[column] for column in heading.split(","))
    path.write_text("\n".join([heading, first, *rest, row, ""]), encoding="utf-8")
    assert refused(project) == [
        said(
            f"{ACTORS}, row {len(rest) + 3}, column status",
            f"none_named, though another row names one of type {cells['type']}",
            "one or the other for each type",
            "Remove this row, or correct the type or status of the other.",
        )
    ]


def test_all_of_a_file_at_once(project: Path) -> None:
    change(project, QUANTITIES, "2024,,persons,,missing", "2024,7,persons,,missing")
    change(project, QUANTITIES, ",L40,", ",L9-L8,")
    change(project, QUANTITIES, ",L41,", ",41,")
    places = [line.partition(":")[0].partition(", ")[2] for line in refused(project)]
    assert places == ["row 2, column locator", "row 3, column locator", "row 5, column value"]


def test_an_imported_table_is_held_to_the_same_rules(project: Path) -> None:
    frame, *_ = load_table(project / "data/raw" / QUANTITIES, "q.csv", SPECS["quantities"])
    frame.loc[5, "value"] = "7"
    sound, problems = check_frame(frame, "q.csv", SPECS["quantities"])
    assert [problem.row for problem in problems] == [5] and 5 not in sound.index


def test_neither_the_collection_nor_a_new_project_is_told_anything(real: Collection, tmp_path: Path) -> None:
    assert real.notes == load_collection(new_project(tmp_path / "mine").root).notes == ()
