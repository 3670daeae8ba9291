from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure
from PIL import Image

from cgutils.data.errors import CgutilsError
from cgutils.present.plates import PRINT_DPI, plate
from cgutils.present.profiles import plot_dimension_profiles
from cgutils.present.turnout import plot_turnout


@pytest.fixture
def profiles(make):
    return lambda language="id": plot_dimension_profiles(make.dimensions(), make.labels(language))


def test_title_and_notes_become_text_and_leave_the_drawing(profiles):
    whole = profiles()
    height = float(whole.get_figheight())
    cut = plate(whole)
    assert cut.title == "Skor dimensi beserta intervalnya"
    assert (
        cut.note.startswith("cak. = cakupan") and "Hanya abstrak studi" in cut.note and "\n" not in cut.note
    )
    assert cut.alt.startswith("Diagram titik dengan interval")
    assert 0.5 < height - cut.height < 2
    for text in (cut.title, "cakupan:"):
        assert text.encode() not in cut.svg


def test_the_picture_has_the_size_that_is_stated(profiles):
    cut = plate(profiles())
    size = Image.open(io.BytesIO(cut.png)).size
    assert size == pytest.approx((cut.width * PRINT_DPI, cut.height * PRINT_DPI), abs=3)
    assert cut.pdf.startswith(b"%PDF") and b"</svg>" in cut.svg


@pytest.mark.filterwarnings("ignore:Glyph")
def test_control_characters_do_not_break_the_drawing(make):
    frame = make.turnout().assign(as_printed="a\x07b\x00c")
    ElementTree.fromstring(plate(plot_turnout(frame, make.labels()), ["svg"]).svg)


def test_the_same_figure_gives_the_same_bytes(profiles):
    assert plate(profiles()) == plate(profiles())
    assert b"CreationDate" not in plate(profiles(), ["pdf"]).pdf


def test_only_what_is_asked_for_is_drawn(profiles):
    cut = plate(profiles("en"), ["svg"])
    assert cut.svg and not cut.png and not cut.pdf
    assert plate(profiles("en"), []).title == cut.title


def test_a_figure_without_words_is_refused():
    with pytest.raises(CgutilsError, match="no alternative text"):
        plate(Figure())
