"""The audit of the papers' own figures: what is reported beside what follows from the printed numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import pandas as pd

from cgutils.analysis.formulas import FormulaError, MissingInputError, evaluate
from cgutils.data.checking import load_table
from cgutils.data.collection import Collection
from cgutils.data.errors import CollectionError, Problem
from cgutils.data.schemas import SPECS

VERDICTS = (
    "exact",
    "rounds",
    "truncates",
    "within_stated_approximation",
    "inconsistent",
    "missing_input",
    "not_checkable",
)
ERRORS = ("arithmetic", "hard")
# What a reader counts: an inconsistency is an error or not, by its strength.
OUTCOMES = (
    "exact",
    "rounds",
    "truncates",
    "within_stated_approximation",
    "tension_or_wording",
    "error",
    "missing_input",
    "not_checkable",
)
_SHOWN_DIGITS = 6
_EITHER = "Correct the number or the formula."
_COLUMNS = [
    "source_id",
    "claim_id",
    "statement_en",
    "statement_id",
    "as_printed",
    "recomputed",
    "unit",
    "formula",
    "basis",
    "verdict",
    "strength",
    "remark_en",
    "remark_id",
    "locator",
]


def audit(collection: Collection) -> pd.DataFrame:
    """Check every registered claim of every source.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    DataFrame
        One row a claim, in the order of the registers (cases, then context topics): ``source_id, claim_id,
        statement_en, statement_id``; ``as_printed``, the reported value; ``recomputed`` (float, missing where
        nothing was computed); ``unit, formula, basis``; ``verdict`` (one of `VERDICTS`); ``strength`` of an
        inconsistency (arithmetic, hard, tension, wording; only the first two may be called errors);
        ``remark_en, remark_id, locator``.

    Raises
    ------
    CollectionError
        Naming every claim, with its row in the register, whose formula cannot be computed, or whose verdict
        or strength does not fit, and every register of a context topic without quantities.

    Notes
    -----
    Rounding is judged on the decimal string as printed. *rounds*: rounding half up to the printed decimals
    gives the reported value; *truncates*: cutting there does, and rounding does not; *within stated
    approximation*: the difference is smaller than the granularity that the wording admits.
    """
    rows, problems = [], _without_source(collection)
    for file, source_id, claims, quantities in _registers(collection):
        values = {
            str(name): None if pd.isna(value) else Fraction(repr(float(value)))
            for name, value in zip(quantities["quantity_id"], quantities["value"], strict=True)
        }
        misfits: list[tuple[object, Problem]] = []
        for claim in map(_by_name, claims.to_dict("records")):
            try:
                verdict, recomputed = _judge(claim, values)
            except (FormulaError, _MisfitError) as error:
                misfits.append(_problem(file, claim, *_said_of(error, str(claim["formula"]))))
                verdict, recomputed = None, float("nan")
            misfits += _misfits(file, claim, verdict)
            found = {"source_id": source_id, "verdict": verdict, "recomputed": recomputed}
            rows.append({**claim, "as_printed": claim["reported"], **found})
        problems += _with_rows(misfits, collection.root / file, file)
    if problems:
        raise CollectionError(problems)
    return pd.DataFrame(rows, columns=_COLUMNS)


def outcome_counts(audited: pd.DataFrame) -> pd.DataFrame:
    """Count what the audit found, by source.

    Parameters
    ----------
    audited : DataFrame
        As `audit` returns it.

    Returns
    -------
    DataFrame
        ``source_id, outcome, n_claims``; ``outcome`` is the verdict, except that an inconsistency is an
        ``error`` where it is arithmetic or a hard contradiction, else ``tension_or_wording``. Every
        combination has a row, 0 included.
    """
    error = audited["strength"].isin(ERRORS)
    inconsistent = audited["verdict"].eq("inconsistent")
    outcome = audited["verdict"].mask(inconsistent, "tension_or_wording").mask(inconsistent & error, "error")
    counts = audited.groupby([audited["source_id"], outcome.rename("outcome")]).size().to_dict()
    keys = product(dict.fromkeys(audited["source_id"]), OUTCOMES)
    return pd.DataFrame(
        [(*key, int(counts.get(key, 0))) for key in keys], columns=["source_id", "outcome", "n_claims"]
    )


def judge_value(reported: str, recomputed: Fraction, approximation: float | None = None) -> str:
    """Judge a recomputed value against the decimal string that is printed.

    Parameters
    ----------
    reported : str
        Plain decimal with exactly the printed decimals (``"80.6"``).
    recomputed : Fraction
        What follows from the quantities.
    approximation : float or None
        Granularity that the wording admits.

    Returns
    -------
    str
        exact, rounds, truncates, within_stated_approximation or inconsistent.

    Examples
    --------
    >>> judge_value("80.6", Fraction(115806, 143516) * 100)
    'truncates'
    >>> judge_value("28000", Fraction(27710), 1000)
    'within_stated_approximation'
    """
    printed = Decimal(reported)
    if Fraction(printed) == recomputed:
        return "exact"
    if approximation is not None:
        near = abs(Fraction(printed) - recomputed) < Fraction(repr(float(approximation)))
        return "within_stated_approximation" if near else "inconsistent"
    # In whole units of the last printed decimal, and exactly: a decimal of any length could tip a rounding.
    step = Fraction(10) ** int(printed.as_tuple().exponent)
    units = abs(recomputed) / step
    sign = -1 if recomputed < 0 else 1
    if Fraction(printed) == sign * math.floor(units + Fraction(1, 2)) * step:
        return "rounds"
    return "truncates" if Fraction(printed) == sign * math.floor(units) * step else "inconsistent"


def _registers(collection: Collection) -> Iterator[tuple[str, str, pd.DataFrame, pd.DataFrame]]:
    for case_id, case in collection.cases.items():
        claims = collection.claims[collection.claims["case_id"] == case_id]
        quantities = collection.quantities[collection.quantities["case_id"] == case_id]
        yield f"data/raw/cases/{case_id}/claims.csv", case.sources[0], claims, quantities
    for topic, tables in collection.context.items():
        quantities = tables.get("quantities", pd.DataFrame())
        if "claims" in tables and len(quantities):
            yield (
                f"data/raw/context/{topic}/claims.csv",
                quantities["source_id"].iloc[0],
                tables["claims"],
                quantities,
            )


def _without_source(collection: Collection) -> list[Problem]:
    # A topic has no file that names its source; its quantities do.
    return [
        Problem(
            f"data/raw/context/{topic}/claims.csv",
            found="claims without quantities",
            allowed="quantities.csv beside them, which names their source",
            fix="Add the quantities.",
        )
        for topic, tables in collection.context.items()
        if "claims" in tables and not len(tables.get("quantities", ()))
    ]


def _by_name(row: Mapping[Hashable, object]) -> dict[str, object]:
    # A number that is not given is None, so that no later comparison takes it for a value.
    return {
        str(name): None if isinstance(cell, float) and math.isnan(cell) else cell
        for name, cell in row.items()
    }


def _judge(claim: dict[str, object], values: dict[str, Fraction | None]) -> tuple[str, float]:
    nothing = float("nan")
    if not claim["formula"]:
        return str(claim["verdict"]), nothing
    try:
        recomputed = evaluate(str(claim["formula"]), values)
    except MissingInputError:
        return "missing_input", nothing
    reported = str(claim["reported_number"])
    if isinstance(recomputed, bool) or reported == "true":
        if not isinstance(recomputed, bool):
            raise _MisfitError("true beside a formula that gives a number", "the reported number", _EITHER)
        if reported != "true":
            found = f"{reported or 'a blank cell'} beside a comparison"
            raise _MisfitError(found, "true", _EITHER)
        return ("exact" if recomputed else "inconsistent"), nothing
    if not reported:
        found = "a blank cell beside a formula"
        raise _MisfitError(found, "the reported number, which it is compared with", _EITHER)
    given = claim["approximation"]
    approximation = None if given is None else float(str(given))
    try:
        shown = round(float(recomputed), _SHOWN_DIGITS)
    except OverflowError:
        said = "a number that is too large to be shown; allowed: numbers as sources print them"
        raise FormulaError(said) from None
    return judge_value(reported, recomputed, approximation), shown


def _misfits(file: str, claim: dict[str, object], verdict: str | None) -> list[tuple[object, Problem]]:
    # None: a formula that could not be computed, so that it is open whether a strength belongs there.
    found: list[tuple[str, str, str]] = []
    if claim["formula"] and claim["verdict"]:
        found.append(("verdict", str(claim["verdict"]), "blank, as the formula decides"))
    if verdict == "":
        found.append(("verdict", "a blank cell", "a verdict where there is no formula"))
    if verdict == "inconsistent" and not claim["strength"]:
        found.append(("strength", "a blank cell", "arithmetic, hard, tension or wording"))
    if verdict not in (None, "", "inconsistent") and claim["strength"]:
        found.append(("strength", str(claim["strength"]), f"blank, as the verdict is {verdict}"))
    return [_problem(file, claim, *said, "Correct the claim.") for said in found]


class _MisfitError(Exception):
    """A reported number that does not go with the formula: what was found, what is allowed, what to do."""


def _said_of(error: FormulaError | _MisfitError, formula: str) -> tuple[str, str, str, str]:
    """Tell the column, what was found, what is allowed and what to do."""
    if isinstance(error, _MisfitError):
        found, allowed, fix = error.args
        return "reported_number", found, allowed, fix
    # Messages for one formula end with what is allowed, or with what to do.
    text = str(error).removeprefix(f"{formula}: ").rstrip(".")
    said, _, allowed = text.partition("; allowed: ")
    said, _, fix = said.partition("; ")
    found = f"{_cut(formula)} ({said})"
    fix = f"{fix[:1].upper()}{fix[1:]}." if fix else "Correct the formula."
    return "formula", found, allowed or str(SPECS["claims"].columns["formula"]["allowed"]), fix


def _problem(
    file: str, claim: dict[str, object], column: str, found: str, allowed: str, fix: str
) -> tuple[object, Problem]:
    name = claim["claim_id"]
    return name, Problem(file, None, column, f"{name}: {found}", allowed, fix)


def _cut(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _with_rows(misfits: list[tuple[object, Problem]], path: Path, file: str) -> list[Problem]:
    """Name the rows of the register, which are known only where it is read again."""
    lines: dict[object, int] = {}
    if misfits and path.is_file():
        frame = load_table(path, file, SPECS["claims"])[0]
        lines = dict(zip(frame["claim_id"], map(int, frame.index), strict=True))
    return [replace(problem, row=lines.get(name)) for name, problem in misfits]
