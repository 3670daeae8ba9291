"""Changing one rating changes exactly what depends on it, from the file to the last frame."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from cgutils.analysis.comparison import compare, evidence_balance, process_outcome
from cgutils.analysis.options import CALIBRATIONS
from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection, load_collection
from support import ROOT, copy_of

FUZZY = CALIBRATIONS["fuzzy"]


def differences(
    before: pd.DataFrame, after: pd.DataFrame, keys: list[str]
) -> dict[tuple[str, ...], set[str]]:
    """The cells that differ: by key of the row, the columns."""
    pd.testing.assert_frame_equal(before[keys], after[keys])
    assert before.columns.equals(after.columns)
    changed: dict[tuple[str, ...], set[str]] = {}
    for column in before.columns:
        same = (before[column] == after[column]) | (before[column].isna() & after[column].isna())
        for place in same.index[~same.fillna(False).astype("bool")]:
            changed.setdefault(tuple(before.loc[place, keys]), set()).add(str(column))
    return changed


@pytest.mark.parametrize(
    ("case", "dimension", "indicator", "old", "new"),
    [
        ("sako", "collaborative_process", "face_to_face_dialogue", 2, 1),
        ("sampang", "facilitative_leadership", "process_management", 2, 1),
        ("banjar", "outcomes", "public_response", 1, 2),
    ],
)
def test_only_what_depends_on_a_level_changes(
    case: str, dimension: str, indicator: str, old: int, new: int, real: Collection, tmp_path: Path
) -> None:
    project = copy_of(ROOT, tmp_path / "copy")
    path = project / "data/raw/cases" / case / "ratings.csv"
    heading, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    place = {name: heading.index(name) for name in ("indicator_id", "level")}
    touched = [row for row in rows if row[place["indicator_id"]] == indicator]
    assert [row[place["level"]] for row in touched] == [str(old), str(old)]
    for row in touched:
        row[place["level"]] = str(new)
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([heading, *rows])
    path.write_text(out.getvalue(), encoding="utf-8")

    changed = load_collection(project)

    one, two = score(real), score(changed)
    in_index = dimension != "outcomes"
    step = FUZZY[new] - FUZZY[old]
    size = {d.dimension_id: len(d.indicators) for d in real.framework_of(case).dimensions}[dimension]

    assert differences(one.indicators, two.indicators, ["case_id", "indicator_id"]) == {
        (case, indicator): {"level", "level_low", "level_high", "membership", "lower", "upper"}
    }
    moved = {"score", "lower", "upper"}
    keys = ["case_id", "dimension_id"]
    expected = {(case, dimension): moved} | ({(case, "index"): moved} if in_index else {})
    assert differences(one.dimensions, two.dimensions, keys) == expected
    bounds = [frame.set_index(keys).loc[(case, dimension)] for frame in (one.dimensions, two.dimensions)]
    assert bounds[1]["lower"] - bounds[0]["lower"] == pytest.approx(step / size, abs=1e-12)
    assert bounds[1]["upper"] - bounds[0]["upper"] == pytest.approx(step / size, abs=1e-12)

    pairs = differences(compare(real, one), compare(changed, two), ["dimension_id", "case_a", "case_b"])
    dimensions = {dimension, "index"} if in_index else {dimension}
    others = [name for name in real.cases if name != case]
    assert set(pairs) == {(name, *sorted((case, other))) for name in dimensions for other in others}
    assert all("difference" in columns and columns <= {"difference", "verdict"} for columns in pairs.values())

    beside = differences(process_outcome(one), process_outcome(two), ["case_id"])
    assert beside == ({(case,): {"index", "index_lower", "index_upper"}} if in_index else {})
    pd.testing.assert_frame_equal(evidence_balance(changed), evidence_balance(real))
    for table in ("evidence", "adjudication", "coder_items", "actors", "quantities"):
        pd.testing.assert_frame_equal(getattr(changed, table), getattr(real, table))
