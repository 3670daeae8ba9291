"""Writing a figure with its data, and showing it with words for those who cannot see it."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from IPython.core.getipython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure

from cgutils.data.errors import CgutilsError
from cgutils.data.files import csv_text, write_all, write_csv
from cgutils.data.project import DEVICES, LONGEST_ID, Project, find_project, is_id
from cgutils.present.canvas import is_blank
from cgutils.present.describe import describe_figure
from cgutils.present.labels import Labels
from cgutils.present.saving import png_bundle, png_bytes, settle, svg_bytes


def publish(
    figure: Figure, name: str, data: pd.DataFrame, labels: Labels, project: Project | None = None
) -> None:
    """Write a figure and its data, show it once, and print what it shows.

    Parameters
    ----------
    figure : Figure
        Made by one of the ``plot_`` functions (or any figure with an alternative text, see `alt_text`).
    name : str
        Name of the files: lower-case letters, digits, single hyphens and underscores.
    data : DataFrame
        The frame that was drawn; without rows where the figure says that there is nothing to draw.
    labels : Labels
        Give the language, which becomes part of the names of the pictures.
    project : Project, optional
        Where to write; found as by `find_project` where it is left out.

    Raises
    ------
    CgutilsError
        Where the name is not allowed, the figure has no alternative text, ``data`` is empty, or a file
        cannot be written; no file is changed then.

    Notes
    -----
    Written below ``figures`` of the processed folder: ``<name>-<language>.svg``, ``<name>-<language>.png``
    (150 dots an inch) and ``<name>.csv``. The bytes depend on the figure alone: no date, no version. In a
    notebook the picture is shown with its alternative text; its description follows as text, so that a
    rerun can be compared. The figure is closed.
    """
    _check_name(name, "figure", "dimension-profiles")
    if not isinstance(data, pd.DataFrame) or (data.empty and not is_blank(figure)):
        raise CgutilsError(
            f"figure {name}: its data must be a frame with rows; hand over the frame that was drawn"
        )
    text = alt_text(figure)
    folder = (project or find_project()).processed / "figures"
    stem = f"{name}-{labels.language}"
    settle(figure)
    description = describe_figure(figure, drawn=True)
    picture = png_bytes(figure, text)
    files = {
        folder / f"{stem}.svg": svg_bytes(figure, text),
        folder / f"{stem}.png": picture,
        folder / f"{name}.csv": csv_text(data).encode("utf-8"),
    }
    write_all(files)
    _show(figure, picture, text)
    print(f"{labels.heading('files')}: {', '.join(f'figures/{file.name}' for file in files)}")
    print(f"{labels.heading('alternative_text')}: {text}")
    print(f"{labels.heading('drawn')}:\n{description}")
    plt.close(figure)


def save_table(frame: pd.DataFrame, name: str, project: Project | None = None) -> None:
    """Write a frame to the processed folder and print its size.

    Parameters
    ----------
    frame : DataFrame
        Any frame; one without rows leaves its headings. Written as by `write_csv`.
    name : str
        Name of the file without its ending: a lower-case id.
    project : Project, optional
        Where to write; found as by `find_project` where it is left out.

    Raises
    ------
    CgutilsError
        Where the name is not allowed, it is no frame, or the file cannot be written.
    """
    _check_name(name, "table", "scores_indicator")
    if not isinstance(frame, pd.DataFrame):
        raise CgutilsError(f"table {name}: a frame is needed, found {type(frame).__name__}")
    path = write_csv(frame, (project or find_project()).processed / f"{name}.csv")
    print(f"{path.name}: {len(frame)} × {len(frame.columns)}")


def alt_text(figure: Figure) -> str:
    """Give the text that stands for a figure where it cannot be seen.

    Parameters
    ----------
    figure : Figure
        Made by a ``plot_`` function; for a figure of your own, ``figure.set_label("...")`` sets the text.

    Returns
    -------
    str

    Raises
    ------
    CgutilsError
        Where the figure has none.
    """
    text = str(figure.get_label()).strip()
    if not text or text.startswith("_"):
        raise CgutilsError(
            "the figure has no alternative text; set one with figure.set_label('what it shows')"
        )
    return text


def _check_name(name: str, what: str, example: str) -> None:
    if isinstance(name, str) and name in DEVICES:
        raise CgutilsError(f"name of a {what}: {name!r} is a device on Windows; choose another one")
    # A name becomes part of a path: nothing that could leave the folder gets through.
    if not isinstance(name, str) or not is_id(name):
        raise CgutilsError(
            f"name of a {what}: found {name!r}; allowed: lower-case letters and digits, joined by single "
            f"hyphens or underscores, at most {LONGEST_ID} in all, such as {example}"
        )


def _show(figure: Figure, picture: bytes, text: str) -> None:
    """Show the picture where there is a notebook; elsewhere the files and the printed words are enough."""
    if get_ipython() is not None:
        bundle, metadata = png_bundle(figure, picture, text)
        display(bundle, metadata=metadata, raw=True)  # type: ignore[no-untyped-call]
