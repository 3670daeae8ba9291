"""Ratings of several phases: the last beside the earlier ones."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cgutils.data.schemas import SPECS

# Tables whose rows name a phase.
RATED = ("ratings", "adjudication")


def no_earlier(table: str) -> pd.DataFrame:
    """Give the earlier rows of a table where no case has phases."""
    others = [column for column in SPECS[table].columns if column != "phase"]
    return pd.DataFrame({name: pd.Series(dtype="str") for name in ("case_id", "phase", *others)})


def split_phases(tables: Mapping[str, pd.DataFrame], last: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Separate the ratings of the last phase from those of earlier ones.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tables of all cases by name, with ``case_id`` and ``phase``.
    last : mapping of str to str
        The last phase of each case that has phases.

    Returns
    -------
    dict of str to DataFrame
        ``ratings`` and ``adjudication`` without ``phase``: the rows of the last phase, and all rows of cases
        without phases; ``earlier_ratings`` and ``earlier_adjudication`` with ``phase`` after ``case_id``: the
        others.
    """
    found = {}
    for name in RATED:
        frame = tables[name]
        now = frame["phase"] == [last.get(case_id, "") for case_id in frame["case_id"]]
        found[name] = frame[now].drop(columns="phase").reset_index(drop=True)
        order = ["case_id", "phase", *(c for c in frame.columns if c not in {"case_id", "phase"})]
        found[f"earlier_{name}"] = frame.loc[~now, order].reset_index(drop=True)
    return found
