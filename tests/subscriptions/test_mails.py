"""Mails to subscribers: what they say, in which words and headers, and that nothing is said that no longer holds."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from publications import actions
from publications.models import SiteSettings
from subscriptions.conditions import Choice
from subscriptions.events import record_events
from subscriptions.expansion import expand_alerts, last_end, queue_digests
from subscriptions.mails import MAX_ENTRIES, MailWriter
from subscriptions.models import AlertMail, AlertMailPurpose, Subscriber, Subscription, Timing
from subscriptions.tokens import TokenPurpose, make_token
from tests.factories import make_author, make_live, saved

from .factories import make_subscriber, make_unconfirmed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _started():
    """What happens from here on is news."""
    record_events()


def parse(mail: AlertMail, writer: MailWriter | None = None) -> EmailMessage | None:
    """Return a mail as a mail program reads it."""
    message = (writer or MailWriter()).build(mail)
    return message and message_from_bytes(message.message().as_bytes(), policy=default)


def read_last(writer: MailWriter | None = None) -> EmailMessage | None:
    expand_alerts()
    return parse(AlertMail.objects.select_related("subscriber").latest("pk"), writer)


def text_of(message: EmailMessage) -> str:
    return message.get_body(["plain"]).get_content().replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    return message.get_body(["html"]).get_content()


def link_of(purpose: TokenPurpose, subscriber: Subscriber) -> str:
    with override(subscriber.locale):
        path = reverse(f"subscriptions:{purpose}", args=[make_token(purpose, subscriber.uid)])
    return f"http://testserver.example{path}"


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = "http://testserver.example"


def test_an_alert_says_what_is_new_why_it_comes_and_how_to_end_it():
    subscriber = make_subscriber(Choice({"kind": "quick-comment"}))
    edition = make_live(title="Gas & coal", author=make_author("Ann Berg"), summary="In short.")

    message = read_last()

    assert message["Subject"] == "New: “Gas & coal”" and message["To"] == subscriber.address
    for text in (text_of(message), html_of(message).replace("&amp;", "&")):
        assert "Gas & coal" in text and "Ann Berg" in text and "In short." in text
        assert f"http://testserver.example{edition.get_absolute_url()}" in text
        assert "Quick Comment" in text and "because you chose" in text
        assert link_of(TokenPurpose.MANAGE, subscriber) in text
        assert link_of(TokenPurpose.LEAVE, subscriber) in text


def preview_of(message: EmailMessage) -> str:
    """Return the line that a list of mails shows beside the subject."""
    return re.search(r'class="mail__preview"[^>]*>([^<]*)<', html_of(message)).group(1)


def test_the_line_beside_the_subject_says_what_the_subject_does_not(monkeypatch):
    make_subscriber()
    publication = make_live(title="Gas", summary="In short.\nAnd long.").publication
    new = read_last()
    actions.publish(saved(publication, body="Right."), by=None, change="correction", note="It was wrong.")
    corrected = read_last()
    Subscription.objects.update(timing=Timing.DAILY)
    make_live(title="Coal", summary="Black.")
    several = digest(Timing.DAILY, monkeypatch)

    assert [preview_of(new), preview_of(corrected)] == ["In short. And long.", "It was wrong."]
    assert "Gas" in several["Subject"] and preview_of(several) == "New: “Coal”"
    assert text_of(several).count("Coal") == 1 and text_of(corrected).count("It was wrong.") == 1


def test_a_mail_is_in_the_language_of_its_subscriber():
    make_subscriber(locale="sv")
    make_live(title="Gas")

    message = read_last()

    assert message["Subject"] == "Ny: ”Gas”" and message["Content-Language"] == "sv"
    assert "eftersom du har valt" in text_of(message) and '<html lang="sv">' in html_of(message)
    assert re.search(r"\d{4} · Engelska$", text_of(message), re.MULTILINE)


CHANGES = {
    "correction": ("Corrected", "It was 5, not 50."),
    "update": ("Updated", "New figures."),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_named_in_the_subject_and_its_note_is_said(change):
    make_subscriber()
    publication = make_live(title="Gas").publication
    label, note = CHANGES[change]
    actions.publish(saved(publication, body="Other."), by=None, change=change, note=note)

    message = read_last()

    assert message["Subject"] == f"{label}: “Gas”"
    assert note in text_of(message) and note in html_of(message)


@pytest.mark.parametrize(
    ("action", "subject"),
    [
        (actions.withdraw, "Withdrawn: “Gas”"),
        (actions.retract, "Retracted: “Gas”"),
        (actions.express_concern, "Expression of concern: “Gas”"),
    ],
)
def test_an_editorial_action_is_said_with_its_reason(action, subject):
    make_subscriber()
    action(make_live(title="Gas").publication, by=None, note="The data were made up.")

    message = read_last()

    assert message["Subject"] == subject and "The data were made up." in text_of(message)


@pytest.mark.parametrize("action", [actions.withdraw, actions.undo])
def test_what_is_no_longer_public_goes_out_to_nobody(action):
    make_subscriber()
    publication = make_live().publication
    expand_alerts()
    mail, writer = AlertMail.objects.get(), MailWriter()
    assert parse(mail, writer)

    action(publication, by=None)

    assert parse(mail, writer) is None


def test_a_text_is_said_as_it_is_when_the_mail_is_sent():
    make_subscriber()
    publication = make_live(title="Gas").publication
    writer = MailWriter()
    read_last(writer)
    actions.publish(saved(publication, title="Oil"), by=None, change="silent", note="")

    assert read_last(writer)["Subject"] == "New: “Oil”"


def test_a_text_that_ends_by_itself_is_not_said_after_that(monkeypatch):
    make_subscriber()
    edition, writer = make_live(), MailWriter()
    ends_at = timezone.now() + timedelta(minutes=5)
    type(edition).objects.filter(pk=edition.pk).update(visible_until=ends_at, expires_at=ends_at)
    assert read_last(writer)

    monkeypatch.setattr(timezone, "now", lambda: ends_at + timedelta(seconds=1))

    assert read_last(writer) is None


@pytest.mark.parametrize(
    "change",
    [{"paused_until": timedelta(days=1)}, {"failed_at": timedelta()}],
    ids=lambda change: next(iter(change)),
)
def test_who_pauses_or_cannot_be_reached_gets_nothing_that_was_queued(change):
    subscriber = make_subscriber()
    make_live()
    expand_alerts()
    for name, delay in change.items():
        setattr(subscriber, name, timezone.now() + delay)
    subscriber.save()

    assert read_last() is None


def test_who_no_longer_chooses_it_gets_nothing_that_was_queued():
    subscriber = make_subscriber()
    make_live()
    expand_alerts()
    subscriber.subscriptions.all().delete()

    assert read_last() is None


def test_what_was_taken_back_is_said_to_whoever_was_mailed_about_it():
    make_subscriber()
    publication = make_live(title="Gas").publication
    expand_alerts()
    AlertMail.objects.update(sent_at=timezone.now(), next_attempt_at=None)
    Subscription.objects.update(condition=Choice({"topic": "coal"}).store())
    actions.undo(publication, by=None)

    message = read_last()

    assert message["Subject"] == "Published by mistake: “Gas”" and "published by mistake" in text_of(message)


HOSTILE_TITLES = (
    "Gas\r\nBcc: all@example.org",
    "Gas\x0b\x1c\x85\u2028Bcc: x",
    "Газ “å” " * 20,
    "=?utf-8?q?Gas?=",
)


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_no_title_makes_a_header(title):
    make_subscriber()
    make_live(title=title)

    message = read_last()

    assert message["Bcc"] is None and message["Subject"] == f"New: “{' '.join(title.split())}”"
    assert not message.defects and not message["Subject"].defects


def test_headers_are_those_of_a_list_that_is_left_with_one_post(settings):
    settings.SITE_URL = "https://publications.a-very-long-name-of-a-centre-of-studies.example.org"
    subscriber = make_subscriber()
    make_live()

    data = MailWriter().build(_last()).message().as_bytes()

    lines = data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    url = link_of(TokenPurpose.LEAVE, subscriber).replace("http://testserver.example", settings.SITE_URL)
    assert f"List-Unsubscribe: <{url}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert "List-Id: <alerts.publications.a-very-long-name-of-a-centre-of-studies.example.org>" in lines
    assert "Auto-Submitted: auto-generated" in lines and "Precedence: bulk" in lines
    names = [line.partition(":")[0] for line in lines if not line.startswith((" ", "\t"))]
    assert len(names) == len(set(names)) and {"From", "To", "Subject", "Date", "Message-ID"} <= set(names)


def _last() -> AlertMail:
    expand_alerts()
    return AlertMail.objects.select_related("subscriber").latest("pk")


def test_each_line_of_a_mail_is_within_the_limits_of_smtp():
    make_subscriber()
    SiteSettings.objects.update_or_create(pk=1, defaults={"short_name": "Центр å"})
    make_live(title="Газ " * 30, summary="Слово " * 50, body="x")

    data = MailWriter().build(_last()).message().as_bytes()

    assert (
        data.isascii() and b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    )
    assert max(map(len, data.split(b"\r\n"))) <= 998
    message = message_from_bytes(data, policy=default)
    assert "Слово Слово" in text_of(message) and message["From"].addresses[0].display_name == "Центр å"


@pytest.mark.parametrize(
    "address", ["o'brien+x@exämple.org", '"a b"@example.org', f"{'x' * 60}@{'y' * 60}.example.org"]
)
def test_unusual_addresses_are_one_recipient(address):
    make_subscriber(address=address)
    make_live()

    to = read_last()["To"]

    [parsed] = to.addresses
    assert not to.defects and parsed.addr_spec == address.replace("exämple", "xn--exmple-cua")


@pytest.mark.parametrize("address", ["x@example.org\r\nBcc: y@example.org", "å@example.org"])
def test_an_address_that_no_header_may_have_is_refused_without_naming_it(address):
    make_subscriber(address=address)
    make_live()

    with pytest.raises(ValueError, match="header") as error:
        MailWriter().build(_last())

    assert "example.org" not in str(error.value)


def test_an_address_that_cannot_be_decrypted_is_an_error(settings):
    make_subscriber()
    make_live()
    mail = _last()
    settings.SECRET_KEY = "another"

    with pytest.raises(ValueError, match="SECRET_KEY"):
        MailWriter().build(mail)


class Page(HTMLParser):
    """The elements of the HTML of a mail, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def test_the_html_needs_nothing_from_anywhere_and_counts_nothing():
    make_subscriber()
    make_live(summary="In short.")

    html = html_of(read_last())

    page = Page(html)
    assert not {tag for tag, _attrs in page.elements} & {
        "img",
        "script",
        "link",
        "iframe",
        "object",
        "form",
        "svg",
    }
    urls = [attrs["href"] for tag, attrs in page.elements if "href" in attrs]
    assert urls and all(url.startswith("http://testserver.example/") and "?" not in url for url in urls)
    assert "url(" not in html and "@import" not in html and "prefers-color-scheme: dark" in html
    assert all("style" in attrs for tag, attrs in page.elements if "mail" in (attrs.get("class") or ""))


