"""Folders: what is missing, misnamed or unreadable, and where a project is looked for."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cgutils.data import project as project_module
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.project import PROCESSED_VARIABLE, PROJECT_VARIABLE, find_project, is_id
from cgutils.data.schemas import CASE_TABLES
from support import ROOT, copy_of, refused, said

RENAME = "Rename the folder."
LOWER_CASE = "lower-case letters, digits, - and _"
CASE_FILES = ", ".join(f"{spec.name}.csv" for spec in CASE_TABLES)


def raw(project: Path) -> Path:
    return project / "data" / "raw"


@pytest.mark.parametrize("name", ["Alpha", "new case", "..x", "a--b", "kota.x", "x" * 81])
def test_the_name_of_a_case_folder(name: str, project: Path) -> None:
    (raw(project) / "cases" / name).mkdir()
    if name.startswith("."):  # hidden folders are none of the collection's
        assert load_collection(project).cases.keys() == {"alpha", "beta"}
        return
    assert refused(project) == [said(f"cases/{name}", "a case folder with this name", LOWER_CASE, RENAME)]


@pytest.mark.parametrize("name", ["con", "nul", "com1", "lpt9"])
def test_a_name_that_windows_keeps_for_a_device(name: str, project: Path) -> None:
    (raw(project) / "cases" / name).mkdir()
    allowed = f"{LOWER_CASE}, no name that Windows keeps for a device"
    assert refused(project) == [said(f"cases/{name}", "a case folder with this name", allowed, RENAME)]
    assert not is_id(name) and is_id(f"{name}-1")


def test_the_name_of_a_context_folder(project: Path) -> None:
    (raw(project) / "context" / "Voter Education").mkdir()
    found = "a context topic folder with this name"
    assert refused(project) == [said("context/Voter Education", found, LOWER_CASE, RENAME)]


def test_a_folder_without_anything_of_a_case(project: Path) -> None:
    (raw(project) / "cases" / "gamma").mkdir()
    assert refused(project) == [
        said("cases/gamma/case.yaml", "No such file or directory", fix="Add it."),
        said("cases/gamma/evidence.csv", "no such file", fix="Add the table."),
        said("cases/gamma/ratings.csv", "no such file", fix="Add the table."),
    ]


@pytest.mark.parametrize(
    ("folder", "name", "fix"),
    [
        ("cases/alpha", "adjudications.csv", "Did you mean adjudication.csv?"),
        ("cases/alpha", "Ratings.CSV", "Did you mean ratings.csv?"),
        ("cases/alpha", "zzz.csv", "Rename the file, or move it elsewhere."),
        ("context/partnerships", "partner.csv", "Did you mean partners.csv?"),
        (".", "source.csv", "Did you mean sources.csv?"),
    ],
)
def test_a_table_that_nobody_knows_is_not_left_out_silently(
    folder: str, name: str, fix: str, project: Path
) -> None:
    path = raw(project) / folder / name
    path.write_text("a,b\n", encoding="utf-8")
    (line,) = refused(project)
    assert line.startswith(f"{path.relative_to(project).as_posix()}: found an unknown table; allowed: ")
    assert line.endswith(f". {fix}")
    if folder == "cases/alpha":
        assert f"allowed: {CASE_FILES}." in line


@pytest.mark.parametrize("name", [".~lock.ratings.csv", "~$ratings.csv", "notes.txt"])
def test_other_files_are_left_alone(name: str, project: Path) -> None:
    (raw(project) / "cases/alpha" / name).write_text("x", encoding="utf-8")
    assert load_collection(project).cases.keys() == {"alpha", "beta"}


def test_optional_tables_may_be_missing(project: Path) -> None:
    for name in ("coder_items", "quantities"):
        (raw(project) / f"cases/alpha/{name}.csv").unlink()
    shutil.rmtree(raw(project) / "context")
    collection = load_collection(project)
    assert collection.coder_items.empty and collection.quantities.empty
    assert collection.coder_items.columns[:2].tolist() == ["case_id", "coder_id"]
    assert collection.context == {}


@pytest.mark.parametrize("name", ["coders.csv", "cases/beta/evidence.csv", "cases/alpha/ratings.csv"])
def test_required_tables_must_be_there(name: str, project: Path) -> None:
    # One problem: that what the table would hold is unknown elsewhere merely follows.
    (raw(project) / name).unlink()
    assert refused(project) == [said(name, "no such file", fix="Add the table.")]


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        (
            "cases",
            said(
                "cases",
                "no case",
                "one folder for each case, with a case.yaml",
                "Add the folder of a case.",
            ),
        ),
        ("frameworks", said("frameworks", "no framework", "at least one .yaml file", "Add a codebook.")),
    ],
)
def test_nothing_there(folder: str, line: str, project: Path) -> None:
    shutil.rmtree(raw(project) / folder)
    assert refused(project) == [line]
    (raw(project) / folder).mkdir()
    assert refused(project) == [line]


def test_a_case_that_cannot_be_used_is_not_reported_again_where_it_is_named(real_copy: Path) -> None:
    (raw(real_copy) / "cases/sako/case.yaml").unlink()
    assert refused(real_copy) == [said("cases/sako/case.yaml", "No such file or directory", fix="Add it.")]


def test_a_copied_case_folder(project: Path) -> None:
    shutil.copytree(raw(project) / "cases/beta", raw(project) / "cases/gamma")
    ratings = raw(project) / "cases/gamma/ratings.csv"
    ratings.write_text(ratings.read_text(encoding="utf-8").replace("ana,1", "ana,4"), encoding="utf-8")
    lines = refused(project)
    # The wrong id does not hide what is wrong with the tables, and the ids are one message.
    assert lines[0] == said(
        "cases/gamma/case.yaml, column case_id", "beta", "gamma, the name of the folder", "Make them agree."
    )
    (ids,) = [line for line in lines if "evidence.csv" in line]
    assert "found 5 ids that case beta uses already, from beta-001 to beta-005" in ids
    assert [line.partition(":")[0] for line in lines if "ratings.csv" in line] == [
        f"data/raw/cases/gamma/ratings.csv, row {row}, column level" for row in (2, 8)
    ]


def test_a_faulty_case_yaml_hides_nothing_else_of_the_case(project: Path) -> None:
    path = raw(project) / "cases/beta/case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("case_id: beta", "case_id: gamma").replace("source_extent: full", "source_extent: half"),
        encoding="utf-8",
    )
    ratings = raw(project) / "cases/beta/ratings.csv"
    ratings.write_text(ratings.read_text(encoding="utf-8").replace("ana,1", "ana,4"), encoding="utf-8")
    (raw(project) / "cases/beta/adjudication.csv").write_text(
        "indicator_id,level,rationale,evidence_ids\nnowhere,1,x,\n", encoding="utf-8"
    )
    lines = refused(project)
    mended = raw(project) / "cases/beta/case.yaml"
    assert [line for line in lines if "case.yaml" in line] == [
        said(
            "cases/beta/case.yaml, column case_id",
            "gamma",
            "beta, the name of the folder",
            "Make them agree.",
        ),
        said("cases/beta/case.yaml, column source_extent", "'half'", "full, abstract", "Correct it."),
    ]
    mended.write_text(text, encoding="utf-8")
    # All of the tables was said before, the references included.
    assert [line for line in lines if "case.yaml" not in line] == refused(project)
    assert any("nowhere" in line for line in lines) and any("ratings.csv" in line for line in lines)


@pytest.mark.parametrize("key", ["framework", "sources"])
def test_without_codebook_or_sources_the_tables_cannot_be_checked(key: str, project: Path) -> None:
    path = raw(project) / "cases/beta/case.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(rf"(?m)^{key}:.*\n(- .*\n)*", f"{key}: [{{}}]\n", text), encoding="utf-8")
    lines = refused(project)
    assert lines and all(f"cases/beta/case.yaml, column {key}" in line for line in lines)


@pytest.fixture
def real_copy(tmp_path: Path) -> Path:
    return copy_of(ROOT, tmp_path / "real")


def no_permission(name: str) -> Callable[..., bytes]:
    original = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.name == name:
            raise PermissionError(13, "Permission denied", str(path))
        return original(path)

    return read


def test_an_unreadable_table(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", no_permission("coders.csv"))
        with pytest.raises(CollectionError) as caught:
            load_collection(project)
    assert str(caught.value) == (
        "1 problem found\n  data/raw/coders.csv: found Permission denied. Make the file readable."
    )


def test_an_unreadable_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", refuse)
        with pytest.raises(CollectionError) as caught:
            load_collection(project)
    assert str(caught.value) == (
        "1 problem found\n  data/raw/cases: found Permission denied. Make the folder readable."
    )


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, no variable set, and a library that was not installed from a clone."""
    monkeypatch.delenv(PROJECT_VARIABLE, raising=False)
    monkeypatch.delenv(PROCESSED_VARIABLE, raising=False)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(project_module, "__file__", str(tmp_path / "a/b/c/d/project.py"))
    return folder


