"""The parts of mails: each is rendered once for all mails that have it, and then put into the frame of a mail as text.

What a part says is given to it, so that nothing that is kept is ever out of date.
"""

from collections.abc import Mapping
from functools import lru_cache
from secrets import token_urlsafe
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.html import escape

from .entries import GRAVE_TYPES, MailEntry
from .tokens import TOKEN_LENGTH, TokenPurpose

MAX_RENDERED = 500
"""Parts of a kind that are kept."""
PLACES = {name: token_urlsafe() for name in ("subject", "preview", "entries", "reasons")}
"""What stands in a frame for what mails have in its place. Nobody can guess it, so that no text has it."""
PLACEHOLDERS = {purpose: token_urlsafe()[:TOKEN_LENGTH] for purpose in TokenPurpose}
"""What stands for a token in a mail that is written for many: with it in a title or search, a link to another site
would have the token of each reader. No page shows it, and `remove_placeholders` keeps it out of texts."""
NO_TOKENS = dict.fromkeys(PLACEHOLDERS.values(), "-" * TOKEN_LENGTH)
"""What stands for tokens in a mail of nobody: its links open nothing."""


class MailPart(NamedTuple):
    """A part of a mail in both of its forms."""

    text: str
    html: str


def render_part(name: str, context: Mapping[str, object]) -> MailPart:
    """Return what the two templates of a name make of a context."""
    text, html = (render_to_string(f"subscriptions/mail/{name}.{form}", context) for form in ("txt", "html"))
    return MailPart(text, html)


@lru_cache(MAX_RENDERED)
def render_entry(entry: MailEntry, locale: str, *, has_heading: bool) -> MailPart:
    """Return an entry as all mails have it.

    Args:
        locale: the current one.
        has_heading: whether the mail has a heading of its own, above all entries.
    """
    has_button = bool(entry.url) and not (has_heading or entry.items or entry.type in GRAVE_TYPES)
    return render_part("entry", {"entry": entry, "has_heading": has_heading, "has_button": has_button})


@lru_cache(MAX_RENDERED)
def render_reason(reason: str) -> MailPart:
    """Return what a subscriber has chosen as all mails have it."""
    return render_part("reason", {"reason": reason})


def fill_in(frame: MailPart, **parts: str | list[MailPart]) -> MailPart:
    """Return a frame with texts and lists of parts in their `PLACES`."""
    text, html = frame
    for name, part in parts.items():
        is_text = isinstance(part, str)
        part_text = part if is_text else "".join(each.text for each in part)
        part_html = escape(part) if is_text else "".join(each.html for each in part)
        text = text.replace(PLACES[name], remove_placeholders(part_text))
        html = html.replace(PLACES[name], remove_placeholders(part_html))
    return MailPart(text, html)


def remove_placeholders(text: str) -> str:
    """Return a text without what stands for tokens, which the links of a mail alone may have."""
    for placeholder, nothing in NO_TOKENS.items():
        text = text.replace(placeholder, nothing)
    return text
