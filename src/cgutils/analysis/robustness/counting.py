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
    above: Keys
    both: Keys
    certain: Keys
    without: Integers
    open_ended: int = 0

    @classmethod
    def none(cls, cases: int, dimensions: int) -> Counts:
        """Count nothing yet."""
        shape = (dimensions, cases, cases)
        ranks = np.zeros(shape, dtype="int64")
        above, both, certain = (np.zeros(shape, dtype="int32") for _ in range(3))
        return cls(ranks, above, both, certain, np.zeros((dimensions, cases), dtype="int64"))

    def count(self, score: Keys, lower: Keys, upper: Keys, open_ended: Flags) -> None:
        """Count a block of shape (specifications, cases, dimensions)."""
        self.open_ended += int(open_ended.sum())
        for place in range(score.shape[-1]):
            own = np.ascontiguousarray(score[..., place])
            there = own != _ABSENT
            higher, equal = _equals(own)
            self.ranks[place] += _rank_counts(higher, equal, there)
            self.above[place] += _before(higher, there, higher, there)
            self.both[place] += (there.T.astype("float32") @ there.astype("float32")).astype("int32")
            self.without[place] += (~there).sum(axis=0)
            self.certain[place] += _certain(lower[open_ended, :, place], upper[open_ended, :, place])

    def add(self, other: Counts) -> None:
        """Add what was counted elsewhere."""
        for entry in fields(self):
            setattr(self, entry.name, getattr(self, entry.name) + getattr(other, entry.name))


def _certain(lower: Keys, upper: Keys) -> Keys:
    """Count, for each pair of cases, the rows where all of one interval lies above the other."""
    cases = lower.shape[-1]
    higher, _ = _equals(np.concatenate([lower, upper], axis=-1))
    there = (lower != _ABSENT) & (upper != _ABSENT)
    return _before(higher[:, :cases], there, higher[:, cases:], there)


def _before(left: Integers, left_there: Flags, right: Integers, right_there: Flags) -> Keys:
    """Count, for each pair of cases, the rows where ``left`` of one is less than ``right`` of the other."""
    rows, cases = left.shape
    last = 2 * cases + 1
    # Places in an order need few bits, and short numbers are compared several times faster.
    kind = "uint16" if last <= np.iinfo("uint16").max else "uint32"
    # What is absent is before nothing, and nothing is before it.
    first = np.where(left_there, left, last).astype(kind)
    second = np.where(right_there, right, 0).astype(kind)
    if cases <= _FEW:
        found = [np.count_nonzero(first[:, [case]] < second, axis=0) for case in range(cases)]
        return np.stack(found).astype("int32")
    total = np.zeros((cases, cases), dtype="int32")
    some = np.zeros((cases, cases), dtype="uint8")
    less = np.empty((cases, cases), dtype=bool)
    for row in range(rows):
        np.less(first[row][:, None], second[row][None, :], out=less)
        some += less.view("uint8")
        if row % _BYTE == _BYTE - 1:
            total += some
            some[:] = 0
    return np.asarray(total + some)


def _rank_counts(higher: Integers, equal: Integers, there: Flags) -> Integers:
    """Add up the parts of each rank, (cases, ranks): 1/n on each of the n ranks that n equals take up."""
    cases = there.shape[-1]
    width = cases + 1
    start = (higher + np.arange(cases) * width)[there]
    equals = equal[there]
    parts = (_WHOLE // equals).astype("float64")
    # Only the changes from rank to rank are noted, so that many equals cost no more than few.
    change = np.bincount(start, weights=parts, minlength=cases * width)
    change -= np.bincount(start + equals, weights=parts, minlength=cases * width)
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
