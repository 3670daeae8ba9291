import copy
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgutils.execution.normalise import give_ids, machine_paths, normalise, read_rules, stderr_lines, to_text

TEXT = (Path(__file__).parents[2] / "notebooks" / "sanitize.cfg").read_text(encoding="utf-8")
RULES = read_rules(TEXT)


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(data):
    return {"output_type": "display_data", "metadata": {}, "data": data}


def code(*outputs, **metadata):
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": metadata,
        "source": "1",
        "outputs": list(outputs),
    }
    return cell


def book(*cells):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def as_executed(times, python, temp_id):
    """The same results, as two machines would leave them."""
    notebook = book(
        {**code(stream("a"), stream("b\n"), tags=[]), "id": "kept"},
        {**code(tags=["injected-parameters"]), "id": temp_id},
        {"cell_type": "markdown", "metadata": {"papermill": {"duration": times}}, "source": "text"},
    )
    notebook["cells"][0]["metadata"] |= {
        "papermill": {"duration": times},
        "execution": {"iopub.status.busy": times},
    }
    notebook["metadata"] = {
        "papermill": {"start_time": times, "input_path": f"/home/{temp_id}"},
        "widgets": {"x": times},
        "kernelspec": {"display_name": f"Python {python} (mine)", "name": "conda-env"},
        "language_info": {"name": "python", "version": python},
    }
    return notebook


def test_two_executions_with_the_same_results_are_the_same_text() -> None:
    first, second = as_executed("2001", "3.11.1", "1a2b"), as_executed("2002", "3.12.0", "9f8e")
    normalise(first, RULES)
    normalise(second, RULES)
    assert to_text(first) == to_text(second)
    assert "200" not in to_text(first)
    assert "3.1" not in to_text(first)


def test_the_text_is_as_notebooks_are_written() -> None:
    notebook = as_executed("2001", "3.11.1", "1a2b")
    normalise(notebook)
    text = to_text(notebook)
    assert text.startswith('{\n "cells": [\n')
    assert text.endswith("}\n")
    assert [cell["id"] for cell in notebook["cells"]] == ["kept", "injected-parameters", "cell-2"]
    assert notebook["cells"][0]["outputs"] == [stream("ab\n")]


def test_an_id_that_is_taken_is_not_given_again() -> None:
    notebook = book({**code(), "id": "cell-1"}, code())
    give_ids(notebook)
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-1", "cell-1-1"]


def test_streams_are_joined_up_to_the_next_display() -> None:
    picture = shown({"text/plain": "x"})
    notebook = book(code(stream("1"), stream("w", "stderr"), stream("2"), picture, stream("3")))
    normalise(notebook)
    joined = [stream("12"), stream("w", "stderr"), picture, stream("3")]
    assert notebook["cells"][0]["outputs"] == joined


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/var/ipykernel_12/345.py:1: UserWarning: x", "<cell>:1: UserWarning: x"),
        (r"C:\Users\x\AppData\Temp\ipykernel_12\345.py:1: W", "<cell>:1: W"),
        ("/opt/v/lib/python3.11/site-packages/pandas/a.py:7: W", "<packages>/pandas/a.py:7: W"),
        ("/srv/x/clone/src/cgutils/data/files.py:7: W", "<cgutils>/data/files.py:7: W"),
        ("<object object at 0x7f3a2b>", "<object object at <address>>"),
        ("a\nWall time: 3.2 s\nb", "a\nWall time: <duration>\nb"),
        ("3.2 ms ± 20 µs per loop (mean ± std. dev. of 7 runs, 100 loops each)", "<duration> per loop"),
    ],
)
def test_what_differs_by_machine_or_run_is_taken_out(text, left) -> None:
    notebook = book(code(stream(text), shown({"text/plain": text, "image/png": text})))
    normalise(notebook, RULES)
    outputs = notebook["cells"][0]["outputs"]
    assert outputs == [stream(left), shown({"text/plain": left, "image/png": text})]
    again = copy.deepcopy(notebook)
    normalise(again, RULES)
    assert again == notebook, "a rule must not match what it leaves behind"


@given(st.one_of(st.floats(), st.integers(), st.from_regex(r"[0-9a-f]{8,64}", fullmatch=True), st.dates()))
def test_no_rule_touches_a_result(value) -> None:
    text = f"score {value} ({value}%), at {value} s; took {value}\n{value} ± {value}"
    for pattern, replacement in RULES:
        assert re.sub(pattern, replacement, text) == text


@pytest.mark.parametrize(
    "output",
    [
        stream("saved to /srv/x/clone/data"),
        shown({"text/html": "<a href='file:///srv/x/clone'>"}),
        shown({"application/json": {"path": "/srv/x/clone/a"}}),
        shown({"image/svg+xml": "<!-- /srv/x/clone -->"}),
        stream("in C:\\Users\\x", "stderr"),
        shown({"text/plain": "'C:\\\\Users\\\\x\\\\a'"}),
    ],
)
def test_a_path_of_the_machine_is_found(output) -> None:
    forbidden = {"/srv/x/clone": "project folder", "C:\\Users\\x": "home folder"}
    cell = code(output)
    assert [found for found, _ in machine_paths(book(code(stream("1")), cell), forbidden)] == [cell]


@pytest.mark.parametrize(
    "output",
    [
        stream("data/processed/a.csv"),
        stream("/srv/x/clones"),
        stream("https://a.org/srv/x/clone"),
        shown({"image/png": "/srv/x/clone/"}),
    ],
)
def test_other_paths_are_let_through(output) -> None:
    assert not list(machine_paths(book(code(output)), {"/srv/x/clone": "project folder", "/": "home folder"}))


def test_what_was_written_to_stderr_is_found() -> None:
    cell = code(stream("out"), stream("\nfirst\nsecond\n", "stderr"))
    assert list(stderr_lines(book(code(stream("out")), cell))) == [(cell, "first")]


def test_the_rules_are_read_alike_whatever_the_encoding_of_the_machine() -> None:
    # nbval opens the file without naming one.
    assert TEXT.isascii()
    assert len(RULES) == TEXT.count("regex: ") == TEXT.count("replace: ")


def test_a_rule_that_is_no_pattern_is_an_error() -> None:
    with pytest.raises(re.error):
        read_rules("regex: (\nreplace: x\n")
