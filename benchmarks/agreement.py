"""Time 1,000 bootstraps of ordinal alpha over 100,000 units, beside a plain loop over the same units.

    python benchmarks/agreement.py [units] [draws]

The plain loop resamples the units one by one and computes alpha anew, with the package `krippendorff` where
it is installed, else with this library; it is timed over a few draws and its time scaled up.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from cgutils.analysis.coefficients import Array, Counts, alpha_bootstrap, count_values, krippendorff_alpha

try:
    import krippendorff
except ImportError:
    krippendorff = None

UNITS, DRAWS, CODERS, LEVELS = 100_000, 1_000, 3, 4
# Draws of the plain loop that are timed.
SHORT = 5


def ratings(units: int) -> Array:
    """Make ratings on levels 0 to 3: coders differ by a level at times, one in ten is missing."""
    random = np.random.default_rng(1)
    true = random.integers(0, LEVELS, (units, 1))
    given = np.clip(true + random.integers(-1, 2, (units, CODERS)), 0, LEVELS - 1).astype("float64")
    given[random.random((units, CODERS)) < 0.1] = np.nan
    return given


def plain() -> tuple[str, Callable[[Counts], float]]:
    """Give the name of the program that the loop calls for every draw, and how."""
    if krippendorff is None:
        return "cgutils, one draw at a time", lambda counts: krippendorff_alpha(counts, "ordinal")
    return "package krippendorff", lambda counts: float(
        krippendorff.alpha(
            value_counts=counts.table, value_domain=counts.scale, level_of_measurement="ordinal"
        )
    )


def timed(work: Callable[[], object]) -> float:
    """Measure the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(units: int = UNITS, draws: int = DRAWS) -> None:
    """Print both times and their ratio."""
    counts = count_values(ratings(units), range(LEVELS))
    fast = min(timed(lambda: alpha_bootstrap(counts, "ordinal", draws=draws, seed=1)) for _ in range(3))
    name, alpha = plain()
    random = np.random.default_rng(1)
    pairable = counts.pairable

    def loop() -> None:
        for _ in range(SHORT):
            alpha(Counts(counts.scale, pairable[random.integers(0, len(pairable), len(pairable))]))

    slow = timed(loop) / SHORT * draws
    print(f"{draws:,} bootstraps of ordinal alpha over {units:,} units, {CODERS} coders")
    print(f"  cgutils, by distinct rows of counts: {fast:.3f} s")
    print(f"  plain loop ({name}), scaled up from {SHORT} draws: {slow:.1f} s")
    print(f"  ratio: {slow / fast:,.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
