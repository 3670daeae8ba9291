"""Weighted aggregation: values worked by hand, and what holds for all values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cgutils.analysis.aggregate import AGGREGATIONS, GEOMETRIC_FLOOR, aggregate
from cgutils.data.errors import CgutilsError

NAN = float("nan")
CLOSE = 1e-12


@pytest.mark.parametrize(
    ("method", "values", "weights", "expected"),
    [
        ("arithmetic", [0.2, 0.6, 1.0], [1, 1, 1], 0.6),
        ("arithmetic", [0.2, 0.6, 1.0], [1, 2, 1], (0.2 + 1.2 + 1.0) / 4),
        ("arithmetic", [0.2, NAN, 1.0], [3, 5, 1], (0.6 + 1.0) / 4),
        ("arithmetic", [0.2, 0.6, 1.0], [0, 2, 6], (1.2 + 6.0) / 8),
        ("geometric", [0.25, 1.0], [1, 1], 0.5),
        ("geometric", [0.5, 1.0, 0.25], [2, 1, 1], (0.5**2 * 1.0 * 0.25) ** (1 / 4)),
        ("geometric", [0.0, 1.0], [1, 1], math.sqrt(GEOMETRIC_FLOOR)),
        ("geometric", [0.0, 0.005, NAN], [1, 1, 9], GEOMETRIC_FLOOR),
        ("geometric", [0.67, 0.33, NAN], [3, 1, 1], (0.67**3 * 0.33) ** 0.25),
        ("minimum", [0.67, 0.33, 1.0], [1, 1, 1], 0.33),
        ("minimum", [0.67, 0.33, 1.0], [1, 0, 1], 0.67),
        ("minimum", [0.67, NAN, 1.0], [1, 9, 1], 0.67),
        ("median", [0.9, 0.1, 0.5], [1, 1, 1], 0.5),
        ("median", [0.9, 0.1, 0.5, 0.7], [1, 1, 1, 1], 0.6),
        ("median", [0.9, 0.1, 0.5], [2, 1, 1], 0.7),
        ("median", [0.9, 0.1, 0.5], [3, 1, 1], 0.9),
        ("median", [0.9, 0.1, 0.5, NAN], [1, 1, 0, 7], 0.5),
        ("median", [0.1, 0.2, 0.3], [0.2, 0.3, 0.5], 0.25),
    ],
)
def test_values_worked_by_hand(
    method: str, values: list[float], weights: list[float], expected: float
) -> None:
    assert float(aggregate(values, weights, method)) == pytest.approx(expected, abs=CLOSE)


@pytest.mark.parametrize("method", AGGREGATIONS)
def test_nothing_to_aggregate(method: str) -> None:
    assert np.isnan(aggregate([NAN, NAN], [1, 1], method))
    assert np.isnan(aggregate([0.5, 0.7], [0, 0], method))
    assert np.isnan(aggregate([0.5, NAN], [0, 1], method))
    assert np.isnan(aggregate([], [], method))
    assert np.isnan(aggregate(np.empty((2, 0)), np.empty((2, 0)), method)).tolist() == [True, True]
    assert aggregate(np.empty((0, 3)), [1, 1, 1], method).shape == (0,)


@pytest.mark.parametrize("method", AGGREGATIONS)
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 4, 3)])
def test_leading_axes_are_like_a_loop(method: str, shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(20240101)
    values = random.random(shape)
    values[random.random(shape) < 0.3] = np.nan
    weights = random.integers(0, 4, shape).astype("float64")

    together = aggregate(values, weights, method)

    assert together.shape == shape[:-1]
    one_by_one = [
        float(aggregate(v, w, method))
        for v, w in zip(values.reshape(-1, 3), weights.reshape(-1, 3), strict=True)
    ]
    np.testing.assert_array_equal(together.reshape(-1), one_by_one)
    np.testing.assert_array_equal(
        aggregate(values, [1, 2, 3], method), aggregate(values, np.broadcast_to([1, 2, 3], shape), method)
    )


@pytest.mark.parametrize("weights", [[1, -1], [1, NAN], [1, math.inf]])
def test_weights_that_are_refused(weights: list[float]) -> None:
    with pytest.raises(CgutilsError, match=r"^weights must be finite numbers of at least 0\.$"):
        aggregate([0.5, 0.5], weights)


def test_an_unknown_method_names_those_that_exist() -> None:
    message = (
        r"^aggregation 'mean' is unknown; choose one of arithmetic, geometric, minimum, median, harmonic"
    )
    with pytest.raises(CgutilsError, match=message):
        aggregate([0.5], [1], "mean")


def test_the_input_is_left_as_it_was() -> None:
    values, weights = np.array([0.5, NAN, 0.0]), np.array([1.0, 2.0, 0.0])
    kept = values.copy(), weights.copy()
    for method in AGGREGATIONS:
        aggregate(values, weights, method)
    np.testing.assert_array_equal(values, kept[0])
    np.testing.assert_array_equal(weights, kept[1])


methods = st.sampled_from(AGGREGATIONS)
memberships = st.one_of(st.sampled_from([0.0, 0.33, 0.67, 1.0, NAN]), st.floats(0, 1, allow_subnormal=False))
weight = st.one_of(st.integers(0, 4).map(float), st.floats(0.01, 100))


@st.composite
def weighted(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    k = draw(st.integers(1, 7))
    return draw(arrays("float64", k, elements=memberships)), draw(arrays("float64", k, elements=weight))


def equal(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=0, atol=CLOSE, equal_nan=True))


@given(weighted(), methods)
def test_the_result_lies_between_the_lowest_and_the_highest_value(
    data: tuple[np.ndarray, np.ndarray], method: str
) -> None:
    values, weights = data
    taking_part = values[(weights > 0) & ~np.isnan(values)]
    result = float(aggregate(values, weights, method))
    if taking_part.size == 0:
        assert np.isnan(result)
        return
    if method == "geometric":
        taking_part = np.maximum(taking_part, GEOMETRIC_FLOOR)
    assert taking_part.min() - CLOSE <= result <= taking_part.max() + CLOSE


@given(weighted(), methods, st.data())
def test_a_higher_value_never_lowers_the_result(
    data: tuple[np.ndarray, np.ndarray], method: str, draw: st.DataObject
) -> None:
    values, weights = data
    place = draw.draw(st.integers(0, len(values) - 1))
    raised = values.copy()
    if np.isnan(raised[place]):
        raised[place] = 0.0
        values = raised.copy()
    raised[place] = draw.draw(st.floats(float(values[place]), 1))
    before, after = aggregate(values, weights, method), aggregate(raised, weights, method)
    assert (np.isnan(before) and np.isnan(after)) or after >= before - CLOSE


@given(weighted(), methods, st.randoms(use_true_random=False))
def test_order_does_not_matter(data: tuple[np.ndarray, np.ndarray], method: str, random: Any) -> None:
    values, weights = data
    order = list(range(len(values)))
    random.shuffle(order)
    assert equal(aggregate(values[order], weights[order], method), aggregate(values, weights, method))


@given(weighted(), methods, st.floats(1e-3, 1e3))
def test_the_scale_of_the_weights_does_not_matter(
    data: tuple[np.ndarray, np.ndarray], method: str, factor: float
) -> None:
    values, weights = data
    assert equal(aggregate(values, weights * factor, method), aggregate(values, weights, method))


@given(weighted(), methods)
def test_weight_0_and_missing_are_like_leaving_out(data: tuple[np.ndarray, np.ndarray], method: str) -> None:
    values, weights = data
    stays = (weights > 0) & ~np.isnan(values)
    assert equal(aggregate(values, weights, method), aggregate(values[stays], weights[stays], method))


@given(weighted(), methods)
def test_a_whole_weight_is_like_repeating_the_value(data: tuple[np.ndarray, np.ndarray], method: str) -> None:
    values, weights = data
    times = np.floor(weights).astype("int64")
    repeated = np.repeat(values, times)
    assert equal(aggregate(values, times, method), aggregate(repeated, np.ones(len(repeated)), method))


@given(weighted())
def test_the_median_of_equal_weights_is_that_of_numpy(data: tuple[np.ndarray, np.ndarray]) -> None:
    values, _ = data
    if np.isnan(values).all():
        return
    assert equal(aggregate(values, np.full(len(values), 0.1), "median"), np.nanmedian(values))


@given(weighted())
def test_minimum_then_geometric_then_arithmetic(data: tuple[np.ndarray, np.ndarray]) -> None:
    values, weights = data
    values = np.maximum(values, GEOMETRIC_FLOOR)
    low, middle, high = (float(aggregate(values, weights, m)) for m in ("minimum", "geometric", "arithmetic"))
    assert np.isnan(high) or low - CLOSE <= middle <= high + CLOSE
