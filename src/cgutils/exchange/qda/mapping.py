"""The mapping: what codes, documents and coders of a file are in this project, and the file that says so."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from cgutils.data.errors import CollectionError, Problem
from cgutils.data.files import neutral, restored
from cgutils.data.project import is_id
from cgutils.data.reading import read_table
from cgutils.data.unique_ids import RESERVED_CODERS
from cgutils.exchange.qda.codes import Codes, Match
from cgutils.exchange.qda.memos import clean
from cgutils.exchange.qda.segments import QdaFile
from cgutils.exchange.qda.vocabulary import ATTRIBUTES, meaning, names_of, simple

CODE, DOCUMENT, CODER = "code", "document", "coder"
IGNORE, MODIFIER = "ignore", "modifier"
NOT_TOLD = "(not told)"
COLUMNS = ("what", "name", "use", "direction", "kind", "section", "guess", "segments", "remark")
_REQUIRED = ("what", "name", "use")
_ALLOWED = {
    CODE: "an indicator (id, code or label), ignore, or modifier",
    DOCUMENT: "a source of the case, or ignore",
    CODER: "a coder id such as ana-putri, or ignore",
}


@dataclass(frozen=True)
class Entry:
    """What one code, document or coder of the file is in this project.

    Parameters
    ----------
    what : {"code", "document", "coder"}
        What it is.
    name : str
        Its name in the file; the levels of a code are parted by ``>``.
    use : str
        Id of the indicator, source or coder; ``ignore``; for a code that names a direction or kind alone
        ``modifier``; "" where it is not decided.
    attributes : dict of str to str
        ``direction`` and ``kind`` of a code.
    section : str
        What stands in the column ``section`` of evidence from the document.
    guess : str
        The likeliest, where it is not decided.
    n_segments : int
        Coded segments that it has.
    remark : str
        What else is known of it.
    """

    what: str
    name: str
    use: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    section: str = ""
    guess: str = ""
    n_segments: int = 0
    remark: str = ""


def code_name(path: tuple[str, ...]) -> str:
    """Write the path of a code as the mapping names it."""
    return clean(" > ".join(path))


def propose(
    found: QdaFile, codes: Codes, sources: tuple[str, ...], coders: Iterable[str]
) -> dict[tuple[str, str], Entry]:
    """Decide what is certain, and guess the rest.

    Parameters
    ----------
    found : QdaFile
        The file; only what has segments counts, or all codes of a file without segments.
    codes : Codes
        Recognises indicators.
    sources : tuple of str
        Sources of the case.
    coders : iterable of str
        Coders of the project.

    Returns
    -------
    dict of (str, str) to Entry
        By what it is and its name.
    """
    counts = Counter(segment.code for segment in found.segments)
    matches = {path: codes.match(path, found.codes.get(path, "")) for path in counts or found.codes}
    # A dimension matters only where passages are coded with it.
    entries = [
        _code(path, match, counts[path])
        for path, match in matches.items()
        if counts[path] or not match.holder
    ]
    documents = Counter(segment.document for segment in found.segments)
    entries += [_document(name, sources, n, len(documents)) for name, n in documents.items()]
    people = Counter(segment.coder for segment in found.segments)
    entries += _coders(people, set(coders))
    made: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        made.setdefault((entry.what, entry.name), entry)
    return made


def read_mapping(
    path: Path, proposed: Mapping[tuple[str, str], Entry], codes: Codes, sources: tuple[str, ...]
) -> tuple[dict[tuple[str, str], Entry], list[dict[str, str]]]:
    """Read a mapping file over what is proposed.

    Parameters
    ----------
    path : Path
        CSV as `mapping_file` writes it; a spreadsheet may have changed its separator.
    proposed : mapping of (str, str) to Entry
        As `propose` gives it. What the file does not name stays as it is there.
    codes : Codes
        Recognises indicators.
    sources : tuple of str
        Sources of the case.

    Returns
    -------
    entries : dict of (str, str) to Entry
        The entries, those of the file decided as it says.
    others : list of dict
        Rows on what the imported file does not have: one mapping may serve several files.

    Raises
    ------
    CollectionError
        Where a row cannot be used; all are listed.
    """
    table = read_table(path, path.name, {name: name in _REQUIRED for name in COLUMNS}, frozenset())
    problems = list(table.problems)
    entries, others = dict(proposed), []
    for line, row in zip(table.frame.index, table.frame.to_dict("records"), strict=True):
        cells = {str(name): str(cell) if isinstance(cell, str) else "" for name, cell in row.items()}
        old = entries.get((cells["what"].lower(), cells["name"]))
        if old is None:
            if cells["what"].lower() not in _ALLOWED:
                problems.append(
                    Problem(path.name, int(line), "what", cells["what"], ", ".join(_ALLOWED), "Correct it.")
                )
            others.append(cells)
            continue
        entry, wrong = _decided(old, cells, codes, sources)
        problems += [Problem(path.name, int(line), *parts) for parts in wrong]
        entries[old.what, old.name] = entry
    if problems:
        raise CollectionError(problems)
    return entries, others


def mapping_file(entries: Iterable[Entry], others: Iterable[Mapping[str, str]] = ()) -> str:
    """Write entries as a mapping file, the undecided first among each kind; then the rows on other files."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    order = list(_ALLOWED)
    for entry in sorted(entries, key=lambda entry: (order.index(entry.what), bool(entry.use), entry.name)):
        cells = [
            entry.what,
            entry.name,
            entry.use,
            entry.attributes.get("direction", ""),
            entry.attributes.get("kind", ""),
            entry.section,
            entry.guess,
            str(entry.n_segments),
            entry.remark,
        ]
        writer.writerow(map(neutral, cells))
    writer.writerows([neutral(cells[name]) for name in COLUMNS] for cells in others)
    return out.getvalue()


