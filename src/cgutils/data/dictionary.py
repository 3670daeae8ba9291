"""The data dictionary and the Frictionless descriptor, made from the schemas."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from inspect import getdoc
from pathlib import Path
from typing import Any

from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.fields import TableSpec
from cgutils.data.files import write_text
from cgutils.data.project import Project
from cgutils.data.reading import Form, form_of
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES

DESCRIPTOR = "datapackage.json"
DICTIONARY = "README.md"
_TYPES = {"string": "string", "integer": "integer", "number": "number", "list": "string"}
# Where a single id leads: table and column; ids that live in YAML files have no table to point to.
_FOREIGN = {"coders": "coder_id", "evidence": "evidence_id"}


def write_descriptions(project: Project) -> list[Path]:
    """Write ``data/raw/datapackage.json`` and ``data/README.md`` (the dictionary) where they are out of date.

    Parameters
    ----------
    project : Project
        The project; its case folders decide which tables the descriptor lists.

    Returns
    -------
    list of Path
        The files that were written; empty where both were up to date.
    """
    wanted = {
        project.raw / DESCRIPTOR: json.dumps(descriptor(project.raw), indent=2, ensure_ascii=False) + "\n",
        project.raw.parent / DICTIONARY: dictionary(),
    }
    old = {path: path.read_text(encoding="utf-8") if path.is_file() else None for path in wanted}
    return [write_text(path, text) for path, text in wanted.items() if old[path] != text]


def descriptor(raw: Path) -> dict[str, Any]:
    """Describe every table under ``data/raw`` as a Frictionless data package.

    Parameters
    ----------
    raw : Path
        The folder ``data/raw``.

    Returns
    -------
    dict
        A data package (https://specs.frictionlessdata.io/data-package/), resources sorted by path.
    """
    return {
        "profile": "tabular-data-package",
        "name": "cgutils-raw",
        "title": "Coded evidence on collaborative governance",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            _resource(path.relative_to(raw).as_posix(), spec, prefix, _form(path, spec))
            for path, spec, prefix in sorted(_tables(raw), key=lambda entry: entry[0].as_posix())
        ],
    }


def dictionary() -> str:
    """Write out the data dictionary.

    Returns
    -------
    str
        Markdown: every table with its columns, what they hold, what is allowed, whether a cell may be blank.
    """
    places: list[tuple[str, Iterable[TableSpec]]] = [
        ("data/raw/cases/<case_id>/", CASE_TABLES),
        ("data/raw/", COLLECTION_TABLES),
        ("data/raw/context/<topic>/", CONTEXT_TABLES),
    ]
    parts = [_text("dictionary_head.md")]
    for place, specs in places:
        parts += [_section(place, spec) for spec in specs]
    return "\n".join([*parts, "", _text("dictionary_tail.md")])


def _tables(raw: Path) -> Iterator[tuple[Path, TableSpec, str]]:
    for spec in COLLECTION_TABLES:
        yield from _existing(raw, spec, "")
    for folder in sorted(raw.glob("cases/*/")):
        for spec in CASE_TABLES:
            yield from _existing(folder, spec, f"{folder.name}-")
    for folder in sorted(raw.glob("context/*/")):
        for spec in CONTEXT_TABLES:
            yield from _existing(folder, spec, f"{folder.name}-")


def _existing(folder: Path, spec: TableSpec, prefix: str) -> Iterator[tuple[Path, TableSpec, str]]:
    path = folder / f"{spec.name}.csv"
    if path.is_file():
        yield path, spec, prefix


def _form(path: Path, spec: TableSpec) -> Form:
    numbers = [column for column, facts in spec.columns.items() if facts["kind"] == "number"]
    return form_of(path, spec.columns, numbers)


def _resource(path: str, spec: TableSpec, prefix: str, form: Form) -> dict[str, Any]:
    # A sparse column is one that a file may do without.
    absent = set(spec.sparse).difference(form.heading)
    foreign = [
        {
            "fields": column,
            "reference": {"resource": _name(resource), "fields": _FOREIGN[facts["references"]]},
        }
        for column, facts in spec.columns.items()
        if facts["kind"] == "string" and facts["references"] in _FOREIGN
        for resource in [
            facts["references"] if facts["references"] == "coders" else prefix + facts["references"]
        ]
    ]
    schema: dict[str, Any] = {
        "fields": [
            _field(column, facts, form) for column, facts in spec.columns.items() if column not in absent
        ],
        "primaryKey": [column for column in spec.key if column not in absent],
        "missingValues": [""],
    }
    if foreign:
        schema["foreignKeys"] = foreign
    return {
        "profile": "tabular-data-resource",
        "name": _name(f"{prefix}{spec.name}"),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": form.encoding,
        **({"dialect": {"delimiter": form.delimiter}} if form.delimiter != "," else {}),
        "description": str(getdoc(spec.schema)),
        "schema": schema,
    }


def _name(text: str) -> str:
    return text.replace("_", "-")


def _field(column: str, facts: dict[str, Any], form: Form) -> dict[str, Any]:
    kind = _TYPES[facts["kind"]]
    constraints: dict[str, Any] = {"required": facts["required"]}
    if facts["values"]:
        constraints["enum"] = [int(value) if kind == "integer" else value for value in facts["values"]]
    elif facts["pattern"] and kind == "string":
        constraints["pattern"] = facts["pattern"]
    comma = {"decimalChar": ","} if kind == "number" and form.decimal_comma else {}
    said = {"description": facts["description"], "constraints": constraints}
    return {"name": column, "type": kind, **comma, **said}


def _section(place: str, spec: TableSpec) -> str:
    lines = [f"\n## `{place}{spec.name}.csv`\n", str(getdoc(spec.schema))]
    key = ", ".join(f"`{name}`{' where it is filled' if name in spec.sparse else ''}" for name in spec.key)
    lines += [f"\nKey: {key}.\n"]
    lines += ["| column | what it holds | allowed | blank |", "| --- | --- | --- | --- |"]
    for column, facts in spec.columns.items():
        blank = "in a draft" if facts["draft"] else "no" if facts["required"] else "yes"
        if facts["sparse"]:
            blank = "without phases; the column may then be left out"
        lines.append(f"| `{column}` | {facts['description']} | {facts['allowed']} | {blank} |")
    return "\n".join(lines)


def _text(name: str) -> str:
    return files("cgutils.data").joinpath(name).read_text(encoding="utf-8")
