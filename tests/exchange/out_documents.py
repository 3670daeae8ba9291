"""A small document with everything that one may hold, and texts that a format would read as commands."""

from __future__ import annotations

import io
import zipfile
from functools import cache

import docx
from matplotlib.figure import Figure as Drawing

from cgutils.exchange.out import blocks
from cgutils.exchange.out.blocks import Cell, Column, Document, Figure, Paragraph, Ref, Span, Table, spans

WORDS = {
    "table": "Tabel",
    "figure": "Gambar",
    "note": "Catatan.",
    "text": "Teks",
    "contents": "Daftar isi",
    "tables": "Daftar tabel",
    "figures": "Daftar gambar",
    "decimals": "Angka adalah bilangan.",
    "alternative": "Teks alternatif",
}
HOSTILE = (
    "<b>&\"'</b><script>alert(1)</script>",
    r"\end{document}\input{secret}",
    "50% _x_ #1 $y$ ^ ~ {z}",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@x",
    "-2+3",
    "\tx",
    "[option] *star",
    "control \x00\x0b\x1b\ud800\ufffe",
    "🙂 e\u0301 עברית العربية",
    "line\r\nbreak\rhere",
    "#REF!",
)


@cache
def pictures() -> tuple[bytes, bytes, bytes]:
    drawing = Drawing(figsize=(2, 1))
    drawing.subplots().plot([0, 1])
    made = []
    for kind in ("png", "svg", "pdf"):
        stream = io.BytesIO()
        drawing.savefig(stream, format=kind)
        made.append(stream.getvalue())
    return made[0], made[1], made[2]


def table(
    key: str = "scores", text: str = "Banjar", notes: tuple[str, ...] = ("Skor dari 0 sampai 1.",)
) -> Table:
    rows = (
        (Cell(text), Cell("0,78", 0.7766, "0.00"), Cell("100%", 1.0, "0%")),
        (Cell("Sampang†"), Cell("– ditahan"), Cell("67%", 2 / 3, "0%")),
    )
    columns = (Column("Kasus"), Column("Skor", numeric=True), Column("Cakupan", numeric=True))
    return Table(key, "Skor menurut kasus", columns, rows, notes, {0: "Kondisi awal", 1: "Hasil akhir"})


def document(text: str = "Banjar") -> Document:
    png, svg, pdf = pictures()
    return Document(
        title="Studi kasus",
        subtitle="Dibuat",
        language="id",
        words=WORDS,
        blocks=(
            blocks.Listing("table", "Daftar tabel"),
            blocks.Listing("figure", "Daftar gambar"),
            blocks.PageBreak(),
            blocks.Heading(1, text),
            Paragraph(spans("Lihat ", Ref("scores"), " dan ", Ref("drawn"), f". {text}")),
            table("scores", text),
            Figure("drawn", "Profil", "Garis naik.", png, svg, pdf, 2.0, 1.0, ("cak. = cakupan.",)),
            blocks.Items((spans(Span("a-1", bold=True), " catatan"), spans(Span(text, italic=True)))),
            table("more", "Sako", ()),
            Paragraph(spans("Ansell (2008). ", Span("doi", url="https://doi.org/10.1/x")), "reference"),
        ),
        registers=(table("register"),),
    )


def opened(data: bytes) -> docx.document.Document:
    """A Word file as python-docx reads it."""
    return docx.Document(io.BytesIO(data))


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
