"""Collections that are hard on the specification grid, drawn by hypothesis or from a seed."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from hypothesis import strategies as st

from cgutils.analysis.options import CONSENSUS, ScoringOptions
from cgutils.analysis.robustness.grid import Grid
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection
from support import Levels, collection, framework

# One dimension of a single indicator, so that leaving this one out leaves nothing of it.
CODEBOOK = framework({"setting": 2, "process": 3, "lone": 1, "outcomes": 2})
NAMES = [indicator.indicator_id for indicator in CODEBOOK.indicators]
SIZE = len(NAMES)
INSIDE = ("setting", "process", "lone")

_level = st.one_of(st.none(), st.integers(0, 3))
_levels = st.lists(_level, min_size=SIZE, max_size=SIZE)


@st.composite
def collections(draw: st.DrawFn) -> Collection:
    """One to four cases, up to three coders, not all of them for every case; some levels are settled."""
    cases = [f"case-{n}" for n in range(draw(st.integers(1, 4)))]
    coders = ["ana", "budi", "citra"][: draw(st.integers(1, 3))]
    rated: dict[str, dict[str, Levels]] = {}
    for case in cases:
        own = draw(_levels)
        # The first coder rates everything; the others leave cases out, and agree more often than by chance.
        rated[case] = {coders[0]: own}
        for coder in coders[1:]:
            if draw(st.booleans()):
                other = draw(_levels)
                same = draw(st.lists(st.booleans(), min_size=SIZE, max_size=SIZE))
                rated[case][coder] = [a if agree else b for a, b, agree in zip(own, other, same, strict=True)]
    keys = st.tuples(st.sampled_from(cases), st.sampled_from(NAMES))
    return collection(CODEBOOK, rated, draw(st.dictionaries(keys, _level, max_size=4)))


@st.composite
def options(draw: st.DrawFn) -> ScoringOptions:
    """Whatever no factor of a grid changes, and weights of the dimensions that are given or not."""
    given = st.fixed_dictionaries({name: st.sampled_from([0, 0.5, 3]) for name in INSIDE}).filter(
        lambda weights: any(weights.values())
    )
    return ScoringOptions(
        weights=draw(st.one_of(st.just("equal_dimensions"), given)),
        indicator_weights=draw(
            st.dictionaries(st.sampled_from(NAMES), st.sampled_from([0, 0.5, 2, 7]), max_size=4)
        ),
        coverage_threshold=draw(st.sampled_from([0, 0.5, 1])),
        geometric_floor=draw(st.sampled_from([0.01, 0.2])),
    )


def every_coder(made: Collection, chosen: ScoringOptions, draws: int = 2) -> Grid:
    """Give the grid with all coders as choices, also those who rated only some of the cases."""
    grid = specification_grid(made, chosen, draws=draws)
    coders = (CONSENSUS, *sorted(set(made.ratings["coder_id"])))
    return replace(grid, choices=MappingProxyType({**grid.choices, "coder": coders}))


def seeded(count: int, seed: int, blank: float = 0.1) -> Collection:
    """Make many cases at once, with a share of blanks and two coders who mostly agree."""
    random = np.random.default_rng(seed)
    rated: dict[str, dict[str, Levels]] = {}
    for n in range(count):
        base, other = random.integers(0, 4, (2, SIZE))
        levels = {"ana": base, "budi": np.where(random.random(SIZE) < 0.1, other, base)}
        rated[f"case-{n:03}"] = {
            coder: [None if random.random() < blank else int(level) for level in own]
            for coder, own in levels.items()
        }
    return collection(CODEBOOK, rated)


def alike(levels: Levels, count: int = 3) -> Collection:
    """Make cases with the same levels."""
    return collection(CODEBOOK, {f"case-{n}": {"ana": levels} for n in range(count)})
