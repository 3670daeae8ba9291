"""Positions as programs count them: found by trying, logged, refused where they fit too badly."""

from __future__ import annotations

import random
import zipfile

import pytest
from exchange_support import made_up
from qda_support import CODES, NVIVO, SHAPES, Mark, Shape, Text, positions, qdpx

from cgutils.exchange.qda.offsets import LOWEST_SCORE, Selection, fit_all
from cgutils.exchange.qda.reading import read_qda
from cgutils.exchange.qda.texts import Lines, decode, document_text

EMOJI = "🤝😀🧑‍🌾🇮🇩"


def written(n_words: int, seed: int, astral: bool = True) -> tuple[str, list[tuple[int, int]]]:
    """A text with line ends, emoji, accents, and the places of its words."""
    rng = random.Random(seed)
    ends = (
        [" "] * 8
        + [". ", "\n", "\n\n", ", ", " e\u0301tat "]
        + ([f" {rng.choice(EMOJI)} "] if astral else [])
    )
    text, words = "", []
    for word in made_up(n_words, seed):
        words.append((len(text), len(text) + len(word)))
        text += word + rng.choice(ends)
    return text, words


def marks(words: list[tuple[int, int]], count: int, seed: int) -> list[Mark]:
    """Passages of one to nine words, each code in turn, two coders."""
    rng = random.Random(seed)
    found = []
    for number in range(count):
        first = rng.randrange(len(words) - 10)
        last = first + rng.randrange(9)
        coder = ("ana", "budi")[number % 2]
        found.append(Mark(words[first][0], words[last][1], CODES[number % len(CODES)], coder))
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_passages_that_were_marked(shape, tmp_path) -> None:
    texts = {}
    for number in range(3):
        text, words = written(400, number)
        texts[f"interview {number}.docx"] = Text(text, marks(words, 60, number))
    found = read_qda(qdpx(tmp_path / "p.qdpx", SHAPES[shape], texts))
    expected = {
        (
            name.removesuffix(".docx") if shape == "maxqda" else name,
            m.start,
            m.end,
            text.text[m.start : m.end],
            m.code,
            m.coder,
        )
        for name, text in texts.items()
        for m in text.marks
    }
    assert {(s.document, s.start, s.end, s.text, s.code[0], s.coder) for s in found.segments} == expected
    assert [log.refused for log in found.documents] == [False] * 3
    assert min(log.score for log in found.documents) == 1.0
    basis = "names" if SHAPES[shape].names in {"full", "first"} else "words"
    assert {log.basis for log in found.documents} == {basis}


def test_a_plain_reading_of_a_project_of_nvivo_would_be_wrong(tmp_path) -> None:
    text, words = written(6_000, 1)
    chosen = marks(words, 303, 1)
    raw = text.replace("\n", "\r\n")
    places = positions(text, NVIVO)
    plain = sum(
        raw[places[m.start] : places[m.end]] == text[m.start : m.end].replace("\n", "\r\n") for m in chosen
    )
    assert plain < 30
    found = read_qda(qdpx(tmp_path / "p.qdpx", NVIVO, {"d": Text(text, chosen)}))
    (log,) = found.documents
    assert log.convention == ("bom_left_out", "line_end_kept", "utf16_units")
    assert {s.text for s in found.segments} == {text[m.start : m.end] for m in chosen}


@pytest.mark.parametrize("shift", [-3, -1, 1, 2, 7])
@pytest.mark.parametrize("shape", ["nvivo", "atlas", "maxqda", "qualcoder"])
def test_a_planted_shift_is_detected_and_never_read_wrongly(shape, shift, tmp_path) -> None:
    text, words = written(500, 2)
    chosen = [mark for mark in marks(words, 40, 2) if mark.start > 10 and mark.end < len(text) - 20]
    found = read_qda(qdpx(tmp_path / "p.qdpx", SHAPES[shape], {"d": Text(text, chosen, shift)}))
    (log,) = found.documents
    if shift == 1 and SHAPES[shape].bom:
        # Who counts the byte-order mark writes the same: it is read so, and rightly.
        assert log.convention[0] == "bom_counted" and log.score == 1.0
        assert {s.text for s in found.segments} == {text[m.start : m.end] for m in chosen}
        return
    assert log.refused and log.score < 0.7 < LOWEST_SCORE
    assert len(log.samples) == 3 and all(sample[0] == "(" or "[" in sample for sample in log.samples)


