"""How to cite the collection, the framework and the cases, from what the project states and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.metadata import metadata
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from cgutils import __version__
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.framework import Framework
from cgutils.data.yamlfiles import load_yaml
from cgutils.exchange.out.blocks import Inline, Span
from cgutils.present.labels import Labels
from cgutils.present.labels import labels as make_labels
from cgutils.report.bibliography import NO_DATE, Entry, parse_entries, read_bibliography, stop

CITATION = "CITATION.cff"
SOURCES = "data/raw/sources.bib"
# What every reference needs; where a source does not state it, that is said beside the reference.
NEEDED = ("author", "title", "year")
_ESCAPED = str.maketrans({sign: "\\" + sign for sign in "&%#_$"})


class _Person(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    name: str = ""
    family: str = Field("", alias="family-names")
    given: str = Field("", alias="given-names")


class _Cff(BaseModel):
    """The part of a Citation File Format file that a reference needs."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    title: str = ""
    version: str = ""
    authors: tuple[_Person, ...] = ()
    released: date | str = Field("", alias="date-released")
    doi: str = ""
    url: str = ""
    repository: str = Field("", alias="repository-code")


@dataclass(frozen=True)
class Citation:
    """One thing to cite.

    Parameters
    ----------
    group : {"collection", "software", "framework", "case"}
        What it is.
    name : str
        Title of the case or framework; "" for the collection.
    reference : tuple of Inline
        The reference; empty where there is nothing to make one from.
    bibtex : str
        The same as BibTeX.
    missing : tuple of str
        What is not stated: words of `NEEDED`.
    advice : str
        What to do where something is missing in the project itself.
    """

    group: str
    name: str
    reference: tuple[Inline, ...]
    bibtex: str
    missing: tuple[str, ...] = ()
    advice: str = ""


def citations(collection: Collection, labels: Labels, cases: Sequence[str] = ()) -> list[Citation]:
    """List what to cite.

    Parameters
    ----------
    collection : Collection
        The checked collection; its folder is searched for ``CITATION.cff`` and ``data/raw/sources.bib``.
    labels : Labels
        Language of names and of "no date".
    cases : sequence of str
        Ids of the cases to cite; all where it is empty.

    Returns
    -------
    list of Citation
        The collection, the software where the collection is another one, frameworks, cases; a source that two
        cases share stands once.

    Raises
    ------
    CgutilsError
        For an unknown case, or a file that cannot be read.
    """
    unknown = [case for case in cases if case not in collection.cases]
    if unknown:
        raise CgutilsError(
            f"case {', '.join(map(repr, unknown))} does not exist; choose one of "
            f"{', '.join(collection.cases)}."
        )
    chosen = list(dict.fromkeys(cases)) or list(collection.cases)
    entries = read_bibliography(collection.root / SOURCES, SOURCES)
    frameworks = dict.fromkeys(collection.cases[case].framework for case in chosen)
    return [
        *_collection(collection, labels),
        *(_framework(collection.frameworks[name], entries, labels) for name in frameworks),
        *_cases(collection, labels, chosen, entries),
    ]


@cache
def library_entries() -> dict[str, Entry]:
    """Give the works that the method itself rests on, by id."""
    return parse_entries(files("cgutils.report").joinpath("references.bib").read_text(encoding="utf-8"))


def _collection(collection: Collection, labels: Labels) -> Iterator[Citation]:
    path = collection.root / CITATION
    cff: _Cff | None = None
    if path.is_file():
        cff, problems = load_yaml(path, CITATION, _Cff)
        if cff is None:
            raise CollectionError(problems)
    if cff is None:
        yield Citation("collection", "", (), "", advice=labels.term("cite_no_file"))
    else:
        yield _from_cff(cff, labels)
    # The collection of this project carries the library; any other one uses it, and should say so.
    if cff is None or "cgutils" not in cff.title.lower():
        summary = metadata("cgutils")["Summary"]
        software = _Cff.model_validate({"title": f"cgutils: {summary}", "version": __version__})
        made = _from_cff(software, labels, "software")
        yield Citation("software", "", made.reference, made.bibtex)


