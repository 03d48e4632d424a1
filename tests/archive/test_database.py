"""How archives use the connection to the database."""

import pytest
from django.db import ConnectionHandler

from publications.archive import database

pytestmark = pytest.mark.django_db


def test_the_file_of_sqlite_is_not_mapped_while_a_site_is_read_and_is_as_before_afterwards(
    tmp_path, monkeypatch
):
    settings = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": tmp_path / "site.sqlite3",
        "OPTIONS": {"init_command": "PRAGMA mmap_size=4096000"},
    }
    connection = ConnectionHandler({"default": settings})["default"]
    monkeypatch.setattr(database, "connection", connection)

    def mapped_bytes() -> int:
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA mmap_size").fetchone()[0]

    with database.without_memory_map():
        assert mapped_bytes() == 0

    assert mapped_bytes() == 4096000
    connection.close()
