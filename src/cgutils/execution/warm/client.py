"""Asking for warm kernels: each process has a warm parent of its own, or the one that was handed on to it."""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import secrets
import socket
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from pathlib import Path

from cgutils.execution.warm import wire
from cgutils.execution.warm.child import BACKEND, INLINE, PARENT

# The address of a warm parent to use, or `OFF`.
ADDRESS, OFF = "CGUTILS_WARM", "off"
_SERVER = "import sys; del sys.path[0]; from cgutils.execution.warm.server import main; main()"
_BACKLOG = 128
_START_SECONDS = 60.0
_END_SECONDS = 5.0


class NotWarmError(Exception):
    """A kernel cannot be had warm; the message says why."""


def why_not() -> str:
    """Say why this platform cannot fork warm kernels; empty where it can."""
    needed = (socket, "send_fds"), (os, "pidfd_open"), (os, "fork"), (os, "setsid")
    if not sys.platform.startswith("linux"):
        return "they need Linux"
    if not all(hasattr(module, name) for module, name in needed):
        return "this Python lacks what they need"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return "this kernel of Linux is too old"
    return ""


class WarmParent:
    """The warm parent of this process; it imports while this process goes on.

    Attributes
    ----------
    address : str
        Its name, for `ask`.
    """

    def __init__(self) -> None:
        self.address = f"cgutils-warm-{os.getpid()}-{secrets.token_hex(8)}"
        self.libraries = _libraries()
        with socket.socket(socket.AF_UNIX) as listener:
            # No file stands for this name, so that none is left over.
            listener.bind(f"\0{self.address}")
            listener.listen(_BACKLOG)
            environment = {name: value for name, value in os.environ.items() if name != PARENT}
            environment[BACKEND] = environment.get(BACKEND) or INLINE
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-c", _SERVER, str(listener.fileno()), str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=environment,
                pass_fds=[listener.fileno()],
                # It outlives a signal to the group of its owner, to end the kernels of it.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it is alive, and what it imported is still what is installed."""
        return self._process.poll() is None and self.libraries == _libraries()

    def close(self) -> None:
        """End it, and every kernel that it has forked."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        # As long as it imports it does not see that. Its keepers are told by the system.
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class WarmKernel:
    """A kernel that was forked; as much of a `subprocess.Popen` as Jupyter asks for."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.connection = connection
        self.pid = pid
        self.returncode: int | None = None
        self._said = b""

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal; None while it runs."""
        return self._read(0.0)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end."""
        code = self._read(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(9)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(15)

    def _read(self, timeout: float | None) -> int | None:
        if self.returncode is not None:
            return self.returncode
        self.connection.settimeout(timeout)
        try:
            while not self._said.endswith(b"\n"):
                part = self.connection.recv(64)
                if not part:
                    break
                self._said += part
        except (TimeoutError, BlockingIOError, InterruptedError):
            return None
        except OSError:
            pass
        # A parent that says nothing more is dead, and its kernels with it.
        word, _, code = self._said.decode().strip().partition(" ")
        self.returncode = int(code) if word == "exit" else -9
        self.connection.close()
        return self.returncode


def ask(address: str, request: wire.Request, streams: tuple[int, int, int]) -> WarmKernel:
    """Ask a warm parent for a kernel, and wait until it is forked.

    Parameters
    ----------
    address : str
        Of the warm parent.
    request : Request
        What is wanted.
    streams : tuple of int
        Descriptors that become its stdin, stdout and stderr.

    Returns
    -------
    WarmKernel

    Raises
    ------
    NotWarmError
        Where there is no such parent, or it cannot fork.
    """
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_START_SECONDS)
        connection.connect(f"\0{address}")
        if wire.user_of(connection) != os.getuid():
            raise NotWarmError("another user has taken the name of the warm parent")
        wire.send_request(connection, request, streams)
        answer = b""
        while not answer.endswith(b"\n"):
            part = connection.recv(1)
            if not part:
                raise NotWarmError("the warm parent ended")
            answer += part
    except OSError as error:
        connection.close()
        raise NotWarmError(f"no warm parent answers ({error.strerror or error})") from error
    except NotWarmError:
        connection.close()
        raise
    word, _, rest = answer.decode().strip().partition(" ")
    if word != "pid":
        connection.close()
        raise NotWarmError(rest)
    return WarmKernel(connection, int(rest))


_lock = threading.Lock()
_own: WarmParent | None = None
_told: set[str] = set()


def address() -> str:
    """Return the address of the warm parent to use: the one that was handed on, else one of this process.

    Raises
    ------
    NotWarmError
        Where this platform has none.
    """
    global _own  # noqa: PLW0603
    if given := os.environ.get(ADDRESS):
        if given == OFF:
            raise NotWarmError("")
        return given
    with _lock:
        if _own is not None and not _own.usable:
            _own = None
        if _own is None:
            if reason := why_not():
                raise NotWarmError(reason)
            try:
                _own = WarmParent()
            except OSError as error:
                raise NotWarmError(str(error)) from error
            atexit.register(_own.close)
        return _own.address


@contextlib.contextmanager
def warm_parent() -> Iterator[None]:
    """Have one warm parent for this process and all that it starts, as long as this lasts.

    Notes
    -----
    Where there is one already it is used; where there can be none, that is said in one line.
    ``CGUTILS_WARM=off`` asks for none.
    """
    if os.environ.get(ADDRESS):
        yield
        return
    parent = None
    reason = why_not()
    if not reason:
        try:
            parent = WarmParent()
        except OSError as error:
            reason = str(error)
    if reason:
        fall_back(reason)
    os.environ[ADDRESS] = parent.address if parent else OFF
    try:
        yield
    finally:
        del os.environ[ADDRESS]
        if parent is not None:
            parent.close()


def fall_back(reason: str) -> None:
    """Say, once for each reason, that kernels are ordinary ones."""
    if reason and reason not in _told:
        _told.add(reason)
        logging.getLogger("cgutils").warning("Kernels are started the usual way: %s.", reason)


def _libraries() -> tuple[int, ...]:
    """Give the times at which packages were last installed or removed."""
    folders = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    return tuple(Path(name).stat().st_mtime_ns for name in sorted(folders) if Path(name).is_dir())
