"""Words and numbers as a reader of one language sees them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd
from babel.numbers import format_decimal

from cgutils.data.errors import CgutilsError
from cgutils.data.project import LANGUAGES
from cgutils.data.yamlfiles import own_yaml

if TYPE_CHECKING:
    from cgutils.data.collection import Collection
    from cgutils.data.framework import Bilingual

DASH = "–"
DAGGER = "†"
# Longest fraction that `number` writes out when it is told to keep the value as it stands.
LONGEST_FRACTION = 6

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Give the interface words of the library.

    Returns
    -------
    mapping of str to mapping
        Key to ``{"en": ..., "id": ...}``, over all groups of ``words.yaml``.

    Raises
    ------
    CgutilsError
        Where a key stands in two groups, so that one would hide the other.
    """
    groups = own_yaml(files("cgutils.present").joinpath("words.yaml").read_text(encoding="utf-8"))
    flat: dict[str, Mapping[str, str]] = {}
    for group, entries in groups.items():
        for key, texts in entries.items():
            if key in flat:
                raise CgutilsError(
                    f"words.yaml: the key {key!r} of {group!r} stands in another group as well"
                )
            flat[key] = texts
    return flat


@dataclass(frozen=True)
class Labels:
    """Names, interface words and number formats in one language.

    Parameters
    ----------
    language : {"en", "id"}
        Language of everything this object returns.
    cases : mapping of str to str
        Case id to short title, without any mark.
    dimensions, indicators : mapping of str to str
        Id to label.
    codes : mapping of str to str
        Dimension or indicator id to its code (``SC1``).
    levels : mapping of int to str
        Level to its word.
    abstract : iterable of str
        Ids of the cases of which only the abstract was read; they carry a dagger.
    frameworks : mapping of str to str
        Framework id to title.
    phases : mapping of (str, str) to str
        Case id and id of one of its phases to the title of the phase.

    Raises
    ------
    CgutilsError
        Where the language is not available.

    Examples
    --------
    >>> Labels("id").number(154425, 0), Labels("id").number(0.665)
    ('154.425', '0,67')
    """

    language: str
    cases: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[int, str] = field(default_factory=dict)
    abstract: Iterable[str] = frozenset()
    frameworks: Mapping[str, str] = field(default_factory=dict)
    phases: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise CgutilsError(
                f"language: found {self.language!r}; allowed: {', '.join(LANGUAGES)}. Write one of them."
            )
        object.__setattr__(self, "abstract", frozenset(self.abstract))

    def case(self, case_id: str) -> str:
        """Give the short title of a case, with a dagger where only the abstract was read."""
        mark = DAGGER if case_id in frozenset(self.abstract) else ""
        return _look_up(self.cases, case_id, "case") + mark

    def abstract_note(self, case_ids: Iterable[str]) -> str:
        """Give the footnote that explains the dagger, or "" where no shown case carries one."""
        marked = [case_id for case_id in dict.fromkeys(case_ids) if case_id in frozenset(self.abstract)]
        if not marked:
            return ""
        titles = ", ".join(_look_up(self.cases, case_id, "case") for case_id in marked)
        return self.term("note_abstract", cases=titles)

    def dimension(self, dimension_id: str) -> str:
        """Give the label of a dimension; ``index`` is the index over the process dimensions."""
        if dimension_id == "index":
            return self.heading("index")
        return _look_up(self.dimensions, dimension_id, "dimension")

    def indicator(self, indicator_id: str) -> str:
        """Give the label of an indicator."""
        return _look_up(self.indicators, indicator_id, "indicator")

    def framework(self, framework_id: str) -> str:
        """Give the title of a framework."""
        return _look_up(self.frameworks, framework_id, "framework")

    def phase(self, case_id: str, phase: str) -> str:
        """Give the title that a case gives to one of its phases."""
        return _look_up(self.phases, (case_id, phase), "case and phase")

    def code(self, key: str) -> str:
        """Give the code of a dimension or indicator (``SC``, ``SC1``)."""
        return _look_up(self.codes, key, "dimension or indicator")

    def level(self, level: int) -> str:
        """Give the word of a level."""
        return _look_up(self.levels, int(level), "level")

    def term(self, key: str, **values: str) -> str:
        """Give an interface word, with ``values`` set into its places where it has any."""
        text = _look_up(words(), key, "word")[self.language]
        return text.format(**values) if values else text

    def heading(self, key: str) -> str:
        """Give an interface word with its first letter raised, as a heading or legend entry starts."""
        return capital(self.term(key))

    def pick(self, row: Mapping[Any, Any] | pd.Series[Any], name: str) -> str:
        """Give the cell of the column ``<name>_<language>`` of a row.

        Raises
        ------
        CgutilsError
            Where the row has no such column, or the cell is blank.
        """
        column = f"{name}_{self.language}"
        if column not in row:
            raise CgutilsError(f"column {column!r} is missing; found: {', '.join(map(str, row.keys()))}")
        text = row[column]
        if pd.isna(text) or not str(text).strip():
            raise CgutilsError(f"column {column!r} is blank in a row where a reader needs its text")
        return str(text)

    def number(self, value: object, decimals: int | None = 2) -> str:
        """Write a number with the marks of the language; a missing one is an en dash, never 0.

        Parameters
        ----------
        value : number or missing
            Rounded half away from zero, on its shortest decimal form.
        decimals : int or None
            Places after the mark; None keeps those that the value has (at most six).
        """
        exact = _decimal(value)
        if exact is None:
            return DASH
        with localcontext(prec=28 + max(0, exact.adjusted())):  # a number of more digits is no error
            if decimals is None:
                decimals = min(LONGEST_FRACTION, max(0, -int(exact.normalize().as_tuple().exponent)))
            rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
            # A negative value that rounds to nothing must not be written "-0.00".
            rounded = abs(rounded) if rounded == 0 else rounded
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            return str(format_decimal(rounded, format=pattern, locale=self.language))

    def percent(self, value: object, decimals: int | None = 1) -> str:
        """Write a value that is in percent already (80.7, not 0.807); a missing one is an en dash."""
        text = self.number(value, decimals)
        return text if text == DASH else text + "%"

    def part(self, share: float) -> str:
        """Write a share of one in percent, so that 100 % means all and 0 % none; missing is an en dash.

        Examples
        --------
        >>> Labels("en").part(0.9998), Labels("en").part(1.0)
        ('more than 99%', '100%')
        """
        if 0.995 <= share < 1:
            return self.term("more_than", share=self.percent(99, 0))
        if 0 < share < 0.005:
            return self.term("less_than", share=self.percent(1, 0))
        return self.percent(100 * share, 0)

    def interval(self, lower: object, upper: object, decimals: int = 2) -> str:
        """Write an interval from ``lower`` to ``upper``; an en dash where either end is missing."""
        ends = (self.number(lower, decimals), self.number(upper, decimals))
        return DASH if DASH in ends else DASH.join(ends)


