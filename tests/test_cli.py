import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import cgutils
from cgutils.cli import app
from cgutils.data.project import find_project
from cgutils.execution.lock import project_lock
from cgutils.present.labels import labels

ROOT = Path(__file__).parents[1]
CASE = ['case_id = "x"\nlanguage = "en"', "case_id, language"]
SAVE = (
    "import os\nfrom pathlib import Path\nfolder = Path(os.environ['CGUTILS_PROCESSED'])\n"
    "folder.mkdir(parents=True, exist_ok=True)"
)
PLAIN = ['language = "en"\nn = 1', SAVE, "(folder / 'n.csv').write_text(str(n)); n"]


def write_notebook(path: Path, cells: list[str]) -> None:
    made = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell}
        for cell in cells
    ]
    made[0]["metadata"] = {"tags": ["parameters"]}
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))


def new_project(root: Path, **notebooks: list[str]) -> Path:
    shutil.copytree(ROOT / "data" / "raw", root / "data" / "raw")
    (root / "notebooks").mkdir()
    for name, cells in notebooks.items():
        write_notebook(root / "notebooks" / f"{name.replace('_', '-').lstrip('n')}.ipynb", cells)
    return root


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CGUTILS_")}


def cli(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cgutils.cli", *map(str, words)]
    return subprocess.run(
        command, env=environment(), encoding="utf-8", capture_output=True, timeout=120, check=False
    )


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["check", "--help"], ["--version"]])
def test_what_does_nothing_loads_nothing_heavy(words) -> None:
    code = (
        "import sys\nfrom cgutils.cli import app\napp(sys.argv[1:], standalone_mode=False)\n"
        "heavy = {'pandas', 'numpy', 'matplotlib', 'nbformat', 'papermill', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "utf-8"])
def test_a_console_that_cannot_show_a_character_gets_an_escape(encoding) -> None:
    code = (
        "import sys, typer, cgutils.cli as cli\n"
        "cli.app.command('shout')(lambda: typer.echo('5–7 “cukup” 🙂'))\n"
        "sys.argv = ['cgutils', 'shout']\ncli.main()"
    )
    env = {**environment(), "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = done.stdout.decode(encoding).strip()
    assert shown == "5–7 “cukup” 🙂".encode(encoding, "backslashreplace").decode(encoding)


def test_a_file_that_is_locked_gives_no_traceback(project, monkeypatch) -> None:
    def locked(*_, **__):
        raise PermissionError(13, "Permission denied", "kota-x.xlsx")

    (project / "kota-x.xlsx").write_bytes(b"PK")
    monkeypatch.setattr("cgutils.exchange.sheet_import.plan_sheet", locked)
    done = CliRunner().invoke(app, ["import", str(project / "kota-x.xlsx"), "--project", str(project)])
    assert done.exit_code == 1 and "Traceback" not in done.output
    assert "kota-x.xlsx: Permission denied. Close it in other programs" in done.output


def test_the_version_is_that_of_the_library() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"cgutils {cgutils.__version__}\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("CGUTILS_PROJECT", "CGUTILS_PROCESSED"):
        monkeypatch.delenv(name, raising=False)
    return new_project(tmp_path / "p", n01_case=CASE, n02_plain=PLAIN)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "no case 'nowhere'; known cases: "),
        (["--notebook", "03-x"], "no notebook '03-x'; known notebooks: 01-case, 02-plain"),
        (["--parameter", "m=1"], "01-case.ipynb: no parameter 'm'"),
        (["--notebook", "02-plain", "--parameter", "n=x"], "parameter n: found 'x'; allowed: int"),
        (["--parameter", "n"], "not of the form NAME=VALUE"),
        (["--notebook", "02-plain", "--parameter", "n=1", "--parameter", "n=2"], "'n' is given twice"),
        (["--language", "de"], "'de'"),
        (["--workers", "0"], "--workers"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_wrong_use_is_told_with_status_2_and_runs_nothing(project, words, said) -> None:
    done = CliRunner().invoke(app, ["run", *words, "--project", str(project)])
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert not (project / "notebooks" / "executed").exists()


@pytest.mark.parametrize("verb", ["run", "check"])
def test_a_collection_with_problems_is_told_with_status_1_and_runs_nothing(project, verb) -> None:
    table = project / "data" / "raw" / "coders.csv"
    text = table.read_text(encoding="utf-8").replace("machine_assisted_reading", "machine")
    table.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, [verb, "--project", str(project)])
    assert done.exit_code == 1
    assert "data/raw/coders.csv, row 2, column kind" in done.stderr
    assert not (project / "notebooks" / "executed").exists()


@pytest.mark.parametrize("verb", ["run", "check"])
def test_a_plan_that_cannot_be_made_is_told_with_status_1(project, verb) -> None:
    (project / "notebooks" / "runs.yaml").write_text("also: [{notebook: 09-x}]", encoding="utf-8")
    done = CliRunner().invoke(app, [verb, "--project", str(project)])
    assert done.exit_code == 1
    assert "runs.yaml: entry 1 of 'also': no notebook '09-x'" in done.stderr


def test_no_project_is_told_with_status_1(tmp_path) -> None:
    done = CliRunner().invoke(app, ["check", "--project", str(tmp_path)])
    assert done.exit_code == 1
    assert "no project found" in done.stderr


def test_what_was_not_foreseen_is_not_swallowed(project, monkeypatch) -> None:
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("cgutils.data.collection.load_collection", fail)
    assert isinstance(
        CliRunner().invoke(app, ["check", "--project", str(project)]).exception, ZeroDivisionError
    )


def test_check_says_what_the_collection_holds(project) -> None:
    done = CliRunner().invoke(app, ["check", "--project", str(project)])
    collection = cgutils.load_collection(project)
    assert done.exit_code == 0, done.stderr
    assert f"{len(collection.cases)} cases, " in done.stdout
    assert f"{len(collection.evidence)} evidence items, {len(collection.ratings)} ratings" in done.stdout
    used = collection.frameworks_in_use.values()
    assert f"1 framework, {sum(len(framework.indicators) for framework in used)} indicators, " in done.stdout
    assert done.stdout.endswith(", 1 framework that no case uses; no problems\n")


def test_check_audits_the_claims(project) -> None:
    path = project / "data/raw/cases/sako/claims.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    computed, judged = table.index[table["formula"] != ""][0], table.index[table["formula"] == ""][0]
    table.loc[computed, "formula"] = "nope + 1"
    table.loc[judged, "verdict"] = ""
    table.to_csv(path, index=False)
    done = CliRunner().invoke(app, ["check", "--project", str(project)])
    assert (done.exit_code, done.stdout) == (1, "")
    heading, *lines = done.stderr.splitlines()
    file = "  data/raw/cases/sako/claims.csv"
    ids = table["claim_id"]
    told = {
        computed: f"formula: found {ids[computed]}: nope + 1 (no quantity nope); allowed: arithmetic over "
        "quantity ids with sum, count and abs. Add it to quantities.csv or correct the formula.",
        judged: f"verdict: found {ids[judged]}: a blank cell; allowed: a verdict where there is no formula. "
        "Correct the claim.",
    }
    assert heading == "2 problems found"
    assert lines == [f"{file}, row {place + 2}, column {told[place]}" for place in sorted(told)]


@pytest.mark.slow
def test_a_run_shows_progress_scores_and_what_was_written(tmp_path) -> None:
    project = new_project(tmp_path / "p", n01_case=CASE, n02_plain=PLAIN, n03_wrong=[PLAIN[0], "1 / 0"])
    done = cli("run", "--project", project)
    cases = sorted(path.name for path in (project / "data" / "raw" / "cases").iterdir())
    total = len(cases) + 2
    assert done.returncode == 1
    lines = re.findall(
        r"^\[(\d)/(\d)\] (\S+)  \d+\.\d s(?:, about \d+ s left)?(  FAILED)?$", done.stdout, re.MULTILINE
    )
    assert [line[:2] for line in lines] == [(str(number + 1), str(total)) for number in range(total)]
    assert sorted(line[2] for line in lines) == [
        *(f"01-case-{case}" for case in cases),
        "02-plain",
        "03-wrong",
    ]
    assert [line[2] for line in lines if line[3]] == ["03-wrong"]
    assert "03-wrong: cell [3] `1 / 0`: a cell raised an error (ZeroDivisionError" in done.stderr
    written = f"{total - 1} executed notebooks in notebooks/executed, 1 file in data/processed"
    assert written in done.stdout
    collection = cgutils.load_collection(project)
    index = cgutils.score(collection).index
    words = labels(collection, "en")
    for _, row in index.iterrows():
        shown = words.number(row["score"]) if row["status"] == "scored" else words.term(row["status"])
        interval = words.interval(row["lower"], row["upper"])
        cells = [words.case(row["case_id"]), shown, interval, words.percent(100 * row["coverage"], 0)]
        assert re.search(r"\s+│\s+".join(map(re.escape, cells)), done.stdout)
    assert words.abstract_note(index["case_id"]) in done.stdout
    for description in collection.coders["description_en"]:
        assert description.rstrip(".") in done.stdout


@pytest.mark.slow
def test_a_run_with_other_values_leaves_the_collection_alone(tmp_path) -> None:
    project = new_project(tmp_path / "p", n02_plain=PLAIN)
    done = cli(
        "run", "--notebook", "02-plain", "--parameter", "n=7", "--language", "id", "--project", project
    )
    assert done.returncode == 0, done.stderr
    assert "1 executed notebook in trials, 1 file in trials/processed" in done.stdout
    # A trial has other scores than the collection, so the table of these is not shown.
    assert labels(cgutils.load_collection(project), "id").heading("dimension") not in done.stdout
    assert "Siapa yang menilai" in done.stdout
    assert (project / "trials" / "processed" / "n.csv").read_text(encoding="utf-8") == "7"
    assert (project / "trials" / "02-plain-id.ipynb").is_file()
    assert not (project / "notebooks" / "executed").exists()
    assert not (project / "data" / "processed").exists()


WAITS = [
    PLAIN[0],
    f"{SAVE}\nimport time\n(folder / f'{{n}}.part').write_text(str(os.getpid()))\n"
    "os.rename(folder / f'{n}.part', folder / 'kernel.pid')\ntime.sleep(60)",
]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals to a group of processes")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_run_that_is_ended_leaves_no_process_and_no_half_file(tmp_path, number, status) -> None:
    project = new_project(tmp_path / "p", n01_waits=WAITS)
    command = [sys.executable, "-m", "cgutils.cli", "run", "--project", str(project)]
    with subprocess.Popen(
        command,
        # What a killed process leaves in its temporary folder goes with that of the test.
        env=environment() | {"TMPDIR": str(tmp_path)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        pid = int(wait_for(project / "data" / "processed" / "kernel.pid").read_text())
        # Ctrl-C goes to all processes of the terminal, a kill to one.
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == status
    assert "Traceback" not in said
    assert ("Interrupted" in said) == (number == signal.SIGINT)
    deadline = time.monotonic() + 15
    while is_running(pid):
        assert time.monotonic() < deadline, "the kernel is still running"
        time.sleep(0.1)
    assert not (project / "notebooks" / "executed").exists()
    with project_lock(find_project(project)):
        pass


def wait_for(path: Path) -> Path:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} was not written"
        time.sleep(0.1)
    return path


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # In a container nobody may collect a process whose parent is gone: it has ended all the same.
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z")
