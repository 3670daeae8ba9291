"""Formulas: what is allowed is exact, everything else is refused at once."""

from __future__ import annotations

import re
import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cgutils.analysis.formulas import (
    MAX_DEPTH,
    MAX_EXPONENT,
    MAX_LENGTH,
    FormulaError,
    MissingInputError,
    evaluate,
)
from cgutils.data.errors import CgutilsError

VALUES = {
    "a": Fraction(7),
    "b_2": Fraction(-3, 4),
    "voters_2018": Fraction(115806),
    "registered_2018": Fraction(143516),
    "nothing": Fraction(0),
    "target": None,
    "huge": Fraction(10) ** 300,
    "numerator": Fraction(1),
}


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1", 1),
        ("007.50", Fraction(15, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("1e3", 1000),
        ("2.5e-1", Fraction(1, 4)),
        ("1_000 + 1_000.5", Fraction(4001, 2)),
        ("  a  ", 7),
        ("a + b_2", Fraction(25, 4)),
        ("a - b_2 - 1", Fraction(27, 4)),
        ("a * b_2 / 3", Fraction(-7, 4)),
        ("a / 2 / 2", Fraction(7, 4)),
        ("1 + 2 * 3 ** 2", 19),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("(-2) ** 2", 4),
        ("2 ** -2", Fraction(1, 4)),
        ("(1 / 2) ** 12", Fraction(1, 4096)),
        ("4 ** (6 / 3)", 16),
        ("nothing ** 0", 1),
        ("-a", -7),
        ("+-+a", -7),
        ("voters_2018 / registered_2018 * 100", Fraction(115806 * 100, 143516)),
        ("sum(a, b_2, 1)", Fraction(29, 4)),
        ("sum(a)", 7),
        ("count(a, b_2, 1, 1)", 4),
        ("abs(b_2 - a)", Fraction(31, 4)),
        ("abs(sum(1, -5)) * count(a)", 4),
    ],
)
def test_arithmetic_is_exact(formula: str, value: Fraction | int) -> None:
    found = evaluate(formula, VALUES)
    assert found == value and isinstance(found, Fraction)


@pytest.mark.parametrize(
    ("formula", "truth"),
    [
        ("1 < 2", True),
        ("2 <= 1", False),
        ("a > 6.999", True),
        ("a >= 7", True),
        ("a == 7", True),
        ("a != 7", False),
        ("1 < a < 5", False),
        ("1 < a <= 7", True),
        # In binary floating point these would come out the other way.
        ("0.1 + 0.2 == 0.3", True),
        ("1 / 3 * 3 == 1", True),
        ("0.1 * 3 > 0.3", False),
        ("12345678901234567890.25 - 12345678901234567890 == 0.25", True),
        ("0.12345678901234567890123 == 0.12345678901234567890124", False),
    ],
)
def test_comparisons(formula: str, truth: bool) -> None:
    assert evaluate(formula, VALUES) is truth


