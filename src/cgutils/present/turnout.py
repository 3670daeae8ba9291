"""Turnout computed from the counts, and what the source prints."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import band, beside, rows_axis
from cgutils.present.labels import Labels

COLUMNS = ("period", "registered", "voters", "computed", "reported", "as_printed")
ROW = 0.32


@dataclass(frozen=True)
class _Row:
    """One row: value in percent or NaN, label, and the text to its right."""

    value: float
    name: str
    text: str
    computed: bool


def plot_turnout(frame: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the turnout of each period as computed from the counts, with every reported value below it.

    Parameters
    ----------
    frame : DataFrame
        ``turnout(collection, case_id)``: ``period``, ``registered``, ``voters`` (persons), ``computed`` and
        ``reported`` (percent), ``as_printed`` (the printed string); one row for each reported value.
    labels : Labels
        Words and number format; reported values keep the marks with which they were printed.

    Returns
    -------
    Figure
        One row a value: filled dots for computed, open diamonds for reported ones; a thin line carries
        the computed value down beside the reported ones.

    Raises
    ------
    CgutilsError
        Where a column is missing or the frame is empty.
    """
    require(frame, COLUMNS, "turnout")
    with style.style():
        groups = [_rows(period, part, labels) for period, part in frame.groupby("period", sort=False)]
        rows = [row for group in groups for row in group]
        entries = [
            style.mark(labels.heading("legend_computed"), "o", style.BLUE),
            style.mark(labels.heading("legend_reported"), "D", style.ORANGE, filled=False),
        ]
        figure, main = canvas.new_figure(
            7.5,
            1.1 + len(rows) * ROW,
            labels.term("title_turnout"),
            entries,
            [labels.term("note_turnout_axis")],
        )
        axes = main.subplots()
        start, end = _limits(rows)
        _draw(axes, groups, start, end)
        step = max(1, math.ceil((end - start) / 7))
        ticks = list(range(start, end + 1, step))
        axes.set_xlim(start, end)
        axes.set_xticks(ticks, [labels.percent(tick, 0) for tick in ticks])
        axes.set_xlabel(labels.heading("axis_turnout"))
        axes.grid(axis="x")
        rows_axis(axes, len(rows))
        axes.set_yticklabels([row.name for row in rows])
    values = "; ".join(f"{row.name}: {row.text}" for row in rows)
    canvas.set_alt_text(figure, labels.term("alt_turnout", values=values + "."))
    return figure


def _rows(period: object, part: pd.DataFrame, labels: Labels) -> list[_Row]:
    first = part.iloc[0]
    if pd.isna(first["computed"]):
        text = labels.term("not_computable")
    else:
        counts = labels.term(
            "counts_of",
            voters=labels.number(first["voters"], 0),
            registered=labels.number(first["registered"], 0),
        )
        text = f"{labels.percent(first['computed'], 2)}  ({counts})"
    rows = [_Row(float(first["computed"]), labels.term("row_computed", period=str(period)), text, True)]
    for _, row in part.iterrows():
        given = not pd.isna(row["reported"])
        printed = str(row["as_printed"]) if given else labels.term("not_given")
        value = float(row["reported"]) if given else math.nan
        rows.append(_Row(value, labels.term("row_reported", period=str(period)), printed, False))
    return rows


def _limits(rows: list[_Row]) -> tuple[int, int]:
    values = [row.value for row in rows if not math.isnan(row.value)]
    if not values:
        return 0, 100
    least, most = min(values), max(values)
    margin = max(1.0, 0.12 * (most - least))
    start, end = math.floor(least - margin), math.ceil(most + margin)
    # Room that no turnout needs is left out; a value that cannot be one is shown all the same.
    return max(0, start) if least >= 0 else start, min(100, end) if most <= 100 else end


def _draw(axes: Axes, groups: list[list[_Row]], start: int, end: int) -> None:
    place = 0
    for number, group in enumerate(groups):
        if number:
            axes.axhline(place - 0.5, color=style.RULE, linewidth=0.8)
        computed = group[0].value
        if not math.isnan(computed):
            axes.vlines(
                computed, place, place + len(group) - 1, colors=style.BLUE, linewidth=0.8, linestyles=":"
            )
        for row in group:
            if math.isnan(row.value):
                band(axes, place, start, end)
            else:
                axes.plot(
                    row.value,
                    place,
                    marker="o" if row.computed else "D",
                    markersize=7,
                    linestyle="none",
                    color=style.BLUE if row.computed else style.ORANGE,
                    markerfacecolor=style.BLUE if row.computed else "white",
                    markeredgewidth=1.4,
                )
            beside(axes, place, row.text)
            place += 1
