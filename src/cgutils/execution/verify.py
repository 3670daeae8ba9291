"""Making the whole collection again in a temporary copy, and comparing it with the stored results."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cgutils.data.errors import CgutilsError
from cgutils.data.project import Project
from cgutils.execution.compare import Compared, Status, listed
from cgutils.execution.inventory import checksums
from cgutils.execution.manifest import (
    MANIFEST,
    NOTEBOOKS,
    PROCESSED,
    RAW,
    Manifest,
    input_files,
    make_manifest,
    output_files,
    read_manifest,
)
from cgutils.execution.plan import EXECUTED, make_plan
from cgutils.execution.run import Progress, RunResult, run_collection, sanitising_rules
from cgutils.execution.verify_artefacts import Setting, compare_artefact, read_descriptions
from cgutils.execution.verify_causes import Causes
from cgutils.execution.verify_manifest import (
    changed_files,
    environment_changes,
    library_changes,
    manifest_changes,
    run_changes,
)

MANIFEST_NAME = f"{PROCESSED}/{MANIFEST}"


@dataclass(frozen=True)
class Verification:
    """What a verification found.

    Parameters
    ----------
    artefacts : tuple of Compared
        Every stored and every rebuilt artefact, sorted by name.
    causes : tuple of str
        Inputs, runs and files of the library that have changed since the manifest was written.
    environment : tuple of str
        What differs between the environment of the manifest and this one.
    pinned : bool
        Whether this is the environment of the manifest, so that drawings are compared by their bytes.
    tolerance : float
        By how much numbers in tables might differ, relative to the larger.
    """

    artefacts: tuple[Compared, ...]
    causes: tuple[str, ...]
    environment: tuple[str, ...]
    pinned: bool
    tolerance: float

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return all(artefact.same for artefact in self.artefacts)


def verify(
    project: Project,
    workers: int | None = None,
    progress: Progress | None = None,
    checked: bytes | None = None,
) -> Verification:
    """Make the collection again in a temporary copy and compare it with the stored results.

    Parameters
    ----------
    project : Project
        The project; nothing in it is written.
    workers : int, optional
        How many notebooks at the same time; one for each processor where it is not given.
    progress, checked : optional
        See `run_collection`.

    Returns
    -------
    Verification

    Raises
    ------
    CgutilsError
        Where the runs cannot be planned or the copy cannot be made.
    """
    try:
        manifest, unreadable = read_manifest(project), None
    except CgutilsError as error:
        manifest, unreadable = None, str(error)
    with tempfile.TemporaryDirectory(prefix="cgutils-verify-", ignore_cleanup_errors=True) as folder:
        copy = copy_project(project, Path(folder).resolve(), manifest.inputs if manifest else ())
        results = run_collection(copy, make_plan(project), workers, progress, checked=checked)
        return _compare(project, copy, results, manifest, unreadable)


def copy_project(project: Project, root: Path, more: Iterable[str] = ()) -> Project:
    """Copy what the results are made from, and nothing else.

    Parameters
    ----------
    project : Project
        The project.
    root : Path
        An empty folder.
    more : iterable of str
        Names of files, relative to the project, that runs were seen to read beside the usual inputs.

    Returns
    -------
    Project
        The copy: the inputs that a manifest lists (see `input_files`), no result.
    """
    copy = Project(root, root / RAW, root / PROCESSED, root / NOTEBOOKS)
    try:
        for folder in (copy.raw, copy.notebooks):
            folder.mkdir(parents=True)
        files = input_files(project)
        for name in more:
            path = project.root / name
            if name not in files and ".." not in Path(name).parts and path.is_file():
                files[name] = path
        for name, path in files.items():
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    except OSError as error:
        where = error.filename or root
        raise CgutilsError(
            f"the project could not be copied to be run again ({error.strerror}: {where})"
        ) from error
    return copy


def _compare(
    project: Project,
    copy: Project,
    results: Iterable[RunResult],
    then: Manifest | None,
    unreadable: str | None,
) -> Verification:
    results = tuple(results)
    now = make_manifest(copy, results)
    stored, rebuilt = output_files(project), output_files(copy)
    sums = checksums(stored)
    environment = environment_changes(then.environment, now.environment) if then else ()
    inputs = changed_files(then.inputs, now.inputs) if then else {}
    setting = Setting(
        stored=stored,
        rebuilt=rebuilt,
        pinned=then is not None and not environment,
        rules=sanitising_rules(project),
        causes=Causes(copy, inputs),
        cases=_cases(now),
        edited={name for name, out in then.outputs.items() if sums.get(name) != out.sha256} if then else (),
    )
    artefacts = tuple(_artefacts(setting, results, then, now))
    whole = _manifest(then, now, sums, artefacts, unreadable)
    causes = [f"{name}: {what}" for name, what in inputs.items()]
    if then:
        causes += library_changes(then.library, now.library) + run_changes(then.runs, now.runs)
    return Verification(
        artefacts=tuple(sorted((*artefacts, whole), key=lambda artefact: artefact.path)),
        causes=tuple(causes),
        environment=environment,
        pinned=setting.pinned,
        tolerance=setting.tolerance,
    )


def _artefacts(
    setting: Setting, results: Iterable[RunResult], then: Manifest | None, now: Manifest
) -> Iterator[Compared]:
    described = read_descriptions(setting)
    failed = {result.run.name: str(result.failure) for result in results if result.failure is not None}
    copies = {f"{NOTEBOOKS}/{EXECUTED}/{name}.ipynb": said for name, said in failed.items()}
    for name in sorted({*setting.stored, *setting.rebuilt, *copies}):
        if name in copies:
            yield Compared(name, Status.NOT_REBUILT, (copies[name],))
        elif name not in setting.stored:
            runs = listed(now.outputs[name].runs) or "a run"
            yield Compared(name, Status.MISSING, (f"made by {runs}, and not among the stored results",))
        elif name not in setting.rebuilt:
            yield _only_stored(name, failed, then)
        else:
            yield _with_remark(compare_artefact(name, setting, described), setting, then, now)


def _only_stored(name: str, failed: Mapping[str, str], then: Manifest | None) -> Compared:
    known = then.outputs[name].runs if then and name in then.outputs else []
    makers = [run for run in known if run in failed] if known else list(failed)
    if makers:
        can = "was" if known else "may have been"
        return Compared(name, Status.NOT_REBUILT, (f"{can} made by {listed(makers)}, which failed",))
    return Compared(name, Status.EXTRA, ("no run of the collection makes it; delete it if it is not needed",))


def _with_remark(found: Compared, setting: Setting, then: Manifest | None, now: Manifest) -> Compared:
    if found.same or then is None or found.path not in setting.edited:
        return found
    listed_then = then.outputs.get(found.path)
    if listed_then is None or listed_then.sha256 != now.outputs[found.path].sha256:
        return found
    remark = "the rebuild is what the manifest lists: the stored file was changed afterwards"
    return Compared(found.path, found.status, found.changes, (*found.remarks, remark))


def _manifest(
    then: Manifest | None,
    now: Manifest,
    sums: Mapping[str, str],
    artefacts: tuple[Compared, ...],
    unreadable: str | None,
) -> Compared:
    if unreadable is not None:
        return Compared(MANIFEST_NAME, Status.DIFFERS, (unreadable,))
    if then is None:
        said = (
            "there is none, so that it is not known what has changed; a complete run (cgutils run) writes it"
        )
        return Compared(MANIFEST_NAME, Status.MISSING, (said,))
    changes = tuple(manifest_changes(then, now, sums, artefacts))
    return Compared(MANIFEST_NAME, Status.DIFFERS if changes else Status.IDENTICAL, changes)


def _cases(manifest: Manifest) -> dict[str, str]:
    """Find the case that each result is about, where all runs that wrote it are about the same one."""
    found = {}
    for name, output in manifest.outputs.items():
        cases = {manifest.runs[run].parameters.get("case_id") for run in output.runs}
        if len(cases) == 1 and isinstance(case := cases.pop(), str):
            found[name] = case
    return found
