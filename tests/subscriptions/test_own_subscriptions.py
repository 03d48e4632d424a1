"""What readers do with the links of their mails: change, pause, take their data along, leave; and how it is sent."""

import json
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from publications.locales import LOCALES
from publications.page_cache.keys import MAX_FORM_BYTES, cache_key, max_body_bytes
from publications.path_prefixes import ALERT_PREFIXES
from sceeus.log_formatters import cut_secret_addresses
from subscriptions.conditions import Choice
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscriber, SuppressedAddress, Timing
from subscriptions.signup import MAX_SUBSCRIPTIONS
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live, make_tag

from .factories import make_subscriber, make_unconfirmed
from .mail_texts import text_of_mail

pytestmark = pytest.mark.django_db
ADDRESS = "reader@example.org"


def url(name: str, subscriber: Subscriber, purpose: TokenPurpose | None = None) -> str:
    return reverse(f"subscriptions:{name}", args=[make_token(purpose or TokenPurpose(name), subscriber.uid)])


def data_url(subscriber: Subscriber) -> str:
    return url("my_data", subscriber, TokenPurpose.MANAGE)


def test_a_reader_changes_how_often_the_language_and_what(client):
    make_live(tags=[make_tag("Energy", slug="energy")])
    subscriber = make_subscriber(Choice(query="grid"), Choice(query="gas"))
    grid, gas = subscriber.subscriptions.order_by("pk")

    response = client.post(
        url("manage", subscriber),
        {
            f"timing-{grid.pk}": "weekly",
            "removed": gas.pk,
            "topic": "energy",
            "locale": "sv",
            "timing": "daily",
        },
    )

    assert response.status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.locale == "sv"
    rows = subscriber.subscriptions.confirmed().order_by("pk")
    assert list(rows.values_list("condition__query", "condition__filters", "timing")) == [
        ("grid", {}, Timing.WEEKLY),
        ("", {"topic": "energy"}, Timing.DAILY),
    ]


def test_what_a_reader_adds_comes_as_often_as_the_rest_unless_they_choose_otherwise(client):
    subscriber = make_subscriber(Choice(query="grid"), Choice(query="gas"), timing=Timing.WEEKLY)

    page = html.fromstring(client.get(url("manage", subscriber)).content)
    refused = client.post(url("manage", subscriber), {"timing": "daily", "topic": "none"})

    assert page.xpath("//details//select[@name='timing']/option[@selected]/@value") == ["weekly"]
    again = html.fromstring(refused.content).xpath("//select[@name='timing']/option[@selected]/@value")
    assert refused.status_code == 400 and again == ["daily"]


@pytest.mark.parametrize(
    ("page", "form", "table"),
    [
        ("manage", {"locale": "sv"}, "subscriptions_subscriber"),
        ("manage", {"pause": "1", "paused_until": ""}, "subscriptions_subscriber"),
        ("manage", {"resume": "1"}, "subscriptions_subscriber"),
        ("confirm", {"chosen": ""}, "subscriptions_subscription"),
    ],
)
def test_a_form_of_a_reader_who_leaves_while_it_is_read_is_of_nobody(client, page, form, table):
    subscriber = make_unconfirmed(Choice()).subscriber
    chosen = subscriber.subscriptions.get()
    values = {"chosen": chosen.pk, "paused_until": timezone.localdate() + timedelta(days=2)}
    path, left = url(page, subscriber), []

    def leave_once_found(execute, sql, *args):
        result = execute(sql, *args)
        if not left and f'FROM "{table}"' in sql:
            left.append(subscriber.pk)
            subscriber.delete()
        return result

    with connection.execute_wrapper(leave_once_found):
        response = client.post(path, {name: values.get(name, value) for name, value in form.items()})

    assert left and response.status_code == 404


def test_a_reader_changes_nothing_of_another(client):
    own, other = make_subscriber(), make_subscriber(Choice(query="grid"))
    row = other.subscriptions.get()

    client.post(url("manage", own), {"removed": row.pk, f"timing-{row.pk}": "weekly", "timing-x": "weekly"})

    row.refresh_from_db()
    assert row.timing == Timing.AT_ONCE


def test_what_strangers_have_entered_does_not_keep_a_reader_from_more(client):
    subscriber = make_subscriber()
    for number in range(MAX_SUBSCRIPTIONS - 1):
        subscriber.subscriptions.create(condition=Choice(query=f"spam {number}").store())

    response = client.post(url("manage", subscriber), {"q": "grid"})

    assert response.status_code == 200
    assert set(subscriber.subscriptions.confirmed().values_list("condition__query", flat=True)) == {
        "",
        "grid",
    }
    assert subscriber.subscriptions.count() == MAX_SUBSCRIPTIONS


