"""The pages of a PDF, by pypdf (the extra ``pdf``)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from cgutils.data.errors import CgutilsError

MAX_PAGES = 3_000
_HEADER = b"%PDF-"
# The header may stand after a few stray bytes (ISO 32000-1, annex H).
_HEADER_WITHIN = 1024
_END = b"startxref"
_END_WITHIN = 8192


def pages(path: Path) -> Iterator[str]:
    """Read the text of each page.

    Parameters
    ----------
    path : Path
        A ``.pdf`` file.

    Yields
    ------
    str
        The text of each page, in order; blank where a page holds none.

    Raises
    ------
    CgutilsError
        Where pypdf is not installed, or the file is no PDF, is damaged, protected or too long.
    """
    with path.open("rb") as stream:
        if _HEADER not in stream.read(_HEADER_WITHIN):
            raise CgutilsError(f"{path.name}: this is not a PDF, whatever its name says. Check the file.")
        stream.seek(max(0, path.stat().st_size - _END_WITHIN))
        # Without it pypdf would search the whole file for what might have been meant.
        if _END not in stream.read():
            raise CgutilsError(f"{path.name}: the end of this PDF is missing. Fetch or save the file again.")
    try:
        import pypdf  # noqa: PLC0415
    except ImportError as error:
        raise CgutilsError(
            f'{path.name}: PDF files are read with pypdf. Install it with `pip install "cgutils[pdf]"`, '
            "or save the text of the file as .txt."
        ) from error
    told = logging.getLogger("pypdf")
    level = told.level
    # Its remarks on slips in the file do not concern who only wants the text.
    told.setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(path)
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise CgutilsError(
                f"{path.name}: {count:,} pages; at most {MAX_PAGES:,} are read. Split the file."
            )
        for page in reader.pages:
            yield page.extract_text()
    except pypdf.errors.FileNotDecryptedError as error:
        raise CgutilsError(f"{path.name}: it is protected by a password. Save a copy without one.") from error
    except CgutilsError:
        raise
    except Exception as error:
        # pypdf meets damage anywhere in a file with whatever the damage brings about.
        raise CgutilsError(
            f"{path.name}: this PDF could not be read ({type(error).__name__}). Open it in a viewer and "
            "print it to a new PDF, or save its text as .txt."
        ) from error
    finally:
        told.setLevel(level)
