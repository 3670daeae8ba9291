"""What the positions of a program count: found by trying, since programs leave the specification.

The specification counts code points from 0. NVivo counts UTF-16 units, ATLAS.ti writes CRLF and counts a
line end as one, others count the byte-order mark. Each way of counting is tried on the passages of a
document: where the text of a passage is stored beside its position, the two are compared; otherwise a right
way makes passages begin and end at the edges of words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cgutils.exchange.qda.texts import ILLEGAL, DocumentText

LOWEST_SCORE = 0.9
_BLANKS = re.compile(r"\s+")
_CUT = re.compile(r"(\.\.\.|…)$")
# Stored texts that are looked up in the document to see whether they are quotations at all.
_TRIED = 50
_SHOWN = 3
# Scripts that are written without spaces: an edge of a word cannot be seen there.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
Positions = npt.NDArray[np.int64]


class Convention(NamedTuple):
    """One way of counting positions."""

    bom: bool
    newline: str
    utf16: bool

    def keys(self) -> tuple[str, ...]:
        """Give its parts by name, as the log of an import holds them."""
        return (
            "bom_counted" if self.bom else "bom_left_out",
            f"line_end_{self.newline}",
            "utf16_units" if self.utf16 else "code_points",
        )


# In the order in which ties are broken: what the specification says first, the rarest last.
_ALL = [
    Convention(bom, newline, utf16)
    for bom in (False, True)
    for newline in ("kept", "one", "two")
    for utf16 in (False, True)
]

# What programs were seen to do.
_HABITS = {"nvivo": Convention(False, "kept", True), "atlas": Convention(False, "one", False)}


class Selection(NamedTuple):
    """A passage as a program stores it: positions, and its text or a name where it keeps one."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class Fit:
    """How one way of counting fits one document.

    Parameters
    ----------
    convention : Convention
        The way of counting.
    spans : list of (int, int) or None
        Each passage in code points of the text; None where it does not lie within it.
    score : float or None
        Share of passages (or edges) that fit; None where nothing can be compared.
    basis : str
        ``names`` or ``words``.
    matches : list of bool
        For each passage, whether its stored text agrees; all True where none is stored.
    ambiguous : bool
        Whether another way of counting gives other passages.
    uncertain : bool
        Whether another way of counting gives other passages that fit as well, here and in the whole file.
    """

    convention: Convention
    spans: list[tuple[int, int] | None]
    score: float | None
    basis: str
    matches: list[bool]
    ambiguous: bool = False
    uncertain: bool = False


def fit_all(
    documents: Mapping[str, tuple[DocumentText, Sequence[Selection]]], program: str = ""
) -> dict[str, Fit]:
    """Find the way of counting of each document.

    Parameters
    ----------
    documents : mapping of str to (DocumentText, sequence of Selection)
        Documents of one file, each with at least one passage.
    program : str
        What wrote the file; its known habit decides between ways that fit equally well.

    Returns
    -------
    dict of str to Fit
        The best way for each. As one program wrote them all, the way that fits most passages of the file is
        taken wherever it reaches `LOWEST_SCORE`; otherwise the best of the document's own.
    """
    habit = next((way for name, way in _HABITS.items() if program.lower().startswith(name)), None)
    tried = {name: _fits(text, selections) for name, (text, selections) in documents.items()}
    weight: dict[Convention, float] = defaultdict(float)
    for name, fits in tried.items():
        for convention, fit in fits.items():
            weight[convention] += (fit.score or 0.0) * len(documents[name][1])
    chosen = {}
    for name, fits in tried.items():
        # Last, ties go to the earlier of the list, the specification's way being the first.
        rank = {way: (weight[way], way == habit, -_ALL.index(way)) for way in fits}
        common = max(fits, key=lambda way: rank[way])
        own = max(fits, key=lambda way: (fits[way].score or 0.0, rank[way]))
        best = common if (fits[common].score or 0.0) >= LOWEST_SCORE else own
        equal = [
            fit for way, fit in fits.items() if (weight[way], fit.score) == (weight[best], fits[best].score)
        ]
        uncertain = best != habit and any(fit.spans != fits[best].spans for fit in equal)
        chosen[name] = replace(fits[best], convention=best, uncertain=uncertain)
    return chosen


def samples(text: str, fit: Fit) -> tuple[str, ...]:
    """Show the first passages as they would be read, with what stands around them."""
    shown = []
    for span in fit.spans[:_SHOWN]:
        if span is None:
            shown.append("(outside the text)")
            continue
        start, end = span
        inside = (
            text[start:end] if end - start <= 40 else f"{text[start : start + 20]} … {text[end - 15 : end]}"
        )
        around = f"{text[max(0, start - 8) : start]}[{inside}]{text[end : end + 8]}"
        shown.append(_BLANKS.sub(" ", around))
    return tuple(shown)


