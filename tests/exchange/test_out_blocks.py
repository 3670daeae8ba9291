from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from out_documents import WORDS, document, table

from cgutils.data.errors import CgutilsError
from cgutils.exchange.out import blocks, measure
from cgutils.exchange.out.blocks import Cell, Column, Document, Paragraph, Ref, Span, Table, clean


def made(*parts: blocks.Block) -> Document:
    return Document("t", "s", "id", WORDS, parts)


def test_tables_and_figures_are_numbered_each_in_their_order():
    own = document()
    assert {key: own.label(key) for key in own.numbers} == {
        "scores": "Tabel 1",
        "drawn": "Gambar 1",
        "more": "Tabel 2",
        "register": "Tabel 3",
    }
    paragraph = next(block for block in own.blocks if isinstance(block, Paragraph))
    assert own.plain(paragraph.parts) == "Lihat Tabel 1 dan Gambar 1. Banjar"


def test_a_name_used_twice_is_refused():
    with pytest.raises(CgutilsError, match="more than one table or figure is named scores"):
        made(table(), table())


def test_a_mention_of_nothing_is_refused():
    with pytest.raises(CgutilsError, match="mentions what is not in it: nowhere"):
        made(Paragraph((Ref("nowhere"),)))
    with pytest.raises(CgutilsError, match="mentions what is not in it: nowhere"):
        made(blocks.Items(((Ref("nowhere"),),)))


def test_a_row_with_another_number_of_cells_is_refused():
    with pytest.raises(CgutilsError, match="table x: a row has another number of cells"):
        Table("x", "t", (Column("a"), Column("b")), ((Cell("1"),),))


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://doi.org/10.1/x", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ('https://x" onclick="y', False),
        ("https://x/{y}", False),
    ],
)
def test_a_link_goes_to_the_web_or_nowhere(url, kept):
    assert bool(Span("x", url=url).url) == kept


@given(st.text())
def test_what_is_cleaned_can_be_written_and_nothing_else_is_lost(text):
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert not any(sign < " " and sign not in "\t\n" for sign in cleaned)
    kept = [sign for sign in text if sign.isprintable()]
    assert [sign for sign in cleaned if sign.isprintable()] == kept


@given(st.lists(st.lists(st.text(max_size=120), min_size=3, max_size=3), max_size=5), st.floats(40, 120))
def test_shares_fill_the_page_and_leave_no_column_out(rows, page):
    own = Table(
        "x",
        "t",
        (Column("a"), Column("b", numeric=True), Column("c")),
        tuple(tuple(Cell(text) for text in row) for row in rows),
    )
    shares = measure.shares(own, page)
    assert sum(shares) == pytest.approx(1)
    assert min(shares) > 0.02
    assert measure.lines(own, shares, page) >= len(rows)


def test_a_long_text_gets_more_room_and_no_word_is_broken():
    rows = (tuple(Cell(text) for text in ("Sampang†", "0,67", "a long text that wraps " * 8)),)
    own = Table("x", "t", (Column("Kasus"), Column("Skor", numeric=True), Column("Isi")), rows)
    case, score, text = (share * measure.PAGE for share in measure.shares(own))
    assert text > 60 and case > len("Sampang†") + measure.MARGIN and score > len("Skor") + measure.MARGIN
