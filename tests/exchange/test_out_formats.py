"""HTML, LaTeX and workbooks, read back."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from out_documents import HOSTILE, document, unpacked

from cgutils.data.escaping import latex_text
from cgutils.data.files import neutral
from cgutils.exchange.out.blocks import clean
from cgutils.exchange.out.html import write_html
from cgutils.exchange.out.latex import write_latex
from cgutils.exchange.out.xlsx import write_xlsx


def page(text: str = "Banjar") -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(write_html(document(text)).decode("utf-8"))


def book(text: str = "Banjar") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_xlsx(document(text))))


class _Balance(HTMLParser):
    """Counts elements that are opened and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


class TestHtml:
    def test_it_is_one_file_that_loads_and_runs_nothing(self):
        text = write_html(document()).decode("utf-8")
        assert "<script" not in text and not re.search(r'(src|href)="(?!data:image|#|https://doi\.org)', text)
        assert "default-src 'none'" in text

    def test_what_is_opened_is_closed(self):
        balance = _Balance()
        balance.feed(write_html(document()).decode("utf-8"))
        assert balance.open == []

    def test_tables_tell_a_screen_reader_what_is_a_heading(self):
        own = page()
        assert own.get("lang") == "id"
        first = own.xpath("//table")[0]
        assert first.xpath("string(caption)") == "Tabel 1. Skor menurut kasus"
        assert first.xpath("thead//th[@scope='col']/text()") == ["Kasus", "Skor", "Cakupan"]
        assert first.xpath("tbody//th[@scope='rowgroup']/text()") == ["Kondisi awal", "Hasil akhir"]
        assert len(first.xpath("tbody")) == 2

    def test_pictures_have_words_and_every_link_a_target(self):
        own = page()
        (picture,) = own.xpath("//img")
        assert picture.get("alt") == "Garis naik." and picture.get("src").startswith(
            "data:image/svg+xml;base64,"
        )
        targets = {link[1:] for link in own.xpath("//a/@href") if link.startswith("#")}
        assert targets == {"table-1", "table-2", "figure-1"} <= set(own.xpath("//@id"))

    @pytest.mark.parametrize("text", HOSTILE)
    def test_any_text_stands_as_it_was(self, text):
        (cell,) = page(text).xpath("(//table)[1]/tbody[1]/tr[2]/td[1]")
        assert cell.text_content() == clean(text) and len(cell) == 0

    @given(st.text(max_size=60))
    @settings(max_examples=60)
    def test_no_text_opens_an_element(self, text):
        balance = _Balance()
        balance.feed(write_html(document(text)).decode("utf-8"))
        assert balance.open == []


class TestLatex:
    def test_tables_and_figures_have_labels_and_are_mentioned_by_them(self):
        text, pictures = write_latex(document(), "x-figures")
        source = text.decode("utf-8")
        assert sorted(pictures) == ["figure-1.pdf"] and pictures["figure-1.pdf"].startswith(b"%PDF")
        labels = re.findall(r"\\label\{([^}]*)\}", source)
        assert labels == ["table-1", "figure-1", "table-2"]
        assert set(re.findall(r"\\ref\{([^}]*)\}", source)) <= set(labels)
        assert r"Lihat Tabel~\ref{table-1} dan Gambar~\ref{figure-1}. Banjar" in source
        assert r"{x-figures/figure-1.pdf}" in source
        assert r"alt={Garis naik.}" in source
        assert r"\renewcommand{\tablename}{Tabel}" in source

    def test_environments_are_closed_in_order(self):
        source = write_latex(document(), "x")[0].decode("utf-8")
        stack = []
        for kind, name in re.findall(r"\\(begin|end)\{([a-z]+)\}", source):
            if kind == "begin":
                stack.append(name)
            else:
                assert stack.pop() == name
        assert stack == []

    @given(st.text())
    def test_no_text_is_a_command(self, text):
        made = latex_text(clean(text))
        allowed = r"\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater|dag)\{\}|\\[{}$&#_%]"
        rest = re.sub(allowed + r"|\\ensuremath\{-\}|\{[\[\]*]\}|~", "", made)
        assert not set(rest) & set("\\{}$&#_%^[]*\n")

    def test_a_row_that_begins_with_a_bracket_or_a_star_is_no_option(self):
        source = write_latex(document("[1cm] *x"), "x")[0].decode("utf-8")
        assert "{[}1cm{]} {*}x & 0,78 & 100\\%" in source


class TestWorkbook:
    def test_every_table_and_figure_has_a_sheet_and_the_first_lists_them(self):
        own = book()
        assert own.sheetnames == ["Daftar isi", "Teks", "Tabel 1", "Gambar 1", "Tabel 2", "Tabel 3"]
        rows = list(own["Daftar isi"].iter_rows(min_row=5, values_only=True))
        assert [row[0] for row in rows] == own.sheetnames[2:]
        assert own["Daftar isi"]["A5"].hyperlink.location == "'Tabel 1'!A1"

    def test_numbers_are_numbers_shown_as_in_the_text(self):
        sheet = book()["Tabel 1"]
        shown = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
        assert shown[0] == ["Kasus", "Skor", "Cakupan"]
        assert shown[1] == ["Kondisi awal", None, None]
        assert shown[2] == ["Banjar", 0.7766, 1]
        assert [cell.number_format for cell in sheet[5]] == ["General", "0.00", "0%"]
        assert shown[4] == ["Sampang†", "– ditahan", 2 / 3]
        assert shown[5][0] == "Catatan. Skor dari 0 sampai 1."
        assert sheet.freeze_panes == "A4"

    @pytest.mark.parametrize("text", HOSTILE)
    def test_no_text_is_a_formula(self, text):
        own = book(text)
        cells = [cell for sheet in own for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert own["Tabel 1"]["A5"].value == neutral(clean(text))
        assert not own["Tabel 1"]["A5"].value.startswith(("=", "+", "-", "@"))

    @pytest.mark.parametrize("letter", ["x", "=", "🙂"])
    def test_a_text_that_no_cell_holds_is_cut_and_marked(self, letter):
        own = book(letter * 40_000)
        texts = [cell.value for sheet in (own["Tabel 1"], own["Teks"]) for cell in sheet["A"]]
        long = [text for text in texts if text and letter * 99 in text]
        assert len(long) >= 2 and all(text.endswith(" […]") for text in long)
        for text in long:
            assert 31_990 < len(text.encode("utf-16-le")) / 2 <= 32_001
        short = book("x" * 31_999)["Tabel 1"]["A5"].value
        assert short == "x" * 31_999

    def test_a_picture_has_words(self):
        drawing = unpacked(write_xlsx(document()))["xl/drawings/drawing1.xml"].decode("utf-8")
        assert 'name="Gambar 1" descr="Garis naik."' in drawing

    def test_the_same_document_gives_the_same_bytes_at_any_time(self):
        one = write_xlsx(document())
        assert write_xlsx(document()) == one
        core = unpacked(one)["docProps/core.xml"].decode("utf-8")
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2000-01-01T00:00:00Z"}


@pytest.mark.parametrize("write", [write_html, write_xlsx, lambda made: write_latex(made, "x")])
def test_no_format_needs_a_table_or_a_figure(write):
    from out_documents import WORDS

    from cgutils.exchange.out.blocks import Document

    assert write(Document("t", "", "en", WORDS, ()))
