"""What a manifest lists, and that it is the same for the same results."""

import hashlib
import json
import re
from importlib import metadata
from pathlib import Path

import pytest

import cgutils
from cgutils.data.errors import CgutilsError
from cgutils.execution.environment import PACKAGES, this_environment, this_library
from cgutils.execution.manifest import (
    MANIFEST,
    input_files,
    make_manifest,
    output_files,
    read_manifest,
    write_manifest,
)
from cgutils.execution.plan import make_plan
from cgutils.execution.run import RunResult, run_collection

HEAD = 'language = "en"'
PLACES = (
    "import os\nfrom pathlib import Path\n"
    "raw = Path(os.environ['CGUTILS_PROJECT']) / 'data' / 'raw'\n"
    "processed = Path(os.environ['CGUTILS_PROCESSED'])"
)
FRAME = "import pandas as pd\nframe = pd.read_csv(raw / 'cases' / 'aa' / 'ratings.csv')\nframe.shape"
NOTEBOOKS = {
    # By a path put together, a helper and a library's own writer: nothing here is declared anywhere.
    "01-writes": [
        HEAD,
        PLACES,
        f"{FRAME}\nframe.to_csv(processed / 'scores.csv', index=False)",
        "import helper\nhelper.write(processed / 'words.txt')",
        "sorted(name for name in globals() if not name.startswith('__'))",
    ],
    "02-also": ['case_id = "aa"', PLACES, "import helper\nhelper.write(processed / 'words.txt')"],
}
HELPER = """
from cgutils.data.files import write_text


def write(path):
    return write_text(path, "words").name
"""
# What the helper imports of the library, and what that imports.
IMPORTED = [
    "__init__.py",
    "__init__.pyi",
    *(f"data/{name}.py" for name in ("__init__", "errors", "files")),
]
RATINGS = "indicator_id,level\nx,1\n"


@pytest.fixture
def project(new_project, tmp_path):
    """A project in which nothing was run; every kind of file that counts, and of those that do not."""
    made = new_project(tmp_path / "p", NOTEBOOKS)
    (made.raw / "cases" / "aa" / "ratings.csv").write_text(RATINGS, encoding="utf-8")
    (made.raw / "coders.csv").write_text("coder_id\n", encoding="utf-8")
    (made.notebooks / "helper.py").write_text(HELPER, encoding="utf-8")
    for name in (
        "data/raw/datapackage.json",
        "data/raw/.DS_Store",
        "notebooks/scratch.ipynb",
        "notebooks/.ipynb_checkpoints/01-writes.ipynb",
        "notebooks/__pycache__/helper.cpython-311.pyc",
        "notebooks/executed/01-writes.ipynb",
        "notebooks/executed/01-writes.failed.ipynb",
        "data/processed/table.csv",
        "data/processed/.table.csv.abc.part",
        "data/processed/manifest.json",
    ):
        (made.root / name).parent.mkdir(parents=True, exist_ok=True)
        (made.root / name).write_text("x", encoding="utf-8")
    return made


def test_inputs_are_what_the_results_are_made_from(project) -> None:
    assert list(input_files(project)) == [
        "data/raw/cases/aa/case.yaml",
        "data/raw/cases/aa/ratings.csv",
        "data/raw/cases/bb/case.yaml",
        "data/raw/coders.csv",
        "notebooks/01-writes.ipynb",
        "notebooks/02-also.ipynb",
        "notebooks/helper.py",
        "notebooks/sanitize.cfg",
    ]


def test_outputs_are_what_runs_leave(project) -> None:
    assert list(output_files(project)) == ["data/processed/table.csv", "notebooks/executed/01-writes.ipynb"]


def results_of(project) -> list[RunResult]:
    return [
        RunResult(run, project.notebooks / "executed" / f"{run.name}.ipynb") for run in make_plan(project)
    ]


def test_a_part_of_the_collection_or_a_failure_leaves_the_manifest_as_it_is(project) -> None:
    whole = results_of(project)
    failed = [RunResult(whole[0].run), *whole[1:]]
    for results in (whole[1:], failed, []):
        assert write_manifest(project, results) is None
        assert (project.processed / MANIFEST).read_text(encoding="utf-8") == "x"
    assert write_manifest(project, whole) == project.processed / MANIFEST


def test_what_was_written_can_be_read(project) -> None:
    results = results_of(project)
    write_manifest(project, results)
    assert read_manifest(project) == make_manifest(project, results)


