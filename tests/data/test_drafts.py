"""Evidence that is not finished: the collection loads, the check lists it, no rating may rest on it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import cgutils as cg
from cgutils.data.collection import load_collection
from cgutils.data.drafts import DRAFT_COLUMNS, ranges
from support import refused

EVIDENCE = "data/raw/cases/alpha/evidence.csv"
DRAFTS = "alpha-006,trust,,,alpha_2024,,,L40,,,,\nalpha-007,talks,enabling,,alpha_2024,,,L41,Said so.,,,\n"


def add(project: Path, rows: str) -> None:
    path = project / EVIDENCE
    path.write_text(path.read_text(encoding="utf-8") + rows, encoding="utf-8")


def test_a_draft_loads_and_each_blank_is_listed(project: Path) -> None:
    add(project, DRAFTS)
    collection = load_collection(project)
    said = {note.column: note.found for note in collection.notes if note.file == EVIDENCE}
    assert said == {
        "direction": "1 blank cell, row 7",
        "kind": "2 blank cells, rows 7, 8",
        "summary_en": "1 blank cell, row 7",
        "summary_id": "2 blank cells, rows 7, 8",
    }
    assert all(note.fix for note in collection.notes)


@pytest.mark.parametrize("column", DRAFT_COLUMNS)
def test_what_a_rating_cites_has_to_be_finished(column: str, project: Path) -> None:
    path = project / EVIDENCE
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[3, column] = ""
    frame.to_csv(path, index=False)
    (line,) = refused(project)
    assert line.startswith(f"{EVIDENCE}, row 5, column {column}: found a blank cell; allowed: ")
    assert line.endswith("Fill it in; ratings.csv cites alpha-004.")


def test_a_draft_counts_in_no_balance_and_is_shown_with_dashes(project: Path) -> None:
    before = cg.evidence_balance(load_collection(project))
    scores = cg.score(load_collection(project))
    add(project, DRAFTS)
    collection = load_collection(project)
    pd.testing.assert_frame_equal(cg.evidence_balance(collection), before)
    pd.testing.assert_frame_equal(cg.score(collection).indicators, scores.indicators)
    text = cg.table_evidence(
        cg.of_case(collection.evidence, "alpha", keep=True), cg.labels(collection, "id")
    ).to_text()
    (row,) = [line for line in text.splitlines() if "alpha-006" in line]
    assert row.count("–") == 4


@pytest.mark.parametrize(
    ("numbers", "said"), [([], ""), ([5], "5"), ([3, 2], "2, 3"), ([2, 3, 4, 9, 7, 8, 7], "2-4, 7-9")]
)
def test_rows_are_written_short(numbers: list[int], said: str) -> None:
    assert ranges(numbers) == said
