"""Which runs are out of date, and why: the manifest held against what is there. Nothing heavy is imported."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgutils.data.project import Project
from cgutils.execution.inventory import (
    COPIES,
    MANIFEST,
    NOTEBOOKS,
    checksums,
    environment,
    input_files,
    library_files,
    output_files,
)
from cgutils.execution.plan import Run
from cgutils.execution.reading import matching

SCHEMA_VERSION = 2
# Whatever is read, these shape every executed copy.
RULES = f"{NOTEBOOKS}/sanitize.cfg"
RUNNER = ("execution/normalise.py", "execution/record.py", "execution/source.py", "execution/worker.py")
Record = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """What is there now, by name with checksums, and the environment."""

    inputs: dict[str, str]
    library: dict[str, str]
    outputs: dict[str, str]
    environment: dict[str, Any]


def current_state(project: Project, then: Record | None = None) -> State:
    """Take stock of a project.

    Parameters
    ----------
    project : Project
        The project.
    then : mapping, optional
        A manifest; files that it lists as inputs count as such wherever they are in the project.
    """
    return State(
        checksums(known_inputs(project, then)),
        checksums(library_files()),
        checksums(output_files(project)),
        environment(),
    )


def known_inputs(project: Project, then: Record | None = None) -> dict[str, Path]:
    """List the inputs of a project, those included that only its runs made known (a module, other data)."""
    files = input_files(project)
    for name in (then or stored_manifest(project) or {}).get("inputs", ()):
        path = project.root / name
        if name not in files and ".." not in Path(name).parts and path.is_file():
            files[name] = path
    return files


def manifest_text(content: Record) -> str:
    """Write a manifest as text, the same for the same content."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def stored_record(path: Path) -> Record | None:
    """Read a manifest as plain data; None where there is none that this version wrote."""
    try:
        found = json.loads(path.read_bytes())
        fits = found["schema_version"] == SCHEMA_VERSION and all(
            isinstance(found[key], dict) for key in ("environment", "inputs", "library", "outputs", "runs")
        )
        fits = fits and all(
            isinstance(output["runs"], list) and isinstance(output["sha256"], str)
            for output in found["outputs"].values()
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if fits else None


def stored_manifest(project: Project) -> Record | None:
    """Read the manifest of a project as plain data; None where there is none that this version wrote."""
    return stored_record(project.processed / MANIFEST)


def reasons(run: Run, then: Record | None, now: State) -> list[str]:
    """Say why a run has to be made again.

    Parameters
    ----------
    run : Run
        The run as it is planned now.
    then : mapping or None
        The manifest, as plain data.
    now : State
        What is there.

    Returns
    -------
    list of str
        Each change that concerns it; empty where it is up to date.
    """
    if then is None:
        return ["there is no manifest of earlier runs"]
    try:
        record = then["runs"].get(run.name)
        if record is None:
            return ["it has not been run yet"]
        found = _parameters(record["parameters"], run.parameters)
        concerned = [*record["reads"], f"{NOTEBOOKS}/{run.notebook}.ipynb", RULES]
        found += _changes(concerned, then["inputs"], now.inputs, _input)
        modules = [*record["imports"], *RUNNER]
        found += _changes(modules, then["library"]["files"], now.library, lambda name: f"cgutils/{name}")
        found += environment_words(then["environment"], now.environment)
        return found + _outputs(run.name, then["outputs"], now.outputs)
    except (KeyError, TypeError, AttributeError):
        return ["the manifest cannot be read"]


def outputs_of(run: Run, then: Record | None) -> list[str]:
    """List the results that a run made, as a manifest has it."""
    outputs = (then or {}).get("outputs", {})
    made = [name for name, output in outputs.items() if run.name in output.get("runs", ())]
    return made or [f"{COPIES}/{run.name}.ipynb"]


def environment_words(then: Record, now: Record) -> list[str]:
    """Say what differs between two environments: ``matplotlib 3.11.2 -> 3.10.1``."""
    pairs = [(word, then[key], now[key]) for word, key in _ENVIRONMENT if then[key] != now[key]]
    for name in sorted({*then["packages"], *now["packages"]}, key=str.casefold):
        pair = then["packages"].get(name), now["packages"].get(name)
        if pair[0] != pair[1]:
            pairs.append((name, pair[0] or "none", pair[1] or "none"))
    return [f"{name} {old} -> {new}" for name, old, new in pairs]


_ENVIRONMENT = (("system", "system"), ("processor", "machine"), ("Python", "python"))


def _parameters(then: Record, now: Record) -> list[str]:
    names = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    return [f"parameter {name} {then.get(name)!r} -> {now.get(name)!r}" for name in names]


def _changes(concerned: Iterable[str], then: Record, now: Record, words: Any) -> list[str]:
    concerned = list(concerned)
    found = []
    for name in matching(concerned, sorted({*then, *now})):
        if then.get(name) != now.get(name):
            what = "is gone" if name not in now else "changed" if name in then else "is new"
            found.append(f"{words(name)} {what}")
    return found


def _input(name: str) -> str:
    parts = name.split("/")
    if name.startswith("data/raw/cases/"):
        return f"{'/'.join(parts[4:])} of {parts[3]}"
    return f"the notebook {parts[-1]}" if name.endswith(".ipynb") else name.removeprefix("data/raw/")


def _outputs(run: str, then: Record, now: Record) -> list[str]:
    found = []
    for name, output in then.items():
        if run in output["runs"] and now.get(name) != output["sha256"]:
            found.append(f"{name} {'is not what was written' if name in now else 'is missing'}")
    return found
