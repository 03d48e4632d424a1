"""Write the mails to subscribers: one that asks to confirm, one of an event, one of a day or a week.

A mail is written from the rows as they are when it is sent. What it says is the same for all who chose the same, and is
written once while nothing public changes: `SiteState` says until when. Links that are of one subscriber are
placeholders until then.

List-Unsubscribe and its POST follow RFC 8058, List-Id RFC 2919. `Auto-Submitted` (RFC 3834) keeps programs from
answering; `Precedence` does the same for those that are older than the RFC.
"""

from collections.abc import Hashable
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from css_inline import CSSInliner
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications.locales import absolute_url
from publications.models import (
    SiteState,
    SiteVersion,
    cached_for_version,
    read_site_state,
    site_settings,
    site_state_scope,
)
from publications.models.prepared_queries import PreparedQuery
from publications.news import remove_line_ends, sender_address

from .entries import MailEntry, describe_many, preview_many
from .labels import NO_BREAK_SPACE, SEPARATOR, describe_chosen
from .mail_content import MailContent, content_key
from .mail_parts import (
    PLACEHOLDERS,
    PLACES,
    MailPart,
    fill_in,
    remove_placeholders,
    render_entry,
    render_part,
    render_reason,
)
from .messages import MessageTemplate
from .models import (
    AlertMail,
    AlertMailPurpose,
    SuppressedAddress,
)
from .signup import NAMED_UNTIL, list_unconfirmed
from .tokens import TokenPurpose, make_token

MAX_ENTRIES = 15
"""Events in a mail."""
MAX_BYTES = 95_000
"""Of both parts of a mail: mail programs cut one of more than 100 kB, and the link to leave with it."""
TEXT_LIMITS = (None, 600, 300, 150)
"""Characters of a summary or note: the first limit by which a mail is small enough is that of all its texts."""
MAX_TEMPLATES, MAX_CONTENTS = 200, 50

_version = PreparedQuery(lambda: SiteVersion.objects.values_list("number"))


class UnreadableAddress(ValueError):
    """The address of a subscriber cannot be decrypted with any key. The log at the desk knows it by its name."""


