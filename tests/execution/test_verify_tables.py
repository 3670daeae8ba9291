"""Tables cell by cell: what is the same, and how a difference is told."""

import contextlib
import csv
import io
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cgutils.execution.compare_tables import ELSEWHERE, PINNED, compare_tables, key_columns, same_cell

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=8)
cells = st.one_of(texts, st.integers().map(str), numbers.map(repr), numbers.map("{:.9g}".format))
tolerances = st.sampled_from([PINNED, ELSEWHERE])
near = st.tuples(st.floats(1, 2), st.floats(1, 2)).map(lambda pair: tuple(map(repr, pair)))


@given(st.one_of(near, st.tuples(cells, cells)), st.sampled_from([PINNED, ELSEWHERE, 0.4]))
def test_the_order_of_the_two_does_not_matter(pair, tolerance) -> None:
    a, b = pair
    assert same_cell(a, b, tolerance) == same_cell(b, a, tolerance)


@given(cells, tolerances)
def test_a_cell_is_the_same_as_itself(cell, tolerance) -> None:
    assert same_cell(cell, cell, tolerance)


@given(cells, cells)
def test_what_is_the_same_stays_so_with_a_wider_tolerance(a, b) -> None:
    assert same_cell(a, b, ELSEWHERE) >= same_cell(a, b, PINNED)


@given(st.floats(min_value=1e-200, max_value=1e200), st.booleans(), tolerances)
def test_numbers_are_the_same_within_the_tolerance_and_not_beyond(number, negative, tolerance) -> None:
    number = -number if negative else number
    assert same_cell(repr(number), repr(number * (1 + tolerance / 2)), tolerance)
    assert not same_cell(repr(number), repr(number * (1 + tolerance * 2)), tolerance)


@given(st.integers(), st.integers())
def test_whole_numbers_are_counts_and_must_be_equal(a, b) -> None:
    assert same_cell(str(a), str(b), ELSEWHERE) == (a == b)


@given(numbers, texts)
def test_a_text_is_no_number(number, text) -> None:
    with contextlib.suppress(ValueError):
        assume(not math.isfinite(float(text)))
    assert not same_cell(repr(number), text, ELSEWHERE)


@pytest.mark.parametrize("a", ["", "nan", "NaN"])
@pytest.mark.parametrize("b", ["", "nan", "NaN"])
def test_missing_is_missing_and_nothing_else(a, b) -> None:
    assert same_cell(a, b)
    assert not same_cell(a, "0")
    assert not same_cell(a, "0.0")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("007", "7"),
        ("007.0", "7.0"),
        ("1_000", "1000"),
        (" 1", "1"),
        ("1e999", "1e998"),
        ("inf", "1e999"),
        ("٣", "3"),
        ("Yes", "yes"),
    ],
)
def test_what_only_looks_like_a_number_is_text(a, b) -> None:
    assert not same_cell(a, b, ELSEWHERE)


@pytest.mark.parametrize(
    ("a", "b"), [("12", "12.0"), ("-0", "0"), ("+3", "3"), ("1e3", "1000.0"), (".5", "0.5")]
)
def test_a_number_may_be_written_in_several_ways(a, b) -> None:
    assert same_cell(a, b)


SCORES = """case_id,dimension_id,indicator_id,level,membership,status
banjar,design,ground_rules,2,0.67,assessed
banjar,design,forum,3,1,assessed
sako,design,ground_rules,,,not_assessed
"""


def said(stored, rebuilt, tolerance=PINNED):
    return [change.said for change in compare_tables(stored, rebuilt, tolerance)]


def test_the_same_table_has_no_changes() -> None:
    assert said(SCORES, SCORES) == []
    assert said(SCORES, SCORES.replace("0.67", "0.67000000001")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (",0.67,", ",0.33,", ["banjar / ground_rules: membership 0.67 -> 0.33"]),
        ("2,0.67,", "1,0.33,", ["banjar / ground_rules: level 2 -> 1, membership 0.67 -> 0.33"]),
        (",,,", ",0,,", ["sako / ground_rules: level blank -> 0"]),
        ("forum", "rules", ["banjar / forum: row went", "banjar / rules: row came"]),
        ("banjar,design,forum,3,1,assessed\n", "", ["banjar / forum: row went"]),
        ("membership", "score", ["column membership went", "column score came"]),
        ("0.67", "0.670001", ["banjar / ground_rules: membership 0.67 -> 0.670001"]),
    ],
)
def test_a_change_is_told_with_the_row_that_it_is_in(old, new, expected) -> None:
    assert said(SCORES, SCORES.replace(old, new)) == expected


def test_the_order_of_rows_and_columns_counts() -> None:
    heading, *rows = SCORES.splitlines()
    assert said(SCORES, "\n".join([heading, *reversed(rows)])) == ["the rows are in another order"]
    turned = "\n".join(",".join(reversed(line.split(","))) for line in SCORES.splitlines())
    assert said(SCORES, turned) == ["the columns are in another order"]


def test_an_added_row_does_not_shift_the_others() -> None:
    heading, rest = SCORES.split("\n", 1)
    assert said(SCORES, f"{heading}\naa,design,forum,1,0.33,assessed\n{rest}") == ["aa / forum: row came"]


def test_rows_without_a_key_are_told_by_their_number() -> None:
    assert said("a,b\n1,2\n1,2\n", "a,b\n1,2\n1,3\n") == ["row 2: b 2 -> 3"]
    assert said("name,b\nx,2\nx,2\n", "name,b\nx,2\nx,3\n") == ["x / row 2: b 2 -> 3"]


@pytest.mark.parametrize(
    ("table", "keys"),
    [
        ("case_id,label_en,label_id,n\na,x,y,1\nb,x,y,1\n", ("case_id",)),
        ("case_id,kind,other,n\na,x,p,1\na,y,p,1\n", ("case_id", "kind")),
        ("dimension_id,case_a,case_b,verdict\nd,a,b,x\nd,a,c,x\n", ("dimension_id", "case_a", "case_b")),
        ("case_id,n\na,1\na,2\n", ("case_id",)),
    ],
)
def test_the_key_is_the_ids_and_no_more_words_than_are_needed(table, keys) -> None:
    heading, *lines = (line.split(",") for line in table.splitlines())
    assert key_columns(heading, [dict(zip(heading, line, strict=True)) for line in lines]) == keys


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        ("a,b\n1\n", "row 2 has 1 cells, the heading 2"),
        ("a,a\n1,2\n", "a heading stands there twice"),
        ('a,b\n"1,2\n', "unexpected end of data"),
    ],
)
def test_a_damaged_table_is_told_as_such(stored, why) -> None:
    assert said(stored, "a,b\n1,2\n") == [f"the stored table cannot be read ({why})"]


table_cells = st.text(st.sampled_from("ab1.,\"\n '"), max_size=4)


@given(
    st.lists(st.tuples(table_cells, table_cells), max_size=4),
    st.lists(table_cells, min_size=2, max_size=2, unique=True),
)
def test_any_table_is_the_same_as_itself(rows, heading) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([heading, *rows])
    assert compare_tables(stream.getvalue(), stream.getvalue()) == ()
