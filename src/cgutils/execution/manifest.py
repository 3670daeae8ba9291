"""The manifest of the results: what they were made from, by which runs, in which environment.

It holds checksums, parameters and versions; no time, no path of a machine, no name of a person. The same
inputs in the same environment give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from cgutils.data.errors import CgutilsError
from cgutils.data.files import write_text
from cgutils.data.project import Project
from cgutils.execution.environment import Environment, Library, Part, this_library
from cgutils.execution.inventory import (
    DESCRIPTOR,
    MANIFEST,
    NOTEBOOKS,
    PROCESSED,
    RAW,
    input_files,
    output_files,
    sha256,
)
from cgutils.execution.outdated import State, current_state, manifest_text
from cgutils.execution.parameter import Value
from cgutils.execution.plan import make_plan
from cgutils.execution.reading import folded, library_names, local_files, used
from cgutils.execution.run import RunResult

__all__ = ["MANIFEST", "NOTEBOOKS", "PROCESSED", "RAW", "input_files", "output_files"]


class RunRecord(Part):
    """One run: its notebook, the values put into it, and the inputs that it was seen to open.

    ``reads``: inputs; a name that ends with ``/`` stands for all below that folder, ``*`` for any one folder.
    Of the tables that the collection was loaded from, those whose content was asked for. ``imports``: files
    of the library.
    """

    notebook: str
    parameters: dict[str, Value]
    reads: list[str]
    imports: list[str]


class Output(Part):
    """One result: its checksum, and the runs that were seen to write it."""

    sha256: str
    runs: list[str]


class Manifest(Part):
    """All that is recorded. Paths are relative to the project, with forward slashes."""

    schema_version: Literal[2] = 2
    environment: Environment
    library: Library
    inputs: dict[str, str]
    runs: dict[str, RunRecord]
    outputs: dict[str, Output]


def make_manifest(
    project: Project,
    results: Iterable[RunResult],
    before: State | None = None,
    kept: Mapping[str, Mapping[str, Any]] | None = None,
) -> Manifest:
    """Describe the results that stand in a project after its runs.

    Parameters
    ----------
    project : Project
        The project.
    results : iterable of RunResult
        What `run_collection` returned.
    before : State, optional
        What was there before the runs; what is there now where it is not given.
    kept : mapping of str to mapping, optional
        By the names of the other runs of the plan, the manifest that holds their record still.

    Returns
    -------
    Manifest
    """
    results, kept = tuple(results), kept or {}
    before = before or current_state(project)
    inputs, outputs = inputs_of(project, results, before), output_files(project)
    made: dict[str, set[str]] = {name: set() for name in outputs}
    runs = {}
    for result in results:
        runs[result.run.name] = run_record(project, result, inputs)
        for name in made_by(project, result, outputs):
            made[name].add(result.run.name)
    for run, source in kept.items():
        runs[run] = RunRecord.model_validate(source["runs"][run])
        for name, output in source["outputs"].items():
            if run in output["runs"] and name in made:
                made[name].add(run)
    return Manifest(
        environment=Environment(**before.environment),
        library=this_library(),
        inputs=inputs,
        runs=dict(sorted(runs.items())),
        outputs={
            name: Output(sha256=sha256(path), runs=sorted(made[name])) for name, path in outputs.items()
        },
    )


def inputs_of(project: Project, results: Iterable[RunResult], before: State) -> dict[str, str]:
    """List the inputs with their checksums, those included that only the runs made known."""
    files: dict[str, Path] = {}
    for result in results:
        files |= local_files(project, (*result.seen.read, *result.seen.loaded))
    more = {name: sha256(path) for name, path in files.items() if name not in before.inputs}
    return dict(sorted({**before.inputs, **{n: s for n, s in more.items() if _is_input(n)}}.items()))


def run_record(project: Project, result: RunResult, inputs: Mapping[str, str]) -> RunRecord:
    """Record one run: what it is, and what it depends on."""
    seen = result.seen
    read = set(local_files(project, seen.read)) | used(local_files(project, seen.loaded), seen.tables)
    return RunRecord(
        notebook=result.run.notebook,
        parameters=dict(result.run.parameters),
        reads=folded(read & set(inputs), inputs),
        imports=sorted(library_names((*seen.read, *seen.loaded))),
    )


def made_by(project: Project, result: RunResult, outputs: Mapping[str, Path]) -> set[str]:
    """Name the results that a run wrote."""
    # Folders are resolved and not each file in them: this is asked after every run, about all results.
    folders = {parent: parent.resolve() for parent in {path.parent for path in outputs.values()}}
    known = {folders[path.parent] / path.name: name for name, path in outputs.items()}
    written = result.seen.written if result.path is None else (*result.seen.written, result.path)
    return {known[path] for path in (path.resolve() for path in written) if path in known}


def write_manifest(
    project: Project,
    results: Iterable[RunResult],
    before: State | None = None,
    kept: Mapping[str, Mapping[str, Any]] | None = None,
) -> Path | None:
    """Write ``data/processed/manifest.json`` where every run of the plan is accounted for.

    Parameters
    ----------
    project : Project
        The project.
    results : iterable of RunResult
        What `run_collection` returned.
    before, kept
        See `make_manifest`.

    Returns
    -------
    Path or None
        The manifest; None where these are not all runs of the plan or one of them failed: what stands there
        then is not from one state of the inputs.
    """
    results = tuple(results)
    found = {result.run.name: result.run.parameters for result in results} | dict.fromkeys(kept or {})
    plan = {run.name: run for run in make_plan(project)}
    fits = all(found[name] in (None, run.parameters) for name, run in plan.items() if name in found)
    if set(found) != set(plan) or not fits or any(result.path is None for result in results):
        return None
    content = make_manifest(project, results, before, kept).model_dump()
    return write_text(project.processed / MANIFEST, manifest_text(content))


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


def _is_input(name: str) -> bool:
    # Made from the schemas by the run itself.
    return name != f"{RAW}/{DESCRIPTOR}"
