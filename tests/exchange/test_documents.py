"""Reading a reader's own copy, in whatever state it comes."""

from __future__ import annotations

import subprocess
import sys
import zipfile
import zlib

import pytest
from exchange_support import WORD, made_up, paragraph_xml, typeset, word_file

from cgutils.data.errors import CgutilsError
from cgutils.exchange import documents, pdf
from cgutils.exchange.documents import LINE, PAGE, PARAGRAPH, document, read_document

TEXT = " ".join(made_up(40, 1))


def refused(path) -> str:
    with pytest.raises(CgutilsError) as caught:
        read_document(path)
    message = str(caught.value)
    assert path.name in message
    return message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_numbered_as_an_editor_does(tmp_path, encoding, end) -> None:
    path = tmp_path / "copy.TXT"
    path.write_bytes(end.join(["caf\u00e9 \u201cone\u201d", "", "two\x0c three"]).encode(encoding))
    read = read_document(path)
    assert (read.name, read.unit) == ("copy.TXT", LINE)
    assert read.parts == ("caf\u00e9 \u201cone\u201d", "", "two\x0c three")
    assert read.normalised == ("caf\u00e9one", "", "twothree")


def test_paragraphs_of_a_word_file(tmp_path) -> None:
    body = (
        paragraph_xml("one two")
        + "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>in a</w:t><w:tab/><w:t>cell</w:t><w:br/></w:r></w:p></w:tc>"
        + "</w:tr></w:tbl><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        + "<w:r><w:t>kept &amp; told</w:t></w:r></w:p>"
        + "<w:p><w:r><w:t>outer</w:t><x><w:p><w:r><w:t>box</w:t></w:r></w:p></x></w:r></w:p>"
        + "<w:p><m:Fallback xmlns:m='urn:m'><w:r><w:t>again</w:t></w:r></m:Fallback></w:p>"
    )
    read = read_document(word_file(tmp_path / "copy.docx", body))
    assert read.unit == PARAGRAPH
    assert read.parts == ("one two ", "in a\tcell\n", "kept & told", "box", "outer", "")


def test_a_text_that_was_moved_stands_once_and_what_was_deleted_nowhere(tmp_path) -> None:
    def runs(text: str) -> str:
        return f"<w:r><w:t>{text}</w:t><w:tab/></w:r>"

    body = (
        f"<w:p><w:moveFromRangeStart w:id='1' w:name='m'/><w:moveFrom>{runs('moved')}</w:moveFrom>"
        f"<w:moveFromRangeEnd w:id='1'/>{runs('kept')}<w:del>{runs('gone')}</w:del></w:p>"
        f"<w:p><w:pPr><w:rPr><w:moveFrom/><w:del/></w:rPr></w:pPr><w:moveTo>{runs('moved')}</w:moveTo></w:p>"
    )
    assert read_document(word_file(tmp_path / "copy.docx", body)).parts == ("kept\t", "moved\t")


@pytest.mark.parametrize("encoding", ["hex", "foo-8", "shift_jis", "utf-7", "idna"])
def test_an_encoding_that_no_word_file_has_is_said(tmp_path, encoding) -> None:
    path = tmp_path / "copy.docx"
    other_document(path, f'<?xml version="1.0" encoding="{encoding}"?><w:document xmlns:w="{WORD}"/>')
    assert "the text inside this Word file is not in order" in refused(path)


def test_pages_of_a_pdf(tmp_path) -> None:
    paragraphs = [" ".join(made_up(60, seed)) for seed in range(30)]
    read = read_document(typeset(tmp_path / "copy.pdf", paragraphs))
    assert read.unit == PAGE
    assert len(read.parts) > 1
    assert all(f"page{number}" in text for number, text in enumerate(read.normalised, 1))
    assert "".join(paragraphs[0].split()) in read.normalised[0]


def test_a_kind_that_is_not_read_names_those_that_are(tmp_path) -> None:
    path = tmp_path / "copy.odt"
    path.write_text(TEXT)
    assert refused(path).endswith("Allowed: .txt, .md, .docx, .pdf. Save it as one of them.")


def test_a_missing_file_and_a_folder_are_said(tmp_path) -> None:
    assert "could not be read (No such file or directory)" in refused(tmp_path / "none.txt")
    (tmp_path / "folder.txt").mkdir()
    assert "this is a folder" in refused(tmp_path / "folder.txt")


def test_without_pypdf_the_message_says_how_to_get_it(tmp_path, monkeypatch) -> None:
    path = typeset(tmp_path / "copy.pdf", [TEXT])
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert 'pip install "cgutils[pdf]"' in refused(path)


def test_a_protected_pdf_is_said(tmp_path) -> None:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=typeset(tmp_path / "open.pdf", [TEXT]))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "closed.pdf")
    assert "protected by a password" in refused(tmp_path / "closed.pdf")


