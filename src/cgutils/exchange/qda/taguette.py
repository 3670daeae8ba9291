"""Taguette projects (``project.sqlite3``): highlights by byte positions, coders from the history."""

from __future__ import annotations

import html
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from cgutils.exchange.qda.databases import Database, open_database, whole, words
from cgutils.exchange.qda.offsets import Selection
from cgutils.exchange.qda.segments import QdaFile
from cgutils.exchange.qda.textparts import NO_CODE, Coded, TextPart, segments_of, title_of
from cgutils.exchange.qda.texts import document_text

FORM = "Taguette project"
NEEDED = {
    "projects": ("id", "name"),
    "documents": ("id", "name", "project_id", "contents"),
    "highlights": ("id", "document_id", "start_offset", "end_offset", "snippet"),
    "tags": ("id", "path", "description"),
    "highlight_tags": ("highlight_id", "tag_id"),
    "commands": ("id", "user_login", "payload"),
}
# Elements that begin a line of their own.
_BLOCKS = "p div h1 h2 h3 h4 h5 h6 li ul ol table tr blockquote pre section article br dt dd hr body"
_LINES = frozenset(_BLOCKS.split())


def read_taguette(path: Path) -> QdaFile:
    """Read a Taguette project.

    Parameters
    ----------
    path : Path
        The exported ``project.sqlite3``.

    Returns
    -------
    QdaFile
        Highlights with their tags. A highlight does not name its author; whoever put a tag on it, by the
        history of the project, is the coder.

    Raises
    ------
    CgutilsError
        Where it is no such database.
    """
    with open_database(path, NEEDED, "a Taguette project (project.sqlite3)") as database:
        found = QdaFile(path.name, FORM, "Taguette")
        tags = {key: (words(name), words(text)) for key, name, text in database.rows("tags", *NEEDED["tags"])}
        found.codes = {(name,): text.strip() for name, text in sorted(tags.values())}
        coders = _coders(database)
        tagged: dict[int, list[int]] = defaultdict(list)
        for highlight, tag in database.rows("highlight_tags", "highlight_id", "tag_id"):
            tagged[highlight].append(tag)
        projects = {key: words(name) for key, name in database.rows("projects", "id", "name")}
        parts: dict[int, tuple[TextPart, list[int], tuple[str, ...]]] = {}
        titles: dict[str, int] = {}
        documents = enumerate(database.rows("documents", *NEEDED["documents"]), 1)
        for number, (key, name, project, contents) in documents:
            text, breaks = plain(words(contents))
            part = TextPart(title_of(words(name), number, titles), document_text(text), breaks=breaks)
            cases: tuple[str, ...] = (projects[project],) if len(projects) > 1 and project in projects else ()
            parts[key] = (part, _characters(text), cases)
        for key, document, start, end, snippet in database.rows("highlights", *NEEDED["highlights"]):
            if document not in parts or not any(tag in tags for tag in tagged[key]):
                found.skipped[NO_CODE] += 1
                continue
            part, characters, cases = parts[document]
            coded = [
                Coded((tags[tag][0],), coders.get((key, tag), coders.get((key, None), "")), "", cases)
                for tag in tagged[key]
                if tag in tags
            ]
            first, last = (_character(characters, whole(at)) for at in (start, end))
            part.take(Selection(first, last, plain(words(snippet))[0]), coded)
        found.add(segments_of(found, [part for part, _, _ in parts.values()]))
        return found


def plain(contents: str) -> tuple[str, list[int]]:
    """Give the text of HTML as Taguette counts it, without tags, and where its lines begin.

    Examples
    --------
    >>> plain("<h1>A &amp; B</h1><p>one <b>two</b></p><p>three</p>")
    ('A & Bone twothree', [5, 12])
    """
    first, *chunks = contents.split("<")
    pieces, size = [html.unescape(first)], len(html.unescape(first))
    breaks = [0]
    blank = not pieces[0].strip()
    for chunk in chunks:
        tag, closed, rest = chunk.partition(">")
        if not closed:
            # A mark that opens no element is text; an element that is cut off is nothing.
            rest = "" if chunk[:1].isalpha() or chunk[:1] == "/" else "<" + chunk
        if tag.strip("/ ").split(" ", 1)[0].split("/", 1)[0].lower() in _LINES:
            # Blanks between two elements are no line.
            if not blank:
                breaks.append(size)
            breaks[-1], blank = size, True
        text = html.unescape(rest)
        blank = blank and not text.strip()
        pieces.append(text)
        size += len(text)
    return "".join(pieces), [at for at in breaks[1:] if at < size]


def _characters(text: str) -> list[int]:
    widths = [len(char.encode("utf-8", errors="surrogatepass")) for char in text]
    return np.concatenate([[0], np.cumsum(widths, dtype=np.int64)]).tolist() if widths else [0]


def _character(positions: list[int], at: int | None) -> int:
    if at is None:
        return -1
    found = int(np.searchsorted(positions, at))
    return found if found < len(positions) and positions[found] == at else -1


def _coders(database: Database) -> dict[tuple[int, int | None], str]:
    """Say who put each tag on each highlight; under None, who made the highlight."""
    coders: dict[tuple[int, int | None], str] = {}
    rows = [row for row in database.rows("commands", *NEEDED["commands"]) if whole(row[0]) is not None]
    for _, user, payload in sorted(rows, key=lambda row: row[0]):
        event = _event(payload)
        if event.get("type") == "highlight_add" and isinstance(event.get("highlight_id"), int):
            highlight = event["highlight_id"]
            coders.setdefault((highlight, None), words(user))
            tags = event.get("tags")
            for tag in tags if isinstance(tags, list) else []:
                if isinstance(tag, int):
                    coders.setdefault((highlight, tag), words(user))
        elif event.get("type") == "tag_merge":
            old, new = event.get("src_tag_id"), event.get("dest_tag_id")
            if not (isinstance(old, int) and isinstance(new, int)):
                continue
            for highlight, tag in [key for key in coders if key[1] == old]:
                coders.setdefault((highlight, new), coders[highlight, tag])
    return coders


def _event(payload: Any) -> dict[str, Any]:
    try:
        event = json.loads(payload) if isinstance(payload, str) else {}
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
