"""Time and memory for large collections: load and check, score, compare all pairs of the index.

    python benchmarks/scale.py [10 100 1000]

Each size is measured in a process of its own, on a synthetic collection made for it (not counted).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

SIZES = (10, 100, 1000)


def measure(folder: str) -> dict[str, float]:
    """Measure one collection in this process."""
    started = time.perf_counter()
    import cgutils as cg  # noqa: PLC0415

    times = [started, time.perf_counter()]
    collection = cg.load_collection(folder)
    times.append(time.perf_counter())
    scores = cg.score(collection)
    times.append(time.perf_counter())
    pairs = cg.compare(collection, scores, ["index"])
    times.append(time.perf_counter())
    steps = [after - before for before, after in pairwise(times)]
    return {
        **dict(zip(("import", "load and check", "score", "compare"), steps, strict=True)),
        "all": times[-1] - started,
        "pairs": len(pairs),
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main(sizes: tuple[int, ...]) -> None:
    """Print a line for each size."""
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            target = str(Path(folder) / str(size))
            make = [sys.executable, "-m", "cgutils.cli", "simulate", "--cases", str(size), target]
            subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
            command = [sys.executable, __file__, "--measure", target]
            found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            said = ", ".join(
                f"{name} {value:.2f} s" for name, value in found.items() if name not in ("pairs", "MiB")
            )
            each = 1000 * (found["load and check"] + found["score"]) / size
            held = f"{found['pairs']:,} pairs, {found['MiB']:.0f} MiB"
            print(f"{size:5} cases: {said}; {each:.1f} ms a case; {held}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2])))
    else:
        main(tuple(map(int, sys.argv[1:])) or SIZES)