def test_words_of_somebody_unknown_are_in_no_mail():
    """Anybody can send the form with any address, and would send a text and links in the name of the site."""
    subscription = make_unconfirmed(Choice({"kind": "report"}, "pay at https://evil.example now"))

    mail = subscription.subscriber.mails.create(
        purpose=AlertMailPurpose.CONFIRM, next_attempt_at=timezone.now()
    )
    message = parse(mail)

    assert "evil.example" not in text_of(message) + html_of(message)
    assert "Report" in text_of(message) and "A search of this site" in text_of(message)


def test_no_text_stands_for_the_token_of_a_link():
    """Else a link in it would have the secret of each reader, and send it to another site when it is opened."""
    texts = [f"token-to-{purpose}".ljust(43, "_") for purpose in TokenPurpose]
    subscriber = make_subscriber(Choice(query=f"gas {texts[0]}"))
    make_live(title=f"Gas {texts[0]}", summary=" ".join(texts))

    message = read_last()

    assert texts[0] in text_of(message) and texts[1] in text_of(message)
    for purpose in TokenPurpose:
        links = text_of(message).count(make_token(purpose, subscriber.uid))
        assert links == (purpose != TokenPurpose.CONFIRM)


def ask(subscriber: Subscriber) -> AlertMail:
    """Queue the mail that follows the form."""
    now = timezone.now()
    return subscriber.mails.create(purpose=AlertMailPurpose.CONFIRM, period_end=now, next_attempt_at=now)


