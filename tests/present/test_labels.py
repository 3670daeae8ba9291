from __future__ import annotations

import re
import string
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgutils.data import schemas
from cgutils.data.errors import CgutilsError
from cgutils.data.framework import Bilingual
from cgutils.present.labels import DASH, LANGUAGES, Labels, labels, words

VOCABULARIES = (
    *(schemas.DIRECTIONS, schemas.KINDS, schemas.CONFIDENCES, schemas.ACTOR_TYPES),
    *(schemas.FACT_STATUSES, schemas.NAMED_STATUSES),
    ("assessed", "disputed", "not_assessed", "scored", "withheld"),
    ("reported", "missing", "remainder"),
    ("yes", "no", "unclear", "not_told"),
    ("government", "non_government", "not_told"),
    ("higher", "lower", "indistinguishable"),
    ("legitimate", "limited", "over_reach"),
    ("present", "mixed", "deficit", "not_reported"),
    ("named", "partly_named", "not_named"),
    ("kept", "corrected", "dropped"),
    ("machine_assisted_reading", "human"),
    ("full", "abstract"),
)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_word_exists_in_both_languages_with_the_same_places():
    assert words()
    for key, texts in words().items():
        assert set(texts) == set(LANGUAGES), key
        for text in texts.values():
            assert isinstance(text, str), key
            assert text.strip() == text != "", key
        assert places(texts["en"]) == places(texts["id"]), key


@pytest.mark.parametrize("values", VOCABULARIES, ids=lambda values: values[0])
def test_every_allowed_value_has_a_word(values, make):
    for language in LANGUAGES:
        for value in values:
            assert make.labels(language).term(value)


def test_a_language_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(CgutilsError, match=r"found 'fr'; allowed: en, id"):
        Labels("fr")


@pytest.mark.parametrize(
    ("language", "value", "decimals", "text"),
    [
        ("en", 0.67, 2, "0.67"),
        ("id", 0.67, 2, "0,67"),
        ("en", 154425, 0, "154,425"),
        ("id", 154425, 0, "154.425"),
        ("en", 0.665, 2, "0.67"),
        ("en", -0.001, 2, "0.00"),
        ("en", -9.104, 2, "-9.10"),
        ("en", 80.6, None, "80.6"),
        ("en", 143516.0, None, "143,516"),
        ("id", 71.45, None, "71,45"),
        ("en", 1 / 3, None, "0.333333"),
        ("en", 100.0, None, "100"),
        ("en", np.float64(0.5), 2, "0.50"),
        ("en", np.int64(7), 0, "7"),
        ("id", 123456789012345678901234567890, 2, "123.456.789.012.345.678.901.234.567.890,00"),
        ("en", 1e30, None, "1,000,000,000,000,000,000,000,000,000,000"),
        ("en", -1e27, 2, "-1,000,000,000,000,000,000,000,000,000.00"),
        ("en", 1e-300, 2, "0.00"),
    ],
)
def test_numbers_follow_the_language(language, value, decimals, text):
    assert Labels(language).number(value, decimals) == text


@pytest.mark.parametrize("value", [1.7976931348623157e308, -1e300])
def test_the_largest_numbers_are_written_out(value, language):
    text = Labels(language).number(value)
    assert int(text.replace(",", "").replace(".", "")[:-2]) == int(Decimal(str(value)))


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, float("inf")])
def test_what_is_missing_is_a_dash_and_never_a_zero(missing):
    for language in LANGUAGES:
        assert Labels(language).number(missing) == DASH
        assert Labels(language).percent(missing) == DASH
        assert Labels(language).interval(0.2, missing) == DASH


@pytest.mark.parametrize("wrong", ["0.5", True, object()])
def test_what_is_no_number_is_an_error(wrong):
    with pytest.raises(CgutilsError, match="a number is needed"):
        Labels("en").number(wrong)


