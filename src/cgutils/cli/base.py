"""The application, and what all verbs share. Whatever is heavy is imported when a verb needs it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cgutils.data.errors import CgutilsError

_LOCKED = "Close it in other programs (Excel, Word), and look whether you may read and write there."
_WINDOWS = os.name == "nt"
PROBLEM, WRONG_USE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Run, check and compare a collection of collaborative-governance case studies.",
)


class Language(StrEnum):
    """Languages in which labels exist."""

    en = "en"
    id = "id"


ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Folder of the project (default: found from here)."),
]


def _version(value: bool) -> None:
    if value:
        from cgutils import __version__  # noqa: PLC0415

        typer.echo(f"cgutils {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def taken_apart(given: list[str], form: str, option: str, last: bool = False) -> dict[str, str]:
    """Take texts of a form such as NAME=VALUE apart, at the first equals sign or the last; each name once."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.rpartition("=") if last else text.partition("=")
        if not equals:
            raise typer.BadParameter(f"{text!r} is not of the form {form}", param_hint=option)
        if name in found:
            both = f"{found[name]!r} and {value!r}"
            raise typer.BadParameter(f"{name!r} is given twice ({both}); give it once", param_hint=option)
        found[name] = value
    return found


def as_typed(path: Path) -> str:
    """Write a path so that it can be typed as it stands, whatever blanks are in it."""
    text = str(path)
    if _WINDOWS:
        return f'"{text}"' if re.search(r"[^\w.:\\/-]", text) else text
    return shlex.quote(text)


def check_name(path: Path) -> None:
    """Refuse the name of a file that Windows cannot have, wherever it is written."""
    from cgutils.data.project import windows_refuses  # noqa: PLC0415

    if windows_refuses(path.name):
        raise CgutilsError(f"{path.name}: Windows cannot have a file of this name. Choose another one.")


@contextmanager
def told() -> Iterator[None]:
    """Print a problem of the library instead of a traceback, and end with its exit code."""
    try:
        yield
    except CgutilsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(PROBLEM) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        # Such as a file that Excel has locked, wherever it is read.
        name = error.filename or "a file"
        typer.echo(f"{name}: {error.strerror or type(error).__name__}. {_LOCKED}", err=True)
        raise typer.Exit(PROBLEM) from error
    except KeyboardInterrupt:
        typer.echo("Interrupted. Copies that were complete are kept; nothing is half written.", err=True)
        raise typer.Exit(INTERRUPTED) from None
