"""Ids that must be one of a kind in the whole collection, and words that no id may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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


def check_unique_ids(case_tables: Mapping[str, Tables], context: Mapping[str, Tables]) -> list[Problem]:
    """Find ids of evidence and claims that two folders use.

    Parameters
    ----------
    case_tables, context : mapping of str to mapping
        Tables of each case and each context topic as text, index = line in the file.

    Returns
    -------
    list of Problem
        One for each second use.
    """
    problems = []
    for table, column in _EVERYWHERE:
        owner: dict[str, str] = {}
        for folder, name, frame in _folders(case_tables, context, table):
            for line, item in frame[column].items():
                if owner.setdefault(item, name) != name:
                    problems.append(
                        Problem(
                            f"{folder}/{table}.csv",
                            int(str(line)),
                            column,
                            f"{item}, which {owner[item]} uses already",
                            "ids that are unique in the whole collection",
                            f"Begin it with the name of its folder: {name.split()[-1]}-001.",
                        )
                    )
    return problems


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
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    for parent, what, found in (("cases", "case", case_tables), ("context", "context", context)):
        for name, tables in found.items():
            if table in tables:
                yield f"data/raw/{parent}/{name}", f"{what} {name}", tables[table]
