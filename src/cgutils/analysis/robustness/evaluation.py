"""Scores under every specification of a grid, in blocks of bounded size.

What a specification does to one dimension depends on five of the seven factors, and leaving an indicator out
matters only to its own dimension. So every dimension is worked out once for each combination that differs,
and a specification then only looks its dimensions up and aggregates them to the index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgutils.analysis.aggregate import aggregate
from cgutils.analysis.hierarchy import (
    INDEX,
    Flags,
    Floats,
    Layout,
    Part,
    dimension_part,
    in_order,
    index_part,
    stack,
)
from cgutils.analysis.robustness.grid import NOTHING, Codes, Grid
from cgutils.analysis.robustness.levels import Compared, compared
from cgutils.analysis.weights import check_indicator_weights
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

# Numbers that a block may hold in one array; 8 MiB, so that some dozens of them stay far below 1 GiB.
BUDGET = 2**20


@dataclass(frozen=True)
class Block:
    """Scores under some specifications.

    Parameters
    ----------
    start : int
        The first specification.
    score : ndarray of float, shape (specifications, cases, dimensions)
        As in ``Scores.dimensions``: NaN where there is no value. Dimensions in the order of
        ``Layout.order``, the index among them.
    lower, upper : ndarray of float, same shape
        Bounds, whatever the missing indicators are.
    """

    start: int
    score: Floats
    lower: Floats
    upper: Floats


class Evaluation:
    """A grid over the cases of a collection, ready to be computed block by block.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    grid : Grid
        The specifications.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.

    Raises
    ------
    CgutilsError
        Where the grid names a coder, an indicator or weights that the collection does not have, or the
        framework is not clear.
    """

    def __init__(self, collection: Collection, grid: Grid, framework_id: str | None = None) -> None:
        left_out = {name: 0.0 for name in grid.choices["leave_out"] if name != NOTHING}
        named = {**grid.base.indicator_weights, **left_out}
        check_indicator_weights(collection, replace(grid.base, indicator_weights=named))
        self.grid = grid
        self.compared: Compared = compared(collection, grid.choices["coder"], framework_id)
        layout = self.compared.layout
        self._shares = np.stack([self._share(name, layout) for name in grid.choices["weights"]])
        self._tables = [
            _DimensionTable(grid, self.compared, place, layout.slices[place])
            for place in range(len(layout.dimensions))
        ]

    @property
    def cases(self) -> tuple[str, ...]:
        """The compared cases, sorted; see `Compared`."""
        return self.compared.cases

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions in the order of the blocks, the index among them."""
        return self.compared.layout.order

    def place(self, dimension_id: str) -> int:
        """Give the place of a dimension in the blocks.

        Raises
        ------
        CgutilsError
            For an unknown dimension.
        """
        if dimension_id not in self.dimensions:
            raise CgutilsError(
                f"dimension {dimension_id!r} does not exist; choose one of {', '.join(self.dimensions)}."
            )
        return self.dimensions.index(dimension_id)

    def rows(self, budget: int = BUDGET) -> int:
        """Give the number of specifications of a block whose arrays hold at most so many numbers each."""
        return max(1, budget // (3 * len(self.cases) * len(self.dimensions)))

    def blocks(self, size: int | None = None) -> Iterator[Block]:
        """Compute all specifications, some at a time.

        Parameters
        ----------
        size : int, optional
            Specifications in a block; as many as `rows` allows without it. No result depends on it.

        Yields
        ------
        Block
        """
        step = size or self.rows()
        for start in range(0, len(self.grid), step):
            yield self.block(start, start + step)

    def block(self, start: int, stop: int) -> Block:
        """Compute the specifications from ``start`` up to, not including, ``stop``."""
        return self.at(self.grid.codes(start, stop), start)

    def at(self, codes: Codes, start: int = 0) -> Block:
        """Compute any specifications made of the choices of the grid.

        Parameters
        ----------
        codes : ndarray of int, shape (specifications, factors)
            Places in ``choices``.
        start : int
            Number of the first one.

        Returns
        -------
        Block
        """
        factors = dict(zip(self.grid.choices, codes.T, strict=True))
        layout = self.compared.layout
        parts = {
            name: table.part(factors) for name, table in zip(layout.dimensions, self._tables, strict=True)
        }
        methods = factors["index_aggregation"]

        def combine(spans: Floats, used: Floats) -> Floats:
            return self._combined(spans, used, methods)

        inside = stack([parts[name] for name in layout.members])
        index = index_part(inside, self._shares[factors["weights"]][:, None, :], combine)
        shown = in_order(parts, index, layout)
        status = shown.status(self.grid.base.coverage_threshold)
        value, lower, upper = shown.spans
        return Block(start, np.where(status == 0, value, np.nan), lower, upper)

    def _combined(self, spans: Floats, used: Floats, methods: Codes) -> Floats:
        out = np.empty(spans.shape[:-1])
        for place in np.unique(methods):
            rows = methods == place
            name = self.grid.choices["index_aggregation"][place]
            out[:, rows] = aggregate(spans[:, rows], used[rows], name, self.grid.base.geometric_floor)
        return out

    def _share(self, name: str, layout: Layout) -> Floats:
        weights = self.grid.weight_sets.get(name, name)
        return replace(self.grid.base, weights=weights).dimension_weights(layout.members)


class _DimensionTable:
    """One dimension under every combination of the factors that bear on it."""

    def __init__(self, grid: Grid, cases: Compared, place: int, own: slice) -> None:
        layout, choices = cases.layout, grid.choices
        self._local, left_out = _leave_outs(choices["leave_out"], layout.indicators[own])
        levels = [cases.levels[name] for name in choices["coder"]]
        spans = np.stack(
            [np.stack([one.spans(c)[..., own] for one in levels], axis=1) for c in choices["calibration"]],
            axis=1,
        )  # (3, calibrations, coders, cases, indicators)
        disputed = np.stack([one.disputed[:, own] for one in levels])
        weights = _weights(grid, layout.indicators[own], [one.assessed[:, own] for one in levels], left_out)
        # (coders, missing rules, leave-outs, indicators), the same for all cases
        wide, flags = spans[:, :, :, None, None], disputed[:, None, None]
        parts = [
            dimension_part(wide, flags, weights[..., None, :], method, grid.base.geometric_floor)
            for method in choices["aggregation"]
        ]
        self._shape = (len(parts), *parts[0].spans.shape[1:-1])
        n_cases = len(cases.cases)
        # (aggregations, calibrations, coders, missing rules, leave-outs), then value and bounds, then cases
        stacked = np.stack([np.moveaxis(part.spans, 0, -2) for part in parts])
        self._spans = stacked.reshape(-1, 3, n_cases)
        # Which levels there are does not depend on the aggregation, nor on the calibration.
        self._coverage, self._n_assessed, self._n_indicators, self._disputed = (
            np.broadcast_to(getattr(parts[0], name), parts[0].spans.shape[1:])[0].reshape(-1, n_cases)
            for name in ("coverage", "n_assessed", "n_indicators", "disputed")
        )

    def part(self, factors: dict[str, NDArray[np.int64]]) -> Part:
        local = self._local[factors["leave_out"]]
        bearing = (factors["coder"], factors["missing"], local)
        narrow = np.ravel_multi_index(bearing, self._shape[2:])
        wide = np.ravel_multi_index((factors["aggregation"], factors["calibration"], *bearing), self._shape)
        return Part(
            spans=np.moveaxis(self._spans[wide], 1, 0),
            coverage=self._coverage[narrow],
            n_assessed=self._n_assessed[narrow],
            n_indicators=self._n_indicators[narrow],
            disputed=self._disputed[narrow],
        )


def _leave_outs(values: tuple[str, ...], own: tuple[str, ...]) -> tuple[Codes, tuple[str, ...]]:
    """Map the grid's leave-outs to those that matter to a dimension: none, or one of its own indicators."""
    mattering = (NOTHING, *(name for name in values if name in own))
    local = [mattering.index(name) if name in mattering else 0 for name in values]
    return np.asarray(local, dtype="int64"), mattering


def _weights(grid: Grid, names: tuple[str, ...], assessed: list[Flags], left_out: tuple[str, ...]) -> Floats:
    base = np.asarray([float(grid.base.indicator_weights.get(name, 1.0)) for name in names])
    stays = np.asarray([[name != gone for name in names] for gone in left_out])
    everywhere = np.stack([flags.all(axis=0) for flags in assessed])
    by_rule = {"interval": np.ones_like(everywhere), "common_support": everywhere}
    support = np.stack([by_rule[rule] for rule in grid.choices["missing"]], axis=1)
    return np.asarray(base * stays[None, None] * support[:, :, None])


def evaluate(
    collection: Collection, grid: Grid, *, dimension_id: str = INDEX, framework_id: str | None = None
) -> pd.DataFrame:
    """Score one dimension of every compared case under every specification.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    grid : Grid
        The specifications.
    dimension_id : str
        A dimension or ``index``.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.

    Returns
    -------
    DataFrame
        The factors of `Grid.table`, then ``case_id, score, lower, upper`` as in ``Scores.dimensions``: one
        row a specification and case, specifications in the order of the grid.

    Raises
    ------
    CgutilsError
        As `Evaluation`; for an unknown dimension.
    """
    evaluation = Evaluation(collection, grid, framework_id)
    place = evaluation.place(dimension_id)
    columns = {
        name: np.concatenate([getattr(block, name)[..., place].ravel() for block in evaluation.blocks()])
        for name in ("score", "lower", "upper")
    }
    n_cases = len(evaluation.cases)
    table = grid.table()
    repeated = table.loc[table.index.repeat(n_cases)].reset_index(drop=True)
    return repeated.assign(case_id=np.tile(np.asarray(evaluation.cases, dtype=object), len(grid)), **columns)