def test_only_the_document_with_the_shift_is_refused(tmp_path) -> None:
    texts = {}
    for number in range(4):
        text, words = written(300, number)
        texts[f"d{number}"] = Text(text, marks(words, 30, number)[2:], shift=2 if number == 2 else 0)
    found = read_qda(qdpx(tmp_path / "p.qdpx", NVIVO, texts))
    assert [log.refused for log in found.documents] == [False, False, True, False]


def test_one_wrong_position_is_left_out_where_the_text_is_stored(tmp_path) -> None:
    text, words = written(300, 3)
    chosen = marks(words, 20, 3)
    shape = SHAPES["qualcoder"]
    path = qdpx(tmp_path / "p.qdpx", shape, {"d": Text(text, chosen)})
    sound = read_qda(path)
    assert len(sound.segments) == len({(m.start, m.end, m.code, m.coder) for m in chosen})
    first = next(s for s in sound.segments)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["project.qde"] = entries["project.qde"].replace(
        f'startPosition="{first.start}" endPosition="{first.end}"'.encode(),
        f'startPosition="{first.start + 1}" endPosition="{first.end + 1}"'.encode(),
        1,
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    found = read_qda(path)
    assert found.skipped["other_text"] == 1
    assert len(found.segments) == len(sound.segments) - 1 and not found.documents[0].refused


def test_the_way_of_the_file_decides_where_a_document_alone_does_not() -> None:
    text, words = written(500, 4)
    long = document_text(text.replace("\n", "\r\n"))
    places = positions(text, Shape(count_crlf=True))
    many = [Selection(places[m.start], places[m.end], "") for m in marks(words, 50, 4)]
    # Two ways of counting give whole words here, and different ones.
    short = document_text("ab\r\nab ab ab ab")
    alone = fit_all({"short": (short, [Selection(4, 6, "")])})["short"]
    both = fit_all({"long": (long, many), "short": (short, [Selection(4, 6, "")])})
    assert both["long"].convention.newline == both["short"].convention.newline == "kept"
    assert alone.score == both["short"].score == 1.0
    assert both["short"].spans == [(3, 5)]


def test_what_nothing_tells_apart_is_said_unless_the_program_is_known() -> None:
    text = document_text("ab\r\nab .. ab")
    # With a line end as in the file or as one: both begin and end at edges.
    one = {"d": (text, [Selection(6, 8, "")])}
    assert fit_all(one)["d"].uncertain and fit_all(one)["d"].spans == [(5, 7)]
    for program, span in (("NVivo 12", (5, 7)), ("ATLAS.ti 23", (6, 8))):
        known = fit_all(one, program)["d"]
        assert not known.uncertain and known.spans == [span]
    two = {"d": (text, [Selection(6, 8, ""), Selection(10, 12, "")])}
    assert not fit_all(two)["d"].uncertain and fit_all(two)["d"].spans == [(5, 7), (9, 11)]


def test_scripts_without_spaces_are_read_where_nothing_is_in_doubt() -> None:
    text = document_text("信任很重要。会议每月举行。")
    fit = fit_all({"d": (text, [Selection(1, 3, "")])})["d"]
    assert fit.spans == [(1, 3)] and fit.score is None and not fit.ambiguous
    doubtful = document_text("信任😀很重要\r\n会议每月举行")
    assert fit_all({"d": (doubtful, [Selection(9, 11, "")])})["d"].ambiguous


def test_a_passage_does_not_begin_within_a_letter_and_its_mark() -> None:
    text = document_text("re\u0301union e\u0301tat")
    good = fit_all({"d": (text, [Selection(0, 8, ""), Selection(9, 14, "")])})["d"]
    assert good.score == 1.0
    bad = fit_all({"d": (text, [Selection(2, 8, ""), Selection(10, 14, "")])})["d"]
    assert bad.score == 0.5


@pytest.mark.parametrize(
    ("data", "text", "bom", "guessed"),
    [
        (b"a\r\nb\rc\nd", "a\nb\nc\nd", False, False),
        (b"\xef\xbb\xbfab", "ab", True, False),
        ("a\nb".encode("utf-16"), "a\nb", True, False),
        (b"caf\xe9", "café", False, True),
        (b"", "", False, False),
    ],
)
def test_texts_are_read_as_programs_write_them(data, text, bom, guessed) -> None:
    found, by_guess = decode(data)
    assert (found.text, found.bom, by_guess) == (text, bom, guessed)
    assert len(found.double) == text.count("\n")


def test_lines_are_counted_as_an_editor_does() -> None:
    lines = Lines("one\ntwo\n\nfour")
    assert [lines.of(0, 3), lines.of(2, 5), lines.of(4, 8), lines.of(9, 13)] == [
        (1, 1),
        (1, 2),
        (2, 2),
        (4, 4),
    ]
