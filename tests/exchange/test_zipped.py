"""Zip files that are the same for the same content."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest
from out_documents import document, unpacked
from sheet_support import write_sheet

from cgutils.exchange.out.docx import write_docx
from cgutils.exchange.out.xlsx import write_xlsx
from cgutils.exchange.qda.codebook import Code
from cgutils.exchange.qda.codebook_files import maxqda_xlsx
from cgutils.exchange.qda.refi_writing import write_project
from cgutils.exchange.zipped import pack, repack_office
from support import MINIMAL

CODES = [Code(("S1",), "", codable=True)]


def sheet(folder) -> bytes:
    return write_sheet(MINIMAL, folder / "alpha.xlsx").read_bytes()


MAKERS = {
    "docx": lambda _: write_docx(document()),
    "xlsx": lambda _: write_xlsx(document()),
    "sheet": sheet,
    "maxqda": lambda _: maxqda_xlsx(CODES),
    "qdpx": lambda _: write_project("p", CODES, {"d": "text"}),
}


@pytest.mark.parametrize("name", MAKERS)
def test_nothing_tells_when_and_where_a_file_was_packed(name, tmp_path):
    data = MAKERS[name](tmp_path)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        facts = {(e.date_time, e.create_system, e.external_attr) for e in archive.infolist()}
        assert facts == {((1980, 1, 1, 0, 0, 0), 3, 0o644 << 16)}
        for part in archive.namelist():
            if part.endswith("core.xml"):
                assert archive.read(part).count(b">2000-01-01T00:00:00Z<") == 2


def test_entries_stand_in_order_and_may_be_left_as_they_are():
    entries = {"b.txt": b"b" * 1000, "a.txt": b"a" * 1000}
    for compressed in (True, False):
        data = pack(entries, compressed=compressed)
        assert list(unpacked(data)) == ["b.txt", "a.txt"] and unpacked(data) == entries
        assert (b"b" * 1000 in data) != compressed


@pytest.mark.parametrize("make", [docx.Document, openpyxl.Workbook])
def test_an_office_file_packed_anew_is_read_as_before(make):
    stream = io.BytesIO()
    make().save(stream)
    before = unpacked(stream.getvalue())
    after = unpacked(
        repack_office(stream.getvalue(), lambda name, part: part + b" " * name.endswith("app.xml"))
    )
    assert next(iter(after)) == "[Content_Types].xml" and list(after)[1:] == sorted(list(after)[1:])
    assert {name for name in before if before[name] != after.get(name)} == {
        "docProps/app.xml",
        "docProps/core.xml",
    }
