"""The command line: thin verbs over the library, a module for each group of them."""

from __future__ import annotations

# Importing the modules makes their verbs known, in the order in which --help lists them.
from cgutils.cli import starting  # isort: split

from cgutils.cli import importing  # isort: split

from cgutils.cli import running  # isort: split

from cgutils.cli import reviewing  # isort: split

from cgutils.cli import exporting, simulating
from cgutils.cli.base import app
from cgutils.data.console import print_anything

__all__ = ["app", "exporting", "importing", "main", "reviewing", "running", "simulating", "starting"]


def main() -> None:
    """Run the command line."""
    print_anything()
    app()
