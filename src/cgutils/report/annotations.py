"""Ratings and evidence as W3C Web Annotations (JSON-LD), the machine-readable form of the annotated appendix.

An item of evidence describes lines of a source; a rating assesses items of evidence. The passages themselves
are not reproduced.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from cgutils.analysis.phases import all_phases
from cgutils.analysis.summaries import of_case
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.project import ID_PATTERN, LANGUAGES
from cgutils.exchange.out.blocks import clean
from cgutils.present.cells import is_missing
from cgutils.present.labels import Labels, labels
from cgutils.report.appendices import fingerprint_state
from cgutils.report.bibliography import Entry, read_bibliography
from cgutils.report.citing import SOURCES

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
SUMMARY = "https://www.w3.org/ns/activitystreams#summary"
# Lines of a plain text, counted from 0, as RFC 5147 writes them.
LINES = "http://tools.ietf.org/rfc/rfc5147"
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "cgutils")
_RANGE = re.compile(rf"(?:({ID_PATTERN}) )?L(\d+)(?:-L(\d+))?")
_AGENTS = {"human": "Person", "machine_assisted_reading": "Software"}
Row = Mapping[Hashable, Any]
Json = dict[str, Any]


def annotations_json(collection: Collection, language: str, case_id: str = "") -> bytes:
    """Write the annotations of a case, or of all cases.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    language : {"en", "id"}
        Language of labels and of the statement on access; analytic notes are given in both.
    case_id : str
        Which case; "" for all.

    Returns
    -------
    bytes
        An ``AnnotationCollection`` with one page, JSON-LD in UTF-8; the same for the same collection.

    Raises
    ------
    CgutilsError
        For an unknown case or language.
    """
    if case_id and case_id not in collection.cases:
        raise CgutilsError(f"case {case_id!r} does not exist; choose one of {', '.join(collection.cases)}.")
    words = labels(collection, language)
    entries = read_bibliography(collection.root / SOURCES, SOURCES)
    items = [
        item
        for case in ([case_id] if case_id else collection.cases)
        for item in _case(collection, case, entries, words)
    ]
    name = case_id or "all"
    made: Json = {
        # The context of the standard knows no summary; what no context knows, readers of JSON-LD drop.
        "@context": [CONTEXT, {"summary": SUMMARY}],
        "id": _id("collection", name),
        "type": "AnnotationCollection",
        "label": words.heading("section_annotations"),
        "summary": words.term("annotations_intro"),
        "total": len(items),
        "first": {
            "id": _id("page", name),
            "type": "AnnotationPage",
            "partOf": _id("collection", name),
            "startIndex": 0,
            "items": items,
        },
    }
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _case(
    collection: Collection, case_id: str, entries: Mapping[str, Entry], words: Labels
) -> Iterator[Json]:
    evidence = of_case(collection.evidence, case_id)
    for item in evidence.to_dict("records"):
        yield _evidence(case_id, item, entries, words)
    kinds = dict(zip(collection.coders["coder_id"], collection.coders["kind"], strict=True))
    for rating in all_phases(collection, case_id).to_dict("records"):
        coder = str(rating["coder_id"])
        agent = {
            "id": _id("coder", coder),
            "type": _AGENTS.get(kinds.get(coder, ""), "Person"),
            "name": coder,
        }
        yield {**_rating(collection, case_id, rating, coder, words), "creator": agent}
    for settled in all_phases(collection, case_id, "adjudication").to_dict("records"):
        yield _rating(collection, case_id, settled, "adjudicated", words)


def _evidence(case_id: str, item: Row, entries: Mapping[str, Entry], words: Labels) -> Json:
    texts = [
        _body("describing", item[f"summary_{language}"], language)
        for language in LANGUAGES
        if not is_missing(item[f"summary_{language}"])
    ]
    where = [
        item["source_id"],
        "" if is_missing(item["page"]) else f"{words.term('pages_short')} {item['page'].replace(';', ', ')}",
        "" if is_missing(item["locator"]) else item["locator"].replace(";", ", "),
    ]
    access = f"{words.heading('excerpt')}: {words.term('not_reproduced')}; "
    access += words.term(f"fingerprint_{fingerprint_state(item)}")
    return {
        "id": _id("evidence", item["evidence_id"]),
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            *texts,
            _body("identifying", f"{item['evidence_id']}: {', '.join(part for part in where if part)}"),
            *(
                _body("tagging", tag)
                for tag in (case_id, item["indicator_id"], item["direction"], item["kind"])
                # Direction and kind of a draft are blank.
                if not is_missing(tag)
            ),
            _body("commenting", access, words.language),
        ],
        "target": list(_targets(item, entries)),
    }


def _rating(collection: Collection, case_id: str, rating: Row, who: str, words: Labels) -> Json:
    name = str(rating["indicator_id"])
    blank = is_missing(rating["level"])
    level = words.term("not_assessed") if blank else f"{int(rating['level'])} {words.level(rating['level'])}"
    cited = [_id("evidence", item) for item in rating["evidence_ids"]]
    sources = [_id("source", source) for source in collection.cases[case_id].sources]
    confidence = rating.get("confidence")
    return {
        "id": _id("rating", f"{case_id}/{name}/{who}/{rating.get('phase') or ''}"),
        "type": "Annotation",
        "motivation": "assessing",
        "body": [
            _body("assessing", rating["rationale"]),
            _body("classifying", level, words.language),
            *(_body("tagging", tag) for tag in (case_id, name, who)),
            *([_body("tagging", rating["phase"])] if "phase" in rating else []),
            *([_body("tagging", confidence)] if not is_missing(confidence) else []),
        ],
        # Where nothing could be cited, the level is a statement about the whole source.
        "target": cited or sources,
    }


def _targets(item: Row, entries: Mapping[str, Entry]) -> Iterator[Json]:
    ranges = [] if is_missing(item["locator"]) else _RANGE.findall(item["locator"])
    for source, first, last in ranges or [("", "", "")]:
        name = source or str(item["source_id"])
        doi = entries[name].text("doi") if name in entries else ""
        made: Json = {
            "type": "SpecificResource",
            "source": f"https://doi.org/{doi}" if doi else _id("source", name),
        }
        if first:
            # Lines are counted from 1 here and from 0 there, where the end is the line after.
            value = f"line={int(first) - 1},{int(last or first)}"
            made["selector"] = {"type": "FragmentSelector", "conformsTo": LINES, "value": value}
        yield made


def _body(purpose: str, value: object, language: str = "") -> Json:
    told = {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": clean(str(value))}
    return {**told, "language": language} if language else told


def _id(kind: str, name: object) -> str:
    return f"urn:uuid:{uuid.uuid5(_SPACE, f'{kind}:{name}')}"
