"""Packs notebooks and codebooks into the wheel, from which `cgutils new` copies them into a new project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StarterFiles(BuildHookInterface):
    """Adds what the collection and a new project share; nothing is kept twice in the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """List the files for a wheel; an editable install reads them in the clone."""
        if version == "editable":
            return
        root = Path(self.root)
        shared = {
            "notebooks": [*root.glob("notebooks/[0-9][0-9]-*.ipynb"), root / "notebooks" / "sanitize.cfg"],
            "frameworks": root.glob("data/raw/frameworks/*.yaml"),
        }
        for folder, paths in shared.items():
            for path in sorted(paths):
                build_data["force_include"][str(path)] = f"cgutils/start/{folder}/{path.name}"
