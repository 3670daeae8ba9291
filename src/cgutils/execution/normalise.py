"""Executed notebooks as reference copies: the same bytes for the same results.

papermill, the client and the kernel leave times, durations, paths, random cell ids and version numbers in a
notebook. None of them is a result, and each would make every rerun a difference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from itertools import groupby
from typing import Any

from cgutils.execution.source import INJECTED, tags

Notebook = MutableMapping[str, Any]
Rules = tuple[tuple[str, str], ...]
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_LANGUAGE = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
_DROPPED_NOTEBOOK = ("papermill", "widgets")
_DROPPED_CELL = ("papermill", "execution", "ExecuteTime")
_RULE = re.compile(r"^regex: (.*)\nreplace: (.*)$", re.MULTILINE)


def read_rules(text: str) -> Rules:
    """Read the sanitising rules from the text of ``sanitize.cfg``.

    Parameters
    ----------
    text : str
        Pairs of lines ``regex: ...`` and ``replace: ...``, the form that nbval reads.

    Returns
    -------
    tuple of (str, str)
        Pattern and replacement, in order.

    Raises
    ------
    re.error
        Where a pattern is no regular expression.
    """
    rules = tuple(_RULE.findall(text.replace("\r\n", "\n")))
    for pattern, _ in rules:
        re.compile(pattern)
    return rules


def give_ids(notebook: Notebook) -> None:
    """Give every cell without an id the id ``cell-<position>``.

    Parameters
    ----------
    notebook : mapping
        A notebook of format 4; changed in place. Ids that are there are kept.
    """
    taken = {cell["id"] for cell in notebook["cells"] if "id" in cell}
    for position, cell in enumerate(notebook["cells"]):
        if "id" not in cell:
            cell["id"] = next(name for name in _candidates(f"cell-{position}") if name not in taken)
            taken.add(cell["id"])
    notebook["nbformat_minor"] = max(5, notebook.get("nbformat_minor", 5))


def normalise(notebook: Notebook, rules: Rules = ()) -> None:
    """Take everything out of an executed notebook that is no result.

    Parameters
    ----------
    notebook : mapping
        The executed notebook; changed in place.
    rules : tuple of (str, str)
        Sanitising rules (see `read_rules`), applied to the text of outputs; never to pictures or data.
    """
    metadata = notebook["metadata"]
    for key in _DROPPED_NOTEBOOK:
        metadata.pop(key, None)
    metadata["kernelspec"], metadata["language_info"] = dict(_KERNEL), dict(_LANGUAGE)
    for cell in notebook["cells"]:
        for key in _DROPPED_CELL:
            cell["metadata"].pop(key, None)
        if INJECTED in tags(cell):
            cell["id"] = INJECTED
        if not cell["metadata"].get("tags", True):
            del cell["metadata"]["tags"]
        if cell["cell_type"] == "code":
            cell["outputs"] = _join_streams(cell["outputs"])
            for output in cell["outputs"]:
                _sanitise(output, rules)
    give_ids(notebook)


def to_text(notebook: Notebook) -> str:
    """Write a notebook as JSON text: one-space indent, sorted keys, final newline."""
    import nbformat  # noqa: PLC0415

    return str(nbformat.writes(nbformat.from_dict(notebook))).rstrip("\n") + "\n"


def machine_paths(
    notebook: Notebook, forbidden: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Find outputs that show a path of this machine.

    Parameters
    ----------
    notebook : mapping
        A normalised notebook.
    forbidden : mapping of str to str
        Absolute folders, and what each is (``{"/srv/x": "home folder"}``).

    Yields
    ------
    cell : mapping
        The cell that shows one.
    what : str
        What the folder is.
    """
    patterns = {
        what: re.compile(rf"(?<![\w.-]){re.escape(_slashes(folder).rstrip('/'))}(?![\w.-])")
        for folder, what in forbidden.items()
        if len(_slashes(folder).rstrip("/")) > 1
    }
    for cell in notebook["cells"]:
        shown = _slashes("\n".join(text for output in cell.get("outputs", []) for text in _texts(output)))
        for what, pattern in patterns.items():
            if pattern.search(shown):
                yield cell, what


def error_output(cell: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the error that a cell ended with, unless its tag ``raises-exception`` says that it should."""
    if "raises-exception" in tags(cell):
        return None
    return next((output for output in cell.get("outputs", []) if output["output_type"] == "error"), None)


def stderr_lines(notebook: Notebook) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Find what cells wrote to stderr (warnings, mostly): the cell and the first line of it."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            lines = [] if output.get("name") != "stderr" else str(output["text"]).strip().splitlines()
            if lines:
                yield cell, lines[0]


def _candidates(name: str) -> Iterator[str]:
    yield name
    number = 1
    while True:
        yield f"{name}-{number}"
        number += 1


def _join_streams(outputs: Iterable[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    # stdout and stderr are flushed by timers of their own: between two displays only their sums are certain.
    joined: list[MutableMapping[str, Any]] = []
    for is_stream, group in groupby(outputs, key=lambda output: output["output_type"] == "stream"):
        if not is_stream:
            joined += group
            continue
        texts: dict[str, str] = {}
        for output in group:
            texts[output["name"]] = texts.get(output["name"], "") + "".join(output["text"])
        joined += [
            {"output_type": "stream", "name": name, "text": texts[name]}
            for name in sorted(texts, reverse=True)
        ]
    return joined


def _sanitise(output: MutableMapping[str, Any], rules: Rules) -> None:
    if "text" in output:
        output["text"] = _apply(output["text"], rules)
    if "traceback" in output:
        output["traceback"] = [_apply(line, rules) for line in output["traceback"]]
    data = output.get("data", {})
    for kind in data:
        if kind.startswith("text/"):
            data[kind] = _apply("".join(data[kind]), rules)


def _apply(text: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text


def _texts(output: Mapping[str, Any]) -> Iterator[str]:
    yield str(output.get("text", ""))
    yield "\n".join(output.get("traceback", []))
    for kind, content in output.get("data", {}).items():
        # Base64 of a picture may spell anything.
        if not kind.startswith("image/") or kind == "image/svg+xml":
            yield content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _slashes(text: str) -> str:
    return text.replace("\\\\", "\\").replace("\\", "/")