def made(folder: Path) -> Path:
    (folder / "data" / "raw").mkdir(parents=True)
    return folder.resolve()


def test_no_project(elsewhere: Path) -> None:
    message = (
        f"no project found: there is no folder data/raw in {elsewhere} or above it. Start inside the "
        "project, name its folder (option --project, or the environment variable CGUTILS_PROJECT), or make "
        "one with `cgutils new my-project`."
    )
    for find in (find_project, load_collection):
        with pytest.raises(CgutilsError) as caught:
            find()
        assert str(caught.value) == message


def test_the_order_in_which_a_project_is_looked_for(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone, around, named, given = (made(tmp_path / name) for name in ("clone", "around", "named", "given"))
    monkeypatch.setattr(project_module, "__file__", str(clone / "src/cgutils/data/project.py"))
    assert find_project().root == clone
    inside = around / "notebooks" / "drafts"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert find_project().root == around
    monkeypatch.setenv(PROJECT_VARIABLE, str(named))
    assert find_project().root == named
    assert find_project(given).root == given


def test_a_project_that_was_named_is_the_only_one_that_will_do(
    elsewhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around = made(tmp_path / "around")
    monkeypatch.chdir(around)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    for start, variable in ((wrong, None), (None, wrong)):
        if variable is not None:
            monkeypatch.setenv(PROJECT_VARIABLE, str(variable))
        with pytest.raises(CgutilsError, match=r"^no project found: there is no folder data/raw in .*wrong "):
            find_project(start)


def test_any_folder_or_file_inside_a_project_will_do(project: Path) -> None:
    root = project.resolve()
    for inside in (".", "data", "data/raw", "data/raw/cases/alpha", "data/raw/coders.csv"):
        assert find_project(project / inside).root == root


@pytest.mark.parametrize("by_variable", [True, False])
def test_a_mistyped_folder_is_not_taken_for_the_project_around_it(
    by_variable: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = project.resolve() / "tpyo"
    monkeypatch.chdir(project)
    if by_variable:
        monkeypatch.setenv(PROJECT_VARIABLE, str(wrong))
    with pytest.raises(CgutilsError) as caught:
        find_project(None if by_variable else wrong)
    origin = "the environment variable CGUTILS_PROJECT" if by_variable else "option --project"
    assert str(caught.value) == f"{wrong}: there is no such folder. Correct its name ({origin})."
    # What was named explicitly counts.
    assert find_project(project).root == project.resolve()


def test_the_folders_of_a_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PROCESSED_VARIABLE, raising=False)
    found = find_project(str(project))
    root = project.resolve()
    assert (found.raw, found.processed) == (root / "data/raw", root / "data/processed")
    assert found.notebooks == root / "notebooks"
    monkeypatch.setenv(PROCESSED_VARIABLE, str(project / "scratch"))
    assert find_project(project).processed == project / "scratch"
    assert find_project(project).raw == root / "data/raw"


@pytest.mark.parametrize("text", ["banjar", "kota-x", "kota_x2", "2024", "x" * 80])
def test_ids(text: str) -> None:
    assert is_id(text)


@pytest.mark.parametrize(
    "text", ["", "Banjar", "kota x", "../x", "a/b", "-a", "a-", "a__b", "é", "x" * 81, "a\n", "con.txt", "."]
)
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)
