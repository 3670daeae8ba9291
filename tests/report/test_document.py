"""What a document about a case, or about the comparison, says; honest where little is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from report_support import as_text, rows, table, texts

import support
from cgutils.analysis.aggregate import AGGREGATIONS
from cgutils.analysis.alike import only_cases
from cgutils.analysis.crosswalk import through
from cgutils.analysis.options import CALIBRATIONS, MISSING_RULES, WEIGHTINGS, ScoringOptions
from cgutils.analysis.scoring import score
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError
from cgutils.exchange.out.blocks import Figure, Heading, Paragraph, Table
from cgutils.present.labels import Labels, labels
from cgutils.report.document import make_document
from cgutils.report.draft import Draft
from cgutils.report.methods import methods

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("case_id", ["alpha", ""])
def test_documents_read_as_recorded(made, language, case_id):
    recorded = SNAPSHOTS / f"{case_id or 'comparison'}-{language}.txt"
    assert as_text(made(language, case_id)) == recorded.read_text("utf-8")


def test_the_same_collection_gives_the_same_document():
    # Pictures included, in every format.
    one, other = (make_document(load_collection(support.MINIMAL), "id", "beta") for _ in range(2))
    assert one == other


def test_an_unknown_case_or_language_is_refused_with_those_that_exist(minimal):
    with pytest.raises(CgutilsError, match="case 'gamma' does not exist; choose one of alpha, beta"):
        make_document(minimal, "id", "gamma")
    with pytest.raises(CgutilsError, match="found 'fr'; allowed: en, id"):
        make_document(minimal, "fr")


def test_scores_are_those_of_the_analysis(made, minimal):
    shown = rows(table(made("en", "alpha"), "case-scores"))
    found = score(minimal).for_case("alpha").dimensions.to_dict("records")
    assert len(shown) == len(found)
    for row, scored in zip(shown, found, strict=True):
        assert row[1] == f"{scored['score']:.2f}" or row[1].startswith("–")
        assert row[2] == f"{scored['lower']:.2f}–{scored['upper']:.2f}"
        assert row[3] == f"{100 * scored['coverage']:.0f}%"


def test_numbers_of_a_spreadsheet_are_those_of_the_analysis(made, minimal):
    index = score(minimal).for_case("alpha").dimensions["score"].to_list()
    cells = [row[1] for row in table(made("id", "alpha"), "case-scores").rows]
    values = [cell.value for cell in cells]
    assert [value for value in values if value is not None] == [value for value in index if value == value]
    assert {cell.pattern for cell in cells if cell.value is not None} == {"0.00"}


def test_a_case_on_the_abstract_alone_is_marked_and_explained(made):
    own = made("id", "sampang", support.ROOT)
    for block in own.blocks:
        if isinstance(block, Table) and (
            "†" in block.title or any("†" in c.text for r in block.rows for c in r)
        ):
            assert any("Hanya abstrak" in note for note in block.notes), block.key
        if isinstance(block, Figure) and ("†" in block.title or "Sampang" in block.alt):
            assert any("Hanya abstrak" in note for note in block.notes), block.key


def test_every_table_and_figure_of_the_text_is_mentioned(made):
    own = made("id", "banjar", support.ROOT)
    end = next(n for n, b in enumerate(own.blocks) if isinstance(b, Heading) and b.text == "Daftar pustaka")
    said = " ".join(texts(own))
    for block in own.blocks[:end]:
        if isinstance(block, Table | Figure):
            assert own.label(block.key) in said, block.key


def test_indonesian_numbers_have_a_comma_and_english_ones_a_point(made):
    assert rows(table(made("id", "banjar", support.ROOT), "scores"))[0][1] == "0,78"
    assert rows(table(made("en", "banjar", support.ROOT), "scores"))[0][1] == "0.78"


def method(collection, options: ScoringOptions) -> str:
    draft = Draft(collection, labels(collection, "en"), options)
    methods(draft)
    return " ".join(
        part.text for block in draft.blocks if isinstance(block, Paragraph) for part in block.parts
    )


class TestMethod:
    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"calibration": "crisp"}, "crisp set: 0 → 0; 1 → 0; 2 → 1; 3 → 1"),
            ({"aggregation": "minimum"}, "The score of a dimension is the minimum of"),
            ({"index_aggregation": "median"}, "the process index is the weighted median of"),
            ({"weights": "equal_indicators"}, "(weight by number of indicators)"),
            ({"coverage_threshold": 0.75}, "below 75% the value is withheld"),
            ({"missing": "common_support"}, "Only indicators that are assessed in every case enter"),
            ({"coder": "ana"}, "The scores rest on the levels of ana alone."),
        ],
    )
    def test_it_follows_the_options(self, made, minimal, options, said):
        assert said in method(minimal, ScoringOptions(**options))
        assert said not in " ".join(texts(made("en")))

    def test_given_weights_are_named(self, minimal):
        names = [d.dimension_id for d in next(iter(minimal.frameworks.values())).dimensions if d.in_index]
        weights = {name: float(number) for number, name in enumerate(names, 1)}
        assert "given weights: " in method(minimal, ScoringOptions(weights=weights))


class TestIncompleteCase:
    @pytest.fixture
    def own(self, incomplete):
        return make_document(load_collection(incomplete), "id", "kota-x", pictures=())

    def test_intervals_stay_wide_and_low_coverage_withholds_the_value(self, own):
        shown = rows(table(own, "case-scores"))
        assert any(row[1] == "– ditahan" for row in shown)
        assert all(row[2] != "–" for row in shown)

    def test_what_is_not_there_is_told(self, own):
        said = [text for text in texts(own) if "tidak ada yang tercatat untuk kasus ini" in text]
        assert len(said) == 3
        assert not {"method", "actors", "figures-of-case"} & set(own.numbers)

    def test_one_coder_agrees_with_nobody(self, own):
        said = " ".join(texts(own))
        assert "kesepakatan antarpengode tidak dapat dihitung" in said
        assert "Alfa ordinal Krippendorff tidak terdefinisi: hanya satu pengode." in said
        assert [column.heading for column in table(own, "levels").columns][-1] == "Level yang ditetapkan"
        assert "agreement" not in own.numbers

    def test_no_work_is_listed_that_nothing_cites(self, own):
        said = " ".join(texts(own))
        assert "Manski, C. F." in said and "Tong, A." in said
        assert "Gwet, K. L." not in said and "Krippendorff, K." not in said

    def test_one_case_is_compared_with_none(self, own):
        assert any("Hanya ada satu kasus" in text for text in texts(own))
        assert "verdicts" not in own.numbers and "actors-by-type" not in own.numbers

    def test_the_comparison_alone_works_too(self, incomplete):
        own = make_document(load_collection(incomplete), "en", pictures=())
        assert any("There is one case" in text for text in texts(own))

    def test_nothing_assessed_at_all_is_no_crash(self, incomplete):
        path = incomplete / "data" / "raw" / "cases" / "kota-x" / "ratings.csv"
        head, *lines = path.read_text().splitlines()
        blank = [f"{line.split(',')[0]},siti,,,Nothing.," for line in lines]
        path.write_text("\n".join([head, *blank]) + "\n")
        own = make_document(load_collection(incomplete), "id", "kota-x", pictures=())
        assert any("tidak memiliki nilai tunggal (tidak dinilai)" in text for text in texts(own))
        assert {row[1] for row in rows(table(own, "case-scores"))} == {"– tidak dinilai"}


def test_a_case_is_compared_with_each_other_case_and_all_pairs_stand_in_the_comparison(made):
    own = table(made("id", "banjar", support.ROOT), "verdicts")
    assert all("Banjar" in (row[0], row[2]) for row in rows(own)) and len(rows(own)) == 12
    assert own.title == "Perbandingan Banjar dengan setiap kasus lain"
    everyone = table(made("id", "", support.ROOT), "verdicts")
    assert len(rows(everyone)) == 18 and len(everyone.groups) == 6


def test_every_choice_of_scoring_has_words_in_both_languages():
    keys = [f"calibration_{name}" for name in CALIBRATIONS] + [f"aggregation_{name}" for name in AGGREGATIONS]
    keys += [f"weights_{name}" for name in WEIGHTINGS] + [f"methods_missing_{name}" for name in MISSING_RULES]
    for language in ("en", "id"):
        for key in keys:
            assert Labels(language).term(key)


def test_a_list_in_a_cell_can_be_broken_over_lines(made):
    shown = rows(table(made("en", "sampang", support.ROOT), "method"))
    assert any(row[1] == "interview; observation; documentation" for row in shown)


def test_a_document_is_about_the_cases_of_one_codebook_and_says_which_it_leaves_out(minimal):
    mixed = support.joined(only_cases(minimal, ["alpha"]), only_cases(through(minimal, "other"), ["beta"]))
    for case_id, left in (("", "Beta"), ("alpha", "Beta"), ("beta", "Alpha")):
        said = as_text(make_document(mixed, "en", case_id, pictures=()))
        assert "Compared here: 1 of 2 cases" in said
        assert f"Left out, as another codebook was used for them: {left}" in said
        assert "There is one case" not in said


@pytest.mark.parametrize(
    ("language", "sentence", "group"),
    [
        ("en", "Over all cases of this codebook, ", "All cases of this codebook"),
        ("id", "Untuk semua kasus dengan buku kode ini, ", "Semua kasus dengan buku kode ini"),
    ],
)
def test_agreement_over_some_cases_is_not_called_that_over_all(minimal, language, sentence, group):
    mixed = support.joined(only_cases(minimal, ["alpha"]), only_cases(through(minimal, "other"), ["beta"]))
    for case_id in ("", "alpha"):
        own = make_document(mixed, language, case_id, pictures=())
        said = [text for text in texts(own) if text.startswith(sentence.split(" ")[0])]
        assert said[0].startswith(sentence)
        groups = [line for line in table(own, "agreement").lines() if isinstance(line, str)]
        assert groups[0] == group


def test_a_case_without_levels_forms_no_pair_and_has_no_section_on_robustness(minimal):
    ratings = minimal.ratings.copy()
    ratings.loc[ratings["case_id"] == "beta", "level"] = pd.NA
    blank = replace(
        minimal, ratings=ratings, adjudication=minimal.adjudication[minimal.adjudication["case_id"] != "beta"]
    )
    for case_id in ("", "alpha", "beta"):
        said = as_text(make_document(blank, "en", case_id, pictures=()))
        assert "No coder has given a level to Beta yet" in said
        assert "Over all cases, " in said
        assert "No two cases that are coded by the same codebook have levels" in said
        assert "specifications" not in said


def test_only_cases_with_levels_have_a_section_on_robustness(minimal):
    beta = minimal.cases["beta"]
    new = replace(minimal, cases={**minimal.cases, "gamma": beta.model_copy(update={"case_id": "gamma"})})
    for case_id, there in (("alpha", True), ("", True), ("gamma", False)):
        said = as_text(make_document(new, "en", case_id, pictures=()))
        assert ("# Robustness of the comparison" in said) == there
