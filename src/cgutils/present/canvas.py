"""An empty figure with its title, legend and notes in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from matplotlib.artist import Artist
from matplotlib.figure import Figure, SubFigure

from cgutils.present import style
from cgutils.present.saving import png_bundle, png_bytes

_BLANK: WeakSet[Figure] = WeakSet()


class Picture(Figure):
    """A figure that a notebook shows with its alternative text, without pyplot and its global state."""

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        text = str(self.get_label())
        return png_bundle(self, png_bytes(self, text), text)


def new_figure(
    width: float, height: float, title: str, handles: Sequence[Artist], notes: Sequence[str]
) -> tuple[Figure, SubFigure]:
    """Make an empty figure with a title, and a legend and notes at its foot.

    Parameters
    ----------
    width, height : float
        Inches of the part that will hold the axes; the foot is added to the height.
    title : str
        Stands above the axes.
    handles : sequence of Artist
        Legend entries; they are set in as many columns as fit.
    notes : sequence of str
        Sentences below the legend; empty ones are left out.

    Returns
    -------
    tuple of Figure and SubFigure
        The figure, and the part of it in which the axes go.
    """
    letters = int((width - 0.2) / (style.LETTER * 7.5))
    note = "\n".join(style.wrap(sentence, letters) for sentence in notes if sentence)
    widest = max((len(str(handle.get_label())) for handle in handles), default=1)
    columns = max(1, min(len(handles), int((width - 0.2) / (widest * style.LETTER * 8 + 0.6))))
    legend_height = -(-len(handles) // columns) * style.LINE * 8 * 1.35 + 0.05 if handles else 0.0
    note_height = (note.count("\n") + 1) * style.LINE * 7.5 + 0.05 if note else 0.0
    foot_height = legend_height + note_height + 0.08
    heading = style.wrap(title, int((width - 0.2) / (style.LETTER * 11.5)))
    head_height = (heading.count("\n") + 1) * style.LINE * 10.5 + 0.12
    heights = [head_height, height, foot_height]
    figure = Picture(figsize=(round(width, 2), round(sum(heights), 2)), layout="constrained")
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=0.08, h_pad=0.06, wspace=0.03, hspace=0.03)
    parts: Any = figure.subfigures(3, 1, height_ratios=heights)
    head, main, foot = parts
    head.text(0.1 / width, 1 - 0.09 / head_height, heading, va="top", fontsize=10.5, weight="bold")
    if handles:
        foot.legend(
            handles=list(handles),
            loc="upper left",
            bbox_to_anchor=(0.1 / width, 1.0),
            ncols=columns,
            borderaxespad=0,
            borderpad=0,
            columnspacing=1.4,
            handlelength=1.8,
        )
    if note:
        foot.text(
            0.1 / width,
            1 - legend_height / foot_height,
            note,
            va="top",
            ha="left",
            fontsize=7.5,
            color=style.MUTED,
            linespacing=1.15,
        )
    return figure, main


def nothing_to_draw(title: str, said: str) -> Figure:
    """Make a figure that says that there is nothing to draw, so that none is taken for forgotten.

    Parameters
    ----------
    title : str
        Title that the figure would have.
    said : str
        What is said instead.

    Returns
    -------
    Figure
        Its alternative text says the same.
    """
    with style.style():
        figure, main = new_figure(8.0, 0.8, title, [], [])
        axes = main.subplots()
        axes.set_axis_off()
        axes.text(0.0, 0.5, said, transform=axes.transAxes, va="center", color=style.MUTED)
    set_alt_text(figure, f"{title}. {said}")
    _BLANK.add(figure)
    return figure


def is_blank(figure: Figure) -> bool:
    """Say whether a figure is one that `nothing_to_draw` made."""
    return figure in _BLANK


def set_alt_text(figure: Figure, text: str) -> None:
    """Attach the text that stands for a figure where it cannot be seen."""
    # The label is matplotlib's own free text of an artist: it survives copying and pickling.
    figure.set_label(" ".join(text.split()))
