"""Databases, buckets and bells on other machines: addresses that cannot be meant are refused, the others work."""

import traceback
from contextlib import contextmanager
from functools import partial
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import OperationalError

from publications.models import Image
from publications.models.image import original_storage, store_original
from sceeus import service_urls
from tests.accounts.test_mail import WAIT_SECONDS, mail_server
from tests.factories import picture_bytes
from tests.small_bucket import bucket


@pytest.mark.parametrize(
    ("ask", "address", "text"),
    [
        (service_urls.check_database_url, "mysql://u:hidden@host/name", "DATABASE_URL begins with mysql:"),
        (service_urls.check_database_url, "host/name", "DATABASE_URL has no scheme"),
        (service_urls.check_database_url, "postgres://u:hidden@host", "DATABASE_URL names no database"),
        (service_urls.check_database_url, "postgres://u:hidden@host:port/name", "DATABASE_URL cannot be read"),
        (service_urls.parse_email_url, "imap://u:hidden@host", "EMAIL_URL begins with imap:"),
        (service_urls.parse_email_url, "smtp://?tls=none", "EMAIL_URL names no machine"),
        (service_urls.parse_email_url, "smtp://u:hidden@host?tls=off", "EMAIL_URL has an option tls that can only be none"),
        (service_urls.parse_email_url, "smtps://u:hidden@host?tls=none", "EMAIL_URL has TLS from the start and tls=none"),
        (service_urls.parse_email_url, "smtp://u:hidden@host?starttls=0", "EMAIL_URL has an option starttls that is not known"),
        (service_urls.parse_cache_url, "memcached://host", "CACHE_URL begins with memcached:"),
        (service_urls.parse_cache_url, "redis:///0", "CACHE_URL names no machine"),
        (service_urls.parse_cache_url, "redis://host/first", "CACHE_URL has a database that is no number"),
        (service_urls.parse_cache_url, "localhost:6379", "CACHE_URL begins with localhost:"),
        (lambda url: service_urls.parse_storage_url(url, ""), "https://host/bucket", "STORAGE_URL begins with https:"),
        (lambda url: service_urls.parse_storage_url(url, ""), "s3://key:hidden@host", "STORAGE_URL names no machine or no bucket"),
        (lambda url: service_urls.parse_storage_url(url, ""), "s3://key@host/bucket", "a key without its secret"),
        (lambda url: service_urls.parse_storage_url(url, ""), "s3://host/bucket?regoin=x", "option regoin that is not known"),
    ],
)  # fmt: skip
def test_an_invalid_url_is_refused_with_the_name_of_its_variable(ask, address, text):
    with pytest.raises(ImproperlyConfigured) as refused:
        ask(address)

    assert text in str(refused.value) and "It has the form" in str(refused.value)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("ask", "address"),
    [
        (service_urls.check_database_url, "postgres://u:hid/den@host/name"),
        (service_urls.parse_cache_url, "redis://u:hid/den@host/0"),
        (partial(service_urls.parse_storage_url, folder=""), "s3://u:hid/den@host/bucket"),
        (service_urls.parse_email_url, "smtp://u:hid/den@host"),
    ],
)
def test_a_password_with_an_unescaped_sign_is_not_printed(ask, address):
    with pytest.raises(ImproperlyConfigured, match="cannot be read as an address") as refused:
        ask(address)

    printed = "".join(traceback.format_exception(refused.value))
    assert "'hid'" not in printed and "hid/den" not in printed


@pytest.mark.parametrize(
    ("ask", "address", "package"),
    [
        (service_urls.check_database_url, "postgres://u:p@host/name", "psycopg"),
        (service_urls.parse_cache_url, "redis://host", "redis"),
        (lambda url: service_urls.parse_storage_url(url, ""), "s3://host/bucket", "storages"),
    ],
)
def test_a_missing_package_is_named_with_the_install_command(ask, address, package, monkeypatch):
    monkeypatch.setattr(service_urls, "find_spec", lambda _name: None)

    with pytest.raises(ImproperlyConfigured, match=f"needs the package {package}.*requirements/scale.txt"):
        ask(address)


def test_valid_urls_are_accepted():
    assert service_urls.check_database_url("sqlite:////srv/site.sqlite3") == "sqlite:////srv/site.sqlite3"
    assert service_urls.parse_cache_url("") == ""
    assert "OPTIONS" not in service_urls.parse_email_url("console://")
    mail = service_urls.parse_email_url("smtps://u:p%40@host")["OPTIONS"]
    assert (mail["port"], mail["password"], mail["use_ssl"], mail["use_tls"]) == (465, "p@", True, False)
    assert service_urls.parse_cache_url("valkey://host:6379/1") == "redis://host:6379/1"
    options = service_urls.parse_storage_url("s3://k%40:s%2F@store.example/bucket/below?region=eu", "")[
        "OPTIONS"
    ]
    assert (options["access_key"], options["secret_key"]) == ("k@", "s/")
    assert (options["bucket_name"], options["location"], options["region_name"]) == ("bucket", "below", "eu")
    assert options["endpoint_url"] == "https://store.example"


