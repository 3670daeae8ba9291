"""The annotated ratings, the checklist and the machine-readable annotations."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from report_support import rows, table, texts

import support
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError
from cgutils.report.annotations import _id, annotations_json
from cgutils.report.coreq import AUTHOR, REFLEXIVITY, answer, checklist
from cgutils.report.draft import Draft


@pytest.fixture(scope="module")
def banjar(real):
    return json.loads(annotations_json(real, "id", "banjar"))


class TestAnnotatedRatings:
    def test_every_rating_of_the_case_stands_with_its_reason_and_evidence(self, made, real):
        said = texts(made("id", "banjar", support.ROOT))
        ratings = real.ratings[real.ratings["case_id"] == "banjar"]
        for row in ratings.to_dict("records"):
            reason = row["rationale"].rstrip(".")
            (line,) = [
                text for text in said if f"{reason}. Bukti: " in text and text.startswith(row["coder_id"])
            ]
            assert all(item in line for item in row["evidence_ids"])

    def test_every_item_has_note_place_excerpt_and_access(self, made, real):
        said = texts(made("id", "banjar", support.ROOT))
        evidence = real.evidence[real.evidence["case_id"] == "banjar"]
        assert len(evidence) > 50
        for row in evidence.to_dict("records"):
            (line,) = [text for text in said if text.startswith(f"{row['evidence_id']} (")]
            assert row["summary_id"].rstrip(".") in line
            assert row["locator"].split(";")[0] in line and "banjar_2025" in line
            assert "Kutipan: tidak dimuat" in line and "Akses: dapat dilacak dengan sidik teks." in line

    def test_access_counts_what_can_be_located(self, incomplete):
        from cgutils.report.document import make_document

        own = make_document(load_collection(incomplete), "en", "kota-x", pictures=())
        (said,) = [text for text in texts(own) if text.startswith("Access:")]
        assert "Of 9 items, 0 have a fingerprint" in said and "for 9 it is withheld on purpose" in said

    def test_registers_hold_all_rows(self, made, real):
        own = made("en", "banjar", support.ROOT)
        assert len(rows(table(own, "ratings"))) == (real.ratings["case_id"] == "banjar").sum()
        assert len(rows(table(own, "evidence"))) == (real.evidence["case_id"] == "banjar").sum()


class TestDrafts:
    """Evidence that an import left: where it stands is known, and nothing else."""

    @pytest.fixture
    def drafted(self, project):
        path = project / "data" / "raw" / "cases" / "alpha" / "evidence.csv"
        draft = 'alpha-006,trust,,,alpha_2024,,,"kota-x L3-L5;L40",,,,\n'
        path.write_text(path.read_text(encoding="utf-8") + draft, encoding="utf-8")
        return load_collection(project)

    @pytest.mark.parametrize("language", ["en", "id"])
    def test_what_is_blank_is_a_dash(self, drafted, language):
        from cgutils.report.document import make_document

        own = make_document(drafted, language, "alpha", pictures=())
        (line,) = [text for text in texts(own) if text.startswith("alpha-006 (")]
        note = {"en": "Analytic note", "id": "Catatan analitis"}[language]
        assert line.startswith(f"alpha-006 (–, –). {note}: –. ")
        assert "alpha_2024, " in line and "kota-x L3-L5, L40" in line

    def test_a_draft_counts_neither_for_nor_against(self, drafted, made):
        from cgutils.report.document import make_document

        own = [make_document(drafted, "en", "alpha", pictures=()), made("en", "alpha")]
        minor = [{row[0]: row[3] for row in rows(table(document, "checklist"))}["32"] for document in own]
        assert minor[0] == minor[1] and minor[0].startswith("Evidence that hinders, is mixed or overruled: ")

    def test_annotations_have_no_empty_tag(self, drafted):
        made = json.loads(annotations_json(drafted, "en", "alpha"))
        assert model_problems(made) == []
        (item,) = [
            item for item in made["first"]["items"] if any("alpha-006" in b["value"] for b in item["body"])
        ]
        tags = [body["value"] for body in item["body"] if body["purpose"] == "tagging"]
        assert tags == ["alpha", "trust"]
        assert not any(body["purpose"] == "describing" for body in item["body"])

    def test_a_kebab_source_of_a_locator_is_the_target(self, drafted):
        made = json.loads(annotations_json(drafted, "en", "alpha"))
        (item,) = [
            item for item in made["first"]["items"] if any("alpha-006" in b["value"] for b in item["body"])
        ]
        first, second = item["target"]
        assert first["selector"]["value"] == "line=2,5" and second["selector"]["value"] == "line=39,40"
        assert first["source"] == _id("source", "kota-x")
        assert second["source"] == _id("source", "alpha_2024")


class TestChecklist:
    def test_it_has_the_thirty_two_items_in_both_languages(self):
        items = checklist()["items"]
        assert [item["number"] for item in items] == list(range(1, 33))
        assert all(item["en"] and item["id"] and item["en"] != item["id"] for item in items)
        assert [domain["first"] for domain in checklist()["domains"]] == [1, 9, 24]

    def test_reflexivity_is_never_filled_in_whatever_the_list_says(self, real):
        from cgutils.analysis.options import ScoringOptions
        from cgutils.present.labels import labels

        draft = Draft(real, labels(real, "en"), ScoringOptions(), "banjar")
        for number in REFLEXIVITY:
            assert answer(draft, {"number": number, "fill": "coders"}) == (AUTHOR, "")
        assert answer(draft, {"number": 24, "fill": "coders"})[0] == "filled"

    def test_the_author_finds_empty_entries_and_the_data_real_ones(self, made):
        shown = {row[0]: row for row in rows(table(made("en", "banjar", support.ROOT), "checklist"))}
        for number in (*REFLEXIVITY, 11, 13, 22, 23, 28):
            assert shown[str(number)][2:] == ["Author fills in", ""]
        assert shown["24"][3] == "Coders: 2 (coder-1, coder-2 (machine-assisted reading))."
        assert shown["12"][3].startswith("Informants stated: 8 (")
        assert shown["25"][3].startswith("5 dimensions, 18 indicators")

    def test_what_the_data_do_not_hold_is_left_to_the_author(self, incomplete):
        from cgutils.report.document import make_document

        own = make_document(load_collection(incomplete), "en", "kota-x", pictures=())
        shown = {row[0]: row for row in rows(table(own, "checklist"))}
        assert {shown[number][2] for number in ("10", "12", "16")} == {"Author fills in"}
        assert shown["30"][3].startswith("Ratings with a level that cite evidence: 9 of 9")

    def test_not_told_is_not_none(self, made):
        shown = {row[0]: row for row in rows(table(made("en", "sampang", support.ROOT), "checklist"))}
        assert shown["16"][3].startswith("Actors named: 8; whether they were interviewed is not told.")

    def test_the_counts_of_the_introduction_are_those_of_the_table(self, made):
        own = made("en", "banjar", support.ROOT)
        states = [row[2] for row in rows(table(own, "checklist"))]
        (said,) = [text for text in texts(own) if text.startswith("The checklist has")]
        for state in ("From the data", "Complete it", "Author fills in"):
            assert str(states.count(state)) in said


MOTIVATIONS = {
    *("assessing", "bookmarking", "classifying", "commenting", "describing", "editing", "highlighting"),
    *("identifying", "linking", "moderating", "questioning", "replying", "tagging"),
}
# What the model asks of each class, and what else of its terms is used here: required, then optional.
MODEL = {
    "AnnotationCollection": ({"id", "type", "total", "first"}, {"@context", "label", "summary"}),
    "AnnotationPage": ({"id", "type", "items", "partOf"}, {"startIndex"}),
    "Annotation": ({"id", "type", "target"}, {"body", "motivation", "creator"}),
    "TextualBody": ({"type", "value"}, {"purpose", "format", "language"}),
    "SpecificResource": ({"type", "source"}, {"selector"}),
    "FragmentSelector": ({"type", "value"}, {"conformsTo"}),
    "Person": ({"type"}, {"id", "name"}),
    "Software": ({"type"}, {"id", "name"}),
}
IRI = re.compile(r"(urn:uuid:[0-9a-f-]{36}|https?://\S+)")


def listed(value):
    return value if isinstance(value, list) else [value]


def node_problems(node, *kinds):
    """Hold one node against the W3C Web Annotation model, without a context from the web."""
    kind = node.get("type")
    if kind not in kinds:
        return [f"{' or '.join(kinds)}: no type of these ({kind})"]
    required, optional = MODEL[kind]
    problems = [f"{kind}: no {name}" for name in sorted(required - set(node))]
    problems += [f"{kind}: {name} is no term" for name in sorted(set(node) - required - optional)]
    for name in ("id", "source", "conformsTo"):
        if name in node and not IRI.fullmatch(node[name]):
            problems.append(f"{kind}: {name} {node[name]!r} is no IRI")
    for name in ("purpose", "motivation"):
        problems += [
            f"{kind}: {name} {said}" for said in listed(node.get(name, [])) if said not in MOTIVATIONS
        ]
    if kind == "TextualBody" and not (isinstance(node.get("value"), str) and node["value"]):
        problems.append("TextualBody: value is no text")
    return problems


def model_problems(made):
    """Hold a collection of annotations against the model."""
    problems = node_problems(made, "AnnotationCollection")
    contexts = listed(made.get("@context", []))
    if contexts[:1] != ["http://www.w3.org/ns/anno.jsonld"]:
        problems.append("@context: the standard one is not the first")
    own = {name for context in contexts[1:] for name in context}
    if ("summary" in made) != ("summary" in own):
        problems.append("@context: summary is not told")
    page = made["first"]
    problems += node_problems(page, "AnnotationPage")
    if page.get("partOf") != made["id"]:
        problems.append("AnnotationPage: partOf is not the collection")
    if made["total"] != len(page["items"]):
        problems.append("AnnotationCollection: total is not the number of items")
    known = {item["id"] for item in page["items"]}
    for item in page["items"]:
        problems += annotation_problems(item, known)
    return problems


def annotation_problems(item, known):
    problems = node_problems(item, "Annotation")
    for body in listed(item.get("body", [])):
        problems += node_problems(body, "TextualBody")
    if "creator" in item:
        problems += node_problems(item["creator"], "Person", "Software")
    for target in listed(item.get("target", [])):
        if isinstance(target, dict):
            problems += node_problems(target, "SpecificResource")
            if "selector" in target:
                problems += node_problems(target["selector"], "FragmentSelector")
        elif not IRI.fullmatch(target) or (len(item["target"]) > 1 and target not in known):
            # Of several, all are items of evidence, which are annotations of this collection.
            problems.append(f"{item['id']}: target {target}, which nothing has")
    return problems


class TestWebAnnotations:
    def test_there_is_one_for_each_item_rating_and_settlement(self, banjar, real):
        own = [
            frame[frame["case_id"] == "banjar"] for frame in (real.evidence, real.ratings, real.adjudication)
        ]
        items = banjar["first"]["items"]
        assert banjar["total"] == len(items) == sum(map(len, own))
        assert len({item["id"] for item in items}) == len(items)

    def test_a_rating_points_to_the_annotations_of_its_evidence(self, banjar):
        items = banjar["first"]["items"]
        evidence = {item["id"] for item in items if item["motivation"] == "describing"}
        assessing = [item for item in items if item["motivation"] == "assessing"]
        assert assessing and all(
            set(item["target"]) <= evidence for item in assessing if len(item["target"]) > 1
        )
        assert {item["creator"]["type"] for item in assessing if "creator" in item} == {"Software"}

    def test_lines_are_counted_as_the_standard_counts_them(self, banjar):
        first = banjar["first"]["items"][0]
        # banjar-001 stands in lines 218, 226, 240 and 294.
        assert [target["selector"]["value"] for target in first["target"]] == [
            "line=217,218",
            "line=225,226",
            "line=239,240",
            "line=293,294",
        ]

    def test_a_range_ends_after_its_last_line(self, minimal):
        items = json.loads(annotations_json(minimal, "en", "alpha"))["first"]["items"]
        (item,) = [i for i in items if any("alpha-003" in body["value"] for body in i["body"])]
        assert [target["selector"]["value"] for target in item["target"]] == ["line=19,22"]

    def test_every_part_has_what_the_standard_asks_for(self, banjar, minimal):
        whole = json.loads(annotations_json(minimal, "en"))
        for made in (banjar, whole):
            assert model_problems(made) == []

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (lambda made: made.pop("@context"), "@context"),
            (lambda made: made.update(total=3), "total"),
            (lambda made: made.update(notes="x"), "AnnotationCollection: notes is no term"),
            (lambda made: made["first"].update(partOf="urn:uuid:x"), "partOf"),
            (lambda made: made["first"]["items"][0].pop("target"), "Annotation: no target"),
            (lambda made: made["first"]["items"][0].update(motivation="rating"), "motivation"),
            (lambda made: made["first"]["items"][0].update(id="no iri"), "Annotation: id"),
            (lambda made: made["first"]["items"][0]["body"][0].pop("value"), "TextualBody: no value"),
            (lambda made: made["first"]["items"][0]["body"][0].update(purpose="x"), "purpose"),
            (
                lambda made: made["first"]["items"][0]["target"][0].pop("source"),
                "SpecificResource: no source",
            ),
            (lambda made: made["first"]["items"][0]["target"][0]["selector"].pop("type"), "no type"),
            (lambda made: made["first"]["items"][-1].update(target=["urn:uuid:lost"]), "nothing has"),
        ],
    )
    def test_the_check_of_the_standard_finds_what_is_wrong(self, spoil, said, banjar):
        made = json.loads(json.dumps(banjar))
        spoil(made)
        assert any(said in problem for problem in model_problems(made))

    def test_a_level_without_evidence_is_about_the_source(self, minimal):
        items = json.loads(annotations_json(minimal, "en", "alpha"))["first"]["items"]
        blank = [i for i in items if any(body["value"] == "not assessed" for body in i["body"])]
        assert len(blank) == 2 and all(len(item["target"]) == 1 for item in blank)

    def test_all_cases_without_a_name_and_the_same_bytes_twice(self, minimal):
        whole = annotations_json(minimal, "id")
        assert whole == annotations_json(minimal, "id")
        parts = [json.loads(annotations_json(minimal, "id", case))["total"] for case in minimal.cases]
        assert json.loads(whole)["total"] == sum(parts)
        with pytest.raises(CgutilsError, match="case 'x' does not exist"):
            annotations_json(minimal, "id", "x")

    def test_what_json_cannot_hold_is_left_out(self, minimal):
        ratings = minimal.ratings.assign(rationale="a\x00b\ud800c")
        text = annotations_json(replace(minimal, ratings=ratings), "en").decode("utf-8")
        assert '"value": "abc"' in text
