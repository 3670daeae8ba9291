"""Weighted aggregation of memberships, with missing values skipped.

Works on plain arrays of any leading shape, so that one score and a whole grid of specifications go
through the same code.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cgutils.data.errors import CgutilsError

Aggregation = Literal["arithmetic", "geometric", "minimum", "median"]
AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)
# Beside the method's own choices, for composite indicators of other kinds.
MEANS: tuple[str, ...] = (*AGGREGATIONS, "harmonic")
GEOMETRIC_FLOOR = 0.01
_HALF = 1e-12


def aggregate(
    values: ArrayLike, weights: ArrayLike, method: str = "arithmetic", floor: float = GEOMETRIC_FLOOR
) -> NDArray[np.float64]:
    """Aggregate along the last axis.

    Parameters
    ----------
    values : array_like, shape (..., k)
        Memberships between 0 and 1 (any scale for arithmetic, minimum and median, any scale from 0 for
        geometric and harmonic); NaN is missing.
    weights : array_like, shape (..., k) or (k,)
        Weights, at least 0; a value with weight 0 takes no part. They need not sum to 1.
    method : {"arithmetic", "geometric", "minimum", "median", "harmonic"}
        Weighted arithmetic mean; weighted geometric mean; minimum (weakest link); weighted median (the
        mean of the two middle values where the weights split evenly); weighted harmonic mean.
    floor : float
        Lowest value that enters the geometric and the harmonic mean, so that a single 0 does not settle
        everything; with a floor of 0, a single 0 makes either of them 0.

    Returns
    -------
    ndarray, shape (...)
        NaN where no value with weight is there.

    Raises
    ------
    CgutilsError
        For an unknown method, a negative weight, or a negative value with weight in a geometric or harmonic
        mean.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators; Goertz (2006), Social Science Concepts, on
    the minimum for necessary components.

    Examples
    --------
    >>> float(aggregate([1.0, 0.67, np.nan], [1, 1, 1]))
    0.835
    >>> round(float(aggregate([1.0, 0.0], [1, 1], "geometric")), 9)
    0.1
    """
    if method not in MEANS:
        raise CgutilsError(f"aggregation {method!r} is unknown; choose one of {', '.join(MEANS)}.")
    x = np.asarray(values, dtype="float64")
    w = np.broadcast_to(np.asarray(weights, dtype="float64"), x.shape)
    if not np.isfinite(w).all() or (w < 0).any():
        raise CgutilsError("weights must be finite numbers of at least 0.")
    w = np.where(np.isnan(x), 0.0, w)
    x = np.where(w > 0, x, 0.0)
    total = w.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = w / total[..., None]
    if method == "arithmetic":
        out = (share * x).sum(axis=-1)
    elif method in {"geometric", "harmonic"}:
        out = _mean_from_floor(x, share, method, floor)
    elif method == "minimum":
        out = np.where(w > 0, x, np.inf).min(axis=-1, initial=np.inf)
    else:
        out = _weighted_median(x, share)
    return np.where(total > 0, out, np.nan)


def _mean_from_floor(
    x: NDArray[np.float64], share: NDArray[np.float64], method: str, floor: float
) -> NDArray[np.float64]:
    # A value without weight takes no part, not even a 0 under a logarithm or a fraction bar.
    if ((share > 0) & (x < 0)).any():
        raise CgutilsError(f"the {method} mean needs values of at least 0.")
    raised = np.where(share > 0, np.maximum(x, floor), 1.0)
    with np.errstate(divide="ignore"):
        if method == "geometric":
            return np.asarray(np.exp((share * np.log(raised)).sum(axis=-1)))
        return np.asarray(1.0 / (share / raised).sum(axis=-1))


def _weighted_median(x: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
    if x.shape[-1] == 0:
        return np.full(x.shape[:-1], np.nan)
    weighted = np.where(share > 0, x, np.inf)  # values without weight go to the end
    order = np.argsort(weighted, axis=-1, kind="stable")
    ranked = np.take_along_axis(weighted, order, axis=-1)
    reached = np.cumsum(np.take_along_axis(share, order, axis=-1), axis=-1)
    low = np.argmax(reached >= 0.5 - _HALF, axis=-1)[..., None]
    high = np.argmax(reached > 0.5 + _HALF, axis=-1)[..., None]
    pair = [np.take_along_axis(ranked, position, axis=-1)[..., 0] for position in (low, high)]
    return np.asarray((pair[0] + pair[1]) / 2)
