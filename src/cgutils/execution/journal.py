"""What has been done since the manifest was written, so that an interrupted run goes on where it was.

Each run that ends well is noted at once in a file of its own below ``.cgutils``. When every run of the
collection is up to date, one way or the other, the manifest is written anew and the notes are removed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgutils.data.errors import CgutilsError
from cgutils.data.project import Project
from cgutils.execution.inventory import MANIFEST, NOTEBOOKS
from cgutils.execution.lock import FOLDER
from cgutils.execution.outdated import (
    RULES,
    RUNNER,
    SCHEMA_VERSION,
    Record,
    State,
    current_state,
    manifest_text,
    reasons,
    stored_manifest,
    stored_record,
)
from cgutils.execution.plan import Run, make_plan
from cgutils.execution.reading import matching

if TYPE_CHECKING:
    from cgutils.execution.run import RunResult

_DONE = "done"
# What the manifest before the last one listed, as long as leftovers of it may be there.
_BEFORE = "before.json"


@dataclass(frozen=True)
class Due:
    """What is to be done.

    Parameters
    ----------
    state : State
        What was there when it was asked.
    why : dict of str to list of str
        By the name of each run that is out of date, the reasons.
    kept : dict of str to mapping
        By the name of each run that is up to date, the manifest or the note that says so.
    then : mapping or None
        The manifest.
    """

    state: State
    why: dict[str, list[str]] = field(default_factory=dict)
    kept: dict[str, Record] = field(default_factory=dict)
    then: Record | None = None


def find_due(project: Project, runs: Iterable[Run], force: bool = False) -> Due:
    """Find which runs are out of date.

    Parameters
    ----------
    project : Project
        The project.
    runs : iterable of Run
        The runs to look at.
    force : bool
        Take all of them for out of date.

    Returns
    -------
    Due
    """
    then = stored_manifest(project)
    due = Due(current_state(project, then), then=then)
    for run in runs:
        found = ["it was asked for"] if force else reasons(run, then, due.state)
        source = then
        if found and not force:
            note = stored_record(_note(project, run.name))
            if note is not None and not reasons(run, note, due.state):
                found, source = [], note
        if found:
            due.why[run.name] = found
        elif source is not None:
            due.kept[run.name] = source
    return due


def note_done(project: Project, result: RunResult, before: State) -> None:
    """Note that a run ended well.

    Parameters
    ----------
    project : Project
        The project.
    result : RunResult
        What became of it.
    before : State
        What was there before it began.
    """
    from cgutils.data.files import write_text  # noqa: PLC0415
    from cgutils.execution.inventory import checksums, output_files  # noqa: PLC0415
    from cgutils.execution.manifest import inputs_of, made_by, run_record  # noqa: PLC0415

    name = result.run.name
    inputs = inputs_of(project, [result], before)
    record = run_record(project, result, inputs).model_dump()
    concerned = [*record["reads"], f"{NOTEBOOKS}/{result.run.notebook}.ipynb", RULES]
    modules = matching([*record["imports"], *RUNNER], before.library)
    outputs = output_files(project)
    own = {path: outputs[path] for path in made_by(project, result, outputs)}
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "environment": before.environment,
        "library": {"files": {module: before.library[module] for module in modules}},
        "inputs": {path: inputs[path] for path in matching(concerned, inputs)},
        "runs": {name: record},
        "outputs": {path: {"sha256": sha, "runs": [name]} for path, sha in checksums(own).items()},
    }
    try:
        write_text(_note(project, name), json.dumps(content, sort_keys=True), flush=False)
    except CgutilsError:
        # Without the note the run is made again the next time, no worse.
        return


def settle(project: Project, due: Due, results: Iterable[RunResult]) -> Path | None:
    """Write the manifest where every run of the collection is up to date.

    Parameters
    ----------
    project : Project
        The project.
    due : Due
        What was to be done, among all runs or some.
    results : iterable of RunResult
        What became of it.

    Returns
    -------
    Path or None
        The manifest; None where a run is not up to date: the manifest stays, and so do the notes.
    """
    from cgutils.execution.manifest import write_manifest  # noqa: PLC0415

    done = {result.run.name: result for result in results if result.path is not None}
    plan = make_plan(project)
    others = [run for run in plan if run.name not in done and run.name not in due.kept]
    kept: Mapping[str, Record] = {**due.kept, **find_due(project, others).kept} if others else due.kept
    if any(run.name not in done and run.name not in kept for run in plan):
        return None
    names = {run.name for run in plan}
    mine = [result for name, result in sorted(done.items()) if name in names]
    _keep_before(project, due.then)
    path = write_manifest(
        project, mine, due.state, {name: kept[name] for name in sorted(names - set(done)) if name in kept}
    )
    shutil.rmtree(project.root / FOLDER / _DONE, ignore_errors=True)
    return path


def is_settled(project: Project, due: Due, plan: Iterable[Run]) -> bool:
    """Say whether the manifest is about the runs of the plan, all up to date, and no leftover is to go."""
    if due.why or due.then is None or any(source is not due.then for source in due.kept.values()):
        return False
    if (project.root / FOLDER / _BEFORE).is_file():
        return False
    return set(due.then["runs"]) == {run.name for run in plan}


def remove_leftovers(project: Project) -> tuple[list[str], list[str]]:
    """Remove the results of earlier runs that no run of the collection makes any more.

    Parameters
    ----------
    project : Project
        A project whose manifest has just been written by `settle`.

    Returns
    -------
    removed : list of str
        Results that an earlier manifest says a run made (of a case that is gone, say), and that are still
        what was written then. Whatever else lies there is left alone.
    stuck : list of str
        Those that could not be removed, and why; they are tried again the next time.
    """
    from cgutils.data.files import write_text  # noqa: PLC0415
    from cgutils.execution.inventory import output_files  # noqa: PLC0415

    now, before = stored_manifest(project), _before(project)
    if now is None or not before:
        return [], []
    files, outputs = output_files(project), dict(now["outputs"])
    removed, stuck = [], []
    for name, sha in sorted(before.items()):
        if name in files and outputs.get(name) == {"runs": [], "sha256": sha}:
            try:
                files[name].unlink(missing_ok=True)
            except OSError as error:
                stuck.append(f"{name} ({error.strerror or type(error).__name__})")
                continue
            removed.append(name)
            del outputs[name]
    if removed:
        write_text(project.processed / MANIFEST, manifest_text({**now, "outputs": outputs}))
    if not stuck:
        (project.root / FOLDER / _BEFORE).unlink(missing_ok=True)
    return removed, stuck


def _keep_before(project: Project, then: Record | None) -> None:
    """Keep what runs had made, before the manifest is replaced: a removal that is cut off can go on."""
    from cgutils.data.files import write_text  # noqa: PLC0415

    outputs = then["outputs"] if then else {}
    made = {name: output["sha256"] for name, output in outputs.items() if output["runs"]}
    write_text(project.root / FOLDER / _BEFORE, json.dumps({**_before(project), **made}), flush=False)


def _before(project: Project) -> dict[str, str]:
    try:
        found = json.loads((project.root / FOLDER / _BEFORE).read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _note(project: Project, name: str) -> Path:
    return project.root / FOLDER / _DONE / f"{name}.json"
