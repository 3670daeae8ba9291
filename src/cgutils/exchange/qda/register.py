"""Putting imported items into the tables of a case: nothing twice, nothing lost, all files or none."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cgutils.data.checking import load_table
from cgutils.data.errors import CgutilsError, CollectionError, Problem
from cgutils.data.fields import TableSpec
from cgutils.data.files import neutral
from cgutils.data.project import Project
from cgutils.data.schemas import SPECS
from cgutils.exchange.fingerprints import make_fingerprint
from cgutils.exchange.qda.items import Item

_FILLED = ("direction", "kind", "summary_en", "summary_id")
Row = dict[str, str]


@dataclass
class Table:
    """One table as rows of text, in the order of its file."""

    path: Path
    spec: TableSpec
    rows: list[Row]
    changed: bool = False

    def data(self) -> bytes:
        """Give the file, in the standard form of tables."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.spec.columns)
        writer.writerows([neutral(row.get(column, "")) for column in self.spec.columns] for row in self.rows)
        return out.getvalue().encode("utf-8")


@dataclass
class Outcome:
    """What became of the items.

    Parameters
    ----------
    new, known, filled, dropped : list of str
        Evidence ids made; ids that were there; of these the drafts in which blanks were filled; ids of items
        that somebody has dropped.
    ids : dict of str to str
        Item id to evidence id.
    coders : list of str
        Coders that are new in the project.
    notes : list of Problem
        What was read differently in the tables.
    """

    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    coders: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


class Register:
    """The tables of a case that an import adds to.

    Parameters
    ----------
    project : Project
        The project.
    case_id : str
        The case.

    Raises
    ------
    CollectionError
        Where a table has problems: what cannot be read cannot be kept.
    """

    def __init__(self, project: Project, case_id: str) -> None:
        folder = project.raw / "cases" / case_id
        self.case_id = case_id
        self.outcome = Outcome()
        problems: list[Problem] = []
        tables = {}
        for name, place in (("evidence", folder), ("coder_items", folder), ("coders", project.raw)):
            path = place / f"{name}.csv"
            rows: list[Row] = []
            if path.is_file():
                shown = path.relative_to(project.root).as_posix()
                frame, wrong, notes = load_table(path, shown, SPECS[name])
                problems += wrong
                self.outcome.notes += notes
                rows = _rows(frame)
            tables[name] = Table(path, SPECS[name], rows)
        if problems:
            raise CollectionError(problems)
        self.evidence, self.items, self.coders = tables["evidence"], tables["coder_items"], tables["coders"]

    def add(self, items: Iterable[Item], fingerprints: bool) -> None:
        """Add items, or recognise those that are there."""
        by_id = {row["evidence_id"]: row for row in self.evidence.rows}
        known = {row["item_id"]: row["evidence_id"] for row in self.items.rows}
        given = {(row["coder_id"], row["item_id"]) for row in self.items.rows}
        number = self._last()
        for item in items:
            if item.item_id in known and not known[item.item_id]:
                self.outcome.dropped.append(item.item_id)
                continue
            evidence_id = known.get(item.item_id, "")
            if not evidence_id:
                number += 1
                evidence_id = f"{self.case_id}-{number:03}"
            self.outcome.ids[item.item_id] = evidence_id
            if evidence_id in by_id:
                self._fill(by_id[evidence_id], item)
            else:
                self.evidence.rows.append(_evidence(item, evidence_id, fingerprints))
                self.evidence.changed = True
                self.outcome.new.append(evidence_id)
            for coder in item.coders:
                if (coder, item.item_id) not in given:
                    self.items.rows.append(
                        {
                            "coder_id": coder,
                            "item_id": item.item_id,
                            "evidence_id": evidence_id,
                            "change": "kept",
                        }
                    )
                    self.items.changed = True

    def add_coders(self, described: Mapping[str, Mapping[str, str]]) -> None:
        """List coders that the project does not list yet, with a description by language."""
        known = {row["coder_id"] for row in self.coders.rows}
        for coder, texts in described.items():
            if coder not in known:
                row = {"coder_id": coder, "kind": "human"}
                self.coders.rows.append(
                    row | {f"description_{language}": text for language, text in texts.items()}
                )
                self.coders.changed = True
                self.outcome.coders.append(coder)

    def files(self) -> dict[Path, bytes]:
        """Give the files that have to be written, in the order in which an interruption does least harm."""
        # An item that is listed without its evidence is recognised and completed by the next import.
        tables = (self.coders, self.items, self.evidence)
        return {table.path: table.data() for table in tables if table.changed}

    def blanks(self) -> dict[str, int]:
        """Count the blank cells of the items of this import that are still to be filled in."""
        ours = set(self.outcome.ids.values())
        rows = [row for row in self.evidence.rows if row["evidence_id"] in ours]
        return {column: sum(not row.get(column) for row in rows) for column in _FILLED}

    def _fill(self, row: Row, item: Item) -> None:
        self.outcome.known.append(row["evidence_id"])
        values = _values(item)
        # A comment whose language was told otherwise before is not the other summary, too.
        there = {row.get("summary_en"), row.get("summary_id")}
        blank = [c for c in _FILLED if not row.get(c) and values[c] and values[c] not in there]
        if blank:
            row.update({column: values[column] for column in blank})
            self.evidence.changed = True
            self.outcome.filled.append(row["evidence_id"])

    def _last(self) -> int:
        pattern = re.compile(rf"{re.escape(self.case_id)}-(\d+)")
        ids = [row["evidence_id"] for row in (*self.evidence.rows, *self.items.rows)]
        return max((int(found[1]) for name in ids if (found := pattern.fullmatch(name))), default=0)


def _values(item: Item) -> Row:
    return {
        "direction": item.value("direction"),
        "kind": item.value("kind"),
        "summary_en": item.summary("en"),
        "summary_id": item.summary("id"),
    }


def _evidence(item: Item, evidence_id: str, fingerprints: bool) -> Row:
    row = {
        "evidence_id": evidence_id,
        "indicator_id": item.indicator_id,
        "source_id": item.source_id,
        "section": item.section,
        "locator": item.locator,
        **_values(item),
    }
    if fingerprints and item.text:
        try:
            row["fingerprint"] = make_fingerprint(evidence_id, item.text).cell
        except CgutilsError:
            # Too short or too long for one; it may be made by hand later.
            row["fingerprint"] = ""
    return row


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [
        {str(column): cell if isinstance(cell, str) else "" for column, cell in row.items()}
        for row in frame.to_dict("records")
    ]
