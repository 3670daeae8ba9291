"""The part on one case: what it is, who takes part, which levels it was given, how they add up."""

from __future__ import annotations

from cgutils.analysis.comparison import evidence_balance
from cgutils.analysis.consensus import coder_levels
from cgutils.analysis.context import has_turnout, turnout
from cgutils.analysis.summaries import case_summary, of_case
from cgutils.present.balance import plot_evidence_balance
from cgutils.present.cards import case_card, table_levels
from cgutils.present.profiles import plot_dimension_profiles
from cgutils.present.tables import table
from cgutils.present.turnout import plot_turnout
from cgutils.report.draft import Draft


def case(draft: Draft) -> None:
    """Add the section on the case; nothing where the document is about the comparison alone."""
    if not draft.case_id:
        return
    collection, labels = draft.collection, draft.labels
    draft.heading("section_case")
    draft.paragraph(_introduction(draft))
    start = len(draft.blocks)
    card = case_card(collection, draft.case_id, labels)
    draft.table(
        "card", table(card, labels), draft.caption("caption_card"), [labels.abstract_note([draft.case_id])]
    )
    _own_tables(draft)
    if has_turnout(collection, draft.case_id):
        drawing = plot_turnout(turnout(collection, draft.case_id), labels)
        draft.figure("turnout", drawing, draft.caption("caption_turnout_of_case"))
    draft.mention(start)


def levels(draft: Draft) -> None:
    """Add the section on levels and scores of the case."""
    if not draft.case_id:
        return
    labels, own = draft.labels, draft.scores.for_case(draft.case_id)
    draft.heading("section_levels")
    start = len(draft.blocks)
    rated = of_case(coder_levels(draft.collection), draft.case_id)
    coders = set(of_case(draft.collection.ratings, draft.case_id)["coder_id"])
    # Coders of other cases would be columns of dashes.
    strangers = set(draft.collection.ratings["coder_id"]) - coders
    made = table_levels(rated.drop(columns=[*strangers]), labels)
    notes = [draft.level_note(), labels.abstract_note([draft.case_id])]
    draft.table("levels", made, draft.caption("caption_levels"), notes, "dimension_id", rated=draft.case_id)
    columns = ["dimension_id", "score", "interval", "coverage", "n_assessed", "n_indicators"]
    scored = table(own.dimensions.drop(columns="case_id"), labels, columns)
    notes = [draft.score_note(), labels.abstract_note([draft.case_id])]
    draft.table("case-scores", scored, draft.caption("caption_scores_of_case"), notes, rated=draft.case_id)
    profile = plot_dimension_profiles(own.dimensions, labels)
    draft.figure("case-profile", profile, draft.caption("caption_profile_of_case"), rated=draft.case_id)
    balance = of_case(evidence_balance(draft.collection), draft.case_id, keep=True)
    drawing = plot_evidence_balance(balance, labels, by="dimension_id")
    draft.figure("case-balance", drawing, draft.caption("caption_balance_of_case"))
    draft.mention(start)


def _introduction(draft: Draft) -> str:
    found = case_summary(draft.collection, draft.scores, draft.case_id)
    title = draft.collection.framework_of(draft.case_id).title
    found["framework"] = getattr(title, draft.labels.language)
    index = draft.scores.for_case(draft.case_id).index.iloc[0]
    if index["status"] == "scored":
        return draft.say("document_case_intro", **found)
    del found["score"]
    return draft.say("document_case_intro_open", status=index["status"], **found)


def _own_tables(draft: Draft) -> None:
    collection, labels = draft.collection, draft.labels
    quantities = of_case(collection.quantities, draft.case_id)
    # A list in a cell gets places where a line may break.
    method, value = of_case(collection.method, draft.case_id), f"value_{labels.language}"
    parts = {
        "method": (
            method.assign(**{value: method[value].str.replace(r";(?=\S)", "; ", regex=True)}),
            ["label", "value", "status", "remark", "locator"],
            "note_below_missing",
        ),
        "actors": (
            of_case(collection.actors, draft.case_id),
            ["name", "type", "role", "interviewed", "locator"],
            "note_below_missing",
        ),
        "figures_of_case": (
            quantities[quantities["status"] != "counted"],
            ["label", "period", "value", "unit", "as_printed", "locator"],
            "note_below_printed",
        ),
    }
    for name, (frame, columns, note) in parts.items():
        caption = draft.caption(f"caption_{name}")
        notes = [labels.term(note), labels.abstract_note([draft.case_id])]
        if frame.empty:
            draft.paragraph(draft.say("nothing_on", what=caption))
        else:
            draft.table(name.replace("_", "-"), table(frame, labels, columns), caption, notes)
