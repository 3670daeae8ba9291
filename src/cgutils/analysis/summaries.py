"""The few numbers that a sentence about a frame needs, computed from the frame."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cgutils.analysis.consensus import in_dispute
from cgutils.analysis.robustness.grid import Grid
from cgutils.analysis.scoring import Scores
from cgutils.analysis.tracing import Trace
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Framework


def of_case(frame: pd.DataFrame, case_id: str, *, keep: bool = False) -> pd.DataFrame:
    """Take the rows of one case.

    Parameters
    ----------
    frame : DataFrame
        With a column ``case_id``.
    case_id : str
        Which case.
    keep : bool
        Keep the column ``case_id``, as figures need it.

    Returns
    -------
    DataFrame
        The rows, index 0, 1, 2 ...; without the column ``case_id`` unless ``keep``.
    """
    rows = frame[frame["case_id"] == case_id].reset_index(drop=True)
    return rows if keep else rows.drop(columns="case_id")


def case_summary(collection: Collection, scores: Scores, case_id: str) -> dict[str, Any]:
    """Sum up one case for the sentence ``case_intro``.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    scores : Scores
        Scores that hold the case.
    case_id : str
        Which case.

    Returns
    -------
    dict
        ``case_id, framework, evidence, coders, assessed, indicators, coverage, score, lower, upper``.
    """
    index = scores.index[scores.index["case_id"] == case_id]
    if index.empty:
        raise CgutilsError(
            f"case {case_id!r} was not scored; there are {', '.join(scores.index['case_id'])}."
        )
    row = index.iloc[0]
    framework = collection.framework_of(case_id)
    return {
        "case_id": case_id,
        "framework": f"{framework.framework_id} ({framework.version})",
        "evidence": len(of_case(collection.evidence, case_id)),
        "coders": of_case(collection.ratings, case_id)["coder_id"].nunique(),
        "assessed": row["n_assessed"],
        "indicators": row["n_indicators"],
        **{name: row[name] for name in ("coverage", "score", "lower", "upper")},
    }


def level_summary(found: Trace) -> dict[str, Any]:
    """Sum up a trace for the sentence ``worked_level``.

    Parameters
    ----------
    found : Trace
        As `trace` returns it.

    Returns
    -------
    dict
        ``indicator_id, status, levels`` (each coder's, in order of the coders' ids), ``level, membership``.
    """
    ratings = found.ratings.sort_values("coder_id")
    return {
        "indicator_id": found.indicator_id,
        "status": found.status,
        "levels": list(ratings["level"]),
        "level": found.level,
        "membership": found.membership,
    }


def disagreement_summary(levels: pd.DataFrame) -> dict[str, int]:
    """Count units, disagreements and settled ones for the sentence ``settled``.

    Parameters
    ----------
    levels : DataFrame
        As `coder_levels` returns it.

    Returns
    -------
    dict of str to int
        ``units, disagreements, settled``.
    """
    differ = in_dispute(levels)
    return {
        "units": len(levels),
        "disagreements": int(differ.sum()),
        "settled": int((differ & levels["adjudicated"]).sum()),
    }


def verdict_summary(verdicts: pd.DataFrame) -> dict[str, int]:
    """Count verdicts for the sentence ``verdicts``.

    Parameters
    ----------
    verdicts : DataFrame
        As `compare` returns it.

    Returns
    -------
    dict of str to int
        ``pairs``; of them ``decided`` (higher or lower), ``open`` (indistinguishable) and ``not_comparable``.
    """
    found = verdicts["verdict"]
    return {
        "pairs": len(verdicts),
        "decided": int(found.isin(["higher", "lower"]).sum()),
        "open": int((found == "indistinguishable").sum()),
        "not_comparable": int((found == "not_comparable").sum()),
    }


def codebook_summary(framework: Framework) -> dict[str, Any]:
    """Count what makes up the index of a codebook, and what does not, for the sentence ``codebook``.

    Parameters
    ----------
    framework : Framework
        A codebook of a collection.

    Returns
    -------
    dict
        ``framework`` (its id), ``dimensions`` and ``indicators`` of the index, ``beside``, the indicators
        that do not enter it.
    """
    inside = [dimension for dimension in framework.dimensions if dimension.in_index]
    indicators = sum(len(dimension.indicators) for dimension in inside)
    return {
        "framework": framework.framework_id,
        "dimensions": len(inside),
        "indicators": indicators,
        "beside": len(framework.indicators) - indicators,
    }


def grid_summary(grid: Grid) -> dict[str, int]:
    """Count the specifications and the values of each factor for the sentence ``grid_size``.

    Parameters
    ----------
    grid : Grid
        As `specification_grid` returns it.

    Returns
    -------
    dict of str to int
        ``n`` and the factors.
    """
    return {"n": len(grid), **dict(zip(grid.choices, grid.shape, strict=True))}


def turnout_change(turnout: pd.DataFrame) -> dict[str, Any]:
    """Compare the turnout computed for the first and for the last year, for the sentence ``turnout``.

    Parameters
    ----------
    turnout : DataFrame
        As `turnout` returns it.

    Returns
    -------
    dict
        ``first_year, first, last_year, last`` (percent), ``difference`` (percentage points).
    """
    ordered = turnout.sort_values("period")
    first, last = ordered.iloc[0], ordered.iloc[-1]
    return {
        "first_year": first["period"],
        "first": first["computed"],
        "last_year": last["period"],
        "last": last["computed"],
        "difference": last["computed"] - first["computed"],
    }


def partner_summary(partners: pd.DataFrame) -> dict[str, int]:
    """Add up partners for the sentences on the two readings of the list.

    Parameters
    ----------
    partners : DataFrame
        As `partners` returns it.

    Returns
    -------
    dict of str to int
        ``named, stated, rest``.
    """
    named = int(partners.loc[partners["status"] == "reported", "count"].sum())
    stated = int(partners["count"].sum())
    return {"named": named, "stated": stated, "rest": stated - named}


def rates_summary(rates: pd.Series, overall: float) -> dict[str, float]:
    """Test whether group rates can be shares of one total, for the sentence ``rates_within``.

    Parameters
    ----------
    rates : Series of float
        Rates in percent.
    overall : float
        The overall rate that the source gives beside them, in percent.

    Returns
    -------
    dict of str to float
        ``n, sum, low, high, mean, overall``.
    """
    return {
        "n": len(rates),
        "sum": float(rates.sum()),
        "low": float(rates.min()),
        "high": float(rates.max()),
        "mean": float(rates.mean()),
        "overall": float(overall),
    }


def reached_summary(reached: pd.DataFrame) -> dict[str, Any]:
    """Count the indicators that recommendations reach, for the sentence ``reached``.

    Parameters
    ----------
    reached : DataFrame
        As `untouched_indicators` returns it.

    Returns
    -------
    dict
        ``primary, process`` (numbers of process indicators), ``secondary, none`` (lists of indicator ids).
    """
    process = reached[reached["in_index"]]
    return {
        "primary": int((process["reached"] == "primary").sum()),
        "process": len(process),
        "secondary": list(reached.loc[reached["reached"] == "secondary", "indicator_id"]),
        "none": list(reached.loc[reached["reached"] == "none", "indicator_id"]),
    }
