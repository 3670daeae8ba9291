"""Misjudged levels: nothing moves at 0, everything that can at 1, and between them the shares are exact."""

from __future__ import annotations

from itertools import product
from math import prod, sqrt

import numpy as np
import pandas as pd
import pytest

from analysis.robustness.made import alike, seeded
from cgutils.analysis.comparison import VERDICTS, compare
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.robustness.levels import Levels, compared
from cgutils.analysis.robustness.perturbation import perturbation
from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection, framework

SHARES = [f"share_{name}" for name in VERDICTS]
ONE = framework({"setting": 1, "outcomes": 1})
TWO = framework({"setting": 2, "outcomes": 1})


def pair(a: list[int | None], b: list[int | None], codebook=ONE) -> Collection:
    return collection(codebook, {"a": {"ana": a}, "b": {"ana": b}})


def of(frame: pd.DataFrame, dimension_id: str) -> pd.Series:
    return frame[frame["dimension_id"] == dimension_id].iloc[0]


@pytest.mark.parametrize(
    "chosen",
    [
        ScoringOptions(),
        ScoringOptions(coder="coder-2", aggregation="minimum"),
        ScoringOptions(missing="common_support", index_aggregation="geometric", calibration="cautious"),
    ],
)
def test_probability_0_changes_nothing(real: Collection, chosen: ScoringOptions) -> None:
    frame = perturbation(real, chosen, probability=0, draws=50)
    verdicts = compare(real, score(real, chosen))
    keys = ["dimension_id", "case_a", "case_b", "verdict"]
    pd.testing.assert_frame_equal(frame[keys], verdicts[keys], check_dtype=False)
    assert frame["share_same"].eq(1).all() and frame["probability"].eq(0).all()
    own = [row[f"share_{row['verdict']}"] for row in frame.to_dict("records")]
    assert own == [1.0] * len(frame)


def test_probability_1_moves_every_level_that_can_move() -> None:
    # From 2 to 1 or 3, and from 1 to 0 or 2: were any draw to move one alone, the two would be equal in some.
    frame = perturbation(pair([2, 2], [1, 1]), probability=1, draws=4000)
    row = of(frame, "setting")
    assert row["share_indistinguishable"] == row["share_not_comparable"] == 0
    assert row["share_higher"] == row["share_same"] == pytest.approx(3 / 4, abs=5 * sqrt(3 / 16 / 4000))
    assert row["share_lower"] == 1 - row["share_higher"]


def test_a_move_beyond_the_ends_is_not_made() -> None:
    # Half of the draws push 3 up and 0 down, where there is nothing.
    row = of(perturbation(pair([3, 3], [2, 2]), probability=1, draws=4000), "setting")
    within = 5 * sqrt(3 / 16 / 4000)
    assert row["share_higher"] == pytest.approx(2 / 4, abs=2 * within)  # 3 against 1; 2 against 1
    assert row["share_indistinguishable"] == pytest.approx(1 / 4, abs=within)  # 3 against 3
    assert row["share_lower"] == pytest.approx(1 / 4, abs=within)  # 2 against 3


def test_the_shares_are_those_of_all_moves_weighed_by_their_probability() -> None:
    p, draws = 0.3, 20000
    levels = {"a": [2, 1, 0], "b": [1, 2, 3]}
    frame = perturbation(pair(levels["a"], levels["b"], TWO), probability=p, draws=draws)
    chance = {-1: p / 2, 0: 1 - p, 1: p / 2}
    table = (0.0, 0.33, 0.67, 1.0)
    expected = dict.fromkeys(VERDICTS, 0.0)
    for steps in product(chance, repeat=4):
        moved = [
            table[min(3, max(0, level + step))]
            for level, step in zip(levels["a"][:2] + levels["b"][:2], steps, strict=True)
        ]
        distance = round(moved[0] + moved[1] - moved[2] - moved[3], 9)
        verdict = "higher" if distance > 0 else "lower" if distance < 0 else "indistinguishable"
        expected[verdict] += prod(chance[step] for step in steps)
    assert sum(expected.values()) == pytest.approx(1)
    row = of(frame, "setting")
    for name, share in expected.items():
        assert row[f"share_{name}"] == pytest.approx(share, abs=4 * sqrt(share * (1 - share) / draws) + 1e-12)
    # The only dimension of the index is the index.
    assert of(frame, "index")[SHARES].tolist() == row[SHARES].tolist()


