"""What differs between a case as it stands and as it would be, value by value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from cgutils.data.casefiles import UNWRITTEN
from cgutils.data.checking import records, split_ids
from cgutils.data.fields import TableSpec

# (whether something that stands there is changed or taken away, what to tell)
Change = tuple[bool, str]
_NAMED = 8
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def case_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Compare what ``case.yaml`` says.

    Parameters
    ----------
    old, new : mapping
        Keys and values; empty where there is no such case yet.

    Returns
    -------
    list of (bool, str)
        Whether something that stands there is changed, and the line to tell.
    """
    if not old:
        return [(False, "case.yaml: new")] if new else []
    before, after = dict(_leaves(old)), dict(_leaves(new))
    after |= {path: None for path in before if path not in after}
    return [
        (
            before.get(path) not in (None, *UNWRITTEN.values()),
            f"case.yaml: {path}: {_short(before.get(path))} -> {_short(value)}",
        )
        for path, value in after.items()
        if not _same(before.get(path), value, "string")
    ]


def table_changes(spec: TableSpec, old: pd.DataFrame, new: pd.DataFrame) -> list[Change]:
    """Compare a table by its key; another order of rows is no change.

    Parameters
    ----------
    spec : TableSpec
        Its columns and key.
    old, new : DataFrame
        As text, missing cells as None.

    Returns
    -------
    list of (bool, str)
        One entry for rows added, one for each row removed and for each cell changed (up to eight of a table,
        then their number).
    """
    before, after = _by_key(spec, old), _by_key(spec, new)
    added = [key for key in after if key not in before]
    lines: list[Change] = []
    if added:
        lines.append((False, f"{spec.name}.csv: {len(added)} row{'' if len(added) == 1 else 's'} added"))
    changed = [f"{_named(key)}: row removed" for key in before if key not in after]
    for key, row in after.items():
        for column, facts in spec.columns.items():
            was = before[key][column] if key in before else None
            if key in before and not _same(was, row[column], facts["kind"]):
                changed.append(f"{_named(key)}: {column}: {_short(was)} -> {_short(row[column])}")
    lines += [(True, f"{spec.name}.csv: {line}") for line in changed[:_NAMED]]
    if len(changed) > _NAMED:
        lines.append((True, f"{spec.name}.csv: {len(changed) - _NAMED} more cells changed or rows removed"))
    return lines


def as_spelt(spec: TableSpec, old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Give the new table with the old spelling of each value that is the same (80.60 for 80.6)."""
    before = _by_key(spec, old)
    rows = []
    for _, row, key in _keyed(spec, new):
        was = before.get(key, {})
        rows.append(
            {
                name: was[name] if name in was and _same(was[name], row[name], facts["kind"]) else row[name]
                for name, facts in spec.columns.items()
            }
        )
    return pd.DataFrame(rows, columns=list(spec.columns), dtype="object")


def merged_table(
    standing: pd.DataFrame, brought: pd.DataFrame | None, spec: TableSpec, offset: int
) -> pd.DataFrame:
    """Add rows to a table that the whole collection shares.

    Parameters
    ----------
    standing, brought : DataFrame
        As text; a brought row with a known key takes the place of the standing one, but where its cell is
        blank the standing one stays.
    spec : TableSpec
        Columns and key.
    offset : int
        Added to the index of what is brought, so that messages can tell the two apart.

    Returns
    -------
    DataFrame
        The standing rows in their order, then the new ones.
    """
    if brought is None:
        return standing
    rows = {key: (line, row) for line, row, key in _keyed(spec, standing)}
    seen = set()
    for line, row, key in _keyed(spec, brought):
        known = rows.get(key)
        if known is None or key in seen:  # a key brought twice stays twice, for the check to find
            rows[key if known is None else (*key, line)] = (line + offset, row)
            seen.add(key)
            continue
        seen.add(key)
        cells = {name: row[name] if row[name] is not None else cell for name, cell in known[1].items()}
        rows[key] = (line + offset, cells)
    frame = pd.DataFrame(
        [row for _, row in rows.values()],
        index=pd.Index([line for line, _ in rows.values()], dtype="int64"),
        columns=list(spec.columns),
        dtype="object",
    )
    return frame.where(frame.notna(), None)


def _keyed(spec: TableSpec, frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any], tuple[Any, ...]]]:
    for line, row in records(frame):
        yield line, row, tuple(row[column] for column in spec.key)


def _by_key(spec: TableSpec, frame: pd.DataFrame) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {key: row for _, row, key in _keyed(spec, frame)}


def _named(key: tuple[Any, ...]) -> str:
    return " + ".join(str(part) for part in key if part is not None)


def _leaves(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, entry in value.items():
        if isinstance(entry, Mapping):
            yield from _leaves(entry, f"{prefix}{name}.")
        elif isinstance(entry, list) and entry and all(isinstance(part, Mapping) for part in entry):
            # Entries with ids of their own, such as phases: their order, then what each says.
            ids = [str(part.get("id")) for part in entry]
            yield f"{prefix}{name}", ids
            for key, part in zip(ids, entry, strict=True):
                yield from _leaves(
                    {inner: part[inner] for inner in part if inner != "id"}, f"{prefix}{name}.{key}."
                )
        else:
            yield f"{prefix}{name}", None if entry == [] else entry


def _same(old: Any, new: Any, kind: str) -> bool:
    if old is None or new is None:
        return old is None and new is None
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        return list(old) == list(new)
    first, second = (str(value).replace("\r\n", "\n").replace("\r", "\n") for value in (old, new))
    if kind == "list":
        return split_ids(first) == split_ids(second)
    if kind == "number" and _NUMBER.fullmatch(first) and _NUMBER.fullmatch(second):
        return float(first) == float(second)
    return first == second


def _short(value: Any, limit: int = 40) -> str:
    if value is None:
        return "blank"
    text = " ".join(str(value).split())
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
