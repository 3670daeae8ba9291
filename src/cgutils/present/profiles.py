"""Scores of the dimensions, never without interval and coverage."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.projections.polar import PolarAxes

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import ROW, Score, draw_panel, handles
from cgutils.present.labels import Labels

COLUMNS = ("case_id", "dimension_id", "score", "lower", "upper", "coverage", "status")
KEY = ("case_id", "dimension_id")
# Colour and marker: process dimension, index, dimension outside the index.
LOOKS = {"process": (style.BLUE, "o"), "index": (style.INK, "D"), "outside": (style.ORANGE, "s")}


def plot_dimension_profiles(dimensions: pd.DataFrame, labels: Labels) -> Figure:
    """Draw score, interval and coverage of each dimension, one panel a dimension and one row a case.

    Parameters
    ----------
    dimensions : DataFrame
        ``Scores.dimensions``: ``case_id``, ``dimension_id``, ``score`` (0 to 1, missing when withheld),
        ``lower``, ``upper``, ``coverage`` (0 to 1), ``status`` (scored, withheld, disputed, not_assessed).
        What follows the row ``index`` is outside the index and drawn so.
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, or a dimension of a case has no or more than one row.
    """
    table, cases, names = _scores(dimensions)
    columns = min(3, len(names))
    lines = math.ceil(len(names) / columns)
    kinds = kinds_of(names)
    with style.style():
        entries = [
            *(
                style.mark(labels.heading(word), LOOKS[kind][1], LOOKS[kind][0])
                for kind, word in (
                    ("process", "legend_score"),
                    ("index", "legend_index"),
                    ("outside", "legend_outside"),
                )
                if kind in kinds
            ),
            *handles(labels, style.MUTED, set(dimensions["status"])),
        ]
        figure, main = canvas.new_figure(
            1.5 + 2.4 * max(2, columns),
            0.3 + lines * (len(cases) * ROW + 0.85),
            labels.term("title_profiles"),
            entries,
            [labels.term("note_coverage"), labels.term("note_reading"), labels.abstract_note(cases)],
        )
        panels = main.subplots(lines, columns, squeeze=False).ravel()
        for position, (axes, name) in enumerate(zip(panels, names, strict=False)):
            draw_panel(axes, [table[case, name] for case in cases], labels, *LOOKS[kinds[position]])
            axes.set_title(style.wrap(labels.dimension(name), 26), pad=16)
            first = position % columns == 0
            axes.set_yticklabels([labels.case(case) if first else "" for case in cases])
        for axes in panels[len(names) :]:
            axes.remove()
    _describe(figure, "alt_profiles", table, cases, names, labels)
    return figure


def plot_dimension_radar(dimensions: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the profile of each case as a radar chart: a second view, the dots and ranges are the first.

    Parameters
    ----------
    dimensions : DataFrame
        As for `plot_dimension_profiles`; the row ``index`` is left out.
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        One chart a case. The band is the interval; a dimension that is not scored has no point.

    Raises
    ------
    CgutilsError
        As for `plot_dimension_profiles`, and where no dimension is left beside the index.
    """
    table, cases, names = _scores(dimensions)
    names = [name for name in names if name != "index"]
    if not names:
        raise CgutilsError("the frame of dimensions holds the index alone; a radar chart needs a dimension")
    columns = min(3, len(cases))
    lines = math.ceil(len(cases) / columns)
    # Round axes have labels of the dimensions where the title would stand.
    with style.style(axes_titley=None):
        figure, main = canvas.new_figure(
            max(5.0, 3.3 * columns),
            0.3 + lines * 3.0,
            labels.term("title_radar"),
            [
                style.mark(labels.heading("legend_score"), "o", style.BLUE, line=style.BLUE),
                style.swatch(labels.heading("legend_interval"), style.tone(style.BLUE, 0.75)),
            ],
            [labels.term("note_radar"), labels.term("note_reading"), labels.abstract_note(cases)],
        )
        panels = main.subplots(lines, columns, squeeze=False, subplot_kw={"projection": "polar"}).ravel()
        for axes, case in zip(panels, cases, strict=False):
            _radar(axes, [(name, table[case, name]) for name in names], labels)
            axes.set_title(labels.case(case), loc="center", pad=14)
        for axes in panels[len(cases) :]:
            axes.remove()
    _describe(figure, "alt_radar", table, cases, names, labels)
    return figure


