"""QualCoder projects: the database ``data.qda`` in the folder of a project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cgutils.exchange.qda.databases import Database, open_database, whole, words
from cgutils.exchange.qda.offsets import Selection
from cgutils.exchange.qda.segments import AUDIO, PICTURE, Fact, QdaFile, Segment
from cgutils.exchange.qda.textparts import UNKNOWN_CODE, Coded, TextPart, segments_of, title_of
from cgutils.exchange.qda.texts import document_text

FORM = "QualCoder project"
NEEDED = {
    "source": ("id", "name", "fulltext"),
    "code_name": ("cid", "name", "memo", "catid"),
    "code_cat": ("catid", "name", "supercatid"),
    "code_text": ("cid", "fid", "seltext", "pos0", "pos1", "owner", "memo"),
}
_DEEPEST = 50


def read_qualcoder(path: Path) -> QdaFile:
    """Read a QualCoder project.

    Parameters
    ----------
    path : Path
        The file ``data.qda``.

    Returns
    -------
    QdaFile
        Coded text, pictures and recordings; the coder is the owner of each coding.

    Raises
    ------
    CgutilsError
        Where it is no such database.
    """
    with open_database(path, NEEDED, "a QualCoder project (data.qda)") as database:
        version = ""
        if database.has("project", "about"):
            version = next((words(about) for (about,) in database.rows("project", "about")), "")
        found = QdaFile(path.name, FORM, version or "QualCoder")
        codes = _codes(database, found)
        titles: dict[str, int] = {}
        sources = enumerate(database.rows("source", "id", "name"), 1)
        names = {key: title_of(words(name), number, titles) for number, (key, name) in sources}
        cases = _cases(database)
        found.facts += _facts(database, names)
        parts = _texts(database, found, codes, names, cases)
        found.add([*segments_of(found, parts), *_media(database, found, codes, names, cases)])
        return found


def _codes(database: Database, found: QdaFile) -> dict[int, tuple[str, ...]]:
    categories = {
        key: (words(name), above)
        for key, name, above in database.rows("code_cat", "catid", "name", "supercatid")
    }
    columns = ("cid", "name", "memo", "catid")
    nested = database.has("code_name", "supercid")
    rows = list(database.rows("code_name", *columns, *(["supercid"] if nested else [])))
    parents = {row[0]: (words(row[1]), row[3], row[4] if nested else None) for row in rows}
    paths = {}
    for row in rows:
        path: tuple[str, ...] = ()
        code, category = row[0], None
        while code in parents and len(path) < _DEEPEST:
            name, category, code = parents[code]
            path = (name, *path)
        while category in categories and len(path) < _DEEPEST:
            name, category = categories[category]
            path = (name, *path)
        paths[row[0]] = path
        found.codes.setdefault(path, words(row[2]).strip())
    return paths


def _cases(database: Database) -> dict[int, list[str]]:
    if not (database.has("cases", "caseid", "name") and database.has("case_text", "caseid", "fid")):
        return {}
    names = {key: words(name) for key, name in database.rows("cases", "caseid", "name")}
    cases: dict[int, list[str]] = defaultdict(list)
    for case, document in database.rows("case_text", "caseid", "fid"):
        if case in names and names[case] not in cases[document]:
            cases[document].append(names[case])
    return cases


def _facts(database: Database, documents: dict[int, str]) -> Iterator[Fact]:
    """Give the attributes of cases and documents that have a value."""
    if not database.has("attribute", "name", "attr_type", "value", "id"):
        return
    has_cases = database.has("cases", "caseid", "name")
    cases = {key: words(name) for key, name in database.rows("cases", "caseid", "name")} if has_cases else {}
    kinds = {"case": ("case", cases), "file": ("document", documents)}
    for name, kind, value, key in database.rows("attribute", "name", "attr_type", "value", "id"):
        # Journals have attributes too, and ids that are those of documents as well.
        what, owners = kinds.get(words(kind), ("", {}))
        if key in owners and words(value).strip():
            yield Fact(what, owners[key], words(name).strip(), " ".join(words(value).split()))


def _texts(
    database: Database,
    found: QdaFile,
    codes: dict[int, tuple[str, ...]],
    names: dict[int, str],
    cases: dict[int, list[str]],
) -> list[TextPart]:
    parts = {
        key: TextPart(names[key], document_text(words(text)) if words(text) else None)
        for key, text in database.rows("source", "id", "fulltext")
    }
    for code, document, text, start, end, owner, memo in database.rows("code_text", *NEEDED["code_text"]):
        first, last = whole(start), whole(end)
        if code not in codes or document not in parts or first is None or last is None:
            found.skipped[UNKNOWN_CODE] += 1
            continue
        coded = Coded(codes[code], words(owner).strip(), words(memo).strip(), tuple(cases.get(document, ())))
        parts[document].take(Selection(first, last, words(text)), [coded])
    return list(parts.values())


def _media(
    database: Database,
    found: QdaFile,
    codes: dict[int, tuple[str, ...]],
    names: dict[int, str],
    cases: dict[int, list[str]],
) -> Iterator[Segment]:
    for table, place, kind in (("code_image", ("x1", "y1"), PICTURE), ("code_av", ("pos0", "pos1"), AUDIO)):
        columns = ("cid", "id", "owner", "memo", *place)
        if not database.has(table, *columns):
            continue
        for code, document, owner, memo, first, last in database.rows(table, *columns):
            if code not in codes or document not in names:
                found.skipped[UNKNOWN_CODE] += 1
                continue
            heard = kind == AUDIO
            yield Segment(
                names[document],
                whole(first) if heard else None,
                whole(last) if heard else None,
                None,
                codes[code],
                words(owner).strip(),
                words(memo).strip(),
                kind,
                place="" if heard else f"area {first},{last}",
                cases=tuple(cases.get(document, ())),
            )
