"""Texts that end after mails about them, and who reads of it."""

from datetime import timedelta

from publications import actions
from publications.models import Edition, Publication
from subscriptions.audience import count_readers_of_mistake, count_readers_of_withdrawal
from subscriptions.conditions import Choice
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscriber, Timing
from subscriptions.retention import MAIL_DAYS, delete_old_mails
from tests.factories import make_live

from .factories import make_subscriber
from .mail_texts import text_of_mail

TITLE, NOTE = "zzqtitle", "zzqnote"
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)


def make_readers(*choices: Choice, **fields) -> list[Subscriber]:
    return [make_subscriber(*choices, timing=timing, **fields) for timing in Timing]


def publish() -> Publication:
    return make_live(title=TITLE).publication


def withdraw(publication: Publication) -> None:
    actions.withdraw(publication, by=None, note=NOTE)


def undo(publication: Publication) -> None:
    actions.undo(publication, by=None)


def count_withdrawal(edition: Edition) -> dict[Timing, int]:
    return count_readers_of_withdrawal(edition).counts


def count_mistake(edition: Edition) -> dict[Timing, int]:
    return count_readers_of_mistake(edition).counts


COUNTS = {withdraw: count_withdrawal, undo: count_mistake}


def deliver(mail: AlertMail, writer: MailWriter | None = None) -> str:
    """Write a mail, and mark it as sent, or delete it if it has nothing to say; return what it says."""
    message = (writer or MailWriter()).build(mail)
    if message:
        mail.mark_sent()
    else:
        mail.delete()
    return text_of_mail(message)


def send() -> dict[int, str]:
    """Send what is due, and return what each subscriber reads."""
    expand_alerts()
    writer, texts = MailWriter(), {}
    for mail in AlertMail.objects.due().select_related("subscriber"):
        if text := deliver(mail, writer):
            texts[mail.subscriber_id] = texts.get(mail.subscriber_id, "") + text
    return texts


def send_for_days(clock, days: int = 8) -> set[int]:
    """Send what is due now and each morning; return who reads that the text is withdrawn."""
    informed = set()
    for _day in range(days):
        informed |= {reader for reader, text in send().items() if "Withdrawn" in text and TITLE in text}
        clock.shift(A_DAY)
    return informed


def read_titles(clock, days: int = 8) -> set[int]:
    """Send the same; return who reads of the text at all."""
    informed = set()
    for _day in range(days):
        informed |= {reader for reader, text in send().items() if TITLE in text or NOTE in text}
        clock.shift(A_DAY)
    return informed


def delete_log(clock) -> None:
    clock.shift(timedelta(days=MAIL_DAYS))
    queue_digests()
    delete_old_mails()
    assert not AlertMail.objects.exists()
