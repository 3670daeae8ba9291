"""Sentences with computed values, in both languages, so that no number is typed into a notebook."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Any

from cgutils.data.errors import CgutilsError
from cgutils.data.yamlfiles import own_yaml
from cgutils.present.labels import Labels

if TYPE_CHECKING:
    from cgutils.data.collection import Collection

_NUMBER = re.compile(r"([np])(\d?)")


@dataclass(frozen=True)
class Sentence:
    """A sentence that a notebook shows; its text is what a rerun compares.

    Parameters
    ----------
    text : str
        The sentence.
    """

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


class Words(Formatter):
    """Fills the places of a sentence: ``{name:form}`` with the forms that ``sentences.yaml`` lists."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value in the form that its place asks for."""
        labels = self.labels
        if number := _NUMBER.fullmatch(format_spec):
            decimals = int(number[2]) if number[2] else None
            write = labels.number if number[1] == "n" else labels.percent
            return write(value, decimals)
        forms: dict[str, Callable[[Any], str]] = {
            "": str,
            "share": lambda share: labels.percent(100 * share, 0),
            "part": labels.part,
            "case": labels.case,
            "dimension": labels.dimension,
            "indicator": labels.indicator,
            "code": labels.code,
            "framework": labels.framework,
            "term": labels.term,
            "factor": lambda name: labels.term(f"factor_{name}"),
            "cases": lambda ids: ", ".join(labels.case(name) for name in ids),
            "codes": lambda ids: ", ".join(labels.code(name) for name in ids) or "–",
            "sum": lambda items: " + ".join(labels.number(item) for item in items),
            "list": lambda items: ", ".join(labels.number(item, None) for item in items),
        }
        if format_spec not in forms:
            raise CgutilsError(f"sentences.yaml: {format_spec!r} is no form; forms are {', '.join(forms)}.")
        return str(forms[format_spec](value))


def say(labels: Labels, key: str, /, **values: Any) -> Sentence:
    """Fill a sentence with computed values.

    Parameters
    ----------
    labels : Labels
        Language of the sentence, of its labels and of its numbers.
    key : str
        Which sentence (see ``sentences.yaml``).
    **values : object
        One for each place of the sentence; numbers stay numbers until here.

    Returns
    -------
    Sentence
        For display.

    Raises
    ------
    CgutilsError
        For an unknown sentence, or values that do not fit its places.
    """
    known = sentences()
    if key not in known:
        raise CgutilsError(f"no sentence {key!r}; known: {', '.join(known)}.")
    text = known[key][labels.language]
    places = {name for _, name, _, _ in Formatter().parse(text) if name}
    if places != set(values):
        raise CgutilsError(
            f"sentence {key!r} needs exactly {', '.join(sorted(places))}; given: {', '.join(sorted(values))}."
        )
    return Sentence(Words(labels).vformat(text, (), values))


def who_rated(collection: Collection, labels: Labels) -> Sentence:
    """Say who rated, what kind of coder each is, and how to put other ratings in their place.

    Parameters
    ----------
    collection : Collection
        Gives the table of coders.
    labels : Labels
        Language of the sentence.

    Returns
    -------
    Sentence
        With the description of every coder who rated.
    """
    rated = {*collection.ratings["coder_id"], *collection.earlier_ratings["coder_id"]}
    said = "; ".join(
        f"{row['coder_id']} – {labels.pick({str(k): v for k, v in row.items()}, 'description').rstrip('.')}"
        for row in collection.coders.to_dict("records")
        if row["coder_id"] in rated
    )
    return say(labels, "who_rated", coders=said) if said else say(labels, "nobody_rated")


@cache
def sentences() -> Mapping[str, Mapping[str, str]]:
    """Give all sentences by key, each in ``en`` and ``id``."""
    text = files("cgutils.present").joinpath("sentences.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Mapping[str, str]] = own_yaml(text)
    return loaded
