"""The verbs with which a case comes into a project, as they are typed."""

from __future__ import annotations

import shlex
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from cgutils.cli import app
from cgutils.cli.base import as_typed
from support import snapshot


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CGUTILS_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert typed("new", "mine").exit_code == 0
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


def typed(*words: str):
    return CliRunner().invoke(app, list(words))


def fill(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    for name, cells in {
        "Case": {"B6": "Town X", "C6": "Kota X"},
        "Coders": {"C3": "Ana", "D3": "Ana"},
        "Evidence": dict(
            zip(
                ["A3", "B3", "C3", "D3", "E3", "I3", "J3"],
                ["x-001", "SC1", "mixed", "fact", "kota-x", "One.", "Satu."],
                strict=True,
            )
        ),
        "Ratings": {"C3": 1, "D3": "low", "E3": "One fact.", "F3": "x-001"},
    }.items():
        for cell, value in cells.items():
            book[name][cell] = value
    book.save(path)


def test_from_nothing_to_a_case(at: Path) -> None:
    made = typed("new-case", "kota-x", "--title", "X", "--framework", "ansell_gash_2008")
    assert made.exit_code == 0 and "written: data/raw/cases/kota-x/case.yaml" in made.output
    assert typed("sheet", "kota-x.xlsx").exit_code == 0
    empty = typed("import", "kota-x.xlsx")
    assert empty.exit_code == 1 and "sheet Coders, cell C3" in empty.output  # a coder without a description
    fill(at / "kota-x.xlsx")
    tried = typed("import", "kota-x.xlsx", "--dry-run")
    assert tried.exit_code == 0 and "Nothing was written (--dry-run)." in tried.output
    assert (at / "data/raw/cases/kota-x/ratings.csv").read_text(encoding="utf-8").count("\n") == 1
    done = typed("import", "kota-x.xlsx")
    assert done.exit_code == 0, done.output
    assert (
        "  evidence.csv: 1 row added\n  ratings.csv: 18 rows added\n  coders.csv: 1 row added\n"
        in done.output
    )
    assert "note: kota-x.xlsx, sheet Ratings: found 17 rows in which nothing is filled in" in done.output
    checked = typed("check")
    assert checked.exit_code == 0 and "2 cases" in checked.output
    before = snapshot(at)
    assert "Nothing changes." in typed("import", "kota-x.xlsx").output
    assert snapshot(at) == before


def test_what_is_there_is_changed_only_when_asked(at: Path) -> None:
    assert typed("sheet", "example.xlsx").exit_code == 0
    book = openpyxl.load_workbook(at / "example.xlsx")
    book["Actors"]["B3"] = "Another agency"
    book.save(at / "example.xlsx")
    before = snapshot(at)
    refused = typed("import", "example.xlsx")
    assert refused.exit_code == 1 and "To do it: --replace." in refused.output
    assert "actors.csv: agency: name_en: 'Water agency (invented)' -> 'Another agency'" in refused.output
    assert snapshot(at) == before
    done = typed("import", "example.xlsx", "--replace")
    assert (
        done.exit_code == 0 and "Written: data/raw/cases/example/actors.csv. Next: cgutils run" in done.output
    )
    assert {name for name, data in snapshot(at).items() if before.get(name) != data} == {
        "data/raw/cases/example/actors.csv"
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sheet", "x.csv"], "the name of a workbook ends in .xlsx"),
        (["sheet", "README.xlsx"], "is there already, and is not overwritten"),
        (["sheet", "x.xlsx", "--case", "../x"], "found '../x'; allowed: lower-case ids"),
        (["sheet", "x.xlsx", "--coder", "A b"], "found 'A b'; allowed: lower-case ids"),
        (["sheet", "x.xlsx", "--framework", "none"], "there is no framework 'none'"),
        (["sheet", "example.xlsx", "--framework", "none"], "coded by ansell_gash_2008, not by none"),
        (["import", "none.xlsx"], "there is no such file"),
        (["import", "README.md"], "README.md: is no workbook (.xlsx)"),
        (
            ["import", "README.ods"],
            "README.ods: is a spreadsheet of another format. Open it, save it as .xlsx",
        ),
        (["import", "README.xlsx"], "inside, this is no workbook (.xlsx), whatever its name says"),
        (["new", "."], "is there already and is not empty"),
        (["new-case", "example", "--title", "x"], "is there already; nothing is overwritten"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(words: list[str], said: str, at: Path) -> None:
    for name in ("README.xlsx", "README.ods"):
        (at / name).write_text("no workbook", encoding="utf-8")
    before = snapshot(at)
    done = typed(*words)
    assert done.exit_code == 1 and said in done.output and "Traceback" not in done.output
    assert snapshot(at) == before


def test_a_workbook_may_leave_the_id_to_the_person(at: Path) -> None:
    done = typed("sheet", "My case.xlsx", "--language", "id")
    assert done.exit_code == 0 and "case (no id yet), to be filled in" in done.output
    assert openpyxl.load_workbook(at / "My case.xlsx")["Kasus"]["B2"].value is None


def test_options_of_the_other_kind_of_file_are_refused(at: Path) -> None:
    for name in ("x.xlsx", "x.qdpx"):
        (at / name).write_bytes(b"")
    assert "--coder: goes with coded segments" in typed("import", "x.xlsx", "--coder", "ana").output
    told = typed("import", "x.xlsx", "--case", "example", "--replace").output
    assert "--replace: goes with a workbook" in told
    told = typed("import", "x.qdpx").output
    assert "is no workbook" in told and "--case ID" in told


@pytest.mark.parametrize("folder", ["elsewhere", "a folder"])
def test_the_command_that_is_advised_can_be_typed_as_it_stands(at: Path, folder: str) -> None:
    (at.parent / folder).mkdir()
    made = typed("sheet", f"../{folder}/example.xlsx", "--case", "example")
    assert made.exit_code == 0, made.output
    (advice,) = [line for line in made.output.splitlines() if line.startswith("Fill it in, then: ")]
    program, *words = shlex.split(advice.removeprefix("Fill it in, then: "))
    assert program == "cgutils" and words[:2] == ["import", str(Path(f"../{folder}/example.xlsx"))]
    again = typed(*words)
    assert again.exit_code == 0 and "Nothing changes." in again.output, again.output


def test_the_advice_names_the_project_where_it_was_named(at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(at.parent)
    made = typed("sheet", "example.xlsx", "--project", "mine")
    (advice,) = [line for line in made.output.splitlines() if line.startswith("Fill it in, then: ")]
    assert advice.endswith(" --project mine")
    again = typed(*shlex.split(advice.removeprefix("Fill it in, then: cgutils ")))
    assert again.exit_code == 0 and "Nothing changes." in again.output, again.output


@pytest.mark.parametrize(
    ("windows", "path", "shown"),
    [
        (False, "a b/x.xlsx", "'a b/x.xlsx'"),
        (False, "a/x.xlsx", "a/x.xlsx"),
        (True, r"C:\a b\x.xlsx", r'"C:\a b\x.xlsx"'),
        (True, r"C:\a\kota-x.xlsx", r"C:\a\kota-x.xlsx"),
        (True, "a&b.xlsx", '"a&b.xlsx"'),
    ],
)
def test_a_path_is_quoted_as_the_system_wants_it(
    windows: bool, path: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cgutils.cli.base._WINDOWS", windows)
    assert as_typed(Path(path)) == shown


def test_a_folder_with_a_blank_is_quoted(at: Path) -> None:
    made = typed("new", "my project")
    (line,) = [line for line in made.output.splitlines() if line.startswith("  cd ")]
    assert shlex.split(line) == ["cd", "my project"]


@pytest.mark.parametrize(
    "words",
    [
        ("sheet", "con.xlsx"),
        ("sheet", "AUX.xlsx", "--case", "example"),
        ("sheet", "a:b.xlsx"),
        ("codebook", "nul.csv", "--format", "csv"),
    ],
)
def test_a_file_that_windows_cannot_have_is_not_written(at: Path, words: tuple[str, ...]) -> None:
    before = snapshot(at)
    done = typed(*words)
    assert done.exit_code == 1
    assert f"{words[1]}: Windows cannot have a file of this name. Choose another one." in done.output
    assert snapshot(at) == before


def test_an_unknown_format_of_a_codebook_is_told_as_such(at: Path) -> None:
    before = snapshot(at)
    done = typed("codebook", "out.csv", "--format", "nope")
    assert done.exit_code == 1
    allowed = "qdc, qdpx, csv, taguette, qualcoder, maxqda"
    assert f"--format: found 'nope'; allowed: {allowed}." in done.output
    assert "ending" not in done.output
    assert snapshot(at) == before
    done = typed("codebook", "out.txt")
    assert done.exit_code == 1 and "out.txt: no format is known for this ending." in done.output


def test_a_document_is_named_once(at: Path) -> None:
    (at / "seg.csv").write_text("document,code,text\ninterview,SC1,hello\n", encoding="utf-8")
    twice = ("--document", "interview=example_invented", "--document", "interview=ignore")
    done = typed("import", "seg.csv", "--case", "example", *twice)
    assert done.exit_code == 2
    assert "'interview' is given twice ('example_invented' and 'ignore'); give it once" in done.output
