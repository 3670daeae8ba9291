"""Small frames as the analysis gives them, labels from plain mappings, and figures closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from cgutils.data.schemas import ACTOR_TYPES, DIRECTIONS, KINDS
from cgutils.present.actors import plot_actors
from cgutils.present.balance import plot_evidence_balance
from cgutils.present.heatmap import plot_indicator_heatmap
from cgutils.present.labels import Labels
from cgutils.present.outcome import plot_process_outcome
from cgutils.present.partners import plot_partners
from cgutils.present.profiles import plot_dimension_profiles, plot_dimension_radar
from cgutils.present.recommendations import plot_recommendations
from cgutils.present.turnout import plot_turnout

# Dimension, its code, its label in both languages; the Indonesian ones are as long as labels get.
DIMENSIONS = {
    "starting_conditions": ("SC", "Starting conditions", "Kondisi awal"),
    "facilitative_leadership": ("FL", "Facilitative leadership", "Kepemimpinan fasilitatif"),
    "collaborative_process": ("CP", "Collaborative process", "Proses kolaboratif"),
    "outcomes": ("OC", "Outcomes", "Hasil akhir"),
}
INDICATORS = {
    "balance": (
        "starting_conditions",
        "SC1",
        "Balance of power, resources and knowledge",
        "Keseimbangan kekuasaan, sumber daya, dan pengetahuan",
    ),
    "prehistory": ("starting_conditions", "SC3", "Prehistory of cooperation", "Riwayat kerja sama"),
    "process_management": (
        "facilitative_leadership",
        "FL1",
        "Management of the collaborative process",
        "Pengelolaan proses kolaborasi",
    ),
    "trust": ("collaborative_process", "CP2", "Trust building", "Membangun kepercayaan"),
    "problem_results": ("outcomes", "OC1", "Results on the public problem", "Hasil atas masalah publik"),
}
LEVELS = {
    0: ("absent or adverse", "tidak ada atau merugikan"),
    1: ("weak", "lemah"),
    2: ("moderate", "sedang"),
    3: ("strong", "kuat"),
}
MEMBERSHIP = {0: 0.0, 1: 0.33, 2: 0.67, 3: 1.0}
LANGUAGE_PLACE = {"en": -2, "id": -1}


@pytest.fixture(autouse=True)
def _figures() -> Iterator[None]:
    mpl.use("Agg")
    yield
    plt.close("all")


def case_ids(count: int) -> list[str]:
    return [f"case-{number:02d}" for number in range(count)]


def make_labels(language: str = "en", count: int = 3) -> Labels:
    """Labels for ``count`` cases, the second of which is known from its abstract."""
    place = LANGUAGE_PLACE[language]
    cases = case_ids(count)
    return Labels(
        language,
        cases={case: f"Kabupaten {number}" for number, case in enumerate(cases)},
        dimensions={key: row[place] for key, row in DIMENSIONS.items()},
        indicators={key: row[place] for key, row in INDICATORS.items()},
        codes={
            **{key: row[0] for key, row in DIMENSIONS.items()},
            **{key: row[1] for key, row in INDICATORS.items()},
        },
        levels={level: row[place] for level, row in LEVELS.items()},
        abstract=cases[1:2],
    )


def make_indicators(count: int = 3, nothing: bool = False) -> pd.DataFrame:
    """One row for each case and indicator; one in five is not assessed, one is disputed."""
    rows = []
    for c, case in enumerate(case_ids(count)):
        for i, (name, (dimension, *_)) in enumerate(INDICATORS.items()):
            level: object = (c + i) % 4
            lower = upper = MEMBERSHIP[(c + i) % 4]
            low = high = level
            status = "assessed"
            if nothing or (c + 2 * i) % 5 == 1:
                level, lower, upper, status = pd.NA, 0.0, 1.0, "not_assessed"
                low = high = pd.NA
            elif (c, i) == (0, 1):
                level, lower, upper, status = pd.NA, 0.33, 0.67, "disputed"
                low, high = 1, 2
            rows.append((case, dimension, name, level, low, high, lower, upper, status))
    columns = ["case_id", "dimension_id", "indicator_id", "level", "level_low", "level_high"]
    frame = pd.DataFrame(rows, columns=[*columns, "lower", "upper", "status"])
    return frame.astype(dict.fromkeys(columns[3:], "Int64"))


def make_dimensions(count: int = 3, nothing: bool = False, names: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row for each case and dimension, the index before the outcomes; the states take turns."""
    rows = []
    order = names or (*list(DIMENSIONS)[:3], "index", "outcomes")
    for c, case in enumerate(case_ids(count)):
        for d, name in enumerate(order):
            state = "not_assessed" if nothing else ("scored", "scored", "withheld", "scored")[(c + d) % 4]
            score = (c + d) % 7 / 8 + 0.1 if state == "scored" else np.nan
            lower, upper = (0.0, 1.0) if nothing else ((c + d) % 7 / 8, (c + d) % 7 / 8 + 0.2)
            coverage = {"scored": 0.75, "withheld": 0.4, "not_assessed": 0.0}[state]
            rows.append((case, name, score, lower, upper, coverage, round(4 * coverage), 4, state))
    return pd.DataFrame(
        rows,
        columns=[
            *("case_id", "dimension_id", "score", "lower", "upper", "coverage"),
            *("n_assessed", "n_indicators", "status"),
        ],
    )


