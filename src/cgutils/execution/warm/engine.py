"""The papermill engine ``cgutils-warm``: ``papermill --engine cgutils-warm in.ipynb out.ipynb``.

papermill imports every engine while it is itself imported, so nothing of papermill is imported here before a
notebook is executed.
"""

from __future__ import annotations

import functools
from typing import Any

ENGINE = "cgutils-warm"


class WarmEngine:
    """papermill's engine with warm kernels."""

    @classmethod
    def execute_notebook(cls, *arguments: Any, **named: Any) -> Any:
        """Execute a notebook; arguments and result are those of papermill's own engine."""
        return warm_engine().execute_notebook(*arguments, **named)

    @classmethod
    def nb_kernel_name(cls, *arguments: Any, **named: Any) -> Any:
        """Return the name of the kernel of a notebook."""
        return warm_engine().nb_kernel_name(*arguments, **named)

    @classmethod
    def nb_language(cls, *arguments: Any, **named: Any) -> Any:
        """Return the language of a notebook."""
        return warm_engine().nb_language(*arguments, **named)


@functools.cache
def warm_engine() -> Any:
    """Make the engine."""
    from papermill.engines import NBClientEngine  # noqa: PLC0415
    from papermill.log import logger  # noqa: PLC0415
    from papermill.utils import merge_kwargs, remove_args  # noqa: PLC0415

    from cgutils.execution.warm.notebook import WarmKernelManager, WarmNotebookClient  # noqa: PLC0415

    class Engine(NBClientEngine):  # type: ignore[misc]
        """Executes with kernels that are forked, shut down at once, and saves at most once a second."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            log_output: bool = False,
            stdout_file: Any = None,
            stderr_file: Any = None,
            start_timeout: int = 60,
            execution_timeout: int | None = None,
            kept: list[Any] | None = None,
            **kwargs: Any,
        ) -> Any:
            if kept is not None:
                # Whoever asks has the notebook however its execution ends.
                kept.append(nb_man.nb)
            safe = remove_args(["input_path", "timeout", "startup_timeout"], **kwargs)
            options = merge_kwargs(
                {"kernel_manager_class": WarmKernelManager, "shutdown_kernel": "immediate", **safe},
                timeout=execution_timeout or kwargs.get("timeout"),
                startup_timeout=start_timeout,
                kernel_name=kernel_name,
                log=logger,
                log_output=log_output,
                stdout_file=stdout_file,
                stderr_file=stderr_file,
            )
            return WarmNotebookClient(nb_man, **options).execute()

    return Engine
