"""Tables for readers: names instead of ids, the number format of the language, a dash for what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from cgutils.data.errors import CgutilsError
from cgutils.present.cells import (
    abstract_note_of,
    all_columns,
    column_of,
    heading_of,
    level_span,
    show,
    source_of,
)
from cgutils.present.checks import require
from cgutils.present.labels import Labels, capital
from cgutils.present.markup import MOST_ROWS, Column, Row, Table


def table(
    frame: pd.DataFrame,
    labels: Labels,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    caption: str = "",
    note: str = "",
) -> Table:
    """Set any frame of the library as a table.

    Parameters
    ----------
    frame : DataFrame
        Ids of cases, dimensions and indicators become names, values of the vocabularies words.
    labels : Labels
        Words and number format.
    columns : sequence of str or mapping of str to str, optional
        Columns in order, or column to heading. ``label`` stands for ``label_en`` or ``label_id`` as the
        language asks, ``interval`` for ``lower`` and ``upper``, ``code`` for the code of the indicator. All
        columns where it is left out.
    caption, note : str
        Above and below; a case that is known from its abstract alone is explained in the note without asking.

    Returns
    -------
    Table
        Shown in a notebook as it is; ``to_html``, ``to_markdown``, ``to_latex`` and ``to_text`` give it as
        text.

    Raises
    ------
    CgutilsError
        Where it is no frame, a column is missing, or no heading is known for a column.

    Notes
    -----
    A frame without rows gives the headings and a note that nothing is recorded: absence is told, too. Of a
    long frame a notebook shows the first rows, and says so (see `Table`).
    """
    if not isinstance(frame, pd.DataFrame):
        raise CgutilsError(f"a frame is needed to show a table, found {type(frame).__name__}")
    names = list(columns) if columns is not None else all_columns(frame, labels.language)
    missing = [name for name in names if source_of(frame, name, labels.language) is None]
    if missing:
        found = ", ".join(map(str, frame.columns))
        raise CgutilsError(f"the frame lacks the columns: {', '.join(missing)}; it has: {found}")
    headings = columns if isinstance(columns, Mapping) else {}
    shown = tuple(
        column_of(frame, name, headings.get(name) or heading_of(name, labels), labels) for name in names
    )
    nothing = labels.heading("nothing_recorded") if frame.empty else ""
    notes = " ".join(text for text in (nothing, note, abstract_note_of(frame, labels)) if text)
    numbers = {"shown": labels.number(MOST_ROWS, 0), "all": labels.number(len(frame), 0)}
    cut = capital(labels.term("first_rows", **numbers))
    return Table(frame.reset_index(drop=True), shown, caption, notes, labels.language, cut)


def table_indicators(indicators: pd.DataFrame, labels: Labels) -> Table:
    """Set the levels as a table, one row an indicator and one column a case.

    Parameters
    ----------
    indicators : DataFrame
        ``Scores.indicators``: ``case_id``, ``dimension_id``, ``indicator_id``, ``level`` (0 to 3 or missing),
        ``level_low``, ``level_high``, ``status``.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table
        Its ``frame`` holds the levels, one column a case id.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty or a row is double.
    """
    needed = ("case_id", "dimension_id", "indicator_id", "level", "level_low", "level_high", "status")
    require(indicators, needed, "indicators", key=("case_id", "indicator_id"))
    cases = list(dict.fromkeys(indicators["case_id"]))
    cells = {(row["case_id"], row["indicator_id"]): row for row in indicators.to_dict("records")}
    frame = indicators.drop_duplicates("indicator_id")[["dimension_id", "indicator_id"]].reset_index(
        drop=True
    )
    levels = indicators.pivot(index="indicator_id", columns="case_id", values="level")
    for case in cases:
        frame[case] = levels.loc[frame["indicator_id"], case].to_numpy()
    fixed = [
        column_of(frame, name, heading_of(name, labels), labels)
        for name in ("dimension_id", "code", "indicator_id")
    ]
    shown = [Column(labels.case(case), partial(_level_of, case, cells, labels)) for case in cases]
    return Table(
        frame,
        (*fixed, *shown),
        labels.term("caption_indicators"),
        labels.abstract_note(cases),
        labels.language,
    )


def table_dimensions(dimensions: pd.DataFrame, labels: Labels) -> Table:
    """Set the scores as a table, each with its interval and coverage.

    Parameters
    ----------
    dimensions : DataFrame
        ``Scores.dimensions``: ``case_id``, ``dimension_id``, ``score``, ``lower``, ``upper``, ``coverage``,
        ``n_assessed``, ``n_indicators``, ``status``.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty or a row is double.
    """
    needed = (
        *("case_id", "dimension_id", "score", "lower", "upper"),
        *("coverage", "n_assessed", "n_indicators", "status"),
    )
    require(dimensions, needed, "dimensions", key=("case_id", "dimension_id"))
    shown = ("case_id", "dimension_id", "score", "interval", "coverage", "n_assessed", "n_indicators")
    return table(dimensions, labels, shown, labels.term("caption_dimensions"))


def table_comparison(comparison: pd.DataFrame, labels: Labels) -> Table:
    """Set the pairwise comparison as a table, with the evidence on both sides.

    Parameters
    ----------
    comparison : DataFrame
        ``compare(collection, scores)``: ``dimension_id``, ``case_a``, ``case_b``, ``verdict`` (higher, lower,
        indistinguishable; of A against B), ``difference`` (A minus B), ``evidence_a``, ``evidence_b``; a
        column ``phase``, as `compare_phases` gives it, is shown first.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table
        With one case alone there is no pair, and the table says that nothing is recorded.

    Raises
    ------
    CgutilsError
        Where a column is missing or a row is double.
    """
    shown = ("dimension_id", "case_a", "verdict", "case_b", "difference", "evidence_a", "evidence_b")
    at = ("phase",) if "phase" in comparison else ()
    require(comparison, shown, "comparison", key=(*at, "dimension_id", "case_a", "case_b"), empty=True)
    return table(comparison, labels, (*at, *shown), labels.term("caption_comparison"))


def table_evidence(evidence: pd.DataFrame, labels: Labels) -> Table:
    """Set evidence items as a table, with the place where each can be found in the source.

    Parameters
    ----------
    evidence : DataFrame
        Rows of ``collection.evidence``: ``evidence_id``, ``case_id``, ``indicator_id``, ``direction``,
        ``kind``, ``page``, ``locator``, ``summary_en``, ``summary_id``.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table

    Raises
    ------
    CgutilsError
        Where a column is missing or an item is double.
    """
    needed = ("evidence_id", "case_id", "indicator_id", "direction", "kind", "page", "locator")
    require(evidence, (*needed, f"summary_{labels.language}"), "evidence", key=("evidence_id",), empty=True)
    shown = ("evidence_id", "case_id", "code", "direction", "kind", "page", "locator", "summary")
    return table(evidence, labels, shown, labels.term("caption_evidence"))


def table_quantities(quantities: pd.DataFrame, labels: Labels) -> Table:
    """Set reported figures as a table, each as a number and as it was printed.

    Parameters
    ----------
    quantities : DataFrame
        Rows of ``collection.quantities``: ``label_en``, ``label_id``, ``period``, ``value``, ``unit``,
        ``as_printed``, ``status``, ``source_id``, ``locator``.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table

    Raises
    ------
    CgutilsError
        Where a column is missing or the frame is empty.
    """
    shown = ("period", "value", "unit", "as_printed", "source_id", "locator")
    require(quantities, (f"label_{labels.language}", "status", *shown), "quantities")
    return table(quantities, labels, ("label", *shown), labels.term("caption_quantities"))


def _level_of(case: str, cells: Mapping[tuple[str, str], Row], labels: Labels, row: Row) -> str:
    cell = cells.get((case, row["indicator_id"]))
    if cell is None:
        raise CgutilsError(
            f"the frame of indicators has no row for case {case}, indicator {row['indicator_id']}"
        )
    if cell["status"] == "disputed":
        return f"{level_span(cell, labels)} {labels.term('disputed')}"
    return show("level", labels, cell)
