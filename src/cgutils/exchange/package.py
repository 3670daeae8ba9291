"""The packed parts of an Office Open XML file, opened within bounds and read as streams.

Such files come from anywhere. What would unpack too far, is protected, declares entities or is another
format under this name is refused with a sentence, before it costs time or memory. Nothing is ever unpacked
to the disk.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from cgutils.data.errors import CgutilsError

MAX_FILE_BYTES = 20_000_000
MAX_PART_BYTES = 30_000_000
MAX_TOTAL_BYTES = 100_000_000
MAX_RATIO = 200
MAX_ENTRIES = 2_000
MAX_DEPTH = 50
MAX_ELEMENTS = 250_000
_CHUNK = 1 << 16
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE = "Open it in a spreadsheet program and save it as .xlsx, without a password."


class Elements(ContentHandler):
    """Receives the elements of a part by their names without prefix; counts them, so that none runs away."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self.left = MAX_ELEMENTS

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        """Count an element and hand it on."""
        self._depth += 1
        self.left -= 1
        if self._depth > MAX_DEPTH or self.left < 0:
            raise SAXException("more cells or deeper nesting than a sheet of a case has")
        self.start(name.rpartition(":")[2], attrs)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Hand on the end of an element."""
        self._depth -= 1
        self.end(name.rpartition(":")[2])

    def start(self, name: str, attrs: Any) -> None:
        """Take the beginning of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""


class Package:
    """An open file and its parts.

    Parameters
    ----------
    archive : ZipFile
        The file, checked.
    name : str
        How messages name it.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self.name = name
        self.parts = frozenset(archive.namelist())
        self._bytes_left = MAX_PART_BYTES
        self._elements_left = MAX_ELEMENTS

    def read(self, part: str, elements: Elements) -> None:
        """Send the elements of a part to a receiver; a part that is not there sends none.

        Raises
        ------
        CgutilsError
            Where the part is damaged or declares entities.
        """
        if part not in self.parts:
            return
        parser = create_parser(forbid_dtd=True)
        parser.setContentHandler(elements)
        # What all parts together may hold, so that many of them cost no more than one.
        elements.left = self._elements_left
        try:
            with self._archive.open(part) as stream:
                # zipfile gives no more than the size that was checked, whatever the packed data hold.
                while chunk := stream.read(_CHUNK):
                    self._bytes_left -= len(chunk)
                    if self._bytes_left < 0:
                        raise SAXException("more text than the sheets of a case have")
                    parser.feed(chunk)
                parser.close()
        except DefusedXmlException as error:
            said = "it declares entities, which no spreadsheet program writes"
            raise CgutilsError(f"{self.name}: {part} is not read: {said}.") from error
        except (SAXException, ValueError, LookupError) as error:
            said = str(error).split("\n", 1)[0][:80]
            raise CgutilsError(f"{self.name}: {part} cannot be read ({said}). {_SAVE}") from error
        finally:
            self._elements_left = elements.left

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Follow the relations of a part ("" for the file itself): id to (kind, name of the other part)."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        found = _Relations(folder)
        if place in self.parts:
            self.read(place, found)
        return found.by_id


class _Relations(Elements):
    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = folder
        self.by_id: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attrs: Any) -> None:
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self._folder, attrs.get("Target", "")))
            kind = attrs.get("Type", "").rpartition("/")[2]
            self.by_id[attrs.get("Id", "")] = (kind, target.lstrip("/"))


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a workbook (.xlsx) and check it from outside.

    Parameters
    ----------
    path : Path
        The file.

    Yields
    ------
    Package

    Raises
    ------
    CgutilsError
        Where it is missing, too large, protected or no such file.
    """
    try:
        _check_file(path)
        with zipfile.ZipFile(path) as archive:
            _check_entries(archive, path.name)
            yield Package(archive, path.name)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CgutilsError(
            f"{path}: could not be read ({reason}). Check its name; close it elsewhere."
        ) from error
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise CgutilsError(f"{path.name}: this is not a readable workbook (.xlsx). {_SAVE}") from error


def _check_file(path: Path) -> None:
    size = path.stat().st_size
    if not path.is_file():
        raise CgutilsError(f"{path.name}: this is a folder. Name a file.")
    if size > MAX_FILE_BYTES:
        raise CgutilsError(
            f"{path.name}: {size:,} bytes; at most {MAX_FILE_BYTES:,} are read. "
            "Check that it is the right file."
        )
    with path.open("rb") as stream:
        first = stream.read(8)
    if first == _OLD_OFFICE:
        raise CgutilsError(
            f"{path.name}: inside, this is a workbook of the old Excel format (.xls) or one with a password. "
            f"{_SAVE}"
        )
    if not first.startswith(b"PK\x03\x04"):
        raise CgutilsError(
            f"{path.name}: inside, this is no workbook (.xlsx), whatever its name says. {_SAVE}"
        )


def _check_entries(archive: zipfile.ZipFile, name: str) -> None:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names):
        raise CgutilsError(f"{name}: too many files are packed in it, or one twice. It is not read.")
    total = sum(entry.file_size for entry in entries)
    for entry in sorted(entries, key=lambda entry: entry.file_size, reverse=True):
        # Some kilobytes may well be one letter over and over.
        swollen = entry.file_size > MAX_RATIO * max(entry.compress_size, 1 << 12)
        if entry.file_size > MAX_PART_BYTES or total > MAX_TOTAL_BYTES or swollen:
            raise CgutilsError(
                f"{name}: {entry.filename[:60]} would unpack from {entry.compress_size:,} to "
                f"{entry.file_size:,} bytes (all parts: {total:,}), which no workbook of a case does. "
                "It is not read; check where the file comes from."
            )
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise CgutilsError(
                f"{name}: it packs a file that would leave its folder ({entry.filename[:60]}). "
                "It is not read."
            )
    if "[Content_Types].xml" not in names:
        kind = "an OpenDocument file (.ods)" if "mimetype" in names else "another kind of packed file"
        raise CgutilsError(f"{name}: inside, this is {kind}, no workbook (.xlsx). {_SAVE}")
