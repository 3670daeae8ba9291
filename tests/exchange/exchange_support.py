"""Helpers of these tests: texts that mean nothing, registers, typeset copies."""

from __future__ import annotations

import random
import zipfile
from html import escape
from pathlib import Path

import pandas as pd
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate

from cgutils.exchange.documents import LINE, Document, document
from cgutils.exchange.fingerprints import make_fingerprint

SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwy" for vowel in "aeiou"]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def made_up(n_words: int, seed: int) -> list[str]:
    """Words of two to four syllables, which mean nothing and repeat as words of a text do."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(2_000)]
    return rng.choices(vocabulary, k=n_words)


def evidence(passages: dict[str, str], locator: str = "", source_id: str = "made_up") -> pd.DataFrame:
    """A register with nothing but what the search needs."""
    rows = [
        (item, source_id, locator, "", make_fingerprint(item, text).cell) for item, text in passages.items()
    ]
    return pd.DataFrame(rows, columns=["evidence_id", "source_id", "locator", "page", "fingerprint"])


def typeset(path: Path, paragraphs: list[str]) -> Path:
    """Set paragraphs as a PDF with a running head and page numbers."""
    style = getSampleStyleSheet()["BodyText"]

    def head(canvas, template) -> None:
        canvas.drawString(72, A4[1] - 40, f"Journal of Made-up Studies, vol. 7, no. 2, page {template.page}")

    story = [Paragraph(escape(text), style) for text in paragraphs]
    SimpleDocTemplate(str(path), pagesize=A4, invariant=1).build(story, onFirstPage=head, onLaterPages=head)
    return path


def word_file(path: Path, body: str) -> Path:
    """A Word file with this XML inside its body."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
        )
    return path


def lines(*texts: str) -> Document:
    """A document of lines."""
    return document("text.txt", LINE, texts)


def paragraph_xml(text: str) -> str:
    """A paragraph as Word writes it, broken into runs."""
    runs = "".join(
        f'<w:r><w:rPr/><w:t xml:space="preserve">{escape(part)} </w:t></w:r>' for part in text.split()
    )
    return f"<w:p>{runs}</w:p>"
