"""Time the specification grid: many specifications on few cases, and some on a thousand cases.

    python benchmarks/robustness.py [specifications] [cases]

First the collection of this project: scores under 100,000 specifications, then with ranks and dominance,
beside `cg.score` called once per specification (timed over a few and scaled up). Then 10,000 specifications
on 1,000 made-up cases: scores, then ranks and dominance of the index and of all dimensions. Peak memory is
that of the whole process so far.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pandas as pd

import cgutils as cg
from cgutils.analysis.robustness.evaluation import Evaluation

MANY, SOME, CASES = 100_000, 10_000, 1_000
# Specifications that are scored one by one.
SHORT = 20
Result = TypeVar("Result")


def timed(work: Callable[[], Result], repeats: int = 3) -> tuple[float, Result]:
    """Measure the seconds that a piece of work takes, the least of a few."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    assert result is not None
    return best, result


def peak() -> str:
    """Give the peak memory of this process."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"


def scored(collection: cg.Collection, grid: cg.Grid) -> int:
    """Compute every specification and keep none of it."""
    return sum(len(block.score) for block in Evaluation(collection, grid).blocks())


def made_up(real: cg.Collection, cases: int) -> cg.Collection:
    """Copy the collection's first case many times, with levels drawn at random, one in five blank."""
    first = next(iter(real.cases))
    names = [f"case-{n:05}" for n in range(cases)]
    random = np.random.default_rng(1)
    own = real.ratings[real.ratings["case_id"] == first]
    own = own[own["coder_id"] == own["coder_id"].iloc[0]]
    drawn = random.integers(0, 4, (cases, len(own))).astype("float64")
    drawn[random.random(drawn.shape) < 0.2] = np.nan
    ratings = pd.concat([own] * cases, ignore_index=True)
    ratings["case_id"] = np.repeat(names, len(own))
    ratings["level"] = pd.array(drawn.ravel(), dtype="Float64").astype("Int64")
    model = real.cases[first]
    return replace(
        real,
        cases={name: model.model_copy(update={"case_id": name}) for name in names},
        ratings=ratings,
        adjudication=real.adjudication.iloc[:0],
    )


def main(many: int = MANY, cases: int = CASES) -> None:
    """Print the times."""
    real = cg.load_collection()
    # Nine random weights beside the two equal ones make the whole grid larger than what is asked for.
    grid = cg.specification_grid(real, draws=max(8, many // 9120)).sample(many)
    seconds, n = timed(lambda: scored(real, grid))
    print(f"{n} specifications, {len(real.cases)} cases, scores: {seconds:.2f} s")
    single = timed(lambda: [cg.score(real, grid.options(place)) for place in range(SHORT)], 1)[0] / SHORT
    cost = 1e6 * seconds / n
    print(
        f"  one: {cost:.2f} µs; by cg.score: {1e3 * single:.1f} ms, {1e6 * single / cost:.0f} times as long"
    )
    seconds, _ = timed(lambda: cg.robustness(real, grid))
    print(f"  with ranks and dominance of all dimensions: {seconds:.2f} s; peak {peak()}")
    big = made_up(real, cases)
    grid = cg.specification_grid(big, draws=20).sample(SOME)
    seconds, n = timed(lambda: scored(big, grid), 1)
    print(f"{n} specifications, {cases} cases, scores: {seconds:.1f} s; peak {peak()}")
    seconds, _ = timed(lambda: cg.robustness(big, grid, dimensions=["index"]), 1)
    print(f"  with ranks and dominance of the index: {seconds:.1f} s; peak {peak()}")
    seconds, _ = timed(lambda: cg.robustness(big, grid), 1)
    print(f"  with ranks and dominance of all dimensions: {seconds:.1f} s; peak {peak()}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
