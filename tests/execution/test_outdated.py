"""Which runs are out of date, and why: each change is made in a copy of a project that was run once."""

import json
import os
import shutil
from pathlib import Path

import pytest

from cgutils.data.project import Project
from cgutils.execution import inventory
from cgutils.execution.journal import find_due, is_settled, note_done, remove_leftovers, settle
from cgutils.execution.plan import make_plan
from cgutils.execution.reading import folded, matching, used
from cgutils.execution.run import run_collection

pytestmark = pytest.mark.slow
HEAD = 'language = "en"'
PLACES = (
    "import os, sys\nfrom pathlib import Path\nroot = Path(os.environ['CGUTILS_PROJECT'])\n"
    "processed = Path(os.environ['CGUTILS_PROCESSED'])"
)
NOTEBOOKS = {
    "01-helper": [HEAD, PLACES, "import helper\n(processed / 'a.txt').write_text(helper.word())"],
    "02-source": [HEAD, PLACES, "sys.path.insert(0, str(root / 'src'))", "import pack.part\npack.part.WORD"],
    "03-data": [
        HEAD,
        PLACES,
        "name = 'aa'\ntext = (root / 'data' / 'extra' / f'{name}.csv').read_text()",
        "(processed / 'b.txt').write_text(text)",
    ],
    "04-raw": [
        'case_id = "aa"',
        PLACES,
        "len((root / 'data/raw/cases' / case_id / 'case.yaml').read_text())",
    ],
    "05-alone": [HEAD, "1 + 1"],
}
FILES = {
    "notebooks/helper.py": "import deeper\n\n\ndef word():\n    return deeper.WORD\n",
    "notebooks/deeper.py": "WORD = 'deep'\n",
    "src/pack/__init__.py": "",
    "src/pack/part.py": "WORD = 'packed'\n",
    "data/extra/aa.csv": "x\n1\n",
}
GONE = ["notebooks/executed/01-helper.ipynb", "notebooks/executed/04-raw-bb.ipynb"]
ALL = ["01-helper", "02-source", "03-data", "04-raw-aa", "04-raw-bb", "05-alone"]


@pytest.fixture(scope="module")
def ran(new_project, tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("o") / "p", NOTEBOOKS)
    for name, text in FILES.items():
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text(text, encoding="utf-8")
    project.processed.mkdir(parents=True)
    due = find_due(project, make_plan(project))
    assert list(due.why) == ALL
    results = run_collection(project, make_plan(project), 2)
    assert [result.message for result in results] == [""] * len(ALL)
    assert settle(project, due, results) is not None
    # A second time: byte code is opened in place of the source, which must not be missed.
    again = run_collection(project, make_plan(project), 2)
    assert settle(project, find_due(project, make_plan(project), force=True), again) is not None
    return project


@pytest.fixture
def project(ran, tmp_path):
    root = tmp_path / "p"
    shutil.copytree(ran.root, root)
    return Project(root, root / "data" / "raw", root / "data" / "processed", root / "notebooks")


def edit(project, name, text="# changed\n"):
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.read_text(encoding="utf-8") + text if path.is_file() else text, encoding="utf-8")


def why(project):
    return find_due(project, make_plan(project)).why


def test_nothing_is_out_of_date_in_a_copy(project) -> None:
    assert why(project) == {}


def test_results_that_nothing_makes_any_more_are_removed(project) -> None:
    mine, changed = project.processed / "mine.txt", project.processed / "a.txt"
    mine.write_text("kept", encoding="utf-8")
    shutil.rmtree(project.raw / "cases" / "bb")
    (project.notebooks / "01-helper.ipynb").unlink()
    changed.write_text("by hand", encoding="utf-8")
    due = find_due(project, make_plan(project))
    assert due.why == {} and not is_settled(project, due, make_plan(project))
    assert settle(project, due, ()) is not None
    assert remove_leftovers(project) == (GONE, [])
    # What somebody made or changed by hand stays.
    assert mine.is_file() and changed.read_text(encoding="utf-8") == "by hand"
    manifest = json.loads((project.processed / "manifest.json").read_text(encoding="utf-8"))
    listed = set(manifest["outputs"])
    assert not any("04-raw-bb" in name for name in listed) and "data/processed/mine.txt" in listed
    due = find_due(project, make_plan(project))
    assert is_settled(project, due, make_plan(project)) and remove_leftovers(project) == ([], [])
    shutil.rmtree(project.processed)
    assert remove_leftovers(project) == ([], [])


