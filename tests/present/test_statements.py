"""Every wording of a finding in both languages, as text, and the tables of findings and fragile ratings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cgutils.analysis.robustness.fragile import fragile_ratings
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present.labels import labels
from cgutils.present.statements import say_driver, statements, table_fragile, table_statements

SNAPSHOTS = Path(__file__).parent / "snapshots"
N = 5760


def finding(**values: Any) -> dict[str, Any]:
    """One finding on the index of Banjar and Sako; without an own value, as if everything held always."""
    row = {
        "statement_id": "index:banjar:sako",
        "kind": "pair",
        "dimension_id": "index",
        "case_a": "banjar",
        "case_b": "sako",
        "leading": "banjar",
        "interval_verdict": "higher",
        "strength": "always",
        "n_specifications": N,
        "share": 1.0,
        "share_other": 0.0,
        "share_tie": 0.0,
        "share_undefined": 0.0,
        "n_missing": 0,
        "share_same": 0.9,
        "n_fragile": 2,
    }
    assert set(values) <= set(row)
    return {**row, **values}


def said(real: Collection, **values: Any) -> tuple[str, str]:
    made = statements(pd.DataFrame([finding(**values)]), real)
    return made.loc[0, "sentence_en"], made.loc[0, "sentence_id"]


SAMPANG = {"case_b": "sampang"}
WORDINGS: dict[str, dict[str, Any]] = {
    "always": {},
    "always, the second case": {"leading": "sako", "interval_verdict": "lower"},
    "always, bounds hold": {"n_missing": 3, **SAMPANG},
    "always, bounds open": {"n_missing": 3, "interval_verdict": "indistinguishable"},
    "always, equal at the default choices": {"interval_verdict": "indistinguishable"},
    "robust": {"strength": "robust", "share": 0.974, "share_tie": 0.026},
    "robust, not quite all": {"strength": "robust", "share": 0.9996},
    "robust, bounds open, no value": {
        "strength": "robust",
        "share": 0.91,
        "share_undefined": 0.0899,
        "n_missing": 1,
        "interval_verdict": "indistinguishable",
    },
    "robust, the contrary at the default choices": {
        "strength": "robust",
        "share": 0.9,
        "interval_verdict": "lower",
    },
    "mostly": {"strength": "mostly", "share": 0.824, "interval_verdict": "indistinguishable", "n_missing": 4},
    "mostly, bounds hold": {"strength": "mostly", "share": 0.75, "n_missing": 1},
    "mostly, just under": {"strength": "mostly", "share": 0.8999},
    "leaning": {
        "strength": "leaning",
        "leading": "sako",
        "share": 0.65,
        "share_other": 0.155,
        "share_tie": 0.195,
        "interval_verdict": "indistinguishable",
    },
    "leaning, no value": {
        "strength": "leaning",
        "share": 0.51,
        "share_other": 0.001,
        "share_undefined": 0.489,
        "interval_verdict": "not_comparable",
    },
    "open": {
        "strength": "open",
        "leading": "sako",
        "share": 0.5,
        "share_other": 0.25,
        "share_tie": 0.25,
        "interval_verdict": "lower",
        "n_missing": 2,
    },
    "open, equal": {
        "strength": "open",
        "leading": "",
        "share": 0.0,
        "share_tie": 1.0,
        "interval_verdict": "indistinguishable",
        "n_missing": 2,
    },
    "first": {"kind": "first", "case_b": "", "share": 0.9447, "n_specifications": 91200},
    "first, several": {"kind": "first", "case_a": "", "case_b": "", "leading": "", "share": 0.5},
    "first, none": {"kind": "first", "case_a": "", "case_b": "", "leading": "", "share": 0.0},
}
DRIVER = {"case_a": "banjar", "case_b": "sampang", "factor": "calibration", "first": 0.2, "total": 0.6}
DRIVER |= {"next_factor": "coder", "next_total": 0.3, "clear": True, "status": "defined"}
DRIVERS: dict[str, dict[str, Any]] = {
    "clear": {},
    "clear, beyond what a share can be": {"first": -0.01, "total": 1.02},
    "close": {"clear": False, "factor": "leave_out", "next_total": 0.55},
    "close, beyond what a share can be": {"clear": False, "total": 1.2, "next_total": 1.1},
    "alone": {"first": 0.9996, "total": 1.0, "next_factor": "", "next_total": np.nan},
    "constant": {"status": "constant", "factor": "", "first": np.nan, "total": np.nan, "clear": False},
    "undefined": {"status": "undefined", "factor": "", "first": np.nan, "total": np.nan, "clear": False},
}


def test_every_wording_of_a_finding_is_the_text_on_file(real: Collection, language: str) -> None:
    place = ("en", "id").index(language)
    lines = [f"{name}: {said(real, **values)[place]}" for name, values in WORDINGS.items()]
    assert "\n".join(lines) + "\n" == (SNAPSHOTS / f"statements-{language}.txt").read_text(encoding="utf-8")


def test_every_wording_of_a_driver_is_the_text_on_file(real: Collection, language: str) -> None:
    words = labels(real, language)
    lines = [f"{name}: {say_driver({**DRIVER, **own}, words).text}" for name, own in DRIVERS.items()]
    assert "\n".join(lines) + "\n" == (SNAPSHOTS / f"drivers-{language}.txt").read_text(encoding="utf-8")
    assert say_driver(pd.Series(DRIVER), words) == say_driver(DRIVER, words)


@pytest.mark.parametrize("share", [0.995, 0.9996, np.nextafter(1, 0)])
def test_what_is_not_quite_all_never_reads_as_all(real: Collection, share: float) -> None:
    rows = [finding(strength="robust", share=share, share_same=share)]
    rows.append(finding(statement_id="first", kind="first", share=share, share_same=np.nan))
    made = statements(pd.DataFrame(rows), real)
    for language in ("en", "id"):
        shown = table_statements(made, labels(real, language)).to_text()
        assert "100%" not in shown and shown.count("99%") == 3
        driver = {**DRIVER, "first": share, "total": share}
        assert "100%" not in say_driver(driver, labels(real, language)).text
    assert "reverse holds in less than 1%" in said(real, strength="leaning", share_other=0.0004)[0]


def test_what_a_robust_order_needs_follows_its_argument(real: Collection) -> None:
    row = pd.DataFrame([finding(strength="mostly", share=0.78)])
    assert "the 80% that a robust order" in statements(row, real, least=0.8).loc[0, "sentence_en"]
    assert "in just under 78% of" in statements(row, real, least=0.781).loc[0, "sentence_en"]


def test_findings_keep_their_columns_and_gain_a_sentence_in_each_language(real: Collection) -> None:
    made = pd.DataFrame([finding(), finding(statement_id="other", case_b="sampang")])
    found = statements(made, real)
    assert found.columns.tolist() == [*made.columns, "sentence_en", "sentence_id"]
    pd.testing.assert_frame_equal(found[[*made.columns]], made)
    assert "sentence_en" not in made


def test_the_table_of_findings_in_both_languages(real: Collection) -> None:
    first = finding(statement_id="first", kind="first", share_same=np.nan, n_fragile=pd.NA)
    rows = pd.DataFrame([finding(share_same=0.9385), first]).astype({"n_fragile": "Int64"})
    made = statements(rows, real)
    english, indonesian = (table_statements(made, labels(real, language)) for language in ("en", "id"))
    for found, heads, word in (
        (english, ["Finding", "Strength", "Verdict stands", "Fragile levels"], "without exception"),
        (indonesian, ["Temuan", "Kekuatan", "Putusan bertahan", "Level rapuh"], "tanpa kecuali"),
    ):
        assert [column.heading for column in found.columns] == heads
        text = found.to_text()
        assert text.count(word) == 2 and "94%" in text and "–" in text


def test_the_table_of_fragile_ratings(real: Collection, language: str) -> None:
    listed = fragile_ratings(real)
    text = table_fragile(listed, labels(real, language)).to_text()
    first = listed.iloc[0]
    words = labels(real, language)
    for value in (
        words.dimension(first["dimension_id"]),
        words.term(first["new_verdict"]),
        words.code(first["indicator_id"]),
        words.level(first["new_level"]),
        first["coder_levels"],
        first["evidence_ids"].split(";")[0],
    ):
        assert value in text
    empty = table_fragile(listed.iloc[:0], words)
    assert words.heading("nothing_recorded") in empty.to_text()


def test_an_unknown_strength_names_those_there_are(real: Collection) -> None:
    with pytest.raises(
        CgutilsError,
        match=r"^findings: found the strength 'sure'; allowed: always, robust, mostly, leaning, open\.$",
    ):
        said(real, strength="sure")


@pytest.mark.parametrize("column", ["statement_id", "strength", "share", "n_missing", "interval_verdict"])
def test_a_missing_column_is_named_with_the_function_that_makes_it(real: Collection, column: str) -> None:
    frame = pd.DataFrame([finding()]).drop(columns=column)
    with pytest.raises(CgutilsError, match=rf"^the frame of findings lacks the columns: {column}\. Make "):
        statements(frame, real)


def test_no_findings_are_told_and_double_ones_refused(real: Collection) -> None:
    frame = pd.DataFrame([finding()])
    # A case alone has none: the table says so instead of failing.
    empty = statements(frame.iloc[:0], real)
    assert empty.empty and "Nothing is recorded" in table_statements(empty, labels(real, "en")).to_text()
    with pytest.raises(CgutilsError, match=r"more than one row for statement_id index:banjar:sako\."):
        statements(pd.concat([frame, frame]), real)
    made = statements(frame, real).drop(columns="sentence_id")
    with pytest.raises(CgutilsError, match=r"^the frame of statements lacks the columns: sentence_id\."):
        table_statements(made, labels(real, "id"))
    with pytest.raises(CgutilsError, match=r"^the frame of fragile lacks the columns: new_level\."):
        table_fragile(fragile_ratings(real).drop(columns="new_level"), labels(real, "en"))


def test_an_unknown_case_or_dimension_is_named(real: Collection) -> None:
    with pytest.raises(CgutilsError, match="no label for the case 'bandung'; known: banjar, sako, sampang"):
        said(real, leading="bandung")
    with pytest.raises(CgutilsError, match="no label for the dimension 'trust'"):
        said(real, dimension_id="trust")
