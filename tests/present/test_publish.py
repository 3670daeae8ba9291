from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from cgutils.data.errors import CgutilsError
from cgutils.data.project import Project
from cgutils.present import publish as module
from cgutils.present.describe import describe_figure
from cgutils.present.publish import alt_text, publish, save_table
from cgutils.present.turnout import plot_turnout

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def project(tmp_path) -> Project:
    return Project(tmp_path, tmp_path / "raw", tmp_path / "processed", tmp_path / "notebooks")


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_a_figure_is_written_with_its_data_and_told_in_words(make, project, language, capsys):
    figure = make.draw("partners", language)
    text, description = alt_text(figure), describe_figure(figure)
    publish(figure, "partner-counts", make.partners(), make.labels(language), project)
    folder = project.processed / "figures"
    stem = f"partner-counts-{language}"
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{stem}.png",
        f"{stem}.svg",
        "partner-counts.csv",
    ]
    printed = capsys.readouterr().out
    first, second, *rest = printed.splitlines()
    assert first.endswith(f": figures/{stem}.svg, figures/{stem}.png, figures/partner-counts.csv")
    assert second.endswith(f": {text}")
    assert "\n".join(rest[1:]) == description
    assert str(project.root) not in printed
    saved = pd.read_csv(folder / "partner-counts.csv")
    assert saved["count"].tolist() == make.partners()["count"].tolist()


@pytest.mark.parametrize("name", ["heatmap", "radar", "balance", "turnout"])
def test_the_same_figure_gives_the_same_bytes(make, project, name):
    found = []
    for _ in range(2):
        publish(make.draw(name, "id", 1), "same", make.partners(), make.labels("id"), project)
        found.append(digests(project.processed / "figures"))
    assert found[0] == found[1]


