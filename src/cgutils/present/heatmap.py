"""Every level that was given, and every one that was not."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.cells import level_span
from cgutils.present.checks import require
from cgutils.present.labels import DASH, Labels
from cgutils.present.matrix import Cell, Grid, draw_grid

COLUMNS = ("case_id", "dimension_id", "indicator_id", "level", "level_low", "level_high", "status")


def plot_indicator_heatmap(indicators: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the level of each indicator in each case.

    Parameters
    ----------
    indicators : DataFrame
        ``Scores.indicators``: ``case_id``, ``dimension_id``, ``indicator_id``, ``level`` (0 to 3 or missing),
        ``level_low``, ``level_high`` (levels between which it lies), ``status`` (assessed, disputed,
        not_assessed); one row for each case and indicator.
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        Indicators down the page, cases across; more than eight cases run down the page instead. A cell that
        is not assessed is hatched, a disputed one shows the levels between which it lies.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, or an indicator of a case has no or more than one row.
    """
    require(indicators, COLUMNS, "indicators", key=("case_id", "indicator_id"))
    rows = {(row["case_id"], row["indicator_id"]): row for row in indicators.to_dict("records")}
    cases = list(dict.fromkeys(indicators["case_id"]))
    order = indicators.drop_duplicates("indicator_id")
    known = sorted(labels.levels)
    with style.style():
        cells = [
            [_cell(rows.get((case, indicator)), (case, indicator), known, labels) for case in cases]
            for indicator in order["indicator_id"]
        ]
        items = [
            (labels.dimension(dimension), f"{labels.code(indicator)}\u00a0 {labels.indicator(indicator)}")
            for dimension, indicator in zip(order["dimension_id"], order["indicator_id"], strict=True)
        ]
        grid = Grid(items, [labels.case(case) for case in cases], cells, style.sequence(len(known)))
        states = indicators["status"].value_counts()
        figure = draw_grid(
            grid,
            labels.term("title_heatmap"),
            _handles(grid, known, states, labels),
            [labels.term("note_reading"), labels.abstract_note(cases)],
        )
    canvas.set_alt_text(
        figure,
        labels.term(
            "alt_heatmap",
            items=labels.number(len(items), 0),
            count=labels.number(len(cases), 0),
            cases=", ".join(labels.case(case) for case in cases),
            assessed=labels.number(int(states.get("assessed", 0)), 0),
            disputed=labels.number(int(states.get("disputed", 0)), 0),
            missing=labels.number(int(states.get("not_assessed", 0)), 0),
        )
        + " "
        + labels.abstract_note(cases),
    )
    return figure


def _cell(row: dict[Any, Any] | None, place: tuple[str, str], known: list[int], labels: Labels) -> Cell:
    if row is None:
        raise CgutilsError(f"the frame of indicators has no row for case {place[0]}, indicator {place[1]}")
    if row["status"] == "disputed":
        return Cell(None, level_span(row, labels), style.DISPUTED_HATCH, background="white")
    if pd.isna(row["level"]):
        return Cell(None, DASH, style.HATCH)
    labels.level(row["level"])  # a level that the framework does not know is an error, not a colour
    return Cell(known.index(int(row["level"])), labels.number(row["level"], 0))


def _handles(grid: Grid, known: list[int], states: pd.Series[int], labels: Labels) -> list[Artist]:
    handles: list[Artist] = [
        style.swatch(f"{labels.number(level, 0)}  {labels.level(level)}", colour)
        for level, colour in zip(known, grid.palette, strict=True)
    ]
    handles.append(style.swatch(labels.heading("not_assessed"), style.EMPTY, style.HATCH))
    if "disputed" in states.index:
        handles.append(style.swatch(labels.heading("disputed"), "white", style.DISPUTED_HATCH))
    return handles
