"""Zip archives and XML from others, opened within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from cgutils.data.errors import CgutilsError

MAX_ARCHIVE_BYTES = 2_000_000_000
MAX_ENTRIES = 20_000
MAX_DIRECTORY_BYTES = 8_000_000
MAX_DEPTH = 10
MAX_RATIO = 200
MAX_TOTAL_BYTES = 300_000_000
MAX_XML_BYTES = 100_000_000
MAX_TEXT_BYTES = 20_000_000
MAX_MARKS = 2_000_000
MAX_NESTING = 100
# What is read of an archive. Recordings and pictures may be large; they stay packed.
READ = {
    ".qde": MAX_XML_BYTES,
    ".qdc": MAX_XML_BYTES,
    ".xml": MAX_XML_BYTES,
    ".rels": MAX_XML_BYTES,
    ".txt": MAX_TEXT_BYTES,
}
_CHUNK = 1 << 20
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_ZIP64 = b"PK\x06\x07"


@dataclass
class Archive:
    """An open archive whose entries have passed the checks.

    Parameters
    ----------
    name : str
        How messages name it.
    zipped : ZipFile
        The archive.
    left : int
        Bytes that may still be unpacked from it.
    """

    name: str
    zipped: zipfile.ZipFile
    left: int = field(default=MAX_TOTAL_BYTES)

    @property
    def names(self) -> list[str]:
        """Names of all entries that are files, sorted."""
        return sorted(info.filename for info in self.zipped.infolist() if not info.is_dir())

    def read(self, entry: str) -> bytes:
        """Unpack one entry; what it really holds is counted, whatever size is declared."""
        limit = min(self.left, READ.get(PurePosixPath(entry).suffix.lower(), MAX_TEXT_BYTES))
        parts, size = [], 0
        with self.zipped.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise CgutilsError(
                        f"{self.name}: {entry} unpacks to more than {limit:,} bytes. {_REFUSED}"
                    )
                parts.append(chunk)
        self.left -= size
        return b"".join(parts)


_REFUSED = "It is not read, and nothing was written; check where the file comes from."


@contextmanager
def open_archive(path: Path, what: str) -> Iterator[Archive]:
    """Open a zip archive after checking what it declares.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        What it should be, for messages (``"a REFI-QDA project (.qdpx)"``).

    Yields
    ------
    Archive
        Entries are unpacked in memory only; nothing is ever written under a name from the archive.

    Raises
    ------
    CgutilsError
        Where it is no archive, is protected, holds too many entries, names that lead out of it, or entries
        that would unpack to more than they may.
    """
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as zipped:
            _check_entries(path.name, zipped.infolist())
            yield Archive(path.name, zipped)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise CgutilsError(
            f"{path.name}: this is not readable as {what} ({_first_line(error)}). Export it again, without a "
            "password."
        ) from error


def _check_directory(path: Path) -> None:
    # zipfile reads the whole list of entries before anything can be counted; its size stands at the end.
    size = path.stat().st_size
    if size > MAX_ARCHIVE_BYTES:
        raise CgutilsError(f"{path.name}: {size:,} bytes; at most {MAX_ARCHIVE_BYTES:,} are read. {_REFUSED}")
    with path.open("rb") as stream:
        stream.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT - 20))
        tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise zipfile.BadZipFile("no list of entries at its end")
    directory = struct.unpack_from("<I", tail, at + 12)[0]
    if directory > MAX_DIRECTORY_BYTES or tail[max(0, at - 20) : at].startswith(_ZIP64):
        raise CgutilsError(f"{path.name}: it lists more entries than are read ({MAX_ENTRIES:,}). {_REFUSED}")


def _check_entries(name: str, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise CgutilsError(
            f"{name}: {len(entries):,} files are packed in it; at most {MAX_ENTRIES:,}. {_REFUSED}"
        )
    total = 0
    for info in entries:
        _check_name(name, info.orig_filename)
        if info.flag_bits & 1:
            raise CgutilsError(f"{name}: {_short(info.filename)} is protected. Export it without a password.")
        limit = READ.get(PurePosixPath(info.filename).suffix.lower())
        if limit is not None:
            total += info.file_size
        expands = info.file_size > MAX_RATIO * max(info.compress_size, 1 << 12)
        if expands or (limit is not None and info.file_size > limit):
            raise CgutilsError(
                f"{name}: {_short(info.filename)} would unpack from {info.compress_size:,} to "
                f"{info.file_size:,} bytes, which no written text does. {_REFUSED}"
            )
    if total > MAX_TOTAL_BYTES:
        raise CgutilsError(f"{name}: its texts would unpack to {total:,} bytes. {_REFUSED}")


def _check_name(name: str, entry: str) -> None:
    parts = entry.replace("\\", "/").split("/")
    climbs = ".." in parts or entry.startswith(("/", "\\")) or ":" in parts[0] or "\0" in entry
    if climbs or len(parts) > MAX_DEPTH:
        why = "leads out of the archive" if climbs else f"lies more than {MAX_DEPTH} folders deep"
        raise CgutilsError(f"{name}: the packed file {_short(entry)} {why}. {_REFUSED}")


def read_xml(data: bytes, name: str) -> Element:
    """Parse XML without entities, within bounds.

    Parameters
    ----------
    data : bytes
        The document.
    name : str
        How messages name it.

    Returns
    -------
    Element
        Its root.

    Raises
    ------
    CgutilsError
        Where it is no XML, declares a document type or entities, or has too many or too deep elements.
    """
    if len(data) > MAX_XML_BYTES:
        raise CgutilsError(
            f"{name}: {len(data):,} bytes of XML; at most {MAX_XML_BYTES:,} are read. {_REFUSED}"
        )
    if data.count(b"<") > MAX_MARKS:
        raise CgutilsError(f"{name}: more than {MAX_MARKS:,} elements and ends of elements. {_REFUSED}")
    depth = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "end":
                depth -= 1
                continue
            root = element if root is None else root
            depth += 1
            if depth > MAX_NESTING:
                raise CgutilsError(f"{name}: its XML elements are nested too deep. {_REFUSED}")
    except DefusedXmlException as error:
        raise CgutilsError(
            f"{name}: its XML declares a document type or entities, which no export needs. {_REFUSED}"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise CgutilsError(
            f"{name}: its XML is not in order ({_first_line(error)}). Export the project again."
        ) from error
    assert root is not None
    return root


def local(element: Element) -> str:
    """Give the name of an element without its namespace, which differs between programs."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element, *names: str) -> Iterator[Element]:
    """Go through the children with one of these local names."""
    return (child for child in element if local(child) in names)


def child_text(element: Element, name: str) -> str:
    """Give the text of the first child with this local name, "" where there is none."""
    for child in children(element, name):
        return "".join(child.itertext())
    return ""


def _short(text: str, limit: int = 60) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return repr(shown if len(shown) <= limit else shown[: limit - 1] + "…")


def _first_line(error: Exception) -> str:
    return (str(error).split("\n", 1)[0] or type(error).__name__)[:80]
