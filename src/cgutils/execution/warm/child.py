"""What a forked child does to become the kernel that was asked for: the same as a new one."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from cgutils.execution.warm import wire

INLINE = "module://matplotlib_inline.backend_inline"
BACKEND, PARENT = "MPLBACKEND", "JPY_PARENT_PID"
# Names a folder for byte code, where Python is told to write none.
BYTE_CODE = "CGUTILS_BYTE_CODE"
# Read when Python, the C library or a warm library starts: another value cannot be had by a fork.
START_ONLY = (
    *("PYTHON", "LD_", "LC_", "LANG", "MALLOC_", "GLIBC_", "HOME", "XDG_"),
    *("OPENBLAS_", "OMP_", "MKL_", "NPY_", "MATPLOTLIB", "MPL"),
)


def run_kernel(request: wire.Request, path: list[str]) -> None:
    """Become the kernel.

    Parameters
    ----------
    request : Request
        What is wanted.
    path : list of str
        ``sys.path`` of a Python that has just started.

    Notes
    -----
    Where a setting is asked for that only a new Python can have, this process becomes one: the kernel is then
    an ordinary one, under the same process id.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # What a kernel watches so as not to outlive it.
    request.environment[PARENT] = str(os.getppid())
    byte_code = request.environment.pop(BYTE_CODE, "")
    differs = start_settings(dict(os.environ)) != start_settings(request.environment)
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    if differs or _other_matplotlibrc():
        os.execve(request.command[0], request.command, request.environment)  # noqa: S606
    time.tzset()
    _as_after_start(request.command, path)
    if byte_code and sys.dont_write_bytecode:
        # Who wants none beside the sources has it here, or every kernel would compile the same modules anew.
        sys.pycache_prefix, sys.dont_write_bytecode = byte_code, False
    _start(request.command[3:])


def start_settings(environment: dict[str, str]) -> dict[str, str]:
    """Choose the variables that count only when a process starts."""
    chosen = {name: value for name, value in environment.items() if name.startswith(START_ONLY)}
    return {**chosen, BACKEND: environment.get(BACKEND) or INLINE}


def _other_matplotlibrc() -> bool:
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return False
    # The folder of the kernel may hold a matplotlibrc, which is read once.
    return bool(Path("matplotlibrc").exists())


def _as_after_start(command: list[str], path: list[str]) -> None:
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin if launcher else command[2]), *command[3:]]
    sys.orig_argv = list(command)
    sys.path[:] = path
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    random.seed()
    numpy: Any = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _start(arguments: list[str]) -> None:
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    _hook_up_figures()
    app.start()


def _hook_up_figures() -> None:
    """Tell pyplot of the shell, where it chose a backend before there was one."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if getattr(pyplot, "_backend_mod", None) is not None:
        pyplot.install_repl_displayhook()
        inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
        if inline is not None:
            inline._enable_matplotlib_integration()
