"""What the desk says while the mails to subscribers are stopped, and once they are sent again."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from publications import actions
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertMail
from subscriptions.sending import stop_sending
from tests.factories import make_live, make_person, make_publication, tomorrow
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

HOME, PAGE = reverse("desk:index"), reverse("desk:subscribers")
STOPPED = "only mails that ask to confirm go out to subscribers."


def read(client, url: str, role: str) -> str:
    client.force_login(make_person(role))
    page = client.get(url).text
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_all_sentences_on_a_stop_agree(client):
    sent = read(client, PAGE, "Administrators")
    stop_sending(by="Ann Berg")

    page = read(client, PAGE, "Administrators")

    assert (
        re.search(r"Daily mail .*\d\d:\d\d.*, to nobody so far", sent) and "after mails are sent" not in sent
    )
    assert f"by Ann Berg: {STOPPED}" in page and "no mail goes out" not in page
    assert re.search(r"Daily mail .*\d\d:\d\d, not before mails are sent again, to nobody so far", page)


def test_while_mails_are_stopped_what_is_scheduled_keeps_its_date(client):
    edition = actions.publish(make_publication(), by=None, at=tomorrow())
    stop_sending(by="Ann Berg")

    page = read(client, PAGE, "Administrators")

    moment = date_format(timezone.localtime(edition.visible_from), "DATETIME_FORMAT")
    assert f"{edition.title} {moment}, not before mails are sent again, at once to nobody" in page


def test_a_stop_says_that_what_was_just_published_is_not_counted(client):
    record_events()
    client.force_login(make_person("Administrators"))
    make_live()
    events = reverse("desk:accounts_accountevent_changelist")

    client.post(PAGE, {"stop": "1"})

    assert "stopped: 0 mails wait, not including what had just been published" in client.get(events).text


def test_the_log_names_the_edition_that_readers_got_again(client):
    record_events()
    make_subscriber()
    publication = make_live().publication
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    for action in (
        lambda: actions.withdraw(publication, by=None, note="Wrong file."),
        lambda: undo(publication),
    ):
        action()
        expand_alerts()

    log = read(client, reverse("desk:subscriber-log"), "Administrators")

    assert "Published again · edition 2" in log and "New · edition 1" in log


def undo(publication) -> None:
    actions.undo(publication, by=None, state=actions.public_state(publication))


def test_the_first_page_says_to_whoever_may_publish_that_mails_are_stopped(client):
    assert STOPPED not in read(client, HOME, "Editors")
    stop_sending(by="Ann Berg")
    roles = ("Editors", "Administrators", "Contributors", "Linkers")

    pages = {role: read(client, HOME, role) for role in roles}

    notice = f"by Ann Berg: {STOPPED} Administrators can send them again. Subscribers"
    assert [role for role, page in pages.items() if notice in page] == ["Editors", "Administrators"]
    assert "stop all mails, and send them again" in read(client, PAGE, "Editors")


def test_who_sends_mails_again_reads_how_many_leave_and_to_how_many(client):
    record_events()
    reader, _other, failed = (make_subscriber() for _number in range(3))
    AlertMail.objects.create(subscriber=reader, purpose="confirm")
    stop_sending(by="Ann Berg")
    nothing = read(client, PAGE, "Administrators")
    for _number in range(2):
        make_live()
    expand_alerts()
    failed.failed_at = timezone.now()
    failed.save()

    page = read(client, PAGE, "Administrators")
    resumed = client.post(PAGE, {"resume": "1"}, follow=True).text
    AlertMail.objects.all().delete()
    empty = client.post(PAGE, {"resume": "1"}, follow=True).text

    assert "Waiting so far" not in nothing and "Waiting so far: 4 mails to 2 readers." in page
    assert "Resumed. What goes out with the next run: 4 mails to 2 readers." in resumed
    assert "Resumed: no mail has waited." in empty
