"""Marks of Word that python-docx has no words for: fields, bookmarks, links and the rules of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Twips

# Twentieths of a point, and eighths of a point for rules.
_INCH = 1440
_THICK, _THIN = "8", "4"
_NUMBER = re.compile(r"[0-9]{1,9}")
# What may follow the mark that asks for an update of all fields (ECMA-376, CT_Settings is a sequence).
_AFTER_UPDATE = ("hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "mathPr")


def element(name: str, /, **attributes: str) -> Any:
    """Make an element such as ``w:b`` with attributes of the namespace of Word."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def run(text: str, *, bold: bool = False, italic: bool = False, style: str = "") -> Any:
    r"""Make a run; a ``\n`` becomes a line break, a ``\t`` a tab."""
    made = element("w:r")
    if bold or italic or style:
        look = element("w:rPr")
        look.extend(
            [
                *([element("w:rStyle", val=style)] if style else []),
                *([element("w:b")] if bold else []),
                *([element("w:i")] if italic else []),
            ]
        )
        made.append(look)
    for number, line in enumerate(text.split("\n")):
        if number:
            made.append(element("w:br"))
        for place, part in enumerate(line.split("\t")):
            if place:
                made.append(element("w:tab"))
            made.append(_text("w:t", part))
    return made


def field(code: str, shown: str, *, bold: bool = False) -> list[Any]:
    """Make a field: what Word computes it from, and what stands there until it does."""
    made = [*field_start(code), run(shown), field_end()]
    if bold:
        # The look of a result is that of the whole field once it is updated.
        for part in made:
            look = element("w:rPr")
            look.append(element("w:b"))
            part.insert(0, look)
    return made


def field_start(code: str) -> list[Any]:
    """Begin a field that spans paragraphs."""
    instruction = element("w:r")
    instruction.append(_text("w:instrText", f" {code} "))
    return [_mark("begin"), instruction, _mark("separate")]


def field_end() -> Any:
    """End a field that spans paragraphs."""
    return _mark("end")


def bookmark(name: str, number: int, inside: Sequence[Any]) -> list[Any]:
    """Put runs between the ends of a bookmark."""
    start = element("w:bookmarkStart", id=str(number), name=name)
    return [start, *inside, element("w:bookmarkEnd", id=str(number))]


def link_to(name: str, inside: Sequence[Any]) -> Any:
    """Put runs into a link to a bookmark."""
    made = element("w:hyperlink", anchor=name, history="1")
    made.extend(inside)
    return made


def link_out(part: Any, url: str, inside: Sequence[Any]) -> Any:
    """Put runs into a link to the web."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
    made = element("w:hyperlink")
    made.set(qn("r:id"), part.relate_to(url, kind, is_external=True))
    made.extend(inside)
    return made


def next_bookmark(body: Any) -> Iterator[int]:
    """Count numbers of bookmarks that a document does not use yet."""
    ids = [mark.get(qn("w:id"), "") for mark in body.iter(qn("w:bookmarkStart"))]
    # What is no number is never used again, whatever is counted.
    number = max((int(used) for used in ids if _NUMBER.fullmatch(used)), default=0)
    while True:
        number += 1
        yield number


def set_up_table(table: Any, widths: Sequence[float], title: str, *, ruled: bool) -> None:
    """Give a table fixed columns, three horizontal rules and a name for screen readers.

    Parameters
    ----------
    table : docx.table.Table
        The first row is its heading.
    widths : sequence of float
        Inches of the columns.
    title : str
        Read out in place of the rules.
    ruled : bool
        Whether the rules are drawn; a style of the template may have its own.
    """
    twips = [round(width * _INCH) for width in widths]
    properties = table._tbl.tblPr
    style = properties.find(qn("w:tblStyle"))
    for child in [child for child in properties if child is not style]:
        properties.remove(child)
    properties.append(element("w:tblW", w=str(sum(twips)), type="dxa"))
    if ruled:
        properties.append(_rules())
    properties.append(element("w:tblLayout", type="fixed"))
    margins = element("w:tblCellMar")
    margins.extend([element(f"w:{side}", w="70", type="dxa") for side in ("left", "right")])
    properties.append(margins)
    properties.append(element("w:tblLook", val="0620", firstRow="1", noHBand="1", noVBand="1"))
    properties.append(element("w:tblCaption", val=title))
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, twips, strict=True):
        column.set(qn("w:w"), str(width))
    for place, row in enumerate(table._tbl.tr_lst):
        look = row.get_or_add_trPr()
        look.append(element("w:cantSplit"))
        if place == 0:
            look.append(element("w:tblHeader"))
        for cell, width in zip(row.tc_lst, twips, strict=True):
            cell.width = Twips(width)
            if place == 0:
                cell.tcPr.append(_border("w:tcBorders", bottom=_THIN))
                cell.tcPr.append(element("w:vAlign", val="bottom"))


def span_row(row: Any) -> Any:
    """Join the cells of a row into one and return it."""
    first, *others = row.tc_lst
    for cell in others:
        row.remove(cell)
    properties = first.tcPr
    width = properties.find(qn("w:tcW"))
    total = sum(int(cell.tcPr.find(qn("w:tcW")).get(qn("w:w"))) for cell in [first, *others])
    width.set(qn("w:w"), str(total))
    width.addnext(element("w:gridSpan", val=str(len(others) + 1)))
    return first


def ask_for_update(settings: Any) -> None:
    """Let Word bring numbers, lists and page numbers up to date when the document is opened."""
    for old in settings.findall(qn("w:updateFields")):
        settings.remove(old)
    mark = element("w:updateFields", val="true")
    for child in settings:
        if child.tag.rpartition("}")[2] in _AFTER_UPDATE:
            child.addprevious(mark)
            return
    settings.append(mark)


def _rules() -> Any:
    return _border("w:tblBorders", top=_THICK, bottom=_THICK)


def _border(name: str, /, **sides: str) -> Any:
    made = element(name)
    for side, size in sides.items():
        made.append(element(f"w:{side}", val="single", sz=size, space="0", color="000000"))
    return made


def _mark(kind: str) -> Any:
    made = element("w:r")
    made.append(element("w:fldChar", fldCharType=kind))
    return made


def _text(name: str, text: str) -> Any:
    made = element(name)
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made
