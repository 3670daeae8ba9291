"""Executed notebooks compared cell by cell, by what nbval compares and a little more.

Code and text of the cells, and every text, table and JSON output after the sanitising rules, kind by kind. As
with nbval, metadata, numbers in brackets and tracebacks are left out, and so are the pixels of pictures:
beside each picture its description is printed as text. Unlike nbval it counts the pictures, and a cell that
was not run or a notebook without outputs is a difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from cgutils.execution.compare import line_changes
from cgutils.execution.compare_figures import description_changes, split_description
from cgutils.execution.normalise import Rules, normalise
from cgutils.execution.source import code_cells

Outputs = dict[str, list[str]]
# Model ids are random.
_SKIPPED = ("application/vnd.jupyter.widget-view+json",)
# The same change shows in several forms of one output: it is told in the first that has it.
_FORMS = ("text/plain", "text/markdown", "text/html", "text/latex")
_LONGEST = 40


def compare_notebooks(
    stored: MutableMapping[str, Any], rebuilt: MutableMapping[str, Any], rules: Rules = ()
) -> list[str]:
    """Compare two executed notebooks.

    Parameters
    ----------
    stored, rebuilt : mapping
        The notebooks; normalised in place.
    rules : tuple of (str, str)
        Sanitising rules.

    Returns
    -------
    list of str
        Each difference with its cell (``cell [6] `cg.table(x)`, text/plain, line 4: "0.67" -> "0.33"``);
        empty where there is none.
    """
    normalise(rebuilt, rules)
    if problem := _invalid(stored, rules):
        return [f"is no valid notebook ({problem})"]
    if code_cells(stored) and not any(cell["outputs"] for cell in code_cells(stored)):
        return ["holds no outputs, so that nothing could be compared; run the collection again"]
    old = {cell["id"]: cell for cell in stored["cells"]}
    new = {cell["id"]: cell for cell in rebuilt["cells"]}
    numbers = _numbers(stored["cells"]) | _numbers(rebuilt["cells"])
    found = [f"{_name(old[name], numbers)}: is no longer in the notebook" for name in old if name not in new]
    found += [f"{_name(new[name], numbers)}: is new in the notebook" for name in new if name not in old]
    if not found and list(old) != list(new):
        found.append("the cells are in another order")
    for name, cell in new.items():
        place = _name(cell, numbers)
        found += [f"{place}{said}" for said in _cell_changes(old.get(name, cell), cell)]
    return found


def _invalid(notebook: MutableMapping[str, Any], rules: Rules) -> str:
    import nbformat  # noqa: PLC0415

    try:
        normalise(notebook, rules)
        if len({cell["id"] for cell in notebook["cells"]}) < len(notebook["cells"]):
            return "an id stands there twice"
        nbformat.validate(notebook)
    except (KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    return ""


def _cell_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    if old["cell_type"] != new["cell_type"]:
        return [f": was a {old['cell_type']} cell, is a {new['cell_type']} cell"]
    sources = [_joined(cell["source"]) for cell in (old, new)]
    found = [f", source, {said}" for said in _texts(*sources)]
    if new["cell_type"] != "code":
        return found
    if _joined(old["source"]).strip() and old.get("execution_count") is None:
        found.append(": was not run")
    return found + _output_changes(_outputs(old), _outputs(new))


def _output_changes(old: Outputs, new: Outputs) -> list[str]:
    found: list[str] = []
    told = False
    forms = [kind for kind in _FORMS if kind in old or kind in new]
    for kind in (*forms, *sorted({*old, *new} - set(forms))):
        before, after = old.get(kind, []), new.get(kind, [])
        if kind in _FORMS and told:
            continue
        if len(before) != len(after):
            found.append(f", {kind}: {_count(before)} became {len(after)}")
            told = told or kind in _FORMS
            continue
        for one, other in zip(before, after, strict=True):
            said = _text_changes(one, other)
            told = told or bool(said and kind in _FORMS)
            found += [f", {kind}, {change}" for change in said]
    return found


def _outputs(cell: Mapping[str, Any]) -> Outputs:
    """Collect what the outputs of a cell hold, by kind, in order."""
    found: Outputs = {}
    for output in cell["outputs"]:
        kinds = dict(output.get("data", {}))
        if "text" in output:
            kinds[str(output.get("name", "text"))] = output["text"]
        if output["output_type"] == "error":
            kinds["error"] = f"{output.get('ename')}: {output.get('evalue')}"
        for kind, content in kinds.items():
            if kind in _SKIPPED:
                continue
            is_picture = kind.startswith("image/") and kind != "image/svg+xml"
            found.setdefault(kind, []).append(_picture(content) if is_picture else _joined(content))
    return found


def _picture(content: object) -> str:
    return "picture" if content else "empty"


def _joined(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "".join(content)
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)


def _text_changes(stored: str, rebuilt: str) -> list[str]:
    (words, old), (other, new) = split_description(stored), split_description(rebuilt)
    if old and new:
        return _texts(words, other) + [f"drawing, {said}" for said in description_changes(old, new)]
    return _texts(stored, rebuilt)


def _texts(stored: str, rebuilt: str) -> list[str]:
    if stored == rebuilt:
        return []
    return line_changes(stored.splitlines(), rebuilt.splitlines()) or ["other line ends"]


def _numbers(cells: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    code = [cell for cell in cells if cell["cell_type"] == "code" and _joined(cell["source"]).strip()]
    return {cell["id"]: number for number, cell in enumerate(code, 1)}


def _name(cell: Mapping[str, Any], numbers: Mapping[str, int]) -> str:
    first = next((line.strip() for line in _joined(cell["source"]).splitlines() if line.strip()), "")
    shown = first if len(first) <= _LONGEST else first[: _LONGEST - 1] + "…"
    number = numbers.get(cell["id"])
    return f"cell [{number}] `{shown}`" if number else f"{cell['cell_type']} cell `{shown}`"


def _count(outputs: Sequence[str]) -> str:
    return f"{len(outputs)} output{'' if len(outputs) == 1 else 's'}"
