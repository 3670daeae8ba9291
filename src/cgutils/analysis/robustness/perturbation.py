"""How stable the verdicts are when levels are misjudged by one step at random."""

from __future__ import annotations

from numbers import Real

import numpy as np
import pandas as pd

from cgutils.analysis.comparison import VERDICTS
from cgutils.analysis.options import ScoringOptions, whole
from cgutils.analysis.robustness.evaluation import BUDGET
from cgutils.analysis.robustness.grid import SEED
from cgutils.analysis.robustness.single import Single, single, spans_of
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError

PROBABILITY = 0.1
DRAWS = 2000


def perturbation(
    collection: Collection,
    options: ScoringOptions | None = None,
    *,
    probability: float = PROBABILITY,
    draws: int = DRAWS,
    seed: int = SEED,
    framework_id: str | None = None,
    block_size: int | None = None,
) -> pd.DataFrame:
    """Move every level by one step with a stated probability, and see which verdicts stand.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    options : ScoringOptions, optional
        The choices under which the cases are compared.
    probability : float
        Probability from 0 to 1 with which a level moves, independently of the others; up and down are equally
        likely. A move beyond 0 or 3 is not made. What is not assessed, or disputed, stays so.
    draws : int
        How often all levels are drawn anew.
    seed : int
        Seed of the draws.
    framework_id : str, optional
        The framework whose cases are compared, where they have several.
    block_size : int, optional
        Draws that are worked on at a time; the result does not depend on it.

    Returns
    -------
    DataFrame
        ``dimension_id, case_a, case_b``; ``verdict`` on a against b from the levels as they are (see
        `compare`); ``probability`` of a move; ``share_same``, the share of draws with the same verdict;
        ``share_higher, share_lower, share_indistinguishable, share_not_comparable`` of each verdict:
        together 1.

    Raises
    ------
    CgutilsError
        For a probability outside 0 to 1, less than one draw, or a block size or seed that is no whole number;
        as `single`.
    """
    if not (isinstance(probability, Real) and 0 <= probability <= 1):
        raise CgutilsError(f"perturbation: probability is {probability!r}, allowed: 0 to 1.")
    whole("perturbation: draws", draws)
    whole("perturbation: seed", seed, 0)
    if block_size is not None:
        whole("perturbation: block_size", block_size)
    cases = single(collection, options, framework_id)
    before = cases.verdicts(cases.levels)
    counts = _counts(cases, probability, draws, seed, block_size)
    shares = counts / draws
    names = cases.compared.cases
    a, b = (np.asarray(names, dtype=object)[places] for places in cases.pairs)
    order = cases.compared.layout.order
    columns = {
        "dimension_id": np.repeat(np.asarray(order, dtype=object), len(a)),
        "case_a": np.tile(a, len(order)),
        "case_b": np.tile(b, len(order)),
        "verdict": np.asarray(VERDICTS, dtype=object)[before.T.ravel()],
        "probability": float(probability),
        "share_same": np.take_along_axis(shares, before[None], axis=0)[0].T.ravel(),
    }
    each = {f"share_{name}": shares[place].T.ravel() for place, name in enumerate(VERDICTS)}
    return pd.DataFrame({**columns, **each})


def _counts(
    cases: Single, probability: float, draws: int, seed: int, block_size: int | None
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    shape = cases.levels.level.shape
    order = cases.compared.layout.order
    counts = np.zeros((len(VERDICTS), cases.pairs.shape[1], len(order)), dtype="int64")
    widest = max(3 * shape[0] * shape[1], counts[0].size)
    # One random number for each level, drawn one after the other: the size of a block changes nothing.
    random = np.random.default_rng(seed)
    for _, size in spans_of(draws, block_size or max(1, BUDGET // max(1, widest))):
        drawn = random.random((size, *shape))
        steps = np.select([drawn < probability / 2, drawn < probability], [-1, 1], default=0)
        found = cases.verdicts(cases.levels.moved(steps.astype("int64")))
        counts += np.stack([(found == place).sum(axis=0) for place in range(len(VERDICTS))])
    return counts
