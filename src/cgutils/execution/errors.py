"""What is wrong with a run that was asked for."""

from __future__ import annotations

from collections.abc import Iterable

from cgutils.data.errors import CgutilsError


class RunError(CgutilsError):
    """The runs cannot be made as asked; ``problems`` lists every reason.

    Parameters
    ----------
    problems : iterable of str
        One sentence for each reason, beginning with the file it is about.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        count = len(self.problems)
        heading = f"{count} problem{'' if count == 1 else 's'} with the runs"
        super().__init__("\n".join([heading, *(f"  {problem}" for problem in self.problems)]))
