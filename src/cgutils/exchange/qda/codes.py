"""Which indicator a code of another program means, and what its name says of direction and kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cgutils.data.framework import Framework
from cgutils.data.project import LANGUAGES
from cgutils.exchange.qda.codebook import ID_LINE
from cgutils.exchange.qda.vocabulary import attribute_names, meaning, meanings, simple

# Marks by which programs part the levels of a code; the last two also stand in names.
_ALWAYS = re.compile(r"::|>+|\\+|›")
_PERHAPS = ("/", ".", " - ")
_SIGN = re.compile(r"^(.*?)[\s(\[]*(\+/-|[+±−-])[)\]]*$")
_ID_LINE = re.compile(rf"\b{ID_LINE}:\s*([a-z0-9_-]+)")
_DIGIT = re.compile(r"\d")
_ALIKE = 0.6


@dataclass(frozen=True)
class Match:
    """What a code means.

    Parameters
    ----------
    indicator_id : str or None
        The indicator, None where none was recognised.
    attributes : dict of str to str
        ``direction`` and ``kind``, as far as the names say.
    modifier : bool
        Whether the code names a direction or kind alone, for other codes on the same passage.
    sure : bool
        Whether it may be used without asking.
    holder : bool
        Whether it only holds other codes: a dimension, or the group of directions or kinds.
    guess : str
        The likeliest indicator where nothing is sure, "" where none is likely.
    remark : str
        What else is known of it.
    """

    indicator_id: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    modifier: bool = False
    sure: bool = False
    guess: str = ""
    remark: str = ""
    holder: bool = False


class Codes:
    """Recognises the codes of a framework by id, code or label in either language."""

    def __init__(self, framework: Framework) -> None:
        self.indicators = {indicator.indicator_id: indicator for indicator in framework.indicators}
        self._names: dict[str, str] = {}
        self._starts: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        twice: set[str] = set()
        for key, indicator in self.indicators.items():
            labels = [simple(getattr(indicator.label, language)) for language in LANGUAGES]
            code = simple(indicator.code)
            for name in (simple(key), code, *labels, *(f"{code} {label}" for label in labels)):
                if self._names.setdefault(name, key) != key:
                    twice.add(name)
            self._labels.update(dict.fromkeys([*labels, simple(key)], key))
            if _DIGIT.search(code) and " " not in code:
                self._starts[code] = key
        # What two indicators are called tells neither.
        self._names = {name: key for name, key in self._names.items() if name not in twice}
        self._dimensions = {
            name
            for dimension in framework.dimensions
            for label in (simple(getattr(dimension.label, language)) for language in LANGUAGES)
            for name in (simple(dimension.dimension_id), simple(dimension.code), label)
            for name in (name, f"{simple(dimension.code)} {label}")
        }

    def indicator(self, name: str) -> str | None:
        """Give the indicator that a name stands for: its id, code, label, or code with anything behind it."""
        plain = simple(name)
        return self._names.get(plain) or self._starts.get(plain.partition(" ")[0])

    def match(self, path: tuple[str, ...], description: str = "") -> Match:
        """Find out what a code means.

        Parameters
        ----------
        path : tuple of str
            Its name and those above it.
        description : str
            Its description; a line ``indicator_id: ...``, as `codebook` writes, names the indicator.

        Returns
        -------
        Match
        """
        attributes: dict[str, str] = {}
        found, dimension = None, False
        unknown: list[str] = []
        for name in self._levels(path):
            indicator, said = self._read(name)
            attributes |= said
            if indicator:
                found, unknown = indicator, []
            elif simple(name) in self._dimensions:
                dimension = True
            elif not said and simple(name) not in attribute_names():
                unknown.append(name)
        named = _ID_LINE.search(description)
        if named and named[1] in self.indicators:
            return Match(named[1], attributes, sure=True)
        if found:
            return Match(found, attributes, sure=True, remark=f"below {found}" if unknown else "")
        if attributes and not unknown:
            return Match(None, attributes, modifier=True, sure=True)
        if not unknown:
            remark = (
                "a dimension; choose one of its indicators, or ignore" if dimension else "a group of codes"
            )
            return Match(None, attributes, remark=remark, holder=True)
        return Match(None, attributes, guess=self._guess(unknown))

    def _levels(self, path: tuple[str, ...]) -> list[str]:
        levels: list[str] = []
        for name in path:
            for part in _ALWAYS.split(name):
                levels += self._split(part.strip())
        return [level for level in levels if level]

    def _split(self, name: str) -> list[str]:
        # A full stop or a slash may belong to a name: it parts levels where that makes something known.
        if self._known(name):
            return [name]
        for mark in _PERHAPS:
            first, found, rest = name.partition(mark)
            parts = [first.strip(), *self._split(rest.strip())] if found else []
            if any(self._known(part) for part in parts):
                return parts
        return [name]

    def _known(self, name: str) -> bool:
        plain = simple(name)
        return bool(plain in self._names or plain in self._dimensions or meaning(name) or self._read(name)[0])

    def _read(self, name: str) -> tuple[str | None, dict[str, str]]:
        """Read one level: its indicator, and the directions and kinds at the end of the name."""
        said = meaning(name)
        if said:
            return None, dict([said])
        signed = _SIGN.match(name)
        if signed and signed[1] and (base := self.indicator(signed[1])):
            sign = meaning(signed[2])
            return base, dict([sign]) if sign else {}
        words, attributes = simple(name).split(), {}
        while words and words[-1] in meanings() and " ".join(words) not in self._names:
            attribute, value = meanings()[words.pop()]
            attributes[attribute] = value
        indicator = self.indicator(" ".join(words))
        return indicator, attributes if indicator else {}

    def _guess(self, unknown: list[str]) -> str:
        for name in reversed(unknown):
            plain = simple(name)
            close = difflib.get_close_matches(plain, self._labels, 1, _ALIKE)
            if close:
                return self._labels[close[0]]
            shared = {
                key: len(set(plain.split()) & set(label.split())) / len(set(label.split()))
                for label, key in self._labels.items()
            }
            best = max(shared, key=lambda key: shared[key], default="")
            if best and shared[best] >= 0.5:
                return best
        return ""