def test_no_manifest_is_none(project) -> None:
    (project.processed / MANIFEST).unlink()
    assert read_manifest(project) is None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: "", "Invalid JSON"),
        (lambda text: "<<<<<<< HEAD\n" + text, "Invalid JSON"),
        (lambda text: "[]", "Input should be an object"),
        (lambda text: text.replace('"schema_version": 2', '"schema_version": 1'), "schema_version: "),
        (lambda text: text.replace('"inputs"', '"input"'), "inputs?: "),
        (lambda text: re.sub(r'("python": )"[^"]*"', r"\1 3.11", text), "environment.python: "),
    ],
)
def test_a_manifest_that_cannot_be_read_is_told_with_the_way_out(project, spoil, said) -> None:
    path = write_manifest(project, results_of(project))
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CgutilsError, match=f"data/processed/manifest.json: cannot be .*{said}.*cgutils run"):
        read_manifest(project)


def test_every_file_of_the_library_counts(tmp_path, monkeypatch) -> None:
    for name, text in {"__init__.py": "", "room/words.yaml": "a", "room/__pycache__/x.pyc": "b"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(cgutils, "__file__", str(tmp_path / "__init__.py"))
    before = this_library()
    assert list(before.files) == ["__init__.py", "room/words.yaml"]
    (tmp_path / "room" / "words.yaml").write_text("c", encoding="utf-8")
    after = this_library()
    assert after.sha256 != before.sha256
    assert after.files["__init__.py"] == before.files["__init__.py"]
    # The same content in another place is another library.
    (tmp_path / "room" / "words.yaml").rename(tmp_path / "words.yaml")
    assert this_library().sha256 != after.sha256


def test_the_packages_that_the_library_asks_for_are_recorded() -> None:
    # These arrange, type or talk; no number, text or drawing passes through them.
    others = {"filelock", "jupyterlab", "lazy-loader", "rich", "typer", "defusedxml"}
    others |= {"openpyxl", "pybtex", "python-docx"}
    direct = {
        re.match(r"[\w.-]+", line)[0] for line in metadata.requires("cgutils") if "extra ==" not in line
    }
    recorded = {name.casefold() for name in PACKAGES}
    assert {name for name in direct if name.casefold() not in recorded} <= others
    assert all(this_environment().packages.values())


@pytest.fixture(scope="module")
def ran(new_project, tmp_path_factory):
    """The same small project in two places, run with other numbers of workers."""
    made = []
    for workers in (1, 2):
        project = new_project(tmp_path_factory.mktemp("m") / "p", NOTEBOOKS, cases=["aa"])
        (project.raw / "cases" / "aa" / "ratings.csv").write_text(RATINGS, encoding="utf-8")
        (project.raw / "coders.csv").write_text("coder_id\n", encoding="utf-8")
        (project.notebooks / "helper.py").write_text(HELPER, encoding="utf-8")
        project.processed.mkdir(parents=True)
        results = run_collection(project, make_plan(project), workers)
        assert [result.message for result in results] == ["", ""]
        made.append((project, write_manifest(project, results).read_bytes()))
    return made


@pytest.mark.slow
def test_the_same_results_have_the_same_manifest(ran) -> None:
    (first, bytes_1), (_, bytes_2) = ran
    assert bytes_1 == bytes_2
    text = bytes_1.decode("utf-8")
    for folder in (first.root, Path.home(), Path(cgutils.__file__).parent):
        assert str(folder) not in text
    assert text.endswith("}\n")


@pytest.mark.slow
def test_each_result_names_its_runs_and_each_run_what_it_read(ran) -> None:
    project, content = ran[0]
    manifest = json.loads(content)
    assert {name: output["runs"] for name, output in manifest["outputs"].items()} == {
        "data/processed/scores.csv": ["01-writes"],
        "data/processed/words.txt": ["01-writes", "02-also-aa"],
        "notebooks/executed/01-writes.ipynb": ["01-writes"],
        "notebooks/executed/02-also-aa.ipynb": ["02-also-aa"],
    }
    for files in (manifest["inputs"], {name: out["sha256"] for name, out in manifest["outputs"].items()}):
        for name, checksum in files.items():
            assert hashlib.sha256((project.root / name).read_bytes()).hexdigest() == checksum, name
    assert manifest["runs"] == {
        "01-writes": {
            "notebook": "01-writes",
            "parameters": {"language": "en"},
            "reads": ["data/raw/cases/aa/ratings.csv", "notebooks/helper.py"],
            "imports": IMPORTED,
        },
        "02-also-aa": {
            "notebook": "02-also",
            "parameters": {"case_id": "aa"},
            "reads": ["notebooks/helper.py"],
            "imports": IMPORTED,
        },
    }


@pytest.mark.slow
def test_the_recording_is_not_seen_by_the_notebook(ran) -> None:
    copy = json.loads((ran[0][0].notebooks / "executed" / "01-writes.ipynb").read_text(encoding="utf-8"))
    names = "".join(copy["cells"][-1]["outputs"][0]["data"]["text/plain"])
    assert "'frame'" in names
    assert "_record" not in names
    assert [cell["execution_count"] for cell in copy["cells"]] == [1, 2, 3, 4, 5, 6]
