"""Made-up collections of any size, to measure with and to test methods on. Never to be taken for evidence.

All ids, titles, findings and reasons say that they are synthetic, in both languages.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cgutils.data.casefiles import empty_table
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.errors import CgutilsError
from cgutils.data.files import holds_something, write_csv, write_text
from cgutils.data.framework import Framework
from cgutils.data.project import Project
from cgutils.data.starting import LEFT_OUT
from cgutils.data.yamlfiles import load_yaml
from cgutils.execution.plan import notebooks
from cgutils.execution.runs_file import RUNS_FILE

MARK, TRUTH = "SYNTHETIC.md", "truth.csv"
MAX_CASES = 100_000
CODERS = ("synthetic-coder-1", "synthetic-coder-2")
SOURCE = "synthetic-source"
# The notebook that compares shows them; no source of a synthetic case has any.
COMPARISONS = "comparisons"
_SIDES = {0: ("hindering",), 1: ("hindering", "mixed"), 2: ("enabling", "mixed"), 3: ("enabling",)}
_SOFT, _HARD = ("judgement", "recommendation"), ("figure", "fact")
_MARK_TEXT = """\
# Synthetic collection

Made by `cgutils simulate --cases {n_cases} --seed {seed}`. Every case in here is made up: no study, no place,
no person, no finding. It serves to measure and to test, and says nothing about collaborative governance.

What is known of it: each indicator of each case has a true level, each from 0 to 3 as likely as the others,
or is not assessed (with probability {not_assessed:g}). Both coders know the true level; where it is 1 or 2,
the second one gives the other of the two with probability {disagreement:g}, and the adjudication settles on
the true one. `truth.csv` lists the true levels: what the library settles on must be these.

# Koleksi sintetis

