"""Scores phase by phase, and between which phases their intervals lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cgutils.analysis.comparison import COLUMNS, VERDICTS, compare, verdict_places
from cgutils.analysis.options import CONSENSUS, ScoringOptions
from cgutils.analysis.phases import at_phase, phase_ids
from cgutils.analysis.scoring import Scores, score
from cgutils.data.collection import Collection

_KEY = ("case_id", "phase", "dimension_id")
_BOUNDS = ["lower", "upper"]
_TYPES = {
    **dict.fromkeys(_KEY, "str"),
    **dict.fromkeys(("score", "lower", "upper", "coverage"), "float64"),
    **dict.fromkeys(("n_assessed", "n_indicators"), "int64"),
    "status": "str",
}
_CHANGE_TYPES = {
    **dict.fromkeys(("case_id", "dimension_id", "phase", "verdict", "earlier_phase"), "str"),
    "difference": "float64",
}


def trajectory(collection: Collection, options: ScoringOptions | None = None) -> pd.DataFrame:
    """Score every phase of the cases that have several.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    options : ScoringOptions, optional
        The choices, as for `score`; the method's defaults without it.

    Returns
    -------
    DataFrame
        One row for each case, phase and dimension, ordered by case, by phase as ``case.yaml`` orders them,
        and by dimension as `score` does: ``case_id, phase, dimension_id`` (``index`` for the index); ``score,
        lower, upper, coverage`` between 0 and 1; ``n_assessed, n_indicators``; ``status``. Without rows where
        no case has phases.

    Raises
    ------
    CgutilsError
        For weights that do not fit the framework, or an unknown coder.

    See Also
    --------
    phase_changes : Between which phases the intervals lie apart.
    compare_phases : The cases beside each other at each phase.

    Notes
    -----
    The rows of a phase are those of ``score(at_phase(collection, phase), options)``. Under common support,
    that is the indicators which all cases with the phase have in common at it. Of a coder who rated nothing
    in a phase, every indicator of it is not assessed.
    """
    chosen = options or ScoringOptions()
    parts = [
        _scored(collection, phase, chosen)[1].dimensions.assign(phase=phase)
        for phase in phase_ids(collection)
    ]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _TYPES.items()})
    whole = pd.concat(parts, ignore_index=True)
    place = {
        (case_id, phase): number
        for case_id, case in collection.cases.items()
        for number, phase in enumerate(case.phase_ids)
    }
    whole["place"] = [place[key] for key in zip(whole["case_id"], whole["phase"], strict=True)]
    ordered = whole.sort_values(["case_id", "place"], kind="stable", ignore_index=True)
    return ordered[list(_TYPES)].astype(_TYPES)


def phase_changes(trajectory: pd.DataFrame) -> pd.DataFrame:
    """Say how each phase stands to the one before it, and the last to the first.

    Parameters
    ----------
    trajectory : DataFrame
        As `trajectory` returns it.

    Returns
    -------
    DataFrame
        ``case_id, dimension_id``; ``verdict`` on ``phase`` against ``earlier_phase`` (higher, lower,
        indistinguishable; not_comparable where either has no interval at all); ``difference``, the score of
        the phase minus that of the earlier one (missing where either has none). Of more than two phases, the
        pair of the last and the first stands at the end.

    Notes
    -----
    A phase is higher only where its whole interval lies above the other's, as between cases in `compare`. A
    change between phases is a description; what brought it about is not in the ratings.
    """
    found = [
        pair for _, own in trajectory.groupby(["case_id", "dimension_id"], sort=False) for pair in _pairs(own)
    ]
    if not found:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in _CHANGE_TYPES.items()})
    before, after = (pd.DataFrame([pair[side] for pair in found]) for side in (0, 1))
    places = verdict_places(after[_BOUNDS].to_numpy(float).T, before[_BOUNDS].to_numpy(float).T)
    changes = pd.DataFrame(
        {
            "case_id": before["case_id"].to_numpy(),
            "dimension_id": before["dimension_id"].to_numpy(),
            "phase": after["phase"].to_numpy(),
            "verdict": np.asarray(VERDICTS, dtype=object)[places],
            "earlier_phase": before["phase"].to_numpy(),
            "difference": after["score"].to_numpy(float) - before["score"].to_numpy(float),
        }
    )
    return changes.astype(_CHANGE_TYPES)


def compare_phases(collection: Collection, options: ScoringOptions | None = None) -> pd.DataFrame:
    """Compare the cases with each other at every phase that two or more of them have.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    options : ScoringOptions, optional
        The choices, as for `score`; the method's defaults without it.

    Returns
    -------
    DataFrame
        ``phase``, then as `compare` returns it; phases are the same where their ids are. Without rows where
        no two cases share a phase.

    Raises
    ------
    CgutilsError
        As for `trajectory`.
    """
    chosen = options or ScoringOptions()
    parts = []
    for phase in phase_ids(collection):
        if sum(phase in case.phase_ids for case in collection.cases.values()) > 1:
            found = compare(*_scored(collection, phase, chosen))
            found.insert(0, "phase", phase)
            parts.append(found)
    if not parts:
        return pd.DataFrame(columns=["phase", *COLUMNS])
    return pd.concat(parts, ignore_index=True).astype({"phase": "str"})


def _scored(collection: Collection, phase: str, options: ScoringOptions) -> tuple[Collection, Scores]:
    """Give the collection at a phase, and its scores."""
    then = at_phase(collection, phase)
    coder = options.coder
    if coder == CONSENSUS or coder in set(then.ratings["coder_id"]):
        return then, score(then, options)
    if coder not in {*collection.ratings["coder_id"], *collection.earlier_ratings["coder_id"]}:
        score(then, options)  # says that nobody goes by this name
    nothing = replace(then, ratings=then.ratings.iloc[:0], adjudication=then.adjudication.iloc[:0])
    found = score(nothing, replace(options, coder=CONSENSUS))
    return nothing, found


def _pairs(own: pd.DataFrame) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    rows = [{str(key): cell for key, cell in row.items()} for row in own.to_dict("records")]
    yield from pairwise(rows)
    if len(rows) > 2:
        yield rows[0], rows[-1]
