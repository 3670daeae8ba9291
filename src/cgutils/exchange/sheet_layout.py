"""How a case lies in a workbook: sheets, columns, headings and lists, from the schemas and the framework.

Writer and reader share it, so that neither knows a heading that the other does not.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from cgutils.data.fields import TableSpec
from cgutils.data.framework import Bilingual, Case, Framework
from cgutils.data.project import LANGUAGES
from cgutils.data.schemas import SPECS
from cgutils.exchange.sheet_phases import PHASE_SPEC, PHASES, Texts, phase_choices, unclear_names

# Interface words by key, as `cgutils.present.labels.words` gives them: this room does not know that one.
Terms = Mapping[str, Texts]
# The sheets in the order of work; tables that most cases do without come last.
ORDER = (
    "evidence",
    "ratings",
    "actors",
    "quantities",
    "adjudication",
    "claims",
    "instruments",
    "method",
    "coder_items",
    PHASES,
    "coders",
    "sources",
)
SHARED = ("coders", "sources")
RUBRIC = ("definition", "low", "high")
REQUIRED_MARK = " *"
_NONE: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Column:
    """A column of a table, or one field of the case.

    Parameters
    ----------
    name : str
        Id of the column; the dotted path of the field.
    heading, help : mapping of str to str
        By language.
    choices : mapping of str to mapping
        What may be chosen: value to label by language; empty where the cell is free.
    kind : str
        string, integer, number or list, as the schemas say.
    required : bool
        Whether a row has to fill it.
    aliases : mapping of str to str
        Other names of a choice, to its value.
    unclear : mapping of str to tuple of str
        Names that are refused, as `squeezed` gives them, to the values that they may mean.
    """

    name: str
    heading: Texts
    help: Texts
    choices: Mapping[str, Texts]
    kind: str
    required: bool
    aliases: Mapping[str, str] = field(default_factory=dict)
    unclear: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def caption(self, language: str) -> str:
        """Give the heading as the sheet shows it."""
        text = self.heading[language]
        return text[:1].upper() + text[1:] + (REQUIRED_MARK if self.required else "")


@dataclass(frozen=True)
class Layout:
    """A table as a sheet: its titles by language, and its columns in order."""

    name: str
    titles: Texts
    spec: TableSpec
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Field:
    """A field of ``case.yaml`` as a row: bilingual ones take two cells."""

    column: Column
    bilingual: bool

    @property
    def paths(self) -> tuple[str, ...]:
        """Dotted paths of the values, in the order of the cells."""
        name = self.column.name
        return tuple(f"{name}.{language}" for language in LANGUAGES) if self.bilingual else (name,)


@cache
def sheet_words() -> Mapping[str, Any]:
    """Give the words of the workbook, from ``sheet_words.yaml``."""
    text = files("cgutils.exchange").joinpath("sheet_words.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def sheet_title(name: str) -> Texts:
    """Give the titles of a sheet by language."""
    titles: Texts = sheet_words()["sheets"][name]
    return titles


def layouts(
    framework: Framework,
    terms: Terms,
    phases: Mapping[str, Texts] = _NONE,
    before: Mapping[str, Texts] = _NONE,
) -> tuple[Layout, ...]:
    """Lay out the tables of a case.

    Parameters
    ----------
    framework : Framework
        Gives the indicators to choose from.
    terms : mapping
        Words for the values of the schemas, by language.
    phases : mapping of str to mapping
        Titles of the phases of the case by id, to choose from.
    before : mapping of str to mapping
        Titles that they have in the project, by which they may be named as well.

    Returns
    -------
    tuple of Layout
        In the order of the sheets; phases, coders and sources included.
    """
    specs = {**SPECS, PHASE_SPEC.name: PHASE_SPEC}
    choices = {"indicator_id": indicator_choices(framework), "phase": phase_choices(phases)}
    aliases = {
        "indicator_id": _indicator_aliases(framework),
        "phase": {t: phase for phase, titles in before.items() if phase in phases for t in titles.values()},
    }
    unclear = {"phase": unclear_names(phases, before)}
    return tuple(_layout(specs[name], terms, choices, aliases, unclear) for name in ORDER)


def phase_layout(terms: Terms) -> Layout:
    """Lay out the sheet of phases, which is read before the tables that name them."""
    return _layout(PHASE_SPEC, terms, {}, {})


def case_fields(frameworks: Iterable[str], terms: Terms) -> tuple[Field, ...]:
    """Lay out the fields of ``case.yaml``, in its order.

    Parameters
    ----------
    frameworks : iterable of str
        Ids to choose from.
    terms : mapping
        Words for the values, by language.

    Returns
    -------
    tuple of Field
    """
    frameworks = tuple(frameworks)
    return tuple(_fields(Case, "", frameworks, terms))


def rubric_headings() -> Mapping[str, Texts]:
    """Give the headings of the columns beside the ratings that are for reading only."""
    headings: Mapping[str, Texts] = sheet_words()["rubric"]
    return headings


def indicator_choices(framework: Framework) -> dict[str, Texts]:
    """Name the indicators for a list: code and label."""
    return {
        i.indicator_id: {language: f"{i.code} {getattr(i.label, language)}" for language in LANGUAGES}
        for i in framework.indicators
    }


def _indicator_aliases(framework: Framework) -> dict[str, str]:
    return {
        name: i.indicator_id
        for i in framework.indicators
        for name in (i.code, *(getattr(i.label, language) for language in LANGUAGES))
    }


def _layout(
    spec: TableSpec,
    terms: Terms,
    listed: Mapping[str, dict[str, Texts]],
    aliases: Mapping[str, dict[str, str]],
    unclear: Mapping[str, dict[str, tuple[str, ...]]] = _NONE,
) -> Layout:
    words = sheet_words()["columns"]
    columns = []
    # What this case does without stands last.
    ordered = sorted(spec.columns.items(), key=lambda entry: entry[1]["sparse"] and not listed[entry[0]])
    for name, facts in ordered:
        # A column that has no words yet is still a column: it goes by its id and its English description.
        entry = words.get(f"{spec.name}.{name}") or words.get(name) or {"en": name, "id": name}
        choices = listed[name] if name in listed else _choices(facts["values"], terms)
        columns.append(
            Column(
                name,
                {language: entry[language] for language in LANGUAGES},
                {"en": facts["description"], "id": entry.get("help", facts["description"])},
                choices,
                facts["kind"],
                facts["required"],
                aliases.get(name, {}),
                unclear.get(name, {}),
            )
        )
    return Layout(spec.name, sheet_title(spec.name), spec, tuple(columns))


def _choices(values: Iterable[str], terms: Terms) -> dict[str, Texts]:
    # A level is its digit in every language.
    return {value: terms.get(value, {"en": value, "id": value}) for value in values}


def _fields(
    model: type[BaseModel], prefix: str, frameworks: tuple[str, ...], terms: Terms
) -> Iterator[Field]:
    words = sheet_words()["case_fields"]
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        plain = _plain_type(info.annotation)
        if isinstance(plain, type) and issubclass(plain, BaseModel) and plain is not Bilingual:
            yield from _fields(plain, f"{path}.", frameworks, terms)
            continue
        if path not in words:
            continue  # what a sheet cannot hold stays as it is in case.yaml
        entry = words[path]
        kind = "list" if get_origin(plain) is tuple else "integer" if plain is int else "string"
        values = frameworks if path == "framework" else get_args(plain) if kind == "string" else ()
        # Any field that may be missing or None may stay blank.
        required = info.is_required() and type(None) not in get_args(info.annotation)
        heading = {language: entry[language] for language in LANGUAGES}
        choices = _choices(map(str, values), terms)
        yield Field(Column(path, heading, entry["help"], choices, kind, required), plain is Bilingual)


def _plain_type(annotation: Any) -> Any:
    """Look through ``| None`` and ``Annotated`` at the type itself."""
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = (part for part in get_args(annotation) if part is not type(None))
    return annotation
