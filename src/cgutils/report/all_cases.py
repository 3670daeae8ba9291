"""The part on all cases beside each other."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from cgutils.analysis.comparison import compare, evidence_balance, process_outcome
from cgutils.analysis.context import actors_by_type
from cgutils.analysis.scoring import common_support
from cgutils.analysis.summaries import verdict_summary
from cgutils.present.actors import plot_actors
from cgutils.present.balance import plot_evidence_balance
from cgutils.present.cards import case_overview
from cgutils.present.heatmap import plot_indicator_heatmap
from cgutils.present.outcome import plot_process_outcome
from cgutils.present.profiles import plot_dimension_profiles
from cgutils.present.tables import table
from cgutils.report.convert import block_table
from cgutils.report.draft import Draft

# The outcome that stands beside the index; a codebook without it has no such table.
OUTCOME = "problem_results"


def comparison(draft: Draft) -> None:
    """Add the section on the comparison."""
    collection, labels, scores = draft.collection, draft.labels, draft.scores
    draft.heading("section_comparison")
    for key in ("left_out", "without_levels"):
        if key in draft.left_out:
            draft.paragraph(draft.say(key, **draft.left_out[key]))
    if draft.case_id and len(collection.cases) == 1:
        _no_pair(draft)
        return
    start = len(draft.blocks)
    cases = table(case_overview(collection, labels).drop(columns="framework"), labels)
    draft.table("cases", cases, labels.term("caption_cases"))
    draft.figure("heatmap", plot_indicator_heatmap(scores.indicators, labels), rated="")
    _scores(draft, scores.dimensions)
    draft.figure("profiles", plot_dimension_profiles(scores.dimensions, labels), rated="")
    _verdicts(draft)
    _common(draft)
    _outcome(draft)
    draft.figure("balance", plot_evidence_balance(evidence_balance(collection), labels, by="case_id"))
    _actors(draft)
    draft.mention(start)


def _no_pair(draft: Draft) -> None:
    alone = len(draft.collection.cases) == 1 and not draft.left_out
    draft.paragraph(draft.labels.term("nothing_to_compare" if alone else "no_pair_to_compare"))


def _actors(draft: Draft) -> None:
    # That nothing is recorded of a case is not that it names nobody.
    recorded = set(draft.collection.actors["case_id"])
    found = actors_by_type(draft.collection)
    found = found[found["case_id"].isin(recorded)]
    if not found.empty:
        draft.figure("actors-by-type", plot_actors(found, draft.labels))


def _scores(draft: Draft, dimensions: pd.DataFrame) -> None:
    columns = ["dimension_id", "case_id", "score", "interval", "coverage", "n_assessed", "n_indicators"]
    order = dimensions.sort_values(["dimension_id"], key=_in_order(dimensions), kind="stable")
    made = table(order, draft.labels, columns)
    notes = [draft.score_note()]
    draft.table("scores", made, draft.labels.term("caption_scores"), notes, "dimension_id", rated="")


def _verdicts(draft: Draft) -> None:
    labels, found = draft.labels, compare(draft.collection, draft.scores)
    title = labels.term("caption_comparison")
    if draft.case_id:
        # A document about a case has the pairs that it is part of; all pairs are in that of the comparison.
        found = found[found["case_a"].eq(draft.case_id) | found["case_b"].eq(draft.case_id)]
        title = draft.caption("caption_pairs_of_case")
    if found.empty:
        _no_pair(draft)
        return
    draft.paragraph(draft.say("verdicts", **verdict_summary(found)))
    columns = ["dimension_id", "case_a", "verdict", "case_b", "difference"]
    notes = [labels.term("note_below_verdicts"), draft.score_note()]
    made = table(found, labels, columns)
    draft.table("verdicts", made, title, notes, "dimension_id", rated="")
    behind = table(found, labels, ["dimension_id", "case_a", "case_b", "evidence_a", "evidence_b"])
    heading, note = labels.term("caption_contrasts"), labels.term("note_below_verdicts")
    draft.registers.append(block_table("contrasts", behind, heading, [note]))


def _common(draft: Draft) -> None:
    if len(draft.collection.cases) < 2:
        return
    labels = draft.labels
    found = common_support(draft.collection, draft.options)
    found = found[found["n_indicators"] > 0]
    if found.empty:
        draft.paragraph(labels.term("nothing_in_common"))
        return
    order = found.sort_values(["dimension_id"], key=_in_order(found), kind="stable")
    made = table(order, labels, ["dimension_id", "case_id", "score", "interval", "n_indicators"])
    notes = [labels.term("note_below_common")]
    draft.table("common", made, labels.term("caption_common"), notes, "dimension_id", rated="")


def _outcome(draft: Draft) -> None:
    labels, scores = draft.labels, draft.scores
    if OUTCOME not in set(scores.indicators["indicator_id"]):
        return
    beside = process_outcome(scores, OUTCOME)
    shown = beside.rename(columns={"index_lower": "lower", "index_upper": "upper"})
    made = table(shown, labels, ["case_id", "index", "interval", "coverage", "outcome_level"])
    notes = [f"{labels.heading('outcome_level')} = {labels.indicator(OUTCOME)}.", draft.score_note()]
    notes.append(labels.term("note_below_outcome"))
    draft.table("outcome", made, labels.term("caption_outcome"), notes, rated="")
    draft.figure("outcome-figure", plot_process_outcome(beside, labels), rated="")


def _in_order(frame: pd.DataFrame) -> Callable[[pd.Series], pd.Series]:
    places = {name: place for place, name in enumerate(dict.fromkeys(frame["dimension_id"]))}
    return lambda column: column.map(places)
