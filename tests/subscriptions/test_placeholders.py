"""What stands for tokens in mails of many: no text of an editor or reader gets a token by it, and no page shows it."""

import re
from email import message_from_bytes
from email.policy import default

import pytest
from django.urls import reverse

from publications.models import OutboxMail
from publications.news import SendResult, StaffQueue, send_due
from subscriptions.issue_mails import MAIL_BUILDERS
from subscriptions.mail_parts import NO_TOKENS, PLACEHOLDERS
from subscriptions.models import AlertType, Subscriber
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_person, make_publication

from .test_mail_format import make_mails

pytestmark = pytest.mark.django_db
SITE = "https://example.org"
OWN_LINK = re.compile(rf"(?<![^\s<\"]){SITE}/en/alerts/\w+/[\w-]{{43}}/(\?until=\d+)?(?=[\s>\"])")


@pytest.mark.parametrize("purpose", TokenPurpose)
def test_a_text_with_a_placeholder_gets_no_token(settings, monkeypatch, purpose):
    settings.SITE_URL = SITE
    words = f"{PLACEHOLDERS[purpose]} https://evil.example/?t={PLACEHOLDERS[purpose]}"

    mails = make_mails(words, "en", monkeypatch)

    tokens = [make_token(purpose, uid) for uid in Subscriber.objects.values_list("uid", flat=True)]
    assert set(mails) == {*AlertType.values, "issue", "daily", "weekly", "confirm"}
    for name, data in mails.items():
        message = message_from_bytes(data, policy=default)
        texts = [message["Subject"], *(part.get_content() for part in message.iter_parts())]
        foreign = OWN_LINK.sub("", " ".join(texts))
        assert name == "confirm" or "-" * 43 in foreign, "it has words of an editor"
        assert not [token for token in tokens if token in foreign]


def test_the_desk_shows_no_placeholder(client):
    client.force_login(make_person("Editors", email="eva@example.org"))
    issue = make_publication(kind="newsletter", title="What is new")

    pages = [client.get(reverse(f"desk:newsletter-{name}", args=[issue.pk])) for name in ("issue", "mail")]

    assert "-" * 43 in pages[1].text
    assert not [placeholder for page in pages for placeholder in NO_TOKENS if placeholder in page.text]


def test_a_mail_to_try_an_issue_has_no_placeholder(client, sink):
    client.force_login(make_person("Editors", email="eva@example.org"))
    issue = make_publication(kind="newsletter", title="What is new")

    client.post(reverse("desk:newsletter-test", args=[issue.pk]))
    send_due([StaffQueue(MAIL_BUILDERS)], SendResult())

    [sent] = sink.mails
    assert OutboxMail.objects.get().sent_at and sent.message["List-Unsubscribe"]
    said = " ".join([*sent.message.values(), *(part.get_content() for part in sent.message.iter_parts())])
    assert not [placeholder for placeholder in NO_TOKENS if placeholder in said]
