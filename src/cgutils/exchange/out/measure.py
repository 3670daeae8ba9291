"""How wide the columns of a table are, from what stands in them."""

from __future__ import annotations

from cgutils.exchange.out.blocks import Table

# Beyond this many letters a column wraps; the share of a long column grows with the root of its length.
WRAP = 18
LONGEST_WORD = 16


def shares(table: Table) -> list[float]:
    """Divide the width of a page among the columns.

    Parameters
    ----------
    table : Table
        Any table.

    Returns
    -------
    list of float
        A share for each column, adding up to 1. A column is at least as wide as its longest word; what is left
        goes to those with the longest texts.
    """
    wants = []
    for place, column in enumerate(table.columns):
        texts = [column.heading, *(row[place].text for row in table.rows)]
        longest_word = max((len(word) for text in texts for word in text.split()), default=1)
        longest = max(map(len, texts), default=1)
        mean = sum(map(len, texts)) / len(texts)
        least = min(max(longest_word, 3), LONGEST_WORD)
        room = longest if longest <= WRAP else max(WRAP, (longest * mean) ** 0.5)
        wants.append((least + 1.5, max(room, least) + 1.5))
    least_total = sum(least for least, _ in wants)
    spare = {place: room - least for place, (least, room) in enumerate(wants)}
    total = sum(spare.values())
    # The page holds about a hundred letters of a table; narrower tables are spread out.
    page = max(100.0, least_total)
    left = page - least_total
    widths = [
        least + (left * spare[place] / total if total else left / len(wants))
        for place, (least, _) in enumerate(wants)
    ]
    return [width / sum(widths) for width in widths]
