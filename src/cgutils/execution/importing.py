"""Importing quickly what takes long to import, in processes of our own."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_FORMATS = ("rfc3987_syntax", "isoduration")


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import without looking for garbage, and do not look for it later among what was imported.

    Notes
    -----
    A library is made of many objects that stay; going through them again and again is a fifth of the time
    that importing takes, and finds next to nothing.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if before:
            gc.enable()


def skip_unused_imports(others: bool = False) -> None:
    """Keep libraries from importing what nothing here needs, in this process only.

    Parameters
    ----------
    others : bool
        Also what pandera looks for in order to know it: Dask's frames and hypothesis.

    Notes
    -----
    nbformat builds a grammar of internationalised addresses, which is most of the time that its import takes,
    and loads another library for durations; without them the optional checks of such texts are left out.
    """
    for name in (*_FORMATS, *(("dask.dataframe", "hypothesis") if others else ())):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
