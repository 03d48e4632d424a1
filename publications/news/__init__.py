"""News for staff, as the desk lists it and as mail: events in words, the outbox filled with them and sent."""

from .descriptions import NewsText, describe_news
from .expansion import DIGEST_TIME, expand_events, next_digest_time
from .mails import build_mail, stop_mails, stop_token
from .sender import SendResult, send_due, sender_lock

__all__ = [
    "DIGEST_TIME",
    "NewsText",
    "SendResult",
    "build_mail",
    "describe_news",
    "expand_events",
    "next_digest_time",
    "send_due",
    "sender_lock",
    "stop_mails",
    "stop_token",
]
