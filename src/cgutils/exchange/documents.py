"""A reader's own copy of a source: plain text, Word or PDF, as numbered parts.

Files come from anywhere, so that each reader is bounded: what is too large, expands too far or is not what
its name says is refused with a sentence, before it costs time or memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cgutils.data.errors import CgutilsError
from cgutils.exchange.fingerprints import normalise_within

MAX_BYTES = 100_000_000
MAX_TEXT_BYTES = 20_000_000
# About 1,300 pages.
MAX_LETTERS = 3_000_000
LINE, PARAGRAPH, PAGE = "line", "paragraph", "page"


@dataclass(frozen=True)
class Document:
    """A text in numbered parts.

    Parameters
    ----------
    name : str
        Name of the file.
    unit : {"line", "paragraph", "page"}
        What the parts are; the first has number 1.
    parts : tuple of str
        Their text as it stands in the file.
    normalised : tuple of str
        Their text as `normalise` gives it.
    """

    name: str
    unit: str
    parts: tuple[str, ...]
    normalised: tuple[str, ...]


def read_document(path: Path | str) -> Document:
    """Read a document.

    Parameters
    ----------
    path : Path or str
        A ``.txt``, ``.md``, ``.docx`` or ``.pdf`` file.

    Returns
    -------
    Document
        Lines of a text, paragraphs of a Word file, pages of a PDF.

    Raises
    ------
    CgutilsError
        Where the file is not there, is not what its name says, holds no text, or is too large.
    """
    place = Path(path)
    reader = _READERS.get(place.suffix.lower())
    if reader is None:
        raise CgutilsError(
            f"{place.name}: files of this kind are not read. Allowed: {', '.join(_READERS)}. "
            "Save it as one of them."
        )
    try:
        size = place.stat().st_size
        if not place.is_file():
            raise CgutilsError(f"{place.name}: this is a folder. Name a file.")
        limit = MAX_TEXT_BYTES if reader is _read_text else MAX_BYTES
        if size > limit:
            raise CgutilsError(
                f"{place.name}: {size:,} bytes; at most {limit:,} are read. Check that it is the right file."
            )
        unit, parts = reader(place)
        return document(place.name, unit, parts)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CgutilsError(f"{place}: could not be read ({reason}). Check the name of the file.") from error


def document(name: str, unit: str, parts: Iterable[str]) -> Document:
    """Make a document from its parts.

    Parameters
    ----------
    name : str
        Name of the file, for messages.
    unit : {"line", "paragraph", "page"}
        What the parts are.
    parts : iterable of str
        Their text; it is taken part by part, and no further once the text is too long.

    Returns
    -------
    Document

    Raises
    ------
    CgutilsError
        Where there is no letter and no digit in it, or too many.
    """
    kept, normalised, letters = [], [], 0
    for part in parts:
        kept.append(part)
        normalised.append(normalise_within(part, MAX_LETTERS - letters))
        letters += len(normalised[-1])
        if letters > MAX_LETTERS:
            raise CgutilsError(
                f"{name}: more than {MAX_LETTERS:,} letters and digits, which is more than a book. "
                "Split the file and search its parts."
            )
    if not letters:
        raise CgutilsError(
            f"{name}: there is no text in it. If it is a scan, run text recognition on it first."
        )
    return Document(name, unit, tuple(kept), tuple(normalised))


def _read_text(path: Path) -> tuple[str, Iterable[str]]:
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
    elif b"\0" in raw:
        raise CgutilsError(f"{path.name}: this is not a text file. Save its text as .txt in UTF-8.")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            # What Windows calls ANSI; its few unused places do not matter among letters.
            text = raw.decode("cp1252", errors="replace")
    # Only these three end a line in an editor; str.splitlines knows more.
    return LINE, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _read_word(path: Path) -> tuple[str, Iterable[str]]:
    from cgutils.exchange.word import paragraphs  # noqa: PLC0415

    return PARAGRAPH, paragraphs(path)


def _read_pdf(path: Path) -> tuple[str, Iterable[str]]:
    from cgutils.exchange.pdf import pages  # noqa: PLC0415

    return PAGE, pages(path)


_READERS: dict[str, Callable[[Path], tuple[str, Iterable[str]]]] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".docx": _read_word,
    ".pdf": _read_pdf,
}
