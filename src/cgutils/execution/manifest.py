"""The manifest of the results: what they were made from, by which runs, in which environment.

It holds checksums, parameters and versions; no time, no path of a machine, no name of a person. The same
inputs in the same environment give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from cgutils.data.dictionary import DESCRIPTOR
from cgutils.data.errors import CgutilsError
from cgutils.data.files import write_text
from cgutils.data.project import Project
from cgutils.execution.environment import (
    Environment,
    Library,
    Part,
    checksums,
    files_below,
    sha256,
    this_environment,
    this_library,
)
from cgutils.execution.parameters import Value
from cgutils.execution.plan import make_plan, notebooks
from cgutils.execution.run import EXECUTED, RunResult

MANIFEST = "manifest.json"
RAW, NOTEBOOKS, PROCESSED = "data/raw", "notebooks", "data/processed"


class RunRecord(Part):
    """One run: its notebook, the values put into it, and the inputs that it was seen to open.

    A name in ``reads`` that ends with ``/`` stands for all inputs below that folder.
    """

    notebook: str
    parameters: dict[str, Value]
    reads: list[str]


class Output(Part):
    """One result: its checksum, and the runs that were seen to write it."""

    sha256: str
    runs: list[str]


class Manifest(Part):
    """All that is recorded. Paths are relative to the project, with forward slashes."""

    schema_version: Literal[1] = 1
    environment: Environment
    library: Library
    inputs: dict[str, str]
    runs: dict[str, RunRecord]
    outputs: dict[str, Output]


def make_manifest(project: Project, results: Iterable[RunResult]) -> Manifest:
    """Describe the results that stand in a project after its runs.

    Parameters
    ----------
    project : Project
        The project.
    results : iterable of RunResult
        What `run_collection` returned for the whole plan.

    Returns
    -------
    Manifest
    """
    results = tuple(results)
    inputs, outputs = input_files(project), output_files(project)
    by_path = {path.resolve(): name for name, path in {**inputs, **outputs}.items()}
    made: dict[str, list[str]] = {name: [] for name in outputs}
    runs = {}
    for result in sorted(results, key=lambda result: result.run.name):
        written = result.written if result.path is None else (*result.written, result.path)
        for name in _names(written, by_path) & set(made):
            made[name].append(result.run.name)
        runs[result.run.name] = RunRecord(
            notebook=result.run.notebook,
            parameters=dict(result.run.parameters),
            reads=_folded(_names(result.read, by_path), inputs),
        )
    return Manifest(
        environment=this_environment(),
        library=this_library(),
        inputs=checksums(inputs),
        runs=runs,
        outputs={name: Output(sha256=sha256(path), runs=made[name]) for name, path in outputs.items()},
    )


def write_manifest(project: Project, results: Iterable[RunResult]) -> Path | None:
    """Write ``data/processed/manifest.json`` after a complete run.

    Parameters
    ----------
    project : Project
        The project.
    results : iterable of RunResult
        What `run_collection` returned.

    Returns
    -------
    Path or None
        The manifest; None where these are not all runs of the plan or one of them failed: what stands there
        then is not from one state of the inputs.
    """
    results = tuple(results)
    complete = tuple(result.run for result in results) == make_plan(project)
    if not complete or any(result.path is None for result in results):
        return None
    content = make_manifest(project, results).model_dump()
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    return write_text(project.processed / MANIFEST, text + "\n")


def read_manifest(project: Project) -> Manifest | None:
    """Read the manifest of a project.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    Manifest or None
        None where there is none.

    Raises
    ------
    CgutilsError
        Where the file is not one that this version of the library can read.
    """
    path, name = project.processed / MANIFEST, f"{PROCESSED}/{MANIFEST}"
    if not path.is_file():
        return None
    again = "Run the whole collection (cgutils run) to write it anew"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place}: {first['msg']}" if place else first["msg"]
        raise CgutilsError(f"{name}: cannot be read as a manifest ({what}). {again}.") from error
    except OSError as error:
        raise CgutilsError(f"{name}: cannot be read ({error.strerror}). {again}.") from error


def input_files(project: Project) -> dict[str, Path]:
    """List what the results are made from, library apart.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    dict of str to Path
        By name, sorted: everything below ``data/raw`` but the descriptor, which is itself made from the
        schemas; the numbered notebooks and whatever else lies beside them (runs, rules, modules); no executed
        copy, no hidden file.
    """
    found = {f"{RAW}/{name}": path for name, path in files_below(project.raw, skip={DESCRIPTOR})}
    numbered = set(notebooks(project))
    for name, path in files_below(project.notebooks, skip={EXECUTED}):
        if path.suffix != ".ipynb" or path in numbered:
            found[f"{NOTEBOOKS}/{name}"] = path
    return dict(sorted(found.items()))


def output_files(project: Project) -> dict[str, Path]:
    """List the results of a project: the processed files but the manifest, and the executed copies.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    dict of str to Path
        By name, sorted; without hidden files and without the partial copies of runs that failed.
    """
    found = {f"{PROCESSED}/{name}": path for name, path in files_below(project.processed, skip={MANIFEST})}
    for name, path in files_below(project.notebooks / EXECUTED):
        if path.suffix == ".ipynb" and not name.endswith(".failed.ipynb"):
            found[f"{NOTEBOOKS}/{EXECUTED}/{name}"] = path
    return dict(sorted(found.items()))


def _names(paths: Iterable[Path], known: Mapping[Path, str]) -> set[str]:
    return {known[path] for path in (path.resolve() for path in paths) if path in known}


def _folded(names: set[str], inputs: Iterable[str]) -> list[str]:
    """Write ``folder/`` for a folder all inputs of which are named, the widest first."""
    left, folded = set(names), list[str]()
    folders = {parent.as_posix() for name in inputs for parent in Path(name).parents} - {"."}
    for folder in sorted(folders, key=lambda name: (name.count("/"), name)):
        below = {name for name in inputs if name.startswith(f"{folder}/")}
        if below <= left:
            left -= below
            folded.append(f"{folder}/")
    return sorted([*folded, *left])
