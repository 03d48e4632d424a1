"""The log of an SQLite database is emptied while nobody reads; others are left alone until the next run."""

import json

import pytest

from tests.own_databases import run_python

EMPTY = """
import json, sqlite3, django
from pathlib import Path
django.setup()
from django.conf import settings
from django.db import connection, transaction
from publications.database_log import empty_database_log
from publications.models import SiteSettings

found = []
if connection.vendor == "sqlite":
    path = settings.DATABASES["default"]["NAME"]
    other = sqlite3.connect(path, isolation_level=None)
    for statement in ({statements}):
        SiteSettings.objects.update(short_name="A")
        other.execute(statement)
        other.execute("SELECT count(*) FROM publications_sitesettings").fetchone()
        if not statement.endswith("IMMEDIATE"):
            SiteSettings.objects.update(short_name="B")
        found.append(empty_database_log())
        other.execute("ROLLBACK")
    SiteSettings.objects.update(short_name="C")
    with transaction.atomic():
        empty_database_log()
    found += [empty_database_log(), empty_database_log(), Path(f"{{path}}-wal").stat().st_size]
    with connection.cursor() as cursor:
        found.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0] // 1000)
else:
    found.append(empty_database_log())
print(json.dumps(found))
"""


@pytest.mark.parametrize("statement", ["BEGIN", "BEGIN IMMEDIATE"])
def test_a_log_that_others_use_stays_and_is_emptied_by_the_next_run(own_site, settings, statement):
    found = json.loads(run_python(EMPTY.format(statements=f'"{statement}",'), own_site))

    timeout = settings.DATABASES["default"]["OPTIONS"].get("timeout")
    assert found in ([False, True, True, 0, timeout], [True])
