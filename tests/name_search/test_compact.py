"""Compacting a database removes the bytes of deleted rows from its file."""

import pytest

from tests.own_databases import own_database, run_python

DELETE_AND_COMPACT = """
import django
django.setup()
from django.db import connection
from publications.name_search import NameMatcher, Searched, compact_database, database_files, search_path

def count():
    matcher = NameMatcher(["Vera Holm"])
    return sum(1 for file in database_files() for _ in search_path(file, "x", matcher, Searched()))

with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE notes (text TEXT)")
    cursor.execute("INSERT INTO notes SELECT 'Vera Holm' || CAST(row_number() OVER () AS TEXT) FROM auth_permission")
    cursor.execute("DELETE FROM notes")
before = count()
compact_database()
print(before > 0, count(), bool(database_files()), connection.vendor)
"""


def test_no_byte_of_a_deleted_row_is_left(tmp_path):
    with own_database(tmp_path) as environment:
        run_python("import django; django.setup(); from django.core.management import call_command; "
                   "call_command('migrate', 'auth', verbosity=0); print()", environment)  # fmt: skip
        printed = run_python(DELETE_AND_COMPACT, environment)

    # A server keeps its files to itself: there is none to search.
    assert printed in ("True 0 True sqlite", "False 0 False postgresql")


READ = """
import sqlite3
import django
django.setup()
from django.db import DatabaseError, connection
from publications.name_search import compact_database

connection.ensure_connection()
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE notes (text TEXT)")
        cursor.execute("INSERT INTO notes VALUES ('Vera Holm')")
        cursor.execute("PRAGMA busy_timeout = 100")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT * FROM notes").fetchall()
        cursor.execute("DELETE FROM notes")
    try:
        compact_database()
    except DatabaseError as error:
        print(type(error).__name__, end=" ")
    other.close()
compact_database()
print("compacted", connection.vendor)
"""


def test_a_database_that_others_read_is_not_compacted(tmp_path):
    """A reader keeps the deleted rows in the file, and SQLite says so in a row, without an error."""
    with own_database(tmp_path) as environment:
        printed = run_python(READ, environment)

    assert printed in ("DatabaseError compacted sqlite", "compacted postgresql")


WAIT = """
import django
django.setup()
import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from publications.name_search import compact_database, database

database.LOCK_SECONDS = 1
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE notes (text TEXT)")
parameters = connection.get_connection_params()
other = psycopg.connect(**{name: parameters[name] for name in ("host", "port", "user", "dbname") if name in parameters})
other.execute("LOCK TABLE notes IN ACCESS SHARE MODE")
try:
    compact_database()
except DatabaseError as error:
    print(type(error).__name__, end=" ")
with connection.cursor() as cursor:
    cursor.execute("SHOW lock_timeout")
    print(cursor.fetchone()[0])
"""


@pytest.mark.postgresql
def test_readers_do_not_wait_for_a_table_that_others_use_for_long(tmp_path):
    with own_database(tmp_path) as environment:
        assert run_python(WAIT, environment) == "OperationalError 0"
