"""Templates of Word: those of a faculty and those of an attacker."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table
from out_documents import document, opened, unpacked

from cgutils.data.errors import CgutilsError
from cgutils.exchange.out.docx import write_docx
from cgutils.exchange.out.packing import MAX_ENTRIES, read_template


def template() -> docx.document.Document:
    made = docx.Document()
    made.sections[0].left_margin = Cm(4)
    made.sections[0].header.paragraphs[0].text = "FAKULTAS"
    made.styles["Normal"].font.name = "Arial"
    made.styles["Caption"].font.size = Pt(13)
    made.add_paragraph("Halaman judul")
    return made


def saved(made: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


class TestTemplate:
    def test_pages_headers_and_text_of_the_template_stay(self):
        made = opened(write_docx(document(), saved(template())))
        assert made.sections[0].left_margin == pytest.approx(Cm(4), abs=1000)
        assert made.sections[0].header.paragraphs[0].text == "FAKULTAS"
        assert made.paragraphs[0].text == "Halaman judul"
        assert (
            made.paragraphs[1].text == "Studi kasus" and made.paragraphs[1].paragraph_format.page_break_before
        )

    def test_its_styles_are_used_where_names_fit(self):
        made = opened(write_docx(document(), saved(template())))
        assert made.styles["Caption"].font.size == Pt(13)
        assert made.styles["Normal"].font.name == "Arial"
        assert made.styles["Table Note"].base_style.name == "Normal"

    def test_a_table_style_of_its_own_brings_its_own_rules(self):
        own = template()
        own.styles.add_style("Tabel APA", WD_STYLE_TYPE.TABLE)
        made = opened(write_docx(document(), saved(own)))
        assert made.tables[0].style.name == "Tabel APA"
        assert made.tables[0]._tbl.tblPr.find(qn("w:tblBorders")) is None

    def test_an_indonesian_name_of_a_style_fits_as_well(self):
        own = template()
        own.styles.add_style("Isi Tabel", WD_STYLE_TYPE.PARAGRAPH)
        made = opened(write_docx(document(), saved(own)))
        assert made.tables[0].rows[0].cells[0].paragraphs[0].style.name == "Isi Tabel"

    def test_the_text_goes_where_the_template_says(self):
        own = template()
        own.add_paragraph("{{cgutils}}")
        own.add_paragraph("BAB V")
        texts = [p.text for p in opened(write_docx(document(), saved(own))).paragraphs if p.text.strip()]
        assert (texts[0], texts[1], texts[-1]) == ("Halaman judul", "Daftar tabel", "BAB V")
        assert not any("{{" in text for text in texts)

    def test_tables_fit_between_its_margins(self):
        own = template()
        own.sections[0].right_margin = Cm(5)
        made = opened(write_docx(document(), saved(own)))
        section = made.sections[0]
        room = (section.page_width - section.left_margin - section.right_margin) / 635
        (width,) = made.tables[0]._tbl.tblPr.findall(qn("w:tblW"))
        assert int(width.get(qn("w:w"))) == pytest.approx(room, abs=5)

    def test_bookmarks_of_the_template_are_not_used_again(self):
        own = template()
        mark = docx.oxml.OxmlElement("w:bookmarkStart")
        mark.set(qn("w:id"), "7")
        mark.set(qn("w:name"), "own")
        own.paragraphs[0]._p.append(mark)
        made = opened(write_docx(document(), saved(own)))
        ids = [node.get(qn("w:id")) for node in made.element.body.iter(qn("w:bookmarkStart"))]
        assert len(ids) == len(set(ids)) == 4

    def test_the_section_that_the_placeholder_ends_stays(self):
        own = template()
        own.add_paragraph("{{cgutils}}")
        lying = own.add_section(WD_SECTION.NEW_PAGE)
        holder, mark = own.paragraphs[-2]._p, own.paragraphs[-1]._p
        # Word puts the mark into the last paragraph of a section, the library into one of its own.
        holder.get_or_add_pPr().append(mark.pPr.find(qn("w:sectPr")))
        own.element.body.remove(mark)
        first, _ = own.sections
        first.left_margin, lying.left_margin = Cm(6), Cm(2)
        lying.header.is_linked_to_previous = False
        lying.header.paragraphs[0].text = "LAMPIRAN"
        own.add_paragraph("BAB V")
        made = opened(write_docx(document(), saved(own)))
        assert [section.left_margin.cm for section in made.sections] == pytest.approx([6, 2], abs=0.01)
        assert [s.header.paragraphs[0].text for s in made.sections] == ["FAKULTAS", "LAMPIRAN"]
        inside = [list(section.iter_inner_content()) for section in made.sections]
        assert [sum(isinstance(block, Table) for block in blocks) for blocks in inside] == [2, 0]
        assert not any("{{" in paragraph.text for paragraph in made.paragraphs)
        room = (first.page_width - first.left_margin - first.right_margin) / 635
        (width,) = made.tables[0]._tbl.tblPr.findall(qn("w:tblW"))
        assert int(width.get(qn("w:w"))) == pytest.approx(room, abs=5)

    @pytest.mark.parametrize("kind", ["CHARACTER", "TABLE", "LIST"])
    def test_a_name_that_a_style_of_another_kind_has_is_not_used(self, kind):
        own = template()
        for name in ("Annotation", "Table Note", "Table Text"):
            own.styles.add_style(name, WD_STYLE_TYPE[kind])
        # As a Word in another language: the id is one that would be made.
        own.styles.add_style("Annotation 2", WD_STYLE_TYPE.CHARACTER)
        made = opened(write_docx(document(), saved(own)))
        used = [paragraph.style.name for paragraph in made.paragraphs]
        assert {"Table Note 2"} <= set(used) and "Table Note" not in used
        assert made.tables[0].rows[0].cells[0].paragraphs[0].style.name == "Table Text 2"
        assert made.styles["Annotation"].type == WD_STYLE_TYPE[kind]
        assert made.styles["Annotation 3"].type == WD_STYLE_TYPE.PARAGRAPH
        ids = [style.style_id for style in made.styles]
        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize("default", [True, False])
    def test_a_template_without_the_style_normal(self, default):
        own = template()
        normal = own.styles["Normal"].element
        normal.find(qn("w:name")).set(qn("w:val"), "Standar")
        if not default:
            del normal.attrib[qn("w:default")]
        made = opened(write_docx(document(), saved(own)))
        base = made.styles["Table Note"].base_style
        assert base.name == "Standar" if default else base is None

    def test_a_template_that_says_nothing_of_its_page(self):
        own = template()
        own.element.body.remove(own.element.body.sectPr)
        made = opened(write_docx(document(), saved(own)))
        assert len(made.tables) == 2 and len(made.sections) == 1

    @pytest.mark.parametrize("number", ["abc", "", "-3", "1.5", "9" * 5_000])
    def test_a_bookmark_whose_id_is_no_number(self, number):
        own = template()
        for key in (number, "7"):
            mark = docx.oxml.OxmlElement("w:bookmarkStart")
            mark.set(qn("w:id"), key)
            mark.set(qn("w:name"), "own")
            own.paragraphs[0]._p.append(mark)
        made = opened(write_docx(document(), saved(own)))
        ids = [node.get(qn("w:id")) for node in made.element.body.iter(qn("w:bookmarkStart"))]
        assert ids[2:] == ["8", "9", "10"]

    def test_it_gives_the_same_bytes(self):
        own = saved(template())
        assert write_docx(document(), own) == write_docx(document(), own)


def packed(tmp_path, change):
    parts = unpacked(saved(docx.Document()))
    change(parts)
    path = tmp_path / "faculty.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def macro(parts):
    parts["word/vbaProject.bin"] = b"x"


def dotx(parts):
    kind = b"wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        kind, b"wordprocessingml.template.main+xml"
    )


def entities(parts):
    parts["word/styles.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["word/styles.xml"]


def bomb(parts):
    parts["word/media/zero.png"] = bytes(30_000_000)


def crowd(parts):
    parts.update({f"word/{number}.xml": b"" for number in range(MAX_ENTRIES + 1)})


def headless(parts):
    del parts["word/document.xml"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (macro, "the template holds macros"),
        (dotx, "a .dotx or .docm"),
        (entities, r"word/styles.xml declares a document type"),
        (bomb, "which no faculty template needs"),
        (crowd, "which no faculty template needs"),
        (headless, "not a readable Word file"),
    ],
)
def test_a_template_that_could_do_harm_is_refused(tmp_path, change, found):
    with pytest.raises(CgutilsError, match=rf"faculty\.docx: .*{found}"):
        read_template(packed(tmp_path, change))


def test_a_template_that_is_none_is_refused(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"no zip")
    with pytest.raises(CgutilsError, match=r"a\.docx: this is not a readable Word file"):
        read_template(tmp_path / "a.docx")
    with pytest.raises(CgutilsError, match=r"b\.docx: the template cannot be read"):
        read_template(tmp_path / "b.docx")


def test_a_damaged_template_gives_a_message():
    def spoil(parts):
        parts["word/document.xml"] = b"<w:document>"

    parts = unpacked(saved(docx.Document()))
    spoil(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(CgutilsError, match="the template cannot be used"):
        write_docx(document(), stream.getvalue())
