"""The words for directions and kinds of evidence, in both languages, written and recognised."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cgutils.data.project import LANGUAGES
from cgutils.data.schemas import DIRECTIONS, KINDS

ATTRIBUTES = {"direction": DIRECTIONS, "kind": KINDS}
_SIGNS = {"+": "enabling", "-": "hindering", "−": "hindering", "±": "mixed", "+/-": "mixed"}
_APART = re.compile(r"[^\w]+")


@cache
def vocabulary() -> dict[str, Any]:
    """Give the words of ``words.yaml``."""
    text = files("cgutils.exchange.qda").joinpath("words.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def word(group: str, name: str, language: str) -> str:
    """Give the word that is written for a direction or kind, or the name of a group of codes."""
    return str(vocabulary()[group][name][language][0])


@cache
def meanings() -> dict[str, tuple[str, str]]:
    """Give every known word, simplified, with what it says: ``direction`` or ``kind``, and its value."""
    found = {}
    for attribute, values in ATTRIBUTES.items():
        for value in values:
            spelt = vocabulary()[attribute][value]
            for text in (value, *(text for language in LANGUAGES for text in spelt[language])):
                found[simple(text)] = (attribute, value)
    return found


@cache
def names_of(group: str) -> frozenset[str]:
    """Give the simplified words of a group such as ``ignore``, in both languages."""
    return frozenset(simple(text) for language in LANGUAGES for text in vocabulary()[group][language])


@cache
def attribute_names() -> dict[str, str]:
    """Give the simplified names of ``direction`` and ``kind``, as they head a line of a comment or a code."""
    spelt = vocabulary()["groups"]
    return {
        simple(text): attribute
        for attribute in ATTRIBUTES
        for language in LANGUAGES
        for text in spelt[attribute][language]
    }


@cache
def _case_fields() -> dict[str, str]:
    spelt = vocabulary()["case_fields"]
    return {
        simple(text): name
        for name, words in spelt.items()
        for text in (name, *(text for language in LANGUAGES for text in words[language]))
    }


def case_field(variable: str) -> str | None:
    """Give the field of ``case.yaml`` that a variable seems to be about, None where it is like none."""
    return _case_fields().get(simple(variable))


def meaning(text: str) -> tuple[str, str] | None:
    """Say which direction or kind a name is, None where it is neither.

    Examples
    --------
    >>> meaning("Penghambat"), meaning("arah: mendukung"), meaning("+"), meaning("trust")
    (('direction', 'hindering'), ('direction', 'enabling'), ('direction', 'enabling'), None)
    """
    sign = _SIGNS.get(text.strip())
    if sign:
        return "direction", sign
    plain = simple(text)
    if plain in meanings():
        return meanings()[plain]
    first, _, rest = plain.partition(" ")
    said = meanings().get(rest)
    return said if said and attribute_names().get(first) == said[0] else None


def simple(text: str) -> str:
    """Write a name without case, accents, marks and surplus blanks, for comparing.

    Examples
    --------
    >>> simple("  Trust-building (Kepercayaan)"), simple("SC1. Évaluation")
    ('trust building kepercayaan', 'sc1 evaluation')
    """
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in split if not unicodedata.combining(char))
    return " ".join(_APART.sub(" ", bare.replace("_", " ")).split())
