"""Files in the shapes of programs for qualitative data analysis, as measured on real exports."""

from __future__ import annotations

import sqlite3
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).parent / "qda"
TAGUETTE = HERE / "taguette"
CODES = ("S1 Trust", "S2 Means", "P1 Talks", "O1 Result")


@dataclass(frozen=True)
class Mark:
    """A coded passage: positions in code points of the text with LF, code, coder, memo."""

    start: int
    end: int
    code: str = CODES[0]
    coder: str = "ana"
    memo: str = ""


@dataclass(frozen=True)
class Shape:
    """How a program writes a project."""

    origin: str = "made up"
    qde: str = "project.qde"
    folder: str = "sources"
    crlf: bool = False
    bom: bool = False
    count_bom: bool = False
    count_crlf: bool = False
    utf16: bool = False
    names: str = ""
    braces: bool = False
    lower: bool = False
    namespace: str = "urn:QDA-XML:project:1.0"
    single: bool = False
    extension: bool = True


NVIVO = Shape(
    "NVivo 12", "Project.qde", "Sources", crlf=True, bom=True, count_crlf=True, utf16=True, single=True
)
ATLAS = Shape("ATLAS.ti 23", "My study.qde", "sources", crlf=True, names="first", braces=True, lower=True)
MAXQDA = Shape("MAXQDA 24", "project.qde", "sources", lower=True, extension=False)
QUALCODER = Shape("QualCoder 4", "project.qde", "sources", bom=True, names="full", single=True)
SPECIFIED = Shape()
COUNTED_BOM = Shape(bom=True, count_bom=True, crlf=True, count_crlf=True)
SHAPES = {
    "nvivo": NVIVO,
    "atlas": ATLAS,
    "maxqda": MAXQDA,
    "qualcoder": QUALCODER,
    "specified": SPECIFIED,
    "counted_bom": COUNTED_BOM,
    "numbered": Shape(names="line", utf16=True),
}


def guid(shape: Shape, *parts: object) -> str:
    """A GUID in the way of the program."""
    made = str(uuid.uuid5(uuid.NAMESPACE_OID, "\0".join(map(str, parts)))).upper()
    made = made.lower() if shape.lower else made
    return f"{{{made}}}" if shape.braces else made


def positions(text: str, shape: Shape) -> list[int]:
    """What the program writes for each position in the text."""
    found = [1 if shape.count_bom else 0]
    for char in text:
        wide = (char == "\n" and shape.count_crlf) or (shape.utf16 and ord(char) > 0xFFFF)
        found.append(found[-1] + (2 if wide else 1))
    return found


def coding(shape: Shape, mark: Mark, *parts: object) -> str:
    """The XML of a code on a passage."""
    note = f'<NoteRef targetGUID="{guid(shape, "note", mark.memo)}"/>' if mark.memo else ""
    return (
        f'<Coding guid="{guid(shape, "coding", mark, *parts)}" '
        f'creatingUser="{guid(shape, "user", mark.coder)}">'
        f'<CodeRef targetGUID="{guid(shape, "code", mark.code)}"/>{note}</Coding>'
    )


def selections(shape: Shape, document: str, text: str, marks: Sequence[Mark], shift: int = 0) -> str:
    """The XML of the passages of one text."""
    places = positions(text, shape)
    spans: dict[object, list[Mark]] = {}
    for number, mark in enumerate(marks):
        # NVivo and QualCoder write a selection for each coding.
        spans.setdefault(number if shape.single else (mark.start, mark.end), []).append(mark)
    out = []
    for number, group in enumerate(spans.values()):
        start, end = group[0].start, group[0].end
        quote = text[start:end]
        name = {"full": quote, "first": quote[:100], "line": f"line:{number}"}.get(shape.names, "")
        out.append(
            f'<PlainTextSelection guid="{guid(shape, "selection", document, number)}" '
            + (f"name={quoteattr(name)} " if name else "")
            + f'startPosition="{places[start] + shift}" endPosition="{places[end] + shift}" '
            f'creatingUser="{guid(shape, "user", "somebody else")}">'
            + "".join(coding(shape, mark, document, number) for mark in group)
            + "</PlainTextSelection>"
        )
    return "".join(out)


def code_tree(shape: Shape, codes: Mapping[str, str] | Sequence[str]) -> str:
    """The XML of codes: names, or name to name of the code above (which comes before)."""
    above = codes if isinstance(codes, Mapping) else dict.fromkeys(codes, "")

    def one(name: str) -> str:
        below = "".join(one(child) for child, parent in above.items() if parent == name)
        return (
            f'<Code guid="{guid(shape, "code", name)}" name={quoteattr(name)} isCodable="true">{below}</Code>'
        )

    return "".join(one(name) for name, parent in above.items() if not parent)


@dataclass
class Text:
    """A document: its text, its passages, a shift that a faulty export puts on positions."""

    text: str
    marks: Sequence[Mark] = ()
    shift: int = 0
    missing: bool = False
    extra: str = ""


