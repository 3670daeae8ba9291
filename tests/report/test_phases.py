"""Documents about cases with phases: the section on them, and every rating in the appendix."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from report_support import as_text, rows, table, texts

from cgutils.analysis.trajectory import phase_changes, trajectory
from cgutils.data.collection import load_collection
from cgutils.exchange.out.blocks import Figure, Heading, Table
from cgutils.present.labels import labels
from cgutils.report.annotations import annotations_json
from cgutils.report.document import make_document
from cgutils.report.exporting import Wish, export, file_name
from support import MINIMAL, copy_of, with_phases

HEADING = {"en": "Phase by phase", "id": "Dari fase ke fase"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return with_phases(copy_of(MINIMAL, tmp_path_factory.mktemp("phases")))


def headings(document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Heading)]


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_document_about_the_case_has_a_section_on_its_phases(project: Path, language: str) -> None:
    collection = load_collection(project)
    document = make_document(collection, language, "alpha", pictures=())
    assert HEADING[language] in headings(document)
    words = labels(collection, language)
    found = trajectory(collection)
    scores = rows(table(document, "phases"))
    assert len(scores) == len(found)
    assert scores[0][0] == words.phase("alpha", "before")
    assert len(rows(table(document, "changes"))) == len(phase_changes(found))
    (drawn,) = (b for b in document.blocks if isinstance(b, Figure) and b.key == "phases-figure")
    assert words.phase("alpha", "during") in drawn.alt and "alpha" in drawn.title.casefold()
    said = "\n".join(texts(document))
    assert "“During” against “Before”" in said or "“Selama” terhadap “Sebelum”" in said


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_case_without_phases_has_no_such_section(project: Path, language: str) -> None:
    document = make_document(load_collection(project), language, "beta", pictures=())
    assert HEADING[language] not in headings(document)
    words = labels(load_collection(project), language)
    assert words.term("phase") not in {column.heading for column in table(document, "ratings").columns}


def test_the_comparison_shows_the_phases_of_the_cases_that_have_them(project: Path) -> None:
    document = make_document(load_collection(project), "en", pictures=())
    assert HEADING["en"] in headings(document)
    assert "Alpha is rated at 3 phases: Before, During, After." in as_text(document)


def test_every_rating_of_every_phase_is_annotated(project: Path) -> None:
    collection = load_collection(project)
    document = make_document(collection, "en", "alpha", pictures=())
    said = texts(document)
    for phase in ("Before", "During", "After"):
        for coder in ("ana", "budi"):
            assert sum(line.startswith(f"{coder}, {phase} – ") for line in said) == 4
    assert sum(line.startswith("Adjudicated, During") for line in said) == 1
    assert [row[0] for row in rows(table(document, "ratings"))] == [
        phase for phase in ("Before", "During", "After") for _ in range(8)
    ]


def test_annotations_of_phases_have_ids_of_their_own(project: Path) -> None:
    found = json.loads(annotations_json(load_collection(project), "en", "alpha"))
    items = found["first"]["items"]
    assert len({item["id"] for item in items}) == len(items) == 5 + 24 + 2
    tags = [
        {body["value"] for body in item["body"] if body["purpose"] == "tagging"}
        for item in items
        if item["motivation"] == "assessing"
    ]
    for phase, count in (("before", 8), ("during", 9), ("after", 9)):
        assert sum(phase in own for own in tags) == count


@pytest.mark.parametrize("case_id", ["alpha", "beta", ""])
@pytest.mark.parametrize("language", ["en", "id"])
def test_who_rated_and_whether_they_agree_is_told_of_the_same_phase(
    project: Path, language: str, case_id: str
) -> None:
    whole = load_collection(project)
    both = "\n".join(texts(make_document(whole, language, case_id, pictures=())))
    words = labels(whole, language)
    terms = [f"methods_{name}" for name in ("one_coder", "one_coder_a_case", "one_coder_at_last")]
    one, each, last = map(words.term, terms)
    units = words.term("methods_units_at_last")
    assert units in both and not any(sentence in both for sentence in (one, each, last))
    # Budi rated the earlier phases alone.
    alone = whole.ratings[whole.ratings["coder_id"] == "ana"].reset_index(drop=True)
    document = make_document(replace(whole, ratings=alone), language, case_id, pictures=())
    said = "\n".join(texts(document))
    assert "ana, budi" in said and last in said
    assert not any(sentence in said for sentence in (one, each, units))


def test_below_a_table_stand_those_who_rated_the_phase_that_it_shows(project: Path) -> None:
    whole = load_collection(project)
    alone = replace(whole, ratings=whole.ratings[whole.ratings["coder_id"] == "ana"].reset_index(drop=True))
    document = make_document(alone, "en", "alpha", pictures=())
    notes = {
        block.key: [note for note in block.notes if "readings of the sources by" in note]
        for block in (*document.blocks, *document.registers)
        if isinstance(block, Figure | Table)
    }
    both = {key for key, said in notes.items() if said and "budi" in said[0]}
    assert both == {"phases", "phases-figure", "changes", "ratings"}
    assert {key for key, said in notes.items() if said} > {*both, "levels", "case-scores", "case-profile"}


@pytest.mark.parametrize(
    ("language", "unrated", "fragments"),
    [
        ("en", "No coder has rated what is shown here", ("by not rated", "by any coder", "by ,", "by: .")),
        (
            "id",
            "Yang ditampilkan di sini belum dinilai oleh pengode mana pun",
            ("oleh tidak", ": ."),
        ),
    ],
)
@pytest.mark.parametrize("case_id", ["alpha", ""])
def test_where_nobody_rated_the_last_phase_that_is_said(
    project: Path, language: str, unrated: str, fragments: tuple[str, ...], case_id: str
) -> None:
    whole = load_collection(project)
    empty = replace(whole, ratings=whole.ratings.iloc[:0], adjudication=whole.adjudication.iloc[:0])
    document = make_document(empty, language, case_id, pictures=())
    shown = [b for b in (*document.blocks, *document.registers) if isinstance(b, Figure | Table)]
    notes = {block.key: " ".join(block.notes) for block in shown}
    assert unrated in notes["case-scores" if case_id else "scores"]
    assert unrated not in notes["phases"] and "budi" in notes["phases"]
    assert not any(fragment in as_text(document) for fragment in fragments)


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [("en", "No coder has rated yet.", "Rated by"), ("id", "Belum ada pengode yang menilai.", "Penilai:")],
)
def test_where_nobody_rated_at_all_the_method_says_so(minimal, language: str, said: str, never: str) -> None:
    empty = replace(minimal, ratings=minimal.ratings.iloc[:0], adjudication=minimal.adjudication.iloc[:0])
    shown = "\n".join(texts(make_document(empty, language, "alpha", pictures=())))
    assert said in shown and never not in shown


def test_one_coder_is_said_to_be_one_only_where_nobody_else_rated(project: Path) -> None:
    whole = load_collection(project)
    words = labels(whole, "en")
    own = {"alpha": "ana", "beta": "budi"}
    mine = whole.ratings["coder_id"] == whole.ratings["case_id"].map(own)
    nothing = whole.earlier_ratings.iloc[:0]
    for ratings, expected in (
        (whole.ratings[mine], "methods_one_coder_a_case"),
        (whole.ratings[whole.ratings["coder_id"] == "ana"], "methods_one_coder"),
    ):
        collection = replace(whole, ratings=ratings.reset_index(drop=True), earlier_ratings=nothing)
        said = "\n".join(texts(make_document(collection, "en", pictures=())))
        assert words.term(expected) in said


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_word_document_with_phases(project: Path, language: str, tmp_path: Path) -> None:
    wish = Wish("docx", language, "alpha")
    (path,) = export(load_collection(project), wish, tmp_path / file_name(wish))
    first = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        text = archive.read("word/document.xml").decode("utf-8")
        pictures = [name for name in archive.namelist() if name.startswith("word/media/")]
    assert HEADING[language] in text and len(pictures) >= 3
    export(load_collection(project), wish, path, overwrite=True)
    assert path.read_bytes() == first
