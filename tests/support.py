"""Helpers of the tests: copies of a project, what a failed load says, collections made in memory."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from cgutils.data.collection import Collection, load_collection
from cgutils.data.errors import CollectionError
from cgutils.data.framework import Bilingual, Case, Framework, Phase
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "data"
MINIMAL = FIXTURES / "minimal"

Levels = Sequence[int | None]


def copy_of(project: Path, target: Path) -> Path:
    """Copy the raw tables of a project to the folder ``target``."""
    shutil.copytree(project / "data" / "raw", target / "data" / "raw")
    return target


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder: names, and the bytes of the files."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


def refused(project: Path) -> list[str]:
    """Load a project that has to be refused; return the lines of the message, without its heading.

    The load raises a CollectionError and nothing else, every problem says what was found and what to do, and
    nothing is written.
    """
    before = snapshot(project)
    with pytest.raises(CollectionError) as caught:
        load_collection(project)
    assert snapshot(project) == before
    assert all(problem.found and problem.fix for problem in caught.value.problems)
    heading, *lines = str(caught.value).splitlines()
    count = len(caught.value.problems)
    assert heading == ("1 problem found" if count == 1 else f"{count} problems found")
    assert len(lines) == count
    return [line.strip() for line in lines]


def said(where: str, found: str, allowed: str = "", fix: str = "") -> str:
    """One line of the message; ``where`` is relative to ``data/raw``."""
    allowed = f"; allowed: {allowed}" if allowed else ""
    return f"data/raw/{where}: found {found}{allowed}. {fix}"


def both(text: str) -> dict[str, str]:
    """The same text as English and Indonesian."""
    return {"en": text, "id": text}


def framework(dimensions: Mapping[str, int], outside: str = "outcomes") -> Framework:
    """Make a codebook.

    Parameters
    ----------
    dimensions : mapping of str to int
        Each dimension and its number of indicators; indicators are named ``<dimension>_1`` and so on.
    outside : str
        The dimension that does not enter the index.
    """
    levels = [{"level": n, "label": both(f"level {n}"), "meaning": both(f"meaning {n}")} for n in range(4)]
    made = [
        {
            "dimension_id": name,
            "code": name[:2].upper(),
            "label": both(name),
            "in_index": name != outside,
            "indicators": [
                {
                    "indicator_id": f"{name}_{n}",
                    "code": f"{name[:2].upper()}{n}",
                    **{key: both(key) for key in ("label", "definition", "low", "high")},
                }
                for n in range(1, count + 1)
            ],
        }
        for name, count in dimensions.items()
    ]
    return Framework.model_validate(
        {
            "framework_id": "made-up",
            "version": "1.0",
            "title": both("Made up"),
            "reference": "none",
            "note": both("none"),
            "levels": levels,
            "rules": [],
            "dimensions": made,
        }
    )


def collection(
    codebook: Framework,
    levels: Mapping[str, Mapping[str, Levels]],
    adjudicated: Mapping[tuple[str, str], int | None] | None = None,
) -> Collection:
    """Make a collection in memory, without files and without the rules of the codebook.

    Parameters
    ----------
    codebook : Framework
        The framework of all cases.
    levels : mapping of case to mapping of coder to sequence of int or None
        Levels in codebook order. Each indicator of a case has one evidence item, cited by every level.
    adjudicated : mapping of (case, indicator) to int or None, optional
        Settled levels.
    """
    indicators = [indicator.indicator_id for indicator in codebook.indicators]
    item = {(case, name): f"{case}-{n:03}" for case in levels for n, name in enumerate(indicators, 1)}
    evidence = pd.DataFrame(
        [(case, cited, name, "enabling", "fact") for (case, name), cited in item.items()],
        columns=["case_id", "evidence_id", "indicator_id", "direction", "kind"],
    )
    rated = [
        (case, name, coder, level, () if level is None else (item[case, name],))
        for case, coders in levels.items()
        for coder, own in coders.items()
        for name, level in zip(indicators, own, strict=True)
    ]
    ratings = pd.DataFrame(rated, columns=["case_id", "indicator_id", "coder_id", "level", "evidence_ids"])
    settled = [
        (case, name, level, () if level is None else (item[case, name],))
        for (case, name), level in (adjudicated or {}).items()
    ]
    adjudication = pd.DataFrame(settled, columns=["case_id", "indicator_id", "level", "evidence_ids"])
    made = {
        "evidence": evidence,
        "ratings": ratings.astype({"level": "Int64"}),
        "adjudication": adjudication.astype({"level": "Int64"}),
    }
    tables = [spec.name for spec in (*CASE_TABLES, *COLLECTION_TABLES)]
    return Collection(
        root=Path("nowhere"),
        frameworks={codebook.framework_id: codebook},
        cases={case: _case(case, codebook.framework_id) for case in sorted(levels)},
        **{name: made.get(name, pd.DataFrame()) for name in tables},
        context={},
        notes=(),
    )


def joined(*parts: Collection) -> Collection:
    """Make one collection of several with other cases, each with its own codebook or the same."""
    tables = {
        name: pd.concat([getattr(part, name) for part in parts], ignore_index=True)
        for name in ("evidence", "ratings", "adjudication")
    }
    cases = {name: case for part in parts for name, case in part.cases.items()}
    frameworks = {name: each for part in parts for name, each in part.frameworks.items()}
    return replace(parts[0], frameworks=frameworks, cases=dict(sorted(cases.items())), **tables)


def phased(stages: Mapping[str, Collection]) -> Collection:
    """Make one collection of several of the same cases, each a phase, in their order."""
    phases = tuple(Phase(id=name, title=Bilingual(en=name, id=f"fase {name}")) for name in stages)
    *earlier, last = stages.values()
    tables = {
        f"earlier_{name}": pd.concat(
            [getattr(stage, name).assign(phase=phase) for phase, stage in zip(stages, earlier, strict=False)],
            ignore_index=True,
        )
        for name in ("ratings", "adjudication")
    }
    cases = {case_id: case.model_copy(update={"phases": phases}) for case_id, case in last.cases.items()}
    return replace(last, cases=cases, **tables)


# What a phase of the minimal case alpha holds: trust, means, talks (both coders), and what was settled.
ALPHA_PHASES = {"before": (1, 0, (1, 1)), "during": (2, 1, (1, 2)), "after": (3, 0, (2, 1))}


def with_phases(project: Path, titles: Mapping[str, str] | None = None) -> Path:
    """Give case alpha of a copy of the minimal project three phases; the last is rated as alpha was."""
    folder = project / "data" / "raw" / "cases" / "alpha"
    names = titles or {"before": "Sebelum", "during": "Selama", "after": "Sesudah"}
    lines = [f"  - {{id: {name}, title: {{en: {name.title()}, id: {own}}}}}" for name, own in names.items()]
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    (folder / "case.yaml").write_text("\n".join([text.rstrip(), "phases:", *lines, ""]), encoding="utf-8")
    ratings = ["indicator_id,coder_id,phase,level,confidence,rationale,evidence_ids"]
    settled = ["indicator_id,phase,level,rationale,evidence_ids"]
    for phase, (trust, means, talks) in ALPHA_PHASES.items():
        for coder, talk in zip(("ana", "budi"), talks, strict=True):
            ratings += [
                f"trust,{coder},{phase},{trust},high,Shown {phase}.,alpha-001;alpha-002",
                f"means,{coder},{phase},{means},high,Money {phase}.,alpha-003",
                f"talks,{coder},{phase},{talk},low,Talks {phase}.,alpha-004;alpha-005",
                f"result,{coder},{phase},,,Not reported.,",
            ]
        if len(set(talks)) > 1:
            settled.append(f"talks,{phase},1,The fact counts more {phase} (R5).,alpha-004;alpha-005")
    (folder / "ratings.csv").write_text("\n".join([*ratings, ""]), encoding="utf-8")
    (folder / "adjudication.csv").write_text("\n".join([*settled, ""]), encoding="utf-8")
    return project


def _case(case_id: str, framework_id: str) -> Case:
    texts = ("title", "short_title", "place", "policy_field", "public_problem")
    return Case.model_validate(
        {
            "case_id": case_id,
            "framework": framework_id,
            **{key: both(case_id) for key in texts},
            "period": "2024",
            "sources": [case_id],
            "source_extent": "full",
            "informants": {"stated_total": None, "note": both("none")},
        }
    )