HOSTILE = {
    "import": "__import__('os')",
    "import without quotes": "__import__(os)",
    "10 MB of parentheses": "(" * 5_000_000 + ")" * 5_000_000,
    "10 MB of minus": "-" * 10_000_000 + "1",
    "many parentheses": "(" * 400 + "1" + ")" * 400,
    "many minus": "-" * 999 + "1",
    "many terms": "1" + "+1" * 499,
    "open parenthesis": "(1",
    "attribute": "a.numerator",
    "attribute of a number": "1 .numerator",
    "dunder": "a.__class__",
    "undeclared function": "max(a, 1)",
    "builtin": "open(a)",
    "eval": "eval(1)",
    "a quantity called": "a(1)",
    "a number called": "1(1)",
    "a call called": "sum(1)(2)",
    "keyword argument": "sum(a=1)",
    "star": "sum(*a)",
    "two stars": "sum(**a)",
    "function as value": "sum",
    "function compared": "sum == sum",
    "function in a sum": "sum + 1",
    "function as argument": "count(sum, abs)",
    "abs of nothing": "abs()",
    "abs of two": "abs(1, 2)",
    "nested powers": "9 ** 9 ** 9 ** 9",
    "powers of powers": "((9 ** 12) ** 12) ** 12 ** 12",
    "powers of powers in parentheses": "((((9 ** 12) ** 12) ** 12) ** 12) ** 12",
    "huge base": "(huge * huge) ** 12",
    "huge exponent": "2 ** 100000000000",
    "huge negative exponent": "2 ** -13",
    "exponent of a quantity": "2 ** voters_2018",
    "exponent in part": "2 ** 0.5",
    "number without end": "1e400",
    "number near nothing": "1e-400",
    "very large exponent of ten": "1e999999999",
    "very small exponent of ten": "1e-999999999",
    "exponent beyond decimals": "1e99999999999999999999999",
    "digits": "9" * 10_000,
    "string": "'a'",
    "double quotes": '"a" * 1000000000',
    "f-string": "f'{a}'",
    "bytes": "b'a'",
    "list": "[1, 2]",
    "tuple": "1, 2",
    "empty tuple": "()",
    "set": "{1}",
    "dict": "{1: 2}",
    "index": "a[0]",
    "lambda": "(lambda: 1)()",
    "bare lambda": "lambda x: x",
    "comprehension": "[x for x in a]",
    "generator": "sum(x for x in a)",
    "walrus": "(c := 1)",
    "assignment": "a = 1",
    "statement": "import os",
    "two statements": "1; 2",
    "two lines": "1\n2",
    "newline at the end": "1\n",
    "tab": "1\t+ 1",
    "comment": "1 # one",
    "condition": "1 if a else 2",
    "condition without spaces": "1if 1else 2",
    "and": "a and a",
    "or without space": "1or 2",
    "not": "not a",
    "in": "1in(2)",
    "in tuple": "1in(2,3)",
    "is": "1is 1",
    "true": "True",
    "none": "None",
    "ellipsis": "...",
    "complex": "1j",
    "whole division": "7 // 2",
    "remainder": "7 % 2",
    "bits": "1 << 100000",
    "inverse": "~1",
    "matrix": "a @ a",
    "backslash": "1 \\ 2",
    "division by zero": "1 / 0",
    "division by a quantity that is zero": "a / nothing",
    "negative power of zero": "nothing ** -1",
    "empty": "",
    "blank": "   ",
    "operator alone": "+",
    "two operators": "a * / 2",
    "two numbers": "1 2",
    "decimal comma": "80,6 + 1",
    "leading zeros": "007",
    "unicode digits": "١٢٣",
    "full-width digits": "１２",
    "superscript": "a²",
    "homoglyph": "а",
    "unicode minus": "3 − 2",
    "null": "1\0",
    "surrogate": "\udce4",
    "upper case": "A",
    "template": "{{ a }}",
    "shell": "$(ls)",
    "spreadsheet": "=1+1",
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
@pytest.mark.parametrize("formula", HOSTILE.values(), ids=HOSTILE)
def test_everything_else_is_refused_at_once(formula: str) -> None:
    start = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        evaluate(formula, VALUES)
    assert time.perf_counter() - start < 0.5
    assert isinstance(caught.value, CgutilsError)
    assert 10 < len(str(caught.value)) < 2 * MAX_LENGTH


@pytest.mark.parametrize("mark", ["*", "/", "+", "-", ","])
@pytest.mark.parametrize("term", ["x", "x**2", "1/x"])
def test_numbers_that_grow_are_refused_before_they_take_time(mark: str, term: str) -> None:
    names = [f"x{n}" for n in range(70)]
    formula = mark.join(term.replace("x", name) for name in names)
    formula = f"sum({formula})" if mark == "," else formula
    assert len(formula) <= MAX_LENGTH
    values = {name: Fraction(10**299 + 2 * n, 3**600 + n) for n, name in enumerate(names)}
    start = time.perf_counter()
    with pytest.raises(FormulaError, match="more than 2,000 bits"):
        evaluate(formula, values)
    assert time.perf_counter() - start < 0.5


def test_numbers_as_sources_print_them_do_not_reach_the_limit() -> None:
    names = [f"q{n}" for n in range(90)]
    values = {name: Fraction(f"{10**9 + n}.{n:03d}") for n, name in enumerate(names)}
    total = evaluate(f"sum({', '.join(names)}) / q1 / q2 / q3 / q4 * 100", values)
    expected = sum(values.values()) * 100
    for name in names[1:5]:
        expected /= values[name]
    assert total == expected


def test_the_limits_are_the_ones_that_are_told() -> None:
    longest = "1" + " " * (MAX_LENGTH - 2) + " "
    assert len(longest) == MAX_LENGTH and evaluate(longest, {}) == 1
    with pytest.raises(FormulaError, match=f"at most {MAX_LENGTH:,}"):
        evaluate(longest + " ", {})
    assert evaluate("(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH, {}) == 1
    with pytest.raises(FormulaError, match=f"{MAX_DEPTH + 1} nested parentheses"):
        evaluate("(" * (MAX_DEPTH + 1) + "1" + ")" * (MAX_DEPTH + 1), {})
    assert evaluate(f"2 ** {MAX_EXPONENT}", {}) == 2**MAX_EXPONENT
    with pytest.raises(FormulaError, match=f"exponent {MAX_EXPONENT + 1}"):
        evaluate(f"2 ** {MAX_EXPONENT + 1}", {})


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("target", ["target"]),
        ("a < target", ["target"]),
        ("sum(target, gone, target)", ["target", "gone"]),
        # Whether or not its value would matter.
        ("nothing * target", ["target"]),
        ("1 / nothing + target", ["target"]),
    ],
)
def test_a_missing_quantity_is_named(formula: str, names: list[str]) -> None:
    with pytest.raises(MissingInputError) as caught:
        evaluate(formula, VALUES | {"gone": None})
    assert caught.value.names == names
    assert str(caught.value) == f"the source does not give {', '.join(names)}"
    assert not isinstance(caught.value, FormulaError)


