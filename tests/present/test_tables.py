from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cgutils.data.errors import CgutilsError
from cgutils.present.labels import Labels
from cgutils.present.tables import (
    table,
    table_comparison,
    table_dimensions,
    table_evidence,
    table_indicators,
    table_quantities,
)

SNAPSHOTS = Path(__file__).parent / "snapshots"


def make_comparison() -> pd.DataFrame:
    rows = [
        ("starting_conditions", "case-00", "case-01", "higher", 0.335, "a-001;a-002", "b-001"),
        ("index", "case-00", "case-01", "indistinguishable", np.nan, "", "b-001"),
    ]
    columns = ["dimension_id", "case_a", "case_b", "verdict", "difference", "evidence_a", "evidence_b"]
    return pd.DataFrame(rows, columns=columns)


def make_evidence() -> pd.DataFrame:
    first = ("a-001", "case-00", "balance", "enabling", "fact", ("1153", "1156"), ("L2", "L3-L4"))
    second = ("b-001", "case-01", "trust", "overruled", "judgement", "", "L9")
    rows = [
        (*first, "Staff lent.", "Staf dipinjamkan."),
        (*second, "Trust | praised_<b>.", "Kepercayaan & pujian 5%."),
    ]
    columns = [
        *("evidence_id", "case_id", "indicator_id", "direction", "kind", "page", "locator"),
        *("summary_en", "summary_id"),
    ]
    return pd.DataFrame(rows, columns=columns)


def make_quantities() -> pd.DataFrame:
    rows = [
        ("case-00", "Registered", "Terdaftar", "2018", 143516.0, "persons", "143.516", "reported", "s", "L1"),
        ("case-00", "Turnout", "Partisipasi", "2018", 80.6, "percent", "80,6%", "reported", "s", "L2;L3"),
        ("case-00", "Budget", "Anggaran", "2018", 1.25, "rupiah", "1,25", "reported", "s", "L4"),
        ("case-01", "Target", "Sasaran", "", np.nan, "percent", "", "missing", "s", "L5"),
    ]
    columns = [
        *("case_id", "label_en", "label_id", "period", "value", "unit", "as_printed", "status", "source_id"),
        "locator",
    ]
    return pd.DataFrame(rows, columns=columns)


TABLES = {
    "indicators": lambda make, labels: table_indicators(make.indicators(), labels),
    "dimensions": lambda make, labels: table_dimensions(make.dimensions(2), labels),
    "comparison": lambda make, labels: table_comparison(make_comparison(), labels),
    "evidence": lambda make, labels: table_evidence(make_evidence(), labels),
    "quantities": lambda make, labels: table_quantities(make_quantities(), labels),
}
FORMS = {"txt": "to_text", "html": "to_html", "md": "to_markdown", "tex": "to_latex"}


@pytest.mark.parametrize("name", TABLES)
def test_tables_look_as_recorded(name, language, make):
    made = TABLES[name](make, make.labels(language))
    for ending, form in FORMS.items():
        recorded = (SNAPSHOTS / f"{name}-{language}.{ending}").read_text("utf-8")
        assert getattr(made, form)() + "\n" == recorded, f"{name}-{language}.{ending}"


def test_what_a_notebook_shows_is_the_same_twice(make):
    one, other = (table_dimensions(make.dimensions(), make.labels()) for _ in range(2))
    assert one._repr_html_() == other._repr_html_() == one.to_html()
    assert one._repr_markdown_() == one.to_markdown()
    assert repr(one) == one.to_text()
    assert "0x" not in repr(one)
    assert "id=" not in one.to_html()


def test_values_stay_numbers(make):
    frame = make.dimensions()
    made = table_dimensions(frame, make.labels("id"))
    pd.testing.assert_frame_equal(made.frame, frame)
    levels = table_indicators(make.indicators(), make.labels()).frame
    assert levels.loc[0, "case-00"] == 0
    assert levels["case-00"].isna().sum() == 2


@pytest.mark.parametrize("name", TABLES)
def test_what_is_missing_is_a_dash_and_never_a_zero(name, make):
    made = TABLES[name](make, make.labels())
    assert "nan" not in made.to_text().lower()
    assert "<NA>" not in made.to_text()
    assert "–" in made.to_text()


