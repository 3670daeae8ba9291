"""Entries of a BibTeX file as references. What an entry does not state is left out, not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pybtex.database import InvalidNameString, Person, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from cgutils.data.errors import CollectionError, Problem
from cgutils.data.reading import too_large
from cgutils.exchange.out.blocks import Inline, Span

MAX_BYTES = 2_000_000
# Words of a reference by language: no date, volume and pages need none.
NO_DATE = {"en": "n.d.", "id": "t.t."}
_MORE = {"en": "et al.", "id": "dkk."}
_EDITORS = {"en": ("Ed.", "Eds."), "id": ("Ed.", "Ed.")}
_IN = {"en": "In", "id": "Dalam"}
_AND = " & "
# How BibTeX says that there are more authors than it names.
_OTHERS = "others"
# An address is no text: what TeX would change in it is part of it.
_ADDRESSES = ("doi", "url")
_BRACES = re.compile(r"[{}]")
_ESCAPED = re.compile(r"\\([&%_#$~])")
# TeX would take the rest of the line for a comment; whoever writes 50% means percent.
_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
_LOOKS = re.compile(r"\\(?:emph|text[a-z]{2}|mbox|url)\s*(?=\{)")
_ENDED = re.compile(r"[.?!…][”’\"']*$")


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
        As they stand, without the outer braces; names in lower case.
    editors : tuple of str
        As BibTeX writes them, in order.
    """

    key: str
    kind: str
    authors: tuple[str, ...]
    fields: Mapping[str, str]
    editors: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """Give a field without the marks of TeX; "" where it is not stated."""
        found = self.fields.get(name, "")
        return _ESCAPED.sub(r"\1", _BRACES.sub("", found)).strip() if name in _ADDRESSES else plain(found)

    def note(self, language: str) -> str:
        """Give ``note_en`` or ``note_id``, else ``note``, which is shown in the language that it is in."""
        return self.text(f"note_{language}") or self.text("note")

    def bibtex(self) -> str:
        """Write the entry as BibTeX; its fields stand as they were given."""
        people = {"author": " and ".join(self.authors), "editor": " and ".join(self.editors)}
        fields = {**people, **self.fields}
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@{self.kind}{{{self.key},\n" + ",\n".join(lines) + "\n}"

    def reference(self, language: str) -> tuple[Inline, ...]:
        """Write the entry as a reference in the style of the APA.

        Parameters
        ----------
        language : {"en", "id"}
            Language of "no date" and the like, and of the note where it is given in both.

        Returns
        -------
        tuple of Span
            With the title of the whole (journal or book) in italics.
        """
        return tuple(_reference(self, language))

    def listed(self, language: str) -> str:
        """Name all authors as a reference does, or the editors, up to the year: ``Ansell, C., & Gash, A. ``.

        Returns
        -------
        str
            Empty where neither is stated.
        """
        if _named(self.authors):
            names = _list(self.authors, language)
            return f"{names}{stop(names)} "
        if _named(self.editors):
            return f"{_list(self.editors, language)} ({self._role(language)}). "
        return ""

    def whole(self, language: str) -> str:
        """Say who edited the book that the entry is a part of: ``In J. van Dijk (Ed.), ``; else ""."""
        if not (_named(self.authors) and _named(self.editors) and self.text("booktitle")):
            return ""
        names = [" ".join(reversed(_parts(editor))).strip() for editor in _named(self.editors)]
        if _OTHERS in self.editors:
            said = f"{', '.join(names)}, {_MORE[language]}"
        else:
            said = f"{', '.join(names[:-1])}{_AND}{names[-1]}" if len(names) > 1 else names[0]
        return f"{_IN[language]} {said} ({self._role(language)}), "

    def _role(self, language: str) -> str:
        return _EDITORS[language][len(self.editors) > 1]

    def short(self, language: str) -> str:
        """Name the entry in a text: ``Ansell & Gash, 2008``; its id where no author is stated."""
        return f"{self._names(language)}, {self.text('year') or NO_DATE[language]}"

    def narrative(self, language: str) -> str:
        """Name the entry as part of a sentence: ``Ansell & Gash (2008)``."""
        return f"{self._names(language)} ({self.text('year') or NO_DATE[language]})"

    def _names(self, language: str) -> str:
        people = self.authors if _named(self.authors) else self.editors
        names = [_family(author) for author in _named(people)]
        if not names:
            return self.key
        if len(names) > 2 or _OTHERS in people:
            return f"{names[0]} {_MORE[language]}"
        return _AND.join(names)


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
        authors, editors = (
            tuple(str(person) for person in entry.persons.get(role, [])) for role in ("author", "editor")
        )
        fields = {str(name).lower(): str(value) for name, value in entry.fields.items()}
        found[str(key)] = Entry(str(key), str(entry.type), authors, fields, editors)
    return found


def plain(text: str) -> str:
    r"""Give a text without the marks of TeX; one that TeX could not read keeps all but its braces.

    Examples
    --------
    >>> plain(r"M{\"u}ller \& {KPU}, 50%"), plain("1149--1160")
    ('Müller & KPU, 50%', '1149–1160')
    """
    try:
        text = str(Text.from_latex(_PERCENT.sub(r"\1\%", _LOOKS.sub("", text))))
    except (PybtexError, UnicodeError, RecursionError):
        text = _BRACES.sub("", text)
    return " ".join(_ESCAPED.sub(r"\1", text).split())


def stop(text: str) -> str:
    """Give the full stop after a part of a reference; "" where it ends with one or with another such mark.

    Examples
    --------
    >>> stop("Title"), stop("Why?"), stop("Gash, A.")
    ('.', '', '')
    """
    return "" if _ENDED.search(text) else "."


def _reference(entry: Entry, language: str) -> Iterator[Span]:
    title, year = entry.text("title"), entry.text("year") or NO_DATE[language]
    journal = entry.text("journal") or entry.text("booktitle")
    people = entry.listed(language)
    if people:
        yield Span(f"{people}({year}). ")
        yield from [Span(title, italic=not journal), Span(stop(title))] if title else []
    else:
        # Without an author the title takes its place; without either, the id.
        first = title or entry.key
        yield Span(first, italic=bool(title) and not journal)
        yield Span(f"{stop(first)} ({year}).")
    if journal:
        yield Span(f" {entry.whole(language)}")
        yield Span(journal, italic=True)
    yield from _numbers(entry, journal)
    for name in ("howpublished", "publisher", "institution", "school"):
        if entry.text(name):
            yield Span(f" {entry.text(name)}{stop(entry.text(name))}")
    doi = entry.text("doi")
    url = f"https://doi.org/{doi}" if doi else entry.text("url")
    if url:
        yield Span(" ")
        yield Span(url, url=url)
    if entry.note(language):
        yield Span(f" [{entry.note(language).rstrip('.')}]")


def _numbers(entry: Entry, journal: str) -> Iterator[Span]:
    volume, issue, pages = entry.text("volume"), entry.text("number"), entry.text("pages")
    if not (volume or issue or pages):
        yield Span(stop(journal) if journal else "")
        return
    yield Span(", " if journal else " ")
    yield Span(volume, italic=True)
    yield Span(f"({issue})" if issue else "")
    yield Span((", " if volume or issue else "") + pages if pages else "")
    yield Span(".")


def _named(people: tuple[str, ...]) -> list[str]:
    return [person for person in people if person != _OTHERS and plain(person)]


def _list(people: tuple[str, ...], language: str) -> str:
    names = [", ".join(part for part in _parts(person) if part) for person in _named(people)]
    if _OTHERS in people:
        return f"{', '.join(names)}, {_MORE[language]}"
    *others, last = names
    return f"{', '.join(others)}, & {last}" if others else last


def _parts(name: str) -> tuple[str, str]:
    """Give the family name and the initials of the others."""
    person = Person(name)
    family = " ".join(map(plain, [*person.prelast_names, *person.last_names, *person.lineage_names]))
    # A name in braces is written as it stands; it does not say which part is the family name.
    given = filter(None, map(plain, [*person.first_names, *person.middle_names]))
    return family, " ".join(f"{each[:1]}." for each in given)


def _family(name: str) -> str:
    person = Person(name)
    return " ".join(map(plain, [*person.prelast_names, *person.last_names]))
