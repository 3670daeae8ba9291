"""What differs between two drawings, from their descriptions and their bytes."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cgutils.execution.compare_figures import (
    description_changes,
    descriptions,
    drawing_changes,
    split_description,
)
from cgutils.present.describe import describe_figure

BLUE, RED = "#0072b2", "#d55e00"


def drawn(change=lambda figure: None):
    x, y = np.random.default_rng(1).random((2, 600))
    figure, (left, right) = plt.subplots(1, 2)
    left.scatter(x, y, s=4, color=BLUE)
    right.bar(range(4), [1, 2, 3, 4], color=2 * [BLUE, RED])
    right.set(xlabel='Shown as "labels", with commas', ylim=(0, 10))
    change(figure)
    text = describe_figure(figure)
    plt.close(figure)
    return text


def one_point(figure) -> None:
    offsets = figure.axes[0].collections[0].get_offsets()
    offsets[300, 0] *= 1.001
    figure.axes[0].collections[0].set_offsets(offsets)


CHANGES = {
    "colour": (
        lambda figure: figure.axes[0].collections[0].set_color(RED),
        ["axes 1, collection 1: colours #0072b2ff -> #d55e00ff"],
    ),
    "bar": (
        lambda figure: figure.axes[1].patches[3].set_height(8),
        ["axes 2, patches: y 0 to 4 -> 0 to 8"],
    ),
    "label": (
        lambda figure: figure.axes[1].set_xlabel('Another "label", with commas'),
        ["axes 2, x: "],
    ),
    "point": (one_point, ["axes 1, collection 1: drawn otherwise in details"]),
    "gone": (
        lambda figure: figure.axes[0].collections[0].remove(),
        ["axes 1, collection 1: no longer drawn"],
    ),
    "new": (lambda figure: figure.axes[1].plot([0, 1], [0, 1]), ["axes 2, lines: newly drawn"]),
    "size": (lambda figure: figure.set_figwidth(4), ["figure: "]),
    "panel": (lambda figure: figure.axes[0].remove(), ["figure: "]),
}


def test_the_same_drawing_has_no_changes() -> None:
    assert description_changes(drawn(), drawn()) == []


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_with_its_place(name) -> None:
    change, expected = CHANGES[name]
    found = description_changes(drawn(), drawn(change))
    if name in {"panel", "size"}:
        assert (
            found[0] == {"panel": "figure: axes: 2 -> 1", "size": "figure: 6.4 x 4.8 in -> 4 x 4.8 in"}[name]
        )
        return
    # An axis may stretch to what is drawn; nothing of the other axes has changed.
    told = [
        said for said in found if not said.startswith(tuple(f"{expected[0][:6]}, {axis}:" for axis in "xy"))
    ]
    told = found if name == "label" else told
    assert len(told) == len(expected), found
    for said, begin in zip(told, expected, strict=True):
        assert said.startswith(begin)


def test_descriptions_are_found_by_the_names_of_the_drawings() -> None:
    text = f"Files: figures/dots-en.svg, figures/dots-en.png, figures/dots.csv\nWords\n{drawn()}\n"
    notebook = {"cells": [{"outputs": [{"text": text}, {"data": {"text/plain": "x"}}]}, {}]}
    found = descriptions(notebook)
    assert list(found) == ["dots-en"]
    assert description_changes(found["dots-en"], drawn()) == []
    assert split_description("no description") == ("no description", "")


def test_drawings_are_told_by_their_first_lines() -> None:
    lines = [f"<path {n}/>" for n in range(20)]
    stored = "\n".join(lines).encode()
    assert drawing_changes(stored, stored) == []
    assert drawing_changes(stored, stored.replace(b"3/", b"x/", 1)) == ['line 4: "<path 3/>" -> "<path x/>"']
    assert drawing_changes(stored, stored.replace(b"path", b"line"))[-1] == "and 15 more lines"
    assert drawing_changes(stored, stored + b"\n") == ["other line ends"]
