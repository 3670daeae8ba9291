"""REFI-QDA projects: what stands where, in the shapes of the programs."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from pathlib import Path

import pytest
from qda_support import (
    ATLAS,
    CODES,
    MAXQDA,
    NVIVO,
    SPECIFIED,
    Mark,
    Shape,
    Text,
    coding,
    guid,
    marks_of,
    qdpx,
)
from qda_support import project_xml as xml

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.reading import read_qda
from cgutils.exchange.qda.segments import QdaFile

WORDS = "Members met before.\nMoney came late, twice.\nTalks were held each month."
MET, LATE, TALKS = (WORDS.index(start) for start in ("Members", "Money", "Talks"))
ONE = {"d": Text(WORDS, marks_of(WORDS, "Members met before", "Money came late"))}


def source(inner: str, kind: str = "PDFSource", name: str = "report", shape: Shape = SPECIFIED) -> str:
    return f'<{kind} guid="{guid(shape, kind, name)}" name="{name}">{inner}</{kind}>'


def spans(found: QdaFile) -> list[tuple[int | None, int | None, str | None]]:
    return [(one.start, one.end, one.text) for one in found.segments]


def test_nested_codes_give_their_path_and_flat_ones_their_name(tmp_path) -> None:
    marks = [Mark(0, 7, "enabling"), Mark(0, 7, "A::B")]
    codes = {"Trust": "", "S1": "Trust", "enabling": "S1", "A::B": ""}
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, {"d": Text(WORDS, marks)}, codes=codes))
    assert [one.code for one in found.segments] == [("Trust", "S1", "enabling"), ("A::B",)]
    assert list(found.codes) == [("Trust",), ("Trust", "S1"), ("Trust", "S1", "enabling"), ("A::B",)]


@pytest.mark.parametrize("namespace", ["urn:QDA-XML:project:1.0", "urn:QDA-XML:project:0:4", "other"])
@pytest.mark.parametrize("shape", [NVIVO, ATLAS, MAXQDA, SPECIFIED], ids=lambda shape: shape.origin)
def test_guids_namespaces_folders_and_names_of_the_project_do_not_matter(shape, namespace, tmp_path) -> None:
    shape = dataclasses.replace(shape, namespace=namespace)
    found = read_qda(qdpx(tmp_path / "p.qdpx", shape, ONE))
    assert {one.text for one in found.segments} == {"Members met before", "Money came late"}
    assert found.program == shape.origin


def test_references_may_be_in_another_form_than_what_they_name(tmp_path) -> None:
    text = xml(SPECIFIED, ONE)
    key = guid(SPECIFIED, "code", CODES[0])
    text = text.replace(f'CodeRef targetGUID="{key}"', f'CodeRef targetGUID="{{{key.lower()}}}"')
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("any.QDE", text)
        archive.writestr(f"SOURCES/{guid(SPECIFIED, 'source', 'd').lower()}.TXT", WORDS)
    assert len(read_qda(path).segments) == 2


def test_the_coder_stands_on_the_coding_not_on_the_passage(tmp_path) -> None:
    marks = [Mark(0, 7, CODES[0], "budi"), Mark(0, 7, CODES[0], "ana"), Mark(0, 7, CODES[1], "ana")]
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, {"d": Text(WORDS, marks)}))
    assert [(one.coder, one.code[0]) for one in found.segments] == [
        ("budi", CODES[0]),
        ("ana", CODES[0]),
        ("ana", CODES[1]),
    ]


def test_who_made_the_codebook_is_no_coder(tmp_path) -> None:
    path = tmp_path / "p.qde"
    # Programs that do not say who coded leave the user of the file that they began with.
    path.write_text(
        re.sub('(<User [^>]*name=)"[^"]*"', r'\1"cgutils"', xml(SPECIFIED, ONE)), encoding="utf-8"
    )
    assert {one.coder for one in read_qda(path).segments} == {""}


def test_the_segments_as_a_frame(tmp_path) -> None:
    texts = {**ONE, "e": Text(WORDS, extra=coding(SPECIFIED, Mark(0, 0), "whole"))}
    frame = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, texts)).frame()
    assert frame.columns[:6].tolist() == ["document", "start", "end", "text", "code", "coder"]
    assert frame["start"].dtype == "Int64" and frame["start"].isna().tolist() == [False, False, True]
    assert frame.loc[1, "text"] == "Money came late" and frame.loc[1, "code"] == (CODES[0],)


def test_a_coding_without_a_coder_has_that_of_its_passage(tmp_path) -> None:
    text = xml(SPECIFIED, ONE).replace(f'creatingUser="{guid(SPECIFIED, "user", "ana")}"', "")
    path = tmp_path / "p.qde"
    path.write_text(text, encoding="utf-8")
    assert {one.coder for one in read_qda(path).segments} == {"somebody else"}


def test_the_same_code_on_the_same_passage_counts_once_for_each_coder(tmp_path) -> None:
    marks = [Mark(0, 7), Mark(0, 7), Mark(0, 7, memo="seen"), Mark(0, 7, coder="budi"), Mark(0, 7, CODES[1])]
    found = read_qda(qdpx(tmp_path / "p.qdpx", NVIVO, {"d": Text(WORDS, marks)}))
    assert len(found.segments) == 3 and found.skipped["twice"] == 2
    assert found.segments[0].memo == "seen"


def test_positions_of_a_text_that_is_not_packed_are_kept_and_said(tmp_path) -> None:
    texts = {"gone": Text(WORDS, ONE["d"].marks, missing=True), **ONE}
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, texts))
    gone = [one for one in found.segments if one.document == "gone"]
    assert [(one.start, one.end, one.text, one.lines) for one in gone] == [
        (MET, MET + 18, None, None),
        (LATE, LATE + 15, None, None),
    ]
    (log,) = [log for log in found.documents if log.document == "gone"]
    assert (log.score, log.convention, log.refused) == (None, ("unchecked",), False)


def test_a_project_beside_its_texts_is_read_and_links_are_not_followed(tmp_path) -> None:
    path = tmp_path / "p.qde"
    path.write_text(xml(SPECIFIED, ONE), encoding="utf-8")
    folder = tmp_path / "Sources"
    folder.mkdir()
    outside = tmp_path / "secret.txt"
    outside.write_text(WORDS, encoding="utf-8")
    place = folder / f"{guid(SPECIFIED, 'source', 'd')}.txt"
    place.write_text(WORDS, encoding="utf-8")
    assert spans(read_qda(path))[0] == (0, 18, "Members met before")
    place.unlink()
    try:
        place.symlink_to(outside)
    except OSError:
        pytest.skip("links cannot be made here")
    assert spans(read_qda(path))[0] == (0, 18, None)


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "internal://../secret.txt", "absolute:///secret.txt", "relative:///../secret.txt"],
)
def test_paths_out_of_the_project_lead_nowhere(path, tmp_path) -> None:
    (tmp_path / "secret.txt").write_text(WORDS, encoding="utf-8")
    (tmp_path / "inner" / "sources").mkdir(parents=True)
    text = xml(SPECIFIED, ONE)
    old = f"internal://{guid(SPECIFIED, 'source', 'd')}.txt"
    place = tmp_path / "inner" / "p.qde"
    place.write_text(text.replace(old, path), encoding="utf-8")
    assert {one.text for one in read_qda(place).segments} == {None}


def test_a_pdf_gives_its_areas_and_the_passages_of_its_text(tmp_path) -> None:
    area = (
        f'<PDFSelection guid="{guid(SPECIFIED, "area")}" page="3" firstX="1" firstY="2" '
        'secondX="30" secondY="40">'
        f"<Description>a table</Description>{coding(SPECIFIED, Mark(0, 0, CODES[1]))}</PDFSelection>"
    )
    text = (
        f'<Representation guid="{guid(SPECIFIED, "text")}"><PlainTextContent>{WORDS}</PlainTextContent>'
        f'<PlainTextSelection guid="{guid(SPECIFIED, "s")}" startPosition="{LATE}" endPosition="{LATE + 15}">'
        f"{coding(SPECIFIED, Mark(0, 0))}</PlainTextSelection></Representation>"
    )
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, ONE, sources=source(area + text)))
    own = [one for one in found.segments if one.document == "report"]
    assert [(one.kind, one.text, one.place, one.memo, one.lines) for one in own] == [
        ("text", "Money came late", "", "", (2, 2)),
        ("pdf", None, "page 3, area 1,2,30,40", "a table", None),
    ]


def test_recordings_pictures_and_transcripts(tmp_path) -> None:
    mark = Mark(0, 0)
    sync = "".join(
        f'<SyncPoint guid="{guid(SPECIFIED, "sync", at)}" timeStamp="{at * 10}" position="{at}"/>'
        for at in (0, 18)
    )
    ends = f'fromSyncPoint="{guid(SPECIFIED, "sync", 0)}" toSyncPoint="{guid(SPECIFIED, "sync", 18)}"'
    transcript = (
        f'<Transcript guid="{guid(SPECIFIED, "t")}"><PlainTextContent>{WORDS}</PlainTextContent>{sync}'
        f'<TranscriptSelection guid="{guid(SPECIFIED, "ts")}" {ends}>{coding(SPECIFIED, mark, 1)}'
        "</TranscriptSelection></Transcript>"
    )
    heard = (
        f'<AudioSelection guid="{guid(SPECIFIED, "a")}" begin="1000" end="65000">'
        f"{coding(SPECIFIED, mark)}</AudioSelection>"
    )
    seen = (
        f'<PictureSelection guid="{guid(SPECIFIED, "p")}" firstX="1" firstY="2" secondX="3" secondY="4">'
        f"{coding(SPECIFIED, mark)}</PictureSelection>"
    )
    more = source(transcript + heard, "AudioSource", "tape") + source(seen, "PictureSource", "photo")
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, ONE, sources=more))
    own = [(one.document, one.kind, one.start, one.end, one.text, one.place) for one in found.segments[2:]]
    assert own == [
        ("tape", "text", 0, 18, "Members met before", ""),
        ("tape", "audio", 1000, 65000, None, ""),
        ("photo", "picture", None, None, None, "area 1,2,3,4"),
    ]


def test_a_document_coded_as_a_whole_and_passages_without_a_code(tmp_path) -> None:
    bare = f'<PlainTextSelection guid="{guid(SPECIFIED, "bare")}" startPosition="0" endPosition="3"/>'
    texts = {"d": Text(WORDS, ONE["d"].marks, extra=bare + coding(SPECIFIED, Mark(0, 0, CODES[3]), "whole"))}
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, texts))
    whole = found.segments[-1]
    assert (whole.kind, whole.code, whole.start, whole.text) == ("document", (CODES[3],), None, None)
    assert found.skipped["no_code"] == 1


def test_notes_and_descriptions_become_the_memo(tmp_path) -> None:
    marks = [Mark(0, 18, memo="Trust <is> high & old.\nSaid so. 🤝")]
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, {"d": Text(WORDS, marks)}))
    assert found.segments[0].memo == marks[0].memo


def test_a_note_may_lie_in_a_file_of_its_own(tmp_path) -> None:
    text = xml(SPECIFIED, {"d": Text(WORDS, [Mark(0, 18, memo="M")])})
    text = text.replace("><PlainTextContent>M</PlainTextContent>", ' plainTextPath="internal://note.txt">')
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", text)
        archive.writestr("sources/note.txt", "Written elsewhere.\r\n")
    assert read_qda(path).segments[0].memo == "Written elsewhere."


def test_cases_name_documents(tmp_path) -> None:
    cases = (
        f'<Cases><Case guid="{guid(SPECIFIED, "case")}" name="Kota X">'
        f'<SourceRef targetGUID="{guid(SPECIFIED, "source", "d")}"/></Case></Cases>'
    )
    texts = {**ONE, "e": ONE["d"]}
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, texts, cases=cases))
    assert {(one.document, one.cases) for one in found.segments} == {("d", ("Kota X",)), ("e", ())}


def test_two_documents_of_one_name_stay_two(tmp_path) -> None:
    texts = {"d.docx": ONE["d"], "d (2).docx": ONE["d"], "d.pdf": ONE["d"]}
    found = read_qda(qdpx(tmp_path / "p.qdpx", MAXQDA, texts))
    assert [log.document for log in found.documents] == ["d", "d (2)", "d (3)"]
    assert len(found.segments) == 6


def test_codes_that_are_not_defined_and_positions_outside_are_counted(tmp_path) -> None:
    strange = coding(SPECIFIED, Mark(0, 0, "not defined"), "x")
    far, *odd = (
        f'<PlainTextSelection guid="{guid(SPECIFIED, name)}" startPosition="{start}" endPosition="950">'
        f"{coding(SPECIFIED, Mark(0, 0), name)}</PlainTextSelection>"
        for name, start in (("far", "900"), ("odd", "x"), ("odd", "9" * 40), ("odd", "-" + "9" * 5_000))
    )
    many = marks_of(
        WORDS, "Members", "met", "before", "Money", "came", "late", "twice", "Talks", "were", "held", "each"
    )
    texts = {"d": Text(WORDS, many, extra=far + "".join(odd) + strange)}
    found = read_qda(qdpx(tmp_path / "p.qdpx", SPECIFIED, texts))
    assert dict(found.skipped) == {"unknown_code": 1, "outside": 1, "no_number": 3}
    assert len(found.segments) == 11


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"sources/a.txt": "x"}, "no project (.qde)"),
        ({"a.qde": "<Project/>", "b.qde": "<Project/>"}, "2 projects (a.qde, b.qde)"),
        ({"a.qde": "<Other/>"}, "<Other>"),
        ({"a.qde": "<Project>"}, "not in order"),
    ],
)
def test_what_is_no_project_is_said(entries, said, tmp_path: Path) -> None:
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    with pytest.raises(CgutilsError) as caught:
        read_qda(path)
    assert said in str(caught.value)


@pytest.mark.parametrize("namespace", [f"urn:QDA-XML:codebook:{number}" for number in ("1.0", "1:0", "0:4")])
def test_codebooks_are_read_whatever_their_namespace(namespace, tmp_path) -> None:
    path = tmp_path / "c.qdc"
    path.write_text(
        f'\ufeff<CodeBook xmlns="{namespace}" origin="x"><Codes><Code guid="1" name="A" isCodable="true">'
        '<Description>what</Description><Code guid="2" name="B" isCodable="true"/></Code></Codes></CodeBook>',
        encoding="utf-8",
    )
    found = read_qda(path)
    assert found.codes == {("A",): "what", ("A", "B"): ""} and not found.segments
