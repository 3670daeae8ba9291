"""The grid as a value: printed, listed, restricted, sampled, turned into options; whatever is refused."""

from __future__ import annotations

import pickle
from itertools import product
from math import prod

import numpy as np
import pandas as pd
import pytest

from analysis.robustness.made import CODEBOOK, INSIDE, NAMES, SIZE, seeded
from cgutils.analysis.aggregate import AGGREGATIONS
from cgutils.analysis.options import CALIBRATIONS, ScoringOptions
from cgutils.analysis.robustness.grid import FACTORS, Grid
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection

TWO = seeded(2, seed=3)


@pytest.fixture(scope="module")
def grid() -> Grid:
    return specification_grid(TWO, draws=3)


def test_the_grid_of_the_collection_crosses_all_choices(real: Collection) -> None:
    made = specification_grid(real)
    indicators = [i.indicator_id for i in real.framework_of("banjar").indicators]
    assert tuple(made.choices) == FACTORS
    assert made.choices["calibration"] == tuple(CALIBRATIONS)
    assert made.choices["aggregation"] == made.choices["index_aggregation"] == AGGREGATIONS
    assert made.choices["weights"][:2] == ("equal_dimensions", "equal_indicators")
    assert made.choices["missing"] == ("interval", "common_support")
    assert made.choices["coder"] == ("consensus", "coder-1", "coder-2")
    assert made.choices["leave_out"] == ("none", *indicators)
    assert len(made) == 5 * 4 * 4 * (2 + 8) * 2 * 3 * (1 + len(indicators))


def test_a_grid_prints_its_size_and_its_choices(grid: Grid) -> None:
    size = 5 * 4 * 4 * 5 * 2 * 3 * (1 + SIZE)
    lines = str(grid).splitlines()
    assert lines[0] == f"{size} specifications"
    assert lines[5] == "missing: interval, common_support"
    assert [line.partition(":")[0] for line in lines[1:]] == list(FACTORS)
    assert str(grid.sample(7)).startswith(f"7 specifications out of {size}\n")
    assert repr(grid.sample(7)) == f"<Grid: {grid.sample(7)}>"


def test_a_grid_travels_to_other_processes(grid: Grid) -> None:
    for one in (grid, grid.sample(7)):
        other = pickle.loads(pickle.dumps(one))
        assert other == one and other.options(3) == one.options(3)


def test_random_weights_are_shares_of_the_dimensions_of_the_index_and_follow_the_seed(grid: Grid) -> None:
    again = specification_grid(TWO, draws=3)
    other = specification_grid(TWO, draws=3, seed=2)
    assert list(grid.weight_sets) == ["draw_1", "draw_2", "draw_3"]
    for weights in grid.weight_sets.values():
        assert tuple(weights) == INSIDE
        assert sum(weights.values()) == pytest.approx(1, abs=1e-12) and min(weights.values()) > 0
    assert again == grid and other != grid
    assert (
        len(
            {tuple(weights.values()) for weights in (*grid.weight_sets.values(), *other.weight_sets.values())}
        )
        == 6
    )
    assert list(specification_grid(TWO, draws=10).weight_sets)[8:] == ["draw_09", "draw_10"]
    assert specification_grid(TWO, draws=0).choices["weights"] == ("equal_dimensions", "equal_indicators")


def test_given_weights_join_the_equal_ones() -> None:
    given = {"setting": 2, "process": 1, "lone": 0}
    made = specification_grid(TWO, ScoringOptions(weights=given), draws=0)
    assert made.choices["weights"] == ("equal_dimensions", "equal_indicators", "given")
    assert made.restrict(weights="given").options(0).weights == given
    assert made.restrict(weights="equal_indicators").options(0).weights == "equal_indicators"


def test_only_coders_who_rated_every_case_are_a_choice() -> None:
    levels = [1] * SIZE
    both = collection(CODEBOOK, {"a": {"ana": levels, "budi": levels}, "b": {"budi": levels}})
    assert specification_grid(both).choices["coder"] == ("consensus", "budi")
    alone = collection(CODEBOOK, {"a": {"ana": levels}, "b": {"ana": levels}})
    assert specification_grid(alone).choices["coder"] == ("consensus",)


def test_the_table_lists_the_full_product_in_order(grid: Grid) -> None:
    small = grid.restrict(weights="draw_2", leave_out=["none", "lone_1"], coder="ana")
    expected = [*product(*small.choices.values())]
    assert [*small.table().astype(str).itertuples(index=False, name=None)] == expected
    assert [*small.table(5, 9).astype(str).itertuples(index=False, name=None)] == expected[5:9]
    assert small.table()["calibration"].cat.categories.tolist() == list(CALIBRATIONS)
    assert len(small.table(300, 10**9)) == len(small) - 300


@pytest.mark.parametrize("sampled", [False, True])
def test_options_are_the_row_of_the_table(grid: Grid, sampled: bool) -> None:
    base = ScoringOptions(indicator_weights={"setting_1": 3.0, "lone_1": 2.0}, coverage_threshold=0.7)
    made = specification_grid(TWO, base, draws=3)
    made = made.sample(40, seed=5) if sampled else made
    for place in (0, 1, 17, len(made) - 1):
        row, chosen = made.table(place, place + 1).iloc[0].astype(str), made.options(place)
        for name in ("calibration", "aggregation", "index_aggregation", "missing", "coder"):
            assert getattr(chosen, name) == row[name]
        weights = row["weights"] if isinstance(chosen.weights, str) else chosen.weights
        assert weights == made.weight_sets.get(row["weights"], row["weights"])
        gone = {} if row["leave_out"] == "none" else {row["leave_out"]: 0.0}
        assert chosen.indicator_weights == {**base.indicator_weights, **gone}
        assert chosen.coverage_threshold == 0.7


