"""Several frameworks in one collection: which are in use, and what they may say of each other."""

from __future__ import annotations

from pathlib import Path

from cgutils.data.collection import Collection, load_collection
from cgutils.data.framework_checks import check_frameworks
from cgutils.present.labels import LANGUAGES, labels
from support import refused, said

OTHER = "frameworks/other.yaml"


def test_a_framework_that_no_case_uses_is_allowed(minimal: Collection) -> None:
    assert [*minimal.frameworks] == ["mini", "other"]
    assert [*minimal.frameworks_in_use] == ["mini"]


def test_frameworks_may_share_an_id_that_means_the_same(project: Path) -> None:
    path = project / "data/raw" / OTHER
    mini = (path.parent / "mini.yaml").read_text(encoding="utf-8")
    path.write_text(mini.replace("framework_id: mini", "framework_id: other"), encoding="utf-8")
    assert [*load_collection(project).frameworks] == ["mini", "other"]


def test_a_source_that_cannot_be_read_is_not_said_to_be_missing(project: Path) -> None:
    mini = project / "data/raw/frameworks/mini.yaml"
    mini.write_text(mini.read_text(encoding="utf-8").replace("version:", "edition:"), encoding="utf-8")
    assert {line.partition(":")[0] for line in refused(project)} == {
        "data/raw/frameworks/mini.yaml, column edition",
        "data/raw/frameworks/mini.yaml, column version",
    }


def test_slips_in_a_crosswalk_hide_nothing_else(project: Path) -> None:
    path = project / "data/raw" / OTHER
    path.write_text(
        path.read_text(encoding="utf-8").replace("- framework: mini", "- framework: midi"), "utf-8"
    )
    case = project / "data/raw/cases/alpha/case.yaml"
    case.write_text(case.read_text(encoding="utf-8").replace("framework: mini", "framework: zzz"), "utf-8")
    assert refused(project) == [
        said("cases/alpha/case.yaml, column framework", "zzz", "mini, other", "Name one of them."),
        said(
            f"{OTHER}, column crosswalks.0.framework",
            "midi, which is no other framework",
            "mini",
            "Did you mean mini?",
        ),
    ]


def test_the_context_names_indicators_by_which_a_case_is_coded(project: Path) -> None:
    table = project / "data/raw/context/partnerships/recommendations.csv"
    heading = "recommendation_id,number,label_en,label_id,primary_indicator,secondary_indicators,"
    heading += "mapping_confidence,locator\n"
    table.write_text(f"{heading}r-1,1,Meet,Bertemu,exchange,talks,high,L1\n", encoding="utf-8")
    (line,) = refused(project)
    assert "row 2, column primary_indicator: found exchange, which is not among the indicators" in line


def test_the_frameworks_of_this_project(real: Collection) -> None:
    one, two = real.frameworks["ansell_gash_2008"], real.frameworks["emerson_2012"]
    # Levels and rules are one scale: a level read through the crosswalk means the same.
    assert (one.levels, one.rules) == (two.levels, two.rules)
    assert check_frameworks(real.frameworks) == []
    assert [*real.frameworks_in_use] == ["ansell_gash_2008"]
    ids = [
        [*(d.dimension_id for d in f.dimensions), *(i.indicator_id for i in f.indicators)] for f in (one, two)
    ]
    assert not set(ids[0]) & set(ids[1])
    codes = [[*(d.code for d in f.dimensions), *(i.code for i in f.indicators)] for f in (one, two)]
    assert not set(codes[0]) & set(codes[1])
    for language in LANGUAGES:
        words = labels(real, language)
        for dimension in two.dimensions:
            assert words.dimension(dimension.dimension_id) == getattr(dimension.label, language)
            for indicator in dimension.indicators:
                assert words.indicator(indicator.indicator_id) == getattr(indicator.label, language)
                assert words.code(indicator.indicator_id) == indicator.code
