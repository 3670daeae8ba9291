"""Importing coded segments into a case: what is decided, made, kept, left alone."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from qda_support import NVIVO, SPECIFIED, TAGUETTE, Mark, QualCoder, Text, guid, marks_of, qdpx

from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.project import find_project
from cgutils.exchange.fingerprints import make_fingerprint
from cgutils.exchange.qda.importing import Options, import_segments
from cgutils.exchange.qda.report import Report, report_json, report_lines
from cgutils.exchange.register import write_fingerprints
from cgutils.present.labels import LANGUAGES, Labels
from support import snapshot

MET, LATE = "Members met before", "Money came late, twice, and everybody in the meeting knew that it was so."
WORDS = f"{MET}. 🤝\n{LATE}\nTalks."
CODES = {
    "S1 Trust": "",
    "enabling": "S1 Trust",
    "S2 Means": "",
    "Direction": "",
    "hindering": "Direction",
    "fact": "",
}
MARKS = [
    *marks_of(
        WORDS, MET, code="enabling", coder="Ana Putri", memo="en: They had met.\nid: Mereka pernah bertemu."
    ),
    *marks_of(WORDS, LATE, code="S2 Means", coder="budi"),
    *marks_of(WORDS, LATE, code="hindering", coder="budi"),
    *marks_of(WORDS, LATE, code="fact", coder="budi"),
]


@pytest.fixture
def file(tmp_path) -> Path:
    """A project of NVivo with two passages."""
    return qdpx(tmp_path / "study.qdpx", NVIVO, {"interview 1": Text(WORDS, MARKS)}, codes=CODES)


def run(project: Path, path: Path, case: str = "alpha", **options) -> Report:
    return import_segments(find_project(project), path, case, Options(**options))


def refused(project: Path, path: Path, **options) -> list[str]:
    """What is said; no table of the project changes."""
    before = snapshot(project)
    with pytest.raises(CgutilsError) as caught:
        run(project, path, **options)
    assert snapshot(project) == before
    return str(caught.value).splitlines()


def rows(project: Path, name: str) -> list[dict[str, str]]:
    text = (project / "data/raw" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def table(project: Path, name: str, change) -> None:
    path = project / "data/raw" / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


EVIDENCE, ITEMS = "cases/alpha/evidence.csv", "cases/alpha/coder_items.csv"


def test_passages_become_evidence_with_what_codes_and_comments_say(project, file) -> None:
    before = (project / "data/raw" / EVIDENCE).read_text(encoding="utf-8")
    report = run(project, file)
    assert (project / "data/raw" / EVIDENCE).read_text(encoding="utf-8").startswith(before)
    assert [{k: v for k, v in row.items() if v} for row in rows(project, EVIDENCE)[5:]] == [
        {
            "evidence_id": "alpha-006",
            "indicator_id": "trust",
            "direction": "enabling",
            "source_id": "alpha_2024",
            "locator": "L1",
            "summary_en": "They had met.",
            "summary_id": "Mereka pernah bertemu.",
        },
        {
            "evidence_id": "alpha-007",
            "indicator_id": "means",
            "direction": "hindering",
            "kind": "fact",
            "source_id": "alpha_2024",
            "locator": "L2",
        },
    ]
    assert [(row["coder_id"], row["evidence_id"], row["change"]) for row in rows(project, ITEMS)[3:]] == [
        ("ana-putri", "alpha-006", "kept"),
        ("budi", "alpha-007", "kept"),
    ]
    new = rows(project, "coders.csv")[-1]
    assert (new["coder_id"], new["kind"]) == ("ana-putri", "human") and "NVivo 12" in new["description_en"]
    assert (report.n_segments, report.n_items, report.new) == (4, 2, ["alpha-006", "alpha-007"])
    assert report.coders == ["ana-putri"]
    assert {k: n for k, n in report.blanks.items() if n} == {"kind": 1, "summary_en": 1, "summary_id": 1}


def test_the_collection_loads_afterwards_and_the_check_lists_what_is_blank(project, file) -> None:
    run(project, file)
    collection = load_collection(project)
    notes = {note.column: note.found for note in collection.notes if note.file.endswith("alpha/evidence.csv")}
    assert notes["kind"] == "1 blank cell, row 7" and notes["summary_en"] == "1 blank cell, row 8"
    assert len(collection.evidence) == 12 and len(collection.ratings) == 16


def test_importing_twice_changes_nothing(project, file, tmp_path) -> None:
    keep = tmp_path / "kept.csv"
    run(project, file, keep_text=keep)
    before, kept = snapshot(project), keep.read_bytes()
    report = run(project, file, keep_text=keep)
    assert snapshot(project) == before and keep.read_bytes() == kept
    assert (report.new, report.known, report.filled, report.written) == (
        [],
        ["alpha-006", "alpha-007"],
        [],
        [],
    )


def test_what_people_wrote_stays_and_only_blanks_are_filled(project, file, tmp_path) -> None:
    bare = [Mark(mark.start, mark.end, "S1 Trust", "Ana Putri") for mark in MARKS[:1]]
    first = qdpx(tmp_path / "first.qdpx", NVIVO, {"interview 1": Text(WORDS, bare)}, codes=CODES)
    run(project, first)
    table(
        project, EVIDENCE, lambda text: text.replace("alpha-006,trust,,", "alpha-006,trust,mixed,judgement")
    )
    report = run(project, file)
    row = rows(project, EVIDENCE)[5]
    assert (row["direction"], row["kind"]) == ("mixed", "judgement")
    assert (row["summary_en"], row["summary_id"]) == ("They had met.", "Mereka pernah bertemu.")
    assert report.filled == ["alpha-006"] and report.new == ["alpha-007"]


def test_a_second_coder_of_the_same_passage_joins_its_item(project, tmp_path) -> None:
    for coder in ("ana", "budi"):
        marks = marks_of(WORDS, MET, code="S1 Trust", coder=coder)
        report = run(project, qdpx(tmp_path / f"{coder}.qdpx", NVIVO, {"d": Text(WORDS, marks)}, codes=CODES))
    assert report.new == [] and report.known == ["alpha-006"]
    assert [row["coder_id"] for row in rows(project, ITEMS) if row["evidence_id"] == "alpha-006"] == [
        "ana",
        "budi",
    ]


def test_what_was_dropped_is_not_imported_again(project, file) -> None:
    run(project, file)
    table(project, ITEMS, lambda text: text.replace("alpha-006,kept,", ",dropped,no finding"))
    table(
        project,
        EVIDENCE,
        lambda text: "\n".join(line for line in text.splitlines() if "alpha-006" not in line),
    )
    before = snapshot(project)
    report = run(project, file)
    assert len(report.dropped) == 1 and snapshot(project) == before


def test_evidence_that_an_interruption_lost_is_completed(project, file) -> None:
    run(project, file)
    whole = snapshot(project)
    table(project, EVIDENCE, lambda text: text.rsplit("\n", 2)[0] + "\n")
    assert run(project, file).new == ["alpha-007"]
    assert snapshot(project) == whole


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(project, file, monkeypatch) -> None:
    before = snapshot(project)
    replace, calls = Path.replace, []

    def fail(self, target):
        calls.append(target)
        if Path(target).name == "evidence.csv":
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(CgutilsError, match="could not be written"):
        run(project, file)
    assert len(calls) > 2 and snapshot(project) == before


def test_codes_that_are_not_known_are_asked_for_in_a_mapping(project, tmp_path) -> None:
    marks = [
        *MARKS,
        *marks_of(WORDS, "Talks", code="gossip", coder="budi"),
        *marks_of(WORDS, MET, code="Trusting", coder="budi"),
    ]
    codes = {**CODES, "gossip": "", "Trusting": ""}
    path = qdpx(tmp_path / "study.qdpx", NVIVO, {"interview 1": Text(WORDS, marks)}, codes=codes)
    mapping = tmp_path / "study-mapping.csv"
    heading, *lines = refused(project, path)
    assert heading == "2 problems found"
    assert (
        "row 2, column use: found a blank cell for the code Trusting (1 segments; best guess: trust)"
        in lines[0]
    )
    assert "row 3, column use: found a blank cell for the code gossip (1 segments)" in lines[1]
    again = mapping.read_bytes()
    assert refused(project, path) and mapping.read_bytes() == again
    text = mapping.read_text(encoding="utf-8")
    # As Excel in Indonesia saves it.
    done = text.replace("code,gossip,", "code,gossip,abaikan").replace(
        "code,Trusting,", "code,Trusting,Kepercayaan"
    )
    mapping.write_text(done.replace(",", ";"), encoding="utf-8-sig")
    report = run(project, path)
    assert report.skipped["ignored_code"] == 1 and report.new == ["alpha-006", "alpha-007"]
    assert rows(project, ITEMS)[-1]["coder_id"] == "budi"


def test_a_mapping_may_say_more_than_is_guessed(project, file, tmp_path) -> None:
    mapping = tmp_path / "m.csv"
    mapping.write_text(
        "what,name,use,direction,kind,section\n"
        "code,S1 Trust > enabling,P1,hambatan,angka,\n"
        "code,fact,ignore,,,\n"
        "code,a code of another file,,,,\n"
        "document,interview 1,alpha_2024,,,Informant 1\n"
        "coder,Ana Putri,ana,,,\n",
        encoding="utf-8",
    )
    run(project, file, mapping=mapping)
    first, second = rows(project, EVIDENCE)[5:]
    assert (first["indicator_id"], first["direction"], first["kind"]) == ("talks", "hindering", "figure")
    assert (first["section"], second["kind"]) == ("Informant 1", "")
    assert rows(project, ITEMS)[3]["coder_id"] == "ana"


def test_a_mapping_that_is_not_there_is_written_and_not_passed_over(project, file, tmp_path) -> None:
    mapping = tmp_path / "maping.csv"
    heading, line = refused(project, file, mapping=mapping)
    assert heading == "1 problem found"
    assert (
        "maping.csv: found no such file; allowed: a mapping that is there. What is known was written" in line
    )
    text = mapping.read_text(encoding="utf-8")
    assert "code,S2 Means,means," in text and "coder,Ana Putri,ana-putri," in text
    mapping.write_text(text.replace("coder,Ana Putri,ana-putri,", "coder,Ana Putri,ana,"), encoding="utf-8")
    assert run(project, file, mapping=mapping).coders == []
    # What is still open is told together with it.
    marks = marks_of(WORDS, MET, code="gossip", coder="budi")
    other = qdpx(tmp_path / "other.qdpx", NVIVO, {"x": Text(WORDS, marks)}, codes=["gossip"])
    heading, *lines = refused(project, other, mapping=tmp_path / "new" / "m.csv")
    assert heading == "2 problems found" and "m.csv: found no such file" in lines[0]
    assert (tmp_path / "new" / "m.csv").is_file()


def test_a_mapping_that_is_a_folder_is_refused(project, file, tmp_path) -> None:
    assert "this is no file" in refused(project, file, mapping=tmp_path)[0]
    (tmp_path / "study-mapping.csv").mkdir()
    assert "study-mapping.csv: this is no file" in refused(project, file)[0]


def test_rows_of_a_mapping_that_cannot_be_used_are_all_told(project, file, tmp_path) -> None:
    mapping = tmp_path / "m.csv"
    mapping.write_text(
        "what,name,use,direction,kind\n"
        "codes,S1,S1,,\n"
        "code,S2 Means,money,,\n"
        "code,fact,modifier,,\n"
        "code,Direction > hindering,modifier,sideways,\n"
        "document,interview 1,beta_2024,,\n"
        "coder,budi,Budi!,,\n",
        encoding="utf-8",
    )
    heading, *lines = refused(project, file, mapping=mapping)
    assert heading == "7 problems found"
    places = [line.split(": ")[0].removeprefix("  m.csv, row ") for line in lines]
    assert places == [
        f"{n}, column {c}"
        for n, c in (
            (2, "what"),
            (3, "use"),
            (4, "direction"),
            (5, "direction"),
            (5, "direction"),
            (6, "use"),
            (7, "use"),
        )
    ]


def test_rows_on_other_files_stay_in_the_mapping(project, file, tmp_path) -> None:
    marks = marks_of(WORDS, MET, code="gossip", coder="budi")
    other = qdpx(tmp_path / "other.qdpx", NVIVO, {"x": Text(WORDS, marks)}, codes=["gossip"])
    mapping = tmp_path / "m.csv"
    mapping.write_text("what,name,use\ncode,kept for later,S1\n", encoding="utf-8")
    refused(project, other, mapping=mapping)
    assert "kept for later,S1" in mapping.read_text(encoding="utf-8")


def test_contradicting_directions_are_left_blank_and_told(project, tmp_path) -> None:
    marks = [
        *marks_of(WORDS, MET, code="enabling", coder="ana"),
        *marks_of(WORDS, MET, code="S1 Trust", coder="budi", memo="arah: menghambat"),
    ]
    path = qdpx(tmp_path / "p.qdpx", NVIVO, {"d": Text(WORDS, marks)}, codes=CODES)
    report = run(project, path)
    assert report.contradicting == {"direction": ["alpha-006"], "kind": []}
    assert rows(project, EVIDENCE)[5]["direction"] == ""


def test_a_direction_without_an_indicator_is_counted(project, tmp_path) -> None:
    marks = [*marks_of(WORDS, LATE, code="hindering"), *marks_of(WORDS, LATE, code="S2 Means", coder="budi")]
    path = qdpx(tmp_path / "p.qdpx", NVIVO, {"d": Text(WORDS, marks)}, codes=CODES)
    assert run(project, path).skipped["alone"] == 1
    assert rows(project, EVIDENCE)[5]["direction"] == ""


def test_comments_need_their_language(project, tmp_path) -> None:
    marks = marks_of(WORDS, MET, code="S1 Trust", memo="Mereka pernah bertemu.")
    path = qdpx(tmp_path / "p.qdpx", NVIVO, {"d": Text(WORDS, marks)}, codes=CODES)
    assert "comments whose language is not told" in refused(project, path)[1]
    run(project, path, language="id")
    row = rows(project, EVIDENCE)[5]
    assert (row["summary_en"], row["summary_id"]) == ("", "Mereka pernah bertemu.")


def test_positions_that_do_not_fit_are_refused_unless_looked_at(project, tmp_path) -> None:
    texts = {"good": Text(WORDS, MARKS), "bad": Text(WORDS, MARKS[1:], shift=3)}
    path = qdpx(tmp_path / "p.qdpx", NVIVO, texts, codes=CODES)
    (line,) = refused(project, path)[1:]
    assert "document bad: found positions that fit" in line and "[" in line
    assert "--accept 'bad'" in line and "--document 'bad=ignore'" in line
    report = run(project, path, documents={"bad": "ignore"})
    assert report.skipped["ignored_document"] == 3 and len(report.new) == 2
    accepted = run(project, path, accept=("bad",))
    assert len(accepted.new) == 1 and [log.refused for log in accepted.documents] == [False, True]


def test_a_document_none_of_whose_passages_lies_in_its_text_is_told(project, tmp_path) -> None:
    texts = {"good": Text(WORDS, MARKS), "bad": Text(WORDS, MARKS[1:], shift=9_000)}
    path = qdpx(tmp_path / "p.qdpx", NVIVO, texts, codes=CODES)
    (line,) = refused(project, path)[1:]
    assert "document bad: found positions that fit 0 % of 3 passages at best" in line
    assert "such as (outside the text)" in line and "--document 'bad=ignore'" in line
    report = run(project, path, documents={"bad": "ignore"})
    assert report.skipped["outside"] == 3 and len(report.new) == 2
    assert run(project, path, accept=("bad",)).new == []
    assert "other=ignore cannot be used" in refused(project, path, documents={"other": "ignore"})[0]
    # The same where it is the only one.
    alone = qdpx(tmp_path / "alone.qdpx", NVIVO, {"bad": Text(WORDS, MARKS, shift=9_000)}, codes=CODES)
    assert len(refused(project, alone)) == 2
    assert run(project, alone, documents={"bad": "ignore"}).written == []


def test_only_some_documents_or_cases(project, tmp_path) -> None:
    made = QualCoder(
        {
            "one": Text(WORDS, marks_of(WORDS, MET, code="S1")),
            "two": Text(WORDS, marks_of(WORDS, LATE, code="S2")),
        },
        cases={"Kota X": ["two"]},
    )
    path = made.write(tmp_path / "data.qda")
    report = run(project, path, only=("Kota X",))
    assert report.skipped["not_asked"] == 1 and rows(project, EVIDENCE)[5]["indicator_id"] == "means"
    assert run(project, path, only=("one",)).new == ["alpha-007"]
    assert "no document or case 'three'" in refused(project, path, only=("three",))[0]


def test_documents_go_to_the_sources_of_the_case(project, tmp_path) -> None:
    table(
        project,
        "cases/alpha/case.yaml",
        lambda text: text.replace("[alpha_2024]", "[alpha_2024, field_notes]"),
    )
    table(project, "sources.csv", lambda text: text + "field_notes,title,Field notes,stated,,,\n")
    texts = {"Field notes": Text(WORDS, MARKS[:1]), "talk 7": Text(WORDS, MARKS[:1])}
    path = qdpx(tmp_path / "p.qdpx", NVIVO, texts, codes=CODES)
    (line,) = refused(project, path)[1:]
    assert "the document talk 7" in line
    run(project, path, documents={"talk 7": "alpha_2024"})
    assert [row["source_id"] for row in rows(project, EVIDENCE)[5:]] == ["field_notes", "alpha_2024"]
    assert "beta_2024 cannot be used" in refused(project, path, documents={"talk 7": "beta_2024"})[0]


def test_several_documents_of_one_source_are_told_apart_in_the_section(project, tmp_path) -> None:
    texts = {name: Text(WORDS, MARKS[:1]) for name in ("informant 1", "informant 2")}
    report = run(project, qdpx(tmp_path / "p.qdpx", NVIVO, texts, codes=CODES))
    assert [row["section"] for row in rows(project, EVIDENCE)[5:]] == ["informant 1", "informant 2"]
    assert "sections" in report.remarks


def test_who_coded_has_to_be_said_where_the_file_does_not(project) -> None:
    path = TAGUETTE / "highlights.csv"
    lines = refused(project, path, mapping=project.parent / "m.csv")
    assert any("the coder (not told) (10 segments)" in line for line in lines)
    made = project.parent / "study.csv"
    made.write_text("document,tag,content\nd,S1,Members met.\n", encoding="utf-8")
    assert run(project, made, coder="citra").coders == ["citra"]
    for wrong in ("No Id", "consensus"):
        assert "it is no id, or a word" in refused(project, made, coder=wrong)[0]


def test_a_project_of_qualcoder_may_be_the_working_folder(project, tmp_path, monkeypatch) -> None:
    folder = tmp_path / "study.qda"
    folder.mkdir()
    QualCoder({"d": Text(WORDS, marks_of(WORDS, MET, code="gossip"))}).write(folder / "data.qda")
    monkeypatch.chdir(folder)
    assert "study-mapping.csv, row 2" in refused(project, Path())[1]
    assert (tmp_path / "study-mapping.csv").is_file()


@pytest.mark.parametrize(
    ("heading", "row", "english", "indonesian"),
    [
        (
            "document,tag,content",
            "d,S1,Members met.",
            "Coded in a list of segments.",
            "Mengode dalam daftar segmen.",
        ),
        (
            "document,tag,content,coder",
            "d,S1,Members met.,Bu Citra",
            "Bu Citra; coded in a list of segments.",
            "Bu Citra; mengode dalam daftar segmen.",
        ),
    ],
)
def test_a_new_coder_is_described_in_both_languages(
    heading, row, english, indonesian, project, tmp_path
) -> None:
    made = tmp_path / "study.csv"
    made.write_text(f"{heading}\n{row}\n", encoding="utf-8")
    run(project, made, coder="citra")
    new = rows(project, "coders.csv")[-1]
    assert (new["coder_id"], new["description_en"], new["description_id"]) == ("citra", english, indonesian)


def test_a_coder_or_a_program_without_a_name(project, tmp_path) -> None:
    marks = marks_of(WORDS, MET, code="S1 Trust", coder="")
    run(project, QualCoder({"d": Text(WORDS, marks)}).write(tmp_path / "data.qda"), coder="citra")
    shape = replace(SPECIFIED, origin="")
    marks = marks_of(WORDS, LATE, code="S1 Trust", coder="Bu {Dwi}")
    run(project, qdpx(tmp_path / "p.qdpx", shape, {"d": Text(WORDS, marks)}, codes=CODES))
    assert [(row["description_en"], row["description_id"]) for row in rows(project, "coders.csv")[-2:]] == [
        ("Coded in QualCoder 3.8.2.", "Mengode dengan QualCoder 3.8.2."),
        (
            "Bu {Dwi}; coded in a program that the file does not name.",
            "Bu {Dwi}; mengode dengan program yang tidak disebutkan dalam berkas.",
        ),
    ]


def test_one_name_for_several_coders_is_refused(project, file) -> None:
    assert "the file names 2 coders" in refused(project, file, coder="ana")[0]


def test_names_that_give_no_id_or_the_same_are_asked_for(project, tmp_path) -> None:
    coders = ["Ana", "ana", "小林", "consensus"]
    marks = [marks_of(WORDS, MET, code="S1 Trust", coder=coder)[0] for coder in coders]
    path = qdpx(tmp_path / "p.qdpx", NVIVO, {"d": Text(WORDS, marks)}, codes=CODES)
    said = refused(project, path)
    assert len(said) == 5 and all("column use: found a blank cell for the coder" in line for line in said[1:])


def test_the_text_stays_out_of_the_project_unless_asked_for(project, file, tmp_path) -> None:
    run(project, file)
    everything = b"".join(data or b"" for data in snapshot(project).values())
    assert b"everybody in the meeting" not in everything and b"fingerprint" in everything
    assert all(row["fingerprint"] == "" for row in rows(project, EVIDENCE)[5:])
    keep = tmp_path / "private" / "kept.csv"
    run(project, file, keep_text=keep)
    assert keep.read_text(encoding="utf-8") == f'evidence_id,passage\nalpha-006,{MET}\nalpha-007,"{LATE}"\n'


def test_the_kept_passages_are_what_fingerprint_reads(project, file, tmp_path) -> None:
    keep = tmp_path / "kept.csv"
    keep.write_text("evidence_id,passage\nalpha-001,kept from before\n", encoding="utf-8")
    run(project, file, keep_text=keep)
    kept = keep.read_text(encoding="utf-8")
    assert "alpha-001,kept from before" in kept
    keep.write_text(
        "\n".join(line for line in kept.splitlines() if "alpha-007" in line or "passage" in line), "utf-8"
    )
    write_fingerprints(find_project(project), keep)
    assert rows(project, EVIDENCE)[6]["fingerprint"] == make_fingerprint("alpha-007", LATE).cell


def test_fingerprints_are_made_where_asked_for(project, file) -> None:
    run(project, file, fingerprints=True)
    short, long = rows(project, EVIDENCE)[5:]
    assert (short["fingerprint"], long["fingerprint"]) == ("", make_fingerprint("alpha-007", LATE).cell)


def test_passages_are_not_kept_inside_the_project(project, file) -> None:
    assert "inside the project" in refused(project, file, keep_text=project / "kept.csv")[0]


def test_tables_in_another_form_are_read_and_written_in_the_standard_form(project, file) -> None:
    before = rows(project, EVIDENCE)
    path = project / "data/raw" / EVIDENCE
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [list(before[0]), *(list(row.values()) for row in before)]
    )
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode())
    report = run(project, file)
    assert rows(project, EVIDENCE)[:5] == before
    assert any("columns separated by semicolon" in note for note in report.notes)


def test_tables_with_problems_are_left_alone(project, file) -> None:
    table(
        project, EVIDENCE, lambda text: text.replace("alpha-003,means,hindering", "alpha-003,means,sideways")
    )
    (line,) = refused(project, file)[1:]
    assert "evidence.csv, row 4, column direction: found sideways" in line


def test_a_case_without_tables_gets_them(project, file) -> None:
    for name in (EVIDENCE, ITEMS):
        (project / "data/raw" / name).unlink()
    table(project, "cases/alpha/ratings.csv", lambda text: text.splitlines()[0] + "\n")
    table(project, "cases/alpha/adjudication.csv", lambda text: text.splitlines()[0] + "\n")
    assert run(project, file).new == ["alpha-001", "alpha-002"]
    assert len(load_collection(project).evidence) == 7


@pytest.mark.parametrize("case", ["gamma", "../alpha", ""])
def test_an_unknown_case_is_refused(project, file, case) -> None:
    before = snapshot(project)
    with pytest.raises(CgutilsError, match="known: alpha, beta"):
        run(project, file, case)
    assert snapshot(project) == before


def test_a_codebook_has_nothing_to_import(project, tmp_path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("tag,description\nSetting.S1 Trust,what\nDirection.enabling,what\n", encoding="utf-8")
    report = run(project, path)
    assert report.remarks == ["codes_only"] and report.written == []
    assert [entry.use for entry in report.entries] == ["trust", "modifier"]


def test_the_problems_say_where_they_are(project, tmp_path) -> None:
    path = qdpx(
        tmp_path / "p.qdpx", SPECIFIED, {"d": Text(WORDS, marks_of(WORDS, MET, code="x"))}, codes=["x"]
    )
    with pytest.raises(CollectionError) as caught:
        run(project, path)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("p-mapping.csv", 2, "use") and problem.fix


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_tells_everything_in_both_languages(language, project, tmp_path) -> None:
    texts = {
        "one": Text(WORDS, [*MARKS, *marks_of(WORDS, "Talks", code="x")]),
        "two": Text(WORDS, MARKS[1:], shift=3),
        "gone": Text(WORDS, MARKS[:1], missing=True),
    }
    path = qdpx(tmp_path / "p.qdpx", NVIVO, texts, codes={**CODES, "x": ""})
    mapping = tmp_path / "p-mapping.csv"
    mapping.write_text("what,name,use\ncode,x,ignore\n", encoding="utf-8")
    lines = list(report_lines(run(project, path, accept=("two",)), Labels(language)))
    text = "\n".join(lines)
    for piece in ("p.qdpx", "alpha", "S2 Means -> means", "ana-putri", "UTF-16", "100"):
        assert piece in text
    assert ("Left out:" in lines) == (language == "en") and ("Tidak diimpor:" in lines) == (language == "id")
    assert not [line for line in lines if "import_" in line]


def with_variables(path: Path, count: int = 0) -> Path:
    """A project whose case and document have variables, as the schema has them."""
    named = {"Tahun": "Integer", "Interviewer": "Text", "Urban": "Boolean", "Blank": "Text"}
    listed = "".join(
        f'<Variable guid="{guid(SPECIFIED, "variable", name)}" name="{name}" typeOfVariable="{kind}"/>'
        for name, kind in named.items()
    )
    given = [("Tahun", "IntegerValue", "2021"), ("Urban", "BooleanValue", "true")]
    given += [("Blank", "TextValue", ""), ("no such", "TextValue", "lost")]
    given += [("Interviewer", "TextValue", f"person {n}") for n in range(count)]
    said = "".join(
        f'<VariableValue><VariableRef targetGUID="{guid(SPECIFIED, "variable", name)}"/>'
        f"<{kind}>{text}</{kind}></VariableValue>"
        for name, kind, text in given
    )
    cases = (
        f'<Variables>{listed}</Variables><Cases><Case guid="{guid(SPECIFIED, "case")}" name="Kota X">{said}'
        f'<SourceRef targetGUID="{guid(SPECIFIED, "source", "d")}"/></Case></Cases>'
    )
    of_text = (
        f'<VariableValue><VariableRef targetGUID="{guid(SPECIFIED, "variable", "Tahun")}"/>'
        "<IntegerValue>1999</IntegerValue></VariableValue>"
    )
    texts = {"d": Text(WORDS, MARKS, extra=of_text), "e": Text(WORDS, MARKS)}
    return qdpx(path, SPECIFIED, texts, codes=CODES, cases=cases)


def test_variables_of_a_project_are_told_and_none_is_dropped_silently(project, tmp_path) -> None:
    path = with_variables(tmp_path / "p.qdpx")
    with zipfile.ZipFile(path) as archive:
        schema = etree.XMLSchema(etree.parse(Path(__file__).parent / "qda" / "Project.xsd"))
        schema.assertValid(etree.fromstring(archive.read("project.qde")))
    before = (project / "data/raw/cases/alpha/case.yaml").read_bytes()
    report = run(project, path)
    lines = list(report_lines(report, Labels("en")))
    at = lines.index("Variables of the file are not taken; write what describes the case into case.yaml:")
    assert lines[at + 1 : at + 5] == [
        "  not taken: variable Tahun of case Kota X = 2021 (period of case.yaml?)",
        "  not taken: variable Urban of case Kota X = true",
        "  not taken: variable ? of case Kota X = lost",
        "  not taken: variable Tahun of document d = 1999",
    ]
    assert "  tidak diambil: variabel Tahun pada kasus Kota X = 2021 (period di case.yaml?)" in list(
        report_lines(report, Labels("id"))
    )
    assert json.loads(report_json(report))["facts_not_taken"][0] == {
        **{"what": "case", "owner": "Kota X", "variable": "Tahun", "value": "2021", "field": "period"}
    }
    assert (project / "data/raw/cases/alpha/case.yaml").read_bytes() == before
    # Of a part of the file, only what is said of that part.
    assert run(project, path, only=("e",)).facts == []


def test_many_variables_are_counted(project, tmp_path) -> None:
    report = run(project, with_variables(tmp_path / "p.qdpx", count=50))
    lines = list(report_lines(report, Labels("en")))
    assert "  and 14 more; --json lists all" in lines
    assert sum("not taken: variable Interviewer" in line for line in lines) == 37


def test_attributes_of_qualcoder_are_told(project, tmp_path) -> None:
    path = QualCoder({"one.txt": Text(WORDS, MARKS)}, cases={"Kota X": ["one.txt"]}).write(
        tmp_path / "data.qda"
    )
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE attribute (name text, attr_type text, value text, id integer)")
        rows_of = [
            ("lokasi", "case", "Jawa", 1),
            ("age", "file", "4\x1b[2J0", 1),
            ("mood", "journal", "tired", 1),
            ("x", "case", " ", 1),
            ("y", "case", "z", 9),
        ]
        base.executemany("INSERT INTO attribute VALUES (?, ?, ?, ?)", rows_of)
    base.close()
    told = "\n".join(report_lines(run(project, path), Labels("en")))
    assert "variable lokasi of case Kota X = Jawa (place of case.yaml?)" in told
    assert "variable age of document one.txt = 4 [2J0" in told
    assert told.count("not taken: ") == 2 and "\x1b" not in told


def test_the_report_as_json_holds_the_log_of_positions(project, file) -> None:
    told = report_json(run(project, file))
    # A console may hold no other letters.
    assert told.isascii()
    found = json.loads(told)
    (log,) = found["documents"]
    assert log == {
        "document": "interview 1",
        "selections": 4,
        "convention": ["bom_left_out", "line_end_kept", "utf16_units"],
        "score": 1.0,
        "basis": "words",
        "accepted_by_hand": False,
    }
    assert {entry["name"]: entry["use"] for entry in found["mapping"]}["Direction > hindering"] == "modifier"
    assert found["new"] == ["alpha-006", "alpha-007"] and found["skipped"] == {}