def test_a_pdf_of_too_many_pages_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    path = typeset(tmp_path / "copy.pdf", [" ".join(made_up(60, seed)) for seed in range(30)])
    assert "at most 1 are read" in refused(path)


def test_a_text_without_letters_or_with_too_many_is_refused(monkeypatch) -> None:
    with pytest.raises(CgutilsError, match="there is no text in it"):
        document("x.txt", LINE, ["(((", ""])
    monkeypatch.setattr(documents, "MAX_LETTERS", 10)
    taken = []
    with pytest.raises(CgutilsError, match="more than 10 letters"):
        document("x.txt", LINE, (taken.append(n) or "abcdef" for n in range(100)))
    assert len(taken) == 2


def one_page_pdf(path, content: bytes) -> None:
    packed = zlib.compress(content)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<>>/MediaBox[0 0 9 9]>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"xref\n0 5\n0000000000 65535 f \n" + table
    out += b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % out.index(b"xref\n0 5")
    path.write_bytes(out)


def packed_files(path, count: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}", "")


def other_document(path, xml: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", xml)


PARENTHESES = b"(" * 10_000_000
END = b"\nstartxref\n9\n%%EOF"
ENTITIES = f'<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><w:d xmlns:w="{WORD}">&b;</w:d>'
HOSTILE = {
    "parentheses.txt": (lambda p: p.write_bytes(PARENTHESES), "there is no text in it"),
    "parentheses.md": (lambda p: p.write_bytes(PARENTHESES), "there is no text in it"),
    "parentheses.docx": (lambda p: p.write_bytes(PARENTHESES), "not a readable Word file"),
    "parentheses.pdf": (lambda p: p.write_bytes(PARENTHESES), "this is not a PDF"),
    "cut.pdf": (lambda p: p.write_bytes(b"%PDF-1.4\n" + PARENTHESES), "the end of this PDF is missing"),
    "nested.pdf": (lambda p: p.write_bytes(b"%PDF-1.4\n" + PARENTHESES + END), "this PDF could not be read"),
    "objects.pdf": (lambda p: p.write_bytes(b"%PDF-1.4\n" + b"1 0 obj\n" * 10**6 + END), "could not be read"),
    "inflated.pdf": (lambda p: one_page_pdf(p, b"(" * 300_000_000), ""),
    "inner.pdf": (lambda p: one_page_pdf(p, b"BT " + b"[" * 3_000_000), ""),
    "marks.txt": (lambda p: p.write_text("a" + "\u0315\u0300\u05ae" * 10**6, "utf-8"), ""),
    "expanding.txt": (lambda p: p.write_text("\ufdfa" * 3 * 10**6, "utf-8"), "more than a book"),
    "letters.txt": (lambda p: p.write_bytes(b"ab " * 3 * 10**6), "more than a book"),
    "bytes.txt": (lambda p: p.write_bytes(b"ab\0" * 1000), "this is not a text file"),
    "large.txt": (lambda p: p.write_bytes(b" " * 21_000_000), "at most 20,000,000 are read"),
    "expanding.docx": (lambda p: word_file(p, "a" * 50_000_000), "which no written text does"),
    "deep.docx": (lambda p: word_file(p, "<w:p>" * 50_000), "elements nested too deep"),
    "cut.docx": (lambda p: other_document(p, "<w:p>"), "not in order"),
    "blank.docx": (lambda p: other_document(p, ""), "there is no text in it"),
    "entities.docx": (lambda p: other_document(p, ENTITIES), "it declares entities"),
    "many.docx": (lambda p: packed_files(p, 11_000), "more than 10,000 files"),
    "other.docx": (lambda p: packed_files(p, 1), "not a readable Word file"),
    "empty.pdf": (lambda p: p.write_bytes(b""), "this is not a PDF"),
    "empty.docx": (lambda p: p.write_bytes(b""), "not a readable Word file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_answered_at_once_within_bounded_memory(name, tmp_path) -> None:
    make, said = HOSTILE[name]
    path = tmp_path / name
    make(path)
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from cgutils.data.errors import CgutilsError\n"
        "from cgutils.exchange.documents import read_document\n"
        "started = time.process_time()\n"
        "try:\n    read_document(sys.argv[1])\nexcept CgutilsError as error:\n    print(error)\n"
        "seconds, status = time.process_time() - started, Path('/proc/self/status')\n"
        "peak = status.read_text().split('VmHWM:')[1].split()[0] if status.exists() else 0\n"
        "print(seconds, peak)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    *message, figures = done.stdout.splitlines()
    seconds, kilobytes = figures.split()
    assert said in "\n".join(message)
    assert "Traceback" not in done.stderr
    assert float(seconds) < 2
    # Only Linux tells the memory of a process without that of the one that started it.
    assert int(kilobytes) < 250_000
