"""What a comment on a passage says: direction, kind, and the finding in the coder's words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cgutils.data.project import LANGUAGES
from cgutils.exchange.qda.vocabulary import attribute_names, meaning, meanings, simple

_LINE = re.compile(r"^\s*([^:=]{1,40}?)\s*[:=]\s*(.+?)\s*$")
_TAGS = re.compile(r"#(\w+)|\[([^\[\]]{1,40})\]")
_PARTS = re.compile(r"[;,/|+\n]")
# What no CSV can hold, or no reader expects in it.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
LONGEST_SUMMARY = 20_000


@dataclass
class Memo:
    """A comment, taken apart.

    Parameters
    ----------
    attributes : dict of str to set of str
        Values of ``direction`` and ``kind`` that it names.
    summaries : dict of str to str
        Text by language, ``""`` for the text whose language is not told.
    """

    attributes: dict[str, set[str]] = field(default_factory=dict)
    summaries: dict[str, str] = field(default_factory=dict)


def read_memo(text: str) -> Memo:
    """Take a comment apart.

    Parameters
    ----------
    text : str
        The comment. Lines such as ``direction: enabling``, ``arah: menghambat`` or ``jenis: fakta``, tags
        such as ``#enabling`` or ``[fakta]``, and a comment of such words alone are read as direction and
        kind; lines that begin with ``en:`` or ``id:`` as summary in that language.

    Returns
    -------
    Memo

    Examples
    --------
    >>> memo = read_memo("arah: menghambat; Dana terlambat. #fakta")
    >>> memo.attributes, memo.summaries
    ({'direction': {'hindering'}, 'kind': {'fact'}}, {'': 'Dana terlambat.'})
    """
    memo = Memo()
    rest: dict[str, list[str]] = {}
    for line in _TAGS.sub(lambda tag: _tag(memo, tag), text).splitlines():
        language, said = "", line
        named = _LINE.match(line)
        if named and named[1].lower() in LANGUAGES:
            language, said = named[1].lower(), named[2]
        said = said if language else _attributes(memo, said)
        if clean(said):
            rest.setdefault(language, []).append(clean(said))
    memo.summaries = {language: " ".join(lines) for language, lines in rest.items()}
    return memo


def clean(text: str) -> str:
    """Write a text on one line, without what no table can hold."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:LONGEST_SUMMARY]


def _tag(memo: Memo, tag: re.Match[str]) -> str:
    said = meaning(tag[1] or tag[2])
    if said is None:
        return tag[0]
    memo.attributes.setdefault(said[0], set()).add(said[1])
    return ""


def _attributes(memo: Memo, line: str) -> str:
    """Take ``direction: enabling`` and the like from a line; give what is left of it."""
    parts = [part.strip() for part in re.split(r"[;|]", line)]
    left = []
    for part in parts:
        named = _LINE.match(part)
        if named and simple(named[1]) in attribute_names():
            said = meanings().get(simple(named[2])) or meaning(named[2])
            if said and said[0] == attribute_names()[simple(named[1])]:
                memo.attributes.setdefault(said[0], set()).add(said[1])
                continue
        left.append(part)
    if len(left) < len(parts):
        line = "; ".join(part for part in left if part)
    words = [meaning(part) for part in _PARTS.split(line) if part.strip()]
    if words and all(words):
        for said in words:
            if said:
                memo.attributes.setdefault(said[0], set()).add(said[1])
        return ""
    return line
