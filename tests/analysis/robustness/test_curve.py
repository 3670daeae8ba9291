"""The specification curve: every specification once, in the order of the distance of the two cases."""

from __future__ import annotations

from math import prod

import numpy as np
import pandas as pd
import pytest

from analysis.robustness.made import CODEBOOK, SIZE, alike
from cgutils.analysis.robustness.curve import specification_curve
from cgutils.analysis.robustness.evaluation import evaluate
from cgutils.analysis.robustness.grid import Grid
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection

FACTORS = ["calibration", "aggregation", "index_aggregation", "weights", "missing", "coder", "leave_out"]


@pytest.fixture(scope="module")
def grid(real: Collection) -> Grid:
    return specification_grid(real).sample(300, seed=3)


@pytest.mark.parametrize("dimension_id", ["index", "outcomes"])
def test_the_curve_is_the_scores_of_every_specification_in_order(
    real: Collection, grid: Grid, dimension_id: str
) -> None:
    curve = specification_curve(real, grid, "banjar", "sampang", dimension_id=dimension_id)
    scored = evaluate(real, grid, dimension_id=dimension_id)
    wide = scored.set_index([*FACTORS, "case_id"])["score"].unstack("case_id")
    assert len(curve) == len(grid) and not curve.duplicated(FACTORS).any()
    own = curve.set_index(FACTORS)
    wide = wide.reindex(own.index)
    np.testing.assert_array_equal(own["score_a"], wide["banjar"])
    np.testing.assert_array_equal(own["score_b"], wide["sampang"])
    np.testing.assert_array_equal(own["difference"], own["score_a"] - own["score_b"])
    assert (curve["difference"].diff().dropna() >= -1e-9).all()
    assert curve["difference"].nunique() > 10
    assert curve.index.tolist() == [*range(300)]
    for name, value in {"dimension_id": dimension_id, "case_a": "banjar", "case_b": "sampang"}.items():
        assert curve[name].eq(value).all()


def test_columns_and_the_dimension_of_what_is_left_out(real: Collection, grid: Grid) -> None:
    curve = specification_curve(real, grid, "banjar", "sako")
    assert curve.columns.tolist() == [
        *("dimension_id", "case_a", "case_b"),
        *FACTORS,
        *("left_out_dimension", "n_grid", "score_a", "score_b", "difference"),
    ]
    assert curve["n_grid"].eq(prod(grid.shape)).all() and len(curve) < prod(grid.shape)
    framework = real.framework_of("banjar")
    of = {i.indicator_id: d.dimension_id for d in framework.dimensions for i in d.indicators}
    left_out = curve["leave_out"].astype(str)
    expected = left_out.map(lambda name: of.get(name, "none"))
    assert curve["left_out_dimension"].astype(str).tolist() == expected.tolist()
    assert set(expected) == {"none", *of.values()}


def test_the_other_way_round_every_difference_changes_its_sign(real: Collection, grid: Grid) -> None:
    one, two = (specification_curve(real, grid, *pair) for pair in (("sako", "banjar"), ("banjar", "sako")))
    one, two = (frame.set_index(FACTORS)["difference"].sort_index() for frame in (one, two))
    np.testing.assert_array_equal(one, -two)


def test_equals_stand_in_the_order_of_the_grid_and_those_without_a_value_last() -> None:
    made = alike([1, 2, 3, 0, 1, 2, 3, 0], count=2)
    grid = specification_grid(made).sample(200)
    curve = specification_curve(made, grid, "case-0", "case-1", dimension_id="lone")
    open_ones = curve["difference"].isna()
    assert 0 < open_ones.sum() < 200
    assert open_ones.tolist() == sorted(open_ones) and curve.loc[open_ones, "leave_out"].eq("lone_1").all()
    table = grid.table()
    without = table["leave_out"] == "lone_1"
    expected = pd.concat([table[~without], table[without]], ignore_index=True)
    pd.testing.assert_frame_equal(curve[FACTORS], expected)


def test_only_values_of_both_give_a_difference() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [1] * SIZE}, "b": {"ana": [None] * (SIZE - 1) + [1]}})
    curve = specification_curve(made, specification_grid(made).sample(20), "a", "b")
    assert curve["difference"].isna().all() and curve["score_b"].isna().all()


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        (("banjar", "bandung"), "no case bandung"),
        (("jakarta", "bandung"), "no case jakarta, bandung"),
        (("sako", "sako"), "sako twice"),
    ],
)
def test_two_different_cases_are_needed(real: Collection, grid: Grid, pair, found: str) -> None:
    with pytest.raises(CgutilsError) as caught:
        specification_curve(real, grid, *pair)
    assert str(caught.value) == (
        f"specification_curve: found {found}; choose two different ones of banjar, sako, sampang."
    )


def test_a_case_without_levels_is_not_compared() -> None:
    levels = {"a": [1] * SIZE, "b": [None] * SIZE, "c": [2] * SIZE}
    made = collection(CODEBOOK, {name: {"ana": own} for name, own in levels.items()})
    with pytest.raises(CgutilsError, match="found no case b; choose two different ones of a, c"):
        specification_curve(made, specification_grid(made).sample(5), "a", "b")


def test_an_unknown_dimension_is_refused(real: Collection, grid: Grid) -> None:
    with pytest.raises(CgutilsError, match=r"^dimension 'trust' does not exist; choose one of"):
        specification_curve(real, grid, "banjar", "sako", dimension_id="trust")


def test_one_case_has_no_curve() -> None:
    made = alike([1] * SIZE, count=1)
    with pytest.raises(CgutilsError, match=r"found no case case-1; choose two different ones of case-0\.$"):
        specification_curve(made, specification_grid(made).sample(3), "case-0", "case-1")
