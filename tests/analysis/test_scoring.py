"""Scores worked by hand from the levels, and what the options change."""

from __future__ import annotations

from math import isnan

import numpy as np
import pandas as pd
import pytest

from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import Scores, common_support, score
from cgutils.analysis.weights import index_shares, indicator_weights
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection, framework

CLOSE = 1e-12
FUZZY = {0: 0.0, 1: 0.33, 2: 0.67, 3: 1.0}

# The settled levels as the tables hold them, in codebook order; None is not assessed.
LEVELS: dict[str, dict[str, list[int | None]]] = {
    "banjar": {
        "starting_conditions": [2, 3, 2],
        "institutional_design": [2, 2, 2, 1],
        "facilitative_leadership": [2, 1, 2],
        "collaborative_process": [3, 2, 3, 3, 2],
        "outcomes": [0, 1, 1],
    },
    "sako": {
        "starting_conditions": [0, 2, 1],
        "institutional_design": [1, 1, 2, 1],
        "facilitative_leadership": [2, 1, 1],
        "collaborative_process": [2, 2, 2, 1, 2],
        "outcomes": [1, 1, 1],
    },
    "sampang": {
        "starting_conditions": [2, None, 2],
        "institutional_design": [1, 1, 1, None],
        "facilitative_leadership": [2, None, 1],
        "collaborative_process": [2, None, 1, 1, None],
        "outcomes": [2, 2, 0],
    },
}
PROCESS = ["starting_conditions", "institutional_design", "facilitative_leadership", "collaborative_process"]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def by_hand(levels: list[int | None]) -> tuple[float, float, float, float]:
    """Score, lower, upper and coverage of one dimension."""
    there = [FUZZY[level] for level in levels if level is not None]
    blanks = len(levels) - len(there)
    lower, upper = sum(there) / len(levels), (sum(there) + blanks) / len(levels)
    return mean(there), lower, upper, len(there) / len(levels)


@pytest.fixture(scope="module")
def scores(real: Collection) -> Scores:
    return score(real)


def row(frame: pd.DataFrame, case: str, dimension: str) -> pd.Series:
    (found,) = (r for _, r in frame.iterrows() if (r["case_id"], r["dimension_id"]) == (case, dimension))
    return found


@pytest.mark.parametrize("case", LEVELS)
@pytest.mark.parametrize("dimension", [*PROCESS, "outcomes"])
def test_dimensions_of_the_real_cases(case: str, dimension: str, scores: Scores) -> None:
    own = scores.indicators[
        (scores.indicators["case_id"] == case) & (scores.indicators["dimension_id"] == dimension)
    ]
    levels = LEVELS[case][dimension]
    assert [None if pd.isna(level) else level for level in own["level"]] == levels

    found = row(scores.dimensions, case, dimension)
    expected = by_hand(levels)
    for name, value in zip(("score", "lower", "upper", "coverage"), expected, strict=True):
        assert found[name] == pytest.approx(value, abs=CLOSE), name
    assert found["n_assessed"] == sum(level is not None for level in levels)
    assert found["n_indicators"] == len(levels)
    assert found["status"] == "scored"


@pytest.mark.parametrize("case", LEVELS)
def test_the_index_is_the_mean_of_the_four_process_dimensions(case: str, scores: Scores) -> None:
    worked = [by_hand(LEVELS[case][dimension]) for dimension in PROCESS]
    found = row(scores.dimensions, case, "index")
    for place, name in enumerate(("score", "lower", "upper", "coverage")):
        assert found[name] == pytest.approx(mean([values[place] for values in worked]), abs=CLOSE), name
    assert found["n_indicators"] == 15


def test_a_few_numbers_in_full(scores: Scores) -> None:
    assert row(scores.dimensions, "banjar", "starting_conditions")["score"] == pytest.approx(0.78, abs=CLOSE)
    assert row(scores.dimensions, "banjar", "outcomes")["score"] == pytest.approx(0.22, abs=CLOSE)
    sampang = row(scores.dimensions, "sampang", "starting_conditions")
    assert sampang["score"] == pytest.approx(0.67, abs=CLOSE)
    assert sampang["lower"] == pytest.approx(1.34 / 3, abs=CLOSE)
    assert sampang["upper"] == pytest.approx(2.34 / 3, abs=CLOSE)


