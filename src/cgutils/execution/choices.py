"""Values of parameters that depend on the case: told before a kernel starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgutils.data.project import Project

if TYPE_CHECKING:
    from cgutils.execution.plan import Run


def unknown_indicator(project: Project, run: Run) -> list[str]:
    """Say that the codebook of the case of a run has no such indicator.

    Parameters
    ----------
    project : Project
        The project.
    run : Run
        A run with the parameter ``indicator_id``; one about no case is not looked at.

    Returns
    -------
    list of str
        One sentence, or nothing. Where case or codebook cannot be read, that is told when they are loaded.
    """
    # The models take a while to import, and most runs give no indicator.
    from cgutils.data.errors import CgutilsError  # noqa: PLC0415
    from cgutils.data.single_files import load_case, load_framework  # noqa: PLC0415

    given = run.parameters.get("indicator_id")
    if run.case_id is None or given is None:
        return []
    try:
        framework = load_framework(project, load_case(project, run.case_id).framework)
    except CgutilsError:
        return []
    known = [indicator.indicator_id for indicator in framework.indicators]
    if given in known:
        return []
    said = f"found {given!r}; allowed: {', '.join(known)}"
    return [f"{run.notebook}.ipynb: parameter indicator_id: {said} (the codebook of {run.case_id})"]
