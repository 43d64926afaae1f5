"""The fixtures themselves: each test has a database of its own, of the kind it was asked for."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine.storage.model import metadata


def test_each_test_has_a_database_with_our_tables(engine_url: str, dialect: str) -> None:
    database = sa.create_engine(engine_url)
    try:
        assert database.dialect.name == dialect
        assert set(metadata.tables) <= set(sa.inspect(database).get_table_names())
    finally:
        database.dispose()


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell of these; PostgreSQL does
def test_the_migrations_make_the_tables_of_the_model(engine_url: str) -> None:
    database = sa.create_engine(engine_url)
    try:
        with database.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    finally:
        database.dispose()


def test_an_empty_database_has_no_table(empty_url: str) -> None:
    database = sa.create_engine(empty_url)
    try:
        assert sa.inspect(database).get_table_names() == []
    finally:
        database.dispose()
