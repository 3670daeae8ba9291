"""What `cgutils locate` and `cgutils fingerprint` tell, as lines of text or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from cgutils.data.fingerprint import WITHHELD
from cgutils.exchange.documents import Document
from cgutils.exchange.locating import FOUND, NOT_FOUND, VERBATIM, Result, count_verdicts
from cgutils.exchange.register import Change

PLACES_SHOWN = 5


class Terms(Protocol):
    """What is needed of the labels of a language."""

    def term(self, key: str, **values: str) -> str:
        """Give a word or sentence."""


def matching_sources(results: Sequence[Result]) -> tuple[list[str], list[str]]:
    """Divide the sources into those of which at least one passage stands in the document, and the others."""
    sources = dict.fromkeys(result.source_id for result in results)
    found = {result.source_id for result in results if result.verdict != NOT_FOUND}
    return [name for name in sources if name in found], [name for name in sources if name not in found]


def finding_lines(
    document: Document, results: Sequence[Result], fingerprints: Iterable[str], words: Terms
) -> Iterator[str]:
    """Tell where the passages stand.

    Parameters
    ----------
    document : Document
        What was searched.
    results : sequence of Result
        As `locate_passages` gives them.
    fingerprints : iterable of str
        The cells of all items that were meant, to count those without a fingerprint.
    words : Terms
        Labels of one language.

    Yields
    ------
    str
        For each source of which a passage was found its items and a summary; then what was not searched, and
        what a find does not show.
    """
    here, elsewhere = matching_sources(results)
    for source in here:
        own = [result for result in results if result.source_id == source]
        # A stray likeness in another publication is worth a line, its missing items are not.
        sure = any(result.verdict in {VERBATIM, FOUND} for result in own)
        for result in own:
            if sure or result.places:
                yield from _item(document, result, words)
        counts = count_verdicts(own)
        said = ", ".join(f"{counts[verdict]} {words.term(verdict)}" for verdict in counts)
        yield ""
        yield f"{source}: {len(own)} {words.term('passages')}: {said}."
    if elsewhere:
        yield words.term("search_elsewhere", sources=", ".join(elsewhere))
    without = Counter(cell for cell in fingerprints if cell in {"", WITHHELD})
    if without:
        yield words.term("search_without", withheld=str(without[WITHHELD]), not_made=str(without[""]))
    if here:
        yield words.term("search_caution")


def findings_json(document: Document, results: Sequence[Result]) -> str:
    """Write the results as JSON, all sources included; share is 0 to 1, verdicts are not translated."""
    found = [
        {
            "evidence_id": result.evidence_id,
            "source_id": result.source_id,
            "verdict": result.verdict,
            "locator": result.locator,
            "page": result.page,
            "places": [
                {
                    "verdict": place.verdict,
                    "share": round(place.share, 3),
                    "first": place.first,
                    "last": place.last,
                    "text": place.text,
                }
                for place in result.places
            ],
        }
        for result in results
    ]
    return json.dumps({"file": document.name, "unit": document.unit, "results": found}, indent=2)


def change_line(change: Change) -> str:
    """Tell what was done to the fingerprints of a case."""
    parts = {
        "new": change.new,
        "changed": change.changed,
        "unchanged": change.unchanged,
        "withheld": change.withheld,
        "without one": change.without,
    }
    said = ", ".join(f"{len(items)} {name}" for name, items in parts.items() if items)
    # Few changes among many items are what a maintainer wants to see by name.
    named = f" ({', '.join(change.changed)})" if 0 < len(change.changed) <= 10 else ""
    return f"{change.case_id}: {said}{named}"


def _item(document: Document, result: Result, words: Terms) -> Iterator[str]:
    registered = _registered(result, words)
    if not result.places:
        yield f"{result.evidence_id}  {words.term(NOT_FOUND)}{registered}"
        return
    for number, place in enumerate(result.places[:PLACES_SHOWN]):
        name = result.evidence_id if number == 0 else " " * len(result.evidence_id)
        where = f"{words.term(document.unit)} {place.first}" + (
            f"-{place.last}" if place.last > place.first else ""
        )
        share = "" if place.share == 1 else f" ({int(100 * place.share)}%)"
        beside = registered if number == 0 else ""
        yield f"{name}  {words.term(place.verdict)}{share}, {where}{beside}: {place.text}"
    if len(result.places) > PLACES_SHOWN:
        yield " " * len(result.evidence_id) + f"  + {len(result.places) - PLACES_SHOWN}"


def _registered(result: Result, words: Terms) -> str:
    """Say what the register has, to be held against where the passage was found."""
    where = [result.locator.replace(";", "; ")] if result.locator else []
    if result.page:
        where.append(f"{words.term('page')} {result.page.replace(';', ', ')}")
    return f" ({words.term('search_register', where=', '.join(where))})" if where else ""
