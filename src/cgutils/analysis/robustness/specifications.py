"""Which choices the method allows, crossed to a specification grid for the cases of a collection."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from cgutils.analysis.aggregate import AGGREGATIONS
from cgutils.analysis.alike import taking_part
from cgutils.analysis.hierarchy import Layout
from cgutils.analysis.options import CALIBRATIONS, CONSENSUS, MISSING_RULES, WEIGHTINGS, ScoringOptions, whole
from cgutils.analysis.robustness.grid import DRAW, NOTHING, SEED, Grid
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

DRAWS = 8


def specification_grid(
    collection: Collection,
    options: ScoringOptions | None = None,
    *,
    framework_id: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Grid:
    """Cross all choices of the method.

    Parameters
    ----------
    collection : Collection
        The checked collection, for its coders and indicators.
    options : ScoringOptions, optional
        What no factor changes (indicator weights, coverage threshold, floor). Given weights of the
        dimensions join the two equal weightings.
    framework_id : str, optional
        The framework whose cases are compared; not needed where all cases share one.
    draws : int
        Random weights of the dimensions (flat Dirichlet) beside the two equal weightings.
    seed : int
        Seed of these draws.

    Returns
    -------
    Grid
        Calibration x aggregation of indicators x aggregation of dimensions x weights x missing rule x coder
        (the consensus and, where there are several, each coder who rated every case that has a level from
        anybody) x indicator left out (none, then each).

    Raises
    ------
    CgutilsError
        Where the cases have several frameworks and none is chosen, or the chosen one has no case; for draws
        or a seed below 0.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020) on specification curves; OECD/JRC (2008), step 7.
    """
    whole("specification_grid: draws", draws, 0)
    whole("specification_grid: seed", seed, 0)
    layout = Layout.of(collection.frameworks[framework_of_all(collection, framework_id)])
    chosen = options or ScoringOptions()
    sets = _weight_sets(layout, chosen, draws, seed)
    choices = {
        "calibration": tuple(CALIBRATIONS),
        "aggregation": AGGREGATIONS,
        "index_aggregation": AGGREGATIONS,
        "weights": (*WEIGHTINGS, *sets),
        "missing": MISSING_RULES,
        "coder": (CONSENSUS, *_coders_of_all(collection, framework_id)),
        "leave_out": (NOTHING, *layout.indicators),
    }
    return Grid(chosen, MappingProxyType(choices), MappingProxyType(sets))


def _weight_sets(
    layout: Layout, options: ScoringOptions, draws: int, seed: int
) -> dict[str, Mapping[str, float]]:
    random = np.random.default_rng(seed)
    drawn = random.dirichlet(np.ones(len(layout.members)), size=draws)
    sets: dict[str, Mapping[str, float]] = {}
    if not isinstance(options.weights, str):
        sets["given"] = options.weights
    for place, row in enumerate(drawn.tolist(), start=1):
        name = f"{DRAW}_{place:0{len(str(draws))}}"
        sets[name] = MappingProxyType(dict(zip(layout.members, row, strict=True)))
    return sets


def framework_of_all(collection: Collection, framework_id: str | None = None) -> str:
    """Find the framework that the compared cases share.

    Raises
    ------
    CgutilsError
        Where there are several and none is chosen, or the chosen one has no case.
    """
    used = sorted({case.framework for case in collection.cases.values()})
    if framework_id is None and len(used) == 1:
        return used[0]
    if framework_id in used:
        return str(framework_id)
    asked = "several frameworks are in use" if framework_id is None else f"no case uses {framework_id!r}"
    raise CgutilsError(
        f"robustness: {asked}; name one of {', '.join(used)} as framework_id, or read all cases through one."
    )


def _coders_of_all(collection: Collection, framework_id: str | None) -> tuple[str, ...]:
    cases = taking_part(collection, framework_of_all(collection, framework_id))
    own = collection.ratings[collection.ratings["case_id"].isin(cases)]
    rated = own.groupby("coder_id")["case_id"].nunique()
    everyone = sorted(str(name) for name in rated.index)
    # The consensus of one coder is that coder's reading: a second time it would only count double.
    return tuple(n for n in everyone if rated[n] == len(cases)) if len(everyone) > 1 else ()
