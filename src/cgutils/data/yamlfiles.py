"""Reading YAML from others: safe, bounded, without silent surprises."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from cgutils.data.errors import Problem
from cgutils.data.reading import too_large

MAX_BYTES = 1_000_000
Model = TypeVar("Model", bound=BaseModel)
_ALLOWED = {
    "bool_parsing": "true or false, without quotes",
    "bool_type": "true or false, without quotes",
    "greater_than_equal": "a whole number, {ge} or more",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than_equal": "a whole number, {le} or less",
    "list_type": "a list, as [a, b]",
    "literal_error": "{expected}",
    "model_attributes_type": "keys with values, such as en: and id:",
    "model_type": "keys with values, such as en: and id:",
    "string_pattern_mismatch": "a lower-case id such as forum-1 or kota_x",
    "string_too_long": "at most {max_length} characters",
    "string_too_short": "a text",
    "string_type": "a text",
    "string_unicode": "a text",
    "too_short": "a list of {min_length} or more",
    "tuple_type": "a list, as [a, b]",
}


class _KeysOnce:
    """Refuses a key that is given twice or is no plain value."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)  # type: ignore[attr-defined]
            if not isinstance(key, (str, int, float, bool)) or key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} twice or not plain", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)  # type: ignore[misc]


# Numbers and dates stay text until a model asks for one: 1.10 is no 1.1, and 010 no 8.
_RESOLVED = frozenset(f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "merge"))
_RESOLVERS = {
    mark: [(tag, form) for tag, form in known if tag in _RESOLVED]
    for mark, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _StrictLoader(_KeysOnce, yaml.SafeLoader):
    """A safe loader that refuses tags, and aliases (by which a small file grows large)."""

    yaml_implicit_resolvers = _RESOLVERS

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(
                None, None, "an alias (*name), which is not read", event.start_mark
            )
        event = self.peek_event()  # type: ignore[no-untyped-call]
        # Even YAML's own tags make the safe loader stumble over a value that does not fit (!!bool maybe).
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise yaml.constructor.ConstructorError(None, None, f"the tag {tag}", event.start_mark)
        return super().compose_node(parent, index)


class _FastLoader(_KeysOnce, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that is many times as fast; whatever it does not like is read again by the strict one."""

    yaml_implicit_resolvers = _RESOLVERS


def own_yaml(text: str) -> Any:
    """Read YAML of the library itself; numbers and dates are text."""
    # A safe loader as well.
    return yaml.load(text, Loader=_FastLoader)  # noqa: S506


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
    data, problem = read_yaml(path, name)
    if problem is not None:
        return None, [problem]
    if not isinstance(data, dict):
        found = "an empty file" if data is None else "a value without keys"
        return None, [Problem(name, found=found, allowed=", ".join(model.model_fields), fix="Add the keys.")]
    return check_model(data, name, model)


def check_model(data: Any, name: str, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """Check what a YAML file would hold against a model.

    Parameters
    ----------
    data : mapping
        Keys and values.
    name : str
        How messages name the file.
    model : type of BaseModel
        What it should hold.

    Returns
    -------
    Model or None
        None where the data cannot be used.
    list of Problem
        All that is wrong, with the dotted path of each key.
    """
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        entries = [dict(entry) for entry in error.errors(include_url=False)]
        return None, [_model_problem(name, entry, model) for entry in entries if not _follows(entry, entries)]


def read_yaml(path: Path, name: str) -> tuple[Any, Problem | None]:
    """Read a YAML file as plain data; where it cannot be read, say why (``name`` is how messages name it)."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None, too_large(name, path.stat().st_size, MAX_BYTES)
        return _parse(path.read_text(encoding="utf-8-sig")), None
    except OSError as error:
        fix = "Add it." if isinstance(error, FileNotFoundError) else "Make the file readable."
        if path.with_suffix(".yml").is_file():
            fix = f"Rename {path.stem}.yml to {path.name}."
        return None, Problem(name, found=error.strerror or "unreadable", fix=fix)
    except UnicodeDecodeError:
        return None, Problem(name, found="text that is no UTF-8", allowed="UTF-8", fix="Save it as UTF-8.")
    except yaml.YAMLError as error:
        return None, _yaml_problem(name, error)
    except (RecursionError, ValueError) as error:
        said = f"a value that cannot be read ({error})"
        return None, Problem(name, found=said, allowed="plain YAML", fix="Correct or remove it.")


def _parse(text: str) -> Any:
    # Both loaders are safe ones: no tag can make an object.
    try:
        if _plain(text):
            return yaml.load(text, Loader=_FastLoader)  # noqa: S506
    except yaml.YAMLError:
        pass
    # It says best what is wrong.
    return yaml.load(text, Loader=_StrictLoader)  # noqa: S506


def _plain(text: str) -> bool:
    """Say whether a text has neither tags nor aliases, as its events tell."""
    return not any(
        isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None) is not None
        for event in yaml.parse(text, Loader=_FastLoader)
    )


def _yaml_problem(name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or "a mark that is no YAML"
    return Problem(
        name,
        None if mark is None else mark.line + 1,
        found=said.removeprefix("found "),
        allowed="plain YAML: text, numbers, lists and keys, without tags or aliases",
        fix="Correct or remove it.",
    )


def _follows(entry: dict[str, Any], entries: list[dict[str, Any]]) -> bool:
    """Say whether a list counts as too short only because what stands in it is refused."""
    place = entry["loc"]
    return entry["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in entries
    )


def _model_problem(name: str, entry: dict[str, Any], model: type[BaseModel]) -> Problem:
    key = ".".join(str(part) for part in entry["loc"])
    keys = ", ".join(model.model_fields) if len(entry["loc"]) == 1 else ""
    if entry["type"] == "missing":
        return Problem(name, None, key, "no such key", keys, "Add it.")
    if entry["type"] == "extra_forbidden":
        return Problem(name, None, key, "an unknown key", keys, "Remove it or correct its name.")
    if entry["type"] == "value_error":  # from a validator of ours, which says what it found
        return Problem(name, None, key, str(entry["ctx"]["error"]), fix="Correct it.")
    given = entry.get("input")
    # A number that is too small or too large stands in the file without quotes.
    found = str(given)[:80] if entry["type"].endswith("_than_equal") else repr(given)[:80]
    if entry["type"] == "string_too_short":
        found = "a blank text"
    fix = "Correct it."
    if entry["type"] == "string_type" and isinstance(given, bool):
        # YAML takes bare words such as no and Yes for false and true.
        fix = f"Put it in quotes, as '{'yes' if given else 'no'}'."
    return Problem(name, None, key, found, _allowed(entry), fix)


def _allowed(entry: dict[str, Any]) -> str:
    """Say what may stand there, in our words rather than those of the library that checks."""
    known = _ALLOWED.get(entry["type"])
    if known is None:
        return str(entry["msg"])
    values = {name: str(value) for name, value in entry.get("ctx", {}).items()}
    if entry["type"] == "literal_error":
        values["expected"] = values["expected"].replace("'", "").replace(" or ", ", ")
    return known.format(**values)
