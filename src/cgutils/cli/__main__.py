"""Makes ``python -m cgutils.cli`` the command ``cgutils``."""

from cgutils.cli import main

main()
