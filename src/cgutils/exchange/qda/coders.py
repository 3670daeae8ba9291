"""What is written about coders whom an import brings along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cgutils.data.project import LANGUAGES
from cgutils.exchange.qda.items import Item
from cgutils.exchange.qda.mapping import CODER, NOT_TOLD, Entry
from cgutils.exchange.qda.memos import clean
from cgutils.exchange.qda.segments import ROW, QdaFile
from cgutils.exchange.qda.vocabulary import vocabulary


def describe_coders(
    items: Iterable[Item], entries: Mapping[tuple[str, str], Entry], found: QdaFile
) -> dict[str, dict[str, str]]:
    """Describe the coders of items: what the file calls them, and in what they coded.

    Parameters
    ----------
    items : iterable of Item
        What is imported.
    entries : mapping of (str, str) to Entry
        All decided.
    found : QdaFile
        The file.

    Returns
    -------
    dict of str to dict of str to str
        Id to description by language.
    """
    names: dict[str, list[str]] = {}
    for (what, name), entry in entries.items():
        # That the file names nobody is no name.
        if what == CODER and name != NOT_TOLD:
            names.setdefault(entry.use, []).append(name)
    program = clean(found.program)
    is_list = any(segment.kind == ROW for segment in found.segments)
    texts = vocabulary()["coded"]["program" if program else "list" if is_list else "unnamed"]
    return {
        coder: {
            language: _sentence(names.get(coder, []), texts[language].format(program=program))
            for language in LANGUAGES
        }
        for coder in dict.fromkeys(coder for item in items for coder in item.coders)
    }


def _sentence(names: list[str], coded: str) -> str:
    return f"{', '.join(names)}; {coded}." if names else f"{coded[0].upper()}{coded[1:]}."
