"""Where in a source something stands."""

from __future__ import annotations

import re

import pytest

from cgutils.data.fields import LOCATOR


@pytest.mark.parametrize("text", ["L3", "L3-L5;L9", "kota-x L3", "kota_x L3-L5;kota-x L1", "a1 L2;L3"])
def test_a_source_of_any_allowed_id_can_stand_before_its_lines(text: str) -> None:
    assert re.fullmatch(LOCATOR, text)


@pytest.mark.parametrize(
    "text", ["", "L", "3", "kota--x L3", "-x L3", "Kota L3", "kota x L3", "x  L3", "L3;"]
)
def test_nothing_else_stands_there(text: str) -> None:
    assert not re.fullmatch(LOCATOR, text)
