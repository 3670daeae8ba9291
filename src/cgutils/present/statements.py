"""Findings as sentences: what may be said, as strongly as its support allows, in both languages."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.data.project import LANGUAGES
from cgutils.present.checks import require
from cgutils.present.labels import Labels
from cgutils.present.labels import labels as make_labels
from cgutils.present.markup import Table
from cgutils.present.prose import Sentence, say
from cgutils.present.tables import table

_NEEDED = (
    *("statement_id", "kind", "dimension_id", "case_a", "case_b", "leading", "interval_verdict", "strength"),
    *("n_specifications", "share", "share_other", "share_tie", "share_undefined", "n_missing"),
)
Row = dict[Any, Any]


def statements(findings: pd.DataFrame, collection: Collection, least: float = 0.9) -> pd.DataFrame:
    """Put findings into sentences.

    Parameters
    ----------
    findings : DataFrame
        As ``findings(...)`` of the analysis returns it.
    collection : Collection
        Gives the names of cases and dimensions in both languages.
    least : float
        The share of specifications that a robust order needs, named where an order falls short of it.

    Returns
    -------
    DataFrame
        The findings with ``sentence_en`` and ``sentence_id`` as last columns.

    Raises
    ------
    CgutilsError
        Where a column is missing, or a strength is unknown.
    """
    require(findings, _NEEDED, "findings", key=("statement_id",), empty=True)
    rows = findings.to_dict("records")
    sentences = {
        f"sentence_{language}": [_sentence(row, make_labels(collection, language), least) for row in rows]
        for language in LANGUAGES
    }
    return findings.assign(**sentences)


def table_statements(made: pd.DataFrame, labels: Labels) -> Table:
    """Set statements as a table with one sentence a row.

    Parameters
    ----------
    made : DataFrame
        As `statements` returns it.
    labels : Labels
        Language of the sentences.

    Returns
    -------
    Table

    Raises
    ------
    CgutilsError
        Where a column is missing.
    """
    shown = ("sentence", "strength", "share_same", "n_fragile")
    require(made, (f"sentence_{labels.language}", *shown[1:]), "statements", empty=True)
    # The strength of a finding is another word than that of a claim.
    headings = dict.fromkeys(shown, "") | {"strength": labels.heading("strength_of_finding")}
    return table(made, labels, headings, labels.term("caption_statements"))


def table_fragile(fragile: pd.DataFrame, labels: Labels) -> Table:
    """Set fragile ratings as a table.

    Parameters
    ----------
    fragile : DataFrame
        As ``fragile_ratings(...)`` of the analysis returns it.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table
        Without rows it says that there are none.

    Raises
    ------
    CgutilsError
        Where a column is missing.
    """
    shown = (
        *("dimension_id", "case_a", "verdict", "case_b", "new_verdict", "case_id", "code", "level"),
        *("new_level", "coder_levels", "evidence_ids"),
    )
    needed = [name for name in shown if name != "code"]
    require(fragile, (*needed, "indicator_id"), "fragile", empty=True)
    return table(fragile, labels, shown, labels.term("caption_fragile"))


def say_driver(driver: pd.Series[Any] | Row, labels: Labels) -> Sentence:
    """Say which choice moves the difference of two cases most.

    Parameters
    ----------
    driver : Series or mapping
        One row of what ``drivers(...)`` of the analysis returns.
    labels : Labels
        Language of the sentence.

    Returns
    -------
    Sentence
    """
    pair = {name: driver[name] for name in ("case_a", "case_b")}
    if driver["status"] != "defined":
        key = "driven_by_nothing" if driver["status"] == "constant" else "driven_undefined"
        return say(labels, key, **pair)
    # An estimate may fall a little below 0 or above 1; a share cannot.
    first, total, rival = (min(1.0, max(0.0, driver[name])) for name in ("first", "total", "next_total"))
    most = {"factor": driver["factor"], "total": total}
    if driver["clear"]:
        return say(labels, "driven_clearly", **pair, **most, first=first)
    return say(labels, "driven_closely", **pair, **most, next_factor=driver["next_factor"], next_total=rival)


def _sentence(row: Row, labels: Labels, least: float) -> str:
    if row["kind"] == "first":
        return _first(row, labels)
    return _order(row, labels, least) + _no_value(row, labels) + _bounds(row, labels) + "."


def _first(row: Row, labels: Labels) -> str:
    values = {"dimension": row["dimension_id"], "n": row["n_specifications"]}
    if row["share"] == 0:
        return say(labels, "ranked_nowhere", **values).text
    values["share"] = row["share"]
    if row["leading"] == "":
        return say(labels, "ranked_equally", **values).text
    return say(labels, "ranked_first", **values, leading=row["leading"]).text


def _order(row: Row, labels: Labels, least: float) -> str:
    values: Row = {"dimension": row["dimension_id"], "n": row["n_specifications"]}
    if row["strength"] == "open":
        ahead = row["leading"] in ("", row["case_a"])
        names = ("share", "share_other") if ahead else ("share_other", "share")
        values |= {f"share_{side}": row[name] for side, name in zip("ab", names, strict=True)}
        values |= {"case_a": row["case_a"], "case_b": row["case_b"], "tie": row["share_tie"]}
        return say(labels, "pair_open", **values).text
    values |= {"leading": row["leading"], "other": _other(row, row["leading"])}
    extra: dict[str, Row] = {
        "always": {},
        "robust": {"share": row["share"]},
        "mostly": {"share": row["share"], "least": least},
        "leaning": {"share": row["share"], "reverse": row["share_other"], "tie": row["share_tie"]},
    }
    if row["strength"] not in extra:
        raise CgutilsError(
            f"findings: found the strength {row['strength']!r}; allowed: {', '.join([*extra, 'open'])}."
        )
    if row["strength"] == "mostly" and labels.part(row["share"]) == labels.part(least):
        # Rounded, the share would read as what it falls short of.
        return say(labels, "pair_nearly", **values, least=least).text
    return say(labels, f"pair_{row['strength']}", **values, **extra[row["strength"]]).text


def _no_value(row: Row, labels: Labels) -> str:
    return (
        say(labels, "pair_no_value", undefined=row["share_undefined"]).text if row["share_undefined"] else ""
    )


def _bounds(row: Row, labels: Labels) -> str:
    """Add what the intervals of the default choices say, and whether missing indicators could undo it."""
    higher = {"higher": row["case_a"], "lower": row["case_b"]}.get(row["interval_verdict"])
    missing = row["n_missing"] > 0
    if row["strength"] in ("always", "robust") and higher in (None, row["leading"]):
        if not missing:
            return ""
        return say(labels, "bounds_hold" if higher else "bounds_open").text
    if higher is None:
        return ""
    return say(labels, "bounds_default_hold" if missing else "bounds_default", higher=higher).text


def _other(row: Row, one: str) -> str:
    return str(row["case_b"] if one == row["case_a"] else row["case_a"])
