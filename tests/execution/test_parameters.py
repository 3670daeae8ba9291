import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgutils.analysis.aggregate import AGGREGATIONS
from cgutils.analysis.options import CALIBRATIONS
from cgutils.execution.errors import RunError
from cgutils.execution.parameters import (
    Parameter,
    check_values,
    parse_parameters,
    parse_value,
    read_parameters,
)
from cgutils.execution.plan import LANGUAGES
from support import ROOT

CELL = """# how the case is shown
case_id = "banjar"  # folder of the case
language = "en"  # en or id
seeds = 10
share = 0.5
strict = True
weights = [1, 2.5,
           3]  # one each
note = None  # anything
limit: float | None = None
title: str
"""
DECLARED = parse_parameters(CELL, "01.ipynb")
GIVEN = {"title": "x"}


def test_declared_parameters_with_type_default_and_help() -> None:
    shown = {p.name: (p.kind, p.default, p.optional, p.required, p.help) for p in DECLARED}
    assert shown == {
        "case_id": ("str", "banjar", False, False, "how the case is shown folder of the case"),
        "language": ("str", "en", False, False, "en or id"),
        "seeds": ("int", 10, False, False, ""),
        "share": ("float", 0.5, False, False, ""),
        "strict": ("bool", True, False, False, ""),
        "weights": ("list", [1, 2.5, 3], False, False, "one each"),
        "note": (None, None, True, False, "anything"),
        "limit": ("float", None, True, False, ""),
        "title": ("str", None, False, True, ""),
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import os", "only assignments"),
        ("a = b = 1", "only assignments"),
        ("a.b = 1", "only assignments"),
        ("a, b = 1, 2", "only assignments"),
        ("a = Path('x')", r"`Path\('x'\)` is no plain value"),
        ("a = {'x': 1}", "is no plain value"),
        ("a = [[1]]", "is no plain value"),
        ("a: dict = None", "type `dict` is not allowed"),
        ("a: int = 'x'", "declared type is int"),
        ("a = 1\na = 2", "declared twice"),
        ("a = ", "is no Python"),
    ],
)
def test_a_declaration_that_is_no_plain_assignment_is_an_error(line: str, said: str) -> None:
    with pytest.raises(RunError, match=said):
        parse_parameters(line, "01.ipynb")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"languag": "en"}, "no parameter 'languag'; declared are: case_id, language"),
        ({"x = 1; import os; y": 1}, "no plain name"),
        ({"class": 1}, "no plain name"),
        ({1: 1}, "no plain name"),
        ({"seeds": "10"}, "parameter seeds: found '10'; allowed: int"),
        ({"seeds": True}, "parameter seeds: found True; allowed: int"),
        ({"seeds": 1.0}, "allowed: int"),
        ({"seeds": None}, "allowed: int"),
        ({"strict": 1}, "allowed: bool"),
        ({"share": float("nan")}, "allowed: float"),
        ({"weights": "1"}, "allowed: list"),
        ({"weights": [[1]]}, "allowed: list"),
        ({"weights": [object()]}, "allowed: list"),
        ({"case_id": b"x"}, "allowed: str"),
        ({"limit": "x"}, "allowed: float or None"),
        ({"note": {"a": 1}}, "allowed: str, int, float, bool, list or None"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error(values: dict[str, object], said: str) -> None:
    with pytest.raises(RunError, match=said):
        check_values(DECLARED, GIVEN | values, "01.ipynb")


CHOICES = parse_parameters(
    """# How a level becomes a number: "fuzzy", "linear" or "crisp".
calibration = "fuzzy"
# A share (0 to 1), as in "this text".
share = 0.5
steps = 3  # how many (1 to 10)
name = "any"  # such as "any" or "other"
case = "one"  # the folder "one" at first
""",
    "01.ipynb",
)


def test_the_help_declares_what_may_be_given() -> None:
    assert [p.allowed for p in CHOICES] == [
        "fuzzy, linear, crisp",
        "float from 0 to 1",
        "int from 1 to 10",
        "str",
        "str",
    ]
    assert CHOICES[0].help == 'How a level becomes a number: "fuzzy", "linear" or "crisp".'
    for values in (
        {"calibration": "crisp"},
        {"share": 1},
        {"share": 0.0},
        {"steps": 10},
        {"name": "more", "case": "two"},
    ):
        assert check_values(CHOICES, values, "01.ipynb")
    with pytest.raises(RunError) as caught:
        check_values(CHOICES, {"calibration": "linier", "share": 1.5, "steps": 0, "name": "x"}, "01.ipynb")
    assert caught.value.problems == (
        "01.ipynb: parameter calibration: found 'linier'; allowed: fuzzy, linear, crisp",
        "01.ipynb: parameter share: found 1.5; allowed: float from 0 to 1",
        "01.ipynb: parameter steps: found 0; allowed: int from 1 to 10",
    )


def test_the_choices_of_the_notebooks_are_those_of_the_library() -> None:
    declared = {p.name: p for p in read_parameters(ROOT / "notebooks" / "01-case-study.ipynb")}
    assert declared["calibration"].choices == tuple(CALIBRATIONS)
    assert declared["aggregation"].choices == tuple(AGGREGATIONS)
    assert declared["coverage_threshold"].bounds == (0, 1)
    assert declared["language"].choices == LANGUAGES


class Sly(str):
    """A text that writes itself out as code."""


def test_only_plain_types_get_through() -> None:
    with pytest.raises(RunError, match="parameter case_id"):
        check_values(DECLARED, GIVEN | {"case_id": Sly("x")}, "01.ipynb")


def test_a_required_parameter_must_be_given() -> None:
    with pytest.raises(RunError, match="parameter title is required; allowed: str"):
        check_values(DECLARED, {}, "01.ipynb")


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(RunError) as caught:
        check_values(DECLARED, {"seeds": "x", "nope": 1, "a b": 2}, "01.ipynb")
    assert len(caught.value.problems) == 4
    assert str(caught.value).startswith("4 problems with the runs\n  01.ipynb: ")


def test_checked_values_stand_in_the_order_of_declaration() -> None:
    values = {"title": "x", "share": 1, "limit": None, "case_id": "sako"}
    checked = check_values(DECLARED, values, "01.ipynb")
    assert list(checked.items()) == [("case_id", "sako"), ("share", 1.0), ("limit", None), ("title", "x")]
    assert isinstance(checked["share"], float)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("case_id", "12", "12"),
        ("case_id", "null", "null"),
        ("seeds", "12", 12),
        ("share", "0.25", 0.25),
        ("strict", "false", False),
        ("weights", "[1, 2]", [1, 2]),
        ("limit", "null", None),
        ("note", "free text", "free text"),
        ("seeds", "twelve", "twelve"),
    ],
)
def test_typed_text_is_read_by_the_declared_type(name: str, text: str, value: object) -> None:
    parameter = next(p for p in DECLARED if p.name == name)
    assert parse_value(parameter, text) == value


