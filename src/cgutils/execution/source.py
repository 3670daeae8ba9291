"""Notebook files as plain data, without the second or two that importing nbformat takes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgutils.execution.errors import RunError

INJECTED = "injected-parameters"


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook file as plain data.

    Parameters
    ----------
    path : Path
        The ``.ipynb`` file.

    Returns
    -------
    dict
        The notebook, with the source of each cell as one string.

    Raises
    ------
    RunError
        Where the file is no notebook of format 4.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise RunError([f"{path.name}: cannot be read as a notebook ({error})"]) from error
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or notebook.get("nbformat") != 4:
        raise RunError([f"{path.name}: is no notebook of format 4; open and save it in JupyterLab"])
    for cell in cells:
        cell["source"] = "".join(cell.get("source", ""))
    return dict(notebook)


def tags(cell: Mapping[str, Any]) -> list[str]:
    """Return the tags of a cell (none where it has no tags)."""
    return list(cell.get("metadata", {}).get("tags", []))


def code_cells(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the code cells of a notebook that hold code, without the cell that papermill put in."""
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["source"].strip() and INJECTED not in tags(cell)
    ]
