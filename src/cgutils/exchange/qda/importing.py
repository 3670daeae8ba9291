"""Importing coded segments into a case: read, decide, make items, put them into the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cgutils.data.errors import CgutilsError, CollectionError, Problem
from cgutils.data.files import write_all, write_text
from cgutils.data.project import Project, is_id
from cgutils.data.single_files import load_case, load_framework
from cgutils.data.unique_ids import RESERVED_CODERS
from cgutils.exchange.qda.coders import describe_coders
from cgutils.exchange.qda.codes import Codes
from cgutils.exchange.qda.items import Item, has_comments, make_items
from cgutils.exchange.qda.mapping import (
    CODER,
    DOCUMENT,
    IGNORE,
    NOT_TOLD,
    Entry,
    mapping_file,
    open_questions,
    propose,
    read_mapping,
)
from cgutils.exchange.qda.memos import clean
from cgutils.exchange.qda.passages import check_outside, passages_file
from cgutils.exchange.qda.reading import read_qda
from cgutils.exchange.qda.register import Register
from cgutils.exchange.qda.report import Report
from cgutils.exchange.qda.segments import QdaFile, Segment
from cgutils.exchange.qda.taguette import FORM as TAGUETTE
from cgutils.exchange.qda.vocabulary import ATTRIBUTES

Entries = dict[tuple[str, str], Entry]


@dataclass(frozen=True)
class Options:
    """Choices of an import.

    Parameters
    ----------
    mapping : Path, optional
        The mapping file, which has to be there; without it, the name of the imported file with
        ``-mapping.csv``, beside it, if that is there.
    documents : mapping of str to str
        Name of a document to a source of the case, or ``ignore``.
    only : tuple of str
        Only segments of these documents or cases of the file.
    coder : str, optional
        Id of the coder, where the file names one at most.
    language : {"en", "id"}, optional
        Language of the comments.
    keep_text : Path, optional
        Where the passages are written; outside the project.
    fingerprints : bool
        Whether new items get the fingerprint of their passage.
    accept : tuple of str
        Documents that are taken although their positions fit too badly.
    """

    mapping: Path | None = None
    documents: Mapping[str, str] | None = None
    only: tuple[str, ...] = ()
    coder: str | None = None
    language: str | None = None
    keep_text: Path | None = None
    fingerprints: bool = False
    accept: tuple[str, ...] = ()


def import_segments(project: Project, path: Path, case_id: str, options: Options | None = None) -> Report:
    """Import the coded segments of another program as evidence of a case.

    Parameters
    ----------
    project : Project
        The project.
    path : Path
        What the program wrote (see `read_qda`).
    case_id : str
        The case; its folder and ``case.yaml`` are there.
    options : Options, optional
        Choices.

    Returns
    -------
    Report
        What was imported, what was left out and why, what is left to do.

    Raises
    ------
    CgutilsError
        Where the file cannot be read.
    CollectionError
        Where something has to be decided or corrected first: codes without an indicator (the mapping file
        with guesses is written), a mapping file that is not there (it is written as well), positions that fit
        too badly, tables with problems. No table is changed.

    Notes
    -----
    Ratings are never made. An item that was imported before is recognised by its document, place and
    indicator, a row of a list by its text as well; what people wrote into its cells stays, only blank cells
    are filled.
    """
    chosen = options or Options()
    case = load_case(project, case_id)
    check_outside(project, chosen.keep_text)
    found = read_qda(path)
    found.segments = _selected(found, chosen.only)
    register = Register(project, case_id)
    codes = Codes(load_framework(project, case.framework))
    entries = propose(found, codes, case.sources, [row["coder_id"] for row in register.coders.rows])
    beside = path.absolute()
    place = chosen.mapping or beside.with_name(f"{beside.stem}-mapping.csv")
    others: list[dict[str, str]] = []
    if place.is_file():
        entries, others = read_mapping(place, entries, codes, case.sources)
    elif place.exists():
        raise CgutilsError(f"{place}: this is no file. Name a CSV file for the mapping.")
    entries = _overridden(entries, chosen, case.sources, found)
    problems = _positions(found, entries, chosen.accept)
    problems += _undecided(place, entries, others, asked=chosen.mapping is not None)
    if chosen.language is None and has_comments(found.segments):
        fix = "Add --language en or --language id."
        problems.append(
            Problem(path.name, found="comments whose language is not told", allowed="en, id", fix=fix)
        )
    if problems:
        raise CollectionError(problems)
    items = make_items(found.segments, entries, chosen.language, found.skipped)
    register.add(items, chosen.fingerprints)
    register.add_coders(describe_coders(items, entries, found))
    files = register.files()
    if chosen.keep_text:
        files |= passages_file(chosen.keep_text, items, register.outcome.ids)
    write_all(files)
    return _report(project, found, case_id, entries, items, register, list(files))


def _selected(found: QdaFile, only: Sequence[str]) -> list[Segment]:
    if not only:
        return found.segments
    names = {segment.document for segment in found.segments} | {
        case for segment in found.segments for case in segment.cases
    }
    unknown = [name for name in only if name not in names]
    if unknown:
        raise CgutilsError(
            f"{found.name}: there is no document or case {unknown[0]!r} with coded segments; found: "
            f"{', '.join(sorted(names)[:20]) or 'none'}."
        )
    kept = [one for one in found.segments if one.document in only or set(one.cases) & set(only)]
    if len(kept) < len(found.segments):
        found.skipped["not_asked"] += len(found.segments) - len(kept)
    shown = {segment.document for segment in kept}
    found.documents = [log for log in found.documents if log.document in shown]
    found.facts = [fact for fact in found.facts if fact.owner in only or fact.owner in shown]
    return kept


def _overridden(entries: Entries, options: Options, sources: tuple[str, ...], found: QdaFile) -> Entries:
    changed = dict(entries)
    # A document none of whose passages lies in its text has nothing to decide, but may be left out.
    unread = {clean(log.document) for log in found.documents}
    for document, source in (options.documents or {}).items():
        key = (DOCUMENT, clean(document))
        if key not in changed and key[1] in unread and source == IGNORE:
            changed[key] = Entry(DOCUMENT, key[1])
        if key not in changed or source not in (*sources, IGNORE):
            known = ", ".join(entry.name for entry in entries.values() if entry.what == DOCUMENT)
            raise CgutilsError(
                f"{found.name}: {document}={source} cannot be used. Documents: {known}; sources of the case: "
                f"{', '.join(sources)}, or ignore."
            )
        changed[key] = replace(changed[key], use=source)
    if options.coder is not None:
        coders = [key for key in changed if key[0] == CODER]
        named = [key for key in coders if key[1] != NOT_TOLD]
        usable = is_id(options.coder) and options.coder not in RESERVED_CODERS
        if not usable or len(named) > 1:
            several = f"the file names {len(named)} coders; say in the mapping who they are"
            why = several if usable else "it is no id, or a word that results use themselves"
            raise CgutilsError(f"{found.name}: the coder {options.coder!r} cannot be used: {why}.")
        for key in coders:
            changed[key] = replace(changed[key], use=options.coder)
    return changed


def _positions(found: QdaFile, entries: Entries, accept: Sequence[str]) -> list[Problem]:
    refused = [log for log in found.documents if log.refused and log.document not in accept]
    ignored = {name for (what, name), entry in entries.items() if what == DOCUMENT and entry.use == IGNORE}
    return [
        Problem(
            found.name,
            None,
            f"document {log.document}",
            (
                f"positions that fit {100 * (log.score or 0):.0f} % of {log.n_selections} passages at best "
                f"({', '.join(log.convention)}), such as {' | '.join(log.samples)}"
            ),
            "at least 90 %",
            f"Export it again; or look at the passages and add --accept {log.document!r}, or leave it out "
            f"with --document {log.document + '=' + IGNORE!r}.",
        )
        for log in refused
        if clean(log.document) not in ignored
    ]


def _undecided(place: Path, entries: Entries, others: list[dict[str, str]], *, asked: bool) -> list[Problem]:
    missing = asked and not place.exists()
    if not missing and all(entry.use for entry in entries.values()):
        return []
    text = mapping_file(
        entries.values(), [o for o in others if (o["what"].lower(), o["name"]) not in entries]
    )
    write_text(place, text)
    problems = open_questions(place, text, entries)
    if missing:
        fix = "What is known was written there: look it through and run again, or correct the name."
        problems.append(Problem(place.name, found="no such file", allowed="a mapping that is there", fix=fix))
    return problems


def _report(
    project: Project,
    found: QdaFile,
    case_id: str,
    entries: Entries,
    items: list[Item],
    register: Register,
    written: list[Path],
) -> Report:
    outcome = register.outcome
    named = [item for item in items if item.item_id in outcome.ids]
    remarks = list(dict.fromkeys(found.remarks))
    coders = {segment.coder for segment in found.segments}
    remarks += ["taguette"] if found.form == TAGUETTE and coders == {"admin"} else []
    remarks += ["cases"] if len({case for segment in found.segments for case in segment.cases}) > 1 else []
    remarks += ["sections"] if any(entry.section for entry in entries.values()) else []
    remarks += ["codes_only"] if found.codes and not found.segments else []
    return Report(
        found.name,
        found.form,
        found.program,
        case_id,
        len(found.segments),
        len(items),
        outcome.new,
        outcome.known,
        outcome.filled,
        outcome.dropped,
        list(entries.values()),
        outcome.coders,
        found.documents,
        dict(found.skipped),
        {
            attribute: [outcome.ids[item.item_id] for item in named if len(item.attributes[attribute]) > 1]
            for attribute in ATTRIBUTES
        },
        register.blanks(),
        remarks,
        [
            path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else path.name
            for path in written
        ],
        [str(note) for note in outcome.notes],
        found.facts,
    )
