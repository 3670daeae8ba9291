"""The order of the cases through several frameworks, and whether it survives the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cgutils.analysis.comparison import compare
from cgutils.analysis.crosswalk import through
from cgutils.analysis.hierarchy import INDEX
from cgutils.analysis.options import ScoringOptions
from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

# Two indices that differ by less are equal; sums of the same memberships may differ by rounding.
_DIGITS = 9


@dataclass(frozen=True)
class FrameworkOrder:
    """The index of the cases through several frameworks.

    Parameters
    ----------
    cases : DataFrame
        ``framework_id, case_id``; ``score, lower, upper, coverage, status`` of the index as in `Scores`;
        ``rank`` by score, 1 the highest, ties split (two first cases both have 1.5); missing where there is
        no score.
    pairs : DataFrame
        ``framework_id, case_a, case_b``; ``verdict`` (by the intervals) and ``difference`` as `compare` gives
        them for the index; ``order`` of the scores alone (higher, lower, equal; not_comparable where either
        is missing). A pair that one framework does not compare, as nothing is read into it from one of the
        cases, is not_comparable there.
    """

    cases: pd.DataFrame
    pairs: pd.DataFrame

    def survives(self) -> pd.DataFrame:
        """Say for each pair whether its order is the same through all frameworks.

        Returns
        -------
        DataFrame
            ``case_a, case_b``; ``same_verdict``, whether the intervals give the same verdict through all
            frameworks; ``same_order``, whether the scores do (missing where one framework gives no score, so
            that nothing is known).
        """
        rows = []
        for (case_a, case_b), part in self.pairs.groupby(["case_a", "case_b"], sort=False):
            known = not part["order"].eq("not_comparable").any()
            same = part["order"].nunique() == 1 if known else None
            rows.append((case_a, case_b, part["verdict"].nunique() == 1, same))
        columns = ["case_a", "case_b", "same_verdict", "same_order"]
        return pd.DataFrame(rows, columns=columns).astype({"same_verdict": "bool", "same_order": "boolean"})


def framework_order(
    collection: Collection, *framework_ids: str, options: ScoringOptions | None = None
) -> FrameworkOrder:
    """Score the cases through several frameworks and set their order side by side.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    *framework_ids : str
        The frameworks, in the order of the result; without any, those by which the cases are coded, if it is
        one, and all that have a crosswalk from it.
    options : ScoringOptions, optional
        The choices of scoring, the same through every framework; given ``weights`` fit one framework only.

    Returns
    -------
    FrameworkOrder
        Its ``cases`` and ``pairs``.

    Raises
    ------
    CgutilsError
        For an unknown framework, or where there is no crosswalk from the framework of a case; without names,
        where no framework reaches all cases.

    Notes
    -----
    Elements that no indicator is read into are open in every case, which widens every interval; with
    ``ScoringOptions(missing="common_support")`` only the elements assessed in every case are compared.
    """
    cases, pairs = [], []
    for framework_id in framework_ids or _readable(collection):
        read = through(collection, framework_id)
        scores = score(read, options)
        index = scores.index[["case_id", "score", "lower", "upper", "coverage", "status"]]
        index.insert(0, "framework_id", framework_id)
        cases.append(index.assign(rank=index["score"].round(_DIGITS).rank(ascending=False)))
        verdicts = compare(read, scores)
        verdicts = verdicts.loc[
            verdicts["dimension_id"] == INDEX, ["case_a", "case_b", "verdict", "difference"]
        ]
        verdicts.insert(0, "framework_id", framework_id)
        pairs.append(verdicts.assign(order=verdicts["difference"].map(_order)))
    return FrameworkOrder(pd.concat(cases, ignore_index=True), _complete(pairs))


def framework_summary(available: FrameworkOrder, common: FrameworkOrder) -> pd.DataFrame:
    """Say of each pair what the change of framework does to it, for the sentence ``framework_pair``.

    Parameters
    ----------
    available : FrameworkOrder
        By what was assessed in each case.
    common : FrameworkOrder
        By what is assessed in every case (``ScoringOptions(missing="common_support")``).

    Returns
    -------
    DataFrame
        ``case_a, case_b``; ``n``, the number of frameworks; ``available, common`` (order_same, order_turns,
        order_unknown: a score is withheld); ``intervals`` (verdict_same, verdict_turns).
    """
    names = {True: "order_same", False: "order_turns"}
    first, second = available.survives(), common.survives()
    made = first[["case_a", "case_b"]].assign(n=available.cases["framework_id"].nunique())
    for name, frame in (("available", first), ("common", second)):
        made[name] = [names.get(same, "order_unknown") for same in frame["same_order"].astype(object)]
    made["intervals"] = ["verdict_same" if same else "verdict_turns" for same in first["same_verdict"]]
    return made


def _readable(collection: Collection) -> list[str]:
    used = set(collection.frameworks_in_use)
    reachable = {
        name: used <= {name, *(walk.framework for walk in framework.crosswalks)}
        for name, framework in collection.frameworks.items()
    }
    if not any(reachable.values()):
        raise CgutilsError(
            f"framework_order: no framework reaches all cases, which are coded by {', '.join(sorted(used))}. "
            "Write a crosswalk, or hand over coded_alike(collection, framework_id)."
        )
    # The framework in which the cases were coded comes first.
    return sorted((name for name, whole in reachable.items() if whole), key=lambda name: name not in used)


def _complete(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Give every framework a row for each pair that any of them compares."""
    found = pd.concat(parts, ignore_index=True)
    keys = ["framework_id", "case_a", "case_b"]
    pairs = found[["case_a", "case_b"]].drop_duplicates()
    if all(len(part) == len(pairs) for part in parts):
        return found
    names = found[["framework_id"]].drop_duplicates()
    every = names.merge(pairs, how="cross").merge(found, on=keys, how="left", validate="one_to_one")
    return every.fillna({"verdict": "not_comparable", "order": "not_comparable"})


def _order(difference: float) -> str:
    if pd.isna(difference):
        return "not_comparable"
    rounded = round(difference, _DIGITS)
    return "equal" if rounded == 0 else "higher" if rounded > 0 else "lower"
