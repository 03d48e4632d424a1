"""What a provider of mail reports of mails to subscribers: bounces, complaints, deliveries.

Anymail checks the request and reads what each provider sends; it is imported only where a provider is set. An address
is found by its digest, and neither stored nor logged.
"""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from anymail import urls
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from publications.news import POLICY_STATUS, Failure

from .bounces import end_bouncing, record_failure
from .locks import BUSY_SECONDS, LockWaitTooLong, brief_transaction, lock_subscriber
from .models import Subscriber
from .removal import remove_subscriber

BOUNCES = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED, EventType.DEFERRED)
TYPE_KEYS = ("Type", "SuppressionReason", "type", "event")
"""Where providers say what a bounce is; Anymail makes no difference between those for good and those for now."""
BOUNCE_TYPE = re.compile(r"(hard|permanent)|soft|transient|temporary", re.IGNORECASE)
PERMANENT_STATUS = re.compile(r"(?<![\d.])5(?:\d\d[ -]|\.\d{1,3}\.\d{1,3}(?![\d.]))")
"""The replies 5yz of RFC 5321, section 4.2.1, and 5.y.z of RFC 3463."""
CHALLENGE = 'Basic realm="reports of mails"'
logger = logging.getLogger(__name__)


def build_webhook(provider: str) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view that takes the reports of a provider, by the secret in `ANYMAIL` alone.

    A report that cannot be read is answered with 500, and logged without its content; one about a reader to whom a mail
    is being sent with 503. Both come again.

    Args:
        provider: one of `MAIL_EVENTS_PROVIDERS` in `sceeus.service_urls`.
    """
    name = f"{provider}_tracking_webhook"
    [take_events] = [pattern.callback for pattern in urls.urlpatterns if pattern.name == name]

    @csrf_exempt
    def mail_events_webhook(request: HttpRequest) -> HttpResponse:
        if not _has_secret(request):
            return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": CHALLENGE})
        try:
            return take_events(request)
        except (SuspiciousOperation, DatabaseError):
            raise
        except LockWaitTooLong:
            headers = {"Retry-After": str(BUSY_SECONDS)}
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
        except Exception as error:  # its message may be the report, with the address
            logger.error("A report of %s could not be read: %s.", provider, type(error).__name__)
            return HttpResponse(status=HTTPStatus.INTERNAL_SERVER_ERROR)

    return mail_events_webhook


def _has_secret(request: HttpRequest) -> bool:
    """Anymail checks it too, but for some providers after it has read what was sent."""
    return constant_time_compare(get_request_basic_auth(request) or "", settings.ANYMAIL["WEBHOOK_SECRET"])


@brief_transaction()
def record_event(event: AnymailTrackingEvent, **_signal) -> None:
    """Store what a report says about the address of a subscriber. Receiver of Anymail's signal `tracking`.

    A complaint counts as leaving, as does an unsubscription at the provider. What was sent before the reader last
    confirmed the address is out of date.

    Raises:
        LockWaitTooLong: a mail to the reader is being sent.
    """
    address = event.recipient or ""
    addressed = Subscriber.objects.with_address(address) | Subscriber.objects.with_address(
        _decode_host(address)
    )
    subscriber = _lock_first(addressed)
    if not subscriber or _is_outdated(event, subscriber):
        return
    if _is_leaving(event):
        remove_subscriber(subscriber)
    elif event.event_type == EventType.DELIVERED:
        end_bouncing(subscriber)
    elif event.event_type in BOUNCES and (failure := _find_failure(event)) != Failure.NOT_ACCEPTED:
        record_failure(subscriber, failure)


def _lock_first(addressed: QuerySet[Subscriber]) -> Subscriber | None:
    found = addressed.first()
    with suppress(Subscriber.DoesNotExist):  # the reader leaves
        return lock_subscriber(found.pk) if found else None
    return None


def _decode_host(address: str) -> str:
    """Return an address as its reader writes it: mails are sent to a host like xn--rksmrgs-5wao1o.example."""
    name, mark, host = address.rpartition("@")
    try:
        return f"{name}{mark}{host.encode('ascii').decode('idna')}"
    except UnicodeError:
        return address


def _is_outdated(event: AnymailTrackingEvent, subscriber: Subscriber) -> bool:
    at = event.timestamp
    return bool(at and at.tzinfo and subscriber.subscriptions.filter(confirmed_at__gt=at).exists())


def _is_leaving(event: AnymailTrackingEvent) -> bool:
    """Postmark also reports as a complaint what a mail server takes for spam: that refuses the site, not the reader."""
    is_of_server = "SpamNotification" in _list_types(event)
    return event.event_type in (EventType.COMPLAINED, EventType.UNSUBSCRIBED) and not is_of_server


def _find_failure(event: AnymailTrackingEvent) -> Failure:
    """Return why a mail came back: its address is refused for good only where that is said."""
    reply = f"{event.mta_response or ''} {event.description or ''}"
    is_blocked = event.reject_reason in (RejectReason.BLOCKED, RejectReason.SPAM)
    if is_blocked or POLICY_STATUS.search(reply):
        return Failure.NOT_ACCEPTED
    if event.event_type == EventType.DEFERRED:
        return Failure.BOUNCED
    if event.reject_reason == RejectReason.INVALID:
        return Failure.REJECTED
    bounce_type = BOUNCE_TYPE.search(" ".join([*_list_types(event), event.description or ""]))
    is_permanent = bounce_type[1] if bounce_type else PERMANENT_STATUS.search(reply)
    return Failure.REJECTED if is_permanent else Failure.BOUNCED


def _list_types(event: AnymailTrackingEvent) -> list[str]:
    report = event.esp_event or {}
    types = [str(report[key]) for key in TYPE_KEYS if report.get(key)]
    return [*types, "hard"] if report.get("hard_bounce") else types  # as Mailjet says it


tracking.connect(record_event)
