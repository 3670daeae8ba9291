"""The audit of the papers' own figures: what is reported beside what follows from the printed numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pandas as pd

from cgutils.analysis.formulas import FormulaError, MissingInputError, evaluate
from cgutils.data.collection import Collection
from cgutils.data.errors import CollectionError, Problem

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
        Naming every claim whose formula cannot be computed, or whose verdict or strength does not fit, and
        every register of a context topic without quantities.

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
        for claim in map(_by_name, claims.to_dict("records")):
            try:
                verdict, recomputed = _judge(claim, values)
            except FormulaError as error:
                problems.append(_problem(file, claim, "formula", str(claim["formula"]), str(error)))
                verdict, recomputed = None, float("nan")
            problems += _misfits(file, claim, verdict)
            found = {"source_id": source_id, "verdict": verdict, "recomputed": recomputed}
            rows.append({**claim, "as_printed": claim["reported"], **found})
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
        if not isinstance(recomputed, bool) or reported != "true":
            raise FormulaError("a comparison goes with `true` as the reported number, and only with it.")
        return ("exact" if recomputed else "inconsistent"), nothing
    if not reported:
        raise FormulaError("a formula needs a reported number to be compared with.")
    given = claim["approximation"]
    approximation = None if given is None else float(str(given))
    try:
        shown = round(float(recomputed), _SHOWN_DIGITS)
    except OverflowError:
        raise FormulaError("gives a number that is too large to be shown.") from None
    return judge_value(reported, recomputed, approximation), shown


def _misfits(file: str, claim: dict[str, object], verdict: str | None) -> list[Problem]:
    # None: a formula that could not be computed, so that it is open whether a strength belongs there.
    problems = []
    if claim["formula"] and claim["verdict"]:
        problems.append(
            _problem(file, claim, "verdict", str(claim["verdict"]), "blank, as the formula decides")
        )
    if verdict == "":
        problems.append(
            _problem(file, claim, "verdict", "a blank cell", "a verdict where there is no formula")
        )
    if verdict == "inconsistent" and not claim["strength"]:
        problems.append(
            _problem(file, claim, "strength", "a blank cell", "arithmetic, hard, tension or wording")
        )
    if verdict not in (None, "", "inconsistent") and claim["strength"]:
        problems.append(
            _problem(file, claim, "strength", str(claim["strength"]), f"blank, as the verdict is {verdict}")
        )
    return problems


def _problem(file: str, claim: dict[str, object], column: str, found: str, allowed: str) -> Problem:
    return Problem(file, None, column, f"{claim['claim_id']}: {found[:80]}", allowed, "Correct the claim.")
