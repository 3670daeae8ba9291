"""Everything that is drawn in a figure, as plain data that can be compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection, PathCollection
from matplotlib.colors import to_hex, to_rgba_array
from matplotlib.figure import Figure, FigureBase
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.table import Table
from matplotlib.text import Annotation, Text

from cgutils.present.style import style

# Enough to see one point move by a thousandth, few enough that another processor gives the same.
DIGITS = 9
# What is this small beside the largest value of its list is the dust of a subtraction, not a position.
DUST = 1e-12

Data = dict[str, Any]


def figure_data(figure: Figure, drawn: bool = False) -> Data:
    """List what is drawn in a figure.

    Parameters
    ----------
    figure : Figure
        Any figure; it is laid out once, as drawing it would.
    drawn : bool
        Whether that has been done already.

    Returns
    -------
    dict
        Plain data that ``json`` can write: ``size`` (inches), ``texts`` and ``legends`` of the figure, and
        for each of ``axes`` titles, labels, limits, scales, ticks, ``lines``, ``collections``, ``patches``,
        ``texts``, ``images``, ``tables`` and ``legend``. Floats have 9 significant digits; artists
        that are not visible and labels that begin with ``_`` are left out, and so is everything that depends
        on the fonts of the machine (extents of texts, positions of axes).
    """
    with style():
        if not drawn:
            figure.draw_without_rendering()
        texts: list[Data] = []
        legends: list[Data] = []
        for part in _parts(figure):
            texts += _each(part.texts, _text)
            legends += _each(part.legends, _legend)
        axes = [child for top in figure.axes for child in _nested(top)]
        return {
            "size": numbers(figure.get_size_inches()),
            "texts": texts,
            "legends": legends,
            "axes": [_axes(one) for one in axes if one.get_visible()],
        }


def digest(data: Any) -> str:
    """Give a short fingerprint of plain data (12 hexadecimal places of its SHA-256)."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def numbers(values: Any) -> list[Any]:
    """Turn an array into lists of floats with 9 significant digits; what is not finite becomes a word."""
    array: np.ndarray[Any, Any] = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    finite = np.abs(array[np.isfinite(array)])
    largest = float(finite.max()) if finite.size else 0.0
    array = np.where(np.abs(array) <= DUST * largest, 0.0, array)
    flat = [
        float(f"{value:.{DIGITS}g}") if np.isfinite(value) else str(float(value))
        for value in array.ravel().tolist()
    ]
    if array.ndim < 2:
        return flat
    width = array.shape[-1]
    rows = [flat[start : start + width] for start in range(0, len(flat), width)] if width else []
    return rows


def colours(value: Any) -> list[str]:
    """Turn any colours into ``#rrggbbaa``."""
    return [to_hex(colour, keep_alpha=True) for colour in to_rgba_array(value)]


def _parts(figure: FigureBase) -> Iterable[Any]:
    yield figure
    for part in figure.subfigs:
        yield from _parts(part)


def _nested(axes: Any) -> Iterable[Axes]:
    yield axes
    for child in axes.child_axes:
        yield from _nested(child)


def _each(artists: Iterable[Any], describe: Any) -> list[Data]:
    return [describe(artist) for artist in artists if artist.get_visible()]


def _label(artist: Artist) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


def _axes(axes: Axes) -> Data:
    legend = axes.get_legend()
    return {
        "titles": [axes.get_title(loc) for loc in ("left", "center", "right")],
        "x": _axis(axes.xaxis, axes.get_xlim()),
        "y": _axis(axes.yaxis, axes.get_ylim()),
        "background": colours(axes.get_facecolor()) if axes.axison else [],
        "lines": _each(axes.lines, _line),
        "collections": _each(axes.collections, _collection),
        "patches": _each(axes.patches, _patch),
        "texts": _each(axes.texts, _text),
        "images": _each(axes.images, _image),
        "tables": _each(axes.tables, _table),
        "legend": [] if legend is None or not legend.get_visible() else [_legend(legend)],
    }


def _axis(axis: Axis, limits: Sequence[float]) -> Data:
    places = np.asarray(axis.get_majorticklocs(), dtype=float)
    words = axis.get_major_formatter().format_ticks(list(places))
    low, high = sorted(limits)
    margin = DUST * max(abs(low), abs(high))
    shown = [place for place in range(len(places)) if low - margin <= places[place] <= high + margin]
    return {
        "label": axis.get_label_text(),
        "scale": axis.get_scale(),
        "limits": numbers(limits),
        "ticks": numbers(places[shown]),
        "tick_labels": [words[place] for place in shown],
    }