def test_the_pool_option_of_the_url_pools_connections():
    kept = {"CONN_MAX_AGE": None, "OPTIONS": {"connect_timeout": 3}}

    pooled = service_urls.configure_pool({**kept, "OPTIONS": {"connect_timeout": 3, "pool": "8"}})

    assert service_urls.configure_pool(kept) is kept
    assert (pooled["CONN_MAX_AGE"], pooled["OPTIONS"]["pool"]["max_size"]) == (0, 8)
    for size in ("true", "1", "101"):
        with pytest.raises(
            ImproperlyConfigured, match="DATABASE_URL has a pool that is no number from 2 to 100"
        ):
            service_urls.configure_pool({"OPTIONS": {"pool": size}})


def test_jit_is_off_unless_the_url_turns_it_on():
    assert service_urls.configure_postgresql({})["OPTIONS"]["options"].startswith("-c jit=off ")
    assert service_urls.configure_postgresql({"OPTIONS": {"options": "-c jit=on"}})["OPTIONS"][
        "options"
    ].endswith(" -c jit=on")


@pytest.fixture
def store(settings):
    with bucket() as server:
        settings.STORAGES = {
            **settings.STORAGES,
            "originals": service_urls.parse_storage_url(server.url, settings.ORIGINALS),
        }
        yield server


def test_originals_are_written_to_and_read_from_the_bucket(store, settings, db):
    image = Image(alt_en="A field")
    image.store_upload(picture_bytes(), "field.png")
    image.save()

    assert store.files == {f"/bucket/{image.original}": picture_bytes()}
    assert Image.objects.get().content == picture_bytes()
    assert not settings.ORIGINALS.exists()


def test_the_same_bytes_are_sent_once(store):
    for _ in range(2):
        store_original(b"x", "pdf")

    assert [verb for verb, _ in store.requests].count("PUT") == 1


def test_a_missing_object_raises_file_not_found(store):
    with pytest.raises(FileNotFoundError):
        original_storage().open("ab/none.pdf").read()


def check_services() -> str:
    out = StringIO()
    call_command("check_services", stdout=out)
    return out.getvalue()


def test_check_services_names_the_services_that_answer(store, db):
    result = check_services()

    assert "The database answers" in result and "takes, gives and removes files" in result
    assert store.files == {}


def test_check_services_names_the_variable_of_a_service_that_fails(settings, db):
    settings.CACHE_URL = "redis://127.0.0.1:1"
    with bucket() as server:
        url, server.key = server.url, "another"
        settings.STORAGES = {
            **settings.STORAGES,
            "originals": service_urls.parse_storage_url(url, settings.ORIGINALS),
        }

        with pytest.raises(CommandError) as refused:
            check_services()

    assert "STORAGE_URL: the store of originals does not answer. Is there such a bucket" in str(refused.value)
    assert "CACHE_URL: the message channel does not answer. Is Redis or Valkey running there" in str(
        refused.value
    )


@contextmanager
def plain_mail_server(settings, query: str = ""):
    """A mail server that knows no STARTTLS, as a relay on the same machine."""
    with mail_server() as server:
        server.open.set()
        url = f"smtp://127.0.0.1:{server.server_address[1]}{query}"
        settings.MAILERS = {"default": service_urls.parse_email_url(url)}
        yield server


def test_a_mail_server_without_tls_is_reported_with_the_url_that_allows_it(settings, store, db):
    with plain_mail_server(settings), pytest.raises(CommandError) as refused:
        check_services()

    assert "EMAIL_URL: the mail server does not answer" in str(refused.value)
    assert "?tls=none" in str(refused.value) and "STARTTLS" in str(refused.value)


def test_mail_is_sent_without_tls_if_the_url_says_so(settings, store, db):
    with plain_mail_server(settings, "/?tls=none") as server:
        assert "The mail server takes mail." in check_services()
        EmailMessage("Grain", "Of wheat.", "desk@example.org", ["ann@example.org"]).send()

        assert server.received.acquire(timeout=WAIT_SECONDS) and "Of wheat." in server.mails[0]


def test_mail_that_is_printed_is_not_checked(settings, store, db):
    settings.MAILERS = {"default": service_urls.parse_email_url("console://")}

    assert "mail" not in check_services()


def test_check_services_reports_an_unreachable_database(monkeypatch, db):
    def fail(*_):
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", fail)
        with pytest.raises(
            CommandError, match=r"^DATABASE_URL: the database does not answer.*connection refused"
        ):
            check_services()


def test_an_empty_url_of_mail_is_none():
    assert service_urls.parse_email_url("") == service_urls.parse_email_url("console://")
