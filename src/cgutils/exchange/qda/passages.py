"""The passages of imported items, which stay out of the project: a file of their own, where asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from cgutils.data.errors import CgutilsError, CollectionError, Problem
from cgutils.data.files import neutral
from cgutils.data.fingerprint import WITHHELD
from cgutils.data.project import Project
from cgutils.data.reading import read_table
from cgutils.exchange.qda.items import Item
from cgutils.exchange.qda.memos import clean
from cgutils.exchange.register import PASSAGE_COLUMNS

# Letters of a passage that a message shows.
_SHOWN = 40


def check_outside(project: Project, keep_text: Path | None) -> None:
    """Refuse a place for the passages that lies inside the project."""
    if keep_text is not None and keep_text.expanduser().resolve().is_relative_to(project.root.resolve()):
        raise CgutilsError(
            f"{keep_text}: this lies inside the project, which is published. Keep the passages in a folder "
            "outside."
        )


def passages_file(path: Path, items: Iterable[Item], ids: Mapping[str, str]) -> dict[Path, bytes]:
    """Make the file of passages as `cgutils fingerprint` reads it.

    Parameters
    ----------
    path : Path
        Where it is; rows that are there stay, those with ``none`` among them.
    items : iterable of Item
        Items with their passages.
    ids : mapping of str to str
        Item id to evidence id.

    Returns
    -------
    dict of Path to bytes
        The file to write; empty where it is there as it should be.

    Raises
    ------
    CollectionError
        Where the file holds something else, or another passage for one of the ids; all are listed.
    """
    rows: dict[str, str] = {}
    lines: dict[str, int] = {}
    if path.is_file():
        read = read_table(path, path.name, PASSAGE_COLUMNS, frozenset())
        if read.problems:
            raise CollectionError(read.problems)
        cells = read.frame[["evidence_id", "passage"]].fillna("")
        for line, name, passage in cells.itertuples(name=None):
            rows[str(name)], lines[str(name)] = str(passage), int(line)
    found: dict[str, list[str]] = {}
    for item in items:
        # The word that withholds a fingerprint is no passage.
        if item.item_id in ids and clean(item.text).lower() not in {"", WITHHELD}:
            found.setdefault(ids[item.item_id], []).append(clean(item.text))
    problems = [
        _other_passage(path.name, lines[name], name, rows[name], texts[0])
        for name, texts in found.items()
        if rows.get(name) and clean(rows[name]) not in {*texts, WITHHELD}
    ]
    if problems:
        raise CollectionError(problems)
    rows |= {name: texts[0] for name, texts in found.items() if not rows.get(name)}
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(
        [PASSAGE_COLUMNS, *((name, neutral(text)) for name, text in sorted(rows.items()))]
    )
    data = out.getvalue().encode("utf-8")
    return {} if path.is_file() and path.read_bytes() == data else {path: data}


def _other_passage(file: str, line: int, name: str, kept: str, found: str) -> Problem:
    return Problem(
        file,
        line,
        "passage",
        f"another passage of {name} ({clean(kept)[:_SHOWN]})",
        f"the one that is imported ({found[:_SHOWN]})",
        "If the passage was changed where it was coded, remove this row and run the command again; if these "
        "are passages of another project, name another file.",
    )
