"""Making the workbook of a case in a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cgutils.data.errors import CgutilsError
from cgutils.data.loading import read_parts
from cgutils.data.project import Project, is_id
from cgutils.data.single_files import choose_framework
from cgutils.exchange.sheet_content import case_content, new_content
from cgutils.exchange.sheet_layout import Terms
from cgutils.exchange.sheet_write import case_workbook


@dataclass(frozen=True)
class MadeSheet:
    """A workbook and what it is about.

    Parameters
    ----------
    data : bytes
        The ``.xlsx`` file.
    case_id : str
        The case; "" where the person is to name it.
    framework : str
        Id of the codebook.
    known, rated : bool
        Whether the case is in the project, and whether anything is coded in it.
    """

    data: bytes
    case_id: str
    framework: str
    known: bool
    rated: bool


def make_sheet(
    project: Project,
    file: str,
    terms: Terms,
    language: str,
    *,
    case: str | None = None,
    framework: str | None = None,
    coders: Sequence[str] = (),
) -> MadeSheet:
    """Make a workbook for a case: as it stands in the project, or new.

    Parameters
    ----------
    project : Project
        The project; nothing is written.
    file : str
        Name of the workbook; without ``case`` it names the case.
    terms : mapping
        Words for the values of the schemas, by language.
    language : {"en", "id"}
        Language of guide, headings and lists.
    case : str, optional
        Id of the case.
    framework : str, optional
        Id of the codebook of a new case; needed where the project has several.
    coders : sequence of str
        Who rates.

    Returns
    -------
    MadeSheet

    Raises
    ------
    CgutilsError
        Where case, codebook or coder cannot be what is said, or files of the project cannot be read.
    """
    parts = read_parts(project)
    stem = file.rpartition(".")[0]
    case_id = case if case is not None else stem if is_id(stem) else ""
    bad = [name for name in (*([case] if case is not None else []), *coders) if not is_id(name)]
    if bad:
        raise CgutilsError(
            f"found {', '.join(map(repr, bad))}; allowed: lower-case ids such as kota-x or coder_2."
        )
    if case_id in parts.cases:
        if framework not in {None, parts.cases[case_id].framework}:
            raise CgutilsError(
                f"case {case_id} is coded by {parts.cases[case_id].framework}, not by {framework}. "
                "Leave --framework out."
            )
        content = case_content(parts, case_id, coders)
        framework = parts.cases[case_id].framework
    else:
        if (project.raw / "cases" / case_id).exists() and case_id:
            raise CgutilsError(
                f"data/raw/cases/{case_id}: its case.yaml cannot be used; see `cgutils check`."
            )
        framework = choose_framework(parts.frameworks, parts.used, framework)
        content = new_content(parts, case_id, parts.frameworks[framework], coders)
    known = case_id in parts.cases
    data = case_workbook(content, parts.frameworks[framework], parts.frameworks, terms, language, file)
    rated = known and any(len(table) for table in parts.case_tables[case_id].values())
    return MadeSheet(data, case_id, framework, known, rated)
