"""A coded project written by us and read back: every value, whatever the characters."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from qda_support import HERE, Mark, Shape, Text, qdpx

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.codebook import Code
from cgutils.exchange.qda.reading import read_qda
from cgutils.exchange.qda.refi_writing import write_project
from cgutils.exchange.qda.segments import TEXT, WHOLE, Segment

# Emoji with joiners and flags, combining marks, right-to-left, line ends of all kinds, marks of XML.
SPELT = (
    "🤝|🧑\u200d🌾|🇮🇩|e\u0301|مرحبا|שלום|\u202e|信任|\r\n|\n|\r|\t| |\u00a0|\u2028|&|<|>|\"|'|]]>|&#13;"
    "|_x000D_|\ufeff|=1+1|word|Kata|…|.|\x0b|\x00|\ufffe|0"
)
PIECES = st.sampled_from(SPELT.split("|"))
CONTENT = st.lists(st.one_of(PIECES, st.text(max_size=3)), min_size=1, max_size=12).map("".join)
WORDS = ["Ana", "re\u0301union", "مرحبا", "שלום", "Dana", "kota"]
SCHEMA = etree.XMLSchema(etree.parse(HERE / "Project.xsd"))


def printed(text: str) -> str:
    """What may be a name: no controls, single blanks."""
    kept = "".join(char for char in text if char.isprintable() or char.isspace())
    return " ".join(kept.replace("\ufeff", "").split())


NAMES = CONTENT.map(printed).filter(bool)


def legal(text: str) -> str:
    """What XML can hold; the rest becomes a mark, as everywhere."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def canonical(text: str) -> str:
    """Text as this library keeps it: one character for a line end, no byte-order mark before it."""
    whole = text.encode("utf-8", errors="replace").decode("utf-8")
    return whole.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


@st.composite
def projects(draw: st.DrawFn) -> tuple[list[Code], dict[str, str], list[Segment]]:
    """Codes, texts and segments."""
    tops = sorted(draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)))
    codes = []
    for top in tops:
        codes.append(Code((top,), draw(CONTENT), codable=False))
        codes += [
            Code((top, name), "", codable=True) for name in draw(st.lists(NAMES, max_size=2, unique=True))
        ]
    texts = draw(st.dictionaries(NAMES, CONTENT.map(canonical), min_size=1, max_size=2))
    people = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
    segments = []
    for title, text in texts.items():
        for _ in range(draw(st.integers(0, 4))):
            code, coder = draw(st.sampled_from(codes)).path, draw(st.sampled_from(people))
            memo = draw(st.one_of(st.just(""), CONTENT))
            if text and draw(st.integers(0, 4)):
                start = draw(st.integers(0, len(text) - 1))
                end = draw(st.integers(start + 1, len(text)))
                segments.append(Segment(title, start, end, None, code, coder, memo, TEXT))
            else:
                segments.append(Segment(title, None, None, None, code, coder, memo, WHOLE))
    return codes, texts, segments


def values(segments: list[Segment]) -> dict[tuple[object, ...], list[str]]:
    """Place, code and coder to comment; of two the first that is not blank counts."""
    found: dict[tuple[object, ...], list[str]] = {}
    for one in segments:
        key = (one.document, one.kind, one.start, one.end, one.code, one.coder)
        found[key] = found.get(key) or legal(one.memo).split()
    return found


@settings(max_examples=120)
@given(projects())
def test_every_value_comes_back(tmp_path_factory, made) -> None:
    codes, texts, segments = made
    data = write_project("p", codes, texts, segments)
    assert data == write_project("p", codes, texts, segments)
    path = tmp_path_factory.mktemp("round") / "p.qdpx"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert SCHEMA.validate(etree.fromstring(archive.read("project.qde"))), SCHEMA.error_log
    found = read_qda(path)
    assert not [log for log in found.documents if log.refused]
    assert values(found.segments) == values(segments)
    for one in found.segments:
        assert one.start is None or one.text == texts[one.document][one.start : one.end]
    assert found.codes == {code.path: legal(code.description).strip() for code in codes}


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(WORDS), min_size=12, max_size=40),
    st.sampled_from([" ", "\n", ". ", "\n\n", " 🤝 "]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "full", "first"]),
)
def test_words_come_back_whatever_is_counted(tmp_path_factory, words, gap, crlf, bom, utf16, names) -> None:
    text = gap.join(words)
    marks, at = [], 0
    for word in words:
        marks.append(Mark(at, at + len(word)))
        at += len(word) + len(gap)
    shape = Shape(crlf=crlf, bom=bom, count_crlf=crlf, utf16=utf16, names=names)
    path = qdpx(tmp_path_factory.mktemp("shape") / "p.qdpx", shape, {"d": Text(text, marks)})
    found = read_qda(path)
    assert {(one.start, one.end) for one in found.segments} == {(mark.start, mark.end) for mark in marks}
    assert found.documents[0].score == 1.0


def test_a_segment_of_something_that_is_not_given_is_refused(tmp_path: Path) -> None:
    codes = [Code(("A",), "", codable=True)]
    for segment in (
        Segment("d", 0, 1, "x", ("B",), "", "", TEXT),
        Segment("e", 0, 1, "x", ("A",), "", "", TEXT),
        Segment("d", 0, 1, None, ("A",), "", "", "audio"),
    ):
        with pytest.raises(CgutilsError, match="cannot be written"):
            write_project("p", codes, {"d": "x"}, [segment])
