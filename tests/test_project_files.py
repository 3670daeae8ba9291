"""The files around the code agree with each other and with what is made from them."""

from __future__ import annotations

import ast
import importlib
import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import cgutils
from cgutils.data.dictionary import descriptor, dictionary
from support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "src").rglob("*.py"))
# Programs that look for sentences of the source texts, which are other people's and not part of the project.
COPIED_TEXT = ROOT.parent / "shared" / "tools" / "copied_text.py"
# Written so that this file does not hold what it looks for. A folder of one letter (`/srv/x`) is made up,
# and so is the number of a kernel.
ELSEWHERE = re.compile(
    r"pypi\.(org|io|python)|pythonhosted\.org|anaconda\.(org|com)|npmjs\.(org|com)|crates\.io|conda\.io"
    r"|(index|extra-index|find)-(url|links)[ =]"
    r"|(?<![\w.>~})-])/(work|home|root|Users|mnt|srv|opt|tmp|private|var)/(?!ipykernel_)\w{2}"
    r"|\b[A-Za-z]:\\{1,2}(Users\\{1,2}\w{2}|Windows|Program)"
)


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [line.split("==") for line in lines if line and not line.startswith("#")]
    assert all(len(pin) == 2 for pin in found)
    return {canonicalize_name(name): Version(version.partition(";")[0].strip()) for name, version in found}


def tracked() -> list[Path]:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a clone, to know which files belong to the project")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode("utf-8").split("\0") if name]
    assert len(paths) > 100
    return [path for path in paths if path.is_file()]


def requirements() -> list[Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    listed = [*PROJECT["dependencies"], *(entry for extra in extras for entry in extra)]
    return [made for made in map(Requirement, listed) if made.name != PROJECT["name"]]


def test_no_package_is_pinned_twice():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert len(pins()) == sum(bool(line) and not line.startswith("#") for line in lines) > 50


def test_conda_and_pip_install_the_same_versions():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    names = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    pinned = dict(entry.split("=") for entry in names if "=" in entry)
    python = pinned.pop("python")
    assert Version(python) in Requirement(f"python{PROJECT['requires-python']}").specifier
    assert len(pinned) > 5
    for name, version in pinned.items():
        assert pins()[canonicalize_name(name)] == Version(version), name
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert "--constraint constraints.txt" in pip


def test_conda_names_no_package_that_the_project_does_not_ask_for():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    asked = {canonicalize_name(made.name) for made in requirements()} | {"python", "pip"}
    named = {entry.split("=")[0] for entry in environment["dependencies"] if isinstance(entry, str)}
    assert {canonicalize_name(name) for name in named} <= asked


@pytest.mark.parametrize("requirement", requirements(), ids=lambda made: made.name)
def test_every_requirement_has_a_pin_that_satisfies_it(requirement):
    version = pins()[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version, prereleases=True)
    assert requirement.url is None


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == cgutils.__version__ == PROJECT["version"]


def test_no_file_names_a_registry_or_a_place_on_one_machine():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            assert path.suffix in {".png", ".csv", ".xlsx", ".docx", ".pdf", ".odt", ".sqlite3"}, path
            continue
        found += [
            f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()[:100]}"
            for number, line in enumerate(text.splitlines(), 1)
            if ELSEWHERE.search(line) or str(ROOT) in line
        ]
    assert found == []


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (("see https://py", "pi.org/simple"), True),
        (("--index", "-url x"), True),
        (("cd /ho", "me/ana/project"), True),
        (("C:", "\\Users\\ana"), True),
        (("file://", "/home", "/ana"), True),
        (("/home", "/x/clone"), False),
        (("data/raw/cases", "/home-care/case.yaml"), False),
        (("~/wo", "rk/notes"), False),
        (("https://example.org/wo", "rk/x"), False),
    ],
)
def test_what_belongs_to_one_machine_is_recognised(parts, found):
    assert bool(ELSEWHERE.search("".join(parts))) == found


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_readme_has_one_command_to_copy(name):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count(f"<!-- ci:{name} -->") == 1
    after = text.partition(f"<!-- ci:{name} -->\n")[2]
    block = re.match(r"```bash\n(.*?)\n```\n", after, flags=re.DOTALL)
    assert block is not None
    (command,) = block[1].splitlines()
    assert "-c constraints.txt" in command and command.startswith("python -m pip install ")
    assert command.endswith({"run": "cgutils run --force", "test": "pytest"}[name])


def test_the_readme_names_files_that_exist():
    for readme in (ROOT / "README.md", ROOT / "REPRODUCING.md"):
        links = re.findall(r"\]\(([^)#]+)\)", readme.read_text(encoding="utf-8"))
        local = [link for link in links if "://" not in link]
        assert [link for link in local if not (ROOT / link).exists()] == []
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "![" in text and "](data/" in text


