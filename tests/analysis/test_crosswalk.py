"""The same evidence and ratings, read through another framework."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from statistics import median_low
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgutils.analysis.agreement import agreement, disagreements
from cgutils.analysis.comparison import compare, evidence_balance
from cgutils.analysis.consensus import coder_levels, consensus
from cgutils.analysis.context import recommendations, untouched_indicators
from cgutils.analysis.crosswalk import crosswalk_table, through
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import score
from cgutils.analysis.summaries import disagreement_summary
from cgutils.analysis.tracing import trace
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Crosswalk, Framework
from support import Levels, both, collection, framework

CODEBOOK = framework({"setting": 2, "process": 3, "outcomes": 1})
PLACES = [indicator.indicator_id for indicator in CODEBOOK.indicators]
# Three sources, two sources, one source, none; the outcome is left out.
READINGS = {
    "whole_1": PLACES[:3],
    "whole_2": PLACES[3:5],
    "whole_3": [],
    "after_1": [PLACES[5]],
}
few = settings(max_examples=30)


def target(readings: dict[str, list[str]], shape: Framework, left_out: tuple[str, ...] = ()) -> Framework:
    """A framework of that shape with a crosswalk from ``CODEBOOK``."""
    walk = {
        "framework": CODEBOOK.framework_id,
        "elements": [{"element": k, "from": v, "reason": both("so")} for k, v in readings.items()],
        "left_out": [{"indicator": name, "reason": both("so")} for name in left_out],
    }
    return Framework.model_validate(
        {**shape.model_dump(), "framework_id": "second", "crosswalks": [Crosswalk.model_validate(walk)]}
    )


OTHER = target(READINGS, framework({"whole": 3, "after": 1}, outside="after"))
IDENTITY = target({name: [name] for name in PLACES}, CODEBOOK)


def made(
    ana: Levels, budi: Levels, settled: dict[str, int | None] | None = None, second: Framework = OTHER
) -> Collection:
    rulings = {("case", name): level for name, level in (settled or {}).items()}
    one = collection(CODEBOOK, {"case": {"ana": ana, "budi": budi}}, rulings)
    return replace(one, frameworks={**one.frameworks, "second": second})


def spans(read: Collection) -> dict[str, tuple[Any, ...]]:
    """Status, level, low and high of each element."""
    columns = ["status", "level", "low", "high"]
    rows = consensus(read).set_index("indicator_id")[columns].astype("object")
    return {
        str(name): tuple(None if pd.isna(cell) else cell for cell in row)
        for name, row in zip(rows.index, rows.itertuples(index=False, name=None), strict=True)
    }


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([0, 2, 3, 1, 3, 2], {"whole_1": 2, "whole_2": 1, "after_1": 2}),
        ([3, 3, 0, 2, 1, 0], {"whole_1": 3, "whole_2": 1, "after_1": 0}),
        ([0, 0, 3, 3, 3, 3], {"whole_1": 0, "whole_2": 3, "after_1": 3}),
    ],
)
def test_an_element_takes_the_lower_median_of_its_sources(levels: Levels, expected: dict[str, int]) -> None:
    found = spans(through(made(levels, levels), "second"))
    assert found.pop("whole_3") == ("not_assessed", None, None, None)
    assert found == {name: ("assessed", level, level, level) for name, level in expected.items()}


@pytest.mark.parametrize("blank", range(len(PLACES)))
def test_a_blank_source_leaves_its_element_blank(blank: int) -> None:
    levels: list[int | None] = [2] * len(PLACES)
    levels[blank] = None
    read = through(made(levels, levels), "second")
    open_ones = {name for name, sources in READINGS.items() if not sources or PLACES[blank] in sources}
    assert {name for name, found in spans(read).items() if found[0] == "not_assessed"} == open_ones
    rows = read.ratings[read.ratings["indicator_id"].isin(open_ones)]
    assert rows["level"].isna().all() and (rows["evidence_ids"].map(len) == 0).all()
    row = score(read).index.iloc[0]
    assert row["upper"] - row["lower"] == pytest.approx(len(open_ones - {"after_1"}) / 3)


SPANS = [
    # One source is disputed and moves the element.
    ([1, 2, 3, 2, 2, 1], [1, 3, 3, 2, 2, 1], {}, {"whole_1": ("disputed", None, 2, 3)}),
    # It is settled: the element follows the settled level, not the coders'.
    ([1, 2, 3, 2, 2, 1], [1, 3, 3, 2, 2, 1], {PLACES[1]: 3}, {"whole_1": ("assessed", 3, 3, 3)}),
    # Settled as blank.
    (
        [1, 2, 3, 2, 2, 1],
        [1, 3, 3, 2, 2, 1],
        {PLACES[1]: None},
        {"whole_1": ("not_assessed", None, None, None)},
    ),
    # Disputed above the median: whatever is decided, the element is the same.
    ([1, 1, 2, 2, 2, 1], [1, 1, 3, 2, 2, 1], {}, {"whole_1": ("assessed", 1, 1, 1)}),
    # The coders reach the same level from sources on which they differ: still open, up to what both allow.
    ([0, 0, 0, 1, 2, 1], [0, 0, 0, 2, 1, 1], {}, {"whole_2": ("disputed", None, 1, 2)}),
    # One of the two is settled, above what either coder's own levels give.
    ([0, 0, 0, 3, 2, 1], [0, 0, 0, 1, 3, 1], {PLACES[3]: 3}, {"whole_2": ("disputed", None, 2, 3)}),
    # A level against a blank: the bounds are unknown.
    ([0, 0, 0, 1, 2, 1], [0, 0, 0, None, 2, 1], {}, {"whole_2": ("disputed", None, None, None)}),
    # Blank against a level on one source each: every coder's element is blank, yet nothing is settled.
    ([0, 0, 0, 1, None, 1], [0, 0, 0, None, 2, 1], {}, {"whole_2": ("disputed", None, None, None)}),
    # One source is blank by agreement, whatever is disputed beside it.
    ([0, 0, 0, 1, None, 1], [0, 0, 0, 2, None, 1], {}, {"whole_2": ("not_assessed", None, None, None)}),
    # A single source carries its dispute over.
    ([0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 1, 3], {}, {"after_1": ("disputed", None, 0, 3)}),
]


@pytest.mark.parametrize(("ana", "budi", "settled", "expected"), SPANS)
def test_disagreement(
    ana: Levels, budi: Levels, settled: dict[str, int | None], expected: dict[str, tuple[Any, ...]]
) -> None:
    read = through(made(ana, budi, settled), "second")
    assert {name: spans(read)[name] for name in expected} == expected
    for name, (status, level, *_) in expected.items():
        found = coder_levels(read).set_index("indicator_id").loc[name]
        own = read.ratings[read.ratings["indicator_id"] == name]["level"]
        # What stays disputed is never counted as settled.
        assert not (found["adjudicated"] and status == "disputed")
        if level is not None and not own.eq(level).fillna(False).all():
            assert found["adjudicated"]


def test_an_element_that_only_its_sources_leave_open_is_listed_as_a_disagreement() -> None:
    # Each coder left the other of the two sources blank: both elements are blank, and nothing is settled.
    one = made([0, 0, 0, 1, None, 1], [0, 0, 0, None, 2, 1])
    one = replace(
        one,
        ratings=one.ratings.assign(confidence="", rationale=""),
        adjudication=one.adjudication.assign(rationale=""),
    )
    read = through(one, "second")
    listed = disagreements(read)
    assert listed["indicator_id"].tolist() == ["whole_2"] * 2 and listed["coder_id"].tolist() == [
        "ana",
        "budi",
    ]
    assert listed["level"].isna().all()
    assert disagreement_summary(coder_levels(read)) == {"units": 4, "disagreements": 1, "settled": 0}
    # In the collection itself the sources are listed.
    assert disagreements(one)["indicator_id"].unique().tolist() == ["process_2", "process_3"]


def test_an_adjudication_says_on_which_levels_it_rests() -> None:
    read = through(made([1, 2, 3, 2, 2, 1], [1, 3, 3, 2, 2, 1], {PLACES[1]: 3}), "second")
    one = replace(read, adjudication=read.adjudication.assign(rationale=""))
    assert trace(one, "case", "whole_1").level == 3
    real_like = made([1, 2, 3, 2, 2, 1], [1, 3, 3, 2, 2, 1], {PLACES[1]: 3})
    told = replace(
        real_like,
        ratings=real_like.ratings.assign(rationale="Because."),
        adjudication=real_like.adjudication.assign(rationale="Facts first."),
    )
    read = through(told, "second")
    (ruling,) = read.adjudication["rationale"]
    assert ruling == "From the settled levels: setting_1 1, setting_2 3, process_1 3. setting_2: Facts first."
    reasons = read.ratings.set_index(["indicator_id", "coder_id"])["rationale"]
    assert (
        reasons["whole_2", "ana"] == "From process_2 2, process_3 2. process_2: Because. process_3: Because."
    )
    assert reasons["whole_3", "ana"] == "Not assessed: no indicator of made-up is read into this element."


level = st.one_of(st.none(), st.integers(0, 3))
levels = st.lists(level, min_size=len(PLACES), max_size=len(PLACES))
rulings = st.dictionaries(st.sampled_from(PLACES), level)


@few
@given(levels, levels, rulings, st.sampled_from(["consensus", "ana", "budi"]))
def test_an_identity_crosswalk_changes_no_score(
    ana: Levels, budi: Levels, settled: dict[str, int | None], coder: str
) -> None:
    before = made(ana, budi, settled, IDENTITY)
    after = through(before, "second")
    assert after.cases["case"].framework == "second"
    options = ScoringOptions(coder=coder)
    one, two = score(before, options), score(after, options)
    pd.testing.assert_frame_equal(one.indicators, two.indicators)
    pd.testing.assert_frame_equal(one.dimensions, two.dimensions)
    pd.testing.assert_frame_equal(compare(before, one), compare(after, two))
    pd.testing.assert_frame_equal(consensus(before), consensus(after))
    pd.testing.assert_frame_equal(coder_levels(before), coder_levels(after))
    pd.testing.assert_frame_equal(evidence_balance(before), evidence_balance(after))


@few
@given(levels, levels, rulings)
def test_an_element_spans_what_its_sources_leave_open(
    ana: Levels, budi: Levels, settled: dict[str, int | None]
) -> None:
    before = made(ana, budi, settled)
    sources = consensus(before).set_index("indicator_id")
    found = spans(through(before, "second"))
    for element, names in READINGS.items():
        rows = sources.loc[names]
        status, _, low, high = found[element]
        if not names or rows["status"].eq("not_assessed").any():
            assert status == "not_assessed"
        elif rows["low"].isna().any():
            assert (status, low, high) == ("disputed", None, None)
        else:
            # Every way in which the open sources may be settled.
            ways = [range(a, b + 1) for a, b in zip(rows["low"], rows["high"], strict=True)]
            reached = {median_low(way) for way in product(*ways)}
            assert (low, high) == (min(reached), max(reached))
            assert status == ("assessed" if low == high else "disputed")


@few
@given(levels, levels)
def test_each_coder_is_read_alone(ana: Levels, budi: Levels) -> None:
    read = through(made(ana, budi), "second")
    found = read.ratings.set_index(["indicator_id", "coder_id"])["level"]
    assert len(found) == 2 * len(READINGS)
    for coder, own in (("ana", ana), ("budi", budi)):
        of = dict(zip(PLACES, own, strict=True))
        for element, names in READINGS.items():
            given_levels = [of[name] for name in names]
            known = [number for number in given_levels if number is not None]
            if known and len(known) == len(given_levels):
                assert found[element, coder] == median_low(known)
            else:
                assert pd.isna(found[element, coder])


def test_cases_of_the_framework_stay_as_they_are(minimal: Collection) -> None:
    assert through(minimal, "mini") is minimal
    read = through(minimal, "other")
    assert through(read, "other") is read


def test_a_collection_of_both_frameworks(minimal: Collection) -> None:
    read = through(minimal, "other")

    def mixed(name: str) -> pd.DataFrame:
        parts = {"alpha": getattr(minimal, name), "beta": getattr(read, name)}
        kept = [frame[frame["case_id"] == case] for case, frame in parts.items()]
        return pd.concat(kept, ignore_index=True)

    both_ways = replace(
        minimal,
        cases={"alpha": minimal.cases["alpha"], "beta": read.cases["beta"]},
        **{name: mixed(name) for name in ("evidence", "ratings", "adjudication")},
    )
    again = through(both_ways, "other")
    assert again.cases == read.cases
    for name in ("evidence", "ratings"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(read, name))
    pd.testing.assert_frame_equal(consensus(again), consensus(read))
    with pytest.raises(CgutilsError, match="framework 'mini' has no crosswalk from other"):
        through(both_ways, "mini")


def test_what_does_not_exist_is_said(minimal: Collection) -> None:
    for call in (through, crosswalk_table):
        with pytest.raises(CgutilsError) as caught:
            call(minimal, "third")
        assert str(caught.value) == "framework 'third' does not exist; choose one of mini, other."
    with pytest.raises(CgutilsError) as caught:
        crosswalk_table(minimal, "mini")
    assert str(caught.value) == "framework 'mini' has no crosswalk; crosswalks exist for other from mini."
    alone = replace(minimal, frameworks={"mini": minimal.frameworks["mini"], "other": CODEBOOK})
    with pytest.raises(CgutilsError) as caught:
        through(alone, "other")
    assert str(caught.value) == (
        "framework 'made-up' has no crosswalk from mini, by which cases are coded; no framework has one."
    )


def test_what_no_element_takes_up_is_left_out_and_counted(minimal: Collection) -> None:
    read = through(minimal, "other")
    gone = minimal.evidence[minimal.evidence["indicator_id"] == "result"]
    assert set(read.evidence["evidence_id"]) == set(minimal.evidence["evidence_id"]) - set(
        gone["evidence_id"]
    )
    (note,) = set(read.notes) - set(minimal.notes)
    assert str(note) == (
        f"data/raw/frameworks/other.yaml, column crosswalks: found {len(gone)} evidence item"
        f"{'' if len(gone) == 1 else 's'} of result, which no element takes up. Left out of this reading."
    )
    assert set(read.coder_items["evidence_id"]) <= {"", *read.evidence["evidence_id"]}
    table = crosswalk_table(minimal, "other").set_index("indicator_id")
    assert table.loc["result", "status"] == "left_out" and table.loc["result", "n_evidence"] == len(gone)


@pytest.fixture(scope="module")
def emerson(real: Collection) -> Collection:
    return through(real, "emerson_2012")


def sources_of(real: Collection) -> dict[str, tuple[str, ...]]:
    (walk,) = real.frameworks["emerson_2012"].crosswalks
    return {reading.element: reading.sources for reading in walk.elements}


def test_the_real_collection_follows_the_rule(real: Collection, emerson: Collection) -> None:
    before = consensus(real).set_index(["case_id", "indicator_id"])["level"]
    after = consensus(emerson).set_index(["case_id", "indicator_id"])["level"]
    for case_id, (element, sources) in product(real.cases, sources_of(real).items()):
        own = [before[case_id, name] for name in sources]
        if own and not any(pd.isna(number) for number in own):
            assert after[case_id, element] == median_low(own)
        else:
            assert pd.isna(after[case_id, element])
    assert len(after) == len(real.cases) * len(real.frameworks["emerson_2012"].indicators)


def test_the_real_scores_are_means_of_their_levels(real: Collection, emerson: Collection) -> None:
    scores = score(emerson, ScoringOptions(coverage_threshold=0))
    membership = scores.options.membership(consensus(emerson)["level"])
    frame = consensus(emerson).assign(membership=membership)
    means = frame.groupby(["case_id", "dimension_id"])["membership"].mean()
    inside = [d.dimension_id for d in real.frameworks["emerson_2012"].dimensions if d.in_index]
    for case_id in real.cases:
        own = means[case_id]
        for dimension_id in own.dropna().index:
            assert scores.value(case_id, str(dimension_id)) == pytest.approx(own[dimension_id], abs=1e-12)
        assert scores.value(case_id) == pytest.approx(own[inside].mean(), abs=1e-12)


def test_no_evidence_of_the_real_collection_counts_twice(real: Collection, emerson: Collection) -> None:
    moved = emerson.evidence.set_index("evidence_id")
    assert moved.index.is_unique
    old = real.evidence.set_index("evidence_id")
    element_of = {source: element for element, names in sources_of(real).items() for source in names}
    for item, indicator in old["indicator_id"].items():
        assert (moved.loc[item, "indicator_id"] if item in moved.index else None) == element_of.get(indicator)
    shown = crosswalk_table(real, "emerson_2012")
    assert shown["n_evidence"].sum() == len(old)
    assert shown.loc[shown["status"] == "left_out", "n_evidence"].sum() == len(old) - len(moved)
    for table in (emerson.ratings, emerson.adjudication):
        for _, row in table.iterrows():
            cited = moved.loc[list(row["evidence_ids"])]
            assert set(cited["indicator_id"]) <= {row["indicator_id"]}
            assert set(cited["case_id"]) <= {row["case_id"]}
            assert bool(len(cited)) == (not pd.isna(row["level"]))


def test_the_crosswalk_table_names_every_indicator_and_element(real: Collection) -> None:
    shown = crosswalk_table(real, "emerson_2012")
    named = shown.loc[shown["indicator_id"] != "", "indicator_id"].tolist()
    assert sorted(named) == sorted(i.indicator_id for i in real.frameworks["ansell_gash_2008"].indicators)
    elements = shown.loc[shown["element_id"] != "", "element_id"]
    wanted = [i.indicator_id for i in real.frameworks["emerson_2012"].indicators]
    assert elements.drop_duplicates().tolist() == wanted
    assert shown[["reason_en", "reason_id"]].map(len).gt(20).all(axis=None)
    assert set(shown["status"]) == {"read_into", "no_source", "left_out"}


def test_everything_that_takes_a_collection_takes_this_one(real: Collection, emerson: Collection) -> None:
    dimensions = [d.dimension_id for d in real.frameworks["emerson_2012"].dimensions]
    assert set(compare(emerson, score(emerson))["dimension_id"]) == {*dimensions, "index"}
    groups = agreement(emerson, draws=10)
    assert set(groups.loc[groups["scope"] == "dimension", "group_id"]) == set(dimensions)
    differ = coder_levels(emerson).query("not agree")[["case_id", "indicator_id"]]
    listed = disagreements(emerson)[["case_id", "indicator_id"]].drop_duplicates()
    assert sorted(map(tuple, listed.to_numpy())) == sorted(map(tuple, differ.to_numpy()))
    assert evidence_balance(emerson)["n_items"].sum() == len(emerson.evidence)


def test_the_context_names_elements(real: Collection, emerson: Collection) -> None:
    element_of = {source: element for element, names in sources_of(real).items() for source in names}
    old, new = recommendations(real)["primary_indicator"], recommendations(emerson)["primary_indicator"]
    assert new.tolist() == [element_of.get(name, "") for name in old]
    reached = untouched_indicators(emerson).set_index("indicator_id")["reached"]
    before = untouched_indicators(real).set_index("indicator_id")["reached"]
    assert list(reached.index) == list(sources_of(real))
    ranks = ["none", "secondary", "primary"]
    for element, names in sources_of(real).items():
        assert reached[element] == max((before[name] for name in names), key=ranks.index, default="none")
