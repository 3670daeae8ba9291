"""The text of a document, with what positions in it may count."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# What XML cannot hold.
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class DocumentText:
    r"""The text of a document with what it lost when it was read.

    Parameters
    ----------
    text : str
        Without byte-order mark, line ends as ``\n``.
    bom : bool
        Whether the file began with a byte-order mark.
    double : array of bool
        For each line end, whether it was CRLF.
    """

    text: str
    bom: bool
    double: npt.NDArray[np.bool_]


class Lines:
    """Finds the lines of passages in one text.

    Parameters
    ----------
    text : str
        The text.
    breaks : sequence of int, optional
        Where lines begin, the first aside; without it, after each line end.
    """

    def __init__(self, text: str, breaks: Sequence[int] | None = None) -> None:
        found = [match.end() for match in re.finditer("\n", text)]
        self._breaks = list(found if breaks is None else breaks)

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Give the first and last line (from 1) of the characters from ``start`` up to ``end``."""
        last = max(start, end - 1)
        return bisect_left(self._breaks, start + 1) + 1, bisect_left(self._breaks, last + 1) + 1


def decode(data: bytes) -> tuple[DocumentText, bool]:
    """Read a text file.

    Parameters
    ----------
    data : bytes
        The file.

    Returns
    -------
    DocumentText
        Its text.
    bool
        Whether it was no valid UTF-8 (or UTF-16 with its mark) and was read as Windows-1252.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return document_text(data.decode("utf-16", errors="replace"), bom=True), False
    bom = data.startswith(b"\xef\xbb\xbf")
    try:
        return document_text(data.decode("utf-8-sig"), bom=bom), False
    except UnicodeDecodeError:
        return document_text(data.decode("cp1252", errors="replace"), bom=False), True


def document_text(raw: str, bom: bool = False) -> DocumentText:
    """Give a text its form in this library: line ends as one character, remembering which were two."""
    bom, raw = bom or raw.startswith("\ufeff"), raw.removeprefix("\ufeff")
    lines = raw.split("\r\n")
    if len(lines) == 1:
        text = raw.replace("\r", "\n")
        return DocumentText(text, bom, np.zeros(text.count("\n"), dtype=bool))
    double: list[bool] = []
    for line in lines:
        double += [False] * (line.count("\n") + line.count("\r")) + [True]
    return DocumentText("\n".join(lines).replace("\r", "\n"), bom, np.array(double[:-1], dtype=bool))
