"""Ids that must be one of a kind over cases and context topics."""

from __future__ import annotations

import pandas as pd
import pytest

from cgutils.data.unique_ids import check_unique_ids


def claims(*ids: str) -> dict[str, pd.DataFrame]:
    return {"claims": pd.DataFrame({"claim_id": list(ids)}, index=range(2, 2 + len(ids)))}


def test_a_claim_id_of_a_case_may_not_return_in_the_context() -> None:
    (problem,) = check_unique_ids({"alpha": claims("c-1", "c-2")}, {"news": claims("n-1", "c-2")})
    assert (problem.file, problem.row, problem.column) == ("data/raw/context/news/claims.csv", 3, "claim_id")
    assert "c-2, which case alpha uses already" in str(problem)
    assert "news-001" in problem.fix


def test_ids_of_their_own_and_missing_tables_are_fine() -> None:
    assert check_unique_ids({"alpha": claims("a-1"), "beta": {}}, {"news": claims("n-1")}) == []


def test_a_folder_that_was_copied_is_one_message() -> None:
    (problem,) = check_unique_ids({"alpha": claims(*"abcde"), "copy": claims(*"abcde")}, {})
    assert (problem.file, problem.row) == ("data/raw/cases/copy/claims.csv", 2)
    assert problem.found == "5 ids that case alpha uses already, from a to e"
    assert "copy-001" in problem.fix
    some = check_unique_ids({"alpha": claims(*"abc"), "copy": claims(*"abc")}, {})
    assert [problem.found.split(",")[0] for problem in some] == ["a", "b", "c"]


def test_the_copy_is_named_although_its_folder_comes_first() -> None:
    ids = [f"kota-malang-{n:03d}" for n in range(1, 6)]
    (problem,) = check_unique_ids({"aaa-copy": claims(*ids), "kota-malang": claims(*ids)}, {})
    assert (problem.file, problem.row) == ("data/raw/cases/aaa-copy/claims.csv", 2)
    assert (
        problem.found == "5 ids that case kota-malang uses already, from kota-malang-001 to kota-malang-005"
    )
    assert "aaa-copy-001" in problem.fix
    (problem,) = check_unique_ids({"a": claims("b-1"), "b": claims("x", "b-1")}, {})
    assert (problem.file, problem.row) == ("data/raw/cases/a/claims.csv", 2)


@pytest.mark.parametrize("folders", [("a", "b", "c"), ("a", "c", "b"), ("b", "a", "c")])
def test_of_three_folders_the_one_that_keeps_the_id_is_named_to_both_others(folders: tuple[str, ...]) -> None:
    found = check_unique_ids({folder: claims("b-001") for folder in folders}, {})
    assert {problem.file: problem.found for problem in found} == {
        f"data/raw/cases/{folder}/claims.csv": "b-001, which case b uses already" for folder in "ac"
    }


def test_the_rows_of_a_copy_are_told_from_its_first() -> None:
    (problem,) = check_unique_ids({"alpha": claims(*"abcde"), "copy": claims(*"edcba")}, {})
    assert (problem.row, problem.found) == (2, "5 ids that case alpha uses already, from e to a")
