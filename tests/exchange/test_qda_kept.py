"""Lists that grow or are sorted anew, and the passages that are kept beside the project."""

from __future__ import annotations

import csv

import openpyxl
import pytest
from qda_support import NVIVO, Text, marks_of, qdpx
from test_qda_import import CODES, EVIDENCE, ITEMS, LATE, MET, WORDS, refused, rows, run, table

from cgutils.exchange.fingerprints import make_fingerprint

TEXTS = (
    "Members had met for years before the forum was set up.",
    "Money came late, twice, and everybody in the meeting knew that it was so.",
    "- Nobody talked about the harbour until the flood had come and gone.",
)
HEADINGS = {
    "bare": lambda place, text: ["d", "S1", text],
    "page": lambda place, text: ["d", "S1", text, "7"],
    "number": lambda place, text: ["d", "S1", text, str(place)],
    "paragraph": lambda place, text: ["d", "S1", text, "12", "12"],
}
LAST = {"bare": [], "page": ["Halaman"], "number": ["No"], "paragraph": ["Beginning", "End"]}


def written(path, kind, texts):
    """A list with these passages, one a row, in this order."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        listed = [HEADINGS[kind](place, text) for place, text in enumerate(texts, 1)]
        csv.writer(stream).writerows([["document", "code", "text", *LAST[kind]], *listed])
    return path


def kept(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["evidence_id"]: row["passage"] for row in csv.DictReader(stream)}


@pytest.mark.parametrize("kind", LAST)
def test_a_row_that_comes_first_takes_no_id_of_another(kind, project, tmp_path) -> None:
    keep, path = tmp_path / "kept.csv", tmp_path / "list.csv"
    options = {"coder": "budi", "keep_text": keep, "fingerprints": True}
    run(project, written(path, kind, TEXTS[:2]), **options)
    before, first = rows(project, EVIDENCE), kept(keep)
    report = run(project, written(path, kind, [TEXTS[2], *TEXTS[:2]]), **options)
    assert (report.new, report.known) == (["alpha-008"], ["alpha-006", "alpha-007"])
    assert rows(project, EVIDENCE)[:-1] == before
    assert kept(keep) == {**first, "alpha-008": "'" + TEXTS[2]}
    fingerprints = {row["evidence_id"]: row["fingerprint"] for row in rows(project, EVIDENCE)[5:]}
    assert fingerprints == {
        item: make_fingerprint(item, text).cell
        for item, text in zip(("alpha-006", "alpha-007", "alpha-008"), TEXTS, strict=True)
    }
    # Sorted in any way, it is the list that is known.
    again = run(project, written(path, kind, TEXTS[::-1]), **options)
    assert (again.new, again.written, len(again.known)) == ([], [], 3)


def test_the_same_words_under_two_numbers_are_two_passages(project, tmp_path) -> None:
    path = tmp_path / "list.csv"
    assert len(run(project, written(path, "number", ["Yes.", "Yes.", TEXTS[0]]), coder="budi").new) == 3
    again = run(project, written(path, "number", [TEXTS[0], "Yes.", "Yes."]), coder="budi")
    assert (again.new, again.written) == ([], [])


def test_what_is_said_of_one_of_two_passages_of_the_same_words_is_not_said_of_the_other(
    project, tmp_path
) -> None:
    path = tmp_path / "list.csv"
    coded = ("1,S1 Trust", "1,enabling", "2,S2 Means", "2,hindering", "3,trust", "4,Kepercayaan")
    path.write_text("no,code,document,text\n" + "".join(f"{row},d,Yes.\n" for row in coded), "utf-8")
    run(project, path, coder="budi")
    found = [(row["indicator_id"], row["direction"]) for row in rows(project, EVIDENCE)[5:]]
    assert found == [("trust", "enabling"), ("means", "hindering"), ("trust", ""), ("trust", "")]
    assert len({row["item_id"] for row in rows(project, ITEMS)[3:]}) == 4
    assert run(project, path, coder="budi").written == []


def test_blanks_and_forms_of_letters_are_no_difference(project, tmp_path) -> None:
    run(project, written(tmp_path / "list.csv", "bare", ["Caf\u00e9 di  kota", *TEXTS]), coder="budi")
    book = openpyxl.Workbook()
    book.active.append(["document", "code", "text"])
    for text in [*TEXTS, "Cafe\u0301 di\nkota "]:
        book.active.append(["d", "S1", text])
    book.save(tmp_path / "list.xlsx")
    assert run(project, tmp_path / "list.xlsx", coder="budi").new == []


def test_the_id_of_an_item_tells_nothing_where_the_list_has_no_texts(project, tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("document,code,page,text\nd,S1,7,\n", encoding="utf-8")
    run(project, path, coder="budi")
    (item,) = rows(project, ITEMS)[3:]
    path.write_text("document,code,page\nd,S1,7\n", encoding="utf-8")
    assert run(project, path, coder="budi").new == []
    assert item["evidence_id"] == "alpha-006"


def study(folder):
    marks = [*marks_of(WORDS, MET, code="S1 Trust"), *marks_of(WORDS, LATE, code="S2 Means")]
    return qdpx(folder / "study.qdpx", NVIVO, {"interview 1": Text(WORDS, marks)}, codes=CODES)


def test_another_passage_of_an_id_is_not_written_over(project, tmp_path) -> None:
    keep = tmp_path / "kept.csv"
    text = "evidence_id,passage\nalpha-001,Left alone.\nalpha-006,Another one.\nalpha-007,And another.\n"
    keep.write_text(text, encoding="utf-8")
    heading, *lines = refused(project, study(tmp_path), keep_text=keep)
    assert heading == "2 problems found" and keep.read_text(encoding="utf-8") == text
    assert (
        "kept.csv, row 3, column passage: found another passage of alpha-006 (Another one.); allowed: the "
        "one that is imported (Members met before). If the passage was changed" in lines[0]
    )
    assert "row 4, column passage: found another passage of alpha-007" in lines[1]


@pytest.mark.parametrize(("there", "after"), [("none", "none"), ("", MET), (f" {MET} ", f" {MET} ")])
def test_what_is_withheld_stays_and_what_is_blank_is_filled(there, after, project, tmp_path) -> None:
    keep = tmp_path / "kept.csv"
    keep.write_text(f"evidence_id,passage\nalpha-006,{there}\n", encoding="utf-8")
    run(project, study(tmp_path), keep_text=keep)
    assert kept(keep)["alpha-006"].strip() == after.strip() and kept(keep)["alpha-007"] == LATE


def test_two_passages_that_were_made_one_item_do_not_contradict_each_other(project, tmp_path) -> None:
    keep, path = tmp_path / "kept.csv", study(tmp_path)
    run(project, path, keep_text=keep)
    table(project, ITEMS, lambda text: text.replace(",alpha-007,", ",alpha-006,"))
    before = keep.read_bytes()
    report = run(project, path, keep_text=keep)
    assert keep.read_bytes() == before and set(report.known) == {"alpha-006"}
