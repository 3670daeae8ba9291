"""One artefact, stored and rebuilt: which comparison its kind asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cgutils.execution.compare import Compared, Status, judged, line_changes
from cgutils.execution.compare_figures import description_changes, descriptions, drawing_changes
from cgutils.execution.compare_notebooks import compare_notebooks
from cgutils.execution.compare_tables import ELSEWHERE, PINNED, compare_tables
from cgutils.execution.errors import RunError
from cgutils.execution.normalise import Rules
from cgutils.execution.source import code_cells, read_notebook
from cgutils.execution.verify_causes import Causes

PICTURES = (".png", ".jpg", ".jpeg")
OTHER_BYTES = "written otherwise (blanks, quotes or line ends)"
Files = Mapping[str, Path]


@dataclass(frozen=True)
class Setting:
    """What comparisons need to know beside the two files.

    Parameters
    ----------
    stored, rebuilt : mapping of str to Path
        All results, by name.
    pinned : bool
        Whether the environment is that of the manifest.
    rules : tuple of (str, str)
        Sanitising rules of the executed copies.
    causes : Causes
        Finds the rows of the inputs that a row of a table depends on.
    cases : mapping of str to str
        The case that a result is about, where its runs are about one.
    edited : collection of str
        Results that are not what the manifest lists.
    """

    stored: Files
    rebuilt: Files
    pinned: bool
    rules: Rules
    causes: Causes
    cases: Mapping[str, str] = field(default_factory=dict)
    edited: Collection[str] = ()

    @property
    def tolerance(self) -> float:
        """By how much two numbers of a table may differ, relative to the larger."""
        return PINNED if self.pinned else ELSEWHERE


@dataclass(frozen=True)
class Descriptions:
    """The descriptions of all figures, as the stored and the rebuilt notebooks print them."""

    stored: Mapping[str, str]
    rebuilt: Mapping[str, str]


def read_descriptions(setting: Setting) -> Descriptions:
    """Collect the descriptions of figures from the executed copies; one that cannot be read has none.

    A run that failed may have drawn figures before: its partial copy is read as well.
    """
    folders = {path.parent for path in setting.rebuilt.values() if path.suffix == ".ipynb"}
    partial = {path.name: path for folder in folders for path in sorted(folder.glob("*.failed.ipynb"))}
    return Descriptions(_described(setting.stored), _described({**setting.rebuilt, **partial}))


def compare_artefact(name: str, setting: Setting, described: Descriptions) -> Compared:
    """Compare a result that is there on both sides.

    Parameters
    ----------
    name : str
        Its name, relative to the project.
    setting : Setting
        See there.
    described : Descriptions
        See `read_descriptions`.

    Returns
    -------
    Compared
        Identical where the bytes are; else what the kind of the artefact asks for.
    """
    stored, rebuilt = setting.stored[name], setting.rebuilt[name]
    suffix = stored.suffix
    identical = stored.read_bytes() == rebuilt.read_bytes()
    if suffix == ".ipynb":
        changes = _notebook(stored, rebuilt, setting.rules, identical)
        if changes or not identical:
            return judged(name, changes, "pictures or metadata have other bytes; these are not compared")
    if identical:
        return Compared(name, Status.IDENTICAL)
    if suffix == ".csv":
        found = _table(name, stored, rebuilt, setting)
        return judged(name, found, f"numbers within {setting.tolerance:g}, or {OTHER_BYTES}")
    if suffix == ".svg":
        found = _drawing(name, setting, described)
        return judged(name, found, "its data and its description are the same; another environment drew it")
    if suffix in PICTURES:
        found = _picture(name, setting, described)
        return judged(name, found, "its drawing is the same; pixels are not compared")
    return judged(name, _other(stored, rebuilt), OTHER_BYTES)


def _described(files: Files) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in files.values():
        if path.suffix == ".ipynb":
            try:
                found = descriptions(read_notebook(path)) | found
            except (RunError, TypeError, AttributeError):
                continue
    return found


def _table(name: str, stored: Path, rebuilt: Path, setting: Setting) -> list[str]:
    try:
        text = stored.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ["the stored table is not UTF-8"]
    said = []
    for change in compare_tables(text, rebuilt.read_text(encoding="utf-8"), setting.tolerance):
        why = setting.causes.said(change.row, setting.cases.get(name)) if change.row else ""
        said.append("; ".join(part for part in (change.said, why) if part))
    return said


def _notebook(stored: Path, rebuilt: Path, rules: Rules, identical: bool) -> list[str]:
    new = read_notebook(rebuilt)
    # A copy that holds nothing agrees with anything: it is told even where the rebuild holds nothing either.
    if identical and any(cell.get("outputs") for cell in code_cells(new)):
        return []
    try:
        return compare_notebooks(read_notebook(stored), new, rules)
    except RunError as error:
        return list(error.problems)


def _drawing(name: str, setting: Setting, described: Descriptions) -> list[str]:
    stem = Path(name).stem
    old, new = described.stored.get(stem), described.rebuilt.get(stem)
    said = description_changes(old, new) if old and new else []
    if setting.pinned and not said:
        said = drawing_changes(setting.stored[name].read_bytes(), setting.rebuilt[name].read_bytes())
    if not said and not (old and new):
        said = ["has other bytes, and no executed notebook prints its description to compare"]
    if not said and name in setting.edited:
        said = drawing_changes(setting.stored[name].read_bytes(), setting.rebuilt[name].read_bytes())
    return said


def _picture(name: str, setting: Setting, described: Descriptions) -> list[str]:
    drawing = str(Path(name).with_suffix(".svg").as_posix())
    if drawing not in setting.stored or drawing not in setting.rebuilt:
        return ["has other bytes, and there is no drawing (SVG) beside it to compare"]
    if not compare_artefact(drawing, setting, described).same:
        return [f"differs as {Path(drawing).name} does"]
    return ["is not the picture that the manifest lists"] if name in setting.edited else []


def _other(stored: Path, rebuilt: Path) -> list[str]:
    try:
        texts = [path.read_text(encoding="utf-8").splitlines() for path in (stored, rebuilt)]
    except UnicodeDecodeError:
        return ["has other bytes"]
    return line_changes(*texts)
