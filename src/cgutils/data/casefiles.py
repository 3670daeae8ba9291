"""The files of a case as text: ``case.yaml`` and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import yaml

from cgutils.data.fields import TableSpec
from cgutils.data.files import csv_text

# What stands in a new case where nobody has written yet; `cgutils check` reminds of it.
UNWRITTEN = {"en": "(to be written)", "id": "(belum diisi)"}
_BREAKS = set("\r\x85\u2028\u2029")


class _Plain(yaml.SafeDumper):
    """Writes everything out; the reader refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        """Say that nothing is written as an alias."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Marks that YAML takes for line ends survive in quotes only.
    style = '"' if _BREAKS & set(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Plain.add_representer(str, _text)


def case_yaml(case: Mapping[str, Any]) -> str:
    """Write ``case.yaml``.

    Parameters
    ----------
    case : mapping
        Keys and values, in the order in which they are written.

    Returns
    -------
    str
        YAML.
    """
    return yaml.dump(dict(case), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)


def table_text(frame: pd.DataFrame, spec: TableSpec) -> str:
    """Write a table of text as CSV.

    Parameters
    ----------
    frame : DataFrame
        Cells as text, missing ones as None; further columns are left out.
    spec : TableSpec
        Its columns.

    Returns
    -------
    str
        CSV; cells that a spreadsheet would run are guarded (see `cgutils.data.files.neutral`). A sparse
        column that no row fills is left out.
    """
    whole = frame.reindex(columns=list(spec.columns))
    return csv_text(whole.drop(columns=[name for name in spec.sparse if whole[name].isna().all()]))


def empty_table(spec: TableSpec) -> pd.DataFrame:
    """Give a table without rows, all columns as text."""
    return pd.DataFrame(columns=list(spec.columns), dtype="object")
