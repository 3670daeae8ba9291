"""Warm kernels give what new ones give, see nothing of each other, and end with whoever asked for them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from jupyter_core.utils import ensure_event_loop

from cgutils.execution.warm import client, server, wire
from cgutils.execution.warm.engine import ENGINE
from cgutils.execution.warm.notebook import KernelEndedError, WarmNotebookClient
from cgutils.execution.warm.provisioner import WarmProvisioner

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(client.why_not()), reason=f"no warm kernels here: {client.why_not()}"),
]
FACTS = """\
import os, sys, signal, threading, locale, warnings
[
    sys.argv[0], len(sys.argv), sys.path, os.getcwd(), sys.executable, list(sys.flags), sys.orig_argv[:4],
    {k: v for k, v in sorted(os.environ.items()) if k not in ('JPY_PARENT_PID', 'CGUTILS_WARM')},
    [(s.name, str(signal.getsignal(s))[:20]) for s in signal.Signals if s not in (9, 19)],
    sorted(t.name.split('-')[0] for t in threading.enumerate()), locale.getlocale(), warnings.filters,
    sorted(n for n in globals() if not n.startswith('_')), __name__, 'cgutils' in sys.modules,
    os.umask(0o22), os.getpgid(0) == os.getpid(), sys.stdin is None, sys.getrecursionlimit(),
]
"""
FIGURE = "import matplotlib, matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.title('x')"
CONFIG = "(matplotlib.get_backend(), sorted((k, str(v)) for k, v in matplotlib.rcParams.items()))"


@pytest.fixture(autouse=True)
def own_parent(monkeypatch):
    """No parent is handed on to these tests; they have one of their own."""
    monkeypatch.delenv(client.ADDRESS, raising=False)


def notebook(*cells):
    made = [
        {
            "cell_type": "code",
            "id": f"c{n}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": s,
        }
        for n, s in enumerate(cells)
    ]
    spec = {"display_name": "x", "language": "python", "name": "python3"}
    return nbformat.from_dict(
        {"cells": made, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}
    )


def run(*cells, engine=ENGINE, **options):
    try:
        return papermill.execute_notebook(
            notebook(*cells), None, engine_name=engine, kernel_name="python3", progress_bar=False, **options
        )
    finally:
        # Jupyter keeps one for each thread, and warns at the end that it is not closed.
        ensure_event_loop().close()


def outputs(done):
    return [[dict(output) for output in cell["outputs"]] for cell in done["cells"]]


def text(done, cell=-1):
    return done["cells"][cell]["outputs"][0]["data"]["text/plain"]


def test_a_warm_kernel_is_like_a_new_one_and_draws_the_same(tmp_path) -> None:
    cells = (FACTS, FIGURE, CONFIG, "import pandas as pd\npd.DataFrame({'x': [1.5, None]})", "1 / 0")
    warm, stock = (outputs(run(*cells[:4], engine=name, cwd=str(tmp_path))) for name in (ENGINE, None))
    assert warm == stock
    pictures = [o["data"]["image/png"] for cell in warm for o in cell if "image/png" in o.get("data", {})]
    assert len(pictures) == 1


def test_it_was_forked_and_has_the_libraries() -> None:
    done = run("import sys\nsorted(n for n in ('pandas', 'seaborn', 'cgutils') if n in sys.modules)")
    assert text(done) == "['pandas', 'seaborn']"


def test_a_notebook_does_not_see_what_another_one_did(tmp_path) -> None:
    spoils = (
        "import os, sys, math, threading, time, random, builtins, pandas as pd\nleft = 1",
        f"os.chdir({str(tmp_path)!r})\nos.environ['SPOILT'] = '1'\nsys.path.insert(0, 'spoilt')",
        "math.pi = 3\nbuiltins.spoilt = 1\npd.set_option('display.max_rows', 1)\nrandom.seed(1)",
        "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        "import numpy as np\nnp.random.seed(1)\nfloat(np.random.rand())",
    )
    asks = (
        "import os, sys, math, builtins, threading, pandas as pd, numpy as np",
        "('left' in globals(), os.getcwd(), os.environ.get('SPOILT'), 'spoilt' in sys.path, round(math.pi, 5)"
        ", hasattr(builtins, 'spoilt'), pd.get_option('display.max_rows'), len(threading.enumerate()))",
        "float(np.random.rand())",
    )
    before, spoilt, after = run(*asks), run(*spoils), run(*asks)
    assert text(before, 1) == text(after, 1)
    # Forks of one parent would all draw the same numbers.
    assert len({text(done) for done in (before, spoilt, after)}) == 3


def test_one_that_dies_is_told_with_its_exit_code_and_no_other_is_hurt() -> None:
    found = {}

    def other():
        found["other"] = text(run("import time\ntime.sleep(2)\n'alive'"))

    thread = threading.Thread(target=other)
    thread.start()
    kept = []
    with pytest.raises(KernelEndedError, match="exit code 3"):
        run("1 + 1", "import os\nos._exit(3)", "2 + 2", kept=kept)
    statuses = [cell["metadata"]["papermill"]["status"] for cell in kept[0]["cells"]]
    assert statuses == ["completed", "failed", "pending"]
    with pytest.raises(KernelEndedError, match="signal 9, SIGKILL"):
        run("import os\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(60)")
    thread.join()
    assert found == {"other": "'alive'"}


def test_what_only_a_new_python_can_have_is_had_by_a_new_python(tmp_path, monkeypatch) -> None:
    asks = "import sys\n('pandas' in sys.modules, sys.flags.optimize)"
    client.address()
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    assert text(run(asks)) == "(False, 1)"
    monkeypatch.delenv("PYTHONOPTIMIZE")
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\n", encoding="utf-8")
    done = run("import matplotlib\nmatplotlib.rcParams['lines.linewidth']", cwd=str(tmp_path))
    assert text(done) == "7.0"


def test_an_edited_module_is_read_anew(tmp_path) -> None:
    for word in ("first", "second"):
        (tmp_path / "edited.py").write_text(f"WORD = {word!r}\n", encoding="utf-8")
        assert text(run("import edited\nedited.WORD", cwd=str(tmp_path))) == repr(word)


def test_without_a_parent_a_kernel_is_started_the_usual_way(monkeypatch, caplog) -> None:
    monkeypatch.setenv(client.ADDRESS, "cgutils-warm-nobody-listens")
    monkeypatch.setattr(client, "_told", set())
    asks = "import sys\n'pandas' in sys.modules"
    assert [text(run(asks)) for _ in range(2)] == ["False", "False"]
    said = [record.getMessage() for record in caplog.records if record.name == "cgutils"]
    assert said == ["Kernels are started the usual way: no warm parent answers (Connection refused)."]
    monkeypatch.setenv(client.ADDRESS, client.OFF)
    assert text(run(asks)) == "False"
    assert [record for record in caplog.records if record.name == "cgutils"][1:] == []


def test_where_the_platform_has_none_that_is_said(monkeypatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert client.why_not() == "they need Linux"


@pytest.mark.parametrize(
    ("command", "kwargs", "said"),
    [
        (["julia", "-m", "x"], {}, "is not the kernel of this Python"),
        ([sys.executable, "-m", "ipykernel_launcher"], {"independent": True}, "is to outlive this process"),
    ],
)
def test_other_kernels_are_not_forked(command, kwargs, said) -> None:
    from cgutils.execution.warm import provisioner

    with pytest.raises(client.NotWarmError, match=said):
        provisioner._warm(command, kwargs)


def test_the_parent_may_fork_after_its_imports() -> None:
    code = (
        "import sys\nfrom cgutils.execution.warm import server\nserver.warm(set())\n"
        "assert server.fork_is_safe()\nserver.forget('cgutils')\n"
        "assert not {'cgutils', 'polars', 'pyarrow', 'duckdb'} & set(sys.modules)\n"
        "import zmq\nserver_context = zmq.Context.instance()\n"
        "import cgutils.execution.warm.server as again\nassert not again.fork_is_safe()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


@pytest.mark.filterwarnings("default")
def test_a_library_that_warns_is_left_out(tmp_path, monkeypatch) -> None:
    (tmp_path / "warns_here.py").write_text("import warnings\nwarnings.warn('x', stacklevel=2)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(server, "MODULES", ("json", "warns_here", "no_such_module"))
    begun = []
    monkeypatch.setattr(os, "execv", lambda _, words: begun.append(words[-1]))
    server.warm(set())
    assert begun == ["--skip=warns_here"]
    server.warm({"warns_here"})
    assert len(begun) == 1


OWNER = """\
import os, sys, time
from cgutils.execution.warm import client, wire
parent = client.WarmParent()
null = os.open(os.devnull, os.O_RDWR)
command = [sys.executable, "-m", "ipykernel_launcher", "-f", sys.argv[1]]
kernel = client.ask(parent.address, wire.Request(command, dict(os.environ), "/"), (null,) * 3)
print(parent.pid, kernel.pid, flush=True)
time.sleep(60)
"""


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("victim", ["owner", "parent", "kernel"])
def test_nothing_is_left_of_what_is_killed(tmp_path, victim) -> None:
    file = str(tmp_path / "kernel.json")
    with subprocess.Popen([sys.executable, "-c", OWNER, file], stdout=subprocess.PIPE, text=True) as owner:
        parent, kernel = map(int, owner.stdout.readline().split())
        assert alive(parent)
        assert alive(kernel)
        os.kill({"owner": owner.pid, "parent": parent, "kernel": kernel}[victim], signal.SIGKILL)
        gone = [kernel] if victim == "kernel" else [kernel, parent]
        deadline = time.monotonic() + 30
        while any(alive(pid) for pid in gone):
            assert time.monotonic() < deadline, f"left: {[pid for pid in gone if alive(pid)]}"
            time.sleep(0.05)
        owner.kill()


def test_a_request_that_is_none_is_refused() -> None:
    parent = client.WarmParent()
    try:
        for said in (b"", b"hello", b"\0\0\0\xff" * 3):
            with client.socket.socket(client.socket.AF_UNIX) as connection:
                connection.settimeout(60)
                connection.connect(f"\0{parent.address}")
                if said:
                    connection.sendall(said)
                else:
                    connection.shutdown(client.socket.SHUT_WR)
                assert connection.recv(100).startswith(b"error ")
        null = os.open(os.devnull, os.O_RDWR)
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "/nowhere/x.json"]
        kernel = client.ask(parent.address, wire.Request(command, dict(os.environ), "/"), (null,) * 3)
        os.close(null)
        assert kernel.poll() is None
        kernel.kill()
        assert kernel.wait(30) == -9
        assert kernel.poll() == -9
    finally:
        parent.close()
    with pytest.raises(client.NotWarmError, match="no warm parent answers"):
        client.ask(parent.address, wire.Request(command, {}, "/"), (0, 1, 2))


def test_many_in_a_row_leave_memory_and_descriptors_as_they_were() -> None:
    def held():
        status = Path("/proc/self/status").read_text()
        return len(list(Path("/proc/self/fd").iterdir())), int(status.split("VmRSS:")[1].split()[0])

    run("1")
    run("1")
    descriptors, memory = held()
    for _ in range(10):
        run("1")
    after = held()
    assert after[0] <= descriptors + 2
    assert after[1] <= memory + 20_000


def test_the_engine_saves_now_and_then_and_at_the_end(tmp_path, monkeypatch) -> None:
    saved = []
    monkeypatch.setattr(
        "papermill.engines.write_ipynb", lambda nb, path: saved.append(len(nb.cells)), raising=True
    )
    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    nbformat.write(notebook(*["1"] * 30), source)
    papermill.execute_notebook(
        str(source), str(target), engine_name=ENGINE, kernel_name="python3", progress_bar=False
    )
    ensure_event_loop().close()
    assert 2 <= len(saved) < 30
    cells = json.loads(target.read_text(encoding="utf-8"))["cells"]
    assert all(cell["metadata"]["papermill"]["status"] == "completed" for cell in cells)


def test_they_are_known_to_jupyter_and_papermill() -> None:
    from importlib.metadata import entry_points

    (found,) = entry_points(group="jupyter_client.kernel_provisioners", name="cgutils-warm")
    assert found.load() is WarmProvisioner
    (engine,) = entry_points(group="papermill.engine", name=ENGINE)
    assert engine.load().execute_notebook
    assert WarmNotebookClient
