"""The same evidence and ratings, read through another framework."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from cgutils.analysis.crosswalk_levels import derive_levels
from cgutils.analysis.phases import at_phase, phase_ids
from cgutils.data.collection import Collection
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.errors import CgutilsError, Problem
from cgutils.data.framework import Crosswalk, Framework
from cgutils.data.framework_checks import FOLDER
from cgutils.data.phases import RATED

TABLE_COLUMNS = [
    "framework_id",
    "indicator_id",
    "dimension_id",
    "element_id",
    "status",
    "n_evidence",
    "reason_en",
    "reason_id",
]


def through(collection: Collection, framework_id: str) -> Collection:
    """Read the cases of a collection through another framework.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    framework_id : str
        The framework to read through; its file holds a crosswalk from the framework of every case that is
        coded otherwise.

    Returns
    -------
    Collection
        The same cases, now of that framework: evidence, ratings and adjudication stand at its elements, as
        do the indicators that tables of the context name. Everything that takes a collection takes this
        one. Cases of that framework stay as they are. ``notes`` say how many evidence items no element
        takes up; they and what refers to them (``coder_items``, the indicators named by the context) are
        left out.

    Raises
    ------
    CgutilsError
        For an unknown framework, or where there is no crosswalk from the framework of a case.

    See Also
    --------
    crosswalk_table : What is read into which element, and why.

    Notes
    -----
    The rule is this project's own. For each coder, an element with several sources takes the lower median of
    their levels, on a tie the lower one (after rule R5 of the codebook); it is not assessed where any of its
    sources is not assessed by that coder, or where it has no source. Its confidence is the lowest of theirs.
    The settled level follows in the same way from the settled levels of the sources and is written as
    adjudication wherever the coders' levels alone would not give it, or an adjudication of a source stands
    behind it. Where a source stays disputed, the element spans from the lower median of the lowest to that of
    the highest levels that its sources leave open; if both are the same, it is settled, and if a coder left
    the disputed source blank, its bounds are unknown. The codebook's rules on evidence (R2, R7, R10) judge
    the ratings as they were given; derived levels are not judged by them again.

    Examples
    --------
    >>> import cgutils as cg
    >>> collection = cg.through(cg.load_collection(), "emerson_2012")
    >>> cg.trace(collection, "sako", "mutual_trust").level
    2
    """
    target = _framework(collection, framework_id)
    walks = _crosswalks(collection, target)
    if not walks:
        return collection
    element_of = {
        case_id: _elements(walks[case.framework]) if case.framework in walks else None
        for case_id, case in collection.cases.items()
    }
    evidence = _evidence(collection.evidence, element_of)
    ratings, adjudication = derive_levels(collection, walks)
    earlier = _earlier_levels(collection, walks)
    items = collection.coder_items
    if "evidence_id" in items:
        items = items[items["evidence_id"].isin({"", *evidence["evidence_id"]})].reset_index(drop=True)
    return replace(
        collection,
        cases={
            case_id: case.model_copy(update={"framework": framework_id})
            for case_id, case in collection.cases.items()
        },
        evidence=evidence,
        ratings=ratings,
        adjudication=adjudication,
        **earlier,
        coder_items=items,
        context=_context(collection, walks.values()),
        notes=(*collection.notes, *_left_out(collection, element_of, framework_id)),
    )


def crosswalk_table(collection: Collection, framework_id: str) -> pd.DataFrame:
    """List what is read into which element of a framework, why, and what is left out.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    framework_id : str
        A framework with a crosswalk.

    Returns
    -------
    DataFrame
        One row an element and source, in the order of the framework, then one for each indicator that is left
        out: ``framework_id, indicator_id``, the source (``indicator_id`` blank where the element has
        none); ``dimension_id, element_id``, where it goes (blank where it is left out); ``status``
        (read_into, no_source, left_out); ``n_evidence``, items of the source in the cases of its framework
        (0 without source); ``reason_en, reason_id``.

    Raises
    ------
    CgutilsError
        For an unknown framework, or one without a crosswalk.
    """
    target = _framework(collection, framework_id)
    if not target.crosswalks:
        raise CgutilsError(f"framework {framework_id!r} has no crosswalk; {_existing(collection)}.")
    rows = [row for walk in target.crosswalks for row in _table_rows(collection, target, walk)]
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def _framework(collection: Collection, framework_id: str) -> Framework:
    if framework_id not in collection.frameworks:
        there = ", ".join(collection.frameworks)
        raise CgutilsError(f"framework {framework_id!r} does not exist; choose one of {there}.")
    return collection.frameworks[framework_id]


def _crosswalks(collection: Collection, target: Framework) -> dict[str, Crosswalk]:
    """Give the crosswalk from each framework by which a case is coded, the target aside."""
    known = {walk.framework: walk for walk in target.crosswalks}
    wanted = [name for name in collection.frameworks_in_use if name != target.framework_id]
    missing = [name for name in wanted if name not in known]
    if missing:
        raise CgutilsError(
            f"framework {target.framework_id!r} has no crosswalk from {', '.join(missing)}, by which "
            f"cases are coded; {_existing(collection)}."
        )
    return {name: known[name] for name in wanted}


def _table_rows(collection: Collection, target: Framework, walk: Crosswalk) -> Iterator[tuple[object, ...]]:
    cases = [case_id for case_id, case in collection.cases.items() if case.framework == walk.framework]
    own = collection.evidence[collection.evidence["case_id"].isin(cases)]
    counts = own["indicator_id"].value_counts().to_dict()
    readings = {reading.element: reading for reading in walk.elements}
    for dimension in target.dimensions:
        for element in dimension.indicators:
            reading = readings[element.indicator_id]
            status = "read_into" if reading.sources else "no_source"
            for name in reading.sources or ("",):
                place = (walk.framework, name, dimension.dimension_id, element.indicator_id, status)
                yield (*place, counts.get(name, 0), reading.reason.en, reading.reason.id)
    for entry in walk.left_out:
        place = (walk.framework, entry.indicator, "", "", "left_out")
        yield (*place, counts.get(entry.indicator, 0), entry.reason.en, entry.reason.id)


def _existing(collection: Collection) -> str:
    said = [
        f"{name} from {walk.framework}"
        for name, framework in collection.frameworks.items()
        for walk in framework.crosswalks
    ]
    return f"crosswalks exist for {', '.join(said)}" if said else "no framework has one"


def _earlier_levels(collection: Collection, walks: Mapping[str, Crosswalk]) -> dict[str, Any]:
    """Derive the levels of earlier phases, each from the levels of that phase alone."""
    last = {case_id: case.phase_ids[-1:] for case_id, case in collection.cases.items()}
    found: dict[str, list[pd.DataFrame]] = {f"earlier_{name}": [] for name in RATED}
    for phase in phase_ids(collection):
        levels = derive_levels(at_phase(collection, phase), walks)
        for name, frame in zip(found, levels, strict=True):
            past = [last[case_id] != (phase,) for case_id in frame["case_id"]]
            frame.insert(1, "phase", phase)
            found[name].append(frame[past])
    return {name: pd.concat(parts, ignore_index=True) for name, parts in found.items() if parts}


def _elements(walk: Crosswalk) -> dict[str, str]:
    """Give the element into which each source is read."""
    return {source: reading.element for reading in walk.elements for source in reading.sources}


def _evidence(evidence: pd.DataFrame, element_of: Mapping[str, Mapping[str, str] | None]) -> pd.DataFrame:
    """Move each item to its element; items without one are left out."""
    moved = []
    for case_id, indicator_id in zip(evidence["case_id"], evidence["indicator_id"], strict=True):
        elements = element_of[case_id]
        moved.append(indicator_id if elements is None else elements.get(indicator_id, ""))
    return evidence.assign(indicator_id=moved).query("indicator_id != ''").reset_index(drop=True)


def _left_out(
    collection: Collection, element_of: Mapping[str, Mapping[str, str] | None], framework_id: str
) -> list[Problem]:
    counts: dict[str, int] = {}
    evidence = collection.evidence
    for case_id, indicator_id in zip(evidence["case_id"], evidence["indicator_id"], strict=True):
        elements = element_of[case_id]
        if elements is not None and indicator_id not in elements:
            counts[indicator_id] = counts.get(indicator_id, 0) + 1
    return [
        Problem(
            f"{FOLDER}/{framework_id}.yaml",
            None,
            "crosswalks",
            f"{count} evidence item{'' if count == 1 else 's'} of {indicator_id}, which no element takes up",
            fix="Left out of this reading.",
        )
        for indicator_id, count in sorted(counts.items())
    ]


def _context(collection: Collection, walks: Iterable[Crosswalk]) -> dict[str, dict[str, pd.DataFrame]]:
    """Let the tables of the context name elements where they name indicators."""
    element = {source: name for walk in walks for source, name in _elements(walk).items()}
    element |= {entry.indicator: "" for walk in walks for entry in walk.left_out}
    specs = {
        spec.name: [(name, f["kind"]) for name, f in spec.columns.items() if f["references"] == "indicators"]
        for spec in CONTEXT_TABLES
    }

    def moved(table: str, frame: pd.DataFrame) -> pd.DataFrame:
        out = frame.copy()
        for column, kind in specs[table]:
            cells = [
                _unique(element.get(item, item) for item in cell)
                if kind == "list"
                else element.get(cell, cell)
                for cell in frame[column]
            ]
            out[column] = pd.Series(cells, index=frame.index, dtype=frame[column].dtype)
        return out

    return {
        topic: {table: moved(table, frame) for table, frame in tables.items()}
        for topic, tables in collection.context.items()
    }


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(item for item in dict.fromkeys(items) if item)
