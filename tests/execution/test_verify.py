"""What a verification says of a project whose rebuild is known beforehand: no kernel is started here."""

import hashlib
import json
import re
import shutil
import tempfile
from pathlib import Path

import pytest

import support
from cgutils.data.errors import CgutilsError
from cgutils.execution import verify as verify_module
from cgutils.execution.compare import Status
from cgutils.execution.manifest import write_manifest
from cgutils.execution.normalise import normalise, to_text
from cgutils.execution.plan import make_plan, select_runs
from cgutils.execution.record import Recorded
from cgutils.execution.run import RunResult
from cgutils.execution.task import Cause, Failure
from cgutils.execution.verify import MANIFEST_NAME, verify
from cgutils.execution.verify_report import as_data, summary_line, terminal_lines, write_report

SCORES, COPY = "data/processed/scores.csv", "notebooks/executed/01-scores.ipynb"
DRAWING, PICTURE = "data/processed/figures/dots-en.svg", "data/processed/figures/dots-en.png"
OTHER, OTHER_COPY = "data/processed/other.txt", "notebooks/executed/02-other.ipynb"
RATINGS = "data/raw/cases/aa/ratings.csv"
DESCRIPTION = (
    "figure 2 x 2 in, axes: 1\naxes 1\n  collection 1 Dots: 3 points, colours #0072b2ff, 0123456789ab"
)
WRITES = {
    "01-scores": {
        SCORES: "case_id,indicator_id,membership\naa,x,0.67\naa,y,0.33\n",
        DRAWING: '<svg>\n<path style="fill: #0072b2"/>\n</svg>\n',
        PICTURE: "pixels",
    },
    "02-other": {OTHER: "words\n"},
}
SAID = {
    "01-scores": [f"Files: figures/dots-en.svg, figures/dots-en.png\n{DESCRIPTION}\n", "aa  x  0.67\n"],
    "02-other": ["words\n"],
}


def executed(source: Path, texts: list[str]) -> str:
    notebook = json.loads(source.read_text(encoding="utf-8"))
    for count, (cell, text) in enumerate(zip(notebook["cells"], [None, *texts], strict=True), 1):
        cell["execution_count"] = count
        if text is not None:
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    normalise(notebook)
    return to_text(notebook)


class Runs:
    """Stands for the runs: writes what they are said to write, and whatever a test changes of it."""

    def __init__(self) -> None:
        self.writes = {name: dict(files) for name, files in WRITES.items()}
        self.said = {name: list(texts) for name, texts in SAID.items()}
        self.fail: set[str] = set()
        self.copies: list[Path] = []

    def __call__(self, project, runs, workers=None, progress=None, checked=None):
        self.copies.append(project.root)
        results = []
        for run in runs:
            if run.name in self.fail:
                results.append(
                    RunResult(run, failure=Failure(Cause.ERROR, "by zero", "DivisionError", 2, "1 / 0"))
                )
                continue
            paths = [self.write(project, name, text) for name, text in self.writes[run.name].items()]
            text = executed(project.notebooks / f"{run.notebook}.ipynb", self.said[run.name])
            copy = self.write(project, f"notebooks/executed/{run.name}.ipynb", text)
            results.append(RunResult(run, copy, seen=Recorded(written=tuple(paths))))
        return tuple(results)

    def write(self, project, name, text):
        path = project.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def runs(monkeypatch):
    made = Runs()
    monkeypatch.setattr(verify_module, "run_collection", made)
    return made


@pytest.fixture
def project(new_project, tmp_path, runs, monkeypatch):
    """A project with stored results and their manifest."""
    made = new_project(
        tmp_path / "p",
        {"01-scores": ['language = "en"', "draw()", "show()"], "02-other": ['language = "en"', "show()"]},
        cases=["aa"],
    )
    (made.root / RATINGS).write_text("indicator_id,coder_id,level\nx,one,2\ny,one,1\n", encoding="utf-8")
    write_manifest(made, runs(made, make_plan(made)))
    runs.copies.clear()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return made


def edit(project, name, old, new) -> None:
    path = project.root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def not_same(found):
    return {artefact.path: artefact for artefact in found.artefacts if not artefact.same}


def test_results_that_can_be_made_again_are_identical(project, runs) -> None:
    found = verify(project)
    assert {artefact.status for artefact in found.artefacts} == {Status.IDENTICAL}
    assert [artefact.path for artefact in found.artefacts] == sorted(
        [SCORES, COPY, DRAWING, PICTURE, OTHER, OTHER_COPY, MANIFEST_NAME]
    )
    assert found.same
    assert found.pinned
    assert (found.causes, found.environment) == ((), ())
    assert summary_line(found) == "7 artefacts: 7 identical"


