"""What has changed since a manifest was written: inputs, runs, library, environment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cgutils.execution.compare import Compared, listed
from cgutils.execution.environment import Environment, Library
from cgutils.execution.manifest import Manifest, RunRecord
from cgutils.execution.outdated import environment_words


def environment_changes(then: Environment, now: Environment) -> tuple[str, ...]:
    """Say what differs between two environments: ``matplotlib 3.11.2 -> 3.10.1``."""
    return tuple(environment_words(then.model_dump(), now.model_dump()))


def changed_files(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Find the files that changed, by their checksums: ``{name: "changed" | "new" | "gone"}``, sorted."""
    found = {name: "gone" for name in then if name not in now}
    for name, checksum in now.items():
        if then.get(name) != checksum:
            found[name] = "changed" if name in then else "new"
    return dict(sorted(found.items()))


def library_changes(then: Library, now: Library) -> list[str]:
    """Say what changed in the library: its version, and which of its files."""
    found = [] if then.version == now.version else [f"cgutils {then.version} -> {now.version}"]
    files = changed_files(then.files, now.files)
    return found + [f"library, cgutils/{name}: {what}" for name, what in files.items()]


def run_changes(then: Mapping[str, RunRecord], now: Mapping[str, RunRecord]) -> list[str]:
    """Say which runs came, went or have other values."""
    found = [f"run {name}: gone" for name in then if name not in now]
    for name, run in now.items():
        if name not in then:
            found.append(f"run {name}: new")
            continue
        old, new = then[name].parameters, run.parameters
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                found.append(f"run {name}: {key} {old.get(key)!r} -> {new.get(key)!r}")
    return found


def manifest_changes(
    then: Manifest, now: Manifest, stored: Mapping[str, str], compared: Collection[Compared]
) -> Iterator[str]:
    """Say where a manifest does not fit what is there.

    Parameters
    ----------
    then : Manifest
        The stored one.
    now : Manifest
        That of the rebuild.
    stored : mapping of str to str
        Checksums of the stored results.
    compared : collection of Compared
        What was found of each of them. A result that differs is told there, not here.

    Yields
    ------
    str
        One sentence for each reason that the manifest has to be written again.
    """
    inputs = list(changed_files(then.inputs, now.inputs))
    if inputs:
        yield f"lists another state of {_count(len(inputs), 'input')}"
    if then.library != now.library:
        yield "lists another state of the library"
    if runs := run_changes(then.runs, now.runs):
        yield f"lists other runs ({listed(runs)})"
    same = {result.path for result in compared if result.same}
    unlisted = [name for name in stored if name in same and name not in then.outputs]
    if unlisted:
        yield f"does not list {listed(unlisted)}"
    if gone := [name for name in then.outputs if name not in stored and name not in now.outputs]:
        yield f"lists {listed(gone)}, which nothing makes"
    if older := [name for name in same if name in then.outputs and then.outputs[name].sha256 != stored[name]]:
        yield f"lists another content of {listed(sorted(older))}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
