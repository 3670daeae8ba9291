"""The specification curve: the distance of two cases above, the choices behind it below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.labels import Labels

# Columns of the matrix of choices: each holds as many neighbouring specifications as the others.
BINS = 40
# A choice is common where it is taken so many times as often as over all specifications.
_STEPS = (0.0, 0.5, 1.0, 1.5)
_EQUAL = 1e-9
_DRAW = "draw_"
FACTORS = ("calibration", "aggregation", "index_aggregation", "weights", "missing", "coder")
COLUMNS = ("dimension_id", "case_a", "case_b", *FACTORS, "left_out_dimension", "n_grid", "difference")


@dataclass(frozen=True)
class Choice:
    """One row of the matrix: its label, whether it is the first of its factor, and who makes the choice."""

    text: str
    first: bool
    made: NDArray[np.bool_]


def plot_specification_curve(curve: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the difference of two cases under every specification, in order, and the choices below it.

    Parameters
    ----------
    curve : DataFrame
        ``specification_curve(collection, grid, case_a, case_b)``: ``dimension_id``, ``case_a``, ``case_b``,
        the factors, ``left_out_dimension``, ``n_grid`` (how many specifications there are in all),
        ``difference`` (score of a minus score of b; missing: no value), in the order of the difference.
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        Above, each specification is a point; below, a row a choice: the darker a cell, the more of the
        specifications right above it make this choice.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, or it is about several pairs or dimensions.
    """
    require(curve, COLUMNS, "specification curve")
    if len(curve.drop_duplicates(["dimension_id", "case_a", "case_b"])) > 1:
        raise CgutilsError(
            "the frame of specification curve is about several pairs or dimensions; draw one at a time."
        )
    # A part of a curve is numbered anew: positions are places in its rows.
    curve = curve.reset_index(drop=True)
    known = curve[curve["difference"].notna()]
    first = curve.iloc[0]
    a, b = labels.case(first["case_a"]), labels.case(first["case_b"])
    dimension = labels.dimension(first["dimension_id"])
    rows = list(_choices(curve, labels))
    with style.style():
        palette = style.sequence(len(_STEPS))
        entries: list[Artist] = [
            style.mark(labels.term("a_is_higher", case=a), "o", style.BLUE),
            style.mark(labels.term("a_is_higher", case=b), "o", style.ORANGE),
            style.mark(labels.heading("both_equal"), "o", style.MUTED),
            *(style.swatch(labels.term(f"used_{place}"), colour) for place, colour in enumerate(palette)),
        ]
        figure, main = canvas.new_figure(
            7.6,
            2.6 + len(rows) * 0.185,
            labels.term("title_curve", a=a, b=b, dimension=dimension),
            entries,
            [
                labels.term(
                    "note_curve",
                    count=labels.number(len(curve), 0),
                    all=labels.number(int(first["n_grid"]), 0),
                ),
                *([labels.term("note_curve_part")] if len(curve) < first["n_grid"] else []),
                *_without(curve, labels),
                labels.term("note_reading"),
                labels.abstract_note([first["case_a"], first["case_b"]]),
            ],
        )
        top, below = main.subplots(2, 1, height_ratios=[2.2, len(rows) * 0.185])
        _points(top, known["difference"].to_numpy(), labels)
        top.set_ylabel(f"{a} − {b}")
        _matrix(below, rows, known.index.to_numpy(), palette)
    canvas.set_alt_text(figure, _told(known, curve, labels))
    return figure


def _choices(curve: pd.DataFrame, labels: Labels) -> Iterator[Choice]:
    """Name each choice, and tell which specifications make it."""
    for factor in (*FACTORS, "left_out_dimension"):
        values = curve[factor].astype(str)
        order = values
        if isinstance(curve[factor].dtype, pd.CategoricalDtype):
            order = pd.Series(curve[factor].cat.categories).astype(str)
        if factor == "weights":
            values, order = (names.mask(names.str.startswith(_DRAW), "draws") for names in (values, order))
        for place, value in enumerate(name for name in dict.fromkeys(order) if name in set(values)):
            word = _word(factor, value, labels)
            head = "leave_out" if factor == "left_out_dimension" else factor
            text = f"{labels.heading(f'factor_{head}')}: {word}" if place == 0 else word
            yield Choice(text, place == 0, (values == value).to_numpy())


