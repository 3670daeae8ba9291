"""Files made to harm: refused with a sentence within two seconds, nothing written."""

from __future__ import annotations

import csv
import io
import random
import sqlite3
import struct
import time
import zipfile
import zlib

import openpyxl
import pytest
from qda_support import CODES, SPECIFIED, Text, marks_of
from qda_support import project_xml as xml

from cgutils.data.errors import CgutilsError
from cgutils.data.project import find_project
from cgutils.exchange.qda import archives, databases
from cgutils.exchange.qda.importing import Options, import_segments
from cgutils.exchange.qda.reading import read_qda
from support import snapshot

WORDS = "Members met before."
SOUND = xml(SPECIFIED, {"d": Text(WORDS, marks_of(WORDS, "Members met"))})
LAUGHS = (
    '<!DOCTYPE Project [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
SECRET = '<!DOCTYPE Project [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def archive(path, entries, kind=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", kind) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return path


def with_doctype(doctype, body="&x;"):
    head, _, rest = SOUND.partition("?>")
    return f"{head}?>{doctype}{rest.replace('</Project>', f'<Description>{body}</Description></Project>')}"


def declares(path, entry, size):
    """Change the size that the archive declares for an entry, in both places where it stands."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        info = packed.getinfo(entry)
    struct.pack_into("<I", data, info.header_offset + 22, size)
    at = data.find(b"PK\x01\x02" + data[info.header_offset + 4 : info.header_offset + 6], 0)
    at = data.find(b"PK\x01\x02")
    while data[at + 46 : at + 46 + len(entry)] != entry.encode():
        at = data.find(b"PK\x01\x02", at + 1)
    struct.pack_into("<I", data, at + 24, size)
    path.write_bytes(data)
    return path


def bomb(path):
    return archive(path, {"project.qde": b"<Project>" + b" " * 90_000_000 + b"</Project>"})


def bomb_of_text(path):
    return archive(path, {"project.qde": SOUND, "sources/a.txt": b"\0" * 19_000_000})


def bomb_of_other(path):
    return archive(path, {"project.qde": SOUND, "sources/a.pdf": b"\0" * 60_000_000})


def gigabyte(path):
    return declares(archive(path, {"project.qde": SOUND, "sources/a.txt": "x"}), "sources/a.txt", 1 << 30)


def small_declared(path):
    """Declares less than it holds."""
    big = archive(path, {"project.qde": SOUND + " " * 500_000})
    return declares(big, "project.qde", 100)


def many(path):
    return archive(
        path, {"project.qde": SOUND, **{f"sources/{n}.txt": "" for n in range(21_000)}}, zipfile.ZIP_STORED
    )


def sized_directory(path):
    data = bytearray(archive(path, {"project.qde": SOUND}).read_bytes())
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<I", data, at + 12, 0xFFFFFFF0)
    path.write_bytes(data)
    return path


def overlapping(path):
    """Many names that all point to the same packed bytes."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"<Project/>" + b" " * 15_000_000) + packed.flush()
    crc = zlib.crc32(b"<Project/>" + b" " * 15_000_000)
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(body), 15_000_010, 5, 0)
        + b"a.qde"
        + body
    )
    central = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\x01\x02",
            20,
            20,
            0,
            8,
            0,
            33,
            crc,
            len(body),
            15_000_010,
            5,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + f"{n % 1000:03}.t"[:5].encode()
        for n in range(500)
    )
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 500, 500, len(central), len(local), 0)
    path.write_bytes(local + central + end)
    return path


def climbing(name):
    def make(path):
        return archive(path, {"project.qde": SOUND, name: "x"})

    return make


def written(text, suffix=".qde"):
    def make(path):
        place = path.with_suffix(suffix)
        place.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return place

    return make


def packed(text):
    def make(path):
        return archive(path, {"project.qde": text})

    return make


def protected(path):
    data = bytearray(archive(path, {"project.qde": SOUND}).read_bytes())
    data[6] |= 1
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    return path


def workbook(change):
    def make(path):
        book = openpyxl.Workbook()
        book.active.append(["Document", "Code", "Segment"])
        book.active.append(["d", "S1", "x"])
        out = io.BytesIO()
        book.save(out)
        with zipfile.ZipFile(out) as made:
            entries = {name: made.read(name) for name in made.namelist()}
        change(entries)
        return archive(path.with_suffix(".xlsx"), entries)

    return make


