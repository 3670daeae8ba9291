"""How a file is written: what Excel makes of it is read with a note, what is not certain is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cgutils.data import reading, yamlfiles
from cgutils.data.checking import load_table
from cgutils.data.collection import load_collection
from cgutils.data.fields import TableSpec
from cgutils.data.schemas import CASE_TABLES
from support import MINIMAL, refused, said

SPECS = {spec.name: spec for spec in CASE_TABLES}
RATINGS = "cases/alpha/ratings.csv"
QUANTITIES = "cases/alpha/quantities.csv"
CASE = "cases/alpha/case.yaml"
ALPHA = MINIMAL / "data/raw/cases/alpha"


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    return path


def loaded(path: Path, spec: TableSpec) -> tuple[pd.DataFrame, list[str], list[str]]:
    frame, problems, notes = load_table(path, "table.csv", spec)
    return frame, [str(problem) for problem in problems], [str(note) for note in notes]


def sound(table: str) -> tuple[bytes, pd.DataFrame]:
    """A table of the made-up case, as bytes and as read."""
    path = ALPHA / f"{table}.csv"
    frame, problems, notes = loaded(path, SPECS[table])
    assert not problems and not notes
    return path.read_bytes(), frame


def excel(data: bytes, delimiter: str = ";", decimal: str = ",") -> bytes:
    """The table as a spreadsheet of a country with decimal commas saves it."""
    heading, *body = csv.reader(io.StringIO(data.decode("utf-8")))
    value = heading.index("value")
    for row in body:
        row[value] = row[value].replace(".", decimal)
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([heading, *body])
    return out.getvalue().encode("utf-8")


def test_semicolons_decimal_commas_and_a_byte_order_mark_are_read_with_notes(tmp_path: Path) -> None:
    data, plain = sound("quantities")
    frame, problems, notes = loaded(written(tmp_path, b"\xef\xbb\xbf" + excel(data)), SPECS["quantities"])

    pd.testing.assert_frame_equal(frame, plain)
    assert not problems
    assert notes == [
        "table.csv: found a byte-order mark. It was left out when reading.",
        "table.csv: found columns separated by semicolon. It was read so; the standard form is a comma.",
        "table.csv: found 1 number with a decimal comma. Read as decimal points.",
    ]


def test_the_notes_reach_the_person_who_loads_the_collection(project: Path) -> None:
    target = project / "data/raw" / QUANTITIES
    target.write_bytes(excel(target.read_bytes()))

    collection = load_collection(project)

    notes = [str(note) for note in collection.notes if note.file.endswith("quantities.csv")]
    assert len(notes) == 2
    assert all(note.startswith(f"data/raw/{QUANTITIES}: found ") for note in notes)
    pd.testing.assert_frame_equal(collection.quantities, load_collection(MINIMAL).quantities)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda data: data.replace(b"\n", b"\r\n"), None),
        (lambda data: data.replace(b"\n", b"\r"), None),
        (lambda data: data.rstrip(b"\n"), None),
        (lambda data: data.replace(b"\nvoters", b"\n\n,,,,,,,,,,,\nvoters"), None),
        (lambda data: data.replace(b",persons,", b", persons ,"), None),
        (lambda data: data.replace(b"quantity_id,", b'"Quantity_ID",'), None),
        (lambda data: data.decode().encode("utf-16"), "read as UTF-16"),
        (lambda data: excel(data, delimiter="\t", decimal="."), "columns separated by tab"),
    ],
    ids=["crlf", "cr", "no last line end", "blank rows", "blanks in cells", "heading", "utf-16", "tabs"],
)
def test_a_table_reads_the_same_however_it_is_saved(
    change: Callable[[bytes], bytes], note: str | None, tmp_path: Path
) -> None:
    data, plain = sound("quantities")
    changed = change(data)
    assert changed != data

    frame, problems, notes = loaded(written(tmp_path, changed), SPECS["quantities"])

    pd.testing.assert_frame_equal(frame.reset_index(drop=True), plain.reset_index(drop=True))
    assert not problems
    assert len(notes) == (0 if note is None else 1)
    assert all(str(note) in line for line in notes)


def test_windows_1252_is_read_with_a_note_that_names_the_line(tmp_path: Path) -> None:
    data, _ = sound("ratings")
    accented = (
        data.decode()
        .replace("No money.", "Pas d’argent, café fermé.", 1)
        .replace("Pas d’argent, café fermé.", '"Pas d’argent, café fermé."')
    )
    frame, problems, notes = loaded(written(tmp_path, accented.encode("cp1252")), SPECS["ratings"])

    expected, *_ = loaded(written(tmp_path, accented.encode("utf-8")), SPECS["ratings"])
    pd.testing.assert_frame_equal(frame, expected)
    assert frame.loc[4, "rationale"] == "Pas d’argent, café fermé."
    assert not problems
    assert notes == [
        "table.csv: found no valid UTF-8 from line 4; read as Windows-1252. "
        'Check letters with accents; save as "CSV UTF-8" to be sure.'
    ]


def test_a_quoted_cell_may_hold_line_ends_commas_and_quotes(tmp_path: Path) -> None:
    data, _ = sound("ratings")
    cell = 'First, "praised";\nthen\nshown.'
    quoted = '"' + cell.replace('"', '""') + '"'
    text = data.decode().replace("Praised and shown.", quoted, 1)

    frame, problems, notes = loaded(written(tmp_path, text.encode()), SPECS["ratings"])

    assert frame["rationale"].iloc[0] == cell
    # Each row is named by the line on which it begins.
    assert frame.index.tolist() == [2, 5, 6, 7, 8, 9, 10, 11]
    assert not problems and not notes


@pytest.mark.parametrize(
    ("number", "value"), [("80,69", 80.69), ("-0,5", -0.5), ("143516", 143516.0), ("1,2345", 1.2345)]
)
def test_decimal_commas_of_a_quoted_cell_in_a_comma_file(number: str, value: float, tmp_path: Path) -> None:
    data, _ = sound("quantities")
    frame, problems, _ = loaded(
        written(tmp_path, data.replace(b"80.69", f'"{number}"'.encode())), SPECS["quantities"]
    )
    assert not problems
    assert float(frame.loc[4, "value"]) == value


@pytest.mark.parametrize("number", ["143.516", "1.123", "-12.345"])
def test_in_a_semicolon_file_a_point_before_three_digits_is_never_guessed(
    number: str, tmp_path: Path
) -> None:
    data, _ = sound("quantities")
    changed = excel(data).replace(b"143516", number.encode())
    _, problems, _ = loaded(written(tmp_path, changed), SPECS["quantities"])
    assert len(problems) == 1
    assert problems[0].startswith(f"table.csv, row 2, column value: found {number}, which may mean thousands")


@pytest.mark.parametrize("number", ["143.516,0", "1.234.567", "1 234", "1e5", "--1", "NaN", "inf", "0x10"])
def test_what_is_no_plain_number_is_refused(number: str, tmp_path: Path) -> None:
    data, _ = sound("quantities")
    changed = excel(data).replace(b"143516", number.encode())
    frame, problems, _ = loaded(written(tmp_path, changed), SPECS["quantities"])
    assert problems == [
        f"table.csv, row 2, column value: found {number}; allowed: a number such as 154425 or 80.6. "
        "Correct the cell."
    ]
    assert 2 not in frame.index


NUL = said(RATINGS, "a NUL character", "text", 'Save it again as "CSV UTF-8".')
ENCODING = said(
    RATINGS,
    "text in an unknown encoding",
    "UTF-8 (or Windows-1252, UTF-16)",
    'Save it again as "CSV UTF-8".',
)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda data: data.replace(b"No money.", b"No\0money."), NUL),
        (lambda data: data.decode().encode("utf-16-le"), NUL),
        (lambda data: b"PK\x03\x04\0\0" + data, NUL),
        (lambda data: data.decode().encode("utf-16")[:-1], ENCODING),
        (lambda data: data.replace(b"No money.", b"No \x81 money."), ENCODING),
    ],
    ids=["NUL", "UTF-16 without mark", "workbook", "half a character", "no known encoding"],
)
def test_bytes_that_are_no_text(change: Callable[[bytes], bytes], line: str, project: Path) -> None:
    target = project / "data/raw" / RATINGS
    target.write_bytes(change(target.read_bytes()))
    assert refused(project) == [line]


def test_yaml_that_is_no_utf_8(project: Path) -> None:
    target = project / "data/raw" / CASE
    target.write_bytes(target.read_bytes().replace(b"Alpha Town", b"Alpha Caf\xe9"))
    assert refused(project) == [said(CASE, "text that is no UTF-8", "UTF-8", "Save it as UTF-8.")]


@pytest.mark.parametrize(
    "text",
    ["a: " + "[" * 5000, "\0", "- just\n- a list\n", "plain text\n", "a: 1\n---\nb: 2\n", "a: 'open\n"],
)
def test_yaml_that_cannot_be_used_is_one_problem(text: str, project: Path) -> None:
    (project / "data/raw" / CASE).write_text(text, encoding="utf-8")
    (line,) = refused(project)
    assert line.startswith(f"data/raw/{CASE}")


@pytest.mark.parametrize("tag", ["!!map [a]", "!!timestamp x", "!!int x", "!!binary x", "!!set x", "!own x"])
def test_no_yaml_tag_is_followed(tag: str, project: Path) -> None:
    target = project / "data/raw" / CASE
    target.write_text(target.read_text(encoding="utf-8").replace('"2024"', tag), encoding="utf-8")
    name = tag.split()[0]
    plain = "plain YAML: text, numbers, lists and keys, without tags or aliases"
    assert refused(project) == [said(f"{CASE}, row 8", f"the tag {name}", plain, "Correct or remove it.")]


def test_a_year_without_quotes_is_text(project: Path) -> None:
    target = project / "data/raw" / CASE
    target.write_text(target.read_text(encoding="utf-8").replace('"2024"', "2024"), encoding="utf-8")
    assert load_collection(project).cases["alpha"].period == "2024"


@pytest.mark.parametrize(
    ("module", "file"), [(reading, QUANTITIES), (yamlfiles, "frameworks/mini.yaml")], ids=["csv", "yaml"]
)
def test_a_file_above_the_limit_is_not_read(
    module: Any, file: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = project / "data/raw" / file
    size = target.stat().st_size
    monkeypatch.setattr(module, "MAX_BYTES", size - 1)
    lines = refused(project)
    said_of_it = said(
        file,
        f"{size:,} bytes",
        f"at most {size - 1:,} bytes",
        "Check that it is the right file; split it if it is.",
    )
    assert said_of_it in lines
    # Files of the same kind that are as large are refused too, and nothing else is said.
    assert all(" bytes; allowed: at most " in line for line in lines)

    monkeypatch.setattr(module, "MAX_BYTES", 10_000)
    assert load_collection(project).cases.keys() == {"alpha", "beta"}


def test_a_cell_above_the_limit_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = project / "data/raw" / RATINGS
    target.write_bytes(target.read_bytes().replace(b"No money.", b"no " * 100, 1))
    monkeypatch.setattr(reading, "MAX_CELL", 200)
    (line,) = refused(project)
    assert line.startswith(f"data/raw/{RATINGS}, row 4: found a row that does not end properly (field larger")


def test_formulas_and_markup_are_kept_as_text(project: Path) -> None:
    target = project / "data/raw" / RATINGS
    target.write_bytes(target.read_bytes().replace(b"No money.", b"=1+1 <b>{{x}}</b>", 1))
    rationales = load_collection(project).ratings["rationale"]
    assert rationales.iloc[2] == "=1+1 <b>{{x}}</b>"
