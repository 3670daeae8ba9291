"""The bytes of a figure: the same for the same figure, with words for those who cannot see it."""

from __future__ import annotations

import base64
import io
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from matplotlib.figure import Figure

from cgutils.data.escaping import UNWRITABLE
from cgutils.present.style import DPI, style

# Pixels of a browser in an inch: the picture is shown in its true size and keeps its detail.
BROWSER_DPI = 96
PLACES = 5
# The usual 6 takes twice as long and makes these pictures no smaller.
COMPRESS_LEVEL = 3


def settle(figure: Figure) -> None:
    """Lay a figure out for good, so that its bytes do not change from run to run.

    Notes
    -----
    The constraint solver gives positions that differ in their last bits between two runs, and matplotlib
    makes the ids in an SVG from all bits. The positions are therefore rounded (to a hundred-thousandth of the
    figure, far below a pixel) and the solver is switched off.
    """
    with style():
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                if not axis.get_label_text():
                    # matplotlib would look for the place of an empty label at each drawing, by measuring
                    # every tick label.
                    axis.set_label_coords(0.5, 0.5)
        if (engine := figure.get_layout_engine()) is not None:
            engine.execute(figure)
            if any(axes.get_aspect() != "auto" for axes in figure.axes):
                # The solver starts from the positions it finds, and round axes do not fill theirs.
                engine.execute(figure)
        else:
            figure.draw_without_rendering()
        # "none" would leave a place holder, for whose sake matplotlib draws once more before it saves.
        figure.set_layout_engine(None)
        for part in figure.subfigs:
            part.bbox_relative.p0 = part.bbox_relative.p0.round(PLACES)
            part.bbox_relative.p1 = part.bbox_relative.p1.round(PLACES)
        for axes in figure.axes:
            left, low, width, height = axes.get_position(original=True).bounds
            axes.set_position(
                (round(left, PLACES), round(low, PLACES), round(width, PLACES), round(height, PLACES))
            )


def svg_bytes(figure: Figure, text: str) -> bytes:
    """Write a settled figure as SVG with title and description for screen readers."""
    title = next((words.get_text() for part in (figure, *figure.subfigs) for words in part.texts), text)
    stream = io.BytesIO()
    with style():
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    svg = stream.getvalue().decode("utf-8")
    svg = svg.replace("<svg ", f'<svg role="img" aria-label={quoteattr(text)} ', 1)
    return readable(svg.replace("</title>", f"</title>\n <desc>{escape(text)}</desc>", 1))


def readable(svg: str) -> bytes:
    """Leave out what no XML can hold: matplotlib writes every text of a figure into it as it stands."""
    return UNWRITABLE.sub("", svg).encode("utf-8")


def png_bytes(figure: Figure, text: str) -> bytes:
    """Write a settled figure as PNG with its description inside."""
    stream = io.BytesIO()
    with style():
        figure.savefig(
            stream,
            format="png",
            dpi=DPI,
            metadata={"Software": None, "Description": text},
            pil_kwargs={"compress_level": COMPRESS_LEVEL},
        )
    return stream.getvalue()


def png_bundle(figure: Figure, picture: bytes, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give what a notebook shows of a figure: the picture in its size, with its alternative text."""
    width = round(figure.get_size_inches()[0] * BROWSER_DPI)
    return (
        {"image/png": base64.b64encode(picture).decode("ascii"), "text/plain": text},
        {"image/png": {"alt": text, "width": width}},
    )
