"""In which share of the specifications each case holds each rank, and scores higher than each other."""

from __future__ import annotations

import math
from itertools import combinations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import ROW, rows_axis
from cgutils.present.labels import DASH, Labels, capital
from cgutils.present.matrix import Cell, Grid, draw_grid

# Ranks from this one on share a colour: more shades could not be told apart.
LAST = 6
# Stands for the rank of what has no value; above every other.
NO_VALUE = LAST + 1
# A segment narrower than this has no room for its number.
_ROOM = 0.12
# Lower ends of the shares that share a shade.
_BANDS = (0.0, 0.25, 0.5, 0.75, 0.9)


def plot_ranks(ranks: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the share of the specifications in which each case holds each rank, one panel a dimension.

    Parameters
    ----------
    ranks : DataFrame
        ``robustness(collection).ranks``: ``dimension_id``, ``case_id``, ``rank`` (1 is the highest; missing:
        no value), ``share`` (0 to 1).
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        One stacked bar a case, from rank 1 on; ranks from the sixth on share a segment, and the share
        without a value is hatched.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, a row is double, or a case lacks a dimension.
    """
    require(
        ranks, ("dimension_id", "case_id", "rank", "share"), "ranks", key=("dimension_id", "case_id", "rank")
    )
    names, cases = list(dict.fromkeys(ranks["dimension_id"])), list(dict.fromkeys(ranks["case_id"]))
    shares = _merged(ranks)
    absent = [f"case {c}, dimension {n}" for n in names for c in cases if (n, c) not in shares]
    if absent:
        raise CgutilsError(f"the frame of ranks has no row for {'; '.join(absent)}.")
    last = min(LAST, len(cases))
    colours = style.sequence(last)[::-1]
    columns = min(3, len(names))
    lines = math.ceil(len(names) / columns)
    undefined = any(NO_VALUE in own for own in shares.values())
    with style.style():
        figure, main = canvas.new_figure(
            1.7 + 2.3 * max(2, columns),
            0.3 + lines * (len(cases) * ROW + 0.75),
            labels.term("title_ranks"),
            _handles(labels, colours, len(cases), undefined=undefined),
            [labels.term("note_ranks"), labels.term("note_reading"), labels.abstract_note(cases)],
        )
        panels = main.subplots(lines, columns, squeeze=False).ravel()
        for position, (axes, name) in enumerate(zip(panels, names, strict=False)):
            for row, case in enumerate(cases):
                _bar(axes, row, shares[name, case], colours)
            axes.set_title(style.wrap(labels.dimension(name), 30))
            axes.set_xlim(0, 1)
            axes.set_xticks([0, 0.5, 1], [labels.percent(100 * tick, 0) for tick in (0, 0.5, 1)])
            rows_axis(axes, len(cases))
            axes.set_yticklabels([labels.case(case) if position % columns == 0 else "" for case in cases])
        for axes in panels[len(names) :]:
            axes.remove()
    first = {place: own.get(1, 0.0) for place, own in shares.items()}
    values = "; ".join(
        f"{labels.dimension(name)}: "
        + ", ".join(f"{labels.case(case)} {labels.part(first[name, case])}" for case in cases)
        for name in names
    )
    canvas.set_alt_text(
        figure,
        f"{labels.term('alt_ranks', values=values + '.')} {labels.abstract_note(cases)}",
    )
    return figure


def _merged(ranks: pd.DataFrame) -> dict[tuple[str, str], dict[int, float]]:
    """Give the shares of each dimension and case by rank, from 1 on; what has no value comes last."""
    shares: dict[tuple[str, str], dict[int, float]] = {}
    for row in ranks.to_dict("records"):
        rank = NO_VALUE if pd.isna(row["rank"]) else min(int(row["rank"]), LAST)
        own = shares.setdefault((row["dimension_id"], row["case_id"]), {})
        own[rank] = own.get(rank, 0.0) + float(row["share"])
    return {place: dict(sorted(own.items())) for place, own in shares.items()}


def _bar(axes: Axes, row: int, shares: dict[int, float], colours: list[str]) -> None:
    left = 0.0
    for rank, share in shares.items():
        known = rank != NO_VALUE
        axes.barh(
            row,
            share,
            left=left,
            height=0.62,
            color=colours[min(rank, len(colours)) - 1] if known else style.EMPTY,
            edgecolor="white" if known else style.MUTED,
            hatch=None if known else style.HATCH,
            linewidth=0.8 if known else 0,
        )
        if known and share >= _ROOM:
            ink = "white" if rank <= len(colours) / 2 else style.INK
            axes.text(left + share / 2, row, str(rank), ha="center", va="center", fontsize=7.5, color=ink)
        left += share


def _handles(labels: Labels, colours: list[str], cases: int, *, undefined: bool) -> list[Artist]:
    entries: list[Artist] = []
    for place, colour in enumerate(colours, start=1):
        word = "rank_or_lower" if place == LAST and cases > LAST else "rank_number"
        entries.append(
            style.swatch(capital(labels.term(word, rank=labels.number(place, 0))), colour, edge="white")
        )
    if undefined:
        entries.append(style.swatch(labels.heading("no_value"), style.EMPTY, style.HATCH))
    return entries


def plot_dominance(dominance: pd.DataFrame, labels: Labels, dimension_id: str = "index") -> Figure:
    """Draw in which share of the specifications the case of the row scores higher than that of the column.

    Parameters
    ----------
    dominance : DataFrame
        ``robustness(collection).dominance``: ``dimension_id``, ``case_a``, ``case_b``, ``share_a``,
        ``share_b`` (0 to 1).
    labels : Labels
        Words and number format.
    dimension_id : str
        Which dimension, or ``index``.

    Returns
    -------
    Figure
        The diagonal is empty. A row and its mirror image do not add up to 1 where cases are equal or have no
        value.

    Raises
    ------
    CgutilsError
        Where a column is missing, a row is double, or there is no row for a pair of the cases shown.
    """
    pair = ("dimension_id", "case_a", "case_b")
    require(dominance, (*pair, "share_a", "share_b"), "dominance", key=pair)
    own = dominance[dominance["dimension_id"] == dimension_id]
    if own.empty:
        raise CgutilsError(f"the frame of dominance has no pair of cases for the dimension {dimension_id!r}")
    cases = list(dict.fromkeys([*own["case_a"], *own["case_b"]]))
    above = {(r["case_a"], r["case_b"]): float(r["share_a"]) for r in own.to_dict("records")}
    above |= {(r["case_b"], r["case_a"]): float(r["share_b"]) for r in own.to_dict("records")}
    absent = [f"{a} and {b}" for a, b in combinations(cases, 2) if (a, b) not in above]
    if absent:
        raise CgutilsError(f"the frame of dominance has no row for {'; '.join(absent)}.")
    with style.style():
        palette = style.sequence(len(_BANDS))
        cells = [
            [_cell(above[row, column], labels) if row != column else Cell(None, DASH) for column in cases]
            for row in cases
        ]
        grid = Grid(
            [("", labels.case(case)) for case in cases], [labels.case(c) for c in cases], cells, palette
        )
        bounds = [*_BANDS, 1.0]
        entries: list[Artist] = [
            style.swatch(
                labels.term(
                    "share_from",
                    low=labels.percent(100 * bounds[place], 0),
                    high=labels.percent(100 * bounds[place + 1], 0),
                ),
                colour,
            )
            for place, colour in enumerate(palette)
        ]
        figure = draw_grid(
            grid,
            labels.term("title_dominance", dimension=labels.dimension(dimension_id)),
            entries,
            [labels.term("note_dominance"), labels.term("note_reading"), labels.abstract_note(cases)],
            item_width=26,
        )
    values = "; ".join(
        f"{labels.case(a)} {labels.term('higher_than')} {labels.case(b)} {labels.part(share)}"
        for (a, b), share in above.items()
    )
    alt = labels.term("alt_dominance", dimension=labels.dimension(dimension_id), values=values + ".")
    canvas.set_alt_text(figure, f"{alt} {labels.abstract_note(cases)}")
    return figure


def _cell(share: float, labels: Labels) -> Cell:
    shade = max(place for place, least in enumerate(_BANDS) if share >= least)
    # Not quite all is not 100 %, and not quite nothing is not 0 %.
    if 0.995 <= share < 1 or 0 < share < 0.005:
        return Cell(shade, f">{labels.percent(99, 0)}" if share > 0.5 else f"<{labels.percent(1, 0)}")
    return Cell(shade, labels.percent(100 * share, 0))
