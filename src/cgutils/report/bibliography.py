"""Entries of a BibTeX file as references. What an entry does not state is left out, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pybtex.database import InvalidNameString, Person, parse_string
from pybtex.exceptions import PybtexError

from cgutils.data.errors import CollectionError, Problem
from cgutils.data.reading import too_large
from cgutils.exchange.out.blocks import Inline, Span

MAX_BYTES = 2_000_000
# Words of a reference by language: no date, volume and pages need none.
NO_DATE = {"en": "n.d.", "id": "t.t."}
_AND = " & "
_BRACES = re.compile(r"[{}]")
_TEX = {"--": "–", r"\&": "&", r"\%": "%", r"\_": "_", r"\#": "#", r"\$": "$", "~": "\u00a0"}


@dataclass(frozen=True)
class Entry:
    """One publication.

    Parameters
    ----------
    key, kind : str
        Its id, and what BibTeX calls it (article, misc ...).
    authors : tuple of str
        As BibTeX writes them, in order.
    fields : mapping of str to str
        As they stand, without the outer braces.
    """

    key: str
    kind: str
    authors: tuple[str, ...]
    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """Give a field without the marks of TeX; "" where it is not stated."""
        found = self.fields.get(name, "")
        for mark, sign in _TEX.items():
            found = found.replace(mark, sign)
        return " ".join(_BRACES.sub("", found).split())

    def bibtex(self) -> str:
        """Write the entry as BibTeX; its fields stand as they were given."""
        fields = {"author": " and ".join(self.authors), **self.fields}
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}"

    def reference(self, language: str) -> tuple[Inline, ...]:
        """Write the entry as a reference in the style of the APA.

        Parameters
        ----------
        language : {"en", "id"}
            Language of "no date".

        Returns
        -------
        tuple of Span
            With the title of the whole (journal or book) in italics.
        """
        return tuple(_reference(self, language))

    def listed(self) -> str:
        """Name all authors as a reference does, without the last full stop: ``Ansell, C., & Gash, A``."""
        *others, last = [_listed(author) for author in self.authors]
        return (f"{', '.join(others)}, & {last}" if others else last).rstrip(".")

    def short(self, language: str) -> str:
        """Name the entry in a text: ``Ansell & Gash, 2008``; its id where no author is stated."""
        return f"{self._names(language)}, {self.text('year') or NO_DATE[language]}"

    def narrative(self, language: str) -> str:
        """Name the entry as part of a sentence: ``Ansell & Gash (2008)``."""
        return f"{self._names(language)} ({self.text('year') or NO_DATE[language]})"

    def _names(self, language: str) -> str:
        names = [_family(author) for author in self.authors] or [self.key]
        others = {"en": " et al.", "id": " dkk."}[language]
        return names[0] + others if len(names) > 2 else _AND.join(names)


def read_bibliography(path: Path, name: str) -> dict[str, Entry]:
    """Read a BibTeX file.

    Parameters
    ----------
    path : Path
        A file that need not exist.
    name : str
        How messages name it.

    Returns
    -------
    dict of str to Entry
        By id, in the order of the file; empty where there is no file.

    Raises
    ------
    CollectionError
        Where the file cannot be read as BibTeX, with the line.
    """
    if not path.is_file():
        return {}
    if path.stat().st_size > MAX_BYTES:
        raise CollectionError([too_large(name, path.stat().st_size, MAX_BYTES)])
    try:
        return parse_entries(path.read_text(encoding="utf-8-sig"))
    except (PybtexError, InvalidNameString) as error:
        line = getattr(error, "lineno", None)
        found = str(error).splitlines()[0][:120]
        fix = "Correct the entry; braces and quotation marks come in pairs, and each field ends with a comma."
        raise CollectionError([Problem(name, line, None, found, "BibTeX", fix)]) from error
    except (OSError, UnicodeDecodeError) as error:
        problem = Problem(name, found="a file that is no readable UTF-8", fix="Save it as UTF-8.")
        raise CollectionError([problem]) from error


def parse_entries(text: str) -> dict[str, Entry]:
    """Read BibTeX text (see `read_bibliography`)."""
    found = {}
    for key, entry in parse_string(text, "bibtex").entries.items():
        authors = tuple(str(person) for person in entry.persons.get("author", []))
        found[str(key)] = Entry(str(key), str(entry.type), authors, dict(entry.fields))
    return found


def _reference(entry: Entry, language: str) -> Iterator[Span]:
    title, year = entry.text("title"), entry.text("year") or NO_DATE[language]
    journal = entry.text("journal") or entry.text("booktitle")
    shown_title = [Span(title, italic=not journal)] if title else []
    if entry.authors:
        yield Span(f"{entry.listed()}. ({year}). ")
        yield from shown_title
    else:
        # Without an author the title takes its place; without either, the id.
        yield from shown_title or [Span(entry.key)]
        yield Span(f". ({year})")
    yield Span("." if (title or not entry.authors) else "")
    if journal:
        yield Span(" ")
        yield Span(journal, italic=True)
    yield from _numbers(entry, bool(journal))
    for name in ("howpublished", "publisher", "institution", "school"):
        if entry.text(name):
            yield Span(f" {entry.text(name)}.")
    doi = entry.text("doi")
    url = f"https://doi.org/{doi}" if doi else entry.text("url")
    if url:
        yield Span(" ")
        yield Span(url, url=url)
    if entry.text("note"):
        yield Span(f" [{entry.text('note').rstrip('.')}]")


def _numbers(entry: Entry, journal: bool) -> Iterator[Span]:
    volume, issue, pages = entry.text("volume"), entry.text("number"), entry.text("pages")
    if not (volume or issue or pages):
        yield Span("." if journal else "")
        return
    yield Span(", " if journal else " ")
    yield Span(volume, italic=True)
    yield Span(f"({issue})" if issue else "")
    yield Span((", " if volume or issue else "") + pages if pages else "")
    yield Span(".")


def _listed(author: str) -> str:
    person = Person(author)
    family = " ".join(map(_bare, [*person.prelast_names, *person.last_names, *person.lineage_names]))
    # A name in braces is written as it stands; it does not say which part is the family name.
    initials = " ".join(f"{_bare(name)[:1]}." for name in [*person.first_names, *person.middle_names])
    return f"{family}, {initials}" if initials else family


def _family(author: str) -> str:
    person = Person(author)
    return " ".join(map(_bare, [*person.prelast_names, *person.last_names]))


def _bare(name: str) -> str:
    return _BRACES.sub("", name)
