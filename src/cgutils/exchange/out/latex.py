r"""A document as LaTeX: it compiles as it is with XeLaTeX or LuaLaTeX, and its parts can be taken out.

Tables and figures carry a ``\label`` and are mentioned by ``\ref``; pictures are PDF files in a folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cgutils.data.escaping import latex_text
from cgutils.exchange.out import blocks
from cgutils.exchange.out.blocks import FIGURE, Document, Figure, Inline, Items, Listing, Ref, Table
from cgutils.exchange.out.measure import lines as lines_of
from cgutils.exchange.out.measure import shares

# A table of at most this many lines floats; a longer one breaks over pages.
LONGEST = 34
_SECTIONS = {1: "section*", 2: "subsection*", 3: "subsubsection*"}
_SPECIAL = str.maketrans({"%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "^": r"\^", "~": r"\~"})


def write_latex(document: Document, folder: str) -> tuple[bytes, dict[str, bytes]]:
    r"""Write a document as LaTeX.

    Parameters
    ----------
    document : Document
        What it holds.
    folder : str
        Folder of the pictures, beside the file.

    Returns
    -------
    bytes
        The ``.tex`` file, UTF-8.
    dict of str to bytes
        The pictures, by the name of their file in the folder.
    """
    pictures = {
        f"{_label(document, f.key)}.pdf": f.pdf for f in document.of_kind(FIGURE) if isinstance(f, Figure)
    }
    body = "\n\n".join(_body(document, folder))
    text = f"{_preamble(document)}\n\\begin{{document}}\n\\maketitle\n\n{body}\n\n\\end{{document}}\n"
    return text.encode("utf-8"), pictures


def _preamble(document: Document) -> str:
    words = {name: latex_text(text) for name, text in document.words.items()}
    date = latex_text(document.subtitle)
    return "\n".join(
        [
            "% xelatex (or lualatex), twice",
            r"\documentclass[11pt,a4paper]{article}",
            r"\usepackage{fontspec}",
            r"\usepackage[margin=2.5cm]{geometry}",
            r"\usepackage{array,booktabs,graphicx,longtable,caption}",
            r"\usepackage[hidelinks]{hyperref}",
            r"\captionsetup{justification=raggedright,singlelinecheck=false,labelfont=bf,labelsep=period}",
            r"\captionsetup[table]{textfont=it}",
            r"\newcolumntype{L}[1]{>{\raggedright\arraybackslash}p{#1}}",
            r"\newcolumntype{R}[1]{>{\raggedleft\arraybackslash}p{#1}<{\hspace*{5pt}}}",
            rf"\renewcommand{{\tablename}}{{{words['table']}}}",
            rf"\renewcommand{{\figurename}}{{{words['figure']}}}",
            rf"\renewcommand{{\listtablename}}{{{words['tables']}}}",
            rf"\renewcommand{{\listfigurename}}{{{words['figures']}}}",
            r"\newcommand{\tablenote}[1]{\par\smallskip{\noindent\footnotesize"
            rf"\emph{{{words['note']}}} #1\par}}}}",
            r"\setlength{\tabcolsep}{3pt}",
            # Older installations do not know alternative texts yet.
            r"\makeatletter\ifcsname KV@Gin@alt\endcsname\else\define@key{Gin}{alt}{}\fi\makeatother",
            r"\setlength{\emergencystretch}{3em}",
            rf"\title{{{latex_text(document.title)}}}",
            r"\author{}",
            rf"\date{{{date}}}",
        ]
    )


def _body(document: Document, folder: str) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, blocks.PageBreak):
            yield r"\clearpage"
        elif isinstance(block, blocks.Heading):
            yield f"\\{_SECTIONS[block.level]}{{{latex_text(block.text)}}}"
        elif isinstance(block, blocks.Paragraph):
            yield _paragraph(document, block)
        elif isinstance(block, Items):
            entries = "\n".join(rf"\item {_inline(document, entry)}" for entry in block.entries)
            yield f"{{\\small\\begin{{itemize}}\n{entries}\n\\end{{itemize}}}}"
        elif isinstance(block, Table):
            yield _table(document, block)
        elif isinstance(block, Figure):
            yield _figure(document, block, folder)
        elif isinstance(block, Listing):
            yield r"\listoftables" if block.kind == blocks.TABLE else r"\listoffigures"


def _paragraph(document: Document, block: blocks.Paragraph) -> str:
    text = _inline(document, block.parts)
    if block.kind == "reference":
        return rf"{{\raggedright\noindent\hangindent=2em\hangafter=1 {text}\par}}"
    return rf"{{\small\noindent {text}\par}}" if block.kind == "small" else rf"{{}}{text}"


def _inline(document: Document, parts: Sequence[Inline]) -> str:
    made = []
    for part in parts:
        if isinstance(part, Ref):
            kind, _ = document.numbers[part.key]
            made.append(rf"{latex_text(document.words[kind])}~\ref{{{_label(document, part.key)}}}")
            continue
        text = latex_text(part.text)
        text = rf"\emph{{{text}}}" if part.italic and text else text
        text = rf"\textbf{{{text}}}" if part.bold and text else text
        made.append(rf"\href{{{part.url.translate(_SPECIAL)}}}{{{text}}}" if part.url else text)
    return "".join(made)


def _label(document: Document, key: str) -> str:
    kind, number = document.numbers[key]
    return f"{kind}-{number}"


def _table(document: Document, block: Table) -> str:
    parts = shares(block)
    count = len(parts)
    shape = "".join(
        rf"{'R' if column.numeric else 'L'}{{\dimexpr {part:.4f}\linewidth-2\tabcolsep\relax}}"
        for column, part in zip(block.columns, parts, strict=True)
    )
    heading = _row([rf"\textbf{{{latex_text(column.heading)}}}" for column in block.columns])
    rows = [
        rf"\multicolumn{{{count}}}{{@{{}}l}}{{\textbf{{\emph{{{latex_text(line)}}}}}}} \\"
        if isinstance(line, str)
        else _row([latex_text(cell.text) for cell in line])
        for line in block.lines()
    ]
    caption = rf"\caption{{{latex_text(block.title)}}}\label{{{_label(document, block.key)}}}"
    note = rf"\tablenote{{{latex_text(' '.join(block.notes))}}}" if block.notes else ""
    shape = f"@{{}}{shape}@{{}}"
    if lines_of(block, parts) <= LONGEST:
        inside = [rf"\begin{{tabular}}{{{shape}}}", r"\toprule", heading, r"\midrule", *rows, r"\bottomrule"]
        return "\n".join(
            [r"\begin{table}[htbp]", r"\small", caption, *inside, r"\end{tabular}", note, r"\end{table}"]
        )
    head = [r"\toprule", heading, r"\midrule"]
    return "\n".join(
        [
            r"{\small",
            rf"\begin{{longtable}}{{{shape}}}",
            caption + r" \\",
            *head,
            r"\endfirsthead",
            *head,
            r"\endhead",
            r"\bottomrule",
            r"\endlastfoot",
            *rows,
            r"\end{longtable}",
            f"{note}}}",
        ]
    )


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _figure(document: Document, block: Figure, folder: str) -> str:
    label = _label(document, block.key)
    note = rf"\tablenote{{{latex_text(' '.join(block.notes))}}}" if block.notes else ""
    # The alternative text is there for the PDF tools that read it, and for whoever reads the source.
    alt = latex_text(" ".join(block.alt.split()))
    options = rf"width=\linewidth,totalheight=0.68\textheight,keepaspectratio,alt={{{alt}}}"
    if block.width < 6:
        options = options.replace(r"width=\linewidth", f"width={block.width:.2f}in")
    return "\n".join(
        [
            r"\begin{figure}[htbp]",
            rf"\includegraphics[{options}]{{{folder}/{label}.pdf}}",
            rf"\caption{{{latex_text(block.title)}}}\label{{{label}}}",
            note,
            r"\end{figure}",
        ]
    )
