"""SQLite files from others: opened read-only, checked against what is needed, read within bounds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cgutils.data.errors import CgutilsError

MAGIC = b"SQLite format 3\x00"
MAX_BYTES = 2_000_000_000
MAX_CELL_BYTES = 50_000_000
MAX_ROWS = 1_000_000
# Instructions of the database engine for one table; plain reading of a table needs some ten a row.
_STEPS = 1_000_000
_MAX_STEPS = 60


@dataclass
class Database:
    """An open database of known tables.

    Parameters
    ----------
    name : str
        How messages name it.
    tables : dict of str to set of str
        Its tables and their columns.
    connection : Connection
        Read-only.
    """

    name: str
    tables: Mapping[str, set[str]]
    connection: sqlite3.Connection

    def has(self, table: str, *columns: str) -> bool:
        """Say whether there is such a table with these columns."""
        return set(columns) <= self.tables.get(table, set()) and table in self.tables

    def rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Go through a table in the order in which its rows were written."""
        # Names are this library's own, never the file's.
        query = f'SELECT {", ".join(columns)} FROM "{table}" ORDER BY rowid'  # noqa: S608
        steps = 0

        def running() -> bool:
            nonlocal steps
            steps += 1
            return steps > _MAX_STEPS

        self.connection.set_progress_handler(running, _STEPS)
        for number, row in enumerate(self.connection.execute(query)):
            if number >= MAX_ROWS:
                raise CgutilsError(
                    f"{self.name}: table {table} has more than {MAX_ROWS:,} rows. It is not read."
                )
            yield row


@contextmanager
def open_database(path: Path, needed: Mapping[str, tuple[str, ...]], what: str) -> Iterator[Database]:
    """Open a database and check that it has what is needed.

    Parameters
    ----------
    path : Path
        The file.
    needed : mapping of str to tuple of str
        Tables and columns without which it cannot be read.
    what : str
        What it should be, for messages (``"a QualCoder project (data.qda)"``).

    Yields
    ------
    Database
        Nothing is ever written to it, not even a journal.

    Raises
    ------
    CgutilsError
        Where it is no database, is damaged or still open in a program, or lacks tables or columns.
    """
    if path.stat().st_size > MAX_BYTES:
        raise CgutilsError(f"{path.name}: {path.stat().st_size:,} bytes; at most {MAX_BYTES:,} are read.")
    for ending in ("-wal", "-journal"):
        unfinished = path.with_name(path.name + ending)
        if unfinished.is_file() and unfinished.stat().st_size:
            raise CgutilsError(
                f"{path.name}: a program still has it open, or did not close it ({unfinished.name} lies "
                "beside it). Close the program and try again."
            )
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
            for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
                connection.execute(f"PRAGMA {setting}")
            database = Database(path.name, _tables(connection), connection)
            _check(database, needed, what)
            yield database
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise CgutilsError(
            f"{path.name}: it cannot be read as {what} ({str(error)[:80]}). Check that it is the right file, "
            "and that it was copied whole."
        ) from error


def words(value: Any) -> str:
    """Give the text of a cell, "" where it holds something else."""
    return value if isinstance(value, str) else ""


def whole(value: Any) -> int | None:
    """Give the whole number of a cell, None where it holds something else."""
    return value if isinstance(value, int) else None


def _tables(connection: sqlite3.Connection) -> dict[str, set[str]]:
    # Views, virtual tables and computed columns could run whatever their maker wrote: they do not count.
    listed = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchmany(1_000)
    tables = {}
    for name, sql in listed:
        if not str(sql or "").lstrip().upper().startswith("CREATE TABLE"):
            continue
        columns = connection.execute("SELECT name, hidden FROM pragma_table_xinfo(?)", (name,)).fetchmany(
            1_000
        )
        tables[str(name)] = {str(column) for column, hidden in columns if not hidden}
    return tables


def _check(database: Database, needed: Mapping[str, tuple[str, ...]], what: str) -> None:
    lacking = [
        f"{table} ({', '.join(absent)})" if table in database.tables else table
        for table, columns in needed.items()
        for absent in [[column for column in columns if column not in database.tables.get(table, set())]]
        if absent
    ]
    if lacking:
        raise CgutilsError(
            f"{database.name}: this is not {what}; tables or columns are missing: {', '.join(lacking)}. "
            "Check that it is the right file, and not of a much older version of the program."
        )
