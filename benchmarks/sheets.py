"""How long it takes to write a case as a workbook, to read it back, and to refuse a workbook that means harm.

Run with ``python benchmarks/sheets.py`` in the clone.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cgutils.data.errors import CgutilsError
from cgutils.data.project import find_project
from cgutils.exchange.sheet_import import plan_sheet
from cgutils.exchange.sheet_making import make_sheet
from cgutils.exchange.workbook import read_workbook
from cgutils.present.labels import words

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "exchange"))


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def refuse(path: Path) -> None:
    """Read what has to be refused."""
    try:
        read_workbook(path)
    except CgutilsError:
        return


def main() -> None:
    """Print one line for each measurement."""
    import hostile  # noqa: PLC0415

    project = find_project(ROOT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for case in ("banjar", "sako", "sampang"):
            path = folder / f"{case}.xlsx"
            wrote = seconds(
                lambda path=path: path.write_bytes(make_sheet(project, path.name, words(), "en").data)
            )
            read = seconds(lambda path=path: plan_sheet(project, path, words()))
            print(f"{case:12s} write {wrote:5.2f} s   read, check and compare {read:5.2f} s")
        for make in hostile.KINDS:
            path = folder / f"{make.__name__}.xlsx"
            make(path)
            print(f"{make.__name__:20s} refused in {seconds(lambda path=path: refuse(path)):5.2f} s")


if __name__ == "__main__":
    main()
