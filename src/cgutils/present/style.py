"""One look for all figures: palette, hatches, fonts; nothing global changes on import."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

INK = "#1a1a1a"
MUTED = "#595959"
RULE = "#d4d4d4"
EMPTY = "#efefef"
BLUE = "#0072b2"
ORANGE = "#d55e00"
HATCH = "////"
DISPUTED_HATCH = "xxxx"

# Dark to light, so that the order of the kinds (figures weigh most) survives a black and white print;
# the hatches tell neighbours apart where the tones come close.
KIND_HATCHES = {"figure": "", "fact": "", "judgement": "////", "recommendation": "\\\\\\\\"}
KIND_TONES = {"figure": 0.0, "fact": 0.4, "judgement": 0.75, "recommendation": 0.93}
DIRECTION_COLOURS = {
    "hindering": "#a63c00",
    "enabling": "#00507d",
    "overruled": "#4d4d4d",
    "mixed": "#6a3d7c",
}

# Width of an average letter and height of a line in inches at one point of size, a little generous:
# room is made from these, not from measured text, so that a figure has the same size everywhere.
LETTER = 0.0079
LINE = 0.0182

DPI = 150

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "text.color": INK,
    "text.usetex": False,
    "text.parse_math": False,
    # At this resolution hinting changes little but the widths of letters, from one FreeType to the next.
    "text.hinting": "no_hinting",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.labelsize": 8.5,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    # Left to find its place, a title has every tick label measured each time that something is drawn.
    "axes.titley": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.use_locale": False,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8.5,
    "hatch.linewidth": 0.6,
    "hatch.color": MUTED,
    "legend.frameon": False,
    "legend.fontsize": 8,
    # Laid out as it is saved: the width of hinted letters depends on the resolution.
    "figure.dpi": DPI,
    "figure.facecolor": "white",
    "savefig.dpi": DPI,
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    # A fixed salt, and letters as outlines: the picture looks the same without the font, and its bytes
    # do not change from run to run.
    "svg.hashsalt": "cgutils",
    "svg.fonttype": "path",
}

# Families of settings that change what is drawn; the others choose windows and tools.
_DRAWING = (
    *(
        "axes.",
        "axes3d.",
        "boxplot.",
        "contour.",
        "errorbar.",
        "figure.",
        "font.",
        "grid.",
        "hatch.",
        "hist.",
    ),
    *("image.", "legend.", "lines.", "markers.", "mathtext.", "patch.", "path.", "pcolor", "polaraxes."),
    *("savefig.", "scatter.", "svg.", "text.", "xaxis.", "xtick.", "yaxis.", "ytick."),
)


@contextmanager
def style(**differing: Any) -> Iterator[None]:
    """Draw or save within the look of the collection; the settings outside stay as they were.

    Parameters
    ----------
    **differing
        Settings of one figure, with a low line for the full stop in their names: ``axes_titley=None``.
    """
    # A personal matplotlibrc must not reach a published figure; what concerns the screen is left alone.
    drawing = {key: value for key, value in mpl.rcParamsDefault.items() if key.startswith(_DRAWING)}
    settings: Any = drawing | RC | {name.replace("_", "."): value for name, value in differing.items()}
    with mpl.rc_context(settings):
        yield


def sequence(count: int) -> list[str]:
    """Give ``count`` colours from light to dark, of which none is white."""
    # Two colours are asked for beyond those used: the palette's lightest is lost on white paper,
    # and its darkest leaves no room for the next one to differ.
    return [to_hex(colour) for colour in sns.color_palette("YlGnBu", count + 2)[1:-1]]


def tone(colour: str, share: float) -> str:
    """Mix a colour with white; ``share`` 0 leaves it, 1 is white."""
    red, green, blue = (value + (1 - value) * share for value in mpl.colors.to_rgb(colour))
    return to_hex((red, green, blue))


def wrap(text: str, width: int) -> str:
    """Break a label into lines of at most ``width`` letters, never inside a word."""
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=True)


def lines_of(texts: Sequence[str]) -> int:
    """Count the lines of the tallest of several labels."""
    return max((text.count("\n") + 1 for text in texts), default=1)


def swatch(label: str, colour: str, hatch: str = "", edge: str = MUTED) -> Patch:
    """Make the legend entry of a filled area."""
    return Patch(facecolor=colour, edgecolor=edge, hatch=hatch or None, label=label, linewidth=0.6)


def mark(label: str, marker: str, colour: str, *, line: str = "", filled: bool = True) -> Line2D:
    """Make the legend entry of a marker, a line of the colour ``line``, or both."""
    return Line2D(
        [],
        [],
        marker=marker,
        color=line or colour,
        markerfacecolor=colour if filled else "white",
        markeredgecolor=colour,
        linestyle="-" if line else "none",
        linewidth=2.5,
        markersize=6,
        label=label,
    )


def points(
    axes: Axes,
    x: Sequence[float],
    y: Sequence[float],
    colour: str,
    marker: str,
    *,
    size: float = 40,
    zorder: float = 3,
) -> None:
    """Draw scores as points with a white edge, whole where they lie on the border."""
    axes.scatter(
        x,
        y,
        s=size,
        marker=marker,
        color=colour,
        edgecolors="white",
        linewidths=0.7,
        zorder=zorder,
        clip_on=False,
    )