def test_order_of_rows(scores: Scores, real: Collection) -> None:
    indicators = [i.indicator_id for i in real.framework_of("banjar").indicators]
    assert scores.indicators["case_id"].tolist() == [case for case in LEVELS for _ in indicators]
    assert scores.indicators["indicator_id"].tolist() == indicators * 3
    assert scores.dimensions["case_id"].tolist() == [case for case in LEVELS for _ in range(6)]
    assert scores.dimensions["dimension_id"].tolist() == [*PROCESS, "index", "outcomes"] * 3
    assert scores.index["case_id"].tolist() == [*LEVELS]
    assert set(scores.index["dimension_id"]) == {"index"}


def test_columns_and_types(scores: Scores) -> None:
    assert scores.indicators.dtypes.astype("str").to_dict() == {
        **dict.fromkeys(("case_id", "dimension_id", "indicator_id"), "str"),
        **dict.fromkeys(("level", "level_low", "level_high"), "Int64"),
        **dict.fromkeys(("membership", "lower", "upper"), "float64"),
        **dict.fromkeys(("n_coders", "n_evidence"), "int64"),
        "status": "str",
    }
    assert scores.dimensions.dtypes.astype("str").to_dict() == {
        **dict.fromkeys(("case_id", "dimension_id"), "str"),
        **dict.fromkeys(("score", "lower", "upper", "coverage"), "float64"),
        **dict.fromkeys(("n_assessed", "n_indicators"), "int64"),
        "status": "str",
    }


def test_not_assessed_is_unknown_and_never_0(scores: Scores) -> None:
    blank = scores.indicators[scores.indicators["status"] == "not_assessed"]
    assert set(blank["case_id"]) == {"sampang"} and len(blank) == 5
    assert blank["level"].isna().all() and blank["membership"].isna().all()
    assert blank["lower"].eq(0).all() and blank["upper"].eq(1).all() and blank["n_evidence"].eq(0).all()
    rest = scores.indicators.drop(blank.index)
    assert rest["status"].eq("assessed").all() and rest["n_evidence"].gt(0).all()
    assert (rest["lower"] == rest["membership"]).all() and (rest["upper"] == rest["membership"]).all()
    # A level 0 is a level: it is assessed at 0 on both ends.
    worst = scores.indicators[scores.indicators["level"].eq(0).fillna(False)]
    assert worst["upper"].eq(0).all() and len(worst) == 3


def test_outcomes_never_enter_the_index() -> None:
    codebook = framework({"setting": 2, "process": 2, "outcomes": 2})
    best, worst, blank = ([2, 1, 0, None, level, level] for level in (3, 0, None))
    made = score(
        collection(
            codebook,
            {name: {"ana": levels} for name, levels in zip("abc", (best, worst, blank), strict=True)},
        )
    )
    index = made.index.drop(columns="case_id")
    for other in (1, 2):
        pd.testing.assert_series_equal(index.iloc[0], index.iloc[other], check_names=False)
    outcomes = made.dimensions[made.dimensions["dimension_id"] == "outcomes"]
    assert outcomes["score"].tolist()[:2] == [1.0, 0.0] and isnan(outcomes["score"].iloc[2])


CODEBOOK = framework({"setting": 2, "process": 4, "outcomes": 1})
ONE = {"case": {"ana": [3, None, 2, None, None, None, 1]}}


def dimensions(options: ScoringOptions | None = None) -> pd.DataFrame:
    return score(collection(CODEBOOK, ONE), options).dimensions.set_index("dimension_id")


def test_below_the_threshold_the_value_is_withheld_and_the_interval_stays() -> None:
    found = dimensions()
    assert found["coverage"].tolist() == [0.5, 0.25, 0.375, 1.0]
    assert found["status"].to_dict() == {
        "setting": "scored",
        "process": "withheld",
        "index": "withheld",
        "outcomes": "scored",
    }
    assert isnan(found.loc["process", "score"]) and isnan(found.loc["index", "score"])
    assert found.loc["process", ["lower", "upper"]].tolist() == pytest.approx([0.67 / 4, 3.67 / 4], abs=CLOSE)
    assert found.loc["index", "upper"] == pytest.approx((1 + 3.67 / 4) / 2, abs=CLOSE)


@pytest.mark.parametrize(
    ("threshold", "shown"),
    [
        (0.0, ["setting", "process", "index", "outcomes"]),
        (0.25, ["setting", "process", "index", "outcomes"]),
        (0.3, ["setting", "index", "outcomes"]),
        (0.51, ["outcomes"]),
        (1.0, ["outcomes"]),
    ],
)
def test_the_threshold(threshold: float, shown: list[str]) -> None:
    found = dimensions(ScoringOptions(coverage_threshold=threshold))
    assert found.index[found["score"].notna()].tolist() == shown
    assert found.index[found["status"] == "scored"].tolist() == shown
    # The index rests on what is known of its dimensions, whether these are shown or not.
    if "index" in shown:
        assert found.loc["index", "score"] == pytest.approx((1 + 0.67) / 2, abs=CLOSE)


