"""Cases with several phases: what is read, what is refused, and what stays as it was."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cgutils.data.collection import Collection, load_collection
from cgutils.data.dictionary import descriptor
from support import MINIMAL, copy_of, refused, said, with_phases

CASE = "data/raw/cases/alpha"
RATINGS = "cases/alpha/ratings.csv"
ADJUDICATION = "cases/alpha/adjudication.csv"
ALL = "before, during, after"
NAME_ONE = "Name a phase of case.yaml."


@pytest.fixture
def phased(tmp_path: Path) -> Path:
    return with_phases(copy_of(MINIMAL, tmp_path))


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return copy_of(MINIMAL, tmp_path)


def rewrite(project: Path, name: str, *changes: tuple[str, str]) -> None:
    path = project / CASE / name
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_the_last_phase_stands_where_a_case_without_phases_has_its_ratings(
    phased: Path, minimal: Collection
) -> None:
    found = load_collection(phased)
    keys = ["case_id", "indicator_id", "coder_id", "level", "confidence", "evidence_ids"]
    after = found.ratings.sort_values(keys[:3], ignore_index=True)[keys[:4]]
    before = minimal.ratings.sort_values(keys[:3], ignore_index=True)[keys[:4]]
    pd.testing.assert_frame_equal(after, before)
    assert found.ratings.columns.tolist() == minimal.ratings.columns.tolist()
    assert found.adjudication["case_id"].tolist() == minimal.adjudication["case_id"].tolist()
    assert found.cases["alpha"].phase_ids == ("before", "during", "after")
    assert found.cases["beta"].phases == ()


def test_earlier_phases_stand_beside_it(phased: Path) -> None:
    found = load_collection(phased)
    earlier = found.earlier_ratings
    assert earlier.columns.tolist()[:3] == ["case_id", "phase", "indicator_id"]
    assert set(earlier["case_id"]) == {"alpha"} and set(earlier["phase"]) == {"before", "during"}
    assert earlier.dtypes.drop("phase").equals(found.ratings.dtypes.reindex(earlier.columns.drop("phase")))
    assert isinstance(earlier.index, pd.RangeIndex) and len(earlier) == 16
    assert found.earlier_adjudication[["phase", "indicator_id", "level"]].values.tolist() == [
        ["during", "talks", 1]
    ]


def test_without_phases_there_is_nothing_earlier(minimal: Collection) -> None:
    for table in (minimal.earlier_ratings, minimal.earlier_adjudication):
        assert table.empty and table.columns.tolist()[:2] == ["case_id", "phase"]


def test_the_order_of_rows_does_not_matter(phased: Path) -> None:
    once = load_collection(phased)
    path = phased / RATINGS.join(["data/raw/", ""])
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([heading, *reversed(rows), ""]), encoding="utf-8")
    again = load_collection(phased)
    for name in ("ratings", "earlier_ratings"):
        keys = [key for key in ("case_id", "phase", "indicator_id", "coder_id") if key in getattr(once, name)]
        pd.testing.assert_frame_equal(
            *(getattr(one, name).sort_values(keys, ignore_index=True) for one in (once, again))
        )


def test_a_blank_or_unknown_phase_is_told_with_its_row(phased: Path) -> None:
    rewrite(
        phased, "ratings.csv", ("trust,ana,before", "trust,ana,"), ("means,budi,during", "means,budi,later")
    )
    rewrite(phased, "adjudication.csv", ("talks,during", "talks,earlier"))
    assert refused(phased) == [
        said(f"{ADJUDICATION}, row 2, column phase", "earlier", ALL, NAME_ONE),
        said(f"{RATINGS}, row 2, column phase", "a blank cell", ALL, NAME_ONE),
        said(f"{RATINGS}, row 15, column phase", "later", ALL, NAME_ONE),
    ]


def test_ratings_without_the_column_are_told_once(phased: Path) -> None:
    plain = (MINIMAL / CASE / "ratings.csv").read_text(encoding="utf-8")
    (phased / CASE / "ratings.csv").write_text(plain, encoding="utf-8")
    found = [line for line in refused(phased) if RATINGS in line]
    assert found == [said(f"{RATINGS}, row 2, column phase", "a blank cell in 8 rows (2-9)", ALL, NAME_ONE)]


@pytest.mark.parametrize("how", ["no column", "blank"])
@pytest.mark.parametrize("table", ["ratings", "adjudication"])
def test_rows_of_several_phases_without_the_column_are_not_told_as_twice(
    phased: Path, table: str, how: str
) -> None:
    path = phased / CASE / f"{table}.csv"
    frame = pd.read_csv(path, dtype="str")
    frame = frame.drop(columns="phase") if how == "no column" else frame.assign(phase=None)
    frame.to_csv(path, index=False)
    blank = {
        "ratings": ["a blank cell in 24 rows (2-25)"],
        "adjudication": ["a blank cell"] * 2,
    }[table]
    file = f"cases/alpha/{table}.csv"
    assert refused(phased) == [
        said(f"{file}, row {row}, column phase", found, ALL, NAME_ONE) for row, found in enumerate(blank, 2)
    ]


def test_a_row_that_stands_twice_in_a_phase_is_told(phased: Path) -> None:
    path = phased / CASE / "ratings.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*rows, rows[1], ""]), encoding="utf-8")
    (line,) = refused(phased)
    assert "row 26, column indicator_id + coder_id + phase: found trust + ana + before a second time" in line


def test_rows_without_a_phase_are_not_told_as_twice_where_the_phases_are_wrong(phased: Path) -> None:
    rewrite(phased, "case.yaml", ("id: before", "id: Before it"))
    path = phased / CASE / "ratings.csv"
    pd.read_csv(path, dtype="str").drop(columns="phase").to_csv(path, index=False)
    (line,) = refused(phased)
    assert "column phases.0.id: found 'Before it'" in line


def test_a_phase_in_a_case_without_phases_is_refused(plain: Path) -> None:
    with_phases(plain)
    text = (MINIMAL / CASE / "case.yaml").read_text(encoding="utf-8")
    (plain / CASE / "case.yaml").write_text(text, encoding="utf-8")
    blank, fix = "blank, as case.yaml names no phases", "Leave it blank, or name the phases in case.yaml."
    assert refused(plain) == [
        said(f"{ADJUDICATION}, row 2, column phase", "during", blank, fix),
        said(f"{ADJUDICATION}, row 3, column phase", "after", blank, fix),
        said(f"{RATINGS}, row 2, column phase", "before in 8 rows (2-9)", blank, fix),
        said(f"{RATINGS}, row 10, column phase", "during in 8 rows (10-17)", blank, fix),
        said(f"{RATINGS}, row 18, column phase", "after in 8 rows (18-25)", blank, fix),
    ]


def test_a_blank_column_in_a_case_without_phases_changes_nothing(plain: Path, minimal: Collection) -> None:
    path = plain / CASE / "ratings.csv"
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{heading},phase", *(f"{row}," for row in rows), ""]), encoding="utf-8")
    pd.testing.assert_frame_equal(load_collection(plain).ratings, minimal.ratings)


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        (
            "phases: [{id: once, title: {en: Once, id: Sekali}}]",
            "column phases: found one phase alone, where two or more",
        ),
        (
            "phases: [{id: a, title: {en: A, id: A}}, {id: a, title: {en: B, id: B}}]",
            "column phases: found ids that are used twice (a)",
        ),
        (
            "phases: [{id: A b, title: {en: A, id: A}}, {id: b, title: {en: B, id: B}}]",
            "column phases.0.id: found 'A b'; allowed: a lower-case id",
        ),
        (
            "phases: [{id: a, title: {en: A}}, {id: b, title: {en: B, id: B}}]",
            "column phases.0.title.id: found no such key",
        ),
    ],
)
def test_phases_that_are_none_are_refused(plain: Path, phases: str, expected: str) -> None:
    path = plain / CASE / "case.yaml"
    path.write_text(path.read_text(encoding="utf-8") + phases + "\n", encoding="utf-8")
    (line,) = refused(plain)
    assert expected in line


def test_completeness_and_rules_are_judged_phase_by_phase(phased: Path) -> None:
    # Before: no row for means by budi; during: level 3 on hindering evidence; after: a settled agreement.
    rewrite(
        phased,
        "ratings.csv",
        ("means,budi,before,0,high,Money before.,alpha-003\n", ""),
        ("means,ana,during,1", "means,ana,during,3"),
        ("talks,ana,after,2", "talks,ana,after,1"),
    )
    found = refused(phased)
    assert len(found) == 4
    settled, incomplete, *rules = found
    assert "row 3, column indicator_id: found talks, on which the coders agree in phase after" in settled
    assert "found no row for means by budi in phase before" in incomplete
    assert all(", row 10, column level, rule R" in line for line in rules)


def test_a_settled_phase_excuses_no_other(phased: Path) -> None:
    rewrite(
        phased,
        "ratings.csv",
        ("means,ana,before,0", "means,ana,before,3"),
        ("means,ana,during,1", "means,ana,during,3"),
    )
    rewrite(
        phased, "adjudication.csv", ("talks,during", "means,during,1,Facts (R7).,alpha-003\ntalks,during")
    )
    found = refused(phased)
    assert found and all(", row 3, column level, rule R" in line for line in found)


def test_one_row_for_each_indicator_coder_and_phase(phased: Path) -> None:
    path = phased / CASE / "ratings.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    (line,) = refused(phased)
    assert "row 26, column indicator_id + coder_id + phase: found trust + ana + before a second time" in line


def test_a_phase_that_nobody_rated_is_told(phased: Path) -> None:
    path = phased / CASE / "ratings.csv"
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if ",before," not in row]
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    notes = [str(note) for note in load_collection(phased).notes]
    assert (
        "data/raw/cases/alpha/ratings.csv, column phase: found no row for before. "
        "Every indicator is taken as not assessed in it."
    ) in notes


def test_notes_on_disagreements_name_the_phase(phased: Path) -> None:
    path = phased / CASE / "adjudication.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    notes = [str(note) for note in load_collection(phased).notes]
    assert (
        sum("no row for talks in phase during, on which the coders disagree (1, 2)" in n for n in notes) == 1
    )
    assert (
        sum("no row for talks in phase after, on which the coders disagree (1, 2)" in n for n in notes) == 1
    )


def test_the_descriptor_names_the_phase_where_the_file_has_it(phased: Path) -> None:
    found = {entry["name"]: entry["schema"] for entry in descriptor(phased / "data/raw")["resources"]}
    for case, expected in (("alpha", True), ("beta", False)):
        schema = found[f"{case}-ratings"]
        assert ("phase" in [field["name"] for field in schema["fields"]]) is expected
        assert ("phase" in schema["primaryKey"]) is expected


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-16", ","), ("utf-16", "\t"), ("utf-8-sig", ";"), ("cp1252", ",")]
)
def test_the_descriptor_knows_the_heading_in_whatever_way_the_file_is_saved(
    phased: Path, encoding: str, delimiter: str
) -> None:
    path = phased / "data/raw" / RATINGS
    rows = csv.reader(path.read_text(encoding="utf-8").replace("Shown before", "Dit à part").splitlines())
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    assert not load_collection(phased).earlier_ratings.empty
    found = {entry["name"]: entry["schema"] for entry in descriptor(phased / "data/raw")["resources"]}
    assert "phase" in found["alpha-ratings"]["primaryKey"]
    assert "phase" in [field["name"] for field in found["alpha-ratings"]["fields"]]


@pytest.mark.parametrize(
    "content", [b"", b"\n", 2 * b"\xef\xbb\xbf", b"\xff\xfe\x00", b'"phase', b"indicator_id\x00,level"]
)
def test_a_file_that_cannot_be_read_has_no_phase_in_the_descriptor(phased: Path, content: bytes) -> None:
    (phased / "data/raw" / RATINGS).write_bytes(content)
    found = {entry["name"]: entry["schema"] for entry in descriptor(phased / "data/raw")["resources"]}
    assert "phase" not in found["alpha-ratings"]["primaryKey"]


def test_the_descriptor_fits_the_files(phased: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    path = phased / "data/raw/datapackage.json"
    path.write_text(json.dumps(descriptor(phased / "data/raw")), encoding="utf-8")
    report = frictionless.validate(str(path))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-16", ","), ("utf-16", "\t"), ("utf-8", ";"), ("cp1252", ";")]
)
def test_the_descriptor_fits_the_files_in_whatever_way_they_are_saved(
    project: Path, encoding: str, delimiter: str
) -> None:
    frictionless = pytest.importorskip("frictionless")
    raw = project / "data/raw"
    for path in raw.rglob("*.csv"):
        rows = [*csv.reader(path.read_text(encoding="utf-8").splitlines())]
        if path.name == "quantities.csv":
            places = [place for place, name in enumerate(rows[0]) if name in ("value", "reported")]
            for row in rows[1:]:
                row[:] = [
                    cell.replace(".", ",") if place in places else cell for place, cell in enumerate(row)
                ]
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    load_collection(project)
    found = descriptor(raw)
    (raw / "datapackage.json").write_text(json.dumps(found), encoding="utf-8")
    report = frictionless.validate(str(raw / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


def test_with_another_fault_in_case_yaml_the_phases_are_known_all_the_same(phased: Path) -> None:
    rewrite(phased, "ratings.csv", ("trust,ana,during,2", "trust,ana,later,2"))
    rewrite(phased, "case.yaml", ("source_extent: full", "source_extent: half"))
    lines = refused(phased)
    assert any("source_extent" in line for line in lines)
    rewrite(phased, "case.yaml", ("source_extent: half", "source_extent: full"))
    assert [line for line in lines if "case.yaml, column" not in line] == refused(phased) != []


def test_where_the_phases_are_wrong_nothing_is_said_of_those_that_tables_name(phased: Path) -> None:
    rewrite(phased, "case.yaml", ("id: during", "id: before"))
    lines = refused(phased)
    assert lines and all("case.yaml, column phases" in line for line in lines)


TOLD = """
import sys
from cgutils.data.collection import load_collection
collection = load_collection(sys.argv[1])
sys.addaudithook(lambda event, values: event == "cgutils.table" and print(values[0]))
getattr(collection, sys.argv[2])
"""


@pytest.mark.parametrize("table", ["ratings", "adjudication", "earlier_ratings", "earlier_adjudication"])
def test_whoever_reads_rows_of_a_phase_is_known_to_rest_on_the_order_of_phases(
    table: str, phased: Path
) -> None:
    command = [sys.executable, "-c", TOLD, str(phased), table]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert found == [table, "cases"]
