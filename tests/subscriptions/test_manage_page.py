"""The page on which a reader changes all that they get: one form that stores all of it, or keeps it where it cannot."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from subscriptions.conditions import Choice
from subscriptions.models import Subscriber, Timing
from tests.factories import make_live, make_tag

from .factories import make_subscriber
from .own_pages import url

pytestmark = pytest.mark.django_db
NOT_SHOWN = "visually-hidden"


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def paused_on(subscriber: Subscriber) -> str:
    subscriber.refresh_from_db()
    until = subscriber.paused_until
    return timezone.localtime(until).date().isoformat() if until else ""


@pytest.fixture
def subscriber():
    make_live(tags=[make_tag("Energy", slug="energy")])
    return make_subscriber(Choice(query="grid"), Choice(query="gas"))


@pytest.fixture
def values(subscriber):
    grid, gas = subscriber.subscriptions.order_by("pk")
    return {
        f"timing-{grid.pk}": "weekly", "removed": str(gas.pk), "topic": "energy", "timing": "daily",
        "locale": "sv", "pause": "day", "paused_until": day(9),
    }  # fmt: skip


def shown_values(content: bytes) -> dict[str, str]:
    """Return what a browser sends of the one form again, with the last choice of its lists."""
    [form] = html.fromstring(content).xpath("//form[@method='post']")
    return {name: value for name, value in form.form_values() if value}


def test_the_page_has_one_form_with_one_button(client, subscriber):
    page = html.fromstring(client.get(url("manage", subscriber)).content)

    [form] = page.xpath("//main//form")
    assert [button.text for button in form.xpath(f".//button[not(@class='{NOT_SHOWN}')]")] == ["Save"]


def test_all_that_a_form_has_is_stored_at_once(client, subscriber, values):
    response = client.post(url("manage", subscriber), values)

    assert response.status_code == 200 and "Your changes are stored." in response.text
    assert (paused_on(subscriber), subscriber.locale) == (values["paused_until"], "sv")
    rows = subscriber.subscriptions.order_by("pk").values_list("condition__query", "timing")
    assert list(rows) == [("grid", Timing.WEEKLY), ("", Timing.DAILY)]
    again = shown_values(response.content)
    assert (again["pause"], again["locale"]) == ("keep", "sv") and "topic" not in again


@pytest.mark.parametrize("wrong", [{"paused_until": day(-1)}, {"paused_until": ""}, {"topic": "none"}])
def test_a_form_with_a_mistake_stores_nothing_and_keeps_all_else(client, subscriber, values, wrong):
    response = client.post(url("manage", subscriber), {**values, **wrong})

    assert response.status_code == 400 and not paused_on(subscriber) and subscriber.locale == "en"
    assert set(subscriber.subscriptions.values_list("timing", flat=True)) == {Timing.AT_ONCE}
    again = shown_values(response.content)
    expected = {name: value for name, value in {**values, **wrong}.items() if name not in wrong}
    if "topic" not in wrong:  # what could be chosen stands in the list
        assert again["choice"] == f"topic={expected.pop('topic')}"
    assert expected.items() <= again.items()


def test_a_choice_that_is_taken_back_after_a_mistake_stores_nothing_else(client, subscriber, values):
    sent = {**values, "choice": "topic=energy", "remove": "topic=energy"}
    del sent["topic"]

    response = client.post(url("manage", subscriber), sent)

    again = shown_values(response.content)
    assert response.status_code == 200 and not paused_on(subscriber) and subscriber.subscriptions.count() == 2
    assert "choice" not in again and (again["removed"], again["pause"]) == (values["removed"], "day")


@pytest.mark.parametrize(
    ("sent", "paused"),
    [
        ({"pause": "week"}, day(7)),
        ({"pause": "month"}, day(30)),
        ({"pause": "day", "paused_until": day(9)}, day(9)),
        ({"pause": "keep", "paused_until": day(9)}, day(9)),
        ({"pause": "week", "paused_until": day(9)}, day(7)),
        ({"pause": "keep"}, day(99)),
        ({}, day(99)),
        ({"pause": "resume", "paused_until": day(9)}, ""),
    ],
)
def test_a_pause_is_for_a_week_a_month_or_until_a_day(client, subscriber, sent, paused):
    client.post(url("manage", subscriber), {"pause": "day", "paused_until": day(99)})

    response = client.post(url("manage", subscriber), sent)

    assert response.status_code == 200 and paused_on(subscriber) == paused
    choices = html.fromstring(response.content).xpath("//input[@name='pause']/@value")
    assert choices == ["keep", *(["resume"] if paused else []), "week", "month", "day"]


@pytest.mark.parametrize("sent", [{}, {"choice": "q=grid"}, {"choice": "q=grid", "topic": "none"}])
def test_enter_in_a_field_sends_the_form_and_presses_no_other_button(client, subscriber, sent):
    """Browsers press the first button of a form, even one that they do not show."""
    pages = (
        client.post(url("manage", subscriber), {**sent, "paused_until": "none"}),
        client.post("/en/alerts/", sent),
    )

    for page in pages:
        [form] = html.fromstring(page.content).xpath("//main//form")
        first, *others = form.xpath(".//button")
        assert "name" not in first.attrib and first.text == others[-1].text
