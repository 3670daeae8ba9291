"""The audit of printed figures: how a value is judged, what a register may hold, what this one holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgutils.analysis.claims import ERRORS, OUTCOMES, VERDICTS, audit, judge_value, outcome_counts
from cgutils.data.collection import Collection, load_collection
from cgutils.data.errors import CollectionError
from cgutils.data.schemas import STRENGTHS

COLUMNS = [
    *("source_id", "claim_id", "statement_en", "statement_id", "as_printed", "recomputed", "unit", "formula"),
    *("basis", "verdict", "strength", "remark_en", "remark_id", "locator"),
]


@pytest.mark.parametrize(
    ("reported", "recomputed", "verdict"),
    [
        ("80.6", "80.6", "exact"),
        ("80.60", "80.6", "exact"),
        ("80", "80", "exact"),
        ("+80", "80", "exact"),
        ("-0", "0", "exact"),
        ("true", None, None),
        # Half up, away from nothing, and only just.
        ("80.7", "80.65", "rounds"),
        ("80.6", "80.649", "rounds"),
        ("80.6", "80.65", "truncates"),
        ("80.6", "80.69", "truncates"),
        ("80.6", "80.7", "inconsistent"),
        ("80.6", "80.59999", "rounds"),
        ("80.6", "80.55", "rounds"),
        ("80.6", "80.5499", "inconsistent"),
        ("81", "80.5", "rounds"),
        ("80", "80.5", "truncates"),
        ("0", "0.4", "rounds"),
        ("0", "0.9", "truncates"),
        ("1", "0.5", "rounds"),
        # A printed nought at the end claims a decimal more.
        ("80.60", "80.604", "rounds"),
        ("80.60", "80.609", "truncates"),
        ("80.60", "80.64", "inconsistent"),
        # Noughts before the decimal point claim every digit.
        ("28000", "27710", "inconsistent"),
        ("28000", "28000.4", "rounds"),
        ("28000", "28000.5", "truncates"),
        # Below nothing the same, mirrored.
        ("-9.1", "-9.1", "exact"),
        ("-9.1", "-9.05", "rounds"),
        ("-9.1", "-9.149", "rounds"),
        ("-9.1", "-9.15", "truncates"),
        ("-9.1", "-9.199", "truncates"),
        ("-9.1", "-9.2", "inconsistent"),
        ("9.1", "-9.1", "inconsistent"),
        ("0", "-0.5", "truncates"),
        ("-1", "-0.5", "rounds"),
        # Far apart, beyond the digits of a decimal.
        ("5", "1e60", "inconsistent"),
        ("0", "1e-60", "rounds"),
        ("80.6", "80.6499999999999999999999999999999999999999", "rounds"),
        ("80.7", "80.6499999999999999999999999999999999999999", "inconsistent"),
        ("33.333", "100/3", "rounds"),
        ("66.66", "200/3", "truncates"),
        ("66.67", "200/3", "rounds"),
    ],
)
def test_how_a_printed_value_is_judged(reported: str, recomputed: str | None, verdict: str | None) -> None:
    if recomputed is None:
        with pytest.raises(ArithmeticError):
            judge_value(reported, Fraction(1))
        return
    assert judge_value(reported, Fraction(recomputed)) == verdict


@pytest.mark.parametrize(
    ("recomputed", "verdict"),
    [
        ("28000", "exact"),
        ("27710", "within_stated_approximation"),
        ("27000.001", "within_stated_approximation"),
        ("28999.999", "within_stated_approximation"),
        ("27000", "inconsistent"),
        ("29000", "inconsistent"),
        ("-28000", "inconsistent"),
        # What is given in thousands is not rounded to units.
        ("28000.4", "within_stated_approximation"),
    ],
)
def test_an_approximation_is_a_strict_bound(recomputed: str, verdict: str) -> None:
    assert judge_value("28000", Fraction(recomputed), 1000) == verdict


def test_an_approximation_is_read_as_a_decimal() -> None:
    # In binary 0.1 is a little more than a tenth.
    assert judge_value("1", Fraction(11, 10), 0.1) == "inconsistent"
    assert judge_value("1", Fraction(11, 10) - Fraction(1, 10**9), 0.1) == "within_stated_approximation"


@given(st.fractions(-1000, 1000, max_denominator=10**6), st.integers(0, 4))
def test_what_is_rounded_or_cut_is_told_apart(value: Fraction, decimals: int) -> None:
    unit = Fraction(1, 10**decimals)
    cut = int(value / unit)
    verdicts = {}
    for steps in (-2, -1, 0, 1, 2):
        printed = (cut + steps) * unit
        text = f"{'-' if printed < 0 else ''}{abs(cut + steps) // 10**decimals}"
        text += f".{abs(cut + steps) % 10**decimals:0{decimals}d}" if decimals else ""
        assert Fraction(text) == printed
        verdicts[printed] = judge_value(text, value)
    assert sum(verdict in ("exact", "rounds") for verdict in verdicts.values()) == 1
    for printed, verdict in verdicts.items():
        distance = abs(printed - value)
        assert (verdict == "exact") == (distance == 0)
        if verdict == "rounds":
            assert distance <= unit / 2 and (distance < unit / 2 or abs(printed) > abs(value))
        if verdict == "truncates":
            assert unit / 2 <= distance < unit and abs(printed) < abs(value)


def claim(claim_id: str, **given_cells: Any) -> dict[str, Any]:
    """One row of a register; what is not given is blank."""
    cells = {
        "statement_en": f"{claim_id} holds",
        "statement_id": f"{claim_id} benar",
        "reported": "",
        "reported_number": "",
        "unit": "",
        "formula": "",
        "approximation": float("nan"),
        "basis": "computed" if given_cells.get("formula") else "read",
        "verdict": "",
        "strength": "",
        "remark_en": "",
        "remark_id": "",
        "locator": "L1",
    }
    assert set(given_cells) <= set(cells)
    return {"claim_id": claim_id, **cells, **given_cells}


def with_claims(
    made: Collection, *rows: Mapping[str, Any], case: str = "alpha", **topics: list[Mapping[str, Any]]
) -> Collection:
    """The collection with these claims of one case, and of context topics."""
    claims = pd.DataFrame([{"case_id": case, **row} for row in rows], columns=["case_id", *claim("x")])
    context = {
        topic: {**tables, "claims": pd.DataFrame(topics[topic])} if topic in topics else tables
        for topic, tables in made.context.items()
    }
    return replace(made, claims=claims, context=context)


def test_a_register_is_judged_row_by_row(minimal: Collection) -> None:
    frame = audit(
        with_claims(
            minimal,
            claim(
                "c1", reported="80,6%", reported_number="80.6", formula="voters_2024 / registered_2024 * 100"
            ),
            claim(
                "c2", reported="80,69", reported_number="80.69", formula="voters_2024 / registered_2024 * 100"
            ),
            claim("c3", reported_number="true", formula="voters_2024 < registered_2024"),
            claim("c4", reported_number="true", formula="voters_2024 == registered_2024", strength="hard"),
            claim("c5", reported_number="116000", formula="voters_2024", approximation=1000.0),
            claim("c6", reported_number="1", formula="spoilt_2024 / voters_2024"),
            claim("c7", verdict="not_checkable"),
            claim("c8", verdict="inconsistent", strength="tension", remark_en="unless", remark_id="kecuali"),
            claim(
                "c9",
                reported_number="3",
                formula="count(voters_2024, registered_2024)",
                strength="arithmetic",
            ),
            claim("c10", reported_number="115806", formula="voters_2024"),
        )
    )
    assert frame.columns.tolist() == COLUMNS
    assert dict(zip(frame["claim_id"], frame["verdict"], strict=True)) == {
        "c1": "truncates",
        "c2": "rounds",
        "c3": "exact",
        "c4": "inconsistent",
        "c5": "within_stated_approximation",
        "c6": "missing_input",
        "c7": "not_checkable",
        "c8": "inconsistent",
        "c9": "inconsistent",
        "c10": "exact",
    }
    recomputed = frame.set_index("claim_id")["recomputed"]
    assert recomputed["c1"] == recomputed["c2"] == 80.692048
    assert (recomputed["c5"], recomputed["c9"], recomputed["c10"]) == (115806, 2, 115806)
    # A comparison has no number, and what cannot be computed none either: never 0.
    assert recomputed[["c3", "c4", "c6", "c7", "c8"]].isna().all()
    assert frame["as_printed"].tolist()[:2] == ["80,6%", "80,69"]
    assert set(frame["source_id"]) == set(minimal.cases["alpha"].sources)


def test_a_context_topic_has_a_register_too(minimal: Collection) -> None:
    rows = [claim("p1", reported_number="10", formula="partners_stated_total")]
    frame = audit(with_claims(minimal, claim("c1", verdict="exact"), partnerships=rows))
    assert frame["claim_id"].tolist() == ["c1", "p1"]
    source = minimal.context["partnerships"]["quantities"]["source_id"].iloc[0]
    assert frame["source_id"].tolist() == [minimal.cases["alpha"].sources[0], source]


def test_a_formula_sees_the_quantities_of_its_own_folder_alone(minimal: Collection) -> None:
    row = claim("b1", reported_number="115806", formula="voters_2024")
    with pytest.raises(CollectionError, match=r"cases/beta/claims.csv.*no quantity voters_2024"):
        audit(with_claims(minimal, row, case="beta"))


@pytest.mark.parametrize("tables", [{}, {"quantities": pd.DataFrame(columns=["quantity_id", "source_id"])}])
def test_a_topic_without_quantities_is_told_what_is_missing(
    tables: dict[str, pd.DataFrame], minimal: Collection
) -> None:
    topic = {"news": {"claims": pd.DataFrame([claim("n1", verdict="exact")]), **tables}}
    with pytest.raises(CollectionError) as caught:
        audit(replace(with_claims(minimal), context=topic))
    (problem,) = caught.value.problems
    assert problem.file == "data/raw/context/news/claims.csv"
    assert "quantities.csv beside them" in str(problem)


@pytest.mark.parametrize(
    ("cells", "column", "found", "allowed"),
    [
        (
            {"formula": "1 + 1", "reported_number": "2", "verdict": "exact"},
            "verdict",
            "exact",
            "blank, as the formula decides",
        ),
        ({}, "verdict", "a blank cell", "a verdict where there is no formula"),
        (
            {"verdict": "inconsistent"},
            "strength",
            "a blank cell",
            "arithmetic, hard, tension or wording",
        ),
        (
            {"formula": "1 + 1", "reported_number": "3"},
            "strength",
            "a blank cell",
            "arithmetic, hard, tension or wording",
        ),
        (
            {"verdict": "exact", "strength": "hard"},
            "strength",
            "hard",
            "blank, as the verdict is exact",
        ),
        (
            {"formula": "spoilt_2024", "reported_number": "3", "strength": "wording"},
            "strength",
            "wording",
            "blank, as the verdict is missing_input",
        ),
        (
            {"formula": "1 < 2", "reported_number": "1"},
            "reported_number",
            "1 beside a comparison",
            "true",
        ),
        ({"formula": "1 < 2"}, "reported_number", "a blank cell beside a comparison", "true"),
        (
            {"formula": "1 + 2", "reported_number": "true"},
            "reported_number",
            "true beside a formula that gives a number",
            "the reported number",
        ),
        (
            {"formula": "1 + 2"},
            "reported_number",
            "a blank cell beside a formula",
            "the reported number, which it is compared with",
        ),
        (
            {"formula": "voters", "reported_number": "3"},
            "formula",
            "voters (no quantity voters)",
            "arithmetic over quantity ids with sum, count and abs",
        ),
        (
            {"formula": "voters_2024 / 0", "reported_number": "3"},
            "formula",
            "voters_2024 / 0 (division by zero)",
            "arithmetic over quantity ids with sum, count and abs",
        ),
        (
            {"formula": "2 ** 99", "reported_number": "3"},
            "formula",
            "2 ** 99 (exponent 99)",
            "whole numbers up to 12",
        ),
        (
            {"formula": "10 ** 12 * 1e300", "reported_number": "3"},
            "formula",
            "10 ** 12 * 1e300 (a number that is too large to be shown)",
            "numbers as sources print them",
        ),
    ],
)
def test_a_row_that_does_not_fit_says_where_and_why(
    cells: dict[str, str], column: str, found: str, allowed: str, minimal: Collection
) -> None:
    with pytest.raises(CollectionError) as caught:
        audit(with_claims(minimal, claim("c1", verdict="exact"), claim("c2", **cells)))
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("data/raw/cases/alpha/claims.csv", column)
    assert (problem.found, problem.allowed) == (f"c2: {found}", allowed)
    fix = {"formula": "Correct the formula.", "reported_number": "Correct the number or the formula."}
    if "no quantity" in found:
        fix["formula"] = "Add it to quantities.csv or correct the formula."
    assert problem.fix == fix.get(column, "Correct the claim.")
    assert ".." not in str(problem)


def test_all_that_does_not_fit_is_told_together(minimal: Collection) -> None:
    with pytest.raises(CollectionError) as caught:
        audit(
            with_claims(
                minimal,
                claim("c1", formula="(", reported_number="1", verdict="exact"),
                claim("c2", strength="hard"),
                claim("c3", formula="unknown_x", reported_number="1", strength="hard"),
                claim("c4", verdict="exact"),
                partnerships=[claim("p1")],
            )
        )
    places = {
        (problem.file.split("/")[3], problem.found.partition(":")[0], problem.column)
        for problem in caught.value.problems
    }
    assert places == {
        ("alpha", "c1", "formula"),
        ("alpha", "c1", "verdict"),
        ("alpha", "c2", "verdict"),
        ("alpha", "c3", "formula"),
        ("partnerships", "p1", "verdict"),
    }
    assert str(caught.value).startswith("5 problems found")


def test_the_row_is_that_of_the_register(project: Path) -> None:
    header = ",".join(claim("x"))
    rows = [
        claim("c1", reported_number="2", formula='"1 +\n1"'),
        claim("c2", reported_number="2", formula="nope + 1"),
        claim("c3"),
    ]
    lines = [",".join("" if isinstance(cell, float) else str(cell) for cell in row.values()) for row in rows]
    path = project / "data/raw/cases/alpha/claims.csv"
    path.write_text("\n".join([header, lines[0], "", *lines[1:], ""]), encoding="utf-8")
    with pytest.raises(CollectionError) as caught:
        audit(load_collection(project))
    places = [(problem.row, problem.column) for problem in caught.value.problems]
    assert places == [(2, "formula"), (5, "formula"), (6, "verdict")]


def test_a_long_formula_is_cut_in_the_message(minimal: Collection) -> None:
    long = "1 + " * 400 + "1"
    with pytest.raises(CollectionError) as caught:
        audit(with_claims(minimal, claim("c1", formula=long, reported_number="1")))
    assert len(str(caught.value)) < 300


def test_no_register_gives_an_empty_audit(minimal: Collection) -> None:
    frame = audit(minimal)
    assert frame.empty and frame.columns.tolist() == COLUMNS
    counts = outcome_counts(frame)
    assert counts.empty and counts.columns.tolist() == ["source_id", "outcome", "n_claims"]


def test_outcomes_tell_errors_from_tensions() -> None:
    verdicts = [(verdict, "") for verdict in VERDICTS if verdict != "inconsistent"]
    verdicts += [("inconsistent", strength) for strength in STRENGTHS]
    frame = pd.DataFrame(
        [("one", *pair) for pair in verdicts] + [("two", "exact", "")] * 3,
        columns=["source_id", "verdict", "strength"],
    )
    counts = outcome_counts(frame)
    assert counts["source_id"].tolist() == ["one"] * len(OUTCOMES) + ["two"] * len(OUTCOMES)
    assert counts["outcome"].tolist() == list(OUTCOMES) * 2
    one, two = (
        part.set_index("outcome")["n_claims"].to_dict() for _, part in counts.groupby("source_id", sort=False)
    )
    assert one == {**dict.fromkeys(OUTCOMES, 1), "tension_or_wording": 2, "error": len(ERRORS)}
    assert two == {**dict.fromkeys(OUTCOMES, 0), "exact": 3}
    assert str(counts["n_claims"].dtype) == "int64"


@pytest.fixture(scope="module")
def audited(real: Collection) -> pd.DataFrame:
    return audit(real)


def test_the_register_of_the_collection(audited: pd.DataFrame, real: Collection) -> None:
    registers = [len(real.claims)] + [len(t["claims"]) for t in real.context.values() if "claims" in t]
    assert len(audited) == sum(registers) > 300
    assert set(audited["source_id"]) == {"banjar_2025", "sampang", "sako", "saga_2023", "idn_times_2023"}
    assert audited["claim_id"].is_unique
    assert set(audited["verdict"]) == set(VERDICTS)
    assert set(audited["strength"]) == {"", *STRENGTHS}
    assert audited["locator"].ne("").all()
    for text in ("statement_en", "statement_id"):
        assert audited[text].str.strip().ne("").all()
    assert audited.loc[audited["recomputed"].notna(), "formula"].ne("").all()


def test_the_outcomes_add_up_to_the_register(audited: pd.DataFrame) -> None:
    counts = outcome_counts(audited)
    assert counts["n_claims"].sum() == len(audited)
    by_source = counts.groupby("source_id")["n_claims"].sum()
    assert by_source.to_dict() == audited["source_id"].value_counts().to_dict()
    assert len(counts) == len(OUTCOMES) * audited["source_id"].nunique()
    errors = counts.loc[counts["outcome"] == "error", "n_claims"].sum()
    assert errors == audited["strength"].isin(ERRORS).sum() > 0


def test_every_inconsistency_has_a_strength_and_a_tension_its_reason(audited: pd.DataFrame) -> None:
    inconsistent = audited["verdict"] == "inconsistent"
    assert audited["strength"].ne("").eq(inconsistent).all()
    tension = audited[audited["strength"] == "tension"]
    assert len(tension) > 0
    # A tension names the reading by which both passages hold.
    assert tension["remark_en"].str.contains(r"\bif\b|\bReconciled\b").all()
    assert tension["remark_id"].str.contains(r"\bbila\b|\bSelaras\b").all()
    # One remark in one language alone would leave half of the readers without it.
    assert audited["remark_en"].eq("").eq(audited["remark_id"].eq("")).all()


def test_three_percentages_are_cut_and_not_rounded(audited: pd.DataFrame) -> None:
    cut = audited[audited["verdict"] == "truncates"].set_index("as_printed")["recomputed"]
    assert cut.to_dict() == {
        "80,6%": round(115806 / 143516 * 100, 6),
        "71,5%": round(110554 / 154425 * 100, 6),
        "21,1%": pytest.approx(21.18, abs=0.01),
    }
    for printed, value in cut.items():
        reported = float(printed.rstrip("%").replace(",", "."))
        assert reported + 0.05 <= value < reported + 0.1


def rows_of(audited: pd.DataFrame, *words: str) -> pd.DataFrame:
    """The claims whose formula names all these quantities."""
    return audited[[all(word in formula for word in words) for formula in audited["formula"]]]


def test_the_informants_do_not_add_up(audited: pd.DataFrame) -> None:
    row = rows_of(audited, "sum(informants_").iloc[0]
    assert (row["verdict"], row["strength"]) == ("inconsistent", "arithmetic")
    assert row["as_printed"].startswith("8") and row["recomputed"] > 8


def test_a_target_that_is_not_printed_is_a_missing_input(audited: pd.DataFrame) -> None:
    rows = rows_of(audited, "turnout_target_2024")
    assert len(rows) > 0 and set(rows["verdict"]) == {"missing_input"}


def test_the_second_turnout_of_2024_does_not_follow_from_the_counts(audited: pd.DataFrame) -> None:
    rows = audited[audited["formula"] == "voters_2024 / registered_2024 * 100"]
    by_print = rows.set_index("as_printed")["verdict"].to_dict()
    assert by_print == {"71,5%": "truncates", "71.45%": "inconsistent"}


def test_the_partners_fall_short_of_their_total_in_one_reading(
    audited: pd.DataFrame, real: Collection
) -> None:
    listed = real.context["partnerships"]["partners"]["count"].sum()
    total = real.context["partnerships"]["quantities"].set_index("quantity_id")["value"][
        "partners_stated_total"
    ]
    assert listed < total
    rows = rows_of(audited, "sum(partners_ministries").set_index("claim_id")
    readings = rows[rows["as_printed"] == str(int(total))]
    assert readings["verdict"].tolist() == ["inconsistent", "missing_input"]
    assert readings["recomputed"].iloc[0] == listed
    assert readings["strength"].iloc[0] == "tension"
