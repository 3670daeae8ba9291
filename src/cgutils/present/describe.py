"""What a figure shows, in some lines of text that change when the drawing does.

nbval compares the text output of a cell and skips its pictures: the description printed beside a picture is
what lets a rerun notice that the picture is another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from cgutils.present.difference import explain_difference
from cgutils.present.drawing import Data, digest, figure_data

__all__ = ["describe_figure", "explain_difference", "figure_data"]

# Entries of a list that are written out, and the letters of each; the digest covers all of it.
SHOWN = 6
LETTERS = 28


def describe_figure(figure: Figure, drawn: bool = False) -> str:
    """Describe what is drawn, so that two drawings can be compared as text.

    Parameters
    ----------
    figure : Figure
        Any figure.
    drawn : bool
        Whether it has been drawn as it is, so that it need not be laid out.

    Returns
    -------
    str
        A line for the figure and, for each axes, lines for its two axes, its lines, collections, patches,
        texts, images and legend, each with the number of its members, their range and a digest of the whole
        geometry and all colours to 9 significant digits (see `figure_data`).

    Notes
    -----
    The text is the same for the same drawing on any platform and changes where a point moves by a thousandth,
    colours are swapped or an artist is missing.
    """
    data = figure_data(figure, drawn)
    width, height = data["size"]
    lines = [f"figure {_number(width)} x {_number(height)} in, axes: {len(data['axes'])}"]
    lines += _words("texts", [text["text"] for text in data["texts"]], data["texts"])
    for legend in data["legends"]:
        lines += _words("legend", legend["entries"], legend)
    for number, axes in enumerate(data["axes"], 1):
        lines += [f"axes {number}{_titles(axes)}", *(f"  {line}" for line in _axes(axes))]
    return "\n".join(lines)


def _titles(axes: Data) -> str:
    return "".join(f" {_quoted(title)}" for title in axes["titles"] if title)


def _axes(axes: Data) -> list[str]:
    lines = [_axis(name, axes[name]) for name in ("x", "y")]
    lines += _group("lines", axes["lines"])
    for number, collection in enumerate(axes["collections"], 1):
        lines.append(_collection(number, collection))
    lines += _group("patches", axes["patches"])
    lines += _words("texts", [text["text"] for text in axes["texts"]], axes["texts"])
    for image in axes["images"]:
        shape = " x ".join(str(size) for size in image["shape"])
        lines.append(f"image {shape}, {image['style']}, {digest(image)}")
    for table in axes["tables"]:
        lines += _words("table", [cell[2] for cell in table["cells"]], table)
    for legend in axes["legend"]:
        lines += _words("legend", legend["entries"], legend)
    if axes["background"]:
        lines[0] += f", on {axes['background'][0]}"
    return lines


def _axis(name: str, axis: Data) -> str:
    label = f" {_quoted(axis['label'])}" if axis["label"] else ""
    low, high = axis["limits"]
    ticks = _listed(axis["tick_labels"]) or "none"
    return f"{name}{label} {axis['scale']} {_number(low)} to {_number(high)}, ticks {ticks}, {digest(axis)}"


def _group(name: str, artists: Sequence[Data]) -> list[str]:
    if not artists:
        return []
    points = [point for artist in artists for point in artist["points"]]
    looks = [artist["colours"][0] for artist in artists]
    hatches = sorted({artist.get("hatch", "") for artist in artists} - {""})
    labels = list(dict.fromkeys(artist["label"] for artist in artists if artist["label"]))
    parts = [
        f"{name} {len(artists)}: {len(points)} points",
        *_range(points),
        f"colours {_listed(list(dict.fromkeys(looks)), quote=False)}",
        *([f"hatches {' '.join(hatches)}"] if hatches else []),
        *([f"labels {_listed(labels)}"] if labels else []),
        digest(list(artists)),
    ]
    return [", ".join(parts)]


def _collection(number: int, collection: Data) -> str:
    faces = list(dict.fromkeys(collection["colours"] or collection["edges"]))
    parts = [
        f"collection {number} {collection['type']}: {len(collection['points'])} points",
        *_range(collection["points"]),
        *([f"{len(collection['values'])} values"] if collection["values"] else []),
        f"colours {_listed(faces, quote=False) or 'none'}",
        *([f"hatch {collection['hatch']}"] if collection["hatch"] else []),
        *([f"label {_quoted(collection['label'])}"] if collection["label"] else []),
        digest(collection),
    ]
    return ", ".join(parts)


def _range(points: Sequence[Sequence[Any]]) -> list[str]:
    spans = []
    for name, place in (("x", 0), ("y", 1)):
        known = [point[place] for point in points if not isinstance(point[place], str)]
        if known:
            spans.append(f"{name} {_number(min(known))} to {_number(max(known))}")
    return spans


def _words(name: str, texts: Sequence[str], data: Any) -> list[str]:
    return [f"{name} {len(texts)}: {_listed(texts)}, {digest(data)}"] if texts else []


def _listed(texts: Sequence[str], *, quote: bool = True) -> str:
    shown = [_quoted(text) if quote else text for text in texts[:SHOWN]]
    return " ".join(shown) + (f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")


def _quoted(text: str) -> str:
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= LETTERS else flat[: LETTERS - 1] + "…"}"'


def _number(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:.6g}"
