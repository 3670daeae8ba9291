"""Advice of one source held against what the cases report."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.labels import DASH, Labels, capital
from cgutils.present.matrix import Cell, Grid, draw_grid

# Place in the palette and sign of each status; the sign carries the meaning without colour, and the colours
# are pale enough for it to stand dark on all of them.
PALETTE = ("#f4c3a1", "#e9e4cf", "#9ccbe5")
SIGNS = {"deficit": (0, "○"), "mixed": (1, "◐"), "present": (2, "●")}


def plot_recommendations(frame: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the status of each recommendation in each case.

    Parameters
    ----------
    frame : DataFrame
        ``recommendations(collection)``: ``recommendation_id``, ``number``, ``label_en``, ``label_id``,
        ``primary_indicator``, ``mapping_confidence``, ``case_id``, ``status`` (present, mixed, deficit,
        not_reported).
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        Recommendations down the page, cases across (more than eight cases run down the page instead).

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, a row is double or missing, or a status is unknown.
    """
    columns = (
        "recommendation_id",
        "number",
        f"label_{labels.language}",
        "primary_indicator",
        "mapping_confidence",
    )
    require(frame, (*columns, "case_id", "status"), "recommendations", key=("recommendation_id", "case_id"))
    cases = list(dict.fromkeys(frame["case_id"]))
    order = frame.drop_duplicates("recommendation_id")
    status = frame.pivot(index="recommendation_id", columns="case_id", values="status")
    with style.style():
        cells = [[_cell(status.loc[key, case]) for case in cases] for key in order["recommendation_id"]]
        items = [("", _label(row, labels)) for _, row in order.iterrows()]
        handles = [
            style.swatch(f"{sign}  {labels.heading(name)}", PALETTE[shade])
            for name, (shade, sign) in reversed(SIGNS.items())
        ]
        handles.append(style.swatch(f"{DASH}  {labels.heading('not_reported')}", style.EMPTY, style.HATCH))
        grid = Grid(items, [labels.case(case) for case in cases], cells, PALETTE)
        notes = [labels.term("note_recommendations"), labels.abstract_note(cases)]
        figure = draw_grid(grid, labels.term("title_recommendations"), handles, notes, item_width=52, size=11)
    canvas.set_alt_text(figure, _alt(frame, cases, labels))
    return figure


def _cell(status: object) -> Cell:
    if status == "not_reported":
        return Cell(None, DASH, style.HATCH)
    if status not in SIGNS:
        allowed = ", ".join([*SIGNS, "not_reported"])
        raise CgutilsError(f"the frame of recommendations: found status {status!r}; allowed: {allowed}")
    shade, sign = SIGNS[str(status)]
    return Cell(shade, sign)


def _label(row: pd.Series[str], labels: Labels) -> str:
    code, confidence = labels.code(row["primary_indicator"]), labels.term(row["mapping_confidence"])
    return (
        f"{labels.number(row['number'], 0)}. {capital(labels.pick(row, 'label'))} ({code},\u00a0{confidence})"
    )


def _alt(frame: pd.DataFrame, cases: list[str], labels: Labels) -> str:
    counts = frame.groupby("case_id")["status"].value_counts()
    statuses = [*reversed(SIGNS), "not_reported"]
    values = "; ".join(
        f"{labels.case(case)}: "
        + ", ".join(
            f"{labels.term(name)} {labels.number(int(counts.get((case, name), 0)), 0)}" for name in statuses
        )
        for case in cases
    )
    text = labels.term(
        "alt_recommendations",
        items=labels.number(frame["recommendation_id"].nunique(), 0),
        cases=", ".join(labels.case(case) for case in cases),
        values=values + ".",
    )
    return f"{text} {labels.abstract_note(cases)}"
