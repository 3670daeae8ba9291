"""The codebook for other programs: by the schema, the same bytes every time, read back by the import."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile

import openpyxl
import pytest
from lxml import etree
from qda_support import HERE, TAGUETTE

from cgutils.data.errors import CgutilsError
from cgutils.exchange.qda.codebook import LONGEST_NAME, codebook
from cgutils.exchange.qda.codebook_files import FORMATS, write_codebook_file
from cgutils.exchange.qda.codes import Codes
from cgutils.exchange.qda.reading import read_qda
from cgutils.exchange.qda.refi_writing import CODEBOOK_NAMESPACE, PROJECT_NAMESPACE
from support import both, framework

SUFFIX = {"qdc": ".qdc", "qdpx": ".qdpx", "maxqda": ".xlsx"}
CODEBOOK_XSD = os.environ.get("CGUTILS_CODEBOOK_XSD")
LANGUAGES = ("en", "id")


@pytest.fixture(scope="module")
def book(real):
    """The codebook of this project."""
    return real.frameworks["ansell_gash_2008"]


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The schema of REFI-QDA projects, 1.0 of 2019, which version 1.5 of the standard has too."""
    return etree.XMLSchema(etree.parse(HERE / "Project.xsd"))


def valid(schema: etree.XMLSchema, data: bytes) -> None:
    document = etree.fromstring(data)
    assert schema.validate(document), schema.error_log


def written(folder, book, form, language, name="book", **options):
    return write_codebook_file(folder / f"{name}{SUFFIX.get(form, '.csv')}", book, language, form, **options)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMATS)
def test_the_same_framework_gives_the_same_bytes(form, language, book, tmp_path) -> None:
    first = written(tmp_path, book, form, language).read_bytes()
    assert written(tmp_path, book, form, language, "again").read_bytes() == first
    assert not re.search(rb"20[2-9]\d-\d\d-\d\dT", first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_codebook_is_by_the_schema_of_codes(language, book, tmp_path, schema) -> None:
    data = written(tmp_path, book, "qdc", language).read_bytes()
    root = etree.fromstring(data)
    assert root.tag == f"{{{CODEBOOK_NAMESPACE}}}CodeBook"
    # The codes of a codebook are those of a project, without notes and in another namespace.
    body = data.decode().partition("?>\n")[2].replace(CODEBOOK_NAMESPACE, PROJECT_NAMESPACE)
    body = body.replace(' origin="cgutils"', "")
    valid(schema, f'<Project xmlns="{PROJECT_NAMESPACE}" name="x">{body}</Project>'.encode())
    assert not root.findall(".//{*}NoteRef") and {child.tag.rpartition("}")[2] for child in root} == {"Codes"}


@pytest.mark.skipif(not CODEBOOK_XSD, reason="CGUTILS_CODEBOOK_XSD does not name the schema of codebooks")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_codebook_is_by_the_schema_of_codebooks(language, book, tmp_path) -> None:
    valid(etree.XMLSchema(etree.parse(CODEBOOK_XSD)), written(tmp_path, book, "qdc", language).read_bytes())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_project_with_texts_is_by_the_schema(language, book, tmp_path, schema) -> None:
    source = tmp_path / "talk <1> & 2.txt"
    source.write_text("One line.\r\nAnother 🤝.\r\n", encoding="utf-8-sig")
    path = written(tmp_path, book, "qdpx", language, sources=[source])
    with zipfile.ZipFile(path) as archive:
        name, text = sorted(archive.namelist())
        assert name == "project.qde" and text.startswith("sources/") and text.endswith(".txt")
        valid(schema, archive.read(name))
        assert archive.read(text).decode("utf-8") == "One line.\nAnother 🤝.\n"
    assert read_qda(path).codes == {code.path: code.description for code in codebook(book, language)}


def test_what_the_schema_does_not_allow_is_noticed(schema) -> None:
    with pytest.raises(AssertionError):
        valid(schema, f'<Project xmlns="{PROJECT_NAMESPACE}" name="x"><CodeBook/></Project>'.encode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["qdc", "qdpx", "taguette", "maxqda"])
def test_the_import_recognises_every_code(form, language, book, tmp_path) -> None:
    found = read_qda(written(tmp_path, book, form, language))
    codes = Codes(book)
    matches = [codes.match(path, text) for path, text in found.codes.items()]
    indicators = [match.indicator_id for match in matches if match.indicator_id]
    assert indicators == [indicator.indicator_id for indicator in book.indicators]
    assert sum(match.modifier for match in matches) == 8
    assert all(match.sure or match.holder for match in matches)


def test_every_indicator_says_what_it_means_and_both_ends(book) -> None:
    for language in LANGUAGES:
        described = {code.path[-1]: code.description for code in codebook(book, language)}
        for indicator in book.indicators:
            (text,) = [text for name, text in described.items() if name.startswith(f"{indicator.code} ")]
            for part in (indicator.definition, indicator.low, indicator.high):
                assert " ".join(getattr(part, language).split()) in text
            assert text.endswith(f"indicator_id: {indicator.indicator_id}")


def test_taguette_took_our_list_as_it_is(book, tmp_path) -> None:
    path = written(tmp_path, book, "taguette", "id")
    ours = {tag for tag, _ in list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))[1:]}
    # Exported by Taguette itself after the import; "interesting" is in every new project.
    theirs = {path[0] for path in read_qda(TAGUETTE / "codebook.csv").codes} - {"interesting"}
    assert ours == theirs and max(map(len, ours)) <= 200


