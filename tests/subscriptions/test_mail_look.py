"""How mails look: one name of the site, colours that can be read, links that can be pressed, a short foot."""

import re
from email.utils import parseaddr
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from lxml import html as lxml_html

from publications.models import SiteSettings
from subscriptions.conditions import Choice
from subscriptions.models import AlertMailPurpose
from tests.factories import make_live

from .factories import make_subscriber, make_unconfirmed
from .mail_texts import html_of, parse, read_last, text_of

MIN_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3."""
SENDERS = {"desk@example.org": "The House", "Own Name <desk@example.org>": "Own Name"}


def read_last_mail(name: str):
    if name == "alert":
        make_subscriber()
        make_live()
        return read_last()
    choice = Choice({"kind": "report"})
    reader = make_unconfirmed(choice).subscriber if name == "confirm" else make_subscriber(choice)
    purpose, now = AlertMailPurpose.CONFIRM, timezone.now()
    return parse(reader.mails.create(purpose=purpose, period_end=now, next_attempt_at=now))


@pytest.mark.django_db
@pytest.mark.usefixtures("recording", "site_url")
@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("name", ["alert", "confirm", "overview"])
def test_the_head_of_a_mail_has_the_name_of_its_sender_and_the_foot_that_of_the_site(settings, name, sender):
    settings.DEFAULT_FROM_EMAIL = sender
    SiteSettings.objects.update_or_create(
        pk=1, defaults={"short_name": "The House", "name_en": "House of Gas"}
    )

    message = read_last_mail(name)

    text, page = text_of(message), lxml_html.fromstring(html_of(message))
    [head] = page.find_class("mail__site")
    lines = page.find_class("mail__foot")[0].find_class("mail__line")
    assert parseaddr(message["From"])[0] == SENDERS[sender] == head.text_content().strip()
    assert text.splitlines()[0] == SENDERS[sender] and text.splitlines()[-1] == "House of Gas"
    assert lines[-1].text_content() == "House of Gas"
    if name == "confirm":
        assert SENDERS[sender] in message["Subject"] and f"entered at {SENDERS[sender]}," in text


def read_colours(css: str) -> dict[str, tuple[str, str]]:
    """Return the colour of texts and of what is behind them, by selector, those of the page where a rule has none."""
    rules = re.findall(r"([^{}]+){([^{}]*)}", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    found, page = {}, "#ffffff"
    for selector, body in rules:
        text, back = (
            re.search(rf"(?:^|[\s;]){name}: (#\w+)", body) for name in ("color", "background-color")
        )
        page = back[1] if back and "body" in selector else page
        if text:
            found[selector.strip()] = (text[1], back[1] if back else page)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_text_of_a_mail_can_be_read_in_both_schemes(scheme):
    css = Path(finders.find("css/mail.css")).read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark) {")

    colours = {"light": read_colours(light), "dark": read_colours(dark)}

    assert len(colours[scheme]) > 5 and colours["light"].keys() - {"body"} <= {
        each.strip() for selector in colours["dark"] for each in (selector, *selector.split(","))
    }
    for selector, pair in colours[scheme].items():
        darker, lighter = sorted(map(luminance, pair))
        assert (lighter + 0.05) / (darker + 0.05) >= MIN_CONTRAST, selector
