"""A figure without the words that a document sets itself: its title above and its notes below."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from cgutils.present.publish import alt_text
from cgutils.present.saving import readable, settle
from cgutils.present.style import style

# Fine enough for print once the picture is scaled to the width of a page.
PRINT_DPI = 220
# Which file format gets which words of its own; nothing that changes from run to run.
_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
KINDS = tuple(_METADATA)


@dataclass(frozen=True)
class Plate:
    """A figure cut to what is drawn.

    Parameters
    ----------
    title, note : str
        What stood above and below the drawing.
    alt : str
        What stands for it where it cannot be seen.
    png, svg, pdf : bytes
        The drawing with its legend; empty where it was not asked for.
    width, height : float
        Inches.
    """

    title: str
    note: str
    alt: str
    png: bytes = field(repr=False)
    svg: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    width: float
    height: float


def plate(figure: Figure, kinds: Sequence[str] = KINDS) -> Plate:
    """Cut title and notes from a figure and give them as text.

    Parameters
    ----------
    figure : Figure
        Made by one of the ``plot_`` functions; it is used up.
    kinds : sequence of str
        File formats that are wanted.

    Returns
    -------
    Plate

    Raises
    ------
    CgutilsError
        Where the figure has no alternative text.
    """
    alt = alt_text(figure)
    if kinds:
        settle(figure)
    with style():
        head, _, foot = figure.subfigs
        width, top = float(figure.get_figwidth()), float(head.bbox.y0) / figure.dpi
        bottom = max((_top(text, figure) for text in foot.texts), default=0.0)
        title, note = (" ".join(" ".join(t.get_text() for t in part.texts).split()) for part in (head, foot))
        for text in [*head.texts, *foot.texts]:
            text.remove()
        box = Bbox([[0, bottom], [width, top]])
        files = {kind: _saved(figure, kind, box) if kind in kinds else b"" for kind in KINDS}
    return Plate(title, note, alt, files["png"], files["svg"], files["pdf"], width, round(top - bottom, 4))


def _top(text: Any, figure: Figure) -> float:
    return round(float(text.get_window_extent().y1) / figure.dpi + 0.02, 4)


def _saved(figure: Figure, ending: str, box: Bbox) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format=ending, dpi=PRINT_DPI, bbox_inches=box, metadata=_METADATA[ending])
    made = stream.getvalue()
    return readable(made.decode("utf-8")) if ending == "svg" else made
