from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from cgutils.data.errors import CgutilsError
from cgutils.present.actors import plot_actors
from cgutils.present.balance import plot_evidence_balance
from cgutils.present.describe import describe_figure
from cgutils.present.heatmap import plot_indicator_heatmap
from cgutils.present.intervals import whole_ticks
from cgutils.present.labels import DASH
from cgutils.present.matrix import MOST_COLUMNS
from cgutils.present.outcome import plot_process_outcome
from cgutils.present.partners import plot_partners
from cgutils.present.profiles import plot_dimension_profiles, plot_dimension_radar
from cgutils.present.publish import alt_text
from cgutils.present.recommendations import plot_recommendations
from cgutils.present.style import HATCH, sequence, style
from cgutils.present.turnout import plot_turnout

PLOTS = {
    "indicators": plot_indicator_heatmap,
    "dimensions": plot_dimension_profiles,
    "outcome": plot_process_outcome,
    "balance": plot_evidence_balance,
    "actors": plot_actors,
    "turnout": plot_turnout,
    "partners": plot_partners,
    "recommendations": plot_recommendations,
}


def parts(figure):
    return [figure, *figure.subfigs]


def shown_texts(figure) -> list[Text]:
    found = []
    for part in parts(figure):
        found += part.texts
        found += [text for legend in part.legends for text in legend.get_texts()]
    for axes in figure.axes:
        found += [*axes.texts, axes.xaxis.label, axes.yaxis.label]
        found += [axes.title, axes._left_title, axes._right_title]
        found += [*axes.xaxis.get_majorticklabels(), *axes.yaxis.get_majorticklabels()]
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def written(figure) -> str:
    return "\n".join(text.get_text().replace("\n", " ") for text in shown_texts(figure))


def assert_readable(figure) -> None:
    """Every text stands whole inside the figure and none on another one."""
    with style():
        figure.draw_without_rendering()
    renderer = figure._get_renderer()
    frame = figure.bbox
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in shown_texts(figure)]
    assert boxes
    for text, box in boxes:
        assert box.x0 >= frame.x0 - 0.5, f"cut on the left: {text!r}"
        assert box.y0 >= frame.y0 - 0.5, f"cut at the foot: {text!r}"
        assert box.x1 <= frame.x1 + 0.5, f"cut on the right: {text!r}"
        assert box.y1 <= frame.y1 + 0.5, f"cut at the top: {text!r}"
    x0, x1, y0, y1 = np.array([[box.x0, box.x1, box.y0, box.y1] for _, box in boxes]).T
    across = np.minimum.outer(x1, x1) - np.maximum.outer(x0, x0)
    along = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    clashes = np.argwhere(np.triu((across > 1) & (along > 1), k=1))
    assert not [(boxes[i][0], boxes[j][0]) for i, j in clashes]


@pytest.mark.parametrize(
    ("places", "complaint"),
    [([(0.3, 0.5), (0.32, 0.5)], "one"), ([(-0.1, 0.5)], "left"), ([(0.9, 0.99)], "right")],
)
def test_the_check_of_readability_can_fail(places, complaint):
    figure = Figure()
    for place in places:
        figure.text(*place, "one long label")
    with pytest.raises(AssertionError, match=complaint):
        assert_readable(figure)


def test_three_cases_are_readable_in_both_languages(figure_name, language, make):
    assert_readable(make.draw(figure_name, language))


# A panel for each case repeats one layout: fewer show as much, and sooner.
MANY = {"radar": 7}


@pytest.mark.parametrize("count", [1, 30])
def test_few_and_many_cases_are_readable(figure_by_case, count, make):
    assert_readable(make.draw(figure_by_case, "id", min(count, MANY.get(figure_by_case, count))))


def test_a_panel_for_each_of_several_cases_is_readable(make):
    assert_readable(make.draw("balance_by_dimension", "id", 5))


@pytest.mark.parametrize("name", ["heatmap", "actors", "recommendations"])
def test_as_many_cases_as_fit_across_are_readable(name, make):
    assert_readable(make.draw(name, "id", MOST_COLUMNS))


