"""Pairs of cases, process beside outcome, and the balance of the evidence."""

from __future__ import annotations

import pandas as pd
import pytest

from cgutils.analysis.comparison import TYPES, compare, evidence_balance, process_outcome, verdict
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import Scores, score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.schemas import DIRECTIONS, KINDS
from support import collection, framework

CODEBOOK = framework({"setting": 2, "process": 2, "outcomes": 1})


@pytest.fixture(scope="module")
def scores(real: Collection) -> Scores:
    return score(real)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ((0.6, 0.8), (0.2, 0.5), "higher"),
        ((0.2, 0.5), (0.6, 0.8), "lower"),
        ((0.5, 0.5), (0.4, 0.4), "higher"),
        ((0.5, 0.5), (0.5, 0.5), "indistinguishable"),
        ((0.4, 0.6), (0.6, 0.7), "indistinguishable"),
        ((0.0, 1.0), (0.5, 0.5), "indistinguishable"),
        ((0.1 + 0.2, 0.4), (0.1, 0.3), "indistinguishable"),
        ((0.5 + 2e-9, 0.6), (0.1, 0.5), "higher"),
        ((float("nan"), float("nan")), (0.1, 0.5), "not_comparable"),
    ],
)
def test_verdict(a: tuple[float, float], b: tuple[float, float], expected: str) -> None:
    assert verdict(a, b) == expected
    turned = {"higher": "lower", "lower": "higher"}
    assert verdict(b, a) == turned.get(expected, expected)


def test_verdicts_of_the_real_cases(real: Collection, scores: Scores) -> None:
    frame = compare(real, scores)
    found = frame.set_index(["dimension_id", "case_a", "case_b"])
    # Banjar .78 on all of its starting conditions; Sako .33; Sampang between .45 and .78.
    assert found.loc[("starting_conditions", "banjar", "sako"), "verdict"] == "higher"
    assert found.loc[("starting_conditions", "banjar", "sampang"), "verdict"] == "indistinguishable"
    assert found.loc[("starting_conditions", "sako", "sampang"), "verdict"] == "lower"
    difference = found.loc[("starting_conditions", "banjar", "sako"), "difference"]
    assert difference == pytest.approx((0.67 + 1 + 0.67) / 3 - (0 + 0.67 + 0.33) / 3, abs=1e-12)
    # Process and outcome need not point the same way.
    assert found.loc[("index", "banjar", "sako"), "verdict"] == "higher"
    assert found.loc[("outcomes", "banjar", "sako"), "verdict"] == "lower"


def test_rows_and_columns(real: Collection, scores: Scores) -> None:
    frame = compare(real, scores)
    assert frame.columns.tolist() == [
        "dimension_id",
        "case_a",
        "case_b",
        "verdict",
        "difference",
        "evidence_a",
        "evidence_b",
    ]
    dimensions = scores.dimensions["dimension_id"].unique().tolist()
    assert frame["dimension_id"].tolist() == [name for name in dimensions for _ in range(3)]
    pairs = frame[["case_a", "case_b"]].head(3).itertuples(index=False, name=None)
    assert [*pairs] == [("banjar", "sako"), ("banjar", "sampang"), ("sako", "sampang")]


def test_a_verdict_is_the_rule_of_intervals(real: Collection) -> None:
    for options in (
        ScoringOptions(),
        ScoringOptions(aggregation="minimum"),
        ScoringOptions(calibration="crisp"),
    ):
        scores = score(real, options)
        bounds = scores.dimensions.set_index(["dimension_id", "case_id"])
        verdicts = set()
        for row in compare(real, scores).itertuples(index=False):
            a, b = (bounds.loc[(row.dimension_id, case)] for case in (row.case_a, row.case_b))
            apart = a["lower"] > b["upper"] + 1e-9, b["lower"] > a["upper"] + 1e-9
            assert row.verdict == {(True, False): "higher", (False, True): "lower"}.get(
                apart, "indistinguishable"
            )
            assert row.difference == a["score"] - b["score"]
            verdicts.add(row.verdict)
        assert "indistinguishable" in verdicts and len(verdicts) > 1


