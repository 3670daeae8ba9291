"""The COREQ checklist: what the data can fill, and what the author must.

Items 1 to 8 are about the researchers themselves; nothing in the data may answer them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from cgutils import __version__
from cgutils.analysis.phases import all_phases
from cgutils.analysis.summaries import of_case
from cgutils.data.schemas import DIRECTIONS
from cgutils.exchange.out.blocks import Cell, Column, Table
from cgutils.report.citing import library_entries
from cgutils.report.draft import Draft

FILLED, PARTLY, AUTHOR = "filled", "partly", "author"
REFLEXIVITY = range(1, 9)
Answer = tuple[str, str]


@cache
def checklist() -> Mapping[str, Any]:
    """Give domains and items of the checklist, each in ``en`` and ``id``."""
    text = files("cgutils.report").joinpath("coreq.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def coreq(draft: Draft) -> None:
    """Add the checklist as an appendix; it is about one study, so the comparison alone has none."""
    if not draft.case_id:
        return
    labels = draft.labels
    rows, found = [], Counter[str]()
    for item in checklist()["items"]:
        state, text = answer(draft, item)
        found[state] += 1
        told = (
            labels.number(item["number"], 0),
            item[labels.language],
            labels.heading(f"coreq_{state}"),
            text,
        )
        rows.append(tuple(Cell(part) for part in told))
    draft.appendix("section_checklist")
    citation = library_entries()["tong_2007"].short(labels.language)
    counts = {state: found[state] for state in (FILLED, PARTLY, AUTHOR)}
    draft.paragraph(draft.say("checklist_intro", items=len(rows), citation=citation, **counts))
    headings = ("number", "coreq_item", "status", "coreq_answer")
    columns = tuple(Column(labels.heading(key)) for key in headings)
    groups = {domain["first"] - 1: domain[labels.language] for domain in checklist()["domains"]}
    draft.blocks.append(
        Table("checklist", labels.term("caption_checklist"), columns, tuple(rows), (), groups)
    )


def answer(draft: Draft, item: Mapping[str, Any]) -> Answer:
    """Say how far the data fill an item, and with what.

    Parameters
    ----------
    draft : Draft
        About one case.
    item : mapping
        Entry of the checklist.

    Returns
    -------
    tuple of str and str
        ``filled``, ``partly`` or ``author``; the text, "" where the author must write it.
    """
    fill = item.get("fill")
    if fill is None or item["number"] in REFLEXIVITY:
        return AUTHOR, ""
    return _FILLS[fill](draft)


def _theory(draft: Draft) -> Answer:
    return PARTLY, draft.say("coreq_theory", framework=draft.frameworks[0].reference.rstrip("."))


def _sampling(draft: Draft) -> Answer:
    method = of_case(draft.collection.method, draft.case_id)
    stated = method[(method["item_id"] == "sampling") & (method["status"] != "missing")]
    if stated.empty or pd.isna(stated.iloc[0][f"value_{draft.labels.language}"]):
        return AUTHOR, ""
    row = stated.iloc[0]
    label, value = draft.labels.pick(row, "label"), draft.labels.pick(row, "value")
    return FILLED, draft.say("coreq_method", label=label, value=value.rstrip("."))


def _sample_size(draft: Draft) -> Answer:
    informants = draft.collection.cases[draft.case_id].informants
    if informants.stated_total is None:
        return AUTHOR, ""
    note = getattr(informants.note, draft.labels.language).rstrip(".")
    return FILLED, draft.say("coreq_sample_size", total=informants.stated_total, note=note)


def _sample(draft: Draft) -> Answer:
    actors = of_case(draft.collection.actors, draft.case_id)
    named = actors[actors["status"] == "named"]
    if named.empty:
        return AUTHOR, ""
    if not named["interviewed"].isin(["yes", "no"]).any():
        # That nobody is known to have been interviewed is not that nobody was.
        return PARTLY, draft.say("coreq_sample_untold", named=len(named))
    interviewed = int((named["interviewed"] == "yes").sum())
    return PARTLY, draft.say("coreq_sample", named=len(named), interviewed=interviewed)


def _coders(draft: Draft) -> Answer:
    n = all_phases(draft.collection, draft.case_id)["coder_id"].nunique()
    return (FILLED, draft.say("coreq_coders", n=n, coders=draft.coders(draft.case_id))) if n else (AUTHOR, "")


def _tree(draft: Draft) -> Answer:
    framework = draft.frameworks[0]
    counts = {"dimensions": len(framework.dimensions), "indicators": len(framework.indicators)}
    return FILLED, draft.say("coreq_tree", appendix=draft.labels.heading("section_tree"), **counts)


def _derivation(draft: Draft) -> Answer:
    framework = draft.frameworks[0]
    title = f"{getattr(framework.title, draft.labels.language)}, {framework.version}"
    return FILLED, draft.say("coreq_derivation", framework=title)


def _software(draft: Draft) -> Answer:
    return PARTLY, draft.say("coreq_software", version=__version__)


def _quotations(draft: Draft) -> Answer:
    evidence = of_case(draft.collection.evidence, draft.case_id)
    located = int(evidence["locator"].fillna("").ne("").sum())
    return PARTLY, draft.say("coreq_quotations", located=located, items=len(evidence))


def _consistency(draft: Draft) -> Answer:
    ratings = all_phases(draft.collection, draft.case_id)
    rated = ratings[ratings["level"].notna()]
    if rated.empty:
        return AUTHOR, ""
    cited = int(rated["evidence_ids"].map(len).gt(0).sum())
    appendix = draft.labels.heading("section_annotations")
    return FILLED, draft.say("coreq_consistency", cited=cited, rated=len(rated), appendix=appendix)


def _major(draft: Draft) -> Answer:
    own = draft.scores.for_case(draft.case_id).indicators
    shown = own[own["status"] != "not_assessed"]["dimension_id"].nunique()
    return PARTLY, draft.say("coreq_major", shown=shown, dimensions=own["dimension_id"].nunique())


def _minor(draft: Draft) -> Answer:
    directions = of_case(draft.collection.evidence, draft.case_id)["direction"]
    # A draft has no direction yet: it speaks neither for nor against.
    known = int(directions.isin(DIRECTIONS).sum())
    against = known - int(directions.eq("enabling").sum())
    return PARTLY, draft.say("coreq_minor", against=against, items=known)


_FILLS: Mapping[str, Callable[[Draft], Answer]] = {
    "theory": _theory,
    "sampling": _sampling,
    "sample_size": _sample_size,
    "sample": _sample,
    "coders": _coders,
    "tree": _tree,
    "derivation": _derivation,
    "software": _software,
    "quotations": _quotations,
    "consistency": _consistency,
    "major": _major,
    "minor": _minor,
}
