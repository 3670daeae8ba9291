"""``cgutils run`` and ``cgutils verify`` with real data and kernels, in a project of two small notebooks."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import support
from cgutils.data.collection import load_collection

HEAD = 'language = "en"'
NOTEBOOKS = {
    "01-scores": [
        HEAD,
        "import cgutils as cg\ncollection = cg.load_collection()",
        "scores = cg.score(collection)\ncg.save_table(scores.indicators, 'scores_indicator')",
        "scores.index",
    ],
    "02-words": [HEAD, "print('words')"],
}
TABLE, COPY = "data/processed/scores_indicator.csv", "notebooks/executed/01-scores.ipynb"
OTHER, MANIFEST = "notebooks/executed/02-words.ipynb", "data/processed/manifest.json"


def cli(*words: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CGUTILS_")}
    command = [sys.executable, "-m", "cgutils.cli", *map(str, words)]
    return subprocess.run(
        command, env=environment, encoding="utf-8", capture_output=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def made(new_notebook, tmp_path_factory):
    """A project with the data of the collection, run once."""
    root = support.copy_of(support.ROOT, tmp_path_factory.mktemp("v") / "p")
    (root / "notebooks").mkdir()
    for name, cells in NOTEBOOKS.items():
        (root / "notebooks" / f"{name}.ipynb").write_text(new_notebook(cells), encoding="utf-8")
    done = cli("run", "--project", root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def project(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "p", ignore=shutil.ignore_patterns(".cgutils")))


@pytest.mark.slow
def test_a_fresh_copy_is_identical_and_is_not_written_to(project, tmp_path) -> None:
    before = support.snapshot(project)
    done = cli("verify", "--project", project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    progress, rest = done.stdout.splitlines()[:2], done.stdout.splitlines()[2:]
    assert [line.split("  ")[0].split(" ")[0] for line in progress] == ["[1/2]", "[2/2]"]
    assert rest[0].startswith("This is the environment of the manifest")
    assert [line.split() for line in rest[1:-1]] == [
        ["identical", name] for name in (MANIFEST, TABLE, COPY, OTHER)
    ]
    assert rest[-1].startswith("4 artefacts: 4 identical. It took ")
    assert support.snapshot(project) == before


@pytest.mark.slow
def test_one_changed_rating_is_traced_and_one_edit_is_found(project, tmp_path) -> None:
    case = next(iter(load_collection(project).cases))
    path = project / "data" / "raw" / "cases" / case / "ratings.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    # Both coders, so that the collection stays without a dispute.
    levels = {row["indicator_id"]: set() for row in rows}
    for row in rows:
        levels[row["indicator_id"]].add(row["level"])
    indicator = next(name for name, given in levels.items() if given == {"2"})
    numbers = [number for number, row in enumerate(rows, 2) if row["indicator_id"] == indicator]
    for number in numbers:
        rows[number - 2]["level"] = "1"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    copy = project / OTHER
    copy.write_text(copy.read_text(encoding="utf-8").replace('"words\\n', '"wards\\n'), encoding="utf-8")
    done = cli("verify", "--project", project, "--report", tmp_path / "report")
    assert done.returncode == 1, done.stderr
    name = path.relative_to(project).as_posix()
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[lines.index("Changed since the manifest was written:") + 1] == f"{name}: changed"
    change = ", ".join(f"{name} 2 -> 1" for name in ("level", "level_low", "level_high"))
    change += "".join(f", {name} 0.67 -> 0.33" for name in ("membership", "lower", "upper"))
    depends = f"cases/{case}/ratings.csv rows {numbers[0]}-{numbers[-1]} (changed)"
    assert f"{case} / {indicator}: {change}; depends on {depends}" in lines
    data = json.loads((tmp_path / "report" / "verification.json").read_text(encoding="utf-8"))
    assert {artefact["path"]: artefact["status"] for artefact in data["artefacts"]} == {
        MANIFEST: "differs",
        TABLE: "differs",
        COPY: "differs",
        OTHER: "differs",
    }
    assert 'cell [3] `print(\'words\')`, stdout, line 1: "wards" -> "words"' in lines
    assert str(tmp_path / "report" / "verification.md") in lines[-1]


@pytest.mark.slow
def test_a_collection_with_problems_is_told_before_anything_runs(project) -> None:
    table = project / "data" / "raw" / "coders.csv"
    text = table.read_text(encoding="utf-8").replace("machine_assisted_reading", "machine")
    table.write_text(text, encoding="utf-8")
    done = cli("verify", "--project", project)
    assert done.returncode == 1
    assert "data/raw/coders.csv, row 2, column kind" in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals to a group of processes")
def test_an_interrupt_leaves_nothing(project, new_notebook, tmp_path) -> None:
    wait = "import time\nfrom pathlib import Path\nPath('started').touch()\ntime.sleep(60)"
    (project / "notebooks" / "02-words.ipynb").write_text(new_notebook([HEAD, wait]), encoding="utf-8")
    before = support.snapshot(project)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-m", "cgutils.cli", "verify", "--project", str(project)]
    with subprocess.Popen(
        command,
        env=os.environ | {"TMPDIR": str(temporary)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not list(temporary.glob("cgutils-verify-*/notebooks/started")):
            assert time.monotonic() < deadline, "the notebook did not start"
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.startswith("Interrupted")
    assert "Traceback" not in said
    assert list(temporary.glob("cgutils-*")) == []
    assert support.snapshot(project) == before
