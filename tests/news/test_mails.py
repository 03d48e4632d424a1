"""Mails to staff: subject, text, headers and language; nothing that its recipient may no longer see."""

import email.policy

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from publications import actions
from publications.admin import submissions
from publications.models import (
    Change,
    MailTiming,
    NewsEvent,
    NewsType,
    OutboxMail,
    Publication,
    Review,
    UserSettings,
)
from publications.news import build_mail, expand_events, stop_mails, stop_token
from tests.factories import make_live, make_person, make_publication, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    """An editor who is mailed at once about everything."""
    ann = make_person("Editors", email="ann@example.org")
    UserSettings.objects.create(user=ann, timings=dict.fromkeys(NewsType, MailTiming.AT_ONCE))
    return ann


def mail_of(publication: Publication, news_type: NewsType):
    expand_events()
    return build_mail(OutboxMail.objects.get(events__publication=publication, events__type=news_type))


def submitted(**fields) -> Publication:
    publication = make_publication(**fields)
    submissions.submit_for_checking(
        publication, by=make_person("Contributors", first_name="Bo", last_name="Ek")
    )
    return publication


def commented(text: str, **fields) -> tuple[Publication, str]:
    publication = make_publication(title="Grain")
    review, token = Review.objects.invite(publication.revisions.first(), reader="Eva Lind", days=3, by=None)
    comment = review.comments.create(publication=publication, text=text, **fields)
    NewsEvent.objects.create(type=NewsType.REVIEWED, publication=publication, comment=comment)
    return publication, token


def test_a_mail_says_what_happened_to_which_publication_and_where_to_go(ann, settings):
    publication = submitted(title="Grain")

    message = mail_of(publication, NewsType.SUBMITTED)

    assert message.subject == "To check: “Grain”" and message.to == ["ann@example.org"]
    assert "Bo Ek" in message.body
    assert f"{settings.SITE_URL}/desk/publications/publication/{publication.pk}/change/\n" in message.body


def test_a_comment_is_in_the_mail_and_the_review_link_is_not(ann):
    publication, token = commented("Rye, not oats.")

    message = mail_of(publication, NewsType.REVIEWED)

    assert message.subject == "Eva Lind on “Grain”" and "Rye, not oats." in message.body
    assert token not in message.message().as_string()


def test_an_approval_says_so(ann):
    publication, _token = commented("", is_approval=True)

    assert mail_of(publication, NewsType.REVIEWED).subject == "Eva Lind approves “Grain”"


def test_a_correction_carries_its_note(ann, settings):
    edition = make_live(title="Grain")
    actions.publish(
        saved(edition.publication, body="Rye."), by=None, change=Change.CORRECTION, note="It was rye."
    )

    message = mail_of(edition.publication, NewsType.CORRECTED)

    assert message.subject == "Corrected: “Grain”" and "It was rye." in message.body
    assert f"{settings.SITE_URL}{edition.get_absolute_url()}" in message.body


def test_a_mail_is_in_the_language_of_its_recipient(ann):
    UserSettings.objects.filter(user=ann).update(language="sv")
    message = mail_of(submitted(title="Grain"), NewsType.SUBMITTED)

    assert message.subject == "Att granska: ”Grain”" and message.extra_headers["Content-Language"] == "sv"


def test_headers_keep_absence_notes_away_and_offer_to_end_the_mails(ann, settings):
    headers = mail_of(submitted(), NewsType.SUBMITTED).message()

    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith(f"<{settings.SITE_URL}/desk/news/stop/")
    assert headers["Message-ID"] == OutboxMail.objects.get().message_id
    assert headers.get_content_type() == "text/plain"


def test_the_address_that_ends_mails_is_sent_as_it_is(ann, settings):
    settings.SITE_URL = "https://a-rather-long-name-of-a-site.example.org"
    message = mail_of(submitted(title="Råg"), NewsType.SUBMITTED)

    sent = message.message(policy=email.policy.SMTP).as_bytes()

    lines = [line for line in sent.split(b"\r\n") if line.startswith(b"List-Unsubscribe: ")]
    assert lines[0].startswith(b"List-Unsubscribe: <https://a-rather-long") and lines[0].endswith(b"/>")
    assert b"=?utf-8?" in sent  # other headers are encoded as ever


