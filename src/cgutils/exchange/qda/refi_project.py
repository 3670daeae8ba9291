"""What the parts of a REFI-QDA project refer to: users, codes, notes, cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from cgutils.exchange.qda.archives import child_text, children, local
from cgutils.exchange.qda.segments import Fact, QdaFile
from cgutils.exchange.qda.texts import decode

Fetch = Callable[[str], bytes | None]


@dataclass
class Project:
    """What the sources of a project refer to.

    Parameters
    ----------
    found : QdaFile
        What has been read so far.
    fetch : callable
        Gives the bytes of a file named in the project, None where it is not packed with it.
    users, codes, notes : dict of str to str or tuple
        By GUID: name of the user, path of the code, text of the note.
    variables : dict of str to str
        By GUID: name of the variable.
    source_cases, selection_cases : dict of str to list of str
        By GUID: names of the cases that a source or a passage belongs to.
    """

    found: QdaFile
    fetch: Fetch
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    source_cases: dict[str, list[str]] = field(default_factory=dict)
    selection_cases: dict[str, list[str]] = field(default_factory=dict)
    creator: str = ""


def guid(text: str | None) -> str:
    """Give a GUID one form: programs write it in either case, with and without braces."""
    return (text or "").strip().strip("{}").upper()


def codes_of(book: Element) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Give GUID, path and description of every code, those above first."""
    todo: list[tuple[Element, tuple[str, ...]]] = []
    for codes in children(book, "Codes"):
        todo += [(child, ()) for child in children(codes, "Code")][::-1]
    while todo:
        element, above = todo.pop()
        path = (*above, " ".join((element.get("name") or "").split()))
        yield guid(element.get("guid")), path, child_text(element, "Description").strip()
        todo += [(child, path) for child in children(element, "Code")][::-1]


def packed_name(path: str | None) -> str:
    """Give the name of a file from a path in a project (``internal://a.txt``); folders are never followed."""
    return (path or "").replace("\\", "/").rpartition("/")[2]


def note_text(note: Element, fetch: Fetch) -> str:
    """Give the text of a note, which stands in the project or in a file of its own."""
    inline = child_text(note, "PlainTextContent").strip() or child_text(note, "Description").strip()
    if inline or not note.get("plainTextPath"):
        return inline
    data = fetch(packed_name(note.get("plainTextPath")))
    return "" if data is None else decode(data)[0].text.strip()


def take_facts(project: Project, element: Element, what: str, owner: str) -> None:
    """Take note of the variables of a case or a source; those without a value say nothing."""
    for given in children(element, "VariableValue"):
        key = next((guid(ref.get("targetGUID")) for ref in children(given, "VariableRef")), "")
        texts = ["".join(part.itertext()) for part in given if local(part).endswith("Value")]
        value = " ".join(" ".join(texts).split())
        if value:
            project.found.facts.append(Fact(what, owner, project.variables.get(key) or "?", value))


def take_cases(project: Project, cases: Element) -> None:
    """Take note of the sources and passages that belong to each case."""
    for case in children(cases, "Case"):
        name = (case.get("name") or "").strip()
        take_facts(project, case, "case", name)
        for reference in children(case, "SourceRef"):
            project.source_cases.setdefault(guid(reference.get("targetGUID")), []).append(name)
        for reference in children(case, "SelectionRef"):
            project.selection_cases.setdefault(guid(reference.get("targetGUID")), []).append(name)
