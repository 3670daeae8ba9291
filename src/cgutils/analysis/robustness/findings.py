"""The findings of a collection, each with the support that its wording has to follow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from cgutils.analysis.hierarchy import INDEX
from cgutils.analysis.robustness.acceptability import Robustness
from cgutils.analysis.scoring import Scores
from cgutils.data.errors import CgutilsError

# How strongly an order may be worded, by the share of specifications in which it holds: at least so much.
STRENGTHS: Mapping[str, float] = MappingProxyType({"always": 1.0, "robust": 0.9, "mostly": 0.75})
# From here down, more than so much; anything below is open.
LEANING = 0.5
ROBUST = STRENGTHS["robust"]
# Shares are sums of parts of specifications; less than this between two of them is rounding.
_SAME = 1e-9
_PAIR = ["dimension_id", "case_a", "case_b"]
COLUMNS = (
    *(
        "statement_id",
        "kind",
        *_PAIR,
        "leading",
        "verdict",
        "interval_verdict",
        "basis",
        "strength",
        "n_specifications",
    ),
    *("share", "share_other", "share_tie", "share_undefined", "certain", "n_missing"),
    *("probability", "share_same", "n_fragile"),
)


def strength(share: float) -> str:
    """Say how strongly an order may be worded that holds in a share of the specifications.

    Examples
    --------
    >>> [strength(share) for share in (1.0, 0.97, 0.8, 0.6, 0.5)]
    ['always', 'robust', 'mostly', 'leaning', 'open']
    """
    for name, least in STRENGTHS.items():
        if share >= least:
            return name
    return "leaning" if share > LEANING else "open"


def findings(
    scores: Scores,
    verdicts: pd.DataFrame,
    robust: Robustness,
    stability: pd.DataFrame,
    fragile: pd.DataFrame,
) -> pd.DataFrame:
    """Put together what can be said of every pair of cases, and who ranks first.

    Parameters
    ----------
    scores : Scores
        As `score` returns them under the options of the comparison.
    verdicts : DataFrame
        As `compare` returns it for these scores.
    robust : Robustness
        As `robustness` returns it.
    stability : DataFrame
        As `perturbation` returns it under the same options.
    fragile : DataFrame
        As `fragile_ratings` returns it under the same options.

    Returns
    -------
    DataFrame
        One row a finding, those on the index first. ``statement_id``; ``kind`` (pair, first);
        ``dimension_id, case_a, case_b``; ``leading``, the case that is higher in more specifications
        (empty where neither is), or for ``first`` the one that ranks first most often (empty where two do so
        equally often); ``verdict`` on a against b by the method: higher or lower where the intervals do not
        overlap or at least 90 % of the specifications agree; ``interval_verdict`` by the intervals alone;
        ``basis`` of the verdict (intervals, grid, intervals_and_grid, none); ``strength``
        (always, robust, mostly, leaning, open; see `strength`); ``n_specifications``; ``share, share_other,
        share_tie, share_undefined`` of them, for the leading case; ``certain``, the share in which it is
        higher at every value of the missing indicators; ``n_missing`` indicators of either case without a
        settled level; ``probability`` with which the perturbation moves each level, and ``share_same`` of its
        draws in which the verdict by intervals stands; ``n_fragile`` single changes of a level that would
        overturn it. For ``first``, only the shares are there.

    Raises
    ------
    CgutilsError
        Where the frames are not about the same pairs, or not under the same options.
    """
    pairs = _joined(scores, verdicts, robust, stability, fragile)
    ahead = pairs["share_a"] > pairs["share_b"]
    behind = pairs["share_b"] > pairs["share_a"]
    made = pairs.assign(
        statement_id=_ids(pairs),
        kind="pair",
        leading=np.select([ahead, behind], [pairs["case_a"], pairs["case_b"]], ""),
        share=pairs[["share_a", "share_b"]].max(axis=1),
        share_other=pairs[["share_a", "share_b"]].min(axis=1),
        certain=np.where(behind, pairs["certain_b"], pairs["certain_a"]),
    )
    made["strength"] = [
        "open" if not a else strength(s) for a, s in zip(ahead | behind, made["share"], strict=True)
    ]
    made["interval_verdict"] = pairs["verdict"]
    made["verdict"], made["basis"] = _ruled(pairs)
    made["n_specifications"] = len(robust.grid)
    first = _firsts(robust)
    every = pd.concat([made, first], ignore_index=True)[list(COLUMNS)]
    # The index is what most readers ask for first.
    every = every.sort_values("dimension_id", key=lambda names: names != INDEX, kind="stable")
    return every.reset_index(drop=True).astype({"n_missing": "Int64", "n_fragile": "Int64"})


def _joined(
    scores: Scores,
    verdicts: pd.DataFrame,
    robust: Robustness,
    stability: pd.DataFrame,
    fragile: pd.DataFrame,
) -> pd.DataFrame:
    pairs = verdicts[[*_PAIR, "verdict"]]
    stable = stability[[*_PAIR, "probability", "share_same"]]
    counted = fragile.groupby(_PAIR).size().rename("n_fragile").reset_index()
    _check_same(scores, pairs, robust.dominance, stability, fragile)
    joined = (
        pairs.merge(robust.dominance, on=_PAIR, validate="one_to_one")
        .merge(stable, on=_PAIR, validate="one_to_one")
        .merge(counted, on=_PAIR, how="left", validate="one_to_one")
    )
    open_ones = scores.dimensions.assign(
        n_missing=lambda frame: frame["n_indicators"] - frame["n_assessed"]
    ).set_index(["dimension_id", "case_id"])["n_missing"]
    joined["n_fragile"] = joined["n_fragile"].fillna(0)
    joined["n_missing"] = [
        int(open_ones[dimension, a] + open_ones[dimension, b])
        for dimension, a, b in joined[_PAIR].itertuples(index=False)
    ]
    return joined


def _check_same(
    scores: Scores,
    pairs: pd.DataFrame,
    dominance: pd.DataFrame,
    stability: pd.DataFrame,
    fragile: pd.DataFrame,
) -> None:
    """Refuse frames about other pairs, or under other options, than the comparison."""
    of_pairs = {(d, a, b): verdict for d, a, b, verdict in pairs.itertuples(index=False)}
    scored = set(scores.dimensions[["dimension_id", "case_id"]].itertuples(index=False, name=None))
    known = {(d, case) for d, *both in of_pairs for case in both}
    others = {"robustness": dominance, "perturbation": stability, "fragile ratings": fragile}
    keys = {name: [*frame[_PAIR].itertuples(index=False, name=None)] for name, frame in others.items()}
    wrong = [name for name in ("robustness", "perturbation") if sorted(keys[name]) != sorted(of_pairs)]
    wrong += ["fragile ratings"] if not set(keys["fragile ratings"]) <= set(of_pairs) else []
    wrong += ["scores"] if not known <= scored else []
    if wrong:
        raise CgutilsError(
            f"findings: the frame of {' and '.join(wrong)} is not about the pairs and dimensions of the "
            "comparison. Make all frames from one collection."
        )
    for name in ("perturbation", "fragile ratings"):
        before = zip(keys[name], others[name]["verdict"], strict=True)
        if any(verdict != of_pairs[key] for key, verdict in before):
            raise CgutilsError(
                f"findings: the frame of {name} starts from other verdicts than the comparison. "
                "Make all frames under the same options."
            )


def _ids(pairs: pd.DataFrame) -> pd.Series:
    return pairs["dimension_id"] + ":" + pairs["case_a"] + ":" + pairs["case_b"]


def _ruled(pairs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Apply the rule of the method: intervals that do not overlap, or a grid that agrees."""
    decided = pairs["verdict"].isin(["higher", "lower"])
    grid = pd.Series("", index=pairs.index)
    grid = grid.mask(pairs["share_a"] >= ROBUST, "higher").mask(pairs["share_b"] >= ROBUST, "lower")
    verdict = pairs["verdict"].where(decided | (grid == ""), grid)
    agreed = decided & (grid == pairs["verdict"])
    basis = np.select(
        [agreed, decided, grid != ""], ["intervals_and_grid", "intervals", "grid"], default="none"
    )
    return verdict, pd.Series(basis, index=pairs.index)