def entity_in_sheet(entries):
    sheet = entries["xl/worksheets/sheet1.xml"].decode()
    entries["xl/worksheets/sheet1.xml"] = LAUGHS.replace("Project", "worksheet") + sheet


def entity_in_utf16(entries):
    text = '<?xml version="1.0" encoding="utf-16"?>' + LAUGHS.replace("Project", "sst") + "<sst>&j;</sst>"
    entries["xl/sharedStrings.xml"] = text.encode("utf-16")


def strange_encoding(entries):
    entries["xl/styles.xml"] = b'<?xml version="1.0" encoding="cp037"?><styleSheet/>'


def database(script, suffix=".qda"):
    def make(path):
        place = path.with_suffix(suffix)
        with sqlite3.connect(place) as base:
            base.executescript(script)
        base.close()
        return place

    return make


TABLES = (
    "CREATE TABLE source (id, name, fulltext); CREATE TABLE code_cat (catid, name, supercatid);"
    "CREATE TABLE code_name (cid, name, memo, catid);"
)
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x"
OTHERS = "1 fid, 1 seltext, 1 pos0, 1 pos1, 1 owner, 1 memo"


def broken_database(path):
    place = database(TABLES + "CREATE TABLE code_text (cid, fid, seltext, pos0, pos1, owner, memo);")(path)
    data = bytearray(place.read_bytes())
    data[100:2000] = b"\xff" * 1900
    place.write_bytes(data)
    return place


