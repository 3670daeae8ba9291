"""Small projects with small notebooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cgutils.data.project import Project

ROOT = Path(__file__).parents[2]
Cells = Sequence[str]


def notebook_text(cells: Cells, tag: str = "parameters", **tagged: str) -> str:
    """A source notebook whose first cell is tagged; ``tagged`` gives further cells by their tag."""
    parts = [(cell, [tag] if position == 0 else []) for position, cell in enumerate(cells)]
    parts += [(source, [name.replace("_", "-")]) for name, source in tagged.items()]
    made = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"tags": tags},
            "outputs": [],
            "source": source,
        }
        for source, tags in parts
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.fixture(scope="session")
def new_notebook() -> Callable[..., str]:
    return notebook_text


@pytest.fixture(scope="session")
def new_project() -> Callable[..., Project]:
    def make(
        root: Path, notebooks: Mapping[str, Any], cases: Sequence[str] = ("aa", "bb"), runs: str | None = None
    ) -> Project:
        project = Project(root, root / "data" / "raw", root / "data" / "processed", root / "notebooks")
        (project.raw / "cases").mkdir(parents=True)
        for case in cases:
            (project.raw / "cases" / case).mkdir()
            (project.raw / "cases" / case / "case.yaml").touch()
        project.notebooks.mkdir()
        rules = (ROOT / "notebooks" / "sanitize.cfg").read_text(encoding="utf-8")
        (project.notebooks / "sanitize.cfg").write_text(rules, encoding="utf-8")
        for name, cells in notebooks.items():
            text = cells if isinstance(cells, str) else notebook_text(cells)
            (project.notebooks / f"{name}.ipynb").write_text(text, encoding="utf-8")
        if runs is not None:
            (project.notebooks / "runs.yaml").write_text(runs, encoding="utf-8")
        return project

    return make
