"""Write the mails to subscribers: one that asks to confirm, one of an event, one of a day or a week.

A mail is written from the rows as they are when it is sent. What it says is the same for all who chose the same, and is
written once while nothing public changes: `SiteState` says until when. Links that are of one subscriber are
placeholders until then.

List-Unsubscribe and its POST follow RFC 8058, List-Id RFC 2919. `Auto-Submitted` (RFC 3834) keeps programs from
answering; `Precedence` does the same for those that are older than the RFC.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications.locales import absolute_url
from publications.models import Edition, SiteState, SiteVersion, read_site_state, site_settings
from publications.models.prepared_queries import INTEGER, PreparedQuery
from publications.news import sender_address

from .entries import Entry, describe_events, describe_many, remove_line_ends
from .expansion import ENDINGS, PERIODS, list_events
from .labels import describe_condition
from .messages import MessageTemplate
from .models import (
    AlertEvent,
    AlertMail,
    AlertMailPurpose,
    AlertType,
    Condition,
    EventMatch,
    Subscription,
    Timing,
)
from .tokens import TOKEN_LENGTH, TokenPurpose, make_token

PLACEHOLDERS = {purpose: f"token-to-{purpose}".ljust(TOKEN_LENGTH, "_") for purpose in TokenPurpose}
"""What stands for a token in a text that is written for many."""
MAX_ENTRIES = 15
"""Events in a mail."""
MAX_BYTES = 95_000
"""Of both parts of a mail: mail programs cut one of more than 100 kB, and the link to leave with it."""
TEXT_LIMITS = (None, 600, 300, 150)
"""Characters of a summary or note: the first limit by which a mail is small enough is that of all its texts."""
MAX_TEMPLATES = 200
TIMING_OF = {
    AlertMailPurpose.ALERT: Timing.AT_ONCE,
    **{period.purpose: timing for timing, period in PERIODS.items()},
}


def _chosen(*, subscriber: Any, timing: Any) -> QuerySet:
    chosen = Subscription.objects.confirmed().filter(subscriber=subscriber, timing=timing)
    return chosen.values_list("condition")


_chosen_conditions = PreparedQuery(_chosen, subscriber=INTEGER)
_version = PreparedQuery(lambda: SiteVersion.objects.values_list("number"))


class MailWriter:
    """Writes mails, and keeps what it has written for other subscribers until something public changes."""

    def __init__(self) -> None:
        self._state: SiteState | None = None
        self._cached: dict[Hashable, object] = {}
        self._inliner = CSSInliner(
            keep_at_rules=True, load_remote_stylesheets=False, extra_css=_read_style_sheet()
        )

    def build(self, mail: AlertMail) -> EmailMessage | None:
        """Return the mail as it is now, None if its subscriber has nothing left to read in it.

        Raises:
            ValueError: the address cannot be decrypted; the error does not contain it.
        """
        self._forget_what_has_changed()
        subscriber = mail.subscriber
        template = self._find_template(mail)
        if not template:
            return None
        address = subscriber.address
        if not address:
            raise ValueError("The address cannot be decrypted: SECRET_KEY is not the one of then.")
        tokens = {text: make_token(purpose, subscriber.uid) for purpose, text in PLACEHOLDERS.items()}
        return template.copy_for(address, message_id=mail.message_id, placeholders=tokens)

    def _forget_what_has_changed(self) -> None:
        [version] = _version.flat_list()
        state = self._state
        if (
            not state
            or state.site_version != version
            or not state.is_valid_at(timezone.now().timestamp())
            or len(self._cached) > MAX_TEMPLATES
        ):
            self._state, self._cached = read_site_state(), {}

    def _cache[T](self, key: Hashable, compute: Callable[[], T]) -> T:
        if key not in self._cached:
            self._cached[key] = compute()
        return self._cached[key]  # type: ignore[return-value]

    def _find_template(self, mail: AlertMail) -> MessageTemplate | None:
        if mail.purpose == AlertMailPurpose.CONFIRM:
            return self._write_confirmation(mail)
        subscriber = mail.subscriber
        is_paused = subscriber.paused_until and subscriber.paused_until > timezone.now()
        if is_paused or subscriber.failed_at:
            return None
        timing = TIMING_OF[AlertMailPurpose(mail.purpose)]
        conditions = set(_chosen_conditions.flat_list(subscriber=subscriber.pk, timing=timing))
        what = (mail.purpose, mail.event_id, mail.period_end)
        matches = self._cache(("matches", *what), lambda: _find_matches(mail))
        reasons = frozenset(conditions & matches.keys())
        key = (*what, subscriber.locale, reasons)
        return self._cache(key, lambda: self._write_list_mail(mail, reasons, matches))

    def _write_list_mail(
        self, mail: AlertMail, reasons: frozenset[int], matches: Mapping[int, set[int]]
    ) -> MessageTemplate | None:
        events = set().union(*(matches[pk] for pk in reasons))
        locale = mail.subscriber.locale
        with override(locale):
            if mail.purpose == AlertMailPurpose.ALERT:
                entries = describe_events(_find_event(mail, reasons))
            else:
                entries = describe_events(_find_period_events(mail, events, reasons), is_short=True)
            if not entries:
                return None
            more = max(0, len(entries) - MAX_ENTRIES)
            entries = entries[:MAX_ENTRIES]
            return self.write_entries(
                entries, locale, heading=_heading(mail), more=more, reasons=describe_conditions(reasons)
            )

    def write_entries(
        self, entries: list[Entry], locale: str, *, reasons: list[str], heading: str = "", more: int = 0
    ) -> MessageTemplate:
        """Return the mail of some events in a locale, which is the current one.

        Args:
            reasons: what its subscriber has chosen, in words.
            more: how many events are left out.
        """
        context = {
            "heading": heading,
            "more": more,
            "all_url": absolute_url(reverse("publications:list")),
            "reasons": reasons,
        }
        subject = describe_many(entries, more)
        for limit in TEXT_LIMITS:
            context["entries"] = [entry.shorten(limit) for entry in entries]
            template = self._write(subject, "alert", context, locale, is_list=True)
            if template.size <= MAX_BYTES:
                break
        return template

    def _write_confirmation(self, mail: AlertMail) -> MessageTemplate | None:
        subscriber = mail.subscriber
        waiting = Subscription.objects.filter(subscriber=subscriber.pk, confirmed_at=None)
        waiting = waiting.exclude(pk__in=Subscription.objects.outdated())
        conditions = set(waiting.values_list("condition", flat=True))
        if not conditions:
            return None
        with override(subscriber.locale):
            context = {
                "confirm_url": _link(TokenPurpose.CONFIRM),
                "reasons": describe_conditions(conditions),
            }
            subject = _("Confirm that you want mails from %(site)s") % {"site": site_settings().short_name}
            return self._write(subject, "confirm", context, subscriber.locale, is_list=False)

    def _write(
        self, subject: str, name: str, context: dict, locale: str, *, is_list: bool
    ) -> MessageTemplate:
        """Return the mail of two templates with the same context."""
        subject = remove_line_ends(subject)
        context = {
            "subject": subject,
            "locale": locale,
            "site": site_settings(),
            "site_url": absolute_url(reverse("publications:home")),
            "manage_url": _link(TokenPurpose.MANAGE),
            "leave_url": _link(TokenPurpose.LEAVE),
            **context,
        }
        text = render_to_string(f"subscriptions/mail/{name}.txt", context)
        html = render_to_string(f"subscriptions/mail/{name}.html", context)
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": locale}
        text = "\n".join(text.strip().splitlines()) + "\n"
        html = "\n".join(filter(None, map(str.strip, self._inliner.inline(html).splitlines()))) + "\n"
        return MessageTemplate(
            subject, text, html, sender_address(), headers, _list_headers() if is_list else {}
        )


def _read_style_sheet() -> str:
    return Path(finders.find("css/mail.css")).read_text(encoding="utf-8")


def _link(purpose: TokenPurpose) -> str:
    return absolute_url(reverse(f"subscriptions:{purpose}", args=[PLACEHOLDERS[purpose]]))


def _list_headers() -> dict[str, str]:
    """Return the headers by which mail programs know the list, and leave it with one POST."""
    return {
        "List-Id": f"<alerts.{urlsplit(settings.SITE_URL).hostname}>",
        "List-Unsubscribe": f"<{_link(TokenPurpose.LEAVE)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Precedence": "bulk",
    }


def _heading(mail: AlertMail) -> str:
    if mail.purpose == AlertMailPurpose.ALERT:
        return ""
    day = date_format(timezone.localtime(mail.period_end), "DATE_FORMAT")
    is_daily = mail.purpose == AlertMailPurpose.DAILY
    return (_("Daily alerts, %(day)s") if is_daily else _("Weekly alerts, %(day)s")) % {"day": day}


def describe_conditions(pks: Iterable[int]) -> list[str]:
    """Return what conditions are called, in the current language, in the order of the alphabet."""
    return sorted(describe_condition(condition) for condition in Condition.objects.filter(pk__in=pks))


def _find_matches(mail: AlertMail) -> dict[int, set[int]]:
    """Return the conditions that the events of a mail have fulfilled, each with these events."""
    matches = EventMatch.objects.all()
    if mail.event_id:
        matches = matches.filter(event=mail.event_id)
    else:
        matches = matches.filter(event__in=list_events(AlertMailPurpose(mail.purpose), mail.period_end))
    found: dict[int, set[int]] = {}
    for condition, event in matches.values_list("condition", "event"):
        found.setdefault(condition, set()).add(event)
    return found


def _events() -> QuerySet[AlertEvent]:
    return AlertEvent.objects.select_related("edition").order_by("happens_at", "site_version")


def _find_event(mail: AlertMail, reasons: frozenset[int]) -> Iterable[AlertEvent]:
    """Return the event of a mail, unless its subscriber no longer chooses it.

    What was taken back is said to whoever was mailed about it, for whatever reason.
    """
    events = _events().filter(pk=mail.event_id)
    return events if reasons else events.filter(type=AlertType.TAKEN_BACK)


def _find_period_events(mail: AlertMail, pks: set[int], reasons: frozenset[int]) -> list[AlertEvent]:
    """Return the events of a day or week that a subscriber has chosen, and whose texts their language shows.

    What was taken back is in it only if the mail of an earlier period may have had it.
    """
    locale = mail.subscriber.locale
    followed = set(Condition.objects.filter(pk__in=reasons).values_list("publication", flat=True))
    events = list(_events().filter(pk__in=pks))
    earlier = _find_earlier(mail, events)
    publications = {event.edition.publication_id for event in events}
    shown = Edition.objects.live().for_locale(locale).filter(publication__in=publications)
    shown = followed | set(shown.values_list("publication", flat=True))

    def is_included(event: AlertEvent) -> bool:
        if event.type == AlertType.TAKEN_BACK:
            return event.edition_id in earlier
        return event.type in ENDINGS or event.edition.publication_id in shown

    return [event for event in events if is_included(event)]


def _find_earlier(mail: AlertMail, events: list[AlertEvent]) -> set[int]:
    """Return the editions among those taken back that an event before the period was of."""
    taken_back = {event.edition_id for event in events if event.type == AlertType.TAKEN_BACK}
    within = list_events(AlertMailPurpose(mail.purpose), mail.period_end)
    others = AlertEvent.objects.filter(edition__in=taken_back, matched_at__isnull=False)
    return set(others.exclude(pk__in=within).values_list("edition", flat=True))
