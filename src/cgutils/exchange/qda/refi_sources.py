"""Coded passages in the sources of a REFI-QDA project: texts, PDF, pictures, recordings, transcripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from cgutils.exchange.qda.archives import child_text, children, local
from cgutils.exchange.qda.offsets import Selection
from cgutils.exchange.qda.refi_project import Project, guid, packed_name
from cgutils.exchange.qda.segments import AUDIO, PDF, PICTURE, VIDEO, WHOLE, Segment
from cgutils.exchange.qda.textparts import NO_CODE, UNKNOWN_CODE, Coded, TextPart
from cgutils.exchange.qda.texts import DocumentText, decode, document_text

# Beyond the last character of whatever is read.
_FARTHEST = 1 << 40
_TRANSCRIPTS = {"AudioSource": AUDIO, "VideoSource": VIDEO}


@dataclass
class Parts:
    """What was found in the sources: texts, whose positions are still to be read, and all else."""

    texts: list[TextPart] = field(default_factory=list)
    others: list[Segment] = field(default_factory=list)


def walk_source(project: Project, source: Element, title: str, parts: Parts) -> None:
    """Collect the coded passages of one source, its representations and transcripts included."""
    kind = local(source)
    cases = tuple(project.source_cases.get(guid(source.get("guid")), ()))
    for coded in _codings(project, source, cases, whole=True):
        parts.others.append(
            Segment(title, None, None, None, coded.code, coded.coder, coded.memo, WHOLE, cases=coded.cases)
        )
    if kind in {"TextSource", "Representation", "TextDescription"}:
        _walk_text(project, source, title, cases, parts)
    for selection in children(source, "PDFSelection", "PictureSelection"):
        _walk_area(project, selection, title, cases, parts)
    for selection in children(source, "AudioSelection", "VideoSelection"):
        begin, end = _number(selection.get("begin")), _number(selection.get("end"))
        for coded in _codings(project, selection, cases):
            medium = AUDIO if local(selection) == "AudioSelection" else VIDEO
            parts.others.append(Segment(title, begin, end, None, *coded[:3], medium, cases=coded.cases))
    for inner in children(source, "Representation", "TextDescription"):
        walk_source(project, inner, title, parts)
    for transcript in children(source, "Transcript"):
        _walk_transcript(project, transcript, title, _TRANSCRIPTS.get(kind, AUDIO), cases, parts)


def _walk_text(project: Project, source: Element, title: str, cases: tuple[str, ...], parts: Parts) -> None:
    part = TextPart(title, _text_of(project, source))
    for selection in children(source, "PlainTextSelection"):
        start, end = _number(selection.get("startPosition")), _number(selection.get("endPosition"))
        _take(part, project, selection, cases, start, end)
    parts.texts.append(part)


def _walk_transcript(
    project: Project, transcript: Element, title: str, medium: str, cases: tuple[str, ...], parts: Parts
) -> None:
    part = TextPart(title, _text_of(project, transcript))
    points = {guid(point.get("guid")): point for point in children(transcript, "SyncPoint")}
    for selection in children(transcript, "TranscriptSelection"):
        ends = [points.get(guid(selection.get(name))) for name in ("fromSyncPoint", "toSyncPoint")]
        start, end = (None if point is None else _number(point.get("position")) for point in ends)
        if start is not None and end is not None:
            _take(part, project, selection, cases, start, end)
            continue
        begin, until = (None if point is None else _number(point.get("timeStamp")) for point in ends)
        for coded in _codings(project, selection, cases):
            parts.others.append(Segment(title, begin, until, None, *coded[:3], medium, cases=coded.cases))
    parts.texts.append(part)


def _walk_area(
    project: Project, selection: Element, title: str, cases: tuple[str, ...], parts: Parts
) -> None:
    medium = PDF if local(selection) == "PDFSelection" else PICTURE
    corners = ",".join(selection.get(name) or "?" for name in ("firstX", "firstY", "secondX", "secondY"))
    page = selection.get("page")
    place = f"page {page}, area {corners}" if page is not None else f"area {corners}"
    text = next((_text_of(project, inner) for inner in children(selection, "Representation")), None)
    for coded in _codings(project, selection, cases):
        passage = None if text is None else text.text
        parts.others.append(
            Segment(title, None, None, passage, *coded[:3], medium, place=place, cases=coded.cases)
        )


def _take(
    part: TextPart,
    project: Project,
    selection: Element,
    cases: tuple[str, ...],
    start: int | None,
    end: int | None,
) -> None:
    coded = list(_codings(project, selection, cases))
    if not coded:
        project.found.skipped[NO_CODE] += 1
    elif start is None or end is None:
        project.found.skipped["no_number"] += len(coded)
    else:
        part.take(Selection(start, end, selection.get("name") or ""), coded)


def _codings(
    project: Project, element: Element, cases: tuple[str, ...], whole: bool = False
) -> Iterator[Coded]:
    own = tuple(project.selection_cases.get(guid(element.get("guid")), ()))
    described = "" if whole else child_text(element, "Description").strip()
    noted = [] if whole else _notes(project, element)
    for coding in children(element, "Coding"):
        key = next((guid(ref.get("targetGUID")) for ref in children(coding, "CodeRef")), "")
        if key not in project.codes:
            project.found.skipped[UNKNOWN_CODE] += 1
            continue
        # The coder stands on the coding; who made the selection may be somebody else.
        users = [project.users.get(guid(place.get("creatingUser")), "") for place in (coding, element)]
        coder = next((user for user in users if user), project.creator)
        memo = dict.fromkeys(part for part in (described, *_notes(project, coding), *noted) if part)
        yield Coded(project.codes[key], coder, "\n".join(memo), tuple(dict.fromkeys((*cases, *own))))


def _notes(project: Project, element: Element) -> list[str]:
    keys = [guid(reference.get("targetGUID")) for reference in children(element, "NoteRef")]
    return [project.notes[key] for key in keys if project.notes.get(key)]


def _text_of(project: Project, source: Element) -> DocumentText | None:
    for content in children(source, "PlainTextContent"):
        return document_text("".join(content.itertext()))
    path = source.get("plainTextPath")
    data = project.fetch(packed_name(path)) if path else None
    if data is None:
        return None
    text, guessed = decode(data)
    if guessed:
        project.found.remarks.append("encoding")
    return text


def _number(text: str | None) -> int | None:
    try:
        number = None if text is None else int(text)
    except ValueError:
        return None
    return None if number is None or abs(number) > _FARTHEST else number
