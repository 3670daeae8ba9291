"""How a number of a table becomes one of a spreadsheet that looks the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgutils.present.labels import LANGUAGES, Labels
from cgutils.report.convert import _pattern


@pytest.mark.parametrize(
    ("text", "value", "pattern"),
    [
        ("1.000", 1.0, "0.000"),
        ("1,000", 1.0, "0.000"),
        ("-1,000", -1.0, "0.000"),
        ("0.000", 0.0, "0.000"),
        ("0,665", 0.665, "0.000"),
        ("1.000", 1000.0, "#,##0"),
        ("1.000", 999.7, "#,##0"),
        ("1.234", 1234.4, "#,##0"),
        ("154.425", 154425.0, "#,##0"),
        ("1.234.567", 1234567.0, "#,##0"),
        ("1.234,500", 1234.5, "#,##0.000"),
        ("1.234,000", 1234.0, "#,##0.000"),
        ("12", 12.0, "0"),
        ("0,5", 0.5, "0.0"),
        ("67%", 0.67, "0%"),
        ("80,692%", 80.692, '0.000"%"'),
        ("1.200%", 12.0, "#,##0%"),
        ("-12%", -0.12, "0%"),
    ],
)
def test_the_format_shows_what_the_text_shows(text, value, pattern):
    assert _pattern(text, value) == pattern


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 5), st.sampled_from(LANGUAGES))
def test_no_place_after_the_mark_is_lost(value, decimals, language):
    text = Labels(language).number(value, decimals)
    pattern = _pattern(text, value)
    assert len(pattern.partition(".")[2]) == decimals
    assert ("#" in pattern) == (len("".join(filter(str.isdigit, text))) - decimals > 3)
