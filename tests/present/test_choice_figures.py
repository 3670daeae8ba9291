"""The specification curve and the Sobol bars; all figures of robustness over the collection."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cgutils.analysis.robustness.acceptability import robustness
from cgutils.analysis.robustness.curve import specification_curve
from cgutils.analysis.robustness.sensitivity import sensitivity
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present.acceptability import plot_dominance, plot_ranks
from cgutils.present.curve import BINS, plot_specification_curve
from cgutils.present.describe import describe_figure
from cgutils.present.labels import labels
from cgutils.present.publish import alt_text
from cgutils.present.sensitivity import plot_sensitivity
from present.robust_frames import bars, curve, sobol
from present.test_figures import assert_readable, written


def points(figure) -> dict[str, list[float]]:
    """Heights of the points by colour."""
    groups = figure.axes[0].collections
    return {tuple(own.get_facecolor()[0]): own.get_offsets()[:, 1].tolist() for own in groups}


def test_the_points_of_a_curve_are_the_differences_and_their_colour_is_the_sign(make):
    frame = curve().assign(difference=np.round(np.linspace(-0.3, 0.5, 120), 6))
    frame.loc[45:49, "difference"] = 0.0
    frame.loc[115:, "difference"] = np.nan
    figure = plot_specification_curve(frame, make.labels())
    known = frame["difference"].dropna()
    drawn = points(figure)
    assert list(drawn.values()) == [
        known[known > 0].tolist(),
        known[known < 0].tolist(),
        known[known == 0].tolist(),
    ]
    assert len(drawn) == 3 and len(known) == 115
    assert make.labels().term("note_curve_without", count="5") in written(figure)
    assert "over 120 specifications: from -0.30 over" in alt_text(figure)
    assert "one specification, 120 of all 5,000 combinations" in written(figure)
    # Shares are of all specifications, those without a value as well.
    assert f"above zero in {round(100 * (known > 0).sum() / 120)}%" in alt_text(figure)


def test_the_matrix_tells_where_a_choice_is_made(make):
    frame = curve(2 * BINS).assign(calibration=["crisp"] * BINS + ["fuzzy"] * BINS)
    figure = plot_specification_curve(frame, make.labels())
    mesh = figure.axes[1].images[0].get_array()
    rows = [label.get_text() for label in figure.axes[1].get_yticklabels()]
    assert rows[0] == "Calibration: 0, 0, 1, 1" and rows[1] == "0, 0.33, 0.67, 1"
    # Twice as common as overall on one side, never on the other.
    assert mesh[0].tolist() == [3] * (BINS // 2) + [0] * (BINS // 2)
    assert mesh[1].tolist() == [0] * (BINS // 2) + [3] * (BINS // 2)
    # Draws are one choice; the coder keeps the id.
    assert "random weights" in rows and "given weights" in rows and "ana" in rows
    assert mesh.shape == (2 + 2 + 2 + 3 + 2 + 2 + 2, BINS)


def test_a_part_of_a_curve_is_drawn_like_a_curve_of_its_own(make):
    whole = curve()
    part = whole[whole["calibration"] == "fuzzy"]
    figure = plot_specification_curve(part, make.labels())
    alone = plot_specification_curve(part.reset_index(drop=True), make.labels())
    assert describe_figure(figure) == describe_figure(alone)
    assert f"{len(part)} specifications" in alt_text(figure)


def test_a_curve_of_some_combinations_says_so(language, make):
    words = make.labels(language)
    for drawn, expected in ((curve().assign(n_grid=120), False), (curve(119).assign(n_grid=120), True)):
        figure = plot_specification_curve(drawn, words)
        assert (words.term("note_curve_part") in written(figure)) is expected
        assert_readable(figure)


@pytest.mark.parametrize("count", [1, 3])
def test_short_curves_and_one_without_any_value_are_readable(count, language, make):
    assert_readable(plot_specification_curve(curve(count), make.labels(language)))
    nothing = plot_specification_curve(curve(count).assign(difference=np.nan), make.labels(language))
    assert_readable(nothing)
    assert points(nothing) == {} and "–" in alt_text(nothing)


@pytest.mark.parametrize("column", ["case_b", "dimension_id"])
def test_two_curves_in_one_frame_are_refused(column, make):
    both = pd.concat([curve(), curve().assign(**{column: "case-02"})])
    with pytest.raises(CgutilsError, match="is about several pairs or dimensions; draw one at a time"):
        plot_specification_curve(both, make.labels())


def test_the_bars_of_sensitivity_are_the_indices_within_0_and_1(make):
    figure = plot_sensitivity(sobol(), make.labels())
    assert len(figure.axes) == 3
    widths = [bar.get_width() for bar in bars(figure)]
    assert widths == pytest.approx([0.1, 0.3, 0.5, 0.7, 0, 0.08, 0.18, 0.28])
    ends = [line[:, 0].tolist() for lines in figure.axes[0].collections for line in lines.get_segments()]
    expected = [[0.02, 0.18], [0.22, 0.38], [0.42, 0.58], [0.62, 0.78], [0, 0.03], [0.03, 0.13], [0.13, 0.23]]
    np.testing.assert_allclose(ends, [*expected, [0.23, 0.33]], atol=1e-12)
    beyond = sobol()
    beyond["total"] = 1.3
    assert "calibration 100%, aggregation of indicators 100%" in alt_text(
        plot_sensitivity(beyond, make.labels())
    )


def test_a_constant_and_an_undefined_difference_say_so(language, make):
    states = {("case-00", "case-01"): "constant", ("case-01", "case-02"): "undefined"}
    figure = plot_sensitivity(sobol(states), make.labels(language))
    assert_readable(figure)
    for place, state in ((0, "constant"), (2, "undefined")):
        assert not bars(figure, place)
        (text,) = [text.get_text().replace("\n", " ") for text in figure.axes[place].texts]
        assert text == make.labels(language).heading(f"difference_{state}")
        assert make.labels(language).term(f"difference_{state}") in alt_text(figure)
    assert len(bars(figure, 1)) == 8


@pytest.mark.parametrize("count", [2, 5])
def test_sensitivity_of_few_and_many_pairs_is_readable(count, make):
    assert_readable(plot_sensitivity(sobol(count=count), make.labels("id", count)))


def test_one_case_has_no_pair_to_draw(make):
    with pytest.raises(CgutilsError, match=r"^the frame of sensitivity has no pair of cases"):
        plot_sensitivity(sobol(count=1), make.labels())


def test_the_figures_of_the_collection_are_readable(real: Collection, language):
    words = labels(real, language)
    grid = specification_grid(real).sample(200)
    found = robustness(real, grid)
    figures = [
        plot_ranks(found.ranks, words),
        plot_dominance(found.dominance, words),
        plot_specification_curve(specification_curve(real, grid, "banjar", "sampang"), words),
        plot_sensitivity(sensitivity(real, grid, size=4), words),
    ]
    for figure in figures:
        assert_readable(figure)
        assert "Sampang†" in written(figure) and "{" not in alt_text(figure)
