"""Drawings compared by their description and their bytes, never by their pixels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from cgutils.execution.compare import changed_words, line_changes, quoted

# What `publish` prints: the names of the files, and the description from its first line on.
_FILE = re.compile(r"\bfigures/([a-z0-9-]+)\.svg\b")
_BEGIN = re.compile(r"^figure \S+ x \S+ in, axes: \d+$", re.MULTILINE)
_DIGEST = re.compile(r"[0-9a-f]{12}")
_LINES = 5
# A comma outside quotes.
_COMMA = re.compile(r', (?=(?:[^"]*"[^"]*")*[^"]*$)')


def split_description(text: str) -> tuple[str, str]:
    """Part what is printed beside a figure into the words before its description and the description."""
    begin = _BEGIN.search(text)
    return (text[: begin.start()], text[begin.start() :]) if begin else (text, "")


def descriptions(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Find the descriptions of figures in an executed notebook.

    Parameters
    ----------
    notebook : mapping
        A normalised notebook.

    Returns
    -------
    dict of str to str
        By the name of the drawing without its ending.
    """
    found: dict[str, str] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            words, description = split_description("".join(output.get("text", "")))
            for name in _FILE.findall(words) if description else []:
                found.setdefault(name, description)
    return found


def description_changes(stored: str, rebuilt: str) -> list[str]:
    """Say which parts of a drawing differ by its two descriptions.

    Parameters
    ----------
    stored, rebuilt : str
        See `descriptions`.

    Returns
    -------
    list of str
        Such as ``axes 1, collection 1: colours #0072b2ff -> #d55e00ff``; empty where they are equal.
    """
    old, new = _parts(stored), _parts(rebuilt)
    found = []
    for place, line in old.items():
        if place not in new:
            found.append(f"{place}: no longer drawn ({quoted(line)})")
        elif new[place] != line:
            # What the place says already is not said again.
            kind = place.split(" (")[0].removeprefix("figure, ").split(", ")[-1]
            found.append(
                f"{place}: {_line_change(*(text.removeprefix(f'{kind} ') for text in (line, new[place])))}"
            )
    return found + [
        f"{place}: newly drawn ({quoted(line)})" for place, line in new.items() if place not in old
    ]


def drawing_changes(stored: bytes, rebuilt: bytes) -> list[str]:
    """Say which lines of two SVG files differ, the first few of them; empty where the bytes are equal."""
    if stored == rebuilt:
        return []
    texts = [data.decode("utf-8", "replace").splitlines() for data in (stored, rebuilt)]
    found = line_changes(*texts) or ["other line ends"]
    return [*found[:_LINES], f"and {len(found) - _LINES} more lines"] if len(found) > _LINES else found


def _parts(description: str) -> dict[str, str]:
    """Take a description apart: each line by its place (``axes 1, lines``)."""
    found: dict[str, str] = {}
    within = "figure"
    seen: Counter[str] = Counter()
    for line in description.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "axes":
            within = place = " ".join(words[:2])
        elif words[0] == "figure":
            place = "figure"
        else:
            place = f"{within}, {' '.join(words[: 2 if words[0] == 'collection' else 1])}".rstrip(":")
        seen[place] += 1
        found[place if seen[place] == 1 else f"{place} ({seen[place]})"] = line.strip()
    return found


def _line_change(stored: str, rebuilt: str) -> str:
    old, new = _COMMA.split(stored), _COMMA.split(rebuilt)
    pairs = [pair for pair in zip(old, new, strict=False) if pair[0] != pair[1]]
    seen = [pair for pair in pairs if not _DIGEST.fullmatch(pair[0])]
    if len(old) != len(new):
        return changed_words(stored, rebuilt)
    if not seen:
        digests = ", ".join(" -> ".join(pair) for pair in pairs)
        return f"drawn otherwise in details that the description only sums up ({digests})"
    return ", ".join(_part_change(*pair) for pair in seen)


def _part_change(stored: str, rebuilt: str) -> str:
    """Say the word that two parts begin with once: ``colours #1 #2 -> #1 #3``."""
    old, new = stored.split(" "), rebuilt.split(" ")
    if old[0] == new[0] and len(old) > 1 and not old[0][-1].isdigit():
        return f"{old[0]} {_shortened(old[1:])} -> {_shortened(new[1:])}"
    return f"{_shortened(old)} -> {_shortened(new)}"


def _shortened(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text if len(text) <= 160 else f"{text[:159]}…"
