"""Issues of the newsletter are mailed at once, whatever else a reader or a list has chosen."""

import pytest

from subscriptions.conditions import Choice
from subscriptions.list_import import import_list
from subscriptions.manage import change_subscriptions
from subscriptions.models import Subscription, Timing
from subscriptions.signup import request_subscriptions
from subscriptions.views.pages import list_subscriptions
from tests.factories import make_live
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db
ISSUES, COMMENTS = Choice({"kind": "newsletter"}), Choice({"kind": "quick-comment"})


def sign_up(choice: Choice) -> None:
    request_subscriptions("ann@example.org", [choice], timing=Timing.WEEKLY, locale="en", network="192.0.2.1")


def import_addresses(choice: Choice) -> None:
    import_list("ann@example.org", choice, timing=Timing.WEEKLY, locale="en", consent_note="A form of 2019.")


def add_by_link(choice: Choice) -> None:
    subscriber = make_subscriber(Choice({"author": "ann"}))
    change_subscriptions(
        subscriber, locale="en", timings={}, removed=[], added=[choice], timing=Timing.WEEKLY
    )


def change_by_link(choice: Choice) -> None:
    subscriber = make_subscriber(choice)
    timings = {subscriber.subscriptions.get().pk: Timing.WEEKLY}
    change_subscriptions(subscriber, locale="en", timings=timings, removed=[])


@pytest.mark.parametrize("subscribe", [sign_up, import_addresses, add_by_link, change_by_link])
def test_issues_come_at_once_and_others_as_chosen(subscribe):
    stored = []
    for choice in (ISSUES, COMMENTS):
        subscribe(choice)
        stored.append(Subscription.objects.filter(condition__digest=choice.digest).get().timing)

    assert stored == [Timing.AT_ONCE, Timing.WEEKLY]


def test_pages_offer_no_other_timing_of_issues(client):
    make_live(kind="newsletter")
    reader = make_subscriber(ISSUES, COMMENTS)

    issues, comments = list_subscriptions(reader.subscriptions.order_by("pk"))
    page = client.get("/en/alerts/", {"kind": "newsletter"}).text

    assert [len(row["timings"]) for row in (issues, comments)] == [1, 3]
    assert "The newsletter comes as soon as an issue is published." in page
    assert "as soon as an issue" not in client.get("/en/alerts/").text


def test_readers_sign_up_before_the_first_issue(client):
    page = client.get("/en/alerts/", {"kind": "newsletter"})

    assert page.status_code == 200 and "The newsletter" in page.text


@pytest.mark.parametrize(
    ("choices", "is_offered"),
    [
        ([], True),
        (["kind=newsletter"], False),
        (["kind=newsletter", "kind=report"], True),
        (["kind=report"], True),
    ],
)
def test_who_chooses_issues_alone_gets_no_choice_of_how_often(client, choices, is_offered):
    make_live(kind="report")

    page = client.post("/en/alerts/", {"choice": choices}).text

    assert ('type="radio" name="timing"' in page) is is_offered
    assert ("as soon as an issue is published" in page) is ("kind=newsletter" in choices)