def _from_cff(cff: _Cff, labels: Labels, group: str = "collection") -> Citation:
    people = [_person(person) for person in cff.authors]
    people = [person for person in people if person]
    fields = {
        "title": f"{{{_tex(cff.title)}}}" if cff.title else "",
        "version": _tex(cff.version),
        "year": str(cff.released)[:4],
        "doi": cff.doi,
        "url": cff.url or cff.repository,
    }
    fields = {name: value for name, value in fields.items() if value}
    entry = Entry("collection" if group == "collection" else "cgutils", "software", tuple(people), fields)
    version = f" ({labels.heading('cite_version')} {cff.version})" if cff.version else ""
    parts: list[Inline] = []
    title, year = cff.title or entry.key, entry.text("year") or NO_DATE[labels.language]
    if people:
        parts.append(Span(f"{entry.listed(labels.language)}({year}). "))
    parts += [Span(title, italic=True), Span(version)]
    if not people:
        parts.append(Span(f"{stop(title + version)} ({year})"))
    parts.append(Span(f" [{labels.heading('cite_software')}]."))
    address = f"https://doi.org/{cff.doi}" if cff.doi else fields.get("url", "")
    if address:
        parts += [Span(" "), Span(address, url=address)]
    missing = _missing(entry)
    return Citation(
        group, "", tuple(parts), entry.bibtex(), missing, labels.term("cite_fill") if missing else ""
    )


def _framework(framework: Framework, entries: dict[str, Entry], labels: Labels) -> Citation:
    name = getattr(framework.title, labels.language)
    entry = entries.get(framework.framework_id) or library_entries().get(framework.framework_id)
    if entry is not None:
        return Citation("framework", name, entry.reference(labels.language), entry.bibtex())
    note = Entry(framework.framework_id, "misc", (), {"note": _tex(framework.reference)})
    return Citation("framework", name, (Span(framework.reference),), note.bibtex())


def _cases(
    collection: Collection, labels: Labels, cases: Sequence[str], entries: dict[str, Entry]
) -> Iterator[Citation]:
    seen: set[str] = set()
    for case_id in cases:
        for source in collection.cases[case_id].sources:
            if source in seen:
                continue
            seen.add(source)
            entry = entries.get(source)
            if entry is None:
                advice = labels.term("cite_no_entry", source=source)
                yield Citation("case", labels.case(case_id), (), "", advice=advice)
            else:
                reference = entry.reference(labels.language)
                yield Citation("case", labels.case(case_id), reference, entry.bibtex(), _missing(entry))


def _missing(entry: Entry) -> tuple[str, ...]:
    needed = (*NEEDED, *(["journal"] if entry.kind == "article" else []))
    people = entry.authors or entry.editors
    return tuple(name for name in needed if not (people if name == "author" else entry.text(name)))


def _person(person: _Person) -> str:
    if family := _name(person.family):
        return ", ".join(part for part in (family, _name(person.given)) if part)
    return f"{{{_tex(person.name)}}}" if person.name.strip() else ""


def _name(text: str) -> str:
    # A comma or the word between two authors is part of the name only within braces.
    made = _tex(text)
    return f"{{{made}}}" if "," in made or "and" in made.casefold().split() or made == "others" else made


def _tex(text: str) -> str:
    # Braces would end the field; a title in a citation file has no use for them.
    return " ".join(text.replace("{", "(").replace("}", ")").replace("\\", "/").split()).translate(_ESCAPED)


def missing_references(collection: Collection, language: str, case_id: str = "") -> list[str]:
    """Say which references a document lacks because the project does not hold them, and what to do.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    language : {"en", "id"}
        Language of the words.
    case_id : str
        The case that the document is about; "" for all.

    Returns
    -------
    list of str
        A sentence for each.
    """
    found = citations(collection, make_labels(collection, language), [case_id] if case_id else [])
    return [citation.advice for citation in found if not citation.reference]


def citation_lines(found: Sequence[Citation], labels: Labels, *, bibtex: bool = False) -> Iterator[str]:
    """Write citations for a terminal or a file.

    Parameters
    ----------
    found : sequence of Citation
        As `citations` gives them.
    labels : Labels
        Language of the headings.
    bibtex : bool
        BibTeX instead of references; what is missing becomes a comment.

    Yields
    ------
    str
        Lines.
    """
    group, written = "", set[str]()
    for citation in found:
        said = _remarks(citation, labels)
        if bibtex:
            yield from (f"% {line}" for line in said)
            # Two cases of one source need one entry.
            if citation.bibtex and citation.bibtex not in written:
                written.add(citation.bibtex)
                yield citation.bibtex + "\n"
            continue
        if citation.group != group:
            yield ("\n" if group else "") + labels.heading(f"cite_{citation.group}")
            group = citation.group
        name = f"{citation.name}: " if citation.group == "case" else ""
        text = "".join(part.text for part in citation.reference if isinstance(part, Span))
        if text:
            yield f"  {name}{text}"
        yield from (f"  {'' if text else name}{line}" for line in said)


def _remarks(citation: Citation, labels: Labels) -> list[str]:
    missing = ", ".join(labels.term(f"cite_{name}") for name in citation.missing)
    said = [labels.term("cite_missing", what=missing)] if missing else []
    return [*said, *([citation.advice] if citation.advice else [])]