def test_a_run_in_another_language_is_made_again_like_the_others(project, runs) -> None:
    runs.writes["02-other-id"], runs.said["02-other-id"] = {f"{OTHER}.id": "kata"}, ["kata\n"]
    more = runs(project, select_runs(project, make_plan(project), language="id", notebook="02-other"))
    assert [result.run.name for result in more] == ["02-other-id"]
    kept = json.loads((project.processed / "manifest.json").read_text(encoding="utf-8"))
    assert write_manifest(project, more, kept=dict.fromkeys(kept["runs"], kept)) is not None
    found = verify(project)
    assert found.same and len(found.artefacts) == 9
    assert "notebooks/executed/02-other-id.ipynb" in [artefact.path for artefact in found.artefacts]
    # It is compared like the others, too.
    runs.writes["02-other-id"] = {f"{OTHER}.id": "lain"}
    assert list(not_same(verify(project))) == [f"{OTHER}.id"]


def test_the_project_is_not_written_to_and_the_copy_is_removed(project, runs) -> None:
    before = support.snapshot(project.root)
    verify(project)
    assert support.snapshot(project.root) == before
    (copy,) = runs.copies
    assert not copy.exists()
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_the_copy_is_removed_whatever_happens(project, monkeypatch) -> None:
    def interrupted(*_: object, **__: object):
        raise KeyboardInterrupt

    monkeypatch.setattr(verify_module, "run_collection", interrupted)
    with pytest.raises(KeyboardInterrupt):
        verify(project)
    assert list(Path(tempfile.gettempdir()).iterdir()) == []


def test_a_copy_that_cannot_be_made_is_told(project, monkeypatch) -> None:
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(CgutilsError, match=r"could not be copied .*No space left on device"):
        verify(project)


def test_edited_results_are_named_exactly_and_recognised_as_edited(project) -> None:
    edit(project, COPY, "aa  x  0.67", "aa  x  0.76")
    edit(project, DRAWING, "#0072b2", "#d55e00")
    edit(project, PICTURE, "pixels", "painted")
    edit(project, SCORES, "aa,y,0.33", "aa,y,0.44")
    found = not_same(verify(project))
    remark = ("the rebuild is what the manifest lists: the stored file was changed afterwards",)
    assert {name: artefact.changes for name, artefact in found.items()} == {
        COPY: ('cell [3] `show()`, stdout, line 1: "aa x 0.76" -> "aa x 0.67"',),
        DRAWING: ('line 2: "<path style="fill: #d55e00"/>" -> "<path style="fill: #0072b2"/>"',),
        PICTURE: ("differs as dots-en.svg does",),
        SCORES: ("aa / y: membership 0.44 -> 0.33; depends on cases/aa/ratings.csv row 3",),
    }
    assert {artefact.remarks for artefact in found.values()} == {remark}
    assert {artefact.status for artefact in found.values()} == {Status.DIFFERS}


def test_an_edited_picture_beside_an_untouched_drawing_is_found_by_the_manifest(project) -> None:
    edit(project, PICTURE, "pixels", "painted")
    found = not_same(verify(project))
    assert {name: artefact.changes for name, artefact in found.items()} == {
        PICTURE: ("is not the picture that the manifest lists",)
    }


def test_a_changed_input_is_named_first_and_explains_what_differs(project, runs) -> None:
    edit(project, RATINGS, "x,one,2", "x,one,1")
    runs.writes["01-scores"][SCORES] = WRITES["01-scores"][SCORES].replace("0.67", "0.33")
    found = verify(project)
    assert found.causes == (f"{RATINGS}: changed",)
    differs = not_same(found)
    assert set(differs) == {SCORES, MANIFEST_NAME}
    (said,) = differs[SCORES].changes
    assert said == "aa / x: membership 0.67 -> 0.33; depends on cases/aa/ratings.csv row 2 (changed)"
    assert differs[SCORES].remarks == ()
    assert differs[MANIFEST_NAME].changes == ("lists another state of 1 input",)
    lines = list(terminal_lines(found))
    assert lines.index(f"    {RATINGS}: changed") < lines.index(f"    {said}")


