"""The examples in the docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import cgutils.analysis
import cgutils.data

MODULES = [
    f"{package.__name__}.{module.name}"
    for package in (cgutils.analysis, cgutils.data)
    for module in pkgutil.iter_modules(package.__path__)
]
EXAMPLES = {
    name: found
    for name in MODULES
    if (
        found := [
            test for test in doctest.DocTestFinder().find(importlib.import_module(name)) if test.examples
        ]
    )
}


def test_there_are_examples() -> None:
    assert {"cgutils.analysis.aggregate", "cgutils.data.rules"} <= EXAMPLES.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    runner = doctest.DocTestRunner()
    said: list[str] = []
    for test in EXAMPLES[name]:
        runner.run(test, out=said.append)
    assert runner.tries > 0
    assert runner.failures == 0, "".join(said)
