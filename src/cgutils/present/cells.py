"""How the cells and headings of a table are written, by the name of the column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pandas as pd

from cgutils.data.errors import CgutilsError
from cgutils.data.project import LANGUAGES
from cgutils.present.labels import DASH, Labels, words
from cgutils.present.markup import Column, Row

CASES = ("case_id", "case_a", "case_b")
PHASES = ("phase", "earlier_phase")
INDICATORS = ("indicator_id", "primary_indicator", "element_id")
VOCABULARY = (
    *(
        "direction",
        "kind",
        "status",
        "type",
        "sector",
        "verdict",
        "new_verdict",
        "interval_verdict",
        "confidence",
        "mapping_confidence",
        "change",
        "basis",
        "strength",
        "scope",
        "measure",
        "reached",
        "order",
    ),
    *("interviewed", "index_status", "outcome_status"),
)
# Columns in percent, and columns that are shares of one.
PERCENT = ("computed", "reported", "share_of_named", "share_of_stated")
SHARES = ("coverage", "share_same")
# Whole numbers, also where a frame keeps them as floats.
COUNTS = (
    "registered",
    "voters",
    "count",
    "n_actors",
    "n_items",
    "n_evidence",
    "n_coders",
    "n_assessed",
    "n_units",
    "n_pairable",
    "n_fragile",
)
# Columns that hold several entries in one cell.
LISTS = (
    *("evidence_ids", "evidence_a", "evidence_b", "source_ids", "indicator_ids", "secondary_indicators"),
    *("actors", "locator", "remedy_locator", "page"),
)
# Numbers that name a place or a day and count nothing: they are written without marks.
NAMING_UNITS = ("year", "page", "day_of_month", "day_of_year", "number")
# Why a value is missing stands in another column of the same row.
REASONS = {
    "level": "status",
    "score": "status",
    "value": "status",
    "index": "index_status",
    "outcome_level": "outcome_status",
    "outcome_membership": "outcome_status",
}
# Headings whose key is not the column's name (without its ending _id).
HEADINGS = {"lower": "lower_bound", "upper": "upper_bound", "evidence_ids": "evidence", "list_key": "list"}


def all_columns(frame: pd.DataFrame, language: str) -> list[str]:
    """Name all columns once, the two languages of one text as one."""
    names = []
    for name in map(str, frame.columns):
        stem = name[: -len(language) - 1]
        twins = all(f"{stem}_{other}" in frame.columns for other in LANGUAGES)
        names.append(stem if twins else name)
    return list(dict.fromkeys(names))


def source_of(frame: pd.DataFrame, name: str, language: str) -> str | None:
    """Give the column that a name stands for, None where there is none."""
    made = {"interval": ("lower", "upper"), "code": ("indicator_id",)}.get(name, ())
    if name in frame.columns or (made and all(part in frame.columns for part in made)):
        return name
    column = f"{name}_{language}"
    return column if column in frame.columns else None


def heading_of(name: str, labels: Labels) -> str:
    """Give the heading of a column in the language; a column without one is an error."""
    key = HEADINGS.get(name, name.removesuffix("_id").removesuffix("_ids"))
    if key not in words():
        raise CgutilsError(
            f"no heading is known for the column {name!r}; give one: columns={{{name!r}: 'Heading'}}"
        )
    return labels.heading(key)


def column_of(frame: pd.DataFrame, name: str, heading: str, labels: Labels) -> Column:
    """Make the column of a name; numbers are set to the right."""
    source = source_of(frame, name, labels.language) or name
    numeric = source in frame.columns and pd.api.types.is_numeric_dtype(frame[source])
    return Column(heading, partial(show, source, labels), numeric and name != "level", source)


def show(name: str, labels: Labels, row: Row) -> str:
    """Write one cell; a missing value is a dash, with its reason where the row tells it."""
    if name in ("interval", "code") and name not in row:
        made = name == "code"
        return labels.code(row["indicator_id"]) if made else labels.interval(row["lower"], row["upper"])
    value = row[name]
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or DASH
    if is_missing(value):
        reason = REASONS.get(name, "")
        return f"{DASH} {labels.term(row[reason])}" if reason in row else DASH
    if name in PHASES:
        return _phase(row, value, labels)
    if name == "value" and row.get("unit") in NAMING_UNITS:
        return str(int(value))
    return _show_value(name, value, labels)


def _show_value(name: str, value: Any, labels: Labels) -> str:
    named: dict[str, Callable[[Any], str]] = {
        **dict.fromkeys(CASES, labels.case),
        **dict.fromkeys(INDICATORS, labels.indicator),
        **dict.fromkeys(VOCABULARY, labels.term),
        **dict.fromkeys(PERCENT, labels.percent),
        **dict.fromkeys(COUNTS, partial(labels.number, decimals=0)),
        "dimension_id": labels.dimension,
        "framework_id": labels.framework,
        "coefficient": partial(labels.number, decimals=3),
        "level": partial(_level, labels=labels),
        "new_level": partial(_level, labels=labels),
        "outcome_level": partial(_level, labels=labels),
        "unit": partial(_unit, labels=labels),
        "field": partial(_field, labels=labels),
    }
    if name in named:
        return named[name](value)
    if name in SHARES:
        return labels.part(value)
    if name in ("value", "recomputed", "rank") and not isinstance(value, str):
        return labels.number(value, None)
    if isinstance(value, bool):
        return labels.term("yes" if value else "no")
    if isinstance(value, int | float):
        return labels.number(value, 0 if isinstance(value, int) else 2)
    return str(value).replace(";", ", ") if name in LISTS else str(value)


def _phase(row: Row, value: str, labels: Labels) -> str:
    """Give the title of a phase; where two cases name it differently, both titles in their order."""
    cases = [row[name] for name in CASES if name in row and not is_missing(row[name])]
    if not cases:
        return value
    having = [case for case in cases if (case, value) in labels.phases] or cases[:1]
    return " / ".join(dict.fromkeys(labels.phase(case, value) for case in having))


def _level(value: int, labels: Labels) -> str:
    return f"{labels.number(value, 0)} {labels.level(value)}"


def level_span(row: Row, labels: Labels) -> str:
    """Write the levels between which a disputed one lies (``1–2``); an open end is that of the scale."""
    known = sorted(labels.levels)
    low, high = (
        end if is_missing(value) else value
        for value, end in ((row["level_low"], known[0]), (row["level_high"], known[-1]))
    )
    return labels.interval(low, high, 0)


def _unit(value: str, labels: Labels) -> str:
    # A unit that a collection brings along (a currency, a weight) stands as it is in every language.
    key = "unit_number" if value == "number" else value.replace(" ", "_")
    return labels.term(key) if key in words() else value


def _field(value: str, labels: Labels) -> str:
    # Of a source anything may be said; what has no word of its own is at least no code.
    key = f"field_{value}"
    return labels.term(key) if key in words() else value.replace("_", " ")


def is_missing(value: Any) -> bool:
    """Say whether a cell holds nothing: no value, or a text of blanks alone."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or bool(pd.isna(value))


def abstract_note_of(frame: pd.DataFrame, labels: Labels) -> str:
    """Give the footnote on the cases of the frame that are known from their abstract alone."""
    columns: Iterable[str] = (name for name in CASES if name in frame.columns)
    return labels.abstract_note(case for name in columns for case in frame[name])