def test_a_collection_in_which_nothing_is_known_is_readable(figure_by_case, make):
    assert_readable(make.draw(figure_by_case, "id", 1, nothing=True))


@pytest.mark.parametrize("plot", [plot_dimension_profiles, plot_dimension_radar])
@pytest.mark.parametrize("names", [("starting_conditions",), ("starting_conditions", "outcomes")])
def test_one_or_two_dimensions_are_readable(plot, names, make):
    assert_readable(plot(make.dimensions(names=names), make.labels("id")))


def test_more_cases_make_a_taller_figure(figure_by_case, make):
    few, many = (make.draw(figure_by_case, "en", count).get_size_inches()[1] for count in (9, 13))
    assert few < many


def test_a_case_known_from_its_abstract_is_marked_and_explained(figure_by_case, language, make):
    figure = make.draw(figure_by_case, language, 2)
    assert "Kabupaten 1†" in written(figure)
    assert make.labels(language).abstract_note(["case-01"]) in written(figure)
    assert make.labels(language).abstract_note(["case-01"]) in alt_text(figure)
    alone = make.draw(figure_by_case, language, 1)
    assert "†" not in written(alone) + alt_text(alone)


def test_the_alternative_text_names_cases_and_language(figure_by_case, make):
    english, indonesian = (alt_text(make.draw(figure_by_case, language, 2)) for language in ("en", "id"))
    assert english != indonesian
    for case in ("Kabupaten 0", "Kabupaten 1"):
        assert case in english
        assert case in indonesian
    assert "{" not in english + indonesian


def test_drawing_changes_no_setting(figure_name, make):
    before = dict(mpl.rcParams)
    make.draw(figure_name)
    assert dict(mpl.rcParams) == before


def test_a_personal_setting_does_not_reach_a_figure(make):
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        figure = make.draw("profiles")
    assert mpl.colors.to_hex(figure.axes[0].get_facecolor()) == "#ffffff"
    assert max(text.get_fontsize() for text in shown_texts(figure)) < 12


@pytest.mark.parametrize("kind", PLOTS)
def test_a_missing_column_is_told_with_the_function_that_makes_the_frame(kind, make):
    frame = getattr(make, kind)()
    for column in [
        name for name in frame.columns if name.startswith(("status", "n_", "as_", "outcome_level"))
    ]:
        if kind == "dimensions" and column.startswith("n_"):
            continue
        with pytest.raises(CgutilsError, match=rf"lacks the columns: {column}\. Make the frame with \w+"):
            PLOTS[kind](frame.drop(columns=column), make.labels())


@pytest.mark.parametrize("kind", PLOTS)
def test_an_empty_frame_and_no_frame_are_told(kind, make):
    frame = getattr(make, kind)()
    with pytest.raises(CgutilsError, match="has no rows"):
        PLOTS[kind](frame.iloc[:0], make.labels())
    with pytest.raises(CgutilsError, match="is needed, found list"):
        PLOTS[kind]([1, 2], make.labels())


@pytest.mark.parametrize("kind", [kind for kind in PLOTS if kind != "turnout"])
def test_a_double_row_is_told(kind, make):
    frame = getattr(make, kind)()
    with pytest.raises(CgutilsError, match="more than one row for"):
        PLOTS[kind](frame.iloc[[0, *range(len(frame))]], make.labels())


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("dimensions", "status"),
        ("outcome", "index_status"),
        ("outcome", "outcome_status"),
        ("balance", "direction"),
        ("balance", "kind"),
        ("partners", "sector"),
        ("partners", "status"),
        ("recommendations", "status"),
    ],
)
def test_an_unknown_value_is_an_error(kind, column, make):
    frame = getattr(make, kind)()
    frame.loc[0, column] = "guessed"
    with pytest.raises(CgutilsError, match=r"'guessed'.*; allowed: "):
        PLOTS[kind](frame, make.labels())


