"""Finding passages in a reader's own copy by their published fingerprints."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

import numpy as np
import numpy.typing as npt
import pandas as pd

from cgutils.exchange.documents import LINE, Document
from cgutils.exchange.fingerprints import (
    GRAM,
    Fingerprint,
    kept_grams,
    mixed,
    normalise,
    read_fingerprint,
    whole_hash,
)

VERBATIM, FOUND, PROBABLE, NOT_FOUND = VERDICTS = ("verbatim", "found", "probable", "not_found")
FOUND_SHARE, PROBABLE_SHARE = 0.8, 0.25
# Below this the kept grams are too few: only the hash of the whole passage counts.
FEWEST_WORDS = 20
# Damage makes a passage longer than it was, and so does a page break in it, by running heads and notes.
STRETCH, PAGE_BREAK = 1.3, 250
SHOWN = 160
_LINE = re.compile(r"L(\d+)")
# A terminal would obey some of these.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Place:
    """A stretch of a document that holds (much of) a passage.

    Parameters
    ----------
    verdict : {"verbatim", "found", "probable"}
        Whole passage with every character; at least 80 % of the hashes; at least 25 %.
    share : float
        Share of the published hashes that occur there, 0 to 1.
    first, last : int
        Number of the line, paragraph or page in which it begins and ends.
    text : str
        How it begins, from the reader's own file.
    """

    verdict: str
    share: float
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Result:
    """Where the passage of one evidence item stands.

    Parameters
    ----------
    evidence_id, source_id : str
        The item, and the source that it rests on.
    verdict : {"verbatim", "found", "probable", "not_found"}
        That of the best place.
    places : tuple of Place
        All places, best first.
    locator, page : str
        Where the register says that it stands; ``""`` where it says nothing.
    """

    evidence_id: str
    source_id: str
    verdict: str
    places: tuple[Place, ...]
    locator: str = ""
    page: str = ""


@dataclass(frozen=True)
class _Span:
    """A stretch of the normalised text, from ``start`` up to ``end``."""

    start: int
    end: int
    share: float
    verbatim: bool = False

    @property
    def verdict(self) -> str:
        if self.verbatim:
            return VERBATIM
        return FOUND if self.share >= FOUND_SHARE else PROBABLE


class _Index:
    """A document with its kept grams, hashed once for all items."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = "".join(document.normalised)
        self.starts = list(accumulate(map(len, document.normalised), initial=0))[:-1]
        self.positions, self.hashes = kept_grams(self.text)
        self._words: dict[int, tuple[list[str], list[int]]] = {}

    def part(self, position: int) -> int:
        # Blank parts begin where the next one does; the last of them holds the character.
        return bisect_right(self.starts, position) - 1

    def words(self, part: int) -> tuple[list[str], list[int]]:
        # Kept, since a whole text may stand in one line.
        if part not in self._words:
            words = self.document.parts[part].split()
            self._words[part] = words, list(accumulate(len(normalise(word)) for word in words))
        return self._words[part]


def locate_passages(document: Document, evidence: pd.DataFrame) -> tuple[Result, ...]:
    """Look for the passage of each evidence item in a document.

    Parameters
    ----------
    document : Document
        The reader's copy (see `read_document`).
    evidence : DataFrame
        Columns evidence_id, source_id, locator, fingerprint (text, ``""`` for missing). Items without a
        fingerprint are passed over.

    Returns
    -------
    tuple of Result
        In the order of the items. A window of the document counts as a place where it holds at least 25 % of
        the published hashes; places do not overlap. Of equally good places in a text the one nearest to the
        stored lines comes first. Passages under 20 words count only verbatim.

    Raises
    ------
    CgutilsError
        Where a fingerprint has not the form that it should have.
    """
    index = _Index(document)
    results = []
    columns = ["evidence_id", "source_id", "locator", "page", "fingerprint"]
    for evidence_id, source_id, locator, page, cell in evidence[columns].itertuples(index=False, name=None):
        wanted = read_fingerprint(cell)
        if wanted is not None:
            spans = _sorted(_spans(index, evidence_id, wanted), index, locator)
            places = tuple(_place(index, span) for span in spans)
            verdict = places[0].verdict if places else NOT_FOUND
            results.append(Result(evidence_id, source_id, verdict, places, locator, page))
    return tuple(results)


