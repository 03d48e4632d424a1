"""What readers do with the links of their mails: change, pause, take their data along, leave; and how it is sent."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from publications.locales import LOCALES
from subscriptions.conditions import Choice
from subscriptions.models import AlertMailPurpose, ConsentSource, Subscriber, Timing
from subscriptions.retention import MAIL_DAYS, NAMED_DAYS
from subscriptions.signup import MAX_SUBSCRIPTIONS
from tests.factories import make_live, make_tag

from .factories import make_subscriber, make_unconfirmed
from .own_pages import ADDRESS, data_url, url

pytestmark = pytest.mark.django_db


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
        follow=True,
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

    assert page.xpath("//details//select[@name='timing']/option[@selected]/@value") == [""]
    again = html.fromstring(refused.content).xpath("//select[@name='timing']/option[@selected]/@value")
    assert refused.status_code == 400 and again == ["daily"]


@pytest.mark.parametrize(
    ("page", "form", "table"),
    [
        ("manage", {"locale": "sv"}, "subscriptions_subscriber"),
        ("manage", {"pause": "day", "paused_until": ""}, "subscriptions_subscriber"),
        ("manage", {"pause": "resume"}, "subscriptions_subscriber"),
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

    response = client.post(url("manage", subscriber), {"q": "grid"}, follow=True)

    assert response.status_code == 200
    assert set(subscriber.subscriptions.confirmed().values_list("condition__query", flat=True)) == {
        "",
        "grid",
    }
    assert subscriber.subscriptions.count() == MAX_SUBSCRIPTIONS


@pytest.mark.parametrize(
    ("page", "module", "function", "data"),
    [
        ("manage", "manage", "change_subscriptions", {"q": "grid"}),
        ("manage", "manage", "change_subscriptions", {"pause": "resume"}),
        ("confirm", "confirm", "confirm_subscriptions", {}),
        ("confirm", "confirm", "_render_confirmed", {}),
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

    assert response.status_code == 404
    assert not Subscriber.objects.exists()


def test_a_reader_has_no_more_than_so_many_choices(client):
    subscriber = make_subscriber(*[Choice(query=f"word{number}") for number in range(MAX_SUBSCRIPTIONS)])

    response = client.post(url("manage", subscriber), {"q": "grid", "locale": "sv"})

    assert response.status_code == 400 and "at most 50 alerts" in response.content.decode()
    subscriber.refresh_from_db()
    assert (subscriber.subscriptions.count(), subscriber.locale) == (MAX_SUBSCRIPTIONS, "en")


def test_mails_are_paused_until_a_day_and_sent_again(client):
    subscriber = make_subscriber()
    day = timezone.localdate() + timedelta(days=30)

    client.post(url("manage", subscriber), {"pause": "day", "paused_until": day.isoformat()})

    subscriber.refresh_from_db()
    assert timezone.localtime(subscriber.paused_until).date() == day
    assert not Subscriber.objects.reachable().exists()
    client.post(url("manage", subscriber), {"pause": "resume"})
    assert Subscriber.objects.reachable().get() == subscriber


@pytest.mark.parametrize("days", [0, -1, 400, None])
def test_a_pause_ends_after_today_and_within_a_year(client, days):
    subscriber = make_subscriber()
    day = "soon" if days is None else (timezone.localdate() + timedelta(days=days)).isoformat()

    response = client.post(url("manage", subscriber), {"pause": "day", "paused_until": day})

    page = response.content.decode()
    assert response.status_code == 400 and Subscriber.objects.reachable().exists()
    assert "Please choose a day" in page[: page.index('method="post"')]  # where a phone shows it


def test_the_data_of_a_reader_are_all_that_is_stored(client):
    subscriber = make_subscriber(Choice(query="grid"), address=ADDRESS)

    response = client.get(data_url(subscriber))

    data = json.loads(response.content)
    assert response.headers["Content-Disposition"] == 'attachment; filename="alerts.json"'
    assert (data["address"], data["language"]) == (ADDRESS, {"code": "en", "label": "English"})
    assert [row["search"] for row in data["subscriptions"]] == ["grid"]
    named = {
        "about",
        "paused_until",
        "bouncing_since",
        "has_retries",
        "failed_at",
        "subscriptions",
        "mails",
        "mailed_events",
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
        | {
            "about",
            "language",
            "address",
            "site",
            "subscriptions",
            "mails",
            "mailed_events",
            "refuses_sign_ups",
        }
    )
    assert set(data["about"]) == named - {"about"} and all(data["about"].values())
    days = {"mails": MAIL_DAYS, "mailed_events": NAMED_DAYS}
    assert all(f" {number} days" in data["about"][name] for name, number in days.items())


CODES = {
    *Timing.values, *ConsentSource.values, *AlertMailPurpose.values, *LOCALES, "energy", "newsletter"
}  # fmt: skip


def list_unlabelled(value: object) -> list[str]:
    """Return the codes in data that have no label beside them."""
    if isinstance(value, list):
        return [code for each in value for code in list_unlabelled(each)]
    if not isinstance(value, dict):
        return [value] if value in CODES else []
    inner = [
        each for name, each in value.items() if not ("label" in value and name in ("code", "facet", "value"))
    ]
    return [code for each in inner for code in list_unlabelled(each)]


@pytest.mark.parametrize(
    ("locale", "labels"),
    [
        (
            "en",
            {
                "Once a week",
                "Topic: Energy",
                "The newsletter",
                "confirmed by a link in a mail",
                "weekly mail",
            },
        ),
        ("sv", {"En gång i veckan", "Ämne: Energy", "Nyhetsbrevet", "veckomejl"}),
    ],
)
def test_each_code_in_the_data_of_a_reader_has_a_label(client, locale, labels):
    make_live(tags=[make_tag("Energy", slug="energy")])
    paused_until = datetime(2031, 5, 20, 22, tzinfo=UTC)
    choices = [Choice({"topic": "energy"}), Choice({"kind": "newsletter"}), Choice(query="grid")]
    subscriber = make_subscriber(*choices, timing=Timing.WEEKLY, locale=locale, paused_until=paused_until)
    subscriber.subscriptions.first().earlier_timings.create(timing="daily", until=timezone.now())
    subscriber.mails.create(purpose=AlertMailPurpose.WEEKLY, period_end=timezone.now())
    with override(locale):
        data = json.loads(client.get(data_url(subscriber)).content)

    assert list_unlabelled(data) == [] and data["paused_until"] == "2031-05-21T00:00:00+02:00"
    text = json.dumps(data, ensure_ascii=False)
    assert [label for label in labels if f'"{label}"' not in text] == []
    assert data["subscriptions"][0]["timing"]["code"] == "weekly"
