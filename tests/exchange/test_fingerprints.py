"""Normalising, the form of a fingerprint, and how little it gives away."""

from __future__ import annotations

import itertools
import unicodedata

import numpy as np
import pytest
from attack import all_grams, confirmed, covered, reachable, try_out
from exchange_support import made_up
from hypothesis import given
from hypothesis import strategies as st

from cgutils.data.errors import CgutilsError
from cgutils.data.fingerprint import WITHHELD
from cgutils.exchange.fingerprints import (
    GRAM,
    MOST_CHARACTERS,
    count_words,
    kept_grams,
    make_fingerprint,
    mixed,
    normalise,
    normalise_within,
    read_fingerprint,
)

LETTERS = st.text(st.characters(codec="latin-1", categories=("Lu", "Ll", "Nd")), min_size=1, max_size=12)
WORDS = st.lists(LETTERS, min_size=1, max_size=40)
# What a new layout puts between words or inside them.
GAPS = st.sampled_from(
    [" ", "\n", "  \t", " - ", "-\n", "\u00ad", ", ", ". ", "\u2026", "\u00a0", "\u201d ", "\u2014"]
)
MADE_UP = [" ".join(made_up(30, seed)) for seed in range(60)]


@given(WORDS, st.lists(GAPS, min_size=40, max_size=40), st.booleans())
def test_layout_case_and_punctuation_change_nothing(words, gaps, upper) -> None:
    other = "".join(word + gap for word, gap in zip(words, gaps, strict=False))
    # Upper case is no inverse of lower case for a few letters; those are another letter, not another layout.
    upper = upper and other.upper().casefold() == other.casefold()
    assert normalise(other.upper() if upper else other) == normalise(" ".join(words))


@given(WORDS)
def test_composed_and_decomposed_letters_are_the_same(words) -> None:
    text = " ".join(words)
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(text)


@given(st.text(max_size=400))
def test_normalising_leaves_letters_and_digits_and_is_done_once(text) -> None:
    once = normalise(text)
    assert all(letter.isalnum() for letter in once)
    assert once.isascii() == all(ord(letter) < 128 for letter in once)
    assert normalise(once) == once or not text.isascii()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("\ufb01nal \uff21\uff22 \u00b2", "final AB 2"),
        ("Stra\u00dfe", "STRASSE"),
        ("for_mal", "formal"),
        ("80,6 %", "806"),
        ("(((", ""),
        ("A" * 500 + "\u00e9" * 500, "a" * 500 + "\u00e9" * 500),
    ],
)
def test_compatible_forms_are_the_same(text, same) -> None:
    assert normalise(text) == normalise(same)


def test_normalising_stops_soon_after_the_limit() -> None:
    assert len(normalise_within("\ufdfa " * 10_000, 100)) < 100 + 20
    assert normalise_within("\u00e9 a", 100) == "\u00e9a"


@given(st.integers(0, 10_000), st.integers(10, 120))
def test_a_cell_is_read_back_as_it_was_written(seed, n_words) -> None:
    made = make_fingerprint("item-1", " ".join(made_up(n_words, seed)))
    assert made.n_words == n_words
    assert list(made.grams) == sorted(set(made.grams))
    assert read_fingerprint(made.cell) == made


def test_a_quarter_of_the_runs_is_kept() -> None:
    text = normalise(" ".join(made_up(20_000, 1)))
    share = len(kept_grams(text)[0]) / (len(text) - GRAM + 1)
    assert share == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("text", ["", "a" * 11])
def test_a_text_shorter_than_a_run_has_none(text) -> None:
    assert len(kept_grams(text)[0]) == 0


def test_no_fingerprint_is_none_and_withheld_is_none() -> None:
    assert read_fingerprint("") is None
    assert read_fingerprint(WITHHELD) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cell: cell[:-1],
        lambda cell: cell[:10],
        lambda cell: cell.replace("v1", "v2"),
        lambda cell: cell.upper(),
        lambda cell: cell + ":",
        lambda cell: cell.rsplit(":", 1)[0] + ":AAA=",
        lambda cell: "yes",
    ],
)
def test_another_form_is_refused(spoil) -> None:
    cell = make_fingerprint("item-1", MADE_UP[0]).cell
    with pytest.raises(CgutilsError, match=r"is not a fingerprint\. Make it again"):
        read_fingerprint(spoil(cell))


