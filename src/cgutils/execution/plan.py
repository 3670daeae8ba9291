"""Which runs make up the collection.

A notebook that declares a parameter ``case_id`` is run once for each case, every other one once. The cases
are the folders of ``data/raw/cases``, so adding a case is adding a folder. Further runs are listed in
``notebooks/runs.yaml``; one that names no case there is done for each. A run of the plan that was once made
in the other language as well (``cgutils run sako --language id``) belongs to it from then on, as long as its
executed copy is there: so it is kept up to date and verified like the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cgutils.data.project import LANGUAGES, Project, is_id
from cgutils.execution.choices import unknown_indicator
from cgutils.execution.errors import RunError
from cgutils.execution.parameter import Parameter, Value
from cgutils.execution.parameters import check_values, parse_value, read_parameters
from cgutils.execution.runs_file import RUNS_FILE, further_runs

EXECUTED = "executed"
NAMING = ("case_id", "language")
Declared = Mapping[str, tuple[Parameter, ...]]


@dataclass(frozen=True)
class Run:
    """One notebook with one set of values.

    Parameters
    ----------
    notebook : str
        Name of the notebook without ``.ipynb``.
    parameters : dict of str to value
        The values that are put into it, checked.
    """

    notebook: str
    parameters: dict[str, Value] = field(default_factory=dict, hash=False)

    @property
    def case_id(self) -> str | None:
        """The case, where the run is about one."""
        return _text(self.parameters.get("case_id"))

    @property
    def language(self) -> str:
        """The language of the labels."""
        return _text(self.parameters.get("language")) or LANGUAGES[0]

    @property
    def name(self) -> str:
        """Name of the executed copy without ``.ipynb``: notebook, case, and any language but English."""
        parts = [self.notebook, self.case_id, None if self.language == LANGUAGES[0] else self.language]
        return "-".join(part for part in parts if part)


def case_ids(project: Project) -> tuple[str, ...]:
    """List the cases of a project: the folders in ``data/raw/cases`` that hold a ``case.yaml``.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    tuple of str
        Sorted.

    Raises
    ------
    RunError
        Where the name of such a folder cannot be an id.
    """
    names = sorted(path.parent.name for path in (project.raw / "cases").glob("*/case.yaml"))
    bad = [name for name in names if not is_id(name)]
    if bad:
        allowed = "lower-case letters and digits, joined by single - or _"
        raise RunError(f"data/raw/cases: found {name!r}; allowed: {allowed}. Rename it." for name in bad)
    return tuple(names)


def notebooks(project: Project) -> tuple[Path, ...]:
    """List the numbered notebooks of a project, sorted by name."""
    return tuple(sorted(project.notebooks.glob("[0-9][0-9]-*.ipynb")))


def declared_parameters(project: Project) -> dict[str, tuple[Parameter, ...]]:
    """Read what every notebook of a project declares.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    dict of str to tuple of Parameter
        By the name of the notebook, sorted.

    Raises
    ------
    RunError
        The problems of all notebooks together.
    """
    declared, problems = {}, list[str]()
    for path in notebooks(project):
        try:
            declared[path.stem] = read_parameters(path)
        except RunError as error:
            problems += error.problems
    if problems:
        raise RunError(problems)
    return declared


def make_plan(project: Project) -> tuple[Run, ...]:
    """List the runs that make up the collection.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    tuple of Run
        Sorted by the name of the executed copy; every name once.

    Raises
    ------
    RunError
        All problems of notebooks, cases and ``runs.yaml`` together.
    """
    declared, cases = declared_parameters(project), case_ids(project)
    runs, problems = list[Run](), list[str]()
    for notebook, parameters in declared.items():
        wanted: Sequence[str | None] = cases if _declares(parameters, "case_id") else (None,)
        for case in wanted:
            values: dict[str, object] = {} if case is None else {"case_id": case}
            try:
                runs.append(_make_run(notebook, declared, cases, values))
            except RunError as error:
                problems += error.problems
    for notebook, given in further_runs(project, declared, problems):
        every = _declares(declared[notebook], "case_id") and "case_id" not in given
        for more in [{"case_id": case} for case in cases] if every else [{}]:
            try:
                runs.append(_make_run(notebook, declared, cases, {**given, **more}))
            except RunError as error:
                problems += [f"{RUNS_FILE}: {problem}" for problem in error.problems]
    counts = Counter(run.name for run in runs)
    problems += [f"{name}.ipynb: {count} runs would write it" for name, count in counts.items() if count > 1]
    if problems:
        raise RunError(problems)
    return tuple(sorted([*runs, *_other_languages(project, runs)], key=lambda run: run.name))


def select_runs(
    project: Project,
    plan: Iterable[Run],
    cases: Sequence[str] = (),
    language: str | None = None,
    notebook: str | None = None,
    values: Mapping[str, str] | None = None,
) -> tuple[Run, ...]:
    """Choose among the runs of a plan, and give some of them other values.

    Parameters
    ----------
    project : Project
        The project.
    plan : iterable of Run
        What `make_plan` returned.
    cases : sequence of str
        Only runs about these cases; all runs where it is empty.
    language : str, optional
        This language instead of those in the plan.
    notebook : str, optional
        Only this notebook (with or without ``.ipynb``).
    values : mapping of str to str, optional
        Further values as typed, read by the declared types.

    Returns
    -------
    tuple of Run
        Sorted by name; every name once.

    Raises
    ------
    RunError
        Where a case, notebook, language or parameter is unknown, or nothing is left.
    """
    plan, declared, known = tuple(plan), declared_parameters(project), case_ids(project)
    stem = notebook.removesuffix(".ipynb") if notebook else None
    all_cases = ", ".join(known) or "none"
    problems = [f"no case {case!r}; known cases: {all_cases}" for case in cases if case not in known]
    if stem and stem not in declared:
        problems.append(f"no notebook {stem!r}; known notebooks: {', '.join(declared) or 'none'}")
    if problems:
        raise RunError(problems)
    chosen = [run for run in plan if stem in {None, run.notebook} and (not cases or run.case_id in cases)]
    if not chosen:
        raise RunError(["nothing to run: " + ("no notebook fits" if plan else "there is no notebook yet")])
    runs, planned = {}, {run.name: run for run in plan}
    for run in chosen:
        try:
            changed = _changed(run, declared[run.notebook], language, values or {})
            made = _make_run(run.notebook, declared, known, changed)
            there = planned.get(made.name, made)
            if (there.notebook, there.case_id) != (made.notebook, made.case_id):
                problems.append(f"{made.name}.ipynb: is the copy of case {there.case_id}; rename a case")
            # What the plan makes under this name is not replaced by a further run in its language.
            runs[made.name] = made if values else there
            problems += unknown_indicator(project, made) if "indicator_id" in (values or {}) else ()
        except RunError as error:
            problems += error.problems
    if problems:
        raise RunError(problems)
    return tuple(runs[name] for name in sorted(runs))


def _changed(
    run: Run, declared: tuple[Parameter, ...], language: str | None, values: Mapping[str, str]
) -> dict[str, object]:
    changed: dict[str, object] = dict(run.parameters)
    if language is not None:
        changed["language"] = language
    kinds = {parameter.name: parameter for parameter in declared}
    for name, text in values.items():
        changed[name] = parse_value(kinds[name], text) if name in kinds else text
    return changed


def _make_run(notebook: str, declared: Declared, cases: Sequence[str], values: Mapping[str, object]) -> Run:
    parameters = declared[notebook]
    if _declares(parameters, "language") and "language" not in values:
        values = {**values, "language": LANGUAGES[0]}
    run = Run(notebook, check_values(parameters, values, f"{notebook}.ipynb"))
    problems = []
    # Both become part of a file name, so nothing but a known one gets past here.
    if "case_id" in run.parameters and run.parameters["case_id"] not in cases:
        found = run.parameters["case_id"]
        problems.append(f"{notebook}.ipynb: no case {found!r}; known cases: {', '.join(cases)}")
    if "language" in run.parameters and run.parameters["language"] not in LANGUAGES:
        found = run.parameters["language"]
        problems.append(f"{notebook}.ipynb: language {found!r}; allowed: {', '.join(LANGUAGES)}")
    if problems:
        raise RunError(problems)
    return run


def _other_languages(project: Project, runs: Sequence[Run]) -> list[Run]:
    """Find the runs in another language whose executed copies are there."""
    found: dict[str, Run] = {}
    for run in runs:
        for language in LANGUAGES if "language" in run.parameters else ():
            other = Run(run.notebook, {**run.parameters, "language": language})
            if (project.notebooks / EXECUTED / f"{other.name}.ipynb").is_file():
                found[other.name] = other
    return [found[name] for name in sorted(set(found) - {run.name for run in runs})]


def _declares(parameters: Iterable[Parameter], name: str) -> bool:
    return any(parameter.name == name for parameter in parameters)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
