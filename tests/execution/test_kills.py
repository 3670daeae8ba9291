"""Killed at any moment, a run leaves no half file, no lock and no process, and the next one completes it.

A few moments are tried here; ``benchmarks/kills.py`` tries a hundred.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
import kills

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc"),
]


def test_a_killed_run_is_completed_by_the_next(tmp_path) -> None:
    project = kills.small_project(tmp_path / "p")
    expected, seconds = kills.complete_run(project)
    moments = random.Random(11)
    for _ in range(4):
        found = kills.killed_run(project, moments.uniform(0.1, seconds))
        assert found == []
    again, _ = kills.complete_run(project)
    assert again == expected


@pytest.mark.parametrize("quiet", [[], ["--quiet"], ["--json"]])
def test_an_interrupted_run_ends_everything_and_says_so(tmp_path, quiet) -> None:
    project = kills.small_project(tmp_path / "p", seconds=60)
    code, said, left = kills.interrupted_run(project, *quiet)
    assert code == 130
    assert said.endswith("Interrupted. Copies that were complete are kept; nothing is half written.\n")
    assert "Traceback" not in said and "never retrieved" not in said
    assert left == []


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a small disk"
)
def test_a_full_disk_is_told_and_the_last_good_copies_stay(tmp_path) -> None:
    found = kills.full_disk(tmp_path)
    if found is None:
        pytest.skip("no disk can be mounted here")
    code, said, same = found
    assert code == 1
    assert "No space left on device" in said
    assert "Traceback" not in said
    assert same
