"""Passages in texts: their positions read, the segments made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cgutils.exchange.qda.memos import clean
from cgutils.exchange.qda.offsets import LOWEST_SCORE, Fit, Selection, fit_all, samples
from cgutils.exchange.qda.segments import TEXT, DocumentLog, QdaFile, Segment
from cgutils.exchange.qda.texts import DocumentText, Lines

# Why a coding is left out; the report has a sentence for each.
NO_CODE, UNKNOWN_CODE, OUTSIDE, OTHER_TEXT = "no_code", "unknown_code", "outside", "other_text"


class Coded(NamedTuple):
    """A code on a passage: path, coder, memo, cases."""

    code: tuple[str, ...]
    coder: str
    memo: str
    cases: tuple[str, ...]


@dataclass
class TextPart:
    """A text with its passages; ``text`` is None where the text is not in the file.

    ``breaks`` says where lines begin, where line ends do not.
    """

    document: str
    text: DocumentText | None
    selections: list[Selection] = field(default_factory=list)
    coded: list[list[Coded]] = field(default_factory=list)
    breaks: list[int] | None = None

    def take(self, selection: Selection, coded: list[Coded]) -> None:
        """Add a passage with its codes."""
        self.selections.append(selection)
        self.coded.append(coded)


def title_of(name: str, number: int, titles: dict[str, int]) -> str:
    """Give a document its name, and take note of it.

    Parameters
    ----------
    name : str
        What the file calls it.
    number : int
        Its place among the documents, which names one without a name.
    titles : dict of str to int
        Those of the documents before it, and how many had each; gets its own.

    Returns
    -------
    str
        The name; two documents of one name are two documents, the second being ``name (2)``.

    Examples
    --------
    >>> titles = {}
    >>> title_of("notes", 1, titles), title_of("notes", 2, titles), title_of(" ", 3, titles)
    ('notes', 'notes (2)', 'document 3')
    """
    title = name = clean(name) or f"document {number}"
    # Counting goes on where it ended: thousands of documents of one name take no more time than others.
    again = titles.get(name, 0) + 1
    while again > 1 and (title := f"{name} ({again})") in titles:
        again += 1
    titles[name] = again
    titles.setdefault(title, 1)
    return title


def segments_of(found: QdaFile, parts: Sequence[TextPart]) -> list[Segment]:
    """Read the positions in all texts of a file.

    Parameters
    ----------
    found : QdaFile
        Gets the log of each document and the count of what is left out.
    parts : sequence of TextPart
        The texts.

    Returns
    -------
    list of Segment
        In the order of the parts. Those of a document whose positions fit too badly are among them; its log
        says that it is refused.
    """
    fits = fit_all(
        {
            str(number): (part.text, part.selections)
            for number, part in enumerate(parts)
            if part.text is not None and part.selections
        },
        found.program,
    )
    return [
        segment
        for number, part in enumerate(parts)
        if part.selections
        for segment in _segments(found, part, fits.get(str(number)))
    ]


def _segments(found: QdaFile, part: TextPart, fit: Fit | None) -> Iterator[Segment]:
    if part.text is None or fit is None:
        log = DocumentLog(part.document, len(part.selections), ("unchecked",), None, "none")
        found.documents.append(log)
        for selection, coded in zip(part.selections, part.coded, strict=True):
            for one in coded:
                yield Segment(
                    part.document, selection.start, selection.end, None, *one[:3], TEXT, cases=one.cases
                )
        return
    refused = fit.ambiguous if fit.score is None else fit.score < LOWEST_SCORE
    shown = samples(part.text.text, fit) if refused else ()
    found.documents.append(
        DocumentLog(
            part.document, len(part.selections), fit.convention.keys(), fit.score, fit.basis, refused, shown
        )
    )
    if fit.uncertain and "uncertain" not in found.remarks:
        found.remarks.append("uncertain")
    lines = Lines(part.text.text, part.breaks)
    for span, matches, coded in zip(fit.spans, fit.matches, part.coded, strict=True):
        if span is None or not (matches or refused):
            found.skipped[OUTSIDE if span is None else OTHER_TEXT] += len(coded)
            continue
        start, end = span
        for one in coded:
            yield Segment(
                part.document,
                start,
                end,
                part.text.text[start:end],
                *one[:3],
                TEXT,
                lines.of(start, end),
                cases=one.cases,
            )