def open_questions(path: Path, text: str, entries: Mapping[tuple[str, str], Entry]) -> list[Problem]:
    """Say which rows of a mapping file are still to be decided."""
    rows = {}
    reader = csv.reader(io.StringIO(text))
    last = 0
    for cells in reader:
        rows[tuple(map(restored, cells[:2]))] = last + 1
        last = reader.line_num
    return [
        Problem(
            path.name,
            rows.get((entry.what, entry.name)),
            "use",
            f"a blank cell for the {entry.what} {entry.name[:80]} ({entry.n_segments} segments"
            + (f"; best guess: {entry.guess})" if entry.guess else ")"),
            _ALLOWED[entry.what],
            "Fill it in, save, and run the same command again.",
        )
        for entry in entries.values()
        if not entry.use
    ]


def _code(path: tuple[str, ...], match: Match, count: int) -> Entry:
    use = match.indicator_id if match.sure and match.indicator_id else MODIFIER if match.modifier else ""
    return Entry(CODE, code_name(path), use, match.attributes, "", match.guess, count, match.remark)


def _document(name: str, sources: tuple[str, ...], count: int, n_documents: int) -> Entry:
    named = clean(name)
    exact = [source for source in sources if simple(source) == simple(name)]
    section = named if n_documents > 1 else ""
    if exact:
        return Entry(DOCUMENT, named, exact[0], {}, "", "", count)
    if len(sources) == 1:
        return Entry(DOCUMENT, named, sources[0], {}, section, "", count, "the only source of the case")
    close = difflib.get_close_matches(simple(name), {simple(source): source for source in sources}, 1)
    guess = next((source for source in sources if close and simple(source) == close[0]), "")
    return Entry(DOCUMENT, named, "", {}, "", guess, count)


def _coders(people: Counter[str], known: set[str]) -> list[Entry]:
    slugs = {name: slug(name) for name in people}
    times = Counter(slugs.values())
    entries = []
    for name, count in people.items():
        shown = clean(name) or NOT_TOLD
        made = slugs[name]
        clear = is_id(made) and times[made] == 1 and made not in RESERVED_CODERS
        remark = "" if made in known else "a new coder"
        entries.append(
            Entry(CODER, shown, made if clear else "", {}, "", "", count, remark if clear else "choose an id")
        )
    return entries


def slug(name: str) -> str:
    """Make an id of a name.

    Examples
    --------
    >>> slug("Ana Putri"), slug("José_2")
    ('ana-putri', 'jose-2')
    """
    split = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in split if not unicodedata.combining(c))).strip("-")


def _decided(
    old: Entry, cells: Mapping[str, str], codes: Codes, sources: tuple[str, ...]
) -> tuple[Entry, list[tuple[str, str, str, str]]]:
    wrong = []
    use = cells["use"]
    if simple(use) in names_of(IGNORE):
        chosen = IGNORE
    elif old.what == CODE:
        chosen = MODIFIER if simple(use) in names_of(MODIFIER) else codes.indicator(use) or ""
    elif old.what == DOCUMENT:
        chosen = next((source for source in sources if source == use.lower()), "")
    else:
        chosen = use if is_id(use) and use not in RESERVED_CODERS else ""
    if use and not chosen:
        allowed = ", ".join(sources) if old.what == DOCUMENT and len(sources) < 20 else _ALLOWED[old.what]
        wrong.append(("use", use[:60], allowed, "Correct it."))
    attributes = {}
    for attribute, values in ATTRIBUTES.items():
        said = meaning(cells[attribute]) if cells[attribute] else None
        if cells[attribute] and (said is None or said[0] != attribute):
            wrong.append(
                (attribute, cells[attribute][:60], ", ".join(values), "Correct it, or leave it blank.")
            )
        elif said:
            attributes[attribute] = said[1]
    if chosen == MODIFIER and not attributes:
        wrong.append(("direction", "a blank cell beside modifier", "a direction or a kind", "Fill one in."))
    return replace(old, use=chosen, attributes=attributes, section=cells["section"]), wrong
