"""Finding passages: verdicts, places, and what damage does."""

from __future__ import annotations

import random

import pytest
from exchange_support import evidence, lines, made_up
from hypothesis import given
from hypothesis import strategies as st

from cgutils.data.errors import CgutilsError
from cgutils.exchange.documents import PAGE, document
from cgutils.exchange.locating import (
    FEWEST_WORDS,
    FOUND,
    NOT_FOUND,
    PROBABLE,
    SHOWN,
    VERBATIM,
    count_verdicts,
    locate_passages,
)

BEFORE, PASSAGE, AFTER = (" ".join(made_up(n, seed)) for n, seed in ((60, 1), (30, 2), (60, 3)))
SHORT = " ".join(PASSAGE.split()[: FEWEST_WORDS - 1])


def only(result):
    (one,) = result
    return one


def verdict(text: str, passage: str = PASSAGE) -> str:
    return only(locate_passages(lines(*text.split("\n")), evidence({"item-1": passage}))).verdict


def without(text: str, share: float) -> str:
    """The text with the first part of its words exchanged."""
    words = text.split()
    count = round(len(words) * share)
    return " ".join(made_up(count, 9) + words[count:])


def test_a_passage_is_found_with_its_line_and_text() -> None:
    found = only(locate_passages(lines(BEFORE, f"Begin {PASSAGE}", AFTER), evidence({"item-1": PASSAGE})))
    assert (found.evidence_id, found.source_id, found.verdict) == ("item-1", "made_up", VERBATIM)
    place = only(found.places)
    assert (place.first, place.last, place.share) == (2, 2, 1)
    assert place.text[:-1] == PASSAGE[: len(place.text) - 1]
    assert len(place.text) <= SHOWN


def test_the_text_is_shown_as_the_file_has_it() -> None:
    words = PASSAGE.split()
    start, sixth = " ".join(words[:5]).upper() + "\u201c, ", words[5]
    own = f"{start}{sixth[:2]}-\n{sixth[2:]}\x1b[ {' '.join(words[6:])}"
    found = only(locate_passages(lines(BEFORE, *f"x y z; {own}".split("\n")), evidence({"item-1": PASSAGE})))
    place = only(found.places)
    assert (found.verdict, place.first, place.last) == (VERBATIM, 2, 3)
    assert place.text.startswith(f"{start}{sixth[:2]}- {sixth[2:]}[ {words[6]}")


GAPS = st.sampled_from([" ", "\n", "-\n", "\n\n", " \u2013 ", ", ", "\u00ad"])


@given(st.lists(GAPS, min_size=30, max_size=30), st.booleans())
def test_no_layout_changes_the_verdict(gaps, upper) -> None:
    text = "".join(word + gap for word, gap in zip(PASSAGE.split(), gaps, strict=True))
    assert verdict(f"{BEFORE}\n{text.upper() if upper else text}\n{AFTER}") == VERBATIM


@pytest.mark.parametrize(
    ("share", "expected"), [(0, VERBATIM), (0.1, FOUND), (0.4, PROBABLE), (0.65, PROBABLE), (0.9, NOT_FOUND)]
)
def test_the_verdict_follows_the_share_that_stands_there(share, expected) -> None:
    assert verdict(f"{BEFORE} {without(PASSAGE, share)} {AFTER}") == expected


def test_one_letter_makes_the_difference_between_verbatim_and_found() -> None:
    assert verdict(f"{BEFORE} {PASSAGE}") == VERBATIM
    assert verdict(f"{BEFORE} {PASSAGE[:100]}x{PASSAGE[100:]}") == FOUND
    # Where no kept run is hit either, only the whole is not the same.
    assert verdict(f"{BEFORE} q{PASSAGE[1:]} {AFTER}") == FOUND


@pytest.mark.parametrize("text", [PASSAGE, f"{PASSAGE} {AFTER}", f"{BEFORE} {PASSAGE}"])
def test_a_passage_may_stand_at_either_end(text) -> None:
    assert verdict(text) == VERBATIM


def test_a_short_passage_is_found_verbatim_or_not_at_all() -> None:
    assert verdict(f"{BEFORE} {SHORT} {AFTER}", SHORT) == VERBATIM
    assert verdict(f"{BEFORE} {SHORT[:-1]}z {AFTER}", SHORT) == NOT_FOUND


