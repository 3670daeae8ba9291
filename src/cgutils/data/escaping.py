"""Text made harmless for a format that would read some of its signs as commands."""

from __future__ import annotations

import re

# Control characters, which neither an SVG nor a Word document can hold.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "%": r"\%",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "–": "--",
    "−": r"\ensuremath{-}",
    # Brackets after a row end, and a star, would be read as its options.
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    "†": r"\dag{}",
    "\u00a0": "~",
}


def latex_text(text: str) -> str:
    r"""Write ``text`` so that LaTeX sets it as it stands; line ends become spaces.

    Examples
    --------
    >>> latex_text("50 % of R&D_x")
    '50 \\% of R\\&D\\_x'
    """
    return "".join(_LATEX.get(sign, sign) for sign in text.replace("\n", " "))