def _scores(dimensions: pd.DataFrame) -> tuple[dict[tuple[str, str], Score], list[str], list[str]]:
    require(dimensions, COLUMNS, "dimensions", key=KEY)
    table = {
        (row["case_id"], row["dimension_id"]): Score(*(row[name] for name in COLUMNS[2:]))
        for row in dimensions.to_dict("records")
    }
    cases, names = list(dict.fromkeys(dimensions["case_id"])), list(dict.fromkeys(dimensions["dimension_id"]))
    for case in cases:
        for name in names:
            if (case, name) not in table:
                raise CgutilsError(f"the frame of dimensions has no row for case {case}, dimension {name}")
    return table, cases, names


def kinds_of(names: list[str]) -> list[str]:
    """Say of each dimension whether it is part of the index; the index stands between the two groups."""
    border = names.index("index") if "index" in names else len(names)
    return [
        "process" if place < border else "index" if place == border else "outside"
        for place in range(len(names))
    ]


def _radar(axes: PolarAxes, rows: list[tuple[str, Score]], labels: Labels) -> None:
    angles = np.linspace(0, 2 * np.pi, len(rows), endpoint=False)
    closed = np.append(angles, angles[0])
    scores = [score for _, score in rows]
    scores.append(scores[0])
    values = [score.value for score in scores]
    lower, upper = [score.lower for score in scores], [score.upper for score in scores]
    axes.set_theta_offset(np.pi / 2)
    axes.set_theta_direction(-1)
    axes.fill_between(closed, lower, upper, color=style.tone(style.BLUE, 0.75), linewidth=0, zorder=1)
    axes.plot(
        closed, values, color=style.BLUE, linewidth=1.4, marker="o", markersize=5, zorder=3, clip_on=False
    )
    axes.set_ylim(0, 1)
    axes.set_yticks(
        [0.5, 1], [labels.number(0.5, None), labels.number(1, None)], fontsize=7, color=style.MUTED
    )
    axes.set_rlabel_position(180 / max(2, len(rows)))
    axes.set_xticks(
        angles,
        [f"{style.wrap(labels.dimension(name), 14)}\n{labels.number(score.value)}" for name, score in rows],
        fontsize=7.5,
    )
    axes.tick_params(axis="x", pad=4)
    for angle, label in zip(angles, axes.get_xticklabels(), strict=True):
        # Labels grow away from the circle on whichever side they stand.
        across, up = np.sin(angle), np.cos(angle)
        label.set_horizontalalignment("center" if abs(across) < 0.1 else "left" if across > 0 else "right")
        label.set_verticalalignment("center" if abs(up) < 0.5 else "bottom" if up > 0 else "top")


def _describe(
    figure: Figure,
    word: str,
    table: dict[tuple[str, str], Score],
    cases: list[str],
    names: list[str],
    labels: Labels,
) -> None:
    values = "; ".join(
        f"{labels.case(case)}: "
        + ", ".join(
            f"{labels.dimension(name)} {labels.number(table[case, name].value)} "
            f"[{labels.interval(table[case, name].lower, table[case, name].upper)}]"
            for name in names
        )
        for case in cases
    )
    text = labels.term(
        word,
        items=labels.number(len(names), 0),
        cases=", ".join(labels.case(case) for case in cases),
        values=values + ".",
    )
    canvas.set_alt_text(figure, f"{text} {labels.abstract_note(cases)}")
