"""Word templates that are safe to open."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

from cgutils.data.errors import CgutilsError

MAX_ENTRIES = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
_BODY = "word/document.xml"
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def read_template(path: Path) -> bytes:
    """Read a Word file to be used as a template, once it is found harmless.

    Parameters
    ----------
    path : Path
        A ``.docx`` file.

    Returns
    -------
    bytes

    Raises
    ------
    CgutilsError
        Where it is missing, no Word document, holds macros or entities, or unpacks beyond all measure.
    """
    try:
        if path.stat().st_size > MAX_UNPACKED:
            raise CgutilsError(
                f"{path.name}: {path.stat().st_size:,} bytes, more than a template needs. It is not opened."
            )
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, path.name)
    except OSError as error:
        raise CgutilsError(
            f"{path.name}: the template cannot be read ({error.strerror}). Check its name and folder."
        ) from error
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise CgutilsError(
            f"{path.name}: this is not a readable Word file (.docx). Open it in Word or LibreOffice and save "
            "it again as .docx, without a password."
        ) from error
    return data


def _check(archive: zipfile.ZipFile, name: str) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    greedy = [e for e in entries if e.file_size > MAX_RATIO * max(e.compress_size, 1 << 12)]
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or greedy:
        raise CgutilsError(
            f"{name}: {len(entries):,} files that unpack to {unpacked:,} bytes are packed in this template, "
            "which no faculty template needs. It is not opened; check where it comes from."
        )
    archive.getinfo(_BODY)
    if _MAIN not in archive.read("[Content_Types].xml"):
        raise CgutilsError(
            f"{name}: this is no plain Word document (a .dotx or .docm, perhaps). Open it in Word and save "
            "it as Word document (.docx)."
        )
    if any(re.search(r"vbaProject|activeX", entry.filename, re.IGNORECASE) for entry in entries):
        raise CgutilsError(f"{name}: the template holds macros. Save it as .docx without them.")
    for entry in entries:
        if entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(entry):
            raise CgutilsError(
                f"{name}: {entry.filename} declares a document type, which no Word file needs. "
                "Save the template again in Word."
            )
