"""Counting over specifications: who is above whom, and who holds which rank.

Whole numbers only, so that the sums are the same in whatever order blocks are added.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import lcm

import numpy as np
from numpy.typing import NDArray

from cgutils.analysis.hierarchy import Flags, Floats

# A rank that n cases share counts 1/n for each. Counted in whole parts of this number, the sums are exact for
# up to 24 cases on one rank, and the same in whatever order they are added up.
_WHOLE = lcm(*range(1, 25))
# Scores and bounds, from 0 to 1, are compared as whole numbers of these units.
_UNITS = 10**9
_ABSENT = -1
# Up to so many cases, one case against all for many specifications; above, one specification at a time.
_FEW = 48
_BYTE = 255

Integers = NDArray[np.int64]
Keys = NDArray[np.int32]


def keys(numbers: Floats) -> Keys:
    """Turn numbers from 0 to 1 into whole numbers that are equal where they are so to nine decimals."""
    return np.where(np.isnan(numbers), _ABSENT, np.rint(numbers * _UNITS)).astype("int32")


@dataclass
class Counts:
    """Whole numbers that add up over blocks.

    Of shape (dimensions, cases, cases): ``ranks``, parts of each rank; ``above``, where the score of one is
    higher than that of the other; ``both``, where both have a value; ``certain``, where all of one interval
    lies above the other. ``without`` of shape (dimensions, cases): no value. ``open_ended``: specifications
    among which ``certain`` counts.
    """

    ranks: Integers
    above: Integers
    both: Integers
    certain: Integers
    without: Integers
    open_ended: int = 0

    @classmethod
    def none(cls, cases: int, dimensions: int) -> Counts:
        """Count nothing yet."""
        ranks, above, both, certain = (np.zeros((dimensions, cases, cases), dtype="int64") for _ in range(4))
        return cls(ranks, above, both, certain, np.zeros((dimensions, cases), dtype="int64"))

    @classmethod
    def of(cls, score: Keys, lower: Keys, upper: Keys, open_ended: Flags) -> Counts:
        """Count a block of shape (specifications, cases, dimensions)."""
        _, cases, dimensions = score.shape
        made = cls.none(cases, dimensions)
        made.open_ended = int(open_ended.sum())
        for place in range(dimensions):
            own = np.ascontiguousarray(score[..., place])
            there = own != _ABSENT
            made.ranks[place] = _rank_counts(own)
            made.above[place] = _above(own, own)
            made.both[place] = there.T.astype("float64") @ there.astype("float64")
            made.without[place] = (~there).sum(axis=0)
            made.certain[place] = _above(lower[open_ended, :, place], upper[open_ended, :, place])
        return made

    def add(self, other: Counts) -> None:
        """Add the counts of another block."""
        for entry in fields(self):
            setattr(self, entry.name, getattr(self, entry.name) + getattr(other, entry.name))


def _above(left: Keys, right: Keys) -> Integers:
    """Count, for each pair of cases, the rows where ``left`` of one is more than ``right`` of the other."""
    rows, cases = left.shape
    # What is absent is more than nothing, and nothing is more than it.
    right = np.where(right == _ABSENT, np.iinfo("int32").max, right)
    if cases <= _FEW:
        found = [np.count_nonzero(left[:, [case]] > right, axis=0) for case in range(cases)]
        return np.stack(found).astype("int64")
    total = np.zeros((cases, cases), dtype="int64")
    some = np.zeros((cases, cases), dtype="uint8")
    more = np.empty((cases, cases), dtype=bool)
    for row in range(rows):
        np.greater(left[row][:, None], right[row][None, :], out=more)
        some += more.view("uint8")
        if row % _BYTE == _BYTE - 1:
            total += some
            some[:] = 0
    return np.asarray(total + some)


def _rank_counts(own: Keys) -> Integers:
    """Add up the parts of each rank, (cases, ranks): 1/n on each of the n ranks that n equals take up."""
    first, size = _equals(own)
    cases = own.shape[-1]
    there = own != _ABSENT
    width = cases + 1
    row = np.broadcast_to(np.arange(cases) * width, own.shape)
    part = (_WHOLE // size)[there]
    # Only the changes from rank to rank are noted, so that many equals cost no more than few.
    change = np.zeros(cases * width)
    for places, sign in ((row + first, 1), (row + first + size, -1)):
        change += sign * np.bincount(places[there], weights=part, minlength=cases * width)
    return np.asarray(change.reshape(cases, width)[:, :cases].cumsum(axis=-1).astype("int64"))


def _equals(own: Keys) -> tuple[Integers, Integers]:
    """Give for each score of a row how many are higher, and how many equal it, itself included."""
    rows, cases = own.shape
    if cases <= _FEW:
        higher, equal = (np.zeros(own.shape, dtype="int64") for _ in range(2))
        for case in range(cases):
            higher += own[:, [case]] > own
            equal += own[:, [case]] == own
        return higher, equal
    order = np.argsort(-own, axis=-1, kind="stable")
    ranked = np.take_along_axis(own, order, axis=-1)
    new = np.ones(own.shape, dtype=bool)
    new[:, 1:] = ranked[:, :-1] != ranked[:, 1:]
    group = np.cumsum(new.ravel()).reshape(rows, cases) - 1
    size = np.bincount(group.ravel())[group]
    before = np.maximum.accumulate(np.where(new, np.arange(cases), 0), axis=-1)
    higher, equal = (np.empty(own.shape, dtype="int64") for _ in range(2))
    np.put_along_axis(higher, order, before, axis=-1)
    np.put_along_axis(equal, order, size, axis=-1)
    return higher, equal
