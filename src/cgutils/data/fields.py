"""How a column of a table is declared: its checks and what a message says is allowed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandera.pandas as pa
from pandera.api.dataframe.model_components import FieldInfo

from cgutils.data.project import ID_PATTERN

LEVELS = ("0", "1", "2", "3")
# Other scripts have digits too, which \d would take; more of them than these are no count of anything.
_DIGITS = "[0-9]{1,15}"
WHOLE = _DIGITS
NUMBER = rf"[+-]?{_DIGITS}(\.{_DIGITS})?"
UNSIGNED = rf"{_DIGITS}(\.{_DIGITS})?"
_LINES = rf"L{_DIGITS}(-L{_DIGITS})?"
LOCATOR = rf"({ID_PATTERN} )?{_LINES}(;({ID_PATTERN} )?{_LINES})*"
PAGES = rf"{_DIGITS}(-{_DIGITS})?(;{_DIGITS}(-{_DIGITS})?)*"
IDS = rf"{ID_PATTERN}(;{ID_PATTERN})*"
_DAY = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
DATE = rf"{_DAY}(/{_DAY})?"


def column(
    description: str,
    *,
    values: tuple[str, ...] = (),
    pattern: str = "",
    allowed: str = "",
    required: bool = True,
    heading: bool = False,
    draft: bool = False,
    sparse: bool = False,
    decimals: bool = False,
    kind: str = "string",
    references: str = "",
) -> Any:
    """Declare a column of text.

    ``heading`` asks for the heading even where cells may be blank; with ``draft`` a cell may be blank until
    another table cites the row (`check_drafts`); a ``sparse`` column is written only where a row fills it;
    ``kind`` is string, integer, number or list (of ids or locators); ``decimals`` says that a column of text
    holds numbers, whose decimals are kept as they are printed.
    """
    checks: dict[str, Any] = {}
    if values:
        checks["isin"] = list(values)
        allowed = allowed or ", ".join(values)
    elif pattern:
        checks["str_matches"] = rf"^(?:{pattern})$"
    metadata = {
        "allowed": allowed or "any text",
        "kind": kind,
        "values": values,
        "pattern": pattern,
        "references": references,
        "heading": heading or required,
        "draft": draft,
        "sparse": sparse,
        "decimals": decimals or kind == "number",
    }
    nullable = draft or not required
    return pa.Field(nullable=nullable, description=description, metadata=metadata, **checks)


def identifier(description: str, **options: Any) -> Any:
    """Declare a column that holds one id."""
    options = {"allowed": "a lower-case id such as forum-1 or kota_x", **options}
    return column(description, pattern=ID_PATTERN, **options)


def id_list(description: str, references: str, **options: Any) -> Any:
    """Declare a column that holds ids of another table, separated by semicolons."""
    return column(
        description,
        pattern=IDS,
        allowed="ids separated by semicolons",
        kind="list",
        references=references,
        **options,
    )


def rated_level(description: str) -> Any:
    """Declare a column that holds a level of the rating scale."""
    allowed = "0, 1, 2, 3, or blank for not assessed"
    return column(description, values=LEVELS, allowed=allowed, required=False, heading=True, kind="integer")


def rated_phase() -> Any:
    """Declare a column that holds a phase of the case."""
    allowed = "an id of phases in case.yaml; blank where it names none"
    return identifier(
        "Phase that is rated, where the case has several.", allowed=allowed, required=False, sparse=True
    )


def text(description: str, **options: Any) -> Any:
    """Declare a column of free text."""
    return column(description, **options)


def locator(description: str = "Lines of the source text that was read, as `L218;L226-L230`.") -> Any:
    """Declare a column that says where in a source something stands."""
    return column(
        description,
        pattern=LOCATOR,
        allowed="lines such as L12 or L12-L15, separated by semicolons",
        required=False,
    )


class Table(pa.DataFrameModel):
    """What all tables share: every cell is text when it is checked, and no column may be added."""

    class Config:
        """Pandera's settings."""

        strict = True
        coerce = False


@dataclass(frozen=True)
class TableSpec:
    """A table of the collection: its name (``<name>.csv``), its columns and its key.

    Parameters
    ----------
    name : str
        Name of the table and of its file without ``.csv``.
    schema : type of Table
        Columns with types, allowed values and references.
    key : tuple of str
        Columns that together name a row.
    required : bool
        Whether the file has to be there.
    """

    name: str
    schema: type[Table]
    key: tuple[str, ...]
    required: bool = False

    @cached_property
    def columns(self) -> dict[str, dict[str, Any]]:
        """Facts of each column: kind, allowed, values, pattern, references, heading, required and more."""
        # As declared: to make pandera's own schema takes most of a load, and is needed for problems only.
        found: dict[str, dict[str, Any]] = {}
        for owner in reversed(self.schema.__mro__):
            for name in vars(owner).get("__annotations__", ()):
                field = vars(owner).get(name)
                if isinstance(field, FieldInfo):
                    facts = {"required": not field.nullable, "description": field.description}
                    found[name] = {**(field.metadata or {}), **facts}
        return found

    @cached_property
    def sparse(self) -> tuple[str, ...]:
        """Columns that stand in a file only where a row fills them."""
        return tuple(name for name, facts in self.columns.items() if facts["sparse"])
