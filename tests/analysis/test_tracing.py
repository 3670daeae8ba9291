"""From a level back to the passages."""

from __future__ import annotations

import pandas as pd
import pytest

from cgutils.analysis.consensus import consensus
from cgutils.analysis.crosswalk import through
from cgutils.analysis.options import CALIBRATIONS, ScoringOptions
from cgutils.analysis.tracing import example_indicator, trace
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError


def test_an_adjudicated_level(real: Collection) -> None:
    found = trace(real, "banjar", "shared_understanding")
    assert found.ratings["level"].tolist() == [3, 2]
    assert found.adjudication["level"].tolist() == [3]
    assert (found.level, found.membership, found.status) == (3, 1.0, "assessed")
    assert set(found.adjudication["evidence_ids"].iloc[0]) <= set(found.evidence["evidence_id"])


def test_a_level_that_was_not_assessed(real: Collection) -> None:
    found = trace(real, "sampang", "trust_building")
    assert (found.level, found.membership, found.status) == (None, None, "not_assessed")
    assert found.evidence.empty and found.adjudication.empty
    assert found.ratings["level"].isna().all() and len(found.ratings) == 2


def test_a_dispute(minimal: Collection) -> None:
    found = trace(minimal, "beta", "result")
    assert (found.level, found.membership, found.status) == (None, None, "disputed")
    alone = trace(minimal, "beta", "result", ScoringOptions(coder="budi"))
    assert (alone.level, alone.membership, alone.status) == (2, 0.67, "assessed")


def test_membership_follows_the_options(minimal: Collection) -> None:
    for calibration, memberships in CALIBRATIONS.items():
        found = trace(minimal, "beta", "means", ScoringOptions(calibration=calibration))
        assert found.membership == memberships[2]


def test_every_level_rests_on_evidence_of_its_own_case_and_indicator(real: Collection) -> None:
    for row in consensus(real).itertuples(index=False):
        found = trace(real, row.case_id, row.indicator_id)
        assert set(row.evidence_ids) <= set(found.evidence["evidence_id"])
        assert (found.level is None) == pd.isna(row.level)
        assert found.status == row.status
        assert found.evidence.index.tolist() == list(range(len(found.evidence)))


def test_unknown_names_are_answered_with_those_that_exist(minimal: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        trace(minimal, "gamma", "trust")
    assert str(caught.value) == "case 'gamma' does not exist; choose one of alpha, beta."
    with pytest.raises(CgutilsError) as caught:
        trace(minimal, "alpha", "money")
    assert str(caught.value) == "indicator 'money' does not exist; choose one of trust, means, talks, result."


def test_where_no_indicator_is_named_the_codebook_has_the_one_that_is_shown(real: Collection) -> None:
    assert example_indicator(real, "sako") == "dedicated_forum"
    assert example_indicator(through(real, "emerson_2012"), "sako") == "initiating_leadership"
