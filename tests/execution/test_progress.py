"""What a run says while it goes on."""

import json

import pytest

from cgutils.data.project import Project
from cgutils.execution.plan import Run
from cgutils.execution.progress import Clock, Said, Teller, progress_line
from cgutils.execution.run import RunResult
from cgutils.execution.task import Cause, Failure


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path, tmp_path / "raw", tmp_path / "processed", tmp_path / "notebooks")


def result(name, seconds=2.0, failure=None):
    return RunResult(Run(name), seconds=seconds, failure=failure)


def test_the_time_left_follows_from_the_times_of_this_and_of_earlier_runs(project, monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    clock = Clock(project, ["a", "b", "c"])
    assert clock.expected("a") is None
    now[0] = 1.0
    # Two seconds of work in one second: two at a time. Two like it are left.
    assert clock.done(result("a")) == 2.0
    now[0] = 3.0
    assert clock.done(result("b", 4.0)) == pytest.approx(1.5)
    assert clock.done(result("c")) == 0.0
    clock.keep()
    again = Clock(project, ["a", "b"])
    assert again.expected("b") == 4.0
    now[0] = 5.0
    assert again.done(result("a", 2.0)) == 4.0


@pytest.mark.parametrize("text", ["", "[]", '{"a": "x"}', "{"])
def test_times_that_cannot_be_read_are_no_problem(project, text) -> None:
    (project.root / ".cgutils").mkdir()
    (project.root / ".cgutils" / "seconds.json").write_text(text, encoding="utf-8")
    assert Clock(project, ["a"]).expected("a") is None


def test_a_line_says_how_far_it_is() -> None:
    assert progress_line(result("x"), 2, 7, 8.4) == "[2/7] x  2.0 s, about 8 s left"
    failed = result("x", failure=Failure(Cause.ERROR))
    assert progress_line(failed, 7, 7, 0.0) == "[7/7] x  2.0 s  FAILED"


def tell(said, project):
    teller = Teller(said, Clock(project, ["a", "b"]))
    reasons = [f"reason {number}" for number in range(5)]
    teller.plan({"a": reasons, "b": reasons[:1]}, ["c"], {"a": ["a.csv"]})
    teller.run(result("a"), 1, 2)
    teller.run(result("b", failure=Failure(Cause.TIMEOUT, "5 s")), 2, 2)
    teller.end(seconds=4.0)


def test_people_read_lines(project, capsys) -> None:
    tell(Said.LINES, project)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "a: reason 0; reason 1; reason 2; and 2 more",
        "b: reason 0",
        "Up to date: 1 of 3 notebooks",
    ]
    assert lines[3].startswith("[1/2] a  2.0 s, about ")
    assert lines[4] == "[2/2] b  2.0 s  FAILED"


def test_machines_read_events(project, capsys) -> None:
    tell(Said.JSON, project)
    plan, first, second, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert plan["event"] == "plan"
    assert plan["runs"]["a"]["outputs"] == ["a.csv"]
    assert len(plan["runs"]["a"]["reasons"]) == 5
    assert plan["up_to_date"] == ["c"]
    assert {key: first[key] for key in ("event", "name", "done", "total", "failure")} == {
        "event": "run",
        "name": "a",
        "done": 1,
        "total": 2,
        "failure": None,
    }
    assert "a cell took longer than allowed (5 s)" in second["failure"]
    assert end == {"event": "end", "seconds": 4.0}


def test_who_wants_quiet_gets_it(project, capsys) -> None:
    tell(Said.QUIET, project)
    assert capsys.readouterr().out == ""
