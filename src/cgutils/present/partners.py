"""Partners by category, and the part of the stated total that the source leaves open."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.present import canvas, style
from cgutils.present.checks import require
from cgutils.present.intervals import rows_axis, whole_ticks
from cgutils.present.labels import Labels, capital

SECTORS = {
    "government": (style.BLUE, ""),
    "non_government": (style.tone(style.ORANGE, 0.45), "----"),
    "not_told": (style.tone(style.MUTED, 0.5), ""),
}
REMAINDER = ("white", "xxxx")
ROW = 0.32


def plot_partners(frame: pd.DataFrame, labels: Labels) -> Figure:
    """Draw the number of partners by category.

    Parameters
    ----------
    frame : DataFrame
        ``partners(collection)``: ``category_id``, ``label_en``, ``label_id``, ``sector`` (government,
        non_government, not_told), ``count``, ``status`` (reported, remainder), ``share_of_named`` (percent,
        missing for the remainder).
    labels : Labels
        Words and number format.

    Returns
    -------
    Figure
        Bars from most to fewest; the remainder is hatched and stands last.

    Raises
    ------
    CgutilsError
        Where a column is missing, the frame is empty, or a sector or status is unknown.
    """
    columns = ("category_id", f"label_{labels.language}", "sector", "count", "status", "share_of_named")
    require(frame, columns, "partners", key=("category_id",))
    _check(frame)
    # The remainder is no category, so it stands last whatever its size.
    rows = pd.concat(
        [
            frame[frame["status"] == "reported"].sort_values("count", ascending=False, kind="stable"),
            frame[frame["status"] == "remainder"],
        ]
    )
    named = int(frame.loc[frame["status"] == "reported", "count"].sum())
    rest = int(frame.loc[frame["status"] == "remainder", "count"].sum())
    notes = [labels.term("note_partners", named=labels.number(named, 0))]
    notes += [labels.term("note_remainder", remainder=labels.number(rest, 0))] if rest else []
    with style.style():
        entries = [
            style.swatch(f"{labels.heading('sector')}: {labels.term(sector)}", *look)
            for sector, look in SECTORS.items()
            if sector in set(frame.loc[frame["status"] == "reported", "sector"])
        ]
        entries += [style.swatch(labels.heading("legend_remainder"), *REMAINDER)] if rest else []
        figure, main = canvas.new_figure(
            7.5, 1.0 + len(rows) * ROW, labels.term("title_partners"), entries, notes
        )
        axes = main.subplots()
        looks = [
            REMAINDER if status == "remainder" else SECTORS[sector]
            for status, sector in zip(rows["status"], rows["sector"], strict=True)
        ]
        bars = axes.barh(
            range(len(rows)),
            rows["count"].astype(int).tolist(),
            height=0.64,
            color=[colour for colour, _ in looks],
            hatch=[hatch for _, hatch in looks],
            edgecolor=style.MUTED,
            linewidth=0.6,
        )
        texts = [_value(row, labels) for _, row in rows.iterrows()]
        axes.bar_label(bars, texts, padding=4, fontsize=8)
        most = int(frame["count"].max())
        ticks = whole_ticks(most)
        axes.set_xlim(0, most * 1.22 + 0.5)
        axes.set_xticks(ticks, [labels.number(tick, 0) for tick in ticks])
        axes.set_xlabel(labels.heading("axis_partners"))
        axes.grid(axis="x")
        rows_axis(axes, len(rows))
        axes.set_yticklabels([style.wrap(_name(row, labels), 32) for _, row in rows.iterrows()])
    values = "; ".join(f"{_name(row, labels)}: {_value(row, labels)}" for _, row in rows.iterrows())
    canvas.set_alt_text(figure, labels.term("alt_partners", values=values + "."))
    return figure


def _check(frame: pd.DataFrame) -> None:
    for column, allowed in (("sector", list(SECTORS)), ("status", ["reported", "remainder"])):
        for value in frame[column].unique():
            if value not in allowed:
                raise CgutilsError(
                    f"the frame of partners: found {column} {value!r}; allowed: {', '.join(allowed)}"
                )


def _name(row: pd.Series[str], labels: Labels) -> str:
    return capital(labels.pick(row, "label"))


def _value(row: pd.Series[int], labels: Labels) -> str:
    count = labels.number(row["count"], 0)
    return count if pd.isna(row["share_of_named"]) else f"{count} ({labels.percent(row['share_of_named'])})"
