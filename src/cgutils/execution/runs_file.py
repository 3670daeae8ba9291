"""Further runs, as ``notebooks/runs.yaml`` lists them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from cgutils.data.project import Project

RUNS_FILE = "runs.yaml"


def further_runs(
    project: Project, declared: Collection[str], problems: list[str]
) -> list[tuple[str, dict[str, object]]]:
    """Read the runs that are made beside the usual ones.

    Parameters
    ----------
    project : Project
        The project; without the file there are none.
    declared : collection of str
        The notebooks that there are.
    problems : list of str
        What cannot be read is added to it.

    Returns
    -------
    list of tuple
        Notebook and values, as they are written.
    """
    path = project.notebooks / RUNS_FILE
    if not path.is_file():
        return []
    entries = _load(path, problems)
    found = []
    for number, entry in enumerate(entries, start=1):
        where = f"{RUNS_FILE}: entry {number} of 'also'"
        if not isinstance(entry, dict) or set(entry) - {"notebook", "parameters"} or "notebook" not in entry:
            problems.append(f"{where}: found {entry!r}; allowed: a mapping with notebook and parameters")
        elif str(entry["notebook"]) not in declared:
            names = ", ".join(declared) or "none"
            problems.append(f"{where}: no notebook {entry['notebook']!r}; known notebooks: {names}")
        elif not isinstance(entry.get("parameters", {}), dict):
            found_here = entry["parameters"]
            problems.append(f"{where}: parameters: found {found_here!r}; allowed: names with values")
        else:
            found.append((str(entry["notebook"]), dict(entry.get("parameters", {}))))
    return found


def _load(path: Path, problems: list[str]) -> list[Any]:
    import yaml  # noqa: PLC0415

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except RecursionError:
        problems.append(f"{RUNS_FILE}: is nested too deeply; allowed: one key 'also' with a list")
        return []
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        problems.append(f"{RUNS_FILE}: cannot be read as YAML ({' '.join(str(error).split())})")
        return []
    entries = content.get("also", []) if isinstance(content, dict) and not set(content) - {"also"} else None
    if not isinstance(entries, list):
        problems.append(f"{RUNS_FILE}: found {content!r}; allowed: one key 'also' with a list")
        return []
    return entries
