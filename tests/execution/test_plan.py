import shutil

import pytest

import support
from cgutils.execution.errors import RunError
from cgutils.execution.plan import Run, case_ids, make_plan, select_runs

CASE = ['case_id = "aa"\nlanguage = "en"', "case_id"]
PLAIN = ['language = "en"\nn = 3', "n"]
NOTEBOOKS = {"01-case": CASE, "02-all": PLAIN, "notes": PLAIN}
ALSO = "also:\n  - {notebook: 01-case, parameters: {case_id: aa, language: id}}\n"


@pytest.fixture
def project(new_project, tmp_path):
    return new_project(tmp_path, NOTEBOOKS, runs=ALSO)


def names(runs):
    return [run.name for run in runs]


def test_a_notebook_with_a_case_runs_once_a_case_every_other_once(project) -> None:
    assert names(make_plan(project)) == ["01-case-aa", "01-case-aa-id", "01-case-bb", "02-all"]
    assert make_plan(project)[1] == Run("01-case", {"case_id": "aa", "language": "id"})


def test_adding_a_case_is_adding_a_folder(project) -> None:
    before = set(names(make_plan(project)))
    (project.raw / "cases" / "new-case").mkdir()
    assert set(names(make_plan(project))) == before, "a folder without case.yaml is no case"
    (project.raw / "cases" / "new-case" / "case.yaml").touch()
    assert set(names(make_plan(project))) - before == {"01-case-new-case"}
    assert case_ids(project) == ("aa", "bb", "new-case")


def test_without_a_list_of_further_runs_there_are_the_usual_ones(new_project, tmp_path) -> None:
    assert names(make_plan(new_project(tmp_path, NOTEBOOKS))) == ["01-case-aa", "01-case-bb", "02-all"]


@pytest.mark.parametrize("name", ["Aa", "a b", "a--b", "ä"])
def test_a_folder_that_cannot_be_an_id_is_an_error(new_project, tmp_path, name) -> None:
    project = new_project(tmp_path, NOTEBOOKS, cases=[name])
    with pytest.raises(RunError, match=r"data/raw/cases: found .* allowed: lower-case"):
        make_plan(project)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        ("also: [{notebook: 09-x}]", "no notebook '09-x'; known notebooks: 01-case, 02-all"),
        ("also: [{notebook: 02-all, parameters: {m: 1}}]", "no parameter 'm'"),
        ("also: [{notebook: 02-all, parameters: {n: x}}]", "parameter n: found 'x'; allowed: int"),
        ("also: [{notebook: 01-case, parameters: {case_id: ../x}}]", "no case '../x'; known cases: aa, bb"),
        ("also: [{notebook: 02-all, parameters: {language: xx}}]", "language 'xx'; allowed: en, id"),
        ("also: [{notebook: 02-all, parameter: {}}]", "a mapping with notebook and parameters"),
        ("also: [{notebook: 02-all, parameters: [1]}]", "names with values"),
        ("also: [02-all]", "a mapping with notebook and parameters"),
        ("also: {}", "one key 'also' with a list"),
        pytest.param(f"also: {'[' * 3000}", "is nested too deeply", id="deep"),
        ("more: []", "one key 'also' with a list"),
        ("also: [{", "cannot be read as YAML"),
        ("also: !!python/object/apply:os.getcwd []", "cannot be read as YAML"),
        ("also: [{notebook: 02-all, parameters: {n: 5}}]", "02-all.ipynb: 2 runs would write it"),
    ],
)
def test_a_further_run_that_cannot_be_made_is_an_error(new_project, tmp_path, runs, said) -> None:
    project = new_project(tmp_path, NOTEBOOKS, runs=runs)
    with pytest.raises(RunError) as caught:
        make_plan(project)
    assert said in str(caught.value)


def test_the_problems_of_all_notebooks_are_told_at_once(new_project, tmp_path) -> None:
    broken = {"01-a": ["import os"], "02-b": "{", "03-c": ["a = 1"]}
    with pytest.raises(RunError) as caught:
        make_plan(new_project(tmp_path, broken))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["01-case-aa", "01-case-aa-id", "01-case-bb", "02-all"]),
        ({"cases": ["aa"]}, ["01-case-aa", "01-case-aa-id"]),
        ({"cases": ["aa"], "language": "id"}, ["01-case-aa-id"]),
        ({"cases": ["bb"], "language": "id"}, ["01-case-bb-id"]),
        ({"language": "en"}, ["01-case-aa", "01-case-bb", "02-all"]),
        ({"notebook": "02-all.ipynb"}, ["02-all"]),
        ({"notebook": "02-all", "language": "id"}, ["02-all-id"]),
        ({"notebook": "02-all", "values": {"n": "5"}}, ["02-all"]),
    ],
)
def test_runs_are_chosen_by_case_language_and_notebook(project, asked, expected) -> None:
    assert names(select_runs(project, make_plan(project), **asked)) == expected