def _firsts(robust: Robustness) -> pd.DataFrame:
    """Take for each dimension the case that ranks first most often; of a single case nothing is said."""
    ranks = robust.ranks
    rows = []
    for dimension, part in ranks.groupby("dimension_id", sort=False):
        held = part[part["rank"] == 1].sort_values("share", ascending=False, kind="stable")
        if len(held) < 2:
            continue
        case, share = held["case_id"].iloc[0], float(held["share"].iloc[0])
        alone = share - held["share"].iloc[1] > _SAME
        without = part.loc[part["rank"].isna() & (part["case_id"] == case), "share"].sum()
        rows.append(
            {
                "statement_id": f"{dimension}:first",
                "kind": "first",
                "dimension_id": dimension,
                "case_a": case if alone else "",
                "case_b": "",
                "leading": case if alone else "",
                "strength": strength(share) if alone else "open",
                "n_specifications": len(robust.grid),
                "share": share,
                "share_undefined": float(without),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def drivers(sensitivities: pd.DataFrame, dimension_id: str = INDEX) -> pd.DataFrame:
    """Name the choice that moves each difference of two cases most.

    Parameters
    ----------
    sensitivities : DataFrame
        As `sensitivity` returns it.
    dimension_id : str
        A dimension or ``index``.

    Returns
    -------
    DataFrame
        One row a pair: ``dimension_id, case_a, case_b``; ``factor`` with the highest total index and its
        ``first, total``; ``next_factor`` and ``next_total``; ``clear``, whether the intervals of the two
        totals do not overlap; ``status`` (defined, constant, undefined; the rest is missing unless defined).

    Raises
    ------
    CgutilsError
        For a dimension that the frame does not have.
    """
    known = list(dict.fromkeys(sensitivities["dimension_id"]))
    if dimension_id not in known:
        raise CgutilsError(f"drivers: found no dimension {dimension_id!r}; choose one of {', '.join(known)}.")
    own = sensitivities[(sensitivities["dimension_id"] == dimension_id) & (sensitivities["case_b"] != "")]
    rows = []
    for (a, b), part in own.groupby(["case_a", "case_b"], sort=False):
        status = part["status"].iloc[0]
        if status != "defined":
            rows.append((dimension_id, a, b, "", np.nan, np.nan, "", np.nan, False, status))
            continue
        ranked = part.sort_values("total", ascending=False, kind="stable")
        top = ranked.iloc[0]
        # A single factor that varies has no rival.
        rival = ranked.iloc[1] if len(ranked) > 1 else None
        clear = rival is None or (
            top["total"] - top["total_interval"] > rival["total"] + rival["total_interval"]
        )
        second = ("", np.nan) if rival is None else (rival["factor"], rival["total"])
        rows.append(
            (dimension_id, a, b, top["factor"], top["first"], top["total"], *second, bool(clear), status)
        )
    columns = [*_PAIR, "factor", "first", "total", "next_factor", "next_total", "clear", "status"]
    return pd.DataFrame(rows, columns=columns)
