"""What the pages of the newsletter at the desk say of an issue that is public, and of where readers sign up."""

import re

import pytest
from django.urls import reverse

from accounts.mail import CONSOLE
from publications import actions
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts
from subscriptions.models import AlertMail
from tests.factories import make_person, make_publication, saved
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_person("Editors", email="eva@example.org"))
    return client


def test_the_mail_of_a_public_issue_is_said_to_have_gone_out(desk):
    record_events()
    make_subscriber(Choice({"kind": "newsletter"}))
    issue = make_publication(kind="newsletter", title="What is new")
    url = reverse("desk:newsletter-issue", args=[issue.pk])

    draft = desk.get(url).text
    actions.publish(issue, by=None)
    leaving = desk.get(url).text
    expand_alerts()
    AlertMail.objects.get().mark_sent()
    actions.publish(saved(issue, summary="Mended."), by=None, change="silent")
    corrected = desk.get(url).text

    assert "as soon as the issue is public" in draft and "mailed once" not in draft
    assert "The issue is public, and is mailed once." in leaving and "as soon as" not in leaving
    assert "1 reader is mailed within a minute." in leaving
    assert "1 reader was mailed." in corrected and "silent fix" not in corrected


def test_where_readers_sign_up_names_the_page_of_the_site(desk, settings):
    url = reverse("desk:newsletter")

    page = desk.get(url).text
    (link,) = re.findall(r'<a href="([^"]+kind=newsletter)">', page.partition("<main")[2])
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    assert "Only for a service elsewhere" in page and link in page.partition(f'{link}">')[2]
    assert link not in desk.get(url).text
