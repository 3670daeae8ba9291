"""Lists of coded segments as spreadsheets, and what codes and comments mean."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.exchange.qda.codebook import codebook
from cgutils.exchange.qda.codes import Codes
from cgutils.exchange.qda.memos import read_memo
from cgutils.exchange.qda.reading import read_qda
from support import both, framework

MAXQDA = [
    [
        "Color",
        "Comment",
        "Document group",
        "Document name",
        "Code",
        "Beginning",
        "End",
        "Weight score",
        "Segment",
    ],
    ["●", "Said so.", "Interviews", "Interview 1", "S1 Trust", "12", "14", "0", "Members met."],
    ["●", "", "Interviews", "Interview 1", "Direction > enabling", "12", "14", "0", "Members met."],
    ["●", "", "Interviews", "Interview 1", "S2 Means", "12", "14", "0", "Money came late."],
    ["●", "", "Interviews", "Interview 2", "", "3", "3", "0", "Nothing."],
]
INDONESIAN = [
    ["Nama Dokumen", "Kode", "Kutipan", "Pengode", "Arah", "Jenis", "Halaman", "Catatan"],
    ["Wawancara 1", "S1", "Anggota bertemu.", "Ana", "mendukung", "fakta", "7", "Sering bertemu."],
]
ATLAS = [
    ["ID", "Document", "Quotation Content", "Codes", "Comment", "Created by"],
    ["1:1", "one.pdf", "Members met.", "Setting::S1\nSetting::S2", "", "ana"],
    ["1:2", "one.pdf", "Money; late.", "S2; P1", "", "budi"],
]


def as_csv(path, rows, delimiter=","):
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return path


def as_xlsx(path, rows, above=0):
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(above):
        sheet.append(["A title"])
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("kind", ["csv", "semicolons", "tsv", "xlsx"])
def test_a_list_of_maxqda(kind, tmp_path) -> None:
    if kind == "xlsx":
        path = as_xlsx(tmp_path / "MAXQDA 24 Coded Segments.xlsx", MAXQDA)
    else:
        delimiter = {"csv": ",", "semicolons": ";", "tsv": "\t"}[kind]
        path = as_csv(tmp_path / f"list.{'tsv' if kind == 'tsv' else 'csv'}", MAXQDA, delimiter)
    found = read_qda(path)
    assert [(s.document, s.code, s.memo, s.text, s.place) for s in found.segments] == [
        ("Interview 1", ("S1 Trust",), "Said so.", "Members met.", "12-14"),
        ("Interview 1", ("Direction > enabling",), "", "Members met.", "12-14"),
        ("Interview 1", ("S2 Means",), "", "Money came late.", "12-14 (2)"),
    ]
    assert dict(found.skipped) == {"no_code": 1}


def test_documents_of_one_name_in_two_groups_are_two(tmp_path) -> None:
    rows = [
        ["Document group", "Document name", "Code"],
        ["A", "one", "S1"],
        ["B", "one", "S1"],
        ["B", "two", "S1"],
    ]
    found = read_qda(as_csv(tmp_path / "l.csv", rows))
    assert [one.document for one in found.segments] == ["A > one", "B > one", "two"]


def test_a_list_with_indonesian_headings_below_a_title(tmp_path) -> None:
    (one,) = read_qda(as_xlsx(tmp_path / "l.xlsx", INDONESIAN, above=2)).segments
    assert (one.document, one.code, one.coder, one.place) == ("Wawancara 1", ("S1",), "Ana", "page 7")
    assert one.memo == "Sering bertemu.\ndirection: mendukung\nkind: fakta"


def test_a_list_of_atlas_has_several_codes_in_a_cell(tmp_path) -> None:
    found = read_qda(as_xlsx(tmp_path / "l.xlsx", ATLAS))
    assert [(s.code[0], s.coder, s.place) for s in found.segments] == [
        ("Setting::S1", "ana", "no. 1:1"),
        ("Setting::S2", "ana", "no. 1:1"),
        ("S2", "budi", "no. 1:2"),
        ("P1", "budi", "no. 1:2"),
    ]


def test_codes_and_subcodes_in_columns_of_their_own(tmp_path) -> None:
    rows = [["Dokumen", "Kode induk", "Kode", "Subkode"], ["d", "S", "S1", "menghambat"]]
    assert read_qda(as_csv(tmp_path / "l.csv", rows)).segments[0].code == ("S", "S1", "menghambat")


def test_a_formula_is_refused_with_its_cell(tmp_path) -> None:
    rows = [*MAXQDA, ["", "", "", "Interview 3", '=HYPERLINK("x")', "1", "1", "0", "=1+1"]]
    with pytest.raises(CollectionError) as caught:
        read_qda(as_xlsx(tmp_path / "l.xlsx", rows))
    cells = [problem.found for problem in caught.value.problems]
    assert [cell.split(" cell ")[1].split(" ")[0] for cell in cells] == ["E6", "I6"]


def test_a_sheet_without_known_headings_is_said(tmp_path) -> None:
    with pytest.raises(CgutilsError, match="no headings of coded segments"):
        read_qda(as_xlsx(tmp_path / "l.xlsx", [["a", "b"], ["1", "2"]]))
    with pytest.raises(CgutilsError, match="found: a, b"):
        read_qda(as_csv(tmp_path / "l.csv", [["a", "b"], ["1", "2"]]))


BOOK = framework({"setting": 2, "process": 1, "outcomes": 1})
LABELS = {
    "setting_1": ("Trust", "Kepercayaan"),
    "setting_2": ("Means and/or staff", "Sarana"),
    "process_1": ("Talks", "Dialog"),
}


@pytest.fixture(scope="module")
def codes() -> Codes:
    """A codebook with labels in both languages."""
    values = BOOK.model_dump()
    for dimension in values["dimensions"]:
        for indicator in dimension["indicators"]:
            english, indonesian = LABELS.get(indicator["indicator_id"], ("Result", "Hasil"))
            indicator["label"] = {"en": english, "id": indonesian}
        dimension["label"] = both(f"Part {dimension['dimension_id']}")
    return Codes(type(BOOK).model_validate(values))


@pytest.mark.parametrize(
    ("path", "indicator", "attributes"),
    [
        (["setting_1"], "setting_1", {}),
        (["SE1"], "setting_1", {}),
        (["se1. anything at all"], "setting_1", {}),
        (["Kepercayaan"], "setting_1", {}),
        (["Part setting", "Trust"], "setting_1", {}),
        (["Part setting > Trust > enabling"], "setting_1", {"direction": "enabling"}),
        (["Part setting::Trust::penghambat"], "setting_1", {"direction": "hindering"}),
        (["Nodes\\\\Trust\\\\fakta"], "setting_1", {"kind": "fact"}),
        (["Part setting.Trust.campuran"], "setting_1", {"direction": "mixed"}),
        (["Part setting/Trust/angka"], "setting_1", {"kind": "figure"}),
        (["Means and/or staff"], "setting_2", {}),
        (["Trust (hindering, fact)"], "setting_1", {"direction": "hindering", "kind": "fact"}),
        (["SE1 +"], "setting_1", {"direction": "enabling"}),
        (["SE1-"], "setting_1", {"direction": "hindering"}),
        (["SE1", "office parties"], "setting_1", {}),
        (["enabling", "SE1"], "setting_1", {"direction": "enabling"}),
        (["PR1", "SE1"], "setting_1", {}),
    ],
)
def test_codes_are_recognised(codes, path, indicator, attributes) -> None:
    match = codes.match(tuple(path))
    assert (match.indicator_id, dict(match.attributes), match.sure) == (indicator, attributes, True)


@pytest.mark.parametrize(
    "name", ["enabling", "Arah bukti > mendukung", "Direction of the evidence.enabling", "+"]
)
def test_a_direction_alone_is_for_other_codes(codes, name) -> None:
    match = codes.match((name,))
    assert match.modifier and match.sure and dict(match.attributes) == {"direction": "enabling"}


@pytest.mark.parametrize(
    ("name", "guess"), [("Trusting", "setting_1"), ("dialogue", "process_1"), ("weather", ""), ("???", "")]
)
def test_what_is_not_certain_is_only_guessed(codes, name, guess) -> None:
    match = codes.match((name,))
    assert (match.sure, match.indicator_id, match.guess) == (False, None, guess)


def test_a_dimension_is_no_indicator(codes) -> None:
    match = codes.match(("Part setting",))
    assert match.holder and not match.sure and "dimension" in match.remark


def test_a_renamed_code_is_known_by_the_id_in_its_description(codes) -> None:
    assert codes.match(("my name",), "Definition: x indicator_id: process_1").indicator_id == "process_1"
    assert codes.match(("my name",), "indicator_id: unknown").indicator_id is None


def test_a_name_of_two_indicators_is_not_certain() -> None:
    values = BOOK.model_dump()
    for dimension in values["dimensions"]:
        for indicator in dimension["indicators"]:
            indicator["label"] = both("Same")
    found = Codes(type(BOOK).model_validate(values)).match(("Same",))
    assert not found.sure


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_code_of_our_codebook_is_recognised(real, language) -> None:
    book = real.frameworks["ansell_gash_2008"]
    codes = Codes(book)
    found = [codes.match(code.path) for code in codebook(book, language) if code.codable]
    assert [match.indicator_id for match in found if match.indicator_id] == [
        i.indicator_id for i in book.indicators
    ]
    assert all(match.sure for match in found) and sum(match.modifier for match in found) == 8
    holders = [codes.match(code.path) for code in codebook(book, language) if not code.codable]
    assert all(match.holder for match in holders)


@pytest.mark.parametrize(
    ("memo", "attributes", "summaries"),
    [
        ("", {}, {}),
        ("Just words: with a colon; and more.", {}, {"": "Just words: with a colon; and more."}),
        ("direction: enabling", {"direction": {"enabling"}}, {}),
        (
            "Arah = menghambat\nJenis: fakta\nDana terlambat.",
            {"direction": {"hindering"}, "kind": {"fact"}},
            {"": "Dana terlambat."},
        ),
        (
            "#mixed [figure] Two [sic] things #1",
            {"direction": {"mixed"}, "kind": {"figure"}},
            {"": "Two [sic] things #1"},
        ),
        ("mendukung, fakta", {"direction": {"enabling"}, "kind": {"fact"}}, {}),
        ("en: Late.\nid: Terlambat.", {}, {"en": "Late.", "id": "Terlambat."}),
        ("enabling hindering", {}, {"": "enabling hindering"}),
        ("direction: sideways", {}, {"": "direction: sideways"}),
        ("a\x00b\x0bc\ud800d", {}, {"": "a b c d"}),
    ],
)
def test_comments_say_direction_kind_and_finding(memo, attributes, summaries) -> None:
    found = read_memo(memo)
    assert (found.attributes, found.summaries) == (attributes, summaries)
