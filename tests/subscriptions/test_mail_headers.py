"""Headers, addresses, lines and HTML of mails to subscribers: as the standards have them, whatever a title says."""

import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest

from publications.models import SiteSettings
from subscriptions.mails import MailWriter
from subscriptions.tokens import TokenPurpose
from tests.factories import make_live

from .factories import make_subscriber
from .mail_texts import find_last, html_of, link_of, read_last, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("recording", "site_url")]


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

    data = MailWriter().build(find_last()).message().as_bytes()

    lines = data.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    url = link_of(TokenPurpose.LEAVE, subscriber).replace("http://testserver.example", settings.SITE_URL)
    assert f"List-Unsubscribe: <{url}>" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert "List-Id: <alerts.publications.a-very-long-name-of-a-centre-of-studies.example.org>" in lines
    assert "Auto-Submitted: auto-generated" in lines and "Precedence: bulk" in lines
    names = [line.partition(":")[0] for line in lines if not line.startswith((" ", "\t"))]
    assert len(names) == len(set(names)) and {"From", "To", "Subject", "Date", "Message-ID"} <= set(names)


def test_a_message_id_does_not_count_mails():
    make_subscriber()
    make_live()

    assert re.fullmatch(r"<alert-[0-9a-f]{24}@testserver\.example>", read_last()["Message-ID"])


def test_each_line_of_a_mail_is_within_the_limits_of_smtp():
    make_subscriber()
    SiteSettings.objects.update_or_create(pk=1, defaults={"short_name": "Центр å"})
    make_live(title="Газ " * 30, summary="Слово " * 50, body="x")

    data = MailWriter().build(find_last()).message().as_bytes()

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
        MailWriter().build(find_last())

    assert "example.org" not in str(error.value)


def test_an_address_that_cannot_be_decrypted_is_an_error(settings):
    make_subscriber()
    make_live()
    mail = find_last()
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
