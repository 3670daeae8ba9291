"""Agreement by scope, the units on which coders differ, and the matrix for other programs."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cgutils.analysis.agreement import SCALE, SEED, agreement, disagreements, rating_matrix
from cgutils.analysis.coefficients import (
    alpha_bootstrap,
    cohen_kappa,
    count_values,
    gwet_ac,
    krippendorff_alpha,
    share_within,
)
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present.labels import words
from support import Levels, collection, framework

CODEBOOK = framework({"setting": 3, "process": 2, "outcomes": 1})
ALPHAS = ["alpha_nominal", "alpha_ordinal", "alpha_interval", "alpha_ratio"]
OTHERS = ["ac1", "ac2_ordinal", "exact_agreement", "within_one"]
KAPPAS = ["kappa_unweighted", "kappa_linear", "kappa_quadratic"]
THREE = {
    "one": {"ana": [0, 1, 2, 3, 1, None], "budi": [0, 2, 2, 3, None, None], "cici": [1, 1, 2, 3, 2, 0]},
    "two": {"ana": [3, 3, 0, 1, 1, 2], "budi": [3, 2, 0, 1, 3, 2], "cici": [3, None, 1, 1, 1, 2]},
}


def made(
    levels: Mapping[str, Mapping[str, Levels]],
    settled: Mapping[tuple[str, str], int | None] | None = None,
) -> Collection:
    """A collection whose ratings have reasons, as those from files have."""
    bare = collection(CODEBOOK, levels, settled)
    ratings, adjudication = bare.ratings, bare.adjudication
    ratings["confidence"] = ["" if pd.isna(level) else "medium" for level in ratings["level"]]
    ratings["rationale"] = [
        f"{coder} on {indicator} of {case}"
        for case, indicator, coder in zip(
            ratings["case_id"], ratings["indicator_id"], ratings["coder_id"], strict=True
        )
    ]
    adjudication["rationale"] = [f"settled {name}" for name in adjudication["indicator_id"]]
    return bare


def matrix_of(levels: Mapping[str, Mapping[str, Levels]]) -> np.ndarray:
    """Units x coders from the same plain lists, without the library."""
    by_case = [np.array([own[coder] for coder in sorted(own)], dtype="float64").T for own in levels.values()]
    return np.vstack(by_case)


def one(frame: pd.DataFrame, measure: str, group_id: str = "all", coders: str | None = None) -> pd.Series:
    rows = frame[(frame["measure"] == measure) & (frame["group_id"] == group_id)]
    rows = rows if coders is None else rows[rows["coders"] == coders]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return agreement(made(THREE), draws=200)


def test_every_scope_has_every_measure(found: pd.DataFrame) -> None:
    scopes = list(dict.fromkeys(zip(found["scope"], found["group_id"], strict=True)))
    assert scopes == [
        ("overall", "all"),
        ("case", "one"),
        ("case", "two"),
        ("dimension", "setting"),
        ("dimension", "process"),
        ("dimension", "outcomes"),
    ]
    pairs = 3
    for _, part in found.groupby(["scope", "group_id"]):
        assert part["measure"].tolist() == [*ALPHAS, *OTHERS, *KAPPAS * pairs]
    assert set(found.loc[found["measure"].isin(ALPHAS + OTHERS), "coders"]) == {"ana;budi;cici"}


def test_everything_that_is_named_has_a_word_in_both_languages(found: pd.DataFrame) -> None:
    statuses = {"defined", "undefined_one_coder", "undefined_no_pair", "undefined_no_variation"}
    for key in {*found["measure"], *found["scope"], *found.columns, *statuses} - {
        "group_id",
        "lower",
        "upper",
    }:
        assert key in words(), key


def test_the_overall_figures_are_those_of_the_plain_lists(found: pd.DataFrame) -> None:
    counts = count_values(matrix_of(THREE), SCALE)
    for measure in ALPHAS:
        expected = krippendorff_alpha(counts, measure.removeprefix("alpha_"))
        assert one(found, measure)["coefficient"] == pytest.approx(expected, abs=1e-12)
    assert one(found, "ac1")["coefficient"] == pytest.approx(gwet_ac(counts), abs=1e-12)
    assert one(found, "ac2_ordinal")["coefficient"] == pytest.approx(gwet_ac(counts, "ordinal"), abs=1e-12)
    assert one(found, "exact_agreement")["coefficient"] == share_within(counts)
    assert one(found, "within_one")["coefficient"] == share_within(counts, 1)


def test_the_units_are_counted(found: pd.DataFrame) -> None:
    sizes = {
        group: tuple(one(found, "alpha_ordinal", group)[["n_units", "n_pairable"]])
        for group in found["group_id"].unique()
    }
    assert sizes == {
        "all": (12, 11),
        "one": (6, 5),
        "two": (6, 6),
        "setting": (6, 6),
        "process": (4, 4),
        "outcomes": (2, 1),
    }


def test_three_coders_make_three_pairs(found: pd.DataFrame) -> None:
    ratings = matrix_of(THREE)
    names = ["ana", "budi", "cici"]
    for a, b in combinations(range(3), 2):
        pair = ratings[:, [a, b]]
        rated = ~np.isnan(pair)
        for measure in KAPPAS:
            row = one(found, measure, coders=f"{names[a]};{names[b]}")
            expected = cohen_kappa(pair, SCALE, measure.removeprefix("kappa_"))
            assert row["coefficient"] == pytest.approx(expected, abs=1e-12)
            assert (row["n_units"], row["n_pairable"]) == (rated.any(axis=1).sum(), rated.all(axis=1).sum())
    assert set(found.loc[found["measure"].isin(KAPPAS), "coders"]) == {"ana;budi", "ana;cici", "budi;cici"}


def test_an_interval_goes_with_alpha_alone_and_spans_it(found: pd.DataFrame) -> None:
    alphas = found["measure"].isin(ALPHAS) & found["status"].eq("defined")
    assert alphas.any()
    assert found.loc[~alphas, ["lower", "upper"]].isna().all(axis=None)
    overall = found[alphas & found["scope"].eq("overall")]
    assert len(overall) == len(ALPHAS)
    assert (overall["lower"] < overall["coefficient"]).all() and (
        overall["coefficient"] < overall["upper"]
    ).all()


@pytest.mark.parametrize("measure", ALPHAS)
def test_the_interval_holds_95_percent_of_the_draws(measure: str, found: pd.DataFrame) -> None:
    metric = measure.removeprefix("alpha_")
    sample = alpha_bootstrap(count_values(matrix_of(THREE), SCALE), metric, draws=200, seed=SEED)
    row = one(found, measure)
    assert (row["lower"], row["upper"]) == tuple(np.percentile(sample, [2.5, 97.5]))


def test_the_seed_decides_the_interval_and_nothing_else() -> None:
    first, again, other = (agreement(made(THREE), draws=60, seed=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first, again)
    assert not first["lower"].equals(other["lower"])
    ends = ["lower", "upper"]
    pd.testing.assert_frame_equal(first.drop(columns=ends), other.drop(columns=ends))


def test_the_order_of_rows_changes_nothing(found: pd.DataFrame) -> None:
    turned = {case: dict(reversed(own.items())) for case, own in reversed(THREE.items())}
    pd.testing.assert_frame_equal(agreement(made(turned), draws=200), found)


BLANK: list[int | None] = [None] * 6


@pytest.mark.parametrize(
    ("ana", "budi", "alpha", "kappa"),
    [
        ([0, 1, 2, 3, 1, 1], BLANK, "undefined_one_coder", "undefined_one_coder"),
        ([0, 1, 2, None, None, None], [None, None, None, 3, 1, 1], "undefined_no_pair", "undefined_no_pair"),
        (BLANK, BLANK, "undefined_no_pair", "undefined_no_pair"),
        ([2] * 6, [2] * 6, "undefined_no_variation", "undefined_no_variation"),
        ([2] * 5 + [1], [2] * 6, "defined", "defined"),
    ],
    ids=["one coder", "no pair", "nobody", "no variation", "defined"],
)
def test_what_is_not_defined_says_why(ana: Levels, budi: Levels, alpha: str, kappa: str) -> None:
    frame = agreement(made({"case": {"ana": ana, "budi": budi}}), draws=20)
    row = one(frame, "alpha_ordinal")
    assert (row["status"], one(frame, "kappa_linear")["status"]) == (alpha, kappa)
    undefined = alpha != "defined"
    assert np.isnan(row["coefficient"]) == undefined
    assert np.isnan(row["lower"]) == np.isnan(row["upper"]) == undefined


def test_one_value_alone_leaves_shares_defined_but_no_coefficient_against_chance() -> None:
    frame = agreement(made({"case": {"ana": [2] * 6, "budi": [2] * 6}}), draws=20)
    for measure in ("exact_agreement", "within_one"):
        assert tuple(one(frame, measure)[["coefficient", "status"]]) == (1.0, "defined")
    for measure in ("ac1", "ac2_ordinal", *ALPHAS, *KAPPAS):
        row = one(frame, measure)
        assert np.isnan(row["coefficient"]) and row["status"] == "undefined_no_variation"


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"draws": -1}, "draws is -1, allowed: whole numbers from 1"),
        ({"draws": 0}, "draws is 0, allowed: whole numbers from 1"),
        ({"draws": 1.5}, "draws is 1.5, allowed: whole numbers from 1"),
        ({"draws": "many"}, "draws is 'many', allowed: whole numbers from 1"),
        ({"seed": -1}, "seed is -1, allowed: whole numbers from 0"),
        ({"seed": None}, "seed is None, allowed: whole numbers from 0"),
    ],
)
def test_draws_and_seed_are_whole_numbers(choice: dict[str, Any], said: str) -> None:
    with pytest.raises(CgutilsError) as caught:
        agreement(made(THREE), **choice)
    assert str(caught.value) == f"agreement: {said}."


def test_the_interval_is_over_the_resamples_in_which_alpha_is_defined() -> None:
    # Two units: half of the resamples draw one of them twice, so that there is one level alone.
    frame = agreement(made({"case": {"ana": [1, 2] + [None] * 4, "budi": [1, 2] + [None] * 4}}), draws=200)
    row = one(frame, "alpha_ordinal")
    assert (row["lower"], row["coefficient"], row["upper"], row["status"]) == (1, 1, 1, "defined")


def test_a_single_coder_has_no_pairs_at_all() -> None:
    frame = agreement(made({"case": {"ana": [0, 1, 2, 3, 0, 1]}}), draws=20)
    assert set(frame["measure"]) == {*ALPHAS, *OTHERS}
    assert set(frame["status"]) == {"undefined_one_coder"}


def test_a_scope_without_ratings_of_one_coder() -> None:
    frame = agreement(
        made({"one": {"ana": [0, 1, 2, 3, 1, 1], "budi": [0, 1, 2, 3, 1, 2]}, "two": {"ana": [1] * 6}}),
        draws=20,
    )
    assert one(frame, "alpha_ordinal", "two")["status"] == "undefined_one_coder"
    assert one(frame, "alpha_ordinal", "one")["status"] == "defined"
    assert tuple(one(frame, "alpha_ordinal")[["n_units", "n_pairable"]]) == (12, 6)


def test_coders_of_different_cases_make_no_rows_of_pairs() -> None:
    of_cases = {
        "one": {"ana": [0, 1, 2, 3, 1, 1], "budi": [0, 1, 2, 3, 1, 2]},
        "two": {"cici": [0, 1, 2, 3, 1, 1], "dedi": [0, 1, 2, 3, 3, 2]},
    }
    frame = agreement(made(of_cases), draws=20)
    kappas = frame[frame["measure"].isin(KAPPAS)]
    assert set(kappas["coders"]) == {"ana;budi", "cici;dedi"}
    assert kappas["n_pairable"].gt(0).all() and kappas["status"].ne("undefined_one_coder").all()
    rest = frame[~frame["measure"].isin(KAPPAS)]
    assert set(rest.loc[rest["group_id"] == "two", "coders"]) == {"cici;dedi"}
    assert set(rest.loc[rest["scope"] == "overall", "coders"]) == {"ana;budi;cici;dedi"}


def test_the_matrix_has_a_row_a_unit_and_a_column_a_coder() -> None:
    frame = rating_matrix(made(THREE))
    assert frame.columns.tolist() == ["case_id", "dimension_id", "indicator_id", "ana", "budi", "cici"]
    assert {str(frame[name].dtype) for name in ("ana", "budi", "cici")} == {"Int64"}
    values = frame[["ana", "budi", "cici"]].astype("float64").to_numpy(na_value=np.nan)
    np.testing.assert_array_equal(values, matrix_of(THREE))
    assert frame["case_id"].tolist() == ["one"] * 6 + ["two"] * 6
    assert frame["indicator_id"].tolist() == [item.indicator_id for item in CODEBOOK.indicators] * 2


ANA: Sequence[int | None] = [2, 1, None, 0, 3, None]
BUDI: Sequence[int | None] = [2, 2, 1, 0, 1, None]
# Of the three disagreements one is settled at a level, one as not assessed, one not at all; the agreement on
# setting_1 is settled too.
SETTLED = {("case", "setting_2"): 1, ("case", "setting_3"): None, ("case", "setting_1"): 2}


def test_every_disagreement_with_its_reasons_and_its_end() -> None:
    frame = disagreements(made({"case": {"budi": BUDI, "ana": ANA}}, SETTLED))
    assert frame.columns.tolist() == [
        *("case_id", "dimension_id", "indicator_id", "coder_id", "level", "confidence", "rationale")
    ]
    rows = [
        tuple(None if pd.isna(value) else value for value in row[2:])
        for row in frame.itertuples(index=False, name=None)
    ]
    assert rows == [
        ("setting_2", "ana", 1, "medium", "ana on setting_2 of case"),
        ("setting_2", "budi", 2, "medium", "budi on setting_2 of case"),
        ("setting_2", "adjudicated", 1, "", "settled setting_2"),
        ("setting_3", "ana", None, "", "ana on setting_3 of case"),
        ("setting_3", "budi", 1, "medium", "budi on setting_3 of case"),
        ("setting_3", "adjudicated", None, "", "settled setting_3"),
        ("process_2", "ana", 3, "medium", "ana on process_2 of case"),
        ("process_2", "budi", 1, "medium", "budi on process_2 of case"),
    ]
    assert str(frame["level"].dtype) == "Int64"
    assert frame["dimension_id"].tolist() == ["setting"] * 6 + ["process"] * 2


def test_the_adjudication_stands_last_whatever_the_coders_are_called() -> None:
    levels = {"case": {"aaa": [0] * 6, "zzz": [1] + [0] * 5}}
    frame = disagreements(made(levels, {("case", "setting_1"): 0}))
    assert frame["coder_id"].tolist() == ["aaa", "zzz", "adjudicated"]


def test_coders_who_agree_leave_an_empty_list() -> None:
    frame = disagreements(made({"case": {"ana": ANA, "budi": ANA}}))
    assert frame.empty and "rationale" in frame.columns


def test_the_disagreements_of_the_collection_are_those_of_its_files(real: Collection) -> None:
    expected: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for path in sorted((real.root / "data" / "raw" / "cases").glob("*/ratings.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                unit = expected.setdefault((path.parent.name, row["indicator_id"]), {})
                unit[row["coder_id"]] = (row["level"], row["rationale"])
    differ = {key: unit for key, unit in expected.items() if len({level for level, _ in unit.values()}) > 1}
    frame = disagreements(real)
    assert set(zip(frame["case_id"], frame["indicator_id"], strict=True)) == set(differ)
    by_coders = frame[frame["coder_id"] != "adjudicated"]
    reasons = {
        (row["case_id"], row["indicator_id"], row["coder_id"]): row["rationale"]
        for row in by_coders.to_dict("records")
    }
    assert reasons == {
        (*key, coder): reason for key, unit in differ.items() for coder, (_, reason) in unit.items()
    }
    settled = frame[frame["coder_id"] == "adjudicated"]
    assert len(settled) == len(differ) and settled["rationale"].str.strip().ne("").all()


def test_the_agreement_of_the_collection(real: Collection) -> None:
    frame = agreement(real, draws=300)
    overall = one(frame, "alpha_ordinal")
    units = len(rating_matrix(real))
    assert units == sum(len(real.framework_of(case).indicators) for case in real.cases)
    assert overall["n_pairable"] <= overall["n_units"] <= units
    for scope in ("case", "dimension"):
        parts = frame[(frame["measure"] == "alpha_ordinal") & (frame["scope"] == scope)]
        assert parts["n_pairable"].sum() == overall["n_pairable"]
        assert parts["n_units"].sum() == overall["n_units"]
    intervals = frame[frame["measure"].isin(ALPHAS) & frame["status"].eq("defined")]
    assert (intervals["lower"] <= intervals["coefficient"]).all()
    assert (intervals["coefficient"] <= intervals["upper"]).all()
    assert intervals["upper"].le(1).all()
    assert frame["coefficient"].isna().eq(frame["status"] != "defined").all()
