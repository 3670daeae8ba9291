"""The order of the cases through several frameworks."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cgutils.analysis.comparison import compare
from cgutils.analysis.crosswalk import crosswalk_table, through
from cgutils.analysis.framework_order import FrameworkOrder, framework_order
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Framework
from cgutils.present.labels import LANGUAGES, labels
from cgutils.present.tables import table
from support import both, collection, framework

CODEBOOK = framework({"setting": 2, "outcomes": 1})


@pytest.fixture(scope="module")
def made() -> Collection:
    """Three cases, of which two are equal; the second framework reads the first indicator alone."""
    levels = {"a": [3, 0, 1], "b": [1, 2, 1], "c": [1, 2, 1], "d": [2, 3, 1]}
    one = collection(CODEBOOK, {case: {"ana": own} for case, own in levels.items()})
    names = ["whole_1", "after_1"]
    shape = framework({"whole": 1, "after": 1}, outside="after").model_dump()
    walk = {
        "framework": CODEBOOK.framework_id,
        "elements": [
            {"element": name, "from": source, "reason": both("so")}
            for name, source in zip(names, (["setting_1"], []), strict=True)
        ],
    }
    second = Framework.model_validate({**shape, "framework_id": "second", "crosswalks": [walk]})
    return replace(one, frameworks={**one.frameworks, "second": second})


def test_ranks_split_ties(made: Collection) -> None:
    cases = framework_order(made).cases.set_index(["framework_id", "case_id"])["rank"]
    # Three cases share the second to the fourth place.
    assert cases["made-up"].to_dict() == {"a": 3, "b": 3, "c": 3, "d": 1}
    assert cases["second"].to_dict() == {"a": 1, "b": 3.5, "c": 3.5, "d": 2}


def test_an_order_survives_or_not(made: Collection) -> None:
    order = framework_order(made)
    found = order.survives().set_index(["case_a", "case_b"])
    assert not found.loc[("a", "d"), "same_order"] and not found.loc[("a", "d"), "same_verdict"]
    assert found.loc[("b", "c"), "same_order"] and found.loc[("b", "d"), "same_order"]
    pairs = order.pairs.set_index(["framework_id", "case_a", "case_b"])["order"]
    assert pairs["made-up", "a", "d"] == "lower" and pairs["second", "a", "d"] == "higher"
    assert pairs["second", "b", "c"] == "equal"


@pytest.mark.parametrize("missing", ["interval", "common_support"])
def test_the_real_order_is_that_of_the_scores(missing: str, real: Collection) -> None:
    options = ScoringOptions(missing=missing)
    order = framework_order(real, options=options)
    assert order.cases["framework_id"].drop_duplicates().tolist() == ["ansell_gash_2008", "emerson_2012"]
    for framework_id, cases in order.cases.groupby("framework_id"):
        read = through(real, str(framework_id))
        scores = score(read, options)
        index = scores.index
        columns = ["case_id", "score", "lower", "upper", "coverage", "status"]
        pd.testing.assert_frame_equal(cases[columns].reset_index(drop=True), index[columns])
        for _, row in cases.iterrows():
            above = (index["score"] > row["score"] + 1e-9).sum()
            assert pd.isna(row["rank"]) if pd.isna(row["score"]) else row["rank"] == above + 1
        verdicts = compare(read, scores).query("dimension_id == 'index'").reset_index(drop=True)
        pairs = order.pairs[order.pairs["framework_id"] == framework_id].reset_index(drop=True)
        shared = ["case_a", "case_b", "verdict", "difference"]
        pd.testing.assert_frame_equal(pairs[shared], verdicts[shared])
    unknown = order.survives()["same_order"].isna()
    assert unknown.any() == order.cases["score"].isna().any()


def test_named_frameworks_come_in_the_order_in_which_they_are_named(real: Collection) -> None:
    order = framework_order(real, "emerson_2012", "ansell_gash_2008")
    assert order.cases["framework_id"].drop_duplicates().tolist() == ["emerson_2012", "ansell_gash_2008"]
    with pytest.raises(CgutilsError, match="framework 'zzz' does not exist"):
        framework_order(real, "zzz")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_sees_names_instead_of_ids(language: str, real: Collection) -> None:
    words = labels(real, language)
    order: FrameworkOrder = framework_order(real)
    for frame in (order.cases, order.pairs, order.survives(), crosswalk_table(real, "emerson_2012")):
        text = table(frame, words).to_markdown()
        assert "emerson_2012" not in text and "_" not in text