def labels(collection: Collection, language: str) -> Labels:
    """Make the labels of a collection in one language.

    Parameters
    ----------
    collection : Collection
        Gives the names of its cases and of the dimensions, indicators and levels of all its frameworks,
        whether a case is coded by them or may be read through them.
    language : {"en", "id"}
        Language wanted.

    Returns
    -------
    Labels

    Raises
    ------
    CgutilsError
        Where the language is not available, or two frameworks name one id differently.
    """
    Labels(language)  # refuses an unknown language before any name is looked up
    cases = collection.cases
    dimensions, indicators, codes = dict[str, str](), dict[str, str](), dict[str, str]()
    levels: dict[int, str] = {}
    for framework in collection.frameworks.values():
        for level in framework.levels:
            _add(levels, level.level, _text(level.label, language))
        for dimension in framework.dimensions:
            _add(dimensions, dimension.dimension_id, _text(dimension.label, language))
            _add(codes, dimension.dimension_id, dimension.code)
            for indicator in dimension.indicators:
                _add(indicators, indicator.indicator_id, _text(indicator.label, language))
                _add(codes, indicator.indicator_id, indicator.code)
    return Labels(
        language,
        cases={case_id: _text(case.short_title, language) for case_id, case in cases.items()},
        dimensions=dimensions,
        indicators=indicators,
        codes=codes,
        levels=levels,
        abstract=[case_id for case_id, case in cases.items() if case.source_extent == "abstract"],
        frameworks={name: _text(entry.title, language) for name, entry in collection.frameworks.items()},
        phases={(key, each.id): _text(each.title, language) for key in cases for each in cases[key].phases},
    )


def capital(text: str) -> str:
    """Raise the first letter of a text and leave the rest."""
    return text[:1].upper() + text[1:]


def _look_up(known: Mapping[Key, Value], key: Key, what: str) -> Value:
    if key not in known:
        names = ", ".join(map(str, list(known)[:12])) or "none"
        raise CgutilsError(
            f"no label for the {what} {key!r}; known: {names}{' ...' if len(known) > 12 else ''}"
        )
    return known[key]


def _add(names: dict[Key, str], key: Key, text: str) -> None:
    if names.setdefault(key, text) != text:
        raise CgutilsError(f"two frameworks name {key!r} differently: {names[key]!r} and {text!r}")


def _text(entry: Bilingual, language: str) -> str:
    return str(getattr(entry, language))


def _decimal(value: object) -> Decimal | None:
    """Turn a number into its shortest decimal, and what is missing or not finite into None."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | str):
        raise CgutilsError(f"a number is needed here, found {value!r}")
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        raise CgutilsError(f"a number is needed here, found {value!r}") from None
    return exact if exact.is_finite() else None
