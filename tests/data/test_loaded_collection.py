"""What a sound collection is once it is loaded: types, order, notes."""

from __future__ import annotations

import re
import shutil
from dataclasses import FrozenInstanceError
from pathlib import Path

import pandas as pd
import pytest

from cgutils.analysis.scoring import score
from cgutils.data.collection import Collection, load_collection
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from support import MINIMAL, refused, snapshot

DTYPES = {"string": "str", "integer": "Int64", "number": "float64", "list": "object"}


@pytest.mark.parametrize("spec", [*CASE_TABLES, *COLLECTION_TABLES], ids=lambda spec: spec.name)
@pytest.mark.parametrize("which", ["minimal", "real"])
def test_columns_and_types_are_those_of_the_schema(
    spec: object, which: str, request: pytest.FixtureRequest
) -> None:
    frame = getattr(request.getfixturevalue(which), spec.name)
    first = ["case_id"] if spec in CASE_TABLES else []
    # The phase stands with the earlier ratings only.
    columns = {name: facts for name, facts in spec.columns.items() if name not in spec.sparse}
    assert frame.columns.tolist() == [*first, *columns]
    assert isinstance(frame.index, pd.RangeIndex) and frame.index.start == 0
    if frame.empty:
        return
    for column, facts in columns.items():
        assert str(frame[column].dtype) == DTYPES[facts["kind"]], column
        if facts["kind"] == "list":
            assert all(isinstance(cell, tuple) for cell in frame[column])
            assert all(
                isinstance(item, str) and item not in {"", "nan"} for cell in frame[column] for item in cell
            )
        elif facts["kind"] == "string":
            assert all(isinstance(cell, str) and cell not in {"nan", "None"} for cell in frame[column])
            assert (frame[column] != "").all() or not facts["required"]
        if facts["required"]:
            assert frame[column].notna().all()


def test_blanks(minimal: Collection) -> None:
    alpha = minimal.ratings[minimal.ratings["case_id"] == "alpha"]
    blank = alpha[alpha["indicator_id"] == "result"]
    assert blank["level"].isna().all() and blank["confidence"].tolist() == ["", ""]
    assert blank["evidence_ids"].tolist() == [(), ()]
    assert minimal.evidence.loc[0, "actors"] == ("forum", "pump_users")
    assert minimal.evidence.loc[1, "actors"] == ()
    missing = minimal.quantities.set_index("quantity_id").loc["spoilt_2024"]
    assert pd.isna(missing["value"]) and missing["as_printed"] == ""
    dropped = minimal.coder_items.set_index("item_id").loc["a-2"]
    assert dropped["evidence_id"] == "" and dropped["reason"] == "no finding"


def test_cases_are_sorted_whatever_the_folder_says(project: Path) -> None:
    cases = project / "data/raw/cases"
    for old, new in (("alpha", "zeta"), ("beta", "alpha"), ("zeta", "beta")):
        (cases / old).rename(cases / new)
        text = (cases / new / "case.yaml").read_text(encoding="utf-8")
        (cases / new / "case.yaml").write_text(text.replace(f"case_id: {old}", f"case_id: {new}"), "utf-8")
    (cases / "beta" / "case.yaml").write_text(
        (cases / "beta" / "case.yaml").read_text(encoding="utf-8").replace("case_id: zeta", "case_id: beta"),
        "utf-8",
    )
    collection = load_collection(project)
    assert [*collection.cases] == ["alpha", "beta"]
    assert collection.evidence["case_id"].tolist() == ["alpha"] * 5 + ["beta"] * 5
    assert collection.evidence["evidence_id"].str.startswith("beta").tolist() == [True] * 5 + [False] * 5


def test_notes(minimal: Collection) -> None:
    beta = "data/raw/cases/beta"
    assert [str(note) for note in minimal.notes] == [
        f"{beta}/adjudication.csv: found no row for result, on which the coders disagree (1, 2). "
        "It is scored as an interval over these levels until a row settles it.",
        f"{beta}/ratings.csv, row 6, column level, rule R10: found level 3 on 2 enabling items (judgement, "
        "judgement); allowed: two independent enabling items or more, one of them a figure or a fact. "
        "The cap is 2.",
    ]


def test_a_blank_among_levels_in_dispute_leaves_all_levels_open(project: Path) -> None:
    path = project / "data/raw/cases/beta/ratings.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("result,ana,1,low,A start.,beta-005", "result,ana,,,A start.,"), "utf-8")
    collection = load_collection(project)
    assert (
        "found no row for result, on which the coders disagree (2, blank). It is scored as an interval over "
        in (told := "\n".join(map(str, collection.notes)))
    )
    assert "an interval over all levels, as a coder gave none, until a row settles it." in told
    row = score(collection).indicators.set_index(["case_id", "indicator_id"]).loc[("beta", "result")]
    assert (row["lower"], row["upper"]) == (0, 1)


