"""What the pages that withdraw, take back, retract and express a concern say about who is mailed."""

import pytest
from django.urls import reverse

from accounts.mail import CONSOLE
from publications import actions
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertMail, Timing
from tests.desk_pages import read_page
from tests.factories import make_live, make_person
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors"))
    return client


@pytest.mark.parametrize("name", ["retract", "express-concern"])
def test_a_notice_says_who_is_mailed_before_and_after(desk, name):
    record_events()
    make_subscriber()
    publication = make_live().publication
    url, note = reverse(f"desk:{name}", args=[publication.pk]), "The figures are made up."

    before = read_page(desk, name, publication.pk)
    state = actions.public_state(publication)
    after = desk.post(url, {"note": note, "seen": note, "state": state}, follow=True).text
    expand_alerts()

    assert "1 reader is mailed within a minute." in before and "1 reader is mailed within a minute." in after
    assert AlertMail.objects.filter(event__edition__number=2).count() == 1


def test_who_withdraws_takes_back_and_publishes_again_reads_who_is_mailed(desk):
    record_events()
    make_subscriber()
    publication = make_live().publication

    def post(name: str) -> str:
        state = actions.public_state(publication)
        page = desk.post(reverse(f"desk:{name}", args=[publication.pk]), {"state": state}, follow=True)
        expand_alerts()
        AlertMail.objects.pending().get().mark_sent()
        return page.text

    expand_alerts()
    AlertMail.objects.get().mark_sent()

    assert "with the reason: 1 reader is mailed within a minute." in post("withdraw")
    assert "1 reader is mailed within a minute." in post("undo")
    assert AlertMail.objects.count() == 3


def test_who_takes_back_what_was_mailed_reads_that_its_readers_get_one_more(desk):
    record_events()
    make_subscriber()
    publication = make_live().publication
    expand_alerts()
    AlertMail.objects.get().mark_sent()

    values = {"state": actions.public_state(publication)}
    page = desk.post(reverse("desk:undo", args=[publication.pk]), values, follow=True).text

    assert "Mails say that it was published by mistake: 1 reader is mailed within a minute." in page


def test_a_withdrawal_says_why_nobody_is_mailed_and_counts_digests(desk, settings):
    record_events()
    publication = make_live().publication

    nobody = read_page(desk, "withdraw", publication.pk)
    make_subscriber(Choice(publication=publication.pk), timing=Timing.DAILY)
    daily = read_page(desk, "withdraw", publication.pk)
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    assert "No reader is mailed that it is withdrawn: nobody has been mailed about it so far." in nobody
    assert "with the reason: 1 reader gets it in the daily mail (" in daily
    for name in ("withdraw", "undo"):
        assert "Mail is off on this server: no reader is mailed." in read_page(desk, name, publication.pk)
