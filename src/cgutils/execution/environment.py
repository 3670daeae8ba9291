"""Versions and checksums: what a result depends on beside its inputs."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict

import cgutils
from cgutils.data.errors import CgutilsError

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


class Part(BaseModel):
    """A part of a manifest: nothing missing, nothing more, nothing converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Environment(Part):
    """Where results were made: system, processor, Python and the packages of `PACKAGES`."""

    system: str
    machine: str
    python: str
    packages: dict[str, str | None]


class Library(Part):
    """The library that made them: its version and the checksums of its files, and one over them all."""

    version: str
    sha256: str
    files: dict[str, str]


def this_environment() -> Environment:
    """Describe the environment of this process."""
    return Environment(
        system=platform.system(),
        machine=platform.machine(),
        python=platform.python_version(),
        packages={name: _version(name) for name in PACKAGES},
    )


def this_library() -> Library:
    """Describe the library of this process: its files but byte code and what only begins a new project."""
    folder = Path(cgutils.__file__).parent
    found = files_below(folder, skip={"start"})
    files = checksums({name: path for name, path in found if path.suffix != ".pyc"})
    text = "".join(f"{checksum}  {name}\n" for name, checksum in files.items())
    return Library(version=cgutils.__version__, sha256=hashlib.sha256(text.encode()).hexdigest(), files=files)


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
    for name in sorted(found, key=lambda name: name.as_posix()):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in name.parts)
        if not hidden and name.suffix != ".part" and name.parts[0] not in set(skip):
            yield name.as_posix(), found[name]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
