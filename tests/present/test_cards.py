from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from cgutils.analysis.consensus import coder_levels
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present.cards import case_card, case_overview, framework_overview, table_levels
from cgutils.present.labels import labels
from cgutils.present.tables import table

CARD = [
    *("title", "place", "policy_field", "public_problem", "period", "source_extent", "framework"),
    *("source", "informants"),
]


def in_language(text: object, language: str) -> str:
    return str(getattr(text, language))


def test_the_overview_has_every_case_and_column(language, real: Collection):
    words = labels(real, language)
    frame = case_overview(real, words)
    assert frame.columns.tolist() == [
        *("case_id", "place", "policy_field", "public_problem", "period", "source_extent", "framework")
    ]
    assert frame["case_id"].tolist() == list(real.cases)
    for row, case in zip(frame.to_dict("records"), real.cases.values(), strict=True):
        for name in ("place", "policy_field", "public_problem"):
            assert row[name] == in_language(getattr(case, name), language)
        assert row["period"] == case.period
        assert row["source_extent"] == words.term(case.source_extent)
        assert row["framework"] == in_language(real.frameworks[case.framework].title, language)


def test_a_card_says_everything_that_is_known(language, real: Collection):
    words = labels(real, language)
    for case_id, case in real.cases.items():
        card = case_card(real, case_id, words)
        assert card.columns.tolist() == ["item", "value"]
        assert card["item"].tolist() == [words.heading(name) for name in CARD]
        values = dict(zip(CARD, card["value"], strict=True))
        for name in ("title", "place", "policy_field", "public_problem"):
            assert values[name] == in_language(getattr(case, name), language)
        assert values["period"] == case.period
        assert values["source_extent"] == words.term(case.source_extent)
        assert values["source"] == ", ".join(case.sources)
        assert values["framework"] == in_language(real.frameworks[case.framework].title, language)
        assert values["informants"].endswith(in_language(case.informants.note, language))


def test_informants_that_are_not_stated_are_no_number(language, minimal: Collection):
    case = minimal.cases["alpha"]
    assert case.informants.stated_total is None
    words = labels(minimal, language)
    note = in_language(case.informants.note, language)
    assert case_card(minimal, "alpha", words)["value"].iloc[-1] == note
    stated = case.informants.model_copy(update={"stated_total": 1200})
    cases = {"alpha": case.model_copy(update={"informants": stated})}
    written = {"en": "1,200", "id": "1.200"}[language]
    assert case_card(replace(minimal, cases=cases), "alpha", words)["value"].iloc[-1] == f"{written}. {note}"


def test_an_unknown_case_names_those_that_exist(minimal: Collection):
    with pytest.raises(CgutilsError) as caught:
        case_card(minimal, "gamma", labels(minimal, "en"))
    assert str(caught.value) == "case 'gamma' does not exist; choose one of alpha, beta."


def test_the_framework_is_shown_in_codebook_order(language, real: Collection):
    frame = framework_overview(real, labels(real, language))
    assert frame.columns.tolist() == ["dimension_id", "indicator_id", "definition", "low_end", "high_end"]
    listed = [
        (
            dimension.dimension_id,
            *(indicator.indicator_id, indicator.definition, indicator.low, indicator.high),
        )
        for framework in real.frameworks_in_use.values()
        for dimension in framework.dimensions
        for indicator in dimension.indicators
    ]
    assert len(listed) == 18
    expected = [(*row[:2], *(in_language(text, language) for text in row[2:])) for row in listed]
    assert list(frame.itertuples(index=False, name=None)) == expected


def test_every_overview_can_be_set_as_a_table(language, real: Collection):
    words = labels(real, language)
    for frame in (
        case_overview(real, words),
        case_card(real, next(iter(real.cases)), words),
        framework_overview(real, words),
    ):
        text = table(frame, words).to_markdown()
        assert len(text.splitlines()) >= len(frame)


def test_levels_stand_beside_the_settled_one(language, minimal: Collection):
    words = labels(minimal, language)
    levels = coder_levels(minimal)
    shown = table_levels(levels, words)
    html = shown.to_html()
    for heading in ("case", "dimension", "indicator", "code", "settled_level", "agree"):
        assert words.heading(heading) in html
    for coder in minimal.coders["coder_id"]:
        assert f">{coder}<" in html
    assert shown.frame["level"].equals(levels["level"])


def test_a_blank_level_is_a_dash_with_its_status_and_never_nought(language, minimal: Collection):
    words = labels(minimal, language)
    levels = coder_levels(minimal)
    lines = {
        (case, indicator): line
        for (case, indicator), line in zip(
            zip(levels["case_id"], levels["indicator_id"], strict=True),
            [line for line in table_levels(levels, words).to_markdown().splitlines() if "|" in line][2:],
            strict=True,
        )
    }
    seen = set()
    for row in levels.to_dict("records"):
        cells = [cell.strip() for cell in lines[row["case_id"], row["indicator_id"]].strip("|").split("|")]
        seen.add(row["status"])
        if row["status"] == "assessed":
            assert f"{row['level']} {words.level(row['level'])}" in cells
        else:
            assert f"– {words.term(row['status'])}" in cells
        for coder in minimal.coders["coder_id"]:
            place = 4 + list(minimal.coders["coder_id"]).index(coder)
            assert cells[place] == ("–" if pd.isna(row[coder]) else str(row[coder]))
        assert cells[-1] == words.term("yes" if row["agree"] else "no")
    assert seen == {"assessed", "disputed", "not_assessed"}


def test_levels_of_one_case_need_no_column_for_it(minimal: Collection):
    words = labels(minimal, "en")
    levels = coder_levels(minimal)
    own = levels[levels["case_id"] == "alpha"].drop(columns="case_id")
    text = table_levels(own, words).to_markdown()
    assert words.heading("case") not in text and words.heading("settled_level") in text


def test_one_coder_agrees_with_nobody(language, minimal: Collection):
    words = labels(minimal, language)
    levels = coder_levels(minimal)
    ana, *others = minimal.coders["coder_id"]
    alone = levels.assign(**dict.fromkeys(others, pd.Series(pd.NA, levels.index, dtype="Int64")))
    html = table_levels(alone, words).to_html()
    assert words.heading("agree") not in html and f">{ana}<" in html
    # A coder who rated none of these has no column of dashes.
    assert not any(f">{coder}<" in html for coder in others)
    of_alpha = levels["case_id"] == "alpha"
    mixed = levels.copy()
    mixed.loc[of_alpha, others] = pd.NA
    said = table_levels(mixed, words)
    agree = next(column for column in said.columns if column.source == "agree")
    shown = [agree.show(row) for row in said.frame.to_dict("records")]
    assert {text for text, own in zip(shown, of_alpha, strict=True) if own} == {"–"}
    assert {text for text, own in zip(shown, of_alpha, strict=True) if not own} <= {
        words.term("yes"),
        words.term("no"),
    }


def test_levels_that_lack_a_column_are_refused(minimal: Collection):
    words = labels(minimal, "en")
    with pytest.raises(CgutilsError, match="lacks the columns: agree"):
        table_levels(coder_levels(minimal).drop(columns="agree"), words)
    assert "Nothing is recorded here." in table_levels(coder_levels(minimal).iloc[:0], words).to_text()
