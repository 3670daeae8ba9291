"""The part on the phases of cases that are rated at several."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from cgutils.analysis.trajectory import compare_phases, phase_changes, trajectory
from cgutils.present.phases import say_changes, table_changes, table_trajectory
from cgutils.present.tables import table
from cgutils.present.trajectory import plot_trajectory
from cgutils.report.draft import Draft


def trajectory_of(draft: Draft) -> pd.DataFrame:
    """Score the phases of the case, or of all cases; without rows where there are none."""
    found = trajectory(draft.collection, draft.options)
    if draft.case_id:
        found = found[found["case_id"] == draft.case_id]
    return found.reset_index(drop=True)


def phases(draft: Draft) -> None:
    """Add the section on phases; nothing where no case of the document has them."""
    labels, found = draft.labels, trajectory_of(draft)
    if found.empty:
        return
    changes = phase_changes(found)
    draft.heading("section_phases")
    start = len(draft.blocks)
    for sentence in say_changes(changes, labels):
        draft.paragraph(str(sentence))
    captions = {
        name: draft.caption(f"caption_{name}_of_case") if draft.case_id else labels.term(f"caption_{name}")
        for name in ("trajectory", "changes")
    }
    scores = table_trajectory(found, labels)
    notes = [draft.score_note()]
    draft.table(
        "phases", scores, captions["trajectory"], notes, "dimension_id", rated=draft.case_id, phases=True
    )
    drawn = found if draft.case_id else found[found["dimension_id"] == "index"]
    figure = plot_trajectory(drawn.reset_index(drop=True), labels)
    draft.figure("phases-figure", figure, rated=draft.case_id, phases=True)
    made = replace(table_changes(changes, labels), note="")
    notes = [labels.term("note_changes"), draft.score_note()]
    draft.table("changes", made, captions["changes"], notes, "dimension_id", rated=draft.case_id, phases=True)
    _pairs(draft)
    draft.mention(start)


def _pairs(draft: Draft) -> None:
    if draft.case_id:
        return
    labels, found = draft.labels, compare_phases(draft.collection, draft.options)
    if found.empty:
        return
    columns = ["phase", "dimension_id", "case_a", "verdict", "case_b", "difference"]
    notes = [labels.term("note_below_verdicts"), draft.score_note()]
    caption = labels.term("caption_comparison_at_phases")
    draft.table(
        "verdicts-at-phases", table(found, labels, columns), caption, notes, "phase", rated="", phases=True
    )
