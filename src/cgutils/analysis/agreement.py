"""How far the coders agree: by dimension, by case and overall, with what every figure rests on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from cgutils.analysis.coefficients import (
    METRICS,
    Array,
    Counts,
    alpha_bootstrap,
    cohen_kappa,
    count_values,
    gwet_ac,
    krippendorff_alpha,
    share_within,
)
from cgutils.analysis.consensus import coder_levels, in_dispute
from cgutils.analysis.options import whole
from cgutils.data.collection import Collection

SCALE = (0, 1, 2, 3)
DRAWS = 2000
SEED = 1
# Percentiles of the bootstrap sample between which the interval lies, and the share of it that they hold.
PERCENTILES = (2.5, 97.5)
CONFIDENCE = (PERCENTILES[1] - PERCENTILES[0]) / 100
_COLUMNS = [
    "scope",
    "group_id",
    "measure",
    "coders",
    "coefficient",
    "lower",
    "upper",
    "n_units",
    "n_pairable",
    "status",
]


def rating_matrix(collection: Collection) -> pd.DataFrame:
    """Lay the ratings out as one row a unit and one column a coder.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    DataFrame
        ``case_id, dimension_id, indicator_id`` and one column for each coder (``Int64``, missing: not
        assessed), in framework order. This is the shape that ReCal and most reliability programs read.
    """
    levels = coder_levels(collection)
    coders = sorted(set(collection.ratings["coder_id"]))
    return levels[["case_id", "dimension_id", "indicator_id", *coders]]


def agreement(collection: Collection, *, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Compute the agreement of the coders on the declared scale 0 to 3.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    draws : int
        Bootstrap resamples of the units for the interval of alpha, at least 1.
    seed : int
        Seed of the resampling, at least 0.

    Returns
    -------
    DataFrame
        ``scope`` (overall, case, dimension) and ``group_id``; ``measure`` (``alpha_nominal``,
        ``alpha_ordinal``, ``alpha_interval``, ``alpha_ratio``, ``ac1``, ``ac2_ordinal``,
        ``exact_agreement``, ``within_one``, ``kappa_unweighted``, ``kappa_linear``,
        ``kappa_quadratic``); ``coders`` (the pair for kappa, else all who rated); ``coefficient``;
        ``lower, upper`` (95 % percentile interval, for alpha only, over the resamples in which it is defined:
        those that drew one level alone are left out); ``n_units`` with any rating,
        ``n_pairable`` rated by two or more; ``status``: defined, or undefined with the reason
        (``undefined_one_coder``, ``undefined_no_pair``, ``undefined_no_variation``). Where there are more
        than two coders, a pair that rated no unit in common has no row.

    Raises
    ------
    CgutilsError
        For draws below 1 or a seed below 0, and for what is no whole number.

    References
    ----------
    Krippendorff (2011); Gwet (2014); Cohen (1960, 1968). The unit is case x indicator, of a case with phases
    at its last one; for an earlier phase, hand over ``at_phase(collection, phase)``.
    """
    whole("agreement: draws", draws)
    whole("agreement: seed", seed, 0)
    matrix = rating_matrix(collection)
    coders = list(matrix.columns[3:])
    rows = []
    for scope, group_id, part in _groups(matrix):
        ratings = part[coders].astype("float64").to_numpy(na_value=np.nan)
        rows += [(scope, group_id, *row) for row in _measures(ratings, coders, draws, seed)]
    return pd.DataFrame(rows, columns=_COLUMNS)


def disagreements(collection: Collection) -> pd.DataFrame:
    """List every unit on which the coders differ, with their reasons and how it was settled.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    DataFrame
        One row a coder and unit: ``case_id, dimension_id, indicator_id, coder_id, level, confidence,
        rationale``; the adjudication follows as ``coder_id`` ``adjudicated`` where there is one. A blank
        against a level is a disagreement. In a collection that is read `through` another framework, so is an
        element whose sources stay disputed, even where the levels that follow for it are the same.
    """
    levels = coder_levels(collection)
    keys = ["case_id", "indicator_id"]
    differ = levels.loc[in_dispute(levels), ["case_id", "dimension_id", "indicator_id"]]
    rated = differ.merge(collection.ratings.drop(columns="evidence_ids"), on=keys)
    rulings = collection.adjudication
    if "status" in rulings:  # what stays disputed is settled by no row
        rulings = rulings[rulings["status"] != "disputed"]
    settled = differ.merge(rulings.drop(columns="evidence_ids"), on=keys)
    settled = settled.assign(coder_id="adjudicated", confidence="")
    both = pd.concat([rated, settled[rated.columns]], ignore_index=True)
    order = {
        key: place for place, key in enumerate(zip(differ["case_id"], differ["indicator_id"], strict=True))
    }
    place = [order[key] for key in zip(both["case_id"], both["indicator_id"], strict=True)]
    last = both["coder_id"].eq("adjudicated")
    sorted_rows = both.assign(_place=place, _last=last).sort_values(["_place", "_last", "coder_id"])
    return sorted_rows.drop(columns=["_place", "_last"]).reset_index(drop=True)


def _groups(matrix: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    yield "overall", "all", matrix
    for scope in ("case", "dimension"):
        for group_id, part in matrix.groupby(f"{scope}_id", sort=False):
            yield scope, str(group_id), part


def _measures(ratings: Array, coders: list[str], draws: int, seed: int) -> Iterator[tuple[object, ...]]:
    counts = count_values(ratings, SCALE)
    sizes = (int((counts.table.sum(axis=1) > 0).sum()), len(counts.pairable))
    rated = (~np.isnan(ratings)).any(axis=0)
    everyone = ";".join(np.asarray(coders)[rated] if rated.any() else coders)
    reason = _undefined(counts, ratings)
    for metric in METRICS:
        value = krippendorff_alpha(counts, metric)
        sample = alpha_bootstrap(counts, metric, draws=draws, seed=seed)
        yield (f"alpha_{metric}", everyone, value, *_interval(sample, value), *sizes, _status(value, reason))
    single = {
        "ac1": gwet_ac(counts),
        "ac2_ordinal": gwet_ac(counts, "ordinal"),
        "exact_agreement": share_within(counts),
        "within_one": share_within(counts, 1),
    }
    for measure, value in single.items():
        yield (measure, everyone, value, np.nan, np.nan, *sizes, _status(value, reason))
    for a, b in combinations(range(len(coders)), 2):
        pair = ratings[:, [a, b]]
        pair_counts = count_values(pair, SCALE)
        if len(coders) > 2 and not len(pair_counts.pairable):
            continue  # coders of different cases: nothing was rated by both
        of_pair = (int((pair_counts.table.sum(axis=1) > 0).sum()), len(pair_counts.pairable))
        for weighting in ("unweighted", "linear", "quadratic"):
            value = cohen_kappa(pair, SCALE, weighting)
            status = _status(value, _undefined(pair_counts, pair))
            yield (f"kappa_{weighting}", f"{coders[a]};{coders[b]}", value, np.nan, np.nan, *of_pair, status)


def _interval(sample: Array, value: float) -> tuple[float, float]:
    defined = sample[~np.isnan(sample)]
    if np.isnan(value) or not len(defined):
        return float("nan"), float("nan")
    low, high = np.percentile(defined, PERCENTILES)
    return float(low), float(high)


def _undefined(counts: Counts, ratings: Array) -> str:
    if (~np.isnan(ratings)).any(axis=0).sum() == 1:
        return "undefined_one_coder"
    return "undefined_no_variation" if len(counts.pairable) else "undefined_no_pair"


def _status(value: float, reason: str) -> str:
    return reason if np.isnan(value) else "defined"
