"""The paragraphs of a Word file (.docx), read as a stream and within bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from cgutils.data.errors import CgutilsError

MAX_XML_BYTES = 40_000_000
MAX_RATIO = 200
MAX_ENTRIES = 10_000
MAX_DEPTH = 100
_BODY = "word/document.xml"
_CHUNK = 1 << 16
# The namespace of Word's own files and that of the strict form of ISO/IEC 29500.
_WORD = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
}
_BLANK = {"tab": "\t", "br": "\n", "cr": "\n"}


class _Paragraphs(ContentHandler):
    """Collects the text of each paragraph; one inside another (a text box) comes first, as it ends first."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self._open: list[list[str]] = []
        self._depth = 0
        self._in_text = False
        self._left_out = 0

    def startElementNS(  # noqa: N802
        self, name: tuple[str | None, str], qname: str | None, attrs: Any
    ) -> None:
        uri, local = name
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SAXException("elements nested too deep")
        self._left_out += _is_left_out(uri, local)
        if uri not in _WORD or self._left_out:
            return
        if local == "p":
            self._open.append([])
        elif local == "t":
            self._in_text = True
        elif local in _BLANK and self._open:
            self._open[-1].append(_BLANK[local])

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        uri, local = name
        self._depth -= 1
        if _is_left_out(uri, local):
            self._left_out -= 1
        elif uri in _WORD and not self._left_out:
            if local == "p" and self._open:
                self.done.append("".join(self._open.pop()))
            elif local == "t":
                self._in_text = False

    def characters(self, content: str) -> None:
        if self._in_text and self._open:
            self._open[-1].append(content)


def _is_left_out(uri: str | None, local: str) -> bool:
    # A shape carries its text twice: once for this Word, once for older ones. A text that was moved stands
    # at its old place as well.
    return local == "Fallback" or (uri in _WORD and local in {"del", "moveFrom"})


def paragraphs(path: Path) -> Iterator[str]:
    """Read the paragraphs of a Word file, those in tables included; notes, headers and comments are left out.

    Parameters
    ----------
    path : Path
        A ``.docx`` file.

    Yields
    ------
    str
        The text of each paragraph, in the order of the file; of tracked changes what was deleted is left out,
        and what was moved stands at its new place alone.

    Raises
    ------
    CgutilsError
        Where it is no Word file, is damaged or protected, or expands beyond the limits.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check(archive, path.name)
            with archive.open(_BODY) as stream:
                yield from _stream(stream, path.name)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise CgutilsError(
            f"{path.name}: this is not a readable Word file (.docx). Open it in a word processor and save it "
            "again as .docx, without a password."
        ) from error
    except (SAXException, DefusedXmlException, ValueError, LookupError) as error:
        # The two last come from an encoding that there is not, or that is none of text.
        raise CgutilsError(
            f"{path.name}: the text inside this Word file is not in order ({_first_line(error)}). "
            "Open it in a word processor and save it again."
        ) from error


def _check(archive: zipfile.ZipFile, name: str) -> None:
    if len(archive.infolist()) > MAX_ENTRIES:
        raise CgutilsError(f"{name}: more than {MAX_ENTRIES:,} files are packed in it. It is not read.")
    body = archive.getinfo(_BODY)
    if body.file_size > MAX_XML_BYTES or body.file_size > MAX_RATIO * max(body.compress_size, 1 << 12):
        raise CgutilsError(
            f"{name}: its text would unpack from {body.compress_size:,} to {body.file_size:,} bytes, which "
            "no written text does. It is not read; check where the file comes from."
        )


def _stream(stream: IO[bytes], name: str) -> Iterator[str]:
    handler = _Paragraphs()
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    total = 0
    # zipfile gives no more than the size that was checked, whatever the packed data hold.
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        parser.feed(chunk)
        yield from handler.done
        handler.done.clear()
    if not total:
        raise CgutilsError(f"{name}: there is no text in it.")
    parser.close()
    yield from handler.done


def _first_line(error: Exception) -> str:
    if isinstance(error, DefusedXmlException):
        return "it declares entities, which no Word file needs"
    return str(error).split("\n", 1)[0][:80]
