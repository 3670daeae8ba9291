"""A document as a Word file: captions that Word numbers and lists, tables with horizontal rules alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Inches
from docx.text.paragraph import Paragraph as WordParagraph

from cgutils.data.errors import CgutilsError
from cgutils.exchange.out import blocks, docx_marks
from cgutils.exchange.out.blocks import Document, Figure, Inline, Items, Listing, Ref, Table
from cgutils.exchange.out.docx_marks import run
from cgutils.exchange.out.docx_styles import plain_page, plain_properties, style_names
from cgutils.exchange.out.measure import PAGE, shares
from cgutils.exchange.out.measure import lines as lines_of
from cgutils.exchange.zipped import repack_office

# A template may say where the text goes with a paragraph that holds this and nothing else.
PLACEHOLDER = "{{cgutils}}"
# Tables of about this many lines stay on one page with their note.
SHORT = 24
# Inches of a page that hold a line of `PAGE` letters.
WIDTH = 6.27
_EMU = 914_400
_TALLEST = 0.72


def write_docx(document: Document, template: bytes | None = None) -> bytes:
    """Write a document as a Word file.

    Parameters
    ----------
    document : Document
        What it holds.
    template : bytes, optional
        A Word file that was checked (see `read_template`). Its pages, headers and text stay; its styles are
        used where their names fit. The text goes in place of the paragraph ``{{cgutils}}``, or to the end.

    Returns
    -------
    bytes
        The same for the same document and template.

    Raises
    ------
    CgutilsError
        Where the template cannot be used.
    """
    try:
        word = docx.Document(io.BytesIO(template) if template is not None else None)
    except Exception as error:
        # python-docx and lxml raise many kinds for a damaged package; none is worth a traceback.
        raise CgutilsError(
            f"the template cannot be used ({str(error).splitlines()[0][:100] if str(error) else 'damaged'}). "
            "Open it in Word and save it again as .docx."
        ) from error
    return _Writer(word, document, own=template is None).write()


@dataclass
class _Place:
    """Where in the template the text goes, and how much room there is."""

    before: Any
    width: float
    height: float


class _Writer:
    """Writes one document; the state is the file in the making."""

    def __init__(self, word: Any, document: Document, *, own: bool) -> None:
        self.word, self.document, self.own = word, document, own
        if own:
            plain_page(word, document.language)
            plain_properties(word, document.title, document.language)
        self.styles = style_names(word, own=own)
        self.body = word.element.body
        # A file from elsewhere may say nothing of its page; then Word takes its own.
        self.body.get_or_add_sectPr()
        self.bookmarks = docx_marks.next_bookmark(self.body)
        self.place = self._find_place()
        self.new_page = False

    def write(self) -> bytes:
        before = set(self.body)
        if not self.own and self.place.before is None and len(self.body) > 1:
            self.new_page = any(text.text.strip() for text in self.word.paragraphs)
        if self.place.before is None:
            # Inside a text of the author's own it is that text which has a title.
            self._paragraph("title", run(self.document.title))
            self._paragraph("subtitle", run(self.document.subtitle))
        for block in self.document.blocks:
            self._block(block)
        if self.place.before is not None:
            for made in [child for child in self.body if child not in before]:
                self.place.before.addprevious(made)
            self._remove_placeholder(self.place.before)
        docx_marks.ask_for_update(self.word.settings.element)
        stream = io.BytesIO()
        self.word.save(stream)
        return repack_office(stream.getvalue())

    def _remove_placeholder(self, paragraph: Any) -> None:
        properties = paragraph.pPr
        if properties is None or properties.find(qn("w:sectPr")) is None:
            self.body.remove(paragraph)
            return
        # It ends a section, whose page and header would go with it: only its text does.
        for child in [child for child in paragraph if child is not properties]:
            paragraph.remove(child)

    def _block(self, block: blocks.Block) -> None:
        if isinstance(block, blocks.Heading):
            self._paragraph(f"heading {block.level}", run(block.text))
        elif isinstance(block, blocks.Paragraph):
            self._paragraph(block.kind, *self._runs(block.parts))
        elif isinstance(block, Items):
            for entry in block.entries:
                self._paragraph("items", *self._runs(entry))
        elif isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Figure):
            self._figure(block)
        elif isinstance(block, Listing):
            self._listing(block)
        else:
            self.new_page = True

    def _paragraph(self, use: str, *inside: Any) -> WordParagraph:
        made: WordParagraph = self.word.add_paragraph(style=self.styles[use])
        made._p.extend(inside)
        if self.new_page:
            made.paragraph_format.page_break_before = True
            self.new_page = False
        return made

    def _runs(self, parts: Sequence[Inline]) -> list[Any]:
        made = []
        for part in parts:
            if isinstance(part, Ref):
                made += docx_marks.field(f"REF {self._name(part.key)} \\h", self.document.label(part.key))
            elif part.url:
                look = run(part.text, bold=part.bold, italic=part.italic)
                made.append(docx_marks.link_out(self.word.part, part.url, [look]))
            elif part.text:
                made.append(run(part.text, bold=part.bold, italic=part.italic))
        return made

    def _name(self, key: str) -> str:
        kind, number = self.document.numbers[key]
        # Word hides bookmarks that begin with a line, and takes at most forty letters.
        return f"_cgutils_{kind}_{number}"

    def _caption(self, block: Table | Figure) -> WordParagraph:
        kind, number = self.document.numbers[block.key]
        word = self.document.words[kind]
        label = [
            run(f"{word} ", bold=True),
            *docx_marks.field(f"SEQ {word} \\* ARABIC", str(number), bold=True),
        ]
        inside = docx_marks.bookmark(self._name(block.key), next(self.bookmarks), label)
        return self._paragraph(
            "caption", *inside, run(". ", bold=True), run(block.title, italic=kind == "table")
        )

    def _notes(self, notes: Sequence[str]) -> None:
        if notes:
            word = run(f"{self.document.words['note']} ", italic=True)
            self._paragraph("note", word, run(" ".join(notes)))
        else:
            self._paragraph("note")

    def _table(self, block: Table) -> None:
        self._caption(block).paragraph_format.keep_with_next = True
        lines = list(block.lines())
        page = PAGE * self.place.width / WIDTH
        parts = shares(block, page)
        widths = [share * self.place.width for share in parts]
        made = self.word.add_table(rows=1 + len(lines), cols=len(block.columns))
        made.style = self.styles["table"]
        docx_marks.set_up_table(made, widths, block.title, ruled=self.styles["table"] is None)
        rows = made._tbl.tr_lst
        together = lines_of(block, parts, page) <= SHORT
        for cell, column in zip(rows[0].tc_lst, block.columns, strict=True):
            self._cell(cell, column.heading, right=column.numeric, bold=True, keep=True)
        for place, (row, line) in enumerate(zip(rows[1:], lines, strict=True)):
            # The last rows stay with the note, the first with the headings.
            keep = together or place < 2 or place >= len(lines) - 2
            if isinstance(line, str):
                self._cell(docx_marks.span_row(row), line, bold=True, italic=True, keep=True)
                continue
            for cell, column, shown in zip(row.tc_lst, block.columns, line, strict=True):
                self._cell(cell, shown.text, right=column.numeric, keep=keep)
        self._notes(block.notes)

    def _cell(
        self,
        cell: Any,
        text: str,
        *,
        right: bool = False,
        bold: bool = False,
        italic: bool = False,
        keep: bool,
    ) -> None:
        made = WordParagraph(cell.p_lst[0], self.word._body)
        made.style = self.styles["cell"]
        made._p.append(run(text, bold=bold, italic=italic))
        made.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
        if right:
            # Figures keep a distance from a text in the next column.
            made.paragraph_format.right_indent = Inches(0.12)
        made.paragraph_format.keep_with_next = keep

    def _figure(self, block: Figure) -> None:
        holder = self._paragraph("body")
        scale = min(1.0, self.place.width / block.width, _TALLEST * self.place.height / block.height)
        picture = holder.add_run().add_picture(io.BytesIO(block.png), width=Inches(block.width * scale))
        inline: Any = picture._inline
        for properties in (inline.docPr, inline.graphic.graphicData.pic.nvPicPr.cNvPr):
            properties.set("name", self.document.label(block.key))
            properties.set("descr", block.alt)
        # A line of fixed height would hide all but its foot.
        holder.paragraph_format.line_spacing = 1.0
        holder.paragraph_format.first_line_indent = Inches(0)
        holder.paragraph_format.keep_with_next = True
        self._caption(block).paragraph_format.keep_with_next = bool(block.notes)
        self._notes(block.notes)

    def _listing(self, block: Listing) -> None:
        self._paragraph("heading 1", run(block.heading))
        entries = self.document.of_kind(block.kind)
        code = f'TOC \\h \\z \\c "{self.document.words[block.kind]}"'
        for place, entry in enumerate(entries):
            name = self._name(entry.key)
            text = run(f"{self.document.label(entry.key)}. {entry.title}\t")
            inside = [docx_marks.link_to(name, [text, *docx_marks.field(f"PAGEREF {name} \\h", "")])]
            start = docx_marks.field_start(code) if place == 0 else []
            end = [docx_marks.field_end()] if place == len(entries) - 1 else []
            made = self._paragraph("listing", *start, *inside, *end)
            made.paragraph_format.tab_stops.add_tab_stop(
                Inches(self.place.width), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )

    def _find_place(self) -> _Place:
        holders = [p for p in self.word.paragraphs if p.text.strip() == PLACEHOLDER]
        before = holders[0]._p if holders and not self.own else None
        section = self.word.sections[-1]
        if before is not None:
            # The section of a paragraph is the one whose mark comes next.
            follows = [before, *before.itersiblings()]
            marks = [mark for node in follows for mark in node.iter(qn("w:sectPr"))]
            section = next((s for s in self.word.sections if marks and s._sectPr is marks[0]), section)
        sides = (section.page_width, section.left_margin, section.right_margin)
        ends = (section.page_height, section.top_margin, section.bottom_margin)
        if None in (*sides, *ends):
            return _Place(before, 6.0, 8.5)
        width, height = ((size - one - other) / _EMU for size, one, other in (sides, ends))
        return _Place(before, max(2.0, width), max(3.0, height))
