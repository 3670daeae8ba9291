"""Comparing cases: verdicts by pair, process beside outcome, and the balance of the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgutils.analysis.alike import taking_part
from cgutils.analysis.consensus import consensus
from cgutils.analysis.hierarchy import INDEX, Floats
from cgutils.analysis.scoring import Scores
from cgutils.analysis.weights import index_shares, indicator_weights
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.schemas import DIRECTIONS, KINDS

VERDICTS = ("higher", "lower", "indistinguishable", "not_comparable")
# Two sums of the same memberships may differ by rounding.
_TOLERANCE = 1e-9
COLUMNS = ["dimension_id", "case_a", "case_b", "verdict", "difference", "evidence_a", "evidence_b"]
TYPES = dict.fromkeys(COLUMNS, "str") | {"difference": "float64"}


def compare(
    collection: Collection, scores: Scores, dimension_ids: Sequence[str] | None = None
) -> pd.DataFrame:
    """Compare every pair of cases of one codebook on every dimension and the index.

    Parameters
    ----------
    collection : Collection
        The checked collection, for the evidence behind the scores.
    scores : Scores
        As `score` returns them for it.
    dimension_ids : sequence of str, optional
        Only these; a thousand cases have half a million pairs on each.

    Returns
    -------
    DataFrame
        ``dimension_id, case_a, case_b`` (a before b); ``verdict`` on a against b (higher, lower,
        indistinguishable; not_comparable where either has no interval at all); ``difference``, the score of
        a minus that of b (missing where either is withheld); ``evidence_a, evidence_b``, the ids of the
        items, ``;`` between, on which the levels rest that enter (those with weight; under common support,
        those in common).

    Raises
    ------
    CgutilsError
        For a dimension that was not scored.

    Notes
    -----
    Cases of different codebooks form no pair, since their indices are made of different things; `through`
    reads them through one framework. Nor does a case in which no coder gave a level, beside others that have
    some.

    A case is higher only where its whole interval lies above the other's, that is, whatever the levels of
    the indicators that were not assessed. Cases with phases are compared at their last one; at an earlier
    phase, hand over ``at_phase(collection, phase)`` and its scores (`compare_phases` does so for all).
    """
    wanted = _wanted(scores, dimension_ids)
    rested = _evidence_of(collection, scores)
    codebooks = {name: collection.cases[name].framework for name in taking_part(collection)}
    rows = scores.dimensions
    rows = rows[rows["dimension_id"].isin(wanted) & rows["case_id"].isin(list(codebooks))]
    parts = []
    for (dimension_id, _), part in rows.groupby(["dimension_id", rows["case_id"].map(codebooks)], sort=False):
        ranked = part.sort_values("case_id")
        cases = ranked["case_id"].to_numpy(dtype=object)
        evidence = np.array([rested.get((case, str(dimension_id)), "") for case in cases], dtype=object)
        lower, upper, value = (ranked[name].to_numpy() for name in ("lower", "upper", "score"))
        a, b = np.triu_indices(len(cases), 1)
        bounds = np.stack([lower, upper])
        verdicts = np.asarray(VERDICTS, dtype=object)[verdict_places(bounds[:, a], bounds[:, b])]
        columns = (
            str(dimension_id),
            cases[a],
            cases[b],
            verdicts,
            value[a] - value[b],
            evidence[a],
            evidence[b],
        )
        parts.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)), columns=COLUMNS))
    filled = [part.astype(TYPES) for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=COLUMNS).astype(TYPES)


def verdict(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Say how interval ``a`` (lower, upper) stands to interval ``b``.

    Examples
    --------
    >>> verdict((0.6, 0.8), (0.2, 0.5)), verdict((0.4, 0.6), (0.6, 0.7))
    ('higher', 'indistinguishable')
    """
    return VERDICTS[int(verdict_places(np.asarray(a), np.asarray(b)))]


def verdict_places(a: Floats, b: Floats) -> NDArray[np.int64]:
    """Say how intervals ``a`` stand to intervals ``b``.

    Parameters
    ----------
    a, b : ndarray of float, shape (2, ...)
        Lower and upper bounds.

    Returns
    -------
    ndarray of int, shape (...)
        Places in `VERDICTS`.
    """
    open_bounds = np.isnan(a).any(axis=0) | np.isnan(b).any(axis=0)
    cases = [open_bounds, a[0] > b[1] + _TOLERANCE, a[1] < b[0] - _TOLERANCE]
    return np.select(cases, [3, 0, 1], default=2)


