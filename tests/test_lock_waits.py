"""Lock timeouts on PostgreSQL and SQLite are answered as busy, and lost connections keep no lock."""

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
    """Return settings of a connection in another process: a command, unless `before` makes it a server."""
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


def test_options_of_database_url_follow_the_defaults():
    options = service_urls.configure_postgresql({"OPTIONS": {"options": "-c tcp_keepalives_idle=60"}})[
        "OPTIONS"
    ]["options"]

    assert options.startswith("-c jit=off ")
    assert options.index("-c tcp_keepalives_idle=10") < options.index("-c tcp_keepalives_idle=60")


def test_a_server_sets_the_limits_that_database_url_does_not():
    known = service_urls.configure_postgresql({"OPTIONS": {"options": "-c lock_timeout=5s"}})

    service_urls.limit_lock_waits(known)

    options = known["OPTIONS"]["options"]
    assert options.index("-c lock_timeout=20s") < options.index("-c lock_timeout=5s")
    assert "-c idle_in_transaction_session_timeout=60s" in options


@pytest.mark.postgresql
def test_the_database_notices_lost_clients():
    lost = ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout")

    assert settings_in_process(*lost) == ["10", "5", "3", "25000"]


@pytest.mark.postgresql
def test_a_server_has_a_lock_timeout_and_a_command_has_none():
    limits = ("lock_timeout", "idle_in_transaction_session_timeout")

    assert settings_in_process(*limits, before="import sceeus.wsgi") == ["20s", "1min"]
    assert settings_in_process(*limits) == ["0", "10min"]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_lock_timeout_is_answered_as_busy(desk):
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


def test_a_terminated_idle_transaction_is_answered_as_busy():
    try:
        raise InternalError from SQLStateError("25P03")
    except InternalError:
        response = server_error(RequestFactory().post("/en/"))

    assert response.status_code == 503