@given(st.one_of(st.text(), st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False)))
def test_a_plain_value_fits_its_own_declaration(value: object) -> None:
    declared = parse_parameters(f"a = {value!r}", "01.ipynb")
    assert check_values(declared, {"a": value}, "01.ipynb") == {"a": value}


@given(st.text())
def test_what_gets_through_as_a_name_is_an_identifier(name: str) -> None:
    declared = (Parameter(name, "int", 1),)
    try:
        check_values(declared, {name: 1}, "01.ipynb")
    except RunError:
        return
    statement = ast.parse(f"{name} = 1").body
    assert len(statement) == 1


@pytest.mark.parametrize(
    ("tag", "more", "said"),
    [("other", {}, "no code cells tagged"), ("parameters", {"parameters": "b = 1"}, "2 code cells tagged")],
)
def test_exactly_one_cell_is_tagged(new_notebook, tmp_path, tag, more, said) -> None:
    path = tmp_path / "01-a.ipynb"
    path.write_text(new_notebook(["a = 1", "a"], tag=tag, **more), encoding="utf-8")
    with pytest.raises(RunError, match=said):
        read_parameters(path)


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 3, "cells": []}', '{"nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_an_error(tmp_path, text) -> None:
    path = tmp_path / "01-a.ipynb"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=r"01-a\.ipynb: "):
        read_parameters(path)
