"""From several coders' ratings to one level, or to the span of levels that they leave open."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from cgutils.analysis.options import CONSENSUS
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

COLUMNS = [
    "case_id",
    "dimension_id",
    "indicator_id",
    "level",
    "low",
    "high",
    "n_coders",
    "evidence_ids",
    "status",
]


# One coder's level, and the evidence cited for it.
Rated = tuple[int | None, tuple[str, ...]]


@dataclass(frozen=True)
class _Settled:
    """What is known of one indicator of one case."""

    level: int | None
    low: int | None
    high: int | None
    n_coders: int
    evidence: tuple[str, ...]
    status: str


def consensus(collection: Collection, coder: str = CONSENSUS) -> pd.DataFrame:
    """Settle the level of every indicator of every case.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    coder : str
        ``consensus``, or the id of one coder whose levels are taken alone.

    Returns
    -------
    DataFrame
        One row for each case and indicator, in framework order: ``case_id, dimension_id, indicator_id``;
        ``level`` (``Int64``; missing where not assessed or disputed); ``low, high`` (``Int64``, the span of
        levels; missing means unknown, so that the bound is the end of the scale); ``n_coders`` who gave a
        level; ``evidence_ids`` (tuple) on which it rests; ``status`` (assessed, disputed, not_assessed).

    Raises
    ------
    CgutilsError
        For a coder who rated nothing.

    Notes
    -----
    The level is the one that all coders agree on, or the adjudicated one. A disagreement that nobody settled
    stays disputed: it keeps its lowest and highest level and is never averaged. Where a collection is read
    `through` another framework, its adjudication may hold what the sources of an element leave open (column
    ``status`` disputed, with ``low`` and ``high``); such a row settles nothing and gives the span.
    """
    known = sorted(set(collection.ratings["coder_id"]))
    if coder != CONSENSUS and coder not in known:
        raise CgutilsError(f"coder {coder!r} rated nothing; choose {CONSENSUS} or one of {', '.join(known)}.")
    ratings = collection.ratings
    if coder != CONSENSUS:
        ratings = ratings[ratings["coder_id"] == coder]
    by_indicator = _by_indicator(ratings)
    settled = {} if coder != CONSENSUS else _adjudicated(collection.adjudication)
    rows = []
    for case_id in collection.cases:
        framework = collection.framework_of(case_id)
        for dimension in framework.dimensions:
            for indicator in dimension.indicators:
                key = (case_id, indicator.indicator_id)
                found = _settle(by_indicator.get(key), settled.get(key))
                rows.append(
                    (
                        case_id,
                        dimension.dimension_id,
                        indicator.indicator_id,
                        found.level,
                        found.low,
                        found.high,
                        found.n_coders,
                        found.evidence,
                        found.status,
                    )
                )
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"level": "Int64", "low": "Int64", "high": "Int64", "n_coders": "int64"})


def _by_indicator(ratings: pd.DataFrame) -> dict[tuple[str, str], list[Rated]]:
    """Collect the levels and the evidence cited for each indicator of each case."""
    columns = (ratings[name] for name in ("case_id", "indicator_id", "level", "evidence_ids"))
    found: dict[tuple[str, str], list[Rated]] = {}
    for case_id, indicator_id, level, cited in zip(*columns, strict=True):
        found.setdefault((case_id, indicator_id), []).append((_level(level), cited))
    return found


def _adjudicated(adjudication: pd.DataFrame) -> dict[tuple[str, str], _Settled]:
    settled = {}
    for row in adjudication.to_dict("records"):
        level, cited = _level(row["level"]), tuple(row["evidence_ids"])
        found = _one(level, 0, cited)
        if row.get("status") == "disputed":
            found = _Settled(None, _level(row["low"]), _level(row["high"]), 0, cited, "disputed")
        settled[str(row["case_id"]), str(row["indicator_id"])] = found
    return settled


def _settle(ratings: list[Rated] | None, adjudicated: _Settled | None) -> _Settled:
    if ratings is None:
        return _Settled(None, None, None, 0, (), "not_assessed")
    levels = [level for level, _ in ratings]
    rated = [level for level in levels if level is not None]
    cited = tuple(sorted({item for _, items in ratings for item in items}))
    if adjudicated is not None:
        return replace(adjudicated, n_coders=len(rated))
    if len(set(levels)) == 1:
        return _one(levels[0], len(rated), cited)
    blank = None in levels
    low, high = (None, None) if blank else (min(rated), max(rated))
    return _Settled(None, low, high, len(rated), cited, "disputed")


def _one(level: int | None, n_coders: int, cited: tuple[str, ...]) -> _Settled:
    status = "not_assessed" if level is None else "assessed"
    return _Settled(level, level, level, n_coders, cited, status)


def _level(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def coder_levels(collection: Collection) -> pd.DataFrame:
    """Set the coders' levels beside the settled one.

    Parameters
    ----------
    collection : Collection
        The checked collection.

    Returns
    -------
    DataFrame
        One row for each case and indicator, in framework order: ``case_id, dimension_id, indicator_id``; one
        column for each coder (``Int64``, missing: not assessed); ``level``, the settled one; ``status``;
        ``agree``, whether all coders who rated the case say the same (a blank against a level is a
        disagreement); ``adjudicated``.
    """
    frame = consensus(collection)
    wide = collection.ratings.pivot(index=["case_id", "indicator_id"], columns="coder_id", values="level")
    same = collection.ratings["level"].astype("string").fillna("blank")
    agree = same.groupby([collection.ratings["case_id"], collection.ratings["indicator_id"]]).nunique().eq(1)
    keys = pd.MultiIndex.from_frame(frame[["case_id", "indicator_id"]])
    beside = wide.reindex(keys).astype("Int64").reset_index(drop=True)
    out = pd.concat(
        [frame[["case_id", "dimension_id", "indicator_id"]], beside, frame[["level", "status"]]], axis=1
    )
    out["agree"] = agree.reindex(keys, fill_value=True).to_numpy()
    # What stays disputed is not settled, whatever row says so.
    out["adjudicated"] = out["status"].ne("disputed") & keys.isin(
        pd.MultiIndex.from_frame(collection.adjudication[["case_id", "indicator_id"]])
    )
    out.columns = pd.Index([str(name) for name in out.columns])
    return out


def in_dispute(levels: pd.DataFrame) -> pd.Series:
    """Say where the coders differ, or the sources of an element do.

    Parameters
    ----------
    levels : DataFrame
        As `coder_levels` returns it.

    Returns
    -------
    Series of bool
    """
    return ~levels["agree"] | levels["status"].eq("disputed")