@pytest.mark.parametrize(
    ("passage", "said"),
    [
        ("Too short.", "8 letters and digits; at least 40 are needed"),
        ("(" * 500, "0 letters and digits; at least 40"),
        ("word " * (MOST_CHARACTERS // 4 + 1), "at most 4,000 are one passage"),
    ],
)
def test_a_passage_of_unfit_length_is_refused(passage, said) -> None:
    with pytest.raises(CgutilsError, match=f"item-1: the passage has .*{said}"):
        make_fingerprint("item-1", passage)


def test_words_are_counted_without_marks_that_stand_alone() -> None:
    assert count_words("\u2022 one \u2014 two, (3)\n& --") == 3


def test_two_items_on_one_passage_share_no_hash_and_give_away_no_further_run() -> None:
    text = normalise(MADE_UP[0])
    positions, hashes = kept_grams(text)
    one, two = (set(mixed(hashes, item).tolist()) for item in ("item-1", "item-2"))
    assert len(one) == len(two) == len(positions)
    assert not one & two
    # The runs that are kept are those of the text, wherever a passage begins and whatever item it is for.
    inside = kept_grams(text[50:])[0] + 50
    assert inside.tolist() == positions[positions >= 50].tolist()


def test_mixed_hashes_are_spread_evenly() -> None:
    hashes = kept_grams(normalise(" ".join(made_up(20_000, 2))))[1]
    for item in ("item-1", "item-2", ""):
        values = mixed(np.unique(hashes), item)
        buckets = np.bincount(values >> 28, minlength=16)
        assert buckets.max() / buckets.min() < 1.2
        assert len(set(values.tolist())) == len(values)


def known_from_the_middle(text: str) -> tuple[set[int], set[int]]:
    kept = set(kept_grams(text)[0].tolist())
    return {min(kept, key=lambda at: abs(at - len(text) // 2))}, kept


def test_at_most_a_tenth_of_a_passage_can_be_rebuilt_from_a_known_run() -> None:
    shares, wider = [], []
    for passage in MADE_UP:
        text = normalise(passage)
        first, kept = known_from_the_middle(text)
        shares.append(covered(reachable(first, kept, bridge=0), len(text)))
        wider.append(covered(reachable(first, kept, bridge=2), len(text)))
    # Continuing run by run never gets further; guessing three characters at once does not as a rule.
    assert max(shares) <= 0.15
    assert np.median(shares) <= 0.1
    assert np.median(wider) <= 0.1


def test_all_runs_would_give_the_whole_passage_away() -> None:
    text = normalise(MADE_UP[0])
    first, _ = known_from_the_middle(text)
    assert covered(reachable(first, set(range(len(text) - GRAM + 1)), bridge=0), len(text)) == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_attack_carried_out_reaches_what_is_reckoned(seed) -> None:
    text = normalise(MADE_UP[seed])
    published = make_fingerprint("item-1", MADE_UP[seed]).grams
    first, kept = known_from_the_middle(text)
    runs = {text[at : at + GRAM] for at in first}
    assert confirmed(runs, "item-1", published) == runs
    assert confirmed(runs, "item-2", published) == set()
    reckoned = {text[at : at + GRAM] for at in reachable(first, kept, bridge=1)}
    assert try_out(runs, "item-1", published, bridge=1) == reckoned


def test_who_knows_the_vocabulary_alone_rebuilds_little() -> None:
    # Every pair of words that stands in another text from the same vocabulary is a guess.
    listed = all_grams(normalise(" ".join(made_up(4_000, 0))))
    fresh = []
    for seed in itertools.islice(range(1, 1_000), 30):
        text = normalise(" ".join(made_up(4_030, 0)[4_000:] if seed == 1 else made_up(30, seed)))
        kept = set(kept_grams(text)[0].tolist())
        first = {at for at in kept if text[at : at + GRAM] in listed}
        fresh.append(covered(reachable(first, kept, bridge=2), len(text)) - covered(first, len(text)))
    assert np.median(fresh) <= 0.1
