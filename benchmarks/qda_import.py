"""Time the import of 10,000 coded segments from REFI-QDA and QualCoder into an empty case.

    python benchmarks/qda_import.py [segments] [documents]

The REFI-QDA project has the shape of NVivo: texts with a byte-order mark, CRLF and emoji, positions in UTF-16
units, one selection for each coding, coders on the codings. Each program's file is imported twice; the second
time everything is recognised and nothing is written.
"""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
import sys
import tempfile
import time
import uuid
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

from cgutils.data.framework import load_framework
from cgutils.data.project import Project, find_project
from cgutils.exchange.qda.importing import import_segments
from cgutils.exchange.qda.report import Report

SEGMENTS, DOCUMENTS, WORDS, CASE = 10_000, 100, 8_000, "benchmark"
CASE_YAML = """case_id: benchmark
framework: ansell_gash_2008
title: {en: Benchmark, id: Tolok ukur}
short_title: {en: Benchmark, id: Tolok ukur}
place: {en: Nowhere, id: Tidak di mana pun}
policy_field: {en: None, id: Tidak ada}
public_problem: {en: None, id: Tidak ada}
period: "2024"
sources: [made_up]
source_extent: full
informants: {stated_total: null, note: {en: None., id: Tidak ada.}}
"""


def texts(documents: int, rng: random.Random) -> list[list[str]]:
    """Make documents of words, some followed by a line end or an emoji."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(2_000)]
    ends = [" "] * 12 + ["\n", " 🤝 "]
    return [[rng.choice(vocabulary) + rng.choice(ends) for _ in range(WORDS)] for _ in range(documents)]


def passages(
    documents: list[list[str]], segments: int, rng: random.Random
) -> list[tuple[int, int, int, int, int]]:
    """Choose passages: document, first and last character, indicator, coder."""
    starts = []
    for words in documents:
        at, own = 0, []
        for word in words:
            own.append((at, at + len(word.split()[0])))
            at += len(word)
        starts.append(own)
    chosen = set()
    while len(chosen) < segments:
        document = rng.randrange(len(documents))
        first = rng.randrange(WORDS - 40)
        last = first + rng.randint(3, 39)
        span = (starts[document][first][0], starts[document][last][1])
        chosen.add((document, *span, rng.randrange(18), rng.randrange(2)))
    return sorted(chosen)


def refi(path: Path, names: list[str], documents: list[list[str]], chosen: list[tuple[int, ...]]) -> None:
    """Write the project as NVivo does."""

    def key(*parts: object) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, " ".join(map(str, parts)))).upper()

    out = io.StringIO()
    out.write('<Project xmlns="urn:QDA-XML:project:1.0" name="b" origin="NVivo"><Users>')
    out.write(
        "".join(f'<User guid="{key("user", n)}" name="coder {n}"/>' for n in range(2))
        + "</Users><CodeBook><Codes>"
    )
    for number, name in enumerate(names):
        out.write(f'<Code guid="{key("code", number)}" name={quoteattr(name)} isCodable="true"/>')
    out.write("</Codes></CodeBook><Sources>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for document, words in enumerate(documents):
            text = "".join(words)
            units = [0]
            for char in text:
                units.append(units[-1] + (2 if char == "\n" or ord(char) > 0xFFFF else 1))
            file = f"{key('source', document)}.txt"
            archive.writestr(f"Sources/{file}", text.replace("\n", "\r\n").encode("utf-8-sig"))
            out.write(
                f'<TextSource guid="{key("source", document)}" name="d{document}" plainTextPath="internal://{file}">'
            )
            for number, (_, start, end, code, coder) in enumerate(
                one for one in chosen if one[0] == document
            ):
                out.write(
                    f'<PlainTextSelection guid="{key("s", document, number)}" startPosition="{units[start]}" '
                    f'endPosition="{units[end]}"><Coding guid="{key("c", document, number)}" '
                    f'creatingUser="{key("user", coder)}"><CodeRef targetGUID="{key("code", code)}"/>'
                    "</Coding></PlainTextSelection>"
                )
            out.write("</TextSource>")
        archive.writestr("project.qde", out.getvalue() + "</Sources></Project>")


def qualcoder(
    path: Path, names: list[str], documents: list[list[str]], chosen: list[tuple[int, ...]]
) -> None:
    """Write the project as QualCoder does."""
    with sqlite3.connect(path) as base:
        base.executescript(
            "CREATE TABLE source (id integer primary key, name text, fulltext text);"
            "CREATE TABLE code_cat (catid integer primary key, name text, supercatid integer);"
            "CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer);"
            "CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, "
            "pos0 integer, pos1 integer, owner text, memo text);"
        )
        joined = ["".join(words) for words in documents]
        base.executemany(
            "INSERT INTO source VALUES (?, ?, ?)", [(n, f"d{n}", t) for n, t in enumerate(joined)]
        )
        base.executemany("INSERT INTO code_name VALUES (?, ?, '', NULL)", list(enumerate(names)))
        base.executemany(
            "INSERT INTO code_text VALUES (NULL, ?, ?, ?, ?, ?, ?, '')",
            [
                (code, d, joined[d][start:end], start, end, f"coder {who}")
                for d, start, end, code, who in chosen
            ],
        )


def timed(project: Project, path: Path) -> tuple[float, Report]:
    """Import a file and time it."""
    started = time.perf_counter()
    report = import_segments(project, path, CASE)
    return time.perf_counter() - started, report


def main(segments: int, documents: int) -> None:
    """Make the files, import each twice, print the times."""
    rng = random.Random(1)
    root = find_project().root
    names = [f"{one.code} {one.label.en}" for one in load_framework(find_project(root)).indicators]
    made = texts(documents, rng)
    chosen = passages(made, segments, rng)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for write, file in ((refi, "nvivo.qdpx"), (qualcoder, "data.qda")):
            place = work / file.partition(".")[0]
            shutil.copytree(root / "data" / "raw" / "frameworks", place / "data" / "raw" / "frameworks")
            case = place / "data" / "raw" / "cases" / CASE
            case.mkdir(parents=True)
            (case / "case.yaml").write_text(CASE_YAML, encoding="utf-8")
            write(work / file, names, made, chosen)
            project = find_project(place)
            for turn in ("first import", "again"):
                seconds, report = timed(project, work / file)
                scores = [log.score for log in report.documents if log.score is not None]
                print(f"{file}, {turn}: {report.n_segments:,} segments of {len(made)} documents")
                print(f"  {seconds:.2f} s; {len(report.new):,} new, {len(report.known):,} known")
                print(f"  positions fit {min(scores):.3f} or better")


if __name__ == "__main__":
    main(*(int(given) for given in sys.argv[1:3] or (SEGMENTS, DOCUMENTS)))
