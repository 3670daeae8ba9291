"""What the tables of facts give when counted and computed: turnout, actors, partners, recommendations."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.schemas import ACTOR_TYPES

PARTNERS_TOTAL = "partners_stated_total"


def has_turnout(collection: Collection, case_id: str) -> bool:
    """Say whether a case has the counts from which `turnout` computes."""
    own = set(collection.quantities.loc[collection.quantities["case_id"] == case_id, "quantity_id"])
    return any(
        name.startswith("registered_") and name.replace("registered", "voters", 1) in own for name in own
    )


def turnout(collection: Collection, case_id: str) -> pd.DataFrame:
    """Compute turnout from printed counts, beside the rates that the source reports.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    case_id : str
        A case whose quantities hold ``registered_<year>`` and ``voters_<year>`` (persons).

    Returns
    -------
    DataFrame
        Sorted by ``period``: ``period`` (year), ``registered, voters`` (persons), ``computed`` (percent:
        voters of registered), ``reported`` (percent; one row for each reported value, missing where there
        is none), ``as_printed, locator`` of the reported value.

    Raises
    ------
    CgutilsError
        Where the case has no such counts, or nobody is registered.
    """
    own = collection.quantities[collection.quantities["case_id"] == case_id]
    counts = own.set_index("quantity_id")["value"]
    years = sorted(
        name.removeprefix("registered_")
        for name in counts.index
        if name.startswith("registered_") and name.replace("registered", "voters", 1) in counts.index
    )
    if not years:
        raise CgutilsError(f"case {case_id!r} has no quantities registered_<year> and voters_<year>.")
    rates = own[own["quantity_id"].str.startswith("turnout_") & (own["status"] == "reported")]
    rows = []
    for year in years:
        registered, voters = float(counts[f"registered_{year}"]), float(counts[f"voters_{year}"])
        if registered == 0:
            raise CgutilsError(f"case {case_id!r}: registered_{year} is 0; correct quantities.csv.")
        base = {
            "period": year,
            "registered": registered,
            "voters": voters,
            "computed": voters / registered * 100,
        }
        for_year = rates[rates["period"] == year]
        reported = for_year[["value", "as_printed", "locator"]].rename(columns={"value": "reported"})
        if reported.empty:
            rows.append({**base, "reported": np.nan, "as_printed": "", "locator": ""})
        rows += [{**base, **rate} for rate in reported.to_dict("records")]
    return pd.DataFrame(rows)


def actors_by_type(collection: Collection) -> pd.DataFrame:
    """Count the actors that the source of each case names, by type.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    DataFrame
        ``case_id, type, n_actors`` (``Int64``); every type has a row, 0 included. A case without any row in
        its ``actors.csv`` has no count: that nothing was recorded is not that nobody takes part.
    """
    actors = collection.actors
    recorded = set(actors["case_id"])
    counts = actors[actors["status"] == "named"].groupby(["case_id", "type"]).size().to_dict()
    rows = [
        (case_id, kind, int(counts.get((case_id, kind), 0)) if case_id in recorded else None)
        for case_id, kind in product(collection.cases, ACTOR_TYPES)
    ]
    frame = pd.DataFrame(rows, columns=["case_id", "type", "n_actors"])
    return frame.astype({"n_actors": "Int64"})


def partners(collection: Collection, topic: str = "partnerships") -> pd.DataFrame:
    """List partners by category, with the remainder that the source states but does not count.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    topic : str
        Context topic that holds ``partners.csv`` and a quantity ``partners_stated_total``.

    Returns
    -------
    DataFrame
        ``category_id, label_en, label_id, sector, count``; ``status`` (reported, or remainder: stated total
        minus the named ones); ``share_of_named, share_of_stated`` (percent; the remainder has no share of the
        named).

    Raises
    ------
    CgutilsError
        Where the table or the total is missing, or the named ones exceed the total.
    """
    named = context_table(collection, topic, "partners")
    quantities = context_table(collection, topic, "quantities").set_index("quantity_id")["value"]
    if PARTNERS_TOTAL not in quantities.index or pd.isna(quantities[PARTNERS_TOTAL]):
        raise CgutilsError(f"context {topic!r}: quantities.csv has no value for {PARTNERS_TOTAL}.")
    stated, counted = int(quantities[PARTNERS_TOTAL]), int(named["count"].sum())
    if counted > stated:
        raise CgutilsError(
            f"context {topic!r}: {counted} partners are named, more than the stated total of {stated}. "
            "Correct partners.csv or quantities.csv."
        )
    frame = named[["category_id", "label_en", "label_id", "sector", "count"]].assign(status="reported")
    if counted < stated:
        rest = {
            "category_id": "remainder",
            "label_en": "not counted in the source",
            "label_id": "tidak dirinci dalam sumber",
            "sector": "not_told",
            "count": stated - counted,
            "status": "remainder",
        }
        frame = pd.concat([frame, pd.DataFrame([rest])], ignore_index=True)
    count = frame["count"].astype("float64")
    frame["share_of_named"] = (count / counted * 100).where(frame["status"] == "reported")
    frame["share_of_stated"] = count / stated * 100
    return frame


def recommendations(collection: Collection, topic: str = "voter-education") -> pd.DataFrame:
    """Hold the recommendations of the essay against what each case reports.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    topic : str
        Context topic with ``recommendations.csv`` and ``recommendation_cases.csv``.

    Returns
    -------
    DataFrame
        One row a recommendation and case: ``recommendation_id, number, label_en, label_id, primary_indicator,
        mapping_confidence, case_id, status`` (present, mixed, deficit, not_reported; describes passages, is
        no rating), ``locator``.
    """
    listed = context_table(collection, topic, "recommendations")
    found = context_table(collection, topic, "recommendation_cases")
    columns = [
        "recommendation_id",
        "number",
        "label_en",
        "label_id",
        "primary_indicator",
        "mapping_confidence",
    ]
    merged = listed[columns].merge(
        found[["recommendation_id", "case_id", "status", "locator"]], on="recommendation_id"
    )
    return merged.sort_values(["number", "case_id"], ignore_index=True)


def untouched_indicators(collection: Collection, topic: str = "voter-education") -> pd.DataFrame:
    """Say which indicators the recommendations reach.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    topic : str
        Context topic with ``recommendations.csv``.

    Returns
    -------
    DataFrame
        Indicators of the frameworks in use, in framework order: ``dimension_id, indicator_id, in_index,
        reached`` (primary, secondary, none).
    """
    listed = context_table(collection, topic, "recommendations")
    primary = set(listed["primary_indicator"])
    secondary = {item for items in listed["secondary_indicators"] for item in items}
    table = pd.concat([f.table() for f in collection.frameworks_in_use.values()], ignore_index=True)
    reached = [
        "primary" if name in primary else "secondary" if name in secondary else "none"
        for name in table["indicator_id"]
    ]
    return table.assign(reached=reached)


def context_table(collection: Collection, topic: str, table: str) -> pd.DataFrame:
    """Return a table of a context topic.

    Raises
    ------
    CgutilsError
        Where the topic or the table does not exist, with those that do.
    """
    if topic not in collection.context:
        raise CgutilsError(
            f"context {topic!r} does not exist; there are {', '.join(collection.context) or 'none'}."
        )
    if table not in collection.context[topic]:
        there = ", ".join(collection.context[topic]) or "none"
        raise CgutilsError(f"context {topic!r} has no table {table!r}; there are {there}.")
    return collection.context[topic][table]
