"""A panel of scores with their intervals, one case a row; profiles and outcome share it."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from cgutils.data.errors import CgutilsError
from cgutils.present import style
from cgutils.present.labels import Labels

STATES = ("scored", "withheld", "disputed", "not_assessed")
ROW = 0.27
SCORE_AT, COVERAGE_AT = 30, 60


@dataclass(frozen=True)
class Score:
    """One row of a panel: the value (NaN unless scored), its interval and coverage, and its status."""

    value: float
    lower: float
    upper: float
    coverage: float
    status: str

    def __post_init__(self) -> None:
        if self.status not in STATES:
            raise CgutilsError(f"found the status {self.status!r} of a score; allowed: {', '.join(STATES)}")


def draw_panel(axes: Axes, scores: Sequence[Score], labels: Labels, colour: str, marker: str) -> None:
    """Draw one row for each score, with value and coverage written to the right.

    Parameters
    ----------
    axes : Axes
        Where; rows run down from the top.
    scores : sequence of Score
        A withheld or disputed score is drawn as its interval alone, one without any assessed indicator as a
        hatched band.
    labels : Labels
        Number format.
    colour, marker : str
        Look of interval and point.
    """
    rows = list(enumerate(scores))
    known = [(row, score) for row, score in rows if score.status != "not_assessed"]
    shown = [(row, score) for row, score in rows if score.status == "scored" and not pd.isna(score.value)]
    if known:
        axes.hlines(
            [row for row, _ in known],
            [score.lower for _, score in known],
            [score.upper for _, score in known],
            colors=style.tone(colour, 0.45),
            linewidth=3.5,
            zorder=2,
        )
    if shown:
        values, rows_of = [score.value for _, score in shown], [row for row, _ in shown]
        style.points(axes, values, rows_of, colour, marker)
    for row, score in rows:
        if score.status == "not_assessed":
            band(axes, row, 0, 1)
        beside(axes, row, labels.number(score.value), SCORE_AT, "right")
        beside(axes, row, labels.percent(100 * score.coverage, 0), COVERAGE_AT, "right", style.MUTED)
    beside(axes, -0.75, labels.term("score_short"), SCORE_AT, "right", style.MUTED)
    beside(axes, -0.75, labels.term("coverage_short"), COVERAGE_AT, "right", style.MUTED)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.5, 1], [labels.number(tick, None) for tick in (0, 0.5, 1)])
    axes.grid(axis="x")
    rows_axis(axes, len(scores))


def rows_axis(axes: Axes, count: int) -> None:
    """Let rows run down from the top, without the marks of an axis."""
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks(range(count))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def whole_ticks(most: int) -> list[int]:
    """Give 0 and at most three or four whole ticks up to ``most``.

    Examples
    --------
    >>> whole_ticks(32), whole_ticks(2)
    ([0, 10, 20, 30], [0, 1, 2])
    """
    power = 10 ** int(math.log10(max(1, most)))
    step = next(step for step in (power // 2, power, 2 * power, 5 * power) if step >= 1 and most / step <= 4)
    return list(range(0, most + 1, step))


def band(axes: Axes, row: int, start: float, end: float, hatch: str = style.HATCH) -> None:
    """Draw the hatched band of a row that has no value."""
    axes.add_patch(
        Rectangle(
            (start, row - 0.28),
            end - start,
            0.56,
            facecolor=style.EMPTY,
            edgecolor=style.MUTED,
            hatch=hatch,
            linewidth=0,
            zorder=1,
        )
    )


def handles(labels: Labels, colour: str, states: Set[str]) -> list[Artist]:
    """Make the legend entries of a panel; those of states that do not occur are left out."""
    entries: list[Artist] = [
        style.mark(labels.heading("legend_interval"), "o", colour, line=style.tone(colour, 0.45))
    ]
    for state in ("withheld", "disputed"):
        if state in states:
            words = labels.heading(f"legend_{state}")
            entries.append(style.mark(words, "", colour, line=style.tone(colour, 0.45)))
    if "not_assessed" in states:
        entries.append(style.swatch(labels.heading("not_assessed"), style.EMPTY, style.HATCH))
    return entries


def beside(
    axes: Axes, row: float, text: str, points: int = 8, align: str = "left", colour: str = style.INK
) -> None:
    """Write a text to the right of the panel, ``points`` away from it, on the height of a row."""
    axes.annotate(
        text,
        (1, row),
        xycoords=axes.get_yaxis_transform(),
        xytext=(points, 0),
        textcoords="offset points",
        ha=align,
        va="center",
        fontsize=7.5,
        color=colour,
        annotation_clip=False,
    )
