"""Scores of indicators, dimensions and the index, each with its coverage and interval."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from cgutils.analysis.aggregate import aggregate
from cgutils.analysis.consensus import consensus
from cgutils.analysis.hierarchy import (
    INDEX,
    STATUSES,
    Flags,
    Floats,
    Layout,
    Part,
    dimension_part,
    in_order,
    index_part,
    stack,
)
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.weights import check_indicator_weights, indicator_weights
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Framework

_BOUNDS = ("membership", "lower", "upper")


@dataclass(frozen=True)
class Scores:
    """Scores as tidy frames. A score without its coverage and interval does not exist.

    Parameters
    ----------
    indicators : DataFrame
        ``case_id, dimension_id, indicator_id``; ``level`` 0 to 3 (``Int64``); ``level_low, level_high``, the
        levels between which it lies (missing: not known); ``membership, lower, upper`` between 0 and 1;
        ``n_coders`` who gave a level; ``n_evidence`` items on which it rests; ``status`` (assessed, disputed,
        not_assessed).
    dimensions : DataFrame
        ``case_id, dimension_id`` (``index`` for the index); ``score`` between 0 and 1 of what was assessed
        (missing unless scored); ``lower, upper`` whatever the open indicators are; ``coverage``, the share of
        weight that was assessed; ``n_assessed, n_indicators``; ``status`` (scored; withheld: coverage below
        the threshold; disputed: coders disagree and nobody settled it; not_assessed).
    options : ScoringOptions
        The choices that were made.
    """

    indicators: pd.DataFrame
    dimensions: pd.DataFrame
    options: ScoringOptions

    @property
    def index(self) -> pd.DataFrame:
        """The rows of the index, one a case."""
        return self.dimensions[self.dimensions["dimension_id"] == INDEX].reset_index(drop=True)

    def for_case(self, case_id: str) -> Scores:
        """Keep the rows of one case.

        Raises
        ------
        CgutilsError
            Where the case was not scored.
        """
        known = sorted(set(self.dimensions["case_id"]))
        if case_id not in known:
            raise CgutilsError(f"case {case_id!r} was not scored; there are {', '.join(known)}.")
        own = [
            frame[frame["case_id"] == case_id].reset_index(drop=True)
            for frame in (self.indicators, self.dimensions)
        ]
        return Scores(own[0], own[1], self.options)

    def value(self, case_id: str, dimension_id: str = INDEX) -> float:
        """Give one score between 0 and 1; NaN where there is only an interval.

        Raises
        ------
        CgutilsError
            Where the case or the dimension was not scored.
        """
        own = self.for_case(case_id).dimensions.set_index("dimension_id")["score"]
        if dimension_id not in own.index:
            raise CgutilsError(
                f"dimension {dimension_id!r} was not scored; there are {', '.join(own.index)}."
            )
        return float(own[dimension_id])


def score(collection: Collection, options: ScoringOptions | None = None) -> Scores:
    """Score every case of a collection.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    options : ScoringOptions, optional
        The choices; the method's defaults without it.

    Returns
    -------
    Scores
        Cases sorted by id, indicators and dimensions in framework order; the index stands after the
        dimensions that enter it, outcomes after the index.

    Raises
    ------
    CgutilsError
        For weights that do not fit the framework, or an unknown coder.

    Notes
    -----
    Level to membership by the calibration; indicators to dimension and dimensions to index by weighted
    aggregation. The value rests on the assessed indicators; ``lower`` and ``upper`` take every indicator that
    is not assessed at 0 and at 1 (Manski 2003), a disputed one at its lowest and highest level; where one is
    disputed there is no single value, only the interval. Coverage is the share of weight with a settled
    level. The index rests on the values of its dimensions, those withheld for coverage included, because its
    own coverage counts them. Dimensions with ``in_index: false`` (outcomes) never enter the index. Cases with
    phases are scored at their last one; `trajectory` scores them all.
    """
    chosen = options or ScoringOptions()
    check_indicator_weights(collection, chosen)
    indicators = _indicators(collection, chosen)
    weights = indicator_weights(collection, indicators, chosen)
    by_case = indicators["case_id"].map(lambda name: collection.cases[name].framework)
    frames = [
        _dimensions(collection.frameworks[str(name)], indicators.loc[part], weights.loc[part], chosen)
        for name, part in by_case.groupby(by_case).groups.items()
    ]
    dimensions = pd.concat(frames).sort_values("case_id", kind="stable", ignore_index=True)
    return Scores(indicators, dimensions, chosen)


def common_support(collection: Collection, options: ScoringOptions | None = None) -> pd.DataFrame:
    """Score on the indicators that are assessed in every case of the same codebook.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    options : ScoringOptions, optional
        All other choices.

    Returns
    -------
    DataFrame
        As ``Scores.dimensions``; ``n_indicators`` is the number of indicators in common, and coverage is 1
        where there is any.

    Notes
    -----
    A case in which no coder gave a level leaves the others in common what they have; it stands among them
    without a value.
    """
    return score(collection, replace(options or ScoringOptions(), missing="common_support")).dimensions


def _indicators(collection: Collection, options: ScoringOptions) -> pd.DataFrame:
    frame = consensus(collection, options.coder)
    frame["membership"] = options.membership(frame["level"])
    frame["lower"] = options.membership(frame["low"]).fillna(0.0)
    frame["upper"] = options.membership(frame["high"]).fillna(1.0)
    frame = frame.rename(columns={"low": "level_low", "high": "level_high"})
    frame["n_evidence"] = frame["evidence_ids"].map(len).astype("int64")
    columns = [
        *("case_id", "dimension_id", "indicator_id", "level", "level_low", "level_high"),
        *_BOUNDS,
        "n_coders",
        "n_evidence",
        "status",
    ]
    return frame[columns]


def _dimensions(
    framework: Framework, indicators: pd.DataFrame, weights: pd.Series, options: ScoringOptions
) -> pd.DataFrame:
    layout = Layout.of(framework)
    cases = indicators["case_id"].unique()
    shape = (len(cases), len(layout.indicators))
    spans = np.stack([indicators[name].to_numpy().reshape(shape) for name in _BOUNDS])
    disputed = indicators["status"].eq("disputed").to_numpy().reshape(shape)
    of_weight = weights.to_numpy().reshape(shape)
    shown = parts_of(layout, spans, disputed, of_weight, options)
    status = np.asarray(STATUSES, dtype=object)[shown.status(options.coverage_threshold)].ravel()
    value, lower, upper = (numbers.ravel() for numbers in shown.spans)
    return pd.DataFrame(
        {
            "case_id": np.repeat(cases, len(layout.order)),
            "dimension_id": np.tile(np.asarray(layout.order, dtype=object), len(cases)),
            "score": np.where(status == "scored", value, np.nan),
            "lower": lower,
            "upper": upper,
            "coverage": shown.coverage.ravel(),
            "n_assessed": shown.n_assessed.ravel(),
            "n_indicators": shown.n_indicators.ravel(),
            "status": status,
        }
    )


def parts_of(
    layout: Layout, spans: Floats, disputed: Flags, weights: Floats, options: ScoringOptions
) -> Part:
    """Aggregate indicators to dimensions, and dimensions to the index.

    Parameters
    ----------
    layout : Layout
        Which of k indicators make up which dimension.
    spans : ndarray of float, shape (3, ..., k)
        Membership (NaN: no level), lower and upper bound of each indicator.
    disputed : ndarray of bool, shape (..., k)
        Whether the coders disagree and nobody settled it.
    weights : ndarray of float, shape (..., k) or (k,)
        Weights within the dimensions.
    options : ScoringOptions
        The choices.

    Returns
    -------
    Part
        Of shape (..., dimensions), in the order of ``Layout.order``.
    """
    choices = (options.aggregation, options.geometric_floor)
    parts = {
        name: dimension_part(spans[..., own], disputed[..., own], weights[..., own], *choices)
        for name, own in zip(layout.dimensions, layout.slices, strict=True)
    }
    inside = stack([parts[name] for name in layout.members])
    combine = partial(aggregate, method=options.index_aggregation, floor=options.geometric_floor)
    index = index_part(inside, options.dimension_weights(layout.members), combine)
    return in_order(parts, index, layout)
