"""From several coders to one level, or to the span that they leave open."""

from __future__ import annotations

import pandas as pd
import pytest

from cgutils.analysis.consensus import coder_levels, consensus
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection, framework

CODEBOOK = framework({"setting": 7, "outcomes": 1})
# Agreed, adjudicated, adjudicated as blank, disputed, level against blank, both blank, agreed but
# adjudicated, and the outcome.
ANA = [2, 1, 3, 0, 1, None, 3, 2]
BUDI = [2, 3, None, 2, None, None, 3, 2]
SETTLED = {("case", "setting_2"): 2, ("case", "setting_3"): None, ("case", "setting_7"): 2}


@pytest.fixture(scope="module")
def made() -> Collection:
    return collection(CODEBOOK, {"case": {"ana": ANA, "budi": BUDI}}, SETTLED)


def rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    columns = ["level", "low", "high", "n_coders", "status"]
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in frame[columns].itertuples(index=False, name=None)
    ]


def test_every_way_to_a_level(made: Collection) -> None:
    frame = consensus(made)
    assert rows(frame) == [
        (2, 2, 2, 2, "assessed"),
        (2, 2, 2, 2, "assessed"),
        (None, None, None, 1, "not_assessed"),
        (None, 0, 2, 2, "disputed"),
        (None, None, None, 1, "disputed"),
        (None, None, None, 0, "not_assessed"),
        (2, 2, 2, 2, "assessed"),
        (2, 2, 2, 2, "assessed"),
    ]
    assert frame["evidence_ids"].tolist() == [
        ("case-001",),
        ("case-002",),
        (),
        ("case-004",),
        ("case-005",),
        (),
        ("case-007",),
        ("case-008",),
    ]
    assert frame["indicator_id"].tolist() == [i.indicator_id for i in CODEBOOK.indicators]
    assert {str(frame[name].dtype) for name in ("level", "low", "high")} == {"Int64"}


@pytest.mark.parametrize(("coder", "levels"), [("ana", ANA), ("budi", BUDI)])
def test_one_coder_alone_is_taken_as_given(coder: str, levels: list[int | None], made: Collection) -> None:
    expected = [
        (level, level, level, 0 if level is None else 1, "not_assessed" if level is None else "assessed")
        for level in levels
    ]
    assert rows(consensus(made, coder)) == expected
    single = collection(CODEBOOK, {"case": {coder: levels}})
    pd.testing.assert_frame_equal(consensus(single), consensus(made, coder))


def test_three_coders() -> None:
    codebook = framework({"setting": 3, "outcomes": 1})
    made = collection(codebook, {"case": {"a": [1, 2, 0, 1], "b": [1, 3, None, 1], "c": [1, 0, 3, None]}})
    assert rows(consensus(made)) == [
        (1, 1, 1, 3, "assessed"),
        (None, 0, 3, 3, "disputed"),
        (None, None, None, 2, "disputed"),
        (None, None, None, 2, "disputed"),
    ]


def test_a_case_that_one_coder_did_not_rate() -> None:
    codebook = framework({"setting": 1, "outcomes": 1})
    made = collection(codebook, {"one": {"ana": [1, 2], "budi": [1, 2]}, "two": {"ana": [3, 0]}})
    assert rows(consensus(made))[2:] == [(3, 3, 3, 1, "assessed"), (0, 0, 0, 1, "assessed")]
    assert rows(consensus(made, "budi"))[2:] == [(None, None, None, 0, "not_assessed")] * 2


def test_the_order_of_rows_and_coders_does_not_matter(made: Collection) -> None:
    turned = collection(CODEBOOK, {"case": {"budi": BUDI, "ana": ANA}}, dict(reversed(SETTLED.items())))
    pd.testing.assert_frame_equal(consensus(turned), consensus(made))


def test_an_unknown_coder_names_those_who_rated(made: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        consensus(made, "anna")
    assert str(caught.value) == "coder 'anna' rated nothing; choose consensus or one of ana, budi."


def test_the_made_up_cases_from_files(minimal: Collection) -> None:
    assert rows(consensus(minimal)) == [
        (3, 3, 3, 2, "assessed"),
        (0, 0, 0, 2, "assessed"),
        (1, 1, 1, 2, "assessed"),
        (None, None, None, 0, "not_assessed"),
        (1, 1, 1, 2, "assessed"),
        (2, 2, 2, 2, "assessed"),
        (2, 2, 2, 2, "assessed"),
        (None, 1, 2, 2, "disputed"),
    ]


def test_coder_levels_stand_beside_the_settled_one(made: Collection) -> None:
    frame = coder_levels(made)
    assert frame.columns.tolist() == [
        "case_id",
        "dimension_id",
        "indicator_id",
        "ana",
        "budi",
        "level",
        "status",
        "agree",
        "adjudicated",
    ]
    assert [None if pd.isna(level) else level for level in frame["ana"]] == ANA
    assert [None if pd.isna(level) else level for level in frame["budi"]] == BUDI
    assert frame["agree"].tolist() == [True, False, False, False, False, True, True, True]
    assert frame["adjudicated"].tolist() == [False, True, True, False, False, False, True, False]
