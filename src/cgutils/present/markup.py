"""A table that keeps its values and turns them into text only where it is shown."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cgutils.data.escaping import latex_text

Row = Mapping[Hashable, Any]

# Letters after which a cell is wrapped in plain text, and beyond which LaTeX gets a paragraph column.
PLAIN_WIDTH = 44
PARAGRAPH = 40
# What a notebook shows of a table: nobody reads more there, and it is to stay a file that can be opened.
MOST_ROWS = 1000


@dataclass(frozen=True)
class Column:
    """One column: heading, how a row becomes its text, whether it is set to the right, its source."""

    heading: str
    show: Callable[[Row], str]
    numeric: bool = False
    source: str = ""


@dataclass(frozen=True, repr=False)
class Table:
    """A table for readers.

    Parameters
    ----------
    frame : DataFrame
        The values, numbers as numbers.
    columns : tuple of Column
        What is shown of them.
    caption, note : str
        Above and below the table; "" for none.
    language : str
        Language of the texts, told to screen readers.
    cut : str
        What the note says first where a notebook shows the first 1,000 rows alone; ``to_...`` give all.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    caption: str
    note: str
    language: str
    cut: str = ""

    def rows(self) -> list[list[str]]:
        """Give the texts of the cells, row by row."""
        return [[column.show(row) for column in self.columns] for row in self.frame.to_dict("records")]

    def to_html(self) -> str:
        """Give the table as HTML: no ids, headings with their scope, every text escaped."""
        caption = f"<caption>{html.escape(self.caption)}</caption>\n" if self.caption else ""
        head = "".join(self._html("th", column, column.heading, ' scope="col"') for column in self.columns)
        body = "".join(
            "<tr>"
            + "".join(self._html("td", column, text) for column, text in zip(self.columns, row, strict=True))
            + "</tr>\n"
            for row in self.rows()
        )
        foot = (
            f'<tfoot><tr><td colspan="{len(self.columns)}" style="text-align: left">'
            f"{html.escape(self.note)}</td></tr></tfoot>\n"
            if self.note
            else ""
        )
        return (
            f'<table class="cgutils" lang="{self.language}">\n{caption}<thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{body}</tbody>\n{foot}</table>"
        )

    def to_markdown(self) -> str:
        """Give the table as Markdown, with pipes and other marks escaped."""
        lines = [
            _markdown_row([column.heading for column in self.columns]),
            "|" + "|".join("---:" if column.numeric else ":---" for column in self.columns) + "|",
            *(_markdown_row(row) for row in self.rows()),
        ]
        caption = [f"**{_markdown(self.caption)}**", ""] if self.caption else []
        note = ["", _markdown(self.note)] if self.note else []
        return "\n".join([*caption, *lines, *note])

    def to_latex(self) -> str:
        r"""Give the table as a LaTeX ``table``; it needs no package, long texts get paragraph columns."""
        rows = self.rows()
        shape = "".join(
            _latex_column(column, [row[place] for row in rows]) for place, column in enumerate(self.columns)
        )
        lines = [
            r"\begin{table}[htbp]",
            *([rf"\caption{{{latex_text(self.caption)}}}"] if self.caption else []),
            rf"\begin{{tabular}}{{{shape}}}",
            r"\hline",
            _latex_row([column.heading for column in self.columns]),
            r"\hline",
            *(_latex_row(row) for row in rows),
            r"\hline",
            r"\end{tabular}",
            *([rf"\par\footnotesize {latex_text(self.note)}"] if self.note else []),
            r"\end{table}",
        ]
        return "\n".join(lines)

    def to_text(self) -> str:
        """Give the table as plain text; long cells are wrapped."""
        cells = [[_wrapped(text) for text in row] for row in self.rows()]
        heads = [_wrapped(column.heading) for column in self.columns]
        widths = [
            max(len(line) for lines in (heads[place], *(row[place] for row in cells)) for line in lines)
            for place in range(len(self.columns))
        ]
        rule = "  ".join("-" * width for width in widths)
        body = [line for row in cells for line in self._plain(row, widths)]
        caption = [self.caption] if self.caption else []
        note = [rule, self.note] if self.note else []
        return "\n".join([*caption, *self._plain(heads, widths), rule, *body, *note])

    def __repr__(self) -> str:
        return self._first().to_text()

    def _repr_html_(self) -> str:
        return self._first().to_html()

    def _repr_markdown_(self) -> str:
        return self._first().to_markdown()

    def _first(self) -> Table:
        if len(self.frame) <= MOST_ROWS:
            return self
        note = " ".join(text for text in (self.cut, self.note) if text)
        return replace(self, frame=self.frame.iloc[:MOST_ROWS], note=note)

    @staticmethod
    def _html(tag: str, column: Column, text: str, more: str = "") -> str:
        side = "right" if column.numeric else "left"
        return f'<{tag}{more} style="text-align: {side}">{html.escape(text)}</{tag}>'

    def _plain(self, row: list[list[str]], widths: list[int]) -> list[str]:
        lines = []
        for number in range(max(len(cell) for cell in row)):
            parts = [cell[number] if number < len(cell) else "" for cell in row]
            padded = [
                part.rjust(width) if column.numeric else part.ljust(width)
                for part, width, column in zip(parts, widths, self.columns, strict=True)
            ]
            lines.append("  ".join(padded).rstrip())
        return lines


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, PLAIN_WIDTH) or [""]


def _markdown(text: str) -> str:
    flat = " ".join(text.split())
    for sign in "\\|*_`[]<>":
        flat = flat.replace(sign, "\\" + sign)
    return flat


def _markdown_row(texts: list[str]) -> str:
    return "| " + " | ".join(_markdown(text) for text in texts) + " |"


def _latex_row(texts: list[str]) -> str:
    return " & ".join(latex_text(text) for text in texts) + r" \\"


def _latex_column(column: Column, texts: list[str]) -> str:
    if column.numeric:
        return "r"
    return r"p{0.3\linewidth}" if max(map(len, texts), default=0) > PARAGRAPH else "l"
