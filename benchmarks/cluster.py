"""Time two Dask workers against one, on 60 notebooks; and 200 notebooks in a row for memory and descriptors.

    python benchmarks/cluster.py [60]

The scheduler and the workers are processes of this machine that share no folder.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill

from cgutils.execution.warm import client

ROOT = Path(__file__).resolve().parents[1]


@contextlib.contextmanager
def cluster(folder: Path, n_workers: int) -> Iterator[str]:
    """Start a scheduler and workers; gives the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    python = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    commands = [[*python, "scheduler", "--no-dashboard", "--host", address, "--port", "0"]]
    for number in range(n_workers):
        place = folder / f"worker-{number}"
        place.mkdir(exist_ok=True)
        commands.append(
            [*python, "worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(place)]
        )
    processes = [subprocess.Popen(command, cwd=folder, **quiet) for command in commands]
    try:
        from distributed import Client  # noqa: PLC0415

        with Client(address, timeout=60) as client:
            client.wait_for_workers(n_workers, timeout=60)
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


def simulated(folder: Path, n_notebooks: int) -> Path:
    """Make a synthetic collection with as many case notebooks."""
    target = folder / f"project-{n_notebooks}"
    command = [sys.executable, "-m", "cgutils.cli", "simulate", "--cases", str(n_notebooks), str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return target


def run(project: Path, *words: str) -> float:
    """Run the case notebooks; returns the seconds."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "cgutils.cli", "run", "--quiet", "--force", "--project", str(project)]
    subprocess.run([*command, "--notebook", "01-case-study", *words], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def in_a_row(times: int = 200) -> None:
    """Execute small notebooks in this process, and print what it holds before and after."""
    cell = nbformat.v4.new_code_cell("import pandas as pd\npd.DataFrame({'x': [1]})")
    spec = {"kernelspec": {"name": "python3", "display_name": "x", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=spec)
    for number in range(times + 1):
        papermill.execute_notebook(notebook, None, engine_name="cgutils-warm", progress_bar=False)
        if number in (20, times):
            for what, pid in (("client", os.getpid()), ("warm parent", client._own.pid)):
                status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
                memory = int(status.split("VmRSS:")[1].split()[0]) / 1024
                held = len(list(Path(f"/proc/{pid}/fd").iterdir()))
                print(f"after {number} notebooks, {what}: {memory:.1f} MiB, {held} descriptors")


def main(n_notebooks: int = 60) -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = simulated(folder, n_notebooks)
        seconds = {}
        for n_workers in (1, 2):
            with cluster(folder, n_workers) as address:
                seconds[n_workers] = run(project, "--scheduler", address)
                print(f"{n_notebooks} notebooks on {n_workers} worker(s): {seconds[n_workers]:.1f} s")
        print(f"two workers against one: {seconds[1] / seconds[2]:.2f} times")
    in_a_row()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
