"""What a frame must have before it is drawn or set as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cgutils.data.errors import CgutilsError

# Who makes the frame of each kind: told where a column is missing, so that the fix is at hand.
MAKERS = {
    "indicators": "score(collection).indicators",
    "dimensions": "score(collection).dimensions",
    "balance": "evidence_balance(collection)",
    "outcome": "process_outcome(score(collection))",
    "actors": "actors_by_type(collection)",
    "turnout": "turnout(collection, case_id)",
    "partners": "partners(collection)",
    "claims": "outcome_counts(audit(collection))",
    "recommendations": "recommendations(collection)",
    "comparison": "compare(collection, score(collection))",
    "trajectory": "trajectory(collection)",
    "changes": "phase_changes(trajectory(collection))",
    "findings": "findings(scores, verdicts, robustness(collection), stability, fragile)",
    "statements": "statements(findings, collection)",
    "fragile": "fragile_ratings(collection)",
    "ranks": "robustness(collection).ranks",
    "dominance": "robustness(collection).dominance",
    "sensitivity": "sensitivity(collection)",
    "specification curve": "specification_curve(collection, grid, case_a, case_b)",
    "evidence": "load_collection().evidence",
    "quantities": "load_collection().quantities",
}


def require(
    frame: pd.DataFrame, columns: Sequence[str], kind: str, key: Sequence[str] = (), *, empty: bool = False
) -> None:
    """Check that a frame can be shown.

    Parameters
    ----------
    frame : DataFrame
        What was handed over.
    columns : sequence of str
        Columns that are read.
    kind : str
        Key of `MAKERS`.
    key : sequence of str
        Columns that together may name a row only once.
    empty : bool
        Whether a frame without rows will do.

    Raises
    ------
    CgutilsError
        Where it is no frame, lacks a column, has no row or names a row twice; the message names the
        function that makes the frame.
    """
    fix = f"Make the frame with {MAKERS[kind]}."
    if not isinstance(frame, pd.DataFrame):
        raise CgutilsError(f"a frame of {kind} is needed, found {type(frame).__name__}. {fix}")
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise CgutilsError(f"the frame of {kind} lacks the columns: {', '.join(missing)}. {fix}")
    if frame.empty and not empty:
        raise CgutilsError(f"the frame of {kind} has no rows, there is nothing to show. {fix}")
    if key and frame.duplicated(list(key)).any():
        first = frame.loc[frame.duplicated(list(key)), list(key)].iloc[0]
        found = ", ".join(f"{name} {first[name]}" for name in key)
        raise CgutilsError(f"the frame of {kind} has more than one row for {found}. {fix}")
