"""The warm parent: it imports the slow libraries once and forks a kernel whenever one is asked for.

It has one thread and no ZeroMQ context, for a fork copies neither. It ends with its owner, and its kernels
end with it. The library of this project is not among what it imports, or a kernel would not see that it was
edited.

Between the parent and each kernel stands a keeper, a fork as well, which does nothing but wait: for the end
of the kernel, to tell the client its exit code, and for the end of the client, to end the kernel. A kernel
that kills its parent kills its keeper, and no other kernel.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import selectors
import signal
import socket
import sys
import threading
import warnings
from typing import NoReturn

from cgutils.execution.importing import without_collecting
from cgutils.execution.warm import wire
from cgutils.execution.warm.child import run_kernel

# No library that starts threads of its own (polars, duckdb, pyarrow).
MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.displayhook",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "tornado.platform.asyncio",
    "faulthandler",
    "pdb",
    "psutil",
    "resource",
    "sqlite3",
    "zmq.utils.garbage",
    "numpy",
    "pandas",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "pandera.pandas",
    "pydantic",
    "yaml",
    "babel.dates",
    "babel.numbers",
    "lazy_loader",
    "simpleeval",
    "xml.sax.saxutils",
)
SKIP = "--skip="
_REQUEST_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the owner is gone: ``server LISTENER OWNER [--skip=MODULE]...``."""
    listener, owner = int(sys.argv[1]), int(sys.argv[2])
    path = list(sys.path)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with without_collecting():
        warm({word.removeprefix(SKIP) for word in sys.argv[3:]})
        forget("cgutils")
    parent = os.getpid()
    connection = _serve(socket.socket(fileno=listener), owner)
    # From here on in a keeper, and then in a kernel: the stack of a kernel holds no loop of its parent.
    run_kernel(_keep(connection, parent), path)


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # What fails here fails in the notebook, where somebody sees it.
        with contextlib.suppress(Exception):
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


def _serve(listener: socket.socket, owner: int) -> socket.socket:
    """Fork a keeper for every connection; returns in the keepers alone."""
    # A process that is no child of this one can be waited for all the same by its descriptor.
    gone = os.pidfd_open(owner)
    keepers: dict[int, int] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        selector.register(gone, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if ready & {0, gone}:
                # The keepers are told by the system that their parent is gone.
                os._exit(0)
            for handle in ready & set(keepers):
                selector.unregister(handle)
                os.waitpid(keepers.pop(handle), 0)
                os.close(handle)
            if listener.fileno() in ready:
                connection, _ = listener.accept()
                pid = _fork(connection)
                if pid == 0:
                    for handle in (*keepers, gone):
                        os.close(handle)
                    listener.close()
                    return connection
                connection.close()
                if pid:
                    handle = os.pidfd_open(pid)
                    keepers[handle] = pid
                    selector.register(handle, selectors.EVENT_READ)


def _fork(connection: socket.socket) -> int | None:
    """Fork where that is safe; None where it could not be done, which the client is told."""
    try:
        # A name in the abstract space is open to everyone on the machine.
        if wire.user_of(connection) != os.getuid():
            raise PermissionError("another user")
        if not fork_is_safe():
            raise RuntimeError("threads or sockets in the warm parent")
        return os.fork()
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(OSError):
            connection.sendall(f"error {error}\n".encode())
        return None


def _keep(connection: socket.socket, parent: int) -> wire.Request:
    """Fork the kernel and wait for its end; returns in the kernel alone."""
    end_with_parent(signal.SIGTERM, parent)
    os.setsid()
    connection.settimeout(_REQUEST_SECONDS)
    try:
        request, streams = wire.receive_request(connection)
        keeper = os.getpid()
        pid = os.fork()
    except (OSError, ValueError, TypeError) as error:
        with contextlib.suppress(OSError):
            connection.sendall(f"error {error}\n".encode())
        os._exit(1)
    if pid == 0:
        end_with_parent(signal.SIGKILL, keeper)
        os.setsid()
        connection.close()
        for target, stream in enumerate(streams):
            os.dup2(stream, target)
        for stream in streams:
            os.close(stream)
        return request
    # Its own end is asked for by the parent's, or by whoever wants the kernel gone.
    signal.signal(signal.SIGTERM, lambda *_: _end(pid))
    for descriptor in (0, *streams):
        os.close(descriptor)
    with contextlib.suppress(OSError):
        connection.sendall(f"pid {pid}\n".encode())
    handle = os.pidfd_open(pid)
    with selectors.DefaultSelector() as selector:
        selector.register(handle, selectors.EVENT_READ)
        selector.register(connection, selectors.EVENT_READ)
        ready = {key.fd for key, _ in selector.select()}
    if handle not in ready:
        # Nobody is left to want this kernel.
        _end(pid)
    # A number that is not free again: what the kernel had started goes with it.
    _kill(pid)
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):
        connection.sendall(f"exit {os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def end_with_parent(number: signal.Signals, parent: int) -> None:
    """Ask for a signal when the parent ends; end at once where it has ended already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def _end(kernel: int) -> NoReturn:
    _kill(kernel)
    os._exit(1)


def _kill(kernel: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        try:
            os.killpg(kernel, signal.SIGKILL)
        except ProcessLookupError:
            # It has not come to have a group of its own.
            os.kill(kernel, signal.SIGKILL)
