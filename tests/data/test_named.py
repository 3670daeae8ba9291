"""What is asked for by name: some cases of a collection, codebooks in files that would not be read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError, CollectionError
from support import refused, said

INDICATOR = "context/partnerships/statements.csv"


def said_of(project: Path, case_ids: Iterable[str]) -> list[str]:
    with pytest.raises(CollectionError) as caught:
        load_collection(project, case_ids)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


@pytest.fixture
def two_frameworks(project: Path) -> Path:
    """Beta is coded by a framework of its own, and a context source names an indicator of each."""
    folder = project / "data/raw/frameworks"
    text = (folder / "mini.yaml").read_text(encoding="utf-8")
    (folder / "second.yaml").write_text(
        re.sub(r"\btalks\b", "dialogue", text).replace("framework_id: mini", "framework_id: second"), "utf-8"
    )
    case = project / "data/raw/cases/beta"
    for path in case.iterdir():
        changed = re.sub(r"\btalks,", "dialogue,", path.read_text(encoding="utf-8"))
        path.write_text(changed.replace("framework: mini", "framework: second"), "utf-8")
    (project / "data/raw" / INDICATOR).write_text(
        "entry_id,text_en,text_id,status,indicator_ids,locator\ns1,A,B,event,talks;dialogue,L1\n", "utf-8"
    )
    return project


@pytest.mark.parametrize("case_ids", [None, ["alpha"], ["beta"], ["alpha", "beta"], iter(["beta"])])
def test_cases_of_two_frameworks_load_together_and_alone(case_ids: Any, two_frameworks: Path) -> None:
    collection = load_collection(two_frameworks, case_ids)
    assert collection.context["partnerships"]["statements"]["indicator_ids"].tolist() == [
        ("talks", "dialogue")
    ]


def test_an_indicator_of_no_framework_is_unknown_whatever_is_loaded(two_frameworks: Path) -> None:
    path = two_frameworks / "data/raw" / INDICATOR
    path.write_text(path.read_text(encoding="utf-8").replace("dialogue", "nowhere"), encoding="utf-8")
    for case_ids in (["alpha"], ["beta"]):
        (line,) = said_of(two_frameworks, case_ids)
        assert line.startswith(f"data/raw/{INDICATOR}, row 2, column indicator_ids: found nowhere, which")


def test_an_indicator_of_a_framework_that_no_case_uses_is_told_where_all_are_loaded(
    two_frameworks: Path,
) -> None:
    shutil.rmtree(two_frameworks / "data/raw/cases/beta")
    (line,) = refused(two_frameworks)
    assert "found dialogue, which is not among the indicators" in line


def test_an_unknown_case_is_told_beside_whatever_else_is_wrong_and_makes_nothing_else_wrong(
    project: Path,
) -> None:
    unknown = said("cases", "no case nope", "alpha, beta", "Name a case that is there.")
    assert said_of(project, ["nope"]) == [unknown]
    coders = project / "data/raw/coders.csv"
    coders.write_text(coders.read_text(encoding="utf-8").replace("human", "humman", 1), encoding="utf-8")
    found = said_of(project, ["nope"])
    assert found[0] == unknown and len(found) == 2 and "found humman" in found[1]


def test_a_case_that_cannot_be_used_is_not_unknown(project: Path) -> None:
    path = project / "data/raw/cases/beta/case.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("full", "half"), encoding="utf-8")
    (line,) = said_of(project, ["beta"])
    assert "found 'half'" in line


def test_a_name_that_is_nearly_right(project: Path) -> None:
    assert said_of(project, ["alhpa"]) == [
        said("cases", "no case alhpa", "alpha, beta", "Did you mean alpha?")
    ]


@pytest.mark.parametrize(
    ("case_ids", "message"),
    [
        ("alpha", "case_ids: found the text 'alpha'; allowed: a list of ids. Write ['alpha']."),
        ([1, "alpha"], "case_ids: found 1; allowed: a list of ids, such as ['banjar']."),
        (7, "case_ids: found 7; allowed: a list of ids, such as ['banjar']."),
        ([], "case_ids: found no case. Name at least one, or leave case_ids out for all cases."),
    ],
)
def test_what_is_no_list_of_cases(case_ids: Any, message: str, project: Path) -> None:
    with pytest.raises(CgutilsError) as caught:
        load_collection(project, case_ids)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["mini.yml", "mini.YML"])
def test_a_codebook_with_another_ending_is_one_problem(name: str, project: Path) -> None:
    folder = project / "data/raw/frameworks"
    (folder / "mini.yaml").rename(folder / name)
    ending = name.rpartition(".")[2]
    assert refused(project) == [
        said(
            f"frameworks/{name}",
            f"a codebook whose name ends in .{ending}",
            "names that end in .yaml",
            "Rename it to mini.yaml.",
        )
    ]


@pytest.mark.parametrize("name", [".mini.yml", "~mini.yml", "mini.yml.bak", "notes.txt"])
def test_files_that_are_no_codebooks_are_left_alone(name: str, project: Path) -> None:
    (project / "data/raw/frameworks" / name).write_text("x", encoding="utf-8")
    assert [*load_collection(project).frameworks] == ["mini", "other"]


def test_a_case_yml(project: Path) -> None:
    case = project / "data/raw/cases/beta"
    (case / "case.yaml").rename(case / "case.yml")
    fix = "Rename case.yml to case.yaml."
    assert refused(project) == [said("cases/beta/case.yaml", "No such file or directory", fix=fix)]


def test_a_tab_in_yaml_is_told_in_plain_words(project: Path) -> None:
    path = project / "data/raw/cases/beta/case.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n\tx: 1\n", encoding="utf-8")
    (line,) = refused(project)
    assert ": found character '\\t' that cannot start any token; " in line
