"""The grid that the heat map, the actors and the recommendations share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import seaborn as sns
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cgutils.present import canvas, style

# From this many cases on they run down the page, because their names would no longer fit across it.
MOST_COLUMNS = 8


@dataclass(frozen=True)
class Cell:
    """One cell: its place in the palette (None: no colour), what is written, and its hatch."""

    shade: int | None
    text: str
    hatch: str = ""
    background: str = style.EMPTY


@dataclass(frozen=True)
class Grid:
    """Items by cases.

    Parameters
    ----------
    items : sequence of tuple of str
        Group and label of each item; a group is announced by a heading, "" by none.
    cases : sequence of str
        Labels of the cases.
    cells : sequence of sequence of Cell
        One sequence an item, one cell a case.
    palette : sequence of str
        Colours by shade, light to dark.
    """

    items: Sequence[tuple[str, str]]
    cases: Sequence[str]
    cells: Sequence[Sequence[Cell]]
    palette: Sequence[str]


def draw_grid(
    grid: Grid,
    title: str,
    handles: Sequence[Artist],
    notes: Sequence[str],
    item_width: int = 40,
    size: float = 8.5,
) -> Figure:
    """Draw a grid, the items down the page and the cases across; many cases run down the page instead.

    Parameters
    ----------
    grid : Grid
        What is drawn.
    title : str
        Title of the figure.
    handles : sequence of Artist
        Legend entries.
    notes : sequence of str
        Notes at the foot.
    item_width : int
        Letters after which the label of an item is wrapped.
    size : float
        Points of what is written in coloured cells.

    Returns
    -------
    Figure
    """
    names, cells, headings = _with_headings(grid)
    across = len(grid.cases) > MOST_COLUMNS
    names = [style.wrap(name, 30 if across else item_width) for name in names]
    cases = [style.wrap(case, 24 if across else 12) for case in grid.cases]
    lines = style.lines_of(names) * style.LINE * 8
    if across:
        longest = max(len(cell.text) for row in grid.cells for cell in row)
        cell_width = max(0.34, lines + 0.08, longest * style.LETTER * 8 + 0.08)
        width = 0.6 + 24 * style.LETTER * 8.5 + len(names) * cell_width
        height = 0.9 + 32 * style.LETTER * 8 + len(cases) * 0.27
    else:
        width = max(6.5, 0.5 + item_width * style.LETTER * 8.5 + len(cases) * 0.95)
        height = 0.9 + len(names) * max(0.27, lines + 0.07)
    figure, main = canvas.new_figure(width, height, title, handles, notes)
    axes = main.subplots()
    if across:
        _paint(axes, [list(column) for column in zip(*cells, strict=True)], grid.palette, size)
        _name(axes, names, cases, upright=True)
    else:
        _paint(axes, cells, grid.palette, size)
        _name(axes, cases, names, upright=False)
    for place, heading in headings.items():
        _announce(axes, place, heading, upright=across)
    return figure


def _with_headings(grid: Grid) -> tuple[list[str], list[list[Cell | None]], dict[int, str]]:
    names: list[str] = []
    cells: list[list[Cell | None]] = []
    headings: dict[int, str] = {}
    group = ""
    for (item_group, label), row in zip(grid.items, grid.cells, strict=True):
        if item_group and item_group != group:
            headings[len(names)] = item_group
            names.append("")
            cells.append([None] * len(grid.cases))
        group = item_group
        names.append(label)
        cells.append(list(row))
    return names, cells, headings


def _paint(axes: Axes, cells: Sequence[Sequence[Cell | None]], palette: Sequence[str], size: float) -> None:
    shades = np.array(
        [[np.nan if cell is None or cell.shade is None else cell.shade for cell in row] for row in cells]
    )
    texts = [["" if cell is None else cell.text for cell in row] for row in cells]
    sns.heatmap(
        shades,
        ax=axes,
        mask=np.isnan(shades),
        cmap=ListedColormap(list(palette)),
        vmin=-0.5,
        vmax=len(palette) - 0.5,
        cbar=False,
        annot=np.array(texts),
        fmt="",
        annot_kws={"fontsize": size},
        linewidths=1.2,
        linecolor="white",
        xticklabels=False,
        yticklabels=False,
    )
    for down, row in enumerate(cells):
        for right, cell in enumerate(row):
            if cell is not None and cell.shade is None:
                _paint_uncoloured(axes, right, down, cell)


def _paint_uncoloured(axes: Axes, right: int, down: int, cell: Cell) -> None:
    axes.add_patch(
        Rectangle(
            (right + 0.02, down + 0.03),
            0.96,
            0.94,
            facecolor=cell.background,
            edgecolor=style.MUTED,
            hatch=cell.hatch or None,
            linewidth=0,
        )
    )
    axes.text(
        right + 0.5,
        down + 0.5,
        cell.text,
        ha="center",
        va="center",
        fontsize=8,
        # The hatch would run through the letters: they stand on a patch of the cell's own ground.
        bbox={"boxstyle": "square,pad=0.15", "facecolor": cell.background, "edgecolor": "none"},
    )


def _name(axes: Axes, across: Sequence[str], down: Sequence[str], *, upright: bool) -> None:
    axes.set_xticks([position + 0.5 for position in range(len(across))], across)
    axes.set_yticks([position + 0.5 for position in range(len(down))], down)
    axes.tick_params(length=0, bottom=False, labelbottom=False, labeltop=True, labelsize=8.5)
    axes.tick_params(axis="x", labelrotation=90 if upright else 0, labelsize=8 if upright else 8.5)
    axes.tick_params(axis="y", labelrotation=0)
    axes.set(xlabel="", ylabel="")


def _announce(axes: Axes, place: int, heading: str, *, upright: bool) -> None:
    axes.text(
        *((place + 0.5, 0.05) if upright else (0.02, place + 0.6)),
        heading,
        rotation=90 if upright else 0,
        ha="center" if upright else "left",
        va="top" if upright else "center",
        fontsize=8.5,
        weight="bold",
    )
