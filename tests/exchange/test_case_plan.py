"""How a case enters a project: nothing that stands there is lost, all is written or nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sheet_support import edit, lines, plan, write_sheet

from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError
from support import snapshot

RAW = "data/raw/cases/alpha"


def test_only_what_the_sheet_changes_is_changed(project, tmp_path):
    before = snapshot(project)
    path = edit(
        write_sheet(project, tmp_path / "alpha.xlsx"),
        {
            "Ratings": {"D7": "high"},
            "Evidence": {"I5": "There was never money."},
            "Case": {"B5": "Alpha Forum"},
        },
    )
    found = plan(project, path)
    assert found.problems == ()
    assert (
        found.plan.changes
        == (
            "case.yaml: short_title.en: 'Alpha' -> 'Alpha Forum'",
            "evidence.csv: alpha-003: summary_en: 'There is no money.' -> 'There was never money.'",
            "ratings.csv: talks + ana: confidence: 'low' -> 'high'",
        )
        or found.problems
    )
    assert found.plan.destroys and not found.plan.is_new
    assert snapshot(project) == before
    found.plan.write()
    after = snapshot(project)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {f"{RAW}/case.yaml", f"{RAW}/evidence.csv", f"{RAW}/ratings.csv"}
    old, new = (state[f"{RAW}/evidence.csv"].decode().splitlines() for state in (before, after))
    assert [line for line in new if line not in old] == [old[3].replace("There is no", "There was never")]


def test_rows_taken_away_are_shown(project, tmp_path):
    path = write_sheet(project, tmp_path / "alpha.xlsx")
    edit(path, {"Actors": {f"{column}5": None for column in "ABCDEFGHIJK"}})
    found = plan(project, path)
    assert found.plan.changes == ("actors.csv: no_media: row removed",) and found.plan.destroys


def test_a_sheet_that_is_not_there_changes_nothing(project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Actors": "remove", "Quantities": "remove"})
    assert plan(project, path).plan.changes == ()


def test_rows_added_need_no_leave(project, tmp_path):
    path = write_sheet(project, tmp_path / "alpha.xlsx")
    row = dict(zip("ABCDGHI", ["extra", "Extra", "Tambahan", "media", "no", "named", None], strict=True))
    edit(path, {"Actors": {f"{column}6": value for column, value in row.items()}})
    found = plan(project, path)
    assert found.plan.changes == ("actors.csv: 1 row added",) and not found.plan.destroys


def test_coders_and_sources_are_added_once(project, tmp_path):
    path = write_sheet(project, tmp_path / "alpha.xlsx", coders=["ana", "budi", "eka"])
    edit(path, {"Coders": {"C5": "Third coder", "D5": "Pengode ketiga"}, "Sources": {"C3": "Forum of Alpha"}})
    levels = {"C11": 3, "D11": "high", "E11": "Shown.", "F11": "alpha-001;alpha-002"}
    edit(path, {"Ratings": levels})
    found = plan(project, path)
    assert lines(found.problems) == []
    assert "coders.csv: 1 row added" in found.plan.changes
    found.plan.write()
    coders = (project / "data/raw/coders.csv").read_text(encoding="utf-8").splitlines()
    assert coders[1:] == [
        "ana,human,First coder,Pengode pertama",
        "budi,human,Second coder,Pengode kedua",
        "eka,human,Third coder,Pengode ketiga",
    ]
    again = plan(project, path)
    assert again.problems == () and again.plan.changes == ()


def test_another_description_of_a_coder_is_a_change(project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Coders": {"C3": "Somebody else"}})
    found = plan(project, path)
    assert found.plan.changes == ("coders.csv: ana: description_en: 'First coder' -> 'Somebody else'",)
    assert found.plan.destroys


def test_a_blank_takes_nothing_from_what_is_shared(project, tmp_path):
    path = edit(
        write_sheet(project, tmp_path / "alpha.xlsx"), {"Coders": {"B3": None, "C3": None, "D3": None}}
    )
    assert (plan(project, path).problems, plan(project, path).plan.changes) == ((), ())


def test_fingerprints_stay_and_new_items_have_none(project, tmp_path):
    table = project / RAW / "evidence.csv"
    lines_of = table.read_text(encoding="utf-8").splitlines()
    lines_of[2] += "none"
    table.write_text("\n".join(lines_of) + "\n", encoding="utf-8")
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Evidence": {"L4": None}})
    assert plan(project, path).plan.changes == ()
    new = ["alpha-006", "Trust", "mixed", "fact", "alpha_2024", "", "", "", "New.", "Baru."]
    edit(path, {"Evidence": {f"{'ABCDEFGHIJ'[n]}8": value or None for n, value in enumerate(new)}})
    found = plan(project, path)
    assert found.plan.changes == ("evidence.csv: 1 row added",)
    (data,) = found.plan.files.values()
    assert [line.rpartition(",")[2] for line in data.decode().splitlines()[1:]] == [
        "",
        "none",
        "",
        "",
        "",
        "none",
    ]


def test_the_old_spelling_of_a_number_stays(project, tmp_path):
    table = project / RAW / "quantities.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("2024,80.69,", "2024,80.690,"), encoding="utf-8"
    )
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Quantities": {"G3": "143 516"}})
    found = plan(project, path)
    assert len(found.plan.changes) == 1
    (data,) = found.plan.files.values()
    assert ",2024,80.690,percent" in data.decode()


def test_formulas_are_guarded_in_the_tables_too(project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Evidence": {"I3": "'=cmd|' /c calc'!A0"}})
    plan(project, path).plan.write()
    assert ",'=cmd|' /c calc'!A0," in (project / RAW / "evidence.csv").read_text(encoding="utf-8")
    assert load_collection(project).evidence["summary_en"].iloc[0] == "=cmd|' /c calc'!A0"
    assert plan(project, path).plan.changes == ()


def test_a_case_that_cannot_be_read_is_not_replaced(project, tmp_path):
    path = write_sheet(project, tmp_path / "alpha.xlsx")
    table = project / RAW / "actors.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("community", "aliens"), encoding="utf-8")
    before = snapshot(project)
    found = plan(project, path)
    assert "found aliens" in lines(found.problems)[0] and found.plan.files == {}
    assert snapshot(project) == before


def test_what_is_wrong_elsewhere_does_not_stand_in_the_way(project, tmp_path):
    path = edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Ratings": {"E3": "Shown twice."}})
    (project / "data/raw/cases/beta/evidence.csv").write_text("broken", encoding="utf-8")
    found = plan(project, path)
    assert found.problems == () and len(found.plan.changes) == 1


def test_a_failure_while_writing_leaves_everything_as_it_was(project, tmp_path, monkeypatch):
    path = edit(
        write_sheet(project, tmp_path / "alpha.xlsx"),
        {"Ratings": {"E3": "Other."}, "Evidence": {"I5": "Other."}},
    )
    found = plan(project, path)
    before = snapshot(project)
    replace = Path.replace

    def fail(source, target):
        if Path(target).name == "ratings.csv":
            raise OSError(28, "No space left on device")
        return replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(CgutilsError, match="No space left on device"):
            found.plan.write()
    assert snapshot(project) == before


@pytest.mark.parametrize("spoilt", [{"C3": 9}, {"F3": "alpha-099"}])
def test_a_plan_with_problems_writes_nothing(spoilt, project, tmp_path):
    found = plan(project, edit(write_sheet(project, tmp_path / "alpha.xlsx"), {"Ratings": spoilt}))
    before = snapshot(project)
    assert found.problems and found.plan.files == {}
    if found.plan.problems:
        with pytest.raises(CgutilsError, match="is not written"):
            found.plan.write()
    assert snapshot(project) == before
