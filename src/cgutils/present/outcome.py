"""Process beside outcome: two panels over the same cases, and no line between them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import ROW, Score, band, beside, draw_panel, handles, rows_axis
from cgutils.present.labels import DASH, Labels

COLUMNS = (
    *("case_id", "index", "index_lower", "index_upper", "coverage", "index_status"),
    *("outcome_level", "outcome_membership", "outcome_status"),
)
STATES = ("assessed", "disputed", "not_assessed")


def plot_process_outcome(frame: pd.DataFrame, labels: Labels, outcome: str = "problem_results") -> Figure:
    """Draw the process index and, beside it, the level of one outcome.

    Parameters
    ----------
    frame : DataFrame
        ``process_outcome(scores)``: ``case_id``, ``index``, ``index_lower``, ``index_upper``, ``coverage``
        (0 to 1), ``index_status`` (scored, withheld, disputed, not_assessed), ``outcome_level`` (0 to 3 or
        missing), ``outcome_membership`` (0 to 1), ``outcome_status`` (assessed, disputed, not_assessed).
    labels : Labels
        Words and number format.
    outcome : str
        Indicator for which the frame was made; it heads the right panel.

    Returns
    -------
    Figure
        Two panels that share the cases. It is never a scatter plot with a fit: so few cases show no relation.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, a case is double, or a status or the outcome is
        unknown.
    """
    require(frame, COLUMNS, "outcome", key=("case_id",))
    rows = frame.to_dict("records")
    cases = [row["case_id"] for row in rows]
    scores = [
        Score(row["index"], row["index_lower"], row["index_upper"], row["coverage"], row["index_status"])
        for row in rows
    ]
    with style.style():
        states, outcomes = set(frame["index_status"]), set(frame["outcome_status"])
        entries = [
            style.mark(labels.heading("legend_index"), "D", style.INK),
            style.mark(labels.heading("outcome_level"), "s", style.ORANGE),
            *handles(labels, style.MUTED, states | (outcomes & {"not_assessed"})),
        ]
        if "disputed" in outcomes:
            entries.append(style.swatch(labels.heading("disputed"), style.EMPTY, style.DISPUTED_HATCH))
        figure, main = canvas.new_figure(
            8.5,
            1.5 + len(cases) * ROW,
            labels.term("title_outcome"),
            entries,
            [labels.term(note) for note in ("note_side_by_side", "note_coverage", "note_reading")]
            + [labels.abstract_note(cases)],
        )
        left, right = main.subplots(1, 2, width_ratios=[1, 1.15])
        draw_panel(left, scores, labels, style.INK, "D")
        left.set_title(labels.heading("legend_index"), pad=16)
        left.set_yticklabels([labels.case(case) for case in cases])
        left.set_xlabel(labels.heading("axis_score"))
        _draw_outcome(right, rows, labels)
        right.set_title(style.wrap(labels.indicator(outcome), 34), pad=16)
    values = "; ".join(
        f"{labels.case(row['case_id'])}: {labels.term('legend_index')} {labels.number(row['index'])} "
        f"[{labels.interval(row['index_lower'], row['index_upper'])}], "
        f"{labels.term('outcome_level')} {labels.number(row['outcome_level'], 0)}"
        for row in rows
    )
    canvas.set_alt_text(
        figure, f"{labels.term('alt_outcome', values=values + '.')} {labels.abstract_note(cases)}"
    )
    return figure


def _draw_outcome(axes: Axes, rows: list[dict[Hashable, Any]], labels: Labels) -> None:
    known = sorted(labels.levels)
    for place, row in enumerate(rows):
        if row["outcome_status"] not in STATES:
            raise CgutilsError(
                f"found the outcome status {row['outcome_status']!r}; allowed: {', '.join(STATES)}"
            )
        if pd.isna(row["outcome_level"]):
            disputed = row["outcome_status"] == "disputed"
            band(axes, place, known[0], known[-1], style.DISPUTED_HATCH if disputed else style.HATCH)
        text = labels.number(row["outcome_level"], 0)
        membership = labels.number(row["outcome_membership"])
        beside(axes, place, text if text == DASH else f"{text} ({membership})")
    beside(axes, -0.75, labels.term("level_and_membership"), colour=style.MUTED)
    shown = [
        (place, row["outcome_level"]) for place, row in enumerate(rows) if not pd.isna(row["outcome_level"])
    ]
    levels, places = [int(level) for _, level in shown], [place for place, _ in shown]
    style.points(axes, levels, places, style.ORANGE, "s", size=46)
    axes.set_xlim(known[0] - 0.3, known[-1] + 0.3)
    axes.set_xticks(
        known, [f"{labels.number(level, 0)}\n{style.wrap(labels.level(level), 10)}" for level in known]
    )
    axes.grid(axis="x")
    rows_axis(axes, len(rows))
    axes.set_yticklabels([""] * len(rows))
