"""From the command to the file."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
from typer.testing import CliRunner

import support
from cgutils.cli import app
from cgutils.data.collection import load_collection
from cgutils.data.errors import CgutilsError
from cgutils.exchange.out.docx import write_docx
from cgutils.exchange.out.html import write_html
from cgutils.exchange.out.xlsx import write_xlsx
from cgutils.present.profiles import plot_dimension_profiles
from cgutils.present.tables import table_dimensions
from cgutils.report.document import make_document
from cgutils.report.exporting import Wish, export, make_files, options_from
from cgutils.report.methods import methods
from cgutils.report.one_case import levels


def cli(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*map(str, words)])
    return done.exit_code, done.output


@pytest.fixture
def short(monkeypatch):
    """A document of two sections: how it is written does not depend on how long it is."""
    monkeypatch.setattr("cgutils.report.document.SECTIONS", (methods, levels, comparison_of_scores))


def comparison_of_scores(draft):
    draft.figure("profiles", plot_dimension_profiles(draft.scores.dimensions, draft.labels))
    draft.table("scores", table_dimensions(draft.scores.dimensions, draft.labels), "Scores")


@pytest.fixture
def project(project, monkeypatch):
    for name in ("CGUTILS_PROJECT", "CGUTILS_PROCESSED"):
        monkeypatch.delenv(name, raising=False)
    return project


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ("docx", {"alpha-id.docx"}),
        ("xlsx", {"alpha-id.xlsx"}),
        ("html", {"alpha-id.html"}),
        ("jsonld", {"alpha-id.jsonld"}),
    ],
)
def test_each_format_is_written_whole_and_again_unchanged(project, short, form, files):
    words = ("export", "alpha", "--to", form, "--language", "id", "--project", project)
    code, said = cli(*words)
    assert code == 0 and said.startswith(f"Written: exports/{next(iter(files))}\n")
    assert "note: Tidak ada CITATION.cff di folder proyek" in said and "tidak memuat entri alpha_2024" in said
    before = support.snapshot(project / "exports")
    assert set(before) == files
    assert cli(*words)[1].startswith(f"Unchanged: exports/{next(iter(files))}\n")
    assert support.snapshot(project / "exports") == before


def test_latex_keeps_its_pictures_beside(project, short, tmp_path):
    code, said = cli("export", "--to", "latex", "--out", tmp_path / "bab4.tex", "--project", project)
    assert code == 0 and re.search(r"bab4\.tex and \d more", said)
    source = (tmp_path / "bab4.tex").read_text(encoding="utf-8")
    named = re.findall(r"\{(bab4-figures/[^}]+\.pdf)\}", source)
    assert named and all((tmp_path / name).read_bytes().startswith(b"%PDF") for name in named)


def test_where_the_document_cannot_be_written_no_picture_is(project, short, tmp_path, monkeypatch):
    words = ("export", "--to", "latex", "--out", tmp_path / "bab4.tex", "--overwrite", "--project", project)
    cli(*words)
    pictures = sorted((tmp_path / "bab4-figures").iterdir())
    (tmp_path / "bab4.tex").write_text("other")
    pictures[0].write_bytes(b"other")
    before = support.snapshot(tmp_path)
    replace = Path.replace

    def locked(part, target):
        if Path(target).name == "bab4.tex":
            raise PermissionError(13, "Permission denied")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", locked)
    code, said = cli(*words)
    assert code == 1 and "bab4.tex: could not be written" in said and "Nothing was changed" in said
    assert support.snapshot(tmp_path) == before


def test_a_document_that_was_worked_on_is_not_replaced(project, short):
    words = ("export", "--to", "html", "--project", project)
    cli(*words)
    path = project / "exports" / "comparison-en.html"
    path.write_text("my own words")
    code, said = cli(*words)
    assert code == 1 and "comparison-en.html: there already, with other content" in said
    assert path.read_text() == "my own words"
    assert cli(*words, "--overwrite")[0] == 0
    assert path.read_text() != "my own words"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gamma",), "case 'gamma' does not exist; choose one of alpha, beta"),
        (("--to", "html", "--template", "x.docx"), "serves docx alone, found --to html"),
        (("--template", "x.docx"), "x.docx: the template cannot be read"),
        (("--parameter", "aggregation=most"), "aggregation is 'most', allowed: arithmetic"),
        (("--parameter", "coverage_threshold=half"), "parameter coverage_threshold: found 'half'"),
        (("--parameter", "language=id"), "parameter language: unknown; allowed: calibration"),
        (("--to", "jsonld", "--parameter", "aggregation=minimum"), "which no scoring option changes"),
        (("--out", "con.docx"), "con.docx: Windows cannot have a file of this name. Choose another one."),
        (("--out", "x.txt"), "x.txt: the name of a file for --to docx ends in .docx"),
        (("--to", "latex", "--out", "a b.tex"), "for LaTeX name the file with letters"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told_and_nothing_written(project, words, said):
    before = support.snapshot(project)
    code, output = cli("export", *words, "--project", project)
    assert code == 1 and said in output and "Traceback" not in output
    assert support.snapshot(project) == before


def test_a_parameter_is_given_once(project):
    twice = ("--parameter", "aggregation=minimum", "--parameter", "aggregation=median")
    code, said = cli("export", *twice, "--project", project)
    assert code == 2 and "'aggregation' is given twice ('minimum' and 'median'); give it once" in said
    assert not (project / "exports").exists()


def test_a_template_is_used(project, short, tmp_path):
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "FAKULTAS"
    own.save(tmp_path / "faculty.docx")
    out = tmp_path / "thesis.docx"
    assert cli("export", "--template", tmp_path / "faculty.docx", "--out", out, "--project", project)[0] == 0
    made = docx.Document(str(out))
    assert made.sections[0].header.paragraphs[0].text == "FAKULTAS" and made.tables and made.inline_shapes


def test_citing_from_the_command_line(project):
    code, said = cli("cite", "alpha", "--language", "id", "--project", project)
    assert code == 0 and said.startswith("Koleksi\n") and "Beta" not in said
    code, said = cli("cite", "--format", "bibtex", "--project", project)
    assert code == 0 and "@software{cgutils," in said
    code, said = cli("cite", "gamma", "--project", project)
    assert code == 1 and "case 'gamma' does not exist" in said


def test_options_are_read_from_texts():
    made = options_from({"aggregation": "minimum", "coverage_threshold": "0.25"})
    assert (made.aggregation, made.coverage_threshold) == ("minimum", 0.25)
    with pytest.raises(CgutilsError, match="parameter indicator_weights, x: unknown"):
        options_from({"indicator_weights": "1", "x": "1"})


def test_an_unknown_format_is_refused(minimal, tmp_path):
    with pytest.raises(CgutilsError, match="format: found 'odt'; allowed: docx, xlsx"):
        export(minimal, Wish("odt", "id"), tmp_path / "x.odt")


def test_hostile_names_of_a_case_stay_texts_in_every_format(incomplete):
    own = make_document(load_collection(incomplete), "en", "kota-x", pictures=("png", "svg"))
    page = write_html(own).decode("utf-8")
    assert "<b>water" not in page and "&lt;b&gt;water&lt;/b&gt;" in page
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(own)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert any(cell.value == "'=cmd|' /C calc'!A0" for cell in cells)
    word = docx.Document(io.BytesIO(write_docx(own)))
    assert any(cell.text == "=cmd|' /C calc'!A0" for row in word.tables[0].rows for cell in row.cells)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_file(tmp_path, real):
    wish = Wish("docx", "id", "sampang")
    (tmp_path / "a.docx").write_bytes(make_files(real, wish, "a.docx")["a.docx"])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.docx")], check=True, capture_output=True, timeout=120)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "a.pdf").pages)
    flat = " ".join(text.split())
    for word in ("Tabel 1. Ringkasan kasus Sampang†", "Gambar 1.", "Catatan. Skor berkisar", "Lampiran C."):
        assert word in flat


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("xelatex") is None, reason="XeLaTeX is not installed")
@pytest.mark.parametrize("case_id", ["kota-x", ""])
def test_xelatex_compiles_it_hostile_names_included(tmp_path, incomplete, case_id):
    export(load_collection(incomplete), Wish("latex", "id", case_id), tmp_path / "a.tex")
    command = ["xelatex", "-interaction=nonstopmode", "-no-shell-escape", "a.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    # A small installation lacks the symbols that the links would like to have; nothing else may be wrong.
    errors = [line for line in log.splitlines() if line.startswith("!") and "pzdr" not in line]
    assert errors == [] and "undefined references" not in log, done.stdout[-500:]
    assert len(pypdf.PdfReader(tmp_path / "a.pdf").pages) > 3
