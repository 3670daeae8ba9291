"""Numbers as people write them: decimal commas, thousands, digits of other scripts, too many digits."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest

from cgutils.analysis.claims import audit
from cgutils.data.collection import load_collection
from cgutils.data.decimals import decimal_points
from cgutils.data.errors import Problem
from cgutils.data.schemas import SPECS
from support import refused, said

QUANTITIES = "cases/alpha/quantities.csv"
CLAIMS = "cases/alpha/claims.csv"
SAVE = "save the file with commas between the columns and with decimal points"


def spreadsheet(rows: list[dict[str, str]], table: str, delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(SPECS[table].columns), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def quantities(project: Path, values: list[str], delimiter: str, encoding: str = "utf-8") -> Path:
    """Write quantities with these values as Excel does."""
    rows = [
        {
            "quantity_id": f"q{n}",
            "label_en": "Number",
            "label_id": "Angka",
            "value": value,
            "unit": "persons",
            "status": "reported",
            "source_id": "alpha_2024",
        }
        for n, value in enumerate(values)
    ]
    path = project / "data/raw" / QUANTITIES
    path.write_bytes(spreadsheet(rows, "quantities", delimiter).encode(encoding))
    return path


def claim(project: Path, reported: str, delimiter: str = ";", formula: str = "voters_2024") -> None:
    row = {
        "claim_id": "alpha-c1",
        "statement_en": "So many",
        "statement_id": "Sekian",
        "reported_number": reported,
        "formula": formula,
        "basis": "computed",
    }
    (project / "data/raw" / CLAIMS).write_text(spreadsheet([row], "claims", delimiter), encoding="utf-8")


def unsure(file: str, row: int, column: str, value: str, digits: str, otherwise: str) -> str:
    return said(
        f"{file}, row {row}, column {column}",
        f"{value}, which may mean thousands or decimals in this file",
        "a plain number without a thousands separator",
        f"Write {digits} if it is a whole number; otherwise {otherwise}.",
    )


def test_unicode_text_of_an_indonesian_excel_is_not_guessed(project: Path) -> None:
    quantities(project, ["143.516", "80,6"], "\t", "utf-16")
    assert refused(project) == [unsure(QUANTITIES, 2, "value", "143.516", "143516", SAVE)]


@pytest.mark.parametrize("value", ["143.516", "143,516", "-1.125", "10,000", "+100.000"])
def test_beside_tabs_either_sign_before_three_digits_is_suspect(value: str, project: Path) -> None:
    quantities(project, [value], "\t")
    (line,) = refused(project)
    assert line.endswith(f"otherwise {SAVE}.")


def test_beside_tabs_other_decimals_are_certain(project: Path) -> None:
    quantities(project, ["80,6", "80.69", "0.1255", "143516"], "\t")
    collection = load_collection(project)
    own = collection.quantities[collection.quantities["case_id"] == "alpha"]
    assert own["value"].tolist() == [80.6, 80.69, 0.1255, 143516]


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize(
    ("given", "number"), [("0.125", 0.125), ("0,125", 0.125), ("-0.125", -0.125), ("-0,125", -0.125)]
)
def test_thousands_never_begin_with_0(given: str, number: float, delimiter: str, project: Path) -> None:
    quantities(project, [given], delimiter)
    collection = load_collection(project)
    assert collection.quantities["value"].iloc[0] == number
    told = any("1 number with a decimal comma" in str(note) for note in collection.notes)
    assert told == ("," in given)


def test_a_comma_after_0_is_a_decimal_one_and_makes_points_suspect(project: Path) -> None:
    quantities(project, ["143.516", "0,125"], ",")
    assert refused(project) == [unsure(QUANTITIES, 2, "value", "143.516", "143516", SAVE)]


def test_one_decimal_comma_makes_the_points_of_a_comma_file_suspect(project: Path) -> None:
    quantities(project, ["143.516", "80,6"], ",")
    assert refused(project) == [unsure(QUANTITIES, 2, "value", "143.516", "143516", SAVE)]


def test_a_comma_file_with_points_alone_is_the_standard_form(project: Path) -> None:
    quantities(project, ["0.125", "80.6"], ",")
    assert load_collection(project).quantities["value"].tolist()[:2] == [0.125, 80.6]


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
def test_the_reported_number_of_a_claim_may_have_a_decimal_comma(delimiter: str, project: Path) -> None:
    claim(project, "80,60", delimiter, "turnout_2024")
    collection = load_collection(project)
    # The printed decimals are what rounding is judged by.
    assert collection.claims["reported_number"].tolist() == ["80.60"]
    assert any("1 number with a decimal comma" in str(note) for note in collection.notes)


def test_thousands_in_a_reported_number_are_no_inconsistency(project: Path) -> None:
    claim(project, "115.806")
    assert refused(project) == [unsure(CLAIMS, 2, "reported_number", "115.806", "115806", "write 115,806")]
    claim(project, "115806")
    assert audit(load_collection(project))["verdict"].tolist() == ["exact"]


@pytest.mark.parametrize("reported", ["true", ""])
def test_a_reported_number_that_is_none_is_left_alone(reported: str, project: Path) -> None:
    claim(project, reported, formula="voters_2024 < registered_2024")
    assert load_collection(project).claims["reported_number"].tolist() == [reported]


def test_what_is_certain_is_told_once(project: Path) -> None:
    frame = quantities(project, ["80,6", "1,5"], ";")
    notes = [note for note in load_collection(project).notes if note.file.endswith(frame.name)]
    told = "2 numbers with a decimal comma"
    assert Problem(f"data/raw/{QUANTITIES}", found=told, fix="Read as decimal points.") in notes


def test_a_table_without_numbers_is_left_alone() -> None:
    frame = pd.DataFrame({"text": ["1,5"]}, dtype="object")
    assert decimal_points(frame, "t.csv", frozenset({"value"}), ";") == ([], [])
    assert frame["text"].tolist() == ["1,5"]


@pytest.mark.parametrize("value", ["٢٣", "१२३", "１２"])
def test_digits_of_another_script_are_refused_with_the_number_in_ours(value: str, project: Path) -> None:
    quantities(project, [value], ",")
    allowed = "a number such as 154425 or 80.6"
    ours = {"٢٣": "23", "१२३": "123", "１２": "12"}[value]
    fix = f"Write {ours}, with the digits 0 to 9."
    assert refused(project) == [said(f"{QUANTITIES}, row 2, column value", value, allowed, fix)]


@pytest.mark.parametrize("value", ["9" * 16, "9" * 400, "0." + "1" * 16, "-" + "9" * 23])
def test_more_digits_than_a_number_can_have(value: str, project: Path) -> None:
    quantities(project, [value], ",")
    (line,) = refused(project)
    assert line.endswith("A number has at most 15 digits before the point and 15 after it.")


@pytest.mark.parametrize("value", ["9" * 15, "-" + "9" * 15 + "." + "9" * 15, "+1"])
def test_as_many_digits_as_a_number_can_have(value: str, project: Path) -> None:
    quantities(project, [value], ",")
    assert load_collection(project).quantities["value"].iloc[0] == float(value)


@pytest.mark.parametrize(
    ("file", "column"),
    [("context/partnerships/partners.csv", "count"), ("cases/alpha/quantities.csv", "value")],
)
@pytest.mark.parametrize("value", ["٢٣", "9" * 23])
def test_no_number_gives_a_traceback(file: str, column: str, value: str, project: Path) -> None:
    path = project / "data/raw" / file
    heading, first, *rest = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    first[heading.index(column)] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([heading, first, *rest])
    path.write_text(out.getvalue(), encoding="utf-8")
    (line,) = refused(project)
    assert line.startswith(f"data/raw/{file}, row 2, column {column}: found ")


@pytest.mark.parametrize("reported", ["٢٣", "9" * 400])
def test_no_reported_number_breaks_the_audit(reported: str, project: Path) -> None:
    claim(project, reported, ",")
    (line,) = refused(project)
    assert line.startswith(f"data/raw/{CLAIMS}, row 2, column reported_number: found ")
