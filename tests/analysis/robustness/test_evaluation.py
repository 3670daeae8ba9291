"""Every specification of a grid is what `score` gives for its options, on collections of every kind."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.robustness.made import CODEBOOK, NAMES, collections, every_coder, options, seeded
from cgutils.analysis.alike import taking_part
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.robustness.acceptability import robustness
from cgutils.analysis.robustness.evaluation import Evaluation, evaluate
from cgutils.analysis.robustness.fragile import fragile_ratings
from cgutils.analysis.robustness.grid import Grid
from cgutils.analysis.robustness.perturbation import perturbation
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection, framework

CLOSE = 1e-12
VALUES = ("score", "lower", "upper")


def assert_scored_alike(made: Collection, grid: Grid) -> None:
    """Each specification, all dimensions and cases at once: the same numbers, missing in the same places."""
    evaluation = Evaluation(made, grid)
    block = evaluation.block(0, len(grid))
    shape = (len(evaluation.cases), len(evaluation.dimensions))
    for place in range(len(grid)):
        frame = score(made, grid.options(place)).dimensions
        assert set(frame["case_id"]) >= set(taking_part(made)) == set(evaluation.cases)
        frame = frame[frame["case_id"].isin(evaluation.cases)]
        assert frame["case_id"].tolist() == [c for c in evaluation.cases for _ in evaluation.dimensions]
        assert frame["dimension_id"].tolist() == [*evaluation.dimensions] * len(evaluation.cases)
        for name in VALUES:
            np.testing.assert_allclose(
                getattr(block, name)[place],
                frame[name].to_numpy().reshape(shape),
                rtol=0,
                atol=CLOSE,
                err_msg=f"{name} of {grid.options(place)}",
            )


@settings(max_examples=25)
@given(collections(), options(), st.integers(0, 999))
def test_a_specification_is_one_call_of_score(made: Collection, chosen: ScoringOptions, seed: int) -> None:
    grid = every_coder(made, chosen)
    assert_scored_alike(made, grid.sample(5, seed))
    # A dimension that loses its only indicator, and one that loses one of several.
    assert_scored_alike(made, grid.restrict(leave_out=["lone_1", "process_2"]).sample(3, seed))


def test_the_specifications_of_the_collection_are_calls_of_score(real: Collection) -> None:
    assert_scored_alike(real, specification_grid(real).sample(20, seed=11))


def test_the_property_can_fail() -> None:
    made = seeded(3, seed=1)
    grid = specification_grid(made).restrict(calibration="fuzzy").sample(5)
    wrong = replace(grid, choices=MappingProxyType({**grid.choices, "calibration": ("generous",)}))
    right = [Evaluation(made, one).block(0, 5).score for one in (grid, wrong)]
    assert not np.allclose(*right, equal_nan=True)


def test_leaving_out_the_only_indicator_leaves_nothing_of_the_dimension() -> None:
    made = seeded(2, seed=5, blank=0)
    grid = specification_grid(made).restrict(leave_out="lone_1", coder="ana").sample(20)
    frame = evaluate(made, grid, dimension_id="lone")
    assert frame[[*VALUES]].isna().all(axis=None)
    assert evaluate(made, grid)["score"].notna().all()


def test_rows_and_columns(real: Collection) -> None:
    grid = specification_grid(real).sample(6)
    frame = evaluate(real, grid, dimension_id="outcomes")
    assert frame.columns.tolist() == [*grid.choices, "case_id", *VALUES]
    assert frame["case_id"].tolist() == ["banjar", "sako", "sampang"] * 6
    pd.testing.assert_frame_equal(frame[[*grid.choices]].iloc[::3].reset_index(drop=True), grid.table())
    evaluation = Evaluation(real, grid)
    for name in VALUES:
        own = getattr(evaluation.block(0, 6), name)[..., evaluation.place("outcomes")]
        np.testing.assert_array_equal(frame[name], own.ravel())


@pytest.mark.parametrize("size", [1, 7, 100, None])
def test_blocks_of_any_size_are_the_same_numbers(real: Collection, size: int | None) -> None:
    evaluation = Evaluation(real, specification_grid(real).sample(50, seed=2))
    whole, blocks = evaluation.block(0, 50), [*evaluation.blocks(size)]
    assert [block.start for block in blocks] == [*range(0, 50, size or 50)]
    for name in VALUES:
        joined = np.concatenate([getattr(block, name) for block in blocks])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_a_block_holds_no_more_numbers_than_its_budget(real: Collection) -> None:
    evaluation = Evaluation(real, specification_grid(real).sample(50))
    assert evaluation.rows(3 * 3 * 6 * 10) == 10
    assert evaluation.rows(1) == 1


def test_an_unknown_dimension_names_those_there_are(real: Collection) -> None:
    grid = specification_grid(real).sample(2)
    for call in (
        lambda: evaluate(real, grid, dimension_id="trust"),
        lambda: robustness(real, grid, dimensions=["index", "trust"]),
    ):
        with pytest.raises(
            CgutilsError,
            match=r"^dimension 'trust' does not exist; choose one of starting_cond.*index",
        ):
            call()


def test_a_coder_of_another_collection_is_refused() -> None:
    grid = specification_grid(seeded(2, seed=1))
    other = collection(CODEBOOK, {"a": {"dewi": [1] * len(NAMES)}})
    with pytest.raises(CgutilsError, match=r"^coder 'ana' rated nothing; choose consensus or one of dewi\.$"):
        evaluate(other, grid)


@pytest.mark.parametrize("call", [evaluate, robustness])
def test_indicators_of_another_codebook_are_refused_as_score_refuses_them(call) -> None:
    other = collection(framework({"setting": 3, "outcomes": 1}), {"a": {"ana": [1] * 4, "budi": [1] * 4}})
    # Weights of both equal kinds, so that nothing but the indicator that is left out tells the two apart.
    grid = specification_grid(other, draws=0).restrict(leave_out=["none", "setting_3"])
    made = seeded(2, seed=1)
    for refused in (lambda: score(made, grid.options(1)), lambda: call(made, grid)):
        with pytest.raises(CgutilsError, match=r"indicator_weights names setting_3; indicators are lone_1"):
            refused()


@pytest.mark.parametrize(
    "call",
    [
        lambda made, chosen: evaluate(made, specification_grid(made, chosen).sample(3)),
        lambda made, chosen: robustness(made, specification_grid(made, chosen).sample(3)),
        fragile_ratings,
        lambda made, chosen: perturbation(made, chosen, draws=2),
    ],
    ids=["evaluate", "robustness", "fragile_ratings", "perturbation"],
)
def test_weights_of_an_unknown_indicator_are_never_passed_over(call) -> None:
    chosen = ScoringOptions(indicator_weights={"setting_one": 0})
    with pytest.raises(CgutilsError, match=r"^ScoringOptions: indicator_weights names setting_one; "):
        call(seeded(2, seed=1), chosen)


def test_given_weights_of_other_dimensions_are_refused() -> None:
    chosen = ScoringOptions(weights={"setting": 1})
    grid = specification_grid(seeded(2, seed=1), chosen).sample(3)
    with pytest.raises(CgutilsError, match="the index needs exactly setting, process, lone"):
        evaluate(seeded(2, seed=1), grid)


def two_frameworks() -> Collection:
    first = seeded(2, seed=1)
    second = framework({"lone": 1, "wide": 2, "outcomes": 1}).model_copy(update={"framework_id": "other"})
    own = collection(second, {"z-1": {"ana": [1, 2, 3, 0]}, "z-2": {"ana": [3, 2, None, 0]}})
    return replace(
        first,
        frameworks={"made-up": CODEBOOK, "other": second},
        cases={**first.cases, **own.cases},
        **{
            name: pd.concat([getattr(first, name), getattr(own, name)], ignore_index=True)
            for name in ("ratings", "evidence")
        },
    )


def test_two_frameworks_are_refused_with_their_names_unless_one_is_chosen() -> None:
    made = two_frameworks()
    for call in (specification_grid, robustness, perturbation, fragile_ratings):
        with pytest.raises(
            CgutilsError,
            match=r"^robustness: several frameworks are in use; name one of made-up, other as f",
        ):
            call(made)
        with pytest.raises(CgutilsError, match=r"^robustness: no case uses 'third'; name one of made-up"):
            call(made, framework_id="third")


def test_a_chosen_framework_is_read_as_if_its_cases_were_alone() -> None:
    made, alone = two_frameworks(), seeded(2, seed=1)
    grid = specification_grid(made, framework_id="made-up")
    assert grid == specification_grid(alone)
    drawn = grid.sample(30).restrict(missing="interval")
    pd.testing.assert_frame_equal(evaluate(made, drawn, framework_id="made-up"), evaluate(alone, drawn))
    other = specification_grid(made, framework_id="other")
    # In the other framework one coder rated all cases, so that the consensus is that coder's reading.
    assert other.choices["coder"] == ("consensus",) and "wide_2" in other.choices["leave_out"]
    assert set(evaluate(made, other.sample(5), framework_id="other")["case_id"]) == {"z-1", "z-2"}
    assert len(NAMES) + 1 == len(grid.choices["leave_out"])
