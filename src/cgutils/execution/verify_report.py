"""What a verification says: in the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from cgutils.data.collection import load_to_hand_on
from cgutils.data.files import write_text
from cgutils.data.project import Project
from cgutils.execution.compare import Compared, Status
from cgutils.execution.progress import progress_line
from cgutils.execution.report import plain_console
from cgutils.execution.run import RunResult
from cgutils.execution.verify import Verification, verify

NAME = "verification"
SHOWN = 12
_ORDER = tuple(Status)
_WIDTH = max(len(status) for status in Status)


def verify_aloud(project: Project, workers: int | None = None, folder: Path | None = None) -> Verification:
    """Verify a project and say in the terminal what goes on and what was found.

    Parameters
    ----------
    project : Project
        The project; its collection is checked first.
    workers : int, optional
        See `verify`.
    folder : Path, optional
        Where to write the report (see `write_report`); without it nothing is written.

    Returns
    -------
    Verification

    Raises
    ------
    CgutilsError
        See `verify`, `load_to_hand_on` and `write_report`.
    """
    started = time.perf_counter()
    _, checked = load_to_hand_on(project)
    console = plain_console()

    def tell(result: RunResult, done: int, total: int) -> None:
        console.print(progress_line(result, done, total))

    with console.status("Running") if console.is_terminal else nullcontext():
        found = verify(project, workers, tell, checked)
    for line in terminal_lines(found):
        console.print(line)
    console.print(f"{summary_line(found)}. It took {time.perf_counter() - started:.1f} s.")
    if folder is not None:
        console.print(f"Written: {' and '.join(str(path) for path in write_report(found, folder))}.")
    return found


def terminal_lines(found: Verification) -> Iterator[str]:
    """Say what was found: what explains differences first, then one line for each artefact, the best first.

    Parameters
    ----------
    found : Verification
        What `verify` returned.

    Yields
    ------
    str
        Lines; below an artefact that differs its changes, at most 12.
    """
    yield from _circumstances(found)
    for artefact in sorted(found.artefacts, key=lambda artefact: _ORDER.index(artefact.status)):
        yield f"{artefact.status:<{_WIDTH}}  {artefact.path}"
        if artefact.same:
            continue
        said = [*artefact.remarks, *artefact.changes]
        yield from (f"    {_clean(line)}" for line in said[:SHOWN])
        if len(said) > SHOWN:
            yield f"    and {len(said) - SHOWN} more (all of them in the report: --report DIR)"


def summary_line(found: Verification) -> str:
    """Count the artefacts: ``74 artefacts: 70 identical, 4 differ``."""
    counts = Counter(artefact.status for artefact in found.artefacts)
    parts = [f"{counts[status]} {_plural(status, counts[status])}" for status in _ORDER if counts[status]]
    return f"{len(found.artefacts)} artefacts: {', '.join(parts)}"


def write_report(found: Verification, folder: Path) -> tuple[Path, Path]:
    """Write ``verification.md`` and ``verification.json`` into a folder.

    Parameters
    ----------
    found : Verification
        What `verify` returned.
    folder : Path
        Made where it is not there.

    Returns
    -------
    tuple of Path
        The two files. The same findings give the same bytes.

    Raises
    ------
    CgutilsError
        Where the folder cannot be written.
    """
    text = json.dumps(as_data(found), indent=1, ensure_ascii=False) + "\n"
    return (
        write_text(folder / f"{NAME}.md", "\n".join(_markdown(found)) + "\n"),
        write_text(folder / f"{NAME}.json", text),
    )


def as_data(found: Verification) -> dict[str, Any]:
    """Return what was found as plain data: ``same``, ``environment``, ``causes``, ``artefacts``."""
    return {
        "schema_version": 1,
        "same": found.same,
        "pinned_environment": found.pinned,
        "tolerance": found.tolerance,
        "environment": list(found.environment),
        "causes": list(found.causes),
        "artefacts": [
            {
                "path": artefact.path,
                "status": artefact.status.value,
                "changes": list(artefact.changes),
                "remarks": list(artefact.remarks),
            }
            for artefact in found.artefacts
        ],
    }


def _circumstances(found: Verification) -> Iterator[str]:
    if found.pinned:
        yield "This is the environment of the manifest: drawings are compared by their bytes as well."
    else:
        how = f"numbers in tables to {found.tolerance:g}, drawings by data and description"
        why = "Another environment than that of the manifest" if found.environment else "No manifest"
        yield f"{why}: {how}."
        yield from (f"    {line}" for line in found.environment)
    if found.causes:
        yield "Changed since the manifest was written:"
        yield from (f"    {_clean(line)}" for line in found.causes)


def _markdown(found: Verification) -> Iterator[str]:
    yield "# Verification"
    yield ""
    yield f"{summary_line(found)}."
    yield ""
    yield from _block(_circumstances(found))
    for status in reversed(_ORDER):
        artefacts = [artefact for artefact in found.artefacts if artefact.status is status]
        if not artefacts:
            continue
        yield ""
        yield f"## {status.value.capitalize()}"
        yield ""
        for artefact in artefacts:
            yield from _item(artefact)


def _item(artefact: Compared) -> Iterator[str]:
    yield f"- `{artefact.path}`"
    if artefact.remarks or artefact.changes:
        yield ""
        yield from (f"  {line}" for line in _block([*artefact.remarks, *artefact.changes]))
        yield ""


def _block(lines: Iterable[str]) -> Iterator[str]:
    # What was found may hold any text: in a block it stays text.
    yield "~~~~text"
    yield from (line if line.startswith("    ") else _clean(line) for line in lines)
    yield "~~~~"


def _clean(line: str) -> str:
    """Keep a line a line, and free of what a terminal would obey."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(line.split()))


def _plural(status: Status, count: int) -> str:
    return "differ" if status is Status.DIFFERS and count != 1 else status.value