@given(
    st.floats(-1e9, 1e9, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6),
    st.integers(0, 4),
    st.sampled_from(LANGUAGES),
)
def test_a_written_number_reads_back_within_half_a_unit(value, decimals, language):
    text = Labels(language).number(value, decimals)
    thousands, point = (",", ".") if language == "en" else (".", ",")
    back = float(text.replace(thousands, "").replace(point, "."))
    assert abs(back - value) <= 0.5 * 10**-decimals * (1 + 1e-9) + 1e-6
    assert not re.fullmatch(r"-0([.,]0*)?", text)
    assert len(text.partition(point)[2]) == decimals


def test_percent_and_interval():
    assert Labels("id").percent(80.692) == "80,7%"
    assert Labels("en").percent(100, 0) == "100%"
    assert Labels("id").interval(0.331, 0.669) == "0,33–0,67"


def test_a_case_known_from_its_abstract_carries_a_dagger_and_a_footnote(make, language):
    given = make.labels(language)
    assert given.case("case-00") == "Kabupaten 0"
    assert given.case("case-01") == "Kabupaten 1†"
    assert given.abstract_note(["case-00", "case-02"]) == ""
    note = given.abstract_note(["case-01", "case-00", "case-01"])
    assert note.startswith("†")
    assert note.count("Kabupaten 1") == 1
    assert "Kabupaten 0" not in note


@pytest.mark.parametrize(
    ("method", "key"),
    [("case", "x"), ("dimension", "x"), ("indicator", "x"), ("code", "x"), ("level", 9), ("term", "x")],
)
def test_an_unknown_id_is_an_error_and_never_an_empty_label(make, method, key):
    with pytest.raises(CgutilsError, match=f"no label for the .*{key}"):
        getattr(make.labels(), method)(key)


def test_the_index_has_a_name_of_its_own(make):
    assert make.labels("en").dimension("index") == "Process index"
    assert make.labels("id").dimension("index") == "Indeks proses"


def test_pick_takes_the_column_of_the_language():
    row = pd.Series({"label_en": "one", "label_id": "satu"})
    assert (Labels("en").pick(row, "label"), Labels("id").pick(row, "label")) == ("one", "satu")
    with pytest.raises(CgutilsError, match="'remark_en' is missing"):
        Labels("en").pick(row, "remark")
    with pytest.raises(CgutilsError, match="'label_id' is blank"):
        Labels("id").pick({"label_en": "one", "label_id": " "}, "label")


def text(en: str) -> Bilingual:
    return Bilingual(en=en, id=f"{en} (id)")


def collection(*frameworks):
    case = {"short_title": text("Town"), "source_extent": "abstract", "phases": ()}
    return SimpleNamespace(
        frameworks={str(number): framework for number, framework in enumerate(frameworks)},
        cases={"town": SimpleNamespace(**case)},
    )


def framework(label: str = "Trust"):
    indicator = SimpleNamespace(indicator_id="trust", code="A1", label=text(label))
    dimension = SimpleNamespace(
        dimension_id="process", code="A", label=text("Process"), indicators=[indicator]
    )
    return SimpleNamespace(
        title=text("Small"),
        levels=[SimpleNamespace(level=0, label=text("absent"))],
        dimensions=[dimension],
    )


def test_labels_of_a_collection_come_from_its_frameworks_and_cases(language):
    made = labels(collection(framework()), language)
    ending = "" if language == "en" else " (id)"
    assert made.case("town") == f"Town{ending}†"
    assert made.dimension("process") == f"Process{ending}"
    assert made.indicator("trust") == f"Trust{ending}"
    assert made.level(0) == f"absent{ending}"
    assert made.framework("0") == f"Small{ending}"
    assert (made.code("process"), made.code("trust")) == ("A", "A1")


def test_frameworks_that_name_one_id_differently_are_refused():
    assert labels(collection(framework(), framework()), "en").indicator("trust") == "Trust"
    with pytest.raises(CgutilsError, match="name 'trust' differently: 'Trust' and 'Confidence'"):
        labels(collection(framework(), framework("Confidence")), "en")