def test_the_list_for_qualcoder_has_categories_and_no_heading(book, tmp_path) -> None:
    path = written(tmp_path, book, "qualcoder", "en")
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [len(row) for row in rows] == [2] * 26
    assert rows[0][0] == "SC Starting conditions>>SC1 Balance of power, resources and knowledge"
    assert all(row[0].count(">>") == 1 and ">>>" not in row[0] for row in rows)
    names = [row[0].partition(">>") for row in rows]
    # A code and a category of one name would be one.
    assert len({name for _, _, name in names}) == 26 and not {c for c, _, _ in names} & {
        n for _, _, n in names
    }


def test_the_list_for_maxqda(book, tmp_path) -> None:
    path = written(tmp_path, book, "maxqda", "id")
    sheet = openpyxl.load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Code", "Memo") and len(rows) == 27
    assert rows[1][0] == "SC Kondisi awal > SC1 Keseimbangan kekuasaan, sumber daya, dan pengetahuan"
    assert all(len(part) <= LONGEST_NAME for row in rows[1:] for part in row[0].split(" > "))


def test_names_hold_nothing_that_parts_levels_and_are_not_too_long() -> None:
    values = framework({"setting": 1, "outcomes": 1}).model_dump()
    first = values["dimensions"][0]["indicators"][0]
    first["label"] = both("A > B :: C. D \\ E " + "long " * 30)
    made = type(framework({"setting": 1, "outcomes": 1})).model_validate(values)
    name = codebook(made, "en")[1].path[-1]
    assert name.startswith("SE1 A › B : C D / E long") and len(name) <= LONGEST_NAME
    assert Codes(made).match((name,)).indicator_id == "setting_1"


def test_the_plain_list_is_for_people(book, tmp_path) -> None:
    path = written(tmp_path, book, "csv", "en")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert len(rows) == 18
    assert (
        rows[0]["label_id"] == book.indicators[0].label.id
        and rows[0]["level_3"] == book.indicators[0].high.en
    )


def test_a_file_that_exists_is_left_alone(book, tmp_path) -> None:
    path = tmp_path / "book.qdc"
    path.write_text("my own work", encoding="utf-8")
    with pytest.raises(CgutilsError, match="exists already"):
        write_codebook_file(path, book, "en")
    assert path.read_text(encoding="utf-8") == "my own work"
    made = write_codebook_file(tmp_path / "new.qdc", book, "en")
    assert write_codebook_file(made, book, "en") == made


@pytest.mark.parametrize(
    ("name", "form", "sources", "said"),
    [
        ("book.txt", None, [], "no format is known"),
        ("book.qdc", "nvivo", [], "--format: found 'nvivo'; allowed: qdc, qdpx"),
        ("book.csv", "qdc", [], "Write book.qdc"),
        ("book.qdc", None, ["a.txt"], "only a .qdpx can hold texts"),
        ("book.qdpx", None, ["a.txt", "b/a.txt"], "two texts are called 'a'"),
        ("book.qdpx", None, ["none.txt"], "could not be read"),
        ("book.qdpx", None, ["a.exe"], "files of this kind are not read"),
    ],
)
def test_what_cannot_be_written_is_said(name, form, sources, said, book, tmp_path) -> None:
    (tmp_path / "b").mkdir()
    for place in ("a.txt", "b/a.txt", "a.exe"):
        (tmp_path / place).write_text("some words", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CgutilsError) as caught:
        write_codebook_file(tmp_path / name, book, "en", form, [tmp_path / place for place in sources])
    assert said in str(caught.value) and sorted(tmp_path.rglob("*")) == before