@pytest.mark.parametrize("kind", ["indicators", "dimensions"])
def test_a_case_without_its_row_is_an_error(kind, make):
    frame = getattr(make, kind)()
    with pytest.raises(CgutilsError, match="has no row for case case-02"):
        PLOTS[kind](frame.iloc[:-1], make.labels())


# What each figure must show.


def test_heatmap_writes_levels_and_hatches_what_is_not_assessed(make):
    frame = make.indicators()
    figure = plot_indicator_heatmap(frame, make.labels())
    axes = figure.axes[0]
    hatches = [patch.get_hatch() for patch in axes.patches]
    states = frame["status"].value_counts()
    assert hatches.count(HATCH) == states["not_assessed"]
    assert len(hatches) == states["not_assessed"] + states["disputed"]
    assert all(
        mpl.colors.to_hex(p.get_facecolor()) != "#ffffff" for p in axes.patches if p.get_hatch() == HATCH
    )
    values = sorted(text.get_text() for text in axes.texts if text.get_text().isdigit())
    assert values == sorted(str(level) for level in frame["level"].dropna())
    # A disputed cell is of levels as well, not of memberships.
    assert "1–2" in written(figure) and "0.33" not in written(figure)


def test_heatmap_colours_follow_the_levels(make):
    lightness = [mpl.colors.rgb_to_hsv(mpl.colors.to_rgb(c)) for c in sequence(4)]
    grey = [0.299 * r + 0.587 * g + 0.114 * b for r, g, b in map(mpl.colors.to_rgb, sequence(4))]
    assert grey == sorted(grey, reverse=True)
    assert max(grey) < 0.95
    assert len({tuple(colour) for colour in lightness}) == 4


def test_heatmap_of_many_cases_runs_down_the_page(make):
    few, many = make.draw("heatmap", count=8), make.draw("heatmap", count=9)
    assert few.axes[0].get_xticklabels()[0].get_text() == "Kabupaten 0"
    assert many.axes[0].get_yticklabels()[0].get_text() == "Kabupaten 0"


def test_profiles_show_a_dot_only_where_a_score_is_given(make):
    frame = make.dimensions()
    figure = plot_dimension_profiles(frame, make.labels())
    names = list(dict.fromkeys(frame["dimension_id"]))
    for axes, name in zip(figure.axes, names, strict=True):
        rows = frame[frame["dimension_id"] == name].reset_index(drop=True)
        dots = [c for c in axes.collections if isinstance(c, PathCollection)]
        offsets = np.vstack([dot.get_offsets() for dot in dots]) if dots else np.empty((0, 2))
        scored = rows[rows["status"] == "scored"]
        np.testing.assert_allclose(offsets[:, 0], scored["score"])
        np.testing.assert_allclose(offsets[:, 1], scored.index)
        (lines,) = [c for c in axes.collections if isinstance(c, LineCollection)]
        ends = np.array([segment[:, 0] for segment in lines.get_segments()])
        np.testing.assert_allclose(ends, rows[["lower", "upper"]])
    assert "interval alone: score withheld" in written(figure).lower()
    assert written(figure).count("75%") == (frame["coverage"] == 0.75).sum()


def test_profiles_hatch_a_dimension_of_which_nothing_is_known(make):
    figure = make.draw("profiles", count=2, nothing=True)
    for axes in figure.axes:
        assert [patch.get_hatch() for patch in axes.patches] == [HATCH, HATCH]
        assert not axes.collections


def test_profiles_tell_the_index_and_what_is_outside_it_apart(make):
    figure = make.draw("profiles")
    shapes = {
        axes.get_title("left"): len(axes.collections[1].get_paths()[0].vertices)
        for axes in figure.axes
        if len(axes.collections) > 1
    }
    assert shapes["Process index"] != shapes["Starting conditions"]
    colours = {
        axes.get_title("left"): mpl.colors.to_hex(axes.collections[0].get_edgecolor()[0])
        for axes in figure.axes
    }
    assert len({colours[name] for name in ("Process index", "Starting conditions", "Outcomes")}) == 3


