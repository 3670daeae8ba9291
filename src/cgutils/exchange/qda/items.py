"""From coded segments to evidence items: one for each passage and indicator."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cgutils.data.project import LANGUAGES
from cgutils.exchange.qda.mapping import (
    CODE,
    CODER,
    DOCUMENT,
    IGNORE,
    MODIFIER,
    NOT_TOLD,
    Entry,
    code_name,
)
from cgutils.exchange.qda.memos import Memo, clean, read_memo
from cgutils.exchange.qda.segments import AUDIO, VIDEO, Segment
from cgutils.exchange.qda.vocabulary import ATTRIBUTES

# Why a coding is left out, as in `textparts`.
IGNORED = {CODE: "ignored_code", DOCUMENT: "ignored_document", CODER: "ignored_coder"}
ALONE = "alone"
Place = tuple[object, ...]


@dataclass
class Item:
    """One passage coded with one indicator, by one coder or several.

    Parameters
    ----------
    item_id : str
        Made of document, place and indicator: the same passage gives the same id whenever it is imported. The
        text enters for rows of a list alone, whose places change with their order. Nobody reads it out of
        the id, but a guess of the whole passage can be confirmed; a list without its texts avoids that.
    indicator_id, source_id, section, locator : str
        As in ``evidence.csv``.
    text : str
        The passage, "" where it is not in the file.
    coders : list of str
        Ids of those who coded it, each once.
    attributes : dict of str to set of str
        What codes and comments say of ``direction`` and ``kind``.
    summaries : dict of str to list of str
        Comments by language.
    """

    item_id: str
    indicator_id: str
    source_id: str
    section: str
    locator: str
    text: str
    coders: list[str] = field(default_factory=list)
    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    summaries: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def value(self, attribute: str) -> str:
        """Give what all say of an attribute; "" where nobody says anything or they differ."""
        said = self.attributes.get(attribute, set())
        return next(iter(said)) if len(said) == 1 else ""

    def summary(self, language: str) -> str:
        """Give the comments in a language, as a table may hold them."""
        return " | ".join(self.summaries.get(language, []))


@dataclass
class _Said:
    """What a coder says of a place with codes that name a direction or kind alone."""

    attributes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    memos: list[Memo] = field(default_factory=list)
    n: int = 0

    def take(self, attributes: Mapping[str, str], memo: str) -> None:
        self.n += 1
        self.memos.append(read_memo(memo))
        for attribute, value in attributes.items():
            self.attributes[attribute].add(value)


def make_items(
    segments: Iterable[Segment],
    entries: Mapping[tuple[str, str], Entry],
    language: str | None,
    skipped: Counter[str],
) -> list[Item]:
    """Make evidence items.

    Parameters
    ----------
    segments : iterable of Segment
        Coded segments.
    entries : mapping of (str, str) to Entry
        All decided.
    language : {"en", "id"} or None
        Language of comments that do not tell theirs; such comments are left out where it is None.
    skipped : Counter of str
        Gets what is left out, by reason.

    Returns
    -------
    list of Item
        In the order of documents, positions and indicators of the segments.
    """
    items: dict[tuple[Place, str], Item] = {}
    same: Counter[tuple[str, str, str]] = Counter()
    by_coder: dict[tuple[Place, str], list[Item]] = defaultdict(list)
    modifiers: dict[tuple[Place, str], _Said] = defaultdict(_Said)
    for segment in _in_order(segments):
        uses = [entries[key] for key in _keys(segment)]
        ignored = [entry.what for entry in uses if entry.use == IGNORE]
        if ignored:
            skipped[IGNORED[ignored[0]]] += 1
            continue
        document, code, coder = uses
        place: Place = (
            segment.document,
            segment.kind,
            segment.start,
            segment.end,
            segment.place,
            segment.key,
        )
        if code.use == MODIFIER:
            modifiers[place, coder.use].take(code.attributes, segment.memo)
            continue
        item = items.get((place, code.use))
        if item is None:
            # Some words may well stand in a document twice, each time with a number of its own.
            same[segment.document, segment.key, code.use] += 1
            again = same[segment.document, segment.key, code.use] if segment.key else 1
            item = items[place, code.use] = _item(segment, document, code.use, again)
        if coder.use not in item.coders:
            item.coders.append(coder.use)
            by_coder[place, coder.use].append(item)
        _add(item, code.attributes, [read_memo(segment.memo)], language)
    for where, said in modifiers.items():
        if where not in by_coder:
            skipped[ALONE] += said.n
            continue
        for item in by_coder[where]:
            _add(item, {}, said.memos, language)
            for attribute, values in said.attributes.items():
                item.attributes[attribute] |= values
    return list(items.values())


def has_comments(segments: Iterable[Segment]) -> bool:
    """Say whether a comment tells a finding without its language."""
    return any(
        "" in read_memo(memo).summaries for memo in {segment.memo for segment in segments if segment.memo}
    )


def _keys(segment: Segment) -> tuple[tuple[str, str], ...]:
    coder = clean(segment.coder) or NOT_TOLD
    return (DOCUMENT, clean(segment.document)), (CODE, code_name(segment.code)), (CODER, coder)


def _in_order(segments: Iterable[Segment]) -> list[Segment]:
    listed = list(segments)
    first = {name: number for number, name in enumerate(dict.fromkeys(one.document for one in listed))}
    return sorted(listed, key=lambda one: (first[one.document], -1 if one.start is None else one.start))


def _item(segment: Segment, document: Entry, indicator_id: str, again: int) -> Item:
    place = (segment.document, segment.kind, segment.start, segment.end, segment.key or segment.place)
    parts = (*place, indicator_id, *([again] if again > 1 else []))
    where = "\0".join("" if part is None else str(part) for part in parts)
    digest = hashlib.blake2s(where.encode("utf-8", errors="replace"), digest_size=8).hexdigest()
    spot = segment.place
    if segment.kind in {AUDIO, VIDEO} and segment.start is not None:
        spot = "-".join(_time(at) for at in (segment.start, segment.end) if at is not None)
    lines = ""
    if segment.lines:
        first, last = segment.lines
        lines = f"L{first}" if first == last else f"L{first}-L{last}"
    section = clean(", ".join(part for part in (document.section, spot) if part))
    return Item(f"q-{digest}", indicator_id, document.use, section, lines, segment.text or "")


def _add(item: Item, attributes: Mapping[str, str], memos: list[Memo], language: str | None) -> None:
    for attribute in ATTRIBUTES:
        if attribute in attributes:
            item.attributes[attribute].add(attributes[attribute])
        for memo in memos:
            item.attributes[attribute] |= memo.attributes.get(attribute, set())
    for memo in memos:
        for told, text in memo.summaries.items():
            into = told or language
            if into in LANGUAGES and text not in item.summaries[into]:
                item.summaries[into].append(text)


def _time(milliseconds: int) -> str:
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    return f"{minutes}:{seconds:02}"
