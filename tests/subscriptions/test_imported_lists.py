"""Lists of mail addresses that are imported at the desk, with what proves that their owners have agreed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import translation
from lxml import html

from publications.admin.subscriber_list import SubscriberListForm, _describe_result
from subscriptions.conditions import Choice
from subscriptions.list_import import import_list
from subscriptions.models import Subscriber, Subscription, SuppressedAddress, Timing
from subscriptions.removal import delete_outdated
from tests.factories import make_person

from .factories import make_subscriber, make_unconfirmed

pytestmark = pytest.mark.django_db
LIST_PAGE = "/desk/subscribers/list/"


@pytest.fixture
def administrator(client):
    client.force_login(make_person("Administrators"))
    return client


def test_a_list_is_imported_once_with_what_proves_the_consent(administrator):
    SuppressedAddress.objects.create(address_digest=make_left("gone@example.org"))
    known = make_subscriber(address="known@example.org")
    content = "\ufeffname;address\nAnn;Ann@Example.org\nBo <bo@example.org>\n\nno address\nknown@example.org\ngone@example.org\nANN@example.org\n@dag dag@example.org;erik@example.org\n"
    form = {"kind": "", "timing": "weekly", "locale": "sv", "consent": "Old newsletter, 2019 to 2026"}

    for _time in range(2):
        file = SimpleUploadedFile("list.csv", content.encode())
        page = administrator.post(LIST_PAGE, {**form, "file": file}, follow=True).text

    said = html.fromstring(page).xpath('//ul[contains(@class, "messagelist")]/li/ul/li/text()')
    assert said[:4] == [
        "0 subscribers were added.",
        "4 were subscribed to it before.",
        "1 has left before, and stays away.",
        "1 line has an address of an earlier one.",
    ]
    assert "1 line has no mail address, or one that no reader has (line 5)." in page
    assert "1 line has several mail addresses, of which the first was read (line 9)." in page
    rows = Subscription.objects.exclude(subscriber=known)
    assert {row.subscriber.address for row in rows} == {
        "ANN@example.org",
        "bo@example.org",
        "dag@example.org",
    }
    assert {(row.consent_source, row.consent_note, row.timing) for row in rows} == {
        ("list", "Old newsletter, 2019 to 2026", "weekly")
    }


def test_who_was_a_reader_of_something_else_is_counted_apart():
    make_subscriber(Choice({"kind": "newsletter"}), address="ann@example.org")

    lines = "ann@example.org\nbo@example.org\nBO@example.org"
    result = import_list(lines, Choice(), timing=Timing.DAILY, locale="en", consent_note="Paper form")

    assert (result.added, result.new, result.repeated) == (2, 1, 1)
    assert _describe_result(result)[1] == "1 of them was a reader before, and now gets this as well."


def test_a_list_is_taken_to_be_in_the_language_of_who_imports_it():
    with translation.override("sv"):
        assert SubscriberListForm()["locale"].initial == "sv"


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


class ListReadDuringTidy(str):
    """A list that is read while another process deletes what nobody uses."""

    def translate(self, table: dict[int, str]) -> str:
        delete_outdated()
        return super().translate(table)


def test_what_a_list_is_for_is_not_deleted_as_unused_before_its_readers_are_stored():
    text, choice = ListReadDuringTidy("ann@example.org"), Choice({"kind": "report"})

    result = import_list(text, choice, timing=Timing.DAILY, locale="en", consent_note="Paper form")

    connection.check_constraints()
    assert result.added == 1 and Subscription.objects.get().condition.filters == choice.filters


@pytest.mark.parametrize(
    ("file", "said"),
    [(b"\xff\xfe", "no text in UTF-8"), (b"", "empty"), (None, "This field is required")],
)
def test_a_list_that_cannot_be_read_says_why(administrator, file, said):
    form = {"timing": "weekly", "locale": "sv", "consent": "x"}
    files = {} if file is None else {"file": SimpleUploadedFile("list.csv", file)}

    page = administrator.post(reverse("desk:subscriber-list"), {**form, **files})

    assert said in page.text and Subscriber.objects.count() == 0
