"""`cgutils codebook` and `cgutils import` as they are typed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from qda_support import NVIVO, TAGUETTE, Text, marks_of, qdpx
from typer.testing import CliRunner

from cgutils.cli import app
from support import ROOT, copy_of, snapshot

WORDS = "Anggota pernah bertemu. 🤝\nDana terlambat."


@pytest.fixture
def file(tmp_path):
    """A project of NVivo with one passage and a comment."""
    code = "S1 Trust > enabling"
    marks = marks_of(WORDS, "Dana terlambat", code=code, coder="citra", memo="Mereka menunggu.")
    return qdpx(tmp_path / "kota x.qdpx", NVIVO, {"wawancara": Text(WORDS, marks)}, codes=[code])


def said(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


def test_an_import_from_first_to_last(project, file) -> None:
    told = said("import", file, "--case", "alpha", "--project", project, code=1)
    assert "--language en or --language id" in told and "Traceback" not in told
    told = said("import", file, "--case", "alpha", "--project", project, "--language", "id")
    assert "1 segmen terkode, 1 bagian teks dengan indikator: 1 baru di evidence.csv" in told
    assert "satuan UTF-16; 100,0%" in told and "Sel kosong yang perlu diisi" in told
    before = snapshot(project)
    told = said("import", file, "--case", "alpha", "--project", project, "--language", "en")
    assert told.endswith("Nothing had to be changed.\n") and snapshot(project) == before
    assert "column kind: found 1 blank cell, row 7" in said("check", "--project", project)


def test_the_report_as_json(project, file) -> None:
    command = ["import", file, "--case", "alpha", "--project", project, "--language", "id", "--json"]
    told = json.loads(said(*command))
    assert told["new"] == ["alpha-006"] and told["coders"] == ["citra"] and told["blanks"]["summary_en"] == 1
    tables = ("coders.csv", "cases/alpha/coder_items.csv", "cases/alpha/evidence.csv")
    assert told["written"] == [f"data/raw/{name}" for name in tables]


def test_options_reach_the_import(project, file, tmp_path) -> None:
    command = ["import", file, "--case", "alpha", "--project", project, "--language", "id"]
    keep, mapping = tmp_path / "kept.csv", tmp_path / "mapping.csv"
    mapping.write_text("what,name,use\ncoder,citra,dewi\n", encoding="utf-8")
    more = ["--only", "wawancara", "--document", "wawancara=alpha_2024"]
    told = said(*command, "--keep-text", keep, "--mapping", mapping, *more)
    assert "citra -> dewi (baru di coders.csv)" in told and keep.is_file()
    assert "is not of the form" in said(*command, "--document", "wawancara", code=2)
    assert "cannot be used" in said(*command, "--document", "x=alpha_2024", code=1)
    assert "no document or case 'x'" in said(*command, "--only", "x", code=1)


def test_what_taguette_exported_gets_into_the_collection(tmp_path) -> None:
    project = copy_of(ROOT, tmp_path / "copy")
    path = tmp_path / "project.sqlite3"
    path.write_bytes((TAGUETTE / "project.sqlite3").read_bytes())
    command = ["import", path, "--case", "sampang", "--coder", "ana", "--project", project]
    assert "found a blank cell for the code interesting" in said(*command, code=1)
    mapping = tmp_path / "project-mapping.csv"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace("code,interesting,,", "code,interesting,ignore,"), encoding="utf-8")
    told = said(*command, "--json")
    assert len(json.loads(told)["new"]) == 4 and json.loads(told)["contradicting"]["direction"] == [
        "sampang-025"
    ]
    assert "sampang/evidence.csv, column direction: found 3 blank cells" in said(
        "check", "--project", project
    )


def test_a_codebook_from_the_command_line(project, tmp_path) -> None:
    text = tmp_path / "talk.txt"
    text.write_text("Some words.", encoding="utf-8")
    out = tmp_path / "book.qdpx"
    told = said("codebook", out, "--project", project, "--language", "id", "--sources", text)
    assert told == f"{out}: mini, 4 indicators\n" and out.is_file()
    assert "exists already" in said("codebook", out, "--project", project, "--language", "en", code=1)
    assert "known: mini" in said(
        "codebook", tmp_path / "x.qdc", "--project", project, "--framework", "x", code=1
    )


@pytest.mark.parametrize("verb", ["codebook", "import"])
def test_help_loads_nothing_heavy(verb) -> None:
    code = (
        "import sys\nfrom cgutils.cli import app\napp(sys.argv[1:], standalone_mode=False)\n"
        "heavy = {'pandas', 'numpy', 'openpyxl', 'defusedxml', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    command = [sys.executable, "-c", code, verb, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