@pytest.mark.parametrize("passage", [PASSAGE, SHORT])
def test_a_passage_is_found_as_often_as_it_stands_in_a_row(passage) -> None:
    found = only(locate_passages(lines(BEFORE, *[passage] * 5), evidence({"item-1": passage})))
    assert [(p.verdict, p.first, p.last) for p in found.places] == [(VERBATIM, n, n) for n in range(2, 7)]


def test_a_page_break_does_not_hide_a_passage() -> None:
    middle = len(PASSAGE) // 2
    head = " Journal of Made-up Studies, volume 7, number 2, November 2025, pages 1 to 12, received in May "
    assert verdict(f"{BEFORE} {PASSAGE[:middle]} {head} {PASSAGE[middle:]}") in {FOUND, PROBABLE}
    text = document("x.pdf", PAGE, [f"{BEFORE} {PASSAGE[:middle]}", f"{PASSAGE[middle:]} {AFTER}"])
    place = only(only(locate_passages(text, evidence({"item-1": PASSAGE}))).places)
    assert (place.verdict, place.first, place.last) == (VERBATIM, 1, 2)


def test_all_places_are_given_and_do_not_overlap() -> None:
    parts = [PASSAGE, BEFORE, PASSAGE, AFTER, AFTER, without(PASSAGE, 0.4), BEFORE]
    found = only(locate_passages(lines(*parts), evidence({"item-1": PASSAGE})))
    assert [(p.verdict, p.first) for p in found.places] == [(VERBATIM, 1), (VERBATIM, 3), (PROBABLE, 6)]
    assert found.places[2].share < 0.8


@pytest.mark.parametrize(("locator", "first"), [("", 1), ("L2", 1), ("L4;L1", 1), ("L5", 4), ("L9-L12", 7)])
def test_the_stored_lines_break_ties(locator, first) -> None:
    text = lines(PASSAGE, BEFORE, BEFORE, PASSAGE, AFTER, AFTER, PASSAGE)
    found = only(locate_passages(text, evidence({"item-1": PASSAGE}, locator)))
    assert found.places[0].first == first
    assert len(found.places) == 3


def test_the_stored_lines_mean_nothing_for_pages() -> None:
    text = document("x.pdf", PAGE, [PASSAGE, BEFORE, PASSAGE])
    assert only(locate_passages(text, evidence({"item-1": PASSAGE}, "L3"))).places[0].first == 1


def test_the_stored_lines_never_outweigh_a_better_place() -> None:
    text = lines(PASSAGE, BEFORE, AFTER, without(PASSAGE, 0.4))
    assert only(locate_passages(text, evidence({"item-1": PASSAGE}, "L4"))).places[0].first == 1


def test_the_fingerprint_of_another_item_finds_nothing() -> None:
    swapped = evidence({"item-1": PASSAGE}).assign(evidence_id="item-2")
    assert only(locate_passages(lines(PASSAGE), swapped)).verdict == NOT_FOUND


def test_items_without_a_fingerprint_are_passed_over_and_a_spoilt_one_is_said() -> None:
    register = evidence({"item-1": PASSAGE, "item-2": AFTER, "item-3": BEFORE})
    register.loc[0, "fingerprint"], register.loc[1, "fingerprint"] = "", "none"
    assert [r.evidence_id for r in locate_passages(lines(BEFORE), register)] == ["item-3"]
    with pytest.raises(CgutilsError, match="is not a fingerprint"):
        locate_passages(lines(BEFORE), register.assign(fingerprint="v1:30"))


def test_counts_name_every_verdict() -> None:
    results = locate_passages(lines(BEFORE), evidence({"item-1": PASSAGE, "item-2": BEFORE}))
    assert count_verdicts(results) == {VERBATIM: 1, FOUND: 0, PROBABLE: 0, NOT_FOUND: 1}


@pytest.mark.parametrize(("level", "wanted"), [(0.03, 0.99), (0.06, 0.93)])
def test_damaged_passages_are_found_and_no_other_place_is(level, wanted) -> None:
    rng = random.Random(5)
    words = made_up(30_000, 4)
    places = {f"item-{n:03}": n * 190 for n in range(150)}
    register = evidence({item: " ".join(words[at : at + 30]) for item, at in places.items()})

    def spoil(letter: str) -> str:
        return rng.choice(("", "q", letter + "q")) if rng.random() < level else letter

    # One word a line, so that the line number is the place.
    text = lines(*("".join(map(spoil, word)) for word in words))
    right = 0
    for result in locate_passages(text, register):
        at = places[result.evidence_id]
        right += bool(result.places) and at < result.places[0].last and result.places[0].first <= at + 30
        assert len(result.places) <= 1
    assert right / len(places) >= wanted
