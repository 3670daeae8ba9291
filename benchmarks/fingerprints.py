"""Measure the passage fingerprints: recall and false places under damage, what leaks, and time.

    python benchmarks/fingerprints.py SOURCES

SOURCES is a folder with the source texts as .txt (they are not published with the project). Passages of 25 to
45 words are drawn from them, each text is damaged character by character, and the passages are looked for in
the damaged text. A place is right where it overlaps the stretch that the passage was drawn from; any other is
false, unless the undamaged text repeats itself there. The figures are printed, nothing is judged here.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "exchange"))

import attack  # noqa: E402

from cgutils.exchange.documents import LINE, Document, document  # noqa: E402
from cgutils.exchange.fingerprints import GRAM, kept_grams, make_fingerprint, normalise  # noqa: E402
from cgutils.exchange.locating import Place, locate_passages  # noqa: E402

N_PASSAGES = 750
WORDS = (25, 45)
SEED = 7
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Share of characters that are replaced, dropped or doubled. Lost spaces change nothing once normalised.
LEVELS = (0.0, 0.03, 0.06)
BRIDGES = (0, 1, 2, 3, 4)
LONG = 700_000


def words_of(text: str) -> list[str]:
    """Split a text into words that hold letters or digits."""
    return [word for word in text.split() if normalise(word)]


def draw(texts: dict[str, list[str]], rng: random.Random) -> pd.DataFrame:
    """Draw passages: a register, with first and last word (from 1) and passage as further columns."""
    rows = []
    for number in range(N_PASSAGES):
        source = sorted(texts)[number % len(texts)]
        words = texts[source]
        size = min(rng.randint(*WORDS), len(words))
        first = rng.randrange(len(words) - size + 1)
        item, passage = f"item-{number:03}", " ".join(words[first : first + size])
        cell = make_fingerprint(item, passage).cell
        rows.append((item, source, "", cell, first + 1, first + size, passage))
    columns = ["evidence_id", "source_id", "locator", "fingerprint", "first", "last", "passage"]
    return pd.DataFrame(rows, columns=columns)


def damaged(words: list[str], level: float, rng: random.Random) -> Document:
    """Damage each character with probability ``level``; each word is a part, so that places are words."""

    def one(letter: str) -> str:
        if rng.random() >= level:
            return letter
        return rng.choice(("", rng.choice(LETTERS), letter + rng.choice(LETTERS)))

    return document("text", LINE, ["".join(map(one, word)) for word in words])


def overlaps(place: Place, spans: list[tuple[int, int]]) -> bool:
    """Say whether a place shares a word with one of the spans."""
    return any(place.first <= last and place.last >= first for first, last in spans)


def recall(texts: dict[str, list[str]], drawn: pd.DataFrame) -> None:
    """Print recall and false places at each level of damage."""
    rng = random.Random(SEED)
    own = {}
    for source, words in texts.items():
        for result in locate_passages(document("text", LINE, words), drawn[drawn["source_id"] == source]):
            own[result.evidence_id] = [(place.first, place.last) for place in result.places]
    print("damage  verbatim  found  probable  recall  false places  in the other texts")
    for level in LEVELS:
        verdicts = dict.fromkeys(("verbatim", "found", "probable"), 0)
        false = strange = 0
        for source, words in sorted(texts.items()):
            text = damaged(words, level, rng)
            true = drawn[drawn["source_id"] == source].set_index("evidence_id")
            for result in locate_passages(text, drawn):
                if result.source_id != source:
                    strange += len(result.places)
                    continue
                row = true.loc[result.evidence_id]
                right = [p for p in result.places if overlaps(p, [(row["first"], row["last"])])]
                if right:
                    verdicts[right[0].verdict] += 1
                false += sum(not overlaps(place, own[result.evidence_id]) for place in result.places)
        counts = "  ".join(f"{count:>8}" for count in verdicts.values())
        share = sum(verdicts.values()) / len(drawn)
        print(f"{level:>6.0%}  {counts}  {share:>6.3f}  {false:>12}  {strange:>18}")
    repeated = sum(len(spans) > 1 for spans in own.values())
    print(f"{len(drawn)} passages, of which {repeated} stand more than once (in part) in the undamaged text")


def leak(texts: dict[str, list[str]], drawn: pd.DataFrame) -> None:
    """Print how much of a passage can be rebuilt from a known run, and with the other texts at hand."""
    normalised = {source: normalise(" ".join(words)) for source, words in texts.items()}
    known = {source: attack.all_grams(text) for source, text in normalised.items()}
    print(
        "\nb unknown characters bridged: rebuilt from a known run in the middle (median, highest); the same"
    )
    print("with all runs published; recognised with the other texts at hand, of which not in those (medians)")
    for bridge in BRIDGES:
        figures = []
        for _, source, _, _, _, _, passage in drawn.itertuples(index=False, name=None):
            text = normalise(passage)
            kept, everything = set(kept_grams(text)[0].tolist()), range(len(text) - GRAM + 1)
            others = set().union(*(grams for name, grams in known.items() if name != source))
            start = min(kept, key=lambda at: abs(at - len(text) // 2))
            first = {at for at in kept if text[at : at + GRAM] in others}
            reached = attack.reachable(first, kept, bridge)
            figures.append(
                (
                    attack.covered(attack.reachable({start}, kept, bridge), len(text)),
                    attack.covered(attack.reachable({start}, everything, bridge), len(text)),
                    attack.covered(reached, len(text)),
                    attack.covered(reached, len(text)) - attack.covered(first, len(text)),
                )
            )
        table = np.array(figures)
        one, every, recognised, fresh = np.median(table, axis=0)
        highest = table[:, 0].max()
        print(f"{bridge}: {one:.3f}, {highest:.3f}; {every:.2f}; {recognised:.3f}, of which {fresh:.3f}")


def speed(texts: dict[str, list[str]], drawn: pd.DataFrame) -> None:
    """Print the time for a document of about 300 pages and 180 items, reading left out."""
    words = [word for source in sorted(texts) for word in texts[source]]
    rng = random.Random(SEED)
    lines: list[str] = []
    size = 0
    while size < LONG:
        lines.append(" ".join(rng.choices(words, k=12)))
        size += len(lines[-1]) + 1
    started = time.perf_counter()
    locate_passages(document("text", LINE, lines), drawn.head(180))
    print(f"\n{size:,} characters, 180 items: {time.perf_counter() - started:.2f} s")


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, metavar="SOURCES")
    folder = parser.parse_args().sources
    texts = {path.stem: words_of(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))}
    if len(texts) < 2:
        parser.error(f"{folder} holds fewer than two .txt files")
    drawn = draw(texts, random.Random(SEED))
    recall(texts, drawn)
    leak(texts, drawn)
    speed(texts, drawn)


if __name__ == "__main__":
    main()
