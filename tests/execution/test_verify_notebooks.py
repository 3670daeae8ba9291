"""Executed notebooks cell by cell."""

import copy

import pytest

from cgutils.execution.compare import changed_words, line_changes
from cgutils.execution.compare_notebooks import compare_notebooks

RULES = ((r"at 0x[0-9a-f]+", "at <address>"),)


def code(name, source, *outputs, count=1):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {},
        "execution_count": count,
        "source": source,
        "outputs": list(outputs),
    }


def shown(**data):
    named = {kind.replace("_", "/"): content for kind, content in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": named}


def printed(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


@pytest.fixture
def notebook():
    cells = [
        {"cell_type": "markdown", "id": "words", "metadata": {}, "source": "# Words"},
        code("one", "x = 1"),
        code(
            "two",
            "cg.table(x)",
            shown(text_plain="Banjar  0.67\nSako    0.33", text_html="<td>0.67</td>\n<td>0.33</td>"),
        ),
        code("three", "print(x)", shown(image_png="aGVsbG8="), printed("first\nsecond\n")),
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def compared(notebook, change):
    rebuilt = copy.deepcopy(notebook)
    change(rebuilt["cells"])
    return compare_notebooks(copy.deepcopy(notebook), rebuilt, RULES)


def nothing(cells) -> None:
    pass


def other_picture(cells) -> None:
    cells[3]["outputs"][0]["data"]["image/png"] = "d29ybGQ="


def other_count_and_metadata(cells) -> None:
    cells[2]["execution_count"] = 7
    cells[2]["outputs"][0]["metadata"] = {"x": 1}


@pytest.mark.parametrize("change", [nothing, other_picture, other_count_and_metadata])
def test_what_is_no_result_is_no_difference(notebook, change) -> None:
    assert compared(notebook, change) == []


def test_the_rules_hold_for_both_sides(notebook) -> None:
    notebook["cells"][3]["outputs"][1]["text"] = "at 0xab"
    assert compared(notebook, lambda cells: cells[3]["outputs"][1].update(text="at 0xcd")) == []


TABLE = "cell [2] `cg.table(x)`"
CHANGES = {
    "number": (
        lambda cells: cells[2]["outputs"][0]["data"].update({"text/plain": "Banjar  0.61\nSako    0.33"}),
        [f'{TABLE}, text/plain, line 1: "Banjar 0.67" -> "Banjar 0.61"'],
    ),
    "number in all forms": (
        lambda cells: cells[2]["outputs"][0]["data"].update(
            {"text/plain": "Banjar  0.61\nSako    0.33", "text/html": "<td>0.61</td>\n<td>0.33</td>"}
        ),
        [f'{TABLE}, text/plain, line 1: "Banjar 0.67" -> "Banjar 0.61"'],
    ),
    "number in one hidden form": (
        lambda cells: cells[2]["outputs"][0]["data"].update({"text/html": "<td>0.61</td>\n<td>0.33</td>"}),
        [f'{TABLE}, text/html, line 1: "0.67" -> "0.61"'],
    ),
    "printed": (
        lambda cells: cells[3]["outputs"][1].update(text="first\nthird\n"),
        ['cell [3] `print(x)`, stdout, line 2: "second" -> "third"'],
    ),
    "warning": (
        lambda cells: cells[1]["outputs"].append(printed("careful\n", "stderr")),
        ["cell [1] `x = 1`, stderr: 0 outputs became 1"],
    ),
    "picture gone": (
        lambda cells: cells[3]["outputs"].pop(0),
        ["cell [3] `print(x)`, image/png: 1 output became 0"],
    ),
    "picture emptied": (
        lambda cells: cells[3]["outputs"][0]["data"].update({"image/png": ""}),
        ['cell [3] `print(x)`, image/png, line 1: "picture" -> "empty"'],
    ),
    "code": (
        lambda cells: cells[1].update(source="x = 2"),
        ['cell [1] `x = 2`, source, line 1: "x = 1" -> "x = 2"'],
    ),
    "words": (
        lambda cells: cells[0].update(source="# Other"),
        ['markdown cell `# Other`, source, line 1: "# Words" -> "# Other"'],
    ),
    "cell gone": (lambda cells: cells.pop(1), ["cell [1] `x = 1`: is no longer in the notebook"]),
    "cell new": (
        lambda cells: cells.append(code("four", "y")),
        ["cell [4] `y`: is new in the notebook"],
    ),
    "order": (lambda cells: cells.reverse(), ["the cells are in another order"]),
    "kind": (
        lambda cells: cells.__setitem__(0, code("words", "# Words")),
        ["cell [1] `# Words`: was a markdown cell, is a code cell"],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_with_its_cell(notebook, name) -> None:
    change, expected = CHANGES[name]
    assert compared(notebook, change) == expected


def test_a_stored_copy_without_outputs_is_a_difference_even_to_itself(notebook) -> None:
    for cell in notebook["cells"][1:]:
        cell["outputs"] = []
    (said,) = compared(notebook, nothing)
    assert said.startswith("holds no outputs")


def test_a_stored_cell_that_was_not_run_is_a_difference(notebook) -> None:
    notebook["cells"][1]["execution_count"] = None
    assert compared(notebook, nothing) == ["cell [1] `x = 1`: was not run"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cells: cells[1].pop("outputs"),
        lambda cells: cells[1].pop("metadata"),
        lambda cells: cells.append(cells[1]),
        lambda cells: cells.append("no cell"),
        lambda cells: cells[1]["outputs"].append({"output_type": "strange"}),
    ],
)
def test_a_damaged_copy_is_told_as_such(notebook, spoil) -> None:
    stored = copy.deepcopy(notebook)
    spoil(stored["cells"])
    (said,) = compare_notebooks(stored, notebook)
    assert said.startswith("is no valid notebook")


def test_json_is_compared_as_data(notebook) -> None:
    notebook["cells"][1]["outputs"] = [shown(application_json={"b": 1, "a": [2]})]

    def reorder(cells) -> None:
        cells[1]["outputs"] = [shown(application_json={"a": [2], "b": 1})]

    def change(cells) -> None:
        cells[1]["outputs"] = [shown(application_json={"a": [3], "b": 1})]

    assert compared(notebook, reorder) == []
    assert compared(notebook, change) == ['cell [1] `x = 1`, application/json, line 3: "2" -> "3"']


def test_lines_that_only_moved_to_the_side_are_told_where_nothing_else_is() -> None:
    assert line_changes(["a  1", "b  2"], ["a   1", "b   3"]) == ['line 2: "b 2" -> "b 3"']
    assert line_changes(["---  1", "b 2"], ["----  1", "b 3"]) == ['line 2: "b 2" -> "b 3"']
    assert line_changes(["a  1"], ["a   1"]) == ["line 1: other blanks"]


def test_lines_come_and_go() -> None:
    assert line_changes(["a", "b", "c"], ["a", "c", "d"]) == ['line 2: "b" is gone', 'line 3: "d" is new']


def test_far_places_of_a_line_are_told_one_by_one_and_many_are_counted() -> None:
    assert (
        changed_words("one 1 and two 2", "one 3 and two 4")
        == '"one 1" -> "one 3", "and two 2" -> "and two 4"'
    )
    many = changed_words(" ".join(f"x{n} same" for n in range(9)), " ".join(f"y{n} same" for n in range(9)))
    assert many.endswith(" and 6 more")
