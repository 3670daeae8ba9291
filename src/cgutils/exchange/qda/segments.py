"""Coded segments as every reader of this room gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

TEXT, PDF, PICTURE, AUDIO, VIDEO, WHOLE, ROW = "text", "pdf", "picture", "audio", "video", "document", "row"


class Segment(NamedTuple):
    r"""One code on one passage by one coder.

    Parameters
    ----------
    document : str
        Name of the document in the project that was read.
    start, end : int or None
        First character and the one after the last, counted in code points over the text with ``\n`` line
        ends and no byte-order mark; milliseconds in a recording; None where the file does not tell.
    text : str or None
        The passage; None where its text is not in the file.
    code : tuple of str
        Names of the code and of the codes above it, from the top.
    coder : str
        Name of the coder, "" where the file does not tell.
    memo : str
        Comment, note or description of the passage.
    kind : str
        ``text``, ``pdf``, ``picture``, ``audio``, ``video``, ``document`` (as a whole) or ``row`` (of a
        spreadsheet).
    lines : tuple of int, optional
        First and last line of the passage in the text, from 1.
    place : str
        What else tells passages without positions apart (page and rectangle, number of the row).
    cases : tuple of str
        Cases of the file that the passage belongs to.
    key : str
        What tells the passage apart for good, where ``place`` changes with the order of rows; "" where
        ``place`` does.
    """

    document: str
    start: int | None
    end: int | None
    text: str | None
    code: tuple[str, ...]
    coder: str
    memo: str
    kind: str
    lines: tuple[int, int] | None = None
    place: str = ""
    cases: tuple[str, ...] = ()
    key: str = ""


class Fact(NamedTuple):
    """The value of a variable (attribute) that the file gives a case or a document.

    Parameters
    ----------
    what : {"case", "document"}
        What it is said of.
    owner, variable, value : str
        Names of that and of the variable, and its value as text.
    """

    what: str
    owner: str
    variable: str
    value: str


@dataclass(frozen=True)
class DocumentLog:
    """How the positions in one document were read.

    Parameters
    ----------
    document : str
        Its name.
    n_selections : int
        Passages with a position in its text.
    convention : tuple of str
        How positions count, such as ``bom_left_out``, ``line_end_kept``, ``utf16_units``; ``unchecked`` where
        the text is not in the file, ``no_positions`` where there are none.
    score : float or None
        Share of passages that fit (0 to 1); None where there is no text to hold them against.
    basis : str
        What was compared: ``names`` (text stored with each passage), ``words`` (beginnings and ends of
        words), ``none``.
    refused : bool
        Whether the score is below what is taken.
    samples : tuple of str
        The first passages as they would be read, for a refused document.
    """

    document: str
    n_selections: int
    convention: tuple[str, ...]
    score: float | None
    basis: str
    refused: bool = False
    samples: tuple[str, ...] = ()


@dataclass
class QdaFile:
    """What a file of a program for qualitative data analysis holds.

    Parameters
    ----------
    name, form, program : str
        Name of the file, its format, the program that wrote it ("" where it does not tell).
    segments : list of Segment
        All coded segments, each once.
    codes : dict of tuple of str to str
        Path of every code to its description, in the order of the file.
    documents : list of DocumentLog
        One for each document that has coded segments.
    skipped : Counter of str
        Reason to number of codings that are not among the segments.
    remarks : list of str
        What else a reader of the report should know.
    facts : list of Fact
        Values of variables; they are told, never taken.
    """

    name: str
    form: str
    program: str = ""
    segments: list[Segment] = field(default_factory=list)
    codes: dict[tuple[str, ...], str] = field(default_factory=dict)
    documents: list[DocumentLog] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """Give the segments as a frame.

        Returns
        -------
        DataFrame
            One row a segment: document, start, end, text, code (tuple), coder, memo, kind, lines, place,
            cases, key; start and end are ``Int64``.
        """
        frame = pd.DataFrame(self.segments, columns=list(Segment._fields))
        return frame.astype({"start": "Int64", "end": "Int64"})

    def add(self, segments: Iterable[Segment]) -> None:
        """Take segments, each once; two are the same on document, place, code and coder."""
        at = {_key(segment): number for number, segment in enumerate(self.segments)}
        for segment in segments:
            key = _key(segment)
            if key not in at:
                at[key] = len(self.segments)
                self.segments.append(segment)
                continue
            self.skipped["twice"] += 1
            kept = self.segments[at[key]]
            if segment.memo and not kept.memo:
                self.segments[at[key]] = kept._replace(memo=segment.memo)


def _key(segment: Segment) -> tuple[object, ...]:
    return (
        segment.document,
        segment.kind,
        segment.start,
        segment.end,
        segment.place,
        segment.code,
        segment.coder,
    )
