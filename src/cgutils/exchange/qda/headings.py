"""Headings of lists of coded segments, as programs and people name them in English and Indonesian."""

from __future__ import annotations

import re

# What each column is called, in lower case and with single blanks; separated by semicolons.
NAMES = {
    "document": (
        "document name; document; documents; document title; source; sources; file; files; "
        "file name; filename; case; interview; nama dokumen; dokumen; judul dokumen; sumber; "
        "berkas; nama berkas; nama file; informan; responden; wawancara"
    ),
    "code": (
        "code; codes; code name; codename; code system; tag; tags; node; nodes; path; name; kode; "
        "nama kode; kategori; category; tema; theme; kode-kode"
    ),
    "group": "document group; document groups; grup dokumen; kelompok dokumen",
    "parent": "parent code; parent; kode induk; induk; main code; kode utama",
    "subcode": "subcode; sub-code; sub code; subcodes; subkode; sub-kode; sub kode",
    "text": (
        "segment; segments; coded segment; coded segments; coded text; content; text; quote; "
        "quotation; quotation content; quotations; passage; segmen; segmen terkode; teks; "
        "segmen berkode; isi; kutipan; isi kutipan; teks terkode"
    ),
    "memo": (
        "comment; comments; memo; memos; note; notes; description; summary; komentar; catatan; "
        "keterangan; deskripsi; ringkasan"
    ),
    "coder": (
        "created by; author; coder; coder name; coder id; user; owner; coded by; creator; pengode; "
        "koder; nama pengode; dibuat oleh; dikode oleh"
    ),
    "start": "beginning; begin; start; start position; from; awal; mulai; dari",
    "end": "end; end position; to; akhir; selesai; sampai",
    "page": "page; pages; halaman; hlm",
    "id": "id; no; no.; number; nomor; quotation id; highlight id",
    "direction": "direction; arah",
    "kind": "kind; kind of evidence; jenis; jenis bukti",
}
COLUMN_OF = {name: column for column, names in NAMES.items() for name in names.split("; ")}
_BLANKS = re.compile(r"[\s_]+")


def columns_of(heading: list[str]) -> dict[str, int]:
    """Find the known columns in a heading; the first of several with one meaning counts.

    Examples
    --------
    >>> columns_of(["Document name", "Kode", "Segment", "Colour"])
    {'document': 0, 'code': 1, 'text': 2}
    """
    found: dict[str, int] = {}
    for position, cell in enumerate(heading):
        column = COLUMN_OF.get(plain_heading(cell))
        if column is not None:
            found.setdefault(column, position)
    return found


def plain_heading(cell: str) -> str:
    """Write a heading in lower case, blanks single, without a colon."""
    return _BLANKS.sub(" ", cell).strip(" :\ufeff").lower()