def process_outcome(scores: Scores, outcome: str = "problem_results") -> pd.DataFrame:
    """Set the process index beside an outcome indicator. Side by side, never a correlation or a cause.

    Parameters
    ----------
    scores : Scores
        As `score` returns them.
    outcome : str
        Indicator of an outcome.

    Returns
    -------
    DataFrame
        One row a case: ``case_id, index, index_lower, index_upper, coverage, index_status, outcome_level``
        (0 to 3), ``outcome_membership`` (0 to 1), ``outcome_status`` (not_assessed as well where the codebook
        of the case has no such indicator).

    Raises
    ------
    CgutilsError
        For an indicator that was not scored.

    See Also
    --------
    outcome_indicator : Which outcome a codebook has.
    """
    index = scores.index.rename(
        columns={"score": "index", "lower": "index_lower", "upper": "index_upper", "status": "index_status"}
    )
    found = scores.indicators[scores.indicators["indicator_id"] == outcome].rename(
        columns={"level": "outcome_level", "membership": "outcome_membership", "status": "outcome_status"}
    )
    if found.empty:
        known = ", ".join(dict.fromkeys(scores.indicators["indicator_id"]))
        raise CgutilsError(f"indicator {outcome!r} was not scored; choose one of {known}.")
    left = index[["case_id", "index", "index_lower", "index_upper", "coverage", "index_status"]]
    right = found[["case_id", "outcome_level", "outcome_membership", "outcome_status"]]
    beside = left.merge(right, on="case_id", how="left", validate="one_to_one")
    return beside.fillna({"outcome_status": "not_assessed"})


def outcome_indicator(collection: Collection, indicator_id: str = "problem_results") -> str:
    """Choose an outcome to set beside the index.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    indicator_id : str
        The one that is wanted.

    Returns
    -------
    str
        It, where a codebook in use has it; else the first indicator of such a codebook that does not enter
        the index; empty where there is none.
    """
    used = collection.frameworks_in_use.values()
    if any(indicator_id == i.indicator_id for framework in used for i in framework.indicators):
        return indicator_id
    outside = (i.indicator_id for f in used for d in f.dimensions if not d.in_index for i in d.indicators)
    return next(outside, "")


def evidence_balance(collection: Collection) -> pd.DataFrame:
    """Count the evidence items by direction and kind.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    DataFrame
        ``case_id, dimension_id, direction, kind, n_items``; every combination has a row, 0 included.
    """
    rows = []
    for case_id in collection.cases:
        framework = collection.framework_of(case_id)
        own = collection.evidence[collection.evidence["case_id"] == case_id]
        of = {i.indicator_id: d.dimension_id for d in framework.dimensions for i in d.indicators}
        counts = own.groupby([own["indicator_id"].map(of), "direction", "kind"]).size().to_dict()
        for dimension, direction, kind in product(framework.dimensions, DIRECTIONS, KINDS):
            key = (dimension.dimension_id, direction, kind)
            rows.append((case_id, *key, int(counts.get(key, 0))))
    return pd.DataFrame(rows, columns=["case_id", "dimension_id", "direction", "kind", "n_items"])


def _wanted(scores: Scores, dimension_ids: Sequence[str] | None) -> list[str]:
    known = list(dict.fromkeys(scores.dimensions["dimension_id"]))
    if dimension_ids is None:
        return known
    wanted = [dimension_ids] if isinstance(dimension_ids, str) else list(dimension_ids)
    unknown = [repr(name) for name in wanted if name not in known]
    if unknown:
        raise CgutilsError(
            f"compare: found no dimension {', '.join(unknown)}; choose among {', '.join(known)}."
        )
    return wanted


def _evidence_of(collection: Collection, scores: Scores) -> dict[tuple[str, str], str]:
    frame = consensus(collection, scores.options.coder)
    frame = frame[indicator_weights(collection, scores.indicators, scores.options).gt(0)]
    shares = {
        name: index_shares(framework, scores.options)
        for name, framework in collection.frameworks_in_use.items()
    }
    items: dict[tuple[str, str], set[str]] = {}
    for row in frame.to_dict("records"):
        dimension = str(row["dimension_id"])
        inside = shares[collection.cases[row["case_id"]].framework].get(dimension, 0) > 0
        for name in (dimension, INDEX) if inside else (dimension,):
            items.setdefault((str(row["case_id"]), name), set()).update(row["evidence_ids"])
    return {key: ";".join(sorted(found)) for key, found in items.items()}
