"""News for staff, mails about accounts and warnings: events in words, the outbox filled with mails and sent."""

from .account_mails import link_url, queue_address_notice, queue_link
from .account_notices import describe_factors, is_notice, queue_notice
from .descriptions import NewsText, describe_news
from .expansion import DIGEST_TIME, MAX_EVENT_AGE, expand_events, next_digest_time
from .mails import build_mail, stop_mails, stop_token
from .sender import POLICY_STATUS, Failure, MailQueue, SendResult, send_due, sender_lock
from .staff_mail import remove_line_ends, sender_address
from .staff_queue import StaffQueue
from .warning_mails import queue_warnings

__all__ = [
    "DIGEST_TIME",
    "MAX_EVENT_AGE",
    "POLICY_STATUS",
    "Failure",
    "MailQueue",
    "NewsText",
    "SendResult",
    "StaffQueue",
    "build_mail",
    "describe_factors",
    "describe_news",
    "expand_events",
    "is_notice",
    "link_url",
    "next_digest_time",
    "queue_address_notice",
    "queue_link",
    "queue_notice",
    "queue_warnings",
    "remove_line_ends",
    "send_due",
    "sender_address",
    "sender_lock",
    "stop_mails",
    "stop_token",
]
