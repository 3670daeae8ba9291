"""What a run says in the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console
from rich.table import Column, Table

from cgutils.analysis.scoring import score
from cgutils.execution.run import RunResult
from cgutils.present.labels import Labels, labels
from cgutils.present.prose import who_rated

if TYPE_CHECKING:
    from cgutils.data.collection import Collection

Stamps = dict[Path, tuple[int, int]]


def score_table(collection: Collection, language: str) -> tuple[Table, tuple[str, ...]]:
    """Lay out the scores of all cases, dimension by dimension.

    Parameters
    ----------
    collection : Collection
        A checked collection.
    language : {"en", "id"}
        Language of headings and numbers.

    Returns
    -------
    table : rich.table.Table
        One row for each case in each dimension: score, interval, coverage.
    notes : tuple of str
        On the cases of which only the abstract was read, where there are any, and on who gave the ratings.
    """
    words = labels(collection, language)
    dimensions = score(collection).dimensions
    table = Table(
        *(words.heading(key) for key in ("dimension", "case")),
        *(_right(words.heading(key)) for key in ("score", "interval", "coverage")),
    )
    for dimension_id, rows in dimensions.groupby("dimension_id", sort=False):
        heading = words.dimension(str(dimension_id))
        for _, row in rows.iterrows():
            table.add_row(heading, *_cells(row, words))
            heading = ""
        table.add_section()
    notes = (words.abstract_note(dimensions["case_id"]), str(who_rated(collection, words)))
    return table, tuple(note for note in notes if note)


def counts(collection: Collection) -> str:
    """Say how much a collection holds, and that it was found in order.

    Indicators are those of the frameworks by which a case is coded; a framework that no case uses is said so.
    """
    used = collection.frameworks_in_use
    idle = len(collection.frameworks) - len(used)
    parts = {
        "case": len(collection.cases),
        "framework": len(used),
        "indicator": sum(len(framework.indicators) for framework in used.values()),
        "evidence item": len(collection.evidence),
        "rating": len(collection.ratings) + len(collection.earlier_ratings),
        "note": len(collection.notes),
    }
    said = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for word, count in parts.items())
    waiting = f", {idle} framework{'' if idle == 1 else 's'} that no case uses" if idle else ""
    return f"{said}{waiting}; no problems"


def stamps(folder: Path) -> Stamps:
    """Note when each file below a folder was written, and its size."""
    found = {path: path.stat() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}


def written(before: Stamps, after: Stamps) -> int:
    """Count the files that were written in between."""
    return sum(before.get(path) != stamp for path, stamp in after.items())


def summary(results: Iterable[RunResult], n_files: int, folders: tuple[str, str], seconds: float) -> str:
    """Say what was written where, and how long it took."""
    n_copies = sum(result.path is not None for result in results)
    copies = f"{n_copies} executed notebook{'' if n_copies == 1 else 's'} in {folders[0]}"
    files = f"{n_files} file{'' if n_files == 1 else 's'} in {folders[1]}"
    return f"Written: {copies}, {files}. It took {seconds:.1f} s."


def plain_console() -> Console:
    """Make a console that leaves words and numbers as they are."""
    return Console(highlight=False, markup=False, soft_wrap=True)


def _right(heading: str) -> Column:
    return Column(heading, justify="right")


def _cells(row: pd.Series, words: Labels) -> tuple[str, str, str, str]:
    shown = words.number(row["score"]) if row["status"] == "scored" else words.term(row["status"])
    interval = words.interval(row["lower"], row["upper"])
    return words.case(row["case_id"]), shown, interval, words.percent(100 * row["coverage"], 0)
