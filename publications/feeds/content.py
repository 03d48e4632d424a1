"""The text of a piece as a feed carries it: complete, and right wherever it is read."""

from django.template.loader import render_to_string
from django.utils import translation

from publications.models import EditionWithRows
from publications.presentation import absolute, public_address
from publications.presentation.external_link import external_link_html
from publications.presentation.history import Note
from publications.presentation.parts import body_html, picture
from publications.presentation.whole_addresses import with_whole_addresses


def content(rows: EditionWithRows, corrections: list[Note]) -> str:
    """Notes of corrections, cover, key points, text and disclaimer as HTML with absolute addresses."""
    edition = rows.edition
    with translation.override(edition.tree):
        shown = render_to_string(
            "partials/feed_entry.html",
            {
                "edition": edition,
                "corrections": corrections,
                "cover": picture(edition.cover, public_address) if edition.cover else None,
                "external_link": external_link_html(edition),
                "html": body_html(edition, rows.images, public_address),
            },
        )
    return with_whole_addresses(shown.strip(), absolute(edition.get_absolute_url()))
