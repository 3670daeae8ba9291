"""The choices from level to index: what each means, and that a bad one is refused."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cgutils.analysis.options import CALIBRATIONS, ScoringOptions
from cgutils.data.errors import CgutilsError

INSIDE = {"setting": 3, "process": 5}


@pytest.mark.parametrize(
    ("calibration", "memberships"),
    [
        ("fuzzy", [0, 0.33, 0.67, 1]),
        ("linear", [0, 1 / 3, 2 / 3, 1]),
        ("crisp", [0, 0, 1, 1]),
        ("cautious", [0, 0.25, 0.5, 1]),
        ("generous", [0, 0.5, 0.75, 1]),
    ],
)
def test_memberships(calibration: str, memberships: list[float]) -> None:
    levels = pd.Series([0, 1, 2, 3, None, 3], dtype="Int64", index=[5, 4, 3, 2, 1, 0])
    found = ScoringOptions(calibration=calibration).membership(levels)
    assert found.dtype == "float64"
    assert found.index.tolist() == levels.index.tolist()
    np.testing.assert_array_equal(found, [*memberships, np.nan, 1])


def test_every_calibration_is_listed_above_and_rises_from_0_to_1() -> None:
    assert [*CALIBRATIONS] == ["fuzzy", "linear", "crisp", "cautious", "generous"]
    for memberships in CALIBRATIONS.values():
        assert list(memberships) == sorted(memberships) and (memberships[0], memberships[3]) == (0, 1)


def test_the_defaults_are_those_of_the_method() -> None:
    options = ScoringOptions()
    assert (options.calibration, options.aggregation, options.index_aggregation) == (
        "fuzzy",
        "arithmetic",
        "arithmetic",
    )
    assert (options.weights, options.missing, options.coder) == ("equal_dimensions", "interval", "consensus")
    assert (options.coverage_threshold, options.geometric_floor) == (0.5, 0.01)
    assert options.indicator_weights == {}


def test_every_bad_choice_is_named_at_once() -> None:
    with pytest.raises(CgutilsError) as caught:
        ScoringOptions(
            calibration="soft",
            aggregation="mean",
            index_aggregation="sum",
            weights="heavy",
            indicator_weights={"trust": -1, "talks": float("nan"), "means": 2},
            missing="impute",
            coverage_threshold=1.5,
            geometric_floor=0,
        )
    assert str(caught.value) == (
        "ScoringOptions: calibration is 'soft', allowed: fuzzy, linear, crisp, cautious, generous; "
        "aggregation is 'mean', allowed: arithmetic, geometric, minimum, median; "
        "index_aggregation is 'sum', allowed: arithmetic, geometric, minimum, median; "
        "missing is 'impute', allowed: interval, common_support; "
        "coverage_threshold is 1.5, allowed: 0 to 1; "
        "geometric_floor is 0, allowed: 1e-09 to 1; "
        "indicator_weights of talks, trust must be finite numbers of at least 0; "
        "weights is 'heavy', allowed: equal_dimensions, equal_indicators."
    )


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"weights": 3}, "weights is 3, allowed: a mapping of id to number"),
        ({"weights": None}, "weights is None, allowed: a mapping of id to number"),
        ({"weights": {}}, "weights must hold at least one number above 0"),
        ({"weights": {"a": 0, "b": 0.0}}, "weights must hold at least one number above 0"),
        ({"weights": {"a": 1, "b": -0.1}}, "weights of b must be finite numbers of at least 0"),
        ({"weights": {1: "x", "b": 1}}, "weights of 1 must be finite numbers of at least 0"),
        ({"weights": {"a": 10**400}}, "weights of a must be finite numbers of at least 0"),
        ({"weights": {"a": Decimal("0.5")}}, "weights of a must be finite numbers of at least 0"),
        ({"weights": {"a": float("inf")}}, "weights of a must be finite numbers of at least 0"),
        (
            {"indicator_weights": ["trust"]},
            "indicator_weights is ['trust'], allowed: a mapping of id to number",
        ),
        ({"coverage_threshold": "half"}, "coverage_threshold is 'half', allowed: 0 to 1"),
        ({"coverage_threshold": float("nan")}, "coverage_threshold is nan, allowed: 0 to 1"),
        ({"coverage_threshold": None}, "coverage_threshold is None, allowed: 0 to 1"),
        ({"coverage_threshold": -0.1}, "coverage_threshold is -0.1, allowed: 0 to 1"),
        ({"geometric_floor": 1.1}, "geometric_floor is 1.1, allowed: 1e-09 to 1"),
        ({"calibration": None}, "calibration is None, allowed: fuzzy, linear, crisp, cautious, generous"),
    ],
)
def test_a_bad_choice(choice: dict[str, Any], said: str) -> None:
    with pytest.raises(CgutilsError) as caught:
        ScoringOptions(**choice)
    assert str(caught.value) == f"ScoringOptions: {said}."


@pytest.mark.parametrize("number", [1, 0.5, np.float64(0.5), np.int64(1), np.float32(0.5), Fraction(1, 2)])
def test_any_kind_of_number_will_do(number: Any) -> None:
    options = ScoringOptions(
        coverage_threshold=number,
        geometric_floor=number,
        weights={"a": number},
        indicator_weights={"x": number},
    )
    assert options.coverage_threshold == number
    values = [options.coverage_threshold, options.geometric_floor]
    values += [*options.indicator_weights.values(), *options.weights.values()]  # type: ignore[union-attr]
    assert {type(value) for value in values} == {float}


def test_options_are_frozen_all_through() -> None:
    weights, indicator_weights = {"setting": 1.0}, {"trust": 2.0}
    options = ScoringOptions(weights=weights, indicator_weights=indicator_weights)
    with pytest.raises(FrozenInstanceError):
        options.calibration = "crisp"  # type: ignore[misc]
    with pytest.raises(TypeError):
        options.weights["setting"] = 5.0  # type: ignore[index]
    with pytest.raises(TypeError):
        options.indicator_weights["trust"] = 5.0  # type: ignore[index]
    weights["setting"] = indicator_weights["trust"] = 9.0
    assert (options.weights, options.indicator_weights) == ({"setting": 1.0}, {"trust": 2.0})


def test_options_are_equal_where_their_choices_are() -> None:
    given = ScoringOptions(weights={"a": 1}, missing="common_support")
    assert replace(given) == given
    assert replace(given, missing="interval") != given
    assert ScoringOptions() == ScoringOptions()


@pytest.mark.parametrize(
    ("weights", "shares"),
    [
        ("equal_dimensions", [0.5, 0.5]),
        ("equal_indicators", [3 / 8, 5 / 8]),
        ({"process": 3, "setting": 1}, [0.25, 0.75]),
        ({"process": 1, "setting": 0}, [0.0, 1.0]),
    ],
)
def test_weights_of_the_dimensions(weights: Any, shares: list[float]) -> None:
    np.testing.assert_allclose(ScoringOptions(weights=weights).dimension_weights(INSIDE), shares, atol=1e-15)


@pytest.mark.parametrize("weights", [{"setting": 1}, {"setting": 1, "process": 1, "outcomes": 1}, {"x": 1}])
def test_weights_that_do_not_fit_the_framework(weights: dict[str, float]) -> None:
    with pytest.raises(CgutilsError) as caught:
        ScoringOptions(weights=weights).dimension_weights(INSIDE)
    assert str(caught.value) == (
        f"ScoringOptions: weights are given for {', '.join(sorted(weights))}; "
        "the index needs exactly setting, process."
    )


def test_options_travel_to_another_process() -> None:
    options = ScoringOptions("linear", weights={"setting": 1.0}, indicator_weights={"trust": 2.0})
    assert pickle.loads(pickle.dumps(options)) == options
