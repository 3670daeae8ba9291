"""What is there: files with their checksums, versions, system. Light, so that doing nothing is quick."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import cgutils
from cgutils.data.errors import CgutilsError
from cgutils.data.project import Project
from cgutils.execution.plan import EXECUTED, notebooks

# What numbers, texts and drawings pass through on their way into a result; no editor, no test tool.
PACKAGES = (
    "Babel",
    "contourpy",
    "cycler",
    "ipykernel",
    "ipython",
    "Jinja2",
    "kiwisolver",
    "matplotlib",
    "nbclient",
    "nbformat",
    "numpy",
    "pandas",
    "pandera",
    "papermill",
    "pillow",
    "pydantic",
    "pyparsing",
    "PyYAML",
    "SALib",
    "scipy",
    "seaborn",
    "simpleeval",
)
MANIFEST, DESCRIPTOR = "manifest.json", "datapackage.json"
RAW, NOTEBOOKS, PROCESSED = "data/raw", "notebooks", "data/processed"
COPIES = f"{NOTEBOOKS}/{EXECUTED}"


def environment() -> dict[str, Any]:
    """Describe the environment of this process: system, processor, Python and the packages of `PACKAGES`."""
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def library_folder() -> Path:
    """Return the folder of the library."""
    return Path(cgutils.__file__).parent


def library_files() -> dict[str, Path]:
    """List the files of the library, but byte code and what only begins a new project."""
    found = files_below(library_folder(), skip={"start"})
    return {name: path for name, path in found if path.suffix != ".pyc"}


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
            found[f"{COPIES}/{name}"] = path
    return dict(sorted(found.items()))


def checksums(files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of files, by their names."""
    return {name: sha256(path) for name, path in files.items()}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    CgutilsError
        Where it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CgutilsError(f"{path.name}: cannot be read ({error.strerror}) in {path.parent}") from error


def files_below(folder: Path, skip: Iterable[str] = ()) -> Iterator[tuple[str, Path]]:
    """Find the files below a folder.

    Parameters
    ----------
    folder : Path
        The folder.
    skip : iterable of str
        What to leave out at its top.

    Yields
    ------
    name : str
        Relative to the folder, with forward slashes, sorted. Hidden files, byte code and partly written files
        are left out.
    path : Path
        The file.
    """
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    left_out = set(skip)
    for name in sorted(found, key=lambda name: name.as_posix()):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        if not hidden and name.suffix != ".part" and name.parts[0] not in left_out:
            yield name.as_posix(), found[name]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
