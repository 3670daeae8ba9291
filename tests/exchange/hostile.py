"""Workbooks that mean harm, or that are none: made anew for each test, each by a function of its own."""

from __future__ import annotations

import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="Evidence" sheetId="1" r:id="r1"/></sheets></workbook>'
)


def workbook(path: Path, sheet: str, strings: str = "", **more: bytes) -> Path:
    """A workbook with this XML as its only sheet, and further parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", BOOK_RELATIONS)
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        archive.writestr("xl/sharedStrings.xml", strings or f'<sst xmlns="{MAIN}"/>')
        for name, data in more.items():
            archive.writestr(name, data)
    return path


def rows(body: str) -> str:
    """A sheet with these rows."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def zip_bomb(path: Path) -> None:
    """One sheet that unpacks to 30 MB of blanks."""
    workbook(path, rows(" " * 29_000_000))


def many_bombs(path: Path) -> None:
    """Parts that are harmless one by one and 120 MB together."""
    noise = bytes(range(256)) * 40
    workbook(path, rows(""), **{f"xl/media/{n}.bin": noise * 60 + bytes([n]) * 500_000 for n in range(110)})


def gigabyte(path: Path) -> None:
    """A part that is declared to unpack to 1 GB."""
    workbook(path, rows(""))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 1_000_000_000)
    path.write_bytes(bytes(data))


def lying_size(path: Path) -> None:
    """A part that unpacks to far more than it declares."""
    workbook(path, rows("<row><c><v>1</v></c></row>" * 50_000))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[at + 24 : at + 28] = struct.pack("<I", 200)
    path.write_bytes(bytes(data))


def billion_laughs(path: Path) -> None:
    """Entities that expand to gigabytes."""
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 10)
    )
    sheet = rows('<row><c t="str"><v>&a9;</v></c></row>')
    workbook(path, f"<!DOCTYPE x [{entities}]>{sheet}")


def external_entity(path: Path) -> None:
    """An entity that is to bring a file of the machine in."""
    sheet = rows('<row><c t="str"><v>&f;</v></c></row>')
    workbook(path, f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>{sheet}')


def climbing(path: Path) -> None:
    """A part that would be unpacked above the folder."""
    workbook(path, rows(""), **{"../../evil.csv": b"x"})


def twice(path: Path) -> None:
    """A part under the same name twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(workbook(path, rows("")), "a") as archive:
            archive.writestr("xl/workbook.xml", BOOK)


def huge_merge(path: Path) -> None:
    """All cells of a sheet merged: 17 thousand million."""
    workbook(
        path,
        rows("").replace(
            "</worksheet>", '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'
        ),
    )


def many_cells(path: Path) -> None:
    """More cells than a case has, well packed."""
    numbers = random.Random(1)
    cells = "".join(f"<c><v>{numbers.random()}</v></c>" for _ in range(90_000))
    workbook(path, rows(f"<row>{cells}</row>"))


def many_sheets(path: Path) -> None:
    """Sheets that are within bounds one by one."""
    numbers = random.Random(1)
    cells = "".join(f"<c><v>{numbers.random()}</v></c>" for _ in range(50_000))
    names = [f"xl/worksheets/more{n}.xml" for n in range(20)]
    listed = "".join(
        f'<Relationship Id="m{n}" Type="{RELATIONS}/worksheet" Target="worksheets/more{n}.xml"/>'
        for n in range(20)
    )
    book = "".join(f'<sheet name="s{n}" sheetId="{n + 2}" r:id="m{n}"/>' for n in range(20))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK.replace("</sheets>", f"{book}</sheets>"))
        archive.writestr("xl/_rels/workbook.xml.rels", BOOK_RELATIONS.replace("</Rel", f"{listed}</Rel", 1))
        for name in ["xl/worksheets/sheet1.xml", *names]:
            archive.writestr(name, rows(f"<row>{cells}</row>"))


def deep(path: Path) -> None:
    """Elements nested ten thousand deep."""
    workbook(path, rows("<row>" * 10_000 + "</row>" * 10_000))


def stray_string(path: Path) -> None:
    """A cell that points to a text that is not there."""
    workbook(path, rows('<row><c t="s"><v>7</v></c></row>'))


def far_away(path: Path) -> None:
    """A cell in a row that no sheet has."""
    workbook(path, rows('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'))


def endless_number(path: Path) -> None:
    """A number that is infinite."""
    workbook(path, rows("<row><c><v>1e999</v></c></row>"))


def old_excel(path: Path) -> None:
    """The old format under a new name; a workbook with a password begins the same."""
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4_000)


def open_document(path: Path) -> None:
    """An .ods under another name."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")


def word_document(path: Path) -> None:
    """A .docx under another name."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT.replace("xl/workbook", "word/document"))
        archive.writestr("word/document.xml", "<document/>")


def binary_workbook(path: Path) -> None:
    """A .xlsb under another name."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", ROOT.replace("workbook.xml", "workbook.bin"))
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")


def cut_off(path: Path) -> None:
    """The first half of a workbook."""
    data = workbook(path, rows("<row><c><v>1</v></c></row>" * 1_000)).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def plain_text(path: Path) -> None:
    """A CSV under another name."""
    path.write_text("evidence_id;indicator_id\n", encoding="utf-8")


def empty(path: Path) -> None:
    """Nothing at all."""
    path.write_bytes(b"")


def folder(path: Path) -> None:
    """A folder."""
    path.mkdir()


def large(path: Path) -> None:
    """A file of 25 MB."""
    with path.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(25_000_000)


# What is made, and a piece of what is said.
KINDS: dict[Callable[[Path], None], str] = {
    zip_bomb: "would unpack from",
    many_bombs: "would unpack from",
    gigabyte: "1,000,000,000 bytes",
    lying_size: "not a readable workbook",
    billion_laughs: "it declares entities",
    external_entity: "it declares entities",
    climbing: "would leave its folder",
    twice: "or one twice",
    many_sheets: "more than 60,000 cells",
    many_cells: "more than 60,000 cells",
    deep: "deeper nesting",
    stray_string: "a text that is not there",
    far_away: "is no cell",
    endless_number: "a number without end",
    old_excel: "the old Excel format (.xls) or one with a password",
    open_document: "an OpenDocument file (.ods)",
    word_document: "no workbook (.xlsx)",
    binary_workbook: "no workbook (.xlsx)",
    cut_off: "not a readable workbook",
    plain_text: "whatever its name says",
    empty: "whatever its name says",
    folder: "this is a folder",
    large: "at most 20,000,000 are read",
}
