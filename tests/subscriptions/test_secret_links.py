"""The links in mails: what they open and to whom, leaving, and where they are never kept."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from lxml import html

from publications.locales import LOCALES
from publications.page_cache.keys import MAX_FORM_BYTES, cache_key, max_body_bytes
from publications.path_prefixes import ALERT_PREFIXES
from sceeus.log_formatters import cut_secret_addresses
from subscriptions.conditions import Choice
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscriber, SuppressedAddress
from subscriptions.tokens import TokenPurpose, make_token

from .factories import make_subscriber, make_unconfirmed
from .mail_texts import text_of_mail
from .own_pages import ADDRESS, data_url, url

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("locale", LOCALES)
def test_a_program_that_shows_mail_leaves_with_one_post_without_a_cookie(locale):
    subscriber = make_subscriber(address=ADDRESS)
    with override(locale):
        path = url("leave", subscriber)
    client = Client(enforce_csrf_checks=True)

    response = client.post(
        path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded", follow=False
    )

    assert response.status_code == 200 and not response.cookies
    assert not Subscriber.objects.exists()
    digests = [row.address_digest for row in SuppressedAddress.objects.all()]
    assert digests == [subscriber.address_digest]
    assert client.post(path).status_code == 200  # a second time, too


def test_a_get_leaves_nobody_and_shows_nothing_of_the_reader(client):
    subscriber = make_subscriber(address=ADDRESS)

    page = client.get(url("leave", subscriber)).content.decode()

    assert f'<form action="{url("leave", subscriber)}" method="post">' in page
    assert ADDRESS not in page and "/manage/" not in page  # the mail may have been forwarded
    assert Subscriber.objects.exists()


def test_leaving_deletes_the_address_from_every_table(client):
    subscriber = make_subscriber(Choice(query="grid"), address=ADDRESS)
    encrypted = bytes(subscriber.encrypted_address)

    client.post(url("leave", subscriber))

    for model in apps.get_models():
        for row in model._base_manager.values_list():
            assert ADDRESS not in repr(row) and encrypted not in row


@pytest.mark.parametrize("name", ["confirm", "manage", "leave", "my_data", "send_link", "refuse"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_of_another_purpose_or_key_opens_nothing(client, settings, name, method):
    subscriber = make_unconfirmed(Choice()).subscriber
    purposes = {
        "confirm": TokenPurpose.MANAGE,
        "leave": TokenPurpose.CONFIRM,
        "send_link": TokenPurpose.REFUSE,
    }
    path = url(name, subscriber, purposes.get(name, TokenPurpose.LEAVE))
    forged = path.replace(path.split("/")[4], "A" * 43)

    for address in (path, forged, path[:-3] + "x/"):
        if (name, method) != ("my_data", "post"):
            assert getattr(client, method)(address, {"chosen": "1"}).status_code == 404
    assert Subscriber.objects.exists() and not subscriber.subscriptions.confirmed().exists()
    assert not subscriber.mails.exists() and not SuppressedAddress.objects.exists()


@pytest.mark.parametrize("name", ["confirm", "manage", "leave", "my_data", "refuse"])
def test_pages_with_a_secret_address_are_neither_cached_nor_indexed_nor_sent_on(client, name):
    subscriber = make_unconfirmed(Choice()).subscriber
    path = data_url(subscriber) if name == "my_data" else url(name, subscriber)

    response = client.get(path)

    assert response.status_code == 200 and not response.cookies
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding"


def test_a_get_of_any_of_the_pages_writes_nothing(client):
    subscriber = make_unconfirmed(Choice()).subscriber
    paths = [url(name, subscriber) for name in ("confirm", "manage", "leave", "refuse")]
    paths.append(url("send_link", subscriber, TokenPurpose.LEAVE))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        for path in [*paths, data_url(subscriber), "/en/alerts/?topic=energy"]:
            client.get(path)

    statements = [re.sub(r"^DECLARE \S+ NO SCROLL CURSOR FOR ", "", query["sql"]) for query in queries]
    assert [statement for statement in statements if not statement.startswith("SELECT")] == []


def test_a_link_without_its_last_slash_keeps_its_letters(client):
    path = url("manage", make_subscriber())

    assert client.get(path.rstrip("/")).headers["Location"] == path


TOKEN = "Abc-def_Ghi" * 4
MISTYPED = [
    *(f"{prefix}CONFIRM/{TOKEN}" for prefix in ALERT_PREFIXES),
    *(f"{prefix}confirm/{TOKEN}/more/" for prefix in ALERT_PREFIXES),
    f"/sv/alerts/confirm/{TOKEN}/",
    f"/en/aviseringar/bekrafta/{TOKEN}/",
    f"/alerts/manage/{TOKEN}/",
    f"/EN/Alerts/Manage/{TOKEN}/",
    f"//en//alerts/manage/{TOKEN}",
    f"/en/alerts/manage/{TOKEN}\0/",
    f"/en/alerts/manage/{TOKEN}",
    f"/en/alerts/manage/{TOKEN}/",
    f"/en/alerts/{TOKEN}",
]


@pytest.mark.parametrize("path", MISTYPED)
def test_a_mistyped_secret_address_is_neither_kept_nor_sent_on_nor_changed(client, path):
    for method in ("GET", "PUT"):
        response = client.generic(method, path)

        assert response.status_code in (301, 400, 404, 405)
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert TOKEN in response.headers.get("Location", TOKEN), "no other token"
        assert "ghi" not in response.content.decode().lower()


def test_words_of_other_addresses_are_still_searched_for(client):
    page = client.get("/en/publications/alerts-of-gas/").content.decode()

    assert 'value="alerts of gas"' in page


def test_no_log_and_no_cache_has_a_secret_address():
    subscriber = make_subscriber()
    for locale in LOCALES:
        with override(locale):
            prefix, path = reverse("subscriptions:sign_up"), url("manage", subscriber)
        assert prefix in ALERT_PREFIXES
        assert cut_secret_addresses(f"Not Found: {path}?x=1") == f"Not Found: {prefix}…"
        mangled = path.replace(prefix, "//en//alerts/")
        assert make_token(TokenPurpose.MANAGE, subscriber.uid) not in cut_secret_addresses(f"x {mangled}")
        environ = {"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_HOST": "testserver"}
        assert cache_key(environ, lambda path: None, ()) is None
        assert max_body_bytes(environ) == MAX_FORM_BYTES
    assert len(ALERT_PREFIXES) == len(LOCALES)


def test_who_has_too_many_mails_is_mailed_the_link_to_change_them(client):
    """The link to leave may have been forwarded: it opens nothing, and its page is the same for who has left."""
    subscriber = make_subscriber(address=ADDRESS)
    path = url("leave", subscriber)
    _leave, form = html.fromstring(client.get(path).content).xpath("//form[@method='post'][@action]")

    answer = client.post(form.get("action"))
    client.post(form.get("action"))

    row = AlertMail.objects.select_related("subscriber").get()
    assert answer.status_code == 200 and not answer.cookies
    assert url("manage", subscriber) in text_of_mail(MailWriter().build(row))
    assert (
        url("manage", subscriber).split("/")[-2] not in answer.content.decode()
        and Subscriber.objects.exists()
    )
    client.post(path)
    assert client.post(form.get("action")).content == answer.content and not AlertMail.objects.exists()


def test_the_link_to_change_mails_comes_also_while_something_waits_for_a_confirmation(client):
    subscriber = make_subscriber(address=ADDRESS)
    subscriber.subscriptions.create(condition=Choice(query="spam").store())

    client.post(url("send_link", subscriber, TokenPurpose.LEAVE))

    row = AlertMail.objects.select_related("subscriber").get()
    assert url("manage", subscriber) in text_of_mail(MailWriter().build(row))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Daily emails come at 07:00, weekly ones each Monday at that time."),
        ("sv", "Dagliga mejl kommer klockan 07:00, veckovisa varje måndag samma tid."),
    ],
)
def test_where_readers_choose_how_often_they_read_when(client, locale, text):
    with override(locale):
        pages = [reverse("subscriptions:sign_up"), url("manage", make_subscriber())]

    assert all(text in client.get(page).content.decode() for page in pages)
