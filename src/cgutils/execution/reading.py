"""What a run depends on, as the manifest names it: from the files that its kernel was seen to open.

A name is a file; ``folder/`` stands for all inputs below it, and ``*`` for any one folder, so that a new case
concerns every run that read the same table of all cases.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

from cgutils.data.project import Project
from cgutils.execution.inventory import COPIES, PROCESSED, RAW, library_folder

_CASE = re.compile(rf"{RAW}/cases/[^/]+/(?P<table>\w+)\.(csv|yaml)")
_SHARED = re.compile(rf"{RAW}/(?P<table>\w+)\.csv")


def used(opened: Iterable[str], tables: Collection[str]) -> set[str]:
    """Choose among the files that the collection was loaded from those whose content was asked for.

    Parameters
    ----------
    opened : iterable of str
        Names of files that ``load_collection`` opened.
    tables : collection of str
        Attributes of the collection that were read, such as ``ratings`` or ``cases``.

    Returns
    -------
    set of str
        All that is no table of its own (codebooks) included.
    """
    if "notes" in tables:
        return set(opened)
    asked = {name.removeprefix("earlier_") for name in tables}
    chosen = set()
    for name in opened:
        found = _CASE.fullmatch(name) or _SHARED.fullmatch(name)
        table = "context" if name.startswith(f"{RAW}/context/") else found["table"] if found else None
        if table is None or {"case": "cases"}.get(table, table) in asked:
            chosen.add(name)
    return chosen


def folded(names: Iterable[str], inputs: Iterable[str]) -> list[str]:
    """Write ``folder/`` for a folder all inputs of which are named, ``cases/*/x.csv`` for a table of all."""
    left, inputs = set(names), set(inputs)
    # Counted once: a collection of a thousand cases has as many folders and thousands of files.
    there = Counter(folder for name in inputs for folder in _above(name))
    read = Counter(folder for name in inputs & left for folder in _above(name))
    # The folder of one case is no whole: what it holds is named.
    whole = {name for name, n in read.items() if n == there[name] and not _CASE.fullmatch(f"{name}/x.csv")}
    whole = {name for name in whole if whole.isdisjoint(_above(name))}
    left = {name for name in left if name not in inputs or whole.isdisjoint(_above(name))}
    alike = Counter(Path(name).name for name in inputs if _CASE.fullmatch(name))
    mine = Counter(Path(name).name for name in left & inputs if _CASE.fullmatch(name))
    tables = {name for name, n in mine.items() if n == alike[name] and n > 1}
    left -= {name for name in left & inputs if _CASE.fullmatch(name) and Path(name).name in tables}
    return sorted([*(f"{name}/" for name in whole), *(f"{RAW}/cases/*/{name}" for name in tables), *left])


def _above(name: str) -> Iterator[str]:
    """Give the folders that a file is in, and those above them."""
    place = name.rfind("/")
    while place > 0:
        yield name[:place]
        place = name.rfind("/", 0, place)


def matching(reads: Iterable[str], names: Iterable[str]) -> list[str]:
    """Find the files that entries of a manifest stand for."""
    reads = list(reads)
    exact = {entry for entry in reads if not entry.endswith("/") and "*" not in entry}
    folders = tuple(entry for entry in reads if entry.endswith("/"))
    patterns = [_pattern(entry) for entry in reads if "*" in entry]
    return [
        name
        for name in names
        if name in exact or name.startswith(folders) or any(p.fullmatch(name) for p in patterns)
    ]


@cache
def _pattern(entry: str) -> re.Pattern[str]:
    return re.compile(re.escape(entry).replace(r"\*", "[^/]+"))


def local_files(project: Project, paths: Iterable[Path]) -> dict[str, Path]:
    """Name the files of a project among those that were opened: no result, nothing hidden, no environment.

    Parameters
    ----------
    project : Project
        The project.
    paths : iterable of Path
        What was opened.

    Returns
    -------
    dict of str to Path
        By name relative to the project; modules in ``src`` and data outside ``data/raw`` among them.
    """
    root, found = _beginning(project.root), {}
    hidden = re.compile(r"(^|/)(\.|__pycache__/|site-packages/|dist-packages/)")
    results = (f"{PROCESSED}/", f"{COPIES}/")
    skipped = tuple(_beginning(folder) for folder in (library_folder(), project.processed, Path(sys.prefix)))
    # A kernel opens hundreds of files: what is not of this project goes before any path is taken apart.
    for path in paths:
        place = os.path.normcase(path)
        if not place.startswith(root) or place.startswith(skipped):
            continue
        name = Path(str(path)[len(root) :]).as_posix()
        if not hidden.search(name) and not name.startswith(results) and path.is_file():
            found[name] = path
    return found


def library_names(paths: Iterable[Path]) -> set[str]:
    """Name the files of the library among those that were opened."""
    folder = _beginning(library_folder())
    return {
        Path(str(path)[len(folder) :]).as_posix()
        for path in paths
        if os.path.normcase(path).startswith(folder)
    }


def _beginning(folder: Path) -> str:
    """Give what the names of all files below a folder begin with, as the platform compares them."""
    return os.path.normcase(folder.resolve()).rstrip(os.sep) + os.sep