def test_a_case_that_is_not_assessed_at_all() -> None:
    made = score(collection(CODEBOOK, {"case": {"ana": [None] * 7}}), ScoringOptions(coverage_threshold=0))
    assert made.dimensions["status"].eq("not_assessed").all()
    assert made.dimensions["score"].isna().all()
    assert made.dimensions["lower"].eq(0).all() and made.dimensions["upper"].eq(1).all()
    assert made.dimensions["coverage"].eq(0).all()


def test_a_dispute_has_an_interval_and_no_value() -> None:
    made = score(
        collection(CODEBOOK, {"case": {"ana": [3, 1, 1, 1, 1, 1, 0], "budi": [2, 1, 1, 1, 1, 1, None]}})
    )
    found = made.dimensions.set_index("dimension_id")
    assert found["status"].to_dict() == {
        "setting": "disputed",
        "process": "scored",
        "index": "disputed",
        "outcomes": "disputed",
    }
    assert found["score"].notna().tolist() == [False, True, False, False]
    assert found.loc["setting", ["lower", "upper", "coverage"]].tolist() == pytest.approx([0.5, 0.665, 0.5])
    assert found.loc["outcomes", ["lower", "upper", "coverage"]].tolist() == [0, 1, 0]
    first = made.indicators.iloc[0]
    assert pd.isna(first["level"]) and (first["lower"], first["upper"]) == (0.67, 1.0)


def test_weights_of_the_dimensions() -> None:
    levels = {"case": {"ana": [3, 3, 1, 1, 1, 1, 0]}}
    for weights, expected in (
        ("equal_dimensions", (1 + 0.33) / 2),
        ("equal_indicators", (2 * 1 + 4 * 0.33) / 6),
        ({"setting": 3, "process": 1}, (3 * 1 + 0.33) / 4),
        ({"setting": 0, "process": 1}, 0.33),
    ):
        options = ScoringOptions(weights=weights)
        found = score(collection(CODEBOOK, levels), options).index.iloc[0]
        assert found["score"] == pytest.approx(expected, abs=CLOSE), weights
        assert sum(index_shares(CODEBOOK, options).values()) == pytest.approx(1, abs=CLOSE)


def test_weights_of_the_indicators() -> None:
    levels = {"case": {"ana": [3, None, 0, 1, 2, 3, 0]}}
    options = ScoringOptions(indicator_weights={"setting_2": 3, "process_1": 0, "process_4": 2})
    found = score(collection(CODEBOOK, levels), options).dimensions.set_index("dimension_id")
    # setting: 3 with weight 1, a blank with weight 3.
    assert found.loc["setting", ["lower", "upper", "coverage"]].tolist() == pytest.approx([0.25, 1, 0.25])
    assert found.loc["setting", "status"] == "withheld"
    # process: weight 0 is like leaving out.
    assert found.loc["process", "score"] == pytest.approx((0.33 + 0.67 + 2 * 1) / 4, abs=CLOSE)
    assert (found.loc["process", "n_assessed"], found.loc["process", "n_indicators"]) == (3, 3)


def test_a_dimension_without_weight_takes_no_part() -> None:
    levels = {"case": {"ana": [3, 3, 0, 1, 2, 3, 0]}}
    options = ScoringOptions(indicator_weights={"setting_1": 0, "setting_2": 0})
    found = score(collection(CODEBOOK, levels), options).dimensions.set_index("dimension_id")
    assert found.loc["setting", "status"] == "not_assessed" and isnan(found.loc["setting", "lower"])
    assert found.loc["index", "score"] == found.loc["process", "score"]
    assert found.loc["index", "coverage"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ScoringOptions(indicator_weights={"setting_9": 1, "setting_1": 2}),
            "ScoringOptions: indicator_weights names setting_9; indicators are outcomes_1, process_1, "
            "process_2, process_3, process_4, setting_1, setting_2.",
        ),
        (
            ScoringOptions(weights={"outcomes": 1}),
            "ScoringOptions: weights are given for outcomes; the index needs exactly setting, process.",
        ),
        (ScoringOptions(coder="budi"), "coder 'budi' rated nothing; choose consensus or one of ana."),
    ],
)
def test_options_that_do_not_fit_the_collection(options: ScoringOptions, said: str) -> None:
    with pytest.raises(CgutilsError) as caught:
        score(collection(CODEBOOK, ONE), options)
    assert str(caught.value) == said


