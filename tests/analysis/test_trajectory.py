"""The collection at a phase, and scores phase by phase."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cgutils as cg
from cgutils.analysis.alike import rated_cases
from cgutils.analysis.phases import at_phase, phase_ids
from cgutils.analysis.scoring import score
from cgutils.analysis.trajectory import phase_changes, trajectory
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.execution.reading import used
from support import ALPHA_PHASES, MINIMAL, collection, copy_of, framework, phased, with_phases

CODEBOOK = framework({"start": 2, "process": 2, "outcomes": 1})
NAMES = ("before", "during", "after")
LEVEL = st.one_of(st.none(), st.integers(0, 3))
OWN = st.lists(LEVEL, min_size=5, max_size=5)
STAGE = st.fixed_dictionaries(
    {case: st.fixed_dictionaries({"ana": OWN, "budi": OWN}) for case in ("alpha", "beta")}
)
OPTIONS = st.builds(
    cg.ScoringOptions,
    calibration=st.sampled_from(["fuzzy", "crisp", "linear"]),
    aggregation=st.sampled_from(["arithmetic", "geometric", "minimum", "median"]),
    missing=st.sampled_from(["interval", "common_support"]),
    coder=st.sampled_from(["consensus", "ana"]),
    coverage_threshold=st.sampled_from([0.0, 0.5]),
)


def made(stages: list[dict[str, dict[str, list[int | None]]]]) -> dict[str, Collection]:
    return {name: collection(CODEBOOK, levels) for name, levels in zip(NAMES, stages, strict=False)}


@pytest.fixture(scope="module")
def real_case(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    return cg.load_collection(with_phases(copy_of(MINIMAL, tmp_path_factory.mktemp("phases"))))


@given(st.lists(STAGE, min_size=2, max_size=3), OPTIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_phase_is_scored_as_a_collection_of_its_own(
    stages: list[dict[str, dict[str, list[int | None]]]], options: cg.ScoringOptions
) -> None:
    parts = made(stages)
    whole = phased(parts)
    rows = trajectory(whole, options)
    if options.missing == "common_support":
        # As if what is missing anywhere had no weight; a case that nobody rated at a phase does not count.
        gone: set[str] = set()
        for stage in parts.values():
            found = score(stage, options).indicators
            blank = found["membership"].isna() & found["case_id"].isin(rated_cases(stage))
            gone |= set(found.loc[blank, "indicator_id"])
        options = replace(options, indicator_weights=dict.fromkeys(gone, 0))
    for phase, stage in parts.items():
        own = rows[rows["phase"] == phase].drop(columns="phase").reset_index(drop=True)
        for expected in (score(at_phase(whole, phase), options), score(stage, options)):
            pd.testing.assert_frame_equal(own, expected.dimensions, check_exact=True, check_dtype=False)
    last = rows[rows["phase"] == list(parts)[-1]].drop(columns="phase").reset_index(drop=True)
    pd.testing.assert_frame_equal(last, score(whole, options).dimensions, check_exact=True, check_dtype=False)


COMMON = cg.ScoringOptions(missing="common_support")


def test_on_common_ground_a_change_is_one_of_levels() -> None:
    # The second indicator is assessed only after; the first, and everything in common, stays as it was.
    stages = {
        "before": collection(CODEBOOK, {"alpha": {"ana": [3, None, 1, 2, 0]}}),
        "after": collection(CODEBOOK, {"alpha": {"ana": [3, 0, 1, 2, 0]}}),
    }
    rows = trajectory(phased(stages), COMMON)
    assert set(rows.loc[rows["dimension_id"] == "start", "n_indicators"]) == {1}
    changes = phase_changes(rows)
    assert set(changes["verdict"]) == {"indistinguishable"} and changes["difference"].eq(0).all()


def test_common_ground_is_that_of_all_cases_and_phases_that_somebody_rated() -> None:
    full, gap = [1, 1, 1, 1, 1], [2, None, 2, 2, 2]
    blank: list[int | None] = [None] * 5
    stages = {
        "before": collection(CODEBOOK, {"alpha": {"ana": full}, "beta": {"ana": gap}}),
        "after": collection(CODEBOOK, {"alpha": {"ana": full}, "beta": {"ana": blank}}),
    }
    whole = phased(stages)
    rows = trajectory(whole, COMMON).query("dimension_id == 'start'")
    assert rows["n_indicators"].tolist() == [1, 1, 1, 1]
    assert rows["status"].tolist() == ["scored", "scored", "scored", "not_assessed"]
    pairs = cg.compare_phases(whole, COMMON)
    assert pairs["phase"].unique().tolist() == ["before"]
    shown = pairs.set_index("dimension_id").loc["start"]
    assert shown["evidence_a"] == "alpha-001" and shown["difference"] == 0.33 - 0.67


@given(STAGE, st.integers(2, 3))
@settings(max_examples=15, deadline=None)
def test_the_same_ratings_give_a_flat_trajectory(
    stage: dict[str, dict[str, list[int | None]]], count: int
) -> None:
    rows = trajectory(phased(made([stage] * count)))
    values = rows.drop(columns="phase")
    for _, own in values.groupby(["case_id", "dimension_id"]):
        assert len(own) == count and len(own.drop_duplicates()) == 1
    changes = phase_changes(rows)
    assert set(changes["verdict"]) == {"indistinguishable"}
    assert changes["difference"].dropna().eq(0).all()


@given(st.lists(STAGE, min_size=2, max_size=3), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_changes_nothing(
    stages: list[dict[str, dict[str, list[int | None]]]], random: object
) -> None:
    whole = phased(made(stages))
    mixed = replace(
        whole,
        **{
            name: getattr(whole, name).sample(frac=1, random_state=random.randint(0, 999), ignore_index=True)  # type: ignore[attr-defined]
            for name in ("ratings", "earlier_ratings")
        },
    )
    pd.testing.assert_frame_equal(trajectory(whole), trajectory(mixed), check_exact=True)


def test_rows_stand_by_case_then_phase_then_dimension(real_case: Collection) -> None:
    rows = trajectory(real_case)
    dimensions = score(real_case).for_case("alpha").dimensions["dimension_id"].tolist()
    assert rows["case_id"].unique().tolist() == ["alpha"]
    assert rows[["phase", "dimension_id"]].values.tolist() == [
        [phase, dimension] for phase in NAMES for dimension in dimensions
    ]
    assert rows.columns.tolist() == [
        *("case_id", "phase", "dimension_id", "score", "lower", "upper"),
        *("coverage", "n_assessed", "n_indicators", "status"),
    ]


def test_a_phase_by_hand(real_case: Collection) -> None:
    rows = trajectory(real_case).set_index(["phase", "dimension_id"])
    trust = {1: 0.33, 2: 0.67, 3: 1.0}
    start = next(d.dimension_id for d in real_case.framework_of("alpha").dimensions)
    inside = [i.indicator_id for i in real_case.framework_of("alpha").dimensions[0].indicators]
    means = {0: 0.0, 1: 0.33}
    for phase, (first, second, _) in ALPHA_PHASES.items():
        levels = {"trust": trust[first], "means": means[second]}
        expected = sum(levels[name] for name in inside) / len(inside)
        assert rows.loc[(phase, start), "score"] == pytest.approx(expected, abs=1e-12)


def test_without_phases_the_trajectory_has_no_rows(minimal: Collection) -> None:
    rows = trajectory(minimal)
    assert rows.empty and rows.columns.tolist() == trajectory_columns()
    pairs = cg.compare_phases(minimal)
    assert pairs.empty and pairs.columns[0] == "phase" and set(map(str, pairs.dtypes)) == {"str", "float64"}
    changes = phase_changes(rows)
    assert changes.empty and "verdict" in changes
    assert phase_ids(minimal) == ()


def trajectory_columns() -> list[str]:
    first, *others = score(collection(CODEBOOK, {"alpha": {"ana": [1] * 5}})).dimensions.columns
    return [first, "phase", *others]


def test_other_cases_are_left_out_or_kept(real_case: Collection) -> None:
    alone = at_phase(real_case, "before")
    assert [*alone.cases] == ["alpha"] and set(alone.evidence["case_id"]) == {"alpha"}
    assert set(alone.ratings["case_id"]) == {"alpha"} and alone.earlier_ratings.empty
    assert alone.cases["alpha"].phases == () and trajectory(alone).empty
    both = at_phase(real_case, "before", others=True)
    assert [*both.cases] == ["alpha", "beta"]
    own = real_case.ratings[real_case.ratings["case_id"] == "beta"].reset_index(drop=True)
    kept = both.ratings[both.ratings["case_id"] == "beta"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, kept)
    assert cg.compare(both, score(both))["case_b"].unique().tolist() == ["beta"]
    assert cg.agreement(both) is not None


def test_an_unknown_phase_names_the_known_ones(real_case: Collection, minimal: Collection) -> None:
    with pytest.raises(CgutilsError, match="no case has a phase 'later'; phases are before, during, after"):
        at_phase(real_case, "later")
    with pytest.raises(CgutilsError, match="phases are none, as no case has phases"):
        at_phase(minimal, "before")


def test_of_a_coder_who_missed_a_phase_nothing_is_assessed_in_it() -> None:
    first = collection(CODEBOOK, {"alpha": {"ana": [1] * 5}})
    second = collection(CODEBOOK, {"alpha": {"ana": [1] * 5, "budi": [2] * 5}})
    whole = phased({"before": first, "after": second})
    rows = trajectory(whole, cg.ScoringOptions(coder="budi")).set_index("phase")
    assert set(rows.loc["before", "status"]) == {"not_assessed"}
    assert set(rows.loc["after", "status"]) == {"scored"}
    with pytest.raises(CgutilsError, match="coder 'eve' rated nothing"):
        trajectory(whole, cg.ScoringOptions(coder="eve"))


def test_the_original_is_left_as_it_is(real_case: Collection) -> None:
    before = {name: getattr(real_case, name).copy() for name in ("ratings", "earlier_ratings", "evidence")}
    trajectory(real_case)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, getattr(real_case, name))


def test_a_change_is_stated_only_where_the_intervals_lie_apart() -> None:
    stages = {
        "before": collection(CODEBOOK, {"alpha": {"ana": [0, 0, 1, None, 0]}}),
        "during": collection(CODEBOOK, {"alpha": {"ana": [0, 1, 2, None, 0]}}),
        "after": collection(CODEBOOK, {"alpha": {"ana": [3, 3, 3, None, None]}}),
    }
    changes = phase_changes(trajectory(phased(stages)))
    verdicts = {
        (row["dimension_id"], row["earlier_phase"], row["phase"]): row["verdict"]
        for row in changes.to_dict("records")
    }
    assert verdicts["start", "before", "during"] == "higher"
    assert verdicts["start", "before", "after"] == "higher"
    # One of two indicators is open: 0.165 to 0.665 against 0.335 to 0.835.
    assert verdicts["process", "before", "during"] == "indistinguishable"
    # Nothing is known of the outcome after: the whole scale.
    assert verdicts["outcomes", "during", "after"] == "indistinguishable"
    assert list(changes["dimension_id"].unique()) == ["start", "process", "index", "outcomes"]
    turned = phase_changes(trajectory(phased(dict(reversed(stages.items())))))
    assert turned.set_index(["dimension_id", "phase"])["verdict"]["start", "during"] == "lower"


def test_two_cases_with_the_same_phases_are_compared_at_each() -> None:
    low, high = [0, 0, 0, 0, 0], [3, 3, 3, 3, 3]
    stages = {
        "before": collection(CODEBOOK, {"alpha": {"ana": low}, "beta": {"ana": high}}),
        "after": collection(CODEBOOK, {"alpha": {"ana": high}, "beta": {"ana": low}}),
    }
    whole = phased(stages)
    found = {}
    for phase in phase_ids(whole):
        then = at_phase(whole, phase)
        found[phase] = set(cg.compare(then, score(then))["verdict"])
    assert found == {"before": {"lower"}, "after": {"higher"}}
    pairs = cg.compare_phases(whole)
    assert {phase: set(own["verdict"]) for phase, own in pairs.groupby("phase")} == found
    one = at_phase(whole, "before")
    pd.testing.assert_frame_equal(
        pairs[pairs["phase"] == "before"].drop(columns="phase").reset_index(drop=True),
        cg.compare(one, score(one)),
    )
    assert set(cg.compare(whole, score(whole))["verdict"]) == {"higher"}


def test_each_phase_is_read_through_another_framework(real: Collection) -> None:
    again = real.ratings.assign(level=real.ratings["level"].where(real.ratings["level"] != 3, 1))
    whole = phased({"before": replace(real, ratings=again), "after": real})
    read = cg.through(whole, "emerson_2012")
    for phase, ratings in (("before", again), ("after", real.ratings)):
        then = cg.through(replace(real, ratings=ratings), "emerson_2012")
        pd.testing.assert_frame_equal(
            score(at_phase(read, phase)).dimensions, score(then).dimensions, check_exact=True
        )


def test_earlier_phases_are_read_from_the_same_files() -> None:
    inputs = ["data/raw/cases/a/ratings.csv", "data/raw/cases/a/case.yaml", "data/raw/cases/a/claims.csv"]
    assert used(inputs, {"earlier_ratings"}) == {inputs[0]}


def test_which_phase_is_the_last_is_read_from_the_case(real_case: Collection, minimal: Collection) -> None:
    import sys

    heard: list[str] = []
    hearing = [True]

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if hearing and event == "cgutils.table":
            heard.append(str(arguments[0]))

    sys.addaudithook(listen)
    try:
        assert len(minimal.ratings) and heard == ["ratings"]
        heard.clear()
        assert len(real_case.ratings) and heard == ["ratings", "cases"]
        heard.clear()
        trajectory(real_case)
        assert set(heard) <= {
            "cases",
            "ratings",
            "adjudication",
            "frameworks",
            "framework_of",
            "frameworks_in_use",
        }
    finally:
        hearing.clear()


def test_files_and_memory_give_the_same(real_case: Collection, tmp_path: Path) -> None:
    project = with_phases(copy_of(MINIMAL, tmp_path))
    path = project / "data/raw/cases/alpha/ratings.csv"
    heading, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([heading, *sorted(rows), ""]), encoding="utf-8")
    pd.testing.assert_frame_equal(
        trajectory(cg.load_collection(project)), trajectory(real_case), check_exact=True
    )