def test_what_is_not_assessed_or_disputed_stays_so() -> None:
    blank = pair([None, 1], [2, 1])
    disputed = collection(ONE, {"a": {"ana": [1, 1], "budi": [3, 1]}, "b": {"ana": [2, 1], "budi": [2, 1]}})
    for made in (blank, disputed):
        row = of(perturbation(made, probability=0.5, draws=300), "setting")
        # The open interval covers all that the other case can be moved to: 1 to 3.
        assert row["share_indistinguishable"] == row["share_same"] == 1
    nothing = ScoringOptions(missing="common_support")
    row = of(perturbation(blank, nothing, probability=0.5, draws=300), "setting")
    assert row["verdict"] == "not_comparable" and row["share_not_comparable"] == 1


def test_levels_move_by_whole_steps_within_the_scale(real: Collection) -> None:
    levels: Levels = compared(real, ["consensus"]).levels["consensus"]
    for step in (-5, -1, 0, 1, 5):
        moved = levels.moved(np.full(levels.level.shape, step))
        for name in ("level", "low", "high"):
            old, new = getattr(levels, name), getattr(moved, name)
            expected = np.where(levels.assessed, np.clip(old + step, 0, 3), old)
            np.testing.assert_array_equal(new, expected)
        np.testing.assert_array_equal(moved.assessed, levels.assessed)
        np.testing.assert_array_equal(moved.disputed, levels.disputed)


def test_shares_sum_to_1_and_rows_are_those_of_the_comparison(real: Collection) -> None:
    frame = perturbation(real, draws=200)
    assert frame.columns.tolist() == [
        *("dimension_id", "case_a", "case_b", "verdict", "probability", "share_same"),
        *SHARES,
    ]
    np.testing.assert_allclose(frame[SHARES].sum(axis=1), 1, rtol=0, atol=1e-12)
    assert (frame["share_same"] < 1).any() and frame["share_same"].between(0, 1).all()
    more = perturbation(real, draws=200, probability=0.6)
    assert more["share_same"].mean() < frame["share_same"].mean()


@pytest.mark.parametrize("size", [1, 7, 199, 200, 10**6])
def test_blocks_change_no_bit(real: Collection, size: int) -> None:
    whole, blocks = (perturbation(real, draws=200, block_size=n) for n in (None, size))
    pd.testing.assert_frame_equal(whole, blocks, check_exact=True)


def test_the_seed_decides(real: Collection) -> None:
    one, same, other = (perturbation(real, draws=200, seed=seed) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert one["share_same"].tolist() != other["share_same"].tolist()


def test_one_case_gives_an_empty_frame(real: Collection) -> None:
    frame = perturbation(alike([1] * 8, count=1), draws=5)
    assert frame.empty and frame.columns.equals(perturbation(real, draws=1).columns)


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan"), float("inf"), "0.1", None])
def test_a_probability_lies_between_0_and_1(probability: object) -> None:
    with pytest.raises(CgutilsError, match=r"^perturbation: probability is .*, allowed: 0 to 1\.$"):
        perturbation(seeded(2, seed=1), probability=probability)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "least"),
    [
        ("draws", 0, 1),
        ("draws", -5, 1),
        ("draws", 2.5, 1),
        ("draws", "100", 1),
        ("seed", -1, 0),
        ("block_size", 0, 1),
        ("block_size", -3, 1),
    ],
)
def test_draws_seed_and_blocks_are_whole_numbers(name: str, value: object, least: int) -> None:
    message = rf"^perturbation: {name} is {value!r}, allowed: whole numbers from {least}\.$"
    with pytest.raises(CgutilsError, match=message):
        perturbation(seeded(2, seed=1), **{name: value})  # type: ignore[arg-type]
