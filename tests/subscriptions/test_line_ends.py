"""Texts of one line that have line ends all the same: no mail is kept from leaving by them, and none gets a header."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import CharField
from django.urls import reverse
from django.utils import timezone

from accounts.models import Invitation
from publications.admin import submissions
from publications.models import (
    Author,
    Kind,
    MailPurpose,
    MailTiming,
    NewsType,
    OutboxMail,
    Publication,
    SiteSettings,
    Tag,
    UserSettings,
)
from publications.news import queue_address_notice, queue_link, queue_warnings
from subscriptions.conditions import Choice
from subscriptions.models import AlertMail, AlertMailPurpose
from tests.factories import make_live, make_person, make_publication

from .factories import make_subscriber, make_unconfirmed
from .sending import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording")]

LINE_ENDS = "a\r\nBcc: eve@example.org\x0b\x85\u2028"
HEADERS = {"Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "Content-Type", "Date", "From"}
HEADERS |= {
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Message-ID",
    "Precedence",
}
HEADERS |= {"References", "Subject", "To"}
IDENTIFIERS = {"username", "password", "slug", "language"}
"""What is looked up by; each of them is validated."""


def put_line_ends_into_rows() -> None:
    """Write line ends into each text of one line that a mail may have, past all forms."""
    for model in (SiteSettings, User, Publication, Kind, Tag, Author):
        fields = [
            field
            for field in model._meta.get_fields()
            if type(field) is CharField
            and not (field.choices or field.unique or field.name in IDENTIFIERS)
            and not field.name.endswith(("doi", "isbn"))
        ]
        model.objects.update(**{field.name: LINE_ENDS[: field.max_length] for field in fields})


def queue_mails() -> None:
    """Queue mails of each purpose, to staff and to readers."""
    ann = make_person("Administrators", email="ann@example.org")
    UserSettings.objects.create(user=ann, timings=dict.fromkeys(NewsType, MailTiming.AT_ONCE))
    submissions.submit_for_checking(make_publication(), by=make_person("Contributors"))
    group = Group.objects.get(name="Editors")
    invitation = Invitation.objects.create(
        email="bo@example.org", username="bo", group=group, language="en", invited_by=ann, nonce="1",
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    queue_link(invitation)
    queue_address_notice(ann, "former@example.org")
    queue_warnings()
    issue = make_publication(kind="newsletter")
    OutboxMail.build(MailPurpose.NEWSLETTER, f"{issue.pk}:", ann.email, user=ann).save()
    make_subscriber()
    make_live()
    reader = make_unconfirmed(Choice()).subscriber
    reader.mails.create(purpose=AlertMailPurpose.CONFIRM, next_attempt_at=timezone.now())


def test_no_line_end_in_any_text_of_one_line_keeps_a_mail_from_leaving(sink):
    queue_mails()
    put_line_ends_into_rows()

    send()

    assert not AlertMail.objects.filter(sent_at=None).exists()
    assert not OutboxMail.objects.filter(sent_at=None).values_list("purpose", "last_error")
    staff = set(OutboxMail.objects.values_list("purpose", flat=True))
    assert staff >= {"news", "invitation", "changed", "newsletter", "operations"}
    assert set(AlertMail.objects.values_list("purpose", flat=True)) == {"alert", "confirm"}
    for mail in sink.mails:
        message = mail.message
        assert set(message.keys()) <= HEADERS and "eve@example.org" not in message["To"]
        assert not message.defects and message["From"].addresses[0].display_name.startswith("a Bcc")


@pytest.mark.parametrize("name", ["short_name", "name_en", "name_sv"])
def test_a_name_of_the_site_is_one_line(client, name):
    client.force_login(make_person("Administrators"))
    page = reverse("desk:publications_sitesettings_change", args=[1])
    form = client.get(page).context["adminform"].form
    names = {"short_name": "A", "name_en": "B", "name_sv": "C", "seen": form["seen"].value()}

    answers = [client.post(page, {**names, name: text}) for text in ("SCE\r\nEUS", "SCE\tEUS")]

    assert all("This has to be one line" in answer.text for answer in answers)
    assert getattr(SiteSettings.objects.get(), name) not in ("SCE\r\nEUS", "SCE\tEUS")
