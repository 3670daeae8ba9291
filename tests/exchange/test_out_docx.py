"""The Word file, read back."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from out_documents import HOSTILE, document, opened

from cgutils.exchange.out.blocks import clean
from cgutils.exchange.out.docx import write_docx


def codes(paragraph: object) -> list[str]:
    return [node.text.strip() for node in paragraph._p.iter(qn("w:instrText"))]


@pytest.fixture(scope="module")
def word():
    return opened(write_docx(document()))


def test_the_text_stands_in_order(word):
    assert [paragraph.text for paragraph in word.paragraphs if paragraph.text.strip()] == [
        "Studi kasus",
        "Dibuat",
        "Daftar tabel",
        "Tabel 1. Skor menurut kasus\t",
        "Tabel 2. Skor menurut kasus\t",
        "Daftar gambar",
        "Gambar 1. Profil\t",
        "Banjar",
        "Lihat Tabel 1 dan Gambar 1. Banjar",
        "Tabel 1. Skor menurut kasus",
        "Catatan. Skor dari 0 sampai 1.",
        "Gambar 1. Profil",
        "Catatan. cak. = cakupan.",
        "a-1 catatan",
        "Banjar",
        "Tabel 2. Skor menurut kasus",
        "Ansell (2008). doi",
    ]


def test_word_can_number_list_and_mention(word):
    captions = [paragraph for paragraph in word.paragraphs if paragraph.style.name == "Caption"]
    assert [codes(caption) for caption in captions] == [
        ["SEQ Tabel \\* ARABIC"],
        ["SEQ Gambar \\* ARABIC"],
        ["SEQ Tabel \\* ARABIC"],
    ]
    listings = [paragraph for paragraph in word.paragraphs if paragraph.style.name == "table of figures"]
    lists = [code for paragraph in listings for code in codes(paragraph) if code.startswith("TOC")]
    assert lists == ['TOC \\h \\z \\c "Tabel"', 'TOC \\h \\z \\c "Gambar"']
    names = [mark.get(qn("w:name")) for mark in word.element.body.iter(qn("w:bookmarkStart"))]
    ids = [mark.get(qn("w:id")) for mark in word.element.body.iter(qn("w:bookmarkStart"))]
    assert len(set(names)) == len(names) == len(set(ids)) == 3
    everything = "".join(node.text for node in word.element.body.iter(qn("w:instrText")))
    used = re.findall(r"(?:REF|PAGEREF) (\S+)", everything)
    assert set(used) == set(names) and all(len(name) <= 40 for name in names)
    anchors = [node.get(qn("w:anchor")) for node in word.element.body.iter(qn("w:hyperlink"))]
    assert {anchor for anchor in anchors if anchor} == set(names)


def test_every_field_that_begins_ends(word):
    kinds = [node.get(qn("w:fldCharType")) for node in word.element.body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") > 5
    depth = 0
    for kind in kinds:
        depth += {"begin": 1, "end": -1}.get(kind, 0)
        assert 0 <= depth <= 2


def test_word_is_asked_to_update_in_the_place_that_the_schema_gives(word):
    names = [child.tag.rpartition("}")[2] for child in word.settings.element]
    assert names.count("updateFields") == 1
    assert names.index("updateFields") < names.index("compat")


def test_tables_have_three_rules_and_no_lines_between_columns(word):
    first = word.tables[0]
    assert [cell.text for cell in first.rows[0].cells] == ["Kasus", "Skor", "Cakupan"]
    borders = first._tbl.tblPr.find(qn("w:tblBorders"))
    assert sorted(side.tag.rpartition("}")[2] for side in borders) == ["bottom", "top"]
    head = first.rows[0]._tr
    assert head.trPr.find(qn("w:tblHeader")) is not None
    for cell in head.tc_lst:
        (line,) = cell.tcPr.find(qn("w:tcBorders"))
        assert line.tag == qn("w:bottom")
    assert first._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Skor menurut kasus"


# Children of the properties that are written by hand, in the order of ECMA-376: Word refuses a file that
# departs from it, where other programs read on.
ORDER = {
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
    "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign",
    "tblBorders": "top left start bottom right end insideH insideV",
    "tblCellMar": "top left start bottom right end",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof "
    "snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText "
    "vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN "
    "bidi adjustRightInd snapToGrid spacing ind "
    "contextualSpacing mirrorIndents suppressOverlap jc textDirection "
    "textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
}


def test_properties_stand_once_and_in_the_order_of_the_schema(word):
    parts = [word.element, word.styles.element, word.sections[0].footer._element]
    checked = 0
    for part in parts:
        for name, order in ORDER.items():
            for found in part.iter(qn(f"w:{name}")):
                children = [child.tag.rpartition("}")[2] for child in found]
                places = [order.split().index(child) for child in children]
                assert places == sorted(set(places)), (name, children)
                checked += 1
    assert checked > 100


def test_every_part_of_a_paragraph_follows_its_properties(word):
    for paragraph in word.element.body.iter(qn("w:p")):
        names = [child.tag for child in paragraph]
        assert qn("w:pPr") not in names[1:]
    for cell in word.element.body.iter(qn("w:tc")):
        assert cell[0].tag == qn("w:tcPr") and cell[-1].tag == qn("w:p")


def test_numbers_are_set_to_the_right_and_groups_span_the_table(word):
    rows = word.tables[0].rows
    assert len(rows[1]._tr.tc_lst) == 1 and rows[1].cells[0].text == "Kondisi awal"
    sides = [cell.paragraphs[0].alignment for cell in rows[2].cells]
    assert [str(side).split()[0] for side in sides] == ["LEFT", "RIGHT", "RIGHT"]
    assert [cell.text for cell in rows[2].cells] == ["Banjar", "0,78", "100%"]


def test_every_picture_has_words(word):
    (picture,) = word.inline_shapes
    assert picture._inline.docPr.get("descr") == "Garis naik."
    assert picture._inline.docPr.get("name") == "Gambar 1"


def test_it_names_nobody_and_no_moment_of_making(word):
    properties = word.core_properties
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.created.year == properties.modified.year == 2000
    assert (properties.title, properties.language) == ("Studi kasus", "id")


def test_the_same_document_gives_the_same_bytes():
    assert write_docx(document()) == write_docx(document())
    with zipfile.ZipFile(io.BytesIO(write_docx(document()))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
    assert names[0] == "[Content_Types].xml" and names[1:] == sorted(names[1:])


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_stands_as_it_was(text):
    made = opened(write_docx(document(text)))
    assert made.tables[0].rows[2].cells[0].text == clean(text)
    assert made.paragraphs[8].text.endswith(clean(text))


@settings(max_examples=15)
@given(st.text(max_size=40))
def test_any_cell_comes_back(text):
    assert opened(write_docx(document(text))).tables[0].rows[2].cells[0].text == clean(text)