def test_every_contrast_rests_on_evidence_of_its_case_and_dimension(real: Collection, scores: Scores) -> None:
    inside = {d.dimension_id: d.in_index for d in real.framework_of("banjar").dimensions}
    of = real.framework_of("banjar").table().set_index("indicator_id")["dimension_id"]
    register = real.evidence.set_index("evidence_id")
    for row in compare(real, scores).itertuples(index=False):
        for case, listed in ((row.case_a, row.evidence_a), (row.case_b, row.evidence_b)):
            ids = listed.split(";")
            assert ids == sorted(set(ids)) and ids[0]
            items = register.loc[ids]
            assert set(items["case_id"]) == {case}
            dimensions = set(items["indicator_id"].map(of))
            if row.dimension_id == "index":
                assert dimensions == {name for name, enters in inside.items() if enters}
            else:
                assert dimensions == {row.dimension_id}


def test_only_evidence_that_enters_is_listed() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [1, 2, None, 3, 1]}, "b": {"ana": [1, None, 2, 3, 1]}})

    def listed(options: ScoringOptions) -> dict[str, tuple[str, str]]:
        frame = compare(made, score(made, options))
        return {row.dimension_id: (row.evidence_a, row.evidence_b) for row in frame.itertuples(index=False)}

    assert listed(ScoringOptions()) == {
        "setting": ("a-001;a-002", "b-001"),
        "process": ("a-004", "b-003;b-004"),
        "index": ("a-001;a-002;a-004", "b-001;b-003;b-004"),
        "outcomes": ("a-005", "b-005"),
    }
    assert listed(ScoringOptions(missing="common_support")) == {
        "setting": ("a-001", "b-001"),
        "process": ("a-004", "b-004"),
        "index": ("a-001;a-004", "b-001;b-004"),
        "outcomes": ("a-005", "b-005"),
    }
    weighted = listed(
        ScoringOptions(indicator_weights={"setting_1": 0}, weights={"setting": 1, "process": 0})
    )
    assert weighted == {
        "setting": ("a-002", ""),
        "process": ("a-004", "b-003;b-004"),
        "index": ("a-002", ""),
        "outcomes": ("a-005", "b-005"),
    }


def test_a_withheld_score_has_no_difference_but_its_interval_still_speaks() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [3, 3, 3, 3, 3]}, "b": {"ana": [0, 0, 0, None, None]}})
    frame = compare(made, score(made, ScoringOptions(coverage_threshold=0.75))).set_index("dimension_id")
    assert frame["difference"].notna().to_dict() == {
        "setting": True,
        "process": False,
        "index": True,
        "outcomes": False,
    }
    assert frame["verdict"].to_dict() == {
        "setting": "higher",
        "process": "higher",
        "index": "higher",
        "outcomes": "indistinguishable",
    }


def test_one_case_has_nothing_to_be_compared_with() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [1, 1, 1, 1, 1]}})
    frame = compare(made, score(made))
    assert frame.empty and frame.dtypes.astype(str).to_dict() == TYPES
    two = collection(CODEBOOK, {"a": {"ana": [1] * 5}, "b": {"ana": [1] * 5}})
    assert compare(two, score(two)).dtypes.astype(str).to_dict() == TYPES
    assert compare(two, score(two), []).dtypes.astype(str).to_dict() == TYPES


def test_only_the_dimensions_that_are_named(real: Collection, scores: Scores) -> None:
    whole = compare(real, scores)
    for wanted in (["index", "outcomes"], ["index"], "index"):
        names = [wanted] if isinstance(wanted, str) else wanted
        expected = whole[whole["dimension_id"].isin(names)].reset_index(drop=True)
        pd.testing.assert_frame_equal(compare(real, scores, wanted), expected)
    with pytest.raises(CgutilsError) as caught:
        compare(real, scores, ["index", "nope"])
    known = ", ".join(scores.dimensions["dimension_id"].unique())
    assert str(caught.value) == f"compare: found no dimension 'nope'; choose among {known}."


