"""Numbers that stand as text in a workbook: read where their mark is certain, refused otherwise."""

from __future__ import annotations

import pytest

from cgutils.exchange.sheet_cells import Refused, number_text


@pytest.mark.parametrize(
    ("text", "number"),
    [("0,125", "0.125"), ("0.125", "0.125"), ("-0,125", "-0.125"), ("80,6", "80.6"), ("12,3456", "12.3456")],
)
def test_a_mark_that_can_only_be_the_decimal_sign_is_read(text: str, number: str) -> None:
    assert number_text(text) == number


@pytest.mark.parametrize("text", ["1.125", "1,125", "143.516", "-10,000", "1.234.567"])
def test_a_mark_that_may_separate_thousands_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="may separate thousands"):
        number_text(text)
