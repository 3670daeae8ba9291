"""How wide the columns of a table are and how many lines it takes, from what stands in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cgutils.exchange.out.blocks import Table

# Letters in a line of a table, the margins of a cell in letters, how much wider bold letters are.
PAGE, MARGIN, BOLD = 100, 2.6, 1.15
# A column does not ask for more than this many letters, however long its texts.
MOST = 60
LONGEST_WORD = 18


def shares(table: Table, page: float = PAGE) -> list[float]:
    """Divide the width of a page among the columns.

    Parameters
    ----------
    table : Table
        Any table.
    page : float
        Letters that fit in a line of it.

    Returns
    -------
    list of float
        A share for each column, adding up to 1. A column is at least as wide as its longest word;
        what is left goes to those whose texts are longest.
    """
    least, wanted = zip(*(_column(table, place) for place in range(len(table.columns))), strict=True)
    left = page - sum(least)
    if left <= 0:
        widths = list(least)
    elif sum(wanted) <= page:
        widths = [want + (page - sum(wanted)) * want / sum(wanted) for want in wanted]
    else:
        spare = [want - need for need, want in zip(least, wanted, strict=True)]
        widths = [need + left * more / sum(spare) for need, more in zip(least, spare, strict=True)]
    return [width / sum(widths) for width in widths]


def lines(table: Table, widths: Sequence[float], page: float = PAGE) -> int:
    """Estimate how many lines a table takes.

    Parameters
    ----------
    table : Table
        Any table.
    widths : sequence of float
        As `shares` gives them.
    page : float
        Letters that fit in a line of it.

    Returns
    -------
    int
    """
    rooms = [max(1.0, page * width - MARGIN) for width in widths]
    rows = [
        max((math.ceil(len(cell.text) / room) or 1 for cell, room in zip(row, rooms, strict=True)), default=1)
        for row in table.rows
    ]
    return sum(rows) + len(table.groups)


def _column(table: Table, place: int) -> tuple[float, float]:
    heading = table.columns[place].heading
    texts = [row[place].text for row in table.rows]
    word = max([_longest(text) for text in texts] + [BOLD * _longest(heading)], default=1.0)
    # Figures are set in a little from the right.
    margin = MARGIN + (2 if table.columns[place].numeric else 0)
    least = min(word, LONGEST_WORD) * 1.05 + margin
    longest = max(map(len, texts), default=0)
    mean = sum(map(len, texts)) / max(1, len(texts))
    # A heading may wrap; a long text counts by its usual length as well.
    wish = max(
        min(longest, MOST) if longest <= 24 else min((longest * mean) ** 0.5 + 8, MOST), len(heading) / 2
    )
    return least, max(least, wish + margin)


def _longest(text: str) -> float:
    # A line may break after a hyphen, but a name such as coder-1 or banjar-001 should not.
    return max(map(len, text.split()), default=1)
