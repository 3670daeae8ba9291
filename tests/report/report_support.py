"""What the tests of reports share: a document as text, and a project with little in it."""

from __future__ import annotations

import json
from pathlib import Path

import support
from cgutils.data.collection import load_collection
from cgutils.exchange.out.blocks import Document, Figure, Heading, Items, Listing, Paragraph, Table


def texts(document: Document) -> list[str]:
    """The paragraphs and entries of lists, as text."""
    said = [document.plain(block.parts) for block in document.blocks if isinstance(block, Paragraph)]
    lists = [block for block in document.blocks if isinstance(block, Items)]
    return said + [document.plain(entry) for block in lists for entry in block.entries]


def table(document: Document, key: str) -> Table:
    return next(b for b in (*document.blocks, *document.registers) if isinstance(b, Table) and b.key == key)


def rows(shown: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in shown.rows]


def as_text(document: Document) -> str:
    """Everything that a reader sees, one line a block or row."""
    lines = [document.title, document.subtitle]
    for block in (*document.blocks, *document.registers):
        if isinstance(block, Heading):
            lines.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Paragraph):
            lines.append(f"[{block.kind}] {document.plain(block.parts)}")
        elif isinstance(block, Items):
            lines += [f"- {document.plain(entry)}" for entry in block.entries]
        elif isinstance(block, Listing):
            lines.append(f"({block.heading})")
        elif isinstance(block, Table):
            lines.append(f"{document.label(block.key)}. {block.title}")
            lines.append(" | ".join(column.heading for column in block.columns))
            lines += [
                f"  {line}" if isinstance(line, str) else " | ".join(cell.text for cell in line)
                for line in block.lines()
            ]
            lines += [f"{document.words['note']} {note}" for note in block.notes]
        elif isinstance(block, Figure):
            lines += [f"{document.label(block.key)}. {block.title}", f"<{block.alt}>"]
            lines += [f"{document.words['note']} {note}" for note in block.notes]
        else:
            lines.append("---")
    return "\n".join(lines) + "\n"


def incomplete_project(root: Path) -> Path:
    """Write a project of one case: one coder, half the indicators blank, nothing else recorded."""
    raw = root / "data" / "raw"
    case = raw / "cases" / "kota-x"
    case.mkdir(parents=True)
    (raw / "frameworks").mkdir()
    codebook = support.ROOT / "data" / "raw" / "frameworks" / "ansell_gash_2008.yaml"
    (raw / "frameworks" / codebook.name).write_bytes(codebook.read_bytes())
    (raw / "coders.csv").write_text(
        "coder_id,kind,description_en,description_id\nsiti,human,Author,Penulis\n"
    )
    (raw / "sources.csv").write_text(
        "source_id,field,value,status,remark_en,remark_id,locator\nwawancara,title,Wawancara,stated,,,\n"
    )
    texts_of = {
        "title": "Waste & <b>water</b> 50% in Kota_X",
        "short_title": "Kota_X <&>",
        "place": "=cmd|' /C calc'!A0",
        "policy_field": "+waste",
        "public_problem": "@problem {x} $y$ #1",
    }
    both = "\n".join(f"{key}: {json.dumps({'en': text, 'id': text})}" for key, text in texts_of.items())
    (case / "case.yaml").write_text(
        f"case_id: kota-x\nframework: {codebook.stem}\n{both}\nperiod: '2024'\nsources: [wawancara]\n"
        "source_extent: full\ninformants: {stated_total: null, note: {en: None., id: Tidak ada.}}\n"
    )
    used = load_collection(support.ROOT).frameworks[codebook.stem]
    names = [indicator.indicator_id for indicator in used.indicators]
    evidence = [
        "evidence_id,indicator_id,direction,kind,source_id,section,page,locator,summary_en,summary_id,"
        "actors,fingerprint"
    ]
    ratings = ["indicator_id,coder_id,level,confidence,rationale,evidence_ids"]
    for number, name in enumerate(names):
        if number % 2:
            ratings.append(f'{name},siti,,,"Not asked.",')
        else:
            evidence.append(f"kota-x-{number:03},{name},enabling,fact,wawancara,,,,-Found,-Temuan,,none")
            ratings.append(f'{name},siti,2,low,"=Reason {number}",kota-x-{number:03}')
    (case / "evidence.csv").write_text("\n".join(evidence) + "\n")
    (case / "ratings.csv").write_text("\n".join(ratings) + "\n")
    return root
