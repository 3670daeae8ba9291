"""What may be said: thresholds at their edges, the rule of the verdict, frames that belong together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.robustness.made import CODEBOOK, SIZE, alike, seeded
from cgutils.analysis.comparison import compare
from cgutils.analysis.hierarchy import INDEX
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.robustness.acceptability import Robustness, robustness
from cgutils.analysis.robustness.findings import COLUMNS, drivers, findings, strength
from cgutils.analysis.robustness.fragile import fragile_ratings
from cgutils.analysis.robustness.perturbation import perturbation
from cgutils.analysis.robustness.sensitivity import COLUMNS as SOBOL
from cgutils.analysis.robustness.sensitivity import sensitivity
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.analysis.scoring import Scores, score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection

PAIR = ["dimension_id", "case_a", "case_b"]
Frames = tuple[Scores, pd.DataFrame, Robustness, pd.DataFrame, pd.DataFrame]


def frames(made: Collection, chosen: ScoringOptions | None = None, **grid: object) -> Frames:
    options = chosen or ScoringOptions()
    scores = score(made, options)
    whole = specification_grid(made, draws=0).restrict(**grid)  # type: ignore[arg-type]
    robust = robustness(made, whole.sample(400))
    stable = perturbation(made, options, draws=20)
    return scores, compare(made, scores), robust, stable, fragile_ratings(made, options)


@pytest.fixture(scope="module")
def own(real: Collection) -> Frames:
    return frames(real)


def shared(given: Frames, share_a: float, share_b: float, interval: str = "indistinguishable") -> pd.Series:
    """The finding on the index of the first pair, had it these shares and this verdict by its intervals."""
    scores, verdicts, robust, stable, fragile = given
    place = verdicts["dimension_id"].eq("index") & verdicts["case_b"].eq("sako")
    dominance = robust.dominance.copy()
    at = dominance["dimension_id"].eq("index") & dominance["case_b"].eq("sako")
    dominance.loc[at, ["share_a", "share_b", "share_tie"]] = [share_a, share_b, 1 - share_a - share_b]
    verdicts, stable = (
        frame.assign(verdict=frame["verdict"].mask(place, interval)) for frame in (verdicts, stable)
    )
    fragile = fragile.iloc[:0]
    made = findings(scores, verdicts, replace(robust, dominance=dominance), stable, fragile)
    return made.set_index("statement_id").loc["index:banjar:sako"]


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (1.0, "always"),
        (np.nextafter(1, 0), "robust"),
        (0.9996, "robust"),
        (0.9, "robust"),
        (90 / 100, "robust"),
        (np.nextafter(0.9, 0), "mostly"),
        (0.75, "mostly"),
        (np.nextafter(0.75, 0), "leaning"),
        (np.nextafter(0.5, 1), "leaning"),
        (0.5, "open"),
        (0.0, "open"),
    ],
)
def test_thresholds_at_their_edges(own: Frames, share: float, expected: str) -> None:
    assert strength(share) == expected
    rest = 1 - share
    ahead, behind = shared(own, share, rest / 2), shared(own, rest / 2, share)
    assert ahead["strength"] == expected and behind["strength"] == expected
    if share > 0.5:
        assert (ahead["leading"], behind["leading"]) == ("banjar", "sako")
    assert ahead["share"] == behind["share"] == max(share, rest / 2)
    assert ahead["share_other"] == behind["share_other"] == min(share, rest / 2)


@pytest.mark.parametrize("share", [1 / 3, 0.5, 0.0])
def test_where_neither_leads_nothing_leads(own: Frames, share: float) -> None:
    row = shared(own, share, share)
    assert row["leading"] == "" and row["strength"] == "open"
    assert row["verdict"] == "indistinguishable" and row["basis"] == "none"


@pytest.mark.parametrize(
    ("interval", "share_a", "share_b", "verdict", "basis"),
    [
        ("higher", 1.0, 0.0, "higher", "intervals_and_grid"),
        ("higher", 0.9, 0.1, "higher", "intervals_and_grid"),
        ("higher", np.nextafter(0.9, 0), 0.0, "higher", "intervals"),
        ("higher", 0.3, 0.3, "higher", "intervals"),
        ("lower", 0.0, 0.95, "lower", "intervals_and_grid"),
        ("lower", 0.5, 0.5, "lower", "intervals"),
        ("indistinguishable", 0.9, 0.0, "higher", "grid"),
        ("indistinguishable", 0.0, 0.9, "lower", "grid"),
        ("indistinguishable", np.nextafter(0.9, 0), 0.0, "indistinguishable", "none"),
        ("not_comparable", 0.0, 0.0, "not_comparable", "none"),
        # The intervals of the method's own choices outweigh a grid that says the contrary.
        ("higher", 0.0, 1.0, "higher", "intervals"),
    ],
)
def test_the_verdict_follows_the_rule_of_the_method(
    own: Frames, interval: str, share_a: float, share_b: float, verdict: str, basis: str
) -> None:
    row = shared(own, share_a, share_b, interval)
    assert (row["interval_verdict"], row["verdict"], row["basis"]) == (interval, verdict, basis)


def test_every_column_is_that_of_the_frame_it_comes_from(own: Frames) -> None:
    scores, verdicts, robust, stable, fragile = own
    made = findings(*own)
    assert made.columns.tolist() == list(COLUMNS)
    pairs = made[made["kind"] == "pair"].set_index(PAIR)
    # The pairs of the comparison, those on the index first.
    order = sorted(verdicts.set_index(PAIR).index, key=lambda place: place[0] != INDEX)
    assert pairs.index.tolist() == order
    verdicts, stable = (frame.set_index(PAIR).loc[order].reset_index() for frame in (verdicts, stable))
    assert pairs["statement_id"].is_unique and made["n_specifications"].eq(400).all()
    assert pairs["interval_verdict"].tolist() == verdicts["verdict"].tolist()
    assert pairs["share_same"].tolist() == stable["share_same"].tolist()
    listed = fragile.groupby(PAIR).size()
    assert pairs["n_fragile"].sum() == len(fragile) > 0
    for place, count in listed.items():
        assert pairs.loc[place, "n_fragile"] == count
    by_case = scores.dimensions.set_index(["dimension_id", "case_id"])
    missing = by_case["n_indicators"] - by_case["n_assessed"]
    dominance = robust.dominance.set_index(PAIR)
    for (name, a, b), row in pairs.iterrows():
        assert row["n_missing"] == missing[name, a] + missing[name, b]
        from_grid = dominance.loc[(name, a, b)]
        side = {a: "a", b: "b", "": "a"}[row["leading"]]
        assert row["share"] == from_grid[f"share_{side}"] == from_grid[["share_a", "share_b"]].max()
        assert row["certain"] == from_grid[f"certain_{side}"]
        for column in ("share_tie", "share_undefined"):
            assert row[column] == from_grid[column]
    assert {"banjar", "sampang"} <= set(pairs["leading"])


def test_first_is_the_case_with_the_largest_share_of_the_first_rank(own: Frames) -> None:
    made = findings(*own)
    first = made[made["kind"] == "first"].set_index("dimension_id")
    ranks = own[2].ranks
    for name, part in ranks[ranks["rank"] == 1].groupby("dimension_id"):
        best = part.loc[part["share"].idxmax()]
        assert first.loc[name, "leading"] == first.loc[name, "case_a"] == best["case_id"]
        assert first.loc[name, "share"] == best["share"]
        assert first.loc[name, "strength"] == strength(best["share"])
    assert first[["verdict", "share_same", "n_fragile", "n_missing"]].isna().all(axis=None)


def test_where_several_rank_first_equally_often_none_is_named() -> None:
    levels = [2, 1, 3, 0, 1, 2, 2, 1]
    rated = {name: {"ana": levels} for name in ("a", "b")} | {"c": {"ana": [0] * SIZE}}
    made = findings(*frames(collection(CODEBOOK, rated))).set_index("statement_id")
    assert made.loc["index:first", "leading"] == made.loc["index:first", "case_a"] == ""
    assert made.loc["index:first", "share"] == pytest.approx(0.5, abs=0.1)
    # One case above the two that are equal is named.
    rated["c"] = {"ana": [3] * SIZE}
    made = findings(*frames(collection(CODEBOOK, rated))).set_index("statement_id")
    assert made.loc["index:first", "leading"] == "c"


def test_where_nothing_has_a_value_none_ranks_first() -> None:
    made = findings(*frames(alike([None] * SIZE, count=2))).set_index("statement_id")
    assert made.loc["index:first", ["leading", "share", "share_undefined"]].tolist() == ["", 0, 1]
    assert made.loc["index:case-0:case-1", "strength"] == "open"


def test_a_case_alone_gives_no_finding() -> None:
    made = findings(*frames(alike([1] * SIZE, count=1)))
    assert made.empty and made.columns.tolist() == list(COLUMNS)


OTHER = frames(seeded(2, seed=1))


FRAMES = {0: "scores", 2: "robustness", 3: "perturbation", 4: "fragile"}


@pytest.mark.parametrize(("place", "name"), FRAMES.items())
def test_a_frame_of_another_collection_is_refused_by_name(own: Frames, place: int, name: str) -> None:
    mixed = [*own]
    mixed[place] = OTHER[place]
    assert len(OTHER[4]) > 0
    with pytest.raises(CgutilsError, match=rf"^findings: the frame of {name}.* is not about the pairs"):
        findings(*mixed)  # type: ignore[arg-type]


def test_all_frames_of_another_collection_are_named_at_once(own: Frames) -> None:
    with pytest.raises(CgutilsError) as caught:
        findings(own[0], own[1], *OTHER[2:])
    assert "frame of robustness and perturbation and fragile ratings is not" in str(caught.value)


def test_a_grid_of_some_dimensions_only_is_refused(real: Collection, own: Frames) -> None:
    few = robustness(real, own[2].grid.sample(5), dimensions=["index"])
    with pytest.raises(CgutilsError, match=r"^findings: the frame of robustness is not about the pairs"):
        findings(own[0], own[1], few, *own[3:])


@pytest.mark.parametrize(("place", "name"), [(3, "perturbation"), (4, "fragile ratings")])
def test_frames_under_other_options_are_refused(real: Collection, own: Frames, place: int, name: str) -> None:
    strict = ScoringOptions(aggregation="minimum")
    other = {3: perturbation(real, strict, draws=5), 4: fragile_ratings(real, strict)}
    mixed = [*own]
    mixed[place] = other[place]
    with pytest.raises(CgutilsError, match=rf"^findings: the frame of {name} starts from other verdicts"):
        findings(*mixed)  # type: ignore[arg-type]


def sobol(*rows: tuple[str, float, float], status: str = "defined") -> pd.DataFrame:
    made = [("index", "a", "b", name, total / 2, 0.05, total, width, status) for name, total, width in rows]
    return pd.DataFrame(made, columns=list(SOBOL))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("weights", 0.2, 0.05), ("coder", 0.6, 0.1)], ("coder", 0.3, 0.6, "weights", 0.2, True)),
        ([("weights", 0.5, 0.05), ("coder", 0.6, 0.1)], ("coder", 0.3, 0.6, "weights", 0.5, False)),
        # Intervals that touch do overlap.
        ([("weights", 0.25, 0.125), ("coder", 0.5, 0.125)], ("coder", 0.25, 0.5, "weights", 0.25, False)),
        ([("coder", 0.9, 0.1)], ("coder", 0.45, 0.9, "", None, True)),
    ],
    ids=["clear", "close", "touching", "alone"],
)
def test_the_driver_has_the_highest_total_and_is_clear_where_no_interval_reaches_it(rows, expected) -> None:
    (row,) = drivers(sobol(*rows)).to_dict("records")
    names = ("factor", "first", "total", "next_factor", "next_total", "clear")
    found = tuple(None if pd.isna(row[name]) else row[name] for name in names)
    assert found == expected and row["status"] == "defined"


@pytest.mark.parametrize("status", ["constant", "undefined"])
def test_what_nothing_drives_has_a_status_and_no_factor(status: str) -> None:
    empty = sobol(("coder", np.nan, np.nan), ("weights", np.nan, np.nan), status=status)
    (row,) = drivers(empty).to_dict("records")
    assert row["status"] == status and row["factor"] == "" and not row["clear"] and np.isnan(row["total"])


def test_drivers_are_one_a_pair_and_never_of_a_score(real: Collection) -> None:
    found = sensitivity(real, size=4)
    made = drivers(found, "outcomes")
    assert made[["case_a", "case_b"]].to_numpy().tolist() == [
        ["banjar", "sako"],
        ["banjar", "sampang"],
        ["sako", "sampang"],
    ]
    assert drivers(sensitivity(alike([1] * SIZE, count=1), size=2)).empty
    with pytest.raises(CgutilsError, match=r"^drivers: found no dimension 'trust'; choose one of start"):
        drivers(found, "trust")
