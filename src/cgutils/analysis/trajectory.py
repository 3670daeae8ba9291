"""Scores phase by phase, and between which phases their intervals lie apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from cgutils.analysis.alike import coded_alike, rated_cases
from cgutils.analysis.comparison import TYPES, VERDICTS, compare, verdict_places
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
    The rows of a phase are those of ``score(at_phase(collection, phase), options)``. Under common support
    only the indicators enter that are assessed in every case at every phase, so that a change of a score is
    one of levels and not of what it is made of; the phases of a case at which no coder gave a level are left
    aside, and each codebook stands for itself. Of a coder who rated nothing in a phase, every indicator of
    it is not assessed.
    """
    chosen = options or ScoringOptions()
    parts = [scores.dimensions.assign(phase=phase) for phase, _, scores in _stages(collection, chosen)]
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
    """Compare the cases of one codebook with each other at every phase that two or more of them have.

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
        no two cases of one codebook share a phase.

    Raises
    ------
    CgutilsError
        As for `trajectory`.

    Notes
    -----
    The scores are those of `trajectory`, under common support as well.
    """
    parts = []
    for phase, then, scores in _stages(collection, options or ScoringOptions()):
        found = compare(then, scores)
        if not found.empty:
            found.insert(0, "phase", phase)
            parts.append(found)
    kinds = {"phase": "str", **TYPES}
    return (pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*kinds])).astype(kinds)


def _stages(collection: Collection, options: ScoringOptions) -> Iterator[tuple[str, Collection, Scores]]:
    """Give each phase with the cases of each codebook as they stood at it, and their scores."""
    alike = [coded_alike(collection, name) for name in collection.frameworks_in_use]
    chosen = [_on_common_ground(own, options) for own in alike]
    for phase in phase_ids(collection):
        for own, shared in zip(alike, chosen, strict=True):
            if phase in phase_ids(own):
                yield (phase, *_scored(own, phase, shared))


def _on_common_ground(collection: Collection, options: ScoringOptions) -> ScoringOptions:
    """Under common support, drop the indicators that some case lacks at some phase."""
    if options.missing != "common_support":
        return options
    lacking = set[str]()
    for phase in phase_ids(collection):
        rated = rated_cases(at_phase(collection, phase))
        found = _scored(collection, phase, options)[1].indicators
        blank = found["membership"].isna() & found["case_id"].isin(rated)
        lacking |= set(found.loc[blank, "indicator_id"])
    without = dict.fromkeys(sorted(lacking), 0.0)
    return replace(options, indicator_weights={**options.indicator_weights, **without})


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
