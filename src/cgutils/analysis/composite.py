"""Composite indicators of any kind: a numeric matrix and a hierarchy of two levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cgutils.analysis.aggregate import MEANS, aggregate
from cgutils.analysis.hierarchy import INDEX
from cgutils.data.errors import CgutilsError

_FROM_ZERO = {"geometric", "harmonic"}


def composite(
    data: pd.DataFrame,
    groups: Mapping[str, Iterable[str]],
    *,
    weights: Mapping[str, float] | None = None,
    group_weights: Mapping[str, float] | None = None,
    within: str = "arithmetic",
    between: str = "arithmetic",
    floor: float = 0.0,
) -> pd.DataFrame:
    """Aggregate a matrix of units and indicators to groups, and the groups to an index.

    The same two steps that score the cases, open to any other data: nothing here knows of levels, coders or
    codebooks.

    Parameters
    ----------
    data : DataFrame, shape (n units, k indicators)
        Finite numbers; NaN is missing and is skipped. One column an indicator; others are left alone.
    groups : mapping of str to iterable of str
        The indicators of each group, in the order of the result.
    weights : mapping of str to float, optional
        Weights of the indicators within their groups, at least 0; 1 for those that are not named.
    group_weights : mapping of str to float, optional
        Weights of the groups in the index, at least 0; 1 for those that are not named.
    within, between : {"arithmetic", "geometric", "harmonic", "minimum", "median"}
        Indicators to group; groups to index.
    floor : float
        Lowest value that enters a geometric or harmonic mean; 0 leaves the data as they are.

    Returns
    -------
    DataFrame, shape (n units, number of groups + 1)
        Index as in `data`; one column a group and ``index``. NaN where nothing is there to aggregate.

    Raises
    ------
    CgutilsError
        Naming everything that does not fit: groups that are no mapping to lists, columns that are missing or
        hold no numbers or infinite ones, an indicator in two groups, weights of unknown names or below 0, an
        unknown mean, a floor below 0, values below 0 under a geometric or harmonic mean.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6.

    Examples
    --------
    >>> data = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, np.nan], "c": [4.0, 8.0]}, index=["x", "y"])
    >>> composite(data, {"first": ["a", "b"], "second": ["c"]}, group_weights={"second": 3})
       first  second  index
    x    2.0     4.0    3.5
    y    2.0     8.0    6.5
    """
    if not isinstance(data, pd.DataFrame):
        raise CgutilsError(f"composite: data is {type(data).__name__}, allowed: a DataFrame.")
    listed = _groups(groups)
    problems = _names(data, listed, weights or {}, group_weights or {})
    problems += _means(data, listed, weights or {}, {"within": within, "between": between}, floor)
    if problems:
        raise CgutilsError("composite: " + "; ".join(problems) + ".")
    columns = {
        name: aggregate(_numbers(data[[*members]]), _vector(members, weights), within, floor)
        for name, members in listed.items()
    }
    inside = np.stack([*columns.values()], axis=-1)
    columns[INDEX] = aggregate(inside, _vector(listed, group_weights), between, floor)
    return pd.DataFrame(columns, index=data.index)


def _groups(groups: Mapping[str, Iterable[str]]) -> dict[str, Sequence[str]]:
    """List the members of each group, so that an iterator may stand for a list."""
    if not isinstance(groups, Mapping):
        raise CgutilsError(
            f"composite: groups is {type(groups).__name__}, allowed: a mapping of group to its indicators."
        )
    bad = [str(name) for name, own in groups.items() if not isinstance(own, Iterable)]
    if bad:
        raise CgutilsError(f"composite: groups must be lists of indicators; found none in {', '.join(bad)}.")
    return {name: own if isinstance(own, str) else [*own] for name, own in groups.items()}


def _numbers(columns: pd.DataFrame) -> NDArray[np.float64]:
    return np.asarray(columns.to_numpy(dtype="float64", na_value=np.nan))


def _vector(names: Sequence[str] | Mapping[str, object], weights: Mapping[str, float] | None) -> list[float]:
    return [float((weights or {}).get(name, 1.0)) for name in names]


def _names(
    data: pd.DataFrame,
    groups: Mapping[str, Sequence[str]],
    weights: Mapping[str, float],
    group_weights: Mapping[str, float],
) -> list[str]:
    # A text is a sequence, too, of its letters.
    texts = [name for name, own in groups.items() if isinstance(own, str)]
    members = [name for own in groups.values() if not isinstance(own, str) for name in own]
    bad = [name for given in (weights, group_weights) for name, value in given.items() if not _weight(value)]
    said = {
        "groups must be lists of indicators; found a text in": texts,
        "groups must name at least one indicator each; none in": [n for n in groups if not len(groups[n])],
        "indicators in more than one place:": [n for n in dict.fromkeys(members) if members.count(n) > 1],
        "no such column:": [name for name in dict.fromkeys(members) if name not in data.columns],
        "a group must not be called": [INDEX] if INDEX in groups else [],
        "not numbers:": [n for n in members if n in data.columns and not _numeric(data[n])],
        "infinite numbers in": [n for n in members if n in data.columns and _infinite(data[n])],
        "weights of unknown indicators:": [name for name in weights if name not in members],
        "group_weights of unknown groups:": [name for name in group_weights if name not in groups],
        "weights must be finite numbers of at least 0; others given for": bad,
    }
    problems = [f"{what} {', '.join(map(str, names))}" for what, names in said.items() if names]
    return problems + ([] if groups else ["groups is empty"])


def _means(
    data: pd.DataFrame,
    groups: Mapping[str, Sequence[str]],
    weights: Mapping[str, float],
    means: Mapping[str, str],
    floor: float,
) -> list[str]:
    allowed = ", ".join(MEANS)
    problems = [
        f"{step} is {name!r}, allowed: {allowed}" for step, name in means.items() if name not in MEANS
    ]
    if not _weight(floor):
        problems.append(f"floor is {floor!r}, allowed: finite numbers of at least 0")
    if means["within"] in _FROM_ZERO:
        members = dict.fromkeys(n for own in groups.values() if not isinstance(own, str) for n in own)
        used = [n for n in members if n in data.columns and _numeric(data[n]) and weights.get(n) != 0]
        if below := [str(name) for name in used if data[name].lt(0).any()]:
            problems.append(
                f"a {means['within']} mean needs values of at least 0; below in {', '.join(below)}"
            )
    return problems


def _weight(value: object) -> bool:
    return isinstance(value, Real) and 0 <= float(value) < np.inf


def _infinite(column: pd.Series | pd.DataFrame) -> bool:
    return _numeric(column) and bool(np.isinf(column.to_numpy(dtype="float64", na_value=np.nan)).any())


def _numeric(column: pd.Series | pd.DataFrame) -> bool:
    if isinstance(column, pd.DataFrame):
        return False  # the name stands over two columns
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
