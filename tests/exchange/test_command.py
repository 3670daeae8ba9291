"""`cgutils locate` and `cgutils fingerprint` as they are typed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from exchange_support import made_up, paragraph_xml, typeset, word_file
from typer.testing import CliRunner

from cgutils.cli import app
from cgutils.data.project import find_project
from cgutils.exchange.register import read_evidence
from cgutils.present.labels import LANGUAGES, Labels
from support import ROOT

N_ITEMS = 4


@pytest.fixture
def passages(project, tmp_path) -> dict[str, str]:
    """Passages of all items of the made-up cases, with their fingerprints in the register."""
    items = read_evidence(find_project(project))["evidence_id"]
    made = {item: " ".join(made_up(30, number)) for number, item in enumerate(items, 1)}
    path = tmp_path / "passages.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("evidence_id", "passage"), *made.items()])
    told = said("fingerprint", path, "--project", project)
    assert told == "".join(
        f"{case}: {sum(item.startswith(case) for item in made)} new\n" for case in ("alpha", "beta")
    )
    return made


def said(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


def written(path: Path, text: list[str]) -> Path:
    path.write_text("\n".join(text), encoding="utf-8")
    return path


def test_each_item_is_told_with_its_place_and_the_others_are_not_found(project, passages, tmp_path) -> None:
    first, second, third, *_ = passages
    spoilt = " ".join(made_up(4, 99) + passages[second].split()[4:])
    # Line 5 is nearer to the stored line 10 than line 2.
    path = written(tmp_path / "copy.txt", ["Heading", passages[first], spoilt, "", passages[first]])
    lines = said("locate", path, "--project", project).splitlines()
    register = read_evidence(find_project(project)).set_index("evidence_id")
    where = {item: f"register: {row['locator']}" for item, row in register.iterrows() if row["locator"]}
    assert {first, third} <= where.keys()
    pages = register["page"].str.replace(";", ", ")
    where |= {item: f"{where[item]}, page {pages[item]}" for item in where if pages[item]}
    # What the register has stands beside the first place, and beside an item that is not found.
    assert lines[0].startswith(f"{first}  verbatim, line 5 ({where[first]}): {passages[first][:100]}")
    assert lines[1].startswith(" " * len(first) + f"  verbatim, line 2: {passages[first][:100]}")
    assert lines[2].startswith(f"{second}  found (8") or lines[2].startswith(f"{second}  probable (7")
    assert f"{third}  not found ({where[third]})" in lines
    assert lines[-1] == "This shows where a passage stands, not that a summary of it is fair."


def test_the_summary_counts_by_source_and_names_those_that_are_not_there(project, passages, tmp_path) -> None:
    register = read_evidence(find_project(project))
    here = register[register["case_id"] == "alpha"]
    path = written(tmp_path / "copy.txt", [passages[item] for item in here["evidence_id"]])
    lines = said("locate", path, "--project", project).splitlines()
    source, other = here["source_id"].iloc[0], register[register["case_id"] == "beta"]["source_id"].iloc[0]
    n = len(here)
    assert f"{source}: {n} passages: {n} verbatim, 0 found, 0 probable, 0 not found." in lines
    assert f"None of the passages of these sources stands in the file: {other}." in lines
    assert not any(line.startswith("beta") for line in lines)
    only = said("locate", path, "--project", project, "--case", "beta").splitlines()
    assert only == [f"None of the passages of these sources stands in the file: {other}."]


def test_items_without_a_fingerprint_are_counted(project, tmp_path) -> None:
    path = written(tmp_path / "copy.txt", ["some text"])
    n = len(read_evidence(find_project(project)))
    told = said("locate", path, "--project", project)
    assert told == f"Items without a fingerprint, not searched: 0 withheld, {n} not made.\n"


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_word_and_pdf_give_paragraphs_and_pages(kind, project, passages, tmp_path) -> None:
    texts = list(passages.values())
    path = tmp_path / f"copy.{kind}"
    if kind == "docx":
        word_file(path, "".join(map(paragraph_xml, texts)))
    else:
        typeset(path, texts)
    found = json.loads(said("locate", path, "--project", project, "--json"))
    assert (found["file"], found["unit"]) == (path.name, "paragraph" if kind == "docx" else "page")
    assert [result["verdict"] for result in found["results"]] == ["verbatim"] * len(texts)
    places = [result["places"][0]["first"] for result in found["results"]]
    register = read_evidence(find_project(project)).set_index("evidence_id")
    for result in found["results"]:
        assert result["locator"] == register.at[result["evidence_id"], "locator"]
    assert places == (list(range(1, len(texts) + 1)) if kind == "docx" else [1] * len(texts))


def test_the_words_are_told_in_indonesian(project, passages, tmp_path) -> None:
    path = written(tmp_path / "copy.txt", [passages[next(iter(passages))]])
    told = said("locate", path, "--project", project, "--language", "id")
    assert "persis, baris 1 (daftar bukti: L" in told
    assert told.endswith("Ini menunjukkan letak suatu bagian teks, bukan bahwa ringkasannya tepat.\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_unit_has_a_word(language) -> None:
    words = Labels(language)
    keys = ("verbatim", "found", "probable", "not_found", "line", "paragraph", "page")
    assert len({words.term(key) for key in keys}) == len(keys)


def test_a_file_that_cannot_be_read_ends_with_one(project, tmp_path) -> None:
    told = said("locate", tmp_path / "none.txt", "--project", project, code=1)
    assert "could not be read" in told


def test_a_row_that_cannot_be_used_ends_with_one(project, tmp_path) -> None:
    path = written(tmp_path / "passages.csv", ["evidence_id,passage", "alpha-999,word"])
    assert "alpha-999" in said("fingerprint", path, "--project", project, code=1)


@pytest.mark.parametrize("verb", ["locate", "fingerprint"])
def test_help_loads_nothing_heavy_and_says_what_the_exit_code_means(verb) -> None:
    code = (
        "import sys\nfrom cgutils.cli import app\napp(sys.argv[1:], standalone_mode=False)\n"
        "heavy = {'pandas', 'numpy', 'pypdf', 'defusedxml', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    command = [sys.executable, "-c", code, verb, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("exit code is 0" in done.stdout) == (verb == "locate")


@pytest.mark.slow
def test_a_document_of_300_pages_takes_under_three_seconds(tmp_path) -> None:
    words = made_up(100_000, 1)
    path = written(tmp_path / "long.txt", [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)])
    assert path.stat().st_size > 650_000
    # Its own time, start and imports included, so that whatever else runs here does not count.
    code = (
        "import sys, time\nfrom cgutils.cli import app\napp(sys.argv[1:], standalone_mode=False)\n"
        "print(time.process_time(), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "locate", str(path), "--project", str(ROOT)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert float(done.stderr) < 3
