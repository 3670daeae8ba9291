"""What the tables of facts give when counted and computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from cgutils.analysis.context import (
    actors_by_type,
    context_table,
    partners,
    recommendations,
    turnout,
    untouched_indicators,
)
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.schemas import ACTOR_TYPES


def with_quantities(made: Collection, values: Mapping[str, Any]) -> Collection:
    """The collection with other values of some quantities of its first case."""
    frame = made.quantities.copy()
    for quantity, value in values.items():
        assert (frame["quantity_id"] == quantity).any()
        frame.loc[frame["quantity_id"] == quantity, "value"] = value
    return replace(made, quantities=frame)


def with_context(made: Collection, topic: str, **tables: pd.DataFrame) -> Collection:
    return replace(made, context={**made.context, topic: {**made.context[topic], **tables}})


def test_turnout_is_computed_from_the_counts(real: Collection) -> None:
    frame = turnout(real, "banjar")
    assert frame.columns.tolist() == [
        "period",
        "registered",
        "voters",
        "computed",
        "reported",
        "as_printed",
        "locator",
    ]
    counts = real.quantities.set_index("quantity_id")["value"]
    assert frame["period"].is_monotonic_increasing and frame["period"].nunique() >= 2
    for row in frame.itertuples(index=False):
        registered, voters = counts[f"registered_{row.period}"], counts[f"voters_{row.period}"]
        assert (row.registered, row.voters) == (registered, voters)
        assert row.computed == pytest.approx(100 * voters / registered, abs=1e-12)
    first = frame.iloc[0]
    assert (first["period"], first["registered"], first["voters"]) == ("2018", 143516, 115806)
    assert first["computed"] == pytest.approx(115806 / 143516 * 100, abs=1e-12)
    assert 80.6 in frame.loc[frame["period"] == "2018", "reported"].tolist()


def test_every_reported_rate_has_a_row_and_a_place(real: Collection) -> None:
    own = real.quantities[real.quantities["case_id"] == "banjar"]
    rates = own[own["quantity_id"].str.startswith("turnout_") & (own["status"] == "reported")]
    frame = turnout(real, "banjar")
    reported = frame[frame["reported"].notna()]
    periods = set(frame["period"])
    expected = rates[rates["period"].isin(periods)]
    assert sorted(reported["reported"]) == sorted(expected["value"])
    assert (reported["as_printed"] != "").all() and (reported["locator"] != "").all()


def test_turnout_without_a_reported_rate(minimal: Collection) -> None:
    whole = turnout(minimal, "alpha")
    assert whole["reported"].tolist() == [80.69] and whole["as_printed"].tolist() == ["80,69%"]
    rest = minimal.quantities[minimal.quantities["quantity_id"] != "turnout_2024"]
    frame = turnout(replace(minimal, quantities=rest), "alpha")
    assert frame["reported"].isna().all() and frame["as_printed"].tolist() == [""]
    assert frame["computed"].tolist() == whole["computed"].tolist()


def test_a_count_that_is_missing_gives_no_rate(minimal: Collection) -> None:
    frame = turnout(with_quantities(minimal, {"voters_2024": float("nan")}), "alpha")
    assert frame["computed"].isna().all() and frame["registered"].tolist() == [143516]


def test_nobody_registered(minimal: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        turnout(with_quantities(minimal, {"registered_2024": 0.0}), "alpha")
    assert str(caught.value) == "case 'alpha': registered_2024 is 0; correct quantities.csv."


@pytest.mark.parametrize("case", ["beta", "gamma"])
def test_a_case_without_counts(case: str, minimal: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        turnout(minimal, case)
    assert str(caught.value) == f"case '{case}' has no quantities registered_<year> and voters_<year>."


def test_actors_by_type(minimal: Collection, real: Collection) -> None:
    frame = actors_by_type(minimal)
    assert frame["case_id"].tolist() == ["alpha"] * len(ACTOR_TYPES) + ["beta"] * len(ACTOR_TYPES)
    assert frame["type"].tolist() == [*ACTOR_TYPES] * 2
    counted = frame[frame["n_actors"] > 0].set_index(["case_id", "type"])["n_actors"].to_dict()
    assert counted == {("alpha", "state"): 1, ("alpha", "community"): 1}  # none_named is no actor
    # beta has no actors.csv: nothing was recorded, which is not 0.
    assert frame.set_index("case_id")["n_actors"].isna().groupby(level=0).sum().to_dict() == {
        "alpha": 0,
        "beta": len(ACTOR_TYPES),
    }

    whole = actors_by_type(real)
    assert whole["n_actors"].sum() == (real.actors["status"] == "named").sum() > 0
    none_named = real.actors[real.actors["status"] == "none_named"]
    counts = whole.set_index(["case_id", "type"])["n_actors"]
    assert len(none_named) and all(counts[row.case_id, row.type] == 0 for row in none_named.itertuples())


def test_partners_and_the_remainder(minimal: Collection) -> None:
    frame = partners(minimal)
    assert frame["count"].tolist() == [3, 4, 3]
    assert frame["status"].tolist() == ["reported", "reported", "remainder"]
    assert frame["share_of_named"].tolist()[:2] == pytest.approx([300 / 7, 400 / 7], abs=1e-12)
    assert pd.isna(frame["share_of_named"].iloc[2])
    assert frame["share_of_stated"].tolist() == pytest.approx([30, 40, 30], abs=1e-12)
    assert frame["sector"].iloc[2] == "not_told"


def test_partners_of_the_real_collection(real: Collection) -> None:
    frame = partners(real)
    named = real.context["partnerships"]["partners"]
    stated = (
        real.context["partnerships"]["quantities"]
        .set_index("quantity_id")
        .loc["partners_stated_total", "value"]
    )
    assert frame["count"].sum() == stated
    rest = frame[frame["status"] == "remainder"]
    assert rest["count"].tolist() == [stated - named["count"].sum()]
    assert frame["share_of_stated"].sum() == pytest.approx(100)
    assert frame["share_of_named"].sum() == pytest.approx(100)


def total(made: Collection, value: float) -> Collection:
    frame = made.context["partnerships"]["quantities"].assign(value=value)
    return with_context(made, "partnerships", quantities=frame)


def test_no_remainder_where_all_are_counted(minimal: Collection) -> None:
    frame = partners(total(minimal, 7.0))
    assert frame["status"].tolist() == ["reported", "reported"]
    assert frame["share_of_named"].tolist() == frame["share_of_stated"].tolist()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (
            6.0,
            "context 'partnerships': 7 partners are named, more than the stated total of 6. "
            "Correct partners.csv or quantities.csv.",
        ),
        (float("nan"), "context 'partnerships': quantities.csv has no value for partners_stated_total."),
    ],
)
def test_a_total_that_cannot_be(value: float, said: str, minimal: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        partners(total(minimal, value))
    assert str(caught.value) == said


def test_a_total_that_is_not_there(minimal: Collection) -> None:
    none = minimal.context["partnerships"]["quantities"].iloc[:0]
    with pytest.raises(CgutilsError, match=r"has no value for partners_stated_total\.$"):
        partners(with_context(minimal, "partnerships", quantities=none))


def test_context_tables(minimal: Collection) -> None:
    assert context_table(minimal, "partnerships", "partners")["count"].tolist() == [3, 4]
    with pytest.raises(CgutilsError) as caught:
        context_table(minimal, "voter-education", "lists")
    assert str(caught.value) == "context 'voter-education' does not exist; there are partnerships."
    with pytest.raises(CgutilsError) as caught:
        context_table(minimal, "partnerships", "lists")
    assert str(caught.value) == "context 'partnerships' has no table 'lists'; there are partners, quantities."
    with pytest.raises(CgutilsError, match=r"there are none\.$"):
        context_table(replace(minimal, context={}), "partnerships", "partners")


def test_recommendations_against_the_cases(real: Collection) -> None:
    frame = recommendations(real)
    listed = real.context["voter-education"]["recommendations"]
    assert len(frame) == len(listed) * len(real.cases) == 30
    assert not frame.duplicated(["recommendation_id", "case_id"]).any()
    assert frame["number"].tolist() == [n for n in range(1, 11) for _ in range(3)]
    assert frame["case_id"].tolist() == ["banjar", "sako", "sampang"] * 10
    assert set(frame["status"]) <= {"present", "mixed", "deficit", "not_reported"}
    assert ((frame["locator"] == "") <= (frame["status"] == "not_reported")).all()


def test_indicators_that_the_recommendations_reach(real: Collection) -> None:
    frame = untouched_indicators(real)
    listed = real.context["voter-education"]["recommendations"]
    reached = frame.set_index("indicator_id")["reached"]
    assert len(frame) == 18
    assert set(reached[reached == "primary"].index) == set(listed["primary_indicator"])
    others = {item for items in listed["secondary_indicators"] for item in items}
    assert set(reached[reached == "secondary"].index) == others - set(listed["primary_indicator"])
    assert reached[reached == "none"].size == 18 - len(others | set(listed["primary_indicator"]))
