"""The part on how far the comparison holds."""

from __future__ import annotations

from cgutils.analysis.alike import taking_part
from cgutils.analysis.comparison import compare
from cgutils.analysis.robustness.acceptability import robustness
from cgutils.analysis.robustness.findings import findings
from cgutils.analysis.robustness.fragile import fragile_ratings
from cgutils.analysis.robustness.perturbation import DRAWS, PROBABILITY, perturbation
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.analysis.summaries import grid_summary
from cgutils.present.acceptability import plot_ranks
from cgutils.present.statements import statements, table_statements
from cgutils.present.tables import table
from cgutils.report.draft import Draft

# As wide as a page allows: evidence and the coders' levels stand in the annotated ratings.
_FRAGILE = (
    "dimension_id",
    "case_a",
    "verdict",
    "case_b",
    "new_verdict",
    "case_id",
    "code",
    "level",
    "new_level",
)


def robust(draft: Draft) -> None:
    """Add the section on robustness; a case alone has none, nor one without levels."""
    collection, labels, options = draft.collection, draft.labels, draft.options
    counting = taking_part(collection)
    if len(counting) < 2 or (draft.case_id and draft.case_id not in counting):
        return
    grid = specification_grid(collection, options)
    found = robustness(collection, grid)
    fragile = fragile_ratings(collection, options)
    verdicts = compare(collection, draft.scores)
    made = findings(draft.scores, verdicts, found, perturbation(collection, options), fragile)
    if draft.case_id:
        # A document about a case has the pairs that it is part of; all pairs are in that of the comparison.
        made, fragile = (
            frame[frame["case_a"].eq(draft.case_id) | frame["case_b"].eq(draft.case_id)]
            for frame in (made, fragile)
        )
    draft.heading("section_robustness")
    start = len(draft.blocks)
    draft.paragraph(draft.say("grid_size", **grid_summary(grid)))
    notes = [draft.say("perturbed", probability=PROBABILITY, draws=DRAWS)]
    stated = table_statements(statements(made.reset_index(drop=True), collection), labels)
    draft.table("statements", stated, labels.term("caption_statements"), notes, rated="")
    draft.figure("ranks", plot_ranks(found.ranks, labels), rated="")
    if not fragile.empty:
        listed = table(fragile, labels, _FRAGILE)
        draft.table("fragile", listed, labels.term("caption_fragile"), by="dimension_id", rated="")
    draft.mention(start)