CHILD = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import conftest
from cgutils.data.project import Project
from cgutils.present.publish import publish
root = Path(sys.argv[2])
project = Project(root, root, root / "processed", root)
data, labels = conftest.make_partners(), conftest.make_labels("id")
publish(conftest.draw("profiles", "id"), "same", data, labels, project)
"""


def test_another_process_gives_the_same_bytes(make, project, tmp_path):
    publish(make.draw("profiles", "id"), "same", make.partners(), make.labels("id"), project)
    other = tmp_path / "other"
    subprocess.run(
        [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(other)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "MPLBACKEND": "Agg"},
    )
    assert digests(other / "processed" / "figures") == digests(project.processed / "figures")


def test_the_svg_can_be_read_aloud_and_holds_no_date(make, project, language):
    figure = make.draw("turnout", language)
    text = alt_text(figure)
    publish(figure, "profiles", make.turnout(), make.labels(language), project)
    written = (project.processed / "figures" / f"profiles-{language}.svg").read_text("utf-8")
    root = ET.fromstring(written)
    assert root.get("role") == "img"
    assert root.get("aria-label") == text
    assert root.find(f"{SVG}title").text == make.labels(language).term("title_turnout")
    assert root.find(f"{SVG}desc").text == text
    assert "dc:date" not in written
    assert "Matplotlib v" not in written


def test_an_alternative_text_cannot_break_the_svg(make, project):
    figure = make.draw("partners")
    figure.set_label('a "quoted" <tag> & more')
    publish(figure, "odd", make.partners(), make.labels(), project)
    root = ET.parse(project.processed / "figures" / "odd-en.svg").getroot()
    assert root.get("aria-label") == root.find(f"{SVG}desc").text == 'a "quoted" <tag> & more'


@pytest.mark.filterwarnings("ignore:Glyph")
def test_control_characters_do_not_break_a_picture(make, project):
    frame = make.turnout().assign(as_printed="a\x07b\x00c\x1b\ufffe")
    figure = plot_turnout(frame, make.labels())
    publish(figure, "odd", frame, make.labels(), project)
    folder = project.processed / "figures"
    root = ET.parse(folder / "odd-en.svg").getroot()
    assert "reported: abc" in root.find(f"{SVG}desc").text == root.get("aria-label")
    with Image.open(folder / "odd-en.png") as picture:
        picture.load()


def test_the_png_carries_its_description_and_nothing_that_varies(make, project):
    figure = make.draw("turnout", "id")
    text, size = alt_text(figure), figure.get_size_inches()
    publish(figure, "profiles", make.turnout(), make.labels("id"), project)
    with Image.open(project.processed / "figures" / "profiles-id.png") as picture:
        assert picture.info.pop("Description") == text
        assert {round(dots) for dots in picture.info.pop("dpi")} == {150}
        assert picture.info == {}
        assert picture.size == tuple(int(side * 150) for side in size)


@pytest.mark.parametrize(
    "name",
    ["", "../x", "a/b", "A", "a b", "a--b", "-a", "a__b", "a.svg", "nul", "com1", "é", "a\n", "x" * 81, None],
)
def test_a_name_that_could_leave_the_folder_is_refused(name, make, project):
    with pytest.raises(CgutilsError, match="name of a figure"):
        publish(make.draw("partners"), name, make.partners(), make.labels(), project)
    assert not project.processed.exists()


def test_a_figure_without_words_is_refused_before_anything_is_written(make, project):
    with pytest.raises(CgutilsError, match="no alternative text"):
        publish(Figure(), "bare", make.partners(), make.labels(), project)
    with pytest.raises(CgutilsError, match="no alternative text"):
        alt_text(Figure())
    assert not project.processed.exists()


@pytest.mark.parametrize("data", [None, pd.DataFrame({"a": []}), [1]])
def test_a_figure_without_its_data_is_refused(data, make, project):
    with pytest.raises(CgutilsError, match="its data must be a frame with rows"):
        publish(make.draw("partners"), "bare", data, make.labels(), project)


def test_where_one_file_cannot_be_written_none_is(make, project):
    folder = project.processed / "figures"
    (folder / "whole.csv").mkdir(parents=True)
    with pytest.raises(CgutilsError, match=r"whole\.csv: could not be written.*Nothing was changed"):
        publish(make.draw("partners"), "whole", make.partners(), make.labels(), project)
    assert [path.name for path in folder.iterdir()] == ["whole.csv"]


def test_the_project_is_found_where_none_is_given(make, tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("CGUTILS_PROJECT", str(tmp_path))
    monkeypatch.setenv("CGUTILS_PROCESSED", str(tmp_path / "elsewhere"))
    publish(make.draw("partners"), "found", make.partners(), make.labels())
    assert (tmp_path / "elsewhere" / "figures" / "found-en.svg").is_file()


def test_a_notebook_shows_the_picture_once_with_its_words(make, project, monkeypatch):
    shown = []
    monkeypatch.setattr(module, "get_ipython", object)  # anything but None: a shell is there
    monkeypatch.setattr(module, "display", lambda *args, **kwargs: shown.append((args, kwargs)))
    figure = make.draw("partners")
    text = alt_text(figure)
    publish(figure, "shown", make.partners(), make.labels(), project)
    (((bundle,), options),) = shown
    assert bundle["text/plain"] == text
    written = (project.processed / "figures" / "shown-en.png").read_bytes()
    assert base64.b64decode(bundle["image/png"]) == written
    assert options["metadata"]["image/png"]["alt"] == text
    assert options["raw"] is True


def test_a_figure_of_pyplot_is_closed(make, project):
    figure = plt.figure()
    figure.add_subplot().plot([0, 1])
    figure.set_label("a line")
    publish(figure, "closed", make.partners(), make.labels(), project)
    assert not plt.get_fignums()


def test_a_figure_that_is_the_value_of_a_cell_is_shown_with_its_words(make):
    figure = make.draw("partners")
    bundle, metadata = figure._repr_mimebundle_()
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == alt_text(figure)
    assert not plt.get_fignums()


def test_a_table_is_saved_and_its_size_told(make, project, capsys):
    save_table(make.partners(), "partner_counts", project)
    assert capsys.readouterr().out == "partner_counts.csv: 4 × 7\n"
    saved = pd.read_csv(project.processed / "partner_counts.csv")
    assert saved["count"].tolist() == make.partners()["count"].tolist()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a.csv", "nul", None])
def test_a_table_is_not_saved_under_a_name_that_could_leave_the_folder(name, make, project):
    with pytest.raises(CgutilsError, match="name of a table"):
        save_table(make.partners(), name, project)
    assert not project.processed.exists()


def test_a_table_without_rows_leaves_its_headings(make, project):
    save_table(make.partners().iloc[:0], "empty", project)
    text = (project.processed / "empty.csv").read_text(encoding="utf-8")
    assert text == ",".join(make.partners().columns) + "\n"


def test_what_is_no_frame_is_not_saved(make, project):
    with pytest.raises(CgutilsError, match="a frame is needed, found list"):
        save_table([], "empty", project)
