"""What the figures of robustness have in common; rank bars and the dominance matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from cgutils.data.errors import CgutilsError
from cgutils.present import style
from cgutils.present.acceptability import LAST, plot_dominance, plot_ranks
from cgutils.present.curve import plot_specification_curve
from cgutils.present.describe import describe_figure
from cgutils.present.publish import alt_text
from cgutils.present.sensitivity import plot_sensitivity
from present.robust_frames import bars, curve, dominance, ranks, sobol
from present.test_figures import assert_readable, written

FIGURES = {
    "ranks": (ranks, plot_ranks, "share"),
    "dominance": (dominance, plot_dominance, "share_b"),
    "curve": (curve, plot_specification_curve, "difference"),
    "sensitivity": (sobol, plot_sensitivity, "total"),
}


@pytest.fixture(params=FIGURES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_figure_is_readable_and_opens_with_its_question(kind, language, make):
    frame, plot, _ = FIGURES[kind]
    figure = plot(frame(), make.labels(language))
    assert_readable(figure)
    assert "?" in figure.subfigs[0].texts[0].get_text()
    assert make.labels(language).abstract_note(["case-01"]) in written(figure)


def test_the_alternative_text_is_in_the_language_and_names_the_cases(kind, make):
    frame, plot, _ = FIGURES[kind]
    english, indonesian = (alt_text(plot(frame(), make.labels(language))) for language in ("en", "id"))
    assert english != indonesian
    for text in (english, indonesian):
        assert "Kabupaten 0" in text and "Kabupaten 1†" in text and "{" not in text


def test_the_description_follows_a_number(kind, make):
    frame, plot, column = FIGURES[kind]
    before = describe_figure(plot(frame(), make.labels()))
    assert before == describe_figure(plot(frame(), make.labels()))
    changed = frame()
    place = changed.index[changed["dimension_id"].eq("index") & changed[column].gt(0)][-1]
    changed.loc[place, column] += 0.02
    assert describe_figure(plot(changed, make.labels())) != before


def test_a_missing_column_and_an_empty_frame_name_the_function_that_helps(kind, make):
    frame, plot, column = FIGURES[kind]
    helped = r"Make the frame with (robustness|specification_curve|sensitivity)\(collection"
    with pytest.raises(CgutilsError, match=rf"lacks the columns: {column}\. {helped}"):
        plot(frame().drop(columns=column), make.labels())
    with pytest.raises(CgutilsError, match=rf"has no rows, there is nothing to show\. {helped}"):
        plot(frame().iloc[:0], make.labels())
    with pytest.raises(CgutilsError, match=r"^a frame of .* is needed, found list\."):
        plot([1], make.labels())


@pytest.mark.parametrize("kind", ["ranks", "dominance", "sensitivity"])
def test_a_row_that_stands_twice_is_refused(kind, make):
    frame, plot, _ = FIGURES[kind]
    with pytest.raises(CgutilsError, match="has more than one row for dimension_id index, case_"):
        plot(pd.concat([frame(), frame().iloc[:1]]), make.labels())


@pytest.mark.parametrize("kind", ["dominance", "sensitivity"])
def test_an_unknown_dimension_is_named(kind, make):
    frame, plot, _ = FIGURES[kind]
    with pytest.raises(CgutilsError, match=rf"^the frame of {kind} has no pair .*the dimension 'trust'"):
        plot(frame(), make.labels(), "trust")


def test_the_bars_of_ranks_are_the_shares_and_add_up_to_1(make):
    figure = plot_ranks(ranks(undefined=0.2), make.labels())
    own = bars(figure)
    assert len(figure.axes) == 2 and len(own) == 3 * 4
    for row in range(3):
        line = [bar for bar in own if round(bar.get_y() + bar.get_height() / 2) == row]
        widths = [0.0, 0.0, 0.0, 0.2]
        widths[row], widths[(row + 1) % 3] = 0.6, 0.2
        assert [bar.get_width() for bar in line] == pytest.approx(widths)
        assert [bar.get_x() for bar in line] == pytest.approx([0, *np.cumsum(widths)[:-1]])
        # What has no value stands last and hatched, and looks like nothing else.
        assert [bar.get_hatch() for bar in line] == [None, None, None, style.HATCH]
        assert same_color(line[-1].get_facecolor(), style.EMPTY)
    assert make.labels().heading("no_value") in written(figure)
    without = plot_ranks(ranks(), make.labels())
    assert make.labels().heading("no_value") not in written(without)
    assert not any(bar.get_hatch() for bar in bars(without))


@pytest.mark.parametrize("count", [1, 6, 7, 12])
def test_few_and_many_cases_are_ranked(count, make):
    figure = plot_ranks(ranks(count, undefined=0.1), make.labels("id", count))
    assert_readable(figure)
    shown = written(figure)
    several = make.labels("id").term("rank_or_lower", rank=str(LAST))
    assert (several[1:] in shown) == (count > LAST)
    own = bars(figure)
    assert len({bar.get_facecolor() for bar in own}) == min(count, LAST) + 1
    assert len(own) == count * (min(count, LAST) + 1)
    for row in range(count):
        line = [bar.get_width() for bar in own if round(bar.get_y() + bar.get_height() / 2) == row]
        assert sum(line) == pytest.approx(1)


def test_a_case_that_lacks_a_dimension_is_named(make):
    frame = ranks()
    frame = frame[~(frame["dimension_id"].eq("outcomes") & frame["case_id"].eq("case-02"))]
    with pytest.raises(CgutilsError, match=r"no row for case case-02, dimension outcomes\.$"):
        plot_ranks(frame, make.labels())


def test_the_cells_of_dominance_are_the_shares_of_the_row(make):
    figure = plot_dominance(dominance(), make.labels(), "outcomes")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["50%", "55%", "20%", "60%", "20%", "20%", "–", "–", "–"]
    assert "Kabupaten 0 above Kabupaten 1† 50%" in alt_text(figure)
    assert "Kabupaten 1† above Kabupaten 0 20%" in alt_text(figure)


@pytest.mark.parametrize(
    ("share", "cell", "told"),
    [
        (1.0, "100%", " 100%"),
        (0.9996, ">99%", "more than 99%"),
        (0.995, ">99%", "more than 99%"),
        (0.994, "99%", " 99%"),
        (0.0, "0%", " 0%"),
        (0.0004, "<1%", "less than 1%"),
    ],
)
def test_not_quite_all_never_reads_as_all(share, cell, told, make):
    frame = dominance(2).assign(share_a=share, share_b=0.3)
    figure = plot_dominance(frame, make.labels())
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert cell in texts and ("100%" in texts) == (share == 1)
    assert told in alt_text(figure)
    frame = ranks(2)
    frame["share"] = frame["rank"].map({1: share, 2: 1 - share})
    assert f"Kabupaten 0 {told.strip()}" in alt_text(plot_ranks(frame, make.labels()))


def test_a_pair_without_a_row_is_named(make):
    frame = dominance()
    frame = frame[~(frame["case_a"].eq("case-00") & frame["case_b"].eq("case-02"))]
    with pytest.raises(CgutilsError, match=r"^the frame of dominance has no row for case-00 and case-02\.$"):
        plot_dominance(frame, make.labels())


@pytest.mark.parametrize("count", [2, 12])
def test_dominance_of_few_and_many_cases_is_readable(count, make):
    assert_readable(plot_dominance(dominance(count), make.labels("id", count)))
