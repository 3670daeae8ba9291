"""The parameters that a notebook declares, and the check of values given for them.

A notebook declares its parameters in one code cell tagged ``parameters``: assignments of plain values, each
with its help as a comment, on the lines above it or behind it. Where the help lists values in quotes, the
default among them, only these may be given (``"fuzzy", "linear" or "crisp"``; not after *such as*); where it
names bounds in brackets, only what lies between (``(0 to 1)``). Everything is checked before a kernel starts,
because papermill is lenient: an unknown name is only warned about, and a name is put into the notebook as it
is, so that one which is no identifier is run as code.
"""

from __future__ import annotations

import ast
import io
import json
import keyword
import tokenize
from collections.abc import Mapping
from pathlib import Path

from cgutils.execution.errors import RunError
from cgutils.execution.parameter import TYPES, Parameter, Value, fits, kind_of
from cgutils.execution.source import read_notebook, tags

TAG = "parameters"


def read_parameters(path: Path) -> tuple[Parameter, ...]:
    """Read the parameters that a notebook declares.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    tuple of Parameter
        In the order of the cell.

    Raises
    ------
    RunError
        Where there is no code cell tagged ``parameters`` or more than one, and for every line of it that is
        not ``name = value  # help`` with a plain value.
    """
    notebook = read_notebook(path)
    cells = [cell for cell in notebook["cells"] if TAG in tags(cell) and cell["cell_type"] == "code"]
    if len(cells) != 1:
        raise RunError(
            [f"{path.name}: {len(cells) or 'no'} code cells tagged '{TAG}'; exactly one is needed"]
        )
    return parse_parameters(cells[0]["source"], path.name)


def parse_parameters(source: str, name: str) -> tuple[Parameter, ...]:
    """Read the parameters from the source of the cell that declares them.

    Parameters
    ----------
    source : str
        Source of the cell.
    name : str
        How messages name the notebook.

    Returns
    -------
    tuple of Parameter
        In the order of the cell.

    Raises
    ------
    RunError
        For every line that is not ``name = value  # help`` with a plain value.

    Examples
    --------
    >>> parse_parameters('case_id = "banjar"  # which case', "01.ipynb")[0].help
    'which case'
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise RunError(
            [f"{name}: the cell tagged '{TAG}' is no Python ({error.msg}, line {error.lineno})"]
        ) from error
    comments = _comments(source)
    found: dict[str, Parameter] = {}
    problems = []
    for statement in statements:
        try:
            parameter = _parameter(statement, comments)
        except ValueError as error:
            problems.append(f"{name}: the cell tagged '{TAG}', line {statement.lineno}: {error}")
            continue
        if parameter.name in found:
            problems.append(f"{name}: parameter {parameter.name} is declared twice")
        found[parameter.name] = parameter
    if problems:
        raise RunError(problems)
    return tuple(found.values())


def check_values(
    declared: tuple[Parameter, ...], values: Mapping[str, object], name: str
) -> dict[str, Value]:
    """Check the values given for the parameters of a notebook.

    Parameters
    ----------
    declared : tuple of Parameter
        What the notebook declares.
    values : mapping of str to object
        What is to be given.
    name : str
        How messages name the notebook.

    Returns
    -------
    dict of str to value
        The values in the order of declaration, an int given for a float made a float.

    Raises
    ------
    RunError
        All problems together: names that are unknown or no identifiers, required ones that are missing,
        values of another type, values that are not plain.
    """
    known = {parameter.name: parameter for parameter in declared}
    problems = []
    for given in values:
        if not isinstance(given, str) or not given.isidentifier() or keyword.iskeyword(given):
            problems.append(f"{name}: {given!r} is no plain name; declared are: {_names(known)}")
        elif given not in known:
            problems.append(f"{name}: no parameter {given!r}; declared are: {_names(known)}")
    checked: dict[str, Value] = {}
    for parameter in declared:
        if parameter.name in values:
            value = values[parameter.name]
            if fits(parameter, value):
                whole = parameter.kind == "float" and isinstance(value, int)
                checked[parameter.name] = float(value) if whole else value  # type: ignore[arg-type,assignment]
            else:
                said = f"found {value!r}; allowed: {parameter.allowed}"
                problems.append(f"{name}: parameter {parameter.name}: {said}")
        elif parameter.required:
            problems.append(f"{name}: parameter {parameter.name} is required; allowed: {parameter.allowed}")
    if problems:
        raise RunError(problems)
    return checked


def parse_value(parameter: Parameter, text: str) -> Value:
    """Turn text from the command line into a value of the declared type.

    Parameters
    ----------
    parameter : Parameter
        Its type says how the text is read: text as it stands, everything else as JSON (``0.5``, ``true``,
        ``[1, 2]``, ``null``).
    text : str
        What was typed.

    Returns
    -------
    str, int, float, bool, list or None
        The value; the text itself where it cannot be read, for `check_values` to refuse.
    """
    if parameter.kind == "str" and not (parameter.optional and text == "null"):
        return text
    try:
        value: Value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return value


def _names(known: Mapping[str, Parameter]) -> str:
    return ", ".join(known) or "none"


def _parameter(statement: ast.stmt, comments: Mapping[int, tuple[str, bool]]) -> Parameter:
    annotation: ast.expr | None = None
    value: ast.expr | None = None
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign):
        target, value, annotation = statement.target, statement.value, statement.annotation
    if not isinstance(target, ast.Name):
        raise ValueError("only assignments like `name = value  # help` may stand here")  # noqa: TRY004
    default = _literal(value)
    kind, optional = _annotation(annotation) if annotation else (kind_of(default), default is None)
    help_text = _help(statement, comments)
    parameter = Parameter(target.id, kind, default, optional, required=value is None, help=help_text)
    if value is not None and not fits(parameter, default):
        raise ValueError(f"the value of {target.id} is {default!r}; its declared type is {parameter.allowed}")
    return parameter


def _literal(value: ast.expr | None) -> Value:
    if value is None:
        return None
    try:
        literal = ast.literal_eval(value)
    except (ValueError, TypeError):
        literal = ...
    if literal is not None and kind_of(literal) is None:
        plain = "text, number, True, False, None or a list of these"
        raise ValueError(f"`{ast.unparse(value)}` is no plain value ({plain})")
    return literal  # type: ignore[no-any-return]


def _annotation(annotation: ast.expr) -> tuple[str, bool]:
    names = [part.strip() for part in ast.unparse(annotation).strip("'\"").split("|")]
    optional = "None" in names
    kinds = [name.split("[")[0] for name in names if name != "None"]
    if len(kinds) != 1 or kinds[0] not in TYPES:
        allowed = f"{', '.join(TYPES)}, or one of these with | None"
        raise ValueError(f"type `{ast.unparse(annotation)}` is not allowed; allowed: {allowed}")
    return kinds[0], optional


def _help(statement: ast.stmt, comments: Mapping[int, tuple[str, bool]]) -> str:
    """Put together the comment lines directly above a statement and the comment behind it."""
    lines = [statement.end_lineno or statement.lineno]
    above = statement.lineno - 1
    while comments.get(above, ("", False))[1]:
        lines.insert(0, above)
        above -= 1
    return " ".join(comments[line][0] for line in lines if line in comments)


def _comments(source: str) -> dict[int, tuple[str, bool]]:
    """Collect the comments by line, and whether nothing else stands there."""
    return {
        token.start[0]: (token.string.lstrip("# "), token.line.lstrip().startswith("#"))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
