"""Tables and figures of the library as blocks of a document."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing

from cgutils.exchange.out.blocks import Cell, Column, Figure, Table
from cgutils.present import markup
from cgutils.present.plates import KINDS, plate

_FIGURES = re.compile(r"[\d.,%–−\-]+|–.*")
_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"[-−]?\d[\d.,]*%?")


def block_table(key: str, table: markup.Table, title: str, notes: Sequence[str], by: str = "") -> Table:
    """Make a table a block.

    Parameters
    ----------
    key, title : str
        By which it is mentioned, and what stands above it.
    table : cgutils.Table
        Its texts are taken as they are shown; numbers keep their values for spreadsheets.
    notes : sequence of str
        Stand below it, before the note of the table itself.
    by : str
        Column that becomes headings between the rows instead of a column of its own.

    Returns
    -------
    Table
    """
    records = table.frame.to_dict("records")
    texts = table.rows()
    shown = [place for place, column in enumerate(table.columns) if not by or column.source != by]
    rows = [
        tuple(_cell(table.columns[place], row[place], record) for place in shown)
        for row, record in zip(texts, records, strict=True)
    ]
    columns = tuple(
        Column(table.columns[place].heading, _right([row[place] for row in texts])) for place in shown
    )
    headings = next(
        ([row[n] for row in texts] for n, c in enumerate(table.columns) if c.source == by and by), []
    )
    return Table(key, title, columns, tuple(rows), (*notes, table.note), groups_of(headings))


def groups_of(headings: Sequence[str]) -> dict[int, str]:
    """Give the rows before which a heading stands: wherever it changes.

    Examples
    --------
    >>> groups_of(["a", "a", "b"])
    {0: 'a', 2: 'b'}
    """
    changes = [0, *(place for place, (a, b) in enumerate(pairwise(headings), 1) if a != b)]
    return {place: headings[place] for place in changes} if headings else {}


def block_figure(
    key: str,
    drawing: Drawing,
    title: str,
    notes: Sequence[str],
    without: str = "",
    kinds: Sequence[str] = KINDS,
) -> Figure:
    """Make a figure a block; its own title and notes become text, but for a sentence that is said better."""
    cut = plate(drawing, kinds)
    own = " ".join(cut.note.replace(without, "").split()) if without else cut.note
    return Figure(
        key, title or cut.title, cut.alt, cut.png, cut.svg, cut.pdf, cut.width, cut.height, (own, *notes)
    )


def _right(texts: Sequence[str]) -> bool:
    # Figures stand under figures; a dash with its reason may stand among them.
    return bool(texts) and all(_FIGURES.fullmatch(text) for text in texts) and any(map(_DIGIT.search, texts))


def _cell(column: markup.Column, text: str, record: Mapping[Hashable, Any]) -> Cell:
    value = record.get(column.source)
    if not column.numeric or not _NUMBER.fullmatch(text) or pd.isna(value):
        return Cell(text)
    return Cell(text, float(value), _pattern(text, float(value)))


def _pattern(text: str, value: float) -> str:
    """Give the number format by which a spreadsheet shows the value as the text does."""
    digits, percent = text.rstrip("%"), text.endswith("%")
    marks = re.findall(r"[.,]", digits)
    tail = re.split(r"[.,]", digits)[-1] if marks else ""
    figures = float(re.sub(r"\D", "", digits))

    def miss(shown: float) -> float:
        # What is in percent may be a share of one.
        return min(abs(abs(each) - shown) for each in (value, 100 * value if percent else value))

    # The last mark is the decimal one, unless it marks thousands: then it is the only kind of mark, and the
    # figures read so are the value.
    thousands = len(tail) == 3 and len(set(marks)) == 1
    thousands = thousands and (len(marks) > 1 or miss(figures) < miss(figures / 1000))
    places = 0 if thousands else len(tail)
    pattern = ("#,##0" if len(marks) > (1 if places else 0) else "0") + ("." + "0" * places if places else "")
    if not percent:
        return pattern
    # A share of one is shown times a hundred; what is in percent already only gets the sign.
    is_share = abs(100 * abs(value) - figures / 10**places) <= 0.51 * 10**-places
    return pattern + ("%" if is_share else '"%"')
