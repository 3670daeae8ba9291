"""Printing where the console, or the file that output is sent to, cannot show every character."""

from __future__ import annotations

import sys


def print_anything() -> None:
    """Make standard output write an escape for what its encoding cannot hold, instead of failing.

    On Windows, output that goes into a file or another program is in a code page such as cp1252, which has
    no emoji and few marks of other languages; standard error does so by itself.
    """
    # A notebook or a test puts other objects in its place.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    encoding = getattr(sys.stdout, "encoding", None) or ""
    if reconfigure is not None and not encoding.lower().startswith("utf"):
        reconfigure(errors="backslashreplace")
