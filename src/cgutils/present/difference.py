"""What differs between two drawings, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cgutils.present.drawing import Data

# What a field of an artist is called; fields that are lists are counted member by member.
FIELDS = {
    "points": "points moved",
    "shape": "points of the marker changed",
    "sizes": "sizes changed",
    "values": "values changed",
    "colours": "colours changed",
    "edges": "edge colours changed",
    "widths": "widths or sizes changed",
    "cells": "cells changed",
    "limits": "colour limits changed",
    "alpha": "transparencies changed",
}
KINDS = {
    "lines": ("line", "lines"),
    "collections": ("collection", "collections"),
    "patches": ("patch", "patches"),
    "texts": ("text", "texts"),
    "images": ("image", "images"),
    "tables": ("table", "tables"),
    "legend": ("legend", "legends"),
}
MOST = 20


def explain_difference(a: Data, b: Data) -> list[str]:
    """Say what differs between two figures.

    Parameters
    ----------
    a, b : dict
        `figure_data` of the figure that was expected and of the one that was found.

    Returns
    -------
    list of str
        One sentence for each difference (``axes 1, collection 1: 1 of 600 points moved``), at most 20 and a
        last one with the number of the others; empty where nothing differs.
    """
    found: list[str] = []
    if a["size"] != b["size"]:
        found.append(f"figure: size was {_size(a)}, is {_size(b)}")
    found += _artists("figure", "texts", a["texts"], b["texts"])
    found += _artists("figure", "legend", a["legends"], b["legends"])
    if len(a["axes"]) != len(b["axes"]):
        found.append(f"figure: {_count(len(a['axes']), 'axes', 'axes')} became {len(b['axes'])}")
    for number, (one, other) in enumerate(zip(a["axes"], b["axes"], strict=False), 1):
        found += _axes(f"axes {number}", one, other)
    if len(found) > MOST:
        found = [*found[:MOST], f"and {len(found) - MOST} more differences"]
    return found


def _axes(place: str, a: Data, b: Data) -> list[str]:
    found = [
        f"{place}: {name} was {a[name]}, is {b[name]}"
        for name in ("titles", "background")
        if a[name] != b[name]
    ]
    for name in ("x", "y"):
        for part in ("label", "scale", "limits", "ticks", "tick_labels"):
            if a[name][part] != b[name][part]:
                words = part.replace("_", " ")
                found.append(f"{place}: {name} {words} were {a[name][part]}, are {b[name][part]}")
    for kind in KINDS:
        found += _artists(place, kind, a[kind], b[kind])
    return found


def _artists(place: str, kind: str, a: Sequence[Data], b: Sequence[Data]) -> list[str]:
    singular, plural = KINDS[kind]
    if len(a) != len(b):
        return [f"{place}: {_count(len(a), singular, plural)} became {len(b)}"]
    if kind == "patches":
        return _patches(place, a, b)
    found = []
    for number, (one, other) in enumerate(zip(a, b, strict=True), 1):
        found += _fields(f"{place}, {singular} {number}", one, other)
    return found


def _patches(place: str, a: Sequence[Data], b: Sequence[Data]) -> list[str]:
    """Count patches as the bars of one chart rather than telling of each alone."""
    words = {
        "points": "moved",
        "colours": "changed colour",
        "hatch": "changed hatch",
        "label": "changed label",
    }
    found = []
    for field in sorted({key for patch in (*a, *b) for key in patch}):
        changed = sum(one.get(field) != other.get(field) for one, other in zip(a, b, strict=True))
        if changed:
            what = words.get(field, f"changed {field}")
            found.append(f"{place}: {changed} of {_count(len(a), 'patch', 'patches')} {what}")
    return found


def _fields(place: str, a: Data, b: Data) -> list[str]:
    found = []
    for field in sorted({*a, *b}):
        one, other = a.get(field), b.get(field)
        if one == other:
            continue
        if field in FIELDS and isinstance(one, list) and isinstance(other, list):
            found.append(f"{place}: {_members(one, other, FIELDS[field])}")
        else:
            found.append(f"{place}: {field} was {_short(one)}, is {_short(other)}")
    return found


def _members(a: Sequence[Any], b: Sequence[Any], words: str) -> str:
    if len(a) != len(b):
        return f"{len(a)} became {len(b)} ({words})"
    changed = sum(one != other for one, other in zip(a, b, strict=True))
    return f"{changed} of {len(a)} {words}"


def _count(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"


def _size(data: Data) -> str:
    return " x ".join(f"{side:g}" for side in data["size"]) + " in"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
