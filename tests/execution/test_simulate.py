"""Synthetic collections: what is known of them beforehand is what the library finds."""

import re

import pandas as pd
import pytest

import support
from cgutils.analysis.comparison import compare, verdict
from cgutils.analysis.consensus import coder_levels, consensus
from cgutils.analysis.scoring import INDEX, score
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.project import find_project
from cgutils.execution.plan import make_plan
from cgutils.execution.run import run_collection
from cgutils.execution.simulate import Properties, simulate

HERE = find_project(support.ROOT)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return simulate(HERE, tmp_path_factory.mktemp("s") / "made", Properties(40, seed=3))


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_what_is_settled_on_is_the_true_level(made) -> None:
    truth = pd.read_csv(made / "truth.csv", dtype={"level": "Int64"})
    found = consensus(load_collection(made))[["case_id", "indicator_id", "level"]]
    pd.testing.assert_frame_equal(found, truth.astype({"case_id": "str", "indicator_id": "str"}))


def test_its_rates_are_those_that_were_asked_for(made) -> None:
    levels = coder_levels(load_collection(made))
    n = len(levels)
    assert n == 40 * 18
    # Within four standard errors.
    assert abs(levels["level"].isna().mean() - 0.1) < 4 * (0.1 * 0.9 / n) ** 0.5
    middle = levels[levels["level"].isin([1, 2])]
    assert abs((~middle["agree"]).mean() - 0.2) < 4 * (0.2 * 0.8 / len(middle)) ** 0.5
    assert levels[~levels["level"].isin([1, 2])]["agree"].all()


def test_the_same_seed_gives_the_same_bytes_and_more_cases_keep_the_first(made, tmp_path) -> None:
    again = contents(simulate(HERE, tmp_path / "again", Properties(40, seed=3)))
    assert again == contents(made)
    more = contents(simulate(HERE, tmp_path / "more", Properties(41, seed=3)))
    cases = {name: data for name, data in again.items() if name.startswith("data/raw/cases/")}
    assert {name: more[name] for name in cases} == cases
    other = contents(simulate(HERE, tmp_path / "other", Properties(40, seed=4)))
    assert other["truth.csv"] != again["truth.csv"]


def test_it_is_marked_as_synthetic_everywhere_in_both_languages(made) -> None:
    collection = load_collection(made)
    assert "made up" in (made / "SYNTHETIC.md").read_text(encoding="utf-8")
    for case in collection.cases.values():
        for words in (case.title, case.short_title, case.place, case.policy_field, case.public_problem):
            assert re.search("synthetic", words.en, re.IGNORECASE)
            assert re.search("sintetis", words.id, re.IGNORECASE)
    assert collection.evidence["summary_en"].str.contains("Synthetic").all()
    assert collection.evidence["summary_id"].str.contains("sintetis").all()
    assert collection.ratings["rationale"].str.contains("Synthetic").all()
    assert collection.coders["description_en"].str.contains("Synthetic").all()


def test_it_can_be_planned_like_any_other(made) -> None:
    names = [run.name for run in make_plan(find_project(made))]
    assert "01-case-study-synthetic-000001" in names
    assert len(names) > 40


@pytest.mark.slow
def test_all_its_notebooks_run(tmp_path) -> None:
    small = find_project(simulate(HERE, tmp_path / "small", Properties(4)))
    results = run_collection(small, make_plan(small))
    assert [result.message for result in results if result.failure is not None] == []
    assert {result.run.notebook[:2] for result in results} == {"00", "01", "02", "05", "06", "07"}
    # Six pairs of cases; the closest ones alone are drawn.
    curves = (small.processed / "figures").glob("robustness-curve-*-en.png")
    assert len(list(curves)) == 3


@pytest.mark.parametrize("number", [0, -1, 100_001])
def test_a_number_of_cases_that_is_not_allowed_is_told(tmp_path, number) -> None:
    with pytest.raises(CgutilsError, match=r"--cases: found .*; allowed: 1 to 100,000"):
        simulate(HERE, tmp_path / "x", Properties(number))
    assert not (tmp_path / "x").exists()


def test_a_folder_that_holds_something_is_left_alone(made) -> None:
    before = contents(made)
    with pytest.raises(CgutilsError, match="is not empty"):
        simulate(HERE, made, Properties(1))
    assert contents(made) == before


def test_pairs_are_compared_as_one_by_one_and_only_where_asked(made) -> None:
    collection = load_collection(made)
    scores = score(collection)
    found = compare(collection, scores)
    index = scores.dimensions.set_index(["case_id", "dimension_id"])
    for row in found.iloc[:: max(1, len(found) // 500)].to_dict("records"):
        a, b = (index.loc[(row[case], row["dimension_id"])] for case in ("case_a", "case_b"))
        assert row["verdict"] == verdict((a["lower"], a["upper"]), (b["lower"], b["upper"]))
    only = compare(collection, scores, [INDEX])
    expected = found[found["dimension_id"] == INDEX].reset_index(drop=True)
    pd.testing.assert_frame_equal(only, expected)
    assert len(only) == 40 * 39 / 2


def test_one_case_is_loaded_as_it_is_among_all(made) -> None:
    whole = load_collection(made)
    one = load_collection(made, case_ids=["synthetic-000007"])
    assert list(one.cases) == ["synthetic-000007"]
    for name in ("evidence", "ratings", "adjudication", "actors"):
        frame = getattr(whole, name)
        expected = frame[frame["case_id"] == "synthetic-000007"].reset_index(drop=True)
        pd.testing.assert_frame_equal(getattr(one, name), expected)
    with pytest.raises(CollectionError, match="no case unheard-of"):
        load_collection(made, case_ids=["synthetic-000007", "unheard-of"])