def test_a_sample_is_part_of_the_grid_without_repetition_and_follows_the_seed(grid: Grid) -> None:
    drawn = grid.sample(500, seed=4)
    assert drawn.picked is not None and len(drawn) == len(set(drawn.picked)) == 500
    assert list(drawn.picked) == sorted(drawn.picked)
    pd.testing.assert_frame_equal(drawn.table(), grid.table().iloc[list(drawn.picked)].reset_index(drop=True))
    assert grid.sample(500, seed=4) == drawn != grid.sample(500, seed=5)
    assert grid.sample(len(grid)) is grid
    nested = drawn.sample(20, seed=9)
    assert nested.picked is not None and set(nested.picked) < set(drawn.picked)
    # Each value of a factor is about as frequent as any other.
    counts = drawn.table()["calibration"].value_counts()
    assert counts.between(100 - 45, 100 + 45).all()


def test_restricting_a_sample_is_filtering_its_table(grid: Grid) -> None:
    drawn = grid.sample(400, seed=6)
    wanted = {"calibration": ["crisp", "fuzzy"], "missing": "interval", "leave_out": ["none", *NAMES[:3]]}
    made, table = drawn.restrict(**wanted), drawn.table()
    kept = table["calibration"].isin(["crisp", "fuzzy"]) & table["missing"].eq("interval")
    kept &= table["leave_out"].isin(wanted["leave_out"])
    assert 0 < kept.sum() < len(table)
    expected = table[kept].astype(str).reset_index(drop=True)
    pd.testing.assert_frame_equal(made.table().astype(str), expected)
    # The order of the grid, not that of the request.
    assert made.choices["calibration"] == ("fuzzy", "crisp")
    whole = grid.restrict(**wanted)
    assert len(whole) == prod(whole.shape) and set(whole.choices["missing"]) == {"interval"}


def test_codes_of_any_stretch_are_those_of_the_whole(grid: Grid) -> None:
    drawn = grid.sample(31)
    for made in (grid, drawn):
        parts = [made.codes(start, start + 7) for start in range(0, min(len(made), 70), 7)]
        np.testing.assert_array_equal(np.concatenate(parts), made.codes(0, min(len(made), 70)))
    assert drawn.codes(31, 40).shape == (0, len(FACTORS))


@pytest.mark.parametrize("size", [0, -3, 2.5, "10", None])
def test_a_sample_needs_a_whole_number(grid: Grid, size: object) -> None:
    with pytest.raises(CgutilsError, match=r"^Grid\.sample: size is .*, allowed: whole numbers from 1\.$"):
        grid.sample(size)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 0.5, "1"])
def test_a_seed_is_a_whole_number_from_0(grid: Grid, seed: object) -> None:
    with pytest.raises(CgutilsError, match=r"^Grid\.sample: seed is .*, allowed: whole numbers from 0\.$"):
        grid.sample(3, seed=seed)  # type: ignore[arg-type]
    with pytest.raises(CgutilsError, match=r"^specification_grid: seed is "):
        specification_grid(TWO, seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize("draws", [-1, 1.5, "8"])
def test_draws_are_a_whole_number_from_0(draws: object) -> None:
    with pytest.raises(
        CgutilsError, match=r"^specification_grid: draws is .*, allowed: whole numbers from 0"
    ):
        specification_grid(TWO, draws=draws)  # type: ignore[arg-type]


@pytest.mark.parametrize("place", [-1, 1.5, "0"])
def test_a_place_is_a_whole_number_from_0(grid: Grid, place: object) -> None:
    with pytest.raises(CgutilsError, match=r"^Grid\.options: place is .*, allowed: whole numbers from 0"):
        grid.options(place)  # type: ignore[arg-type]


def test_a_place_beyond_the_end_is_refused(grid: Grid) -> None:
    with pytest.raises(
        CgutilsError, match=r"^Grid\.options: specification 9 does not exist; there are 9, from 0\.$"
    ):
        grid.sample(9).options(9)


def test_restrict_names_every_unknown_factor_and_value_at_once(grid: Grid) -> None:
    with pytest.raises(CgutilsError) as caught:
        grid.restrict(calibration=["fuzzy", "vague"], coders="ana", missing="zero")
    assert str(caught.value) == (
        "Grid.restrict: no factor 'coders'; "
        "calibration has no vague (there are fuzzy, linear, crisp, cautious, generous); "
        f"missing has no zero (there are interval, common_support). Factors: {', '.join(FACTORS)}."
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [([1], "1"), (None, "None"), (3, "3"), (["fuzzy", None], "None"), ([["fuzzy"]], r"\['fuzzy'\]")],
)
def test_restrict_refuses_values_of_another_kind(grid: Grid, wanted: object, said: str) -> None:
    with pytest.raises(CgutilsError, match=rf"^Grid\.restrict: calibration has no {said} \(there are fuzzy"):
        grid.restrict(calibration=wanted)  # type: ignore[arg-type]
    assert grid.restrict(calibration=iter(["crisp"])).choices["calibration"] == ("crisp",)


def test_restrict_refuses_to_leave_nothing(grid: Grid) -> None:
    drawn = grid.sample(1)
    other = next(name for name in CALIBRATIONS if name != drawn.options(0).calibration)
    for made, wanted in ((grid, ()), (drawn, ()), (drawn, other)):
        with pytest.raises(CgutilsError, match=r"^Grid\.restrict: no specification is left\.$"):
            made.restrict(calibration=wanted)
