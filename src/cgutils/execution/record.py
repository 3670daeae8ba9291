"""Which files a run read and wrote, as its kernel saw them.

Python tells an audit hook of every file that is opened and of every renaming, whichever library does it. The
hook is set by a start-up file in the IPython folder that each run has for itself, so that no notebook has to
say what it reads or writes. What a library opens outside Python, or in a process of its own, is not seen.
"""

from __future__ import annotations

from pathlib import Path

_LOG = "files.txt"
_STARTUP = """\
def _record(log):
    import os
    import sys

    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
    seen = set()

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
                note("w" if arguments[2] & writing else "r", arguments[0])
            elif event == "os.rename":
                note("w", arguments[1])
        except Exception:
            pass

    sys.addaudithook(hook)


_record({log!r})
del _record
"""


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


def recorded(folder: Path) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return what was noted for a run.

    Parameters
    ----------
    folder : Path
        What `start_recording` was given.

    Returns
    -------
    read, written : tuple of Path
        Absolute and sorted; what was written is not among what was read. Both empty where no kernel started.
    """
    log = folder / _LOG
    if not log.is_file():
        return (), ()
    lines = log.read_bytes().decode("utf-8", "surrogateescape").split("\n")
    found = {letter: {Path(line[2:]) for line in lines if line.startswith(letter)} for letter in "rw"}
    return tuple(sorted(found["r"] - found["w"])), tuple(sorted(found["w"]))
