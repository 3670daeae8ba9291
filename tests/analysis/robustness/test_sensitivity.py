"""Sobol indices against exact decompositions of the variance, and what is said where there is none."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from analysis.robustness.made import CODEBOOK, SIZE, alike, seeded
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.robustness.evaluation import evaluate
from cgutils.analysis.robustness.grid import Grid
from cgutils.analysis.robustness.sensitivity import COLUMNS, _estimates, _sample, sensitivity
from cgutils.analysis.robustness.sobol import indices
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from support import collection

NUMBERS = ["first", "first_interval", "total", "total_interval"]
OUTPUT = ["dimension_id", "case_a", "case_b"]


def toy(sizes: tuple[int, ...]) -> Grid:
    """A grid that is nothing but its numbers of choices."""
    choices = {f"f{n}": tuple(str(value) for value in range(size)) for n, size in enumerate(sizes)}
    return Grid(ScoringOptions(), MappingProxyType(choices), MappingProxyType({}))


def estimated(grid: Grid, values_of, size: int = 1024) -> pd.DataFrame:
    factors = list(grid.choices)
    values = values_of(_sample(grid, factors, size, 1))[:, np.newaxis]
    rows = [row[3:] for row in _estimates([(0, 0, -1)], values, factors, 1)]
    return pd.DataFrame(rows, columns=["factor", *NUMBERS, "status"]).set_index("factor")


def exact(values: np.ndarray) -> tuple[list[float], list[float]]:
    """First and total indices from the values of the whole product, one axis a factor."""
    first, total = [], []
    for axis in range(values.ndim):
        rest = tuple(other for other in range(values.ndim) if other != axis)
        first.append(values.mean(axis=rest).var() / values.var())
        total.append(values.var(axis=axis).mean() / values.var())
    return first, total


def close(found: pd.DataFrame, first: list[float], total: list[float], widths: float) -> None:
    for name, expected in (("first", first), ("total", total)):
        distance = (found[name] - expected).abs()
        assert (distance <= widths * found[f"{name}_interval"] + 1e-3).all(), (name, distance)


def test_the_indices_of_an_additive_model_are_its_shares_of_variance_and_sum_to_1() -> None:
    grid = toy((2, 4, 5, 3))
    effects = [np.asarray([0.0, 1.0]), np.asarray([0, 2.0, 1, 0]), np.arange(5) / 2, np.asarray([1.0, 1, 1])]
    found = estimated(grid, lambda codes: sum(own[codes[:, n]] for n, own in enumerate(effects)))
    variances = np.asarray([own.var() for own in effects])
    shares = (variances / variances.sum()).tolist()
    assert found["status"].eq("defined").all()
    close(found, shares, shares, widths=1)
    for name in ("first", "total"):
        assert found[name].sum() == pytest.approx(1, abs=found[f"{name}_interval"].max())
    # The last factor changes nothing at all.
    assert found.loc["f3", ["first", "total"]].abs().max() < 1e-9


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize(("outputs", "factors"), [(1, 1), (3, 2), (40, 5)])
def test_the_estimates_are_those_of_salib(outputs: int, factors: int, seed: int) -> None:
    from SALib.analyze import sobol

    size = 64
    random = np.random.default_rng(seed)
    values = random.normal(size=((factors + 2) * size, outputs)) + 100 * random.random(outputs)
    # An output that two factors do not change, and one that is still in most rows.
    values[1 :: factors + 2, 0] = values[:: factors + 2, 0]
    values[5:, -1] = 3.0
    found = indices(values, factors, seed)
    names = [f"f{number}" for number in range(factors)]
    problem = {"num_vars": factors, "names": names, "bounds": [[0, 1]] * factors}
    for output in range(outputs):
        own = sobol.analyze(problem, values[:, output], calc_second_order=False, seed=seed + 1)
        for name, given in zip(found._fields, ("S1", "S1_conf", "ST", "ST_conf"), strict=True):
            np.testing.assert_allclose(getattr(found, name)[output], own[given], rtol=1e-9, atol=1e-11)


def test_the_indices_of_a_pure_interaction_are_all_total_and_no_first() -> None:
    found = estimated(toy((2, 2, 3)), lambda codes: (codes[:, 0] ^ codes[:, 1]).astype("float64"))
    close(found, [0, 0, 0], [1, 1, 0], widths=1)


def test_every_choice_is_equally_likely() -> None:
    grid = toy((2, 3, 7, 19))
    codes = _sample(grid, list(grid.choices), 1024, 1)
    assert len(codes) == (4 + 2) * 1024
    for column, size in zip(codes.T, grid.shape, strict=True):
        counts = np.bincount(column)
        assert len(counts) == size and counts.min() > 0.9 * len(codes) / size


def test_the_indices_of_the_collection_are_those_of_the_whole_product(real: Collection) -> None:
    chosen = ScoringOptions(coverage_threshold=0)
    grid = specification_grid(real, chosen).restrict(
        calibration=["fuzzy", "crisp", "generous"],
        aggregation=["arithmetic", "minimum", "median"],
        weights=["equal_dimensions", "equal_indicators", "draw_1", "draw_2"],
        coder=["coder-1", "coder-2"],
        leave_out=["none", "prehistory", "trust_building", "empowerment"],
    )
    estimates = sensitivity(real, grid, size=512).set_index(OUTPUT)
    for dimension_id in ("index", "collaborative_process"):
        frame = evaluate(real, grid, dimension_id=dimension_id)
        scores = {name: own["score"].to_numpy().reshape(grid.shape) for name, own in frame.groupby("case_id")}
        outputs = {
            ("banjar", ""): scores["banjar"],
            ("sako", "sampang"): scores["sako"] - scores["sampang"],
        }
        for (a, b), values in outputs.items():
            own = estimates.loc[(dimension_id, a, b)].set_index("factor")
            assert own.index.tolist() == [*grid.choices] and own["status"].eq("defined").all()
            close(own, *exact(values), widths=2)


def test_rows_are_all_scores_and_differences_by_factor(real: Collection) -> None:
    grid = specification_grid(real).restrict(coder="consensus")
    found = sensitivity(real, grid, size=2)
    assert found.columns.tolist() == list(COLUMNS)
    factors = [name for name in grid.choices if name != "coder"]
    assert found["factor"].tolist() == factors * (6 * (3 + 3))
    outputs = found.loc[found["dimension_id"] == "index", OUTPUT[1:]].drop_duplicates()
    assert [*outputs.itertuples(index=False, name=None)] == [
        *(("banjar", ""), ("sako", ""), ("sampang", "")),
        *(("banjar", "sako"), ("banjar", "sampang"), ("sako", "sampang")),
    ]
    assert found.loc[found["status"] == "defined", NUMBERS].notna().all(axis=None)


def test_chosen_pairs_are_those_rows(real: Collection) -> None:
    grid = specification_grid(real).restrict(coder="consensus", calibration="fuzzy", leave_out="none")
    whole = sensitivity(real, grid, size=4)
    some = sensitivity(real, grid, size=4, pairs=iter([("banjar", "sampang")]))
    wanted = (whole["case_b"] == "") | ((whole["case_a"] == "banjar") & (whole["case_b"] == "sampang"))
    pd.testing.assert_frame_equal(some, whole[wanted].reset_index(drop=True), check_exact=True)
    assert sensitivity(real, grid, size=4, pairs=[])["case_b"].eq("").all()
    twice = sensitivity(real, grid, size=4, pairs=[("banjar", "sampang"), ["banjar", "sampang"]])
    pd.testing.assert_frame_equal(twice, some, check_exact=True)


def test_pairs_of_other_cases_are_refused_all_at_once(real: Collection) -> None:
    with pytest.raises(CgutilsError, match=r"\('sako', 'sako'\), \('sako', 'bali'\); allowed: two different"):
        sensitivity(real, size=4, pairs=[("sako", "sako"), ("sako", "banjar"), ("sako", "bali")])
    for wrong in ([1], ["ab"], [("sako", "banjar", "sako")], [(["sako"], "banjar")]):
        with pytest.raises(CgutilsError, match="allowed: two different cases of banjar, sako, sampang"):
            sensitivity(real, size=4, pairs=wrong)  # type: ignore[arg-type]


def test_a_dimension_does_not_depend_on_how_dimensions_are_aggregated(real: Collection) -> None:
    found = sensitivity(real, size=64).set_index(["dimension_id", "factor"])
    own = found.loc[("institutional_design", ["index_aggregation", "weights"]), ["first", "total"]]
    assert own.abs().max(axis=None) < 1e-9
    assert found.loc[("index", "index_aggregation"), "total"].max() > 0.05


def test_a_constant_and_an_undefined_output_are_reported_as_such() -> None:
    made = alike([3] * SIZE, count=2)
    found = sensitivity(made, specification_grid(made).restrict(leave_out="none"), size=4)
    assert found["status"].eq("constant").all() and found[NUMBERS].isna().all(axis=None)
    # Leaving out the only indicator leaves the dimension without a value, but not the index.
    found = sensitivity(made, specification_grid(made), size=64).set_index("dimension_id")
    assert found.loc["lone", "status"].eq("undefined").all()
    assert found.loc["index", "status"].eq("constant").all()
    assert found[NUMBERS].isna().all(axis=None)


def test_a_dispute_leaves_nothing_to_explain() -> None:
    rated = {"a": {"ana": [1] * SIZE, "budi": [2] * SIZE}, "b": {"ana": [1] * SIZE, "budi": [1] * SIZE}}
    made = collection(CODEBOOK, rated)
    grid = specification_grid(made).restrict(missing="interval")
    found = sensitivity(made, grid, size=8).set_index(OUTPUT)["status"]
    assert set(found.loc[("setting", "a", "")]) == set(found.loc[("setting", "a", "b")]) == {"undefined"}
    assert set(found.loc[("setting", "b", "")]) == {"defined"}


def test_values_enter_whatever_their_coverage() -> None:
    made = collection(CODEBOOK, {"a": {"ana": [0, None, 1, None, None, 2, 3, 1]}, "b": {"ana": [2] * SIZE}})
    strict, loose = (ScoringOptions(coverage_threshold=threshold) for threshold in (1, 0))
    grids = [specification_grid(made, one).restrict(leave_out="none") for one in (strict, loose)]
    one, two = (sensitivity(made, grid, size=16) for grid in grids)
    pd.testing.assert_frame_equal(one, two)
    assert set(one.loc[one["dimension_id"] == "process", "status"]) == {"defined"}


def test_the_space_is_the_whole_product_also_of_a_sample(real: Collection) -> None:
    grid = specification_grid(real)
    one, two = (sensitivity(real, made, size=16) for made in (grid, grid.sample(3)))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_the_seed_decides_and_the_global_generator_is_left_alone(real: Collection) -> None:
    np.random.seed(5)
    before = np.random.get_state()[1].tolist()
    one, same, other = (sensitivity(real, size=16, seed=seed) for seed in (3, 3, 4))
    pd.testing.assert_frame_equal(one, same, check_exact=True)
    assert one["total"].tolist() != other["total"].tolist()
    assert np.random.get_state()[1].tolist() == before


@pytest.mark.parametrize("size", [0, -4, 1, 3, 1000, 2.0, "1024", None])
def test_a_size_is_a_power_of_2(size: object) -> None:
    message = rf"^sensitivity: size is {size!r}, allowed: a power of 2 from 2, such as 1024\.$"
    with pytest.raises(CgutilsError, match=message):
        sensitivity(seeded(2, seed=1), size=size)  # type: ignore[arg-type]


def test_a_grid_in_which_nothing_varies_is_refused() -> None:
    made = seeded(2, seed=1)
    grid = specification_grid(made)
    only = grid.restrict(**{name: values[0] for name, values in grid.choices.items()})
    with pytest.raises(CgutilsError, match=r"^sensitivity: every factor of the grid has a single choice"):
        sensitivity(made, only, size=4)


def test_a_single_factor_explains_everything() -> None:
    made = seeded(2, seed=1, blank=0)
    grid = specification_grid(made)
    others = {name: values[0] for name, values in grid.choices.items() if name != "calibration"}
    found = sensitivity(made, grid.restrict(**others | {"coder": "ana"}), size=2048)
    found = found[found["status"] == "defined"]
    assert len(found) > 3 and set(found["factor"]) == {"calibration"}
    assert (found["first"] - 1).abs().max() < 0.05 and (found["total"] - 1).abs().max() < 0.05


def test_a_seed_of_0_is_a_seed_like_any_other(real: Collection) -> None:
    grid = specification_grid(real).restrict(calibration=["fuzzy", "crisp"], leave_out="none")
    pd.testing.assert_frame_equal(
        sensitivity(real, grid, size=16, seed=0), sensitivity(real, grid, size=16, seed=0), check_exact=True
    )
