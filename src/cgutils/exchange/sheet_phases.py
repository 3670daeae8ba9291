"""The phases of a case as rows of a sheet, and as what a rating may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from pandera.typing import Series

from cgutils.data.checking import records
from cgutils.data.fields import Table, TableSpec, identifier, text
from cgutils.data.project import LANGUAGES
from cgutils.exchange.cells import squeezed

PHASES = "phases"
Texts = Mapping[str, str]


class PhaseRows(Table):
    """The phases of ``case.yaml``, from first to last."""

    id: Series[str] = identifier("Id of the phase, such as before; phases are in the order of the rows.")
    title_en: Series[str] = text("Name of the phase, English.")
    title_id: Series[str] = text("Name of the phase, Indonesian.")


PHASE_SPEC = TableSpec(PHASES, PhaseRows, ("id",))


def phase_rows(phases: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Write the phases of ``case.yaml`` as rows."""
    rows = [(phase["id"], *(phase["title"][language] for language in LANGUAGES)) for phase in phases]
    return pd.DataFrame(rows, columns=list(PHASE_SPEC.columns), dtype="object")


def phase_entries(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Read rows as the phases of ``case.yaml``; a blank cell gives no key."""
    entries: list[dict[str, Any]] = []
    for _, row in records(rows):
        titles = {name: row[f"title_{name}"] for name in LANGUAGES if row[f"title_{name}"] is not None}
        entries.append({**({} if row["id"] is None else {"id": row["id"]}), "title": titles})
    return entries


def phase_titles(rows: pd.DataFrame | None) -> dict[str, Texts]:
    """Give the titles of the phases by id, as far as rows tell them."""
    entries = [] if rows is None else phase_entries(rows)
    return {entry["id"]: entry["title"] for entry in entries if "id" in entry}


def phase_choices(phases: Mapping[str, Texts]) -> dict[str, Texts]:
    """Name the phases for a list.

    Parameters
    ----------
    phases : mapping of str to mapping
        Titles by id and language.

    Returns
    -------
    dict of str to mapping
        The titles; the ids where titles are missing or leave it open which phase is meant.
    """
    names = [{squeezed(name) for name in (phase, *titles.values())} for phase, titles in phases.items()]
    unclear = len({name for own in names for name in own}) < sum(map(len, names))
    if unclear or any(set(titles) != set(LANGUAGES) for titles in phases.values()):
        return {phase: dict.fromkeys(LANGUAGES, phase) for phase in phases}
    return dict(phases)


def unclear_names(phases: Mapping[str, Texts], before: Mapping[str, Texts]) -> dict[str, tuple[str, ...]]:
    """Find names that mean one phase in the project and another in the workbook.

    A rating that still says the name cannot be told from one that says it anew.

    Parameters
    ----------
    phases, before : mapping of str to mapping
        Titles by id and language, as the workbook and as the project gives them.

    Returns
    -------
    dict of str to tuple of str
        The names as `squeezed` gives them, to the ids that they may mean. An id means its phase alone.
    """
    now, was = _named(phases), _named(before)
    unclear = {}
    for name in (now.keys() | was.keys()) - {squeezed(phase) for phase in phases}:
        means = now.get(name, [])
        # A phase that got another id and kept its name is the same one.
        old = [p for p in was.get(name, []) if p in phases or any(phase in before for phase in means)]
        ids = tuple(dict.fromkeys([*old, *means]))
        if len(ids) > 1:
            unclear[name] = ids
    return unclear


def _named(phases: Mapping[str, Texts]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for phase, titles in phases.items():
        for name in {squeezed(title) for title in titles.values()}:
            names.setdefault(name, []).append(phase)
    return names
