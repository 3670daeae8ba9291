"""Sobol indices of many outputs at once, with intervals from resampling."""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from cgutils.analysis.hierarchy import Floats

RESAMPLES = 100
LEVEL = 0.95
_EPSILON = float(np.finfo(float).eps)
_HALF_WIDTH = NormalDist().inv_cdf(0.5 + LEVEL / 2)


class Indices(NamedTuple):
    """Indices with half the width of their intervals, each of shape (outputs, factors)."""

    first: Floats
    first_interval: Floats
    total: Floats
    total_interval: Floats


def indices(values: Floats, n_factors: int, seed: int) -> Indices:
    """Estimate first and total Sobol indices.

    Parameters
    ----------
    values : array of float, shape ((n_factors + 2) * size, outputs)
        Outputs of a Saltelli sample without the rows for second order, none missing and no column constant.
    n_factors : int
        How many factors the sample has.
    seed : int
        Seed of the resampling; the same resamples serve all outputs.

    Returns
    -------
    Indices

    Notes
    -----
    The estimators are those of ``SALib.analyze.sobol`` (Saltelli and others 2010, table 2, b and f), and so
    are the intervals: 95 % of a normal distribution with the standard deviation over 100 resamples. A
    resample is a row of weights here, so that one product of matrices takes all means: the same numbers to
    rounding, in a fraction of the time.
    """
    steps = n_factors + 2
    size = len(values) // steps
    # SALib takes a seed of 0 for none; both stay comparable where it is shifted for either.
    drawn = np.random.default_rng(seed + 1).integers(size, size=(size, RESAMPLES))
    weights = np.zeros((RESAMPLES + 1, size))
    np.add.at(weights, (np.arange(1, RESAMPLES + 1), drawn), 1.0)
    # The first row is the sample itself.
    weights[0] = 1.0
    weights /= size
    centred = (values - values.mean(axis=0)) / values.std(axis=0)
    base, other = centred[::steps], centred[steps - 1 :: steps]
    mean: Floats = weights @ (base + other) / 2
    variance: Floats = weights @ (base**2 + other**2) / 2 - mean**2
    estimates: list[list[Floats]] = [[], [], [], []]
    for factor in range(1, steps - 1):
        mixed = centred[factor::steps]
        for place, moment in ((0, other * (mixed - base)), (2, 0.5 * (base - mixed) ** 2)):
            share: Floats = weights @ moment
            share = np.divide(share, variance, out=np.zeros_like(share), where=variance > _EPSILON)
            estimates[place].append(share[0])
            estimates[place + 1].append(_HALF_WIDTH * share[1:].std(axis=0, ddof=1))
    return Indices(*(np.stack(own, axis=1) for own in estimates))
