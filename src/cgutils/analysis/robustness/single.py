"""Scores and verdicts under one set of options, for many versions of the levels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cgutils.analysis.comparison import verdict_places
from cgutils.analysis.hierarchy import Floats, Part
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.robustness.levels import Compared, Levels, compared
from cgutils.analysis.scoring import parts_of
from cgutils.analysis.weights import check_indicator_weights
from cgutils.data.collection import Collection


@dataclass(frozen=True)
class Single:
    """The compared cases under one set of options. Made by `single`.

    Parameters
    ----------
    compared : Compared
        The cases with their levels.
    options : ScoringOptions
        The choices.
    weights : ndarray of float, shape (indicators,)
        Weights within the dimensions; 0 for what common support leaves out.
    """

    compared: Compared
    options: ScoringOptions
    weights: Floats

    @property
    def levels(self) -> Levels:
        """The levels as they were given, shape (cases, indicators)."""
        return self.compared.levels[self.options.coder]

    @property
    def pairs(self) -> NDArray[np.int64]:
        """All pairs of cases as places, shape (2, pairs), the first before the second."""
        return np.asarray([*combinations(range(len(self.compared.cases)), 2)], dtype="int64").reshape(-1, 2).T

    def part(self, levels: Levels) -> Part:
        """Score levels.

        Parameters
        ----------
        levels : Levels
            Of shape (..., indicators): any number of versions, cases or both.

        Returns
        -------
        Part
            Of shape (..., dimensions), in the order of ``Layout.order``.
        """
        spans = levels.spans(self.options.calibration)
        return parts_of(self.compared.layout, spans, levels.disputed, self.weights, self.options)

    def verdicts(self, levels: Levels) -> NDArray[np.int64]:
        """Compare all pairs by the rule of `compare`: only intervals that do not overlap decide.

        Returns
        -------
        ndarray of int, shape (..., pairs, dimensions)
            Places in ``VERDICTS``.
        """
        bounds = self.part(levels).spans[1:]
        a, b = self.pairs
        return verdict_places(bounds[..., a, :], bounds[..., b, :])


def single(
    collection: Collection, options: ScoringOptions | None = None, framework_id: str | None = None
) -> Single:
    """Prepare the cases of one framework for scoring with other levels.

    Raises
    ------
    CgutilsError
        Where the cases have several frameworks and none is chosen; for an unknown coder or indicator.
    """
    chosen = options or ScoringOptions()
    check_indicator_weights(collection, chosen)
    cases = compared(collection, [chosen.coder], framework_id)
    weights = np.asarray([chosen.indicator_weights.get(name, 1.0) for name in cases.layout.indicators])
    if chosen.missing == "common_support":
        weights = np.where(cases.levels[chosen.coder].assessed.all(axis=0), weights, 0.0)
    return Single(cases, chosen, weights.astype("float64"))


def spans_of(size: int, step: int) -> Iterator[tuple[int, int]]:
    """Cut ``size`` things into runs of at most ``step``: start and number of each."""
    for start in range(0, size, step):
        yield start, min(step, size - start)