def _spans(index: _Index, evidence_id: str, wanted: Fingerprint) -> list[_Span]:
    positions, grams = _hits(index.positions, mixed(index.hashes, evidence_id), wanted)
    n_grams = len(wanted.grams)
    fewest = n_grams if wanted.n_words < FEWEST_WORDS else ceil(PROBABLE_SHARE * n_grams)
    spans = []
    for count, first, last in _windows(positions, grams, fewest, _width(wanted)):
        start = _verbatim(index, evidence_id, wanted, first, last) if count == n_grams else None
        if start is not None:
            spans.append(_Span(start, start + wanted.n_characters, 1.0, verbatim=True))
        elif wanted.n_words >= FEWEST_WORDS:
            spans.append(_Span(first, last + GRAM, count / n_grams))
    return _apart(spans)


def _width(wanted: Fingerprint) -> int:
    return int(wanted.n_characters * STRETCH) + PAGE_BREAK


def _hits(
    positions: npt.NDArray[np.int64], hashes: npt.NDArray[np.uint32], wanted: Fingerprint
) -> tuple[list[int], list[int]]:
    # A table over the upper half of the bits drops nearly all of a document at once.
    grams = np.array(wanted.grams, dtype=np.uint32)
    known = np.zeros(1 << 16, dtype=bool)
    known[grams >> 16] = True
    likely = np.flatnonzero(known[hashes >> 16])
    likely = likely[np.isin(hashes[likely], grams)]
    return positions[likely].tolist(), hashes[likely].tolist()


def _windows(
    positions: Sequence[int], grams: Sequence[int], fewest: int, width: int
) -> list[tuple[int, int, int]]:
    """Count the different grams from each hit on within ``width``: (count, first position, last needed)."""
    windows = []
    for left, first in enumerate(positions):
        end = bisect_right(positions, first + width, lo=left)
        if end - left < fewest:
            continue
        seen: set[int] = set()
        last = first
        for at in range(left, end):
            if grams[at] not in seen:
                seen.add(grams[at])
                last = positions[at]
        if len(seen) >= fewest:
            windows.append((len(seen), first, last))
    return windows


def _apart(spans: list[_Span]) -> list[_Span]:
    """Take the best spans that do not overlap: verbatim, most grams, then the shortest, then the first."""
    taken: list[tuple[int, int]] = []
    chosen = []
    for span in sorted(spans, key=lambda one: (not one.verbatim, -one.share, one.end - one.start, one.start)):
        at = bisect_left(taken, (span.start, span.end))
        before = at > 0 and taken[at - 1][1] > span.start
        if not before and not (at < len(taken) and taken[at][0] < span.end):
            taken.insert(at, (span.start, span.end))
            chosen.append(span)
    return chosen


def _verbatim(index: _Index, evidence_id: str, wanted: Fingerprint, first: int, last: int) -> int | None:
    # The passage holds all its hits, so that only a few beginnings before the first of them are possible.
    length = wanted.n_characters
    for start in range(max(0, last + GRAM - length), min(first, len(index.text) - length) + 1):
        if whole_hash(evidence_id, index.text[start : start + length]) == wanted.whole:
            return start
    return None


def _sorted(spans: list[_Span], index: _Index, locator: str) -> list[_Span]:
    lines = [int(number) for number in _LINE.findall(locator)] if index.document.unit == LINE else []

    def rank(span: _Span) -> tuple[bool, float, int, int]:
        line = index.part(span.start) + 1
        distance = min((abs(line - wanted) for wanted in lines), default=0)
        return (not span.verbatim, -span.share, distance, span.start)

    return sorted(spans, key=rank)


def _place(index: _Index, span: _Span) -> Place:
    first, last = index.part(span.start), index.part(span.end - 1)
    return Place(span.verdict, span.share, first + 1, last + 1, _shown(index, first, span.start))


def _shown(index: _Index, part: int, position: int) -> str:
    """Give the text as it stands in the file, from the word on that holds a normalised position."""
    words, ends = index.words(part)
    at = bisect_right(ends, position - index.starts[part])
    text = " ".join(words[at : at + SHOWN])
    for following in index.document.parts[part + 1 :]:
        if len(text) > SHOWN:
            break
        text = " ".join([text, *following[: 2 * SHOWN].split()])
    text = _CONTROL.sub("", text)
    return text if len(text) <= SHOWN else text[: SHOWN - 1].rstrip() + "…"


def count_verdicts(results: Sequence[Result]) -> Mapping[str, int]:
    """Count the results by verdict, all four verdicts in their order."""
    return {verdict: sum(result.verdict == verdict for result in results) for verdict in VERDICTS}
