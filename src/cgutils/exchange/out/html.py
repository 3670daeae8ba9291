"""A document as one HTML file that needs nothing else: pictures inside, every text escaped, no script."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

from cgutils.exchange.out import blocks
from cgutils.exchange.out.blocks import Document, Figure, Inline, Items, Listing, Ref, Table

_STYLE = """
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a;
  font: 1rem/1.6 "Times New Roman", Times, serif; }
h1, h2, h3, h4 { line-height: 1.25; margin: 2rem 0 .6rem; }
h1 { text-align: center; } h4 { font-style: italic; }
.subtitle { text-align: center; color: #595959; }
.wide { overflow-x: auto; margin: 1.6rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.35;
  border-top: 1.5px solid; border-bottom: 1.5px solid; }
caption, figcaption { text-align: left; margin-bottom: .4rem; }
caption i { font-style: italic; }
th, td { padding: .2rem .6rem .2rem .2rem; text-align: left; vertical-align: top; }
thead th { border-bottom: .75px solid; vertical-align: bottom; }
th[scope=rowgroup] { font-style: italic; padding-top: .5rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.note { font-size: .85rem; line-height: 1.35; margin: .4rem 0 1.6rem; }
figure { margin: 1.6rem 0 0; } img { max-width: 100%; height: auto; }
.reference { padding-left: 2em; text-indent: -2em; } .small, li { font-size: .95rem; line-height: 1.45; }
nav ol { list-style: none; padding: 0; }
@media print { h1, h2, h3, h4, caption { break-after: avoid; } tr, figure { break-inside: avoid; }
  .page { break-before: page; } }
""".strip()


def write_html(document: Document) -> bytes:
    """Write a document as a self-contained HTML file.

    Parameters
    ----------
    document : Document
        What it holds.

    Returns
    -------
    bytes
        UTF-8.
    """
    body = "\n".join(_body(document))
    text = (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Whatever a text may hold, the file loads nothing and runs nothing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{escape(document.title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )
    return text.encode("utf-8")


def _body(document: Document) -> Iterator[str]:
    yield f"<h1>{escape(document.title)}</h1>"
    if document.subtitle:
        yield f'<p class="subtitle">{escape(document.subtitle)}</p>'
    page = ""
    for block in document.blocks:
        if isinstance(block, blocks.PageBreak):
            page = ' class="page"'
        elif isinstance(block, blocks.Heading):
            level = block.level + 1
            yield f"<h{level}{page}>{escape(block.text)}</h{level}>"
            page = ""
        elif isinstance(block, blocks.Paragraph):
            kind = "" if block.kind == "body" else f' class="{block.kind}"'
            yield f"<p{kind}>{_inline(document, block.parts)}</p>"
        elif isinstance(block, Items):
            entries = "\n".join(f"<li>{_inline(document, entry)}</li>" for entry in block.entries)
            yield f"<ul>\n{entries}\n</ul>"
        elif isinstance(block, Table):
            yield from _table(document, block)
        elif isinstance(block, Figure):
            yield from _figure(document, block)
        else:
            yield from _listing(document, block)


def _inline(document: Document, parts: Sequence[Inline]) -> str:
    made = []
    for part in parts:
        if isinstance(part, Ref):
            made.append(f'<a href="#{_id(document, part.key)}">{escape(document.label(part.key))}</a>')
            continue
        text = escape(part.text).replace("\n", "<br>")
        text = f"<i>{text}</i>" if part.italic else text
        text = f"<b>{text}</b>" if part.bold else text
        made.append(f'<a href="{escape(part.url)}">{text}</a>' if part.url else text)
    return "".join(made)


def _id(document: Document, key: str) -> str:
    kind, number = document.numbers[key]
    return f"{kind}-{number}"


def _table(document: Document, block: Table) -> Iterator[str]:
    sides = [' class="n"' if column.numeric else "" for column in block.columns]
    yield f'<div class="wide"><table id="{_id(document, block.key)}">'
    yield f"<caption><b>{escape(document.label(block.key))}.</b> <i>{escape(block.title)}</i></caption>"
    heads = "".join(
        f'<th scope="col"{side}>{escape(column.heading)}</th>'
        for column, side in zip(block.columns, sides, strict=True)
    )
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for place, line in enumerate(block.lines()):
        if isinstance(line, str):
            # A group of rows is a body of its own, so that its heading is read out for each of them.
            border = "</tbody>\n<tbody>\n" if place else ""
            yield f'{border}<tr><th colspan="{len(block.columns)}" scope="rowgroup">{escape(line)}</th></tr>'
            continue
        cells = "".join(f"<td{side}>{escape(cell.text)}</td>" for cell, side in zip(line, sides, strict=True))
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"
    yield from _notes(document, block.notes)


def _figure(document: Document, block: Figure) -> Iterator[str]:
    # As an image of its own, so that the ids of two drawings do not meet.
    data = base64.b64encode(block.svg).decode("ascii")
    yield (
        f'<figure id="{_id(document, block.key)}"><img alt="{escape(block.alt)}" '
        f'src="data:image/svg+xml;base64,{data}">\n'
        f"<figcaption><b>{escape(document.label(block.key))}.</b> {escape(block.title)}</figcaption></figure>"
    )
    yield from _notes(document, block.notes)


def _notes(document: Document, notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield f'<p class="note"><i>{escape(document.words["note"])}</i> {escape(" ".join(notes))}</p>'


def _listing(document: Document, block: Listing) -> Iterator[str]:
    entries = "\n".join(
        f'<li><a href="#{_id(document, entry.key)}">{escape(document.label(entry.key))}. '
        f"{escape(entry.title)}</a></li>"
        for entry in document.of_kind(block.kind)
    )
    heading = escape(block.heading)
    yield f'<nav aria-label="{heading}"><h2>{heading}</h2>\n<ol>\n{entries}\n</ol></nav>'
