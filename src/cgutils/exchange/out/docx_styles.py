"""Styles of a Word document: those of a template where names fit, else those of a journal's manuscript."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from cgutils.exchange.out.docx_marks import element, field

FONT = "Times New Roman"
# For each use the names under which a template may keep its style, the best first.
NAMES: dict[str, tuple[str, ...]] = {
    "title": ("Title", "Judul"),
    "subtitle": ("Subtitle", "Subjudul"),
    "heading 1": ("Heading 1", "Judul 1"),
    "heading 2": ("Heading 2", "Judul 2"),
    "heading 3": ("Heading 3", "Judul 3"),
    "body": ("Body Text", "Isi", "Paragraf", "Normal"),
    "small": ("Annotation", "Anotasi"),
    "items": ("List Bullet", "List Paragraph"),
    "caption": ("Caption", "Keterangan Gambar", "Judul Tabel"),
    "cell": ("Table Text", "Isi Tabel"),
    "note": ("Table Note", "Catatan Tabel"),
    "reference": ("Bibliography", "Daftar Pustaka", "Bibliografi"),
    "listing": ("table of figures", "Table of Figures"),
}
TABLE_STYLES = ("APA Table", "Tabel APA", "APA")
# Points, space before and after, and whether in bold, of the styles that are made where there is none.
_MADE: dict[str, tuple[float, float, float, bool]] = {
    "title": (16, 0, 6, True),
    "subtitle": (11, 0, 18, False),
    "heading 1": (14, 18, 8, True),
    "heading 2": (12, 14, 6, True),
    "heading 3": (12, 12, 4, True),
    "body": (12, 0, 8, False),
    "small": (10.5, 0, 4, False),
    "items": (10.5, 0, 4, False),
    "caption": (11, 14, 5, False),
    "cell": (10, 2, 2, False),
    "note": (9.5, 4, 16, False),
    "reference": (12, 0, 8, False),
    "listing": (12, 0, 4, False),
}
_FIXED = datetime(2000, 1, 1)


def style_names(document: Any, *, own: bool) -> dict[str, Any]:
    """Find or make the style for each use.

    Parameters
    ----------
    document : docx.document.Document
        A template, or the plain document of python-docx.
    own : bool
        Whether it is the plain one, all of whose styles may be set.

    Returns
    -------
    dict of str to style
        For each use of `NAMES`; and ``table``, a table style of the template or None.
    """
    there = {style.name: style for style in document.styles}
    normal = there.get("Normal")
    if normal is None or normal.type != WD_STYLE_TYPE.PARAGRAPH:
        normal = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    found: dict[str, Any] = {}
    for use, names in NAMES.items():
        known = [
            there[name] for name in names if name in there and there[name].type == WD_STYLE_TYPE.PARAGRAPH
        ]
        if known and not own:
            found[use] = known[0]
            continue
        style = there.get(names[0])
        if style is None or style.type != WD_STYLE_TYPE.PARAGRAPH:
            style = document.styles.add_style(_free_name(document, names[0]), WD_STYLE_TYPE.PARAGRAPH)
        _shape(style, use, normal, own=own)
        found[use] = style
    tables = [
        there[name] for name in TABLE_STYLES if name in there and there[name].type == WD_STYLE_TYPE.TABLE
    ]
    found["table"] = tables[0] if tables and not own else None
    return found


def _free_name(document: Any, name: str) -> str:
    """Give the name, or one like it where a style of another kind (of letters, of tables) has it."""
    taken = {(text or "").casefold() for style in document.styles for text in (style.name, style.style_id)}
    number, free = 1, name
    # The library makes the id of a style of its name.
    while taken & {free.casefold(), free.replace(" ", "").casefold()}:
        number += 1
        free = f"{name} {number}"
    return free


def plain_page(document: Any, language: str) -> None:
    """Make the plain document an A4 page with the margins of a manuscript, in the language of the text."""
    section = document.sections[0]
    section.page_width, section.page_height = Inches(8.27), Inches(11.69)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Inches(1))
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot._p.extend(field("PAGE", ""))
    normal = document.styles["Normal"]
    _font(normal, 12, bold=False)
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(element("w:lang", val={"en": "en-GB", "id": "id-ID"}[language]))


def plain_properties(document: Any, title: str, language: str) -> None:
    """Name the document and nobody; no time that changes from run to run."""
    properties = document.core_properties
    properties.title, properties.language = title[:255], language
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = _FIXED
    properties.revision = 1


def _shape(style: Any, use: str, normal: Any, *, own: bool) -> None:
    size, before, after, bold = _MADE[use]
    paragraph = style.paragraph_format
    if own:
        _font(style, size, bold=bold)
    else:
        # In a template the letters are those of its own text.
        style.base_style = normal
        style.font.size = Pt(size)
    paragraph.space_before, paragraph.space_after = Pt(before), Pt(after)
    paragraph.line_spacing = 1.5 if use == "body" else 1.0
    paragraph.keep_with_next = use.startswith(("heading", "caption"))
    if use in {"title", "subtitle"}:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if use == "reference":
        paragraph.left_indent, paragraph.first_line_indent = Inches(0.5), Inches(-0.5)
    if use == "heading 3":
        style.font.italic = True


def _font(style: Any, size: float, *, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    for border in style.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break
