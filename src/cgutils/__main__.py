"""The command ``cgutils``: the command line, and a short way to find that there is nothing to run."""

from __future__ import annotations

import sys
import time

QUIET = ("--quiet", "-q")


def main() -> None:
    """Run the command line.

    ``cgutils run`` is asked often and has mostly nothing to do: that is found out before anything is imported
    that only a run needs.
    """
    from cgutils.data.console import print_anything  # noqa: PLC0415

    print_anything()
    if not (sys.argv[1:2] == ["run"] and _nothing_to_do(sys.argv[2:])):
        from cgutils.cli import main as command_line  # noqa: PLC0415

        command_line()


def _nothing_to_do(words: list[str]) -> bool:
    started = time.perf_counter()
    quiet = any(word in QUIET for word in words)
    rest = [word for word in words if word not in QUIET]
    if rest and (len(rest) != 2 or rest[0] != "--project"):
        return False
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
        return False
    if not is_settled(project, due, plan):
        return False
    if not quiet:
        print(nothing_line(len(plan), time.perf_counter() - started))
    return True


if __name__ == "__main__":
    main()
