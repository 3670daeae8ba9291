"""Frameworks (codebooks) and cases as they stand in YAML. The codebook is data; code only reads it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Literal

import pandas as pd
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    field_validator,
    model_validator,
)

from cgutils.data.escaping import UNWRITABLE
from cgutils.data.project import ID_PATTERN

Id = Annotated[str, StringConstraints(pattern=rf"^{ID_PATTERN}$", max_length=80)]


def _writable(text: str) -> str:
    found = UNWRITABLE.search(text)
    if found:
        raise ValueError(f"a control character (U+{ord(found.group()):04X})")
    return text


def _counted(value: object) -> object:
    # YAML is read as text; yes and no are not 1 and 0.
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_writable)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Bilingual(_Model):
    """A text in English (``en``) and Indonesian (``id``)."""

    en: Text
    id: Text


class Level(_Model):
    """One level of the rating scale with its meaning."""

    level: int = Field(ge=0, le=3, strict=True)
    label: Bilingual
    meaning: Bilingual

    _counted = field_validator("level", mode="before")(_counted)


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
    in_index: StrictBool
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

    stated_total: int | None = Field(ge=0, strict=True)
    note: Bilingual

    _counted = field_validator("stated_total", mode="before")(_counted)


class Phase(_Model):
    """One phase of a case, such as before, during or after a reform."""

    id: Id
    title: Bilingual


class Case(_Model):
    """What ``case.yaml`` says of a case.

    ``source_extent`` is ``abstract`` where only an abstract could be read; such a case is marked in every
    table and figure. ``phases``, in their order, are given where the case is rated at several of them.
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
    phases: tuple[Phase, ...] = ()

    @field_validator("phases")
    @classmethod
    def _several(cls, phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
        if len(phases) == 1:
            raise ValueError("one phase alone, where two or more in their order are needed")
        twice = [name for name, count in Counter(phase.id for phase in phases).items() if count > 1]
        if twice:
            raise ValueError(f"ids that are used twice ({', '.join(twice)})")
        return phases

    @property
    def phase_ids(self) -> tuple[str, ...]:
        """Ids of the phases in their order; empty where the case has none."""
        return tuple(phase.id for phase in self.phases)
