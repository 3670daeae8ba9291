"""Weights of indicators within dimensions, and of dimensions in the index."""

from __future__ import annotations

import pandas as pd

from cgutils.analysis.alike import taking_part
from cgutils.analysis.hierarchy import Layout
from cgutils.analysis.options import ScoringOptions
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Framework


def indicator_weights(collection: Collection, indicators: pd.DataFrame, options: ScoringOptions) -> pd.Series:
    """Weight of each indicator within its dimension.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    indicators : DataFrame
        As ``Scores.indicators`` for it.
    options : ScoringOptions
        The choices; under common support an indicator has weight 0 that some case of the codebook lacks, of
        those in which any coder gave a level.

    Returns
    -------
    Series
        At least 0, with the index of ``indicators``.
    """
    weights = indicators["indicator_id"].map(lambda name: float(options.indicator_weights.get(name, 1.0)))
    if options.missing == "common_support":
        counting = indicators["case_id"].isin(taking_part(collection))
        known = indicators["membership"].notna()
        codebook = indicators["case_id"].map({name: c.framework for name, c in collection.cases.items()})
        everywhere = (known | ~counting).groupby([codebook, indicators["indicator_id"]]).transform("all")
        weights = weights.where(everywhere, 0.0)
    return weights


def index_shares(framework: Framework, options: ScoringOptions) -> dict[str, float]:
    """Share of each dimension in the index, in framework order; the shares sum to 1.

    Parameters
    ----------
    framework : Framework
        The codebook; dimensions with ``in_index: false`` have no share.
    options : ScoringOptions
        The choices.

    Returns
    -------
    dict of str to float
        By ``dimension_id``.

    Raises
    ------
    CgutilsError
        For given weights that do not fit the framework.
    """
    inside = Layout.of(framework).members
    return dict(zip(inside, options.dimension_weights(inside).tolist(), strict=True))


def check_indicator_weights(collection: Collection, options: ScoringOptions) -> None:
    """Refuse weights of indicators that no framework of the collection has.

    Raises
    ------
    CgutilsError
        Naming them.
    """
    known = {i.indicator_id for f in collection.frameworks.values() for i in f.indicators}
    unknown = sorted(set(options.indicator_weights) - known)
    if unknown:
        raise CgutilsError(
            f"ScoringOptions: indicator_weights names {', '.join(unknown)}; indicators are "
            f"{', '.join(sorted(known))}."
        )
