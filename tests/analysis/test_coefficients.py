"""Agreement coefficients against published values, hand computation, another program, and their own laws."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgutils.analysis.coefficients import (
    METRICS,
    Counts,
    agreement_weights,
    alpha_bootstrap,
    cohen_kappa,
    count_values,
    gwet_ac,
    krippendorff_alpha,
    share_within,
)
from cgutils.data.errors import CgutilsError

N = np.nan
WEIGHTINGS = ("unweighted", "linear", "quadratic", "ordinal")
# Krippendorff (2011), data C: four coders, twelve units.
DATA_C = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
        [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
    ]
).T
C_SCALE = (1, 2, 3, 4, 5)
# Cohen's kappa paradox: nearly all say no.
PARADOX = [(0, 0)] * 118 + [(0, 1)] * 5 + [(1, 0)] * 2
# Counts by row (first coder) and column (second coder): 2 1 0 / 0 2 1 / 1 0 3.
NINE = [(0, 0)] * 2 + [(0, 1)] + [(1, 1)] * 2 + [(1, 2)] + [(2, 0)] + [(2, 2)] * 3
FOUR_UNITS = [(1, 1), (3, 3), (1, 3), (3, 4)]


def matrices(most_units: int = 12, most_coders: int = 4) -> st.SearchStrategy[np.ndarray]:
    """Ratings on the scale 0 to 3, some of them missing."""
    level = st.sampled_from([0, 1, 2, 3, N])
    return st.integers(2, most_coders).flatmap(
        lambda coders: st.lists(
            st.lists(level, min_size=coders, max_size=coders), min_size=1, max_size=most_units
        ).map(lambda rows: np.array(rows, dtype="float64"))
    )


def all_measures(ratings: np.ndarray, scale: tuple[float, ...] = (0, 1, 2, 3)) -> dict[str, float]:
    counts = count_values(ratings, scale)
    return {
        **{metric: krippendorff_alpha(counts, metric) for metric in METRICS},
        **{f"gwet {weighting}": gwet_ac(counts, weighting) for weighting in WEIGHTINGS},
        **{f"within {distance}": share_within(counts, distance) for distance in (0, 1, 2)},
    }


@pytest.mark.parametrize(
    ("metric", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_data_c_of_krippendorff(metric: str, value: float) -> None:
    assert round(krippendorff_alpha(count_values(DATA_C, C_SCALE), metric), 3) == value


def test_the_same_four_raters_of_gwet() -> None:
    assert round(gwet_ac(count_values(DATA_C, C_SCALE)), 5) == 0.77544


def test_the_counts_of_data_c() -> None:
    counts = count_values(DATA_C, C_SCALE)
    assert counts.table.shape == (12, 5)
    assert counts.table[5].tolist() == [1, 1, 1, 1, 0]
    assert counts.table.sum() == (~np.isnan(DATA_C)).sum()
    # The last unit has one rating and can be compared with nothing.
    assert len(counts.pairable) == 11


@given(matrices())
@settings(max_examples=60)
def test_another_program_gives_the_same_alpha(ratings: np.ndarray) -> None:
    other = pytest.importorskip("krippendorff")
    rated = ratings[(~np.isnan(ratings)).sum(axis=1) >= 2]
    for metric in METRICS:
        ours = krippendorff_alpha(count_values(ratings, (0, 1, 2, 3)), metric)
        if len(set(rated[~np.isnan(rated)].tolist())) < 2:
            assert np.isnan(ours)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = other.alpha(ratings.T, value_domain=[0, 1, 2, 3], level_of_measurement=metric)
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_perfect_agreement_on_one_value_tells_no_coefficient_anything() -> None:
    ratings = [(2, 2)] * 9
    measures = all_measures(np.array(ratings))
    assert {name for name, value in measures.items() if not np.isnan(value)} == {
        f"within {distance}" for distance in (0, 1, 2)
    }
    assert measures["within 0"] == 1
    # A unit that one coder rated shows no more of how they agree.
    assert np.isnan(gwet_ac(count_values([*ratings, (1, N)], (0, 1, 2, 3))))
    assert np.isnan(cohen_kappa(ratings, (0, 1, 2, 3)))


def test_perfect_agreement_on_two_values_is_one() -> None:
    ratings = np.array([(2, 2, 2), (0, 0, N), (2, 2, 2)])
    assert set(all_measures(ratings).values()) == {1.0}
    assert cohen_kappa(ratings[:, :2], (0, 1, 2, 3), "quadratic") == 1


@pytest.mark.parametrize(
    "ratings",
    [[[1], [2]], [[1, N], [N, 2]], [[N, N]], np.empty((0, 2)), np.empty((3, 0))],
    ids=["one coder", "never the same unit", "nothing rated", "no unit", "no coder"],
)
def test_where_nothing_can_be_paired_nothing_is_defined(ratings: object) -> None:
    matrix = np.asarray(ratings, dtype="float64")
    assert np.isnan(list(all_measures(matrix).values())).all()
    counts = count_values(matrix, (0, 1, 2, 3))
    assert counts.table.shape == (len(matrix), 4)
    assert np.isnan(alpha_bootstrap(counts, "ordinal", draws=5, seed=1)).tolist() == [True] * 5
    if matrix.shape[1] == 2:
        assert np.isnan(cohen_kappa(matrix, (0, 1, 2, 3)))


def test_a_scale_of_one_value_has_no_chance_to_compare_with() -> None:
    counts = count_values([[1, 1], [1, 1]], [1])
    assert np.isnan(gwet_ac(counts)) and np.isnan(krippendorff_alpha(counts, "nominal"))
    assert share_within(counts) == 1


def test_alpha_does_not_see_a_value_that_nobody_gave() -> None:
    wide, narrow = (count_values(FOUR_UNITS, scale) for scale in ((1, 2, 3, 4), (1, 3, 4)))
    assert wide.table.shape == (4, 4) and narrow.table.shape == (4, 3)
    for metric in METRICS:
        assert krippendorff_alpha(wide, metric) == krippendorff_alpha(narrow, metric)


@pytest.mark.parametrize(
    ("scale", "kappa", "ac1", "ac2"),
    [
        # Chance over four values: shares 3/8, 0, 4/8, 1/8; ordinal weights 5/6 (1 rank), 1/2 (2), 0 (3).
        ((1, 2, 3, 4), Fraction(1, 2), Fraction(29, 77), Fraction(111, 175)),
        # Over three: 1, 3 and 4 are now neighbours; weights 2/3 and 0.
        ((1, 3, 4), Fraction(3, 7), Fraction(13, 45), Fraction(157, 253)),
    ],
    ids=["declared 1 to 4", "declared 1, 3, 4"],
)
def test_kappa_and_gwet_use_the_declared_scale(
    scale: tuple[int, ...], kappa: Fraction, ac1: Fraction, ac2: Fraction
) -> None:
    counts = count_values(FOUR_UNITS, scale)
    assert cohen_kappa(FOUR_UNITS, scale, "ordinal") == pytest.approx(float(kappa), abs=1e-12)
    assert gwet_ac(counts) == pytest.approx(float(ac1), abs=1e-12)
    assert gwet_ac(counts, "ordinal") == pytest.approx(float(ac2), abs=1e-12)


def test_the_kappa_paradox() -> None:
    counts = count_values(PARADOX, (0, 1))
    assert share_within(counts) == pytest.approx(0.944, abs=1e-12)
    # Agreement 118/125; by chance (120 x 123 + 5 x 2) / 125^2.
    assert cohen_kappa(PARADOX, (0, 1)) == pytest.approx(float(Fraction(-4, 171)), abs=1e-12)
    assert gwet_ac(counts) == pytest.approx(float(Fraction(27799, 29549)), abs=1e-12)


@pytest.mark.parametrize(
    ("weighting", "kappa"),
    [
        # Rows 3, 3, 4 and columns 3, 3, 4: observed agreement .7, by chance .34.
        ("unweighted", Fraction(36, 66)),
        # Mean distance .4, by chance .9.
        ("linear", Fraction(5, 9)),
        # Mean squared distance .6, by chance 1.38.
        ("quadratic", Fraction(13, 23)),
    ],
)
def test_kappa_by_hand(weighting: str, kappa: Fraction) -> None:
    assert cohen_kappa(NINE, (0, 1, 2), weighting) == pytest.approx(float(kappa), abs=1e-12)
    # A unit that one of them left blank takes no part.
    assert cohen_kappa([*NINE, (2, N), (N, 0)], (0, 1, 2), weighting) == pytest.approx(
        float(kappa), abs=1e-12
    )


@pytest.mark.parametrize(
    ("weighting", "first_row"),
    [
        ("unweighted", [1, 0, 0, 0]),
        ("linear", [1, 2 / 3, 1 / 3, 0]),
        ("quadratic", [1, 8 / 9, 5 / 9, 0]),
        ("ordinal", [1, 5 / 6, 3 / 6, 0]),
    ],
)
def test_weights_of_near_agreement(weighting: str, first_row: list[float]) -> None:
    weights = agreement_weights(np.arange(4.0), weighting)
    assert weights[0] == pytest.approx(first_row)
    np.testing.assert_array_equal(weights, weights.T)
    assert np.diag(weights).tolist() == [1] * 4


def test_shares_of_pairs() -> None:
    # Three pairs in the first unit, one in each of the others.
    counts = count_values([(0, 0, 1), (2, 2, N), (0, N, 3)], (0, 1, 2, 3))
    assert [share_within(counts, distance) for distance in (0, 1, 2, 3)] == [2 / 5, 4 / 5, 4 / 5, 1]


@pytest.mark.parametrize("rating", [-1, 0.5, 4, np.inf])
def test_a_rating_off_the_scale_is_an_error(rating: float) -> None:
    for call in (count_values, cohen_kappa):
        with pytest.raises(CgutilsError, match=r"not on the declared scale \[0.0, 1.0, 2.0, 3.0\]") as caught:
            call([(1, 1), (rating, N)], (0, 1, 2, 3))
        assert str(float(rating)) in str(caught.value)


def test_an_unknown_metric_or_weighting_is_an_error() -> None:
    counts = count_values(FOUR_UNITS, (1, 2, 3, 4))
    calls: list[Callable[[], object]] = [
        lambda: krippendorff_alpha(counts, "circular"),
        lambda: alpha_bootstrap(counts, "circular", draws=2, seed=1),
        lambda: gwet_ac(counts, "circular"),
        lambda: cohen_kappa(FOUR_UNITS, (1, 2, 3, 4), "circular"),
    ]
    for call in calls:
        with pytest.raises(CgutilsError, match=r"'circular' is unknown; choose .*ordinal"):
            call()


@given(matrices(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_coders_and_units_changes_nothing(ratings: np.ndarray, random: object) -> None:
    units, coders = list(range(ratings.shape[0])), list(range(ratings.shape[1]))
    random.shuffle(units)
    random.shuffle(coders)
    turned = ratings[units][:, coders]
    before, after = all_measures(ratings), all_measures(turned)
    assert after == pytest.approx(before, abs=1e-9, nan_ok=True)
    for weighting in WEIGHTINGS:
        pair = (
            cohen_kappa(ratings[:, :2], (0, 1, 2, 3), weighting),
            cohen_kappa(ratings[units][:, [1, 0]], (0, 1, 2, 3), weighting),
        )
        assert pair[1] == pytest.approx(pair[0], abs=1e-9, nan_ok=True)


@given(matrices())
@settings(max_examples=50)
def test_no_coefficient_is_above_one(ratings: np.ndarray) -> None:
    values = all_measures(ratings)
    assert all(np.isnan(value) or value <= 1 + 1e-12 for value in values.values())
    assert all(np.isnan(values[f"within {d}"]) or 0 <= values[f"within {d}"] <= 1 for d in (0, 1, 2))


def test_the_unit_of_measurement_does_not_matter() -> None:
    small = np.array(NINE) * 1e-9
    scale = (0, 1e-9, 2e-9)
    for metric in METRICS:
        expected = krippendorff_alpha(count_values(NINE, (0, 1, 2)), metric)
        assert krippendorff_alpha(count_values(small, scale), metric) == pytest.approx(expected, rel=1e-9)


RANDOM = np.random.default_rng(7)
SAMPLE = np.where(
    RANDOM.random((40, 3)) < 0.15,
    N,
    np.clip(RANDOM.integers(0, 4, (40, 1)) + RANDOM.integers(-1, 2, (40, 3)), 0, 3),
)


def draws_of(ratings: np.ndarray, seed: int = 1, draws: int = 300, metric: str = "ordinal") -> np.ndarray:
    return alpha_bootstrap(count_values(ratings, (0, 1, 2, 3)), metric, draws=draws, seed=seed)


def test_a_seed_decides_the_draws() -> None:
    assert draws_of(SAMPLE).tobytes() == draws_of(SAMPLE).tobytes()
    assert draws_of(SAMPLE).tobytes() != draws_of(SAMPLE, seed=2).tobytes()
    assert draws_of(SAMPLE, draws=7).shape == (7,)


def test_the_order_of_units_and_coders_leaves_every_single_draw_as_it_is() -> None:
    # Units are drawn by how often each row of counts occurs, the rows sorted: neither order is seen at all.
    turned = np.random.default_rng(3).permutation(SAMPLE)[:, ::-1]
    assert draws_of(turned).tobytes() == draws_of(SAMPLE).tobytes()
    unpaired = np.vstack([SAMPLE, [[N, 2, N], [N, N, N]]])
    assert draws_of(unpaired).tobytes() == draws_of(SAMPLE).tobytes()


@pytest.mark.parametrize("metric", METRICS)
def test_the_draws_are_spread_as_those_of_a_plain_loop(metric: str) -> None:
    draws = 1500
    fast = draws_of(SAMPLE, draws=draws, metric=metric)
    pairable = count_values(SAMPLE, (0, 1, 2, 3)).pairable
    scale = np.arange(4.0)
    chosen = np.random.default_rng(11).integers(0, len(pairable), (draws, len(pairable)))
    slow = np.array([krippendorff_alpha(Counts(scale, pairable[rows]), metric) for rows in chosen])
    assert np.isfinite(fast).all()
    # Three standard errors of a mean, and of quantiles somewhat wider.
    assert abs(fast.mean() - slow.mean()) < 3 * slow.std() * (2 / draws) ** 0.5
    quantiles = [np.percentile(sample, [2.5, 25, 50, 75, 97.5]) for sample in (fast, slow)]
    assert quantiles[0] == pytest.approx(quantiles[1], abs=0.25 * slow.std())


def test_a_draw_in_which_nothing_varies_is_missing() -> None:
    # Two units, each agreed on another value: a draw has both (alpha 1) or one of them twice (undefined).
    draws = draws_of(np.array([(0, 0), (1, 1)]), draws=400)
    undefined = np.isnan(draws)
    assert set(draws[~undefined]) == {1.0}
    assert 0.4 < undefined.mean() < 0.6


def test_the_draws_lie_around_the_value() -> None:
    value = krippendorff_alpha(count_values(SAMPLE, (0, 1, 2, 3)), "ordinal")
    low, high = np.percentile(draws_of(SAMPLE), [2.5, 97.5])
    assert low < value < high
    # The more units say the same, the narrower.
    more = draws_of(np.vstack([SAMPLE] * 25))
    assert np.ptp(np.percentile(more, [2.5, 97.5])) < (high - low) / 3
