"""Coding tree, and every rating with its reason, its evidence and the places in the sources."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from cgutils.analysis.consensus import consensus
from cgutils.analysis.phases import all_phases
from cgutils.analysis.summaries import of_case
from cgutils.data.fingerprint import WITHHELD
from cgutils.exchange.out import blocks
from cgutils.exchange.out.blocks import Inline, Span, spans
from cgutils.present.cards import framework_overview
from cgutils.present.cells import is_missing, show
from cgutils.present.tables import table, table_evidence
from cgutils.report.citing import citations, library_entries
from cgutils.report.convert import block_table
from cgutils.report.draft import Draft
from cgutils.report.methods import AGREEMENT

Row = Mapping[Hashable, Any]


def references(draft: Draft) -> None:
    """Add the references: framework, sources, the collection, and what the method rests on."""
    draft.heading("section_references")
    cases = [draft.case_id] if draft.case_id else []
    found = citations(draft.collection, draft.labels, cases)
    listed = [citation.reference for citation in found if citation.reference]
    listed += [library_entries()[name].reference(draft.labels.language) for name in _cited(draft)]
    known = {_plain(parts): parts for parts in listed}
    for text in sorted(known, key=str.casefold):
        draft.paragraph(*known[text], kind="reference")


def _cited(draft: Draft) -> list[str]:
    # A reference stands where something cites it: bounds, coefficients, the checklist.
    coefficients = any(isinstance(block, blocks.Table) and block.key == AGREEMENT for block in draft.blocks)
    return [
        *(["manski_2003"] if draft.options.missing == "interval" else []),
        *(["krippendorff_2011", "gwet_2014"] if coefficients else []),
        *(["tong_2007"] if draft.case_id else []),
    ]


def coding_tree(draft: Draft) -> None:
    """Add dimensions and indicators with their meaning as an appendix."""
    draft.appendix("section_tree")
    labels = draft.labels
    frame = framework_overview(draft.collection, labels)
    for framework in draft.frameworks:
        own = frame[frame["indicator_id"].isin([i.indicator_id for i in framework.indicators])]
        made = table(own, labels, ["dimension_id", "code", "indicator_id", "definition"])
        name = getattr(framework.title, labels.language)
        title = labels.term(
            "caption_tree", framework=f"{name}, {labels.term('cite_version')} {framework.version}"
        )
        note = getattr(framework.note, labels.language)
        draft.table(f"tree-{framework.framework_id}", made, title, [note], "dimension_id")


def annotated_ratings(draft: Draft) -> None:
    """Add the annotated ratings of the case as an appendix, and its registers for a spreadsheet."""
    if not draft.case_id:
        return
    labels, collection = draft.labels, draft.collection
    evidence = of_case(collection.evidence, draft.case_id)
    draft.appendix("section_annotations")
    draft.paragraph(labels.term("annotations_intro"))
    draft.paragraph(draft.say("annotations_access", **_access(evidence)))
    _sources(draft)
    settled = of_case(consensus(collection, draft.options.coder), draft.case_id)
    for dimension_id, part in settled.groupby("dimension_id", sort=False):
        draft.blocks.append(blocks.Heading(2, labels.dimension(str(dimension_id))))
        for row in part.to_dict("records"):
            _indicator(draft, row, evidence)
    _registers(draft)


def _sources(draft: Draft) -> None:
    found = citations(draft.collection, draft.labels, [draft.case_id])
    references = [citation.reference for citation in found if citation.group == "case" and citation.reference]
    names = draft.collection.cases[draft.case_id].sources
    # A source without an entry in the bibliography is named by its id alone.
    if len(references) == len(names):
        entries = tuple(
            (Span(f"{name}: ", bold=True), *parts) for name, parts in zip(names, references, strict=True)
        )
    else:
        entries = tuple((Span(name, bold=True),) for name in names)
    draft.blocks.append(blocks.Items(entries))


def _indicator(draft: Draft, row: Row, evidence: pd.DataFrame) -> None:
    labels, name = draft.labels, str(row["indicator_id"])
    draft.blocks.append(blocks.Heading(3, f"{labels.code(name)} {labels.indicator(name)}"))
    if pd.isna(row["level"]):
        draft.paragraph(draft.say("annotation_open", status=row["status"]), kind="small")
    else:
        said = draft.say("annotation_settled", level=_level(draft, row["level"]), status=row["status"])
        draft.paragraph(said, kind="small")
    ratings = all_phases(draft.collection, draft.case_id)
    for rating in ratings[ratings["indicator_id"] == name].to_dict("records"):
        draft.paragraph(*_rating(draft, rating, str(rating["coder_id"])), kind="small")
    if name not in set(ratings["indicator_id"]):
        draft.paragraph(labels.heading("no_rating"), ".", kind="small")
    adjudication = all_phases(draft.collection, draft.case_id, "adjudication")
    for settled in adjudication[adjudication["indicator_id"] == name].to_dict("records"):
        draft.paragraph(*_rating(draft, settled, labels.heading("adjudicated")), kind="small")
    own = evidence[evidence["indicator_id"] == name]
    if not own.empty:
        draft.blocks.append(blocks.Items(tuple(_item(draft, item) for item in own.to_dict("records"))))


def _rating(draft: Draft, rating: Row, who: str) -> tuple[Inline, ...]:
    labels = draft.labels
    level = labels.term("not_assessed") if is_missing(rating["level"]) else _level(draft, rating["level"])
    confidence = rating.get("confidence")
    sure = (
        f"; {labels.term('confidence')} {labels.term(confidence)}"
        if isinstance(confidence, str) and confidence
        else ""
    )
    cited = ", ".join(rating["evidence_ids"]) or labels.term("no_evidence_cited")
    when = f", {labels.phase(draft.case_id, rating['phase'])}" if "phase" in rating else ""
    return spans(
        Span(who, bold=True),
        f"{when} – {labels.term('level')} {level}{sure}. ",
        Span(f"{labels.heading('rationale')}: ", italic=True),
        f"{str(rating['rationale']).rstrip('.')}. ",
        Span(f"{labels.heading('evidence')}: ", italic=True),
        f"{cited}.",
    )


def _item(draft: Draft, item: Row) -> tuple[Inline, ...]:
    labels = draft.labels
    # Of a draft, such as an import leaves, nothing more is known than where it stands.
    direction, kind, summary = (
        show(name, labels, item) for name in ("direction", "kind", f"summary_{labels.language}")
    )
    return spans(
        Span(str(item["evidence_id"]), bold=True),
        f" ({direction}, {kind}). ",
        Span(f"{labels.heading('analytic_note')}: ", italic=True),
        f"{summary.rstrip('.')}. ",
        Span(f"{labels.heading('locator')}: ", italic=True),
        f"{place(draft, item)}. ",
        Span(f"{labels.heading('excerpt')}: ", italic=True),
        f"{labels.term('not_reproduced')}. ",
        Span(f"{labels.heading('access')}: ", italic=True),
        f"{labels.term(f'fingerprint_{fingerprint_state(item)}')}.",
    )


def place(draft: Draft, item: Row) -> str:
    """Say where an item stands: source, section, printed page, lines."""
    labels = draft.labels
    parts = [str(item["source_id"])]
    if not is_missing(item.get("section")):
        parts.append(f"“{item['section']}”")
    if not is_missing(item.get("page")):
        parts.append(f"{labels.term('pages_short')} {str(item['page']).replace(';', ', ')}")
    if not is_missing(item.get("locator")):
        parts.append(f"{labels.term('lines_short')} {str(item['locator']).replace(';', ', ')}")
    return ", ".join(parts)


def fingerprint_state(item: Row) -> str:
    """Say whether the passage of an item can be located: made, withheld or none."""
    found = item.get("fingerprint")
    if is_missing(found):
        return "none"
    return "withheld" if found == WITHHELD else "made"


def _access(evidence: pd.DataFrame) -> dict[str, int]:
    states = [fingerprint_state(item) for item in evidence.to_dict("records")]
    return {"items": len(states), **{name: states.count(name) for name in ("made", "withheld", "none")}}


def _registers(draft: Draft) -> None:
    collection, labels = draft.collection, draft.labels
    ratings = all_phases(collection, draft.case_id)
    if "phase" in ratings:
        ratings.insert(0, "case_id", draft.case_id)
    columns = [
        *(["phase"] if "phase" in ratings else []),
        "code",
        "indicator_id",
        "coder_id",
        "level",
        "confidence",
        "rationale",
        "evidence_ids",
    ]
    notes = [labels.term("note_below_reasons"), draft.level_note(), draft.raters(draft.case_id, phases=True)]
    made = table(ratings, labels, columns)
    draft.registers.append(block_table("ratings", made, labels.term("caption_ratings"), notes))
    evidence = table_evidence(of_case(collection.evidence, draft.case_id, keep=True), labels)
    note = draft.say("annotations_access", **_access(of_case(collection.evidence, draft.case_id)))
    draft.registers.append(block_table("evidence", evidence, labels.term("caption_evidence"), [note]))


def _level(draft: Draft, level: int) -> str:
    return f"{draft.labels.number(level, 0)} ({draft.labels.level(level)})"


def _plain(parts: tuple[Inline, ...]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Span))