def test_radar_leaves_the_index_out_and_a_gap_where_no_score_is_given(make):
    figure = make.draw("radar")
    axes = figure.axes[0]
    assert "Process index" not in written(figure)
    values = axes.lines[0].get_ydata()
    assert np.isnan(values).sum() == 1
    assert any(label.get_text().endswith("–") for label in axes.get_xticklabels())
    with pytest.raises(CgutilsError, match="holds the index alone"):
        plot_dimension_radar(make.dimensions(names=("index",)), make.labels())


def test_outcome_is_two_panels_and_no_line_joins_them(make):
    frame = make.outcome()
    figure = plot_process_outcome(frame, make.labels())
    left, right = figure.axes
    assert left.get_ylim() == right.get_ylim()
    assert not left.lines
    assert not right.lines
    np.testing.assert_allclose(right.collections[0].get_offsets(), [[0, 0], [1, 1]])
    assert [patch.get_hatch() for patch in right.patches] == ["xxxx"]
    assert right.get_title("left") == "Results on the public problem"
    with pytest.raises(CgutilsError, match="'luck'"):
        plot_process_outcome(frame, make.labels(), outcome="luck")


@pytest.mark.parametrize("by", ["case_id", "dimension_id"])
def test_balance_adds_up_and_keeps_one_scale(make, by):
    frame = make.balance()
    figure = plot_evidence_balance(frame, make.labels(), by=by)
    totals = frame.groupby("direction")["n_items"].sum()
    for place, (left, right) in enumerate([("hindering", "enabling"), ("overruled", "mixed")]):
        widths = [patch.get_width() for axes in figure.axes[place::2] for patch in axes.patches]
        assert -sum(width for width in widths if width < 0) == totals[left]
        assert sum(width for width in widths if width > 0) == totals[right]
    with style():
        figure.draw_without_rendering()
    scales = {round(axes.get_window_extent().width / np.ptp(axes.get_xlim()), 1) for axes in figure.axes}
    assert max(scales) / min(scales) < 1.02


def test_balance_refuses_another_row(make):
    with pytest.raises(CgutilsError, match="by: found 'kind'; allowed: case_id, dimension_id"):
        plot_evidence_balance(make.balance(), make.labels(), by="kind")


def test_actors_mark_a_type_that_is_not_named(make):
    frame = make.actors()
    figure = plot_actors(frame, make.labels())
    assert len(figure.axes[0].patches) == (frame["n_actors"] == 0).sum()
    assert [t.get_text() for t in figure.axes[0].texts].count("0") == (frame["n_actors"] == 0).sum()


@pytest.mark.parametrize(("language", "words"), [("en", "not recorded"), ("id", "tidak dicatat")])
def test_actors_that_were_not_recorded_are_no_zeros(make, language, words):
    frame = make.actors().astype({"n_actors": "Int64"})
    for_nobody = frame.assign(n_actors=pd.array([pd.NA] * len(frame), dtype="Int64"))
    first = frame["case_id"].iloc[0]
    for_one = frame.assign(n_actors=frame["n_actors"].mask(frame["case_id"] == first))
    for shown in (for_nobody, for_one):
        figure = plot_actors(shown, make.labels(language))
        texts = [t.get_text() for t in figure.axes[0].texts]
        assert texts.count("0") == (shown["n_actors"] == 0).sum()
        assert texts.count(DASH) == shown["n_actors"].isna().sum()
        assert words in written(figure) and words in alt_text(figure)
    assert words not in written(plot_actors(frame, make.labels(language)))


@pytest.mark.parametrize("kind", ["float64", "Float64", "object"])
def test_actors_may_be_counted_in_any_kind_of_number(make, kind):
    frame = make.actors()
    whole = plot_actors(frame, make.labels())
    other = plot_actors(frame.astype({"n_actors": kind}), make.labels())
    assert describe_figure(other) == describe_figure(whole)