def test_process_beside_outcome(scores: Scores) -> None:
    frame = process_outcome(scores)
    assert frame.columns.tolist() == [
        "case_id",
        "index",
        "index_lower",
        "index_upper",
        "coverage",
        "index_status",
        "outcome_level",
        "outcome_membership",
        "outcome_status",
    ]
    assert frame["case_id"].tolist() == ["banjar", "sako", "sampang"]
    assert frame["outcome_level"].tolist() == [0, 1, 2]
    assert frame["outcome_membership"].tolist() == [0, 0.33, 0.67]
    assert frame["index"].tolist() == scores.index["score"].tolist()
    assert frame["index_lower"].tolist() == scores.index["lower"].tolist()
    assert frame["index_upper"].tolist() == scores.index["upper"].tolist()
    assert frame["coverage"].tolist() == scores.index["coverage"].tolist()
    durability = process_outcome(scores, "durability").set_index("case_id")
    assert durability["outcome_level"].to_dict() == {"banjar": 1, "sako": 1, "sampang": 0}
    assert durability["index"].tolist() == frame["index"].tolist()


def test_process_beside_an_outcome_that_is_not_known() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [1, 1, 1, 1, None]}, "b": {"ana": [None] * 4 + [2]}})
    frame = process_outcome(score(made), "outcomes_1")
    assert frame["outcome_status"].tolist() == ["not_assessed", "assessed"]
    assert frame["outcome_level"].isna().tolist() == [True, False]
    assert frame["index_status"].tolist() == ["scored", "not_assessed"]
    assert frame["index"].isna().tolist() == [False, True]


def test_an_unknown_outcome_names_what_was_scored() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [1, 1, 1, 1, 1]}})
    with pytest.raises(CgutilsError) as caught:
        process_outcome(score(made), "success")
    assert str(caught.value) == (
        "indicator 'success' was not scored; choose one of setting_1, setting_2, process_1, process_2, "
        "outcomes_1."
    )


@pytest.mark.parametrize("which", ["real", "minimal"])
def test_the_balance_counts_every_item_once(which: str, request: pytest.FixtureRequest) -> None:
    made: Collection = request.getfixturevalue(which)
    frame = evidence_balance(made)
    dimensions = {case: made.framework_of(case).dimensions for case in made.cases}
    assert len(frame) == sum(len(own) for own in dimensions.values()) * len(DIRECTIONS) * len(KINDS)
    assert not frame.duplicated(["case_id", "dimension_id", "direction", "kind"]).any()
    assert frame["n_items"].sum() == len(made.evidence) > 0
    for key in ("case_id", "direction", "kind"):
        counted = frame.groupby(key)["n_items"].sum()
        expected = made.evidence[key].value_counts().reindex(counted.index, fill_value=0)
        pd.testing.assert_series_equal(counted, expected, check_names=False)


def test_the_balance_of_the_made_up_cases(minimal: Collection) -> None:
    frame = evidence_balance(minimal)
    some = frame[frame["n_items"] > 0].set_index(["case_id", "dimension_id", "direction", "kind"])["n_items"]
    assert some.to_dict() == {
        ("alpha", "setting", "enabling", "fact"): 1,
        ("alpha", "setting", "enabling", "judgement"): 1,
        ("alpha", "setting", "hindering", "fact"): 1,
        ("alpha", "process", "enabling", "judgement"): 1,
        ("alpha", "process", "hindering", "fact"): 1,
        ("beta", "setting", "enabling", "figure"): 1,
        ("beta", "setting", "mixed", "fact"): 1,
        ("beta", "process", "enabling", "judgement"): 2,
        ("beta", "outcomes", "enabling", "figure"): 1,
    }
    assert [*frame["direction"].unique()] == [*DIRECTIONS] and [*frame["kind"].unique()] == [*KINDS]


def test_given_weights_need_not_fit_a_framework_that_no_case_uses(real: Collection) -> None:
    members = [d.dimension_id for d in real.frameworks["ansell_gash_2008"].dimensions if d.in_index]
    given = ScoringOptions(weights=dict.fromkeys(members, 1.0))
    weighted, equal = (compare(real, score(real, options)) for options in (given, ScoringOptions()))
    pd.testing.assert_frame_equal(weighted, equal)
