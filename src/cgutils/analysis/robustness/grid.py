"""The specification grid: every combination of the choices that turn levels into scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgutils.analysis.options import ScoringOptions, whole
from cgutils.data.errors import CgutilsError

FACTORS = ("calibration", "aggregation", "index_aggregation", "weights", "missing", "coder", "leave_out")
NOTHING = "none"
DRAW = "draw"
SEED = 1

Codes = NDArray[np.int64]


def _listed(values: object) -> list[object]:
    """List values that were given alone or as several."""
    return [values] if isinstance(values, str) or not isinstance(values, Iterable) else list(values)


@dataclass(frozen=True, repr=False)
class Grid:
    """A set of specifications; each is one choice for every factor. Made by `specification_grid`.

    A grid is a value: print it, take its length, `restrict` it, `sample` it, list it with `table`, and turn
    any of its specifications into `ScoringOptions` with `options`.

    Parameters
    ----------
    base : ScoringOptions
        What no factor changes: indicator weights, coverage threshold, floor of the geometric mean.
    choices : mapping of str to tuple of str
        The values of each factor, in the order of `FACTORS`: ``calibration``, ``aggregation`` (indicators to
        dimension), ``index_aggregation`` (dimensions to index), ``weights`` of the dimensions, ``missing``
        rule, ``coder``, and the indicator to ``leave_out`` (or ``none``).
    weight_sets : mapping of str to mapping of str to float
        What those values of ``weights`` stand for that are names of given weights or random draws.
    picked : tuple of int, optional
        Places in the full product of the choices, increasing; None for all of it.
    """

    base: ScoringOptions
    choices: Mapping[str, tuple[str, ...]]
    weight_sets: Mapping[str, Mapping[str, float]]
    picked: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return prod(self.shape) if self.picked is None else len(self.picked)

    def __repr__(self) -> str:
        # Of a sample, the places of its specifications would fill pages.
        return f"<Grid: {self}>"

    def __reduce__(self) -> tuple[type[Grid], tuple[object, ...]]:
        # Read-only mappings do not travel to worker processes; plain copies do.
        sets = {name: dict(weights) for name, weights in self.weight_sets.items()}
        return Grid, (self.base, dict(self.choices), sets, self.picked)

    def __str__(self) -> str:
        lines = [f"{name}: {', '.join(values)}" for name, values in self.choices.items()]
        size = prod(self.shape)
        head = f"{len(self)} specifications" + ("" if len(self) == size else f" out of {size}")
        return "\n".join([head, *lines])

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each factor."""
        return tuple(len(values) for values in self.choices.values())

    @cached_property
    def _places(self) -> Codes:
        return np.asarray(self.picked, dtype="int64")

    def codes(self, start: int = 0, stop: int | None = None) -> Codes:
        """Give the values of some specifications as numbers.

        Parameters
        ----------
        start, stop : int
            Which specifications; all without them.

        Returns
        -------
        ndarray of int, shape (number of specifications, number of factors)
            Places in ``choices``.
        """
        end = len(self) if stop is None else min(stop, len(self))
        flat = np.arange(start, end) if self.picked is None else self._places[start:end]
        return np.stack(np.unravel_index(flat, self.shape), axis=-1).astype("int64")

    def table(self, start: int = 0, stop: int | None = None) -> pd.DataFrame:
        """List specifications.

        Parameters
        ----------
        start, stop : int
            Which specifications; all without them.

        Returns
        -------
        DataFrame
            One row a specification, one column a factor (categories in the order of ``choices``).
        """
        codes = self.codes(start, stop)
        columns = zip(self.choices.items(), codes.T, strict=True)
        return pd.DataFrame(
            {name: pd.Categorical.from_codes(own, pd.Index(values)) for (name, values), own in columns}
        )

    def options(self, place: int) -> ScoringOptions:
        """Give one specification as the options with which `score` computes it.

        Parameters
        ----------
        place : int
            Which one, from 0.

        Returns
        -------
        ScoringOptions
            An indicator that is left out has weight 0.

        Raises
        ------
        CgutilsError
            Where there is no such place.
        """
        whole("Grid.options: place", place, 0)
        if place >= len(self):
            raise CgutilsError(
                f"Grid.options: specification {place} does not exist; there are {len(self)}, from 0."
            )
        codes = self.codes(place, place + 1)[0].tolist()
        named = {name: self.choices[name][code] for name, code in zip(self.choices, codes, strict=True)}
        left_out = named["leave_out"]
        without = {} if left_out == NOTHING else {left_out: 0.0}
        return replace(
            self.base,
            calibration=named["calibration"],
            aggregation=named["aggregation"],
            index_aggregation=named["index_aggregation"],
            weights=self.weight_sets.get(named["weights"], named["weights"]),
            missing=named["missing"],
            coder=named["coder"],
            indicator_weights={**self.base.indicator_weights, **without},
        )

    def restrict(self, **choices: str | Iterable[str]) -> Grid:
        """Keep the specifications with certain values.

        Parameters
        ----------
        **choices : str or iterable of str
            By factor, the values to keep.

        Returns
        -------
        Grid
            With the values that were named, in the order of this grid.

        Raises
        ------
        CgutilsError
            For a factor or a value that the grid does not have, or where nothing is left.
        """
        wanted = {name: _listed(own) for name, own in choices.items()}
        problems = [f"no factor {name!r}" for name in wanted if name not in self.choices]
        for name, own in wanted.items():
            there = self.choices.get(name, ())
            missing = [str(value) for value in own if value not in there]
            if there and missing:
                problems.append(f"{name} has no {', '.join(sorted(missing))} (there are {', '.join(there)})")
        if problems:
            raise CgutilsError(f"Grid.restrict: {'; '.join(problems)}. Factors: {', '.join(self.choices)}.")
        kept = {
            n: tuple(v for v in values if v in wanted.get(n, values)) for n, values in self.choices.items()
        }
        made = Grid(self.base, MappingProxyType(kept), self.weight_sets)
        if self.picked is not None:
            made = replace(made, picked=self._picked_in(kept))
        if not len(made):
            raise CgutilsError("Grid.restrict: no specification is left.")
        return made

    def _picked_in(self, kept: Mapping[str, tuple[str, ...]]) -> tuple[int, ...]:
        moved = [
            np.asarray([kept[name].index(value) if value in kept[name] else -1 for value in values])
            for name, values in self.choices.items()
        ]
        codes = np.stack([to[own] for to, own in zip(moved, self.codes().T, strict=True)])
        inside = codes[:, (codes >= 0).all(axis=0)]
        shape = tuple(len(values) for values in kept.values())
        return tuple(np.ravel_multi_index(tuple(inside), shape).tolist())

    def sample(self, size: int, seed: int = SEED) -> Grid:
        """Draw specifications at random, without repetition.

        Parameters
        ----------
        size : int
            How many; where the grid has no more than these it is returned whole.
        seed : int
            Seed of the draw.

        Returns
        -------
        Grid
            In the order of this grid.

        Raises
        ------
        CgutilsError
            For a size below 1, or a seed below 0.
        """
        whole("Grid.sample: size", size)
        whole("Grid.sample: seed", seed, 0)
        if size >= len(self):
            return self
        random = np.random.default_rng(seed)
        rows = np.sort(random.choice(len(self), size=size, replace=False, shuffle=False))
        places = rows if self.picked is None else self._places[rows]
        return replace(self, picked=tuple(places.tolist()))
