"""Scores phase by phase, drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import Score, handles
from cgutils.present.labels import Labels
from cgutils.present.profiles import LOOKS, kinds_of

SCORE = ("score", "lower", "upper", "coverage", "status")
KEY = ("case_id", "phase", "dimension_id")
# Inches of a panel at least, and of a figure that fits a page; letters of a line below a phase.
_PANEL, _PAGE, _LETTERS = 2.4, 9.0, 11
_HALF = 0.2


def plot_trajectory(trajectory: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the scores phase by phase, one panel for each case and dimension.

    Parameters
    ----------
    trajectory : DataFrame
        ``trajectory(collection)`` or some of its rows: ``case_id``, ``phase``, ``dimension_id``, ``score`` (0
        to 1, missing when withheld), ``lower``, ``upper``, ``coverage`` (0 to 1), ``status`` (scored,
        withheld, disputed, not_assessed).
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        Phases run to the right in their order; the bar is the interval, a thin line joins neighbouring
        phases that both have a score, and a phase in which nothing was assessed is hatched.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty or a row is double.
    """
    require(trajectory, (*KEY, *SCORE), "trajectory", key=KEY)
    panels = {
        (str(case), str(name)): own.reset_index(drop=True)
        for (case, name), own in trajectory.groupby(["case_id", "dimension_id"], sort=False)
    }
    cases, names = (list(dict.fromkeys(trajectory[column])) for column in ("case_id", "dimension_id"))
    kinds = {
        (case, name): kind
        for case in cases
        for own in [[name for owner, name in panels if owner == case]]
        for name, kind in zip(own, kinds_of(own), strict=True)
    }
    letters, width = _room(panels, labels)
    # Where so many phases do not fit beside each other, their titles stand upright.
    upright = width > _PAGE
    width = min(width, _PAGE)
    columns = min(3, len(panels), int(_PAGE / width))
    lines = math.ceil(len(panels) / columns)
    with style.style():
        entries: list[Artist] = [
            style.mark(labels.heading(word), LOOKS[kind][1], LOOKS[kind][0])
            for kind, word in (
                ("process", "legend_score"),
                ("index", "legend_index"),
                ("outside", "legend_outside"),
            )
            if kind in kinds.values()
        ]
        entries += handles(labels, style.MUTED, set(trajectory["status"]))
        figure, main = canvas.new_figure(
            max(5.0, width * columns),
            0.2 + lines * (3.4 if upright else 2.5),
            _title(cases, names, labels),
            entries,
            [labels.term("note_phases"), labels.term("note_reading"), labels.abstract_note(cases)],
        )
        drawn = main.subplots(lines, columns, squeeze=False).ravel()
        for axes, (key, own) in zip(drawn, panels.items(), strict=False):
            _panel(axes, own, labels, *LOOKS[kinds[key]])
            axes.set_xticks(
                range(len(own)), _phase_labels(own, labels, letters), fontsize=7.5, rotation=90 * upright
            )
            axes.set_title(style.wrap(_panel_title(key, cases, names, labels), int(width * 11)))
        for axes in drawn[len(panels) :]:
            axes.remove()
    _describe(figure, panels, cases, labels)
    return figure


def _panel(axes: Axes, own: pd.DataFrame, labels: Labels, colour: str, marker: str) -> None:
    scores = [Score(*(row[name] for name in SCORE)) for row in own.to_dict("records")]
    known = [(place, score) for place, score in enumerate(scores) if score.status != "not_assessed"]
    shown = [(place, score.value) for place, score in known if not pd.isna(score.value)]
    if known:
        axes.vlines(
            [place for place, _ in known],
            [score.lower for _, score in known],
            [score.upper for _, score in known],
            colors=style.tone(colour, 0.45),
            linewidth=5,
            zorder=2,
        )
    values = dict(shown)
    for place, value in shown:
        if place + 1 in values:
            axes.plot([place, place + 1], [value, values[place + 1]], color=colour, linewidth=0.9, zorder=3)
    if shown:
        style.points(axes, list(values), list(values.values()), colour, marker, zorder=4)
    for place, score in enumerate(scores):
        if score.status == "not_assessed":
            _hatch(axes, place)
    axes.set_xlim(-0.5, len(scores) - 0.5)
    axes.tick_params(axis="x", length=0)
    axes.set_ylim(-0.03, 1.03)
    axes.set_yticks([0, 0.5, 1], [labels.number(tick, None) for tick in (0, 0.5, 1)])
    axes.grid(axis="y")


def _hatch(axes: Axes, place: int) -> None:
    axes.add_patch(
        Rectangle(
            (place - _HALF, 0),
            2 * _HALF,
            1,
            facecolor=style.EMPTY,
            edgecolor=style.MUTED,
            hatch=style.HATCH,
            linewidth=0,
            zorder=1,
        )
    )


def _room(panels: Mapping[tuple[str, str], pd.DataFrame], labels: Labels) -> tuple[int, float]:
    """Say after how many letters the titles of phases are broken, and how wide a panel has to be for them."""
    titles = {
        labels.phase(case, phase) for (case, _), own in panels.items() for phase in own["phase"].unique()
    }
    letters = max(_LETTERS, *(len(word) for title in titles for word in title.split()))
    most = max(len(own) for own in panels.values())
    return letters, max(_PANEL, 0.6 + most * (letters * style.LETTER * 7.5 + 0.08))


def _phase_labels(own: pd.DataFrame, labels: Labels, letters: int) -> list[str]:
    rows = own.to_dict("records")
    titles = [style.wrap(labels.phase(row["case_id"], row["phase"]), letters) for row in rows]
    deepest = style.lines_of(titles)
    return [
        "\n".join(
            [
                title + "\n" * (deepest - 1 - title.count("\n")),
                labels.number(row["score"]),
                labels.percent(100 * row["coverage"], 0),
            ]
        )
        for title, row in zip(titles, rows, strict=True)
    ]


def _title(cases: Sequence[str], names: Sequence[str], labels: Labels) -> str:
    if len(cases) == 1:
        return labels.term("title_trajectory_of_case", case=labels.case(cases[0]))
    if len(names) == 1:
        return labels.term("title_trajectory_of_dimension", dimension=labels.dimension(names[0]))
    return labels.term("title_trajectory")


def _panel_title(key: tuple[str, str], cases: Sequence[str], names: Sequence[str], labels: Labels) -> str:
    case, name = key
    if len(cases) == 1:
        return labels.dimension(name)
    return labels.case(case) + ("" if len(names) == 1 else f": {labels.dimension(name)}")


def _describe(
    figure: Figure, panels: dict[tuple[str, str], pd.DataFrame], cases: Sequence[str], labels: Labels
) -> None:
    values = "; ".join(
        f"{labels.case(case)}, {labels.dimension(name)}: "
        + ", ".join(
            f"{labels.phase(case, row['phase'])} {labels.number(row['score'])} "
            f"[{labels.interval(row['lower'], row['upper'])}]"
            + ("" if row["status"] == "scored" else f" {labels.term(row['status'])}")
            for row in own.to_dict("records")
        )
        for (case, name), own in panels.items()
    )
    text = labels.term("alt_trajectory", items=labels.number(len(panels), 0), values=values + ".")
    canvas.set_alt_text(figure, f"{text} {labels.abstract_note(cases)}")
