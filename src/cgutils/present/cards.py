"""Overviews in the language of the reader: the cases, one case, the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cgutils.data.errors import CgutilsError
from cgutils.present.cells import heading_of
from cgutils.present.labels import DASH, Labels
from cgutils.present.markup import Table
from cgutils.present.tables import table

if TYPE_CHECKING:
    from cgutils.data.collection import Collection
    from cgutils.data.framework import Bilingual, Case


def case_overview(collection: Collection, labels: Labels) -> pd.DataFrame:
    """List the cases of a collection.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    labels : Labels
        Language of the entries.

    Returns
    -------
    DataFrame
        One row a case: ``case_id, place, policy_field, public_problem, period, source_extent, framework``.
    """
    columns = ["place", "policy_field", "public_problem", "period", "source_extent", "framework"]
    rows = [
        [case_id, *(_entry(collection, case, column, labels) for column in columns)]
        for case_id, case in collection.cases.items()
    ]
    return pd.DataFrame(rows, columns=["case_id", *columns])


def case_card(collection: Collection, case_id: str, labels: Labels) -> pd.DataFrame:
    """Say what is known of one case before any score.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    case_id : str
        Which case.
    labels : Labels
        Language of the entries.

    Returns
    -------
    DataFrame
        ``item`` (word for the entry), ``value``.

    Raises
    ------
    CgutilsError
        For an unknown case, with those that exist.
    """
    if case_id not in collection.cases:
        raise CgutilsError(f"case {case_id!r} does not exist; choose one of {', '.join(collection.cases)}.")
    case = collection.cases[case_id]
    entries = ["title", "place", "policy_field", "public_problem", "period", "source_extent", "framework"]
    rows = [(labels.heading(entry), _entry(collection, case, entry, labels)) for entry in entries]
    rows.append((labels.heading("source"), ", ".join(case.sources)))
    total = labels.number(case.informants.stated_total, 0)
    note = _pick(case.informants.note, labels)
    rows.append((labels.heading("informants"), note if total == DASH else f"{total}. {note}"))
    return pd.DataFrame(rows, columns=["item", "value"])


def framework_overview(collection: Collection, labels: Labels) -> pd.DataFrame:
    """List dimensions and indicators of the frameworks by which a case is coded, with what each means.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    labels : Labels
        Language of the entries.

    Returns
    -------
    DataFrame
        One row an indicator, in codebook order: ``dimension_id, indicator_id, definition, low_end,
        high_end`` (what the ends of the scale mean).
    """
    rows = [
        (
            dimension.dimension_id,
            indicator.indicator_id,
            *(_pick(text, labels) for text in (indicator.definition, indicator.low, indicator.high)),
        )
        for framework in collection.frameworks_in_use.values()
        for dimension in framework.dimensions
        for indicator in dimension.indicators
    ]
    return pd.DataFrame(rows, columns=["dimension_id", "indicator_id", "definition", "low_end", "high_end"])


def _entry(collection: Collection, case: Case, name: str, labels: Labels) -> str:
    value = getattr(case, name)
    if name == "framework":
        return _pick(collection.frameworks[value].title, labels)
    if name == "source_extent":
        return labels.term(value)
    return value if isinstance(value, str) else _pick(value, labels)


def _pick(text: Bilingual, labels: Labels) -> str:
    return str(getattr(text, labels.language))


def table_levels(levels: pd.DataFrame, labels: Labels) -> Table:
    """Set the coders' levels beside the settled ones.

    Parameters
    ----------
    levels : DataFrame
        As `cgutils.coder_levels` returns it, with or without ``case_id``.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table
        One row an indicator; a blank level is a dash with its status, never 0. A coder who gave none of these
        levels has no column; whether the coders agree is said of cases that two of them or more rated.

    Raises
    ------
    CgutilsError
        Where a column is missing or the frame is empty.
    """
    fixed = ["case_id", "dimension_id", "indicator_id", "level", "status", "agree", "adjudicated"]
    everyone = [name for name in levels.columns if name not in fixed]
    coders = [name for name in everyone if levels[name].notna().any()]
    headings = {name: heading_of(name, labels) for name in fixed[:3] if name in levels.columns}
    headings["code"] = heading_of("code", labels)
    headings |= {coder: coder for coder in coders}
    headings["level"] = labels.heading("settled_level")
    groups = levels["case_id"] if "case_id" in levels.columns else pd.Series(0, levels.index)
    # One coder agrees with nobody.
    paired = levels[coders].notna().groupby(groups).any().sum(axis=1).gt(1)
    if paired.any():
        headings["agree"] = labels.heading("agree")
    if paired.any() and "agree" in levels.columns:
        levels = levels.assign(agree=levels["agree"].astype("boolean").where(groups.map(paired)))
    return table(levels, labels, headings)
