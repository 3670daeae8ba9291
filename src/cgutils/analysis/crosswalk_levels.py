"""Levels of elements, from the levels of the indicators that are read into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cgutils.analysis.consensus import consensus
from cgutils.data.collection import Collection
from cgutils.data.framework import Crosswalk, Reading
from cgutils.data.schemas import CONFIDENCES

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Reach:
    """What is known of a level: settled at one, open between two (missing: unknown), or not assessed."""

    status: str
    low: int | None = None
    high: int | None = None


def derive_levels(
    collection: Collection, walks: Mapping[str, Crosswalk]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Derive ratings and adjudication for the elements of a framework.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    walks : mapping of str to Crosswalk
        By the framework that they start from, all to the one that is read through; the rows of cases of other
        frameworks are kept as they are.

    Returns
    -------
    ratings, adjudication : DataFrame
        As in the collection; ``adjudication`` has the columns ``status`` (settled, disputed), ``low`` and
        ``high`` besides, which tell how far an element stays open whose sources are disputed.

    Notes
    -----
    The rule stands in `through`.
    """
    ratings: list[dict[str, object]] = []
    adjudication: list[dict[str, object]] = []
    given = _by_case(collection.ratings)
    rulings = _by_case(collection.adjudication)
    settled = _by_case(consensus(collection))
    for case_id, case in collection.cases.items():
        own, ruled = given.get(case_id, []), rulings.get(case_id, [])
        if case.framework not in walks:
            ratings += own
            adjudication += [{"status": "settled", "low": None, "high": None, **row} for row in ruled]
            continue
        levels = {row["indicator_id"]: row for row in settled.get(case_id, [])}
        for element in walks[case.framework].elements:
            read = _element(element, case.framework, own, levels, ruled)
            ratings += [{"case_id": case_id, **row} for row in read[0]]
            adjudication += [{"case_id": case_id, **row} for row in read[1]]
    return (
        _frame(ratings, collection.ratings, []),
        _frame(adjudication, collection.adjudication, ["status", "low", "high"]),
    )


