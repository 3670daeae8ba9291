"""A small project with a case of several phases, run through the notebooks as they are."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from cgutils.analysis.trajectory import trajectory
from cgutils.data.collection import load_collection
from cgutils.data.project import Project
from cgutils.data.starting import new_project
from cgutils.execution.outdated import current_state, reasons, stored_manifest
from cgutils.execution.plan import make_plan

pytestmark = pytest.mark.slow
PHASES = """phases:
  - {id: before, title: {en: Before the forum, id: Sebelum forum}}
  - {id: after, title: {en: After the forum, id: Sesudah forum}}
"""
CASES = ("example", "second")
CHOSEN = ("01-case-study", "02-comparison")


def read_rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def with_two_phases(folder: Path) -> None:
    """Rate a case twice: before, every level of 2 or more is 1."""
    with (folder / "case.yaml").open("a", encoding="utf-8") as file:
        file.write(PHASES)
    for name in ("ratings", "adjudication"):
        path = folder / f"{name}.csv"
        rows = read_rows(path)
        before = [
            {**row, "phase": "before", "level": "1" if row["level"] in ("2", "3") else row["level"]}
            for row in rows
        ]
        after = [{**row, "phase": "after"} for row in rows]
        kept = before + after if name == "ratings" else after
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*(rows[0] if rows else ("indicator_id", "level")), "phase"])
            writer.writeheader()
            writer.writerows(kept)


def twin(project: Project) -> None:
    """Add a second case: the example under another name, so that two cases share their phases."""
    old, new = (project.raw / "cases" / name for name in CASES)
    new.mkdir()
    for path in old.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "case.yaml":
            text = text.replace("case_id: example", "case_id: second")
        new.joinpath(path.name).write_text(text.replace("example-", "second-"), encoding="utf-8")
    ratings = new / "ratings.csv"
    ratings.write_text(
        ratings.read_text(encoding="utf-8").replace("second-a", "example-a").replace("second-b", "example-b"),
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = new_project(tmp_path_factory.mktemp("phases") / "project")
    with_two_phases(project.raw / "cases" / "example")
    twin(project)
    for path in project.notebooks.glob("0*.ipynb"):
        if path.stem not in CHOSEN:
            path.unlink()
    command = [sys.executable, "-m", "cgutils", "run", "--quiet"]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def outputs(project: Project, name: str) -> str:
    cells = json.loads((project.notebooks / "executed" / f"{name}.ipynb").read_text(encoding="utf-8"))[
        "cells"
    ]
    found = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
    return "\n".join(
        "".join(output.get("text", output.get("data", {}).get("text/plain", ""))) for output in found
    )


def test_the_notebooks_show_the_phases(ran: Project) -> None:
    english, indonesian = (outputs(ran, f"01-case-study-example{ending}") for ending in ("", "-id"))
    assert "is rated at 2 phases: Before the forum, After the forum." in english
    assert "“After the forum” against “Before the forum”" in english
    assert "dinilai pada 2 fase: Sebelum forum, Sesudah forum." in indonesian
    both = outputs(ran, "02-comparison")
    assert "Pairwise comparison of the cases at each phase" in both
    figures = ran.processed / "figures"
    for name in ("case-example-phases", "case-second-phases", "comparison-phases"):
        assert (figures / f"{name}-en.svg").is_file() and (figures / f"{name}.csv").is_file()


def test_the_table_of_phases_is_the_trajectory(ran: Project) -> None:
    rows = read_rows(ran.processed / "scores_phase.csv")
    expected = trajectory(load_collection(ran.root))
    assert [(row["case_id"], row["phase"], row["dimension_id"]) for row in rows] == list(
        expected[["case_id", "phase", "dimension_id"]].itertuples(index=False, name=None)
    )


def test_a_rating_of_an_earlier_phase_makes_its_notebooks_out_of_date(ran: Project) -> None:
    path = ran.raw / "cases" / "second" / "ratings.csv"
    text = path.read_text(encoding="utf-8")
    then = stored_manifest(ran)
    assert not any(reasons(run, then, current_state(ran, then)) for run in make_plan(ran))
    assert ",before" in text
    path.write_text(text.replace(",before", ",before ", 1), encoding="utf-8")
    now = current_state(ran, then)
    told = {run.name: reasons(run, then, now) for run in make_plan(ran)}
    path.write_text(text, encoding="utf-8")
    assert told["02-comparison"] == ["ratings.csv of second changed"]
    assert told["01-case-study-second"] == ["ratings.csv of second changed"]
    assert told["01-case-study-example"] == []
