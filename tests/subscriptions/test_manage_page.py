"""The page on which a reader changes all that they get: one form that stores all of it, or keeps it where it cannot."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override
from lxml import html

from subscriptions.conditions import Choice
from subscriptions.models import Subscriber, Timing
from tests.factories import make_live, make_tag

from .factories import make_subscriber
from .own_pages import url

pytestmark = pytest.mark.django_db
NOT_SHOWN = "visually-hidden"


NOW = datetime(2031, 5, 14, 23, 30, tzinfo=UTC)  # another day in Stockholm than in UTC


def day(days: int) -> str:
    return (timezone.localdate(NOW) + timedelta(days=days)).isoformat()


@pytest.fixture(autouse=True)
def _fixed_clock():
    with time_machine.travel(NOW):
        yield


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
    [form] = html.fromstring(content).xpath("//form[@method='post'][not(@action)]")
    return {name: value for name, value in form.form_values() if value}


def test_the_page_has_one_form_with_one_button_and_one_to_leave(client, subscriber):
    page = html.fromstring(client.get(url("manage", subscriber)).content)

    form, leave = page.xpath("//main//form")
    assert leave.get("action") == url("leave", subscriber)
    assert [button.text for button in form.xpath(f".//button[not(@class='{NOT_SHOWN}')]")] == ["Save"]


def test_all_that_a_form_has_is_stored_at_once(client, subscriber, values):
    response = client.post(url("manage", subscriber), values, follow=True)

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

    response = client.post(url("manage", subscriber), sent, follow=True)

    assert response.status_code == 200 and paused_on(subscriber) == paused
    choices = html.fromstring(response.content).xpath("//input[@name='pause']/@value")
    assert choices == ["keep", *(["resume"] if paused else []), "week", "month", "day"]


def test_two_open_pages_do_not_undo_each_others_changes(client, subscriber, values):
    grid, gas = subscriber.subscriptions.order_by("pk")
    first = shown_values(client.get(url("manage", subscriber)).content)
    client.post(url("manage", subscriber), {**first, f"timing-{grid.pk}": "weekly", "locale": "sv"})

    client.post(url("manage", subscriber), {**first, f"timing-{gas.pk}": "daily", "pause": "week"})

    assert (paused_on(subscriber), subscriber.locale) == (day(7), "sv")
    rows = subscriber.subscriptions.order_by("pk").values_list("timing", flat=True)
    assert list(rows) == [Timing.WEEKLY, Timing.DAILY]


def test_what_was_changed_before_a_mistake_is_stored_once_it_is_mended(client, subscriber, values):
    first = shown_values(client.get(url("manage", subscriber)).content)
    refused = client.post(url("manage", subscriber), {**first, **values, "topic": "none"})

    client.post(url("manage", subscriber), {**shown_values(refused.content), "topic": "energy"})

    assert (paused_on(subscriber), subscriber.locale) == (values["paused_until"], "sv")
    rows = subscriber.subscriptions.order_by("pk").values_list("condition__query", "timing")
    assert list(rows) == [("grid", Timing.WEEKLY), ("", Timing.DAILY)]


@pytest.mark.parametrize("days", [9, -1])
@pytest.mark.parametrize("ticked", ["day", "keep"])
def test_who_ticks_that_there_is_no_pause_gets_none(client, subscriber, days, ticked):
    first = shown_values(client.get(url("manage", subscriber)).content)
    sent = {**first, "pause": ticked, "paused_until": day(days), "topic": "none"}
    refused = shown_values(client.post(url("manage", subscriber), sent).content)

    response = client.post(url("manage", subscriber), {**refused, "pause": "keep", "topic": ""})

    assert refused["pause"] == "day" and response.status_code == 303 and not paused_on(subscriber)


def test_a_page_that_was_stored_stores_nothing_when_it_is_loaded_again(client, subscriber):
    response = client.post(url("manage", subscriber), {"topic": "energy"})
    subscriber.subscriptions.filter(condition__query="").delete()

    again = client.get(response.url)

    assert response.status_code == 303 and "Your changes are stored." in again.text
    assert subscriber.subscriptions.count() == 2 and "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("sent", [{}, {"choice": "q=grid"}, {"choice": "q=grid", "topic": "none"}])
def test_enter_in_a_field_sends_the_form_and_presses_no_other_button(client, subscriber, sent):
    """Browsers press the first button of a form, even one that they do not show."""
    pages = (
        client.post(url("manage", subscriber), {**sent, "paused_until": "none"}),
        client.post("/en/alerts/", sent),
    )

    for page in pages:
        form = html.fromstring(page.content).xpath("//main//form")[0]
        first, *others = form.xpath(".//button")
        assert "name" not in first.attrib and first.text == others[-1].text


@pytest.mark.parametrize("locale", ["en", "sv"])
@pytest.mark.parametrize("waiting", [False, True])
def test_who_removes_all_is_led_to_unsubscribe_and_nothing_is_stored(client, subscriber, waiting, locale):
    rows = [str(pk) for pk in subscriber.subscriptions.values_list("pk", flat=True)]
    if waiting:  # a stranger has entered the address
        subscriber.subscriptions.create(condition=Choice(query="spam").store())
    with override(locale):
        path = url("manage", subscriber)

    response = client.post(path, {"removed": rows, "pause": "week", "locale": "sv"})

    page = html.fromstring(response.content)
    [error] = page.xpath("//section[@aria-labelledby='alerts-what']//p[@id='alerts-removed-error']")
    [link] = error.xpath("a")
    assert response.status_code == 400
    assert page.xpath("//section[h2[@id=$id]]/details[@open]/form", id=link.get("href")[1:])
    boxes = page.xpath("//input[@name='removed' and @checked and @aria-invalid='true']")
    assert [box.get("value") for box in boxes] == rows
    assert all(error.get("id") in box.get("aria-describedby").split() for box in boxes)
    assert shown_values(response.content)["pause"] == "week" and not paused_on(subscriber)
    assert subscriber.locale == "en" and subscriber.subscriptions.confirmed().count() == 2


def test_all_may_be_removed_for_something_else(client, subscriber):
    rows = list(subscriber.subscriptions.values_list("pk", flat=True))

    response = client.post(url("manage", subscriber), {"removed": rows, "topic": "energy"}, follow=True)

    assert response.status_code == 200
    assert list(subscriber.subscriptions.values_list("condition__filters", flat=True)) == [
        {"topic": "energy"}
    ]


def test_the_newsletter_can_be_added(client, subscriber):
    page = html.fromstring(client.get(url("manage", subscriber)).content)

    assert page.xpath("//select[@name='kind']/option[@value='newsletter']/text()") == ["The newsletter"]
    client.post(url("manage", subscriber), {"kind": "newsletter"})
    assert subscriber.subscriptions.last().condition.filters == {"kind": "newsletter"}


@pytest.mark.parametrize(
    ("stored", "changed", "chosen", "expected"),
    [
        (["weekly"], {}, "", "weekly"),
        (["weekly"], {0: "daily"}, "", "daily"),
        (["daily", "daily"], {}, "", "daily"),
        (["weekly", "daily", "daily"], {}, "", "at_once"),
        (["daily", "at_once"], {}, "", "at_once"),
        (["weekly", "daily"], {1: "weekly"}, "", "weekly"),
        (["weekly"], {0: "daily"}, "at_once", "at_once"),
    ],
)
def test_what_is_added_comes_as_all_else_after_the_change_or_at_once(
    client, stored, changed, chosen, expected
):
    reader = make_subscriber(Choice({"kind": "newsletter"}), Choice({"kind": "newsletter"}, "grid"))
    rows = [
        reader.subscriptions.create(
            condition=Choice(query=f"word{number}").store(), timing=timing, confirmed_at=timezone.now()
        )
        for number, timing in enumerate(stored)
    ]
    page = html.fromstring(client.get(url("manage", reader)).content)
    sent = {f"timing-{rows[number].pk}": timing for number, timing in changed.items()}

    client.post(url("manage", reader), {**sent, "q": "gas", "timing": chosen})

    assert page.xpath("string(//select[@name='timing']/option[1]/@value)") == ""
    assert "selected" in page.xpath("//select[@name='timing']/option[1]")[0].attrib
    assert reader.subscriptions.get(condition__query="gas").timing == expected


def test_one_button_ends_a_pause(client, subscriber):
    client.post(url("manage", subscriber), {"pause": "week"})
    page = client.get(url("manage", subscriber))
    [form] = html.fromstring(page.content).xpath("//main//form[not(@action)]")
    [button] = form.xpath(".//button[text()='Get emails again']")

    # as a browser sends it: the button stands above what is ticked
    pressed = [(button.get("name"), button.get("value")), *form.form_values()]
    client.post(
        url("manage", subscriber), urlencode(pressed), content_type="application/x-www-form-urlencoded"
    )

    assert (
        not paused_on(subscriber) and not button.getparent().text.strip()
    )  # beside the sentence it would break it


def test_a_mistake_in_a_pause_stands_at_its_field_and_is_linked_from_the_top(client, subscriber):
    page = html.fromstring(client.post(url("manage", subscriber), {"pause": "day"}).content)

    [field] = page.xpath("//input[@name='paused_until']")
    [error] = page.xpath("//fieldset[@id='alerts-pause']//p[@id=$id]", id=field.get("aria-describedby"))
    assert error.text == "Please choose a day."
    assert page.xpath("//*[@role='alert']/a[@href='#alerts-pause']/text()") == ["Pause: Please choose a day."]


@pytest.mark.parametrize(("locale", "words"), [("en", "all alerts above"), ("sv", "alla aviseringar ovan")])
@pytest.mark.parametrize("alerts", [1, 2])
def test_a_reader_leaves_from_the_page_itself_and_reads_before_what_is_deleted(client, alerts, locale, words):
    reader = make_subscriber(*(Choice(query=f"word{number}") for number in range(alerts)))
    with override(locale):
        path = url("manage", reader)
    page = html.fromstring(client.get(path).content)
    [section] = page.xpath("//section[@aria-labelledby='alerts-leave']")

    response = client.post(section.xpath(".//form/@action")[0])

    assert (words in section.text_content()) == bool(section.xpath("details")) == (alerts > 1)
    assert response.status_code == 200 and not Subscriber.objects.exists()
    left = html.fromstring(response.content)
    text = left.xpath("string(//main)")
    assert {"en": "Your address is deleted", "sv": "Din adress är raderad"}[locale] in text
    links = left.xpath("//div[contains(@class, 'alerts-page')]//a/@href")
    assert f"/{locale}/" in links and not [
        link for link in links if "/manage/" in link or "/hantera/" in link
    ]
    assert all(client.get(link).status_code == 200 for link in links)
