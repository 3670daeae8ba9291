"""Agreement coefficients for any number of coders with missing ratings, on a declared scale.

All functions take ratings as an array of units x coders with NaN for a missing rating, or the counts made
from it. A coefficient that is not defined for the data (no variation, no pair) is NaN, never 1 or 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cgutils.data.errors import CgutilsError

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
METRICS: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")
Weighting = Literal["unweighted", "linear", "quadratic", "ordinal"]
Array = NDArray[np.float64]
_NONE = 1e-12


@dataclass(frozen=True)
class Counts:
    """How often each value of the scale was given to each unit.

    Parameters
    ----------
    scale : ndarray, shape (q,)
        The declared values, ascending.
    table : ndarray, shape (units, q)
        Number of coders who gave the unit the value.
    """

    scale: Array
    table: Array

    @property
    def pairable(self) -> Array:
        """Rows of the units that at least two coders rated."""
        return np.asarray(self.table[self.table.sum(axis=1) >= 2])


def count_values(ratings: ArrayLike, scale: ArrayLike) -> Counts:
    """Count ratings by unit and value.

    Parameters
    ----------
    ratings : array_like, shape (units, coders)
        NaN is missing.
    scale : array_like, shape (q,)
        All values that the scale has, used or not.

    Returns
    -------
    Counts
        Counts over the sorted scale.

    Raises
    ------
    CgutilsError
        Where a rating is not on the scale.
    """
    matrix = np.asarray(ratings, dtype="float64")
    values = np.unique(np.asarray(scale, dtype="float64"))
    given = matrix[~np.isnan(matrix)]
    outside = sorted(set(given.tolist()) - set(values.tolist()))
    if outside:
        raise CgutilsError(f"ratings {outside} are not on the declared scale {values.tolist()}.")
    table = np.stack([(matrix == value).sum(axis=1) for value in values], axis=1) if matrix.size else None
    empty = np.zeros((matrix.shape[0] if matrix.ndim else 0, len(values)))
    return Counts(values, empty if table is None else table.astype("float64"))


def krippendorff_alpha(counts: Counts, metric: Metric = "ordinal") -> float:
    """Krippendorff's alpha.

    Parameters
    ----------
    counts : Counts
        As `count_values` returns them.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        Difference between values. "Ordinal" is Krippendorff's: the ranks that lie between two values, by how
        often each was given.

    Returns
    -------
    float
        1 is perfect agreement, 0 what chance gives; NaN without a pair or without variation.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability; its data C gives nominal .743, ordinal
    .815, interval .849, ratio .797.
    """
    pairable = counts.pairable
    return float(_alpha(pairable, np.ones((1, len(pairable))), counts.scale, metric)[0])


def alpha_bootstrap(counts: Counts, metric: Metric, *, draws: int, seed: int) -> Array:
    """Resample the pairable units with replacement and compute alpha for every draw.

    Parameters
    ----------
    counts : Counts
        As `count_values` returns them.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        Difference between values.
    draws : int
        Number of resamples.
    seed : int
        Seed of the generator; the same seed gives the same draws.

    Returns
    -------
    ndarray, shape (draws,)
        NaN for a draw in which alpha is not defined.

    Notes
    -----
    Units with the same counts are drawn together (a multinomial over distinct rows), so that the cost
    depends on the number of distinct rows and not on the number of units.
    """
    rows, times = _distinct(counts.pairable)
    n = int(times.sum())
    if n == 0:
        return np.full(draws, np.nan)
    drawn = np.random.default_rng(seed).multinomial(n, times / n, size=draws)
    return _alpha(rows, drawn.astype("float64"), counts.scale, metric)


def gwet_ac(counts: Counts, weighting: Weighting = "unweighted") -> float:
    """Gwet's AC1 (unweighted) or AC2 (weighted).

    Parameters
    ----------
    counts : Counts
        As `count_values` returns them; the whole declared scale counts, used or not.
    weighting : {"unweighted", "linear", "quadratic", "ordinal"}
        Credit for near agreement.

    Returns
    -------
    float
        NaN without a unit that two coders rated, or with a scale of one value. NaN, too, where all ratings of
        such units are the same: the formula would give 1, but without variation nothing shows that the coders
        tell levels apart (as for alpha and kappa).

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed.; the four raters of its example give AC1 .77544.
    """
    pairable, q = counts.pairable, len(counts.scale)
    rated = counts.table[counts.table.sum(axis=1) > 0]
    if not len(pairable) or q < 2 or (pairable.sum(axis=0) > 0).sum() < 2:
        return float("nan")
    weights = agreement_weights(counts.scale, weighting)
    m = pairable.sum(axis=1)
    observed = float(((pairable * (pairable @ weights - 1)).sum(axis=1) / (m * (m - 1))).mean())
    share = (rated / rated.sum(axis=1, keepdims=True)).mean(axis=0)
    chance = float(weights.sum() / (q * (q - 1)) * (share * (1 - share)).sum())
    return (observed - chance) / (1 - chance) if 1 - chance > _NONE else float("nan")


def cohen_kappa(ratings: ArrayLike, scale: ArrayLike, weighting: Weighting = "unweighted") -> float:
    """Cohen's kappa of two coders on the units that both rated.

    Parameters
    ----------
    ratings : array_like, shape (units, 2)
        NaN is missing.
    scale : array_like, shape (q,)
        All values that the scale has.
    weighting : {"unweighted", "linear", "quadratic", "ordinal"}
        Credit for near agreement.

    Returns
    -------
    float
        NaN where no unit was rated by both, or chance agreement is complete.

    Raises
    ------
    CgutilsError
        Where a rating is not on the scale.

    References
    ----------
    Cohen (1960, 1968). With counts 118, 5, 2, 0 agreement is .944 and kappa is below 0 (the kappa paradox).
    """
    matrix = np.asarray(ratings, dtype="float64")
    values = count_values(matrix, scale).scale
    both = matrix[~np.isnan(matrix).any(axis=1)]
    if not len(both):
        return float("nan")
    weights = agreement_weights(values, weighting)
    position = np.searchsorted(values, both)
    joint = np.zeros((len(values), len(values)))
    np.add.at(joint, (position[:, 0], position[:, 1]), 1)
    joint /= len(both)
    observed = float((weights * joint).sum())
    chance = float((weights * np.outer(joint.sum(axis=1), joint.sum(axis=0))).sum())
    return (observed - chance) / (1 - chance) if 1 - chance > _NONE else float("nan")


def share_within(counts: Counts, distance: float = 0.0) -> float:
    """Share of coder pairs within units that differ by at most ``distance`` (0: exact agreement)."""
    pairable = counts.pairable
    if not len(pairable):
        return float("nan")
    near = (np.abs(counts.scale[:, None] - counts.scale[None, :]) <= distance + _NONE).astype("float64")
    m = pairable.sum(axis=1)
    return float((pairable * (pairable @ near - 1)).sum() / (m * (m - 1)).sum())


def agreement_weights(scale: Array, weighting: Weighting) -> Array:
    """Weights of near agreement, 1 on the diagonal.

    Parameters
    ----------
    scale : ndarray, shape (q,)
        The declared values, ascending.
    weighting : {"unweighted", "linear", "quadratic", "ordinal"}
        ``ordinal`` are Gwet's: 1 minus the pairs of ranks between two values over all pairs.

    Returns
    -------
    ndarray, shape (q, q)
        Between 0 and 1.
    """
    q = len(scale)
    if weighting == "unweighted" or q < 2:
        return np.eye(q)
    distance = np.abs(scale[:, None] - scale[None, :])
    if weighting == "ordinal":
        ranks = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) + 1
        distance = ranks * (ranks - 1) / 2
    elif weighting == "quadratic":
        distance = distance**2
    elif weighting != "linear":
        raise CgutilsError(
            f"weighting {weighting!r} is unknown; choose unweighted, linear, quadratic or ordinal."
        )
    return np.asarray(1 - distance / distance.max())


def _distinct(rows: Array) -> tuple[Array, NDArray[np.int64]]:
    if not len(rows):
        return rows, np.zeros(0, dtype="int64")
    distinct, times = np.unique(rows, axis=0, return_counts=True)
    return distinct, times


def _alpha(rows: Array, times: Array, scale: Array, metric: Metric) -> Array:
    """Alpha for each row of ``times`` (draws x rows), the number of times that each row of counts occurs."""
    if not len(rows):
        return np.full(len(times), np.nan)
    m = rows.sum(axis=1)
    totals = times @ rows
    n = totals.sum(axis=1)
    # Ordered pairs of values within a unit, each unit weighing as many values as it has.
    pairs = rows[:, :, None] * rows[:, None, :]
    diagonal = np.arange(len(scale))
    pairs[:, diagonal, diagonal] -= rows
    pairs /= (m - 1)[:, None, None]
    within = np.einsum("dr,rck->dck", times, pairs)
    distance = _distance(totals, scale, metric)
    observed = (within * distance).sum(axis=(1, 2)) / n
    between = totals[:, :, None] * totals[:, None, :]
    between[:, diagonal, diagonal] -= totals
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = (between * distance).sum(axis=(1, 2)) / (n * (n - 1))
        # Exactly 0 where one value alone was given, however close the values of the scale lie.
        return np.where(expected > 0, 1 - observed / expected, np.nan)


def _distance(totals: Array, scale: Array, metric: Metric) -> Array:
    shape = (len(totals), len(scale), len(scale))
    if metric == "nominal":
        return np.broadcast_to(1 - np.eye(len(scale)), shape)
    if metric == "interval":
        return np.broadcast_to((scale[:, None] - scale[None, :]) ** 2, shape)
    if metric == "ratio":
        total = scale[:, None] + scale[None, :]
        ratio = np.divide(scale[:, None] - scale[None, :], total, out=np.zeros_like(total), where=total != 0)
        return np.broadcast_to(ratio**2, shape)
    if metric != "ordinal":
        raise CgutilsError(f"metric {metric!r} is unknown; choose one of {', '.join(METRICS)}.")
    middle = np.cumsum(totals, axis=1) - totals / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)
