"""What nbval needs to rerun the executed notebooks without touching anything in the clone."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from cgutils.execution.warm.client import ADDRESS, WarmParent, why_not

ROOT = Path(__file__).parent
COPIES = ROOT / "notebooks" / "executed"
_scratch = pytest.StashKey[Path]()
_parent = pytest.StashKey[WarmParent]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the kernels of this session write to, and name the rules of comparison."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # So it is where a shell starts the tests in the background; some of them interrupt what they start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[_scratch] = Path(tempfile.mkdtemp(prefix="cgutils-test-"))
    # Kernels are forked from a warm parent where the platform has one; read when the first kernel starts.
    os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", "cgutils-warm")
    if _many_notebooks(config) and not os.environ.get(ADDRESS) and not why_not():
        # One for all processes of this session; it imports while they start and collect.
        config.stash[_parent] = WarmParent()
    # Named here: in pyproject.toml the path would hold only for a start in the project's folder.
    if not config.getoption("nbval_sanitize_with", None):
        config.option.nbval_sanitize_with = str(ROOT / "notebooks" / "sanitize.cfg")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    if _parent in config.stash:
        config.stash[_parent].close()
    shutil.rmtree(config.stash[_scratch], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the warm parent on to a process that runs tests."""
    if _parent in node.config.stash:
        node.workerinput[ADDRESS] = node.config.stash[_parent].address


def _many_notebooks(config: pytest.Config) -> bool:
    """Say whether this process is to distribute executed notebooks among others."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        return False
    places = [Path(config.invocation_params.dir, name.split("::")[0]).resolve() for name in config.args]
    return any(COPIES.is_relative_to(place) or place.is_relative_to(COPIES) for place in places)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Collect executed copies only: no source (it has no outputs), no partial copy of a run that failed."""
    if collection_path.suffix != ".ipynb":
        return None
    partial = collection_path.name.endswith(".failed.ipynb")
    return True if partial or collection_path.parent.name != "executed" else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Start the kernel of a notebook with an output folder and an IPython folder of its own."""
    if item.path.suffix != ".ipynb":
        return (yield)
    scratch = item.config.stash[_scratch]
    ours = {
        "CGUTILS_PROJECT": str(ROOT),
        "CGUTILS_PROCESSED": str(scratch / "processed"),
        "IPYTHONDIR": str(scratch / "ipython"),
        "CGUTILS_BYTE_CODE": str(scratch / "bytecode"),
    }
    # Only while a notebook is set up: the tests of warm kernels have parents of their own.
    if warm := getattr(item.config, "workerinput", {}).get(ADDRESS):
        ours[ADDRESS] = warm
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        return (yield)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
