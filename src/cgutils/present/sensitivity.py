"""Which choice moves a result: Sobol indices as bars."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import rows_axis
from cgutils.present.labels import Labels

COLUMNS = (
    *("dimension_id", "case_a", "case_b", "factor", "first", "first_interval", "total", "total_interval"),
    "status",
)
_HEIGHT = 0.34


def plot_sensitivity(sensitivities: pd.DataFrame, labels: Labels, dimension_id: str = "index") -> Figure:
    """Draw how much of the variance of each difference of two cases each choice explains.

    Parameters
    ----------
    sensitivities : DataFrame
        ``sensitivity(collection)``: ``dimension_id``, ``case_a``, ``case_b`` (empty: a score, which is not
        drawn), ``factor``, ``first``, ``first_interval``, ``total``, ``total_interval`` (shares of the
        variance), ``status`` (defined, constant, undefined).
    labels : Labels
        Words and number format.
    dimension_id : str
        Which dimension, or ``index``.

    Returns
    -------
    Figure
        One panel a pair; a constant or undefined difference says so in words.

    Raises
    ------
    CgutilsError
        Where a column is missing, or there is no pair of the dimension.
    """
    require(sensitivities, COLUMNS, "sensitivity", key=("dimension_id", "case_a", "case_b", "factor"))
    own = sensitivities[
        (sensitivities["dimension_id"] == dimension_id) & sensitivities["case_b"].fillna("").ne("")
    ]
    if own.empty:
        raise CgutilsError(
            f"the frame of sensitivity has no pair of cases for the dimension {dimension_id!r}"
        )
    pairs = list(dict.fromkeys(zip(own["case_a"], own["case_b"], strict=True)))
    factors = list(dict.fromkeys(own["factor"]))
    cases = list(dict.fromkeys([*own["case_a"], *own["case_b"]]))
    columns = min(3, len(pairs))
    lines = math.ceil(len(pairs) / columns)
    with style.style():
        figure, main = canvas.new_figure(
            2.3 + 2.2 * max(2, columns),
            0.4 + lines * (len(factors) * 0.3 + 0.8),
            labels.term("title_sensitivity", dimension=labels.dimension(dimension_id)),
            [
                style.swatch(labels.heading("legend_first"), style.BLUE),
                style.swatch(labels.heading("legend_total"), style.tone(style.BLUE, 0.6)),
            ],
            [labels.term("note_sensitivity"), labels.term("note_reading"), labels.abstract_note(cases)],
        )
        panels = main.subplots(lines, columns, squeeze=False).ravel()
        for position, (axes, (a, b)) in enumerate(zip(panels, pairs, strict=False)):
            part = own[(own["case_a"] == a) & (own["case_b"] == b)].set_index("factor")
            _draw(axes, part.reindex(factors), labels)
            axes.set_title(f"{labels.case(a)} – {labels.case(b)}")
            names = [labels.heading(f"factor_{name}") if position % columns == 0 else "" for name in factors]
            axes.set_yticklabels([style.wrap(name, 24) for name in names])
        for axes in panels[len(pairs) :]:
            axes.remove()
    values = "; ".join(_told(own, pair, labels) for pair in pairs)
    alt = labels.term("alt_sensitivity", dimension=labels.dimension(dimension_id), values=values + ".")
    canvas.set_alt_text(figure, f"{alt} {labels.abstract_note(cases)}")
    return figure


def _draw(axes: Axes, part: pd.DataFrame, labels: Labels) -> None:
    rows_axis(axes, len(part))
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], [labels.percent(100 * tick, 0) for tick in (0, 0.5, 1)])
    axes.grid(axis="x")
    status = next((name for name in part["status"].dropna() if name != "defined"), "")
    if status:
        text = style.wrap(labels.heading(f"difference_{status}"), 26)
        axes.text(0.5, (len(part) - 1) / 2, text, ha="center", va="center", fontsize=8, color=style.MUTED)
        return
    looks = {
        "total": (_HEIGHT / 2, style.tone(style.BLUE, 0.6)),
        "first": (-_HEIGHT / 2, style.BLUE),
    }
    for name, (shift, colour) in looks.items():
        places = [row + shift for row in range(len(part))]
        # An estimate may fall a little below 0; a bar cannot.
        widths = part[name].clip(lower=0).to_numpy()
        axes.barh(places, widths, height=_HEIGHT, color=colour, linewidth=0, zorder=2)
        ends = (part[name] - part[f"{name}_interval"], part[name] + part[f"{name}_interval"])
        low, high = (end.clip(0, 1).to_numpy() for end in ends)
        axes.hlines(places, low, high, colors=style.INK, linewidth=0.9, zorder=3)


def _told(own: pd.DataFrame, pair: tuple[str, str], labels: Labels) -> str:
    part = own[(own["case_a"] == pair[0]) & (own["case_b"] == pair[1])]
    head = f"{labels.case(pair[0])} – {labels.case(pair[1])}: "
    status = part["status"].iloc[0]
    if status != "defined":
        return head + labels.term(f"difference_{status}")
    shares = zip(part["factor"], part["total"].clip(0, 1), strict=True)
    return head + ", ".join(f"{labels.term(f'factor_{name}')} {labels.part(share)}" for name, share in shares)
