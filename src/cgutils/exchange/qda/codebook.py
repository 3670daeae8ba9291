"""The codebook of a framework as codes for other programs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import NamedTuple

from cgutils.data.framework import Dimension, Framework, Indicator
from cgutils.exchange.qda.vocabulary import ATTRIBUTES, vocabulary, word

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:cgutils:qda")
# The longest name that all programs take (MAXQDA cuts at 63 characters).
LONGEST_NAME = 63
ID_LINE = "indicator_id"


class Code(NamedTuple):
    """A code of the codebook.

    Parameters
    ----------
    path : tuple of str
        Its name and those of the codes above it, from the top.
    description : str
        What it means, with both ends of the scale.
    codable : bool
        Whether passages are coded with it; dimensions and groups only hold others.
    """

    path: tuple[str, ...]
    description: str
    codable: bool


def codebook(framework: Framework, language: str) -> list[Code]:
    """Make codes of a framework: dimensions with their indicators, then directions and kinds of evidence.

    Parameters
    ----------
    framework : Framework
        The framework.
    language : {"en", "id"}
        Language of names and descriptions.

    Returns
    -------
    list of Code
        Those above before those below. An import recognises them in either language (see `Codes.match`): an
        indicator by its code, a direction or kind on the same passage as its direction and kind.
    """
    codes = []
    for dimension in framework.dimensions:
        top = _name(dimension, language)
        codes.append(Code((top,), "", codable=False))
        for indicator in dimension.indicators:
            codes.append(
                Code((top, _name(indicator, language)), _description(indicator, language), codable=True)
            )
    return [*codes, *_attributes(language)]


def guid(*parts: str) -> str:
    """Make a GUID of what it stands for, so that the same project gives the same file."""
    return str(uuid.uuid5(NAMESPACE, "\0".join(parts)))


def _attributes(language: str) -> Iterator[Code]:
    told = vocabulary()["descriptions"]
    for attribute, values in ATTRIBUTES.items():
        group = word("groups", attribute, language)
        yield Code((group,), told[attribute][language], codable=False)
        for value in values:
            yield Code((group, word(attribute, value, language)), told[value][language], codable=True)


def _name(item: Dimension | Indicator, language: str) -> str:
    label = " ".join(getattr(item.label, language).split())
    # What separates the levels of a path in one program or another does not stand in a name.
    for mark, instead in ((">", "›"), ("::", ":"), ("\\", "/"), (".", "")):
        label = label.replace(mark, instead)
    name = f"{item.code} {label}"
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"


def _description(indicator: Indicator, language: str) -> str:
    terms = {key: text[language] for key, text in vocabulary()["terms"].items()}
    lines = [
        f"{terms['definition']}: {_line(getattr(indicator.definition, language))}",
        f"{terms['level']} 0: {_line(getattr(indicator.low, language))}",
        f"{terms['level']} 3: {_line(getattr(indicator.high, language))}",
        f"{ID_LINE}: {indicator.indicator_id}",
    ]
    return "\n".join(lines)


def _line(text: str) -> str:
    return " ".join(text.split())