def test_inputs_and_runs_come_and_go(project, runs) -> None:
    (project.root / RATINGS).rename(project.root / "data/raw/new.csv")
    (project.notebooks / "02-other.ipynb").unlink()
    edit(project, MANIFEST_NAME, '"language": "en"', '"language": "id"')
    found = verify(project)
    assert found.causes == (
        f"{RATINGS}: gone",
        "data/raw/new.csv: new",
        "notebooks/02-other.ipynb: gone",
        "run 02-other: gone",
        "run 01-scores: language 'id' -> 'en'",
    )
    differs = not_same(found)
    assert {name: differs[name].status for name in (OTHER, OTHER_COPY)} == dict.fromkeys(
        (OTHER, OTHER_COPY), Status.EXTRA
    )


def test_a_changed_library_is_named_by_its_file(project, runs) -> None:
    path = project.root / MANIFEST_NAME
    content = json.loads(path.read_text(encoding="utf-8"))
    content["library"]["files"]["analysis/options.py"] = hashlib.sha256(b"other").hexdigest()
    path.write_text(json.dumps(content), encoding="utf-8")
    found = verify(project)
    assert found.causes == ("library, cgutils/analysis/options.py: changed",)
    assert not_same(found)[MANIFEST_NAME].changes == ("lists another state of the library",)


def test_missing_and_extra_artefacts_are_named(project) -> None:
    (project.root / SCORES).unlink()
    (project.root / OTHER_COPY).unlink()
    (project.processed / "old.csv").write_text("a\n", encoding="utf-8")
    found = not_same(verify(project))
    assert {name: artefact.status for name, artefact in found.items()} == {
        SCORES: Status.MISSING,
        OTHER_COPY: Status.MISSING,
        "data/processed/old.csv": Status.EXTRA,
    }
    assert found[SCORES].changes == ("made by 01-scores, and not among the stored results",)


def test_an_executed_copy_without_outputs_is_a_difference(project) -> None:
    path = project.root / OTHER_COPY
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["outputs"] = []
    path.write_text(to_text(notebook), encoding="utf-8")
    (found,) = not_same(verify(project)).values()
    assert found.path == OTHER_COPY
    assert found.changes[0].startswith("holds no outputs")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": [{}], "nbformat": 4}'])
def test_an_executed_copy_that_cannot_be_read_is_a_difference(project, text) -> None:
    (project.root / OTHER_COPY).write_text(text, encoding="utf-8")
    (found,) = not_same(verify(project)).values()
    assert found.path == OTHER_COPY
    assert re.search("cannot be read|is no (valid )?notebook", found.changes[0])


def test_a_run_that_fails_is_reported_and_the_others_are_compared(project, runs) -> None:
    runs.fail.add("01-scores")
    found = verify(project)
    assert {artefact.path: artefact.status for artefact in found.artefacts} == {
        **dict.fromkeys((SCORES, DRAWING, PICTURE, COPY), Status.NOT_REBUILT),
        **dict.fromkeys((OTHER, OTHER_COPY, MANIFEST_NAME), Status.IDENTICAL),
    }
    differs = not_same(found)
    assert differs[COPY].changes == ("cell [2] `1 / 0`: a cell raised an error (DivisionError: by zero)",)
    assert differs[SCORES].changes == ("was made by 01-scores, which failed",)
    assert not found.same


def test_without_a_manifest_all_is_still_compared(project) -> None:
    (project.root / MANIFEST_NAME).unlink()
    edit(project, SCORES, "0.67", "0.6700001")
    edit(project, OTHER, "words", "other")
    found = verify(project)
    assert {artefact.path: artefact.status for artefact in found.artefacts if artefact.path != COPY} == {
        **dict.fromkeys((DRAWING, PICTURE, OTHER_COPY), Status.IDENTICAL),
        SCORES: Status.EQUAL,
        OTHER: Status.DIFFERS,
        MANIFEST_NAME: Status.MISSING,
    }
    assert not found.pinned
    assert next(terminal_lines(found)).startswith("No manifest: numbers in tables to 1e-06")


def test_a_manifest_that_cannot_be_read_is_told_and_all_is_still_compared(project) -> None:
    (project.root / MANIFEST_NAME).write_text("<<<<<<< HEAD", encoding="utf-8")
    edit(project, OTHER, "words", "other")
    found = not_same(verify(project))
    assert set(found) == {OTHER, MANIFEST_NAME}
    assert "cannot be read as a manifest" in found[MANIFEST_NAME].changes[0]


def test_a_manifest_of_an_earlier_state_of_the_results_is_told(project, runs) -> None:
    runs.writes["02-other"][OTHER] = "new words\n"
    edit(project, OTHER, "words", "new words")
    found = not_same(verify(project))
    assert {name: artefact.changes for name, artefact in found.items()} == {
        MANIFEST_NAME: (f"lists another content of {OTHER}",)
    }


