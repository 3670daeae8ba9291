"""The settled levels of the compared cases as arrays, and what a calibration makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgutils.analysis.alike import taking_part
from cgutils.analysis.consensus import consensus
from cgutils.analysis.hierarchy import Flags, Floats, Layout
from cgutils.analysis.options import CALIBRATIONS
from cgutils.analysis.robustness.specifications import framework_of_all
from cgutils.data.collection import Collection

TOP = 3
_OPEN = -1


@dataclass(frozen=True)
class Levels:
    """Levels 0 to 3 of all cases under one coder or the consensus; -1 where there is none.

    Parameters
    ----------
    level : ndarray of int, shape (..., cases, indicators)
        The settled level.
    low, high : ndarray of int, same shape
        The span of levels that is left open; -1: the end of the scale.
    disputed : ndarray of bool, same shape
        Whether the coders disagree and nobody settled it.
    """

    level: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    disputed: Flags

    @property
    def assessed(self) -> Flags:
        """Whether there is a settled level."""
        return np.asarray(self.level >= 0)

    def of_case(self, place: int) -> Levels:
        """Take the levels of one case, shape (indicators,)."""
        return Levels(self.level[place], self.low[place], self.high[place], self.disputed[place])

    def moved(self, steps: NDArray[np.int64]) -> Levels:
        """Move levels by whole steps; they stop at the ends, and what has no settled level stays as it is.

        Parameters
        ----------
        steps : ndarray of int, shape (..., cases, indicators)
            Steps up or down.
        """
        level, low, high = (
            np.where((self.level >= 0) & (old >= 0), np.clip(old + steps, 0, TOP), old)
            for old in (self.level, self.low, self.high)
        )
        return Levels(level, low, high, np.broadcast_to(self.disputed, steps.shape))

    def spans(self, calibration: str) -> Floats:
        """Turn levels into memberships.

        Returns
        -------
        ndarray of float, shape (3, ..., cases, indicators)
            The membership (NaN: no level), and its lower and upper bound between 0 and 1.
        """
        table = np.asarray(CALIBRATIONS[calibration])
        # The last entry answers for -1: no value, and the ends of the scale as bounds.
        value, lower, upper = (np.append(table, end) for end in (np.nan, 0.0, 1.0))
        return np.stack([value[self.level], lower[self.low], upper[self.high]])


@dataclass(frozen=True)
class Compared:
    """The cases of one framework, with their levels under several coders.

    Parameters
    ----------
    framework_id : str
        The framework that they share.
    layout : Layout
        Its dimensions and indicators.
    cases : tuple of str
        Sorted; beside others, those in which no coder gave a level are left out, as from every comparison.
    levels : mapping of str to Levels
        By coder or ``consensus``.
    """

    framework_id: str
    layout: Layout
    cases: tuple[str, ...]
    levels: dict[str, Levels]


def compared(collection: Collection, coders: Sequence[str], framework_id: str | None = None) -> Compared:
    """Read the levels of the cases that share a framework.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    coders : sequence of str
        ``consensus`` or ids of coders.
    framework_id : str, optional
        The framework, where the cases have several.

    Returns
    -------
    Compared

    Raises
    ------
    CgutilsError
        Where the cases have several frameworks and none is chosen, or for an unknown coder.
    """
    framework = framework_of_all(collection, framework_id)
    layout = Layout.of(collection.frameworks[framework])
    cases = taking_part(collection, framework)
    shape = (len(cases), len(layout.indicators))
    levels = {}
    for coder in coders:
        frame = consensus(collection, coder)
        own = frame[frame["case_id"].isin(cases)]
        disputed = own["status"].eq("disputed").to_numpy().reshape(shape)
        level, low, high = (_integers(own[name]).reshape(shape) for name in ("level", "low", "high"))
        levels[coder] = Levels(level, low, high, disputed)
    return Compared(framework, layout, cases, levels)


def _integers(column: pd.Series) -> NDArray[np.int64]:
    return np.asarray(column.to_numpy(dtype="int64", na_value=_OPEN))
