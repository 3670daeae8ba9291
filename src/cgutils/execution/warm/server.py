"""The warm parent: it imports the slow libraries once and forks a kernel whenever one is asked for.

It has one thread and no ZeroMQ context, for a fork copies neither. It ends with its owner, and its kernels end
with it. The library of this project is not among what it imports, or a kernel would not see that it was edited.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from cgutils.execution.warm import wire
from cgutils.execution.warm.child import run_kernel

# No library that starts threads of its own (polars, duckdb, pyarrow).
MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.displayhook",
    "ipykernel.datapub",
    "IPython.core.completer",
    "numpy",
    "pandas",
    "pandas.io.formats.style",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "pandera.pandas",
    "pydantic",
    "yaml",
    "babel.dates",
    "babel.numbers",
    "jinja2",
    "lazy_loader",
    "simpleeval",
)
SKIP = "--skip="
_REQUEST_SECONDS = 5.0


@dataclass
class _Kernel:
    """A kernel that runs."""

    pid: int
    handle: int
    connection: socket.socket


class _Become(BaseException):
    """Carries a forked child out of the loop of the parent, to become a kernel."""

    def __init__(self, request: wire.Request) -> None:
        self.request = request


def main() -> None:
    """Serve until the owner is gone: ``server LISTENER OWNER [--skip=MODULE]...``."""
    listener, owner = int(sys.argv[1]), int(sys.argv[2])
    path = list(sys.path)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm({word.removeprefix(SKIP) for word in sys.argv[3:]})
    forget("cgutils")
    gc.collect()
    gc.freeze()
    try:
        _serve(socket.socket(fileno=listener), owner)
    except _Become as become:
        request = become.request
    # Outside of the handler: the kernel begins with an empty stack of exceptions.
    run_kernel(request, path)


def warm(skip: set[str]) -> None:
    """Import what is slow, and draw once so that fonts are found.

    A library that warns while it is imported, or prints, would say nothing in the notebook that imports it
    later: then the process begins again without it.

    Parameters
    ----------
    skip : set of str
        What to leave out.
    """
    for name in MODULES:
        if name in skip:
            continue
        with warnings.catch_warnings(record=True) as said:
            try:
                importlib.import_module(name)
            except ImportError:
                continue
        if said:
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:], SKIP + name])  # noqa: S606
    if "matplotlib.figure" in sys.modules:
        with contextlib.suppress(Exception), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _draw()


def forget(package: str) -> None:
    """Remove a package from the imported ones, so that it is read anew where it is imported next."""
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def fork_is_safe() -> bool:
    """Say whether this process has one thread and no ZeroMQ context."""
    zmq = sys.modules.get("zmq")
    return threading.active_count() == 1 and (zmq is None or zmq.Context._instance is None)


def _draw() -> None:
    import io  # noqa: PLC0415

    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure()
    axes = figure.add_subplot()
    axes.bar([0, 1], [1, 2], label="x")
    axes.set_title("x", weight="bold")
    axes.legend()
    figure.savefig(io.BytesIO(), format="png")
    figure.savefig(io.BytesIO(), format="svg")


def _serve(listener: socket.socket, owner: int) -> NoReturn:
    # A process that is no child of this one can be waited for all the same by its descriptor.
    gone = os.pidfd_open(owner)
    kernels: dict[int, _Kernel] = {}
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, "ask")
    selector.register(0, selectors.EVENT_READ, "end")
    selector.register(gone, selectors.EVENT_READ, "end")

    def close_all() -> None:
        selector.close()
        listener.close()
        os.close(gone)
        for kernel in kernels.values():
            kernel.connection.close()
            os.close(kernel.handle)

    while True:
        # Ends first: the descriptor of what has ended must not be asked again in the same round.
        for key, _ in sorted(selector.select(), key=lambda ready: ready[0].data == "ask"):
            if key.data == "end":
                for kernel in kernels.values():
                    _kill(kernel.pid)
                os._exit(0)
            elif key.data == "ask":
                kernel_or_none = _answer(listener, close_all)
                if kernel_or_none is not None:
                    kernels[kernel_or_none.pid] = kernel_or_none
                    selector.register(kernel_or_none.handle, selectors.EVENT_READ, kernel_or_none)
                    selector.register(kernel_or_none.connection, selectors.EVENT_READ, kernel_or_none)
            elif key.data.pid in kernels:
                kernel = key.data
                if key.fileobj is kernel.connection:
                    # Nobody is left to want this kernel.
                    selector.unregister(kernel.connection)
                    _kill(kernel.pid)
                else:
                    with contextlib.suppress(KeyError):
                        selector.unregister(kernel.connection)
                    selector.unregister(kernel.handle)
                    del kernels[kernel.pid]
                    _bury(kernel)


def _answer(listener: socket.socket, close_all: Callable[[], None]) -> _Kernel | None:
    connection, _ = listener.accept()
    connection.settimeout(_REQUEST_SECONDS)
    streams: list[int] = []
    try:
        # A name in the abstract space is open to everyone on the machine.
        if wire.user_of(connection) != os.getuid():
            raise PermissionError("another user")
        request, streams = wire.receive_request(connection)
        if not fork_is_safe():
            raise RuntimeError("threads or sockets in the warm parent")
        pid = os.fork()
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        with contextlib.suppress(OSError):
            connection.sendall(f"error {error}\n".encode())
        connection.close()
        _close(streams)
        return None
    if pid == 0:
        close_all()
        connection.close()
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        _close(streams)
        os.setsid()
        raise _Become(request)
    _close(streams)
    connection.setblocking(False)
    with contextlib.suppress(OSError):
        connection.sendall(f"pid {pid}\n".encode())
    return _Kernel(pid, os.pidfd_open(pid), connection)


def _bury(kernel: _Kernel) -> None:
    _, status = os.waitpid(kernel.pid, 0)
    # What the kernel had started goes with it.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(kernel.pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        kernel.connection.sendall(f"exit {os.waitstatus_to_exitcode(status)}\n".encode())
    kernel.connection.close()
    os.close(kernel.handle)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            # It has not come to have a group of its own.
            os.kill(pid, signal.SIGKILL)


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)
