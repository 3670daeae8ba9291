"""A whole document about one case, or about the comparison alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cgutils import __version__
from cgutils.analysis.alike import coded_alike, left_out
from cgutils.analysis.options import ScoringOptions
from cgutils.data.collection import Collection
from cgutils.data.errors import CgutilsError
from cgutils.exchange.out.blocks import FIGURE, TABLE, Block, Document, Figure, Listing, PageBreak, Table
from cgutils.present.labels import Labels, labels
from cgutils.present.plates import KINDS
from cgutils.report.all_cases import comparison
from cgutils.report.appendices import annotated_ratings, coding_tree, references
from cgutils.report.coreq import coreq
from cgutils.report.draft import Draft
from cgutils.report.methods import agreed, methods
from cgutils.report.one_case import case, levels
from cgutils.report.phases import phases
from cgutils.report.robust import robust

# The parts of a document in their order: a function that adds blocks to a draft. A new part is one more
# function here, before the references.
SECTIONS: tuple[Callable[[Draft], None], ...] = (
    methods,
    case,
    levels,
    comparison,
    phases,
    robust,
    agreed,
    references,
    coding_tree,
    annotated_ratings,
    coreq,
)


def make_document(
    collection: Collection,
    language: str,
    case_id: str = "",
    options: ScoringOptions | None = None,
    pictures: Sequence[str] = KINDS,
) -> Document:
    """Put together tables, figures and sentences about a case and the comparison.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    language : {"en", "id"}
        Language of the document, with its number format.
    case_id : str
        The case that it is about; "" for the comparison alone.
    options : ScoringOptions, optional
        How it is scored; the method section is made from them.
    pictures : sequence of {"png", "svg", "pdf"}
        File formats in which figures are wanted.

    Returns
    -------
    Document
        The same for the same collection and options; a writer of ``cgutils.exchange.out`` makes it a file.
        It is about the cases of one codebook: that of the case, or the one that `coded_alike` takes; which
        cases it leaves out stands in it.

    Raises
    ------
    CgutilsError
        For an unknown case or language.
    """
    if case_id and case_id not in collection.cases:
        raise CgutilsError(f"case {case_id!r} does not exist; choose one of {', '.join(collection.cases)}.")
    words = labels(collection, language)
    alike = coded_alike(collection, collection.cases[case_id].framework if case_id else "")
    others = left_out(collection, alike)
    draft = Draft(alike, words, options or ScoringOptions(), case_id, pictures, others)
    for section in SECTIONS:
        section(draft)
    title = (
        words.term("document_case", case=words.case(case_id))
        if case_id
        else words.term("document_comparison")
    )
    return Document(
        title=title,
        subtitle=words.term("document_made", version=__version__),
        language=language,
        words=_words(words),
        blocks=(*_listings(draft, words), *draft.blocks),
        registers=tuple(draft.registers),
    )


def _listings(draft: Draft, words: Labels) -> list[Block]:
    kinds = {
        TABLE: any(isinstance(block, Table) for block in draft.blocks),
        FIGURE: any(isinstance(block, Figure) for block in draft.blocks),
    }
    lists: list[Block] = [
        Listing(kind, words.heading(f"list_of_{kind}s")) for kind, there in kinds.items() if there
    ]
    return [*lists, PageBreak()] if lists else []


def _words(words: Labels) -> dict[str, str]:
    return {
        "table": words.term("document_table"),
        "figure": words.term("document_figure"),
        "note": words.term("document_note"),
        "text": words.term("document_sheet_text"),
        "contents": words.term("list_of_contents"),
        "tables": words.term("list_of_tables"),
        "figures": words.term("list_of_figures"),
        "decimals": words.term("document_decimals"),
        "alternative": words.heading("alternative_text"),
    }
