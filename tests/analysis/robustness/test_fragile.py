"""The list of fragile ratings against every single change, made in the tables and compared anew."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pandas as pd
import pytest

from analysis.robustness.made import CODEBOOK, alike, seeded
from cgutils.analysis.comparison import compare, verdict
from cgutils.analysis.consensus import consensus
from cgutils.analysis.options import CONSENSUS, ScoringOptions
from cgutils.analysis.robustness.fragile import COLUMNS, fragile_ratings
from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection

CHANGE = ["dimension_id", "case_a", "case_b", "verdict", "new_verdict", "case_id", "indicator_id"]
CHANGE += ["level", "new_level"]
OPTIONS = {
    "default": ScoringOptions(),
    "coder": ScoringOptions(coder="coder-1"),
    "common_support": ScoringOptions(missing="common_support"),
    "minimum": ScoringOptions(aggregation="minimum"),
}


def settled(made: Collection, case_id: str, indicator_id: str, level: int) -> Collection:
    """Put a level of the consensus into the adjudication, in place of any that stands there."""
    old = made.adjudication
    rest = old[~(old["case_id"].eq(case_id) & old["indicator_id"].eq(indicator_id))]
    new = pd.DataFrame(
        {"case_id": [case_id], "indicator_id": [indicator_id], "level": [level], "evidence_ids": [()]}
    )
    frame = pd.concat([rest, new.reindex(columns=old.columns)], ignore_index=True)
    return replace(made, adjudication=frame.astype({"level": "Int64"}))


def rated(made: Collection, case_id: str, indicator_id: str, level: int, coder: str) -> Collection:
    ratings = made.ratings.copy()
    place = ratings["case_id"].eq(case_id) & ratings["indicator_id"].eq(indicator_id)
    place &= ratings["coder_id"].eq(coder)
    assert place.sum() == 1
    ratings.loc[place, "level"] = level
    return replace(made, ratings=ratings)


def verdicts(made: Collection, chosen: ScoringOptions, full: bool) -> dict[tuple[str, ...], str]:
    """The verdicts of `compare`, or sooner, without the evidence behind them, by its rule."""
    scores = score(made, chosen)
    if full:
        frame = compare(made, scores)
        return {(d, a, b): v for d, a, b, v in frame.iloc[:, :4].itertuples(index=False)}
    bounds = scores.dimensions.set_index(["dimension_id", "case_id"])[["lower", "upper"]]
    spans = {key: (low, high) for key, low, high in bounds.itertuples(name=None)}
    names = dict.fromkeys(name for name, _ in spans)
    return {
        (name, a, b): verdict(spans[name, a], spans[name, b])
        for name in names
        for a, b in combinations(made.cases, 2)
    }


def flips(made: Collection, chosen: ScoringOptions, full: bool = False) -> list[tuple[object, ...]]:
    """Every assessed level one step up and down, and each verdict that is another one then."""
    kept = ["case_id", "indicator_id", "coder_id", "level", "evidence_ids"]
    made = replace(made, ratings=made.ratings[kept])
    before = verdicts(made, chosen, full)
    found, tried = [], 0
    for row in consensus(made, chosen.coder).to_dict("records"):
        if row["status"] != "assessed":
            continue
        place = (row["case_id"], row["indicator_id"])
        for level in (row["level"] - 1, row["level"] + 1):
            if not 0 <= level <= 3:
                continue
            tried += 1
            other = (
                settled(made, *place, level)
                if chosen.coder == CONSENSUS
                else rated(made, *place, level, chosen.coder)
            )
            after = verdicts(other, chosen, full)
            changed = [key for key, old in before.items() if after[key] != old]
            found += [(*key, before[key], after[key], *place, row["level"], level) for key in changed]
    assert tried > len(before)
    return sorted(found)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_list_is_exactly_the_changes_that_flip_a_verdict(real: Collection, name: str) -> None:
    expected = flips(real, OPTIONS[name], full=name == "default")
    listed = fragile_ratings(real, OPTIONS[name])
    assert sorted(listed[CHANGE].itertuples(index=False, name=None)) == expected
    assert len(expected) > 3


@pytest.mark.parametrize("seed", [2, 5])
def test_the_list_is_exact_with_disputes_and_settled_levels(seed: int) -> None:
    made = settled(seeded(3, seed=seed, blank=0.15), "case-001", "process_2", 1)
    assert (consensus(made)["status"] == "disputed").any()
    chosen = ScoringOptions(
        calibration="linear",
        aggregation="median",
        index_aggregation="geometric",
        indicator_weights={"setting_1": 0, "process_1": 3},
    )
    expected = flips(made, chosen)
    listed = fragile_ratings(made, chosen)
    assert sorted(listed[CHANGE].itertuples(index=False, name=None)) == expected != []


def test_the_evidence_and_the_other_coders_stand_beside_each_change(real: Collection) -> None:
    listed = fragile_ratings(real)
    assert listed.columns.tolist() == list(COLUMNS)
    behind = consensus(real).set_index(["case_id", "indicator_id"])
    ratings = real.ratings.set_index(["case_id", "indicator_id", "coder_id"])["level"]
    for row in listed.to_dict("records"):
        place = (row["case_id"], row["indicator_id"])
        assert row["evidence_ids"] == ";".join(behind.loc[place, "evidence_ids"]) != ""
        assert row["level"] == behind.loc[place, "level"]
        levels = {name: ratings[(*place, name)] for name in ("coder-1", "coder-2")}
        said = {name: "-" if pd.isna(level) else str(level) for name, level in levels.items()}
        assert row["coder_levels"] == f"coder-1: {said['coder-1']}; coder-2: {said['coder-2']}"
        given = [name for name, level in levels.items() if level is not pd.NA and level == row["new_level"]]
        assert row["given_by"] == ";".join(given)
    order = listed["dimension_id"].drop_duplicates().tolist()
    assert order == [name for name in score(real).dimensions["dimension_id"].unique() if name in order]


def test_a_change_that_a_coder_made_names_that_coder() -> None:
    levels = [2, 2, 2, 2, 2, 2, 2, 2]
    two = {"ana": levels, "budi": [2, 2, 2, 2, 2, 3, 2, 2], "citra": [2, 2, 2, 2, 2, 1, 2, 2]}
    made = settled(collection(CODEBOOK, {"a": two, "b": two}), "a", "lone_1", 2)
    made = settled(made, "b", "lone_1", 2)
    listed = fragile_ratings(made)
    own = listed[listed["indicator_id"] == "lone_1"].set_index(["case_id", "new_level"]).sort_index()
    assert set(own["coder_levels"]) == {"ana: 2; budi: 3; citra: 1"}
    assert set(own.loc[("a", 3), "given_by"]) == {"budi"} and set(own.loc[("b", 1), "given_by"]) == {"citra"}
    assert listed.loc[listed["indicator_id"] != "lone_1", "given_by"].eq("").all()


def test_a_coder_who_did_not_rate_the_case_is_not_named() -> None:
    levels = [2, 2, 2, 2, 2, 2, 2, 2]
    made = collection(
        CODEBOOK,
        {"a": {"ana": levels, "budi": levels}, "b": {"ana": [1, None, *levels[2:]]}},
    )
    listed = fragile_ratings(made).set_index(["case_id", "indicator_id"]).sort_index()
    assert set(listed.loc[("a", "process_1"), "coder_levels"]) == {"ana: 2; budi: 2"}
    assert set(listed.loc[("b", "process_1"), "coder_levels"]) == {"ana: 2"}
    assert ("b", "setting_2") not in listed.index
    alone = fragile_ratings(made, ScoringOptions(coder="budi"))
    assert set(alone["case_id"]) <= {"a"}


@pytest.mark.parametrize("count", [1, 2])
def test_a_list_without_rows_has_the_same_columns(count: int) -> None:
    # Nothing is known of these cases, so that no single level decides.
    made = alike([None] * 8, count=count)
    listed = fragile_ratings(made)
    assert listed.empty and listed.columns.tolist() == list(COLUMNS)
    assert listed["level"].dtype == listed["new_level"].dtype == "int64"


def test_an_unknown_coder_is_refused(real: Collection) -> None:
    with pytest.raises(CgutilsError, match="coder 'coder-9' rated nothing; choose consensus or one of"):
        fragile_ratings(real, ScoringOptions(coder="coder-9"))
