"""QualCoder and Taguette projects; those of Taguette were made by Taguette itself."""

from __future__ import annotations

import shutil
import sqlite3

import pytest
from qda_support import TAGUETTE, QualCoder, Text, marks_of

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.reading import read_qda
from cgutils.exchange.qda.taguette import plain
from cgutils.exchange.qda.textparts import title_of

WORDS = "Anggota sering bertemu 🤝.\r\nDana terlambat, dua kali."
MARKS = [
    *marks_of(WORDS, "sering bertemu 🤝", coder="ana", memo="arah: mendukung"),
    *marks_of(WORDS, "Dana terlambat", code="Means", coder="budi"),
]


@pytest.fixture
def qualcoder(tmp_path):
    folder = tmp_path / "study.qda"
    folder.mkdir()
    made = QualCoder(
        {"one.txt": Text(WORDS, MARKS), "two.txt": Text("")}, {"Means": "Setting"}, {"Kota X": ["one.txt"]}
    )
    made.write(folder / "data.qda")
    return folder


@pytest.mark.parametrize("inside", ["", "data.qda"])
def test_a_project_of_qualcoder_is_its_folder_or_its_database(qualcoder, inside) -> None:
    found = read_qda(qualcoder / inside)
    assert [(s.document, s.code, s.coder, s.memo, s.text, s.lines, s.cases) for s in found.segments] == [
        ("one.txt", ("S1 Trust",), "ana", "arah: mendukung", "sering bertemu 🤝", (1, 1), ("Kota X",)),
        ("one.txt", ("Setting", "Means"), "budi", "", "Dana terlambat", (2, 2), ("Kota X",)),
    ]
    assert found.program == "QualCoder 3.8.2" and found.documents[0].score == 1.0


def test_two_documents_of_one_name_are_two(tmp_path) -> None:
    texts = {name: Text(WORDS, MARKS[:1]) for name in ("notes.txt", "other", "third", "fourth")}
    path = QualCoder(texts, cases={"Kota X": ["other"]}).write(tmp_path / "data.qda")
    with sqlite3.connect(path) as base:
        # Its own schema forbids this; what another program made of the file need not have it.
        base.execute("CREATE TABLE s AS SELECT * FROM source")
        base.execute("DROP TABLE source")
        base.execute("CREATE TABLE source AS SELECT * FROM s")
        base.execute("UPDATE source SET name = ' notes.txt' WHERE id < 4")
        base.execute("UPDATE source SET name = NULL WHERE id = 4")
        base.execute("INSERT INTO code_image (id, x1, y1, cid, owner) VALUES (2, 4, 5, 1, 'ana')")
        base.execute("CREATE TABLE attribute (name text, attr_type text, value text, id integer)")
        base.execute("INSERT INTO attribute VALUES ('age', 'file', '40', 2)")
    base.close()
    found = read_qda(path)
    assert [(s.document, s.kind, s.cases) for s in found.segments] == [
        ("notes.txt", "text", ()),
        ("notes.txt (2)", "text", ("Kota X",)),
        ("notes.txt (3)", "text", ()),
        ("document 4", "text", ()),
        ("notes.txt (2)", "picture", ("Kota X",)),
    ]
    assert [log.document for log in found.documents] == [s.document for s in found.segments[:4]]
    assert [fact.owner for fact in found.facts] == ["notes.txt (2)"] and "twice" not in found.skipped


def test_names_that_look_as_if_they_were_counted_stay_apart() -> None:
    titles: dict[str, int] = {}
    names = ["a", "a (2)", "a", "a", "a (2)", "", " ", "document 6"]
    assert [title_of(name, number, titles) for number, name in enumerate(names, 1)] == [
        *("a", "a (2)", "a (3)", "a (4)", "a (2) (2)", "document 6", "document 7", "document 6 (2)")
    ]
    # One by one it would take minutes.
    assert len({title_of("b", number, titles) for number in range(200_000)}) == 200_000


