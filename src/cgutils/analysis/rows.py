"""The rows of scores: one dimension or the index of one case, from plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cgutils.analysis.aggregate import aggregate
from cgutils.analysis.options import ScoringOptions

INDEX = "index"


@dataclass(frozen=True)
class Values:
    """Memberships with their bounds (n by 3), weights and states of indicators."""

    bounds: np.ndarray
    weights: np.ndarray
    assessed: np.ndarray
    disputed: np.ndarray

    def at(self, places: np.ndarray) -> Values:
        """Choose some of them."""
        return Values(self.bounds[places], self.weights[places], self.assessed[places], self.disputed[places])


def dimension_row(case_id: str, dimension_id: str, own: Values, options: ScoringOptions) -> dict[str, object]:
    """Aggregate the indicators of one dimension, with bounds, coverage and counts."""
    w = own.weights
    value, lower, upper = aggregate(own.bounds.T, w, options.aggregation, options.geometric_floor)
    assessed = own.assessed & (w > 0)
    disputed = bool((own.disputed & (w > 0)).any())
    coverage = float(w[assessed].sum() / w.sum()) if w.sum() > 0 else 0.0
    counts = (int(assessed.sum()), int((w > 0).sum()))
    return _row(case_id, dimension_id, (value, lower, upper), coverage, counts, disputed)


def index_row(
    case_id: str, rows: list[dict[str, object]], share: np.ndarray, options: ScoringOptions
) -> dict[str, object]:
    """Aggregate the dimensions of one case, ``share`` being the share of each in the index."""

    def column(name: str) -> np.ndarray:
        return np.asarray([row[name] for row in rows], dtype="float64")

    # A dimension without any indicator in common (or of weight) has no bounds and takes no part.
    used = np.where(column("n_indicators") > 0, share, 0.0)
    stacked = np.stack([column("score"), column("lower"), column("upper")])
    value, lower, upper = aggregate(stacked, used, options.index_aggregation, options.geometric_floor)
    coverage = float((used * column("coverage")).sum() / used.sum()) if used.sum() > 0 else 0.0
    taking_part = used > 0
    counts = (int(column("n_assessed")[taking_part].sum()), int(column("n_indicators")[taking_part].sum()))
    disputed = bool((column("disputed") * used).any())
    return _row(case_id, INDEX, (value, lower, upper), coverage, counts, disputed)


def _row(
    case_id: str,
    dimension_id: str,
    bounds: tuple[float, float, float],
    coverage: float,
    counts: tuple[int, int],
    disputed: bool,
) -> dict[str, object]:
    value, lower, upper = (float(number) for number in bounds)
    return {
        "case_id": case_id,
        "dimension_id": dimension_id,
        "score": value,
        "lower": lower,
        "upper": upper,
        "coverage": coverage,
        "n_assessed": counts[0],
        "n_indicators": counts[1],
        "disputed": disputed,
    }


def withhold(row: dict[str, object], threshold: float) -> dict[str, object]:
    """Give a row its status, and take the score away where there is no single value to show."""
    disputed = row.pop("disputed")
    if disputed:
        row["status"] = "disputed"
    elif not row["n_assessed"]:
        row["status"] = "not_assessed"
    elif float(str(row["coverage"])) < threshold:
        row["status"] = "withheld"
    else:
        row["status"] = "scored"
        return row
    return {**row, "score": np.nan}
