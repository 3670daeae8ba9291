"""A project with cases of two codebooks, one of them not rated yet, run through the notebooks as they are."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cgutils.data.collection import load_collection
from cgutils.data.project import Project
from cgutils.data.schemas import SPECS
from cgutils.data.starting import new_case, new_project

pytestmark = pytest.mark.slow
COMPARING = ("00-start-here", "02-comparison", "07-robustness")
CHOSEN = ("01-case-study", *COMPARING)
OTHER = "emerson_2012"


def rate(project: Project, case_id: str) -> None:
    """Rate the first indicator of each dimension 2, on one item of evidence; leave the others blank."""
    framework = load_collection(project.root).frameworks[OTHER]
    first = {dimension.indicators[0].indicator_id for dimension in framework.dimensions}
    evidence, ratings = list[dict[str, str]](), list[dict[str, str]]()
    for number, indicator in enumerate(framework.indicators):
        name, cited = indicator.indicator_id, f"{case_id}-{number:03}"
        rated = {"level": "2", "confidence": "low", "evidence_ids": cited} if name in first else {}
        ratings.append({"indicator_id": name, "coder_id": "example-a", "rationale": "So.", **rated})
        if name in first:
            place = {"indicator_id": name, "source_id": case_id, "fingerprint": "none"}
            told = {"direction": "enabling", "kind": "fact", "summary_en": "So.", "summary_id": "Begitu."}
            evidence.append({"evidence_id": cited, **place, **told})
    for table, rows in (("evidence", evidence), ("ratings", ratings)):
        path = project.raw / "cases" / case_id / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [*SPECS[table].columns], restval="")
            writer.writeheader()
            writer.writerows(rows)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = new_project(tmp_path_factory.mktemp("codebooks") / "project")
    new_case(made, "blank", "Not rated yet", framework="ansell_gash_2008")
    new_case(made, "other", "Coded otherwise", framework=OTHER)
    rate(made, "other")
    for path in made.notebooks.glob("0*.ipynb"):
        if path.stem not in CHOSEN:
            path.unlink()
    made.notebooks.joinpath("runs.yaml").unlink()
    return made


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cgutils", "run", *arguments]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=False)


def printed(project: Project, name: str) -> str:
    path: Path = project.notebooks / "executed" / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
    texts = (output.get("text", output.get("data", {}).get("text/plain", "")) for output in found)
    return "\n".join("".join(text) for text in texts)


def test_the_notebooks_compare_the_cases_of_one_codebook_and_say_so(project: Project) -> None:
    done = run(project, "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in COMPARING:
        said = printed(project, name)
        assert "Compared here: 2 of 3 cases" in said and f"framework_id ({OTHER})" in said, name
        assert "No coder has given a level to" in said, name
    # Of one dimension of the case with few levels there is no value, by hand or otherwise.
    other = printed(project, "01-case-study-other")
    assert "has no single value to work out by hand (withheld)" in other and "By the function" not in other
    assert "By the function: 0.5567" in printed(project, "01-case-study-example")
    scores = pd.read_csv(project.processed / "scores_dimension.csv")
    assert set(scores["case_id"]) == {"blank", "example"}

    named = run(project, "--quiet", "--notebook", "02-comparison", "--parameter", f"framework_id={OTHER}")
    assert named.returncode == 0, named.stdout + named.stderr
    (scores_of_trial,) = (project.root / "trials").rglob("scores_dimension.csv")
    assert set(pd.read_csv(scores_of_trial)["case_id"]) == {"other"}


def test_a_codebook_that_no_case_has_is_refused(project: Project) -> None:
    done = run(project, "--notebook", "02-comparison", "--parameter", "framework_id=nope")
    assert done.returncode == 1
    assert "choose one of ansell_gash_2008, emerson_2012" in done.stdout + done.stderr
