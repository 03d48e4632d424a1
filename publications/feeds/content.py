"""The text of a piece as a feed carries it: complete, and right wherever it is read."""

import re
from html import escape, unescape
from urllib.parse import urljoin

from django.template.loader import render_to_string
from django.utils import translation

from publications.models import Edition
from publications.presentation import absolute, public_address
from publications.presentation.history import Note
from publications.presentation.parts import body_html, picture

TAG = re.compile(r"<[a-z][a-z0-9]*(?:\s+[a-z-]+(?:=\"[^\"]*\")?)+\s*/?>")
ADDRESS = re.compile(r"(?<=\s)(href|src|srcset)=\"([^\"]*)\"")


def content(edition: Edition, corrections: list[Note]) -> str:
    """Notes of corrections, cover, key points, text and disclaimer as HTML with absolute addresses."""
    with translation.override(edition.tree):
        shown = render_to_string(
            "feed_entry.html",
            {
                "edition": edition,
                "corrections": corrections,
                "cover": picture(edition.cover, public_address) if edition.cover else None,
                "html": body_html(edition, edition.images.all(), public_address),
            },
        )
    return with_whole_addresses(shown.strip(), absolute(edition.get_absolute_url()))


def with_whole_addresses(html: str, page: str) -> str:
    """Our HTML with every address whole, so that links, notes and pictures lead somewhere from anywhere."""

    def whole(match: re.Match[str]) -> str:
        name, value = match[1], unescape(match[2])
        each = value.split(", ") if name == "srcset" else [value]
        return f'{name}="{escape(", ".join(urljoin(page, address) for address in each))}"'

    return TAG.sub(lambda tag: ADDRESS.sub(whole, tag[0]), html)
