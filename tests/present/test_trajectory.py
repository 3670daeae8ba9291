"""Scores phase by phase: what is drawn, what is said, and what is not said."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from cgutils.analysis.trajectory import phase_changes
from cgutils.data.errors import CgutilsError
from cgutils.present import style
from cgutils.present.drawing import figure_data
from cgutils.present.labels import Labels, words
from cgutils.present.phases import say_changes, say_phases, show_phases, table_changes, table_trajectory
from cgutils.present.publish import alt_text
from cgutils.present.tables import table
from cgutils.present.trajectory import plot_trajectory

PHASES = {"before": ("Before", "Sebelum"), "during": ("During", "Selama"), "after": ("After", "Sesudah")}
NAMES = {"process": ("Process", "Proses"), "results": ("Results", "Hasil akhir")}


def labels_of(language: str) -> Labels:
    place = 0 if language == "en" else 1
    return Labels(
        language,
        cases={"town": "Town", "port": "Port"},
        dimensions={name: texts[place] for name, texts in NAMES.items()},
        phases={(case, name): texts[place] for case in ("town", "port") for name, texts in PHASES.items()},
    )


def frame(case: str = "town") -> pd.DataFrame:
    rows = [
        ("before", "process", 0.1, 0.0, 0.2, 0.8, "scored"),
        ("before", "index", 0.1, 0.0, 0.2, 0.8, "scored"),
        ("before", "results", None, 0.0, 1.0, 0.0, "not_assessed"),
        ("during", "process", None, 0.1, 0.9, 0.3, "withheld"),
        ("during", "index", 0.5, 0.1, 0.6, 0.8, "scored"),
        ("during", "results", 0.4, 0.4, 0.4, 1.0, "scored"),
        ("after", "process", 0.7, 0.6, 0.8, 0.8, "scored"),
        ("after", "index", 0.7, 0.65, 0.8, 0.8, "scored"),
        ("after", "results", 0.0, 0.0, 0.0, 1.0, "scored"),
    ]
    columns = ["phase", "dimension_id", "score", "lower", "upper", "coverage", "status"]
    made = pd.DataFrame(rows, columns=columns).astype({"score": "float64"})
    made.insert(0, "case_id", case)
    return made.assign(n_assessed=1, n_indicators=2)


def changes() -> pd.DataFrame:
    rows = [
        ("process", "during", "indistinguishable", "before", None),
        ("process", "after", "higher", "before", 0.6),
        ("results", "during", "not_comparable", "before", None),
        ("results", "after", "lower", "before", -0.4),
    ]
    made = pd.DataFrame(rows, columns=["dimension_id", "phase", "verdict", "earlier_phase", "difference"])
    made.insert(0, "case_id", "town")
    return made.astype({"difference": "float64"})


@pytest.fixture(params=["en", "id"])
def labels(request: pytest.FixtureRequest) -> Labels:
    return labels_of(request.param)


def panels(figure) -> dict[str, dict]:
    return {axes["titles"][0]: axes for axes in figure_data(figure)["axes"]}


def test_one_panel_a_dimension_and_phases_in_their_order(labels: Labels) -> None:
    drawn = panels(plot_trajectory(frame(), labels))
    assert list(drawn) == [labels.dimension(name) for name in ("process", "index", "results")]
    place = 0 if labels.language == "en" else 1
    titles = [texts[place] for texts in PHASES.values()]
    for axes in drawn.values():
        assert [text.split("\n")[0] for text in axes["x"]["tick_labels"]] == titles
        assert axes["x"]["ticks"] == [0, 1, 2]
        assert axes["y"]["limits"][0] < 0 and axes["y"]["limits"][1] > 1
    process = drawn[labels.dimension("process")]
    assert [text.split("\n")[1:] for text in process["x"]["tick_labels"]] == [
        [labels.number(0.1), "80%"],
        ["–", "30%"],
        [labels.number(0.7), "80%"],
    ]


def test_intervals_are_bars_and_scores_are_points(labels: Labels) -> None:
    bars, points = panels(plot_trajectory(frame(), labels))[labels.dimension("process")]["collections"]
    assert bars["points"] == [[0, 0], [0, 0.2], [1, 0.1], [1, 0.9], [2, 0.6], [2, 0.8]]
    # A withheld score has its interval and no point.
    assert points["points"] == [[0, 0.1], [2, 0.7]]


def test_a_line_joins_neighbours_that_both_have_a_score(labels: Labels) -> None:
    drawn = panels(plot_trajectory(frame(), labels))
    joined = {name: [line["points"] for line in axes["lines"]] for name, axes in drawn.items()}
    assert joined[labels.dimension("process")] == []
    assert joined[labels.dimension("index")] == [[[0, 0.1], [1, 0.5]], [[1, 0.5], [2, 0.7]]]
    assert joined[labels.dimension("results")] == [[[1, 0.4], [2, 0.0]]]


def test_not_assessed_is_hatched_and_no_zero(labels: Labels) -> None:
    results = panels(plot_trajectory(frame(), labels))[labels.dimension("results")]
    (band,) = results["patches"]
    assert band["hatch"] == style.HATCH
    assert {round(x) for x, _ in band["points"]} == {0} and {y for _, y in band["points"]} == {0, 1}
    _bars, points = results["collections"]
    assert points["points"] == [[1, 0.4], [2, 0.0]]
    assert results["x"]["tick_labels"][0].split("\n")[1:] == ["–", "0%"]


def test_kinds_differ_by_more_than_colour(labels: Labels) -> None:
    drawn = panels(plot_trajectory(frame(), labels))
    shapes = {name: json.dumps(axes["collections"][1]["shape"]) for name, axes in drawn.items()}
    assert len(set(shapes.values())) == 3


def test_the_alternative_text_tells_every_value(labels: Labels) -> None:
    text = alt_text(plot_trajectory(frame(), labels))
    missing = {"en": "Before – [0.00–1.00] not assessed", "id": "Sebelum – [0,00–1,00] tidak dinilai"}
    withheld = {"en": "During – [0.10–0.90] withheld", "id": "Selama – [0,10–0,90] ditahan"}
    for said in (missing, withheld):
        assert said[labels.language] in text
    assert labels.number(0.7) in text


def test_several_cases_are_told_apart(labels: Labels) -> None:
    both = pd.concat([frame("town"), frame("port")], ignore_index=True)
    index = both[both["dimension_id"] == "index"]
    assert list(panels(plot_trajectory(index, labels))) == ["Town", "Port"]
    assert "Town: " + labels.dimension("process") in panels(plot_trajectory(both, labels))


def test_a_case_with_many_phases_stays_within_a_page(labels: Labels) -> None:
    names = [f"p{number}" for number in range(12)]
    many = pd.concat(
        [frame()[frame()["phase"] == "after"].assign(phase=name) for name in names], ignore_index=True
    )
    titled = Labels(
        labels.language,
        cases=labels.cases,
        dimensions=labels.dimensions,
        phases={("town", name): f"Phase number {name}" for name in names},
    )
    figure = plot_trajectory(many, titled)
    assert figure.get_size_inches()[0] < 10
    assert len(panels(figure)) == 3


def test_the_same_frame_gives_the_same_drawing(labels: Labels) -> None:
    first, again = (figure_data(plot_trajectory(frame(), labels)) for _ in range(2))
    assert first == again


def test_frames_that_cannot_be_drawn_are_refused(labels: Labels) -> None:
    with pytest.raises(CgutilsError, match="lacks the columns: phase"):
        plot_trajectory(frame().drop(columns="phase"), labels)
    with pytest.raises(CgutilsError, match=r"no rows.*trajectory\(collection\)"):
        plot_trajectory(frame().iloc[:0], labels)
    with pytest.raises(CgutilsError, match="more than one row for case_id town, phase before"):
        plot_trajectory(pd.concat([frame(), frame()]), labels)
    with pytest.raises(CgutilsError, match="no label for the case and phase"):
        plot_trajectory(
            frame(), Labels("en", cases={"town": "Town"}, dimensions={"process": "P", "results": "R"})
        )


def test_the_table_keeps_the_phases_of_a_dimension_together(labels: Labels) -> None:
    rows = table_trajectory(frame(), labels).rows()
    place = 0 if labels.language == "en" else 1
    assert [row[:2] for row in rows[:3]] == [
        [NAMES["process"][place], texts[place]] for texts in PHASES.values()
    ]
    assert rows[6][2] == f"– {words()['not_assessed'][labels.language]}"
    both = pd.concat([frame("town"), frame("port")], ignore_index=True)
    assert [row[0] for row in table_trajectory(both, labels).rows()] == ["Town"] * 9 + ["Port"] * 9


def test_the_verdict_is_of_the_phase_against_the_earlier_one(labels: Labels) -> None:
    shown = table_changes(changes(), labels)
    expected = {
        "en": ["Process", "After", "higher", "Before", "0.60"],
        "id": ["Proses", "Sesudah", "lebih tinggi", "Sebelum", "0,60"],
    }
    assert shown.rows()[1] == expected[labels.language]
    assert "A − B" not in shown.to_text()


def test_a_phase_without_an_interval_is_never_said_to_overlap(labels: Labels) -> None:
    nothing = frame().assign(lower=float("nan"), upper=float("nan"), score=float("nan"))
    for sentence in say_changes(phase_changes(nothing), labels):
        overlap = {"en": "overlap", "id": "beririsan"}[labels.language]
        assert overlap not in str(sentence)
        both = f"{labels.dimension('process')}, {labels.dimension('index')}"
        assert both in str(sentence)


def test_a_direction_is_said_only_where_the_intervals_lie_apart() -> None:
    english = [str(sentence) for sentence in say_changes(changes(), labels_of("en"))]
    assert english == [
        "Town, “During” against “Before”: on Process the intervals overlap, and nothing is said of a "
        "direction; no comparison is possible on Results.",
        "Town, “After” against “Before”: higher on Process; lower on Results.",
    ]
    indonesian = [str(sentence) for sentence in say_changes(changes(), labels_of("id"))]
    assert indonesian == [
        "Town, “Selama” terhadap “Sebelum”: pada Proses interval beririsan, sehingga arah perubahan tidak "
        "dinyatakan; pada Hasil akhir tidak dapat dibandingkan.",
        "Town, “Sesudah” terhadap “Sebelum”: lebih tinggi pada Proses; lebih rendah pada Hasil akhir.",
    ]


def test_a_phase_without_its_case_is_shown_by_its_id(labels: Labels) -> None:
    shown = table(frame(), labels, ["phase", "dimension_id"])
    assert shown.rows()[0][0] == labels.phase("town", "before")
    alone = table(frame()[["phase", "dimension_id"]], labels)
    assert [row[0] for row in alone.rows()] == frame()["phase"].tolist()


def test_of_two_cases_that_name_a_phase_differently_both_titles_are_shown() -> None:
    rows = [("before", "town", "port"), ("after", "town", "port"), ("late", "town", "port")]
    pairs = pd.DataFrame(rows, columns=["phase", "case_a", "case_b"])
    titles = labels_of("en").phases | {("port", "before"): "Prior to merger", ("port", "late"): "Late"}
    words_of_both = replace(labels_of("en"), phases=titles)
    shown = [row[0] for row in table(pairs, words_of_both).rows()]
    # One title where both agree, and where one case alone has the phase.
    assert shown == ["Before / Prior to merger", "After", "Late"]
    with pytest.raises(CgutilsError, match="no label for the case and phase"):
        table(pairs, labels_of("en")).rows()


def test_the_phases_of_a_case_are_named(labels: Labels) -> None:
    (said,) = say_phases(frame(), labels)
    names = {"en": "3 phases: Before, During, After.", "id": "3 fase: Sebelum, Selama, Sesudah."}
    assert names[labels.language] in str(said)


def test_without_phases_nothing_is_shown(labels: Labels, capsys: pytest.CaptureFixture[str]) -> None:
    show_phases(frame().iloc[:0], changes().iloc[:0], labels, "nothing")
    assert capsys.readouterr().out == ""


def test_what_is_shown(labels: Labels, capsys: pytest.CaptureFixture[str], tmp_path, monkeypatch) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("CGUTILS_PROJECT", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    show_phases(frame(), changes(), labels, "phases-of-town")
    out = capsys.readouterr().out
    assert str(say_phases(frame(), labels)[0]) in out
    assert all(str(sentence) in out for sentence in say_changes(changes(), labels))
    assert f"figures/phases-of-town-{labels.language}.svg" in out
    assert (tmp_path / "data/processed/figures/phases-of-town.csv").is_file()
