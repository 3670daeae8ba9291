"""A project of one's own and a case in it: complete, valid, and never over something that exists."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cgutils.data import starting
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError
from cgutils.data.project import find_project
from cgutils.data.schemas import CASE_TABLES
from cgutils.data.starting import LEFT_OUT, new_case, new_project
from support import ROOT, snapshot


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return new_project(tmp_path / "my-project").root


def test_a_new_project_is_complete(made: Path) -> None:
    collection = load_collection(made)
    assert list(collection.cases) == ["example"] and collection.notes == ()
    notebooks = {path.name for path in (made / "notebooks").glob("*.ipynb")}
    ours = {path.name for path in (ROOT / "notebooks").glob("[0-9][0-9]-*.ipynb")}
    assert notebooks == ours - {f"{name}.ipynb" for name in LEFT_OUT} and len(notebooks) >= 5
    for path in [*(made / "notebooks").glob("*.ipynb"), made / "notebooks/sanitize.cfg"]:
        assert path.read_bytes() == (ROOT / "notebooks" / path.name).read_bytes()
    for path in (ROOT / "data/raw/frameworks").glob("*.yaml"):
        assert (made / "data/raw/frameworks" / path.name).read_bytes() == path.read_bytes()
    readme = (made / "README.md").read_text(encoding="utf-8")
    assert "## Five steps" in readme and "## Lima langkah" in readme
    assert [len(re.findall(rf"(?m)^{n}\. ", readme)) for n in range(1, 7)] == [2] * 5 + [0]
    # What a run does with results that nothing makes any more (see cgutils.execution.journal).
    assert "removes the results that were made from it" in readme and "stay behind" not in readme
    assert "dihapus oleh `cgutils run`" in readme and "tertinggal" not in readme
    assert "trials/" in (made / ".gitignore").read_text(encoding="utf-8")
    assert (made / "data/README.md").is_file() and (made / "data/raw/datapackage.json").is_file()
    assert not [path for path in made.parent.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("name", ["nul", "Con", "aux.txt", "proyek.", "a?b"])
def test_a_folder_that_windows_cannot_have(name: str, tmp_path: Path) -> None:
    with pytest.raises(CgutilsError, match="Windows cannot have a folder of this name"):
        new_project(tmp_path / name)
    assert snapshot(tmp_path) == {}


def test_a_case_may_not_be_called_as_a_device_of_windows(made: Path) -> None:
    before = snapshot(made)
    with pytest.raises(CgutilsError, match=r"found 'nul'; allowed: .* keeps for a device"):
        new_case(find_project(made), "nul", "Title")
    assert snapshot(made) == before


def test_the_notebooks_that_are_left_out_need_sources_that_a_new_project_lacks() -> None:
    for name in LEFT_OUT:
        text = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
        assert "data/raw/context/" in text


def test_the_example_says_everywhere_that_it_is_invented(made: Path) -> None:
    collection = load_collection(made)
    case = collection.cases["example"]
    for text in (case.title, case.place, case.policy_field, case.public_problem, case.informants.note):
        assert "invented" in text.en.lower() and re.search("rekaan", text.id.lower())
    for row in collection.evidence.itertuples():
        assert "(invented)" in row.summary_en and "(rekaan)" in row.summary_id and row.fingerprint == "none"
    rated = collection.ratings[collection.ratings["level"].notna()]
    assert all("invented example" in reason for reason in rated["rationale"]) and len(rated) > 10
    for frame in (collection.actors, collection.quantities):
        column = "name_en" if "name_en" in frame else "label_en"
        named = frame[frame["status"] != "none_named"]
        assert all("invented" in text for text in named[column])
    assert all("invented" in text.lower() for text in collection.coders["description_en"])


@pytest.mark.parametrize("there", ["file", "folder with a file"])
def test_nothing_is_overwritten(there: str, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    if there == "file":
        target.write_text("mine", encoding="utf-8")
    else:
        target.mkdir()
        (target / "notes.txt").write_text("mine", encoding="utf-8")
    before = snapshot(tmp_path)
    with pytest.raises(CgutilsError, match="mine: is there already and is not empty; nothing is overwritten"):
        new_project(target)
    assert snapshot(tmp_path) == before


def test_an_empty_folder_will_do_and_two_projects_are_alike(tmp_path: Path) -> None:
    (tmp_path / "first").mkdir()
    first, second = new_project(tmp_path / "first").root, new_project(tmp_path / "deeper/second").root
    assert snapshot(first) == snapshot(second)
    assert (first.stat().st_mode & 0o777) == 0o755


def test_a_failure_leaves_nothing_half_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(starting, "write_descriptions", fail)
    with pytest.raises(CgutilsError, match=r"mine: could not be made in .* \(No space left on device\)"):
        new_project(tmp_path / "mine")
    assert list(tmp_path.iterdir()) == []


def test_without_its_files_the_library_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "__file__", str(tmp_path / "a/b/c/d/starting.py"))
    with pytest.raises(CgutilsError, match="lacks the files of a new project"):
        new_project(tmp_path / "mine")


def test_a_new_case_is_valid_at_once(made: Path) -> None:
    project = find_project(made)
    written = new_case(project, "kota-x", "Kolaborasi di Kota X", framework="ansell_gash_2008")
    folder = made / "data/raw/cases/kota-x"
    tables = {f"{spec.name}.csv": spec for spec in CASE_TABLES}
    assert {path.name for path in folder.iterdir()} == {"case.yaml", *tables}
    assert set(written) == {*folder.iterdir(), made / "data/raw/sources.csv"}
    for name, spec in tables.items():
        written_columns = [column for column in spec.columns if column not in spec.sparse]
        assert (folder / name).read_text(encoding="utf-8") == ",".join(written_columns) + "\n"
    collection = load_collection(made)
    case = collection.cases["kota-x"]
    assert (case.title.en, case.short_title.id, case.sources) == (
        "Kolaborasi di Kota X",
        "Kota X",
        ("kota-x",),
    )
    said = [str(note) for note in collection.notes]
    assert said == [
        f"data/raw/cases/kota-x/case.yaml, column {key}: found (to be written). Write it."
        for key in ("informants.note", "period", "place", "policy_field", "public_problem")
    ]
    titles = collection.sources[collection.sources["source_id"] == "kota-x"]
    assert titles[["field", "value", "status"]].to_numpy().tolist() == [
        ["title", "Kolaborasi di Kota X", "stated"]
    ]


def test_a_source_that_is_listed_is_not_listed_again(made: Path) -> None:
    before = (made / "data/raw/sources.csv").read_bytes()
    new_case(find_project(made), "kota-y", "Y", source="example_invented", short_title="Y")
    assert (made / "data/raw/sources.csv").read_bytes() == before
    assert load_collection(made).cases["kota-y"].sources == ("example_invented",)


@pytest.mark.parametrize("empty", [False, True])
def test_a_project_that_lists_no_sources_does_not_begin_to(empty: bool, made: Path) -> None:
    path = made / "data/raw/sources.csv"
    if empty:
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    else:
        path.unlink()
    written = new_case(find_project(made), "kota-x", "X")
    assert path not in written and path.exists() == empty
    assert [*load_collection(made).cases] == ["example", "kota-x"]


def test_the_first_case_of_a_project_begins_its_sources(made: Path) -> None:
    shutil.rmtree(made / "data/raw/cases/example")
    (made / "data/raw/sources.csv").unlink()
    new_case(find_project(made), "kota-x", "X", framework="ansell_gash_2008")
    assert load_collection(made).sources["source_id"].tolist() == ["kota-x"]


@pytest.mark.parametrize("rows", [0, 1])
def test_sources_that_cannot_be_read_are_not_replaced(rows: int, made: Path) -> None:
    path = made / "data/raw/sources.csv"
    heading, *body = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([heading, *body[:rows], "a,b", ""]), encoding="utf-8")
    before = snapshot(made)
    with pytest.raises(CgutilsError, match=r"sources\.csv, row \d: found 2 cells"):
        new_case(find_project(made), "kota-x", "X")
    assert snapshot(made) == before


@pytest.mark.parametrize(
    ("case_id", "options", "said"),
    [
        ("example", {}, "data/raw/cases/example: is there already; nothing is overwritten"),
        ("Kota X", {}, "found 'Kota X'; allowed: lower-case letters and digits"),
        ("../x", {}, "found '../x'; allowed: lower-case"),
        ("kota-x", {"source": "a b"}, "found 'a b'; allowed: lower-case"),
        ("kota-x", {"framework": "none"}, "there is no framework 'none'.*known: ansell_gash_2008"),
        ("kota-x", {"title": "  "}, "the title is blank"),
        (
            "kota-x",
            {"short_title": "  "},
            "case.yaml, column short_title.en: found a blank text; allowed: a text",
        ),
        (
            "kota-x",
            {"short_title": ""},
            "case.yaml, column short_title.id: found a blank text; allowed: a text",
        ),
        ("kota-x", {"title": "Ban\0jar"}, "case.yaml, column title.en: found a control character"),
    ],
)
def test_a_case_that_cannot_be_made(case_id: str, options: dict[str, str], said: str, made: Path) -> None:
    before = snapshot(made)
    with pytest.raises(CgutilsError, match=said):
        new_case(find_project(made), case_id, options.pop("title", "A title"), **options)
    assert snapshot(made) == before


def test_a_new_case_takes_the_codebook_of_the_others_and_is_told_where_they_have_two(made: Path) -> None:
    new_case(find_project(made), "kota-x", "X")
    assert load_collection(made).cases["kota-x"].framework == "ansell_gash_2008"
    new_case(find_project(made), "kota-y", "Y", framework="emerson_2012")
    with pytest.raises(CgutilsError, match="no framework is named; known: ansell_gash_2008, emerson_2012"):
        new_case(find_project(made), "kota-z", "Z")


def test_the_notebooks_of_a_new_project_are_planned_in_both_languages(made: Path) -> None:
    from cgutils.execution.plan import make_plan

    new_case(find_project(made), "kota-x", "X")
    names = [run.name for run in make_plan(find_project(made))]
    assert {f"01-case-study-{case}{end}" for case in ("example", "kota-x") for end in ("", "-id")} <= set(
        names
    )
    assert "02-comparison-id" in names and json.dumps(names) == json.dumps(sorted(names))
