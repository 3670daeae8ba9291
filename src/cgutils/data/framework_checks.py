"""Checks across frameworks: one meaning for an id, and crosswalks that leave nothing open."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Set

from cgutils.data.errors import Problem
from cgutils.data.framework import Crosswalk, Framework

FOLDER = "data/raw/frameworks"


def check_frameworks(frameworks: Mapping[str, Framework], damaged: Set[str] = frozenset()) -> list[Problem]:
    """Check what one framework says of another.

    Parameters
    ----------
    frameworks : mapping of str to Framework
        By id, which is the name of the file.
    damaged : set of str
        Files with problems of their own. A framework that is not found may stand in one of them, so that
        nothing is said about it.

    Returns
    -------
    list of Problem
        One for each id that two frameworks use with another meaning, for each level that they name
        differently, and for each gap or slip in a crosswalk.
    """
    complete = not any(name.startswith(f"{FOLDER}/") for name in damaged)
    problems = _two_meanings(frameworks)
    for framework in frameworks.values():
        file = _file(framework.framework_id)
        listed = [walk.framework for walk in framework.crosswalks]
        for place, walk in enumerate(framework.crosswalks):
            key = f"crosswalks.{place}"
            problems += _elements(framework, walk, file, key)
            others = [name for name in frameworks if name != framework.framework_id]
            if walk.framework in listed[:place]:
                found = f"{walk.framework} a second time"
                problems.append(
                    Problem(file, None, f"{key}.framework", found, "one crosswalk for each", "Make it one.")
                )
            elif walk.framework in others:
                problems += _sources(walk, frameworks[walk.framework], file, key)
            elif complete or walk.framework == framework.framework_id:
                problems.append(_unknown(file, f"{key}.framework", walk.framework, "other framework", others))
    return problems


def _two_meanings(frameworks: Mapping[str, Framework]) -> list[Problem]:
    first: dict[object, tuple[str, object]] = {}
    problems = []
    for name, framework in frameworks.items():
        for column, key, meaning in _meanings(framework):
            other, known = first.setdefault(key, (name, meaning))
            if known == meaning:
                continue
            what, fix = "label, code and definition", "Make them agree, or choose another id."
            if column.startswith("levels"):
                what, fix = "label", "Make them agree."
            found = f"{key} with another {what.replace('and', 'or')}"
            allowed = f"the {what} that it has in {_file(other)}"
            problems.append(Problem(_file(name), None, column, found, allowed, fix))
    return problems


def _meanings(framework: Framework) -> Iterator[tuple[str, str, object]]:
    """Give each level and id with the path of its key and with what it stands for."""
    for level in framework.levels:
        yield f"levels.{level.level}.label", f"level {level.level}", level.label
    for place, dimension in enumerate(framework.dimensions):
        key = f"dimensions.{place}"
        yield f"{key}.dimension_id", dimension.dimension_id, (dimension.code, dimension.label)
        for number, own in enumerate(dimension.indicators):
            meaning = (own.code, own.label, own.definition)
            yield f"{key}.indicators.{number}.indicator_id", own.indicator_id, meaning


def _elements(framework: Framework, walk: Crosswalk, file: str, key: str) -> list[Problem]:
    """Every element of the framework stands in the crosswalk once."""
    known = [indicator.indicator_id for indicator in framework.indicators]
    named = [reading.element for reading in walk.elements]
    problems = [
        _unknown(file, f"{key}.elements.{place}.element", name, f"element of {framework.framework_id}", known)
        for place, name in enumerate(named)
        if name not in known
    ]
    fix = "Add it, with from: [] and the reason where nothing is read into it."
    problems += [
        Problem(file, None, f"{key}.elements", f"no entry for {name}", "one entry for each element", fix)
        for name in known
        if name not in named
    ]
    return problems + _twice(file, f"{key}.elements", named, "one entry for each element")


def _sources(walk: Crosswalk, source: Framework, file: str, key: str) -> list[Problem]:
    """Every indicator of the other framework is read into one element or left out with a reason."""
    known = [indicator.indicator_id for indicator in source.indicators]
    places = [
        (f"{key}.elements.{place}.from", name)
        for place, reading in enumerate(walk.elements)
        for name in reading.sources
    ]
    places += [
        (f"{key}.left_out.{place}.indicator", entry.indicator) for place, entry in enumerate(walk.left_out)
    ]
    problems = [
        _unknown(file, column, name, f"indicator of {source.framework_id}", known)
        for column, name in places
        if name not in known
    ]
    named = [name for _, name in places]
    problems += [
        Problem(
            file,
            None,
            key,
            f"no place for {name} of {source.framework_id}",
            "each indicator read into one element or left out",
            "Name it under from, or under left_out with the reason.",
        )
        for name in known
        if name not in named
    ]
    return problems + _twice(
        file, key, named, "each indicator in one place, so that its evidence counts once"
    )


def _twice(file: str, column: str, named: list[str], allowed: str) -> list[Problem]:
    return [
        Problem(file, None, column, f"{name} {count} times", allowed, "Keep one of them.")
        for name, count in Counter(named).items()
        if count > 1
    ]


def _unknown(file: str, column: str, name: str, what: str, known: list[str]) -> Problem:
    close = difflib.get_close_matches(name, known, 1)
    fix = f"Did you mean {close[0]}?" if close else "Correct it."
    return Problem(
        file, None, column, f"{name}, which is no {what}", ", ".join(known) or f"no {what} exists", fix
    )


def _file(framework_id: str) -> str:
    return f"{FOLDER}/{framework_id}.yaml"