def test_a_missing_level_says_why(make):
    text = table_indicators(make.indicators(), make.labels("id")).to_text()
    states = make.indicators()["status"].value_counts()
    assert text.count("– tidak dinilai") == states["not_assessed"]
    assert text.count("1–2 belum disepakati") == states["disputed"]


def test_a_disputed_level_with_an_open_end_spans_the_scale(make):
    frame = make.indicators()
    frame.loc[frame["status"] == "disputed", ["level_low", "level_high"]] = [pd.NA, 2]
    assert "0–2 disputed" in table_indicators(frame, make.labels("en")).to_text()


def test_fields_of_a_source_are_words(make):
    frame = pd.DataFrame({"field": ["issn_print", "page_number", "some_thing"], "value": ["a", "b", "c"]})
    text = table(frame, make.labels("id")).to_text()
    assert "ISSN (cetak)" in text and "nomor halaman" in text
    # Any field may be said of a source: what has no word is at least no code.
    assert "some thing" in text and "_" not in text


class Cells(HTMLParser):
    """Collects tags and texts."""

    def __init__(self):
        super().__init__()
        self.tags, self.texts, self.scopes = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.scopes += [value for key, value in attrs if key == "scope"]

    def handle_data(self, data):
        self.texts.append(data)


def parsed(html: str) -> Cells:
    cells = Cells()
    cells.feed(html)
    return cells


def test_html_is_escaped_and_its_headings_have_a_scope(make):
    made = table_evidence(make_evidence(), make.labels())
    cells = parsed(made.to_html())
    assert "Trust | praised_<b>." in cells.texts
    assert "b" not in cells.tags
    assert cells.scopes == ["col"] * len(made.columns)
    assert cells.tags.count("caption") == 1
    assert cells.tags.count("tr") == 2 + 2


def test_markdown_keeps_its_columns_whatever_a_cell_holds(make):
    lines = table_evidence(make_evidence(), make.labels()).to_markdown().splitlines()
    rows = [re.split(r"(?<!\\)\|", line) for line in lines if line.startswith("|")]
    assert {len(row) for row in rows} == {10}
    assert r"Trust \| praised\_\<b\>." in rows[-1][-2]


def test_latex_escapes_every_sign_it_would_read():
    frame = pd.DataFrame({"text": ["\\ { } $ & # _ % ~ ^ < > –"]})
    row = table(frame, Labels("en")).to_latex().splitlines()[5]
    assert row == (
        r"\textbackslash{} \{ \} \$ \& \# \_ \% \textasciitilde{} \textasciicircum{} "
        r"\textless{} \textgreater{} -- \\"
    )


def test_any_frame_becomes_a_table_with_words_for_its_vocabulary(make, language):
    frame = pd.DataFrame(
        {
            "case_id": ["case-01", "case-00"],
            "label_en": ["one", "two"],
            "label_id": ["satu", "dua"],
            "direction": ["enabling", None],
            "coverage": [0.5, np.nan],
            "registered": [154425.0, np.nan],
            "n_items": [1234, 5],
        }
    )
    made = table(frame, make.labels(language), caption="A caption", note="A note.")
    head, body = [column.heading for column in made.columns], made.rows()
    if language == "en":
        assert head == ["Case", "Label", "Direction", "Coverage", "Registered voters", "Number of items"]
        assert body[0] == ["Kabupaten 1†", "one", "enabling", "50%", "154,425", "1,234"]
    else:
        assert head[2:4] == ["Arah", "Cakupan"]
        assert body[0] == ["Kabupaten 1†", "satu", "mendukung", "50%", "154.425", "1.234"]
    assert body[1][2:5] == ["–", "–", "–"]
    assert made.note == "A note. " + make.labels(language).abstract_note(["case-01"])


def test_columns_can_be_chosen_ordered_and_headed(make):
    frame = make.dimensions(1)
    made = table(frame, make.labels(), columns={"interval": "From-to", "dimension_id": "Part"})
    assert [column.heading for column in made.columns] == ["From-to", "Part"]
    assert made.rows()[0] == ["0.00–0.20", "Starting conditions"]


