"""Mails to subscribers, and what they say, as a mail program reads it."""

from email import message_from_bytes
from email.message import EmailMessage as ParsedMessage
from email.policy import default

from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import override

from subscriptions.expansion import expand_alerts
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, Subscriber
from subscriptions.tokens import TokenPurpose, make_token


def find_last() -> AlertMail:
    expand_alerts()
    return AlertMail.objects.select_related("subscriber").latest("pk")


def parse(mail: AlertMail, writer: MailWriter | None = None) -> ParsedMessage | None:
    """Return a mail as a mail program reads it."""
    message = (writer or MailWriter()).build(mail)
    return message and message_from_bytes(message.message().as_bytes(), policy=default)


def read_last(writer: MailWriter | None = None) -> ParsedMessage | None:
    return parse(find_last(), writer)


def text_of(message: ParsedMessage) -> str:
    return message.get_body(["plain"]).get_content().replace("\r\n", "\n")


def html_of(message: ParsedMessage) -> str:
    return message.get_body(["html"]).get_content()


def link_of(purpose: TokenPurpose, subscriber: Subscriber) -> str:
    with override(subscriber.locale):
        path = reverse(f"subscriptions:{purpose}", args=[make_token(purpose, subscriber.uid)])
    return f"http://testserver.example{path}"


def text_of_mail(message: EmailMessage | None) -> str:
    """Return the headers and all texts of a mail, "" for none."""
    if not message:
        return ""
    parsed = message_from_bytes(message.message().as_bytes(), policy=default)
    headers = [f"{name}: {value}" for name, value in parsed.items()]
    return "\n".join([*headers, *(part.get_content() for part in parsed.iter_parts())])
