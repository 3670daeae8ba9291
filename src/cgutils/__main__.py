"""The command ``cgutils``: the command line, and a short way to find that there is nothing to run."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext

QUIET = ("--quiet", "-q")


def main() -> None:
    """Run the command line.

    ``cgutils run`` is asked often and has mostly nothing to do: that is found out before anything is imported
    that only a run needs. Where kernels are certain to be needed, what forks them begins at once.
    """
    from cgutils.data.console import print_anything  # noqa: PLC0415

    print_anything()
    verb, words = "".join(sys.argv[1:2]), sys.argv[2:]
    due = _is_due(words) if verb == "run" else None
    if due is False:
        return
    sure = due or verb == "verify" or (verb == "run" and "--force" in words)
    elsewhere = any(word.startswith(("--help", "--scheduler")) for word in words)
    with _warm_parent() if sure and not elsewhere else nullcontext():
        from cgutils.cli import main as command_line  # noqa: PLC0415

        command_line()


def _warm_parent() -> AbstractContextManager[None]:
    from cgutils.execution.warm.client import warm_parent, why_not  # noqa: PLC0415

    # Where there can be none, that is said when the first kernel is wanted, and not beside a misspelt word.
    return nullcontext() if why_not() else warm_parent()


def _is_due(words: list[str]) -> bool | None:
    """Say whether something is to be run, and that nothing is; None where that takes a closer look."""
    started = time.perf_counter()
    quiet = any(word in QUIET for word in words)
    rest = [word for word in words if word not in QUIET]
    if rest and (len(rest) != 2 or rest[0] != "--project"):
        return None
    from cgutils.data.errors import CgutilsError  # noqa: PLC0415
    from cgutils.data.project import find_project  # noqa: PLC0415
    from cgutils.execution.journal import find_due, is_settled  # noqa: PLC0415
    from cgutils.execution.plan import make_plan  # noqa: PLC0415
    from cgutils.execution.progress import nothing_line  # noqa: PLC0415

    try:
        project = find_project(rest[1] if rest else None)
        plan = make_plan(project)
        due = find_due(project, plan)
    except (CgutilsError, OSError):
        # The command line says what is wrong.
        return None
    if not is_settled(project, due, plan):
        return bool(due.why) or None
    if not quiet:
        print(nothing_line(len(plan), time.perf_counter() - started))
    return False


if __name__ == "__main__":
    main()
