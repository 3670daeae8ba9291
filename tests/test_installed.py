"""What a newcomer does, with the built wheel in an environment of its own and an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import openpyxl
import pytest

from support import ROOT, snapshot

pytestmark = pytest.mark.slow
# What the person fills in: every other indicator, one coder, no actors, no quantities.
LEVELS = (2, 3, 1, 2)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "hatchling" in done.stderr:
        pytest.skip("the build needs hatchling, which cannot be fetched here")
    assert done.returncode == 0, done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; the other packages come from the one of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True)
    (packages,) = folder.rglob("site-packages")
    # A path in a .pth file is searched as it is: the editable install of the tests does not come with it.
    (packages / "others.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    return python


def run(program: Path, folder: Path, *words: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CGUTILS", "PYTHON"))
    }
    command = [str(program), "-m", "cgutils.cli", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def fill(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    case, coders, evidence, ratings = (book[name] for name in ("Kasus", "Pengode", "Bukti", "Penilaian"))
    for row in range(2, case.max_row + 1):
        for column, text in ((2, "(to be written)"), (3, "(belum diisi)")):
            if case.cell(row, column).value == text:
                case.cell(row, column).value = "Rekaan"
    coders["C3"], coders["D3"] = "Thesis writer", "Penulis skripsi"
    at = 3
    for number, row in enumerate(range(3, ratings.max_row + 1)):
        if number % 2:
            continue
        ids = [f"kota-x-{number:02}{letter}" for letter in "ab"]
        for item in ids:
            cells = [item, ratings.cell(row, 1).value, "mendukung", "fakta", "kota-x", "Wawancara 1"]
            for column, value in enumerate(cells, 1):
                evidence.cell(at, column).value = value
            evidence.cell(at, 9).value, evidence.cell(at, 10).value = f"Invented {item}", f"Rekaan {item}"
            at += 1
        judged = (LEVELS[number // 2 % 4], "sedang", "Rekaan.", "; ".join(ids))
        for column, value in enumerate(judged, 3):
            ratings.cell(row, column).value = value
    book.save(path)


def test_the_wheel_holds_one_copy_of_what_it_shares(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shared = {name.removeprefix("cgutils/start/") for name in names if name.startswith("cgutils/start/")}
    assert {f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")} <= shared
    assert {"notebooks/sanitize.cfg", "frameworks/ansell_gash_2008.yaml", "project/README.md"} <= shared
    assert len(names) == len(set(names))
    assert not [name for name in names if "executed" in name or "data/processed" in name]


def test_from_an_empty_folder_to_verified_results(program: Path, tmp_path: Path) -> None:
    run(program, tmp_path, "new", "my-project")
    project = tmp_path / "my-project"
    run(program, project, "new-case", "kota-x", "--title", "Kolaborasi di Kota X")
    run(program, project, "sheet", "kota-x.xlsx", "--language", "id", "--coder", "peneliti")
    fill(project / "kota-x.xlsx")
    said = run(program, project, "import", "kota-x.xlsx")
    assert "evidence.csv: 18 rows added" in said and "ratings.csv: 18 rows added" in said
    done = run(program, project, "run")
    assert "Kota X" in done and "FAILED" not in done
    assert "process index" in done.lower()
    before = snapshot(project)
    verified = run(program, project, "verify")
    assert "differ" not in verified and "identical" in verified
    assert snapshot(project) == before


def test_one_incomplete_case_alone_runs(program: Path, tmp_path: Path) -> None:
    run(program, tmp_path, "new", "alone")
    project = tmp_path / "alone"
    shutil.rmtree(project / "data/raw/cases/example")
    # Without a case that shows which of the codebooks is meant, it has to be named.
    run(program, project, "new-case", "kota-x", "--title", "Kota X", "--framework", "ansell_gash_2008")
    empty = run(program, project, "run")  # not a single rating yet
    assert "not assessed" in empty and "FAILED" not in empty
    run(program, project, "sheet", "kota-x.xlsx", "--language", "id")
    fill(project / "kota-x.xlsx")
    run(program, project, "import", "kota-x.xlsx")
    done = run(program, project, "run")
    assert "FAILED" not in done and "withheld" in done
    for name, words in {
        "02-comparison": ("Nothing is recorded here.", "actors not recorded"),
        "05-agreement": ("undefined: one coder only",),
        "06-claims-audit": ("Nothing is recorded here.",),
    }.items():
        text = (project / f"notebooks/executed/{name}.ipynb").read_text(encoding="utf-8")
        assert all(word in text for word in words), name
