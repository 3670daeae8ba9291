import subprocess
import sys

import pytest

from cgutils.data.errors import CgutilsError
from cgutils.execution.lock import project_lock
from cgutils.execution.run import run_collection

HOLD = """
import sys
from pathlib import Path
from cgutils.data.project import find_project
from cgutils.execution.lock import project_lock
with project_lock(find_project(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(new_project, tmp_path):
    project = new_project(tmp_path, {})
    command = [sys.executable, "-c", HOLD, str(project.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield project, process
        process.kill()


@pytest.mark.slow
def test_the_second_is_told_who_holds_the_lock(holder) -> None:
    project, process = holder
    with (
        pytest.raises(CgutilsError, match=rf"another run is under way .* \(process {process.pid}\)"),
        project_lock(project),
    ):
        pass


@pytest.mark.slow
def test_a_run_takes_the_lock(holder) -> None:
    with pytest.raises(CgutilsError, match="another run is under way"):
        run_collection(holder[0], [])


@pytest.mark.slow
def test_a_lock_dies_with_its_process(holder) -> None:
    project, process = holder
    process.kill()
    process.wait()
    with project_lock(project):
        assert (project.root / ".cgutils" / "run.pid").is_file()


def test_a_lock_is_given_back_and_not_committed(new_project, tmp_path) -> None:
    project = new_project(tmp_path, {})
    with pytest.raises(ZeroDivisionError), project_lock(project):
        raise ZeroDivisionError
    with project_lock(project):
        pass
    assert (project.root / ".cgutils" / ".gitignore").read_text(encoding="utf-8") == "*\n"
