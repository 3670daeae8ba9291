"""What an import did, as lines of text or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from cgutils.exchange.qda.mapping import CODE, CODER, DOCUMENT, Entry
from cgutils.exchange.qda.memos import clean
from cgutils.exchange.qda.segments import DocumentLog, Fact
from cgutils.exchange.qda.vocabulary import case_field

FACTS_SHOWN = 40


class Terms(Protocol):
    """What is needed of the labels of a language."""

    def term(self, key: str, **values: str) -> str:
        """Give a word or sentence."""

    def number(self, value: object, decimals: int | None = 2) -> str:
        """Write a number with the marks of the language."""


@dataclass
class Report:
    """What an import found and did.

    Parameters
    ----------
    file, form, program, case_id : str
        What was imported into what.
    n_segments, n_items : int
        Coded segments that were read; passages with an indicator.
    new, known, filled, dropped : list of str
        Evidence made; evidence that was there; of it, drafts in which blanks were filled; items that somebody
        has dropped before.
    entries : list of Entry
        What codes, documents and coders were taken for.
    coders : list of str
        Coders that are new in the project.
    documents : list of DocumentLog
        How positions were read.
    skipped : dict of str to int
        Reason (``no_code``, ``twice`` ...) to number of codings that were left out.
    contradicting : dict of str to list of str
        ``direction`` and ``kind``: evidence on which codes or coders contradict each other, left blank.
    blanks : dict of str to int
        Column to number of blank cells that are to be filled in by hand.
    remarks : list of str
        Keys of further remarks.
    written : list of str
        Files that were written.
    notes : list of str
        What was read differently in the tables of the case; they are written in the standard form.
    facts : list of Fact
        Values of variables that the file gives its cases and documents, none of which were taken.
    """

    file: str
    form: str
    program: str
    case_id: str
    n_segments: int = 0
    n_items: int = 0
    new: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    filled: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    coders: list[str] = field(default_factory=list)
    documents: list[DocumentLog] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    contradicting: dict[str, list[str]] = field(default_factory=dict)
    blanks: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def report_json(report: Report) -> str:
    """Write a report as JSON; scores are 0 to 1, words are not translated."""
    values: dict[str, Any] = {
        name: getattr(report, name)
        for name in Report.__dataclass_fields__
        if name not in {"entries", "documents", "facts"}
    }
    values["facts_not_taken"] = [
        {**fact._asdict(), "field": case_field(fact.variable) if fact.what == "case" else None}
        for fact in report.facts
    ]
    values["mapping"] = [
        {
            "what": entry.what,
            "name": entry.name,
            "use": entry.use,
            **entry.attributes,
            "segments": entry.n_segments,
        }
        for entry in report.entries
    ]
    values["documents"] = [
        {
            "document": log.document,
            "selections": log.n_selections,
            "convention": log.convention,
            "score": None if log.score is None else round(log.score, 4),
            "basis": log.basis,
            "accepted_by_hand": log.refused,
        }
        for log in report.documents
    ]
    return json.dumps(values, indent=2)


def report_lines(report: Report, words: Terms) -> Iterator[str]:
    """Tell what an import did.

    Parameters
    ----------
    report : Report
        What it did.
    words : Terms
        Labels of one language.

    Yields
    ------
    str
        What was read, what codes, documents and coders were taken for, what was left out and why, and what is
        left to do.
    """
    program = f", {report.program}" if report.program else ""
    yield f"{report.file} ({report.form}{program}) -> {report.case_id}"
    counts = {name: str(len(getattr(report, name))) for name in ("new", "known", "filled")}
    yield words.term("import_counts", segments=str(report.n_segments), items=str(report.n_items), **counts)
    for what in (CODE, DOCUMENT, CODER):
        yield from _entries(report, what, words)
    if report.documents:
        yield words.term("import_positions")
        yield from (f"  {_document(log, words)}" for log in report.documents)
    left_out = {reason: n for reason, n in report.skipped.items() if n}
    if left_out or report.dropped:
        yield words.term("import_left_out")
        yield from (
            f"  {words.number(n, 0)}  {words.term(f'import_skip_{key}')}" for key, n in left_out.items()
        )
        if report.dropped:
            yield f"  {len(report.dropped)}  {words.term('import_dropped')}"
    for attribute, ids in report.contradicting.items():
        if ids:
            yield words.term("import_contradicting", what=words.term(attribute), items=", ".join(ids))
    yield from (words.term(f"import_remark_{key}") for key in report.remarks)
    yield from _facts(report, words)
    blanks = {column: n for column, n in report.blanks.items() if n}
    if blanks:
        listed = ", ".join(f"{column} {words.number(n, 0)}" for column, n in blanks.items())
        yield words.term("import_blanks", columns=listed)
    yield from (f"note: {note}" for note in report.notes)
    if report.written:
        yield words.term("import_written", files=", ".join(report.written))
    else:
        yield words.term("import_unchanged")


def _entries(report: Report, what: str, words: Terms) -> Iterator[str]:
    chosen = [entry for entry in report.entries if entry.what == what]
    if not chosen:
        return
    yield words.term(f"import_{what}s")
    for entry in chosen:
        said = " ".join(entry.attributes[name] for name in ("direction", "kind") if name in entry.attributes)
        new = f" ({words.term('import_new')})" if what == CODER and entry.use in report.coders else ""
        arrow = f"{entry.use}{' ' + said if said else ''}{new}"
        yield f"  {entry.name} -> {arrow} ({words.number(entry.n_segments, 0)})"


def _facts(report: Report, words: Terms) -> Iterator[str]:
    if not report.facts:
        return
    yield words.term("import_facts")
    for fact in report.facts[:FACTS_SHOWN]:
        names = {name: _short(clean(text)) for name, text in fact._asdict().items()}
        field_name = case_field(fact.variable) if fact.what == "case" else None
        offered = f" ({words.term('import_fact_field', field=field_name)})" if field_name else ""
        yield f"  {words.term(f'import_fact_{fact.what}', **names)}{offered}"
    if len(report.facts) > FACTS_SHOWN:
        more = words.number(len(report.facts) - FACTS_SHOWN, 0)
        yield f"  {words.term('import_facts_more', count=more)}"


def _short(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _document(log: DocumentLog, words: Terms) -> str:
    convention = ", ".join(words.term(f"import_{key}") for key in log.convention)
    if log.score is None:
        return f"{log.document}: {convention} ({log.n_selections})"
    score, accepted = words.number(100 * log.score, 1), ""
    if log.refused:
        accepted = f" {words.term('import_accepted')}"
    basis = words.term(f"import_basis_{log.basis}")
    return f"{log.document}: {convention}; {score}% {basis} ({log.n_selections}){accepted}"
