from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from cgutils.analysis.claims import OUTCOMES, audit, outcome_counts
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present.claims import LOOKS, plot_claims
from cgutils.present.labels import labels, words
from cgutils.present.publish import alt_text, publish
from present.test_figures import assert_readable, written


def frame_of(counts: dict[str, list[int]]) -> pd.DataFrame:
    """Counts in the order of the outcomes, source by source."""
    rows = [
        (source, outcome, count)
        for source, own in counts.items()
        for outcome, count in zip(OUTCOMES, own, strict=True)
    ]
    return pd.DataFrame(rows, columns=["source_id", "outcome", "n_claims"])


TWO = frame_of({"one_2024": [120, 10, 1, 0, 31, 2, 14, 1200], "two_2023": [5, 0, 0, 0, 0, 0, 0, 3]})


def bars(figure) -> list[Rectangle]:
    (axes,) = figure.axes
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def test_every_outcome_has_a_look_of_its_own_and_words():
    assert set(LOOKS) == set(OUTCOMES)
    assert len(set(LOOKS.values())) == len(LOOKS)
    assert set(LOOKS) <= set(words())


def test_the_audit_of_the_collection_is_readable_in_both_languages(language, real: Collection):
    counts = outcome_counts(audit(real))
    figure = plot_claims(counts, labels(real, language))
    assert_readable(figure)
    for source in counts["source_id"].unique():
        assert source in written(figure) and source in alt_text(figure)


def test_both_languages_say_the_same_numbers_with_their_own_words(make):
    english, indonesian = (plot_claims(TWO, make.labels(language)) for language in ("en", "id"))
    assert_readable(english)
    assert_readable(indonesian)
    assert "1,200" in written(english) and "1.200" in written(indonesian)
    for figure, language in ((english, "en"), (indonesian, "id")):
        for outcome in ("exact", "error", "missing_input"):
            assert make.labels(language).heading(outcome) in written(figure)
            assert f"{make.labels(language).term(outcome)} " in alt_text(figure)


@pytest.mark.parametrize("count", [1, 25])
def test_one_and_many_sources_are_readable(count, make):
    frame = frame_of({f"source_{n:02d}": [n + 1, 3, 1, 0, 8, 2, n, 5] for n in range(count)})
    assert_readable(plot_claims(frame, make.labels("id")))


def test_the_bars_are_the_counts_and_stand_side_by_side(make):
    figure = plot_claims(TWO, make.labels())
    shown = [outcome for outcome in LOOKS if TWO.loc[TWO["outcome"] == outcome, "n_claims"].sum() > 0]
    assert "within_stated_approximation" not in shown
    by_row: dict[int, list[Rectangle]] = {0: [], 1: []}
    for bar in bars(figure):
        by_row[round(bar.get_y() + bar.get_height() / 2)].append(bar)
    for row, source in enumerate(["one_2024", "two_2023"]):
        own = TWO[TWO["source_id"] == source].set_index("outcome")["n_claims"]
        assert [bar.get_width() for bar in by_row[row]] == [own[outcome] for outcome in shown]
        left = 0.0
        for bar in by_row[row]:
            assert bar.get_x() == left
            left += bar.get_width()
    assert make.labels().heading("within_stated_approximation") not in written(figure)


def test_a_narrow_part_has_no_number_but_the_total_counts_it(make):
    texts = [text.get_text() for text in plot_claims(TWO, make.labels()).axes[0].texts]
    total = f"{TWO.loc[TWO['source_id'] == 'one_2024', 'n_claims'].sum():,}"
    assert total in texts
    assert "31" in texts and "2" not in texts


def test_the_order_of_rows_does_not_matter_but_that_of_sources_does(make):
    turned = TWO.iloc[::-1]
    figure = plot_claims(turned, make.labels())
    ticks = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert ticks == ["two_2023", "one_2024"]
    totals = dict.fromkeys(range(2), 0.0)
    for bar in bars(figure):
        totals[round(bar.get_y() + bar.get_height() / 2)] += bar.get_width()
    by_source = TWO.groupby("source_id")["n_claims"].sum()
    assert [totals[row] for row in range(2)] == [by_source[source] for source in ticks]


def test_a_source_without_claims_is_an_empty_row(make):
    frame = frame_of({"full": [3, 0, 0, 0, 0, 0, 0, 0], "empty": [0] * 8})
    figure = plot_claims(frame, make.labels())
    assert_readable(figure)
    assert "empty: exact 0" in alt_text(figure)


def test_no_claim_at_all_is_no_failure(language, make):
    figure = plot_claims(frame_of({"empty": [0] * 8}), make.labels(language))
    assert_readable(figure)
    assert alt_text(figure).endswith("empty: 0.")


def test_an_outcome_that_is_missing_for_one_source_counts_as_nothing(make):
    frame = TWO[~((TWO["source_id"] == "two_2023") & (TWO["outcome"] == "exact"))]
    figure = plot_claims(frame, make.labels())
    assert "two_2023: exact 0" in alt_text(figure)


def test_an_unknown_outcome_is_refused(make):
    frame = TWO.replace({"outcome": {"error": "lie"}})
    with pytest.raises(CgutilsError, match=r"found outcome 'lie'; allowed: exact, .*not_checkable"):
        plot_claims(frame, make.labels())


@pytest.mark.parametrize(
    ("frame", "complaint"),
    [
        (TWO.drop(columns="n_claims"), "n_claims"),
        (pd.concat([TWO, TWO.iloc[:1]]), "one_2024"),
    ],
    ids=["column", "double"],
)
def test_a_frame_that_cannot_be_drawn_is_refused(frame, complaint, make):
    with pytest.raises(CgutilsError, match=complaint):
        plot_claims(frame, make.labels())


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nothing is recorded"), ("id", "Tidak ada yang tercatat")]
)
def test_without_a_claim_the_figure_says_so(language, words, make, tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("CGUTILS_PROJECT", str(tmp_path))
    monkeypatch.delenv("CGUTILS_PROCESSED", raising=False)
    figure = plot_claims(TWO.iloc[:0], make.labels(language))
    assert words in alt_text(figure)
    assert [words in text.get_text() for text in figure.subfigs[1].axes[0].texts] == [True]
    publish(figure, "claims", TWO.iloc[:0], make.labels(language))
    assert (tmp_path / "data/processed/figures/claims.csv").read_text() == "source_id,outcome,n_claims\n"
    with pytest.raises(CgutilsError, match="frame with rows"):
        publish(plot_claims(TWO, make.labels(language)), "claims", TWO.iloc[:0], make.labels(language))
