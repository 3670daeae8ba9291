"""What the parts of a document share while it is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from matplotlib.figure import Figure as Drawing

from cgutils.analysis.options import CALIBRATIONS, ScoringOptions
from cgutils.analysis.scoring import Scores, score
from cgutils.data.collection import Collection
from cgutils.data.framework import Framework
from cgutils.exchange.out import blocks
from cgutils.exchange.out.blocks import Block, Inline, Ref, Span, spans
from cgutils.exchange.out.blocks import Table as DocumentTable
from cgutils.present.labels import Labels, capital
from cgutils.present.markup import Table
from cgutils.present.plates import KINDS
from cgutils.present.prose import say
from cgutils.report.convert import block_figure, block_table


@dataclass
class Draft:
    """A document in the making.

    Parameters
    ----------
    collection : Collection
        The checked collection.
    labels : Labels
        Language of the document.
    options : ScoringOptions
        How it is scored.
    case_id : str
        The case that it is about; "" for the comparison alone.
    pictures : sequence of str
        File formats in which figures are wanted.
    left_out : mapping of str to mapping
        As `left_out` tells which cases are not compared.
    """

    collection: Collection
    labels: Labels
    options: ScoringOptions
    case_id: str = ""
    pictures: Sequence[str] = KINDS
    left_out: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    registers: list[DocumentTable] = field(default_factory=list)
    appendices: int = 0

    @cached_property
    def scores(self) -> Scores:
        """The scores of all cases."""
        return score(self.collection, self.options)

    @property
    def frameworks(self) -> list[Framework]:
        """The codebooks that matter: that of the case, or all that a case uses."""
        used = [self.case_id] if self.case_id else list(self.collection.cases)
        names = dict.fromkeys(self.collection.cases[case].framework for case in used)
        return [self.collection.frameworks[name] for name in names]

    def say(self, key: str, /, **values: Any) -> str:
        """Fill a sentence."""
        return str(say(self.labels, key, **values))

    def heading(self, key: str, level: int = 1) -> None:
        """Begin a section."""
        self.blocks.append(blocks.Heading(level, self.labels.heading(key)))

    def appendix(self, key: str) -> None:
        """Begin an appendix on a new page; appendices are lettered in their order."""
        self.appendices += 1
        letter = chr(ord("A") + self.appendices - 1)
        title = f"{self.labels.term('document_appendix')} {letter}. {self.labels.heading(key)}"
        self.blocks += [blocks.PageBreak(), blocks.Heading(1, title)]

    def paragraph(self, *parts: str | Inline, kind: str = "body") -> None:
        """Add a paragraph."""
        self.blocks.append(blocks.Paragraph(spans(*parts), kind))

    def mention(self, place: int) -> None:
        """Name the tables and figures that follow ``place`` in a sentence put there."""
        shown = [block for block in self.blocks[place:] if isinstance(block, blocks.Table | blocks.Figure)]
        keys = [block.key for block in sorted(shown, key=lambda block: isinstance(block, blocks.Figure))]
        if not keys:
            return
        parts: list[Inline] = [Span(f"{self.labels.term('shown_in')} ")]
        for number, key in enumerate(keys):
            between = ", " if len(keys) > 2 else " "
            if number == len(keys) - 1:
                between += f"{self.labels.term('and')} "
            parts += [*([Span(between)] if number else []), Ref(key)]
        self.blocks.insert(place, blocks.Paragraph((*parts, Span("."))))

    def table(
        self,
        key: str,
        made: Table,
        title: str,
        notes: Sequence[str] = (),
        by: str = "",
        rated: str | None = None,
        phases: bool = False,
    ) -> None:
        """Add a table; ``rated`` adds who rated that case, or all for "", to its notes."""
        said = [*notes, *([] if rated is None else [self.raters(rated, phases=phases)])]
        self.blocks.append(block_table(key, made, title, said, by))

    def figure(
        self, key: str, drawing: Drawing, title: str = "", rated: str | None = None, phases: bool = False
    ) -> None:
        """Add a figure; ``rated`` adds who rated that case, or all for "", to its notes."""
        said = [] if rated is None else [self.raters(rated, phases=phases)]
        # Who rated says more than the general sentence of the picture.
        without = self.labels.term("note_reading") if said else ""
        self.blocks.append(block_figure(key, drawing, title, said, without, self.pictures))

    def coders(self, case_id: str = "", *, phases: bool = True) -> str:
        """Name who rated a case, or all for "", with what kind of coder each is.

        Without ``phases`` those alone who rated the last phase. "" where nobody did.
        """
        frames = [self.collection.ratings, *([self.collection.earlier_ratings] if phases else [])]
        own = [frame[frame["case_id"] == case_id] if case_id else frame for frame in frames]
        rated = sorted({coder for frame in own for coder in frame["coder_id"]})
        kinds = dict(zip(self.collection.coders["coder_id"], self.collection.coders["kind"], strict=True))
        groups: dict[str, list[str]] = {}
        for coder in rated:
            groups.setdefault(str(kinds.get(coder, "")), []).append(coder)
        said = [
            ", ".join(names) + (f" ({self.labels.term(kind)})" if kind else "")
            for kind, names in groups.items()
        ]
        return "; ".join(said)

    def raters(self, case_id: str = "", *, phases: bool = False) -> str:
        """Say below a table whose readings the levels are: those of the last phase, or of all phases."""
        coders = self.coders(case_id, phases=phases)
        if not coders:
            return self.labels.term("note_below_no_raters")
        return self.say("note_below_raters", coders=coders)

    def level_note(self) -> str:
        """Say below a table what the ends of the scale mean."""
        return self.say("note_below_levels", **self.scale())

    def score_note(self) -> str:
        """Say below a table what score, interval and coverage mean."""
        memberships = CALIBRATIONS[self.options.calibration]
        return self.say(
            "note_below_scores",
            least=min(memberships),
            most=max(memberships),
            threshold=self.options.coverage_threshold,
        )

    def scale(self) -> dict[str, Any]:
        """Give both ends of the scale of levels with their words."""
        low, high = min(self.labels.levels), max(self.labels.levels)
        words = {"low_word": self.labels.level(low), "high_word": self.labels.level(high)}
        return {"low": low, "high": high, **words}

    def caption(self, key: str) -> str:
        """Give a caption that names the case."""
        return capital(self.labels.term(key, case=self.labels.case(self.case_id)))