def test_what_strangers_have_entered_does_not_keep_a_reader_from_leaving(client):
    subscriber = make_subscriber()
    chosen = subscriber.subscriptions.get()
    subscriber.subscriptions.create(condition=Choice(query="spam").store())

    client.post(url("manage", subscriber), {"removed": chosen.pk})

    assert not Subscriber.objects.exists() and SuppressedAddress.objects.exists()


@pytest.mark.parametrize(
    ("page", "module", "function", "data"),
    [
        ("manage", "own", "change_subscriptions", {"q": "grid"}),
        ("manage", "own", "pause", {"resume": "1"}),
        ("confirm", "sign_up", "confirm_subscriptions", {}),
        ("confirm", "sign_up", "_render_confirmed", {}),
    ],
)
def test_a_reader_who_leaves_at_the_same_moment_gets_an_answer(
    client, monkeypatch, page, module, function, data
):
    """Programs that read mail open and send all that there is, at once."""
    subscriber = make_subscriber()
    waiting = subscriber.subscriptions.create(condition=Choice(query="grid").store())
    views = import_module(f"subscriptions.views.{module}")
    run = getattr(views, function)

    def leave_and_run(*args, **kwargs):
        Subscriber.objects.all().delete()
        return run(*args, **kwargs)

    monkeypatch.setattr(views, function, leave_and_run)

    response = client.post(url(page, subscriber), {"chosen": waiting.pk, **data})

    assert response.status_code == 404 or function == "pause"
    assert not Subscriber.objects.exists()


def test_a_reader_who_removes_the_last_choice_leaves(client):
    subscriber = make_subscriber()

    response = client.post(url("manage", subscriber), {"removed": subscriber.subscriptions.get().pk})

    assert "You are unsubscribed" in response.content.decode()
    assert not Subscriber.objects.exists() and SuppressedAddress.objects.exists()


def test_a_reader_has_no_more_than_so_many_choices(client):
    subscriber = make_subscriber(*[Choice(query=f"word{number}") for number in range(MAX_SUBSCRIPTIONS)])

    response = client.post(url("manage", subscriber), {"q": "grid", "locale": "sv"})

    assert response.status_code == 400 and "at most 50 alerts" in response.content.decode()
    subscriber.refresh_from_db()
    assert (subscriber.subscriptions.count(), subscriber.locale) == (MAX_SUBSCRIPTIONS, "en")


def test_mails_are_paused_until_a_day_and_sent_again(client):
    subscriber = make_subscriber()
    day = timezone.localdate() + timedelta(days=30)

    client.post(url("manage", subscriber), {"pause": "1", "paused_until": day.isoformat()})

    subscriber.refresh_from_db()
    assert timezone.localtime(subscriber.paused_until).date() == day
    assert not Subscriber.objects.reachable().exists()
    client.post(url("manage", subscriber), {"resume": "1"})
    assert Subscriber.objects.reachable().get() == subscriber


@pytest.mark.parametrize("days", [0, -1, 400, None])
def test_a_pause_ends_after_today_and_within_a_year(client, days):
    subscriber = make_subscriber()
    day = "soon" if days is None else (timezone.localdate() + timedelta(days=days)).isoformat()

    response = client.post(url("manage", subscriber), {"pause": "1", "paused_until": day})

    page = response.content.decode()
    assert response.status_code == 400 and Subscriber.objects.reachable().exists()
    assert "Please choose a day" in page[: page.index('method="post"')]  # where a phone shows it


def test_the_data_of_a_reader_are_all_that_is_stored(client):
    subscriber = make_subscriber(Choice(query="grid"), address=ADDRESS)

    response = client.get(data_url(subscriber))

    data = json.loads(response.content)
    assert response.headers["Content-Disposition"] == 'attachment; filename="alerts.json"'
    assert (data["address"], data["language"]) == (ADDRESS, "en")
    assert [row["search"] for row in data["subscriptions"]] == ["grid"]
    named = {
        "paused_until",
        "bouncing_since",
        "has_retries",
        "failed_at",
        "subscriptions",
        "mails",
        "refuses_sign_ups",
        "site",
        "address",
        "language",
    }
    columns = {field.name for field in Subscriber._meta.fields} - {
        "id",
        "uid",
        "encrypted_address",
        "address_digest",
    }
    assert (
        set(data)
        == named
        == columns - {"locale"}
        | {"language", "address", "site", "subscriptions", "mails", "refuses_sign_ups"}
    )


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

    assert '<form method="post">' in page
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
    [form] = html.fromstring(client.get(path).content).xpath("//form[@method='post'][@action]")

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
