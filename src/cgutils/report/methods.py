"""How it was done: sentences made from the options that were used and the data that were there."""

from __future__ import annotations

import pandas as pd

from cgutils import __version__
from cgutils.analysis.agreement import CONFIDENCE, agreement
from cgutils.analysis.consensus import coder_levels
from cgutils.analysis.options import CALIBRATIONS, CONSENSUS
from cgutils.analysis.summaries import disagreement_summary
from cgutils.present.phases import say_phases
from cgutils.present.tables import table
from cgutils.report.citing import library_entries
from cgutils.report.draft import Draft
from cgutils.report.phases import trajectory_of

AGREEMENT = "agreement"
# What a reader of a thesis asks for; the notebook on agreement has every coefficient.
MEASURES = ("alpha_ordinal", "ac2_ordinal", "kappa_quadratic", "exact_agreement", "within_one")


def methods(draft: Draft) -> None:
    """Add the section on the method."""
    draft.heading("section_method")
    draft.paragraph(*_joined([*_material(draft), *_coding(draft)]))
    draft.paragraph(*_joined(_scoring(draft)))


def agreed(draft: Draft) -> None:
    """Add the section on the agreement of the coders."""
    draft.heading("section_agreement")
    found = agreement(draft.collection)
    everyone = "all_cases_of_codebook" if "left_out" in draft.left_out else "all_cases"
    groups = {"overall": draft.labels.term(everyone)}
    if draft.case_id:
        groups["case"] = draft.labels.case(draft.case_id)
    parts = []
    for scope, name in groups.items():
        own = found[(found["scope"] == scope) & ((scope == "overall") | (found["group_id"] == draft.case_id))]
        parts.append(
            own[own["measure"].isin(MEASURES)].assign(
                group=draft.labels.heading(everyone) if scope == "overall" else name
            )
        )
        draft.paragraph(_agreement_sentence(draft, own, name))
    start, frame = len(draft.blocks), pd.concat(parts, ignore_index=True)
    if not (frame["status"] == "defined").any():
        return
    columns = ["group", "measure", "coders", "coefficient", "interval", "n_pairable"]
    if (frame["status"] != "defined").any():
        columns.append("status")
    shown = table(frame.assign(coders=frame["coders"].str.replace(";", ", ")), draft.labels, columns)
    scale = draft.scale()
    note = draft.say(
        "note_below_agreement",
        low=scale["low"],
        high=scale["high"],
        confidence=CONFIDENCE,
        works=_works(draft),
    )
    draft.table(AGREEMENT, shown, draft.labels.term("caption_agreement"), [note], "group", "")
    draft.mention(start)


def _agreement_sentence(draft: Draft, own: pd.DataFrame, group: str) -> str:
    rows = own.set_index("measure")
    alpha = rows.loc["alpha_ordinal"]
    counts = {"group": group, "n_pairable": alpha["n_pairable"], "n_units": alpha["n_units"]}
    if alpha["status"] != "defined":
        return draft.say("agreement_undefined", status=alpha["status"], **counts)
    return draft.say(
        "agreement_defined",
        alpha=alpha["coefficient"],
        lower=alpha["lower"],
        upper=alpha["upper"],
        exact=rows.at["exact_agreement", "coefficient"],
        confidence=CONFIDENCE,
        **counts,
    )


def _material(draft: Draft) -> list[str]:
    labels, said = draft.labels, []
    for framework in draft.frameworks:
        cases = [c for c, case in draft.collection.cases.items() if case.framework == framework.framework_id]
        evidence = draft.collection.evidence["case_id"].isin(cases)
        said.append(
            draft.say(
                "methods_material",
                cases=len(cases),
                names=", ".join(map(labels.case, cases)),
                framework=getattr(framework.title, labels.language),
                version=framework.version,
                dimensions=len(framework.dimensions),
                indicators=len(framework.indicators),
                process=sum(len(d.indicators) for d in framework.dimensions if d.in_index),
                evidence=int(evidence.sum()),
            )
        )
    return [*said, labels.abstract_note(draft.collection.cases)]


def _coding(draft: Draft) -> list[str]:
    coders = draft.coders()
    raters = draft.say("methods_raters", coders=coders) if coders else draft.labels.term("methods_no_raters")
    said = [draft.say("methods_levels", **draft.scale()), raters]
    said += [str(sentence) for sentence in say_phases(trajectory_of(draft), draft.labels)]
    now, before = draft.collection.ratings, draft.collection.earlier_ratings
    if now.groupby("case_id")["coder_id"].nunique().max() == 1:
        # Who rated is told of all cases and phases; agreement is that within a case at its last phase.
        alone = len({*now["coder_id"], *before["coder_id"]}) == 1
        several = "methods_one_coder_a_case" if before.empty else "methods_one_coder_at_last"
        return [*said, draft.labels.term("methods_one_coder" if alone else several)]
    found = disagreement_summary(coder_levels(draft.collection))
    said.append(draft.say("methods_disagreements", **found))
    return said if before.empty else [*said, draft.labels.term("methods_units_at_last")]


def _scoring(draft: Draft) -> list[str]:
    options, labels = draft.options, draft.labels
    memberships = CALIBRATIONS[options.calibration]
    pairs = "; ".join(
        f"{labels.number(level, 0)} → {labels.number(value, None if value.is_integer() else 2)}"
        for level, value in enumerate(memberships)
    )
    said = [
        draft.say(
            "methods_calibration", calibration=labels.term(f"calibration_{options.calibration}"), pairs=pairs
        )
    ]
    for framework in draft.frameworks:
        said.append(
            draft.say(
                "methods_aggregation",
                aggregation=labels.term(f"aggregation_{options.aggregation}"),
                index_aggregation=labels.term(f"aggregation_{options.index_aggregation}"),
                dimensions=sum(d.in_index for d in framework.dimensions),
                weights=_weights(draft),
            )
        )
    if options.coder != CONSENSUS:
        said.append(draft.say("methods_chosen_coder", coder=options.coder))
    said.append(labels.term(f"methods_missing_{options.missing}"))
    said.append(draft.say("methods_coverage", threshold=options.coverage_threshold))
    said.append(draft.say("methods_software", version=__version__))
    return list(dict.fromkeys(said))


def _works(draft: Draft) -> str:
    known, language = library_entries(), draft.labels.language
    both = (known[name].narrative(language) for name in ("krippendorff_2011", "gwet_2014"))
    return f" {draft.labels.term('and')} ".join(both)


def _weights(draft: Draft) -> str:
    weights, labels = draft.options.weights, draft.labels
    if isinstance(weights, str):
        return labels.term(f"weights_{weights}")
    given = "; ".join(
        f"{labels.dimension(name)} {labels.number(value, None)}" for name, value in weights.items()
    )
    return f"{labels.term('weights_given')}: {given}"


def _joined(sentences: list[str]) -> list[str]:
    return [" ".join(sentence for sentence in sentences if sentence)]
