"""What became of one artefact when it was made again, and differences of text in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

LONGEST = 60
_CONTEXT, _PLACES, _MANY = 2, 3, 2000
# The line below a heading, which is as wide as its column.
_RULE = re.compile(r"-{2,}")
# Words, and the tags of HTML.
_TOKENS = re.compile(r"<[^<>]*>|<|[^\s<]+")


class Status(StrEnum):
    """What a comparison can say, best first."""

    IDENTICAL = "identical"
    EQUAL = "equal within tolerance"
    DIFFERS = "differs"
    MISSING = "missing"
    EXTRA = "extra"
    NOT_REBUILT = "not rebuilt"


@dataclass(frozen=True)
class Compared:
    """One artefact, stored and rebuilt.

    Parameters
    ----------
    path : str
        Its name, relative to the project.
    status : Status
        What was found.
    changes : tuple of str
        Each difference in words, from what is stored to what was rebuilt.
    remarks : tuple of str
        What explains the status and is no difference.
    """

    path: str
    status: Status
    changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.status in {Status.IDENTICAL, Status.EQUAL}


def judged(path: str, changes: Iterable[str], remark: str) -> Compared:
    """Make the result for an artefact whose bytes differ: ``remark`` says why that may be no difference."""
    said = tuple(changes)
    return Compared(path, Status.DIFFERS, said) if said else Compared(path, Status.EQUAL, remarks=(remark,))


def line_changes(stored: Sequence[str], rebuilt: Sequence[str]) -> list[str]:
    """Say which lines of a text differ.

    Parameters
    ----------
    stored, rebuilt : sequence of str
        Lines of the two texts.

    Returns
    -------
    list of str
        One entry for each line that changed, went or came (``line 4: "a 0.67" -> "a 0.33"``). Lines that
        differ in blanks and rules alone are told only where nothing else differs.
    """
    found, blanks = list[str](), list[str]()
    for what, low, high, start, end in SequenceMatcher(None, stored, rebuilt, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        pairs = min(high - low, end - start)
        for offset in range(pairs):
            old, new = stored[low + offset], rebuilt[start + offset]
            only_blanks = _RULE.sub("--", old).split() == _RULE.sub("--", new).split()
            said = "other blanks" if only_blanks else changed_words(old, new)
            (blanks if only_blanks else found).append(f"line {low + offset + 1}: {said}")
        found += [f"line {low + n + 1}: {quoted(stored[low + n])} is gone" for n in range(pairs, high - low)]
        found += [
            f"line {start + n + 1}: {quoted(rebuilt[start + n])} is new" for n in range(pairs, end - start)
        ]
    return found or blanks


def changed_words(stored: str, rebuilt: str) -> str:
    """Quote where two texts differ, each place with a little of what stands before it.

    Parameters
    ----------
    stored, rebuilt : str
        Two texts that differ in more than blanks.

    Returns
    -------
    str
        At most three places; the others are counted.

    Examples
    --------
    >>> changed_words("Banjar, all dimensions: 0.67 (3)", "Banjar, all dimensions: 0.33 (3)")
    '"all dimensions: 0.67" -> "all dimensions: 0.33"'
    """
    old, new = _TOKENS.findall(stored), _TOKENS.findall(rebuilt)
    if max(len(old), len(new)) > _MANY:
        return f"{quoted(stored)} -> {quoted(rebuilt)}"
    places = [
        f"{quoted(_in_context(old, low, high))} -> {quoted(_in_context(new, start, end))}"
        for what, low, high, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if what != "equal"
    ]
    return listed(places, _PLACES)


def _in_context(tokens: Sequence[str], low: int, high: int) -> str:
    before = [token for token in tokens[:low] if not token.startswith("<")][-_CONTEXT:]
    return " ".join([*before, *tokens[low:high]])


def quoted(text: str) -> str:
    """Quote a text on one line, shortened where it is long."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"}"'


def listed(words: Sequence[str], most: int = 5) -> str:
    """Join words with commas; where there are too many, count the rest."""
    shown = ", ".join(words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown
