"""Every kind of mail as bytes, read strictly: RFC 5322 and 2045 to 2047 its form, 2369, 2919 and 8058 the list,
3834 that no machine made by people answers, 6376 what a signature covers.
"""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from lxml import html as lxml_html

from publications import actions
from publications.models import Publication
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, queue_digests
from subscriptions.mails import MailWriter
from subscriptions.models import AlertMail, AlertMailPurpose, AlertType, Timing
from subscriptions.newsletter import MAX_PROPOSED
from subscriptions.periods import last_end
from tests.factories import make_live, make_publication, saved

from .factories import make_subscriber

pytestmark = pytest.mark.django_db

STRICT = SMTP.clone(raise_on_defect=True)
MAX_BYTES = 100_000
"""Mail programs cut a longer mail, and the link to leave with it."""
MAX_LINE, USUAL_LINE = 998, 78
OWN_LINES = (b"List-Unsubscribe: ", b"List-Id: ", b"Message-ID: ", b"To: ")
"""They cannot be folded: a program that reads them with a regular expression would not find the URL."""
SITE = "https://publications.a-very-long-name-of-a-centre-of-studies.example.org"
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"}
HEADERS |= {"Auto-Submitted", "Content-Language"}
LIST_HEADERS = {"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Precedence"}
LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
LIST_ID = re.compile(rf"<{LABEL}(\.{LABEL})+>")
MESSAGE_ID = re.compile(r"<[A-Za-z0-9.-]+@[A-Za-z0-9.-]+>")
TITLES = {
    "hostile": "Газ 🛢 “å”\r\nBcc: all@example.org\r\n\r\n=?utf-8?q?Gas?= \u2028\u202e. <b>" + "Слово🛢" * 20,
    "long word": "x" * 160,
}


def make_states(title: str) -> None:
    """Publish texts that have an event of each type between them, with the title in each note and summary."""
    drafts = [make_live(title=title, summary=f"{title} " * 9).publication for _number in range(7)]
    changed, withdrawn, again, doubted, lifted, retracted, mistaken = drafts
    words = {"by": None, "note": title}
    actions.publish(saved(changed, body="Right."), change="correction", **words)
    actions.publish(saved(changed, body="Newer."), change="update", **words)
    actions.express_concern(doubted, **words)
    actions.express_concern(lifted, **words)
    actions.lift_concern(lifted, **words)
    actions.retract(retracted, **words)
    _send()
    for publication in (withdrawn, again):
        actions.withdraw(publication, **words)
    _send()
    for publication in (again, mistaken):
        actions.undo(publication, by=None)
    make_issue(title, count=1)


def _send() -> None:
    expand_alerts()
    for mail in AlertMail.objects.all():
        mail.mark_sent()


def make_issue(title: str, count: int, **fields) -> Publication:
    """Publish an issue of the newsletter that has as many texts."""
    issue = make_publication(kind="newsletter", title=title, summary=title, body="")
    texts = [make_live(title=f"{title}"[:150] + str(number), **fields).publication for number in range(count)]
    actions.set_related_links(issue, texts, by=None)
    actions.publish(issue, by=None)
    return issue


def make_mails(title: str, locale: str, monkeypatch) -> dict[str, bytes]:
    """Return a mail of each purpose and type of event, by name: "new", "daily", "confirm"."""
    record_events()
    subscriber = make_subscriber(Choice(), Choice({"kind": "newsletter"}), locale=locale)
    for timing in (Timing.DAILY, Timing.WEEKLY):
        make_subscriber(timing=timing, locale=locale)
    queue_digests()
    make_states(title)
    expand_alerts()
    now = timezone.now()
    subscriber.subscriptions.create(condition=Choice({}, title[:50]).store(), requested_at=now)
    confirm = AlertMailPurpose.CONFIRM
    subscriber.mails.create(purpose=confirm, period_end=now, next_attempt_at=now)
    for timing, days in ((Timing.DAILY, 1), (Timing.WEEKLY, 7)):
        later = last_end(timing, now) + timedelta(days=days, minutes=1)
        monkeypatch.setattr(timezone, "now", lambda later=later: later)
        queue_digests()
    monkeypatch.setattr(timezone, "now", lambda: now)
    writer = MailWriter()
    mails = AlertMail.objects.select_related("subscriber", "event__edition__kind")
    built = [(name_of(mail), writer.build(mail)) for mail in mails]
    return {name: message.message().as_bytes() for name, message in built if message}


def name_of(mail: AlertMail) -> str:
    if not mail.event:
        return mail.purpose
    return "issue" if mail.event.edition.kind.is_newsletter else mail.event.type


def read_strictly(data: bytes) -> EmailMessage:
    """Return a mail, with each header read. Raises an error at the first defect of its form."""
    message = message_from_bytes(data, policy=STRICT)
    for name, value in message.items():
        assert not value.defects, (name, value.defects)
    return message


def check_bytes(data: bytes) -> None:
    """RFC 5321, 4.5.3.1 and 5322, 2.1.1: ASCII in lines that end in CRLF, and in nothing else."""
    assert data.isascii() and len(data) < MAX_BYTES
    assert data.count(b"\r") == data.count(b"\n") == data.count(b"\r\n") and data.endswith(b"\r\n")
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= MAX_LINE
    head, _empty, body = data.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= USUAL_LINE
    folded = [line for line in head.split(b"\r\n") if not line.startswith(OWN_LINES)]
    assert max(map(len, folded)) <= USUAL_LINE and all(line.strip() for line in folded)


def check_headers(message: EmailMessage, *, is_list: bool, locale: str) -> None:
    """Each header once, as its RFC has it, so that a signature that covers it (RFC 6376, 5.4) stays valid."""
    assert set(message.keys()) == HEADERS | (LIST_HEADERS if is_list else set())
    assert len(message.keys()) == len(set(message.keys()))
    assert len(message["From"].addresses) == len(message["To"].addresses) == 1
    assert message["Date"].datetime.tzinfo and MESSAGE_ID.fullmatch(message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated" and message["Content-Language"] == locale
    if is_list:
        assert LIST_ID.fullmatch(message["List-Id"]) and len(message["List-Id"]) <= 255
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        [url] = re.fullmatch(r"<([^<>,\s]+)>", message["List-Unsubscribe"]).groups()
        parts = urlsplit(url)
        assert parts.scheme == "https" and parts.hostname and not parts.query and not parts.fragment


def check_body(message: EmailMessage) -> None:
    """RFC 2046, 5.1.4: two parts that say the same, the plain one first."""
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"
    text, page = plain.get_content().replace("\r\n", "\n"), lxml_html.fromstring(html.get_content().encode())
    links = {link for link in page.xpath("//a/@href") if link not in (f"{SITE}/en/", f"{SITE}/sv/")}
    assert links and all(re.search(rf"^{re.escape(link)}$", text, re.MULTILINE) for link in links)
    [preview] = page.xpath("//body/*[1][@aria-hidden='true'][contains(@style, 'display: none')]")
    assert preview.text_content().strip()
    assert "<" not in re.sub(r"<b>", "", text) and "&amp;" not in text and "\n\n\n\n" not in text
    for words in page.xpath("//h1 | //h2 | //p[@class='mail__note'] | //li"):
        assert "".join(words.text_content().split()) in "".join(text.split())


@pytest.mark.parametrize(("title", "locale"), [("hostile", "en"), ("hostile", "sv"), ("long word", "en")])
def test_every_mail_is_what_the_rfcs_require(settings, monkeypatch, title, locale):
    settings.SITE_URL = SITE

    mails = make_mails(TITLES[title], locale, monkeypatch)

    assert set(mails) == {*AlertType.values, "issue", "daily", "weekly", "confirm"}
    for name, data in mails.items():
        message = read_strictly(data)
        check_bytes(data)
        check_headers(message, is_list=name != "confirm", locale=locale)
        check_body(message)


def test_the_largest_issue_is_shorter_than_mail_programs_allow():
    record_events()
    make_subscriber(Choice({"kind": "newsletter"}))
    make_issue("Слово " * 25, MAX_PROPOSED, summary="Слово " * 2000)
    expand_alerts()
    mail = AlertMail.objects.select_related("subscriber").get()

    data = MailWriter().build(mail).message().as_bytes()

    text = read_strictly(data).get_body(["plain"]).get_content()
    assert len(data) < MAX_BYTES and text.count("/publications/") >= MAX_PROPOSED and "Слово…" in text