def _fits(text: DocumentText, selections: Sequence[Selection]) -> dict[Convention, Fit]:
    starts = np.array([selection.start for selection in selections], dtype=np.int64)
    ends = np.array([selection.end for selection in selections], dtype=np.int64)
    quoted = _quotations(text.text, selections)
    made: dict[bytes, Fit] = {}
    fits = {}
    for convention, edges in _countings(text):
        first, last = _at(edges, starts), _at(edges, ends)
        # Ways of counting that come to the same are scored once.
        key = np.concatenate([first, last]).tobytes()
        if key not in made:
            made[key] = _fit(convention, text.text, selections, first, last, quoted)
        fits[convention] = made[key]
    return {way: replace(fit, ambiguous=len(made) > 1) for way, fit in fits.items()}


def _countings(text: DocumentText) -> Iterator[tuple[Convention, Positions]]:
    """Give each way of counting with the position of every character under it, one after the other."""
    code = np.frombuffer(text.text.encode("utf-32-le", errors="surrogatepass"), dtype="<u4")
    astral, newline = (code > 0xFFFF).astype(np.int64), code == 0x0A
    for convention in _ALL:
        if convention.bom and not text.bom:
            continue
        widths = np.ones(len(code) + 1, dtype=np.int64)
        widths[0] = 1 if convention.bom else 0
        if convention.utf16:
            widths[1:] += astral
        if convention.newline == "two":
            widths[1:][newline] += 1
        elif convention.newline == "kept":
            widths[1:][newline] += text.double
        yield convention, np.cumsum(widths)


def _at(edges: Positions, positions: Positions) -> Positions:
    found = np.searchsorted(edges, positions)
    within = np.clip(found, 0, len(edges) - 1)
    return np.where((found < len(edges)) & (edges[within] == positions), found, -1)


def _quotations(text: str, selections: Sequence[Selection]) -> bool:
    """Say whether the names of the passages are their texts (some programs number them instead)."""
    named = [_bare(selection.name) for selection in selections if selection.name][:_TRIED]
    flat = _bare(text) if named else ""
    found = sum(len(name) for name in named if name in flat)
    return bool(named) and 2 * found >= sum(map(len, named))


def _fit(
    convention: Convention,
    text: str,
    selections: Sequence[Selection],
    first: Positions,
    last: Positions,
    quoted: bool,
) -> Fit:
    spans = [
        (start, end) if 0 <= start < end else None
        for start, end in zip(first.tolist(), last.tolist(), strict=True)
    ]
    if quoted:
        compared = [
            _compare(text, span, item.name) if item.name else (True, True)
            for span, item in zip(spans, selections, strict=True)
        ]
        named = [whole for (_, whole), item in zip(compared, selections, strict=True) if item.name]
        return Fit(convention, spans, sum(named) / len(named), "names", [begins for begins, _ in compared])
    edges = [edge for span in spans for edge in _edges(text, span)]
    score = sum(edges) / len(edges) if edges else None
    return Fit(convention, spans, score, "words" if edges else "none", [True] * len(spans))


def _compare(text: str, span: tuple[int, int] | None, stored: str) -> tuple[bool, bool]:
    """Say whether a passage begins as the text that is stored with it, and whether it is that as a whole.

    A program may cut the stored text: then the passage has to end where a word does.
    """
    if span is None:
        return False, False
    found, name = _bare(text[span[0] : span[1]]), _bare(stored)
    begins = found.startswith(name) if name else not found
    return begins, begins and (len(found) == len(name) or _edge(text, span[1]) is not False)


def _bare(text: str) -> str:
    """Write a text so that what a program does to it in an attribute of XML does not matter."""
    flat = _BLANKS.sub(" ", ILLEGAL.sub("\ufffd", text)).strip()
    return _CUT.sub("", flat).strip() or flat


def _edges(text: str, span: tuple[int, int] | None) -> list[bool]:
    """Say for both ends of a passage whether they are edges of words; what cannot be seen is left out."""
    if span is None:
        return [False, False]
    return [seen for at in span if (seen := _edge(text, at)) is not None]


def _edge(text: str, at: int) -> bool | None:
    if at in (0, len(text)):
        return True
    before, after = text[at - 1], text[at]
    if not (_in_word(before) and _in_word(after)):
        # A mark that belongs to the letter before it is no beginning.
        return not (unicodedata.category(after).startswith("M") or after == "\u200d" or before == "\u200d")
    return None if _UNSPACED.match(before) and _UNSPACED.match(after) else False


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")
