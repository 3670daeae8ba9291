"""Frames of the robustness as the analysis gives them, made up."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle


def cases(count: int) -> list[str]:
    return [f"case-{n:02d}" for n in range(count)]


def ranks(count: int = 3, undefined: float = 0.0, names=("index", "outcomes")) -> pd.DataFrame:
    """Each case holds the rank of its place most often, the next one else."""
    rows = []
    for name in names:
        for place, case in enumerate(cases(count)):
            for rank in range(1, count + 1):
                share = {place: 0.75, (place + 1) % count: 0.25}.get(rank - 1, 0.0) if count > 1 else 1.0
                rows.append((name, case, rank, share * (1 - undefined)))
            if undefined:
                rows.append((name, case, pd.NA, undefined))
    return pd.DataFrame(rows, columns=["dimension_id", "case_id", "rank", "share"]).astype({"rank": "Int64"})


def dominance(count: int = 3) -> pd.DataFrame:
    rows = [
        (name, a, b, 0.5 + 0.05 * place, 0.2)
        for name in ("index", "outcomes")
        for place, (a, b) in enumerate(combinations(cases(count), 2))
    ]
    return pd.DataFrame(rows, columns=["dimension_id", "case_a", "case_b", "share_a", "share_b"])


def curve(count: int = 120, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    factors = {
        "calibration": ["fuzzy", "crisp"],
        "aggregation": ["arithmetic", "minimum"],
        "index_aggregation": ["arithmetic", "median"],
        "weights": ["equal_dimensions", "draw_1", "draw_2", "given"],
        "missing": ["interval", "common_support"],
        "coder": ["consensus", "ana"],
        "left_out_dimension": ["none", "outcomes"],
    }
    made = {name: pd.Categorical(random.choice(own, count), own) for name, own in factors.items()}
    difference = np.sort(random.normal(0.1, 0.2, count).round(3))
    pair = {"dimension_id": "index", "case_a": "case-00", "case_b": "case-01"}
    return pd.DataFrame(made).assign(**pair, n_grid=5000, difference=difference)


def sobol(status: dict[tuple[str, str], str] | None = None, count: int = 3) -> pd.DataFrame:
    rows = []
    for name in ("index", "outcomes"):
        for pair in [(case, "") for case in cases(count)] + [*combinations(cases(count), 2)]:
            state = (status or {}).get(pair, "defined")
            for n, factor in enumerate(("calibration", "aggregation", "coder", "leave_out")):
                numbers = (0.1 * n - 0.02, 0.05, 0.2 * n + 0.1, 0.08) if state == "defined" else (np.nan,) * 4
                rows.append((name, *pair, factor, *numbers, state))
    columns = ["dimension_id", "case_a", "case_b", "factor", "first", "first_interval", "total"]
    return pd.DataFrame(rows, columns=[*columns, "total_interval", "status"])


def bars(figure, place: int = 0) -> list[Rectangle]:
    return [patch for patch in figure.axes[place].patches if isinstance(patch, Rectangle)]
