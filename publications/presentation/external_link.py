"""The link to a text that stands elsewhere, as pages, feeds, records and PDFs show it."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from publications.models import Edition

from .parts import Link


def external_link(edition: Edition) -> Link | None:
    """Return the link below the summary, or None for a publication whose text stands here alone."""
    if not edition.external_host:
        return None
    label = _("Read the text at %(host)s") if edition.is_link_post else _("Also published at %(host)s")
    return Link(label=label % {"host": edition.external_host}, url=edition.external_url)


def external_link_html(edition: Edition) -> SafeString:
    """Return the link as a paragraph of its own, for what is read without the page; empty where there is none."""
    link = external_link(edition)
    return format_html('<p><a href="{}">{}</a></p>', link.url, link.label) if link else SafeString("")