def lower_median(levels: Sequence[int]) -> int:
    """Give the middle level, of two middle ones the lower.

    Examples
    --------
    >>> lower_median([2, 1]), lower_median([3, 0, 2])
    (1, 2)
    """
    return sorted(levels)[(len(levels) - 1) // 2]


def reach(sources: Sequence[Reach]) -> Reach:
    """Say what is known of an element from what is known of its sources.

    Parameters
    ----------
    sources : sequence of Reach
        What is known of each source.

    Returns
    -------
    Reach
        Not assessed where there is no source or one is not assessed; else from the lower median of the lowest
        to that of the highest levels, unknown where a source's are. Levels between can be reached and none
        beyond, since a median never falls when a level rises.

    Examples
    --------
    >>> reach([Reach("disputed", 1, 3), Reach("assessed", 2, 2)])
    Reach(status='disputed', low=1, high=2)
    >>> reach([Reach("disputed", 1, 3), Reach("assessed", 1, 1)])
    Reach(status='assessed', low=1, high=1)
    """
    if not sources or any(source.status == "not_assessed" for source in sources):
        return Reach("not_assessed")
    low = [source.low for source in sources if source.low is not None]
    high = [source.high for source in sources if source.high is not None]
    if len(low) < len(sources) or len(high) < len(sources):
        return Reach("disputed")
    bounds = lower_median(low), lower_median(high)
    return Reach("assessed" if bounds[0] == bounds[1] else "disputed", *bounds)


def _element(
    reading: Reading, framework_id: str, own: Sequence[Row], settled: Mapping[str, Row], ruled: Sequence[Row]
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Give the rows of ratings and adjudication for one element of one case."""
    by_coder: dict[str, dict[str, Row]] = {row["coder_id"]: {} for row in own}
    for row in own:
        if row["indicator_id"] in reading.sources:
            by_coder[row["coder_id"]][row["indicator_id"]] = row
    rows = [_rating(reading, coder, given, framework_id) for coder, given in by_coder.items()]
    reasons = {row["indicator_id"]: row for row in ruled if row.get("status") != "disputed"}
    sources = [settled[name] for name in reading.sources]
    return rows, list(_ruling(reading.element, sources, rows, reasons))


def _rating(reading: Reading, coder: str, given: Mapping[str, Row], framework_id: str) -> dict[str, object]:
    """Give the row of one coder, from that coder's rows by indicator."""
    rows = [given.get(name, {"indicator_id": name, "level": None}) for name in reading.sources]
    known = reach([_rated(row) for row in rows])
    assessed = known.status == "assessed"
    return {
        "indicator_id": reading.element,
        "coder_id": coder,
        "level": known.low,
        "confidence": min((row.get("confidence", "") for row in rows), key=_rank) if assessed else "",
        "rationale": _rationale(rows, framework_id),
        "evidence_ids": _cited(rows) if assessed else (),
    }


def _ruling(
    element: str, sources: Sequence[Row], rows: Sequence[Row], reasons: Mapping[str, Row]
) -> Iterator[dict[str, object]]:
    """Give the row of adjudication where the coders' levels alone do not say what the sources do."""
    wanted = reach([Reach(row["status"], _level(row["low"]), _level(row["high"])) for row in sources])
    cited = () if wanted.status == "not_assessed" else _cited(sources)
    ruled = [row["indicator_id"] for row in sources if row["indicator_id"] in reasons]
    alone = (_agreed([_level(row["level"]) for row in rows]), set(_cited(rows)))
    if not rows or (alone == (wanted, set(cited)) and (wanted.status == "disputed" or not ruled)):
        return
    because = "".join(f" {name}: {reasons[name].get('rationale', '')}" for name in ruled)
    yield {
        "indicator_id": element,
        "level": wanted.low if wanted.status == "assessed" else None,
        "rationale": f"From the settled levels: {_list(sources)}.{because}",
        "evidence_ids": cited,
        "status": "disputed" if wanted.status == "disputed" else "settled",
        "low": wanted.low,
        "high": wanted.high,
    }


def _agreed(levels: Sequence[int | None]) -> Reach:
    """Say what the coders' levels give without adjudication, as `consensus` does."""
    if len(set(levels)) == 1:
        return _rated({"level": levels[0]})
    if None in levels or not levels:
        return Reach("disputed")
    rated = [level for level in levels if level is not None]
    return Reach("disputed", min(rated), max(rated))


def _rated(row: Row) -> Reach:
    level = _level(row["level"])
    return Reach("not_assessed") if level is None else Reach("assessed", level, level)


def _rationale(rows: Sequence[Row], framework_id: str) -> str:
    if not rows:
        return f"Not assessed: no indicator of {framework_id} is read into this element."
    blank = [str(row["indicator_id"]) for row in rows if _level(row["level"]) is None]
    start = f"Not assessed, as {', '.join(blank)} is not" if blank else f"From {_list(rows)}"
    reasons = " ".join(f"{row['indicator_id']}: {row.get('rationale', '')}" for row in rows)
    return f"{start}. {reasons}"


def _list(rows: Sequence[Row]) -> str:
    return ", ".join(f"{row['indicator_id']} {_said(row)}" for row in rows)


def _said(row: Row) -> str:
    if row.get("status") == "disputed":
        known = _level(row["low"]) is not None
        return f"{row['low']} to {row['high']} (disputed)" if known else "(disputed)"
    level = _level(row["level"])
    return "not assessed" if level is None else str(level)


def _cited(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for row in rows for item in row["evidence_ids"]))


def _rank(confidence: str) -> int:
    return CONFIDENCES.index(confidence) if confidence in CONFIDENCES else -1


def _level(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _by_case(frame: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in frame.to_dict("records"):
        rows.setdefault(str(row["case_id"]), []).append({str(key): cell for key, cell in row.items()})
    return rows


def _frame(rows: list[dict[str, object]], like: pd.DataFrame, more: list[str]) -> pd.DataFrame:
    """Make a frame with the columns and types of another, and ``more`` columns after them."""
    columns = [*like.columns, *(name for name in more if name not in like.columns)]
    types = {"low": "Int64", "high": "Int64", "status": "str", **like.dtypes.to_dict()}
    return pd.DataFrame(rows, columns=columns).astype({name: types[name] for name in columns})
