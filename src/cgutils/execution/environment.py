"""Versions and checksums as parts of a manifest: what a result depends on beside its inputs."""

from __future__ import annotations

import hashlib

from pydantic import BaseModel, ConfigDict

import cgutils
from cgutils.execution.inventory import PACKAGES, checksums, environment, files_below, library_files, sha256

__all__ = ["PACKAGES", "checksums", "files_below", "sha256"]


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
    return Environment(**environment())


def this_library() -> Library:
    """Describe the library of this process: its files but byte code and what only begins a new project."""
    files = checksums(library_files())
    text = "".join(f"{checksum}  {name}\n" for name, checksum in files.items())
    return Library(version=cgutils.__version__, sha256=hashlib.sha256(text.encode()).hexdigest(), files=files)
