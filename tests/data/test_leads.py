"""What spreadsheets and Word leave in a CSV: lines before the heading, control characters."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from cgutils.data.collection import load_collection
from cgutils.data.dictionary import descriptor
from cgutils.data.errors import Problem
from support import MINIMAL, refused, said

RATINGS = "cases/alpha/ratings.csv"
FILE = f"data/raw/{RATINGS}"


def ratings(project: Path) -> tuple[Path, str]:
    path = project / "data/raw" / RATINGS
    return path, path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("lead", "told"),
    [
        ("sep=,\n", "the line sep= before the heading"),
        ("\ufeffSEP=,\r\n", "the line sep= before the heading"),
        ('"sep=,"\n\n', "the line sep= before the heading"),
        ("\n", "1 blank line before the heading"),
        (",,,,,\n  \n", "2 blank lines before the heading"),
        ('"","",""\n', "1 blank line before the heading"),
    ],
)
def test_lines_before_the_heading_are_left_out_with_a_note(lead: str, told: str, project: Path) -> None:
    path, text = ratings(project)
    path.write_bytes((lead + text).encode("utf-8"))

    collection = load_collection(project)

    assert Problem(FILE, found=told, fix="Left out when reading.") in collection.notes
    pd.testing.assert_frame_equal(collection.ratings, load_collection(MINIMAL).ratings)


def test_the_separator_after_sep_is_found_by_the_heading(project: Path) -> None:
    path, text = ratings(project)
    heading, *rows = csv.reader(io.StringIO(text))
    out = io.StringIO("sep=;\n")
    out.seek(0, io.SEEK_END)
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([heading, *rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    assert any("separated by semicolon" in str(note) for note in load_collection(project).notes)


def test_rows_keep_the_lines_that_an_editor_shows(project: Path) -> None:
    path, text = ratings(project)
    heading, first, rest = text.split("\n", 2)
    path.write_text(f"sep=,\n\n{heading.replace('level', 'levle')}\n{first}\n{rest}", encoding="utf-8")
    assert all(line.startswith(f"{FILE}, row 3, column lev") for line in refused(project))
    path.write_text(f"sep=,\n\n{heading}\n{first.replace(',3,', ',7,')}\n{rest}", encoding="utf-8")
    (line,) = refused(project)
    assert line.startswith(f"{FILE}, row 4, column level: found 7; ")


@pytest.mark.parametrize("text", ["\n\n", ",,,\n", "sep=;\n", "\ufeff\n"])
def test_a_file_of_such_lines_alone_is_empty(text: str, project: Path) -> None:
    path, _ = ratings(project)
    path.write_text(text, encoding="utf-8")
    (line,) = refused(project)
    assert line.startswith(f"{FILE}: found an empty file; allowed: a heading row: ")


def test_the_descriptor_finds_the_heading_as_the_reader_does(project: Path) -> None:
    path, text = ratings(project)
    before = descriptor(project / "data/raw")
    path.write_text("sep=,\n\n" + text, encoding="utf-8")
    assert descriptor(project / "data/raw") == before


def test_control_characters_are_read_as_blanks_with_a_note(project: Path) -> None:
    path, text = ratings(project)
    assert text.count("No money.") >= 2
    path.write_text(text.replace("No money.", "No\x0bmoney\x1f."), encoding="utf-8")

    collection = load_collection(project)

    assert "No money ." in set(collection.ratings["rationale"])
    line = text.splitlines().index(next(row for row in text.splitlines() if "No money." in row)) + 1
    told = f"{2 * text.count('No money.')} control characters, the first in line {line}"
    assert Problem(FILE, found=told, fix="Read as a blank.") in collection.notes


def test_a_control_character_in_an_id_is_still_refused(project: Path) -> None:
    path, text = ratings(project)
    path.write_text(text.replace(",ana,", ",a\x0bna,", 1), encoding="utf-8")
    assert any(line.startswith(f"{FILE}, row 2, column coder_id: found a na;") for line in refused(project))


def test_a_nul_is_no_text(project: Path) -> None:
    path, text = ratings(project)
    path.write_text("\n\0" + text, encoding="utf-8")
    assert refused(project) == [said(RATINGS, "a NUL character", "text", 'Save it again as "CSV UTF-8".')]
