"""Kill a run at random moments, its whole process group at once, and see what is left.

    python benchmarks/kills.py [times]

After each kill there must be no half-written file, no lock that stops the next run and no process; at the end
a run must complete with the same bytes. Linux only: processes are looked for in /proc.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MARK = "CGUTILS_KILLS"
WRITES = """\
import os, time, uuid
from pathlib import Path
from cgutils.data.files import write_text
for part in range(20):
    write_text(Path(os.environ['CGUTILS_PROCESSED']) / f'{name}-{part}.txt', f'{name} {part}\\n' * 2000)
"""


def small_project(root: Path, n_notebooks: int = 6, seconds: float = 0.0) -> Path:
    """Make a project whose notebooks write many files, or sleep."""
    data = root / "data" / "raw"
    data.mkdir(parents=True)
    for name, text in _minimal().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text)
    (root / "notebooks").mkdir()
    for number in range(n_notebooks):
        cells = [f'name = "n{number}"', WRITES, f"import time\ntime.sleep({seconds})", "print(name)"]
        made = [
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {"tags": ["parameters"] if place == 0 else []},
                "outputs": [],
                "source": source,
            }
            for place, source in enumerate(cells)
        ]
        notebook = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
        path = root / "notebooks" / f"{number:02}-writes.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
    return root


def _minimal() -> dict[str, bytes]:
    folder = Path(__file__).parents[1] / "tests" / "data" / "minimal"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def start(project: Path, *options: str) -> subprocess.Popen[str]:
    """Start a run in a process group of its own, marked by a variable that all its parts inherit."""
    command = [sys.executable, "-m", "cgutils.cli", "run", "--project", str(project), *options]
    return subprocess.Popen(
        command,
        env=os.environ | {MARK: str(project)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def results(project: Path) -> dict[str, str]:
    """Checksums of all results."""
    folders = (project / "data" / "processed", project / "notebooks" / "executed")
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def complete_run(project: Path) -> tuple[dict[str, str], float]:
    """Run all; returns the checksums of the results, and the seconds that it took."""
    started = time.monotonic()
    process = start(project, "--force")
    _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return results(project), time.monotonic() - started


def killed_run(project: Path, seconds: float) -> list[str]:
    """Start a run, kill it after some seconds, and tell what is not as it should be."""
    process = start(project, "--force")
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    found = [f"process {pid} is left: {command}" for pid, command in left_over(project)]
    for name in results(project):
        path = project / name
        if path.name.startswith(".") and path.suffix == ".part":
            continue
        if path.suffix == ".ipynb" or path.name == "manifest.json":
            try:
                json.loads(path.read_bytes())
            except ValueError:
                found.append(f"{name} is half written")
        elif path.suffix == ".txt" and len(path.read_text(encoding="utf-8").splitlines()) != 2000:
            found.append(f"{name} is half written")
    return found


def interrupted_run(project: Path, *options: str) -> tuple[int, str, list[tuple[int, str]]]:
    """Interrupt a run as Ctrl-C does when its first notebooks are running."""
    process = start(project, "--force", *options)
    deadline = time.monotonic() + 60
    while not list((project / "data" / "processed").glob("n*-19.txt")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    return process.returncode, said, left_over(project)


def full_disk(folder: Path) -> tuple[int, str, bool] | None:
    """Run on a disk that is full; None where none can be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        return None
    try:
        project = small_project(disk / "p", 2)
        before, _ = complete_run(project)
        filler = disk / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as stream:
            while True:
                stream.write(b"x" * 4096)
        process = start(project, "--force")
        out, said = process.communicate(timeout=120)
        filler.unlink()
        after = {
            name: sum_
            for name, sum_ in results(project).items()
            if ".part" not in name and ".failed." not in name
        }
        return process.returncode, out + said, all(after.get(name) == sum_ for name, sum_ in before.items())
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)


def left_over(project: Path, patience: float = 10.0) -> list[tuple[int, str]]:
    """Find processes of a run that are still there after some seconds."""
    deadline = time.monotonic() + patience
    while True:
        found = list(_marked(f"{MARK}={project}".encode()))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def _marked(mark: bytes) -> list[tuple[int, str]]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    if command:
                        found.append((int(entry.name), command))
    return found


def main(times: int = 100) -> None:
    """Print what was found."""
    with tempfile.TemporaryDirectory() as folder:
        project = small_project(Path(folder) / "p")
        expected, seconds = complete_run(project)
        moments, wrong = random.Random(7), 0
        for number in range(times):
            moment = moments.uniform(0.0, seconds)
            for said in killed_run(project, moment):
                wrong += 1
                print(f"kill {number + 1} after {moment:.2f} s: {said}")
        again, _ = complete_run(project)
        print(f"{times} kills within {seconds:.1f} s of a run: {wrong} things left or half written")
        differ = sorted(name for name in expected | again if expected.get(name) != again.get(name))
        print(f"files of the next run that are not the same as before: {differ or 'none'}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
