"""Parts of mails are rendered once, and put into the frame of a mail as they are; texts are escaped."""

from dataclasses import replace

from subscriptions.entries import MailEntry
from subscriptions.mail_parts import PLACES, MailPart, fill_in, render_entry, render_reason
from subscriptions.models import AlertType

ENTRY = MailEntry(AlertType.NEW, "Gas & <oil>", "en", "ltr", url="https://example.org/", details="Report")


def test_an_entry_is_rendered_again_only_if_it_says_something_else():
    rendered = render_entry(ENTRY, "en", has_heading=True)

    assert render_entry(replace(ENTRY), "en", has_heading=True) is rendered
    assert "It was wrong." in render_entry(replace(ENTRY, note="It was wrong."), "en", has_heading=True).html


def test_texts_are_escaped_and_parts_are_not():
    frame = MailPart(PLACES["entries"] + PLACES["reasons"], PLACES["subject"] + PLACES["entries"])
    entries = [render_entry(ENTRY, "en", has_heading=True)]

    text, html = fill_in(frame, subject="A <b>", entries=entries, reasons=[render_reason("Topic: <i>")])

    assert "Gas & <oil>" in text and "- Topic: <i>\n" in text
    assert (
        html.startswith("A &lt;b&gt;")
        and "Gas &amp; &lt;oil&gt;" in html
        and '<h2 class="mail__title"' in html
    )
