"""Frameworks (codebooks) and cases as they stand in YAML. The codebook is data; code only reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from cgutils.data.errors import CgutilsError, CollectionError
from cgutils.data.project import ID_PATTERN, Project
from cgutils.data.yamlfiles import load_yaml, read_yaml

Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$", max_length=80)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Bilingual(_Model):
    """A text in English (``en``) and Indonesian (``id``)."""

    en: Text
    id: Text


class Level(_Model):
    """One level of the rating scale with its meaning."""

    level: int = Field(ge=0, le=3)
    label: Bilingual
    meaning: Bilingual


class Rule(_Model):
    """One decision rule."""

    id: Text
    text: Bilingual


class Indicator(_Model):
    """One indicator: what is rated, with its definition and both ends of the scale."""

    indicator_id: Id
    code: Text
    label: Bilingual
    definition: Bilingual
    low: Bilingual
    high: Bilingual


class Dimension(_Model):
    """A group of indicators; ``in_index`` says whether it enters the index."""

    dimension_id: Id
    code: Text
    label: Bilingual
    in_index: bool
    indicators: tuple[Indicator, ...] = Field(min_length=1)


class Reading(_Model):
    """Which indicators of another framework are read into one element, and why these or none."""

    element: Id
    sources: tuple[Id, ...] = Field(alias="from")
    reason: Bilingual


class LeftOut(_Model):
    """An indicator of another framework that no element takes up, and why."""

    indicator: Id
    reason: Bilingual


class Crosswalk(_Model):
    """How ratings by the indicators of another framework are read through this one.

    Every element stands in ``elements`` once; every indicator of the other framework is read into one element
    or stands in ``left_out``, so that no evidence counts twice or is lost without a word.
    """

    framework: Id
    elements: tuple[Reading, ...]
    left_out: tuple[LeftOut, ...] = ()


class Framework(_Model):
    """A codebook: levels, rules, dimensions and indicators.

    Indicators are rated on levels 0 to 3. Dimension ``index`` is reserved for the index. ``crosswalks`` say
    how cases that are coded by another framework are read through this one.
    """

    framework_id: Id
    version: Text
    title: Bilingual
    reference: Text
    note: Bilingual
    levels: tuple[Level, ...]
    rules: tuple[Rule, ...]
    dimensions: tuple[Dimension, ...] = Field(min_length=1)
    crosswalks: tuple[Crosswalk, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Framework:
        ids = [d.dimension_id for d in self.dimensions] + [i.indicator_id for i in self.indicators]
        twice = sorted(name for name, count in Counter([*ids, "index"]).items() if count > 1)
        if twice:
            raise ValueError(f"ids that are used twice or reserved ({', '.join(twice)})")
        levels = [level.level for level in self.levels]
        if levels != [0, 1, 2, 3]:
            listed = ", ".join(map(str, levels))
            raise ValueError(f"levels {listed}, where 0, 1, 2, 3 in this order are needed")
        if not any(dimension.in_index for dimension in self.dimensions):
            raise ValueError("no dimension with in_index: true")
        return self

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators in codebook order."""
        return tuple(indicator for dimension in self.dimensions for indicator in dimension.indicators)

    def table(self) -> pd.DataFrame:
        """List the indicators.

        Returns
        -------
        DataFrame
            One row an indicator in codebook order: ``dimension_id``, ``indicator_id``, ``in_index``.
        """
        rows = [(d.dimension_id, i.indicator_id, d.in_index) for d in self.dimensions for i in d.indicators]
        return pd.DataFrame(rows, columns=["dimension_id", "indicator_id", "in_index"])


class Informants(_Model):
    """How many informants a source states."""

    stated_total: int | None = Field(ge=0)
    note: Bilingual


class Case(_Model):
    """What ``case.yaml`` says of a case.

    ``source_extent`` is ``abstract`` where only an abstract could be read; such a case is marked in every
    table and figure.
    """

    case_id: Id
    framework: Id
    title: Bilingual
    short_title: Bilingual
    place: Bilingual
    policy_field: Bilingual
    public_problem: Bilingual
    period: Text
    sources: tuple[Id, ...] = Field(min_length=1)
    source_extent: Literal["full", "abstract"]
    informants: Informants


