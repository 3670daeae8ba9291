"""Time the runs of this collection against what people use: each ratio within one go, the ways interleaved.

    python benchmarks/execution.py [--rounds 1] [--what cold,case,nothing,rating,nbval,dead]

cold     the whole collection, against papermill in one process and in a pool of two
case     30 runs of the case notebook, against papermill in one process
nothing  `cgutils run` where nothing has changed, interpreter start included
rating   the same after one rating was changed, against the cold run; also of 30 synthetic cases
nbval    pytest with nbval as configured, against nbval with ordinary kernels in one process
dead     from the end of a kernel that exits, or is killed, to the report of it

All is done in copies; other programs that use the processors make every figure worse. The project is run by
its own command in a process of its own, so that its start counts; papermill is imported when its time begins.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import papermill

from cgutils.data.project import find_project
from cgutils.execution.plan import make_plan
from cgutils.execution.task import Task
from cgutils.execution.warm.client import warm_parent
from cgutils.execution.worker import execute

ROOT = Path(__file__).resolve().parents[1]
WAYS = ("cold", "case", "nothing", "rating", "nbval", "dead")


def copy_of_project(folder: Path) -> Path:
    """Copy the data and the notebooks of this project."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def timed(work: Callable[[], object]) -> float:
    """Measure the seconds that a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def cgutils(project: Path, *words: str) -> None:
    """Call the command line."""
    command = [sys.executable, "-m", "cgutils", "run", "--quiet", "--project", str(project), *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def papermill_one(job: tuple[str, str, dict[str, object], str]) -> None:
    """Execute one notebook by papermill, as anyone would."""
    source, target, parameters, project = job
    os.environ |= {"CGUTILS_PROJECT": project, "CGUTILS_PROCESSED": f"{project}/data/processed"}
    folder = str(Path(source).parent)
    papermill.execute_notebook(
        source, target, parameters, kernel_name="python3", progress_bar=False, cwd=folder
    )


def jobs(project: Path) -> list[tuple[str, str, dict[str, object], str]]:
    """List what papermill has to execute."""
    place = find_project(project)
    return [
        (
            str(place.notebooks / f"{run.notebook}.ipynb"),
            str(project / f"{run.name}.ipynb"),
            dict(run.parameters),
            str(project),
        )
        for run in make_plan(place)
    ]


def in_one_process(work: list[tuple[str, str, dict[str, object], str]]) -> None:
    """Execute one after the other."""
    for job in work:
        papermill_one(job)


def pool_of_two(work: list[tuple[str, str, dict[str, object], str]]) -> float:
    """Execute in two processes that have imported papermill already."""
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_imported, range(2)))
        return timed(lambda: list(pool.map(papermill_one, work, chunksize=1)))


def _imported(_: int) -> None:
    # Long enough that neither process takes both of these.
    time.sleep(0.5)


def cold(project: Path) -> dict[str, float]:
    """Whole collection: ours, papermill in one process, in two."""
    work = jobs(project)
    one = timed(lambda: in_one_process(work))
    two = pool_of_two(work)
    ours = timed(lambda: cgutils(project, "--force"))
    print(f"cold: {ours:.1f} s; papermill in one process {one:.1f} s, in two {two:.1f} s")
    return {"cold / papermill": ours / one, "cold / pool of two": ours / two}


def case(project: Path) -> dict[str, float]:
    """30 runs of the case notebook, over as many synthetic cases."""
    simulated = synthetic(project, 30)
    work = [job for job in jobs(simulated) if "01-case-study" in job[0]]
    one = timed(lambda: in_one_process(work))
    ours = timed(lambda: cgutils(simulated, "--notebook", "01-case-study", "--force"))
    print(f"30 case notebooks: {ours:.1f} s; papermill in one process {one:.1f} s")
    return {"30 runs / papermill": ours / one}


def synthetic(project: Path, cases: int) -> Path:
    """Make a synthetic collection beside the project."""
    folder = project.parent / f"synthetic-{cases}"
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "cgutils.cli", "simulate", "--cases", str(cases)]
    command += ["--project", str(project), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def nothing(project: Path) -> dict[str, float]:
    """Nothing has changed."""
    cgutils(project)
    found = sorted(timed(lambda: cgutils(project)) for _ in range(7))
    print(f"nothing changed: median {statistics.median(found):.2f} s, {found[0]:.2f} to {found[-1]:.2f} s")
    return {"nothing changed, seconds": statistics.median(found)}


def rating(project: Path) -> dict[str, float]:
    """One rating has changed: its confidence, so that no rule is broken."""
    few = one_rating(project)
    many = one_rating(synthetic(project, 30))
    return {"one rating / cold": few, "one rating / cold, 30 cases": many}


def one_rating(project: Path) -> float:
    """Run all, and again after one rating was changed."""
    cold_run = timed(lambda: cgutils(project, "--force"))
    path = max((project / "data" / "raw" / "cases").glob("*/ratings.csv"))
    before = path.read_text(encoding="utf-8")
    after = re.sub(
        ",(high|medium),", lambda found: ",medium," if found[1] == "high" else ",high,", before, count=1
    )
    path.write_text(after, encoding="utf-8")
    changed = timed(lambda: cgutils(project))
    path.write_text(before, encoding="utf-8")
    print(f"one rating of {path.parent.name} changed: {changed:.1f} s; cold {cold_run:.1f} s")
    return changed / cold_run


def nbval(_: Path) -> dict[str, float]:
    """The reference copies compared cell by cell."""
    base = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(ROOT / "notebooks" / "executed"),
    ]

    def run(*words: str, **variables: str) -> None:
        subprocess.run([*base, *words], check=True, stdout=subprocess.DEVNULL, env=os.environ | variables)

    off = {"CGUTILS_WARM": "off", "JUPYTER_DEFAULT_PROVISIONER_NAME": "local-provisioner"}
    stock = timed(lambda: run("-n0", **off))
    ours = timed(run)
    print(f"nbval: {ours:.1f} s; with ordinary kernels in one process {stock:.1f} s")
    return {"nbval / stock": ours / stock}


def dead(project: Path) -> dict[str, float]:
    """A kernel ends while a cell runs; the cell writes down when."""
    found = {}
    for word, end in {"exits": "os._exit(3)", "is killed": "os.kill(os.getpid(), 9)"}.items():
        moment = project.parent / "moment.txt"
        cell = f"import os, time\nopen({str(moment)!r}, 'w').write(str(time.time()))\n{end}"
        source = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)]))
        with warm_parent():
            outcome = execute(Task("dead", source, {}, str(project)))
        found[f"kernel {word}, seconds"] = time.time() - float(moment.read_text())
        print(f"a kernel that {word}: {found[f'kernel {word}, seconds']:.2f} s; {outcome.failure}")
    return found


def main() -> None:
    """Print every figure of every round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--what", default=",".join(WAYS))
    chosen = parser.parse_args()
    found: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = copy_of_project(Path(folder) / "p")
        for _ in range(chosen.rounds):
            for name in chosen.what.split(","):
                for measure, value in globals()[name](project).items():
                    found.setdefault(measure, []).append(value)
    for measure, values in found.items():
        print(
            f"{measure}: {statistics.median(values):.2f}  ({', '.join(f'{value:.2f}' for value in values)})"
        )


if __name__ == "__main__":
    main()