def test_who_signs_up_again_for_what_they_get_is_mailed_the_link_to_change_it():
    subscriber = make_subscriber(Choice({"kind": "report"}))
    message = parse(ask(subscriber))

    text = text_of(message)
    assert message["Subject"] == "You get these emails already" and "Report" in text
    assert (
        link_of(TokenPurpose.MANAGE, subscriber) in text and link_of(TokenPurpose.LEAVE, subscriber) in text
    )
    assert link_of(TokenPurpose.CONFIRM, subscriber) not in text
    assert message["List-Unsubscribe"] is None


def test_a_confirmation_has_a_link_and_is_no_mail_of_a_list():
    subscription = make_unconfirmed(Choice({"kind": "report"}))
    subscriber = subscription.subscriber
    mail = ask(subscriber)

    message = parse(mail)

    link = link_of(TokenPurpose.CONFIRM, subscriber)
    assert link in text_of(message) and link in html_of(message) and "Report" in text_of(message)
    assert message["List-Unsubscribe"] is None and message["Auto-Submitted"] == "auto-generated"
    subscription.confirmed_at = timezone.now()
    subscription.save()
    assert parse(mail) is None


def test_nobody_mails_words_of_their_own_to_others_by_the_form():
    subscriber = make_unconfirmed(Choice({"kind": "report"}, query="a prize at prizes.example")).subscriber
    mail = subscriber.mails.create(purpose=AlertMailPurpose.CONFIRM, next_attempt_at=timezone.now())

    message = parse(mail)

    assert "prize" not in text_of(message) + html_of(message)
    assert "Report · A search of this site" in text_of(message)


