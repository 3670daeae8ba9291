"""Reading YAML from others: safe, bounded, without silent surprises."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cgutils.data.errors import Problem

MAX_BYTES = 1_000_000
Model = TypeVar("Model", bound=BaseModel)


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice and aliases (a small file could grow without bound)."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(
                None, None, "an alias (*name), which is not read", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float, bool)) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} twice or not plain", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def load_yaml(path: Path, name: str, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Read a YAML file and check it against a model.

    Parameters
    ----------
    path : Path
        File to read.
    name : str
        How messages name it.
    model : type of BaseModel
        What it should hold.

    Returns
    -------
    Model or None
        None where the file cannot be used.
    list of Problem
        All that is wrong with it, with the dotted path of each key.
    """
    data, problem = _read(path, name)
    if problem is not None:
        return None, [problem]
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_model_problem(name, dict(entry)) for entry in error.errors(include_url=False)]


def _read(path: Path, name: str) -> tuple[Any, Problem | None]:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, Problem(name, found="a very large file", allowed=f"at most {MAX_BYTES:,} bytes")
        # The loader is a SafeLoader: no tag can make an object.
        return yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_StrictLoader), None  # noqa: S506
    except OSError as error:
        return None, Problem(name, found=error.strerror or "unreadable", fix="Make the file readable.")
    except UnicodeDecodeError:
        return None, Problem(name, found="text that is no UTF-8", allowed="UTF-8", fix="Save it as UTF-8.")
    except yaml.YAMLError as error:
        return None, _yaml_problem(name, error)
    except (RecursionError, ValueError) as error:
        return None, Problem(name, found=f"a value that cannot be read ({error})", allowed="plain YAML")


def _yaml_problem(name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or "a mark that is no YAML"
    if "could not determine a constructor" in said:
        said = said.replace("could not determine a constructor for the tag", "the tag")
    return Problem(
        name,
        None if mark is None else mark.line + 1,
        found=said,
        allowed="plain YAML: text, numbers, lists and keys, without tags or aliases",
        fix="Correct or remove it.",
    )


def _model_problem(name: str, entry: dict[str, Any]) -> Problem:
    key = ".".join(str(part) for part in entry["loc"])
    if entry["type"] == "missing":
        return Problem(name, None, key, "no such key", fix="Add it.")
    if entry["type"] == "extra_forbidden":
        return Problem(name, None, key, "an unknown key", fix="Remove it or correct its name.")
    found = repr(entry.get("input"))
    return Problem(name, None, key, found[:80], entry["msg"], "Correct it.")