class MailWriter:
    """Writes mails, and keeps what it has written for other subscribers until something public changes."""

    def __init__(self) -> None:
        self._state: SiteState | None = None
        self._contents: dict[Hashable, MailContent] = {}
        self._templates: dict[Hashable, tuple[MessageTemplate | None, list[int]]] = {}
        self._inliner = CSSInliner(
            keep_at_rules=True, load_remote_stylesheets=False, extra_css=_read_style_sheet()
        )

    def build(self, mail: AlertMail) -> EmailMessage | None:
        """Return the mail as it is now, None if its subscriber has nothing left to read in it.

        Stores in `mail.named_events` what it names. What a long one leaves out is not among it.

        Raises:
            UnreadableAddress: the address cannot be decrypted; the error does not contain it.
        """
        subscriber = mail.subscriber
        address = subscriber.address
        if not address:
            raise UnreadableAddress(
                "Put the former SECRET_KEY into SUBSCRIBER_KEY_FALLBACKS: the address cannot be decrypted."
            )
        with site_state_scope(self._read_state()):
            template = self._find_template(mail)
        if not template:
            return None
        tokens = {text: make_token(purpose, subscriber.uid) for purpose, text in PLACEHOLDERS.items()}
        return template.copy_for(address, message_id=mail.message_id, placeholders=tokens)

    def _read_state(self) -> SiteState:
        """Return the state of the site, and forget what was written in another one."""
        [version] = _version.flat_list()
        state = self._state
        if not state or state.site_version != version or not state.is_valid_at(timezone.now().timestamp()):
            state = self._state = read_site_state()
            self._contents, self._templates = {}, {}
        if len(self._templates) > MAX_TEMPLATES:
            self._templates = {}
        if len(self._contents) > MAX_CONTENTS:
            self._contents = {}
        return state

    def _find_template(self, mail: AlertMail) -> MessageTemplate | None:
        if mail.purpose == AlertMailPurpose.CONFIRM:
            return self._write_confirmation(mail)
        if not mail.subscriber.is_reachable:
            return None
        content = self._find_content(mail)
        selection = content.select(mail)
        key = content_key(mail), selection
        if key not in self._templates:
            entries = content.describe(selection)
            template = self._write_list_mail(mail, entries, content.label(selection)) if entries else None
            self._templates[key] = template, [pk for entry in entries[:MAX_ENTRIES] for pk in entry.events]
        template, mail.named_events = self._templates[key]
        return template

    def _find_content(self, mail: AlertMail) -> MailContent:
        key = content_key(mail)
        if key not in self._contents:
            self._contents[key] = MailContent(mail)
        return self._contents[key]

    def _write_list_mail(
        self, mail: AlertMail, entries: list[MailEntry], reasons: list[str]
    ) -> MessageTemplate:
        more, locale = max(0, len(entries) - MAX_ENTRIES), mail.subscriber.locale
        with override(locale):
            return self.write_entries(
                entries[:MAX_ENTRIES], locale, heading=_heading(mail), more=more, reasons=reasons
            )

    def write_entries(
        self,
        entries: list[MailEntry],
        locale: str,
        *,
        reasons: list[str],
        heading: str = "",
        more: int = 0,
        is_test: bool = False,
    ) -> MessageTemplate:
        """Return the mail of some events in a locale, which is the current one.

        Args:
            reasons: what its subscriber has chosen, in words.
            more: how many events are left out.
            is_test: it is to nobody who could change or end anything.
        """
        subject, has_heading = remove_line_ends(describe_many(entries, more)), bool(heading)
        context = {"heading": heading, "more": more, "is_test": is_test, **PLACES}
        context["reasons"] = reasons and PLACES["reasons"]
        key = "frame of mails", locale, heading, more, is_test, bool(reasons)
        frame = cached_for_version(key, lambda: self._render("alert", context, locale))
        parts = {
            "preview": preview_many(entries, more),
            "reasons": [render_reason(reason) for reason in reasons],
        }
        for limit in TEXT_LIMITS:
            shortened = [entry.shorten(limit) for entry in entries]
            parts["entries"] = [render_entry(entry, locale, has_heading=has_heading) for entry in shortened]
            template = self._write(subject, fill_in(frame, subject=subject, **parts), locale, is_list=True)
            if template.fits(MAX_BYTES):
                break
        return template

    def _write_confirmation(self, mail: AlertMail) -> MessageTemplate | None:
        subscriber = mail.subscriber
        waiting = list(list_unconfirmed(subscriber))
        # Another spelling of the address may have refused since the form was sent.
        if not waiting or SuppressedAddress.objects.refusals(subscriber.address).exists():
            return self._write_overview(mail)
        with override(subscriber.locale):
            reasons = describe_chosen(waiting, with_words=False)
            is_subscribed = subscriber.subscriptions.confirmed().exists()
            context = {
                "confirm_url": f"{_link(TokenPurpose.CONFIRM)}?{NAMED_UNTIL}={waiting[-1].pk}",
                "reasons": reasons,
                "is_subscribed": is_subscribed,
            }
            sender_name = _read_site_context(subscriber.locale)["sender_name"]
            subject = _("Confirm that you want emails from %(site)s") % {"site": sender_name}
            return self._write_to_one(subject, "confirm", context, subscriber.locale)

    def _write_overview(self, mail: AlertMail) -> MessageTemplate | None:
        """Return the mail to who has signed up for what they get already; None if they have confirmed it since."""
        subscriber = mail.subscriber
        confirmed = subscriber.subscriptions.confirmed().select_related("condition")
        if not confirmed or any(row.confirmed_at >= mail.period_end for row in confirmed):
            return None
        with override(subscriber.locale):
            context = {"reasons": describe_chosen(confirmed)}
            subject = _("Your alerts, and the link to change them")
            return self._write_to_one(subject, "subscribed", context, subscriber.locale)

    def _write_to_one(self, subject: str, name: str, context: dict, locale: str) -> MessageTemplate:
        """Return a mail that is of no list."""
        subject = remove_line_ends(subject)
        reasons = [remove_placeholders(reason) for reason in context["reasons"]]
        context = {**context, "subject": subject, "preview": SEPARATOR.join(reasons), "reasons": reasons}
        return self._write(subject, self._render(name, context, locale), locale, is_list=False)

    def _render(self, name: str, context: dict, locale: str) -> MailPart:
        """Return the two forms of a mail in a locale, which is the current one."""
        return render_part(name, {"locale": locale, **_read_site_context(locale), **context})

    def _write(self, subject: str, content: MailPart, locale: str, *, is_list: bool) -> MessageTemplate:
        """Return the mail of both forms of its content."""
        site, (text, html) = _read_site_context(locale), content
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": locale}
        text = "\n".join(text.strip().splitlines()) + "\n"
        html = "\n".join(filter(None, map(str.strip, self._inliner.inline(html).splitlines()))) + "\n"
        own_headers = site["list_headers"] if is_list else {}
        return MessageTemplate(subject, text, html, site["sender"], headers, own_headers)


def _read_style_sheet() -> str:
    return Path(finders.find("css/mail.css")).read_text(encoding="utf-8")


def _link(purpose: TokenPurpose) -> str:
    return absolute_url(reverse(f"subscriptions:{purpose}", args=[PLACEHOLDERS[purpose]]))


def _read_site_context(locale: str) -> dict[str, Any]:
    """Return what all mails have in a locale, which is the current one."""
    return cached_for_version(("mails to subscribers", locale), _build_site_context)


def _build_site_context() -> dict[str, Any]:
    sender = sender_address()
    return {
        "site": site_settings(),
        "sender_name": parseaddr(sender)[0] or site_settings().short_name,
        "site_url": absolute_url(reverse("publications:home")),
        "all_url": absolute_url(reverse("publications:list")),
        "manage_url": _link(TokenPurpose.MANAGE),
        "leave_url": _link(TokenPurpose.LEAVE),
        "refuse_url": _link(TokenPurpose.REFUSE),
        "sender": sender,
        "list_headers": _list_headers(),
    }


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
    day = date_format(timezone.localtime(mail.period_end), "DATE_FORMAT").replace(" ", NO_BREAK_SPACE)
    is_daily = mail.purpose == AlertMailPurpose.DAILY
    return (_("Daily alerts, %(day)s") if is_daily else _("Weekly alerts, %(day)s")) % {"day": day}
