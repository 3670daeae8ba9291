"""Variance-based sensitivity: which choice drives a score, or the distance between two cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from numbers import Integral

import numpy as np
import pandas as pd

from cgutils.analysis.hierarchy import Floats
from cgutils.analysis.options import whole
from cgutils.analysis.robustness.evaluation import Evaluation
from cgutils.analysis.robustness.grid import SEED, Codes, Grid
from cgutils.analysis.robustness.single import spans_of
from cgutils.analysis.robustness.sobol import Indices, indices
from cgutils.analysis.robustness.specifications import specification_grid
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

SIZE = 1024
# An output that moves less than this over all choices is constant; what is left is rounding.
_STILL = 1e-9
_BLOCK = 128
Output = tuple[int, int, int]
COLUMNS = (
    "dimension_id",
    "case_a",
    "case_b",
    "factor",
    "first",
    "first_interval",
    "total",
    "total_interval",
    "status",
)


def sensitivity(
    collection: Collection,
    grid: Grid | None = None,
    *,
    size: int = SIZE,
    seed: int = SEED,
    framework_id: str | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Estimate Sobol indices of the choices, for every score and every difference of two cases.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    grid : Grid, optional
        The whole product of its choices is the space that is searched; `specification_grid` without it.
    size : int
        Base size of the Saltelli sample, a power of 2; (number of factors + 2) x size specifications are
        computed.
    seed : int
        Seed of the sample and of the resampling for the intervals.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.
    pairs : iterable of (str, str), optional
        Differences to look at, each of two case ids; of all cases where it is not given. They grow with the
        square of the cases.

    Returns
    -------
    DataFrame
        ``dimension_id`` (``index`` for the index); ``case_a``, and ``case_b`` where it is the difference of
        two cases (else empty); ``factor``; ``first``, the share of the variance that the factor explains
        alone; ``total``, with all its interactions; ``first_interval, total_interval``, half the width of
        their 95 % intervals; ``status``: defined, constant (the choices change nothing) or undefined (some
        specifications give no value); the numbers are missing unless defined.

    Raises
    ------
    CgutilsError
        For a size that is no power of 2, a grid of a single specification, or a pair of other cases; as
        `Evaluation`.

    Notes
    -----
    Every choice of a factor is equally likely. Values enter whatever their coverage: with a threshold, some
    specifications would have none. Factors with a single choice are left out.

    References
    ----------
    Saltelli and others (2010), Computer Physics Communications 181(2), 259-270. The sample is SALib's (Herman
    and Usher 2017; Iwanaga and others 2022), and the estimates are those that it gives.
    """
    whole("sensitivity: seed", seed, 0)
    if not isinstance(size, Integral) or size < 2 or size & (size - 1):
        raise CgutilsError(f"sensitivity: size is {size!r}, allowed: a power of 2 from 2, such as 1024.")
    space = replace(grid or specification_grid(collection, framework_id=framework_id), picked=None)
    space = replace(space, base=replace(space.base, coverage_threshold=0.0))
    evaluation = Evaluation(collection, space, framework_id)
    factors = [name for name, values in space.choices.items() if len(values) > 1]
    if not factors:
        raise CgutilsError("sensitivity: every factor of the grid has a single choice; none can vary.")
    chosen = _pairs(evaluation.cases, pairs)
    scores = _scores(evaluation, _sample(space, factors, size, seed))
    outputs = _outputs(evaluation, chosen)
    # In blocks, for the outputs grow with the square of the cases.
    blocks = (outputs[start : start + _BLOCK] for start in range(0, len(outputs), _BLOCK))
    rows = [row for block in blocks for row in _estimates(block, _values(scores, block), factors, seed)]
    return _named(rows, evaluation)


def _problem(factors: list[str]) -> dict[str, object]:
    return {"num_vars": len(factors), "names": factors, "bounds": [[0.0, 1.0]] * len(factors)}


def _sample(space: Grid, factors: list[str], size: int, seed: int) -> Codes:
    # SALib takes a second to import, which only those who ask for this should wait for.
    from SALib.sample import sobol  # noqa: PLC0415

    drawn = sobol.sample(_problem(factors), size, calc_second_order=False, seed=seed)
    codes = np.zeros((len(drawn), len(space.choices)), dtype="int64")
    for column, name in enumerate(factors):
        choices = len(space.choices[name])
        place = list(space.choices).index(name)
        codes[:, place] = np.minimum((drawn[:, column] * choices).astype("int64"), choices - 1)
    return codes


def _scores(evaluation: Evaluation, codes: Codes) -> Floats:
    runs = spans_of(len(codes), evaluation.rows())
    return np.concatenate([evaluation.at(codes[start : start + size]).score for start, size in runs])


def _pairs(cases: Sequence[str], pairs: Iterable[tuple[str, str]] | None) -> list[tuple[int, int]]:
    if pairs is None:
        return list(combinations(range(len(cases)), 2))
    pairs = list(pairs)
    wrong = [pair for pair in pairs if not _is_pair(pair, cases)]
    if wrong:
        raise CgutilsError(
            f"sensitivity: found the pairs {', '.join(map(repr, wrong))}; allowed: two different cases of "
            f"{', '.join(cases)}."
        )
    return [(cases.index(a), cases.index(b)) for a, b in dict.fromkeys(map(tuple, pairs))]


def _is_pair(pair: object, cases: Sequence[str]) -> bool:
    if (
        not isinstance(pair, list | tuple)
        or len(pair) != 2
        or not all(isinstance(name, str) for name in pair)
    ):
        return False
    return pair[0] != pair[1] and set(pair) <= set(cases)


def _outputs(evaluation: Evaluation, pairs: Sequence[tuple[int, int]]) -> list[Output]:
    """List dimension, case, and the other case of a pair (else -1), by their places."""
    cases = [(case, -1) for case in range(len(evaluation.cases))]
    return [(place, a, b) for place in range(len(evaluation.dimensions)) for a, b in (*cases, *pairs)]


def _values(scores: Floats, outputs: Sequence[Output]) -> Floats:
    """Look up the scores or differences, a column for each output."""
    columns = [scores[:, a, place] - (scores[:, b, place] if b >= 0 else 0.0) for place, a, b in outputs]
    return np.stack(columns, axis=1)


def _estimates(
    outputs: Sequence[Output], values: Floats, factors: list[str], seed: int
) -> Iterator[tuple[object, ...]]:
    """Estimate the indices of outputs, the columns of ``values``; a row for each and each factor."""
    missing = np.isnan(values).any(axis=0)
    still = np.ptp(values, axis=0) < _STILL
    defined = ~(missing | still)
    numbers = np.full((len(Indices._fields), len(outputs), len(factors)), np.nan)
    if defined.any():
        numbers[:, defined] = indices(values[:, defined], len(factors), seed)
    statuses = np.select([missing, still], ["undefined", "constant"], "defined").tolist()
    for place, (output, status) in enumerate(zip(outputs, statuses, strict=True)):
        for factor, name in enumerate(factors):
            yield (*output, name, *numbers[:, place, factor].tolist(), status)


def _named(rows: list[tuple[object, ...]], evaluation: Evaluation) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    for column, names in (
        ("dimension_id", evaluation.dimensions),
        ("case_a", evaluation.cases),
        ("case_b", (*evaluation.cases, "")),
    ):
        # -1 stands for no other case: the last of the names.
        frame[column] = [names[place] for place in frame[column]]
    return frame
