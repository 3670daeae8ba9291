"""What a load has read so far and what was wrong with it, and the parts that stand alone."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

from cgutils.data.checking import load_table
from cgutils.data.errors import Problem
from cgutils.data.fields import TableSpec
from cgutils.data.framework import Framework
from cgutils.data.project import is_id
from cgutils.data.yamlfiles import load_yaml


@dataclass
class Loading:
    """What has been read so far, and what was wrong with it."""

    root: Path
    case_ids: frozenset[str] | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """Return the name by which messages call a file."""
        return path.relative_to(self.root).as_posix()

    @property
    def damaged(self) -> frozenset[str]:
        """Return the files with problems."""
        return frozenset(problem.file for problem in self.problems)

    def table(self, folder: Path, spec: TableSpec) -> pd.DataFrame:
        """Read a table, and note what is wrong with it."""
        path = folder / f"{spec.name}.csv"
        if not path.is_file():
            if spec.required:
                self.problems.append(Problem(self.name(path), found="no such file", fix="Add the table."))
            return _no_rows(spec)
        frame, problems, notes = load_table(path, self.name(path), spec)
        self.problems += problems
        self.notes += notes
        return frame


@cache
def _no_rows(spec: TableSpec) -> pd.DataFrame:
    return pd.DataFrame(columns=list(spec.columns), dtype="object")


def read_frameworks(loading: Loading, folder: Path) -> dict[str, Framework]:
    """Read all codebooks."""
    found: dict[str, Framework] = {}
    for path in sorted(folder.glob("*.yaml")):
        framework, problems = load_yaml(path, loading.name(path), Framework)
        loading.problems += problems
        if framework is None:
            continue
        if framework.framework_id != path.stem:
            loading.problems.append(
                Problem(
                    loading.name(path),
                    None,
                    "framework_id",
                    framework.framework_id,
                    f"{path.stem}, the name of the file",
                    "Make them agree.",
                )
            )
        found[framework.framework_id] = framework
    if not found and not loading.problems:
        loading.problems.append(
            Problem(
                loading.name(folder),
                found="no framework",
                allowed="at least one .yaml file",
                fix="Add a codebook.",
            )
        )
    return found


def unknown_tables(loading: Loading, folder: Path, specs: Iterable[TableSpec]) -> None:
    """Report tables whose names nobody knows."""
    # A table whose name is misspelt would otherwise be left out without a word.
    known = [f"{spec.name}.csv" for spec in specs]
    for path in sorted(folder.glob("*.[cC][sS][vV]")):
        if path.name in known or path.name.startswith((".", "~")):
            continue
        close = difflib.get_close_matches(path.name.lower(), known, 1)
        fix = f"Did you mean {close[0]}?" if close else "Rename the file, or move it elsewhere."
        loading.problems.append(
            Problem(loading.name(path), found="an unknown table", allowed=", ".join(known), fix=fix)
        )


def folders(loading: Loading, folder: Path, what: str) -> Iterable[Path]:
    """Go through the folders of a folder whose names are ids; the others are reported."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name.startswith("."):
            continue
        if is_id(path.name):
            yield path
            continue
        loading.problems.append(
            Problem(
                loading.name(path),
                found=f"a {what} folder with this name",
                allowed="lower-case letters, digits, - and _",
                fix="Rename the folder.",
            )
        )
