"""The few numbers behind each sentence, and that each sentence finds all of its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from string import Formatter
from typing import Any

import pandas as pd
import pytest

from cgutils.analysis.comparison import compare
from cgutils.analysis.consensus import coder_levels
from cgutils.analysis.context import partners, turnout, untouched_indicators
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.analysis.scoring import score
from cgutils.analysis.summaries import (
    case_summary,
    codebook_summary,
    disagreement_summary,
    grid_summary,
    level_summary,
    of_case,
    partner_summary,
    rates_summary,
    reached_summary,
    turnout_change,
    verdict_summary,
)
from cgutils.analysis.tracing import trace
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.present.labels import labels
from cgutils.present.prose import say, sentences
from support import ROOT, collection, framework

CODEBOOK = framework({"setting": 3, "process": 2, "outcomes": 1})
ANA = [2, 1, None, 0, None, 3]
BUDI = [2, 2, 1, 0, None, 3]


@pytest.fixture(scope="module")
def made() -> Collection:
    levels = {"one": {"ana": ANA, "budi": BUDI}, "two": {"ana": [3] * 6}}
    return collection(CODEBOOK, levels, {("one", "setting_2"): 2, ("one", "setting_1"): 2})


def test_the_rows_of_one_case() -> None:
    frame = pd.DataFrame({"case_id": ["b", "a", "b"], "x": [1, 2, 3]}, index=[5, 6, 7])
    pd.testing.assert_frame_equal(of_case(frame, "b"), pd.DataFrame({"x": [1, 3]}))
    assert of_case(frame, "b", keep=True)["case_id"].tolist() == ["b", "b"]
    assert of_case(frame, "c").empty
    assert frame["case_id"].tolist() == ["b", "a", "b"]


def test_a_case_in_numbers(made: Collection) -> None:
    scores = score(made)
    found = case_summary(made, scores, "one")
    # Of the five process indicators three are settled: 2, 2 (adjudicated) and 0; setting_3 is disputed.
    assert {key: found[key] for key in list(found)[:6]} == {
        "case_id": "one",
        "framework": "made-up (1.0)",
        "evidence": 6,
        "coders": 2,
        "assessed": 3,
        "indicators": 5,
    }
    row = scores.index[scores.index["case_id"] == "one"].iloc[0]
    for name in ("coverage", "score", "lower", "upper"):
        assert found[name] == pytest.approx(row[name], nan_ok=True)
    assert case_summary(made, scores, "two")["coders"] == 1


def test_a_case_that_was_not_scored(made: Collection) -> None:
    with pytest.raises(CgutilsError) as caught:
        case_summary(made, score(made), "three")
    assert str(caught.value) == "case 'three' was not scored; there are one, two."


def test_a_level_in_numbers(minimal: Collection) -> None:
    found = trace(minimal, "alpha", minimal.frameworks["mini"].indicators[0].indicator_id)
    summary = level_summary(found)
    by_coder = found.ratings.set_index("coder_id")["level"]
    assert summary["levels"] == [by_coder[coder] for coder in sorted(by_coder.index)]
    assert (summary["level"], summary["membership"]) == (found.level, found.membership)
    assert summary["indicator_id"] == found.indicator_id and summary["status"] == found.status


def test_the_levels_stand_in_the_order_of_the_coders(minimal: Collection) -> None:
    found = trace(minimal, "beta", minimal.frameworks["mini"].indicators[-1].indicator_id)
    turned = found.ratings.iloc[::-1]
    object.__setattr__(found, "ratings", turned)
    expected = turned.set_index("coder_id")["level"]
    assert level_summary(found)["levels"] == [expected["ana"], expected["budi"]]
    assert expected["ana"] != expected["budi"]


def test_disagreements_in_numbers(made: Collection) -> None:
    # setting_2 is settled, setting_3 is not; setting_1 was settled though the coders agree.
    assert disagreement_summary(coder_levels(made)) == {"units": 12, "disagreements": 2, "settled": 1}


def test_verdicts_in_numbers() -> None:
    found = ["higher", "indistinguishable", "lower", "indistinguishable", "higher", "not_comparable"]
    assert verdict_summary(pd.DataFrame({"verdict": found})) == {
        "pairs": 6,
        "decided": 3,
        "open": 2,
        "not_comparable": 1,
    }


def test_a_codebook_in_numbers() -> None:
    assert codebook_summary(CODEBOOK) == {
        "framework": "made-up",
        "dimensions": 2,
        "indicators": 5,
        "beside": 1,
    }


def test_the_change_of_turnout_is_that_of_years_even_where_none_was_computed() -> None:
    frame = pd.DataFrame({"period": ["2018", "2024"], "computed": [float("nan"), 71.5]})
    found = turnout_change(frame)
    assert (found["first_year"], found["last_year"], found["last"]) == ("2018", "2024", 71.5)
    assert pd.isna(found["first"]) and pd.isna(found["difference"])


def test_the_change_of_turnout_is_from_first_to_last() -> None:
    frame = pd.DataFrame({"period": ["2024", "2024", "2018"], "computed": [71.5, 71.5, 80.75]})
    assert turnout_change(frame) == {
        "first_year": "2018",
        "first": 80.75,
        "last_year": "2024",
        "last": 71.5,
        "difference": -9.25,
    }


def test_partners_in_numbers(minimal: Collection) -> None:
    assert partner_summary(partners(minimal)) == {"named": 7, "stated": 10, "rest": 3}


def test_rates_in_numbers() -> None:
    found = rates_summary(pd.Series([60.0, 90.0, 75.0]), 70)
    assert found == {"n": 3, "sum": 225.0, "low": 60.0, "high": 90.0, "mean": 75.0, "overall": 70.0}


def test_what_recommendations_reach() -> None:
    rows = [
        ("a", True, "primary"),
        ("b", True, "secondary"),
        ("c", True, "none"),
        ("d", True, "primary"),
        ("o", False, "primary"),
        ("p", False, "none"),
    ]
    frame = pd.DataFrame(rows, columns=["indicator_id", "in_index", "reached"])
    assert reached_summary(frame) == {"primary": 2, "process": 4, "secondary": ["b"], "none": ["c", "p"]}


SENTENCES: dict[str, Callable[[Collection], dict[str, Any]]] = {
    "case_intro": lambda real: case_summary(real, score(real), "banjar"),
    "worked_level": lambda real: level_summary(trace(real, "sampang", "dedicated_forum")),
    "codebook": lambda real: codebook_summary(real.framework_of("banjar")),
    "settled": lambda real: disagreement_summary(coder_levels(real)),
    "verdicts": lambda real: verdict_summary(compare(real, score(real))),
    "turnout": lambda real: turnout_change(turnout(real, "banjar")),
    "partners": lambda real: partner_summary(partners(real)),
    "partners_other_reading": lambda real: partner_summary(partners(real)),
    "rates_within": lambda _: rates_summary(pd.Series([60.0, 90.0]), 75.0),
    "grid_size": lambda real: grid_summary(specification_grid(real)),
    "reached": lambda real: reached_summary(untouched_indicators(real)),
}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_summary_fills_its_sentence_in_both_languages(key: str, real: Collection) -> None:
    values = SENTENCES[key](real)
    said = {language: say(labels(real, language), key, **values).text for language in ("en", "id")}
    assert said["en"] != said["id"]
    for text in said.values():
        assert not re.search(r"\bnan\b", text, re.IGNORECASE) and "<NA>" not in text and "{" not in text
    assert {name for _, name, _, _ in Formatter().parse(sentences()[key]["en"]) if name} == set(values)


def test_the_sentences_without_a_summary_are_known() -> None:
    # Those of exported documents are filled where the documents are put together.
    report = "".join(path.read_text("utf-8") for path in (ROOT / "src" / "cgutils" / "report").glob("*.py"))
    exported = {key for key in sentences() if f'"{key}"' in report}
    # Those of findings and phases are filled in `cgutils.present`, that of frameworks by the notebook.
    present = ROOT / "src" / "cgutils" / "present"
    findings = "".join((present / f"{name}.py").read_text("utf-8") for name in ("statements", "phases"))
    stated = {key for key in sentences() if f'"{key}"' in findings or key.startswith("pair_")}
    rest = set(sentences()) - set(SENTENCES) - exported - stated
    assert rest == {
        *("worked_dimension", "worked_open", "who_rated", "nobody_rated", "framework_pair", "bring_in"),
    }