def test_two_documents_of_one_name_in_taguette_are_two(tmp_path) -> None:
    path = shutil.copyfile(TAGUETTE / "project.sqlite3", tmp_path / "p.sqlite3")
    with sqlite3.connect(path) as base:
        base.execute("UPDATE documents SET name = 'forum'")
    base.close()
    found = read_qda(path)
    whole = {"forum": "forum", "notes": "forum (2)"}
    assert [(s.document, s.text) for s in found.segments] == [
        (whole[document], text) for document, text, _, _ in EXPECTED
    ]
    assert [log.document for log in found.documents] == ["forum", "forum (2)"]


def test_codes_below_codes_pictures_and_recordings(qualcoder) -> None:
    with sqlite3.connect(qualcoder / "data.qda") as base:
        base.execute("ALTER TABLE code_name ADD COLUMN supercid integer")
        base.execute("INSERT INTO code_name (cid, name, supercid) VALUES (9, 'late money', 2)")
        base.execute("INSERT INTO source (id, name) VALUES (7, 'photo.png')")
        base.execute("INSERT INTO code_image (id, x1, y1, cid, owner) VALUES (7, 4, 5, 9, 'ana')")
        base.execute("INSERT INTO code_av (id, pos0, pos1, cid, owner) VALUES (7, 1000, 2500, 1, 'ana')")
    base.close()
    seen, heard = read_qda(qualcoder).segments[2:]
    assert (seen.kind, seen.code, seen.place) == ("picture", ("Setting", "Means", "late money"), "area 4,5")
    assert (heard.kind, heard.start, heard.end) == ("audio", 1000, 2500)


def test_codes_and_categories_in_a_ring_end(qualcoder) -> None:
    with sqlite3.connect(qualcoder / "data.qda") as base:
        base.execute("INSERT INTO code_cat (catid, name, supercatid) VALUES (50, 'ring', 51)")
        base.execute("INSERT INTO code_cat (catid, name, supercatid) VALUES (51, 'ring 2', 50)")
        base.execute("UPDATE code_name SET catid = 50 WHERE cid = 1")
    base.close()
    assert len(read_qda(qualcoder).segments) == 2


def test_a_text_that_changed_after_coding_is_refused(tmp_path) -> None:
    path = QualCoder({"d": Text(WORDS, MARKS, shift=3)}).write(tmp_path / "data.qda")
    (log,) = read_qda(path).documents
    assert log.refused and log.score < 0.9


def test_a_database_that_a_program_has_open_is_not_read(qualcoder) -> None:
    (qualcoder / "data.qda-wal").write_bytes(b"unfinished")
    with pytest.raises(CgutilsError, match="still has it open"):
        read_qda(qualcoder)


TRUST = "Warga dan dinas sudah saling percaya 🤝 sejak banjir"
TALKS = "CP Proses kolaboratif.CP1 Dialog tatap muka"
MONEY = "dana operasional tidak pernah cair"
EXPECTED = [
    ("forum", TRUST, "Arah bukti.mendukung", (2, 2)),
    ("forum", TRUST, "Jenis bukti.fakta", (2, 2)),
    ("forum", TRUST, "SC Kondisi awal.SC3 Riwayat kerja sama", (2, 2)),
    ("forum", "rapat bulanan", "Arah bukti.mendukung", (3, 3)),
    ("forum", "rapat bulanan", TALKS, (3, 3)),
    ("forum", "rapat bulanan", "Arah bukti.menghambat", (3, 3)),
    ("forum", MONEY, "FL Kepemimpinan fasilitatif.FL2 Kredibilitas teknis", (4, 4)),
    ("notes", "Réunion e\u0301tonnante مرحبا", "ID Desain kelembagaan.ID1 Inklusivitas partisipasi", (2, 2)),
    ("notes", "second & third rows", "interesting", (4, 4)),
]


