"""The client that executes a notebook, without the waits that a warm kernel does not need."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient.exceptions import CellExecutionError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from traitlets import Dict, default
from zmq.constants import SocketOption

from cgutils.execution.warm.provisioner import NAME

SAVE_SECONDS = 1.0
_ALIVE_SECONDS = 0.1
_RECONNECT_MILLISECONDS = 5


class KernelEndedError(DeadKernelError):  # type: ignore[misc]
    """The kernel ended while a cell ran; the message says how."""


class WarmKernelClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that is ready when the kernel has answered on both channels."""

    @default("context")  # type: ignore[untyped-decorator]
    def _quick_context(self) -> Any:
        # A kernel that was just forked does not listen yet when it is called for the first time.
        context = super()._context_default()
        context.setsockopt(SocketOption.RECONNECT_IVL, _RECONNECT_MILLISECONDS)
        return context

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        # The usual way waits a fifth of a second more, for messages that nobody reads.
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        answered = heard = False
        while not (answered and heard):
            self.kernel_info()
            try:
                answer = await self.shell_channel.get_msg(timeout=1)
                answered = answer["msg_type"] == "kernel_info_reply"
                await self.iopub_channel.get_msg(timeout=0.5)
                heard = True
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None
        self._handle_kernel_info_reply(answer)

    wait_for_ready = _async_wait_for_ready


class WarmKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """A manager whose kernels are forked, and that talks to them in cipher where that is known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.client_class = f"{WarmKernelClient.__module__}.{WarmKernelClient.__name__}"
        if self.has_trait("transport_encryption"):
            self.transport_encryption = "auto"

    @property
    def kernel_spec(self) -> Any:
        """The specification of the kernel, with the provisioner that forks."""
        spec = super().kernel_spec
        if spec is not None:
            spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME, "config": {}}
        return spec


class WarmNotebookClient(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client; a dead kernel is noticed at once, and what did not run is not marked as run."""

    environment = Dict(help="Variables beside those of this process.").tag(config=True)

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel with the variables that were asked for."""
        if self.environment:
            kwargs.setdefault("env", {**os.environ, **self.environment})
        await super().async_start_new_kernel(**kwargs)

    start_new_kernel = run_sync(async_start_new_kernel)

    def papermill_execute_cells(self) -> None:
        """Execute each cell, saving now and then."""
        saved = _rarely(self.nb_man)
        try:
            for index, cell in enumerate(self.nb.cells):
                try:
                    self.nb_man.cell_start(cell, index)
                    self.execute_cell(cell, index)
                except CellExecutionError as error:
                    self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                    break
                except BaseException as error:
                    # papermill takes only an error of the cell for a failure, and marks all else completed.
                    self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                    if isinstance(error, DeadKernelError):
                        raise KernelEndedError(self._end()) from error
                    raise
                finally:
                    self.nb_man.cell_complete(self.nb.cells[index], cell_index=index)
        finally:
            self.nb_man.save = saved

    def _end(self) -> str:
        code = getattr(getattr(self.km, "provisioner", None), "exit_code", None)
        return "" if code is None else end_words(code)

    async def _async_poll_kernel_alive(self) -> None:
        while True:
            await asyncio.sleep(_ALIVE_SECONDS)
            if self.km is None or self.km.shutting_down:
                # It is ended on purpose: nobody waits for its reply.
                return
            try:
                await self._async_check_alive()
            except DeadKernelError:
                self.task_poll_for_reply.cancel()
                return


def end_words(code: int) -> str:
    """Say how a process ended.

    Examples
    --------
    >>> end_words(3), end_words(-9)
    ('exit code 3', 'signal 9, SIGKILL')
    """
    if code >= 0:
        return f"exit code {code}"
    names = {number.value: number.name for number in signal.Signals}
    return f"signal {-code}, {names.get(-code, 'unknown')}"


def _rarely(manager: Any) -> Any:
    """Make a papermill manager save at most once a second; what is returned saves always.

    It saves the whole notebook at the start and the end of every cell, which is quadratic in the cells.
    """
    always, last = manager.save, time.monotonic()

    def save(**named: Any) -> None:
        nonlocal last
        if time.monotonic() - last >= SAVE_SECONDS:
            last = time.monotonic()
            always(**named)

    manager.save = save
    return always
