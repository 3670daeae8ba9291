"""Who takes part, by type; a type that no source names is shown as such."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.labels import Labels
from cgutils.present.matrix import Cell, Grid, draw_grid

COLUMNS = ("case_id", "type", "n_actors")


def plot_actors(frame: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the number of actors of each type in each case.

    Parameters
    ----------
    frame : DataFrame
        ``actors_by_type(collection)``: ``case_id``, ``type``, ``n_actors``; zeros included, missing where the
        actors of a case were not recorded.
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        Types down the page, cases across (more than eight cases run down the page instead). A type without
        an actor is dotted and shows 0: here absence is what was found. A case whose actors were not recorded
        is hatched.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty or a row is double.
    """
    require(frame, COLUMNS, "actors", key=("case_id", "type"))
    cases, types = list(dict.fromkeys(frame["case_id"])), list(dict.fromkeys(frame["type"]))
    table = frame.pivot(index="type", columns="case_id", values="n_actors").loc[types, cases]
    with style.style():
        # A shade for each number from one up to the largest, so that equal numbers look equal.
        largest = frame["n_actors"].max()
        palette = style.sequence(1 if pd.isna(largest) else max(1, int(largest)))
        cells = [[_cell(table.loc[kind, case], labels) for case in cases] for kind in types]
        grid = Grid(
            [("", labels.heading(kind)) for kind in types],
            [labels.case(case) for case in cases],
            cells,
            palette,
        )
        handles = [style.swatch(labels.heading("legend_zero_actors"), "white", style.DISPUTED_HATCH)]
        if frame["n_actors"].isna().any():
            handles.append(style.swatch(labels.heading("legend_not_recorded"), style.EMPTY, style.HATCH))
        figure = draw_grid(
            grid, labels.term("title_actors"), handles, [labels.abstract_note(cases)], item_width=26
        )
    values = "; ".join(
        f"{labels.case(case)}: "
        + (
            labels.term("legend_not_recorded")
            if table[case].isna().all()
            else ", ".join(f"{labels.term(kind)} {labels.number(table.loc[kind, case], 0)}" for kind in types)
        )
        for case in cases
    )
    names = ", ".join(labels.case(case) for case in cases)
    text = labels.term("alt_actors", cases=names, values=values + ".")
    canvas.set_alt_text(figure, f"{text} {labels.abstract_note(cases)}")
    return figure


def _cell(count: Any, labels: Labels) -> Cell:
    text = labels.number(count, 0)
    if pd.isna(count):
        return Cell(None, text, style.HATCH)
    if count == 0:
        return Cell(None, text, style.DISPUTED_HATCH, background="white")
    return Cell(int(count) - 1, text)