def project_xml(
    shape: Shape,
    texts: Mapping[str, Text],
    codes: Mapping[str, str] | Sequence[str] = CODES,
    sources: str = "",
    cases: str = "",
) -> str:
    """The XML of a project."""
    marks = [mark for text in texts.values() for mark in text.marks]
    users = dict.fromkeys(["somebody else", *(mark.coder for mark in marks)])
    notes = dict.fromkeys(mark.memo for mark in marks if mark.memo)
    listed = []
    for name, text in texts.items():
        key = guid(shape, "source", name)
        title = name if shape.extension else name.rpartition(".")[0] or name
        passages = selections(shape, name, text.text, text.marks, text.shift)
        listed.append(
            f'<TextSource guid="{key}" name={quoteattr(title)} '
            f'plainTextPath="internal://{key.strip("{}")}.txt">{passages}{text.extra}</TextSource>'
        )
    noted = "".join(
        f'<Note guid="{guid(shape, "note", memo)}"><PlainTextContent>{escape(memo)}</PlainTextContent></Note>'
        for memo in notes
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<Project xmlns="{shape.namespace}" name="p" origin="{shape.origin}"><Users>'
        + "".join(f'<User guid="{guid(shape, "user", user)}" name={quoteattr(user)}/>' for user in users)
        + f"</Users><CodeBook><Codes>{code_tree(shape, codes)}</Codes></CodeBook>{cases}"
        + f"<Sources>{''.join(listed)}{sources}</Sources>"
        + (f"<Notes>{noted}</Notes>" if noted else "")
        + "</Project>"
    )


def qdpx(path: Path, shape: Shape, texts: Mapping[str, Text], **parts) -> Path:
    """A project as the program exports it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(shape.qde, project_xml(shape, texts, **parts))
        for name, text in texts.items():
            if text.missing:
                continue
            raw = text.text.replace("\n", "\r\n") if shape.crlf else text.text
            key = guid(shape, "source", name).strip("{}")
            archive.writestr(f"{shape.folder}/{key}.txt", raw.encode("utf-8-sig" if shape.bom else "utf-8"))
    return path


QUALCODER_TABLES = """
CREATE TABLE project (databaseversion text, date text, memo text, about text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
    date text, av_text_id integer, risid integer, unique(name));
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text,
    supercatid integer, unique(name));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
    color text, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer,
    pos1 integer, owner text, date text, memo text, avid integer, important integer,
    unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer,
    height integer, cid integer, memo text, date text, owner text, important integer);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer,
    memo text, date text, owner text, important integer);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer,
    owner text, date text, memo text);
"""


@dataclass
class QualCoder:
    """A QualCoder project: the texts with their passages, categories of codes, cases."""

    texts: Mapping[str, Text]
    categories: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def write(self, path: Path) -> Path:
        """Write the database."""
        names = list(self.texts)
        with sqlite3.connect(path) as base:
            base.executescript(QUALCODER_TABLES)
            base.execute("INSERT INTO project VALUES ('v8', '', '', 'QualCoder 3.8.2')")
            for number, (name, text) in enumerate(self.texts.items(), 1):
                base.execute(
                    "INSERT INTO source (id, name, fulltext) VALUES (?, ?, ?)", (number, name, text.text)
                )
            for number, category in enumerate(dict.fromkeys(self.categories.values()), 1):
                base.execute("INSERT INTO code_cat (catid, name) VALUES (?, ?)", (number, category))
            codes = list(dict.fromkeys(mark.code for text in self.texts.values() for mark in text.marks))
            groups = list(dict.fromkeys(self.categories.values()))
            for number, code in enumerate(codes, 1):
                group = groups.index(self.categories[code]) + 1 if code in self.categories else None
                base.execute(
                    "INSERT INTO code_name (cid, name, memo, catid) VALUES (?, ?, '', ?)",
                    (number, code, group),
                )
            for name, text in self.texts.items():
                for mark in text.marks:
                    start, end = mark.start + text.shift, mark.end + text.shift
                    base.execute(
                        "INSERT INTO code_text (cid, fid, seltext, pos0, pos1, owner, memo) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?)",
                        (
                            codes.index(mark.code) + 1,
                            names.index(name) + 1,
                            text.text[mark.start : mark.end],
                            start,
                            end,
                            mark.coder,
                            mark.memo,
                        ),
                    )
            for number, (case, documents) in enumerate(self.cases.items(), 1):
                base.execute("INSERT INTO cases (caseid, name) VALUES (?, ?)", (number, case))
                for document in documents:
                    base.execute(
                        "INSERT INTO case_text (caseid, fid) VALUES (?, ?)",
                        (number, names.index(document) + 1),
                    )
        base.close()
        return path


def marks_of(text: str, *passages: str, **facts: str) -> list[Mark]:
    """Marks of these words of a text."""
    found = []
    for words in passages:
        start = text.index(words)
        found.append(Mark(start, start + len(words), **facts))
    return found