def neutral_case(path: Path, name: str) -> tuple[Case | None, bool]:
    """Read a ``case.yaml`` that has problems, with neutral values in place of what is wrong.

    Parameters
    ----------
    path : Path
        The file.
    name : str
        How messages name it.

    Returns
    -------
    Case or None
        None where the file does not say the codebook.
    bool
        Whether the sources stand as they are written too, so that the tables can be checked.
    """
    data, _ = read_yaml(path, name)
    if not isinstance(data, dict):
        return None, False
    both = {"en": "-", "id": "-"}
    case: dict[str, Any] = dict.fromkeys(
        ("title", "short_title", "place", "policy_field", "public_problem"), both
    )
    case |= {"case_id": path.parent.name, "framework": "none", "period": "-", "sources": ["none"]}
    case |= {"source_extent": "full", "informants": {"stated_total": None, "note": both}}
    written = set()
    for key in case:
        try:
            Case.model_validate({**case, key: data[key]})
        except (KeyError, ValidationError):
            continue
        case[key] = data[key]
        written.add(key)
    if "framework" not in written:
        return None, False
    return Case.model_validate(case), {"framework", "sources"} <= written


def load_framework(project: Project, framework_id: str | None = None) -> Framework:
    """Read one framework of a project, whatever state the rest of the project is in.

    Parameters
    ----------
    project : Project
        The project.
    framework_id : str, optional
        Its id; without it, the one by which the cases are coded (see `choose_framework`).

    Returns
    -------
    Framework

    Raises
    ------
    CgutilsError
        Where there is no such framework, or several to choose from.
    CollectionError
        Where its file cannot be used.
    """
    known = {path.stem: path for path in sorted(project.raw.glob("frameworks/*.yaml"))}
    path = known[choose_framework(known, _used(project), framework_id)]
    framework, problems = load_yaml(path, path.relative_to(project.root).as_posix(), Framework)
    if framework is None:
        raise CollectionError(problems)
    return framework


def choose_framework(known: Iterable[str], used: Iterable[str], asked: str | None = None) -> str:
    """Choose the framework that is asked for, or else the only one, or the only one that is in use.

    Parameters
    ----------
    known : iterable of str
        Frameworks of the project.
    used : iterable of str
        Those by which its cases are coded.
    asked : str, optional
        What the user named.

    Returns
    -------
    str

    Raises
    ------
    CgutilsError
        Where there is no such framework, or several to choose from.
    """
    known = list(known)
    candidates = known if len(known) == 1 else sorted(set(used) & set(known))
    if asked in known:
        return str(asked)
    if asked is None and len(candidates) == 1:
        return candidates[0]
    said = "no framework is named" if asked is None else f"there is no framework {asked[:80]!r}"
    raise CgutilsError(f"{said}; known: {', '.join(known) or 'none'}. Name one with --framework.")


def _used(project: Project) -> set[str]:
    """Name the frameworks of the cases whose ``case.yaml`` can be read."""
    paths = project.raw.glob("cases/*/case.yaml")
    cases = (load_yaml(path, path.name, Case)[0] for path in paths)
    return {case.framework for case in cases if case is not None}


def load_case(project: Project, case_id: str) -> Case:
    """Read the ``case.yaml`` of one case, whatever state the rest of the project is in.

    Raises
    ------
    CgutilsError
        Where there is no such case.
    CollectionError
        Where its file cannot be used.
    """
    known = {path.parent.name: path for path in sorted(project.raw.glob("cases/*/case.yaml"))}
    if case_id not in known:
        raise CgutilsError(
            f"there is no case {case_id[:80]!r}; known: {', '.join(known) or 'none'}. Make the folder of "
            "the case with its case.yaml first."
        )
    case, problems = load_yaml(known[case_id], known[case_id].relative_to(project.root).as_posix(), Case)
    if case is None:
        raise CollectionError(problems)
    return case
