"""Mails that ask to confirm: with a link, and without words of whoever has sent the form."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from subscriptions.conditions import Choice
from subscriptions.models import CONFIRMATION_PERIOD, AlertMail, AlertMailPurpose, Subscriber, Timing
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .mail_texts import html_of, link_of, parse, read_last, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording", "site_url")]


def test_words_of_somebody_unknown_are_in_no_mail():
    """Anybody can send the form with any address, and would send a text and links in the name of the site."""
    subscription = make_unconfirmed(Choice({"kind": "report"}, "pay at https://evil.example now"))

    mail = subscription.subscriber.mails.create(
        purpose=AlertMailPurpose.CONFIRM, next_attempt_at=timezone.now()
    )
    message = parse(mail)

    assert "evil.example" not in text_of(message) + html_of(message)
    assert "Report" in text_of(message) and "A search of this site" in text_of(message)


def test_no_text_stands_for_the_token_of_a_link():
    """Else a link in it would have the secret of each reader, and send it to another site when it is opened."""
    texts = [f"token-to-{purpose}".ljust(43, "_") for purpose in TokenPurpose]
    subscriber = make_subscriber(Choice(query=f"gas {texts[0]}"))
    make_live(title=f"Gas {texts[0]}", summary=" ".join(texts))

    message = read_last()

    assert texts[0] in text_of(message) and texts[1] in text_of(message)
    for purpose in TokenPurpose:
        links = text_of(message).count(make_token(purpose, subscriber.uid))
        assert links == (purpose in (TokenPurpose.MANAGE, TokenPurpose.LEAVE))


def ask(subscriber: Subscriber) -> AlertMail:
    """Queue the mail that follows the form."""
    now = timezone.now()
    return subscriber.mails.create(purpose=AlertMailPurpose.CONFIRM, period_end=now, next_attempt_at=now)


def test_who_signs_up_again_for_what_they_get_is_mailed_the_link_to_change_it():
    subscriber = make_subscriber(Choice({"kind": "report"}))
    message = parse(ask(subscriber))

    text = text_of(message)
    assert message["Subject"] == "Your alerts, and the link to change them" and "Report" in text
    assert (
        link_of(TokenPurpose.MANAGE, subscriber) in text and link_of(TokenPurpose.LEAVE, subscriber) in text
    )
    assert link_of(TokenPurpose.CONFIRM, subscriber) not in text
    assert message["List-Unsubscribe"] is None


def test_a_confirmation_has_a_link_and_is_no_mail_of_a_list():
    subscription = make_unconfirmed(Choice({"kind": "report"}))
    subscriber = subscription.subscriber
    mail = ask(subscriber)

    message = parse(mail)

    link = link_of(TokenPurpose.CONFIRM, subscriber)
    assert link in text_of(message) and link in html_of(message) and "Report" in text_of(message)
    assert message["List-Unsubscribe"] is None and message["Auto-Submitted"] == "auto-generated"
    subscription.confirmed_at = timezone.now()
    subscription.save()
    assert parse(mail) is None


@pytest.mark.parametrize(("locale", "words"), [("en", "once a day"), ("sv", "en gång om dagen")])
@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_mail_and_the_page_say_how_often_mails_will_come(client, locale, words, is_confirmed):
    row = make_unconfirmed(Choice({"kind": "report"}), locale=locale)
    row.timing, row.confirmed_at = Timing.DAILY, timezone.now() - timedelta(days=1) if is_confirmed else None
    row.save()

    message = parse(ask(row.subscriber))
    page = client.get(link_of(TokenPurpose.CONFIRM, row.subscriber))

    for text in (text_of(message), html_of(message)):
        assert f"({words})" in text
    assert words in page.text.lower() and (is_confirmed or "07:00" in page.text or "7 a.m." in page.text)


@pytest.mark.parametrize(
    ("locale", "untrue", "twice"),
    [("en", "you get nothing", "already: Change"), ("sv", "du får inget", "oss: Ändra")],
)
def test_who_has_alerts_reads_nothing_untrue_in_the_mail_to_confirm_more(locale, untrue, twice):
    reader = make_subscriber(locale=locale)
    reader.subscriptions.create(condition=Choice({"kind": "report"}).store())

    message = parse(ask(reader))

    for text in (text_of(message), html_of(message)):
        assert untrue not in text and twice not in " ".join(text.split())


@pytest.mark.parametrize(
    ("locale", "button", "hours"),
    [
        ("en", "A page opens with a button to confirm.", "hours"),
        ("sv", "En sida öppnas med en knapp för att bekräfta.", "timmar"),
    ],
)
def test_a_confirmation_announces_the_button_and_counts_hours_as_its_page(client, locale, button, hours):
    subscriber = make_unconfirmed(Choice({"kind": "report"}), locale=locale).subscriber
    period = f"{CONFIRMATION_PERIOD // timedelta(hours=1)} {hours}"
    message = parse(ask(subscriber))

    for text in (text_of(message), html_of(message)):
        assert button in text and period in text
    assert period in client.get(urlsplit(link_of(TokenPurpose.CONFIRM, subscriber)).path).text
