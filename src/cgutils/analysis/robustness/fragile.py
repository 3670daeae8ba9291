"""Fragile ratings: the single levels that would overturn a verdict if they were one step off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cgutils.analysis.comparison import VERDICTS, verdict_places
from cgutils.analysis.consensus import coder_levels, consensus
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.robustness.levels import TOP
from cgutils.analysis.robustness.single import Single, single
from cgutils.data.collection import Collection

# What a verdict on a against b is on b against a.
_TURNED = [VERDICTS.index(name) for name in ("lower", "higher", "indistinguishable", "not_comparable")]
COLUMNS = (
    "dimension_id",
    "case_a",
    "case_b",
    "verdict",
    "new_verdict",
    "case_id",
    "indicator_id",
    "level",
    "new_level",
    "coder_levels",
    "given_by",
    "evidence_ids",
)


def fragile_ratings(
    collection: Collection, options: ScoringOptions | None = None, *, framework_id: str | None = None
) -> pd.DataFrame:
    """List every single level whose change by one step changes a verdict.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    options : ScoringOptions, optional
        The choices under which the cases are compared; with ``coder`` of one coder, that coder's levels.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.

    Returns
    -------
    DataFrame
        One row a change and verdict: ``dimension_id, case_a, case_b``; ``verdict`` on a against b (see
        `compare`) and ``new_verdict``; the level behind it: ``case_id, indicator_id, level, new_level``;
        ``coder_levels``, what each coder gave (``coder-1: 2; coder-2: 3``; a dash: not assessed);
        ``given_by``, the coders who gave the new level, so that the change is no mere thought;
        ``evidence_ids`` on which the level rests (``;`` between).

    Raises
    ------
    CgutilsError
        As `single`.

    Notes
    -----
    A level is the settled one (or the one coder's). What is not assessed has no level to change, and a
    disagreement that nobody settled already leaves its levels open.
    """
    cases = single(collection, options, framework_id)
    found = pd.DataFrame(_changes(cases), columns=list(COLUMNS[:9]))
    behind = consensus(collection, cases.options.coder).set_index(["case_id", "indicator_id"])["evidence_ids"]
    given = _given(collection)
    keys = [*zip(found["case_id"], found["indicator_id"], strict=True)]
    found["coder_levels"] = ["; ".join(f"{name}: {level}" for name, level in given[key]) for key in keys]
    found["given_by"] = [
        ";".join(name for name, level in given[key] if level == str(new))
        for key, new in zip(keys, found["new_level"], strict=True)
    ]
    found["evidence_ids"] = [";".join(behind[key]) for key in keys]
    return found[list(COLUMNS)].astype({"level": "int64", "new_level": "int64"})


def _changes(cases: Single) -> list[tuple[object, ...]]:
    """Try every change; a change touches one case, so only its own pairs are compared anew."""
    layout, names = cases.compared.layout, cases.compared.cases
    before = cases.part(cases.levels).spans[1:]
    rows = []
    for case, indicators, steps in _steps(cases):
        moves = np.zeros((len(indicators), len(layout.indicators)), dtype="int64")
        moves[np.arange(len(indicators)), indicators] = steps
        after = cases.part(cases.levels.of_case(case).moved(moves)).spans[1:]  # (2, changes, dimensions)
        old = verdict_places(before[:, [case]], before)  # on the case against each
        new = verdict_places(after[:, :, None], before[:, None])
        changed = new != old
        changed[:, case] = False
        for change, other, dimension in np.argwhere(changed).tolist():
            level, place = int(cases.levels.level[case, indicators[change]]), indicators[change]
            verdicts = (int(old[other, dimension]), int(new[change, other, dimension]))
            if other < case:
                verdicts = (_TURNED[verdicts[0]], _TURNED[verdicts[1]])
            pair = (dimension, min(case, other), max(case, other))
            rows.append((*pair, case, place, level, level + steps[change], *verdicts))
    return [
        (
            layout.order[dimension],
            names[a],
            names[b],
            VERDICTS[old_verdict],
            VERDICTS[new_verdict],
            names[case],
            layout.indicators[place],
            level,
            new_level,
        )
        for dimension, a, b, case, place, level, new_level, old_verdict, new_verdict in sorted(rows)
    ]


def _steps(cases: Single) -> Iterator[tuple[int, list[int], list[int]]]:
    for case, levels in enumerate(cases.levels.level.tolist()):
        moves = [(j, step) for j, level in enumerate(levels) for step in (-1, 1) if _allowed(level, step)]
        yield case, [j for j, _ in moves], [step for _, step in moves]


def _allowed(level: int, step: int) -> bool:
    return level >= 0 and 0 <= level + step <= TOP


def _given(collection: Collection) -> dict[tuple[str, str], list[tuple[str, str]]]:
    coders = sorted(set(collection.ratings["coder_id"]))
    frame = coder_levels(collection).set_index(["case_id", "indicator_id"])[coders]
    own = collection.ratings.groupby("case_id")["coder_id"].unique()
    rated = {case: set(names) for case, names in own.items()}
    return {
        (case, indicator): [
            (name, "-" if pd.isna(level) else str(level))
            for name, level in zip(coders, levels, strict=True)
            if name in rated.get(case, ())
        ]
        for (case, indicator), levels in zip(frame.index, frame.itertuples(index=False), strict=True)
    }