def test_what_is_not_yet_written_is_told_in_either_language(project: Path) -> None:
    path = project / "data/raw/cases/beta/case.yaml"
    text = path.read_text(encoding="utf-8")
    changed = re.sub(r"(?m)^place: .*$", "place: {en: Beta, id: (belum diisi)}", text)
    changed = re.sub(r"(?m)^period: .*$", "period: (to be written)", changed)
    path.write_text(changed, encoding="utf-8")
    told = [str(note) for note in load_collection(project).notes if note.file.endswith("case.yaml")]
    assert told == [
        "data/raw/cases/beta/case.yaml, column period: found (to be written). Write it.",
        "data/raw/cases/beta/case.yaml, column place: found (belum diisi). Write it.",
    ]


def test_a_level_on_overruled_evidence_alone_is_settled_by_adjudication_only(project: Path) -> None:
    evidence = project / "data/raw/cases/beta/evidence.csv"
    text = evidence.read_text(encoding="utf-8")
    evidence.write_text(
        text.replace("enabling,judgement,beta_2024,,,L30", "overruled,judgement,beta_2024,,,L30"), "utf-8"
    )
    ratings = project / "data/raw/cases/beta/ratings.csv"
    cited = ratings.read_text(encoding="utf-8").replace(
        "Praise alone.,beta-003;beta-004", "Praise alone.,beta-003"
    )
    ratings.write_text(cited, encoding="utf-8")
    # What a coder gave is kept where the adjudication settles it.
    told = [str(note) for note in load_collection(project).notes if note.rule == "R2"]
    assert told == [
        "data/raw/cases/beta/ratings.csv, row 7, column level, rule R2: found level 2 on overruled evidence "
        "only; allowed: at least one item that is not overruled. Cite what the level rests on, or leave the "
        "level blank (not assessed)."
    ]
    adjudication = project / "data/raw/cases/beta/adjudication.csv"
    settled = adjudication.read_text(encoding="utf-8")
    # An adjudication that cannot be read may settle it.
    adjudication.write_text(settled + "x,y\n", encoding="utf-8")
    assert not [line for line in refused(project) if "overruled" in line]
    adjudication.write_text(settled.splitlines()[0] + "\n", encoding="utf-8")
    assert [line.partition(":")[0] for line in refused(project) if "overruled" in line] == [
        "data/raw/cases/beta/ratings.csv, row 7, column level, rule R2"
    ]
    adjudication.write_text(settled.replace("beta-003;beta-004", "beta-003"), encoding="utf-8")
    assert [line.partition(":")[0] for line in refused(project)] == [
        "data/raw/cases/beta/adjudication.csv, row 2, column level, rule R2"
    ]


def test_a_breach_that_the_adjudication_settles_is_kept_as_the_coder_gave_it(minimal: Collection) -> None:
    rated = minimal.ratings.set_index(["case_id", "indicator_id", "coder_id"])["level"]
    assert rated["beta", "talks", "ana"] == 3
    settled = minimal.adjudication.set_index(["case_id", "indicator_id"])["level"]
    assert settled["beta", "talks"] == 2


def test_an_agreed_level_that_breaks_a_rule_may_be_adjudicated(project: Path) -> None:
    ratings = project / "data/raw/cases/beta/ratings.csv"
    ratings.write_text(ratings.read_text(encoding="utf-8").replace("talks,budi,2", "talks,budi,3"), "utf-8")
    collection = load_collection(project)
    assert sum(note.rule == "R10" for note in collection.notes) == 2


def test_loading_twice_gives_the_same_and_writes_nothing(minimal: Collection) -> None:
    before = snapshot(MINIMAL)
    again = load_collection(MINIMAL)
    assert snapshot(MINIMAL) == before
    for spec in (*CASE_TABLES, *COLLECTION_TABLES):
        pd.testing.assert_frame_equal(getattr(again, spec.name), getattr(minimal, spec.name))
    assert again.notes == minimal.notes and again.cases == minimal.cases


def test_adding_a_case_is_adding_a_folder(project: Path) -> None:
    cases = project / "data/raw/cases"
    (cases / "gamma").mkdir()
    for name in ("case.yaml", "evidence.csv", "ratings.csv", "adjudication.csv"):
        text = (cases / "beta" / name).read_text(encoding="utf-8")
        (cases / "gamma" / name).write_text(
            text.replace("beta-", "gamma-").replace(": beta\n", ": gamma\n"), "utf-8"
        )
    collection = load_collection(project)
    assert [*collection.cases] == ["alpha", "beta", "gamma"]
    assert collection.framework_of("gamma").framework_id == "mini"
    shutil.rmtree(cases / "gamma")
    assert [*load_collection(project).cases] == ["alpha", "beta"]


def test_the_collection_is_frozen(minimal: Collection) -> None:
    with pytest.raises(FrozenInstanceError):
        minimal.notes = ()  # type: ignore[misc]


def test_framework_order(real: Collection) -> None:
    (framework,) = real.frameworks_in_use.values()
    table = framework.table()
    assert table["indicator_id"].tolist() == [
        i.indicator_id for d in framework.dimensions for i in d.indicators
    ]
    assert table.groupby("dimension_id", sort=False).size().to_dict() == {
        "starting_conditions": 3,
        "institutional_design": 4,
        "facilitative_leadership": 3,
        "collaborative_process": 5,
        "outcomes": 3,
    }
    assert set(table.loc[~table["in_index"], "dimension_id"]) == {"outcomes"}
