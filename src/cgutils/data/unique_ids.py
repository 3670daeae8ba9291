"""Ids that must be one of a kind in the whole collection, and words that no id may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from cgutils.data.errors import Problem

Tables = Mapping[str, pd.DataFrame]
# A coder's id heads a column beside these, or stands where the adjudication does.
RESERVED_CODERS = (
    "adjudicated",
    "agree",
    "case_id",
    "consensus",
    "dimension_id",
    "indicator_id",
    "level",
    "status",
)
_EVERYWHERE = (("evidence", "evidence_id"), ("claims", "claim_id"))
# Up to so many ids of another folder are named one by one.
_SINGLY = 3


def check_unique_ids(case_tables: Mapping[str, Tables], context: Mapping[str, Tables]) -> list[Problem]:
    """Find ids of evidence and claims that two folders use.

    Parameters
    ----------
    case_tables, context : mapping of str to mapping
        Tables of each case and each context topic as text, index = line in the file.

    Returns
    -------
    list of Problem
        One for each second use; one in all where a folder repeats many ids of another.
    """
    problems = []
    for table, column in _EVERYWHERE:
        uses: dict[str, list[tuple[_Use, int]]] = {}
        for use, frame in _folders(case_tables, context, table):
            for line, item in frame[column].items():
                uses.setdefault(item, []).append((use, int(str(line))))
        shared: dict[tuple[_Use, _Use], list[tuple[int, str]]] = {}
        for item, places in uses.items():
            if len(places) < 2:
                continue
            # The folder with which the id begins is where it belongs, whichever comes first.
            keep = next((use for use, _ in places if use.owns(item)), places[0][0])
            for use, line in places:
                if use is not keep:
                    shared.setdefault((use, keep), []).append((line, item))
        for (change, keep), items in shared.items():
            file = f"{change.folder}/{table}.csv"
            problems += _used_twice(file, column, change.name, keep.name, sorted(items))
    return problems


@dataclass(frozen=True)
class _Use:
    """A folder that uses ids, and how messages name it."""

    folder: str
    name: str

    def owns(self, item: str) -> bool:
        """Say whether an id begins with the name of this folder."""
        return item.startswith(f"{self.folder.rpartition('/')[2]}-")


def _used_twice(file: str, column: str, name: str, other: str, items: list[tuple[int, str]]) -> list[Problem]:
    allowed = "ids that are unique in the whole collection"
    short = name.rsplit(maxsplit=1)[-1]
    if len(items) > _SINGLY:  # a folder that was copied: one message, not one for each row
        found = f"{len(items)} ids that {other} uses already, from {items[0][1]} to {items[-1][1]}"
        fix = f"Begin them all with the name of their folder ({short}-001), also where they are cited."
        return [Problem(file, items[0][0], column, found, allowed, fix)]
    fix = f"Begin it with the name of its folder: {short}-001."
    return [
        Problem(file, line, column, f"{item}, which {other} uses already", allowed, fix)
        for line, item in items
    ]


def check_coder_ids(coders: pd.DataFrame) -> list[Problem]:
    """Find coders whose id is a word that the results use for something else.

    Parameters
    ----------
    coders : DataFrame
        ``coders.csv`` as text, index = line in the file.

    Returns
    -------
    list of Problem
        One for each such coder.
    """
    return [
        Problem(
            "data/raw/coders.csv",
            int(str(line)),
            "coder_id",
            f"{coder}, a word that tables of results use themselves",
            f"any id but {', '.join(RESERVED_CODERS)}",
            f"Name the coder otherwise, for example coder-{coder}.",
        )
        for line, coder in coders["coder_id"].items()
        if coder in RESERVED_CODERS
    ]


def _folders(
    case_tables: Mapping[str, Tables], context: Mapping[str, Tables], table: str
) -> Iterator[tuple[_Use, pd.DataFrame]]:
    for parent, what, found in (("cases", "case", case_tables), ("context", "context", context)):
        for name, tables in found.items():
            if table in tables:
                yield _Use(f"data/raw/{parent}/{name}", f"{what} {name}"), tables[table]
