"""Formulas over registered quantities, from anyone's table, evaluated exactly and safely.

Arithmetic, comparisons, ``sum``, ``count``, ``abs`` and quantity ids; nothing else is understood. Values are
fractions, so that no rounding of the machine enters a verdict on rounding.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

from simpleeval import InvalidExpression, SimpleEval

from cgutils.data.errors import CgutilsError

MAX_LENGTH = 1_000
MAX_DEPTH = 40
MAX_EXPONENT = 12
MAX_BITS = 2_000
MAX_MAGNITUDE = 300
_CHARACTERS = re.compile(r"[A-Za-z0-9_+\-*/(),.<>=! ]*")
_NAME = re.compile(r"\b[A-Za-z_]\w*")
_ALLOWED = "numbers, quantity ids, + - * / **, comparisons, and sum(), count(), abs()"


class FormulaError(CgutilsError):
    """A formula that cannot be read or computed."""


class MissingInputError(CgutilsError):
    """A formula that needs a quantity which the source does not give; ``names`` lists them."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(f"the source does not give {', '.join(names)}")


def evaluate(formula: str, quantities: Mapping[str, Fraction | None]) -> Fraction | bool:
    """Compute a formula.

    Parameters
    ----------
    formula : str
        Arithmetic over quantity ids, at most 1,000 characters and 40 nested parentheses.
    quantities : mapping of str to Fraction or None
        Values by id; None is missing.

    Returns
    -------
    Fraction or bool
        The exact value; a bool for a comparison.

    Raises
    ------
    FormulaError
        Where it holds anything but what is allowed, an unknown quantity, or a division by zero.
    MissingInputError
        Where a quantity is missing.

    Examples
    --------
    >>> evaluate("voters / registered * 100", {"voters": Fraction(1), "registered": Fraction(3)})
    Fraction(100, 3)
    """
    _check_form(formula)
    names = [name for name in dict.fromkeys(_NAME.findall(formula)) if name not in _FUNCTIONS]
    unknown = [name for name in names if name not in quantities]
    if unknown:
        raise FormulaError(
            f"no quantity {', '.join(unknown)}; add it to quantities.csv or correct the formula."
        )
    _check_syntax(formula)
    missing = [name for name in names if quantities[name] is None]
    if missing:
        raise MissingInputError(missing)
    try:
        value = _Exact({name: quantities[name] for name in names}).eval(formula)
    except ZeroDivisionError:
        raise FormulaError(f"{formula}: division by zero.") from None
    except _REFUSED as error:
        raise FormulaError(f"cannot be computed ({error}); allowed: {_ALLOWED}.") from None
    if not isinstance(value, (Fraction, bool)):
        raise FormulaError(f"gives no number; allowed: {_ALLOWED}.")
    return value


def _check_form(formula: str) -> None:
    if len(formula) > MAX_LENGTH:
        raise FormulaError(f"{len(formula):,} characters; allowed: at most {MAX_LENGTH:,}.")
    if not _CHARACTERS.fullmatch(formula) or "__" in formula:
        raise FormulaError(f"holds a character or name that is not allowed; allowed: {_ALLOWED}.")
    depth = deepest = 0
    for mark in formula:
        depth += {"(": 1, ")": -1}.get(mark, 0)
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise FormulaError(f"{deepest} nested parentheses; allowed: at most {MAX_DEPTH}.")


def _check_syntax(formula: str) -> None:
    # Before a missing quantity ends the matter: a formula that nobody could compute is no missing input.
    try:
        ast.parse(formula.strip(), mode="eval")
    except _REFUSED as error:
        raise FormulaError(f"cannot be read ({error}); allowed: {_ALLOWED}.") from None


def _bounded(operation: Callable[..., Any]) -> Callable[..., Any]:
    # Products and powers of powers grow without bound where single numbers and exponents do not.
    def compute(*values: Fraction) -> Any:
        value = operation(*values)
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
            raise FormulaError(f"more than {MAX_BITS:,} bits; allowed: numbers as sources print them.")
        return value

    return compute


def _sum(*values: Fraction) -> Fraction:
    return Fraction(reduce(_OPERATORS[ast.Add], values, Fraction(0)))


def _count(*values: Fraction) -> Fraction:
    return Fraction(len(values))


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > MAX_EXPONENT:
        raise FormulaError(f"exponent {exponent}; allowed: whole numbers up to {MAX_EXPONENT}.")
    return base ** int(exponent)


_FUNCTIONS = {"sum": _sum, "count": _count, "abs": abs}
_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: _bounded(operator.add),
    ast.Sub: _bounded(operator.sub),
    ast.Mult: _bounded(operator.mul),
    ast.Div: _bounded(operator.truediv),
    ast.Pow: _bounded(_power),
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
# KeyError: simpleeval's answer to a comparison that it was not given (`1in(2)`).
_REFUSED = (
    InvalidExpression,
    SyntaxError,
    TypeError,
    ValueError,
    KeyError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)
_NODES = (ast.Expr, ast.Name, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call, ast.Constant)


class _Exact(SimpleEval):  # type: ignore[misc]
    """Evaluates over fractions, and knows no node beyond those that a formula needs."""

    def __init__(self, names: Mapping[str, Fraction | None]) -> None:
        super().__init__(operators=_OPERATORS, functions=dict(_FUNCTIONS), names=dict(names))
        known: dict[type, Any] = self.nodes
        self.nodes: dict[type, Any] = {
            **{node: known[node] for node in _NODES},
            ast.Name: self._quantity,
            ast.Constant: self._number,
        }

    def _quantity(self, node: ast.Name) -> Fraction:
        if node.id not in self.names:
            raise FormulaError(f"{node.id} is a function; write {node.id}( ... ).")
        return Fraction(self.names[node.id])

    def _number(self, node: ast.Constant) -> Fraction:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float)):
            raise FormulaError(f"{node.value!r} is no number; allowed: {_ALLOWED}.")
        if isinstance(node.value, int):
            return Fraction(node.value)
        # Taken from the formula as it was typed, since the parser has made a float of it.
        typed = Decimal(ast.get_source_segment(self.expr.strip(), node) or "NaN")
        if abs(int(typed.as_tuple().exponent)) > MAX_MAGNITUDE:
            raise FormulaError(f"{typed} is too large or too small; allowed: numbers as sources print them.")
        return Fraction(typed)
