"""A collection as it stood at one phase."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cgutils.analysis.alike import only_cases
from cgutils.analysis.summaries import of_case
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.phases import RATED


def phase_ids(collection: Collection) -> tuple[str, ...]:
    """List the phases of all cases, each once.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    tuple of str
        By case and in the order of its ``case.yaml``; empty where no case has phases.
    """
    return tuple(dict.fromkeys(name for case in collection.cases.values() for name in case.phase_ids))


def at_phase(collection: Collection, phase: str, *, others: bool = False) -> Collection:
    """Give the collection as it stood at one phase.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    phase : str
        Id of a phase, as ``case.yaml`` names it.
    others : bool, default False
        Whether cases that do not have the phase stay as they are: rated as a whole, or at their own last
        phase. They are left out otherwise, so that only like is compared with like.

    Returns
    -------
    Collection
        With the ratings and adjudication of that phase. The cases that have it now have no phases, so that
        everything that takes a collection takes this one. Evidence carries no phase and stays whole.

    Raises
    ------
    CgutilsError
        Where no case has the phase.

    Notes
    -----
    Cases that name the same phases are compared at each of them by comparing the collections that this
    function gives.

    Examples
    --------
    >>> import cgutils as cg
    >>> collection = cg.load_collection()
    >>> for phase in cg.phase_ids(collection):
    ...     then = cg.at_phase(collection, phase)
    ...     verdicts = cg.compare(then, cg.score(then))
    """
    chosen = [case_id for case_id, case in collection.cases.items() if phase in case.phase_ids]
    if not chosen:
        known = ", ".join(phase_ids(collection)) or "none, as no case has phases"
        raise CgutilsError(f"no case has a phase {phase!r}; phases are {known}.")
    cases = {
        case_id: case.model_copy(update={"phases": ()}) if case_id in chosen else case
        for case_id, case in collection.cases.items()
    }
    earlier = [case_id for case_id in chosen if collection.cases[case_id].phase_ids[-1] != phase]
    # Taken as they lie there: what is read of them is known when somebody asks the new collection for it.
    parts: dict[str, Any] = dict(vars(collection))
    for name in RATED:
        before, now = parts[f"earlier_{name}"], parts[name]
        then = before[before["case_id"].isin(earlier) & (before["phase"] == phase)].drop(columns="phase")
        parts[name] = _stacked(now[~now["case_id"].isin(earlier)], then)
        parts[f"earlier_{name}"] = before[~before["case_id"].isin(chosen)].reset_index(drop=True)
    return only_cases(Collection(**{**parts, "cases": cases}), cases if others else chosen)


def all_phases(collection: Collection, case_id: str, table: str = "ratings") -> pd.DataFrame:
    """Give the ratings of one case, those of earlier phases included.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    case_id : str
        Which case.
    table : {"ratings", "adjudication"}
        Which of the two tables.

    Returns
    -------
    DataFrame
        The rows of the case without ``case_id``, index 0, 1, 2 ...; of a case with phases with ``phase``
        first, in the order of its phases.
    """
    rows = of_case(getattr(collection, table), case_id)
    phases = collection.cases[case_id].phase_ids
    if not phases:
        return rows
    rows.insert(0, "phase", phases[-1])
    earlier = of_case(getattr(collection, f"earlier_{table}"), case_id)
    parts = [earlier[earlier["phase"] == phase] for phase in phases[:-1]]
    # An empty frame has no say in the types.
    filled = [part for part in (*parts, rows) if not part.empty]
    return pd.concat(filled, ignore_index=True) if filled else rows


def _stacked(now: pd.DataFrame, then: pd.DataFrame) -> pd.DataFrame:
    if now.empty or then.empty:
        return (then if now.empty else now).reset_index(drop=True)
    return pd.concat([now, then]).sort_values("case_id", kind="stable", ignore_index=True)
