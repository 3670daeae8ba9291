"""Tables compared cell by cell, rows matched by their keys."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PINNED, ELSEWHERE = 1e-9, 1e-6
# Nothing with a leading zero: that is a code, not a number.
_NUMBER = re.compile(r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_BLANK = frozenset({"", "nan", "NaN"})
Row = dict[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True)
class TableChange:
    """One difference between two tables.

    Parameters
    ----------
    said : str
        The difference in words.
    row : dict of str to str
        The cells that identify the row, by heading; empty where the whole table is meant.
    """

    said: str
    row: Row = field(default_factory=dict)


def same_cell(stored: str, rebuilt: str, tolerance: float = PINNED) -> bool:
    """Say whether two cells hold the same.

    Parameters
    ----------
    stored, rebuilt : str
        The cells as written; a blank cell and ``nan`` are missing values, which equal each other.
    tolerance : float
        Relative to the larger of two numbers. Two whole numbers must be equal: they count something.

    Returns
    -------
    bool

    Examples
    --------
    >>> same_cell("0.1", "0.10000000001"), same_cell("12", "12.0"), same_cell("0", "")
    (True, True, False)
    """
    if stored == rebuilt or {stored, rebuilt} <= _BLANK:
        return True
    if not (_NUMBER.fullmatch(stored) and _NUMBER.fullmatch(rebuilt)):
        return False
    if _WHOLE.fullmatch(stored) and _WHOLE.fullmatch(rebuilt):
        return _whole(stored) == _whole(rebuilt)
    a, b = float(stored), float(rebuilt)
    # Two infinities (1e999) have no difference to measure: only the same text is the same.
    return abs(a - b) <= tolerance * max(abs(a), abs(b)) < float("inf")


def compare_tables(stored: str, rebuilt: str, tolerance: float = PINNED) -> tuple[TableChange, ...]:
    """Compare two tables.

    Parameters
    ----------
    stored, rebuilt : str
        CSV text with a heading row.
    tolerance : float
        See `same_cell`.

    Returns
    -------
    tuple of TableChange
        Changed columns, rows that went or came, then for each changed row its cells
        (``banjar / ground_rules: membership 0.67 -> 0.33``); empty where the tables are the same.
    """
    try:
        (old_columns, old), (new_columns, new) = _read(stored), _read(rebuilt)
    except ValueError as error:
        return (TableChange(f"the stored table cannot be read ({error})"),)
    changes = [TableChange(f"column {name} went") for name in old_columns if name not in new_columns]
    changes += [TableChange(f"column {name} came") for name in new_columns if name not in old_columns]
    shared = [name for name in old_columns if name in new_columns]
    if not changes and old_columns != new_columns:
        changes.append(TableChange("the columns are in another order"))
    keys = key_columns(shared, old, new)
    before, after = _by_key(old, keys), _by_key(new, keys)
    changes += [_told(before[key], keys, key, "row went") for key in before if key not in after]
    changes += [_told(after[key], keys, key, "row came") for key in after if key not in before]
    for key in before:
        if key in after and (said := _cells(before[key], after[key], shared, tolerance)):
            changes.append(_told(before[key], keys, key, said))
    if not changes and list(before) != list(after):
        changes.append(TableChange("the rows are in another order"))
    return tuple(changes)


def key_columns(columns: Iterable[str], *tables: Sequence[Row]) -> tuple[str, ...]:
    """Choose the columns that tell the rows of tables apart.

    Parameters
    ----------
    columns : iterable of str
        Columns that all tables have.
    *tables : sequence of dict
        The rows.

    Returns
    -------
    tuple of str
        The columns with ids, and as many further columns of text, from the left, as are needed; all of these
        where they still do not suffice.
    """
    columns = list(columns)
    # label_id beside label_en is Indonesian, not an id.
    ids = [name for name in columns if name.endswith("_id") and f"{name[:-3]}_en" not in columns]
    texts = [
        name
        for name in columns
        if name not in ids
        and all(row[name] and not _NUMBER.fullmatch(row[name]) for table in tables for row in table)
    ]
    chosen = set(ids)
    for name in texts:
        if chosen and all(_tell_apart(table, chosen) for table in tables):
            break
        chosen.add(name)
    return tuple(name for name in columns if name in chosen)


def _tell_apart(table: Sequence[Row], columns: Iterable[str]) -> bool:
    return len({tuple(row[name] for name in columns) for row in table}) == len(table)


def _read(text: str) -> tuple[list[str], list[Row]]:
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(error) from error
    columns = lines[0] if lines else []
    if len(set(columns)) < len(columns):
        raise ValueError("a heading stands there twice")
    for number, line in enumerate(lines[1:], 2):
        if len(line) != len(columns):
            raise ValueError(f"row {number} has {len(line)} cells, the heading {len(columns)}")
    return columns, [dict(zip(columns, line, strict=True)) for line in lines[1:]]


def _by_key(rows: Sequence[Row], keys: Sequence[str]) -> dict[Key, Row]:
    """Index rows by key; the second row with the same key is the second one in the other table as well."""
    seen: Counter[Key] = Counter()
    found: dict[Key, Row] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        seen[key] += 1
        found[key if seen[key] == 1 else (*key, f"row {seen[key]}")] = row
    return found


def _told(row: Row, keys: Sequence[str], key: Key, said: str) -> TableChange:
    # An indicator belongs to one dimension, which need not be said.
    silent = "dimension_id" if "indicator_id" in keys else None
    shown = [row[name] for name in keys if name != silent] + list(key[len(keys) :])
    place = " / ".join(shown) if keys else "row 1" if not key else key[-1]
    return TableChange(f"{place}: {said}", {name: row[name] for name in keys})


def _cells(old: Row, new: Row, columns: Iterable[str], tolerance: float) -> str:
    return ", ".join(
        f"{name} {old[name] or 'blank'} -> {new[name] or 'blank'}"
        for name in columns
        if not same_cell(old[name], new[name], tolerance)
    )


def _whole(text: str) -> str:
    digits = text.lstrip("+-")
    return f"-{digits}" if text.startswith("-") and digits != "0" else digits