def test_a_column_without_a_heading_in_both_languages_is_an_error(make):
    with pytest.raises(CgutilsError, match=r"no heading is known for the column 'mystery'; give one"):
        table(pd.DataFrame({"mystery": [1]}), make.labels())


def test_an_unknown_word_or_id_is_an_error(make):
    with pytest.raises(CgutilsError, match="'sideways'"):
        table(pd.DataFrame({"direction": ["sideways"]}), make.labels()).to_text()
    with pytest.raises(CgutilsError, match="'nowhere'"):
        table(pd.DataFrame({"dimension_id": ["nowhere"]}), make.labels()).to_text()


def test_missing_columns_and_what_is_no_frame_are_told(make):
    with pytest.raises(CgutilsError, match="lacks the columns: verdict; it has: a"):
        table(pd.DataFrame({"a": [1]}), make.labels(), columns=["verdict"])
    with pytest.raises(CgutilsError, match="a frame is needed to show a table, found list"):
        table([], make.labels())
    with pytest.raises(CgutilsError, match="has no rows"):
        table_dimensions(make.dimensions().iloc[:0], make.labels())
    with pytest.raises(CgutilsError, match=r"lacks the columns: level\. Make the frame with score"):
        table_indicators(make.indicators().drop(columns="level"), make.labels())
    with pytest.raises(CgutilsError, match=r"lacks the columns: coverage"):
        table_dimensions(make.dimensions().drop(columns="coverage"), make.labels())
    with pytest.raises(CgutilsError, match=r"verdict\. Make the frame with compare"):
        table_comparison(make_comparison().drop(columns="verdict"), make.labels())
    with pytest.raises(CgutilsError, match=r"lacks the columns: summary_id"):
        table_evidence(make_evidence().drop(columns="summary_id"), make.labels("id"))
    with pytest.raises(CgutilsError, match=r"lacks the columns: unit"):
        table_quantities(make_quantities().drop(columns="unit"), make.labels())
    with pytest.raises(CgutilsError, match="more than one row"):
        table_evidence(make_evidence().iloc[[0, 0]], make.labels())


def test_a_case_without_one_indicator_is_told(make):
    with pytest.raises(CgutilsError, match="has no row for case case-02, indicator problem_results"):
        table_indicators(make.indicators().iloc[:-1], make.labels()).to_text()


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Nothing is recorded"), ("id", "Tidak ada yang tercatat")]
)
def test_a_frame_without_rows_says_that_nothing_is_recorded(make, language, said):
    frame = pd.DataFrame({"label_en": [], "label_id": [], "value": [], "locator": []})
    shown = table(frame, make.labels(language), ["label", "value", "locator"])
    assert shown.rows() == []
    for text in (shown.to_html(), shown.to_markdown(), shown.to_latex(), shown.to_text()):
        assert said in text


@pytest.mark.parametrize(("unit", "text"), [("year", "2024"), ("page", "1149"), ("persons", "1,149")])
def test_a_year_or_a_page_is_no_quantity(make, unit, text):
    frame = pd.DataFrame({"value": [2024.0 if unit == "year" else 1149.0], "unit": [unit]})
    assert table(frame, make.labels()).rows()[0][0] == text


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nothing is recorded"), ("id", "Tidak ada yang tercatat")]
)
def test_one_case_alone_has_no_pair_to_compare(language, words, make):
    assert words in table_comparison(make_comparison().iloc[:0], make.labels(language)).to_text()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Of 1,001 rows the first 1,000 are shown."),
        ("id", "Dari 1.001 baris, 1.000 yang pertama ditampilkan."),
    ],
)
def test_a_notebook_shows_the_first_rows_of_a_long_table_and_says_so(make, language, said):
    labels = make.labels(language)
    long = table(pd.DataFrame({"case_id": ["case-00"] * 1001}), labels, {"case_id": "x"})
    for shown in (repr(long), long._repr_html_(), long._repr_markdown_()):
        assert said in shown.replace("\\", "")
    assert long._repr_html_().count("<tr>") == 1 + 1000 + 1
    # What is written elsewhere is whole.
    assert len(long.rows()) == 1001 == long.to_html().count("<tr>") - 1
    assert said not in long.to_latex()
    assert said not in repr(table(long.frame[:1000], labels, {"case_id": "x"}))
