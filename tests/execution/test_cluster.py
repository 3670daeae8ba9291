"""Any executor: a real Dask scheduler, and two workers that share nothing, one of which is killed midway."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cgutils.data.errors import CgutilsError
from cgutils.execution.cluster import execute_in, execute_on, workers_prepared
from cgutils.execution.inventory import input_files, output_files
from cgutils.execution.parcel import Delivery, Origin, execute_parcel, pack, this_origin, unpack
from cgutils.execution.plan import make_plan
from cgutils.execution.run import run_collection
from cgutils.execution.task import Cause, Outcome, Task
from cgutils.execution.warm.client import why_not

pytestmark = pytest.mark.slow
HEAD = 'case_id = "aa"'
CELLS = [
    HEAD,
    "import os, time\nfrom pathlib import Path",
    "text = (Path(os.environ['CGUTILS_PROJECT']) / 'data/raw/cases' / case_id / 'case.yaml').read_text()",
    "(Path(os.environ['CGUTILS_PROCESSED']) / f'{case_id}.txt').write_text(text + case_id)",
    "time.sleep(0.5)\nimport helper\nhelper.WORD",
]


@pytest.fixture
def project(new_project, tmp_path):
    made = new_project(
        tmp_path / "here" / "p", {"01-case": CELLS}, cases=["aa", "bb", "cc", "dd", "ee", "ff"]
    )
    (made.notebooks / "helper.py").write_text("WORD = 'helped'\n", encoding="utf-8")
    made.processed.mkdir(parents=True)
    return made


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """Address of a scheduler, and the processes of its two workers, each in a folder of its own."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{free_port()}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [
        sys.executable,
        "-m",
        "dask",
        "scheduler",
        "--no-dashboard",
        "--host",
        address,
        "--port",
        "0",
    ]
    processes = [subprocess.Popen(scheduler, cwd=tmp_path, **quiet)]
    try:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            command = [sys.executable, "-m", "dask", "worker", address, "--nthreads", "1", "--no-dashboard"]
            processes.append(
                # Without its own keeper, so that a kill is final.
                subprocess.Popen(
                    [*command, "--no-nanny", "--local-directory", str(tmp_path / name)],
                    cwd=tmp_path / name,
                    start_new_session=True,
                    **quiet,
                )
            )
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_two_workers_give_the_results_of_this_machine_though_one_is_killed(project, cluster) -> None:
    address, workers = cluster
    plan = make_plan(project)
    here = run_collection(project, plan, 2)
    expected = {name: path.read_bytes() for name, path in output_files(project).items()}
    for path in output_files(project).values():
        path.unlink()
    killed = threading.Event()

    def after_the_first(*_: object) -> None:
        if not killed.is_set():
            killed.set()
            os.kill(workers[0].pid, signal.SIGKILL)

    there = run_collection(project, plan, progress=after_the_first, scheduler=address)
    assert [result.message for result in there] == [""] * len(plan)
    assert {name: path.read_bytes() for name, path in output_files(project).items()} == expected
    assert killed.is_set()
    root = project.root.resolve()
    for one, other in zip(here, there, strict=True):
        for seen in (one.seen, other.seen):
            assert root / "notebooks" / "helper.py" in seen.read
        # Byte code may be written as well.
        results, others = (
            [path for path in seen.written if project.processed.resolve() in path.parents]
            for seen in (one.seen, other.seen)
        )
        assert results == others and results


@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_workers_import_while_the_tasks_are_prepared(cluster) -> None:
    from distributed import Client

    def warm_parents() -> int:
        from cgutils.execution.warm import client

        return int(client._own is not None)

    address, workers = cluster
    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(len(workers), timeout=60)
        assert [*client.run(warm_parents).values()] == [0, 0]
        with workers_prepared(address):
            deadline = time.monotonic() + 60
            while [*client.run(warm_parents).values()] != [1, 1]:
                assert time.monotonic() < deadline
                time.sleep(0.05)


def test_nobody_at_the_address_is_told(monkeypatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("cgutils.execution.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(CgutilsError, match="no scheduler answers"):
        list(execute_on(f"tcp://127.0.0.1:{free_port()}", [], {}))


def test_without_the_extra_the_command_to_install_it_is_told(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CgutilsError, match=r"\.\[cluster\]"):
        list(execute_on("tcp://127.0.0.1:1", [], {}))


def task_of(project):
    return Task("01-case-aa", (project.notebooks / "01-case.ipynb").read_text(), {"case_id": "aa"}, "nowhere")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"library": "0"}, "another state of the library"),
        ({"environment": {**this_origin().environment, "python": "2.7"}}, "Python 2.7 -> 3"),
    ],
)
def test_a_worker_that_differs_executes_nothing(project, change, said) -> None:
    found = execute_parcel(task_of(project), pack(input_files(project)), replace(this_origin(), **change))
    assert found.outcome.notebook is None
    assert found.outcome.failure.cause is Cause.OTHER
    assert said in str(found.outcome.failure)


def test_a_worker_that_fails_is_a_failure_of_its_run(project) -> None:
    with ThreadPoolExecutor(1) as executor:
        (found,) = execute_in(executor, [task_of(project)], b"no archive", this_origin())
    assert found.outcome.failure.cause is Cause.WORKER_DIED
    assert "BadZipFile" in str(found.outcome.failure)


@pytest.mark.parametrize("name", ["../x.txt", "/x.txt", "a/../../x.txt", "", "..\\x.txt", "C:x.txt"])
def test_nothing_that_a_worker_sends_gets_out_of_the_folder_of_results(project, name) -> None:
    with pytest.raises(CgutilsError, match="leads out of the folder"):
        unpack(project, Delivery(Outcome("x"), {name: b"x"}))
    assert not list(project.root.parent.glob("x.txt"))


def test_the_same_files_are_packed_to_the_same_bytes(project) -> None:
    files = input_files(project)
    first = pack(files)
    for path in files.values():
        os.utime(path, (time.time(), 1))
    assert pack(dict(reversed(files.items()))) == first
    assert isinstance(this_origin(), Origin)
