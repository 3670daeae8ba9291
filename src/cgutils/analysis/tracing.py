"""From a score back to the passages: everything behind one level."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cgutils.analysis.consensus import consensus
from cgutils.analysis.options import ScoringOptions
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

# What is shown where nobody names an indicator, in a codebook that has it.
EXAMPLE = "dedicated_forum"


@dataclass(frozen=True)
class Trace:
    """What one level rests on.

    Parameters
    ----------
    case_id, indicator_id : str
        Which level.
    evidence : DataFrame
        The evidence items of the indicator, columns as in the data dictionary.
    ratings : DataFrame
        Each coder's ``coder_id, level, confidence, rationale, evidence_ids``.
    adjudication : DataFrame
        The row that settled a disagreement, or no row.
    level : int or None
        The settled level 0 to 3; None where not assessed or disputed.
    membership : float or None
        Its membership under the options.
    status : str
        assessed, disputed or not_assessed.
    """

    case_id: str
    indicator_id: str
    evidence: pd.DataFrame
    ratings: pd.DataFrame
    adjudication: pd.DataFrame
    level: int | None
    membership: float | None
    status: str


def trace(
    collection: Collection, case_id: str, indicator_id: str, options: ScoringOptions | None = None
) -> Trace:
    """Collect what stands behind one indicator of one case.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    case_id, indicator_id : str
        Which level.
    options : ScoringOptions, optional
        The choices under which it was scored.

    Returns
    -------
    Trace
        Evidence, ratings, adjudication, level and membership; of a case with phases those of the last, and
        of an earlier one where ``at_phase(collection, phase)`` is handed over.

    Raises
    ------
    CgutilsError
        For an unknown case or indicator, with those that exist.
    """
    if case_id not in collection.cases:
        raise CgutilsError(f"case {case_id!r} does not exist; choose one of {', '.join(collection.cases)}.")
    known = [i.indicator_id for i in collection.framework_of(case_id).indicators]
    if indicator_id not in known:
        raise CgutilsError(f"indicator {indicator_id!r} does not exist; choose one of {', '.join(known)}.")
    chosen = options or ScoringOptions()
    settled = _rows(consensus(collection, chosen.coder), case_id, indicator_id)
    level, membership = settled["level"].iloc[0], chosen.membership(settled["level"]).iloc[0]
    return Trace(
        case_id=case_id,
        indicator_id=indicator_id,
        evidence=_rows(collection.evidence, case_id, indicator_id),
        ratings=_rows(collection.ratings, case_id, indicator_id),
        adjudication=_rows(collection.adjudication, case_id, indicator_id),
        level=None if pd.isna(level) else int(level),
        membership=None if pd.isna(membership) else float(membership),
        status=str(settled["status"].iloc[0]),
    )


def example_indicator(collection: Collection, case_id: str) -> str:
    """Choose the indicator that is worked by hand where none is named.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    case_id : str
        A case of it.

    Returns
    -------
    str
        ``dedicated_forum`` where the codebook of the case has it, else the first indicator of that codebook.
    """
    known = [indicator.indicator_id for indicator in collection.framework_of(case_id).indicators]
    return EXAMPLE if EXAMPLE in known else known[0]


def _rows(frame: pd.DataFrame, case_id: str, indicator_id: str) -> pd.DataFrame:
    found = frame[(frame["case_id"] == case_id) & (frame["indicator_id"] == indicator_id)]
    return found.reset_index(drop=True)