def test_a_title_of_several_lines_makes_no_header_of_its_own(ann):
    publication = submitted(title="Grain")
    Publication.objects.update(title="Grain\nBcc: eve@example.org")

    assert mail_of(publication, NewsType.SUBMITTED).subject == "To check: “Grain Bcc: eve@example.org”"


def test_markup_in_a_title_stays_text(ann):
    publication = submitted(title="Rye & <oats>")

    assert "Rye & <oats>" in mail_of(publication, NewsType.SUBMITTED).body


@pytest.mark.parametrize(
    "change",
    [
        lambda ann, publication: ann.groups.clear(),
        lambda ann, publication: type(ann).objects.filter(pk=ann.pk).update(is_active=False),
        lambda ann, publication: type(ann).objects.filter(pk=ann.pk).update(is_staff=False),
        lambda ann, publication: UserSettings.objects.filter(user=ann).update(
            timings={NewsType.SUBMITTED: MailTiming.NEVER}
        ),
        lambda ann, publication: actions.publish(publication, by=ann),
        lambda ann, publication: Publication.objects.filter(pk=publication.pk).update(
            deleted_at=timezone.now()
        ),
        lambda ann, publication: Publication.objects.filter(pk=publication.pk).delete(),
    ],
    ids=["permissions", "inactive", "no staff", "never", "published", "deleted", "purged"],
)
def test_a_mail_that_is_overtaken_is_not_sent(change, ann):
    publication = submitted()
    expand_events()

    change(ann, publication)
    call_command("send_mail", verbosity=0)

    assert mail.outbox == [] and not OutboxMail.objects.pending().exists()


def test_a_passage_that_is_redacted_before_a_mail_is_sent_is_not_in_it(ann):
    publication = submitted(title="Vera Holm resigns", body="Vera Holm resigns.")
    expand_events()

    actions.redact(publication, "Vera Holm", by=None)
    call_command("send_mail", verbosity=0)

    [message] = mail.outbox
    assert message.subject == "To check: “[redacted] resigns”"
    assert "Holm" not in message.message().as_string()


def test_the_daily_mail_lists_all_news_and_names_the_first(ann):
    UserSettings.objects.filter(user=ann).update(timings={NewsType.SUBMITTED: MailTiming.DAILY})
    submitted(title="Grain")
    submitted(title="Oats")
    expand_events()

    message = build_mail(OutboxMail.objects.get())

    assert message.subject.endswith(": To check: “Grain”, and 1 more")
    assert "“Grain”" in message.body and "“Oats”" in message.body


# Ending mails


def test_the_address_in_a_mail_ends_mails_of_its_kind_alone(ann):
    assert stop_mails(stop_token(ann, NewsType.REVIEWED), is_confirmed=True) == [NewsType.REVIEWED]

    choices = UserSettings.of(ann)
    assert choices.timing(NewsType.REVIEWED) == MailTiming.NEVER
    assert choices.timing(NewsType.SUBMITTED) == MailTiming.AT_ONCE


def test_the_address_in_a_daily_mail_ends_all_daily_news(ann):
    UserSettings.objects.filter(user=ann).update(timings={NewsType.SUBMITTED: MailTiming.AT_ONCE})

    assert stop_mails(stop_token(ann, MailTiming.DAILY), is_confirmed=True) == [
        NewsType.PUBLISHED,
        NewsType.CORRECTED,
    ]


@pytest.mark.parametrize("token", ["", "nothing", "WzEsInJldmlld2VkIl0:1:x"])
def test_a_made_up_address_ends_nothing(token, ann):
    assert stop_mails(token, is_confirmed=True) is None


def test_a_mail_is_kept_for_a_month_after_it_was_sent(ann):
    submitted()
    call_command("send_mail", verbosity=0)
    call_command("tidy", verbosity=0)
    assert OutboxMail.objects.count() == 1

    OutboxMail.objects.update(sent_at=timezone.now() - timezone.timedelta(days=31))
    call_command("tidy", verbosity=0)
    assert not OutboxMail.objects.exists() and NewsEvent.objects.exists()
