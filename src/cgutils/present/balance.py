"""What speaks for and what against, by the kind of evidence."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import rows_axis, whole_ticks
from cgutils.present.labels import Labels, capital

COLUMNS = ("case_id", "dimension_id", "direction", "kind", "n_items")
KINDS = tuple(style.KIND_TONES)
PAIRS = (("hindering", "enabling"), ("overruled", "mixed"))
ROW = 0.34
# Share of both panels below which a number no longer fits into its bar; the sum at its end still stands.
NARROW = 0.025


def plot_evidence_balance(balance: pd.DataFrame, labels: Labels, by: str = "case_id") -> Figure:
    """Draw the number of evidence items by direction and kind.

    Parameters
    ----------
    balance : DataFrame
        ``evidence_balance(collection)``: ``case_id``, ``dimension_id``, ``direction``, ``kind``, ``n_items``.
    labels : Labels
        Words and number format.
    by : {"case_id", "dimension_id"}
        What the rows are: the cases (over all dimensions), or the dimensions with a panel for each case.

    Returns
    -------
    Figure
        Hindering items to the left and enabling ones to the right of zero; overruled and mixed ones beside.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, or ``by``, a direction or a kind is unknown.
    """
    require(balance, COLUMNS, "balance", key=COLUMNS[:4])
    if by not in COLUMNS[:2]:
        raise CgutilsError(f"by: found {by!r}; allowed: case_id, dimension_id")
    _check(balance)
    cases = list(dict.fromkeys(balance["case_id"]))
    panels = [""] if by == "case_id" else cases
    frames = [balance if not case else balance[balance["case_id"] == case] for case in panels]
    counts = [frame.groupby([by, "direction", "kind"], sort=False)["n_items"].sum() for frame in frames]
    rows = list(dict.fromkeys(balance[by]))
    names = [labels.case(row) if by == "case_id" else style.wrap(labels.dimension(row), 28) for row in rows]
    reach = [
        max(_total(count, row, side) for count in counts for row in rows for side in pair) for pair in PAIRS
    ]
    limits = _limits(reach)
    with style.style():
        handles = [
            style.swatch(labels.heading(kind), style.tone(style.INK, tone), style.KIND_HATCHES[kind])
            for kind, tone in style.KIND_TONES.items()
        ]
        figure, main = canvas.new_figure(
            8.5,
            0.75 + len(panels) * (len(rows) * ROW + 0.75),
            labels.term("title_balance"),
            handles,
            [labels.abstract_note(cases)],
        )
        grid = main.subplots(len(panels), 2, squeeze=False, width_ratios=limits)
        for line, (case, count) in enumerate(zip(panels, counts, strict=True)):
            for axes, pair, limit in zip(grid[line], PAIRS, limits, strict=True):
                _draw(axes, count, rows, pair, limit, sum(limits), labels)
                _scale(axes, limit, whole_ticks(max(1, *reach)), labels)
            grid[line][0].set_yticklabels(names)
            grid[line][1].set_yticklabels([""] * len(rows))
            if case:
                grid[line][0].set_title(labels.case(case), x=0, pad=20)
        grid[-1][0].set_xlabel(labels.heading("axis_items"))
    _describe(figure, balance, cases, labels)
    return figure


def _check(balance: pd.DataFrame) -> None:
    allowed = {"direction": [side for pair in PAIRS for side in pair], "kind": list(KINDS)}
    for column, words in allowed.items():
        for value in balance[column].unique():
            if value not in words:
                raise CgutilsError(
                    f"the frame of balance: found {column} {value!r}; allowed: {', '.join(words)}"
                )


def _total(count: pd.Series[int], row: str, side: str) -> int:
    return sum(int(count.get((row, side, kind), 0)) for kind in KINDS)


def _limits(reach: list[int]) -> list[float]:
    # Both panels have the same scale; the smaller one keeps room for its two headings.
    first, second = (most * 1.18 + 0.4 for most in reach)
    return [max(first, 0.4 * second), max(second, 0.4 * first)]


def _draw(
    axes: Axes,
    count: pd.Series[int],
    rows: list[str],
    pair: tuple[str, str],
    limit: float,
    whole: float,
    labels: Labels,
) -> None:
    for side, sign in zip(pair, (-1, 1), strict=True):
        ends = [0] * len(rows)
        for kind in KINDS:
            widths = [int(count.get((row, side, kind), 0)) for row in rows]
            colour = style.tone(style.DIRECTION_COLOURS[side], style.KIND_TONES[kind])
            bars = axes.barh(
                range(len(rows)),
                [sign * width for width in widths],
                left=[sign * end for end in ends],
                height=0.62,
                color=colour,
                edgecolor=style.DIRECTION_COLOURS[side],
                hatch=style.KIND_HATCHES[kind] or None,
                linewidth=0.5,
                label=f"{side} {kind}",
            )
            fits = [labels.number(width, 0) if width / (2 * whole) >= NARROW else "" for width in widths]
            _number(axes, bars, fits, kind, colour)
            ends = [end + width for end, width in zip(ends, widths, strict=True)]
        for row, end in enumerate(ends):
            _sum(axes, row, sign * end, labels.number(end, 0))
        axes.annotate(
            labels.heading(side),
            (0, 1),
            xycoords=("data", "axes fraction"),
            xytext=(sign * 6, 5),
            textcoords="offset points",
            ha="left" if sign > 0 else "right",
            fontsize=8.5,
            color=style.DIRECTION_COLOURS[side],
        )
    axes.axvline(0, color=style.INK, linewidth=0.8)
    rows_axis(axes, len(rows))


def _scale(axes: Axes, limit: float, steps: list[int], labels: Labels) -> None:
    ticks = sorted({sign * step for step in steps if step <= limit for sign in (-1, 1)})
    axes.set_xlim(-limit, limit)
    axes.set_xticks(ticks, [labels.number(abs(tick), 0) for tick in ticks])
    axes.grid(axis="x")


def _number(axes: Axes, bars: object, texts: list[str], kind: str, colour: str) -> None:
    for text in axes.bar_label(bars, texts, label_type="center", fontsize=7):  # type: ignore[arg-type]
        if not text.get_text():
            text.remove()
        light = style.KIND_TONES[kind] >= 0.6
        text.set_color(style.INK if light else "white")
        if style.KIND_HATCHES[kind] and text.get_text():
            text.set_bbox({"boxstyle": "square,pad=0.1", "facecolor": colour, "edgecolor": "none"})


def _sum(axes: Axes, row: int, end: int, text: str) -> None:
    left = end < 0
    if end == 0:
        return
    axes.annotate(
        text,
        (end, row),
        xytext=(-3 if left else 3, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=8,
        weight="bold",
    )


def _describe(figure: Figure, balance: pd.DataFrame, cases: list[str], labels: Labels) -> None:
    totals = balance.groupby(["case_id", "direction"])["n_items"].sum()
    sides = [side for pair in PAIRS for side in pair]
    values = "; ".join(
        f"{labels.case(case)}: "
        + ", ".join(
            f"{labels.term(side)} {labels.number(int(totals.get((case, side), 0)), 0)}" for side in sides
        )
        for case in cases
    )
    text = labels.term("alt_balance", values=capital(values) + ".")
    canvas.set_alt_text(figure, f"{text} {labels.abstract_note(cases)}")