def test_what_could_not_be_removed_is_told_and_tried_again(project, monkeypatch) -> None:
    shutil.rmtree(project.raw / "cases" / "bb")
    (project.notebooks / "01-helper.ipynb").unlink()
    unlink = Path.unlink

    def locked(path, **options):
        if path.name == "04-raw-bb.ipynb":
            raise PermissionError(13, "Permission denied")
        unlink(path, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", locked)
        assert settle(project, find_due(project, make_plan(project)), ()) is not None
        assert remove_leftovers(project) == (
            ["data/processed/a.txt", GONE[0]],
            [f"{GONE[1]} (Permission denied)"],
        )
    for _ in range(2):
        # As often as the removal is cut off, even right after the manifest was written.
        due = find_due(project, make_plan(project))
        assert due.why == {} and not is_settled(project, due, make_plan(project))
        assert settle(project, due, ()) is not None
    assert remove_leftovers(project) == (GONE[1:], [])
    assert is_settled(project, find_due(project, make_plan(project)), make_plan(project))


@pytest.mark.parametrize("output", [{}, 1, None, {"runs": 1, "sha256": "x"}, {"runs": []}])
def test_a_manifest_with_damaged_results_is_as_none(output, project) -> None:
    path = project.processed / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["outputs"][GONE[1]] = output
    path.write_text(json.dumps(content), encoding="utf-8")
    due = find_due(project, make_plan(project))
    assert due.then is None and list(due.why) == ALL and not is_settled(project, due, make_plan(project))


def test_touching_a_file_is_no_change(project) -> None:
    for path in sorted(project.root.rglob("*")):
        if path.is_file():
            os.utime(path, (1, 1))
    assert why(project) == {}


@pytest.mark.parametrize(
    ("name", "runs", "reason"),
    [
        ("notebooks/helper.py", ["01-helper"], "notebooks/helper.py changed"),
        ("notebooks/deeper.py", ["01-helper"], "notebooks/deeper.py changed"),
        ("src/pack/part.py", ["02-source"], "src/pack/part.py changed"),
        ("data/extra/aa.csv", ["03-data"], "data/extra/aa.csv changed"),
        ("data/raw/cases/bb/case.yaml", ["04-raw-bb"], "case.yaml of bb changed"),
        ("notebooks/sanitize.cfg", ALL, "notebooks/sanitize.cfg changed"),
        ("data/processed/a.txt", ["01-helper"], "data/processed/a.txt is not what was written"),
    ],
)
def test_a_change_concerns_what_was_seen_to_read_it(project, name, runs, reason) -> None:
    edit(project, name)
    assert why(project) == {run: [reason] for run in runs}


def test_other_versions_concern_all(project, monkeypatch) -> None:
    real = inventory.metadata.version
    monkeypatch.setattr(
        inventory.metadata, "version", lambda name: "0.1" if name == "seaborn" else real(name)
    )
    assert why(project) == {run: [f"seaborn {real('seaborn')} -> 0.1"] for run in ALL}


def test_other_parameters_concern_their_run(project) -> None:
    runs = "also:\n  - notebook: 05-alone\n    parameters: {language: id}\n"
    (project.notebooks / "runs.yaml").write_text(runs, encoding="utf-8")
    assert why(project) == {"05-alone-id": ["it has not been run yet"]}
    path = project.processed / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["runs"]["05-alone"]["parameters"] = {"language": "fr"}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert why(project)["05-alone"] == ["parameter language 'fr' -> 'en'"]


def test_the_source_of_a_notebook_concerns_its_runs(project) -> None:
    path = project.notebooks / "04-raw.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("len((", "1 + len(("), encoding="utf-8")
    reason = ["the notebook 04-raw.ipynb changed"]
    assert why(project) == {"04-raw-aa": reason, "04-raw-bb": reason}


def test_a_result_that_is_gone_is_made_again(project) -> None:
    (project.processed / "b.txt").unlink()
    assert why(project) == {"03-data": ["data/processed/b.txt is missing"]}


def test_a_file_of_the_library_concerns_who_imported_it(project, monkeypatch) -> None:
    path = project.processed / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["runs"]["05-alone"]["imports"] = ["analysis/scoring.py"]
    content["library"]["files"]["analysis/scoring.py"] = "0" * 64
    path.write_text(json.dumps(content), encoding="utf-8")
    assert why(project) == {"05-alone": ["cgutils/analysis/scoring.py changed"]}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 2}', '{"schema_version": 1}'])
def test_a_manifest_that_cannot_be_read_makes_all_out_of_date(project, text) -> None:
    (project.processed / "manifest.json").write_text(text, encoding="utf-8")
    assert list(why(project)) == ALL


def test_what_was_done_before_an_interruption_is_not_done_again(project) -> None:
    edit(project, "notebooks/helper.py")
    edit(project, "src/pack/part.py")
    due = find_due(project, make_plan(project))
    assert sorted(due.why) == ["01-helper", "02-source"]
    chosen = [run for run in make_plan(project) if run.name == "01-helper"]
    results = run_collection(project, chosen, 1)
    note_done(project, results[0], due.state)
    # The manifest cannot be written: the other run is still to be made.
    assert settle(project, due, results) is None
    left = find_due(project, make_plan(project))
    assert left.why == {"02-source": ["src/pack/part.py changed"]}
    edit(project, "notebooks/deeper.py")
    assert sorted(why(project)) == ["01-helper", "02-source"]
    (project.notebooks / "deeper.py").write_text(FILES["notebooks/deeper.py"], encoding="utf-8")
    chosen = [run for run in make_plan(project) if run.name == "02-source"]
    assert settle(project, left, run_collection(project, chosen, 1)) is not None
    assert why(project) == {}
    assert not (project.root / ".cgutils" / "done").exists()


INPUTS = [
    *(f"data/raw/cases/{case}/{name}" for case in ("aa", "bb") for name in ("case.yaml", "ratings.csv")),
    "data/raw/coders.csv",
    "data/raw/context/x/partners.csv",
    "data/raw/frameworks/f.yaml",
]


def test_only_what_was_asked_for_of_a_collection_counts() -> None:
    assert used(INPUTS, {"ratings"}) == {*INPUTS[1:4:2], "data/raw/frameworks/f.yaml"}
    assert used(INPUTS, {"cases", "context"}) == {*INPUTS[0:3:2], *INPUTS[5:]}
    assert used(INPUTS, {"notes"}) == set(INPUTS)


def test_folded_names_stand_for_the_same_files_and_for_new_ones() -> None:
    for names in (INPUTS, INPUTS[1:4:2], INPUTS[:2], INPUTS[4:], INPUTS[:1]):
        assert set(matching(folded(names, INPUTS), INPUTS)) == set(names)
    assert folded(INPUTS[1:4:2], INPUTS) == ["data/raw/cases/*/ratings.csv"]
    new = "data/raw/cases/cc/ratings.csv"
    assert matching(["data/raw/cases/*/ratings.csv"], [new, "data/raw/cases/cc/x/ratings.csv"]) == [new]
