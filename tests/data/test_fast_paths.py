"""What is quick says the same as what it stands for: pandera's checks, and the strict reader of YAML."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from cgutils.data.checking import _checks, _fits
from cgutils.data.context_schemas import CONTEXT_TABLES
from cgutils.data.schemas import CASE_TABLES, COLLECTION_TABLES
from cgutils.data.yamlfiles import _parse, _StrictLoader

SPECS = [*CASE_TABLES, *COLLECTION_TABLES, *CONTEXT_TABLES]
COLUMNS = [(spec, column) for spec in SPECS for column in spec.columns]
WORDS = ["a-1", "A", "a b", "L1", "L1-L2;x L3", "0", "3", "4", "-1.5", "1,5", "true", "2024-11", "low", "a;b"]


@pytest.mark.parametrize(("spec", "column"), COLUMNS, ids=[f"{s.name}.{c}" for s, c in COLUMNS])
def test_a_column_fits_where_pandera_finds_nothing(spec, column) -> None:
    facts = spec.columns[column]
    checks = _checks(spec.schema).select_columns([column])
    for cell in [None, *WORDS, *facts["values"]]:
        frame = pd.DataFrame({column: [cell]}, dtype="object")
        try:
            checks.validate(frame, lazy=True)
            found = True
        except SchemaErrors:
            found = False
        assert _fits(frame[column], facts) is found, cell


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_table_has_the_columns_that_pandera_makes_of_it(spec) -> None:
    made = spec.schema.to_schema().columns
    assert list(spec.columns) == list(made)
    for name, column in made.items():
        facts = {**column.metadata, "required": not column.nullable, "description": column.description}
        assert spec.columns[name] == facts


TEXTS = st.text("ab:-[]{}&*!#'\"\n ?|>%@\t12,.~", max_size=40)


@given(TEXTS)
def test_yaml_that_is_read_quickly_is_read_the_same(text) -> None:
    try:
        strict = yaml.load(text, Loader=_StrictLoader)
    except (yaml.YAMLError, ValueError):
        return
    assert repr(_parse(text)) == repr(strict)


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: !!str 1", "a: 1\na: 2", "!!python/name:os.system x"])
def test_what_the_strict_reader_refuses_is_refused(text) -> None:
    with pytest.raises(yaml.YAMLError):
        _parse(text)
