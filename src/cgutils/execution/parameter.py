"""One declared parameter, and whether a value may be given for it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]
TYPES = ("str", "int", "float", "bool", "list")
_QUOTED = re.compile(r'"([^"]+)"')
_EXAMPLES = re.compile(r"such as|for example|e\.g\.", re.IGNORECASE)
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_BOUNDS = re.compile(rf"\({_NUMBER} to {_NUMBER}\)")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter.

    Parameters
    ----------
    name : str
        A plain identifier.
    kind : str or None
        ``str``, ``int``, ``float``, ``bool`` or ``list``; None where any plain value may be given.
    default : str, int, float, bool, list or None
        The value in the notebook; None as well where the parameter is required.
    optional : bool
        Whether None may be given.
    required : bool
        Whether the notebook declares it without a value (``case_id: str``).
    help : str
        The comment above it or on its line.
    """

    name: str
    kind: str | None
    default: Value
    optional: bool = False
    required: bool = False
    help: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The only values that may be given, as the help lists them; empty where it lists none."""
        quoted = tuple(dict.fromkeys(_QUOTED.findall(self.help)))
        # What is named as an example leaves others open.
        listed = len(quoted) > 1 and self.default in quoted and not _EXAMPLES.search(self.help)
        return quoted if self.kind == "str" and listed else ()

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The least and the largest value, as the help names them; None where it names none."""
        found = _BOUNDS.search(self.help) if self.kind in {"int", "float"} else None
        return (float(found[1]), float(found[2])) if found else None

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        kind = self.kind or "str, int, float, bool, list or None"
        if self.choices:
            kind = ", ".join(self.choices)
        elif self.bounds:
            kind = f"{kind} from {self.bounds[0]:g} to {self.bounds[1]:g}"
        return f"{kind} or None" if self.kind and self.optional else kind


def _plain(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    # bool, int and str exactly: a subclass may carry code in how it is written out.
    return value is None or type(value) in {str, int, bool}


def kind_of(value: object) -> str | None:
    """Name the type of a plain value; None for None and for what is not plain."""
    if isinstance(value, list) and all(_plain(item) for item in value):
        return "list"
    if value is not None and _plain(value):
        return type(value).__name__
    return None


def fits(parameter: Parameter, value: object) -> bool:
    """Say whether a value may be given for a parameter."""
    kind = kind_of(value)
    if value is None:
        return parameter.optional
    if parameter.kind is None:
        return kind is not None
    if kind != parameter.kind and not (parameter.kind == "float" and kind == "int"):
        return False
    if parameter.choices:
        return value in parameter.choices
    low, high = parameter.bounds or (-math.inf, math.inf)
    return not isinstance(value, int | float) or low <= value <= high