def make_outcome(count: int = 3, nothing: bool = False) -> pd.DataFrame:
    index = make_dimensions(count, nothing, ("index",))
    levels = [pd.NA if nothing or number % 3 == 2 else number % 4 for number in range(count)]
    return pd.DataFrame(
        {
            "case_id": index["case_id"],
            "index": index["score"],
            "index_lower": index["lower"],
            "index_upper": index["upper"],
            "coverage": index["coverage"],
            "index_status": index["status"],
            "outcome_level": pd.array(levels, dtype="Int64"),
            "outcome_membership": [np.nan if level is pd.NA else MEMBERSHIP[level] for level in levels],
            "outcome_status": [
                ("not_assessed" if number % 2 else "disputed") if level is pd.NA else "assessed"
                for number, level in enumerate(levels)
            ],
        }
    )


def make_balance(count: int = 3, nothing: bool = False) -> pd.DataFrame:
    rows = [
        (case, dimension, direction, kind, 0 if nothing else (c + 3 * s + 5 * k + d) % 9 * (3 - k) // (1 + s))
        for c, case in enumerate(case_ids(count))
        for d, dimension in enumerate(DIMENSIONS)
        for s, direction in enumerate(DIRECTIONS)
        for k, kind in enumerate(KINDS)
    ]
    return pd.DataFrame(rows, columns=["case_id", "dimension_id", "direction", "kind", "n_items"])


def make_actors(count: int = 3, nothing: bool = False) -> pd.DataFrame:
    rows = [
        (case, kind, 0 if nothing else (c + 3 * t) % 5)
        for c, case in enumerate(case_ids(count))
        for t, kind in enumerate(ACTOR_TYPES)
    ]
    return pd.DataFrame(rows, columns=["case_id", "type", "n_actors"])


def make_turnout() -> pd.DataFrame:
    rows = [
        ("2018", 2000.0, 1613.0, 80.65, 80.6, "80,6%", "L1"),
        ("2024", 154425.0, 110554.0, 71.5907, 71.5, "71,5%", "L2"),
        ("2024", 154425.0, 110554.0, 71.5907, 71.45, "71.45%", "L3"),
        ("2029", np.nan, np.nan, np.nan, np.nan, "", ""),
    ]
    columns = ["period", "registered", "voters", "computed", "reported", "as_printed", "locator"]
    return pd.DataFrame(rows, columns=columns)


def make_partners() -> pd.DataFrame:
    rows = [
        ("ministries", "Ministries", "Kementerian", "government", 6, "reported", 12.5),
        ("universities", "Universities", "Perguruan tinggi", "not_told", 32, "reported", 66.7),
        ("ngos", "Organisations", "Lembaga swadaya masyarakat", "non_government", 10, "reported", 20.8),
        ("rest", "Not counted", "Tidak dirinci", "not_told", 7, "remainder", np.nan),
    ]
    columns = ["category_id", "label_en", "label_id", "sector", "count", "status", "share_of_named"]
    return pd.DataFrame(rows, columns=columns)


def make_recommendations(count: int = 3, nothing: bool = False) -> pd.DataFrame:
    states = ("present", "mixed", "deficit", "not_reported")
    texts = [
        (
            "planned coordination: regular meetings",
            "koordinasi terencana: pertemuan rutin, diskusi, perangkat kerja",
        ),
        ("enough resources", "sumber daya yang cukup bagi setiap unit kerja"),
        ("joint evaluation", "pemantauan dan evaluasi bersama"),
    ]
    rows = [
        (
            f"r{number + 1:02d}",
            number + 1,
            *text,
            list(INDICATORS)[number],
            ("low", "medium", "high")[number],
            case,
            "not_reported" if nothing else states[(c + number) % 4],
            "source L1",
        )
        for number, text in enumerate(texts)
        for c, case in enumerate(case_ids(count))
    ]
    return pd.DataFrame(
        rows,
        columns=[
            *("recommendation_id", "number", "label_en", "label_id", "primary_indicator"),
            *("mapping_confidence", "case_id", "status", "locator"),
        ],
    )


# Figures over any number of cases: name to (frame by number of cases and emptiness, function).
BY_CASE: dict[str, tuple[Callable[..., pd.DataFrame], Callable[..., Figure]]] = {
    "heatmap": (make_indicators, plot_indicator_heatmap),
    "profiles": (make_dimensions, plot_dimension_profiles),
    "radar": (make_dimensions, plot_dimension_radar),
    "outcome": (make_outcome, plot_process_outcome),
    "balance": (make_balance, plot_evidence_balance),
    "balance_by_dimension": (
        make_balance,
        lambda frame, labels: plot_evidence_balance(frame, labels, by="dimension_id"),
    ),
    "actors": (make_actors, plot_actors),
    "recommendations": (make_recommendations, plot_recommendations),
}
SINGLE = {"turnout": (make_turnout, plot_turnout), "partners": (make_partners, plot_partners)}


def draw(name: str, language: str = "en", count: int = 3, *, nothing: bool = False) -> Figure:
    if name in SINGLE:
        frame, plot = SINGLE[name]
        return plot(frame(), make_labels(language))
    frame, plot = BY_CASE[name]
    return plot(frame(count, nothing), make_labels(language, count))


@pytest.fixture
def make() -> SimpleNamespace:
    """Give the builders above."""
    return SimpleNamespace(
        labels=make_labels,
        indicators=make_indicators,
        dimensions=make_dimensions,
        outcome=make_outcome,
        balance=make_balance,
        actors=make_actors,
        turnout=make_turnout,
        partners=make_partners,
        recommendations=make_recommendations,
        draw=draw,
        figures={**BY_CASE, **SINGLE},
    )


@pytest.fixture(params=list(LANGUAGE_PLACE))
def language(request: pytest.FixtureRequest) -> str:
    """Each language in turn."""
    return str(request.param)


@pytest.fixture(params=[*BY_CASE, *SINGLE])
def figure_name(request: pytest.FixtureRequest) -> str:
    """Each figure in turn."""
    return str(request.param)


@pytest.fixture(params=[name for name in BY_CASE if name != "balance_by_dimension"])
def figure_by_case(request: pytest.FixtureRequest) -> str:
    """Each figure that shows cases in turn; one of the two views of the balance stands for both."""
    return str(request.param)
