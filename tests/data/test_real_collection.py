"""The project's own collection: whole, and equal to the blind codings that it comes from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cgutils.data.collection import Collection
from support import ROOT

CODINGS = ROOT.parent / "shared" / "coding"
KEYS = ["case_id", "coder_id", "indicator_id"]


@pytest.fixture(scope="module")
def codings() -> Path:
    if not CODINGS.is_dir():
        pytest.skip("the blind codings are kept outside the project and are not here")
    return CODINGS


def blind(codings: Path, table: str) -> pd.DataFrame:
    parts = [
        pd.read_csv(path, dtype="str", keep_default_na=False).assign(coder_id=path.parent.name)
        for path in sorted(codings.glob(f"*/{table}.csv"))
    ]
    assert len(parts) == 2
    return pd.concat(parts, ignore_index=True)


def test_every_coder_rates_every_indicator_of_every_case(real: Collection) -> None:
    assert [*real.cases] == ["banjar", "sako", "sampang"]
    indicators = [i.indicator_id for i in real.framework_of("banjar").indicators]
    assert len(indicators) == 18
    for (case, coder), rows in real.ratings.groupby(["case_id", "coder_id"]):
        assert rows["indicator_id"].tolist() == indicators, (case, coder)
    assert real.ratings.groupby("case_id")["coder_id"].nunique().tolist() == [2, 2, 2]


def test_a_blank_has_neither_confidence_nor_evidence_and_a_level_has_both(real: Collection) -> None:
    blank = real.ratings["level"].isna()
    assert blank.any() and not blank.all()
    assert set(real.ratings.loc[blank, "case_id"]) == {"sampang"}
    assert (real.ratings.loc[blank, "confidence"] == "").all()
    assert real.ratings.loc[~blank, "confidence"].isin({"low", "medium", "high"}).all()
    assert (real.ratings["evidence_ids"].map(len).eq(0) == blank).all()


def test_disagreements_and_adjudications_are_the_same_indicators(real: Collection) -> None:
    levels = real.ratings["level"].astype("string").fillna("blank")
    differ = levels.groupby([real.ratings["case_id"], real.ratings["indicator_id"]]).nunique() > 1
    assert set(differ[differ].index) == set(
        real.adjudication[["case_id", "indicator_id"]].itertuples(index=False, name=None)
    )
    assert real.notes == ()


def test_every_evidence_item_comes_from_a_coder_and_every_coder_item_went_somewhere(real: Collection) -> None:
    items = real.coder_items
    kept = items[items["change"] != "dropped"]
    assert set(kept["evidence_id"]) == set(real.evidence["evidence_id"])
    assert (items.loc[items["change"] == "dropped", "evidence_id"] == "").all()
    assert (items.loc[items["change"] != "kept", "reason"] != "").all()
    owner = real.evidence.set_index("evidence_id")["case_id"]
    assert (kept["evidence_id"].map(owner) == kept["case_id"]).all()
    # What a level rests on was coded by that coder, or by the other one and found on re-reading.
    cited = {item for cell in real.ratings["evidence_ids"] for item in cell}
    assert cited <= set(kept["evidence_id"])


def test_evidence_ids_are_numbered_in_codebook_order(real: Collection) -> None:
    for case, rows in real.evidence.groupby("case_id"):
        ids = rows["evidence_id"]
        # A number that was given to an item that is gone is not given again.
        assert ids.is_monotonic_increasing and ids.str.fullmatch(rf"{case}-\d{{3}}").all()
        order = [i.indicator_id for i in real.framework_of(str(case)).indicators]
        places = rows["indicator_id"].map(order.index)
        assert places.is_monotonic_increasing


def test_words_are_there_in_both_languages_or_in_neither(real: Collection) -> None:
    frames = {
        name: getattr(real, name)
        for name in (
            "evidence",
            "actors",
            "quantities",
            "instruments",
            "method",
            "sources",
            "timeline",
            "coders",
        )
    }
    for topic, tables in real.context.items():
        frames |= {f"{topic}/{name}": frame for name, frame in tables.items()}
    pairs = 0
    for name, frame in frames.items():
        for column in [c for c in frame.columns if c.endswith("_en")]:
            other = frame[column.removesuffix("_en") + "_id"]
            pairs += len(frame)
            words = frame[column].str.contains(r"[^\W\d_]")
            assert (words == other.str.contains(r"[^\W\d_]")).all(), (name, column)
    assert pairs > 500


def test_ratings_equal_the_blind_codings(real: Collection, codings: Path) -> None:
    fields = ["level", "confidence", "rationale"]
    then = blind(codings, "ratings").set_index(KEYS)[fields].sort_index()
    now = real.ratings.assign(level=real.ratings["level"].astype("string").fillna("").astype("str"))
    now = now.set_index(KEYS)[fields].sort_index()
    assert len(then) == 108
    pd.testing.assert_frame_equal(now, then, check_dtype=False)


def test_every_item_of_the_blind_codings_is_accounted_for_once(real: Collection, codings: Path) -> None:
    then = blind(codings, "evidence")
    expected = sorted(then[["case_id", "coder_id", "evidence_id"]].itertuples(index=False, name=None))
    found = sorted(real.coder_items[["case_id", "coder_id", "item_id"]].itertuples(index=False, name=None))
    assert len(expected) == 320
    assert found == expected


def test_an_item_that_was_kept_has_the_direction_and_kind_that_its_coder_gave(
    real: Collection, codings: Path
) -> None:
    then = blind(codings, "evidence").set_index(["case_id", "coder_id", "evidence_id"])
    register = real.evidence.set_index("evidence_id")
    kept = real.coder_items[real.coder_items["change"] == "kept"]
    assert len(kept) > 100
    for row in kept.itertuples(index=False):
        coded = then.loc[(row.case_id, row.coder_id, row.item_id)]
        entered = register.loc[row.evidence_id]
        for field in ("indicator_id", "direction", "kind"):
            assert coded[field] == entered[field], (row.item_id, row.coder_id, field)
