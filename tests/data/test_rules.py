"""The rules of the codebook that a machine can check, level by level."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import pytest

from cgutils.data.errors import CollectionError, Problem
from cgutils.data.rules import breaches
from cgutils.data.schemas import DIRECTIONS, KINDS

ITEMS = list(product(DIRECTIONS, KINDS))


def rules(level: int | None, items: list[tuple[str, str]]) -> list[str]:
    return [breach.rule for breach in breaches(level, [d for d, _ in items], [k for _, k in items])]


@pytest.mark.parametrize(
    ("level", "items", "broken"),
    [
        (None, [], []),
        (None, [("enabling", "fact")], ["R2"]),
        *((level, [], ["R2"]) for level in range(4)),
        (0, [("hindering", "judgement")], []),
        (0, [("hindering", "judgement"), ("overruled", "judgement")], []),
        (0, [("hindering", "figure"), ("enabling", "recommendation")], ["R7"]),
        (0, [("mixed", "fact")], ["R7"]),
        (0, [("overruled", "judgement")], ["R2"]),
        (1, [("enabling", "figure")], []),
        (2, [("hindering", "figure")], []),
        (1, [("overruled", "figure")], ["R2"]),
        (2, [("overruled", "judgement"), ("overruled", "fact")], ["R2"]),
        (2, [("overruled", "judgement"), ("mixed", "fact")], []),
        (3, [("enabling", "figure"), ("enabling", "judgement")], []),
        (3, [("enabling", "fact"), ("enabling", "fact"), ("overruled", "judgement")], []),
        (3, [("enabling", "figure")], ["R10"]),
        (3, [("enabling", "judgement"), ("enabling", "judgement")], ["R10"]),
        (3, [("enabling", "judgement"), ("enabling", "recommendation")], ["R10"]),
        (3, [("enabling", "fact"), ("enabling", "fact"), ("mixed", "fact")], ["R7"]),
        (3, [("enabling", "fact"), ("hindering", "judgement")], ["R7", "R10"]),
        (3, [("overruled", "judgement")], ["R2"]),
    ],
)
def test_breaches(level: int | None, items: list[tuple[str, str]], broken: list[str]) -> None:
    assert rules(level, items) == broken


def test_levels_1_and_2_rest_on_any_evidence_and_the_ends_on_one_side() -> None:
    for size in (1, 2, 3):
        for items in combinations_with_replacement(ITEMS, size):
            counted = {direction for direction, _ in items if direction != "overruled"}
            if not counted:
                assert all(rules(level, [*items]) == ["R2"] for level in range(4))
                continue
            assert rules(1, [*items]) == rules(2, [*items]) == []
            assert ("R7" in rules(0, [*items])) == (counted != {"hindering"})
            assert ("R7" in rules(3, [*items])) == (counted != {"enabling"})
            enabling = [kind for direction, kind in items if direction == "enabling"]
            thin = len(enabling) < 2 or not {"figure", "fact"} & set(enabling)
            assert ("R10" in rules(3, [*items])) == thin


def test_a_message_counts_its_problems_and_says_each_once_in_order_of_place() -> None:
    first = Problem("a.csv", 2, "level", "7", "0 to 3", "Choose one.", "R7")
    later = Problem("a.csv", 10, "level", "8", "0 to 3", "Choose one.")
    whole = Problem("b.csv", found="an empty file", fix="Add the heading.")
    error = CollectionError([whole, later, first, first])
    assert error.problems == (first, later, whole)
    assert str(error) == (
        "3 problems found\n"
        "  a.csv, row 2, column level, rule R7: found 7; allowed: 0 to 3. Choose one.\n"
        "  a.csv, row 10, column level: found 8; allowed: 0 to 3. Choose one.\n"
        "  b.csv: found an empty file. Add the heading."
    )
    assert str(CollectionError([whole])).startswith("1 problem found\n")