def test_aggregations_by_hand() -> None:
    levels = {"case": {"ana": [3, 1, 0, 1, 2, None, 2]}}
    for aggregation, index_aggregation, setting, process, index in (
        ("arithmetic", "arithmetic", 0.665, 1 / 3, (0.665 + 1 / 3) / 2),
        ("minimum", "minimum", 0.33, 0.0, 0.0),
        ("median", "arithmetic", 0.665, 0.33, (0.665 + 0.33) / 2),
        ("geometric", "geometric", 0.33**0.5, (0.01 * 0.33 * 0.67) ** (1 / 3), None),
        ("geometric", "minimum", 0.33**0.5, (0.01 * 0.33 * 0.67) ** (1 / 3), (0.01 * 0.33 * 0.67) ** (1 / 3)),
    ):
        options = ScoringOptions(aggregation=aggregation, index_aggregation=index_aggregation)
        found = score(collection(CODEBOOK, levels), options).dimensions.set_index("dimension_id")["score"]
        wanted = (setting * process) ** 0.5 if index is None else index
        assert found["setting"] == pytest.approx(setting, abs=CLOSE)
        assert found["process"] == pytest.approx(process, abs=CLOSE)
        assert found["index"] == pytest.approx(wanted, abs=CLOSE)


def test_common_support_of_the_real_cases(real: Collection) -> None:
    found = common_support(real)
    shared = {
        dimension: [
            all(LEVELS[case][dimension][n] is not None for case in LEVELS) for n in range(len(levels))
        ]
        for dimension, levels in LEVELS["banjar"].items()
    }
    for case in LEVELS:
        worked = []
        for dimension, inside in shared.items():
            kept = [
                FUZZY[int(level or 0)]
                for level, keep in zip(LEVELS[case][dimension], inside, strict=True)
                if keep
            ]
            line = row(found, case, dimension)
            assert line["score"] == pytest.approx(mean(kept), abs=CLOSE)
            assert (line["lower"], line["upper"]) == (line["score"], line["score"])
            assert (line["coverage"], line["n_indicators"], line["n_assessed"]) == (1, len(kept), len(kept))
            worked.append(mean(kept))
        assert row(found, case, "index")["score"] == pytest.approx(mean(worked[:4]), abs=CLOSE)
        assert row(found, case, "index")["n_indicators"] == 10


def test_common_support_without_anything_in_common() -> None:
    made = collection(
        CODEBOOK, {"a": {"ana": [3, None, 1, 1, 1, 1, 2]}, "b": {"ana": [None, 3, 2, 2, 2, 2, None]}}
    )
    found = common_support(made).set_index(["case_id", "dimension_id"])
    for case, process in (("a", 0.33), ("b", 0.67)):
        assert found.loc[(case, "setting"), "status"] == "not_assessed"
        assert found.loc[(case, "setting"), ["score", "lower", "upper"]].isna().all()
        assert found.loc[(case, "index"), "score"] == pytest.approx(process, abs=CLOSE)
        assert found.loc[(case, "outcomes"), "n_indicators"] == 0
    options = ScoringOptions(missing="common_support")
    weights = indicator_weights(made, score(made, options).indicators, options)
    assert weights.tolist() == [0, 0, 1, 1, 1, 1, 0] * 2


def test_scoring_leaves_the_collection_as_it_was(minimal: Collection) -> None:
    before = {
        name: getattr(minimal, name).copy(deep=True) for name in ("ratings", "adjudication", "evidence")
    }
    first, second = score(minimal), score(minimal)
    pd.testing.assert_frame_equal(first.indicators, second.indicators)
    pd.testing.assert_frame_equal(first.dimensions, second.dimensions)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(getattr(minimal, name), frame)


def test_one_coder_alone(real: Collection) -> None:
    alone = score(real, ScoringOptions(coder="coder-1")).indicators
    assert alone["n_coders"].isin([0, 1]).all() and not alone["status"].eq("disputed").any()
    own = real.ratings[real.ratings["coder_id"] == "coder-1"]
    keys = ["case_id", "indicator_id"]
    merged = alone.merge(own[[*keys, "level"]], on=keys, suffixes=("", "_given"))
    assert len(merged) == 54
    assert (merged["level"].fillna(-1) == merged["level_given"].fillna(-1)).all()
    assert np.isfinite(score(real, ScoringOptions(coder="coder-2")).index["score"]).all()
