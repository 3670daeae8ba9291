"""What holds for the scores of any levels, under all calibrations and aggregations."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from cgutils.analysis.aggregate import AGGREGATIONS
from cgutils.analysis.comparison import compare
from cgutils.analysis.options import CALIBRATIONS, ScoringOptions
from cgutils.analysis.scoring import score
from support import Levels, collection, framework

CODEBOOK = framework({"setting": 2, "process": 3, "outcomes": 2})
SIZE = 7
PLACES = [indicator.indicator_id for indicator in CODEBOOK.indicators]
CLOSE = 1e-12
# Each example tries every pair of these, so that no combination is left to chance.
GRID = [*product(CALIBRATIONS, AGGREGATIONS)]

level = st.one_of(st.none(), st.integers(0, 3))
levels = st.lists(level, min_size=SIZE, max_size=SIZE)
some_cases = st.lists(levels, min_size=2, max_size=3)
weights = st.fixed_dictionaries({}, optional={name: st.sampled_from([0, 0.5, 2, 7]) for name in PLACES})
aggregations = st.sampled_from(AGGREGATIONS)
few = settings(max_examples=10)


@st.composite
def options(draw: st.DrawFn) -> ScoringOptions:
    calibration, aggregation = draw(st.sampled_from(GRID))
    return ScoringOptions(
        calibration=calibration,
        aggregation=aggregation,
        index_aggregation=draw(aggregations),
        weights=draw(st.sampled_from(["equal_dimensions", "equal_indicators"])),
        indicator_weights=draw(weights),
        coverage_threshold=draw(st.sampled_from([0, 0.5, 1])),
    )


def named(cases: list[Levels]) -> dict[str, dict[str, Levels]]:
    return {f"case-{n}": {"ana": own} for n, own in enumerate(cases)}


def ordered(frame: pd.DataFrame) -> None:
    """Lower, score and upper stand in this order, between 0 and 1; whatever has no value has an interval."""
    some = frame[frame["n_indicators"] > 0]
    assert (some["lower"] >= -CLOSE).all() and (some["upper"] <= 1 + CLOSE).all()
    assert (some["lower"] <= some["upper"] + CLOSE).all()
    scored = some[some["score"].notna()]
    assert (scored["lower"] <= scored["score"] + CLOSE).all()
    assert (scored["score"] <= scored["upper"] + CLOSE).all()
    assert frame.loc[frame["n_indicators"] == 0, ["score", "lower", "upper"]].isna().all(axis=None)
    assert frame["coverage"].between(0, 1 + CLOSE).all()
    assert (frame["n_assessed"] <= frame["n_indicators"]).all()
    assert ((frame["status"] == "scored") == frame["score"].notna()).all()
    whole = some[np.isclose(some["coverage"], 1)]
    np.testing.assert_allclose(whole["lower"], whole["upper"], atol=CLOSE)


@few
@given(some_cases, some_cases, options())
def test_lower_score_and_upper_stand_in_order(
    one: list[Levels], two: list[Levels], chosen: ScoringOptions
) -> None:
    # Two coders, who disagree wherever the second has other levels.
    cases = {f"case-{n}": {"ana": a, "budi": b} for n, (a, b) in enumerate(zip(one, two, strict=False))}
    ordered(score(collection(CODEBOOK, cases), chosen).dimensions)
    ordered(score(collection(CODEBOOK, named(one)), chosen).dimensions)


def test_lower_score_and_upper_stand_in_order_under_every_calibration_and_aggregation() -> None:
    random = np.random.default_rng(7)
    drawn = random.integers(-1, 4, (4, SIZE))
    cases = named([[None if n < 0 else int(n) for n in own] for own in drawn])
    made = collection(CODEBOOK, cases)
    for calibration, aggregation in GRID:
        ordered(
            score(
                made,
                ScoringOptions(
                    calibration=calibration, aggregation=aggregation, index_aggregation=aggregation
                ),
            ).dimensions
        )


@few
@given(levels, options(), st.integers(0, SIZE - 1))
def test_whatever_a_blank_turns_out_to_be_the_score_lies_in_the_interval(
    before: Levels, chosen: ScoringOptions, place: int
) -> None:
    blank = [None if n == place else own for n, own in enumerate(before)]
    filled = [[level if n == place else own for n, own in enumerate(before)] for level in range(4)]
    frame = score(collection(CODEBOOK, named([blank, *filled])), chosen).dimensions
    bounds, *after = (part.set_index("dimension_id") for _, part in frame.groupby("case_id", sort=True))
    for found in after:
        inside = found["n_indicators"] > 0
        for name in ("lower", "upper", "score"):
            value = found.loc[inside & found[name].notna(), name]
            assert (value >= bounds.loc[value.index, "lower"] - CLOSE).all(), name
            assert (value <= bounds.loc[value.index, "upper"] + CLOSE).all(), name
        assert (found["coverage"] >= bounds["coverage"] - CLOSE).all()


@few
@given(levels, options(), st.integers(0, SIZE - 1))
def test_a_higher_level_never_lowers_a_score(own: Levels, chosen: ScoringOptions, place: int) -> None:
    steps = [[level if n == place else other for n, other in enumerate(own)] for level in range(4)]
    frame = score(collection(CODEBOOK, named(steps)), chosen).dimensions
    for _, part in frame.groupby("dimension_id"):
        for name in ("score", "lower", "upper"):
            values = part.sort_values("case_id")[name]
            assert values.isna().all() or (values.notna().all() and (values.diff().dropna() >= -CLOSE).all())


@few
@given(some_cases, options())
def test_swapping_the_names_of_two_cases_turns_every_verdict(
    cases: list[Levels], chosen: ScoringOptions
) -> None:
    straight = collection(CODEBOOK, {"a": {"ana": cases[0]}, "b": {"ana": cases[1]}})
    swapped = collection(CODEBOOK, {"a": {"ana": cases[1]}, "b": {"ana": cases[0]}})
    one, two = (compare(made, score(made, chosen)) for made in (straight, swapped))
    turned = {"higher": "lower", "lower": "higher", "indistinguishable": "indistinguishable"}
    turned["not_comparable"] = "not_comparable"
    assert two["verdict"].tolist() == one["verdict"].map(turned).tolist()
    np.testing.assert_allclose(two["difference"], -one["difference"], atol=CLOSE)
    renamed = one["evidence_b"].str.replace("b-", "a-", regex=False)
    assert two["evidence_a"].tolist() == renamed.tolist()


@few
@given(levels, options())
def test_identical_cases_are_indistinguishable(own: Levels, chosen: ScoringOptions) -> None:
    made = collection(CODEBOOK, named([own, own, own]))
    frame = compare(made, score(made, chosen))
    assert len(frame) == 4 * 3
    compared = frame["verdict"].ne("not_comparable")
    assert frame.loc[compared, "verdict"].eq("indistinguishable").all()
    assert frame.loc[~compared, "difference"].isna().all()
    assert frame["difference"].dropna().eq(0).all()


@few
@given(some_cases, options())
def test_a_case_is_scored_alike_whatever_stands_beside_it(
    cases: list[Levels], chosen: ScoringOptions
) -> None:
    together = score(collection(CODEBOOK, named(cases)), chosen)
    first = score(collection(CODEBOOK, named(cases[:1])), chosen)
    for name in ("indicators", "dimensions"):
        of_all = getattr(together, name)
        own = of_all[of_all["case_id"] == "case-0"].reset_index(drop=True)
        pd.testing.assert_frame_equal(own, getattr(first, name))
