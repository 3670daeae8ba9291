from __future__ import annotations

import string
from dataclasses import replace

import pandas as pd
import pytest

from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present import prose
from cgutils.present.labels import LANGUAGES, labels
from cgutils.present.prose import Sentence, Words, say, sentences, who_rated

FORMS = [
    *("case", "cases", "codes", "code", "dimension", "factor", "framework", "indicator"),
    *("list", "part", "share", "sum", "term"),
]


# Beginnings and continuations that a sentence is put together from; its last mark is set at the end.
PARTS = ("pair_", "bounds_")


def places(text: str) -> list[tuple[str, str]]:
    return sorted((name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name)


def fill(make, language: str, text: str, **values: object) -> str:
    return Words(make.labels(language)).vformat(text, (), values)


def test_every_sentence_exists_in_both_languages_with_the_same_places():
    assert len(sentences()) > 5
    for key, texts in sentences().items():
        assert tuple(texts) == LANGUAGES, key
        part = key.startswith(PARTS)
        assert places(texts["en"]) == places(texts["id"]), key
        assert places(texts["en"]) or part or key == "nobody_rated", key
        assert texts["en"] != texts["id"], key
        for text in texts.values():
            assert text == text.strip() and text.endswith(".") != part, key


def test_every_form_in_a_sentence_is_known(make):
    values = {
        **{
            "case": "case-00",
            "dimension": "outcomes",
            "indicator": "trust",
            "code": "trust",
            "term": "higher",
            "framework": "made-up",
        },
        **{"cases": ["case-00"], "codes": ["trust"], "sum": [1], "list": [1], "factor": "weights"},
    }
    words = replace(make.labels("en"), frameworks={"made-up": "Made up"})
    for key, texts in sentences().items():
        for name, form in places(texts["en"]):
            text = Words(words).vformat(f"{{{name}:{form}}}", (), {name: values.get(form, 1)})
            assert text, (key, form)


def test_no_number_is_typed_into_a_sentence():
    for key, texts in sentences().items():
        for text in texts.values():
            outside = "".join(literal for literal, *_ in string.Formatter().parse(text))
            assert not any(mark.isdigit() for mark in outside), key


@pytest.mark.parametrize(
    ("form", "value", "english", "indonesian"),
    [
        ("n0", 154425, "154,425", "154.425"),
        ("n2", 0.665, "0.67", "0,67"),
        ("n4", 1 / 3, "0.3333", "0,3333"),
        ("n", 71.45, "71.45", "71,45"),
        ("n", 1000.0, "1,000", "1.000"),
        ("n2", -9.104, "-9.10", "-9,10"),
        ("p0", 75, "75%", "75%"),
        ("p1", 80.65, "80.7%", "80,7%"),
        ("p2", 71.4567, "71.46%", "71,46%"),
        ("p", 80.6, "80.6%", "80,6%"),
        ("share", 0.755, "76%", "76%"),
        ("n2", float("nan"), "–", "–"),
        ("n0", pd.NA, "–", "–"),
        ("share", float("nan"), "–", "–"),
        ("sum", [0.33, 0.67, 1.0], "0.33 + 0.67 + 1.00", "0,33 + 0,67 + 1,00"),
        ("list", [2, pd.NA, 0], "2, –, 0", "2, –, 0"),
        ("list", [], "", ""),
        ("codes", ["trust", "balance"], "CP2, SC1", "CP2, SC1"),
        ("codes", [], "–", "–"),
        ("code", "trust", "CP2", "CP2"),
        ("case", "case-01", "Kabupaten 1†", "Kabupaten 1†"),
        ("dimension", "outcomes", "Outcomes", "Hasil akhir"),
        ("indicator", "trust", "Trust building", "Membangun kepercayaan"),
        ("term", "disputed", "disputed", "belum disepakati"),
        ("factor", "weights", "weights of the dimensions", "bobot dimensi"),
        ("part", 0.755, "76%", "76%"),
        ("part", 1, "100%", "100%"),
        ("part", 1.0, "100%", "100%"),
        ("part", 0.9996, "more than 99%", "lebih dari 99%"),
        ("part", 0.995, "more than 99%", "lebih dari 99%"),
        ("part", 0.9949, "99%", "99%"),
        ("part", 0, "0%", "0%"),
        ("part", 0.0001, "less than 1%", "kurang dari 1%"),
        ("part", 0.005, "1%", "1%"),
        ("part", float("nan"), "–", "–"),
        ("", "2024", "2024", "2024"),
    ],
)
def test_every_form_in_both_languages(form, value, english, indonesian, make):
    assert fill(make, "en", f"{{x:{form}}}", x=value) == english
    assert fill(make, "id", f"{{x:{form}}}", x=value) == indonesian


@pytest.mark.parametrize("form", ["n10", "d", ".2f", "N2", "percent"])
def test_a_form_that_is_not_known_names_those_that_are(form, make):
    with pytest.raises(CgutilsError) as caught:
        fill(make, "en", f"{{x:{form}}}", x=1)
    assert str(caught.value).startswith(f"sentences.yaml: '{form}' is no form; forms are ")
    assert all(known in str(caught.value) for known in FORMS)


def test_a_sentence_with_its_numbers(make):
    values = {"units": 1054, "disagreements": 21, "settled": 20}
    english = say(make.labels("en"), "settled", **values)
    indonesian = say(make.labels("id"), "settled", **values)
    assert str(english) == english.text and repr(english) == english.text
    assert english.text.startswith("21 of 1,054 units") and "20 of them" in english.text
    assert indonesian.text.startswith("21 dari 1.054 unit")


def test_percentages_of_a_sentence_follow_the_language(make):
    values = {"first_year": "2018", "first": 80.692, "last_year": "2024", "last": 71.59, "difference": -9.104}
    assert (
        "80.69% in 2018 and 71.59% in 2024: -9.10 percent" in say(make.labels("en"), "turnout", **values).text
    )
    assert (
        "80,69% pada 2018 dan 71,59% pada 2024: -9,10 poin"
        in say(make.labels("id"), "turnout", **values).text
    )


def test_an_unknown_sentence_names_the_known_ones(make):
    with pytest.raises(CgutilsError, match=r"^no sentence 'setled'; known: case_intro, .*settled"):
        say(make.labels(), "setled", units=1)


@pytest.mark.parametrize(
    ("values", "given"),
    [
        ({"units": 1, "disagreements": 2}, "disagreements, units"),
        ({"units": 1, "disagreements": 2, "settled": 1, "open": 1}, "disagreements, open, settled, units"),
        ({}, ""),
    ],
    ids=["missing", "surplus", "none"],
)
def test_values_that_do_not_fit_are_refused(values, given, make):
    with pytest.raises(CgutilsError) as caught:
        say(make.labels(), "settled", **values)
    assert (
        str(caught.value)
        == f"sentence 'settled' needs exactly disagreements, settled, units; given: {given}."
    )


def test_a_value_of_another_kind_is_refused(make):
    with pytest.raises(CgutilsError, match="a number is needed here, found '21'"):
        say(make.labels(), "settled", units=1, disagreements="21", settled=1)


def test_an_id_without_a_label_is_refused(make):
    values = {"indicator_id": "nowhere", "status": "assessed", "levels": [1], "level": 1, "membership": 0.3}
    with pytest.raises(CgutilsError, match="no label for the dimension or indicator 'nowhere'"):
        say(make.labels(), "worked_level", **values)


def test_a_name_may_be_called_key_or_labels(make, monkeypatch):
    monkeypatch.setattr(prose, "sentences", lambda: {"odd": {"en": "{key:n0} {labels:n0}."}})
    assert say(make.labels(), "odd", key=1, labels=2).text == "1 2."


def test_a_sentence_in_a_notebook_is_escaped():
    sentence = Sentence('<script>alert("x")</script> & more')
    assert sentence._repr_html_() == "<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more</p>"
    assert repr(sentence) == sentence.text


def test_who_rated_names_every_coder_with_its_own_description(
    language, minimal: Collection, real: Collection
):
    for made in (minimal, real):
        said = who_rated(made, labels(made, language)).text
        assert len(made.coders) >= 2
        for row in made.coders.to_dict("records"):
            description = row[f"description_{language}"].rstrip(".")
            assert f"{row['coder_id']} – {description}" in said
        assert "ratings.csv" in said and "data/raw/coders.csv" in said
        assert ".;" not in said and ".." not in said


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Nobody has rated yet"), ("id", "Belum ada yang menilai")]
)
def test_where_nobody_has_rated_that_is_said(language, words, minimal: Collection):
    bare = replace(minimal, ratings=minimal.ratings.iloc[:0])
    assert who_rated(bare, labels(bare, language)).text.startswith(f"{words}: ")
