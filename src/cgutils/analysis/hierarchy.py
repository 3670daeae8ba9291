"""The two steps from memberships to dimensions and from dimensions to the index, on plain arrays.

The arrays may have any leading shape, so that one score, every change of a level and a whole grid of
specifications go through the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from cgutils.analysis.aggregate import aggregate
from cgutils.data.framework import Framework

INDEX = "index"
STATUSES = ("scored", "withheld", "disputed", "not_assessed")
# Coverage is a ratio of sums of weights: one half may come out a rounding error below it.
_ROUNDING = 1e-12

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Which indicators, in codebook order, make up which dimension.

    Parameters
    ----------
    dimensions : tuple of str
        In codebook order.
    inside : tuple of bool
        Whether each dimension enters the index.
    indicators : tuple of str
        In codebook order.
    sizes : tuple of int
        Number of indicators of each dimension.
    """

    dimensions: tuple[str, ...]
    inside: tuple[bool, ...]
    indicators: tuple[str, ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, framework: Framework) -> Layout:
        """Take the layout of a codebook."""
        return cls(
            dimensions=tuple(d.dimension_id for d in framework.dimensions),
            inside=tuple(d.in_index for d in framework.dimensions),
            indicators=tuple(i.indicator_id for i in framework.indicators),
            sizes=tuple(len(d.indicators) for d in framework.dimensions),
        )

    @property
    def slices(self) -> tuple[slice, ...]:
        """Where the indicators of each dimension stand."""
        ends = np.cumsum(self.sizes).tolist()
        return tuple(slice(end - size, end) for end, size in zip(ends, self.sizes, strict=True))

    @property
    def members(self) -> dict[str, int]:
        """The dimensions of the index with their numbers of indicators."""
        sized = zip(self.dimensions, self.sizes, self.inside, strict=True)
        return {name: size for name, size, inside in sized if inside}

    @property
    def order(self) -> tuple[str, ...]:
        """The dimensions of the index, the index, and the dimensions that do not enter it."""
        rest = [name for name, inside in zip(self.dimensions, self.inside, strict=True) if not inside]
        return (*self.members, INDEX, *rest)


@dataclass(frozen=True)
class Part:
    """What is known of a dimension or of the index, for arrays of any shape.

    Parameters
    ----------
    spans : ndarray of float, shape (3, ...)
        The value of what was assessed, and the lower and the upper bound; NaN where there is none.
    coverage : ndarray of float, shape (...)
        Share of weight that was assessed.
    n_assessed, n_indicators : ndarray of int, shape (...)
        How many indicators with weight were assessed, and how many there are.
    disputed : ndarray of bool, shape (...)
        Whether an indicator with weight is disputed.
    """

    spans: Floats
    coverage: Floats
    n_assessed: Counts
    n_indicators: Counts
    disputed: Flags

    def status(self, threshold: float) -> NDArray[np.int64]:
        """Give the status as places in `STATUSES`, by a coverage threshold."""
        withheld = self.coverage < threshold - _ROUNDING
        cases = [self.disputed, self.n_assessed == 0, withheld]
        return np.select(cases, [2, 3, 1], default=0)


def dimension_part(spans: Floats, disputed: Flags, weights: Floats, method: str, floor: float) -> Part:
    """Aggregate the indicators of one dimension.

    Parameters
    ----------
    spans : ndarray of float, shape (3, ..., k)
        Membership (NaN: no level), lower and upper bound of each of k indicators.
    disputed : ndarray of bool, shape (..., k)
        Whether the coders disagree and nobody settled it.
    weights : ndarray of float, shape (..., k) or one that broadcasts to it
        An indicator with weight 0 takes no part.
    method : str
        As `aggregate` takes it.
    floor : float
        As `aggregate` takes it.

    Returns
    -------
    Part
        Of shape (...).
    """
    spans = np.broadcast_to(spans, (3, *np.broadcast_shapes(spans.shape[1:], weights.shape)))
    assessed = ~np.isnan(spans[0]) & (weights > 0)
    total = np.broadcast_to(weights, assessed.shape).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = np.where(total > 0, np.where(assessed, weights, 0.0).sum(axis=-1) / total, 0.0)
    return Part(
        spans=aggregate(spans, weights, method, floor),
        coverage=coverage,
        n_assessed=assessed.sum(axis=-1),
        n_indicators=np.broadcast_to(weights > 0, assessed.shape).sum(axis=-1),
        disputed=np.asarray((disputed & (weights > 0)).any(axis=-1)),
    )


def stack(parts: Sequence[Part]) -> Part:
    """Put the parts of several dimensions beside each other, along a new last axis."""
    names = [entry.name for entry in fields(Part)]
    return Part(*(np.stack([getattr(part, name) for part in parts], axis=-1) for name in names))


def index_part(dimensions: Part, shares: Floats, combine: Callable[[Floats, Floats], Floats]) -> Part:
    """Aggregate the dimensions of the index.

    Parameters
    ----------
    dimensions : Part
        Of shape (..., d), for d dimensions.
    shares : ndarray of float, shape (d,) or one that broadcasts to (..., d)
        Share of each dimension in the index.
    combine : callable
        Takes the spans, shape (3, ..., d), and the shares of those dimensions that take part, shape (..., d);
        returns the spans of the index, shape (3, ...).

    Returns
    -------
    Part
        Of shape (...).

    Notes
    -----
    A dimension without any indicator in common (or of weight) has no bounds and takes no part.
    """
    used = np.where(dimensions.n_indicators > 0, shares, 0.0)
    taking_part = used > 0
    total = used.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        coverage = np.where(total > 0, (used * dimensions.coverage).sum(axis=-1) / total, 0.0)
    return Part(
        spans=combine(dimensions.spans, used),
        coverage=coverage,
        n_assessed=np.where(taking_part, dimensions.n_assessed, 0).sum(axis=-1),
        n_indicators=np.where(taking_part, dimensions.n_indicators, 0).sum(axis=-1),
        disputed=np.asarray((dimensions.disputed & taking_part).any(axis=-1)),
    )


def in_order(parts: Mapping[str, Part], index: Part, layout: Layout) -> Part:
    """Put dimensions and index beside each other in the order of the layout."""
    return stack([index if name == INDEX else parts[name] for name in layout.order])
