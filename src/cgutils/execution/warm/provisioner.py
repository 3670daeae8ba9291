"""The kernel provisioner ``cgutils-warm``: any user of jupyter_client gets forked kernels through it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from cgutils.execution.warm import client
from cgutils.execution.warm.wire import Request

NAME = "cgutils-warm"
STREAMS = ("stdin", "stdout", "stderr")
_LAUNCHER = ["-m", "ipykernel_launcher"]
_STEP = 0.002
_LONGEST_STEP = 0.05


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Starts a kernel by a fork of the warm parent; an ordinary one, after one line, where it cannot."""

    exit_code: int | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Launch the kernel."""
        try:
            self.process = await asyncio.to_thread(_warm, cmd, kwargs)
        except client.NotWarmError as error:
            client.fall_back(str(error))
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        code: int | None = await super().poll()
        if self.process is not None and code is not None:
            self.exit_code = code
        return code

    async def wait(self) -> int | None:
        """Wait for its end, with steps that grow."""
        step = _STEP
        while self.process is not None and await self.poll() is None:
            await asyncio.sleep(step)
            step = min(2 * step, _LONGEST_STEP)
        return await super().wait()  # type: ignore[no-any-return]

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and what it has started."""
        # A kernel that is about to be killed need not be interrupted before.
        if signum == signal.SIGINT and getattr(self.parent, "shutting_down", False):
            return
        await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and see it end."""
        await super().kill(restart)
        deadline = asyncio.get_running_loop().time() + 1.0
        step = _STEP
        while self.process is not None and await self.poll() is None:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(step)
            step = min(2 * step, _LONGEST_STEP)


def _warm(cmd: list[str], kwargs: dict[str, Any]) -> client.WarmKernel:
    if cmd[0] != sys.executable or cmd[1:3] != _LAUNCHER:
        raise client.NotWarmError(f"`{' '.join(cmd[:3])}` is not the kernel of this Python")
    if kwargs.get("independent"):
        raise client.NotWarmError("the kernel is to outlive this process")
    environment = dict(os.environ if kwargs.get("env") is None else kwargs["env"])
    # A kernel may outlive the parent that this names.
    environment.pop(client.ADDRESS, None)
    request = Request(list(cmd), environment, str(kwargs.get("cwd") or Path.cwd()))
    with ExitStack() as stack:
        streams = tuple(_stream(kwargs.get(name), number, stack) for number, name in enumerate(STREAMS))
        return client.ask(client.address(), request, streams)  # type: ignore[arg-type]


def _stream(given: Any, number: int, stack: ExitStack) -> int:
    """Find the descriptor that a kernel gets; as with an ordinary one, nothing comes from its stdin."""
    if isinstance(given, int) and given >= 0:
        return given
    if hasattr(given, "fileno"):
        return int(given.fileno())
    if number and given is None:
        return number
    null = os.open(os.devnull, os.O_RDWR)
    stack.callback(os.close, null)
    return null