def _word(factor: str, value: str, labels: Labels) -> str:
    if factor == "coder" and value != "consensus":
        return value
    if factor == "left_out_dimension" and value != "none":
        return labels.term("one_of", dimension=labels.dimension(value))
    return labels.term(f"choice_{value}")


def _points(axes: Axes, differences: NDArray[np.float64], labels: Labels) -> None:
    places = np.arange(len(differences))
    groups = {
        style.BLUE: differences > _EQUAL,
        style.ORANGE: differences < -_EQUAL,
        style.MUTED: np.abs(differences) <= _EQUAL,
    }
    for colour, chosen in groups.items():
        if chosen.any():
            axes.scatter(
                places[chosen], differences[chosen], s=5, color=colour, linewidths=0, zorder=3, clip_on=False
            )
    axes.axhline(0, color=style.INK, linewidth=0.8, zorder=2)
    # Tenths around what is drawn, with 0 always in view.
    low = min(-1, int(np.floor(differences.min(initial=0) * 10)))
    high = max(1, int(np.ceil(differences.max(initial=0) * 10)))
    axes.set_ylim(low / 10 - 0.03, high / 10 + 0.03)
    step = 1 if high - low <= 5 else 2 if high - low <= 10 else 5
    ticks = [tenth / 10 for tenth in range(low, high + 1) if tenth % step == 0]
    axes.set_yticks(ticks, [labels.number(tick, None) for tick in ticks])
    axes.set_xlim(-0.5, max(1, len(differences)) - 0.5)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.grid(axis="y")


def _matrix(axes: Axes, rows: list[Choice], order: NDArray[np.int64], palette: list[str]) -> None:
    cuts = np.array_split(order, min(BINS, max(1, len(order))))
    lifts = []
    for row in rows:
        overall = row.made[order].mean() if len(order) else 0.0
        lifts.append([row.made[cut].mean() / overall if overall else 0.0 for cut in cuts])
    shades = np.digitize(np.asarray(lifts), _STEPS[1:])
    # A picture and no mesh: a thousand small areas would make the drawing several times larger.
    axes.imshow(
        shades,
        cmap=ListedColormap(palette),
        vmin=-0.5,
        vmax=len(palette) - 0.5,
        aspect="auto",
        interpolation="nearest",
        extent=(0, len(cuts), len(rows), 0),
    )
    axes.set_xticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_yticks([place + 0.5 for place in range(len(rows))], [row.text for row in rows])
    axes.tick_params(axis="y", length=0, labelsize=7.5, labelrotation=0)
    for place, row in enumerate(rows):
        if row.first and place:
            axes.axhline(place, color="white", linewidth=2.5)


def _without(curve: pd.DataFrame, labels: Labels) -> list[str]:
    count = int(curve["difference"].isna().sum())
    return [labels.term("note_curve_without", count=labels.number(count, 0))] if count else []


def _told(known: pd.DataFrame, curve: pd.DataFrame, labels: Labels) -> str:
    first = curve.iloc[0]
    values = known["difference"]
    n = max(1, len(curve))
    return (
        labels.term(
            "alt_curve",
            a=labels.case(first["case_a"]),
            b=labels.case(first["case_b"]),
            dimension=labels.dimension(first["dimension_id"]),
            count=labels.number(len(curve), 0),
            low=labels.number(values.min() if len(values) else None),
            middle=labels.number(values.median() if len(values) else None),
            high=labels.number(values.max() if len(values) else None),
            above=labels.part(float((values > _EQUAL).sum() / n)),
            below=labels.part(float((values < -_EQUAL).sum() / n)),
        )
        + " "
        + labels.abstract_note([first["case_a"], first["case_b"]])
    )
