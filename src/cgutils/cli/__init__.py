"""The command line: thin verbs over the library, a module for each group of them."""

from __future__ import annotations

# Importing the modules makes their verbs known, in the order in which --help lists them.
from cgutils.cli import running  # isort: split

from cgutils.cli import reviewing, simulating
from cgutils.cli.base import app

__all__ = ["app", "main", "reviewing", "running", "simulating"]


def main() -> None:
    """Run the command line."""
    app()
