"""The executed copies of the collection, and that what is wrong with a copy is seen."""

import json
from pathlib import Path

import pytest

from cgutils.data.project import find_project
from cgutils.execution.plan import Run, make_plan
from cgutils.execution.reference import reference_problems

ROOT = Path(__file__).parents[2]
CELLS = ['case_id = "aa"\nlanguage = "en"', "case_id", "1 + 1"]


def test_the_executed_copies_are_those_of_the_collection() -> None:
    assert reference_problems(find_project(ROOT)) == ()


def write_copy(project, run, change=None) -> None:
    """Write the copy that a run would leave, after ``change`` has spoilt it."""
    notebook = json.loads((project.notebooks / f"{run.notebook}.ipynb").read_text(encoding="utf-8"))
    values = "".join(f"{name} = {value!r}\n" for name, value in run.parameters.items())
    injected = {"cell_type": "code", "metadata": {"tags": ["injected-parameters"]}, "source": values}
    notebook["cells"].insert(1, injected)
    for number, cell in enumerate(notebook["cells"], start=1):
        cell |= {"execution_count": number, "outputs": []}
    notebook["cells"][-1]["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "2"}}]
    if change:
        change(notebook["cells"])
    folder = project.notebooks / "executed"
    folder.mkdir(exist_ok=True)
    (folder / f"{run.name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture
def project(new_project, tmp_path):
    made = new_project(tmp_path, {"01-case": CELLS}, cases=["aa"])
    for run in make_plan(made):
        write_copy(made, run)
    return made


def test_copies_as_they_should_be(project) -> None:
    assert reference_problems(project) == ()


def set_in(position, **values):
    def change(cells):
        cells[position] |= values

    return change


def no_outputs(cells):
    for cell in cells:
        cell["outputs"] = []


ERROR = [{"output_type": "error", "ename": "E", "evalue": "e", "traceback": []}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (no_outputs, "holds no outputs"),
        (set_in(2, source="case_id + ''"), "its code is not that of the notebook"),
        (lambda cells: cells.pop(2), "its code is not that of the notebook"),
        (lambda cells: cells.append(dict(cells[-1])), "its code is not that of the notebook"),
        (set_in(1, source="case_id = 'bb'"), "it was run with {'case_id': 'bb'}"),
        (set_in(1, source="case_id = "), "it was run with"),
        (lambda cells: cells.pop(1), "it was run with {}"),
        (set_in(2, execution_count=None), "cells that were not run"),
        (set_in(3, outputs=ERROR), "ended with an error"),
    ],
)
def test_a_copy_that_would_pass_without_being_compared_is_found(project, change, said) -> None:
    write_copy(project, make_plan(project)[0], change)
    (problem, *_) = reference_problems(project)
    assert problem.startswith("01-case-aa.ipynb: ")
    assert said in problem


def test_a_run_without_a_copy_is_found(project) -> None:
    (project.raw / "cases" / "new").mkdir()
    (project.raw / "cases" / "new" / "case.yaml").touch()
    assert reference_problems(project) == (
        "01-case-new.ipynb: there is no executed copy; run the collection",
    )


def test_a_copy_without_a_run_is_found_and_one_in_another_language_is_not(project) -> None:
    executed = project.notebooks / "executed"
    for name in ("01-case-aa.failed", "01-case-gone"):
        (executed / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    write_copy(project, Run("01-case", {"case_id": "aa", "language": "id"}))
    (problem,) = reference_problems(project)
    assert problem == "01-case-gone.ipynb: belongs to no run of the collection; remove it"
    # One in another language is held to what the others are held to.
    write_copy(project, Run("01-case", {"case_id": "aa", "language": "id"}), no_outputs)
    assert len(reference_problems(project)) == 2


def test_a_copy_that_cannot_be_read_is_found(project) -> None:
    (project.notebooks / "executed" / "01-case-aa.ipynb").write_text("{", encoding="utf-8")
    (problem,) = reference_problems(project)
    assert "cannot be read as a notebook" in problem
