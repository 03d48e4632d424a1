"""On PostgreSQL as on SQLite whoever waits too long for a lock is told to come again, and no lost connection keeps one."""

import os
import subprocess
import sys

import pytest
from django.db import InternalError, connection
from django.test import RequestFactory
from django.urls import reverse

from publications.views import server_error
from sceeus import service_urls
from tests.conftest import ROOT
from tests.factories import make_publication


class SQLStateError(Exception):
    """An error of psycopg, where that is not installed."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


SHOW = """
from django.db import connection
{before}
with connection.cursor() as cursor:
    for name in {names}:
        cursor.execute(f"SHOW {{name}}")
        print(cursor.fetchone()[0])
"""


def settings_in_process(*names: str, before: str = "") -> list[str]:
    """What the settings of that name are on a connection of another process, a command unless `before` says else."""
    code = f"import django; django.setup()\n{SHOW.format(names=names, before=before)}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "sceeus.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.split()


def test_options_of_the_address_come_after_those_of_all_connections():
    options = service_urls.configure_postgresql({"OPTIONS": {"options": "-c tcp_keepalives_idle=60"}})[
        "OPTIONS"
    ]["options"]

    assert options.startswith("-c jit=off ")
    assert options.index("-c tcp_keepalives_idle=10") < options.index("-c tcp_keepalives_idle=60")


def test_a_server_limits_what_the_address_does_not():
    known = service_urls.configure_postgresql({"OPTIONS": {"options": "-c lock_timeout=5s"}})

    service_urls.limit_lock_waits(known)

    options = known["OPTIONS"]["options"]
    assert options.index("-c lock_timeout=20s") < options.index("-c lock_timeout=5s")
    assert "-c idle_in_transaction_session_timeout=60s" in options


@pytest.mark.postgresql
def test_a_lost_client_is_noticed_by_the_database():
    lost = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")

    assert settings_in_process(*lost) == ["10", "5", "3", "25000"]


@pytest.mark.postgresql
def test_a_server_waits_for_a_lock_as_long_as_on_sqlite_and_a_command_as_long_as_it_takes():
    limits = ("lock_timeout", "idle_in_transaction_session_timeout")

    assert settings_in_process(*limits, before="import sceeus.wsgi") == ["20s", "1min"]
    assert settings_in_process(*limits) == ["0", "10min"]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_who_waits_too_long_for_a_lock_is_told_that_it_is_busy(desk):
    publication = make_publication()
    desk.raise_request_exception = False
    holder = connection.copy()
    holder.set_autocommit(False)
    try:
        holder.cursor().execute("LOCK TABLE publications_presence IN SHARE MODE")
        connection.cursor().execute("SET LOCAL lock_timeout = '100ms'")
        response = desk.post(reverse("desk:presence", args=[publication.pk]))
    finally:
        holder.rollback()
        holder.close()

    assert response.status_code == 503
    assert response["Retry-After"]


def test_a_transaction_that_was_ended_for_idling_is_told_to_come_again():
    try:
        raise InternalError from SQLStateError("25P03")
    except InternalError:
        response = server_error(RequestFactory().post("/en/"))

    assert response.status_code == 503
