"""A rerun that draws another figure fails, whatever is different; one that draws the same passes.

nbval does not look at pictures. What it compares is the description that stands beside each of them.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from cgutils.execution.plan import make_plan
from cgutils.execution.run import run_collection

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
MUTATIONS = {
    "unchanged": "",
    "other_data": "x, y = np.random.default_rng(2).random((2, 600))",
    "emptied": "x, y = x[:0], y[:0]",
    "one_point": "x[300] *= 1.001",
    "doubled": "y = 2 * y; heights = 2 * heights",
    "colours_swapped": "colours = colours[::-1]",
}
HELPER = """
import numpy as np


def values():
    x, y = np.random.default_rng(1).random((2, 600))
    heights, colours = np.array([1.0, 2.0, 3.0, 4.0]), ["#0072b2", "#d55e00"]
    {mutation}
    return x, y, heights, colours
"""
CELLS = [
    'language = "en"',
    "import matplotlib.pyplot as plt\nimport values_to_draw\n"
    "from cgutils.present.describe import describe_figure",
    "x, y, heights, colours = values_to_draw.values()",
    "figure, (left, right) = plt.subplots(1, 2)\n_ = left.scatter(x, y, s=4)\n"
    "_ = right.bar(range(4), heights, color=2 * colours)\n"
    "right.set_ylim(0, 10)\nleft.set_ylim(0, 3)\nleft.set_xlim(0, 2)",
    "print(describe_figure(figure))",
]


@pytest.fixture(scope="module")
def reruns(new_project, tmp_path_factory):
    """What nbval says of each copy: ``(mutation, cell) -> passed``."""
    root = tmp_path_factory.mktemp("figures")
    project = new_project(root / "p", {"01-figure": CELLS}, cases=[])
    (project.notebooks / "values_to_draw.py").write_text(HELPER.format(mutation=""), encoding="utf-8")
    # Axes limits are fixed, so that nothing but what is drawn can give a mutation away.
    (result,) = run_collection(project, make_plan(project))
    assert result.failure is None, result.message
    copy = result.path.read_text(encoding="utf-8")
    for name, mutation in MUTATIONS.items():
        folder = root / "reruns" / name / "executed"
        folder.mkdir(parents=True)
        (folder / "01-figure.ipynb").write_text(copy, encoding="utf-8")
        (folder / "values_to_draw.py").write_text(HELPER.format(mutation=mutation), encoding="utf-8")
    return pytest_says(root / "reruns", "reruns"), json.loads(copy)


def pytest_says(folder, name):
    """Run pytest on a folder with the settings of the project."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"][
        "ini_options"
    ]
    rules = ROOT / "notebooks" / "sanitize.cfg"
    words = settings["addopts"].split()
    options = [
        word for word in words if word.startswith("--") and "sanitize" not in word and "dist" not in word
    ]
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    (folder / "conftest.py").write_text((ROOT / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        *options,
        f"--nbval-sanitize-with={rules}",
        "-p",
        "no:cacheprovider",
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    done = subprocess.run(
        [*command, "-rA", "--color=no", "--tb=no", "."],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    found = re.findall(
        r"^(PASSED|FAILED|ERROR) (\w+)/executed/01-figure\.ipynb::Cell (\d+)", done.stdout, re.MULTILINE
    )
    assert len(found) == len(MUTATIONS) * 6, done.stdout + done.stderr
    return {(mutation, int(cell)): said == "PASSED" for said, mutation, cell in found}


def test_the_copy_holds_a_description_and_a_picture(reruns) -> None:
    outputs = [output for cell in reruns[1]["cells"] for output in cell["outputs"]]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert sum("text" in output for output in outputs) == 1


def test_an_unchanged_figure_passes(reruns) -> None:
    assert [reruns[0]["unchanged", cell] for cell in range(6)] == [True] * 6


@pytest.mark.parametrize("mutation", [name for name in MUTATIONS if name != "unchanged"])
def test_a_changed_figure_fails_where_it_is_described_and_nowhere_else(reruns, mutation) -> None:
    assert [reruns[0][mutation, cell] for cell in range(6)] == [True] * 5 + [False]
