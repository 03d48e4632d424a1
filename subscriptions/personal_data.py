"""All that is stored about a reader, as they take it along: GDPR, articles 15 and 20.

Codes are those of the database, which programs compare; what each is called stands beside it, in the current language.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.locales import LANGUAGE_NAMES
from publications.models import Publication

from .labels import describe_choice, describe_condition
from .models import AlertMail, Subscriber, Subscription, SuppressedAddress, Timing
from .retention import MAIL_DAYS, NAMED_DAYS


def describe_subscriber(subscriber: Subscriber) -> dict[str, object]:
    """Return all that is stored about a reader, with a sentence on each entry of the first level (`about`)."""
    entries = {
        "site": (settings.SITE_URL, _("The site that sends the emails.")),
        "address": (subscriber.address, _("Where they go.")),
        "language": (
            _code(subscriber.locale, LANGUAGE_NAMES[subscriber.locale]),
            _("The language of the emails."),
        ),
        "paused_until": (
            _local(subscriber.paused_until),
            _("No email is sent before then; null without a pause."),
        ),
        "bouncing_since": (
            _local(subscriber.bouncing_since),
            _("Since when emails have come back from the address; null if they arrive."),
        ),
        "has_retries": (
            subscriber.has_retries,
            _("Whether the last email could not be sent so far, and is tried again."),
        ),
        "failed_at": (
            _local(subscriber.failed_at),
            _("When the address was refused for good; null if it was not."),
        ),
        "refuses_sign_ups": (
            SuppressedAddress.objects.refusals(subscriber.address).exists(),
            _("Whether you have chosen that the form sends no email to the address."),
        ),
        "subscriptions": (_list_subscriptions(subscriber), _("Your alerts, as you have chosen them.")),
        "mails": (
            _list_mails(subscriber),
            _("The emails of the last %(days)d days, sent or about to be sent.") % {"days": MAIL_DAYS},
        ),
        "mailed_events": (
            _list_mailed_events(subscriber),
            _("What emails have named in the last %(days)s days: you are told if it is withdrawn.")
            % {"days": NAMED_DAYS},
        ),
    }
    about = {name: sentence for name, (_value, sentence) in entries.items()}
    return {"about": about, **{name: value for name, (value, _sentence) in entries.items()}}


def _list_subscriptions(subscriber: Subscriber) -> list[dict[str, object]]:
    rows = subscriber.subscriptions.select_related("condition").order_by("pk")
    return [_describe_subscription(row) for row in rows]


def _describe_subscription(subscription: Subscription) -> dict[str, object]:
    condition = subscription.condition
    uid = Publication.objects.filter(pk=condition.publication_id).values_list("uid", flat=True).first()
    return {
        "label": describe_condition(condition),
        "filters": [
            {"facet": name, "value": value, "label": describe_choice(name, value)}
            for name, value in condition.filters.items()
        ],
        "search": condition.query,
        "publication": uid,
        "timing": _label_of(subscription, "timing"),
        "earlier_timings": [
            {"timing": _code(timing, Timing(timing).label), "until": _local(until)}
            for timing, until in subscription.earlier_timings.order_by("until").values_list("timing", "until")
        ],
        "requested_at": _local(subscription.requested_at),
        "confirmed_at": _local(subscription.confirmed_at),
        "consent": _label_of(subscription, "consent_source"),
        "consent_note": subscription.consent_note,
    }


def _list_mails(subscriber: Subscriber) -> list[dict[str, object]]:
    return [_describe_mail(mail) for mail in subscriber.mails.order_by("pk")]


def _describe_mail(mail: AlertMail) -> dict[str, object]:
    return {
        "purpose": _label_of(mail, "purpose"),
        "due_at": _local(mail.next_attempt_at),
        "sent_at": _local(mail.sent_at),
    }


def _list_mailed_events(subscriber: Subscriber) -> list[dict[str, object]]:
    rows = subscriber.mailed_events.select_related("event__edition__publication")
    return [
        {
            "publication": row.event.edition.publication.uid,
            "title": row.event.edition.title,
            "type": _label_of(row.event, "type"),
            "happened_at": _local(row.event.happens_at),
            "purpose": _label_of(row, "purpose"),
        }
        for row in rows.order_by("event__happens_at", "event")
    ]


def _label_of(row: Model, field: str) -> dict[str, str]:
    """Return the code in a field that has choices, and what it is called."""
    return _code(getattr(row, field), getattr(row, f"get_{field}_display")())


def _code(code: str, label: str) -> dict[str, str]:
    return {"code": str(code), "label": str(label)}


def _local(moment: datetime | None) -> datetime | None:
    """Return a moment in the time of the site, so that midnight is seen to be one."""
    return moment and timezone.localtime(moment)
