"""Which files a run read and wrote, as its kernel saw them.

Python tells an audit hook of every file that is opened and of every renaming, whichever library does it. The
hook is set by a start-up file in the IPython folder that each run has for itself, so that no notebook has to
say what it reads or writes. What a library opens outside Python, or in a process of its own, is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import source_from_cache
from pathlib import Path

_LOG = "files.txt"
_STARTUP = """\
def _record(log):
    import os
    import sys

    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
    seen = set()
    loading = []

    def note(letter, path):
        if isinstance(path, (str, bytes, os.PathLike)):
            line = f"{letter} {os.path.abspath(os.fsdecode(path))}"
            if line not in seen and "\\n" not in line:
                seen.add(line)
                os.write(stream, f"{line}\\n".encode("utf-8", "surrogateescape"))

    def hook(event, arguments):
        # A hook that raises would stop what it watches.
        try:
            if event == "open":
                note("w" if arguments[2] & writing else "l" if loading else "r", arguments[0])
            elif event == "os.rename":
                note("w", arguments[1])
            elif event == "cgutils.table":
                line = f"t {arguments[0]}"
                if line not in seen:
                    seen.add(line)
                    os.write(stream, f"{line}\\n".encode())
            elif event == "cgutils.load":
                loading.append(1) if arguments[0] else loading.clear()
        except Exception:
            pass

    sys.addaudithook(hook)


_record({log!r})
del _record
"""


@dataclass(frozen=True)
class Recorded:
    """What a kernel was seen to do; paths are absolute and sorted.

    Parameters
    ----------
    read : tuple of Path
        Files that were opened to be read, but for those that were written; of byte code, its source.
    loaded : tuple of Path
        Files that ``load_collection`` opened.
    tables : tuple of str
        Parts of the collection that were asked for.
    written : tuple of Path
        Files that were written.
    """

    read: tuple[Path, ...] = ()
    loaded: tuple[Path, ...] = ()
    tables: tuple[str, ...] = ()
    written: tuple[Path, ...] = ()


def start_recording(folder: Path) -> None:
    """Prepare the IPython folder of a run so that its kernel notes the files that it opens.

    Parameters
    ----------
    folder : Path
        The IPython folder of one run (``IPYTHONDIR``); made where it is not there.
    """
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    script = _STARTUP.replace("{log!r}", repr(str(folder / _LOG)))
    (startup / "00-record.py").write_text(script, encoding="utf-8")


def recorded(folder: Path, byte_code: Path | None = None) -> Recorded:
    """Return what was noted for a run.

    Parameters
    ----------
    folder : Path
        What `start_recording` was given.
    byte_code : Path, optional
        Folder of byte code that is not kept beside its sources.

    Returns
    -------
    Recorded
        All empty where no kernel started.
    """
    log = folder / _LOG
    if not log.is_file():
        return Recorded()
    lines = log.read_bytes().decode("utf-8", "surrogateescape").split("\n")
    found: dict[str, set[str]] = {letter: set() for letter in "rltw"}
    for line in lines:
        if line[1:2] == " " and line[0] in found:
            found[line[0]].add(line[2:])
    written = {Path(name) for name in found["w"]}
    return Recorded(
        read=tuple(sorted({_source(name, byte_code) for name in found["r"]} - written)),
        loaded=tuple(sorted({_source(name, byte_code) for name in found["l"]} - written)),
        tables=tuple(sorted(found["t"])),
        written=tuple(sorted(written)),
    )


def _source(name: str, byte_code: Path | None) -> Path:
    """Return the source of byte code: where that is kept, the source itself is not opened."""
    path = Path(name)
    if path.suffix == ".pyc" and byte_code is not None and path.is_relative_to(byte_code):
        return Path(path.anchor, path.relative_to(byte_code)).with_name(f"{path.name.split('.')[0]}.py")
    if name.endswith(".pyc"):
        try:
            return Path(source_from_cache(name))
        except ValueError:
            pass
    return path