@pytest.mark.parametrize("formula", ["target + unknown_1", "a + unknown_1", "unknown_1(target)"])
def test_an_unknown_quantity_is_an_error_also_beside_a_missing_one(formula: str) -> None:
    with pytest.raises(FormulaError, match=r"^no quantity unknown_1; add it to quantities.csv"):
        evaluate(formula, VALUES)


@pytest.mark.parametrize("formula", ["(target", "target +", "target target", "1 + * target"])
def test_a_formula_that_cannot_be_read_is_no_missing_input(formula: str) -> None:
    with pytest.raises(FormulaError, match="cannot be read"):
        evaluate(formula, VALUES)


def test_a_function_without_parentheses_is_told_so() -> None:
    with pytest.raises(FormulaError, match=r"sum is a function; write sum\("):
        evaluate("a + sum", VALUES)


def test_a_quantity_may_not_be_changed_by_a_formula() -> None:
    values: dict[str, Any] = {"a": Fraction(1), "b": None}
    evaluate("a + 1", values)
    assert values == {"a": Fraction(1), "b": None}


NUMBERS = st.one_of(
    st.integers(0, 9999).map(str),
    st.decimals(0, 999, places=3, allow_nan=False).map(lambda d: format(d, "f")),
)
LEAVES = st.one_of(NUMBERS, st.sampled_from(["a", "b_2", "nothing", "voters_2018"]))
POWERS = st.builds("{}**{}".format, LEAVES, st.integers(-3, 4).map(lambda n: f"({n})" if n < 0 else str(n)))
ARITHMETIC = st.recursive(
    st.one_of(LEAVES, POWERS),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("abs({})".format, inner),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"sum({', '.join(parts)})"),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: f"count({', '.join(parts)})"),
    ),
    max_leaves=15,
)
FORMULAS = st.one_of(
    ARITHMETIC, st.builds("{} {} {}".format, ARITHMETIC, st.sampled_from(["<", "<=", "==", "!="]), ARITHMETIC)
)


@given(FORMULAS)
@settings(max_examples=300)
def test_any_formula_gives_what_python_gives_over_fractions(formula: str) -> None:
    assume(len(formula) <= MAX_LENGTH)
    # Every number becomes a fraction, except that an exponent is a whole number in any case.
    text = re.sub(r"(?<![\w.])\d+(\.\d+)?", lambda found: f"F('{found[0]}')", formula)
    names = {"F": Fraction, "abs": abs, "sum": lambda *x: sum(x), "count": lambda *x: len(x), **VALUES}
    try:
        expected = eval(text, {"__builtins__": {}}, names)
    except ZeroDivisionError:
        with pytest.raises(FormulaError, match="division by zero"):
            evaluate(formula, VALUES)
        return
    assert evaluate(formula, VALUES) == expected