def _line(line: Line2D) -> Data:
    return {
        "type": type(line).__name__,
        "label": _label(line),
        "points": numbers(line.get_xydata()),
        "colours": colours([line.get_color(), line.get_markerfacecolor(), line.get_markeredgecolor()]),
        "style": str(line.get_linestyle()),
        "marker": str(line.get_marker()),
        "widths": numbers([line.get_linewidth(), line.get_markersize(), line.get_markeredgewidth()]),
        "alpha": _alpha(line),
    }


def _collection(collection: Collection) -> Data:
    offsets: np.ndarray[Any, Any] = np.ma.filled(np.ma.asarray(collection.get_offsets(), dtype=float), np.nan)
    shapes = [vertices for path in collection.get_paths() for vertices in numbers(path.vertices)]
    placed = isinstance(collection, PathCollection) or len(offsets) > 1 or bool(offsets.any())
    values = collection.get_array()
    lines: Any = collection.get_linestyle()
    sizes: Any = getattr(collection, "get_sizes", list)()
    return {
        # The class of a filled curve got a name of its own in matplotlib 3.10.
        "type": type(collection).__name__.removeprefix("FillBetween"),
        "label": _label(collection),
        # Points of a scatter are offsets of one small shape; everything else is drawn by its own outline.
        "points": numbers(offsets) if placed else shapes,
        "shape": shapes if placed else [],
        "sizes": numbers(sizes),
        "values": [] if values is None else numbers(np.ma.ravel(np.ma.asarray(values, dtype=float))),
        "colours": colours(collection.get_facecolor()),
        "edges": colours(collection.get_edgecolor()),
        "widths": numbers(np.atleast_1d(np.asarray(collection.get_linewidth(), dtype=float))),
        "dashes": [numbers([start, *(dashes or [])]) for start, dashes in lines],
        "hatch": collection.get_hatch() or "",
        "alpha": _alpha(collection),
    }


def _patch(patch: Patch) -> Data:
    if isinstance(patch, FancyArrowPatch):
        # The outline of an arrow is computed in pixels; its two ends are what was asked for.
        ends = getattr(patch, "_posA_posB", None)
        vertices = ends if ends is not None else [patch.xy1, patch.xy2]  # type: ignore[attr-defined]
    else:
        vertices = patch.get_patch_transform().transform(patch.get_path().vertices)
    return {
        "type": type(patch).__name__,
        "label": _label(patch),
        "points": numbers(vertices),
        "colours": colours([patch.get_facecolor(), patch.get_edgecolor()]),
        "widths": numbers([patch.get_linewidth()]),
        "style": str(patch.get_linestyle()),
        "hatch": patch.get_hatch() or "",
        "alpha": _alpha(patch),
    }


def _text(text: Text) -> Data:
    place = [*text.xy, *text.xyann] if isinstance(text, Annotation) else text.get_position()
    box = text.get_bbox_patch()
    return {
        "text": text.get_text(),
        "points": numbers([place]),
        "colours": colours(text.get_color()) + ([] if box is None else colours(box.get_facecolor())),
        "widths": numbers([text.get_fontsize(), text.get_rotation()]),
        "style": f"{text.get_fontweight()} {text.get_fontstyle()}",
    }


def _image(image: AxesImage) -> Data:
    values = image.get_array()
    array = np.zeros(0) if values is None else np.ma.asarray(values, dtype=float)
    return {
        "type": type(image).__name__,
        "label": _label(image),
        "shape": list(array.shape),
        "values": numbers(np.ma.ravel(array)),
        "points": numbers([image.get_extent()]),
        "limits": numbers([limit for limit in image.get_clim() if limit is not None]),
        "style": image.get_cmap().name,
        "alpha": _alpha(image),
    }


def _table(table: Table) -> Data:
    cells = sorted(table.get_celld().items())
    return {
        "cells": [[row, column, cell.get_text().get_text()] for (row, column), cell in cells],
        "colours": [colour for _, cell in cells for colour in colours(cell.get_facecolor())],
    }


def _legend(legend: Legend) -> Data:
    return {
        "title": legend.get_title().get_text(),
        "entries": [text.get_text() for text in legend.get_texts()],
        "handles": [_handle(handle) for handle in legend.legend_handles if handle is not None],
    }


def _handle(handle: Artist) -> Data:
    """Give the look of a legend handle; its place is measured in pixels and left out."""
    if isinstance(handle, Line2D):
        look = _line(handle)
    elif isinstance(handle, Patch):
        look = _patch(handle)
    elif isinstance(handle, Collection):
        look = _collection(handle)
    else:
        return {"type": type(handle).__name__}
    return {key: value for key, value in look.items() if key not in ("points", "shape", "label")}


def _alpha(artist: Artist) -> list[Any]:
    alpha: Any = artist.get_alpha()
    return [] if alpha is None else numbers(np.atleast_1d(alpha))
