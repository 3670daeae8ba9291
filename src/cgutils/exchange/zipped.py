"""Zip files that are the same for the same content, on every machine and at any time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

_DATE = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
_FIXED = rb"\g<1>2000-01-01T00:00:00Z\g<2>"


def pack(entries: Mapping[str, bytes], *, compressed: bool = True) -> bytes:
    """Pack files into a zip file: one fixed date, nothing of the platform.

    Parameters
    ----------
    entries : mapping of str to bytes
        Name and content of each file, in the order of the zip file.
    compressed : bool
        Whether they are made smaller; what is not cannot differ between versions of zlib either.

    Returns
    -------
    bytes
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
            # Whatever the machine: a file of Unix that all may read.
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content, compresslevel=6)
    return out.getvalue()


def repack_office(
    data: bytes,
    change: Callable[[str, bytes], bytes] = lambda _, content: content,
    *,
    compressed: bool = True,
) -> bytes:
    """Pack an office file (.docx, .xlsx) anew, without the times of its making.

    Parameters
    ----------
    data : bytes
        The file.
    change : callable
        Takes name and content of a part and gives its content.
    compressed : bool
        See `pack`.

    Returns
    -------
    bytes
        Parts in the order of their names, but for the content types, which readers expect first.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        parts = {name: change(name, old.read(name)) for name in names}
    core = "docProps/core.xml"
    if core in parts:
        parts[core] = _TIMES.sub(_FIXED, parts[core])
    return pack(parts, compressed=compressed)