def test_a_project_exported_by_taguette_gives_the_passages_that_were_marked() -> None:
    found = read_qda(TAGUETTE / "project.sqlite3")
    assert [(s.document, s.text, s.code[0], s.lines) for s in found.segments] == EXPECTED
    # Taguette writes everybody as admin into an export.
    assert {s.coder for s in found.segments} == {"admin"}
    assert [log.score for log in found.documents] == [1.0, 1.0]
    assert dict(found.skipped) == {"no_code": 1, "twice": 1}
    assert len(found.codes) == 27 and all(found.codes.values())


@pytest.mark.parametrize("name", ["highlights.csv", "highlights.xlsx"])
def test_lists_of_highlights_of_taguette_give_the_same_passages(name) -> None:
    found = read_qda(TAGUETTE / name)
    expected = {(document, " ".join(text.split()), code) for document, text, code, _ in EXPECTED}
    assert {(s.document, s.text, s.code[0]) for s in found.segments} == expected
    assert {s.start for s in found.segments} == {None} and len({s.place for s in found.segments}) == 6


@pytest.mark.parametrize("name", ["codebook.csv", "codebook.xlsx", "codebook.qdc"])
def test_codebooks_of_taguette_give_its_tags(name) -> None:
    found = read_qda(TAGUETTE / name)
    assert set(found.codes) == set(read_qda(TAGUETTE / "project.sqlite3").codes) and not found.segments


def test_coders_come_from_the_history(tmp_path) -> None:
    path = shutil.copyfile(TAGUETTE / "project.sqlite3", tmp_path / "p.sqlite3")
    with sqlite3.connect(path) as base:
        # As in the database of the server itself, which an export does not give.
        base.execute("UPDATE commands SET user_login = 'budi' WHERE payload LIKE '%highlight_id\": 3,%'")
        base.execute(
            "INSERT INTO commands (date, user_login, project_id, document_id, payload) SELECT date, 'citra', "
            "project_id, document_id, replace(payload, '\"tags\": [', '\"tags\": [1, ') FROM commands "
            "WHERE payload LIKE '%highlight_id\": 4,%'"
        )
        base.execute("INSERT INTO highlight_tags VALUES (4, 1)")
    base.close()
    found = read_qda(path)
    coders = {(s.text, s.code[0].rpartition(".")[2]): s.coder for s in found.segments if s.coder != "admin"}
    assert coders == {
        ("rapat bulanan", "menghambat"): "budi",
        ("rapat bulanan", "CP1 Dialog tatap muka"): "budi",
        ("dana operasional tidak pernah cair", "interesting"): "citra",
    }
    assert "twice" not in found.skipped


def test_a_history_with_ids_and_tags_that_are_none(tmp_path) -> None:
    path = shutil.copyfile(TAGUETTE / "project.sqlite3", tmp_path / "p.sqlite3")
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE old AS SELECT * FROM commands")
        base.execute("DROP TABLE commands")
        # Such as another program makes of it: without types.
        base.execute("CREATE TABLE commands AS SELECT * FROM old")
        for key, tag in ((None, "[1]"), ("a text", "{}"), (9_000, "[1]"), (9_001, '"1"'), (9_002, "null")):
            payload = f'{{"type": "tag_merge", "src_tag_id": 1, "dest_tag_id": {tag}}}'
            base.execute(
                "INSERT INTO commands (id, user_login, payload) VALUES (?, ?, ?)", (key, "x", payload)
            )
    base.close()
    assert read_qda(path).segments == read_qda(TAGUETTE / "project.sqlite3").segments


@pytest.mark.parametrize(
    ("html", "text", "breaks"),
    [
        ("", "", []),
        ("plain", "plain", []),
        ("<p>a</p>\n<p>b</p>", "a\nb", [2]),
        ("<ul><li>a</li><li>b<br/>c</li></ul>", "abc", [1, 2]),
        ("a &lt;b&gt; &#x1F91D;", "a <b> 🤝", []),
        ('<p title="x">a<b>b</b></p', "ab", []),
    ],
)
def test_html_is_counted_without_tags(html, text, breaks) -> None:
    assert plain(html) == (text, breaks)
