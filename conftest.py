"""What nbval needs to rerun the executed notebooks without touching anything in the clone."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
_scratch = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that the kernels of this session write to, and name the rules of comparison."""
    config.stash[_scratch] = Path(tempfile.mkdtemp(prefix="cgutils-test-"))
    # Kernels are forked from a warm parent where the platform has one; read when the first kernel starts.
    os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", "cgutils-warm")
    # Named here: in pyproject.toml the path would hold only for a start in the project's folder.
    if not config.getoption("nbval_sanitize_with", None):
        config.option.nbval_sanitize_with = str(ROOT / "notebooks" / "sanitize.cfg")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    shutil.rmtree(config.stash[_scratch], ignore_errors=True)


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
