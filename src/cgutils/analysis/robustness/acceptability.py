"""Rank acceptability and pairwise dominance: in which share of the specifications each order holds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from cgutils.analysis.hierarchy import INDEX, Flags
from cgutils.analysis.options import whole
from cgutils.analysis.robustness.counting import Counts, keys
from cgutils.analysis.robustness.evaluation import Evaluation
from cgutils.analysis.robustness.grid import Grid
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection


@dataclass(frozen=True)
class Robustness:
    """What becomes of the order of the cases over a grid.

    Parameters
    ----------
    grid : Grid
        The specifications.
    ranks : DataFrame
        ``dimension_id`` (``index`` for the index), ``case_id``, ``rank`` (1 is the highest score; missing:
        the case has no value), ``share`` of the specifications. The shares of a case in a dimension sum to 1.
        Cases with equal scores split the ranks that they take up.
    dominance : DataFrame
        ``dimension_id, case_a, case_b`` (a before b); ``share_a``, ``share_b`` of the specifications in which
        the score of a, of b is the higher one, ``share_tie`` in which they are equal, ``share_undefined`` in
        which either has no value: together 1. ``dominance``, the share in which a is higher among those in
        which both have a value, ties counted half (missing where there are none). ``certain_a, certain_b``,
        the share in which the whole interval of a (of b) lies above the other's, that is, at every value of
        the indicators that were not assessed; among the specifications with the missing rule ``interval``,
        because the other rule drops these indicators (missing where the grid has none).
    """

    grid: Grid
    ranks: pd.DataFrame
    dominance: pd.DataFrame


def open_pairs(dominance: pd.DataFrame, most: int, dimension_id: str = INDEX) -> list[tuple[str, str]]:
    """Choose the pairs of cases whose order depends most on the specification.

    Parameters
    ----------
    dominance : DataFrame
        ``Robustness.dominance``.
    most : int
        How many pairs at most.
    dimension_id : str
        A dimension or ``index``.

    Returns
    -------
    list of (str, str)
        In the order of the frame. Of the specifications in which both cases have a value, the share of the
        more frequent order is the smallest in the pairs that are chosen; a pair without such specifications
        comes last.

    Raises
    ------
    CgutilsError
        Where ``most`` is no whole number from 0.
    """
    whole("open_pairs: most", most, 0)
    own = dominance[dominance["dimension_id"] == dimension_id]
    valued = (1 - own["share_undefined"]).where(lambda share: share > 0)
    share = own[["share_a", "share_b", "share_tie"]].max(axis=1) / valued
    chosen = share.sort_values(kind="stable", na_position="last").index[:most]
    pairs = own.loc[own.index.isin(chosen), ["case_a", "case_b"]]
    return [(str(a), str(b)) for a, b in pairs.itertuples(index=False)]


def robustness(
    collection: Collection,
    grid: Grid | None = None,
    *,
    dimensions: Sequence[str] | None = None,
    framework_id: str | None = None,
    block_size: int | None = None,
    workers: int = 1,
) -> Robustness:
    """Rank and compare the cases that have levels under every specification of a grid.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    grid : Grid, optional
        The specifications; those of `specification_grid` without it.
    dimensions : sequence of str, optional
        Only these dimensions (``index`` for the index); all without it.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.
    block_size : int, optional
        Specifications that are worked on at a time; chosen to fit 1 GiB of memory without it. The result does
        not depend on it.
    workers : int
        Threads; the result does not depend on it.

    Returns
    -------
    Robustness

    Raises
    ------
    CgutilsError
        As `Evaluation`; for an unknown dimension, or a block size or number of workers below 1.

    Notes
    -----
    A case without a value (coverage below the threshold, or coders who disagree) has no rank in that
    specification, and the others are ranked among themselves; the share of such specifications is shown and
    never spread over the ranks. Scores are equal where they are so to nine decimals.

    References
    ----------
    Lahdelma and Salminen (2001), SMAA-2: Stochastic multicriteria acceptability analysis for group decision
    making. Operations Research 49(3).
    """
    whole("robustness: workers", workers)
    if block_size is not None:
        whole("robustness: block_size", block_size)
    chosen = grid or specification_grid(collection, framework_id=framework_id)
    evaluation = Evaluation(collection, chosen, framework_id)
    names = tuple(dimensions or evaluation.dimensions)
    places = [evaluation.place(name) for name in names]
    step = block_size or evaluation.rows()

    def count(starts: range) -> Counts:
        counts = Counts.none(len(evaluation.cases), len(places))
        for start in starts:
            block = evaluation.block(start, start + step)
            numbers = (array[..., places] for array in (block.score, block.lower, block.upper))
            score, lower, upper = (keys(array) for array in numbers)
            counts.count(score, lower, upper, _open_ended(chosen, start, start + step))
        return counts

    # Each thread takes every so-manieth block and keeps counts of its own.
    parts = [range(first * step, len(chosen), workers * step) for first in range(workers)]
    total = count(parts[0])
    if workers > 1:
        with ThreadPoolExecutor(workers - 1) as pool:
            for counted in pool.map(count, parts[1:]):
                total.add(counted)
    return Robustness(
        chosen,
        _rank_frame(total, names, evaluation.cases, len(chosen)),
        _dominance_frame(total, names, evaluation.cases, len(chosen)),
    )


def _open_ended(grid: Grid, start: int, stop: int) -> Flags:
    """Tell the specifications whose bounds take every missing indicator at both ends of the scale."""
    rules = grid.codes(start, stop)[:, list(grid.choices).index("missing")]
    return np.asarray([rule == "interval" for rule in grid.choices["missing"]])[rules]


def _rank_frame(total: Counts, names: tuple[str, ...], cases: tuple[str, ...], size: int) -> pd.DataFrame:
    n = len(cases)
    parts = total.ranks.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = total.ranks / parts * (1 - total.without[..., None] / size)
    whole = np.concatenate(
        [np.where(parts > 0, shares, 0.0), total.without[..., None] / size], axis=-1
    )  # the last: no value
    rank = pd.array([*range(1, n + 1), pd.NA], dtype="Int64")
    frame = pd.DataFrame(
        {
            "dimension_id": np.repeat(np.asarray(names, dtype=object), n * (n + 1)),
            "case_id": np.tile(np.repeat(np.asarray(cases, dtype=object), n + 1), len(names)),
            "rank": rank.take(np.tile(np.arange(n + 1), n * len(names))),
            "share": whole.ravel(),
        }
    )
    return frame[frame["rank"].notna() | (frame["share"] > 0)].reset_index(drop=True)


def _dominance_frame(
    total: Counts, names: tuple[str, ...], cases: tuple[str, ...], size: int
) -> pd.DataFrame:
    pairs = [*combinations(range(len(cases)), 2)]
    a, b = np.asarray(pairs, dtype="int64").reshape(-1, 2).T
    known = np.asarray(cases, dtype=object)
    above, below = total.above[:, a, b].ravel(), total.above[:, b, a].ravel()
    both = total.both[:, a, b].ravel()
    tied = both - above - below
    among = total.open_ended or np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        dominance = (above + tied / 2) / both
    return pd.DataFrame(
        {
            "dimension_id": np.repeat(np.asarray(names, dtype=object), len(pairs)),
            "case_a": np.tile(known[a], len(names)),
            "case_b": np.tile(known[b], len(names)),
            "share_a": above / size,
            "share_b": below / size,
            "share_tie": tied / size,
            "share_undefined": (size - both) / size,
            "dominance": dominance,
            "certain_a": total.certain[:, a, b].ravel() / among,
            "certain_b": total.certain[:, b, a].ravel() / among,
        }
    )