def test_a_run_that_was_made_in_another_language_belongs_to_the_plan(project) -> None:
    executed = project.notebooks / "executed"
    executed.mkdir(exist_ok=True)
    for name in ("01-case-bb-id", "02-all-fr", "01-case-gone-id", "01-case-bb-id.failed"):
        (executed / f"{name}.ipynb").touch()
    plan = make_plan(project)
    assert names(plan) == ["01-case-aa", "01-case-aa-id", "01-case-bb", "01-case-bb-id", "02-all"]
    assert plan[3].parameters == {"case_id": "bb", "language": "id"}
    assert names(select_runs(project, plan, cases=["bb"])) == ["01-case-bb", "01-case-bb-id"]
    (executed / "01-case-bb-id.ipynb").unlink()
    assert "01-case-bb-id" not in names(make_plan(project))


def test_an_indicator_of_another_codebook_is_told_before_anything_runs(new_project, tmp_path) -> None:
    head = 'case_id = "alpha"\nindicator_id = "trust"'
    project = new_project(tmp_path, {"01-case": [head, "case_id"]}, cases=["alpha", "beta"])
    shutil.copytree(support.MINIMAL / "data" / "raw", project.raw, dirs_exist_ok=True)
    plan = make_plan(project)
    assert len(select_runs(project, plan, values={"indicator_id": "talks"})) == 2
    with pytest.raises(RunError) as caught:
        select_runs(project, plan, values={"indicator_id": "SC1"})
    assert len(caught.value.problems) == 2
    assert "01-case.ipynb: parameter indicator_id: found 'SC1'; allowed: " in str(caught.value)
    assert "trust" in str(caught.value) and "(the codebook of beta)" in str(caught.value)
    # What is wrong with the data itself is told when they are loaded.
    (project.raw / "cases" / "beta" / "case.yaml").write_text("x", encoding="utf-8")
    assert select_runs(project, plan, cases=["beta"], values={"indicator_id": "SC1"})


def test_another_language_keeps_what_the_plan_makes_under_that_name(new_project, tmp_path) -> None:
    more = "also:\n  - {notebook: 02-all, parameters: {language: id, n: 9}}\n"
    project = new_project(tmp_path, NOTEBOOKS, runs=more)
    (run,) = select_runs(project, make_plan(project), notebook="02-all", language="en")
    assert run.name == "02-all" and run.parameters == {"language": "en"}
    (run,) = select_runs(project, make_plan(project), notebook="02-all", language="id")
    assert run.name == "02-all-id" and run.parameters["n"] == 9


def test_two_cases_do_not_share_a_copy(new_project, tmp_path) -> None:
    project = new_project(tmp_path, NOTEBOOKS, cases=["kota", "kota-id"])
    (project.notebooks / "executed").mkdir(exist_ok=True)
    (project.notebooks / "executed" / "01-case-kota-id.ipynb").touch()
    plan = make_plan(project)
    assert names(plan) == ["01-case-kota", "01-case-kota-id", "02-all"]
    assert plan[1].case_id == "kota-id"
    with pytest.raises(RunError, match=r"01-case-kota-id\.ipynb: is the copy of case kota-id; rename a case"):
        select_runs(project, plan, cases=["kota"], language="id")


def test_a_value_replaces_that_of_the_plan(project) -> None:
    (run,) = select_runs(project, make_plan(project), notebook="02-all", values={"n": "5"})
    assert run.parameters == {"language": "en", "n": 5}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"cases": ["cc", "dd"]}, "2 problems"),
        ({"cases": ["cc"]}, "no case 'cc'; known cases: aa, bb"),
        ({"notebook": "notes"}, "no notebook 'notes'; known notebooks: 01-case, 02-all"),
        ({"notebook": "02-all", "cases": ["aa"]}, "no notebook fits"),
        ({"values": {"n": "5"}}, "01-case.ipynb: no parameter 'n'"),
        ({"notebook": "02-all", "values": {"n": "five"}}, "found 'five'; allowed: int"),
        ({"notebook": "01-case", "values": {"case_id": "cc"}}, "no case 'cc'"),
        ({"language": "xx"}, "language 'xx'"),
    ],
)
def test_asking_for_what_is_not_there_is_an_error(project, asked, said) -> None:
    with pytest.raises(RunError, match=said):
        select_runs(project, make_plan(project), **asked)
