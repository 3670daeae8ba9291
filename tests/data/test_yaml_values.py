"""What a case or codebook says is taken as it is written: no number, date or word turns into another."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cgutils.data.collection import load_collection
from cgutils.data.framework import Informants
from support import refused, said

CASE = "cases/alpha/case.yaml"
FRAMEWORK = "frameworks/mini.yaml"


@pytest.fixture
def write(project: Path) -> Callable[[str, str, str], None]:
    """Write a value in place of that of a key, the first one of this name."""

    def change(file: str, key: str, value: str) -> None:
        path = project / "data/raw" / file
        text = path.read_text(encoding="utf-8")
        text, count = re.subn(rf"\b{key}: [^\s,}}]+", f"{key}: {value}", text, count=1)
        assert count == 1
        path.write_text(text, encoding="utf-8")

    return change


@pytest.mark.parametrize("version", ["1.10", "1.0", "010", "1e3", "2024-11-27", "0x1F", "1:30", "1_000"])
def test_a_version_stays_as_it_is_written(version: str, write: Any, project: Path) -> None:
    write(FRAMEWORK, "version", version)
    assert load_collection(project).frameworks["mini"].version == version


@pytest.mark.parametrize("period", ["2024", "2024-11-27", "2018-2024", "2024-13-45"])
def test_a_period_is_text_even_where_it_looks_like_a_date(period: str, write: Any, project: Path) -> None:
    write(CASE, "period", period)
    assert load_collection(project).cases["alpha"].period == period


@pytest.mark.parametrize(("given", "number"), [("12", 12), ('"12"', 12), ("0", 0), ("+3", 3), ("null", None)])
def test_a_number_of_informants(given: str, number: int | None, write: Any, project: Path) -> None:
    write(CASE, "stated_total", given)
    assert load_collection(project).cases["alpha"].informants.stated_total == number


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("yes", "True"),
        ("no", "False"),
        ("1.5", "'1.5'"),
        (".nan", "'.nan'"),
        ("0x10", "'0x10'"),
        ("١٢", "'١٢'"),
        ("9" * 16, f"'{'9' * 16}'"),
        ("twelve", "'twelve'"),
    ],
)
def test_what_is_no_number_of_informants(given: str, found: str, write: Any, project: Path) -> None:
    write(CASE, "stated_total", given)
    wanted = said(f"{CASE}, column informants.stated_total", found, "a whole number", "Correct it.")
    assert refused(project) == [wanted]


def test_numbers_may_come_from_a_program() -> None:
    note = {"en": "a", "id": "b"}
    assert [Informants(stated_total=n, note=note).stated_total for n in (4, 4.0, None)] == [4, 4, None]  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ['"yes"', '"true"', "1", "0"])
def test_whether_a_dimension_is_in_the_index_is_true_or_false(given: str, write: Any, project: Path) -> None:
    write(FRAMEWORK, "in_index", given)
    column = f"{FRAMEWORK}, column dimensions.0.in_index"
    bare = given.strip('"')
    assert refused(project) == [said(column, f"'{bare}'", "true or false, without quotes", "Correct it.")]


@pytest.mark.parametrize(
    ("key", "given", "place", "word"),
    [
        ("period", "Yes", "period", "yes"),
        ("case_id", "no", "case_id", "no"),
        ("short_title", "{en: No, id: Alpha}", "short_title.en", "no"),
        ("sources", "[no]", "sources.0", "no"),
    ],
)
def test_a_word_that_yaml_takes_for_true_or_false_wants_quotes(
    key: str, given: str, place: str, word: str, project: Path
) -> None:
    path = project / "data/raw" / CASE
    lines = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{key}: {given}" if line.startswith(f"{key}:") else line for line in lines]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    found = "True" if word == "yes" else "False"
    wanted = said(f"{CASE}, column {place}", found, "a text", f"Put it in quotes, as '{word}'.")
    assert wanted in refused(project)
    # A list is not too short because of what stands in it.
    assert not any("a list of" in line for line in refused(project))


@pytest.mark.parametrize("given", ["true", "yes"])
def test_yes_is_true_where_that_is_asked(given: str, write: Any, project: Path) -> None:
    write(FRAMEWORK, "in_index", given)
    assert load_collection(project).frameworks["mini"].dimensions[0].in_index is True


@pytest.mark.parametrize("level", ["true", "1.5"])
def test_a_level_is_a_whole_number(level: str, write: Any, project: Path) -> None:
    write(FRAMEWORK, "level", level)
    (line,) = refused(project)
    assert line.endswith("; allowed: a whole number. Correct it.")


@pytest.mark.parametrize(
    ("sign", "name"), [("\\0", "U+0000"), ("\\x0b", "U+000B"), ("\\x1f", "U+001F"), ("\\ufffe", "U+FFFE")]
)
def test_a_title_that_no_figure_can_hold(sign: str, name: str, project: Path) -> None:
    path = project / "data/raw" / CASE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("short_title: {en: Alpha", f'short_title: {{en: "Al{sign}pha"'), "utf-8")
    (line,) = refused(project)
    assert line == said(f"{CASE}, column short_title.en", f"a control character ({name})", fix="Correct it.")


def test_half_a_character_is_no_text(project: Path) -> None:
    path = project / "data/raw" / CASE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: {en: Forum of Alpha", 'title: {en: "Forum\\ud800"'), "utf-8")
    (line,) = refused(project)
    assert line == said(f"{CASE}, column title.en", "'Forum\\ud800'", "a text", "Correct it.")


def test_line_ends_and_tabs_may_stand_in_a_text(project: Path) -> None:
    path = project / "data/raw" / CASE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("title: {en: Forum of Alpha", 'title: {en: "Forum\\n\\tof Alpha"'), "utf-8")
    assert load_collection(project).cases["alpha"].title.en == "Forum\n\tof Alpha"