HOSTILE = {
    "zip bomb": (bomb, "would unpack"),
    "zip bomb as text": (bomb_of_text, "would unpack"),
    "zip bomb as another file": (bomb_of_other, "would unpack"),
    "a gigabyte declared": (gigabyte, "1,073,741,824 bytes"),
    "less declared than packed": (small_declared, "not readable"),
    "too many entries": (many, "packed in it"),
    "a directory without end": (sized_directory, "more entries than are read"),
    "entries over each other": (overlapping, "would unpack"),
    "a name that climbs out": (climbing("sources/../../evil.txt"), "leads out"),
    "a name that climbs out backwards": (climbing("sources\\..\\..\\evil.txt"), "leads out"),
    "an absolute name": (climbing("/etc/evil.txt"), "leads out"),
    "a name with a drive": (climbing("C:/evil.txt"), "leads out"),
    "many folders": (climbing("a/" * 40 + "x.txt"), "folders deep"),
    "a password": (protected, "protected"),
    "cut off": (written(b"PK\x03\x04" + b"\0" * 500, ".qdpx"), "not readable"),
    "entity expansion": (packed(with_doctype(LAUGHS, "&j;")), "entities"),
    "entity expansion unpacked": (written(with_doctype(LAUGHS, "&j;")), "entities"),
    "entity expansion in UTF-16": (
        written(with_doctype(LAUGHS, "&j;").replace("utf-8", "utf-16").encode("utf-16")),
        "entities",
    ),
    "external entity": (packed(with_doctype(SECRET)), "entities"),
    "external document type": (
        packed(with_doctype('<!DOCTYPE Project SYSTEM "http://localhost/x.dtd">')),
        "entities",
    ),
    "deep XML": (written("<Project>" * 100_000), "nested too deep"),
    "endless XML": (written("<Project>" + "<a/>" * 2_000_000 + "</Project>"), "more than"),
    "XML of an unknown encoding": (
        written('<?xml version="1.0" encoding="nonsense"?><Project/>'),
        "not in order",
    ),
    "a null character": (written("<Project>\0</Project>"), "not in order"),
    "workbook with entities": (workbook(entity_in_sheet), "declares"),
    "workbook with entities in UTF-16": (workbook(entity_in_utf16), "declares"),
    "workbook in a strange encoding": (workbook(strange_encoding), "declares"),
    "workbook without a sheet": (
        workbook(lambda found: found.pop("xl/worksheets/sheet1.xml")),
        "no headings",
    ),
    "workbook without its list": (workbook(lambda found: found.pop("[Content_Types].xml")), "not a readable"),
    "no database": (written(databases.MAGIC + b"\xff" * 5_000, ".qda"), "cannot be read"),
    "an empty database": (written(databases.MAGIC, ".sqlite3"), "cannot be read"),
    "a broken database": (broken_database, "cannot be read"),
    "a wrong schema": (database("CREATE TABLE other (a)"), "this is not a QualCoder project"),
    "a table short of columns": (database(TABLES + "CREATE TABLE code_text (cid)"), "code_text (fid"),
    "Taguette of a wrong schema": (
        database("CREATE TABLE highlights (id); CREATE TABLE documents (id)", ".sqlite3"),
        "not a Taguette project",
    ),
    "a view that never ends": (
        database(TABLES + f"CREATE VIEW code_text AS {ENDLESS} AS cid, {OTHERS} FROM n"),
        "code_text",
    ),
    "a virtual table": (
        database(TABLES + "CREATE VIRTUAL TABLE code_text USING fts5(cid, fid)"),
        "code_text",
    ),
    "nothing": (written(b"", ".qdpx"), "an empty file"),
    "noise": (written(bytes(range(256)) * 20, ".bin"), "none of the known formats"),
    "a CSV of noise": (written(bytes(range(1, 256)) * 2_000, ".csv"), ""),
    "a CSV with one endless cell": (written('document,code\n"' + "x" * 3_000_000, ".csv"), ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_at_once_and_nothing_is_written(name, project, tmp_path) -> None:
    make, said = HOSTILE[name]
    folder = tmp_path / "from elsewhere"
    folder.mkdir()
    path = make(folder / "study.qdpx")
    before = snapshot(tmp_path)
    started = time.process_time()
    with pytest.raises(CgutilsError) as caught:
        import_segments(find_project(project), path, "alpha", Options(language="en"))
    taken = time.process_time() - started
    assert snapshot(tmp_path) == before
    assert said in str(caught.value), str(caught.value)
    assert len(str(caught.value)) < 2_000 and "Traceback" not in str(caught.value)
    assert taken < 2


def test_the_limits_hold_for_what_is_really_unpacked(tmp_path, monkeypatch) -> None:
    path = archive(
        tmp_path / "p.qdpx", {"project.qde": SOUND, "sources/a.txt": "x" * 5_000}, zipfile.ZIP_STORED
    )
    with archives.open_archive(path, "a project") as opened:
        monkeypatch.setitem(archives.READ, ".txt", 4_999)
        with pytest.raises(CgutilsError, match="more than 4,999 bytes"):
            opened.read("sources/a.txt")
        opened.left = 10
        with pytest.raises(CgutilsError, match="more than 10 bytes"):
            opened.read("project.qde")


def test_a_project_that_is_only_large_is_read(tmp_path) -> None:
    media = random.Random(1).randbytes(30_000_000)
    path = archive(tmp_path / "p.qdpx", {"project.qde": SOUND, "sources/a.mp4": media}, zipfile.ZIP_STORED)
    assert len(read_qda(path).segments) == 1


def test_names_and_comments_cannot_become_formulas(project, tmp_path) -> None:
    memo = '=HYPERLINK("http://localhost")'
    marks = marks_of(WORDS, "Members met", coder="=cmd|' /C calc'!A0", memo=memo)
    marks += marks_of(WORDS, "before", code=CODES[1])
    text = xml(SPECIFIED, {"=1+1": Text(WORDS, marks), "@x": Text(WORDS, marks)})
    path = archive(tmp_path / "p.qdpx", {"project.qde": text.replace(CODES[1], "=2+2")})
    place = find_project(project)
    mapping, keep = tmp_path / "p-mapping.csv", tmp_path / "kept.csv"
    with pytest.raises(CgutilsError, match="a blank cell for the code =2"):
        import_segments(place, path, "alpha", Options(language="en"))
    cells = mapping.read_text(encoding="utf-8")
    mapping.write_text(cells.replace("'=2+2,,", "'=2+2,abaikan,"), encoding="utf-8")
    import_segments(place, path, "alpha", Options(language="en", keep_text=keep))
    for file in [mapping, keep, *sorted(place.raw.rglob("*.csv"))]:
        for row in csv.reader(io.StringIO(file.read_text(encoding="utf-8"))):
            assert not [cell for cell in row if cell[:1] in {"=", "+", "@"}], (file, row)
    evidence = (place.raw / "cases/alpha/evidence.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in evidence and "'=1+1" in evidence
