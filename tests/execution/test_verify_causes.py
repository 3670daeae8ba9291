"""From a row of a result to the rows of the inputs."""

import csv

import pytest

import support
from cgutils.data.project import find_project
from cgutils.execution.verify_causes import Causes


@pytest.fixture(scope="module")
def place():
    return find_project(support.ROOT)


def lines(name):
    with (support.ROOT / "data" / "raw" / name).open(encoding="utf-8", newline="") as stream:
        return list(enumerate(csv.DictReader(stream), 2))


def test_a_level_depends_on_the_ratings_of_its_indicator(place, real) -> None:
    row = real.ratings.iloc[0]
    case, indicator = row["case_id"], row["indicator_id"]
    name = f"cases/{case}/ratings.csv"
    expected = [number for number, line in lines(name) if line["indicator_id"] == indicator]
    found = Causes(place).rows({"case_id": case, "dimension_id": "whatever", "indicator_id": indicator})
    assert found[f"data/raw/{name}"] == expected
    assert all(path.startswith(f"data/raw/cases/{case}/") for path in found)


def test_a_dimension_and_the_index_stand_for_their_indicators(place, real) -> None:
    case = next(iter(real.cases))
    dimensions = real.framework_of(case).dimensions
    name = f"cases/{case}/ratings.csv"
    for dimension, ids in {
        dimensions[0].dimension_id: {i.indicator_id for i in dimensions[0].indicators},
        "index": {i.indicator_id for d in dimensions if d.in_index for i in d.indicators},
    }.items():
        expected = [number for number, line in lines(name) if line["indicator_id"] in ids]
        found = Causes(place).rows({"case_id": case, "dimension_id": dimension})
        assert found[f"data/raw/{name}"] == expected


def test_a_comparison_depends_on_both_cases_and_no_third(place, real) -> None:
    one, other, *_ = real.cases
    found = Causes(place).rows({"dimension_id": "index", "case_a": one, "case_b": other})
    assert {path.split("/")[3] for path in found} == {one, other}


def test_a_count_depends_on_the_table_that_has_all_its_columns(place, real) -> None:
    row = real.evidence.iloc[0]
    key = {name: row[name] for name in ("case_id", "direction", "kind")}
    (found,) = Causes(place).rows({**key, "dimension_id": "index"})
    assert found == f"data/raw/cases/{row['case_id']}/evidence.csv"


def test_a_row_of_another_case_is_no_cause(place, real) -> None:
    name = "context/voter-education/recommendation_cases.csv"
    number, row = lines(name)[0]
    key = {"recommendation_id": row["recommendation_id"], "case_id": row["case_id"]}
    assert Causes(place).rows(key)[f"data/raw/{name}"] == [number]


def test_a_table_about_one_case_need_not_say_so(place, real) -> None:
    row = real.actors.iloc[0]
    assert Causes(place).rows({"actor_id": row["actor_id"]}, row["case_id"])
    assert not Causes(place).rows({"actor_id": row["actor_id"]})


def test_only_what_has_changed_is_named_where_something_has(place, real) -> None:
    row = real.ratings.iloc[0]
    key = {"case_id": row["case_id"], "indicator_id": row["indicator_id"]}
    name = f"data/raw/cases/{row['case_id']}/ratings.csv"
    numbers = Causes(place).rows(key)[name]
    said = Causes(place, {name, "data/raw/sources.csv"}).said(key)
    assert said == f"depends on cases/{row['case_id']}/ratings.csv rows {numbers[0]}-{numbers[-1]} (changed)"
    assert "evidence.csv" in Causes(place).said(key)
    assert Causes(place, {name}).said({"case_id": row["case_id"]}) == (
        f"depends on cases/{row['case_id']}/ratings.csv (changed)"
    )
    assert Causes(place).said({"case_id": row["case_id"]}) == ""
    assert Causes(place).said({"nothing_id": "x"}) == ""


def test_inputs_that_cannot_be_read_explain_nothing(project) -> None:
    for path in project.rglob("*.*"):
        path.write_bytes(b"\xff\x00")
    assert Causes(find_project(project)).said({"case_id": "x", "dimension_id": "index"}) == ""
