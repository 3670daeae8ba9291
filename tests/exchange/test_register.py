"""Writing fingerprints into the register: only that column, all rows or none."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from exchange_support import made_up

from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.fingerprint import WITHHELD
from cgutils.data.project import find_project
from cgutils.data.schemas import CASE_TABLES
from cgutils.exchange.fingerprints import make_fingerprint
from cgutils.exchange.register import EVIDENCE_COLUMNS, Change, read_evidence, write_fingerprints
from support import ROOT, copy_of, snapshot

ONE, TWO, THREE = (" ".join(made_up(30, seed)) for seed in (1, 2, 3))


def passages(folder: Path, rows: list[tuple[str, str]]) -> Path:
    path = folder / "passages.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("evidence_id", "passage"), *rows])
    return path


def cells(project: Path) -> dict[str, str]:
    table = read_evidence(find_project(project))
    return dict(zip(table["evidence_id"], table["fingerprint"], strict=True))


def refused(project: Path, rows: list[tuple[str, str]], **options) -> str:
    before = snapshot(project)
    with pytest.raises(CollectionError) as caught:
        write_fingerprints(find_project(project), passages(project.parent, rows), **options)
    assert snapshot(project) == before
    return str(caught.value)


def test_the_columns_are_those_of_the_schema() -> None:
    (spec,) = (spec for spec in CASE_TABLES if spec.name == "evidence")
    assert {name: facts["heading"] for name, facts in spec.columns.items()} == EVIDENCE_COLUMNS


def test_the_tables_of_this_project_are_rewritten_as_they_were(tmp_path) -> None:
    project = copy_of(ROOT, tmp_path / "copy")
    before = snapshot(project)
    items = cells(project)
    changed = list(items)[::40]
    found = find_project(project)
    write_fingerprints(found, passages(tmp_path, [(item, ONE) for item in changed]))
    assert cells(project) == items | {item: make_fingerprint(item, ONE).cell for item in changed}
    for path in sorted(found.raw.glob("cases/*/evidence.csv")):
        text = path.read_text(encoding="utf-8")
        for item in changed:
            text = text.replace(make_fingerprint(item, ONE).cell, items[item])
        path.write_text(text, encoding="utf-8")
    assert snapshot(project) == before


def test_only_what_is_given_changes_and_it_is_told(project) -> None:
    first, second, third, *rest = cells(project)
    found, folder = find_project(project), project.parent
    before = snapshot(project)
    (change,) = write_fingerprints(found, passages(folder, [(first, ONE), (second, TWO), (third, WITHHELD)]))
    assert change == Change("alpha", (first, second), (), (), (third,), change.without)
    assert change.without
    assert cells(project) == {
        first: make_fingerprint(first, ONE).cell,
        second: make_fingerprint(second, TWO).cell,
        third: WITHHELD,
        **dict.fromkeys(rest, ""),
    }
    after = snapshot(project)
    assert {name for name in before if before[name] != after[name]} == {"data/raw/cases/alpha/evidence.csv"}
    assert load_collection(project).evidence.set_index("evidence_id").loc[third, "fingerprint"] == WITHHELD

    rows = [(first, ONE), (second, THREE), (third, WITHHELD)]
    (change,) = write_fingerprints(found, passages(folder, rows))
    assert change == Change("alpha", (), (second,), (first, third), (), change.without)


def test_where_nothing_changes_nothing_is_written(project) -> None:
    first, *_ = cells(project)
    path = passages(project.parent, [(first, ONE)])
    write_fingerprints(find_project(project), path)
    table = project / "data/raw/cases/alpha/evidence.csv"
    before = table.stat().st_ino
    write_fingerprints(find_project(project), path)
    assert table.stat().st_ino == before


def test_all_rows_that_cannot_be_used_are_listed_and_nothing_is_written(project) -> None:
    first, second, third, *_ = cells(project)
    rows = [(first, ONE), ("alpha-0001", ONE), (second, ""), (third, "too short"), (first, TWO), ("", ONE)]
    message = refused(project, rows)
    assert "5 problems found" in message
    assert "row 3, column evidence_id: found alpha-0001" in message
    assert "Did you mean alpha-001?" in message
    assert "row 4, column passage: found a blank cell" in message
    assert "at least 40 are needed" in message
    assert f"found {first} a second time" in message


def test_withheld_is_not_overwritten(project) -> None:
    first, *_ = cells(project)
    write_fingerprints(find_project(project), passages(project.parent, [(first, WITHHELD)]))
    assert "withheld on purpose" in refused(project, [(first, ONE)])


def test_a_restriction_to_cases_refuses_the_items_of_others(project) -> None:
    (beta,) = (item for item in cells(project) if item.startswith("beta") and item.endswith("1"))
    assert "found beta" in refused(project, [(beta, ONE)], cases=["alpha"])
    write_fingerprints(find_project(project), passages(project.parent, [(beta, ONE)]), ["beta"])
    assert cells(project)[beta]


def test_an_unknown_case_and_a_missing_file_are_said(project) -> None:
    with pytest.raises(CgutilsError, match="no case 'gamma'; known: alpha, beta"):
        read_evidence(find_project(project), ["gamma"])
    with pytest.raises(CgutilsError, match="there is no such file"):
        write_fingerprints(find_project(project), project / "none.csv")


def test_a_project_without_cases_has_nothing_to_locate(project) -> None:
    shutil.rmtree(project / "data/raw/cases")
    with pytest.raises(CgutilsError, match="there is no case with evidence in this project"):
        read_evidence(find_project(project))
    with pytest.raises(CgutilsError, match="no case 'gamma'; known: none"):
        read_evidence(find_project(project), ["gamma"])


def test_two_items_of_one_id_are_told(project) -> None:
    first, second, *_ = cells(project)
    table = project / "data/raw/cases/alpha/evidence.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(f"\n{second},", f"\n{first},"), "utf-8")
    other = project / "data/raw/cases/beta/evidence.csv"
    other.write_text(other.read_text(encoding="utf-8").replace("\nbeta-001,", f"\n{first},"), "utf-8")
    told = refused(project, [(first, ONE)])
    place = f"found {first} a second time (first in data/raw/cases/alpha/evidence.csv, row 2)"
    assert told.count(place) == 2
    assert f"cases/alpha/evidence.csv, row 3, column evidence_id: {place}" in told
    assert f"cases/beta/evidence.csv, row 2, column evidence_id: {place}" in told


def test_where_one_table_cannot_be_written_none_is(project, monkeypatch) -> None:
    first, *_, last = cells(project)
    assert (first[:5], last[:4]) == ("alpha", "beta")
    before, replace = snapshot(project), Path.replace

    def fail(self, target):
        if Path(target).parent.name == "beta":
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CgutilsError, match="Nothing was changed"):
        write_fingerprints(find_project(project), passages(project.parent, [(first, ONE), (last, TWO)]))
    assert snapshot(project) == before


def test_a_table_from_a_spreadsheet_is_read(project) -> None:
    first, *_ = cells(project)
    path = project.parent / "passages.csv"
    path.write_bytes(f"evidence_id;passage\r\n{first};{ONE}\r\n".encode("utf-8-sig"))
    write_fingerprints(find_project(project), path)
    assert cells(project)[first] == make_fingerprint(first, ONE).cell


def test_a_register_with_a_spoilt_fingerprint_is_refused_on_load(project) -> None:
    first, *_ = cells(project)
    write_fingerprints(find_project(project), passages(project.parent, [(first, ONE)]))
    table = project / "data/raw/cases/alpha/evidence.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("v1:", "v9:"), encoding="utf-8")
    with pytest.raises(
        CollectionError, match=r"column fingerprint: found v9:.*allowed: what `cgutils fingerprint`"
    ):
        load_collection(project)
