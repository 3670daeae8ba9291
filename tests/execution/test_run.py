"""Real kernels, few of them: one project with every way to go wrong, run once."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from cgutils.data.errors import CgutilsError
from cgutils.execution.plan import Run, make_plan
from cgutils.execution.run import run_collection
from cgutils.execution.task import Cause
from cgutils.execution.warm.client import why_not

pytestmark = pytest.mark.slow
HEAD = 'language = "en"'
GOOD = [
    'text = ""\nlanguage = "en"',
    "import os, sys",
    "text, os.environ['CGUTILS_PROJECT'] == os.path.dirname(os.getcwd()), os.path.basename(os.getcwd())",
    "print('a warning', file=sys.stderr)\nprint('a result')",
]
TEXT = "\"quoted\" \\ 'x'\n{braces} é"
KERNEL = ["import sys, hashlib", "hashlib.sha256(sys.executable.encode()).hexdigest()"]
NOTEBOOKS = {
    "01-good": GOOD,
    "02-error": [HEAD, "1 + 1", "# a remark\n1 / 0", "2 + 2"],
    "03-dead": [HEAD, "import os\nos._exit(3)", "2 + 2"],
    "04-slow": [HEAD, "import time\ntime.sleep(60)", "2 + 2"],
    "05-leaves": [HEAD, "import sys\nsys.exit(0)", "2 + 2"],
    "06-path": [HEAD, "import os", "os.getcwd()"],
    "07-kernel": [HEAD, *KERNEL],
    "08-announced": [HEAD, "2 + 2"],
    "09-kills": [HEAD, "import os, signal, time\nos.kill(os.getppid(), 9)\ntime.sleep(60)"],
    "10-empty-cell": [HEAD, "", "2 + 2"],
}
FAILURES = {
    "02-error": (Cause.ERROR, "cell [4] `1 / 0`", "ZeroDivisionError: division by zero"),
    "03-dead": (Cause.KERNEL_DIED, "cell [3] `import os`", "the kernel died (exit code 3)"),
    "04-slow": (Cause.TIMEOUT, "cell [3] `import time`", "longer than allowed (5 s)"),
    "05-leaves": (Cause.ERROR, "cell [3] `import sys`", "SystemExit"),
    "06-path": (Cause.PATH, "cell [4] `os.getcwd()`", "the project folder"),
    # Its parent is a process of its own, and neither a worker nor the parent of other kernels.
    "09-kills": (Cause.KERNEL_DIED, "cell [3] `import os, signal, time`", "the kernel died")
    if not why_not()
    else (Cause.WORKER_DIED, "09-kills", "the process that executed the notebook died"),
}


@pytest.fixture(scope="module")
def ran(new_project, new_notebook, tmp_path_factory):
    """The project, its results by name, what progress was told, and what stood there before."""
    project = new_project(tmp_path_factory.mktemp("x") / "a {b}", NOTEBOOKS)
    announced = new_notebook([HEAD, "2 + 2"], raises_exception="1 / 0")
    (project.notebooks / "08-announced.ipynb").write_text(announced, encoding="utf-8")
    executed = project.notebooks / "executed"
    executed.mkdir()
    (executed / "02-error.ipynb").write_text("the last good copy", encoding="utf-8")
    (executed / "01-good.failed.ipynb").write_text("of an earlier run", encoding="utf-8")
    # Another Python, registered by the name that everybody uses.
    decoy = project.root / "jupyter" / "kernels" / "python3"
    decoy.mkdir(parents=True)
    spec = {"argv": ["no-such-python", "{connection_file}"], "display_name": "x", "language": "python"}
    (decoy / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    runs = [Run("01-good", {"text": TEXT, "language": "en"}), *make_plan(project)[1:]]
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(project.root / "jupyter"))
        # What the killed worker leaves in its temporary folder goes with the project.
        patch.setenv("TMPDIR", str(project.root))
        results = run_collection(
            project, reversed(runs), 2, lambda result, *count: told.append((result.run.name, *count)), 5
        )
    return project, {result.run.name: result for result in results}, told


def outputs(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        "".join(o.get("text", o.get("data", {}).get("text/plain", ""))) for c in cells for o in c["outputs"]
    ]


def test_results_are_sorted_whatever_was_done_first(ran) -> None:
    _, results, told = ran
    assert list(results) == sorted(NOTEBOOKS)
    assert sorted(name for name, _, _ in told) == sorted(NOTEBOOKS)
    assert [(done, total) for _, done, total in told] == [
        (n + 1, len(NOTEBOOKS)) for n in range(len(NOTEBOOKS))
    ]


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_reported_as_what_it_is(ran, name) -> None:
    cause, place, said = FAILURES[name]
    result = ran[1][name]
    assert result.failure is not None
    assert result.failure.cause is cause
    assert result.message.startswith(f"{name}: ")
    assert place in result.message
    assert said in result.message
    assert result.path is None


@pytest.mark.parametrize("name", sorted(set(FAILURES) - {"09-kills"}))
def test_a_failed_run_leaves_what_it_came_to(ran, name) -> None:
    partial = ran[1][name].partial
    assert partial.name == f"{name}.failed.ipynb"
    assert partial.name in ran[1][name].message
    cells = json.loads(partial.read_text(encoding="utf-8"))["cells"]
    (position,) = [p for p, cell in enumerate(cells) if cell["id"] == "stopped-here"]
    # A kernel that dies at once may not have told which number the cell has.
    assert cells[position + 1]["execution_count"] in {ran[1][name].failure.cell, None}
    assert "".join(cells[position + 1]["source"]) == NOTEBOOKS[name][position - 1]
    assert "papermill" not in partial.read_text(encoding="utf-8")


def test_the_last_good_copy_stays_and_the_stale_partial_goes(ran) -> None:
    executed = ran[0].notebooks / "executed"
    assert (executed / "02-error.ipynb").read_text(encoding="utf-8") == "the last good copy"
    assert not (executed / "01-good.failed.ipynb").exists()
    names = {path.name for path in executed.iterdir()}
    good = {f"{name}.ipynb" for name in set(NOTEBOOKS) - set(FAILURES)}
    without = {"09-kills"} if why_not() else set()
    bad = {f"{name}.failed.ipynb" for name in set(FAILURES) - without}
    assert names == good | bad | {"02-error.ipynb"}


def test_a_value_arrives_as_it_was_given_in_the_folder_of_the_notebooks(ran) -> None:
    result, *streams = outputs(ran[1]["01-good"].path)
    assert result == repr((TEXT, True, "notebooks"))
    assert sorted(streams) == ["a result\n", "a warning\n"]
    assert ran[1]["01-good"].notes == ("cell [5] wrote to stderr: a warning",)


def test_the_kernel_is_this_python(ran) -> None:
    assert outputs(ran[1]["07-kernel"].path) == [repr(hashlib.sha256(sys.executable.encode()).hexdigest())]


def test_an_error_that_is_announced_is_none(ran) -> None:
    assert ran[1]["08-announced"].failure is None
    assert ran[1]["10-empty-cell"].failure is None


def test_running_again_in_another_order_gives_the_same_bytes(ran) -> None:
    project, results, _ = ran
    again = ["01-good", "07-kernel", "08-announced"]
    before = {name: results[name].path.read_bytes() for name in again}
    run_collection(project, [results[name].run for name in reversed(again)], workers=1)
    assert {name: results[name].path.read_bytes() for name in again} == before


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_a_folder_that_cannot_be_written_is_told(new_project, tmp_path) -> None:
    project = new_project(tmp_path / "p", {"01-good": [HEAD]})
    project.root.chmod(0o500)
    with pytest.raises(CgutilsError, match="cannot be written to"):
        run_collection(project, make_plan(project))


def test_a_copy_that_cannot_be_written_is_a_failure_of_its_run(new_project, tmp_path) -> None:
    project = new_project(tmp_path, {"01-good": [HEAD, "1"]})
    (project.notebooks / "executed").write_text("a file where the folder should be", encoding="utf-8")
    (result,) = run_collection(project, make_plan(project))
    assert result.failure.cause is Cause.NOT_WRITTEN


_BROKEN = """
import sys
from pathlib import Path
from cgutils.data.project import find_project
from cgutils.execution.plan import make_plan
from cgutils.execution.run import run_collection

if __name__ == "__main__":
    project = find_project(sys.argv[1])
    for result in run_collection(project, make_plan(project)):
        print(result.message)
"""


def test_a_library_that_cannot_be_imported_is_told_of_each_notebook(new_project, tmp_path) -> None:
    project = new_project(tmp_path / "p", {"01-good": [HEAD, "1"], "02-good": [HEAD, "2"]}, cases=["aa"])
    shim = tmp_path / "shim" / "papermill"
    shim.mkdir(parents=True)
    (shim / "__init__.py").write_text("raise ImportError('papermill is damaged')", encoding="utf-8")
    script = tmp_path / "script.py"
    script.write_text(_BROKEN, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(project.root)],
        env=os.environ | {"PYTHONPATH": str(shim.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("ImportError: papermill is damaged") == 2, done.stdout
    assert "Traceback" not in done.stderr
