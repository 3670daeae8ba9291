"""What a document holds, whatever the format: a list of blocks, numbered once.

No writer knows how a score comes about, and whoever builds a document knows no format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cgutils.data.errors import CgutilsError

# What neither XML nor TeX can hold: control characters, halves of surrogate pairs, and non-characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

TABLE, FIGURE = "table", "figure"


def clean(text: str) -> str:
    r"""Leave out what no format can hold; line ends become ``\n``.

    Examples
    --------
    >>> clean("a\x00b\r\nc")
    'ab\nc'
    """
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@dataclass(frozen=True)
class Span:
    """A piece of text with its look; ``url`` makes it a link."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))
        # A link goes to the web or nowhere: nothing that a reader's program would run.
        if not re.fullmatch(r"https?://[^\s\"<>\\{}]+", self.url):
            object.__setattr__(self, "url", "")


@dataclass(frozen=True)
class Ref:
    """A mention of a numbered table or figure, such as *Table 2*."""

    key: str


Inline = Span | Ref


def spans(*parts: str | Inline) -> tuple[Inline, ...]:
    """Make the parts of a paragraph; plain text becomes a span."""
    return tuple(Span(part) if isinstance(part, str) else part for part in parts)


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))


@dataclass(frozen=True)
class Paragraph:
    """A paragraph: ``kind`` is body, small, or reference for an entry with a hanging indent."""

    parts: tuple[Inline, ...]
    kind: str = "body"


@dataclass(frozen=True)
class Items:
    """A list with marks, one entry a tuple of parts."""

    entries: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and where it is a number the value with the format that a spreadsheet shows."""

    text: str
    value: float | None = None
    pattern: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))


@dataclass(frozen=True)
class Column:
    """Heading of a column, and whether it is set to the right."""

    heading: str
    numeric: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "heading", clean(self.heading))


@dataclass(frozen=True)
class Table:
    """A table with number and title above and notes below.

    Parameters
    ----------
    key : str
        By which it is mentioned; unique in the document, a lower-case id.
    title : str
        Without the number.
    columns : tuple of Column
        Headings.
    rows : tuple of tuple of Cell
        As many cells a row as columns.
    notes : tuple of str
        Sentences below the table.
    groups : mapping of int to str
        Heading that spans the table before the row of that place.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    groups: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean(self.title))
        object.__setattr__(self, "notes", tuple(clean(note) for note in self.notes if note))
        object.__setattr__(self, "groups", {place: clean(text) for place, text in self.groups.items()})
        if any(len(row) != len(self.columns) for row in self.rows):
            raise CgutilsError(f"table {self.key}: a row has another number of cells than there are columns")

    def lines(self) -> Iterator[str | tuple[Cell, ...]]:
        """Give group headings (text) and rows (cells) in their order."""
        for place, row in enumerate(self.rows):
            if place in self.groups:
                yield self.groups[place]
            yield row


@dataclass(frozen=True)
class Figure:
    """A picture with number and title above and notes below.

    Parameters
    ----------
    key, title, notes
        As for `Table`.
    alt : str
        What stands for it where it cannot be seen.
    png, svg, pdf : bytes
        The same picture in three formats.
    width, height : float
        Inches.
    """

    key: str
    title: str
    alt: str
    png: bytes = field(repr=False)
    svg: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    width: float
    height: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean(self.title))
        object.__setattr__(self, "alt", clean(self.alt))
        object.__setattr__(self, "notes", tuple(clean(note) for note in self.notes if note))


@dataclass(frozen=True)
class Listing:
    """The list of all tables or of all figures."""

    kind: str
    heading: str


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Items | Table | Figure | Listing | PageBreak


@dataclass(frozen=True)
class Document:
    """A whole document.

    Parameters
    ----------
    title, subtitle : str
        Stand at its head.
    language : {"en", "id"}
        Told to screen readers and spelling checkers.
    words : mapping of str to str
        The few words that a format sets itself: ``table``, ``figure``, ``note``, ``tables``, ``figures``,
        ``contents``, ``text``, ``number``, ``title``.
    blocks : tuple of Block
        In order.
    registers : tuple of Table
        Long tables for a spreadsheet, where the document has prose.
    """

    title: str
    subtitle: str
    language: str
    words: Mapping[str, str]
    blocks: tuple[Block, ...]
    registers: tuple[Table, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", clean(self.title))
        object.__setattr__(self, "subtitle", clean(self.subtitle))
        keys = [block.key for block in self.blocks if isinstance(block, Table | Figure)]
        keys += [table.key for table in self.registers]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise CgutilsError(f"document: more than one table or figure is named {', '.join(twice)}")
        unknown = sorted({ref.key for ref in self._refs()} - set(keys))
        if unknown:
            raise CgutilsError(f"document: mentions what is not in it: {', '.join(unknown)}")

    @cached_property
    def numbers(self) -> Mapping[str, tuple[str, int]]:
        """Kind and number of every table and figure, by its key; registers follow the tables."""
        found: dict[str, tuple[str, int]] = {}
        count = {TABLE: 0, FIGURE: 0}
        for block in (*self.blocks, *self.registers):
            if isinstance(block, Table | Figure):
                kind = TABLE if isinstance(block, Table) else FIGURE
                count[kind] += 1
                found[block.key] = (kind, count[kind])
        return found

    def label(self, key: str) -> str:
        """Give word and number of a table or figure (``Tabel 2``)."""
        kind, number = self.numbers[key]
        return f"{self.words[kind]} {number}"

    def of_kind(self, kind: str) -> list[Table | Figure]:
        """Give all tables or all figures of the text in their order."""
        wanted: type[Table] | type[Figure] = Table if kind == TABLE else Figure
        return [block for block in self.blocks if isinstance(block, wanted)]

    def plain(self, parts: tuple[Inline, ...]) -> str:
        """Give the text of a paragraph without any look."""
        return "".join(part.text if isinstance(part, Span) else self.label(part.key) for part in parts)

    def _refs(self) -> Iterator[Ref]:
        for block in self.blocks:
            groups = (
                [block.parts]
                if isinstance(block, Paragraph)
                else block.entries
                if isinstance(block, Items)
                else []
            )
            for parts in groups:
                yield from (part for part in parts if isinstance(part, Ref))
