"""Readers who get mails, what they subscribe to, and the mails that inform them."""

from .alerts import (
    ALERT_RETRY_DELAYS,
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertState,
    AlertType,
    EventMatch,
    MailedEvent,
)
from .removed_mails import RemovedKey, RemovedMails, RemovedNumbers
from .subscribers import (
    CONFIRMATION_HOURS,
    CONFIRMATION_PERIOD,
    MAX_QUERY_CHARACTERS,
    Condition,
    ConsentSource,
    EarlierTiming,
    SignUpAttempt,
    Subscriber,
    Subscription,
    SuppressedAddress,
    Timing,
    has_paused,
)

__all__ = [
    "ALERT_RETRY_DELAYS",
    "CONFIRMATION_HOURS",
    "CONFIRMATION_PERIOD",
    "MAX_QUERY_CHARACTERS",
    "AlertEvent",
    "AlertMail",
    "AlertMailPurpose",
    "AlertState",
    "AlertType",
    "Condition",
    "ConsentSource",
    "EarlierTiming",
    "EventMatch",
    "MailedEvent",
    "RemovedKey",
    "RemovedMails",
    "RemovedNumbers",
    "SignUpAttempt",
    "Subscriber",
    "Subscription",
    "SuppressedAddress",
    "Timing",
    "has_paused",
]