def test_the_dictionary_is_the_one_that_the_schemas_give():
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == dictionary()


def test_the_descriptor_is_the_one_that_the_schemas_give():
    raw = ROOT / "data" / "raw"
    text = (raw / "datapackage.json").read_text(encoding="utf-8")
    assert json.loads(text) == descriptor(raw)
    tables = {path.relative_to(raw).as_posix() for path in raw.rglob("*.csv")}
    assert {resource["path"] for resource in json.loads(text)["resources"]} == tables


@pytest.mark.filterwarnings("ignore")
def test_the_data_package_is_valid():
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(ROOT / "data" / "raw" / "datapackage.json"))
    assert report.flatten(["path", "rowNumber", "type", "message"]) == []
    assert report.valid and len(report.tasks) > 10


def notebook(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def sources(path: Path, kind: str) -> list[str]:
    return ["".join(cell["source"]) for cell in notebook(path)["cells"] if cell["cell_type"] == kind]


def test_the_notebooks_that_the_readme_lists_are_there():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) >= 5
    listed = re.findall(r"^\| `(\d\d-[\w-]+)` \|", text, flags=re.MULTILINE)
    assert listed == sorted(listed) and set(listed) <= {path.stem for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
class TestSourceNotebook:
    def test_it_is_thin(self, path):
        # The comments that explain parameters make nothing thicker.
        lengths = [
            len([line for line in source.splitlines() if line.strip() and not line.startswith("#")])
            for source in sources(path, "code")
        ]
        assert statistics.median(lengths) <= 4
        assert max(lengths) <= 15

    def test_it_defines_nothing(self, path):
        defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
        for source in sources(path, "code"):
            assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, defining)], source

    def test_it_holds_no_results(self, path):
        for cell in notebook(path)["cells"]:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == [] and cell["execution_count"] is None

    def test_it_has_one_cell_of_parameters_and_each_is_explained(self, path):
        tagged = [
            cell
            for cell in notebook(path)["cells"]
            if "parameters" in cell["metadata"].get("tags", []) and cell["cell_type"] == "code"
        ]
        (cell,) = tagged
        source = "".join(cell["source"])
        comments = {
            token.start[0]
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT and len(token.string) > 10 and token.start[1] == 0
        }
        statements = ast.parse(source).body
        assert statements
        for statement in statements:
            assert isinstance(statement, ast.Assign), ast.unparse(statement)
            assert statement.lineno - 1 in comments, ast.unparse(statement)

    def test_its_first_cell_says_what_goes_in_and_out(self, path):
        first = notebook(path)["cells"][0]
        text = "".join(first["source"])
        assert first["cell_type"] == "markdown" and text.startswith("# ") and " · " in text.splitlines()[0]
        for row in ("Inputs · Masukan", "Outputs · Keluaran"):
            assert re.search(rf"\| \*\*{row}\*\* \| .+ \|", text), row

    def test_its_last_cell_says_what_it_shows_and_what_not(self, path):
        text = sources(path, "markdown")[-1]
        assert notebook(path)["cells"][-1]["cell_type"] == "markdown"
        for english, indonesian in (
            ("Shows", "Menunjukkan"),
            ("Does not show", "Tidak menunjukkan"),
            ("To adapt", "Menyesuaikan"),
        ):
            assert f"**{english}:**" in text
            assert f"**{indonesian}:**" in text

    def test_every_text_is_there_in_both_languages(self, path):
        for text in sources(path, "markdown"):
            assert " · " in text or "*" in text, text


def public_names() -> list[str]:
    stub = ast.parse((ROOT / "src" / "cgutils" / "__init__.pyi").read_text(encoding="utf-8"))
    names = [
        str(alias.asname) for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    assert len(names) > 50
    return names


def test_no_public_name_stands_twice():
    assert len(set(public_names())) == len(public_names())
    assert set(public_names()) == set(cgutils.__all__)


@pytest.mark.parametrize("name", public_names())
def test_every_public_name_is_there_and_explained(name):
    made = getattr(cgutils, name)
    # A class or function may be reached under one name only: the one that it is written under.
    assert made.__name__ == name
    assert made.__doc__ and len(made.__doc__.strip().splitlines()[0]) > 15
    assert "(" not in made.__doc__.splitlines()[0].split(" ")[0]


@pytest.mark.skipif(not COPIED_TEXT.is_file(), reason="the source texts are not here")
def test_no_sentence_of_a_source_stands_in_the_project():
    command = [sys.executable, str(COPIED_TEXT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("0 line(s)")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT / "src").as_posix())
def test_a_module_is_short_and_says_what_it_is_for(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


def test_every_module_can_be_imported():
    for path in MODULES:
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.endswith("__main__"):
            assert importlib.import_module(name).__name__ == name


def test_the_first_import_loads_nothing_heavy():
    code = "import sys, cgutils; print([m for m in ('pandas', 'matplotlib', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
