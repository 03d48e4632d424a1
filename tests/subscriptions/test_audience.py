"""Numbers of subscribers at the desk, the stop button and lists that are imported; no page shows an address."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.models import EditionWithRows, TagKind
from subscriptions.audience import count_delivery, count_recipients, list_upcoming
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.list_import import import_list
from subscriptions.models import Subscriber, Subscription, SuppressedAddress, Timing
from subscriptions.sending import find_stop
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, tomorrow

from .factories import make_subscriber, make_unconfirmed

pytestmark = pytest.mark.django_db
PAGE, LIST_PAGE = "/desk/subscribers/", "/desk/subscribers/list/"


@pytest.fixture
def administrator(client):
    client.force_login(make_person("Administrators"))
    return client


def test_the_audience_of_an_edition_counts_each_reader_once_by_when_they_are_mailed():
    make_subscriber(Choice(), Choice({"topic": "gas"}))
    make_subscriber(Choice({"author": "ann-berg"}), timing=Timing.DAILY)
    make_subscriber(Choice({"author": "ann-berg"}), paused_until=tomorrow())
    make_subscriber(Choice({"topic": "coal"}), timing=Timing.WEEKLY)
    make_subscriber(Choice(query="pipeline"))
    make_unconfirmed(Choice())
    edition = make_live(author=make_author("Ann Berg"), tags=(make_tag("Gas", kind=TagKind.THEME),))

    audience = count_recipients(EditionWithRows.get(edition))

    assert audience.counts == {Timing.AT_ONCE: 1, Timing.DAILY: 1, Timing.WEEKLY: 0}
    assert {choice[:2]: choice[2] for choice in audience.choices} == {
        ("topic", "gas"): 1,
        ("author", "ann-berg"): 1,
    }
    assert audience.searches == 1 and audience.total == 2


def test_scheduled_editions_and_digests_are_what_goes_out_next():
    make_subscriber()
    record_events()
    actions.publish(make_publication(title="Later"), by=None, at=timezone.now() + timedelta(hours=1))
    record_events()

    upcoming = list_upcoming()

    assert [
        (mails.event and mails.event.edition.title, mails.count) for mails in upcoming if mails.event
    ] == [("Later", 1)]
    assert {mails.timing for mails in upcoming if not mails.event} == {Timing.DAILY, Timing.WEEKLY}
    assert all(mails.at > timezone.now() for mails in upcoming)


def test_the_desk_shows_numbers_and_no_address(administrator):
    make_subscriber(Choice({"kind": "quick-comment"}), address="ann@example.org")
    make_subscriber(locale="sv", address="bo@example.org")

    page = administrator.get(PAGE).text

    assert "2 readers are informed by mail." in page and "All publications" in page
    assert "example.org" not in page.partition("<main")[2]
    assert count_delivery().sent == 0


def test_all_mails_are_stopped_and_resumed_by_those_who_may(administrator, client):
    administrator.post(PAGE, {"stop": "1"})
    assert find_stop() and "no mail goes out to subscribers" in administrator.get(PAGE).text
    administrator.post(PAGE, {"resume": "1"})
    assert find_stop() is None

    client.force_login(make_person("Editors"))
    assert client.get(PAGE).status_code == 200 and client.post(PAGE, {"stop": "1"}).status_code == 403
    assert find_stop() is None


def test_a_list_is_imported_once_with_what_proves_the_consent(administrator):
    SuppressedAddress.objects.create(address_digest=make_left("gone@example.org"))
    known = make_subscriber(address="known@example.org")
    content = "\ufeffname;address\nAnn;Ann@Example.org\nBo <bo@example.org>\n\nno address\nknown@example.org\ngone@example.org\nANN@example.org\n"
    form = {"kind": "", "timing": "weekly", "locale": "sv", "consent": "Old newsletter, 2019 to 2026"}

    for _time in range(2):
        file = SimpleUploadedFile("list.csv", content.encode())
        page = administrator.post(LIST_PAGE, {**form, "file": file}, follow=True).text

    assert "0 subscribers were added. 3 were subscribed to it before. 1 has left before" in " ".join(
        page.split()
    )
    assert "1 line has no mail address (line 5)." in page
    rows = Subscription.objects.exclude(subscriber=known)
    assert {row.subscriber.address for row in rows} == {"ANN@example.org", "bo@example.org"}
    assert {(row.consent_source, row.consent_note, row.timing) for row in rows} == {
        ("list", "Old newsletter, 2019 to 2026", "weekly")
    }


def make_left(address: str) -> str:
    subscriber = Subscriber()
    subscriber.address = address
    return subscriber.address_digest


def test_a_choice_that_was_not_confirmed_is_by_a_list():
    subscription = make_unconfirmed(Choice(), address="ann@example.org")

    result = import_list(
        "ann@example.org", Choice(), timing=Timing.DAILY, locale="en", consent_note="Paper form"
    )

    row = Subscription.objects.get()
    assert result.added == 1 and row.subscriber == subscription.subscriber and row.confirmed_at


@pytest.mark.parametrize(
    ("file", "said"),
    [(b"\xff\xfe", "no text in UTF-8"), (b"", "empty"), (None, "This field is required")],
)
def test_a_list_that_cannot_be_read_says_why(administrator, file, said):
    form = {"timing": "weekly", "locale": "sv", "consent": "x"}
    files = {} if file is None else {"file": SimpleUploadedFile("list.csv", file)}

    page = administrator.post(reverse("desk:subscriber-list"), {**form, **files})

    assert said in page.text and Subscriber.objects.count() == 0


def test_the_publish_page_says_who_will_be_informed(administrator):
    author = make_author("Ann Berg")
    for choice in (Choice(), Choice({"author": author.slug})):
        make_subscriber(choice)
    make_subscriber(Choice({"author": author.slug}), timing=Timing.DAILY)
    publication = make_publication(authors=[author])

    page = administrator.get(reverse("desk:publish", args=[publication.pk])).text

    assert "2 readers are informed at once. 1 reader gets it in the daily mail." in page
    assert "2 of them chose Author: Ann Berg." in page