@pytest.fixture
def elsewhere(project):
    """The project, made with another version of a package."""
    path = project.root / MANIFEST_NAME
    content = json.loads(path.read_text(encoding="utf-8"))
    content["environment"]["packages"]["matplotlib"] = "3.0.0"
    content["environment"]["system"] = "Elsewhere"
    path.write_text(json.dumps(content), encoding="utf-8")
    return project


def test_another_environment_is_reported_and_tolerated(elsewhere, runs) -> None:
    runs.writes["01-scores"][SCORES] = WRITES["01-scores"][SCORES].replace("0.67", "0.6700001")
    runs.writes["01-scores"][DRAWING] += "<!-- drawn by another version -->\n"
    runs.writes["01-scores"][PICTURE] += " smoothed"
    found = verify(elsewhere)
    assert found.same
    assert [artefact.path for artefact in found.artefacts if artefact.status is Status.EQUAL] == [
        PICTURE,
        DRAWING,
        SCORES,
    ]
    assert found.environment[0].startswith("system Elsewhere -> ")
    assert found.environment[1].startswith("matplotlib 3.0.0 -> ")
    said = "\n".join(terminal_lines(found))
    assert said.startswith("Another environment than that of the manifest")
    assert "matplotlib 3.0.0 -> " in said


def test_the_same_drawings_do_not_pass_in_the_environment_of_the_manifest(project, runs) -> None:
    runs.writes["01-scores"][DRAWING] += "<!-- -->\n"
    assert set(not_same(verify(project))) == {DRAWING}


def test_another_drawing_is_told_in_words_in_any_environment(elsewhere, runs) -> None:
    runs.writes["01-scores"][DRAWING] = WRITES["01-scores"][DRAWING].replace("#0072b2", "#d55e00")
    runs.said["01-scores"][0] = SAID["01-scores"][0].replace("#0072b2", "#d55e00")
    found = not_same(verify(elsewhere))
    assert set(found) == {COPY, DRAWING}
    change = "axes 1, collection 1: colours #0072b2ff -> #d55e00ff"
    assert found[DRAWING].changes == (change,)
    assert found[COPY].changes == (f"cell [2] `draw()`, stdout, drawing, {change}",)


def test_an_edited_drawing_is_found_in_any_environment(elsewhere) -> None:
    edit(elsewhere, DRAWING, "#0072b2", "#d55e00")
    assert set(not_same(verify(elsewhere))) == {DRAWING}


def test_a_drawing_that_nobody_describes_cannot_be_compared_elsewhere(elsewhere, runs) -> None:
    runs.said["01-scores"][0] = "words\n"
    runs.writes["01-scores"][DRAWING] += "<!-- -->\n"
    assert "no executed notebook prints its description" in not_same(verify(elsewhere))[DRAWING].changes[0]


def test_the_report_holds_all_that_was_found_and_is_the_same_every_time(project, tmp_path) -> None:
    (project.root / OTHER).write_text("~~~~\n\x1b[31m<b>\n" * 20, encoding="utf-8")
    found = verify(project)
    for folder in ("one", "two"):
        write_report(found, tmp_path / folder / "deep")
    files = [support.snapshot(tmp_path / name / "deep") for name in ("one", "two")]
    assert files[0] == files[1]
    assert list(files[0]) == ["verification.json", "verification.md"]
    data = json.loads(files[0]["verification.json"])
    assert data == as_data(found)
    assert [item["path"] for item in data["artefacts"] if item["status"] == "differs"] == [OTHER]
    text = files[0]["verification.md"].decode("utf-8")
    assert text.index("## Differs") < text.index("## Identical")
    assert all(f"`{item['path']}`" in text for item in data["artefacts"])
    assert "\x1b" not in text + "".join(terminal_lines(found))
    assert str(tmp_path) not in text + files[0]["verification.json"].decode("utf-8")


def test_many_changes_are_cut_in_the_terminal_and_whole_in_the_report(project, tmp_path) -> None:
    (project.root / OTHER).write_text("\n".join(map(str, range(40))), encoding="utf-8")
    found = verify(project)
    changes = not_same(found)[OTHER].changes
    lines = list(terminal_lines(found))
    shown = [line for line in lines if line.startswith("    ")]
    assert len(changes) > len(shown)
    assert re.search(r"and \d+ more \(all of them in the report", lines[-1])
    text = write_report(found, tmp_path / "r")[0].read_text(encoding="utf-8")
    assert all(change in text for change in changes)