def digest(timing: Timing, monkeypatch) -> EmailMessage | None:
    """Return the mail of the period that is not over yet."""
    queue_digests()
    expand_alerts()
    end = last_end(timing, timezone.now()) + timedelta(days=7 if timing == Timing.WEEKLY else 1)
    monkeypatch.setattr(timezone, "now", lambda: end + timedelta(minutes=1))
    queue_digests()
    mail = AlertMail.objects.select_related("subscriber").filter(event=None).last()
    return mail and parse(mail)


@pytest.mark.parametrize("timing", [Timing.DAILY, Timing.WEEKLY])
def test_a_digest_has_what_matches_once_each_and_its_reasons(timing, monkeypatch):
    make_subscriber(
        Choice({"kind": "quick-comment"}),
        Choice({"language": "en"}),
        Choice({"kind": "report"}),
        timing=timing,
    )
    changed = make_live(title="Gas").publication
    make_live(title="Coal")
    withdrawn = make_live(title="Peat").publication
    actions.publish(saved(changed, body="Right."), by=None, change="correction", note="It was wrong.")
    actions.undo(withdrawn, by=None)

    message = digest(timing, monkeypatch)

    text = text_of(message)
    assert message["Subject"].endswith(", and 1 more") and "Peat" not in text
    assert (
        text.count("Gas") == 1
        and "Corrected: Gas" in text
        and "It was wrong." in text
        and "New: Coal" in text
    )
    reasons = re.findall(r"^- (.+)$", text, re.MULTILINE)
    assert len(reasons) == 2 and not any("Report" in reason for reason in reasons)


def test_a_digest_of_nothing_that_holds_is_not_sent(monkeypatch):
    make_subscriber(timing=Timing.DAILY)
    publication = make_live().publication
    expand_alerts()
    actions.undo(publication, by=None)

    assert digest(Timing.DAILY, monkeypatch) is None


def test_of_translations_a_digest_has_the_one_that_its_language_shows(monkeypatch):
    make_subscriber(timing=Timing.DAILY, locale="sv")
    original = make_live(title="Gas")
    make_live(title="Gasen", language="sv", translation_of=original.publication)

    text = text_of(digest(Timing.DAILY, monkeypatch))

    assert "Gasen" in text and not re.search(r"Gas\n", text)


def test_a_long_digest_is_shorter_than_mail_programs_allow(monkeypatch):
    make_subscriber(timing=Timing.DAILY)
    for number in range(MAX_ENTRIES + 3):
        make_live(title=f"{'Слово ' * 20}{number}", summary="Слово " * 100)

    message = digest(Timing.DAILY, monkeypatch)

    assert len(message.as_bytes()) < 100_000 and "3 more publications" in text_of(message)
    assert text_of(message).count("Слово 0") <= 1


def test_mails_of_the_same_choices_are_written_once(django_assert_max_num_queries):
    for _number in range(3):
        make_subscriber()
    make_live()
    expand_alerts()
    writer = MailWriter()
    first, *others = AlertMail.objects.select_related("subscriber")
    writer.build(first)

    with django_assert_max_num_queries(2 * len(others)):
        assert all(writer.build(mail) for mail in others)
