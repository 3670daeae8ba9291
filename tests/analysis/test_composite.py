"""The two-level core on any numbers: worked by hand, after the formulas of another package, and refused."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cgutils.analysis.aggregate import MEANS, aggregate
from cgutils.analysis.composite import composite
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import score
from cgutils.data.errors import CgutilsError
from support import collection, framework

NAN = float("nan")
CLOSE = 1e-9
DATA = pd.DataFrame(
    {
        "a": [2.0, 4.0, NAN],
        "b": [8.0, NAN, NAN],
        "c": [4.0, 1.0, 9.0],
        "d": [16.0, 4.0, NAN],
        "e": [1.0, 7.0, 3.0],
    },
    index=["x", "y", "z"],
)
GROUPS = {"first": ["a", "b"], "second": ["c", "d", "e"]}
WEIGHTS = {"a": 1.0, "b": 3.0, "c": 2.0, "d": 1.0}  # e: 1
GROUP_WEIGHTS = {"first": 2.0}  # second: 1

# Worked by hand. Unit x: a, b = 2, 8 with weights 1, 3; c, d, e = 4, 16, 1 with weights 2, 1, 1.
# Unit y lacks b: a = 4 alone; c, d, e = 1, 4, 7. Unit z lacks a, b, d: c, e = 9, 3 with weights 2, 1.
BY_HAND = {
    "arithmetic": {
        "first": [(1 * 2 + 3 * 8) / 4, 4.0, NAN],  # 6.5
        "second": [(2 * 4 + 16 + 1) / 4, (2 * 1 + 4 + 7) / 4, (2 * 9 + 3) / 3],  # 6.25, 3.25, 7
        "index": [(2 * 6.5 + 6.25) / 3, (2 * 4 + 3.25) / 3, 7.0],
    },
    "geometric": {
        "first": [(2 * 8**3) ** (1 / 4), 4.0, NAN],  # 2**10 under the root
        "second": [(4**2 * 16 * 1) ** (1 / 4), (1**2 * 4 * 7) ** (1 / 4), (9**2 * 3) ** (1 / 3)],
        "index": [((2 ** (10 / 4)) ** 2 * 4) ** (1 / 3), (4**2 * 28 ** (1 / 4)) ** (1 / 3), 3 ** (5 / 3)],
    },
    "harmonic": {
        "first": [4 / (1 / 2 + 3 / 8), 4.0, NAN],  # 32/7
        "second": [4 / (2 / 4 + 1 / 16 + 1 / 1), 4 / (2 / 1 + 1 / 4 + 1 / 7), 3 / (2 / 9 + 1 / 3)],
        "index": [3 / (2 * 7 / 32 + 25 / 64), 3 / (2 / 4 + 67 / 112), 27 / 5],
    },
    "minimum": {"first": [2.0, 4.0, NAN], "second": [1.0, 1.0, 3.0], "index": [1.0, 1.0, 3.0]},
    # Weights 1, 3: the middle is 8. Weights 2, 1, 1 over 1, 4, 4, 16: half of the weight is reached within 4;
    # over 1, 1, 4, 7 it ends with 1, so the mean of 1 and 4; over 3, 9, 9 it lies in 9. Weights 2, 1 of the
    # groups: the first.
    "median": {"first": [8.0, 4.0, NAN], "second": [4.0, 2.5, 9.0], "index": [8.0, 4.0, 9.0]},
}


@pytest.mark.parametrize("mean", MEANS)
def test_both_levels_worked_by_hand(mean: str) -> None:
    found = composite(DATA, GROUPS, weights=WEIGHTS, group_weights=GROUP_WEIGHTS, within=mean, between=mean)
    assert found.columns.tolist() == ["first", "second", "index"] and found.index.equals(DATA.index)
    np.testing.assert_allclose(found, pd.DataFrame(BY_HAND[mean], index=DATA.index), rtol=0, atol=CLOSE)


def test_the_two_steps_may_differ() -> None:
    found = composite(DATA, GROUPS, within="geometric", between="minimum")
    np.testing.assert_allclose(found["first"], [4, 4, NAN], rtol=0, atol=CLOSE)  # sqrt(2 * 8)
    np.testing.assert_allclose(found["second"], [4, 28 ** (1 / 3), math.sqrt(27)], rtol=0, atol=CLOSE)
    np.testing.assert_allclose(found["index"], [4, 28 ** (1 / 3), math.sqrt(27)], rtol=0, atol=CLOSE)


# The example in the documentation of COINr (R/aggregate.R: x <- 1:10 and, for a_amean, w <- 10:1), with what
# its formulas come to by hand. sum(w*x)/sum(w): 220/55. exp(sum(w*log(x))/sum(w)): the root of 1**10 * ... *
# 10**1. sum(w)/sum(w/x): w/x is 11/x - 1. The package states no results of its own for them.
X, W = np.arange(1.0, 11), np.arange(10.0, 0, -1)
HARMONIC_10 = 7381 / 2520  # 1/1 + 1/2 + ... + 1/10
SUPERFACTORIAL = math.prod(math.factorial(n) for n in range(1, 11))  # 1**10 * 2**9 * ... * 10**1


@pytest.mark.parametrize(
    ("mean", "weights", "expected"),
    [
        ("arithmetic", W, 4.0),
        ("geometric", W, SUPERFACTORIAL ** (1 / 55)),
        ("harmonic", W, 55 / (11 * HARMONIC_10 - 10)),
        ("arithmetic", np.ones(10), 5.5),
        ("geometric", np.ones(10), math.factorial(10) ** (1 / 10)),
        ("harmonic", np.ones(10), 10 / HARMONIC_10),
    ],
)
def test_the_example_of_another_package(mean: str, weights: np.ndarray, expected: float) -> None:
    names = [f"i{n}" for n in range(10)]
    data = pd.DataFrame([X], columns=names)
    given = [*zip(names, weights.tolist(), strict=True)]
    found = composite(data, {"all": names}, weights=dict(given), within=mean)
    assert found.loc[0, "all"] == found.loc[0, "index"] == pytest.approx(expected, abs=CLOSE)
    # As there, what is missing takes its weight away with it.
    rest = composite(data[names[1:]], {"all": names[1:]}, weights=dict(given[1:]), within=mean)
    data.loc[0, "i0"] = NAN
    part = composite(data, {"all": names}, weights=dict(given), within=mean)
    np.testing.assert_allclose(part, rest, rtol=0, atol=CLOSE)


FLOORED = {"geometric": math.sqrt(0.1 * 4), "harmonic": 2 / (1 / 0.1 + 1 / 4)}


@pytest.mark.parametrize(("mean", "expected"), FLOORED.items())
def test_the_floor_raises_what_is_lower_and_without_it_a_0_settles_all(mean: str, expected: float) -> None:
    data = pd.DataFrame({"a": [0.0, 0.05], "b": [4.0, 4.0]})
    groups = {"g": ["a", "b"]}
    raised = composite(data, groups, within=mean, floor=0.1)
    np.testing.assert_allclose(raised["g"], [expected] * 2, rtol=0, atol=CLOSE)
    assert composite(data, groups, within=mean).loc[0, ["g", "index"]].tolist() == [0, 0]
    # Without weight the 0 takes no part; other means know no floor.
    without = composite(data, groups, within=mean, weights={"a": 0})
    np.testing.assert_allclose(without["g"], [4, 4], rtol=0, atol=CLOSE)
    assert composite(data, groups, within="minimum", floor=0.1)["g"].tolist() == [0, 0.05]


def test_weight_0_takes_out_an_indicator_and_a_group() -> None:
    found = composite(DATA, GROUPS, weights={"b": 0, "d": 0, "e": 0}, group_weights={"second": 0})
    np.testing.assert_array_equal(found["first"], DATA["a"])
    np.testing.assert_array_equal(found["second"], DATA["c"])
    np.testing.assert_array_equal(found["index"], DATA["a"])
    assert composite(DATA, GROUPS, weights={"a": 0, "b": 0})["first"].isna().all()


def test_whole_and_nullable_numbers_and_other_columns() -> None:
    data = pd.DataFrame({"a": pd.array([1, None], dtype="Int64"), "b": [3, 5], "note": ["p", "q"]})
    found = composite(data, {"g": ("a", "b")})
    assert found["g"].tolist() == [2.0, 5.0] and found.columns.tolist() == ["g", "index"]
    assert data.columns.tolist() == ["a", "b", "note"]
    empty = composite(data.iloc[:0], {"g": ["a", "b"]})
    assert empty.shape == (0, 2)


def test_the_scores_of_cases_are_a_composite_of_their_memberships() -> None:
    codebook = framework({"setting": 2, "process": 3, "outcomes": 1})
    made = collection(codebook, {"p": {"ana": [1, 2, 3, None, 0, 1]}, "q": {"ana": [3, 3, 0, 1, 2, 2]}})
    options = ScoringOptions(
        aggregation="geometric",
        index_aggregation="median",
        weights={"setting": 1, "process": 3},
        indicator_weights={"process_1": 4},
        coverage_threshold=0,
    )
    scores = score(made, options)
    data = scores.indicators.pivot(index="case_id", columns="indicator_id", values="membership")
    found = composite(
        data,
        {"setting": ["setting_1", "setting_2"], "process": ["process_1", "process_2", "process_3"]},
        weights={"process_1": 4},
        group_weights={"process": 3},
        within="geometric",
        between="median",
        floor=options.geometric_floor,
    )
    own = scores.dimensions.pivot(index="case_id", columns="dimension_id", values="score")
    for name in ("setting", "process", "index"):
        np.testing.assert_allclose(found[name], own[name], rtol=0, atol=1e-12)


def refused(*args: object, **more: object) -> str:
    with pytest.raises(CgutilsError) as caught:
        composite(*args, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_everything_that_does_not_fit_is_named_at_once() -> None:
    data = DATA.assign(word="p", flag=True, low=-1.0)
    groups = {"first": ["a", "zz", "word"], "second": ["a", "flag", "low"]}
    groups |= {"none": [], "index": ["c"], "text": "de"}
    found = refused(
        data,
        groups,
        weights={"q": 1, "a": -1},
        group_weights={"third": 1, "second": NAN},
        within="harmonic",
        between="mode",
        floor=-1,
    )
    assert found == (
        "composite: groups must be lists of indicators; found a text in text; "
        "groups must name at least one indicator each; none in none; "
        "indicators in more than one place: a; no such column: zz; a group must not be called index; "
        "not numbers: word, flag; weights of unknown indicators: q; group_weights of unknown groups: third; "
        "weights must be finite numbers of at least 0; others given for a, second; "
        "between is 'mode', allowed: arithmetic, geometric, minimum, median, harmonic; "
        "floor is -1, allowed: finite numbers of at least 0; "
        "a harmonic mean needs values of at least 0; below in low."
    )


@pytest.mark.parametrize("mean", ["geometric", "harmonic"])
@pytest.mark.parametrize("floor", [0.0, 0.01])
def test_values_below_0_are_refused_and_never_raised(mean: str, floor: float) -> None:
    data = pd.DataFrame({"a": [-1.0, 2], "b": [1.0, 2]})
    message = f"composite: a {mean} mean needs values of at least 0; below in a."
    assert refused(data, {"g": ["a", "b"]}, within=mean, floor=floor) == message
    without = composite(data, {"g": ["a", "b"]}, within=mean, weights={"a": 0}, floor=floor)
    np.testing.assert_allclose(without["g"], [1, 2], rtol=0, atol=CLOSE)
    # Groups that are not below 0 do, whatever their indicators are.
    index = composite(data, {"g": ["a", "b"]}, between=mean)["index"]
    np.testing.assert_allclose(index, [0, 2], rtol=0, atol=CLOSE)
    assert "at least 0" in refused(data, {"g": ["a"], "h": ["b"]}, between=mean, floor=floor)
    with pytest.raises(CgutilsError, match=rf"^the {mean} mean needs values of at least 0\.$"):
        aggregate([-1.0, 2], [1, 1], mean, floor)
    # Without weight it takes no part.
    assert float(aggregate([-1.0, 2], [0, 1], mean, floor)) == pytest.approx(2, abs=CLOSE)


@pytest.mark.parametrize("weight", [-1, NAN, math.inf, "2", None])
def test_a_weight_is_a_finite_number_of_at_least_0(weight: object) -> None:
    assert refused(DATA, GROUPS, weights={"a": weight}).endswith("at least 0; others given for a.")
    assert refused(DATA, GROUPS, group_weights={"first": weight}).endswith("others given for first.")


def test_columns_that_are_not_texts_can_be_named() -> None:
    data = pd.DataFrame({1: [1.0], 2: [3.0]})
    assert composite(data, {"g": [1, 2]}).loc[0, "g"] == 2  # type: ignore[list-item]
    assert refused(data, {"g": [1, 3]}) == "composite: no such column: 3."


def test_a_column_that_stands_twice_no_groups_and_no_frame() -> None:
    twice = pd.concat([DATA, DATA[["a"]]], axis=1)
    assert refused(twice, GROUPS) == "composite: not numbers: a."
    assert refused(DATA, {}) == "composite: groups is empty."
    assert refused([1, 2], GROUPS) == "composite: data is list, allowed: a DataFrame."


def test_groups_are_a_mapping_to_lists_or_whatever_can_be_listed() -> None:
    for groups, kind in ((["a", "b"], "list"), (iter([("g", ["a"])]), "list_iterator"), (None, "NoneType")):
        message = f"composite: groups is {kind}, allowed: a mapping of group to its indicators."
        assert refused(DATA, groups) == message
    assert refused(DATA, {"g": 3, "h": ["a"], "i": None}) == (
        "composite: groups must be lists of indicators; found none in g, i."
    )
    listed = composite(DATA, {"g": (name for name in "ab"), "h": iter(["c", "d"])})
    pd.testing.assert_frame_equal(listed, composite(DATA, {"g": ["a", "b"], "h": ["c", "d"]}))


def test_infinite_numbers_are_refused() -> None:
    data = DATA.assign(a=[math.inf, 1.0, 2.0], e=[1.0, -math.inf, NAN])
    assert refused(data, GROUPS) == "composite: infinite numbers in a, e."
