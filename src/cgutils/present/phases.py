"""Scores phase by phase, in tables and sentences."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from IPython.display import display

from cgutils.present.cells import heading_of
from cgutils.present.checks import require
from cgutils.present.labels import Labels
from cgutils.present.markup import Table
from cgutils.present.prose import Sentence, say
from cgutils.present.publish import publish
from cgutils.present.tables import table, table_comparison
from cgutils.present.trajectory import KEY, SCORE, plot_trajectory

_CHANGES = ("case_id", "dimension_id", "phase", "verdict", "earlier_phase", "difference")
# In the order in which they are said.
_WORDS = {
    "higher": "change_higher",
    "lower": "change_lower",
    "indistinguishable": "change_open",
    "not_comparable": "change_not_comparable",
}


def table_trajectory(trajectory: pd.DataFrame, labels: Labels) -> Table:
    """Set the scores of every phase as a table, each with its interval and coverage.

    Parameters
    ----------
    trajectory : DataFrame
        ``trajectory(collection)`` or some of its rows.
    labels : Labels
        Words and number format.

    Returns
    -------
    Table
        One row for each case, dimension and phase, so that the phases of a dimension stand together.

    Raises
    ------
    CgutilsError
        Where a column is missing or a row is double.
    """
    shown = ("dimension_id", "phase", "score", "interval", "coverage", "n_assessed", "n_indicators")
    require(trajectory, (*KEY, *SCORE, *shown[-2:]), "trajectory", key=KEY, empty=True)
    together = [own for _, own in trajectory.groupby(["case_id", "dimension_id"], sort=False)]
    rows = pd.concat(together) if together else trajectory
    several = trajectory["case_id"].nunique() > 1
    columns = (*(("case_id",) if several else ()), *shown)
    return table(rows, labels, columns, labels.term("caption_trajectory"))


def table_changes(changes: pd.DataFrame, labels: Labels) -> Table:
    """Set the verdicts between phases as a table.

    Parameters
    ----------
    changes : DataFrame
        ``phase_changes(trajectory(collection))`` or some of its rows: ``case_id``, ``dimension_id``,
        ``phase``, ``verdict`` (higher, lower, indistinguishable, not_comparable; of the phase against the
        earlier one), ``earlier_phase``, ``difference`` (score of the phase minus that of the earlier one).
    labels : Labels
        Words and number format.

    Returns
    -------
    Table

    Raises
    ------
    CgutilsError
        Where a column is missing or a row is double.
    """
    require(changes, _CHANGES, "changes", key=(*KEY, "earlier_phase"), empty=True)
    names = [name for name in _CHANGES if name != "case_id" or changes["case_id"].nunique() > 1]
    columns = {name: heading_of(name, labels) for name in names}
    columns["difference"] = labels.heading("difference_of_phases")
    return table(changes, labels, columns, labels.term("caption_changes"), labels.term("note_changes"))


def say_changes(changes: pd.DataFrame, labels: Labels) -> list[Sentence]:
    """Say in which direction the scores differ between phases, where their intervals lie apart.

    Parameters
    ----------
    changes : DataFrame
        As for `table_changes`.
    labels : Labels
        Language of the sentences.

    Returns
    -------
    list of Sentence
        One for each case and pair of phases. Where intervals overlap, it says that nothing is said of a
        direction, and where a phase has no interval, that there is nothing to compare; of causes nothing is
        said at all.

    Raises
    ------
    CgutilsError
        Where a column is missing or a row is double.
    """
    require(changes, _CHANGES, "changes", key=(*KEY, "earlier_phase"), empty=True)
    said = []
    for (case, phase, earlier), own in changes.groupby(["case_id", "phase", "earlier_phase"], sort=False):
        titles = {
            name: labels.phase(str(case), str(value))
            for name, value in (("phase", phase), ("earlier_phase", earlier))
        }
        found = "; ".join(_found(own, labels))
        said.append(say(labels, "phase_change", case_id=case, found=found, **titles))
    return said


def say_phases(trajectory: pd.DataFrame, labels: Labels) -> list[Sentence]:
    """Name the phases of each case, and say that all else rests on the last.

    Parameters
    ----------
    trajectory : DataFrame
        ``trajectory(collection)`` or some of its rows.
    labels : Labels
        Language of the sentences.

    Returns
    -------
    list of Sentence
        One for each case.
    """
    require(trajectory, KEY, "trajectory", key=KEY, empty=True)
    said = []
    for case, own in trajectory.groupby("case_id", sort=False):
        titles = [labels.phase(str(case), phase) for phase in dict.fromkeys(own["phase"])]
        phases = ", ".join(titles)
        said.append(say(labels, "phases_of_case", case_id=case, count=len(titles), phases=phases))
    return said


def show_phases(
    trajectory: pd.DataFrame,
    changes: pd.DataFrame,
    labels: Labels,
    name: str,
    pairs: pd.DataFrame | None = None,
) -> None:
    """Show the phases in a notebook; nothing where no case has phases.

    Parameters
    ----------
    trajectory : DataFrame
        ``trajectory(collection)``.
    changes : DataFrame
        ``phase_changes(trajectory)``.
    labels : Labels
        Language of everything that is shown.
    name : str
        Name of the figure, as for `publish`. It draws all dimensions of one case, of several the index.
    pairs : DataFrame, optional
        ``compare_phases(collection)``, to be shown as well where it has rows.

    Raises
    ------
    CgutilsError
        As for `publish`, and where a column is missing or a row is double.
    """
    if trajectory.empty:
        return
    for sentence in say_phases(trajectory, labels):
        display(sentence)  # type: ignore[no-untyped-call]
    drawn = trajectory
    if trajectory["case_id"].nunique() > 1:
        drawn = trajectory[trajectory["dimension_id"] == "index"].reset_index(drop=True)
    publish(plot_trajectory(drawn, labels), name, drawn, labels)
    shown: list[Table | Sentence] = [
        table_trajectory(trajectory, labels),
        table_changes(changes, labels),
        *say_changes(changes, labels),
    ]
    if pairs is not None and not pairs.empty:
        caption = labels.term("caption_comparison_at_phases")
        shown.append(replace(table_comparison(pairs, labels), caption=caption))
    for part in shown:
        display(part)  # type: ignore[no-untyped-call]


def _found(own: pd.DataFrame, labels: Labels) -> list[str]:
    groups: dict[str, list[str]] = {word: [] for word in _WORDS.values()}
    for row in own.to_dict("records"):
        # A verdict that is none has no word, which is told as such.
        word = _WORDS.get(row["verdict"], row["verdict"])
        groups.setdefault(word, []).append(labels.dimension(row["dimension_id"]))
    return [labels.term(word, dimensions=", ".join(names)) for word, names in groups.items() if names]
