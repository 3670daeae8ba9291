"""What the audit of the papers' own figures found, by source."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import rows_axis, whole_ticks
from cgutils.present.labels import Labels

LOOKS = {
    "exact": (style.BLUE, ""),
    "rounds": (style.tone(style.BLUE, 0.35), ""),
    "within_stated_approximation": (style.tone(style.BLUE, 0.65), ""),
    "truncates": (style.tone(style.ORANGE, 0.7), "----"),
    "tension_or_wording": (style.tone(style.ORANGE, 0.5), "////"),
    "error": (style.ORANGE, ""),
    "missing_input": ("white", "xxxx"),
    "not_checkable": (style.EMPTY, ""),
}
ROW = 0.5
# A segment narrower than this share of the longest bar has no room for its number.
NARROW = 0.02


def plot_claims(frame: pd.DataFrame, labels: Labels) -> Figure:
    """Draw how many claims of each source hold, do not hold, or cannot be checked.

    Parameters
    ----------
    frame : DataFrame
        ``outcome_counts(audit(collection))``: ``source_id``, ``outcome``, ``n_claims``.
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        One stacked bar a source; only arithmetic and hard contradictions are drawn as errors. Where no claim
        is recorded the figure says so.

    Raises
    ------
    CgutilsError
        Where a column is missing or an outcome is unknown.
    """
    require(frame, ("source_id", "outcome", "n_claims"), "claims", ("source_id", "outcome"), empty=True)
    if frame.empty:
        return canvas.nothing_to_draw(labels.term("title_claims"), labels.heading("nothing_recorded"))
    unknown = sorted(set(frame["outcome"]) - set(LOOKS))
    if unknown:
        raise CgutilsError(f"the frame of claims: found outcome {unknown[0]!r}; allowed: {', '.join(LOOKS)}")
    sources = list(dict.fromkeys(frame["source_id"]))
    counts = frame.pivot(index="source_id", columns="outcome", values="n_claims").reindex(sources).fillna(0)
    shown = [outcome for outcome in LOOKS if outcome in counts and counts[outcome].sum() > 0]
    totals = counts.sum(axis=1)
    with style.style():
        entries = [style.swatch(labels.heading(outcome), *LOOKS[outcome]) for outcome in shown]
        height = 1.0 + len(sources) * ROW
        figure, main = canvas.new_figure(8.0, height, labels.term("title_claims"), entries, [])
        axes = main.subplots()
        most = max(1, int(totals.max()))
        left = np.zeros(len(sources))
        for outcome in shown:
            colour, hatch = LOOKS[outcome]
            widths = counts[outcome].to_numpy(dtype="float64")
            bars = axes.barh(
                range(len(sources)),
                widths,
                left=left,
                height=0.64,
                color=colour,
                hatch=hatch,
                edgecolor=style.MUTED,
                linewidth=0.6,
            )
            texts = [labels.number(width, 0) if width > NARROW * most else "" for width in widths]
            dark = outcome in ("exact", "error")
            plain = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if hatch else None
            axes.bar_label(
                bars,
                texts,
                label_type="center",
                fontsize=7.5,
                color="white" if dark else style.INK,
                bbox=plain,
            )
            left = left + widths
        for row, total in enumerate(totals):
            axes.text(
                total + 0.01 * most, row, labels.number(total, 0), va="center", fontsize=8, weight="bold"
            )
        ticks = whole_ticks(most)
        axes.set_xlim(0, most * 1.08)
        axes.set_xticks(ticks, [labels.number(tick, 0) for tick in ticks])
        axes.set_xlabel(labels.heading("n_claims"))
        axes.grid(axis="x")
        rows_axis(axes, len(sources))
        axes.set_yticklabels(sources)
    values = "; ".join(_sum_up(source, counts.loc[source], shown, labels) for source in sources)
    canvas.set_alt_text(figure, labels.term("alt_claims", values=values + "."))
    return figure


def _sum_up(source: str, counts: pd.Series[float], shown: list[str], labels: Labels) -> str:
    parts = [f"{labels.term(outcome)} {labels.number(counts[outcome], 0)}" for outcome in shown]
    return f"{source}: {', '.join(parts) or labels.number(0, 0)}"