def test_turnout_keeps_what_was_printed_and_computes_nothing(make, language):
    figure = plot_turnout(make.turnout(), make.labels(language))
    for printed in ("80,6%", "71,5%", "71.45%"):
        assert printed in written(figure).splitlines()
    assert ("71.59%" if language == "en" else "71,59%") in written(figure)
    points = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "D")]
    np.testing.assert_allclose([line.get_xdata()[0] for line in points], [80.65, 80.6, 71.5907, 71.5, 71.45])
    assert [line.get_marker() for line in points] == ["o", "D", "o", "D", "D"]
    assert [patch.get_hatch() for patch in figure.axes[0].patches] == [HATCH, HATCH]


def test_turnout_without_any_value_is_readable(make):
    frame = make.turnout().iloc[3:]
    figure = plot_turnout(frame, make.labels("id"))
    assert_readable(figure)
    assert figure.axes[0].get_xlim() == (0, 100)


@pytest.mark.parametrize("extreme", [101.5, 140.0, 2500.0, -3.0])
def test_a_turnout_that_cannot_be_lies_within_the_axis(make, extreme):
    frame = make.turnout()
    frame.loc[1, "reported"] = extreme
    axes = plot_turnout(frame, make.labels("id")).axes[0]
    start, end = axes.get_xlim()
    drawn = [x for line in axes.lines if line.get_marker() in ("o", "D") for x in line.get_xdata()]
    assert extreme in drawn and all(start < x < end for x in drawn)


def test_the_axis_of_turnout_ends_at_a_hundred_where_that_is_the_most(make):
    frame = make.turnout()
    frame.loc[1, "reported"] = 100.0
    assert plot_turnout(frame, make.labels()).axes[0].get_xlim()[1] == 100
    frame.loc[1, "reported"] = 0.0
    assert plot_turnout(frame, make.labels()).axes[0].get_xlim()[0] == 0


def test_partners_show_the_remainder_last_with_a_hatch_of_its_own(make):
    figure = plot_partners(make.partners(), make.labels())
    bars = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert [bar.get_width() for bar in bars] == [32, 10, 6, 7]
    assert bars[-1].get_hatch() not in {bar.get_hatch() for bar in bars[:-1]}
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == ["32 (66.7%)", "10 (20.8%)", "6 (12.5%)", "7"]


def test_partners_without_a_remainder_do_not_speak_of_one(make):
    assert "remainder" not in written(plot_partners(make.partners().iloc[:3], make.labels()))


def test_recommendations_tell_each_status_by_a_sign(make):
    frame = make.recommendations()
    figure = plot_recommendations(frame, make.labels())
    signs = [text.get_text() for text in figure.axes[0].texts]
    counts = frame["status"].value_counts()
    for status, sign in {"present": "●", "mixed": "◐", "deficit": "○", "not_reported": "–"}.items():
        assert signs.count(sign) == counts[status]
    assert [patch.get_hatch() for patch in figure.axes[0].patches] == [HATCH] * counts["not_reported"]


@pytest.mark.parametrize(
    ("most", "ticks"),
    [(1, [0, 1]), (4, [0, 1, 2, 3, 4]), (7, [0, 2, 4, 6]), (32, [0, 10, 20, 30]), (87, [0, 50])],
)
def test_ticks_are_whole_and_few(most, ticks):
    assert whole_ticks(most) == ticks or len(whole_ticks(most)) <= 5
    assert all(isinstance(tick, int) and 0 <= tick <= most for tick in whole_ticks(most))
    assert len(whole_ticks(most)) >= 2


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("plot", [plot_dimension_profiles, plot_dimension_radar])
def test_a_disputed_score_is_its_interval_alone(make, plot, language):
    frame = make.dimensions()
    frame.loc[0, ["score", "lower", "upper", "status"]] = [np.nan, 0.2, 0.6, "disputed"]
    figure = plot(frame, make.labels(language))
    assert_readable(figure)
    if plot is plot_dimension_profiles:
        assert make.labels(language).heading("legend_disputed") in written(figure)


def test_a_disputed_index_stands_beside_the_outcome(make):
    frame = make.outcome()
    frame.loc[0, ["index", "index_status"]] = [np.nan, "disputed"]
    figure = plot_process_outcome(frame, make.labels("en"))
    assert_readable(figure)
    assert make.labels("en").heading("legend_disputed") in written(figure)
