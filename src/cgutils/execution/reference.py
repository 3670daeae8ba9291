"""Whether the executed copies are fit to be compared with.

A rerun is compared cell by cell with what a copy holds. What a copy does not hold is not compared: one
without outputs passes, and so does one of an older source, or none at all. These are found here.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cgutils.data.project import Project
from cgutils.execution.errors import RunError
from cgutils.execution.normalise import error_output
from cgutils.execution.plan import EXECUTED, Run, make_plan
from cgutils.execution.source import INJECTED, code_cells, read_notebook, tags


def reference_problems(project: Project) -> tuple[str, ...]:
    """Find what is wrong with the executed copies of a project.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    tuple of str
        One sentence for each problem: a run of the plan without a copy, a copy without a run,
        a copy whose code is not that of its source or whose values are not those of its run, cells that were
        not run, cells that ended with an error, and a copy without any output.

    Raises
    ------
    RunError
        Where the plan itself cannot be made.
    """
    plan = make_plan(project)
    folder = project.notebooks / EXECUTED
    found = {path.name.removesuffix(".ipynb"): path for path in sorted(folder.glob("*.ipynb"))}
    known = {run.name for run in plan}
    problems = [
        f"{path.name}: belongs to no run of the collection; remove it"
        for name, path in found.items()
        if name not in known and not name.endswith(".failed")
    ]
    for run in plan:
        if run.name not in found:
            problems.append(f"{run.name}.ipynb: there is no executed copy; run the collection")
            continue
        try:
            problems += _copy_problems(project, run, found[run.name])
        except RunError as error:
            problems += error.problems
    return tuple(problems)


def _copy_problems(project: Project, run: Run, path: Path) -> list[str]:
    copy = read_notebook(path)
    source = read_notebook(project.notebooks / f"{run.notebook}.ipynb")
    cells = code_cells(copy)
    problems = []
    if [cell["source"] for cell in cells] != [cell["source"] for cell in code_cells(source)]:
        problems.append("its code is not that of the notebook; run it again")
    if _injected(copy) != run.parameters:
        problems.append(f"it was run with {_injected(copy)!r}, the collection says {run.parameters!r}")
    if any(cell.get("execution_count") is None for cell in cells):
        problems.append("it holds cells that were not run")
    if any(error_output(cell) for cell in cells):
        problems.append("it holds a cell that ended with an error")
    if not any(cell.get("outputs") for cell in cells):
        problems.append("it holds no outputs, so that nothing would be compared")
    return [f"{path.name}: {problem}" for problem in problems]


def _injected(copy: Mapping[str, Any]) -> dict[str, object]:
    cells = [cell for cell in copy["cells"] if INJECTED in tags(cell)]
    try:
        statements = ast.parse("\n".join(cell["source"] for cell in cells)).body
        return {
            ast.unparse(s.targets[0]): ast.literal_eval(s.value)
            for s in statements
            if isinstance(s, ast.Assign)
        }
    except (SyntaxError, ValueError):
        return {"": "what cannot be read"}
