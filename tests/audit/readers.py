"""Pages on which readers sign up for alerts and change them, and the mails that they get, as files."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from publications import actions
from publications.locales import LOCALES
from publications.models import NEWSLETTER, Edition
from publications.presentation import localized_path
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.issue_mails import write_issue
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, AlertMailPurpose, Subscriber, Timing
from subscriptions.periods import last_end
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_live, saved
from tests.subscriptions.factories import make_subscriber, make_unconfirmed

PROGRAM = "email=reader@example.org&website=x"
"""A form that is answered as any other and stores nothing, so that no limit is reached."""
WORDS = "The figure in the second paragraph is 5 %, not 50 %."


def make_pages() -> list[tuple[str, str, int, str]]:
    """Make readers and mails; return the pages: name, path or URL of a file, status, form that is sent."""
    record_events()
    subscribers = [
        make_subscriber(timing=timing, locale=code)
        for code in LOCALES
        for timing in (Timing.AT_ONCE, Timing.DAILY)
    ]
    queue_digests()
    _make_events()
    expand_alerts()
    end = last_end(Timing.DAILY, timezone.now()) + timedelta(days=1)
    for subscriber in subscribers:
        subscriber.mails.create(purpose=AlertMailPurpose.DAILY, period_end=end)
    pages = [page for code in LOCALES for page in _pages_of(code)]
    return [*pages, *_mails()]


def _make_events() -> None:
    changed, doubted, withdrawn = (
        make_live(
            title=f"The lakes of Karelia, part {number}", summary="Who trades, and who leaves."
        ).publication
        for number in range(3)
    )
    actions.publish(saved(changed, body="Other."), by=None, change="correction", note=WORDS)
    actions.express_concern(doubted, by=None, note=WORDS)
    expand_alerts()
    for mail in AlertMail.objects.filter(event__edition__publication=withdrawn):
        mail.mark_sent()
    actions.withdraw(withdrawn, by=None, note=WORDS)


def _pages_of(locale: str) -> list[tuple[str, str, int, str]]:
    choice = Choice({"kind": "report"})
    waiting = make_unconfirmed(choice, locale=locale).subscriber
    waiting.mails.create(purpose=AlertMailPurpose.CONFIRM, period_end=timezone.now())
    own = make_subscriber(choice, Choice({}, "energy"), locale=locale)
    paused = make_subscriber(locale=locale, paused_until=timezone.now() + timedelta(days=9))
    form = localized_path(locale, "subscriptions:sign_up")
    pages = [
        ("sign-up", form, 200, ""),
        ("sign-up with choice", f"{form}?kind=report&q=energy", 200, ""),
        ("sign-up with error", form, 400, "email=nobody"),
        ("sign-up with nothing ticked", form, 400, f"of={make_live(language=locale).publication.uid}"),
        ("mail sent", form, 200, PROGRAM),
        ("confirm", _path(locale, TokenPurpose.CONFIRM, waiting), 200, ""),
        ("confirmed", _path(locale, TokenPurpose.CONFIRM, own), 200, ""),
        ("own alerts", _path(locale, TokenPurpose.MANAGE, own), 200, ""),
        ("own alerts paused", _path(locale, TokenPurpose.MANAGE, paused), 200, ""),
        ("own alerts with error", _path(locale, TokenPurpose.MANAGE, paused), 400, "pause=1"),
        ("leave", _path(locale, TokenPurpose.LEAVE, own), 200, ""),
        ("left", _path(locale, TokenPurpose.LEAVE, make_subscriber(locale=locale)), 200, "leave=1"),
        ("unknown link", localized_path(locale, "subscriptions:manage", token="x"), 404, ""),
    ]
    return [(f"{name} {locale}", *rest) for name, *rest in pages]


def _path(locale: str, purpose: TokenPurpose, subscriber: Subscriber) -> str:
    return localized_path(locale, f"subscriptions:{purpose}", token=make_token(purpose, subscriber.uid))


def _mails() -> list[tuple[str, str, int, str]]:
    """Write the HTML part of a mail of each kind into a file each."""
    folder, writer = Path(settings.SITE_DATA, "mails"), MailWriter()
    folder.mkdir(exist_ok=True)
    parts = {}
    for mail in AlertMail.objects.select_related("subscriber", "event"):
        if message := writer.build(mail):
            what = mail.event.type if mail.event else mail.purpose
            parts[f"mail {what} {mail.subscriber.locale}"] = _html_of(message)
    if issue := Edition.objects.live().filter(kind__slug=NEWSLETTER).first():
        parts["mail issue"] = write_issue(issue.publication).html
    return [(name, _write(folder / f"{name}.html", html), 200, "") for name, html in parts.items()]


def _html_of(message: EmailMessage) -> str:
    return message.alternatives[0].content


def _write(path: Path, html: str) -> str:
    path.write_text(html, encoding="utf-8")
    return path.resolve().as_uri()
