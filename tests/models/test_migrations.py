"""The revisions make the tables of the code, on both databases, whoever else asks for it at the same time."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

import models
from models.ground.store import Store, throwaway_engine
from models.migrations import run
from models.migrations.tables import METADATA, MODULES

ROOT = Path(models.__file__).parents[1]
PROCESSES = 4


def test_the_tables_are_those_of_the_code(database_url: str) -> None:
    with throwaway_engine(database_url) as engine, engine.connect() as connection:
        options = {"compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []


def test_checks_partial_indexes_and_keys_are_those_of_the_code_too(database_url: str, empty_database_url: str) -> None:
    with throwaway_engine(empty_database_url) as engine, engine.begin() as connection:
        METADATA.create_all(connection)
        wanted = _written_schema(connection)
    with throwaway_engine(database_url) as engine, engine.connect() as connection:
        assert _written_schema(connection) == wanted
    assert any("state < 2" in line for line in wanted)
    assert any("entered_by <> approved_by" in line for line in wanted)


def test_a_fresh_database_is_upgraded_and_says_so(empty_database_url: str) -> None:
    assert not run.is_current(empty_database_url)
    run.upgrade(empty_database_url)
    assert run.is_current(empty_database_url)
    run.upgrade(empty_database_url)  # a second time changes nothing
    with throwaway_engine(empty_database_url) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT id, last_id FROM audit_head")).all() == [(1, 0)]


def test_processes_that_upgrade_at_once_all_find_it_done(empty_database_url: str) -> None:
    code = f"from models.migrations.run import upgrade; upgrade({empty_database_url!r})"
    started = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code], cwd=ROOT, stderr=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]
    errors = [process.communicate(timeout=120)[1].decode() for process in started]
    assert errors == [""] * PROCESSES
    assert run.is_current(empty_database_url)


def test_a_failing_upgrade_leaves_the_database_as_it_was(empty_database_url: str) -> None:
    with throwaway_engine(empty_database_url) as engine:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE web_session (id INTEGER)"))  # in the way of a late table
        with pytest.raises(Exception, match="web_session"):
            run.upgrade(empty_database_url)
        assert inspect(engine).get_table_names() == ["web_session"]


def test_the_name_of_the_newest_file_is_the_revision_that_alembic_finds() -> None:
    scripts = ScriptDirectory(str(run.FOLDER))
    assert scripts.get_current_head() == run.head()
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-\d{4}_[a-z0-9_]+\.py", Path(script.path).name)
        assert Path(script.path).name.partition("_")[0].replace("-", "") == script.revision


def test_an_upgrade_of_a_current_database_does_not_even_load_alembic(database_url: str) -> None:
    code = f"""
import sys
from models.migrations.run import upgrade
upgrade({database_url!r})
assert not any(name.startswith(("alembic", "models.register")) for name in sys.modules), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_every_module_with_a_table_is_known_to_the_migrations() -> None:
    with_table = {
        str(path.relative_to(ROOT).with_suffix("")).replace("/", ".")
        for path in (ROOT / "models").rglob("*.py")
        if "table=True" in path.read_text()
    }
    assert with_table == {module.__name__ for module in MODULES}


def test_requests_written_down_before_hand_overs_had_an_end_are_over(empty_database_url: str) -> None:
    """Older rows stood open for ever, several of one conversation among them: the new unique index must not meet them."""
    talk = (
        "INSERT INTO conversation (id, step, language, known, stopped, version, created_at, updated_at)"
        " VALUES (1, '', 'id', false, false, 0, '2026-11-22', '2026-11-22')"
    )
    asked = "INSERT INTO handover (conversation_id, step, opened_at) VALUES (1, 'reg.nik', '2026-11-22 01:00:00+00:00')"
    with throwaway_engine(empty_database_url) as engine:
        with engine.begin() as connection:
            command.upgrade(run.alembic_config(connection), "202611220300")
            for statement in (talk, asked, asked, "DELETE FROM handover WHERE id = 2", asked):
                connection.execute(text(statement))
        run.upgrade(empty_database_url)
        with engine.begin() as connection:
            rows = connection.execute(text("SELECT closed_at, area, closed_by FROM handover ORDER BY id")).all()
            assert [(row[0] is not None, row[1], row[2]) for row in rows] == [(True, "", "")] * 2
            connection.execute(text("DELETE FROM handover"))
            again = asked.replace("opened_at)", "opened_at, area, closed_by)").replace("00')", "00', '', '') RETURNING id")
            assert connection.execute(text(again)).scalar_one() == 4  # the copy goes on counting


def test_an_id_is_never_given_twice(store: Store) -> None:
    """An id stands in audit rows, jobs and dedup keys: a deleted row's must not come back as somebody else's."""
    insert = text(
        "INSERT INTO conversation (step, language, known, stopped, version, created_at, updated_at)"
        " VALUES ('', 'id', false, false, 0, '2026-11-22', '2026-11-22') RETURNING id"
    )
    first = store.transaction(lambda session: session.execute(insert).scalar_one())
    store.transaction(lambda session: session.execute(text("DELETE FROM conversation")))
    assert store.transaction(lambda session: session.execute(insert).scalar_one()) > first


def _written_schema(connection: Connection) -> list[str]:
    """What the database itself says of its tables, in lines that can be compared."""
    if connection.dialect.name == "sqlite":
        rows: Any = connection.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        lines = [line.strip(" ,\t") for row in rows for line in _head_first(row[0])]
        return sorted(line for line in lines if "alembic_version" not in line and "version_num" not in line)
    constraints = connection.execute(
        text(
            "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace"
        )
    )
    indexes = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    lines = [row[0] for row in constraints] + [row[0] for row in indexes]
    return sorted(line for line in lines if "alembic_version" not in line)


def _head_first(sql: str) -> list[str]:
    """The lines of a CREATE TABLE, each behind the table's name; a CREATE INDEX as one line.

    A table that SQLite copied and renamed stands there in quotes.
    """
    sql = sql.replace('"', "")
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    first, *rest = sql.splitlines()
    return [f"{first} {line.strip()}" for line in rest]
