"""Which cases are compared: those of one codebook, and of them those that somebody rated."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import cgutils as cg
from cgutils.analysis.alike import coded_alike, left_out, only_cases, taking_part
from cgutils.analysis.comparison import compare, outcome_indicator, process_outcome
from cgutils.analysis.framework_order import framework_order
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import common_support, score
from cgutils.analysis.trajectory import compare_phases, trajectory
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Framework
from cgutils.present.labels import LANGUAGES, labels
from support import Levels, collection, framework, joined, phased

ONE = framework({"setting": 2, "process": 2, "outcomes": 1})
# The same dimension and indicator ids as well, and some of its own.
OTHER = framework({"setting": 2, "talks": 1, "after": 1}, outside="after").model_copy(
    update={"framework_id": "another"}
)
BLANK: Levels = [None] * 5


def rated(levels: dict[str, Levels], codebook: Framework = ONE) -> Collection:
    return collection(codebook, {case: {"ana": own, "budi": own} for case, own in levels.items()})


@pytest.fixture(scope="module")
def mixed() -> Collection:
    """Two cases by each of two codebooks, and a fifth by the first."""
    first = rated({"a": [3, 3, 3, 2, 1], "c": [1, 0, None, 0, 2], "e": [2, 2, 2, 2, 0]})
    return joined(first, rated({"b": [3, 2, 3, 1], "d": [0, None, 1, 2]}, OTHER))


PAIRS = [("a", "c"), ("a", "e"), ("c", "e")]


def test_only_cases_of_one_codebook_form_pairs(mixed: Collection) -> None:
    frame = compare(mixed, score(mixed))
    found = {
        name: [*part[["case_a", "case_b"]].itertuples(index=False, name=None)]
        for name, part in frame.groupby("dimension_id", sort=False)
    }
    both = [*PAIRS, ("b", "d")]
    assert found == {
        "setting": both,
        "process": PAIRS,
        "index": both,
        "outcomes": PAIRS,
        "talks": [("b", "d")],
        "after": [("b", "d")],
    }


@pytest.mark.parametrize("missing", ["interval", "common_support"])
def test_a_case_of_another_codebook_changes_nothing(mixed: Collection, missing: str) -> None:
    # Indicators of both codebooks have the same ids, and d lacks some that a, c and e have.
    options = ScoringOptions(missing=missing)
    alone, together = coded_alike(mixed, "made-up"), score(mixed, options).dimensions
    of_alone = score(alone, options).dimensions
    own = together[together["case_id"].isin(alone.cases)].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, of_alone)
    pairs = compare(mixed, score(mixed, options)).query("case_a in ['a', 'c', 'e']").reset_index(drop=True)
    pd.testing.assert_frame_equal(pairs, compare(alone, score(alone, options)))


def test_the_codebook_of_most_cases_the_first_by_id_or_the_one_that_is_named(mixed: Collection) -> None:
    assert [*coded_alike(mixed).cases] == ["a", "c", "e"]
    assert [*coded_alike(only_cases(mixed, "abcd")).cases] == ["b", "d"]
    chosen = coded_alike(mixed, "another")
    assert [*chosen.cases] == ["b", "d"]
    for name in ("evidence", "ratings", "adjudication"):
        assert set(getattr(chosen, name)["case_id"]) <= {"b", "d"}
    assert len(chosen.ratings) == 2 * 2 * 4
    assert coded_alike(chosen) is chosen and coded_alike(chosen, "another") is chosen


@pytest.mark.parametrize("framework_id", ["nope", "second"])
def test_a_codebook_by_which_no_case_is_coded_is_refused(mixed: Collection, framework_id: str) -> None:
    with pytest.raises(CgutilsError) as caught:
        coded_alike(mixed, framework_id)
    assert str(caught.value) == (
        f"no case is coded by the framework {framework_id!r}; choose one of another, made-up."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_is_said_and_how_it_comes_in(mixed: Collection, language: str) -> None:
    words = labels(mixed, language)
    said = [str(cg.say(words, k, **v)) for k, v in left_out(mixed, coded_alike(mixed)).items()]
    assert len(said) == 2 and "b, d" in said[0] and "3" in said[0] and "5" in said[0]
    assert "framework_id (another)" in said[1] and "cg.through" in said[1]
    assert left_out(mixed, mixed) == {}


def test_every_case_stands_beside_its_outcome(mixed: Collection) -> None:
    frame = process_outcome(score(mixed), "outcomes_1").set_index("case_id")
    assert frame["outcome_level"].astype(object).where(frame["outcome_level"].notna(), None).to_dict() == {
        **{"a": 1, "b": None, "c": 2, "d": None, "e": 0}
    }
    assert frame["outcome_status"]["b"] == "not_assessed"
    cg.plot_process_outcome(frame.reset_index(), labels(mixed, "en"), "outcomes_1")


def test_a_codebook_has_its_own_outcome(mixed: Collection, real: Collection) -> None:
    assert outcome_indicator(real) == "problem_results"
    assert outcome_indicator(coded_alike(mixed, "another")) == "after_1"
    assert outcome_indicator(coded_alike(mixed, "another"), "talks_1") == "talks_1"
    bare = framework({"setting": 1}, outside="")
    assert outcome_indicator(collection(bare, {"a": {"ana": [1]}})) == ""


def test_no_framework_reaches_all_cases(mixed: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        framework_order(mixed)
    assert str(caught.value) == (
        "framework_order: no framework reaches all cases, which are coded by another, made-up. "
        "Write a crosswalk, or hand over coded_alike(collection, framework_id)."
    )
    assert [*framework_order(coded_alike(mixed)).cases["case_id"]] == ["a", "c", "e"]


def test_phases_of_cases_of_different_codebooks_are_not_compared() -> None:
    stages = [joined(rated({"a": [level] * 5}), rated({"b": [3 - level] * 4}, OTHER)) for level in (0, 3)]
    whole = phased(dict(zip(("before", "after"), stages, strict=True)))
    found = compare_phases(whole)
    assert found.empty and found.dtypes["difference"] == "float64"
    assert set(trajectory(whole)["case_id"]) == {"a", "b"}


RATED: dict[str, Levels] = {"a": [3, 3, 3, 2, 1], "b": [1, None, 0, 0, 2], "c": [2, 2, 2, 2, 0]}


def everything(made: Collection) -> dict[str, pd.DataFrame]:
    """All that is said of the comparison."""
    grid = cg.specification_grid(made, draws=1)
    robust = cg.robustness(made, grid)
    stable, fragile = cg.perturbation(made, draws=50), cg.fragile_ratings(made)
    scores = score(made)
    verdicts = compare(made, scores)
    common = ScoringOptions(missing="common_support")
    return {
        "grid": grid.sample(500).table(),
        "ranks": robust.ranks,
        "dominance": robust.dominance,
        "stable": stable,
        "fragile": fragile,
        "fragile in common": cg.fragile_ratings(made, common),
        "verdicts": verdicts,
        "verdicts in common": compare(made, score(made, common)),
        "findings": cg.findings(scores, verdicts, robust, stable, fragile),
        "sensitivity": cg.sensitivity(made, grid, size=8),
        "curve": cg.specification_curve(made, grid.sample(50), "a", "b"),
    }


@pytest.mark.parametrize("rows", ["none", "blank", "blank by a third coder"])
def test_an_unrated_case_changes_nothing_for_the_others(rows: str) -> None:
    alone = rated(RATED)
    coders = {"none": {}, "blank": {"ana": BLANK, "budi": BLANK}, "blank by a third coder": {"citra": BLANK}}
    whole = joined(alone, collection(ONE, {"bb": coders[rows]}))
    expected = everything(alone)
    for name, frame in everything(whole).items():
        pd.testing.assert_frame_equal(frame, expected[name], check_exact=True, obj=name)
    for missing in ("interval", "common_support"):
        options = ScoringOptions(missing=missing)
        found, before = (score(made, options).dimensions for made in (whole, alone))
        others = found[found["case_id"] != "bb"].reset_index(drop=True)
        pd.testing.assert_frame_equal(others, before, check_exact=True)
        own = found[found["case_id"] == "bb"]
        assert own["score"].isna().all() and set(own["status"]) == {"not_assessed"}
    shown = common_support(whole).set_index(["case_id", "dimension_id"])["n_indicators"]
    assert shown["bb", "setting"] == shown["a", "setting"] == 1
    assert taking_part(whole) == ("a", "b", "c")
    assert left_out(whole, whole) == {"without_levels": {"cases": ["bb"]}}


def test_a_level_by_any_coder_counts_whoever_is_asked() -> None:
    made = joined(rated(RATED), collection(ONE, {"bb": {"citra": [None, None, 1, None, None]}}))
    assert taking_part(made) == ("a", "b", "bb", "c")
    # Ana rated nothing of bb, which somebody else did rate: by her levels nothing is in common.
    options = ScoringOptions(missing="common_support", coder="ana")
    assert set(score(made, options).dimensions["n_indicators"]) == {0}


def test_where_nobody_rated_anything_all_cases_stay() -> None:
    made = collection(ONE, {"a": {}, "b": {"ana": BLANK}})
    assert taking_part(made) == ("a", "b")
    assert set(compare(made, score(made))["verdict"]) == {"indistinguishable"}
    assert left_out(made, made) == {}


def test_a_case_from_which_nothing_is_read_into_a_framework_is_not_comparable_there(
    real: Collection,
) -> None:
    # Everything of sampang is blank but an indicator that the second framework leaves out.
    ratings = real.ratings.copy()
    own = ratings["case_id"].eq("sampang") & ratings["indicator_id"].ne("prehistory")
    ratings.loc[own, "level"] = pd.NA
    adjudication = real.adjudication[real.adjudication["case_id"] != "sampang"]
    made = replace(real, ratings=ratings, adjudication=adjudication)
    order = framework_order(made)
    second = order.pairs[order.pairs["framework_id"] == "emerson_2012"].set_index(["case_a", "case_b"])
    assert len(second) == 3 and second.loc[("banjar", "sampang"), "verdict"] == "not_comparable"
    survives = order.survives().set_index(["case_a", "case_b"])
    assert pd.isna(survives.loc[("banjar", "sampang"), "same_order"])
    assert not survives.loc[("banjar", "sampang"), "same_verdict"]
