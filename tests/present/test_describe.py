from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from cgutils.present.describe import describe_figure, explain_difference, figure_data

RANDOM = np.random.default_rng(20)
X, Y = RANDOM.uniform(1, 2, 600), RANDOM.uniform(1, 2, 600)


def scatter(x=X, y=Y, colour="#0072b2") -> Figure:
    """600 points within limits that are fixed, so that no limit gives a change away."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.scatter(x, y, c=colour, label="cases")
    axes.set(xlim=(0, 5), ylim=(0, 5), xlabel="process", ylabel="outcome", title="Cases")
    axes.legend()
    return figure


def bars(colours=("#111111", "#222222", "#333333"), values=(1, 2, 3)) -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.bar(["a", "b", "c"][: len(values)], values, color=colours)
    axes.set(ylim=(0, 10), xlim=(-1, 3))
    return figure


def moved(values, place=17, share=0.001):
    changed = values.copy()
    changed[place] *= 1 + share
    return changed


OTHER = RANDOM.uniform(1, 2, 600)
MUTATIONS = {
    "other data": (scatter, lambda: scatter(y=OTHER), ["axes 1, collection 1: 600 of 600 points moved"]),
    "emptied": (
        scatter,
        lambda: scatter(x=np.empty(0), y=np.empty(0)),
        ["axes 1, collection 1: 600 became 0 (points moved)"],
    ),
    "one point by a thousandth": (
        scatter,
        lambda: scatter(y=moved(Y)),
        ["axes 1, collection 1: 1 of 600 points moved"],
    ),
    "all values doubled": (
        scatter,
        lambda: scatter(y=2 * Y),
        ["axes 1, collection 1: 600 of 600 points moved"],
    ),
    "other colour": (
        scatter,
        lambda: scatter(colour="#d55e00"),
        [
            "axes 1, collection 1: 1 of 1 colours changed",
            "axes 1, collection 1: 1 of 1 edge colours changed",
        ],
    ),
    "colours of two bars swapped": (
        bars,
        lambda: bars(("#222222", "#111111", "#333333")),
        ["axes 1: 2 of 3 patches changed colour"],
    ),
    "a bar of another height": (bars, lambda: bars(values=(1, 2.002, 3)), ["axes 1: 1 of 3 patches moved"]),
    "a bar missing": (
        bars,
        lambda: bars(values=(1, 2), colours=("#111111", "#222222")),
        ["3 patches became 2"],
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_changed_drawing_changes_its_description_and_is_told_in_words(name):
    before, after, sentences = MUTATIONS[name]
    one, other = before(), after()
    assert describe_figure(one) != describe_figure(other)
    told = explain_difference(figure_data(one), figure_data(other))
    for sentence in sentences:
        assert any(sentence in line for line in told), told


def test_one_point_is_told_alone():
    told = explain_difference(figure_data(scatter()), figure_data(scatter(y=moved(Y))))
    assert told == ["axes 1, collection 1: 1 of 600 points moved"]


@pytest.mark.parametrize("make", [scatter, bars])
def test_the_same_drawing_has_the_same_description(make):
    assert describe_figure(make()) == describe_figure(make())
    assert explain_difference(figure_data(make()), figure_data(make())) == []


CELLS = {
    "heatmap": ("level", 3),
    "profiles": ("upper", 0.999),
    "radar": ("upper", 0.999),
    "outcome": ("index_upper", 0.999),
    "balance": ("n_items", 17),
    "actors": ("n_actors", 3),
    "turnout": ("computed", 80.66),
    "partners": ("count", 5),
    "recommendations": ("status", "deficit"),
}


@pytest.fixture(params=list(CELLS))
def figure_name(request):
    """Each figure in turn."""
    return request.param


def test_the_figures_of_the_library_are_described_the_same_twice(figure_name, make):
    figure = make.draw(figure_name, "id", 2)
    before = describe_figure(figure)
    assert describe_figure(figure) == before
    assert describe_figure(make.draw(figure_name, "id", 2)) == before
    assert len(before.splitlines()) <= 60


def test_a_changed_cell_of_a_frame_changes_the_description(figure_name, make):
    frame, plot = make.figures[figure_name]
    column, value = CELLS[figure_name]
    one, other = frame(), frame()
    assert other.loc[0, column] != value
    other.loc[0, column] = value
    assert describe_figure(plot(one, make.labels())) != describe_figure(plot(other, make.labels()))


def test_the_size_of_a_font_or_a_window_is_no_part_of_it():
    one, other = scatter(), scatter()
    other.set_dpi(37)
    assert describe_figure(one) == describe_figure(other)


@pytest.mark.parametrize("name", ["heatmap", "radar", "turnout"])
def test_data_is_plain_and_complete(name, make):
    data = figure_data(make.draw(name, "en", 1))
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["axes"]


def test_private_labels_and_what_is_not_visible_are_left_out():
    figure = Figure()
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="_hidden")
    axes.plot([0, 1], [1, 0], label="shown")
    axes.plot([0, 1], [5, 5], label="off", visible=False)
    lines = figure_data(figure)["axes"][0]["lines"]
    assert [line["label"] for line in lines] == ["", "shown"]


def changed_axes(change) -> list[str]:
    one, other = bars(), bars()
    change(other.axes[0])
    assert describe_figure(one) != describe_figure(other)
    return explain_difference(figure_data(one), figure_data(other))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda axes: axes.set_title("New"), "titles"),
        (lambda axes: axes.set_xlabel("New"), "x label"),
        (lambda axes: axes.set_ylim(0, 11), "y limits"),
        (lambda axes: axes.set_yscale("symlog"), "y scale"),
        (lambda axes: axes.set_xticks([0, 1]), "x ticks"),
        (lambda axes: axes.set_xticks([0, 1, 2], ["x", "y", "z"]), "x tick labels"),
        (lambda axes: axes.patches[1].set_hatch("//"), "1 of 3 patches changed hatch"),
        (lambda axes: axes.patches[1].set_visible(False), "3 patches became 2"),
        (lambda axes: axes.text(0, 0, "a"), "0 texts became 1"),
        (lambda axes: axes.plot([0, 1], [0, 1]), "0 lines became 1"),
        (
            lambda axes: axes.imshow([[0, 1], [1, 0]], aspect="auto", extent=(-1, 3, 0, 10)),
            "0 images became 1",
        ),
        (lambda axes: axes.table([["a"]]), "0 tables became 1"),
        (lambda axes: axes.set_facecolor("#eeeeee"), "background"),
        (lambda axes: axes.inset_axes((0, 0, 0.1, 0.1)).plot([1, 2]), "1 axes became 2"),
        (lambda axes: axes.figure.text(0, 0, "note"), "figure: 0 texts became 1"),
        (lambda axes: axes.figure.set_size_inches(3, 3), "figure: size was 6.4 x 4.8 in, is 3 x 3 in"),
    ],
)
def test_every_part_of_a_drawing_is_watched(change, words):
    assert any(words in line for line in changed_axes(change))


@pytest.mark.parametrize(
    ("draw", "change", "words"),
    [
        (lambda axes: axes.plot([0, 1], [0, 1])[0], lambda a: a.set_color("red"), "colours changed"),
        (lambda axes: axes.plot([0, 1], [0, 1])[0], lambda a: a.set_marker("s"), "marker was"),
        (lambda axes: axes.plot([0, 1], [0, 1])[0], lambda a: a.set_linestyle(":"), "style was"),
        (lambda axes: axes.plot([0, 1], [0, 1])[0], lambda a: a.set_ydata([0, 1.001]), "1 of 2 points moved"),
        (lambda axes: axes.hlines([0, 1], 0, [1, 1]), lambda a: a.set_linewidth(9), "widths or sizes"),
        (lambda axes: axes.fill_between([0, 1], 0, 1), lambda a: a.set_hatch("xx"), "hatch was"),
        (lambda axes: axes.scatter([0], [1]), lambda a: a.set_sizes([3]), "sizes changed"),
        (lambda axes: axes.scatter([0], [1]), lambda a: a.set_alpha(0.3), "transparencies"),
        (lambda axes: axes.pcolormesh([[0, 1]]), lambda a: a.set_array([[0, 2]]), "1 of 2 values changed"),
        (lambda axes: axes.imshow([[0, 1]]), lambda a: a.set_data([[0, 2]]), "1 of 2 values changed"),
        (lambda axes: axes.text(0, 0, "a"), lambda a: a.set_text("b"), "text was 'a', is 'b'"),
        (lambda axes: axes.annotate("a", (0, 0)), lambda a: a.set_position((1, 1)), "1 of 1 points moved"),
        (lambda axes: axes.legend(["a"]), lambda a: a.get_texts()[0].set_text("b"), "entries was"),
    ],
)
def test_every_kind_of_artist_is_watched(draw, change, words):
    one, other = bars(), bars()
    draw(one.axes[0])
    change(draw(other.axes[0]))
    assert describe_figure(one) != describe_figure(other)
    told = explain_difference(figure_data(one), figure_data(other))
    assert any(words in line for line in told), told


def test_many_differences_are_cut_and_counted():
    def many(offset):
        figure = Figure()
        axes = figure.subplots()
        for number in range(30):
            axes.plot([0, 1], [number, number + offset])
        axes.set(xlim=(0, 1), ylim=(0, 40))
        return figure_data(figure)

    told = explain_difference(many(0), many(1))
    assert len(told) == 21
    assert told[-1] == "and 10 more differences"


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(*[st.floats(-1e6, 1e6).filter(lambda v: abs(v) > 1e-3)] * 2), min_size=1, max_size=20),
    st.data(),
)
def test_any_single_move_of_a_thousandth_is_seen(points, data):
    place = data.draw(st.integers(0, len(points) - 1))
    x, y = (np.array(column) for column in zip(*points, strict=True))

    def drawn(ys):
        figure = Figure()
        axes = figure.subplots()
        axes.plot(x, ys, ".")
        axes.scatter(x, ys)
        axes.set(xlim=(-2e6, 2e6), ylim=(-2e6, 2e6))
        return figure

    one, other = drawn(y), drawn(moved(y, place))
    assert describe_figure(one) != describe_figure(other)
    assert explain_difference(figure_data(one), figure_data(other)) == [
        f"axes 1, line 1: 1 of {len(points)} points moved",
        f"axes 1, collection 1: 1 of {len(points)} points moved",
    ]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=9))
def test_the_dust_of_a_sum_is_not_seen(values):
    def drawn(ys):
        figure = Figure()
        figure.subplots().plot(ys)
        figure.axes[0].set(xlim=(0, 9), ylim=(-1e4, 1e4))
        return describe_figure(figure)

    exact = np.round(np.array(values), 3) + 1000
    assert drawn(exact) == drawn(exact + 1e-12)


def test_a_masked_or_missing_value_is_described():
    figure = Figure()
    axes = figure.subplots()
    axes.pcolormesh(np.ma.masked_invalid([[np.nan, 1.0]]))
    axes.plot([0, np.nan, 1], [0, 1, 1])
    data = figure_data(figure)["axes"][0]
    assert data["collections"][0]["values"] == ["nan", 1.0]
    assert data["lines"][0]["points"][1] == ["nan", 1.0]
    assert "nan" not in describe_figure(figure)
