"""Writing REFI-QDA: codebooks (.qdc), and projects (.qdpx) with texts and coded segments."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.codebook import Code, guid
from cgutils.exchange.qda.segments import TEXT, WHOLE, Segment
from cgutils.exchange.qda.texts import ILLEGAL
from cgutils.exchange.zipped import pack

PROJECT_NAMESPACE, CODEBOOK_NAMESPACE = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
ORIGIN = "cgutils"
# The standard asks for dates; a fixed one keeps the bytes the same.
DATE = "2000-01-01T00:00:00Z"
_OTHER_BLANKS = re.compile(r"[\t\n\r]")


def write_codebook(codes: Sequence[Code]) -> bytes:
    """Make a REFI-QDA codebook.

    Parameters
    ----------
    codes : sequence of Code
        Those above before those below, as `codebook` gives them.

    Returns
    -------
    bytes
        XML by the schema of the standard; the same codes give the same bytes.
    """
    root = Element("CodeBook", {"xmlns": CODEBOOK_NAMESPACE, "origin": ORIGIN})
    _add_codes(root, codes)
    return _xml(root)


def write_project(
    name: str, codes: Sequence[Code], texts: Mapping[str, str], segments: Iterable[Segment] = ()
) -> bytes:
    r"""Make a REFI-QDA project.

    Parameters
    ----------
    name : str
        Name of the project.
    codes : sequence of Code
        Those above before those below.
    texts : mapping of str to str
        Name and text of each document; line ends become ``\n``.
    segments : iterable of Segment, optional
        Coded passages of these texts with these codes, or whole documents.

    Returns
    -------
    bytes
        A zip archive: ``project.qde`` and a text for each document. Positions are code points, as the
        standard asks; passages of one span are one selection, with their text as its name. The same
        content gives the same bytes.

    Raises
    ------
    CgutilsError
        Where a segment names a document or code that is not given, or is no text.
    """
    texts = {title: text.replace("\r\n", "\n").replace("\r", "\n") for title, text in texts.items()}
    coded = _by_document(list(segments), codes, texts)
    users = sorted({segment.coder for group in coded.values() for segment in group if segment.coder})
    root = Element(
        "Project",
        {
            "xmlns": PROJECT_NAMESPACE,
            "name": _legal(name),
            "origin": ORIGIN,
            "creatingUserGUID": guid("user", ORIGIN),
            "creationDateTime": DATE,
        },
    )
    made = SubElement(root, "Users")
    for user in dict.fromkeys([ORIGIN, *users]):
        SubElement(made, "User", {"guid": guid("user", user), "name": _legal(user)})
    _add_codes(SubElement(root, "CodeBook"), codes)
    notes: dict[str, str] = {}
    if texts:
        sources = SubElement(root, "Sources")
        for title, text in texts.items():
            _add_source(sources, title, text, coded[title], notes)
    if notes:
        listed = SubElement(root, "Notes")
        for key, memo in notes.items():
            note = SubElement(listed, "Note", {"guid": key, "name": "memo", "creationDateTime": DATE})
            SubElement(note, "PlainTextContent").text = _legal(memo)
    entries = {"project.qde": _xml(root)}
    entries |= {f"sources/{guid('source', title)}.txt": _bytes(text) for title, text in texts.items()}
    return pack(entries, compressed=False)


def _by_document(
    segments: list[Segment], codes: Sequence[Code], texts: Mapping[str, str]
) -> dict[str, list[Segment]]:
    known = {code.path for code in codes}
    groups: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.document not in texts or segment.code not in known or segment.kind not in {TEXT, WHOLE}:
            raise CgutilsError(
                f"a segment of {segment.document!r} with the code {' > '.join(segment.code)!r} "
                f"({segment.kind}) cannot be written: its document or code is not given, or it is no text."
            )
        groups[segment.document].append(segment)
    return groups


def _add_codes(book: Element, codes: Sequence[Code]) -> None:
    made: dict[tuple[str, ...], Element] = {(): SubElement(book, "Codes")}
    for code in codes:
        attributes = {
            "guid": guid("code", *code.path),
            "name": _legal(code.path[-1]),
            "isCodable": "true" if code.codable else "false",
        }
        element = made[code.path] = SubElement(made[code.path[:-1]], "Code", attributes)
        if code.description:
            SubElement(element, "Description").text = _legal(code.description)


def _add_source(
    sources: Element, title: str, text: str, segments: list[Segment], notes: dict[str, str]
) -> None:
    key = guid("source", title)
    source = SubElement(
        sources,
        "TextSource",
        {
            "guid": key,
            "name": _legal(title),
            "plainTextPath": f"internal://{key}.txt",
            "creatingUser": guid("user", ORIGIN),
            "creationDateTime": DATE,
        },
    )
    spans: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for segment in segments:
        if segment.start is not None and segment.end is not None:
            spans[segment.start, segment.end].append(segment)
    for (start, end), group in sorted(spans.items()):
        attributes = {"guid": guid("selection", title, str(start), str(end))}
        attributes["name"] = _OTHER_BLANKS.sub(" ", _legal(text[start:end]))
        attributes |= {"startPosition": str(start), "endPosition": str(end), "creationDateTime": DATE}
        selection = SubElement(source, "PlainTextSelection", attributes)
        for segment in group:
            _add_coding(selection, segment, notes)
    for segment in segments:
        if segment.kind == WHOLE:
            _add_coding(source, segment, notes)


def _add_coding(place: Element, segment: Segment, notes: dict[str, str]) -> None:
    parts = (segment.document, str(segment.start), str(segment.end), *segment.code, segment.coder)
    attributes = {"guid": guid("coding", *parts)}
    if segment.coder:
        attributes["creatingUser"] = guid("user", segment.coder)
    coding = SubElement(place, "Coding", {**attributes, "creationDateTime": DATE})
    SubElement(coding, "CodeRef", {"targetGUID": guid("code", *segment.code)})
    if segment.memo:
        key = guid("note", *parts, segment.memo)
        notes[key] = segment.memo
        SubElement(coding, "NoteRef", {"targetGUID": key})


def _legal(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _xml(root: Element) -> bytes:
    body = tostring(root, encoding="unicode")
    # A parser would turn a bare carriage return into a line end.
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + body.replace("\r", "&#13;") + "\n").encode("utf-8")