Dibuat dengan `cgutils simulate`. Semua kasus di sini rekaan: tidak ada studi, tempat, orang, atau temuan.
Gunanya untuk mengukur dan menguji, dan tidak mengatakan apa pun tentang tata kelola kolaboratif.
"""


@dataclass(frozen=True)
class Properties:
    """What is known beforehand of a synthetic collection.

    Parameters
    ----------
    n_cases : int
        How many cases.
    seed : int
        Of the random numbers; the same seed gives the same files, and the first cases of a larger collection
        are those of a smaller one.
    not_assessed : float
        Probability that an indicator is not assessed.
    disagreement : float
        Probability that the second coder takes level 1 for 2, or 2 for 1.
    """

    n_cases: int
    seed: int = 1
    not_assessed: float = 0.1
    disagreement: float = 0.2


def simulate(project: Project, target: Path, properties: Properties) -> Path:
    """Write a synthetic collection, ready to be checked and run.

    Parameters
    ----------
    project : Project
        Gives the frameworks and the notebooks.
    target : Path
        A folder that is empty or does not exist.
    properties : Properties
        What it is to be like.

    Returns
    -------
    Path
        The target.

    Raises
    ------
    CgutilsError
        Where the target holds something, the number of cases is not between 1 and 100,000, or the project has
        no usable framework.
    """
    if not 1 <= properties.n_cases <= MAX_CASES:
        raise CgutilsError(f"--cases: found {properties.n_cases}; allowed: 1 to {MAX_CASES:,}")
    if holds_something(target):
        raise CgutilsError(f"{target}: is not empty; name a folder that does not exist yet")
    framework = _framework(project)
    raw, width = target / "data" / "raw", len(str(MAX_CASES))
    truth = []
    for number in range(1, properties.n_cases + 1):
        case_id = f"synthetic-{number:0{width}d}"
        tables = _case(case_id, framework, properties, number)
        for name, frame in tables.items():
            write_csv(frame, raw / "cases" / case_id / f"{name}.csv", flush=False)
        case = json.dumps(_about(case_id, framework.framework_id, number), ensure_ascii=False, indent=1)
        # JSON is YAML.
        write_text(raw / "cases" / case_id / "case.yaml", case + "\n", flush=False)
        truth.append(_true_levels(case_id, framework, properties, number))
    _shared(project, target, framework)
    write_csv(pd.concat(truth, ignore_index=True), target / TRUTH)
    write_text(target / MARK, _MARK_TEXT.format(**asdict(properties)))
    return target


def _framework(project: Project) -> Framework:
    for path in sorted((project.raw / "frameworks").glob("*.yaml")):
        framework, _ = load_yaml(path, path.name, Framework)
        if framework is not None:
            return framework
    raise CgutilsError("data/raw/frameworks: no framework that can be read; run `cgutils check`")


def _random(properties: Properties, number: int) -> np.random.Generator:
    # Each case has numbers of its own, so that more cases do not change the first ones.
    return np.random.default_rng([properties.seed, number])


def _levels(framework: Framework, properties: Properties, random: np.random.Generator) -> list[int | None]:
    n = len(framework.indicators)
    levels, blank = random.integers(0, 4, n), random.random(n) < properties.not_assessed
    return [None if missing else int(level) for level, missing in zip(levels, blank, strict=True)]


def _true_levels(case_id: str, framework: Framework, properties: Properties, number: int) -> pd.DataFrame:
    levels = _levels(framework, properties, _random(properties, number))
    ids = [indicator.indicator_id for indicator in framework.indicators]
    return pd.DataFrame({"case_id": case_id, "indicator_id": ids, "level": pd.array(levels, dtype="Int64")})


def _case(case_id: str, framework: Framework, properties: Properties, number: int) -> dict[str, pd.DataFrame]:
    random = _random(properties, number)
    levels = _levels(framework, properties, random)
    evidence: list[dict[str, object]] = []
    ratings: list[dict[str, object]] = []
    adjudication: list[dict[str, object]] = []
    for indicator, level in zip(framework.indicators, levels, strict=True):
        name = indicator.indicator_id
        items = list(_items(case_id, name, level, len(evidence), random))
        evidence += items
        second = _neighbour(level, random) if random.random() < properties.disagreement else level
        reason = {"rationale": "Synthetic rationale / Alasan sintetis"}
        for coder, given in zip(CODERS, (level, second), strict=True):
            ratings.append(
                {
                    "indicator_id": name,
                    "coder_id": coder,
                    "level": given,
                    "confidence": None if given is None else "medium",
                    **reason,
                    "evidence_ids": _cited(items, given),
                }
            )
        if second != level:
            adjudication.append(
                {"indicator_id": name, "level": level, **reason, "evidence_ids": _cited(items, level)}
            )
    columns = ["indicator_id", "level", "rationale", "evidence_ids"]
    return {
        "evidence": pd.DataFrame(evidence, columns=_EVIDENCE),
        "ratings": pd.DataFrame(ratings).astype({"level": "Int64"}),
        "adjudication": pd.DataFrame(adjudication, columns=columns).astype({"level": "Int64"}),
    }


_EVIDENCE = [
    *("evidence_id", "indicator_id", "direction", "kind", "source_id", "section", "page", "locator"),
    *("summary_en", "summary_id", "actors", "fingerprint"),
]


def _items(
    case_id: str, indicator: str, level: int | None, before: int, random: np.random.Generator
) -> Iterator[dict[str, object]]:
    """Make findings that a level may rest on by the rules of the codebook: two, the first of them hard."""
    if level is None:
        return
    sides = _SIDES[level]
    for place in range(2):
        item = f"{case_id}-{before + place + 1:03d}"
        yield {
            "evidence_id": item,
            "indicator_id": indicator,
            "direction": sides[int(random.integers(len(sides)))],
            "kind": (_SOFT if place else _HARD)[int(random.integers(2))],
            "source_id": SOURCE,
            "locator": f"L{before + place + 1}",
            "summary_en": f"Synthetic finding {item}; made up",
            "summary_id": f"Temuan sintetis {item}; rekaan",
        }


def _neighbour(level: int | None, random: np.random.Generator) -> int | None:
    # Between the middle levels only: 0 and 3 bind the evidence, and it is the same for both coders.
    return {1: 2, 2: 1}.get(level, level) if level is not None else None


def _cited(items: list[dict[str, object]], level: int | None) -> tuple[str, ...]:
    return () if level is None else tuple(str(item["evidence_id"]) for item in items)


def _about(case_id: str, framework: str, number: int) -> dict[str, object]:
    def both(en: str, id: str) -> dict[str, str]:
        return {"en": en, "id": id}

    return {
        "case_id": case_id,
        "framework": framework,
        "title": both(f"Synthetic case {number} (made up)", f"Kasus sintetis {number} (rekaan)"),
        "short_title": both(f"Synthetic {number}", f"Sintetis {number}"),
        "place": both("Nowhere (synthetic)", "Tidak ada (sintetis)"),
        "policy_field": both("None (synthetic)", "Tidak ada (sintetis)"),
        "public_problem": both("None (synthetic)", "Tidak ada (sintetis)"),
        "period": "0000",
        "sources": [SOURCE],
        "source_extent": "full",
        "informants": {"stated_total": None, "note": both("Synthetic", "Sintetis")},
    }


def _shared(project: Project, target: Path, framework: Framework) -> None:
    raw = target / "data" / "raw"
    coders = [
        {
            "coder_id": coder,
            "kind": "machine_assisted_reading",
            "description_en": "Synthetic coder: random numbers, nobody read anything.",
            "description_id": "Pengode sintetis: bilangan acak, tidak ada yang membaca apa pun.",
        }
        for coder in CODERS
    ]
    source = {
        "source_id": SOURCE,
        "field": "title",
        "value": "Synthetic; no such source",
        "status": "derived",
    }
    write_csv(pd.DataFrame(coders), raw / "coders.csv")
    columns = ["source_id", "field", "value", "status", "remark_en", "remark_id", "locator"]
    write_csv(pd.DataFrame([source], columns=columns), raw / "sources.csv")
    for spec in CONTEXT_TABLES:
        if spec.name == COMPARISONS:
            write_csv(empty_table(spec), raw / "context" / COMPARISONS / f"{COMPARISONS}.csv")
    try:
        (raw / "frameworks").mkdir()
        name = f"{framework.framework_id}.yaml"
        shutil.copyfile(project.raw / "frameworks" / name, raw / "frameworks" / name)
        (target / "notebooks").mkdir()
        for path in (*notebooks(project), *sorted(project.notebooks.glob("*.cfg"))):
            # Runs beside the usual ones name cases that are not here; two notebooks need other sources.
            if path.name != RUNS_FILE and path.stem not in LEFT_OUT:
                shutil.copyfile(path, target / "notebooks" / path.name)
    except OSError as error:
        raise CgutilsError(f"{target}: could not be written ({error.strerror})") from error
