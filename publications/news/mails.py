"""Write the mails of the outbox in the language of the recipient, from the rows as they are.

RFC 8058 describes `List-Unsubscribe` by one POST without sign-in. The address for that is signed and allows nothing but
fewer mails.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext, override

from publications.locales import absolute_url
from publications.models import (
    MailPurpose,
    MailTiming,
    NewsEvent,
    NewsType,
    OutboxMail,
    UserSettings,
)

from .account_mails import ACCOUNT_MAILS, build_account_mail
from .descriptions import NewsText, describe_news
from .staff_mail import write_mail
from .warning_mails import build_warning_mail

STOP_SALT = "news.stop"


def build_mail(mail: OutboxMail) -> EmailMessage | None:
    """Return the mail of a row of the outbox, or None if there is nothing left that its recipient is to be mailed."""
    if mail.purpose in ACCOUNT_MAILS:
        return build_account_mail(mail)
    if mail.purpose == MailPurpose.OPERATIONS:
        return build_warning_mail(mail)
    user = mail.user
    if not (user and user.is_active and user.is_staff and user.email):
        return None
    mail.recipient = user.email
    choices = UserSettings.of(user)
    events = [
        event
        for event in mail.events.visible_to(user).with_rows().order_by("happens_at", "pk")
        if choices.timing(NewsType(event.type)) != MailTiming.NEVER
    ]
    if not events:
        return None
    with override(choices.mail_language):
        return _write(mail, events, choices.mail_language)


def _write(mail: OutboxMail, events: list[NewsEvent], language: str) -> EmailMessage:
    texts = [describe_news(event, mail.user) for event in events]
    is_digest = mail.purpose == MailPurpose.DIGEST
    stop_url = absolute_url(
        reverse(
            "desk:news-stop", args=[stop_token(mail.user, MailTiming.DAILY if is_digest else events[0].type)]
        )
    )
    context = {
        "texts": texts,
        "choices_url": absolute_url(reverse("desk:news-choices")),
        "stop_url": stop_url,
    }
    headers = {
        "List-Unsubscribe": f"<{stop_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if not is_digest and events[0].publication_id:
        headers["References"] = (
            f"<publication-{events[0].publication_id}@{urlsplit(settings.SITE_URL).hostname}>"
        )
    subject = _digest_subject(texts) if is_digest else texts[0].subject
    return write_mail(mail, subject, "news", context, language=language, headers=headers)


def _digest_subject(texts: list[NewsText]) -> str:
    subject = ngettext(
        "News of %(day)s: %(first)s", "News of %(day)s: %(first)s, and %(more)d more", len(texts)
    )
    return subject % {
        "more": len(texts) - 1,
        "day": date_format(timezone.localdate(), "DATE_FORMAT"),
        "first": texts[0].subject,
    }


def stop_token(user, mails: NewsType | MailTiming) -> str:
    """Return the signed part of the address that ends mails of a type, or all that are daily."""
    return signing.dumps([user.pk, mails], salt=STOP_SALT)


def stop_mails(token: str, *, is_confirmed: bool) -> list[NewsType] | None:
    """Return the types of news that an address is about, none where they are stopped; None for an invalid address.

    Args:
        is_confirmed: stop these mails; otherwise nothing changes.
    """
    try:
        pk, name = signing.loads(token, salt=STOP_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = get_user_model().objects.filter(pk=pk).first()
    if not user:
        return None
    choices = UserSettings.of(user)
    timing = {news_type: choices.timing(news_type) for news_type in NewsType}
    stopped = [
        news_type
        for news_type in NewsType
        if news_type == name or (name == MailTiming.DAILY and timing[news_type] == MailTiming.DAILY)
    ]
    stopped = [news_type for news_type in stopped if timing[news_type] != MailTiming.NEVER]
    if is_confirmed and stopped:
        choices.store(timings={**choices.timings, **dict.fromkeys(stopped, MailTiming.NEVER)})
    return stopped
